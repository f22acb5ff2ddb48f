"""What is kept ready about buyers: counting it anew for many at once, and keeping it.

Each statement reads one thing of all the buyers asked about; what it comes to is a matter of
:mod:`usance.rules.credit.standing`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from pydantic_core import from_json

from usance.records.credit.models import Standing
from usance.records.identity import new_id
from usance.records.parties.models import Buyer
from usance.records.statements import execute, jsonb
from usance.rules.credit.report_facts import Answer
from usance.rules.credit.score_history import (
    EARLIEST,
    HALF_LIFE,
    LATEST,
    PaymentHistory,
    as_weight,
)
from usance.rules.credit.standing import FirstOrder, Trading, in_own_currency

_AUTHORIZED: Final = "('authorized', 'partially_invoiced', 'invoiced')"

_LINES: Final = """
SELECT buyer_id, currency, commitments + receivable + external - unapplied_cash
  FROM credit_creditline WHERE seller_id = %(seller)s AND buyer_id = ANY(%(buyers)s)
"""

_FACTORS: Final = """
SELECT c.code, credit_converted(%(seller)s, 1, c.code, %(base)s, %(on)s)
  FROM unnest(%(codes)s::text[]) AS c(code)
"""

_ORDERS: Final = f"""
SELECT buyer_id, currency, count(*), count(*) FILTER (WHERE created_at > %(day_ago)s),
       count(*) FILTER (WHERE created_at > %(month_ago)s),
       count(*) FILTER (WHERE created_at >= %(year_began)s),
       coalesce(sum(amount) FILTER (WHERE created_at >= %(year_began)s), 0)::bigint,
       coalesce(max(amount) FILTER (WHERE created_at >= %(year_began)s), 0),
       (max(created_at) AT TIME ZONE %(zone)s)::date
  FROM orders_order
 WHERE seller_id = %(seller)s AND buyer_id = ANY(%(buyers)s) AND state IN {_AUTHORIZED}
 GROUP BY buyer_id, currency
"""

_FIRST_ORDERS: Final = f"""
SELECT asked.buyer_id, (o.created_at AT TIME ZONE %(zone)s)::date, o.currency, o.amount
  FROM unnest(%(buyers)s::uuid[]) AS asked(buyer_id)
 CROSS JOIN LATERAL (
       SELECT created_at, currency, amount FROM orders_order
        WHERE seller_id = %(seller)s AND buyer_id = asked.buyer_id AND state IN {_AUTHORIZED}
        ORDER BY created_at, id LIMIT 1) AS o
"""

_SHIP_TOS: Final = f"""
SELECT DISTINCT buyer_id, ship_to FROM orders_order
 WHERE seller_id = %(seller)s AND buyer_id = ANY(%(buyers)s) AND state IN {_AUTHORIZED}
   AND ship_to IS NOT NULL
