"""What a file says it is, by its content alone."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime

import pytest

from tests.formats import sample_invoices
from tests.formats.hybrid_pdfs import plain_pdf, with_files
from usance.formats import cii, ubl
from usance.formats.einvoice.profiles import EN16931, FACTURX_EN16931, PROFILES
from usance.formats.errors import FormatError
from usance.formats.facturx import embed
from usance.formats.validation import identify

EN = "urn:cen.eu:en16931:2017"
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
COMPONENTS = f'xmlns:cbc="{UBL}CommonBasicComponents-2"'
RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
FATTURA = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture"


def ubl_document(root: str, profile: str) -> bytes:
    return (
        f'<{root} xmlns="{UBL}{root}-2" {COMPONENTS}><cbc:CustomizationID>{profile}'
        f"</cbc:CustomizationID><cbc:IssueDate>2026-11-02</cbc:IssueDate></{root}>"
    ).encode()


def cii_document(profile: str) -> bytes:
    return (
        f'<rsm:CrossIndustryInvoice xmlns:rsm="{RSM}" xmlns:ram="{RAM}"><rsm:ExchangedDocumentContext>'
        f"<ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>{profile}</ram:ID>"
        "</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>"
        "</rsm:CrossIndustryInvoice>"
    ).encode()


PEPPOL = f"{EN}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
XR = f"{EN}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"


@pytest.mark.parametrize(
    ("profile", "key", "version", "standard"),
    [
        (EN, "en16931", "", "EN 16931, UBL 2.1 invoice"),
        (PEPPOL, "peppol-bis-3", "3.0", "Peppol BIS Billing 3.0, UBL 2.1 invoice"),
        (XR, "xrechnung", "3.0", "XRechnung 3.0, UBL 2.1 invoice"),
        (
            f"{EN}#compliant#urn:xoev-de:kosit:standard:xrechnung_2.3",
            "xrechnung",
            "2.3",
            "XRechnung 2.3, UBL 2.1 invoice",
        ),
        (
            f"{XR}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0",
            "xrechnung-extension",
            "3.0",
            "XRechnung Extension 3.0, UBL 2.1 invoice",
        ),
        (
            f"{EN}#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1",
            "cius-ro",
            "1.0.1",
            "RO e-Factura (CIUS-RO) 1.0.1, UBL 2.1 invoice",
        ),
        ("", "", "", "UBL 2.1 invoice"),
        ("urn:www.cenbii.eu:transaction:biitrns010:ver2.0", "", "", "UBL 2.1 invoice"),
        # Factur-X is CII; the identifier alone does not make a UBL invoice one of its profiles.
        ("urn:factur-x.eu:1p0:minimum", "", "", "UBL 2.1 invoice"),
    ],
)
def test_ubl_invoices_by_their_specification(
    profile: str, key: str, version: str, standard: str
) -> None:
    claim = identify(ubl_document("Invoice", profile))
    assert (claim.syntax, claim.key, claim.version) == ("ubl-invoice", key, version)
    assert (claim.standard, claim.profile) == (standard, profile)
    assert (claim.root, claim.issued_on) == ("Invoice", date(2026, 11, 2))


@pytest.mark.parametrize(
    ("profile", "key"),
    [
        (EN, "en16931"),
        (PEPPOL, "peppol-bis-3"),
        (XR, "xrechnung"),
        ("urn:factur-x.eu:1p0:minimum", "facturx-minimum"),
        ("urn:factur-x.eu:1p0:basicwl", "facturx-basicwl"),
        (f"{EN}#compliant#urn:factur-x.eu:1p0:basic", "facturx-basic"),
        (f"{EN}:compliant:factur-x.eu:1p0:basic", "facturx-basic"),
        (f"{EN}#compliant#urn:zugferd.de:2p0:basic", "facturx-basic"),
        (f"{EN}#conformant#urn:factur-x.eu:1p0:extended", "facturx-extended"),
        ("urn:somebody.example:own", ""),
    ],
)
def test_cii_invoices_by_their_specification(profile: str, key: str) -> None:
    claim = identify(cii_document(profile))
    assert (claim.syntax, claim.key, claim.profile) == ("cii", key, profile)


@pytest.mark.parametrize(
    ("root", "profile", "standard", "syntax"),
    [
        ("CreditNote", PEPPOL, "Peppol BIS Billing 3.0, UBL 2.1 credit note", "ubl-credit-note"),
        (
            "ApplicationResponse",
            "urn:fdc:peppol.eu:poacc:trns:invoice_response:3",
            "Peppol BIS invoice response 3, UBL 2.1 application response",
            "ubl-document",
        ),
        ("Order", "", "UBL 2.1 order", "ubl-document"),
    ],
)
def test_other_ubl_documents(root: str, profile: str, standard: str, syntax: str) -> None:
    claim = identify(ubl_document(root, profile))
    assert (claim.syntax, claim.standard, claim.root) == (syntax, standard, root)


def test_what_we_write_is_what_we_say() -> None:
    document = sample_invoices.romanian()
    for profile in PROFILES.values():
        if not profile.key.startswith("facturx"):
            assert identify(ubl.render(document, profile=profile)).key == profile.key


def fattura(root: str, version: str, form: str) -> bytes:
    return (
        f'<p:{root} xmlns:p="{FATTURA}/{version}" versione="{form}"><FatturaElettronicaBody><DatiGenerali>'
        "<DatiGeneraliDocumento><Data>2026-11-02</Data></DatiGeneraliDocumento></DatiGenerali>"
        f"</FatturaElettronicaBody></p:{root}>"
    ).encode()


@pytest.mark.parametrize(
    ("data", "key", "standard"),
    [
        (fattura("FatturaElettronica", "v1.2", "FPR12"), "fatturapa", "FatturaPA FPR12"),
        (
            fattura("FatturaElettronica", "v1.2", "FPA12"),
            "fatturapa",
            "FatturaPA FPA12 to the public administration",
        ),
        (
            fattura("FatturaElettronicaSemplificata", "v1.0", "FSM10"),
            "fatturapa-simplified",
            "FatturaPA simplified FSM10",
        ),
    ],
)
def test_fatture(data: bytes, key: str, standard: str) -> None:
    claim = identify(data)
    assert (claim.syntax, claim.key, claim.standard) == ("fatturapa", key, standard)
    assert claim.issued_on == date(2026, 11, 2)


def in_envelope(content: bytes) -> bytes:
    """A CMS SignedData around ``content``, without a signature."""

    def der(tag: int, *parts: bytes) -> bytes:
        body = b"".join(parts)
        return bytes([tag, 0x82]) + len(body).to_bytes(2, "big") + body

    signed, data = (bytes.fromhex(f"06092a864886f70d01070{kind}") for kind in (2, 1))
    inner = der(0x30, data, der(0xA0, der(0x04, content)))
    return der(0x30, signed, der(0xA0, der(0x30, b"\x02\x01\x01", b"\x31\x00", inner)))


def test_a_signed_fattura_in_bytes_and_in_base64() -> None:
    envelope = in_envelope(fattura("FatturaElettronica", "v1.2", "FPR12"))
    for data in (envelope, base64.encodebytes(envelope)):
        claim = identify(data)
        assert (claim.container, claim.key) == ("p7m", "fatturapa")


def test_hybrid_pdfs() -> None:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    xml = cii.render(sample_invoices.domestic(), profile=FACTURX_EN16931)
    claim = identify(embed(plain_pdf(), xml, profile=FACTURX_EN16931, at=at))
    assert (claim.syntax, claim.container, claim.key) == ("cii", "pdf", "facturx-en16931")
    assert claim.standard == "Factur-X EN 16931, CII invoice"
    old = (
        b'<r:CrossIndustryDocument xmlns:r="urn:ferd:CrossIndustryDocument:invoice:1p0"><r:'
        b'SpecifiedExchangedDocumentContext xmlns:a="urn:x"><a:GuidelineSpecifiedDocumentContextParameter>'
        b"<a:ID>urn:ferd:CrossIndustryDocument:invoice:1p0:comfort</a:ID>"
        b"</a:GuidelineSpecifiedDocumentContextParameter></r:SpecifiedExchangedDocumentContext>"
        b"</r:CrossIndustryDocument>"
    )
    claim = identify(with_files(("ZUGFeRD-invoice.xml", old)))
    assert (claim.syntax, claim.standard) == ("zugferd-1", "ZUGFeRD 1.0 COMFORT")
    claim = identify(plain_pdf())
    assert (claim.syntax, claim.standard) == ("other", "PDF without an invoice in it")


def test_a_gst_invoice() -> None:
    data = b'{"Version": "1.1", "TranDtls": {}, "SellerDtls": {}, "DocDtls": {"Dt": "02/11/2026"}}'
    for json in (data, b"[" + data + b"]"):
        claim = identify(json)
        assert (claim.syntax, claim.standard) == ("gst-india", "India GST e-invoice 1.1")
        assert claim.issued_on == date(2026, 11, 2)
    assert identify(b'{"a": 1}').standard == "JSON"


@pytest.mark.parametrize(
    ("data", "standard"),
    [
        (
            b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>',
            "ISO 20022 camt.053.001.08",
        ),
        (
            b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"/>',
            "ISO 20022 pain.001.001.09",
        ),
        (
            b'<?xml version="1.0"?>\n<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/x.dtd"><cXML/>',
            "cXML",
        ),
        (b"<cXML/>", "cXML"),
        (b"ISA*00*          *00*", "ANSI X12"),
        (b"UNA:+.? '\nUNB+UNOA:1+1+2+260101:1200+1'", "UN/EDIFACT"),
        (b"UNB+UNOA:1+1+2", "UN/EDIFACT"),
        (b"\r\n:20:START", "SWIFT MT940 or MT942"),
        (b"{1:F01BANKDEFFXXXX}", "SWIFT MT940 or MT942"),
        (b"01,122099999,123456789,040621,0200,1,65,,2/", "BAI2"),
        (b"OFXHEADER:100\r\n", "OFX"),
        (b"101 0123456789", "NACHA file"),
        (b"PK\x03\x04....", "ZIP archive"),
        (
            b'<a:SCRDMCCBDACIOMessageStructure xmlns:a="urn:un:unece:uncefact:data:'
            b'SCRDMCCBDACIOMessageStructure:100"/>',
            "Order-X",
        ),
    ],
)
def test_what_we_can_name_only(data: bytes, standard: str) -> None:
    claim = identify(data)
    assert (claim.syntax, claim.standard) == ("other", standard)


@pytest.mark.parametrize("data", [b"", b"hello", b"\0\1\2", b"0", "ciao à tutti".encode()])
def test_what_nobody_knows(data: bytes) -> None:
    assert identify(data).syntax == "unknown"


def test_an_unknown_root_is_shown() -> None:
    claim = identify(b"<shop><order/></shop>")
    assert (claim.syntax, claim.standard) == ("unknown", "XML with the root element shop")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<Invoice>", "malformed_xml"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "doctype_refused"),
        (b"<a>" * 200 + b"</a>" * 200, "too_deep"),
        (b"%PDF-1.7 cut off", "pdf_unreadable"),
        (with_files(("factur-x.xml", b"<a/>"), password="x"), "pdf_encrypted"),
        (in_envelope(b"<a/>")[:-3], "invalid_envelope"),
    ],
)
def test_what_cannot_be_read(data: bytes, code: str) -> None:
    with pytest.raises(FormatError) as caught:
        identify(data)
    assert caught.value.code == code


def test_the_encoding_does_not_matter() -> None:
    xml = ubl.render(sample_invoices.domestic(), profile=EN16931)
    text = (
        xml.decode()
        .replace('encoding="UTF-8"', 'encoding="UTF-16"')
        .replace("encoding='UTF-8'", "")
    )
    for data in (b"\xef\xbb\xbf" + xml, text.partition("?>")[2].encode("utf-16")):
        assert identify(data).key == "en16931"
