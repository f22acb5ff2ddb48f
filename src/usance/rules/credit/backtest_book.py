"""What one buyer has done in one world of a backtest: a line for each currency, and the facts of it.

The words are those of :mod:`usance.rules.credit.standing`, which keeps the same facts ready for real
checkouts; here they grow with each order and payment instead of being counted anew.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any, Final

from usance.rules.credit.backtest_windows import Highest, Window
from usance.rules.credit.score_running import RunningHistory
from usance.rules.credit.standing import FirstOrder, Trading, score_facts, trading_facts
from usance.rules.credit.starting_limit import PaymentRecord
from usance.rules.money import exponent, round_half_up

YEAR: Final = 365
_TURNOVER: Final = (30, 90, YEAR)
_DAY: Final = timedelta(days=1)
_FORGETFUL: Final = 32
"""Closed invoices that are kept before it is worth looking for them."""


@dataclass(slots=True, eq=False)
class OpenInvoice:
    """An invoice of an order that this world approved; ``outstanding`` in its minor units."""

    line: LineBook
    order: str
    outstanding: int
    issued_on: date
    due_on: date
    disputed: bool
    issued: bool = False
    overdue: bool = False
    late: bool = False

    @property
    def closed(self) -> bool:
        """Whether nothing is owed of it any more."""
        return self.outstanding == 0


class LineBook:
    """One buyer's trade in one currency, in its minor units. Days must not run backwards.

    ``factor`` is what one minor unit was last worth in the currency of the backtest; ``limit`` and
    ``reviewed`` belong to :mod:`usance.rules.credit.backtest_limits`.
    """

    def __init__(self, buyer: BuyerBook, *, currency: str) -> None:
        self.buyer, self.currency = buyer, currency
        self.factor: Decimal | None = None
        self.limit: int | None = None
        self.reviewed: tuple[int, int] | None = None
        self.commitments = self.receivable = 0
        self.purchases = 0
        self.overdue_amount = self.overdue_invoices = self.disputes = self.disputed_amount = 0
        self._orders = 0
        self._times: deque[datetime] = deque()
        self._last_order_on: date | None = None
        self._month = Window(30)
        self._ordered, self._largest = Window(YEAR), Highest(YEAR)
        self._turnover = tuple(Window(days) for days in _TURNOVER)
        self._paid = self._paid_late = self._days_late = self._written_off = self._invoiced = 0
        self._worst, self._worst_ever = Highest(YEAR), 0
        self._first_invoiced_on: date | None = None
        self._open = 0
        self._by_due: list[tuple[date, int, OpenInvoice]] = []
        self._latest: list[OpenInvoice] = []

    @property
    def exposure(self) -> int:
        """What is held and owed."""
        return self.commitments + self.receivable

    def order(self, *, at: datetime, on: date, amount: int) -> None:
        """An order was approved."""
        self._orders += 1
        self._times.append(at)
        self._last_order_on = on
        self._month.add(on)
        self._ordered.add(on, amount=amount)
        self._largest.add(on, amount=amount)
        self.commitments += amount

    def issue(self, invoice: OpenInvoice, *, on: date, number: int) -> None:
        """What was held is owed from now on. ``number`` tells invoices apart."""
        invoice.issued = True
        amount = invoice.outstanding
        self.commitments -= amount
        self.receivable += amount
        self.purchases += amount
        self._invoiced += 1
        if self._first_invoiced_on is None:
            self._first_invoiced_on = on
        for window in self._turnover:
            window.add(on, amount=amount)
        self._open += 1
        if len(self._latest) > 2 * self._open + _FORGETFUL:
            self._forget_closed()
        heapq.heappush(self._by_due, (invoice.due_on, number, invoice))
        self._latest.append(invoice)
        self.buyer.score.issue(amount)

    def _forget_closed(self) -> None:
        """Else one invoice that is never paid would keep all that came after it."""
        self._by_due = [entry for entry in self._by_due if not entry[2].closed]
        heapq.heapify(self._by_due)
        self._latest = [invoice for invoice in self._latest if not invoice.closed]

    def fall_due(self, invoice: OpenInvoice) -> None:
        """The due date of an open invoice has passed. That it is disputed is known from now on: a
        history tells that somebody disputed it, but not when."""
        invoice.overdue = True
        self.overdue_amount += invoice.outstanding
        self.overdue_invoices += 1
        if invoice.disputed:
            self.disputes += 1
            self.disputed_amount += invoice.outstanding

    def settle(self, invoice: OpenInvoice, *, on: date) -> None:
        """An invoice was paid in full."""
        late = max((on - invoice.due_on).days, 0)
        self._paid += 1
        self._paid_late += late > 0
        self._days_late += late
        self._remember_lateness(late, on=on)
        self.buyer.score.settle(
            issued_on=invoice.issued_on,
            due_on=invoice.due_on,
            settled_on=on,
            disputed=invoice.disputed,
        )
        self.reduce(invoice, amount=invoice.outstanding)

    def write_off(self, invoice: OpenInvoice, *, on: date) -> None:
        """An invoice was given up."""
        self._written_off += invoice.outstanding
        self._remember_lateness(max((on - invoice.due_on).days, 0), on=on)
        self.reduce(invoice, amount=invoice.outstanding)

    def _remember_lateness(self, days: int, *, on: date) -> None:
        self._worst.add(on, amount=days)
        self._worst_ever = max(self._worst_ever, days)

    def credit(self, invoice: OpenInvoice, *, amount: int, on: date) -> None:
        """Part or all of an invoice was taken back."""
        self.purchases -= amount
        for window in self._turnover:
            window.add(on, amount=-amount)
        self.reduce(invoice, amount=amount)

    def reduce(self, invoice: OpenInvoice, *, amount: int) -> None:
        """``amount`` of an issued invoice is owed no more."""
        invoice.outstanding -= amount
        self.receivable -= amount
        self._open -= invoice.closed
        if invoice.overdue:
            self.overdue_amount -= amount
            self.overdue_invoices -= invoice.closed
            if invoice.disputed:
                self.disputed_amount -= amount
                self.disputes -= invoice.closed

    def latest_first(self) -> Iterator[OpenInvoice]:
        """The open invoices, the last one issued first."""
        return (invoice for invoice in reversed(self._latest) if not invoice.closed)

    def oldest_due_on(self) -> date | None:
        """When the oldest open invoice is or was due."""
        while self._by_due and self._by_due[0][2].closed:
            heapq.heappop(self._by_due)
        return self._by_due[0][0] if self._by_due else None

    def open_due_on(self) -> Iterator[date]:
        """The due dates of all open invoices."""
        return (due_on for due_on, _, invoice in self._by_due if not invoice.closed)

    def payment_record(self, on: date) -> PaymentRecord:
        """What a review of the limit reads."""
        oldest = self.oldest_due_on()
        open_late = (on - oldest).days if oldest else 0
        return PaymentRecord(
            purchases=self.purchases,
            days=(on - self._first_invoiced_on).days if self._first_invoiced_on else 0,
            paid=self._paid,
            worst_days_late=max(self._worst_ever, open_late),
        )

    def trading(self, *, at: datetime, on: date) -> Trading:
        """The figures behind the facts, at ``at`` on the day ``on``."""
        while self._times and self._times[0] <= at - _DAY:
            self._times.popleft()
        oldest = self.oldest_due_on()
        ordered = self._ordered.move_to(on)
        return Trading(
            factor=self.factor,
            exposure=self.exposure,
            orders=self._orders,
            orders_1d=len(self._times),
            orders_30d=self._month.move_to(on).count,
            orders_12m=ordered.count,
            ordered_12m=ordered.total,
            largest_12m=self._largest.at(on),
            last_order_on=self._last_order_on,
            turnover={
                days: window.move_to(on).total
                for days, window in zip(_TURNOVER, self._turnover, strict=True)
            },
            paid=self._paid,
            paid_late=self._paid_late,
            days_late=self._days_late,
            worst=max(self._worst.at(on), (on - oldest).days if oldest else 0),
            overdue=self.overdue_amount,
            overdue_invoices=self.overdue_invoices,
            written_off=self._written_off,
            invoiced=self._invoiced,
        )


class BuyerBook:
    """One buyer in one world: its lines, and what is known across them."""

    def __init__(self, *, since: date) -> None:
        self.since = since
        self.lines: dict[str, LineBook] = {}
        self.first: FirstOrder | None = None
        self.ship_tos: set[str] = set()
        self.usual_terms: int | None = None
        self.score = RunningHistory()

    def line(self, currency: str) -> LineBook:
        """The line in ``currency``, opened if there is none."""
        found = self.lines.get(currency)
        if found is None:
            found = self.lines[currency] = LineBook(self, currency=currency)
        return found

    def facts(self, reads: frozenset[str], *, at: datetime, on: date) -> dict[str, Any]:
        """Those of ``reads`` that follow from what the buyer did before."""
        lines = self.lines.values()
        facts: dict[str, Any] = {}
        if reads & TRADING:
            facts |= trading_facts(
                [line.trading(at=at, on=on) for line in lines], first=self.first, on=on
            )
            facts["history.disputes"] = sum(line.disputes for line in lines)
            facts["history.disputed"] = _total(
                (line.factor, line.disputed_amount) for line in lines
            )
        if reads & SCORE:
            history = self.score.at(
                on, open_due_on=[d for line in lines for d in line.open_due_on()]
            )
            facts |= score_facts(history, terms_days=self.usual_terms, on=on)
        facts["buyer.days_known"] = (on - self.since).days
        return facts


def _total(amounts: Iterable[tuple[Decimal | None, int]]) -> int | None:
    total = Decimal(0)
    with localcontext(prec=40):
        for factor, amount in amounts:
            if amount and factor is None:
                return None
            total += amount * (factor or 0)
    return round_half_up(total)


def factor_of(*, currency: str, rate: Decimal | None, base: str) -> Decimal | None:
    """What one minor unit of ``currency`` is worth in minor units of ``base``."""
    if currency == base:
        return Decimal(1)
    return None if rate is None else rate.scaleb(exponent(base) - exponent(currency))


SCORE: Final = frozenset({"score.late_probability", "score.days_late", "score.band"})
TRADING: Final = frozenset(
    {
        "buyer.exposure",
        "history.orders",
        "history.orders_1d",
        "history.orders_30d",
        "history.days_since_last_order",
        "history.first_order",
        "history.largest_order",
        "history.average_order",
        "history.turnover_30d",
        "history.turnover_90d",
        "history.turnover_12m",
        "history.monthly_turnover",
        "history.paid_invoices",
        "history.late_share",
        "history.average_days_late",
        "history.worst_days_late_12m",
        "history.overdue",
        "history.overdue_invoices",
        "history.written_off",
        "history.disputes",
        "history.disputed",
    }
)
"""The facts that an order or a payment changes."""
DERIVED: Final = SCORE | TRADING | {"buyer.days_known"}
"""What each world finds out for itself; a history is never believed in these, since it tells of
what was decided then."""