"""

# An invoice that was written off is one that nobody paid: to the score it is open for good. Interest
# and compensation that were claimed are owed and can be overdue, but they are no turnover, and how they
# are paid says nothing of how invoices are.
_INVOICES: Final = f"""
SELECT i.buyer_id, i.currency,
       coalesce(sum(i.amount) FILTER (WHERE x.sale AND i.issued_on > %(on)s - 30), 0)::bigint,
       coalesce(sum(i.amount) FILTER (WHERE x.sale AND i.issued_on > %(on)s - 90), 0)::bigint,
       coalesce(sum(i.amount) FILTER (WHERE x.sale AND i.issued_on > %(on)s - 365), 0)::bigint,
       count(*) FILTER (WHERE x.sale AND i.state = 'paid'),
       count(*) FILTER (WHERE x.sale AND i.state = 'paid' AND x.late > 0),
       coalesce(sum(greatest(x.late, 0)) FILTER (WHERE x.sale AND i.state = 'paid'), 0)::bigint,
       coalesce(max(greatest(x.late, 0)) FILTER (
           WHERE i.state = 'open' OR (i.state IN ('paid', 'written_off')
                                      AND i.closed_on > %(on)s - 365)), 0),
       coalesce(sum(CASE WHEN i.instalment_due_on IS NULL THEN i.outstanding
                         ELSE invoices_overdue_instalments(
                             i.schedule, i.amount - i.outstanding, %(on)s) END)
                FILTER (WHERE i.state = 'open' AND x.late > 0), 0)::bigint,
       count(*) FILTER (WHERE i.state = 'open' AND x.late > 0),
       coalesce(sum(i.written_off), 0)::bigint,
       count(*) FILTER (WHERE x.sale AND i.state <> 'void'),
       coalesce(sum(i.amount) FILTER (WHERE x.sale AND i.state <> 'void'), 0)::bigint,
       coalesce(sum(x.counted) FILTER (WHERE x.sale AND i.state = 'paid'), 0)::bigint,
       coalesce(sum(x.weight) FILTER (WHERE x.sale AND i.state = 'paid'), 0),
       coalesce(sum(x.weight * x.counted) FILTER (WHERE x.sale AND i.state = 'paid'), 0),
       count(*) FILTER (WHERE x.sale AND i.issued_on > %(on)s - 365),
       coalesce(sum(i.due_on - i.issued_on) FILTER (WHERE x.sale AND i.issued_on > %(on)s - 365), 0)::bigint
  FROM invoices_invoice AS i
 CROSS JOIN LATERAL (
       -- Once it is closed, an invoice in instalments was late if the last was.
       SELECT CASE WHEN i.closed_on IS NULL THEN %(on)s - coalesce(i.instalment_due_on, i.due_on)
                   ELSE i.closed_on - i.due_on END AS late) AS l
 CROSS JOIN LATERAL (
       SELECT l.late, i.kind = 'sale' AS sale,
              greatest({EARLIEST}, least({LATEST}, l.late)) AS counted,
              power(0.5::float8, (%(on)s - i.issued_on) / {HALF_LIFE}::float8) AS weight) AS x
 WHERE i.seller_id = %(seller)s AND i.buyer_id = ANY(%(buyers)s) AND i.state <> 'draft'
 GROUP BY i.buyer_id, i.currency
"""

_OVERDUE: Final = f"""
SELECT buyer_id, least({LATEST}, %(on)s - coalesce(instalment_due_on, due_on)) AS days, count(*)
  FROM invoices_invoice
 WHERE seller_id = %(seller)s AND buyer_id = ANY(%(buyers)s) AND kind = 'sale'
   AND state IN ('open', 'written_off') AND coalesce(instalment_due_on, due_on) < %(on)s
 GROUP BY 1, 2 ORDER BY 1, 2 DESC
"""

_CREDITED: Final = """
SELECT i.buyer_id, n.currency,
       coalesce(sum(n.amount) FILTER (WHERE n.issued_on > %(on)s - 30), 0)::bigint,
       coalesce(sum(n.amount) FILTER (WHERE n.issued_on > %(on)s - 90), 0)::bigint,
       coalesce(sum(n.amount) FILTER (WHERE n.issued_on > %(on)s - 365), 0)::bigint
  FROM invoices_invoice AS i
  JOIN invoices_creditnote AS n ON n.seller_id = i.seller_id AND n.invoice_id = i.id
 WHERE i.seller_id = %(seller)s AND i.buyer_id = ANY(%(buyers)s) AND i.credited > 0
   AND i.kind = 'sale'
 GROUP BY i.buyer_id, n.currency
"""

# The latest of each counterpart about each subject.
_REPORTS: Final = """
SELECT DISTINCT ON (buyer_id, kind, source, asked_about)
       buyer_id, kind, source, outcome, asked_at, asked_about, facts
  FROM credit_report
 WHERE seller_id = %(seller)s AND buyer_id = ANY(%(buyers)s) AND outcome NOT IN ('unavailable', 'possible')
 ORDER BY buyer_id, kind, source, asked_about, asked_at DESC, id DESC
