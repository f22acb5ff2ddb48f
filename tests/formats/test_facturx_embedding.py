"""A hybrid invoice has the structure that PDF/A-3 and Factur-X ask for.

These are assertions of ours on the points that adding an invoice touches. Conformance to PDF/A-3b as a
whole is for a validator of PDF/A to prove, and none runs here.
"""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import facturx as reference
import pypdfium2
import pytest
from lxml import etree
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject

from tests.formats.hybrid_pdfs import plain_pdf, with_files
from tests.formats.sample_invoices import domestic
from usance.formats import cii, facturx
from usance.formats.einvoice.profiles import (
    EN16931,
    FACTURX_EN16931,
    FACTURX_EXTENDED,
    PEPPOL_BIS_3,
    XRECHNUNG,
    Profile,
)
from usance.formats.errors import FormatError
from usance.formats.facturx.metadata import hybrid_metadata

AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
XML = cii.render(domestic(), profile=FACTURX_EN16931)
PROFILES = (FACTURX_EN16931, FACTURX_EXTENDED, XRECHNUNG)

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
FX = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
PDFA = "{http://www.aiim.org/pdfa/ns/%s}%s"
SCHEMA = "{http://www.aiim.org/pdfa/ns/schema#}"
PROPERTY = "{http://www.aiim.org/pdfa/ns/property#}"


def hybrid(profile: Profile = FACTURX_EN16931, pdf: bytes | None = None) -> bytes:
    xml = cii.render(domestic(), profile=profile)
    return facturx.embed(pdf or plain_pdf(), xml, profile=profile, at=AT)


def catalog_of(pdf: bytes) -> Any:
    return PdfReader(io.BytesIO(pdf), strict=True).root_object


def as_written(dictionary: DictionaryObject, name: str) -> bytes:
    out = io.BytesIO()
    dictionary.raw_get(name).write_to_stream(out)
    return out.getvalue()


def reference_of(array: PdfObject, place: int = 0) -> int:
    """The number of the object that an array refers to at ``place``."""
    assert isinstance(array, ArrayObject)
    reference = list.__getitem__(array, place)
    assert isinstance(reference, IndirectObject)
    return reference.idnum


def metadata_of(pdf: bytes) -> etree._Element:
    return etree.fromstring(catalog_of(pdf)["/Metadata"].get_object().get_data())


