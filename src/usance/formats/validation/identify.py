"""What a file is, told by its content: a name or a declared type can be wrong."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from lxml import etree

from usance.formats.einvoice.parsing import (
    child,
    children,
    local_name,
    namespace_of,
    parse_xml,
    text,
)
from usance.formats.errors import refuse_too_large
from usance.formats.fatturapa.envelope import is_enveloped, unwrap
from usance.formats.validation import hybrid
from usance.formats.validation.report import Claim
from usance.formats.validation.standards import FACTURX_EN16931, peppol_transaction, standard_of


@dataclass(frozen=True, slots=True)
class Opened:
    """A file, what it claims, and what it was found to be made of."""

    claim: Claim
    root: etree._Element | None = None
    content: bytes = field(default=b"", repr=False)
    """The document as it was found in its container, for readers of the syntax."""
    pdf: hybrid.Hybrid | None = None


def identify(data: bytes) -> Claim:
    """The standard that ``data`` claims, by its root element and BT-24; nothing of it is checked.

    Raises FormatError for XML or a PDF that cannot be read: ``malformed_xml``, ``doctype_refused``,
    ``too_large``, ``too_deep``, ``pdf_unreadable``, ``invalid_envelope``.
    """
    return open_document(data).claim


def open_document(data: bytes) -> Opened:
    """The claim of ``data`` with what was read to find it. Raises FormatError as ``identify`` does."""
    refuse_too_large(data)
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return _open_pdf(data)
    if is_enveloped(data):
        inner = _open_xml(unwrap(data))
        return replace(inner, claim=replace(inner.claim, container="p7m"))
    if named := _other(data):
        return Opened(named)
    if _XML.match(data):
        return _open_xml(data)
    return Opened(_json(data) or Claim(syntax="unknown", standard="unknown"), content=data)


_XML: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<|\xff\xfe(?:\s\0)*<\0|\xfe\xff(?:\0\s)*\0<|<\0|\0<"
)


def _open_pdf(data: bytes) -> Opened:
    pdf = hybrid.read(data)
    if pdf.xml is None:
        return Opened(
            Claim(syntax="other", standard="PDF without an invoice in it", container="pdf"), pdf=pdf
        )
    inner = _open_xml(pdf.xml)
    claim = inner.claim
    if claim.key == "en16931" and claim.syntax == "cii":
        claim = replace(
            claim, key=FACTURX_EN16931.key, standard=f"{FACTURX_EN16931.title}, {_CII_NAME}"
        )
    return replace(inner, claim=replace(claim, container="pdf"), pdf=pdf)


def _open_xml(data: bytes) -> Opened:
    root = parse_xml(data)
    return Opened(_claim(root), root=root, content=data)


_UBL: Final = re.compile(r"urn:oasis:names:specification:ubl:schema:xsd:(\w+)-2")
_CII: Final = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
_CII_NAME: Final = "CII invoice"
_ZUGFERD_1: Final = "urn:ferd:CrossIndustryDocument:invoice:1p0"
_FATTURA: Final = re.compile(
    r"http://(?:ivaservizi\.agenziaentrate|www\.fatturapa)\.gov\.it/.*/(v?[\d.]+)"
)
_ISO_20022: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:((\w{4})\.\d{3}\.\d{3}\.\d{2})")


def _claim(root: etree._Element) -> Claim:
    name, namespace = local_name(root), namespace_of(root)
    if match := _UBL.fullmatch(namespace):
        return _ubl(root, match[1])
    if namespace == _CII and name == "CrossIndustryInvoice":
        return _cii(root)
    if namespace == _ZUGFERD_1:
        return _zugferd_1(root)
    if name.startswith("FatturaElettronica") and _FATTURA.match(namespace):
        return _fattura(root)
    return _named_only(name, namespace)


def _named_only(name: str, namespace: str) -> Claim:
    """What we can name and have no rules for."""
    if match := _ISO_20022.fullmatch(namespace):
        return Claim(syntax="other", standard=f"ISO 20022 {match[1]}", version=match[1], root=name)
    known = _NAMESPACES.get(namespace) or _ROOTS.get(name)
    if known:
        return Claim(syntax="other", standard=known, root=name)
    shown = f"XML with the root element {name[:60]}"
    return Claim(syntax="unknown", standard=shown, root=name)


def _zugferd_1(root: etree._Element) -> Claim:
    profile = _guideline(root)
    return Claim(
        syntax="zugferd-1",
        standard=f"ZUGFeRD 1.0 {profile.rpartition(':')[2].upper()}".rstrip(),
        profile=profile,
        key="zugferd-1",
        version="1.0",
        root=local_name(root),
        issued_on=_issued(root),
    )


_NAMESPACES: Final = {
    "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100": "Order-X",
    "http://docs.oasis-open.org/ubl/ns/BusinessDocumentEnvelope": "UBL envelope",
    "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader": "SBDH envelope",
    "http://www.facturae.es/Facturae/2014/v3.2.1/Facturae": "Facturae 3.2.1",
    "http://www.facturae.gob.es/formato/Versiones/Facturaev3_2_2.xml": "Facturae 3.2.2",
}
_ROOTS: Final = {
    "cXML": "cXML",
    "OFX": "OFX",
    "Envelope": "SOAP message",
    "testSet": "test set of a validator",
}


def _ubl(root: etree._Element, document: str) -> Claim:
    profile = text(root, "CustomizationID")
    name = f"UBL 2.1 {re.sub(r'(?<!^)(?=[A-Z])', ' ', document).lower()}"
    issued_on = _day(text(root, "IssueDate"))
    if document in ("Invoice", "CreditNote"):
        found = standard_of(profile, syntax="ubl")
        standard, version = found if found else (None, "")
        return Claim(
            syntax="ubl-invoice" if document == "Invoice" else "ubl-credit-note",
            standard=f"{_named(standard.title, version)}, {name}" if standard else name,
            profile=profile,
            key=standard.key if standard else "",
            version=version,
            root=document,
            issued_on=issued_on,
        )
    transaction = peppol_transaction(profile)
    return Claim(
        syntax="ubl-document",
        standard=f"Peppol BIS {transaction[0]} {transaction[1]}, {name}" if transaction else name,
        profile=profile,
        key=f"peppol-{transaction[0].replace(' ', '-')}" if transaction else "",
        version=transaction[1] if transaction else "",
        root=document,
        issued_on=issued_on,
    )


def _cii(root: etree._Element) -> Claim:
    profile = _guideline(root)
    found = standard_of(profile, syntax="cii")
    standard, version = found if found else (None, "")
    return Claim(
        syntax="cii",
        standard=f"{_named(standard.title, version)}, {_CII_NAME}" if standard else _CII_NAME,
        profile=profile,
        key=standard.key if standard else "",
        version=version,
        root="CrossIndustryInvoice",
        issued_on=_issued(root),
    )


def _named(title: str, version: str) -> str:
    return title if not version or title.endswith(version) else f"{title} {version}"


def _guideline(root: etree._Element) -> str:
    for context in root.iter("{*}GuidelineSpecifiedDocumentContextParameter"):
        return text(context, "ID")
    return ""


def _issued(root: etree._Element) -> date | None:
    """BT-2 of a CII document, in format 102 (UNTDID 2379)."""
    header = child(root, "ExchangedDocument")
    if header is None:
        header = child(root, "HeaderExchangedDocument")
    written = text(header, "IssueDateTime", "DateTimeString")
    return _day(f"{written[:4]}-{written[4:6]}-{written[6:8]}") if len(written) >= 8 else None


def _fattura(root: etree._Element) -> Claim:
    form = root.get("versione", "")
    simplified = form.startswith("FSM") or local_name(root).endswith("Semplificata")
    old = namespace_of(root).rpartition("/v")[2]
    key = "fatturapa-simplified" if simplified else "fatturapa"
    if not simplified and old in ("1.0", "1.1"):
        key = f"fatturapa-{old}"
    kind = {"FPA": " to the public administration", "FPR": ""}.get(form[:3], "")
    bodies = list(children(root, "FatturaElettronicaBody"))
    day = text(bodies[0], "DatiGenerali", "DatiGeneraliDocumento", "Data") if bodies else ""
    return Claim(
        syntax="fatturapa",
        standard=f"FatturaPA {'simplified ' if simplified else ''}{form}".rstrip() + kind,
        profile=form,
        key=key,
        version=form,
        root=local_name(root),
        issued_on=_day(day),
    )


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


_FIRST_BYTES: Final = (
    (rb"PK\x03\x04", "ZIP archive"),
    (rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<!DOCTYPE\s+cXML\b", "cXML"),
    (rb"ISA[^A-Za-z0-9 ]\d\d", "ANSI X12"),
    (rb"UNA.{6}\s*UNB|UNB\+", "UN/EDIFACT"),
    (rb"\s*OFXHEADER", "OFX"),
    (rb"\s*(?:\{1:F\d\d|:20:)", "SWIFT MT940 or MT942"),
    (rb"\s*01,[^\n,]*,[^\n]*/", "BAI2"),
    (rb"101 [0-9 ]{9}", "NACHA file"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8", "picture"),
    (rb"\xd0\xcf\x11\xe0", "Microsoft Office document"),
)


def _other(data: bytes) -> Claim | None:
    """What its first bytes give away."""
    head = data[:4096].removeprefix(b"\xef\xbb\xbf")
    for pattern, name in _FIRST_BYTES:
        if re.match(pattern, head, re.DOTALL):
            return Claim(syntax="other", standard=name)
    return None


def _json(data: bytes) -> Claim | None:
    """The invoice of India's GST e-invoice schema (INV-01), alone or in the list that is uploaded."""
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return None
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    first = document[0] if isinstance(document, list) and document else document
    if not isinstance(first, dict) or not {"TranDtls", "DocDtls", "SellerDtls"} <= first.keys():
        return Claim(syntax="other", standard="JSON")
    version = str(first.get("Version", ""))
    details = first["DocDtls"] if isinstance(first["DocDtls"], dict) else {}
    day, month, year = [*str(details.get("Dt", "")).split("/"), "", ""][:3]
    return Claim(
        syntax="gst-india",
        standard=f"India GST e-invoice {version}".rstrip(),
        profile="INV-01",
        key="gst-india",
        version=version,
        issued_on=_day(f"{year}-{month}-{day}"),
    )