"""


@dataclass(slots=True)
class Counted:
    """What was counted of one buyer."""

    trading: dict[str, Trading] = field(default_factory=dict)
    first: FirstOrder | None = None
    history: PaymentHistory | None = None
    terms_days: int | None = None
    ship_tos: list[Mapping[str, str]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


def count_anew(
    *,
    seller_id: UUID,
    buyer_ids: Collection[UUID],
    base: str,
    zone: str,
    at: datetime,
    on: date,
    year_began: datetime,
) -> tuple[dict[UUID, Counted], dict[str, Decimal | None]]:
    """What there is of each buyer, and what a minor unit of each currency is worth in ``base``.

    ``zone`` is the seller's, ``on`` its business day, ``year_began`` the first instant of the 365 days.
    """
    question = {
        "seller": seller_id,
        "buyers": list(buyer_ids),
        "base": base,
        "zone": zone,
        "on": on,
        "day_ago": at - timedelta(days=1),
        "month_ago": at - timedelta(days=30),
        "year_began": year_began,
    }
    exposures = {(b, c): exposure for b, c, exposure in execute(_LINES, question)}
    orders = {(b, c): row for b, c, *row in execute(_ORDERS, question)}
    invoices = {(b, c): row for b, c, *row in execute(_INVOICES, question)}
    credited = {(b, c): row for b, c, *row in execute(_CREDITED, question)}
    answers = _answers(question)
    accounts = {*exposures, *orders, *invoices}
    codes = {currency for _, currency in accounts} | _report_currencies(answers)
    rates = execute(_FACTORS, question | {"codes": sorted(codes)})
    factors: dict[str, Decimal | None] = {str(code): factor for code, factor in rates}
    found = {buyer_id: Counted() for buyer_id in buyer_ids}
    for account in accounts:
        buyer_id, currency = account
        found[buyer_id].trading[currency] = _trading(
            factors[currency],
            exposure=exposures.get(account, 0),
            ordered=orders.get(account),
            invoiced=invoices.get(account),
            credited=credited.get(account),
        )
    _add_histories(found, invoices, factors, question, on=on)
    for buyer_id, day, currency, amount in execute(_FIRST_ORDERS, question):
        found[buyer_id].first = FirstOrder(
            day, in_own_currency(amount, factor=factors.get(currency))
        )
    for buyer_id, ship_to in execute(_SHIP_TOS, question):
        found[buyer_id].ship_tos.append(from_json(ship_to))
    for buyer_id, answer in answers:
        found[buyer_id].answers.append(answer)
    return found, factors


def _answers(question: Mapping[str, Any]) -> list[tuple[UUID, Answer]]:
    return [
        (
            buyer_id,
            Answer(
                kind=kind,
                source=source,
                outcome=outcome,
                asked_at=asked_at,
                asked_about=asked_about,
                facts=from_json(facts),  # Django's connections leave JSON as text
            ),
        )
        for buyer_id, kind, source, outcome, asked_at, asked_about, facts in execute(
            _REPORTS, question
        )
    ]


def _report_currencies(answers: Iterable[tuple[UUID, Answer]]) -> set[str]:
    return {
        str(answer.facts["currency"])
        for _, answer in answers
        if answer.kind == "credit" and answer.facts.get("currency")
    }


def _trading(
    factor: Decimal | None,
    *,
    exposure: int,
    ordered: Sequence[Any] | None,
    invoiced: Sequence[Any] | None,
    credited: Sequence[Any] | None,
) -> Trading:
    orders = ordered or (0, 0, 0, 0, 0, 0, None)
    invoices = invoiced or (0,) * len(_OF_INVOICES)
    taken_back = credited or (0, 0, 0)
    return Trading(
        factor=factor,
        exposure=exposure,
        orders=orders[0],
        orders_1d=orders[1],
        orders_30d=orders[2],
        orders_12m=orders[3],
        ordered_12m=orders[4],
        largest_12m=orders[5],
        last_order_on=orders[6],
        turnover={days: invoices[n] - taken_back[n] for n, days in enumerate((30, 90, 365))},
        paid=invoices[3],
        paid_late=invoices[4],
        days_late=invoices[5],
        worst=invoices[6],
        overdue=invoices[7],
        overdue_invoices=invoices[8],
        written_off=invoices[9],
    )


_OF_INVOICES: Final = range(17)
"""The columns that are counted of invoices; those from 10 on are what the score reads."""


def _add_histories(
    found: Mapping[UUID, Counted],
    invoices: Mapping[tuple[UUID, str], Sequence[Any]],
    factors: Mapping[str, Decimal | None],
    question: Mapping[str, Any],
    *,
    on: date,
) -> None:
    """How each buyer has paid, over all currencies. Amounts are of use only if all can be compared."""
    overdue: dict[UUID, list[tuple[int, int]]] = {}
    for buyer_id, days, count in execute(_OVERDUE, question):
        overdue.setdefault(buyer_id, []).append((days, count))
    of_buyer: dict[UUID, list[tuple[str, Sequence[Any]]]] = {}
    for (buyer_id, currency), row in invoices.items():
        of_buyer.setdefault(buyer_id, []).append((currency, row))
    for buyer_id, counted in found.items():
        rows = of_buyer.get(buyer_id, [])
        amounts = [in_own_currency(row[11], factor=factors[code]) for code, row in rows]
        recent = sum(row[15] for _, row in rows)
        counted.terms_days = round(sum(row[16] for _, row in rows) / recent) if recent else None
        counted.history = PaymentHistory(
            on=on,
            settled=sum(row[3] for _, row in rows),
            days_late=sum(row[12] for _, row in rows),
            recent_settled=as_weight(sum(row[13] for _, row in rows)),
            recent_days_late=as_weight(sum(row[14] for _, row in rows)),
            open_overdue=tuple(overdue.get(buyer_id, ())),
            invoices=sum(row[10] for _, row in rows),
            amounts=0 if None in amounts else sum(filter(None, amounts)),
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one buyer: the document as CreditFacts reads it, and digests of addresses."""

    document: Mapping[str, Any]
    ship_tos: Sequence[str]