class TestStructure:
    def test_the_file_is_associated_and_listed(self) -> None:
        catalog = catalog_of(hybrid())
        names = catalog["/Names"]["/EmbeddedFiles"]["/Names"]
        assert names[0] == "factur-x.xml"
        assert reference_of(catalog["/AF"]) == reference_of(names, 1)
        specification = catalog["/AF"][0].get_object()
        assert specification["/Type"] == "/Filespec"
        assert specification["/F"] == specification["/UF"] == "factur-x.xml"
        assert specification["/AFRelationship"] == "/Alternative"
        assert specification["/Desc"]
        assert specification["/EF"].raw_get("/F").idnum == specification["/EF"].raw_get("/UF").idnum

    def test_the_file_says_its_type_size_and_age(self) -> None:
        stream = catalog_of(hybrid())["/AF"][0].get_object()["/EF"]["/F"]
        assert stream["/Type"] == "/EmbeddedFile"
        assert stream["/Subtype"] == "/text/xml"
        assert stream["/Params"]["/ModDate"] == "D:20261102093000+00'00'"
        assert stream["/Params"]["/Size"] == len(XML)
        checksum = stream["/Params"]["/CheckSum"]
        assert checksum.original_bytes == hashlib.md5(XML, usedforsecurity=False).digest()
        assert stream.get_data() == XML

    def test_the_age_is_in_the_zone_that_was_given(self) -> None:
        india = timezone(timedelta(hours=5, minutes=30))
        pdf = facturx.embed(
            plain_pdf(), XML, profile=FACTURX_EN16931, at=AT.astimezone(india), relationship="Data"
        )
        specification = catalog_of(pdf)["/AF"][0].get_object()
        assert specification["/EF"]["/F"]["/Params"]["/ModDate"] == "D:20261102150000+05'30'"
        assert specification["/AFRelationship"] == "/Data"

    def test_what_makes_it_pdf_a_stays(self) -> None:
        before, after = catalog_of(plain_pdf()), catalog_of(hybrid())
        for name in ("/OutputIntents", "/MarkInfo", "/StructTreeRoot", "/Lang", "/Pages"):
            assert as_written(after, name) == as_written(before, name)
        intent = after["/OutputIntents"][0].get_object()
        assert intent["/S"] == "/GTS_PDFA1" and "/DestOutputProfile" in intent

    def test_nothing_before_is_touched(self) -> None:
        pdf = hybrid()
        assert pdf.startswith(plain_pdf())
        assert len(pdf) - len(plain_pdf()) < 12_000

    def test_the_first_identity_stays_and_the_second_is_new(self) -> None:
        before = PdfReader(io.BytesIO(plain_pdf())).trailer["/ID"]
        after = PdfReader(io.BytesIO(hybrid())).trailer["/ID"]
        assert after[0] == before[0]
        assert after[1] != before[1]

    def test_the_same_in_gives_the_same_out(self) -> None:
        assert hybrid() == hybrid()

    def test_files_that_were_attached_stay_in_order(self) -> None:
        for name, order in (
            ("a.csv", ["a.csv", "factur-x.xml"]),
            ("stunden.csv", ["factur-x.xml", "stunden.csv"]),
        ):
            pdf = hybrid(pdf=plain_pdf(attachment=name))
            catalog = catalog_of(pdf)
            assert catalog["/Names"]["/EmbeddedFiles"]["/Names"][::2] == order
            associated = {each.get_object()["/UF"] for each in catalog["/AF"]}
            assert associated == set(order)
            assert facturx.extract(pdf) == ("factur-x.xml", XML)

    @pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.key)
    def test_programs_of_others_open_it(self, profile: Profile) -> None:
        pdf = hybrid(profile)
        name, xml = reference.get_xml_from_pdf(pdf, check_xsd=False)
        assert (name, xml) == facturx.extract(pdf)
        ours, plain = pypdfium2.PdfDocument(pdf), pypdfium2.PdfDocument(plain_pdf())
        assert ours.count_attachments() == 1
        assert bytes(ours.get_attachment(0).get_data()) == xml
        assert len(ours) == len(plain) == 2
        for page, same in zip(ours, plain, strict=True):
            assert page.render().to_pil().tobytes() == same.render().to_pil().tobytes()


class TestMetadata:
    @pytest.mark.parametrize(
        ("profile", "name", "version", "level"),
        [
            (FACTURX_EN16931, "factur-x.xml", "1.0", "EN 16931"),
            (FACTURX_EXTENDED, "factur-x.xml", "1.0", "EXTENDED"),
            (XRECHNUNG, "xrechnung.xml", "3.0", "XRECHNUNG"),
        ],
        ids=lambda value: getattr(value, "key", value),
    )
    def test_they_name_the_invoice(
        self, profile: Profile, name: str, version: str, level: str
    ) -> None:
        pdf = hybrid(profile)
        said = {each.tag.removeprefix(FX): each.text for each in metadata_of(pdf).iter(f"{FX}*")}
        assert said == {
            "DocumentType": "INVOICE",
            "DocumentFileName": name,
            "Version": version,
            "ConformanceLevel": level,
        }
        assert facturx.extract(pdf)[0] == name

    def test_they_describe_the_schema_of_these_names(self) -> None:
        metadata = metadata_of(hybrid())
        found = metadata.findall(f".//{PDFA % ('extension/', 'schemas')}")
        assert len(found) == 1  # a property of XMP stands once
        described = {
            each.findtext(f"{SCHEMA}prefix"): each
            for each in found[0].iterfind(f"{RDF}Bag/{RDF}li")
        }
        assert {"fx", "xmpMM", "pdf"} <= described.keys()  # typst describes two of its own
        ours = described["fx"]
        assert ours.findtext(f"{SCHEMA}namespaceURI") == FX[1:-1]
        entries = ours.findall(f"{SCHEMA}property/{RDF}Seq/{RDF}li")
        assert {each.findtext(f"{PROPERTY}name") for each in entries} == {
            "DocumentType",
            "DocumentFileName",
            "Version",
            "ConformanceLevel",
        }
        for each in entries:
            assert each.findtext(f"{PROPERTY}valueType") == "Text"
            assert each.findtext(f"{PROPERTY}category") == "external"
            assert each.findtext(f"{PROPERTY}description")

    def test_they_still_say_pdf_a_3b_and_who_made_it(self) -> None:
        before, after = metadata_of(plain_pdf()), metadata_of(hybrid())
        for name in (PDFA % ("id/", "part"), PDFA % ("id/", "conformance")):
            assert after.findtext(f".//{name}") == before.findtext(f".//{name}")
        assert after.findtext(f".//{PDFA % ('id/', 'part')}") == "3"
        abouts = {each.get(f"{RDF}about") for each in after.iter(f"{RDF}Description")}
        assert abouts == {""}

    def test_they_are_not_compressed_and_in_a_packet(self) -> None:
        pdf = hybrid()
        stream = catalog_of(pdf)["/Metadata"].get_object()
        assert "/Filter" not in stream
        data = stream.get_data()
        assert data.startswith('<?xpacket begin="\ufeff"'.encode())
        assert data.endswith(b'<?xpacket end="r"?>')


