"""What is read from a file of past trade, and the cells it is read from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from typing import Final, Literal

from usance.formats.errors import FormatError
from usance.formats.rows import Row, bad_rows
from usance.rules.credit.backtest_history import PastEvent, PastOrder
from usance.rules.money import EXPONENTS, LARGEST_AMOUNT, Money, MoneyError

Kind = Literal["order_lines", "receivables", "open_items", "orders"]

NOON: Final = time(12)
"""The time of an order of which only the day is known."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the file does not say itself.

    ``zone`` is where its times are local. ``currency`` is the one of the figures, and of files that
    name none; None: the file's most frequent, or what is usual for its kind. ``rates`` are what one
    unit of another currency is worth in it.
    """

    zone: tzinfo
    currency: str | None = None
    rates: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CreditHistory:
    """``events`` in order of time; what they tell was known on ``known_until``.

    ``nameless`` documents have no buyer, or nothing to pay, and were left out. ``missing`` are the
    currencies without a rate.
    """

    kind: Kind
    currency: str
    events: tuple[PastEvent, ...]
    known_until: date
    nameless: int = 0
    missing: tuple[str, ...] = ()

    @property
    def open_items_only(self) -> bool:
        """Whether what had been paid already is not in the file."""
        return self.kind == "open_items"


def usual_currency(currencies: Iterable[str], *, asked: str | None, otherwise: str) -> str:
    """The currency that was asked for, else the most frequent."""
    if asked:
        return asked
    counted = Counter(currencies)
    return max(sorted(counted), key=counted.__getitem__) if counted else otherwise


def without_rate(
    currencies: Iterable[str], *, base: str, rates: Mapping[str, Decimal]
) -> tuple[str, ...]:
    """The currencies that cannot be converted into ``base``."""
    return tuple(sorted({code for code in currencies if code != base and code not in rates}))


def instant(day: date, *, zone: tzinfo) -> datetime:
    """The moment taken for a day without a time."""
    return datetime.combine(day, NOON, tzinfo=zone)


_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_AMERICAN: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_YES: Final = frozenset({"yes", "y", "true", "1"})
_NO: Final = frozenset({"no", "n", "false", "0"})


def day(row: Row, name: str, *, american: bool = False) -> date | None:
    """The day in a cell; None if it is empty or the table has no such column.

    Raises FormatError ``invalid_date``.
    """
    text = row.text(name, longest=40)
    if text is None:
        return None
    try:
        if not american:
            if not _ISO.fullmatch(text):
                raise ValueError
            return date.fromisoformat(text)
        match = _AMERICAN.fullmatch(text)
        if match is None:
            raise ValueError
        return date(int(match[3]), int(match[1]), int(match[2]))
    except ValueError:
        form = "1/31/2026 (month/day/year)" if american else "2026-01-31"
        raise row.place(name).error(
            f"{text[:40]!r} is not a day such as {form}.", code="invalid_date"
        ) from None


def required_day(row: Row, name: str, *, american: bool = False) -> date:
    """The day in a cell that must have one. Raises FormatError ``missing_value`` or ``invalid_date``."""
    found = day(row, name, american=american)
    if found is None:
        raise row.place(name).error("the cell is empty; write the day.", code="missing_value")
    return found


def amount(row: Row, name: str, *, currency: str) -> int | None:
    """The amount in a cell in minor units, not below zero; None if there is none.

    Raises FormatError ``invalid_amount``.
    """
    text = row.text(name, longest=60)
    if text is None:
        return None
    try:
        value = Money.parse(text, currency=currency).amount
    except MoneyError as error:
        raise row.place(name).error(str(error), code="invalid_amount") from None
    if not 0 <= value <= LARGEST_AMOUNT:
        raise row.place(name).error(
            f"{text!r} is below zero or beyond what is kept.", code="invalid_amount"
        )
    return value


def required_amount(row: Row, name: str, *, currency: str) -> int:
    """An amount above zero. Raises FormatError ``missing_value`` or ``invalid_amount``."""
    found = amount(row, name, currency=currency)
    if found is None:
        raise row.place(name).error("the cell is empty; write the amount.", code="missing_value")
    if found == 0:
        raise row.place(name).error(
            "the amount must be above zero; leave the row out.", code="invalid_amount"
        )
    return found


def currency(row: Row, name: str, *, otherwise: str) -> str:
    """The currency in a cell. Raises FormatError ``unknown_currency``."""
    text = row.text(name, longest=10)
    if text is None:
        return otherwise
    if text.upper() not in EXPONENTS:
        raise row.place(name).error(
            f"{text!r} is not an ISO 4217 currency in use.", code="unknown_currency"
        )
    return text.upper()


def flag(row: Row, name: str) -> bool | None:
    """Yes or no; None if the cell is empty. Raises FormatError ``invalid_value``."""
    text = row.text(name, longest=20)
    if text is None:
        return None
    word = text.casefold()
    if word not in _YES and word not in _NO:
        raise row.place(name).error(f"{text!r} is neither yes nor no.", code="invalid_value")
    return word in _YES


def refuse_duplicates(rows: Iterable[Row], column: str) -> None:
    """Two rows of one number leave open which of them is meant. Raises BadRows ``duplicate``."""
    first: dict[str, int] = {}
    faults: list[FormatError] = []
    for row in rows:
        number = row.required(column)
        line = first.setdefault(number, row.line)
        if line != row.line:
            faults.append(
                row.place(column).error(
                    f"{number[:40]!r} was already on line {line}; keep one of them.",
                    code="duplicate",
                )
            )
    if faults:
        raise bad_rows(faults)


def of_orders(
    kind: Kind,
    orders: Sequence[PastOrder],
    *,
    base: str,
    question: Question,
    nameless: int = 0,
) -> CreditHistory:
    """The history that ``orders`` make, in order of time. Raises FormatError ``no_orders``."""
    if not orders:
        raise FormatError(
            "The table has headings and no orders; export a longer period.", code="no_orders"
        )
    known = [order.on for order in orders]
    for order in orders:
        for invoice in order.invoices or ():
            known += [day for day in (invoice.settled_on, invoice.lost_on) if day is not None]
    return CreditHistory(
        kind=kind,
        currency=base,
        events=tuple(sorted(orders, key=lambda order: (order.at, order.id))),
        known_until=max(known),
        nameless=nameless,
        missing=without_rate((order.currency for order in orders), base=base, rates=question.rates),
    )
