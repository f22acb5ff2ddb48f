"""Rule sets as their publishers give them out: told apart by what is in the file, not by its name.

A rule set is an XML Schema or the XSLT that Schematron was compiled to. What kind it is, its version and
the day it takes effect are read from the text of its publisher; a name of a file or folder only lends a
version where the text has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

Technique = Literal["xsd", "xslt"]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One file of rules, with the files that it refers to beside it."""

    kind: str
    """What it checks, such as ``en16931-ubl`` or ``ubl-Invoice-xsd``; see KINDS."""
    technique: Technique
    path: Path
    version: str = ""
    states_version: bool = False
    """Whether the rule set itself says its version; else its folder's name or nobody did."""
    valid_from: date | None = None
    serves: str = ""
    """The version of the profile that it checks, where it says one: XRechnung 3.0 of rules 2.5.0."""

    @property
    def title(self) -> str:
        """Its name and version, for people."""
        return f"{title_of(self.kind)} {self.version}".rstrip()


CEN: Final = "CEN (ConnectingEurope/eInvoicing-EN16931)"
_UBL_PUBLISHER: Final = "OASIS (UBL 2.1, folder xsd)"
_PEPPOL: Final = "OpenPeppol, as XSLT in phive-rules"
_KOSIT: Final = "KoSIT (xrechnung-schematron)"
_FACTURX: Final = "FNFE-MPE and FeRD (Factur-X, ZUGFeRD)"
_ANAF: Final = "ANAF (RO e-Factura)"
_SDI: Final = "Agenzia delle Entrate (FatturaPA, XSD)"

PROFILES_OF_FACTURX: Final = ("minimum", "basicwl", "basic", "en16931", "extended")

KINDS: Final[dict[str, tuple[str, str]]] = {
    "en16931-ubl": ("EN 16931 rules for UBL", CEN),
    "en16931-cii": ("EN 16931 rules for CII", CEN),
    "cii-d16b-xsd": ("CII D16B schema", "UN/CEFACT, also in CEN's rules"),
    "cii-d22b-xsd": ("CII D22B schema", "UN/CEFACT"),
    "zugferd-1-xsd": ("ZUGFeRD 1.0 schema", "FeRD"),
    "zugferd-1": ("ZUGFeRD 1.0 rules", "FeRD, with ZUGFeRD 1.0, compiled to XSLT"),
    "peppol-billing-ubl": ("Peppol BIS Billing rules for UBL", _PEPPOL),
    "peppol-billing-cii": ("Peppol BIS Billing rules for CII", _PEPPOL),
    "peppol-selfbilling-ubl": ("Peppol BIS Self-Billing rules for UBL", _PEPPOL),
    "xrechnung-ubl": ("XRechnung rules for UBL", _KOSIT),
    "xrechnung-cii": ("XRechnung rules for CII", _KOSIT),
    "cius-ro-ubl": ("CIUS-RO rules", _ANAF),
    "cius-ro-ubl-complete": ("CIUS-RO rules with those of EN 16931", _ANAF),
    "ctc-fr-extended-ubl": ("EXTENDED-CTC-FR rules for UBL", "FNFE-MPE"),
    "ctc-fr-extended-cii": ("EXTENDED-CTC-FR rules for CII", "FNFE-MPE"),
    "fatturapa-xsd": ("FatturaPA schema", _SDI),
    "fatturapa-1.0-xsd": ("FatturaPA schema 1.0", _SDI),
    "fatturapa-1.1-xsd": ("FatturaPA schema 1.1", _SDI),
    "fatturapa-simplified-xsd": ("FatturaPA schema of simplified invoices", _SDI),
    **{
        f"facturx-{profile}": (f"Factur-X {profile.upper()} rules", _FACTURX)
        for profile in PROFILES_OF_FACTURX
    },
    **{
        f"facturx-{profile}-xsd": (f"Factur-X {profile.upper()} schema", _FACTURX)
        for profile in PROFILES_OF_FACTURX
    },
}
"""Title and publisher of each kind; UBL schemas and Peppol's other transactions are named by pattern."""


