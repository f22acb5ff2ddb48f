"""A table of exchange rates to one record each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from usance.formats.bank_csv import dates
from usance.formats.errors import FormatError
from usance.formats.rows import Row, bad_rows, read_table, whole
from usance.rules.money import EXPONENTS

_NAMES: Final = {
    "on": ("date", "on", "day", "valid from", "data", "datum", "date de valeur", "dal"),
    "source": ("source", "from", "source currency", "base", "base currency", "da", "von", "din"),
    "target": (
        "target", "to", "target currency", "quote", "quote currency", "currency", "a", "nach", "in",
    ),
    "rate": ("rate", "exchange rate", "cambio", "tasso", "kurs", "taux", "curs"),
}  # fmt: skip
_REQUIRED: Final = frozenset(_NAMES)

_RATE: Final = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,12})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRow:
    """From the day ``on`` one unit of ``source`` is worth ``rate`` units of ``target``."""

    line: int
    on: date
    source: str
    target: str
    rate: Decimal


def parse(data: bytes) -> tuple[RateRow, ...]:
    """Read a table of rates, in the order of their days. A point or comma is the decimal mark.

    Raises FormatError ``too_large``, ``wrong_encoding``, ``not_text``, ``unknown_table``,
    ``malformed_csv``, ``too_few_columns``, ``too_many_columns``, ``too_long``, or BadRows with
    ``missing_value``, ``invalid_value``, ``invalid_date``, ``ambiguous_dates``,
    ``unknown_currency``, ``formula`` or ``duplicate``.
    """
    rows = read_table(data, names=_NAMES, required=_REQUIRED)
    order = dates.decide_order(_days(rows))

    def make(row: Row) -> RateRow:
        source, target = _currency(row, "source"), _currency(row, "target")
        if source == target:
            raise row.place("target").error(
                "it is the same currency as the source; leave the row out.", code="invalid_value"
            )
        return RateRow(
            line=row.line,
            on=dates.to_date((row.required("on"), row.place("on")), order=order),
            source=source,
            target=target,
            rate=_rate(row),
        )

    rates = whole(rows, make=make)
    _refuse_duplicates(rows, rates)
    return tuple(sorted(rates, key=lambda rate: (rate.on, rate.line)))


def _days(rows: list[Row]) -> Iterator[dates.Cell]:
    for row in rows:
        with suppress(FormatError):  # named when its row is read
            yield row.required("on"), row.place("on")


def _currency(row: Row, name: str) -> str:
    code = row.required(name).upper()
    if code not in EXPONENTS:
        raise row.place(name).error(
            f"{code[:10]!r} is not an ISO 4217 currency in use; write one such as EUR.",
            code="unknown_currency",
        )
    return code


def _rate(row: Row) -> Decimal:
    text = row.required("rate")
    rate = Decimal(text.replace(",", ".")) if _RATE.fullmatch(text) else Decimal(0)
    if not rate:
        raise row.place("rate").error(
            f"{text[:40]!r} is not a rate above 0 with at most 12 decimals.", code="invalid_value"
        )
    return rate


def _refuse_duplicates(rows: list[Row], rates: tuple[RateRow, ...]) -> None:
    first: dict[tuple[date, str, str], int] = {}
    faults = []
    for row, rate in zip(rows, rates, strict=True):
        line = first.setdefault((rate.on, rate.source, rate.target), row.line)
        if line != row.line:
            faults.append(
                row.place("rate").error(
                    f"the rate of this day was already on line {line}; keep one of them.",
                    code="duplicate",
                )
            )
    if faults:
        raise bad_rows(faults)
