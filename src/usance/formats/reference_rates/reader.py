"""A table of reference rates to one record each: table, from, rate, and until when it is known."""

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
from usance.rules.interest.rate_tables import InvalidRate, check_rate
from usance.rules.interest.shipped_rates import SHIPPED

_NAMES: Final = {
    "table": ("table", "rate table", "reference rate", "tabella", "tabel", "tabelle"),
    "valid_from": ("from", "valid from", "date", "in force from", "dal", "ab", "de la", "data"),
    "rate": ("rate", "per cent", "percent", "tasso", "satz", "rata", "taux"),
    "known_until": ("known until", "until", "in force until", "fino al", "bis", "pana la"),
    "source": ("source", "fonte", "quelle", "sursa"),
}
_REQUIRED: Final = frozenset({"table", "valid_from", "rate"})
_RATE: Final = re.compile(r"-?[0-9]{1,3}(?:[.,][0-9]{1,4})?", re.ASCII)
LONGEST_SOURCE: Final = 140


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRateRow:
    """From ``valid_from`` until ``known_until`` at least, ``table`` is ``rate`` per cent a year."""

    line: int
    table: str
    valid_from: date
    known_until: date
    rate: Decimal
    source: str = ""


def parse(data: bytes) -> tuple[ReferenceRateRow, ...]:
    """Read a table of reference rates, in the order of their days. A point or comma is the decimal mark.

    Raises FormatError ``too_large``, ``wrong_encoding``, ``not_text``, ``unknown_table``,
    ``malformed_csv``, ``too_few_columns``, ``too_many_columns``, ``too_long``, or BadRows with
    ``missing_value``, ``invalid_value``, ``invalid_date``, ``ambiguous_dates``, ``formula`` or
    ``duplicate``.
    """
    rows = read_table(data, names=_NAMES, required=_REQUIRED)
    order = dates.decide_order(_days(rows))

    def make(row: Row) -> ReferenceRateRow:
        first = dates.to_date((row.required("valid_from"), row.place("valid_from")), order=order)
        last = first
        if until := row.text("known_until"):
            last = dates.to_date((until, row.place("known_until")), order=order)
            if last < first:
                raise row.place("known_until").error(
                    "it is before the day from which the rate is in force.", code="invalid_date"
                )
        return ReferenceRateRow(
            line=row.line,
            table=_table(row),
            valid_from=first,
            known_until=last,
            rate=_rate(row),
            source=(row.text("source") or "")[:LONGEST_SOURCE],
        )

    found = whole(rows, make=make)
    _refuse_duplicates(rows, found)
    return tuple(sorted(found, key=lambda one: (one.table, one.valid_from)))


def _days(rows: list[Row]) -> Iterator[dates.Cell]:
    for row in rows:
        for name in ("valid_from", "known_until"):
            with suppress(FormatError):  # named when its row is read
                yield row.required(name), row.place(name)


def _table(row: Row) -> str:
    code = row.required("table").lower()
    if code not in SHIPPED:
        raise row.place("table").error(
            f"{code[:20]!r} is none of {', '.join(SHIPPED)}.", code="invalid_value"
        )
    return code


def _rate(row: Row) -> Decimal:
    text = row.required("rate").removesuffix("%").strip()
    try:
        if not _RATE.fullmatch(text):
            raise InvalidRate
        return check_rate(Decimal(text.replace(",", ".")))
    except InvalidRate:
        raise row.place("rate").error(
            f"{text[:40]!r} is not a rate in per cent with at most four decimals.",
            code="invalid_value",
        ) from None


def _refuse_duplicates(rows: list[Row], found: tuple[ReferenceRateRow, ...]) -> None:
    first: dict[tuple[str, date], int] = {}
    faults = []
    for row, one in zip(rows, found, strict=True):
        line = first.setdefault((one.table, one.valid_from), row.line)
        if line != row.line:
            faults.append(
                row.place("rate").error(
                    f"the rate of this day was already on line {line}; keep one of them.",
                    code="duplicate",
                )
            )
    if faults:
        raise bad_rows(faults)