def title_of(kind: str) -> str:
    """The name of ``kind`` for people."""
    if kind in KINDS:
        return KINDS[kind][0]
    if match := re.fullmatch(r"ubl-(\w+)-xsd", kind):
        return f"UBL 2.1 {match[1]} schema"
    if match := re.fullmatch(r"peppol-t(\d+)", kind):
        return f"Peppol BIS rules of transaction T{match[1]}"
    return kind


def publisher_of(kind: str) -> str:
    """Who publishes ``kind``."""
    if kind in KINDS:
        return KINDS[kind][1]
    return _UBL_PUBLISHER if kind.startswith("ubl-") else _PEPPOL


EFFECTIVE: Final[dict[tuple[str, str], date]] = {
    ("fatturapa-xsd", "1.2.1"): date(2021, 1, 1),
    ("fatturapa-xsd", "1.2.2"): date(2022, 10, 1),
    ("fatturapa-xsd", "1.2.3"): date(2025, 4, 1),
}
"""When a version takes effect, where only its publisher's announcement says it (Agenzia delle Entrate,
specifiche tecniche, versions 1.6.2, 1.7.1 and 1.9)."""


def recognise(data: bytes, *, path: Path) -> RuleSet | None:
    """What rule set ``data`` is, read from ``path``; None if it is none that can be run.

    A schema or stylesheet that another one includes is none: only what checks whole documents is.
    """
    text = data.decode("utf-8", errors="replace")
    found: RuleSet | None = None
    if "schematron-output" in text and "/XSL/Transform" in text[:4000]:
        found = _stylesheet(text, path)
    elif "http://www.w3.org/2001/XMLSchema" in text[:8000] and "targetNamespace" in text[:8000]:
        found = _schema(text, path)
    return found


def references(data: bytes) -> list[str]:
    """The files that a schema or stylesheet refers to, as it writes their addresses."""
    text = data.decode("utf-8", errors="replace")
    found = re.findall(r"""\bschemaLocation=["']([^"']+)["']""", text)
    found += re.findall(r"""<xsl:(?:import|include)[^>]*\bhref=["']([^"']+)["']""", text)
    found += re.findall(r"""\b(?:document|doc)\(['"]([^'"]+)['"]\)""", text)
    return list(dict.fromkeys(found))


