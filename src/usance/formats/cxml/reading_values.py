"""Values of cXML: amounts, days and extrinsics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from lxml import etree

from usance.formats.einvoice.parsing import attribute, child, children, line_of, path_of
from usance.formats.errors import FormatError

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,24}(?:\.[0-9]{0,24})?|\.[0-9]{1,24})")
_INSTANT: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ].{0,40})?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document is in: its currency, and the ``sign`` that makes its amounts the model's."""

    currency: str
    sign: Decimal

    def number(self, element: etree._Element | None, name: str) -> Decimal | None:
        """The number in an attribute; None if there is none. Raises FormatError ``invalid_number``."""
        stated = attribute(element, name)
        if not stated or element is None:
            return None
        if not _NUMBER.fullmatch(stated):
            raise _invalid(element, stated, "a number such as 1234.50", code="invalid_number")
        return Decimal(stated)

    def signed(self, amount: Decimal | None) -> Decimal | None:
        """``amount`` as the model states it: a zero has no sign."""
        return amount * self.sign if amount else amount


def money(parent: etree._Element | None, *path: str, reading: Reading) -> Decimal | None:
    """The amount of the Money down ``path``; None where it is not there or empty, as some write it.

    Raises FormatError ``invalid_number`` or ``currency_mismatch``.
    """
    found = child(parent, *path, "Money")
    stated = "" if found is None else (found.text or "").strip()
    if found is None or not stated:
        return None
    if not _NUMBER.fullmatch(stated):
        raise _invalid(found, stated, "an amount such as 1234.50", code="invalid_number")
    if attribute(found, "currency") not in ("", reading.currency):
        raise FormatError(
            f"This amount is in {attribute(found, 'currency')} and the invoice in {reading.currency};"
            " ask the sender for an invoice in one currency.",
            code="currency_mismatch",
            line=line_of(found),
            path=path_of(found),
        )
    return reading.signed(Decimal(stated))


def day_of(element: etree._Element | None, name: str, *, required: bool = False) -> date | None:
    """The day of an instant in an attribute, as its writer saw it; None if there is none.

    Raises FormatError ``invalid_date``, or ``missing_element`` if it is ``required``.
    """
    stated = attribute(element, name)
    if element is None or not stated:
        if required:
            raise FormatError(
                f"{name} is missing; ask the sender for a complete invoice.",
                code="missing_element",
                line=line_of(element) if element is not None else None,
                path=path_of(element) if element is not None else None,
            )
        return None
    match = _INSTANT.fullmatch(stated)
    if match is not None:
        try:
            return date.fromisoformat(match[1])
        except ValueError:
            pass
    raise _invalid(element, stated, "a date such as 2026-04-30T12:00:00Z", code="invalid_date")


def whole_text(element: etree._Element | None) -> str:
    """All the text in an element; empty if it is not there."""
    return "" if element is None else "".join(map(str, element.itertext())).strip()


def extrinsics(parent: etree._Element | None, name: str) -> Iterator[str]:
    """The texts of the extrinsics of a name."""
    for one in children(parent, "Extrinsic"):
        if attribute(one, "name") == name and (text := whole_text(one)):
            yield text


def extrinsic(parent: etree._Element | None, name: str) -> str:
    """The text of the first extrinsic of a name; empty if there is none."""
    return next(extrinsics(parent, name), "")


def _invalid(element: etree._Element, stated: str, expected: str, *, code: str) -> FormatError:
    return FormatError(
        f"{stated[:40]!r} is not {expected}; ask the sender for a corrected invoice.",
        code=code,
        line=line_of(element),
        path=path_of(element),
    )
