"""Names, dates and codes that every part of a cross industry invoice shares."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from lxml import etree

from usance.formats.einvoice.parsing import attribute, child, children, invalid, text
from usance.formats.einvoice.profiles import FACTURX_EN16931, FACTURX_EXTENDED, Profile
from usance.formats.einvoice.writing import Writer

_UNCEFACT: Final = "urn:un:unece:uncefact:data:standard:"

INVOICE_NAMESPACE: Final = _UNCEFACT + "CrossIndustryInvoice:100"

WRITER: Final = Writer(
    {
        "rsm": INVOICE_NAMESPACE,
        "ram": _UNCEFACT + "ReusableAggregateBusinessInformationEntity:100",
        "qdt": _UNCEFACT + "QualifiedDataType:100",
        "udt": _UNCEFACT + "UnqualifiedDataType:100",
    }
)

_DAY: Final = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:T?[0-9:.]{4,}(?:Z|[+-][0-9:]+)?)?")
_DAY_FORMATS: Final = frozenset({"", "102", "203", "204"})
"""UNTDID 2379: a day, to the minute, to the second. EN 16931 has the first only."""


def is_extended(profile: Profile) -> bool:
    """Whether ``profile`` may say more than EN 16931."""
    return profile is FACTURX_EXTENDED


def is_factur_x(profile: Profile) -> bool:
    """Whether ``profile`` is written for the schema of Factur-X rather than for D16B's."""
    return profile in (FACTURX_EN16931, FACTURX_EXTENDED)


def day(parent: etree._Element | None, *path: str) -> date | None:
    """The day down ``path``, an element of type DateTime, Date or FormattedDateTime.

    None if it is not there or empty. Raises FormatError ``invalid_date``.
    """
    holder = child(parent, *path)
    if holder is None:
        return None
    string = child(holder, "DateTimeString")
    if string is None:
        string = child(holder, "DateString")
    if string is None:
        string = child(holder, "DateTime")
    found = holder if string is None else string
    if not text(found):
        return None
    match = _DAY.fullmatch(text(found))
    if match is not None and attribute(found, "format") in _DAY_FORMATS:
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            pass
    raise invalid(found, "a date such as 20260430 (format 102)", code="invalid_date")


def write_day(
    parent: etree._Element, name: str, on: date | None, *, kind: str = "udt:DateTimeString"
) -> None:
    """A child ``name`` of ``parent`` that holds the day ``on`` in format 102; none for None."""
    if on is not None:
        holder = WRITER.group(parent, name)
        WRITER.value(holder, kind, f"{on.year:04}{on.month:02}{on.day:02}", format="102")


def joined(parent: etree._Element | None, *path: str) -> str:
    """The texts of all elements of the last name of ``path``, one a line."""
    found = (text(each) for each in children(parent, *path))
    return "\n".join(each for each in found if each)


_TAX_POINT_CODES: Final = {"3": "5", "35": "29", "432": "72"}
"""BT-8: UNTDID 2005, as the model has it, to UNTDID 2475, as CII has it (CEN/TS 16931-3-3, BT-8)."""

_TAX_POINT_CODES_BACK: Final = {cii: semantic for semantic, cii in _TAX_POINT_CODES.items()}


def written_tax_point_code(code: str) -> str:
    """The code of UNTDID 2475 for one of UNTDID 2005; a code without a pair as it is."""
    return _TAX_POINT_CODES.get(code, code)


def read_tax_point_code(code: str) -> str:
    """The code of UNTDID 2005 for one of UNTDID 2475; a code without a pair as it is."""
    return _TAX_POINT_CODES_BACK.get(code, code)