def _first(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    return " ".join(match[1].split()) if match else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


_FACTURX_TITLES: Final = {
    "MINIMUM": "minimum",
    "BASIC without Lines": "basicwl",
    "EN16931-COMPLIANT-BASIC": "basic",
    "EN16931-COMPLIANT (FULLY)": "en16931",
    "EN16931-CONFORMANT-EXTENDED": "extended",
}


def _stylesheet(text: str, path: Path) -> RuleSet | None:
    title = _first(r'<svrl:schematron-output[^>]*?\stitle="([^"]*)"', text)
    syntax = "cii" if "CrossIndustryInvoice:100" in text[:6000] else "ubl"
    kind = version = serves = ""
    valid_from: date | None = None
    if title.startswith("Schema for Factur-X;"):
        _, version, what = [*title.split("; "), "", ""][:3]
        profile = _FACTURX_TITLES.get(what.removeprefix("Accounting, "))
        kind = f"facturx-{profile}" if profile else ""
        valid_from = _day(_first(r"Effective date:\s*([0-9-]{10})", text[:4000]))
    elif match := re.match(r"Schema for ZUGFeRD; (1[\d.]*)", title):
        kind, version = "zugferd-1", match[1]
    elif title.startswith("Rules for Peppol BIS 3.0"):
        own = "selfbilling" if "poacc:selfbilling:3.0" in text else "billing"
        kind = f"peppol-{own}-{syntax}"
    elif match := re.fullmatch(r"Rules for Peppol .* transaction ([\d.]+)", title):
        number = _first(r">PEPPOL-T0*(\d+)-", text)
        kind, version = (f"peppol-t{number}" if number else ""), match[1]
    elif match := re.match(r"Schematron Version ([\d.]+) - XRechnung ([\d.]+)", title):
        kind, version, serves = f"xrechnung-{syntax}", match[1], match[2]
    elif match := re.match(r"Schematron Version ([\d.]+) - CIUS-RO", title):
        kind, version = "cius-ro-ubl", match[1]
    elif re.match(r"EN16931 +model bound to", title):
        kind = _of_en16931(text, syntax)
        if kind.startswith("en16931-"):
            head = text[:4000]
            version = _first(r"Schematron version ([\d.]+)", head)
            valid_from = _day(_first(r"Last update: ([0-9-]{10})", head))
    if not kind:
        return None
    return RuleSet(
        kind=kind,
        technique="xslt",
        path=path,
        version=version or _version_of_path(path),
        states_version=bool(version),
        valid_from=valid_from,
        serves=serves,
    )


def _of_en16931(text: str, syntax: str) -> str:
    """CEN's rules themselves, or a country's file that has them inside."""
    if ">BR-RO-" in text:
        return "cius-ro-ubl-complete"
    if ">BR-FREXT-" in text:
        return f"ctc-fr-extended-{syntax}"
    return f"en16931-{syntax}"


def _version_of_path(path: Path) -> str:
    """A version in the names of the folders, the nearest first."""
    for part in (path.stem, *(each.name for each in path.parents)):
        if part.lower().startswith("ubl-"):
            continue  # the version of the syntax, not of the rules
        if match := re.search(r"(?:^|[-_ ])v?(\d{1,4}(?:\.\d{1,3}){1,3})(?![\d.])", part):
            return match[1]
    return ""


_UBL: Final = re.compile(r"urn:oasis:names:specification:ubl:schema:xsd:(\w+)-2")
_CII: Final = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
_NAMESPACES: Final = {
    "urn:ferd:CrossIndustryDocument:invoice:1p0": "zugferd-1-xsd",
    "http://www.fatturapa.gov.it/sdi/fatturapa/v1.0": "fatturapa-1.0-xsd",
    "http://www.fatturapa.gov.it/sdi/fatturapa/v1.1": "fatturapa-1.1-xsd",
    "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2": "fatturapa-xsd",
    "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.0": "fatturapa-simplified-xsd",
}


def _schema(text: str, path: Path) -> RuleSet | None:
    head = _first(r"<(?:\w+:)?schema\b([^>]*)>", text)
    namespace = _first(r'targetNamespace="([^"]*)"', head)
    version = _first(r'\sversion="([\d.]+)"', " " + head)
    kind = _NAMESPACES.get(namespace, "")
    if match := _UBL.fullmatch(namespace):
        # The components that documents are made of have such namespaces too, but no root element.
        if re.search(rf'<(?:\w+:)?element name="{match[1]}"', text):
            kind, version = f"ubl-{match[1]}-xsd", version or "2.1"
    elif namespace == _CII:
        kind, version = _of_cii(text, path)
    if not kind:
        return None
    return RuleSet(
        kind=kind,
        technique="xsd",
        path=path,
        version=version or _version_of_path(path),
        states_version=bool(version),
        valid_from=EFFECTIVE.get((kind, version)),
    )


def _of_cii(text: str, path: Path) -> tuple[str, str]:
    """Factur-X restricts the schema of CII; both have its namespace and differ in what they include."""
    included = _first(r'schemaLocation="([^"]*Qualified[^"]*)"', text)
    if match := re.match(
        r"(?i)factur-?x_(?:([\d.]+)_)?(MINIMUM|BASIC-?WL|BASIC|EN16931|EXTENDED)_", included
    ):
        return f"facturx-{match[2].lower().replace('-', '')}-xsd", match[1] or ""
    if match := re.search(r"(?i)100p(D\d\d[AB])", included + path.name):
        release = match[1].upper()
        return f"cii-{release.lower()}-xsd", release
    return "", ""
