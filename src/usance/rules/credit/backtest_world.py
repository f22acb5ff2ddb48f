"""One policy's world: what it would have approved, what would then have been owed, and paid when.

Days run through a queue of what is to happen (an invoice issued, due, paid, given up), so each order
costs the same however long the history is. What happens on a day counts from the next morning.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple

from usance.rules.credit.backtest_book import DERIVED, BuyerBook, LineBook, OpenInvoice, factor_of
from usance.rules.credit.backtest_history import (
    SEED,
    Fate,
    PastInvoice,
    PastOrder,
    PastReturn,
    Payers,
    fate,
    in_base,
)
from usance.rules.credit.backtest_limits import Limits, application, exposure
from usance.rules.credit.backtest_reasons import named_reasons
from usance.rules.credit.decide import Decision, decide
from usance.rules.credit.policy import Policy
from usance.rules.credit.standing import FirstOrder
from usance.rules.credit.starting_limit import RULES, LimitRule
from usance.rules.money import round_half_up
from usance.rules.terms import Terms

Reviews = Literal["approve", "decline"]
_NEXT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a backtest takes for granted.

    ``currency`` is the one that figures and policies are in. What the history tells was known on
    ``known_until``. An invoice counts as late from more than ``late_days`` after its due date.
    Orders before ``from_on`` are taken as they were, so that buyers are not all new on that day; only
    those from then on are decided (None: all).
    ``reviews``: what a person would have said to an order that came to one. ``limit_rule`` gives
    limits where neither the history nor the policy does; ``seed`` draws payers.
    """

    currency: str
    known_until: date
    from_on: date | None = None
    late_days: int = 30
    reviews: Reviews = "approve"
    limit_rule: LimitRule = RULES["first_order_multiple"]
    seed: int = SEED


@dataclass(frozen=True, slots=True)
class Judged:
    """What one policy said to an order. ``reasons`` name the written rule where one spoke.

    ``passed``: whether the goods went out, by the policy or by the person who was asked. ``invoices``
    are then what was to be paid of it, with what became of each.
    """

    decision: Decision
    reasons: tuple[str, ...]
    passed: bool
    invoices: tuple[tuple[PastInvoice, Fate], ...] = ()


class Point(NamedTuple):
    """The evening of a day: what was owed and held, and what of it was late. Minor units."""

    on: date
    exposure: int
    late: int


What = Literal["issued", "due", "late", "settled", "lost", "released"]


