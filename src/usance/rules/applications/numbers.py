"""Which tax and registration numbers a company is asked for, country by country, and their check.

The check is of form and check digits only (python-stdnum, and patterns where it has none): whether
somebody has the number, a register must say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Final, Literal, Protocol, cast

from usance.rules.screening import compact_number

Role = Literal["tax", "registration", "other"]
LONGEST_NUMBER: Final = 40


@dataclass(frozen=True, slots=True)
class NumberField:
    """One number that is asked for.

    ``name`` is stable and names the number in words; ``standard`` the module of python-stdnum that
    checks it, ``pattern`` what it looks like where there is none. ``role``: the tax number or the
    registration number by which the company is known afterwards, or another.
    """

    name: str
    role: Role
    required: bool
    example: str
    standard: str = ""
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class NumberFinding:
    """``number`` as it is written without separators; ``not_checked`` where nobody knows its form."""

    name: str
    outcome: Literal["valid", "invalid", "not_checked"]
    number: str


class _Standard(Protocol):
    def validate(self, number: str) -> str: ...


def _tax(name: str, standard: str, example: str, *, required: bool = True) -> NumberField:
    return NumberField(name, "tax", required, example, standard)


def _registered(
    name: str, standard: str, example: str, *, required: bool = True, pattern: str = ""
) -> NumberField:
    return NumberField(name, "registration", required, example, standard, pattern)


def _vat(standard: str, example: str) -> tuple[NumberField, ...]:
    """A VAT number, and a registration number whose form is not checked."""
    return (
        _tax("vat_number", standard, example),
        NumberField("registration_number", "registration", False, ""),
    )


_CIN: Final = r"[LU][0-9]{5}[A-Z]{2}[0-9]{4}[A-Z]{3}[0-9]{6}"
"""Corporate identification number: listing, industry, state, year, kind, number (Companies Act
2013, Companies (Incorporation) Rules 2014, form INC-11)."""
_COMPANIES_HOUSE: Final = r"(?:[A-Z]{2}[0-9]{6}|[0-9]{8}|[A-Z]{2}[0-9]{5}[A-Z]|R0[0-9]{6})"

FIELDS: Final[Mapping[str, tuple[NumberField, ...]]] = {
    "IT": (
        _tax("partita_iva", "it.iva", "IT00743110157"),
        NumberField("codice_fiscale", "other", False, "00743110157", "it.codicefiscale"),
        _registered("rea", "", "MI-1234567", required=False, pattern=r"[A-Z]{2}[0-9]{4,7}"),
    ),
    "RO": (
        _tax("cui", "ro.cf", "RO18547290"),
        _registered("onrc", "ro.onrc", "J52/750/2012"),
    ),
    "DE": (
        _tax("ust_idnr", "de.vat", "DE136695976"),
        # Words and places belong to it, so it is not compacted.
        _registered("handelsregister", "de.handelsregisternummer", "Aachen HRA 11223", required=False),
        NumberField("steuernummer", "other", False, "181/815/08155", "de.stnr"),
    ),
    "FR": (
        _tax("tva", "fr.tva", "FR40303265045"),
        _registered("siren", "fr.siren", "303265045"),
    ),
    "IN": (
        _tax("gstin", "in_.gstin", "27AAPFU0939F1ZV"),
        NumberField("pan", "other", True, "AAPFU0939F", "in_.pan"),
        _registered("cin", "", "U74999MH2015PTC265401", required=False, pattern=_CIN),
    ),
    "GB": (
        _tax("gb_vat", "gb.vat", "GB980780684", required=False),
        _registered("company_number", "", "00445790", pattern=_COMPANIES_HOUSE),
    ),
    "US": (
        _tax("ein", "us.ein", "91-1144442"),
        NumberField("state_registration", "registration", False, ""),
    ),
    "AT": (
        _tax("uid", "at.uid", "ATU13585627"),
        _registered("firmenbuch", "at.businessid", "FN 122119m", required=False),
    ),
    "BE": (_tax("btw_tva", "be.vat", "BE0428759497"),),
    "BG": _vat("bg.vat", "BG175074752"),
    "CY": _vat("cy.vat", "CY10259033P"),
    "CZ": _vat("cz.dic", "CZ25123891"),
    "DK": (_tax("cvr", "dk.cvr", "DK13585628"),),
    "EE": (
        _tax("vat_number", "ee.kmkr", "EE100931558"),
        _registered("registration_number", "ee.registrikood", "12345678", required=False),
    ),
    "ES": (_tax("nif", "es.nif", "ESB58378431"),),
    "FI": (
        _tax("vat_number", "fi.alv", "FI20774740"),
        _registered("y_tunnus", "fi.ytunnus", "2077474-0", required=False),
    ),
    "GR": _vat("gr.vat", "EL094259216"),
    "HR": _vat("hr.oib", "HR33392005961"),
    "HU": _vat("hu.anum", "HU12892312"),
    "IE": _vat("ie.vat", "IE6433435F"),
    "LT": _vat("lt.pvm", "LT119511515"),
    "LU": _vat("lu.tva", "LU15027442"),
    "LV": _vat("lv.pvn", "LV40003521600"),
    "MT": _vat("mt.vat", "MT11679112"),
    "NL": (
        _tax("btw", "nl.btw", "NL004495445B01"),
        _registered("kvk", "", "12345678", pattern=r"[0-9]{8}"),
    ),
    "PL": (
        _tax("nip", "pl.nip", "PL8567346215"),
        _registered("krs", "", "0000123456", required=False, pattern=r"[0-9]{10}"),
    ),
    "PT": (_tax("nipc", "pt.nif", "PT501964843"),),
    "SE": (
        _tax("vat_number", "se.vat", "SE123456789701"),
        _registered("orgnr", "se.orgnr", "1234567897", required=False),
    ),
    "SI": _vat("si.ddv", "SI50223054"),
    "SK": _vat("sk.dph", "SK2022749619"),
    "CH": (_tax("che", "ch.uid", "CHE100155212"),),
    "NO": (_registered("no_orgnr", "no.orgnr", "988077917"),),
    "TR": (_tax("vkn", "tr.vkn", "4540536920"),),
    "UA": (_registered("edrpou", "ua.edrpou", "32855961"),),
    "RS": (_tax("pib", "rs.pib", "101134702"),),
    "CA": (_tax("business_number", "ca.bn", "123026635"),),
    "AU": (_tax("abn", "au.abn", "83914571673"),),
    "NZ": (_tax("ird", "nz.ird", "49091850", required=False),),
    "SG": (_registered("uen", "sg.uen", "00192200M"),),
    "BR": (_tax("cnpj", "br.cnpj", "16727230000197"),),
    "MX": (_tax("rfc", "mx.rfc", "MAB930714815"),),
    "ZA": (_tax("za_tin", "za.tin", "0001339050", required=False),),
    "CN": (_registered("uscc", "cn.uscc", "91110000600037341L"),),
    "JP": (_registered("corporate_number", "jp.cn", "5835678256246"),),
    "KR": (_tax("brn", "kr.brn", "1348672683"),),
    "IL": (_registered("company_id", "il.hp", "516179157"),),
}  # fmt: skip
"""The numbers asked for in each country, the most telling first."""

ANYWHERE: Final = (
    NumberField("tax_number", "tax", False, ""),
    NumberField("registration_number", "registration", True, ""),
)
"""What is asked in a country that has no entry of its own."""

VAT_PREFIX: Final[Mapping[str, str]] = {"GR": "EL"}
"""Prefixes of VAT numbers that differ from the country's code (Directive 2006/112/EC, 215)."""


