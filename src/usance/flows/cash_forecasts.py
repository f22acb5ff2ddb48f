"""When the open items will be paid, by week: made every night, kept, and held against what came.

A forecast is of the end of a day. What is disputed is left out and told apart; what will be collected
by debit, and what is promised, counts on its day with the seller's own rate of such things that came;
the rest comes as the score says of its buyer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from usance.flows.journal import business_day
from usance.records.collections import dispute_queries
from usance.records.identity import new_id
from usance.records.invoices import forecast_queries, receivables
from usance.records.invoices.forecast_queries import Expected
from usance.records.invoices.models import CashForecast
from usance.records.invoices.receivables import OpenItem
from usance.records.parties.models import Seller
from usance.rules.credit.score import expectation
from usance.rules.credit.score_fitted import MODEL
from usance.rules.credit.score_history import PaymentHistory
from usance.rules.forecast.arrival import (
    Arrival,
    arrival,
    debit_certainty,
    fixed,
    kept_certainty,
)
from usance.rules.forecast.weeks import Forecast, Tally


@dataclass(frozen=True, slots=True)
class Made:
    """A forecast of one currency: of ``items`` open items with ``outstanding`` minor units, of which
    ``disputed`` are left out."""

    currency: str
    items: int
    outstanding: int
    disputed: int
    forecast: Forecast


def make(seller: Seller, *, on: date) -> list[Made]:
    """What is expected after the end of the day ``on``, by currency. Nothing is written.

    Promises, debits and disputes are read as they stand now, so ``on`` should be yesterday or today. The
    items are read some at a time, and none is kept but those that somebody disputes, promises or collects.
    """
    kept, ended = forecast_queries.kept_of_promises(seller_id=seller.id)
    settled, answered = forecast_queries.settled_of_debits(seller_id=seller.id)
    sure_days = (
        (
            forecast_queries.debits_under_way(seller_id=seller.id),
            debit_certainty(settled=settled, answered=answered),
        ),
        (
            forecast_queries.promised(seller_id=seller.id),
            kept_certainty(kept=kept, ended=ended),
        ),
    )
    disputed = {
        one.invoice_id: one.amount
        for one in dispute_queries.disputed_on(seller_id=seller.id, on=on)
    }
    named = {id_ for expected, _ in sure_days for one in expected for id_ in one.invoice_ids}
    said = _Said(seller, named | set(disputed), on=on)
    making: defaultdict[str, _Making] = defaultdict(lambda: _Making(on))
    for invoice_id, amount in disputed.items():
        if currency := said.currency(invoice_id):
            making[currency].disputed += said.take(invoice_id, amount)
    for expected, certainty in sure_days:
        for one in expected:
            if amount := said.take_of(one):
                making[one.currency].tally.count(
                    fixed(amount, comes_on=one.on, on=on, certainty=certainty, buyer=one.buyer_id)
                )
    histories = forecast_queries.histories(seller_id=seller.id, on=on)
    for item in receivables.each_open_item(seller_id=seller.id, on=on):
        it = making[item.currency]
        it.items += 1
        it.outstanding += item.outstanding
        if left := said.left_of(item):
            history = histories.get((item.buyer_id, item.currency)) or PaymentHistory(on=on)
            it.tally.count(_by_score(item, left, history=history, on=on))
    return [
        Made(
            currency=currency,
            items=it.items,
            outstanding=it.outstanding,
            disputed=it.disputed,
            forecast=it.tally.forecast(),
        )
        for currency, it in sorted(making.items())
    ]


class _Making:
    """The forecast of one currency, as far as it is made."""

    def __init__(self, on: date) -> None:
        self.items = self.outstanding = self.disputed = 0
        self.tally = Tally(on=on)


class _Said:
    """Of the invoices of which something else is said than their score, by instalment, the earliest first:
    how much nothing has been said of yet. All others are read one after the other and not kept."""

    def __init__(self, seller: Seller, invoice_ids: Collection[UUID], *, on: date) -> None:
        self._left: defaultdict[UUID, list[int]] = defaultdict(list)
        self._currency: dict[UUID, str] = {}
        if not invoice_ids:
            return
        found = receivables.each_open_item(
            seller_id=seller.id, on=on, invoice_ids=sorted(invoice_ids)
        )
        for item in found:
            self._left[item.invoice_id].append(item.outstanding)
            self._currency[item.invoice_id] = item.currency

    def currency(self, invoice_id: UUID) -> str:
        """The currency of the invoice; empty where nothing of it is open."""
        return self._currency.get(invoice_id, "")

    def take(self, invoice_id: UUID, amount: int) -> int:
        """Up to ``amount`` of the invoice, its earliest items first; how much that was."""
        taken = 0
        for place, left in enumerate(self._left.get(invoice_id, ())):
            part = min(left, amount - taken)
            self._left[invoice_id][place] -= part
            taken += part
        return taken

    def take_of(self, expected: Expected) -> int:
        """What of ``expected`` is still open, of its invoices one after the other; how much that was."""
        amount = 0
        for invoice_id in expected.invoice_ids:
            if self.currency(invoice_id) == expected.currency:
                amount += self.take(invoice_id, expected.amount - amount)
        return amount

    def left_of(self, item: OpenItem) -> int:
        """What nothing has been said of; each item is asked about once, the earliest of an invoice first."""
        left = self._left.get(item.invoice_id)
        return min(left.pop(0), item.outstanding) if left else item.outstanding


def _by_score(item: OpenItem, amount: int, *, history: PaymentHistory, on: date) -> Arrival:
    expected = expectation(
        history,
        amount=item.amount,
        terms_days=max((item.due_on - item.issued_on).days, 0),
        on=on,
    )
    return arrival(
        amount,
        due_on=item.due_on,
        on=on,
        median=expected.median,
        scale=expected.scale,
        buyer=item.buyer_id,
    )


def unkept(seller: Seller, *, at: datetime) -> list[CashForecast]:
    """The forecasts of last evening, one a currency, as :func:`keep` would keep them. Nothing is
    written."""
    return [
        CashForecast(
            id=new_id(),
            seller_id=seller.id,
            created_at=at,
            on=one.forecast.on,
            currency=one.currency,
            items=one.items,
            outstanding=one.outstanding,
            disputed=one.disputed,
            beyond=one.forecast.beyond,
            weeks=[week.to_document() for week in one.forecast.weeks],
            model=MODEL.version,
        )
        for one in make(seller, on=business_day(seller, at=at) - timedelta(days=1))
    ]


@transaction.atomic
def keep(seller: Seller, *, at: datetime) -> list[CashForecast]:
    """Make and keep the forecasts of last evening; what was kept of it before stays as it is."""
    return CashForecast.objects.bulk_create(unkept(seller, at=at), ignore_conflicts=True)