def lock_standings(*, seller_id: UUID) -> None:
    """Take turns until the transaction ends, so that what was counted first is not kept last."""
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [str(seller_id)])


def kept_standings(*, seller_id: UUID, buyer_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """The documents that are kept, by buyer."""
    return dict(
        Standing.objects.filter(seller_id=seller_id, buyer_id__in=list(buyer_ids)).values_list(
            "buyer_id", "facts"
        )
    )


def standing(*, seller_id: UUID, buyer_id: UUID) -> Standing | None:
    """What is kept of one buyer."""
    return Standing.objects.filter(seller_id=seller_id, buyer_id=buyer_id).first()


_KEEP: Final = """
INSERT INTO credit_standing AS s (id, seller_id, created_at, buyer_id, facts, ship_tos, computed_at)
SELECT k.id, %(seller)s, %(at)s, k.buyer_id, k.facts, k.ship_tos, %(at)s
  FROM jsonb_to_recordset(%(kept)s) AS k(id uuid, buyer_id uuid, facts jsonb, ship_tos text[])
 ORDER BY k.buyer_id
    ON CONFLICT (seller_id, buyer_id) DO UPDATE
       SET facts = excluded.facts, ship_tos = excluded.ship_tos, computed_at = excluded.computed_at
"""


def keep_standings(kept: Mapping[UUID, Kept], *, seller_id: UUID, at: datetime) -> None:
    """Keep what was counted of each buyer."""
    rows = [
        {
            "id": new_id(),
            "buyer_id": buyer_id,
            "facts": one.document,
            "ship_tos": list(one.ship_tos),
        }
        for buyer_id, one in kept.items()
    ]
    if rows:
        execute(_KEEP, {"seller": seller_id, "at": at, "kept": jsonb(rows)})


def buyers_after(last: UUID | None, *, seller_id: UUID, limit: int) -> list[UUID]:
    """The seller's next ``limit`` buyers after ``last``, in order of their ids."""
    found = Buyer.objects.filter(seller_id=seller_id).order_by("id")
    if last is not None:
        found = found.filter(id__gt=last)
    return list(found.values_list("id", flat=True)[:limit])


def renewed_among(buyer_ids: Collection[UUID], *, seller_id: UUID, since: datetime) -> set[UUID]:
    """Those of the buyers of whom what is kept was counted at ``since`` or later."""
    found = Standing.objects.filter(
        seller_id=seller_id, buyer_id__in=list(buyer_ids), computed_at__gte=since
    )
    return set(found.values_list("buyer_id", flat=True))