class World:
    """All buyers under one policy. Orders must come in order of time."""

    def __init__(self, policy: Policy, *, assumed: Assumed) -> None:
        self._policy, self._assumed = policy, assumed
        self._limits = Limits(policy, rule=assumed.limit_rule)
        self._payers = Payers(seed=assumed.seed)
        checkout = policy.checkout
        self._reads = checkout.reads if checkout else frozenset()
        self._books: dict[str, BuyerBook] = {}
        self._ahead: list[tuple[date, int, What, LineBook, OpenInvoice | None, int]] = []
        self._number = 0
        self._today: date | None = None
        self._totals: dict[str, _Total] = {}
        self.points: list[Point] = []

    def move_to(self, on: date) -> None:
        """Let everything happen that happened before the day ``on``."""
        if self._today is None:
            self._today = on
        while self._today < on:
            while self._ahead and self._ahead[0][0] <= self._today:
                self._happen(heapq.heappop(self._ahead))
            self.points.append(self._evening(self._today))
            self._today += _NEXT

    def close(self) -> None:
        """Let the last day end."""
        if self._today is not None:
            self.move_to(self._today + _NEXT)

    def _evening(self, on: date) -> Point:
        """Currencies without a rate are left out."""
        known = [(t, t.factor) for t in self._totals.values() if t.factor is not None]
        return Point(
            on,
            exposure=sum(round_half_up(total.exposure * factor) for total, factor in known),
            late=sum(round_half_up(total.late * factor) for total, factor in known),
        )

    def remember(self, order: PastOrder) -> None:
        """Take an order as it was: sent if its invoices are known, else not."""
        line = self._line(order)
        if order.invoices is not None:
            terms = order.terms or (order.offered or self._policy.terms)[0]
            self._send(order, line, terms=terms, expires_on=order.on)
        self._know(order, line.buyer)

    def judge(self, order: PastOrder) -> Judged:
        """Decide ``order``, and send the goods if it passes."""
        line = self._line(order)
        decision, reasons = self._decide(order, line.buyer, line)
        self._know(order, line.buyer)
        passed = decision.outcome == "approved" or (
            decision.outcome == "review" and self._assumed.reviews == "approve"
        )
        if not passed:
            return Judged(decision, reasons, passed)
        sent = self._send(order, line, terms=decision.terms, expires_on=decision.expires_on)
        return Judged(decision, reasons, passed, sent)

    def take_back(self, returned: PastReturn) -> None:
        """Credit a return against what this world delivered, the latest invoice first. What exceeds
        that was never delivered in this world."""
        book = self._books.get(returned.buyer)
        line = book.lines.get(returned.currency) if book else None
        if line is None:
            return
        left = returned.amount
        for invoice in line.latest_first():
            part = min(left, invoice.outstanding)
            self._less(line, part, late=invoice.late)
            line.credit(invoice, amount=part, on=returned.on)
            left -= part
            if not left:
                return

    def _line(self, order: PastOrder) -> LineBook:
        """The line that ``order`` draws on, at the rate of its day."""
        book = self._books.get(order.buyer)
        if book is None:
            book = self._books[order.buyer] = BuyerBook(since=order.known_since or order.on)
        line = book.line(order.currency)
        factor = factor_of(currency=order.currency, rate=order.rate, base=self._assumed.currency)
        if factor is not None:
            line.factor = self._total(line).factor = factor
        return line

    def _know(self, order: PastOrder, book: BuyerBook) -> None:
        """What an order tells of its buyer, whatever was decided."""
        if book.first is None:
            amount = in_base(order.amount, order, base=self._assumed.currency)
            book.first = FirstOrder(order.on, amount)
        if order.ship_to:
            book.ship_tos.add(order.ship_to)

    def _decide(
        self, order: PastOrder, book: BuyerBook, line: LineBook
    ) -> tuple[Decision, tuple[str, ...]]:
        due = self._limits.is_due(line, order)
        reads = self._reads | self._limits.reads if due else self._reads
        facts = self._facts(order, book, reads) if reads else {}
        if due:
            self._limits.review(line, order, facts=facts)
        limit = line.limit if order.limit is None else order.limit
        standing = exposure(order, line, limit=limit or 0)
        asked = application(order, line, facts=facts)
        decision = decide(asked, standing, self._policy, order.on, explain=False, seek=False)
        return decision, named_reasons(
            decision, application=asked, exposure=standing, policy=self._policy
        )

    def _facts(self, order: PastOrder, book: BuyerBook, reads: frozenset[str]) -> dict[str, Any]:
        facts = {name: value for name, value in order.facts.items() if name not in DERIVED}
        facts |= book.facts(reads, at=order.at, on=order.on)
        if order.ship_to:
            facts["order.new_ship_to"] = order.ship_to not in book.ship_tos
        return facts

    def _send(
        self, order: PastOrder, line: LineBook, *, terms: Terms, expires_on: date
    ) -> tuple[tuple[PastInvoice, Fate], ...]:
        """Hold the order, and plan what becomes of it."""
        line.order(at=order.at, on=order.on, amount=order.amount)
        line.buyer.usual_terms = terms.days
        self._total(line).exposure += order.amount
        left, sent = order.amount, []
        for past in self._payers.invoices(order, terms=terms):
            part = replace(past, amount=min(past.amount, left))
            if part.amount > 0:
                left -= part.amount
                self._plan(order, line, part)
                sent.append((part, self._fate(part)))
        if left:
            self._later(order.withdrawn_on or expires_on, "released", line, None, left)
        return tuple(sent)

    def _fate(self, invoice: PastInvoice) -> Fate:
        assumed = self._assumed
        return fate(invoice, late_days=assumed.late_days, known_until=assumed.known_until)

    def _plan(self, order: PastOrder, line: LineBook, past: PastInvoice) -> None:
        issued_on = max(past.issued_on, order.on)
        invoice = OpenInvoice(
            line, order.id, past.amount, past.issued_on, past.due_on, past.disputed
        )
        if issued_on == order.on:
            self._number += 1
            line.issue(invoice, on=order.on, number=self._number)
        else:
            self._later(issued_on, "issued", line, invoice)
        # A due date can lie before the order in a history, and a payment before the invoice.
        self._later(max(past.due_on, issued_on), "due", line, invoice)
        late_on = past.due_on + timedelta(days=self._assumed.late_days)
        self._later(max(late_on, issued_on), "late", line, invoice)
        if past.settled_on is not None:
            self._later(max(past.settled_on, issued_on), "settled", line, invoice)
        elif past.lost_on is not None:
            self._later(max(past.lost_on, issued_on), "lost", line, invoice)

    def _later(
        self, on: date, what: What, line: LineBook, invoice: OpenInvoice | None, amount: int = 0
    ) -> None:
        self._number += 1
        heapq.heappush(self._ahead, (on, self._number, what, line, invoice, amount))

    def _happen(self, event: tuple[date, int, What, LineBook, OpenInvoice | None, int]) -> None:
        on, number, what, line, invoice, amount = event
        if invoice is None:
            line.commitments -= amount
            self._less(line, amount)
        elif what == "issued":
            line.issue(invoice, on=on, number=number)
        elif invoice.closed:
            return
        elif what == "due":
            line.fall_due(invoice)
        elif what == "late":
            invoice.late = True
            self._total(line).late += invoice.outstanding
        else:
            self._less(line, invoice.outstanding, late=invoice.late)
            (line.settle if what == "settled" else line.write_off)(invoice, on=on)

    def _total(self, line: LineBook) -> _Total:
        total = self._totals.get(line.currency)
        if total is None:
            total = self._totals[line.currency] = _Total()
        return total

    def _less(self, line: LineBook, amount: int, *, late: bool = False) -> None:
        total = self._total(line)
        total.exposure -= amount
        total.late -= amount if late else 0


@dataclass(slots=True)
class _Total:
    """What all buyers owe in one currency; ``factor`` is what one minor unit was last worth."""

    exposure: int = 0
    late: int = 0
    factor: Decimal | None = None
