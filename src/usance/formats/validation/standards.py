"""The standards that a document can claim, and the rule sets that each of them calls for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from usance.formats.validation.report import Claim

Need = tuple[str, ...]
"""Kinds of rule sets, of which the first that is loaded is run."""

_CII_SCHEMA: Final[Need] = ("cii-d16b-xsd", "facturx-en16931-xsd")


@dataclass(frozen=True, slots=True)
class Standard:
    """A specification, as documents name it in BT-24, and what it is checked with."""

    key: str
    title: str
    identifier: str
    """A regular expression for BT-24; its group ``version`` is the version, if it has one."""
    ubl: tuple[Need, ...] = ()
    """Rules for an invoice or credit note in UBL, after the schema."""
    cii: tuple[Need, ...] = ()
    """Rules for an invoice in CII, after the schema."""
    cii_schema: Need = _CII_SCHEMA
    syntaxes: tuple[str, ...] = ("ubl", "cii")
    overruled: tuple[str, ...] = ()
    """Fatal rules of EN 16931 that are warnings in this standard, by its publisher's own configuration
    (for XRechnung: KoSIT, validator-configuration-xrechnung, customLevel)."""


_EN: Final = "urn:cen.eu:en16931:2017"
_EN_UBL: Final[Need] = ("en16931-ubl",)
# The rules of Factur-X EN 16931 are those of EN 16931 for CII with checks of structure.
_EN_CII: Final[Need] = ("en16931-cii", "facturx-en16931")


def _factur_x(profile: str, title: str, identifier: str) -> Standard:
    return Standard(
        key=f"facturx-{profile}",
        title=f"Factur-X {title}",
        identifier=identifier,
        cii=((f"facturx-{profile}",),),
        cii_schema=(f"facturx-{profile}-xsd",),
        syntaxes=("cii",),
    )


_FX: Final = r"(?:factur-x\.eu:1p0|zugferd\.de:2p[0-9])"
# The first releases wrote colons for what is "#compliant#urn:" since.
_ON_EN: Final = rf"{_EN}[#:](?:compliant|conformant)[#:](?:urn:)?{_FX}"


def _xrechnung(key: str, title: str, suffix: str, overruled: tuple[str, ...] = ()) -> Standard:
    return Standard(
        key=key,
        title=title,
        # Before 3.0 the identifier had another domain.
        identifier=rf"{_EN}#compliant#urn:(?:xeinkauf\.de:kosit|xoev-de:kosit:standard):"
        rf"xrechnung_(?P<version>\d\.\d){suffix}",
        ubl=(_EN_UBL, ("xrechnung-ubl",)),
        cii=(_EN_CII, ("xrechnung-cii",)),
        # CEN's lists of identifiers and units lag behind their registers, and KoSIT refuses nobody for that.
        overruled=("BR-CL-21", "BR-CL-23", *overruled),
    )


FACTURX_EN16931: Final = _factur_x("en16931", "EN 16931", _EN)
"""Shares its identifier with EN 16931 in CII; a PDF around the document tells them apart."""

STANDARDS: Final = (
    Standard("en16931", "EN 16931", _EN, ubl=(_EN_UBL,), cii=(_EN_CII,)),
    Standard(
        "peppol-bis-3",
        "Peppol BIS Billing 3.0",
        rf"{_EN}#compliant#urn:fdc:peppol\.eu:2017:poacc:billing:(?P<version>3\.\d+)",
        ubl=(_EN_UBL, ("peppol-billing-ubl",)),
        cii=(_EN_CII, ("peppol-billing-cii",)),
    ),
    Standard(
        "peppol-selfbilling-3",
        "Peppol BIS Self-Billing 3.0",
        rf"{_EN}#compliant#urn:fdc:peppol\.eu:2017:poacc:selfbilling:(?P<version>3\.\d+)",
        ubl=(_EN_UBL, ("peppol-selfbilling-ubl",)),
        syntaxes=("ubl",),
    ),
    _xrechnung("xrechnung", "XRechnung", ""),
    _xrechnung(
        "xrechnung-extension",
        "XRechnung Extension",
        r"#conformant#urn:x(?:einkauf\.de|oev-de):kosit:extension:xrechnung_[\d.]+",
        # What BR-DEX-04 to 09 allow instead.
        ("BR-CL-10", "BR-CL-11", "BR-CL-24", "BR-CL-25", "BR-CL-26", "BR-CO-16"),
    ),
    _xrechnung(
        "xrechnung-cvd",
        "XRechnung CVD",
        r"#compliant#urn:xeinkauf\.de:kosit:xrechnung:cvd_[\d.]+",
        # Vehicles are classified by a list of its own (BR-DE-CVD-*).
        ("BR-CL-13",),
    ),
    Standard(
        "cius-ro",
        "RO e-Factura (CIUS-RO)",
        rf"{_EN}#compliant#urn:efactura\.mfinante\.ro:CIUS-RO:(?P<version>[\d.]+)",
        # ANAF judges by one file that has the rules of EN 16931 in it, as they stood when it was made.
        ubl=(("cius-ro-ubl-complete", "en16931-ubl"), ("cius-ro-ubl-complete", "cius-ro-ubl")),
        syntaxes=("ubl",),
    ),
    Standard(
        "ctc-fr-extended",
        "EXTENDED-CTC-FR",
        rf"{_EN}#conformant#urn\.cpro\.gouv\.fr:1p0:extended-ctc-fr",
        ubl=(("ctc-fr-extended-ubl",),),
        cii=(("ctc-fr-extended-cii",),),
        cii_schema=("cii-d22b-xsd",),
    ),
    _factur_x("minimum", "MINIMUM", rf"urn:{_FX}:minimum"),
    _factur_x("basicwl", "BASIC WL", rf"urn:{_FX}:basicwl"),
    _factur_x("basic", "BASIC", rf"{_ON_EN}:basic"),
    _factur_x("extended", "EXTENDED", rf"{_ON_EN}:extended"),
)

_TRANSACTIONS: Final = {
    "order": "1",
    "despatch_advice": "16",
    "order_response": "76",
    "invoice_response": "111",
}
"""Peppol's transactions beside billing that we know the rules of: their number in BIS."""

