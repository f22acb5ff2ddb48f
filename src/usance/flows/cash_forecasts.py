"""When the open items will be paid, by week: made every night, kept, and held against what came.

A forecast is of the end of a day. What is disputed is left out and told apart; what will be collected
by debit, and what is promised, counts on its day with the seller's own rate of such things that came;
the rest comes as the score says of its buyer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from usance.flows.journal import business_day
from usance.records.collections import dispute_queries
from usance.records.identity import new_id
from usance.records.invoices import forecast_queries, queries
from usance.records.invoices.forecast_queries import Expected
from usance.records.invoices.models import CashForecast
from usance.records.invoices.queries import OpenItem
from usance.records.parties.models import Seller
from usance.rules.credit.score import expectation
from usance.rules.credit.score_fitted import MODEL
from usance.rules.credit.score_history import PaymentHistory
from usance.rules.forecast.arrival import (
    Arrival,
    Chance,
    arrival,
    debit_certainty,
    fixed,
    kept_certainty,
)
from usance.rules.forecast.weeks import Forecast, forecast


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

    Promises, debits and disputes are read as they stand now, so ``on`` should be yesterday or today.
    """
    by_currency: defaultdict[str, list[OpenItem]] = defaultdict(list)
    for item in queries.open_items(seller_id=seller.id, on=on):
        by_currency[item.currency].append(item)
    if not by_currency:
        return []
    histories = forecast_queries.histories(seller_id=seller.id, on=on)
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
    return [
        _made(
            currency,
            items,
            on=on,
            histories=histories,
            disputed=disputed,
            sure_days=[
                ([one for one in expected if one.currency == currency], certainty)
                for expected, certainty in sure_days
            ],
        )
        for currency, items in sorted(by_currency.items())
    ]


def _made(
    currency: str,
    items: Sequence[OpenItem],
    *,
    on: date,
    histories: Mapping[tuple[UUID, str], PaymentHistory],
    disputed: Mapping[UUID, int],
    sure_days: Sequence[tuple[Sequence[Expected], Chance]],
) -> Made:
    # Of each item, by its place, what nothing has been said of yet.
    left = [item.outstanding for item in items]
    places: defaultdict[UUID, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        places[item.invoice_id].append(place)

    def take(invoice_id: UUID, amount: int) -> int:
        """Up to ``amount`` of the invoice, its earliest items first; how much that was."""
        taken = 0
        for place in places.get(invoice_id, ()):
            part = min(left[place], amount - taken)
            left[place] -= part
            taken += part
        return taken

    held = sum(
        take(invoice_id, amount) for invoice_id, amount in disputed.items() if invoice_id in places
    )
    arrivals: list[Arrival] = []
    for expected, certainty in sure_days:
        arrivals += _on_their_days(expected, certainty=certainty, on=on, take=take)
    for item, amount in zip(items, left, strict=True):
        if amount:
            history = histories.get((item.buyer_id, currency)) or PaymentHistory(on=on)
            arrivals.append(_by_score(item, amount, history=history, on=on))
    return Made(
        currency=currency,
        items=len(items),
        outstanding=sum(item.outstanding for item in items),
        disputed=held,
        forecast=forecast(arrivals, on=on),
    )


def _on_their_days(
    expected: Sequence[Expected], *, certainty: Chance, on: date, take: Callable[[UUID, int], int]
) -> list[Arrival]:
    """What of ``expected`` is still open, each on its day."""
    found = []
    for one in expected:
        amount = 0
        for invoice_id in one.invoice_ids:
            amount += take(invoice_id, one.amount - amount)
        if amount:
            found.append(
                fixed(amount, comes_on=one.on, on=on, certainty=certainty, buyer=one.buyer_id)
            )
    return found


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