def fields_of(country: str) -> tuple[NumberField, ...]:
    """What a company of ``country`` (ISO 3166-1 alpha-2) is asked for."""
    return FIELDS.get(country, ANYWHERE)


def check_number(field: NumberField, text: str) -> NumberFinding:
    """Whether ``text`` has the form of ``field``, and its check digits where it has some."""
    written = " ".join(text.split())[:LONGEST_NUMBER]
    if field.standard:
        try:
            return NumberFinding(field.name, "valid", _standard(field.standard).validate(written))
        except ValueError:  # a number that is none; python-stdnum has a subclass of its own
            return NumberFinding(field.name, "invalid", written)
    if field.pattern:
        bare = re.sub(r"[\s./-]", "", written).upper()
        if field.name == "company_number" and bare.isascii() and bare.isdigit():
            bare = bare.zfill(8)
        fits = re.fullmatch(field.pattern, bare, re.ASCII) is not None
        return NumberFinding(field.name, "valid" if fits else "invalid", bare if fits else written)
    return NumberFinding(field.name, "not_checked", written)


def check_numbers(country: str, numbers: Mapping[str, str]) -> tuple[NumberFinding, ...]:
    """The findings for every number that was given.

    In India the GSTIN contains the PAN (its third to twelfth character); another PAN is wrong.
    """
    found = [
        check_number(field, numbers[field.name])
        for field in fields_of(country)
        if numbers.get(field.name, "").strip()
    ]
    by_name = {finding.name: finding for finding in found}
    gstin, pan = by_name.get("gstin"), by_name.get("pan")
    if (
        gstin
        and pan
        and gstin.outcome == pan.outcome == "valid"
        and gstin.number[2:12] != pan.number
    ):
        found[found.index(pan)] = NumberFinding("pan", "invalid", pan.number)
    return tuple(found)


def known_by(country: str, findings: tuple[NumberFinding, ...]) -> tuple[str, str]:
    """The tax number and the registration number by which the company is known afterwards.

    A valid VAT number of the Union carries its prefix, as invoices and VIES want it.
    """
    roles = {field.name: field for field in fields_of(country)}
    tax = registration = ""
    for finding in findings:
        field = roles[finding.name]
        if field.role == "tax" and not tax:
            tax = _with_prefix(country, field, finding)
        elif field.role == "registration" and not registration:
            registration = finding.number
    return tax, registration


def _with_prefix(country: str, field: NumberField, finding: NumberFinding) -> str:
    prefix = VAT_PREFIX.get(country, country)
    if finding.outcome != "valid" or country not in EU_VAT or not field.standard:
        return finding.number
    bare = finding.number.removeprefix(prefix)
    if field.name == "uid" and not bare.startswith("U"):
        bare = f"U{bare}"  # python-stdnum takes the U of Austria for a part of the prefix
    return f"{prefix}{bare}"


EU_VAT: Final = frozenset(
    (
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
        "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    )
)  # fmt: skip
"""The member states, whose VAT numbers VIES knows."""


def _standard(name: str) -> _Standard:
    return cast(_Standard, import_module(f"stdnum.{name}"))


def number_keys(number: str, *, country: str, shortest: int) -> set[str]:
    """A number as it is compared with others, with and without the prefix of its country; what has fewer
    than ``shortest`` characters is compared with nothing."""
    compact = compact_number(number)
    prefix = VAT_PREFIX.get(country, country)
    keys = {compact, compact.removeprefix(prefix)} if prefix else {compact}
    return {key for key in keys if len(key) >= shortest}