class TestRefused:
    def code(self, pdf: bytes, profile: Profile = FACTURX_EN16931) -> str:
        with pytest.raises(FormatError) as refused:
            facturx.embed(pdf, XML, profile=profile, at=AT)
        return refused.value.code

    @pytest.mark.parametrize("profile", [EN16931, PEPPOL_BIS_3], ids=lambda profile: profile.key)
    def test_profiles_that_are_not_hybrid(self, profile: Profile) -> None:
        assert self.code(plain_pdf(), profile) == "unsupported_profile"

    def test_a_pdf_that_holds_an_invoice(self) -> None:
        assert self.code(hybrid()) == "unsupported_pdf"

    def test_a_pdf_that_is_not_pdf_a_3(self) -> None:
        assert self.code(plain_pdf(standard=None)) == "unsupported_pdf"
        assert self.code(plain_pdf(standard="a-2b")) == "unsupported_pdf"

    @pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7\n", b"<xml/>", with_files()])
    def test_other_bytes(self, pdf: bytes) -> None:
        assert self.code(pdf) == "unsupported_pdf"

    def test_damage_is_found_or_does_no_harm(self) -> None:
        """The end of the file, where everything stands that is read, cut and overwritten."""
        outcomes = set()
        for cut in range(1, 900, 13):
            damaged = plain_pdf()[:-cut]
            outcomes.add(self.code(damaged))
            whole = bytearray(plain_pdf())
            whole[-cut] ^= 0x15
            try:
                facturx.embed(bytes(whole), XML, profile=FACTURX_EN16931, at=AT)
            except FormatError as error:
                outcomes.add(error.code)
        assert outcomes == {"unsupported_pdf"}

    def test_a_time_without_zone(self) -> None:
        with pytest.raises(ValueError, match="zone"):
            facturx.embed(plain_pdf(), XML, profile=FACTURX_EN16931, at=AT.replace(tzinfo=None))


class TestMetadataOfOthers:
    """XMP as other programs write it: attributes for properties, no schemas described."""

    def packet(self, part: str) -> bytes:
        return (
            '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>'
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            '<rdf:Description rdf:about="" xmlns:p="http://www.aiim.org/pdfa/ns/id/" '
            f'p:part="{part}" p:conformance="B"/></rdf:RDF><?xpacket end="w"?>'
        ).encode()

    def test_a_part_given_as_an_attribute(self) -> None:
        packet = hybrid_metadata(
            self.packet("3"), file_name="factur-x.xml", version="1.0", level="EN 16931"
        )
        root = etree.fromstring(packet)
        assert root.findtext(f".//{FX}ConformanceLevel") == "EN 16931"
        described = root.iterfind(f".//{PDFA % ('extension/', 'schemas')}/{RDF}Bag/{RDF}li")
        assert [each.findtext(f"{SCHEMA}prefix") for each in described] == ["fx"]

    @pytest.mark.parametrize("part", ["1", "2", "4", ""])
    def test_other_parts_are_refused(self, part: str) -> None:
        with pytest.raises(FormatError) as refused:
            hybrid_metadata(self.packet(part), file_name="x", version="1.0", level="EN 16931")
        assert refused.value.code == "unsupported_pdf"