_PEPPOL_TRANSACTION: Final = re.compile(r"urn:fdc:peppol\.eu:poacc:trns:(\w+):(\d+)")


def standard_of(profile: str, *, syntax: str) -> tuple[Standard, str] | None:
    """The standard that BT-24 names and the version in it, for ``syntax`` ubl or cii."""
    for standard in STANDARDS:
        match = re.fullmatch(standard.identifier, profile)
        if match and syntax in standard.syntaxes:
            version = match.groupdict().get("version") or ""
            return standard, version
    return None


def peppol_transaction(profile: str) -> tuple[str, str] | None:
    """Name and version of the Peppol transaction that a UBL document names, such as order, 3."""
    match = _PEPPOL_TRANSACTION.fullmatch(profile)
    return (match[1].replace("_", " "), match[2]) if match else None


def needs_of(claim: Claim) -> Sequence[Need]:
    """The rule sets for ``claim``, in the order in which they are run; empty if none are known."""
    match claim.syntax:
        case "ubl-invoice" | "ubl-credit-note":
            return [(f"ubl-{claim.root}-xsd",), *_invoice_rules(claim, "ubl")]
        case "ubl-document":
            return [(f"ubl-{claim.root}-xsd",), *_transaction_rules(claim)]
        case "cii":
            standard = _by_key(claim.key)
            schema = _CII_SCHEMA if standard is None else standard.cii_schema
            return [schema, *_invoice_rules(claim, "cii")]
        case "zugferd-1":
            return [("zugferd-1-xsd",), ("zugferd-1",)]
        case "fatturapa":
            return [(f"{claim.key}-xsd",)]
    return []


def overruled(claim: Claim) -> tuple[str, ...]:
    """The fatal rules that count as warnings for ``claim``."""
    standard = _by_key(claim.key)
    return () if standard is None else standard.overruled


def _by_key(key: str) -> Standard | None:
    every = (*STANDARDS, FACTURX_EN16931)
    return next((each for each in every if each.key == key), None)


def _invoice_rules(claim: Claim, syntax: str) -> Sequence[Need]:
    standard = _by_key(claim.key)
    if standard is not None:
        return standard.ubl if syntax == "ubl" else standard.cii
    if not claim.profile or claim.profile.startswith(_EN):
        # An invoice that names no specification, or a usage of EN 16931 that we do not know, has at
        # least to keep EN 16931 itself.
        return [_EN_UBL if syntax == "ubl" else _EN_CII]
    return []


def unknown_rules(claim: Claim) -> str:
    """The profile whose own rules nobody here knows; empty if there is none."""
    named = claim.syntax in ("ubl-invoice", "ubl-credit-note", "cii") and not claim.key
    transaction = claim.syntax == "ubl-document" and not _transaction_rules(claim)
    return claim.profile if named or transaction else ""


def _transaction_rules(claim: Claim) -> Sequence[Need]:
    match = _PEPPOL_TRANSACTION.fullmatch(claim.profile)
    number = _TRANSACTIONS.get(match[1]) if match else None
    return [(f"peppol-t{number}",)] if number else []
