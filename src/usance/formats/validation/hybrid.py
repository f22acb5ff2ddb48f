"""What a hybrid invoice's PDF says of itself and of the XML within it.

Checked are the claims that a receiver's program reads: the mark of PDF/A-3, how the XML is attached, and
the Factur-X properties in the metadata. Whether fonts and colours keep PDF/A is for a PDF/A validator.

Source: Factur-X 1.09 and ZUGFeRD 2.5, chapter 6; ISO 19005-3, 6.6 and 6.8.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree

from usance.formats.einvoice.parsing import local_name, parse_xml
from usance.formats.errors import FormatError
from usance.formats.validation.report import Claim, Finding

CHECKS: Final = "Factur-X attachment and PDF/A-3 claims"

_PROPERTIES: Final = ("DocumentType", "DocumentFileName", "Version", "ConformanceLevel")
_RELATIONSHIPS: Final = ("Data", "Alternative", "Source")
_LEVELS: Final = {
    "MINIMUM": "facturx-minimum",
    "BASIC WL": "facturx-basicwl",
    "BASIC": "facturx-basic",
    "EN 16931": "facturx-en16931",
    "EXTENDED": "facturx-extended",
    "XRECHNUNG": "xrechnung",
    # ZUGFeRD 1.0 and 2.0 called what became EN 16931 by this name.
    "COMFORT": "zugferd-1",
}


@dataclass(frozen=True, slots=True)
class Hybrid:
    """A PDF with an invoice in it, as far as the checks need it."""

    xml: bytes | None = field(repr=False)
    """None if no file of one of the known names is attached."""
    file_name: str = ""
    relationship: str = ""
    media_type: str = ""
    associated: bool = False
    """Whether the catalog names the attachment as a file of the document (AF)."""
    part: str = ""
    """pdfaid:part, 3 for PDF/A-3."""
    conformance: str = ""
    """pdfaid:conformance: A, B or U."""
    properties: tuple[tuple[str, str], ...] = ()
    """DocumentType, DocumentFileName, Version and ConformanceLevel of the metadata."""
    describes_properties: bool = False
    """Whether the metadata has the extension schema that PDF/A asks for its own properties."""
    output_intent: bool = False

    def said(self, name: str) -> str:
        """The Factur-X property ``name``; empty if it is not there."""
        return dict(self.properties).get(name, "")


def read(data: bytes) -> Hybrid:
    """Take a PDF apart.

    Raises FormatError ``too_large``, ``pdf_unreadable`` or ``pdf_encrypted``.
    """
    from pypdf import PdfReader

    from usance.formats.facturx import extract

    try:
        name, xml = extract(data)
    except FormatError as error:
        if error.code != "no_invoice_in_pdf":
            raise
        return Hybrid(xml=None)
    try:
        return _claimed(PdfReader(io.BytesIO(data)).root_object, name, xml)
    except Exception as error:  # noqa: BLE001 - a damaged PDF raises whatever it likes
        raise FormatError(
            f"The PDF cannot be read ({' '.join(str(error).split())[:200]}); the file may have been cut "
            "off. Ask its sender for it again.",
            code="pdf_unreadable",
        ) from None


def _claimed(catalog: Any, name: str, xml: bytes) -> Hybrid:
    marks = _metadata(catalog)
    spec = next(each for each in _attached(catalog) if _name(each) == name.lower())
    embedded = spec["/EF"].get_object()
    stream = (embedded.get("/UF") or embedded["/F"]).get_object()
    return Hybrid(
        xml=xml,
        file_name=name,
        relationship=str(spec.get("/AFRelationship", "")).lstrip("/"),
        media_type=str(stream.get("/Subtype", "")).lstrip("/"),
        associated=any(_name(each) == name.lower() for each in _associated(catalog)),
        part=marks.get("part", ""),
        conformance=marks.get("conformance", ""),
        properties=tuple((key, marks[key]) for key in _PROPERTIES if key in marks),
        describes_properties="valueType" in marks,
        output_intent=bool(catalog.get("/OutputIntents")),
    )


def _name(specification: Any) -> str:
    name = str(specification.get("/UF") or specification.get("/F") or "")
    return name.rpartition("/")[2].lower()


def _associated(catalog: Any) -> list[Any]:
    entries = catalog.get("/AF")
    return [] if entries is None else [each.get_object() for each in entries.get_object()]


def _attached(catalog: Any) -> Iterator[Any]:
    """The file specifications of the names tree, then those that only AF names."""
    names = catalog.get("/Names")
    tree = names.get_object().get("/EmbeddedFiles") if names is not None else None
    waiting = [tree.get_object()] if tree is not None else []
    seen = 0
    while waiting and seen < 1000:
        node = waiting.pop(0)
        seen += 1
        entries = node.get("/Names")
        for entry in (entries.get_object() if entries is not None else [])[1::2]:
            yield entry.get_object()
        kids = node.get("/Kids")
        waiting += [kid.get_object() for kid in (kids.get_object() if kids is not None else ())]
    yield from _associated(catalog)


def _metadata(catalog: Any) -> dict[str, str]:
    """The simple properties of the XMP packet by local name, written as elements or as attributes."""
    stream = catalog.get("/Metadata")
    if stream is None:
        return {}
    packet = stream.get_object().get_data()
    try:
        root = parse_xml(packet.strip(b"\0 \r\n\t"))
    except FormatError:
        return {}
    found: dict[str, str] = {}
    for element in root.iter("*"):
        for key, value in element.attrib.items():
            found.setdefault(etree.QName(key).localname, str(value))
        if len(element) == 0 and element.text:
            found.setdefault(local_name(element), element.text.strip())
    return found


def check(pdf: Hybrid, *, claim: Claim) -> list[Finding]:
    """Which of its claims the PDF does not keep, ``claim`` being that of the XML in it."""
    found = [
        Finding(rule=rule, severity="fatal", message=message, fix=fix, rule_set=CHECKS)
        for broken, rule, message, fix in _claims(pdf, claim)
        if broken
    ]
    if pdf.media_type not in ("text/xml", "application/xml"):
        found.append(
            Finding(
                rule="FX-MEDIA-TYPE",
                severity="warning",
                message=f"The attachment's media type is {pdf.media_type or 'not given'}, not text/xml.",
                fix="Give the embedded file stream the Subtype text/xml.",
                rule_set=CHECKS,
            )
        )
    return found


def _claims(pdf: Hybrid, claim: Claim) -> Iterator[tuple[bool, str, str, str]]:
    yield (
        pdf.part not in ("3", "4"),
        "PDFA-PART",
        f"The metadata says PDF/A-{pdf.part}, which allows no attachment of XML."
        if pdf.part
        else "The metadata does not say that this is PDF/A-3.",
        "Write the PDF as PDF/A-3 with pdfaid:part 3.",
    )
    yield (
        pdf.part == "3" and pdf.conformance not in ("A", "B", "U"),
        "PDFA-CONFORMANCE",
        f"The metadata names the conformance level {pdf.conformance!r}; there are A, B and U.",
        "Write pdfaid:conformance with the level that the PDF was made for, usually B.",
    )
    yield (
        not pdf.output_intent,
        "PDFA-OUTPUT-INTENT",
        "The PDF has no output intent, so that its colours are undefined.",
        "Embed an ICC profile as the output intent GTS_PDFA1.",
    )
    yield (
        pdf.relationship not in _RELATIONSHIPS,
        "FX-RELATIONSHIP",
        f"The attachment's relationship is {pdf.relationship or 'not given'}.",
        "Set AFRelationship to Alternative, or to Data for MINIMUM and BASIC WL.",
    )
    yield (
        not pdf.associated,
        "FX-AF",
        "The catalog does not list the attachment among the document's own files.",
        "Add the file specification to the array AF of the catalog.",
    )
    yield from _property_claims(pdf, claim)


def _property_claims(pdf: Hybrid, claim: Claim) -> Iterator[tuple[bool, str, str, str]]:
    level = pdf.said("ConformanceLevel")
    yield (
        not pdf.properties,
        "FX-XMP",
        "The metadata has no Factur-X properties, by which programs find the XML.",
        "Add fx:DocumentType, fx:DocumentFileName, fx:Version and fx:ConformanceLevel.",
    )
    if not pdf.properties:
        return
    kind = pdf.said("DocumentType")
    yield (
        kind not in ("INVOICE", "ORDER", "ORDER_RESPONSE", "ORDER_CHANGE"),
        "FX-XMP-TYPE",
        f"fx:DocumentType is {kind or 'missing'}.",
        "Write INVOICE, for credit notes too.",
    )
    name = pdf.said("DocumentFileName")
    yield (
        name.lower() != pdf.file_name.lower(),
        "FX-XMP-FILE",
        f"fx:DocumentFileName is {name or 'missing'}, the attachment is {pdf.file_name}.",
        "Write the name of the attached file.",
    )
    yield (
        not pdf.said("Version"),
        "FX-XMP-VERSION",
        "fx:Version is missing.",
        "Write 1.0, or for XRechnung the version of that.",
    )
    meant = _LEVELS.get(level.replace("_", " ").upper().replace("EN16931", "EN 16931"))
    keys = {meant, "facturx-en16931"} if meant == "zugferd-1" else {meant}
    if claim.syntax == "zugferd-1":
        keys = {claim.key if meant else None}
    yield (
        meant is None or claim.key not in keys,
        "FX-XMP-PROFILE",
        f"fx:ConformanceLevel is {level or 'missing'}, while the XML claims"
        f" {claim.profile or 'no profile'}.",
        "Write the profile of the XML: MINIMUM, BASIC WL, BASIC, EN 16931, EXTENDED or XRECHNUNG.",
    )
    yield (
        not pdf.describes_properties,
        "PDFA-EXTENSION",
        "The metadata does not describe the Factur-X properties, as PDF/A asks for all but its own.",
        "Add the PDF/A extension schema of Factur-X to the metadata.",
    )
