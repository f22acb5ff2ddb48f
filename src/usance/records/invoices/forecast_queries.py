"""What a cash forecast reads: how buyers have paid, what is promised and what will be collected; the
forecasts that were kept, and what came of what they were about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from usance.records.invoices.report_models import CashForecast
from usance.records.statements import execute
from usance.rules.credit.score_history import (
    EARLIEST,
    HALF_LIFE,
    LATEST,
    PaymentHistory,
    as_weight,
)
from usance.rules.forecast.hits import Hit
from usance.rules.forecast.weeks import week_from_document

# As the standing counts it, of one currency. What was written off nobody paid: it is open for good.
_HISTORIES: Final = f"""
SELECT i.buyer_id, i.currency,
       count(*) FILTER (WHERE x.paid), coalesce(sum(x.late) FILTER (WHERE x.paid), 0)::bigint,
       coalesce(sum(x.weight) FILTER (WHERE x.paid), 0),
       coalesce(sum(x.weight * x.late) FILTER (WHERE x.paid), 0),
       count(*), sum(i.amount)::bigint
  FROM invoices_invoice AS i
 CROSS JOIN LATERAL (
       SELECT i.state = 'paid' AND i.closed_on <= %(on)s AS paid,
              greatest({EARLIEST}, least({LATEST}, i.closed_on - i.due_on)) AS late,
              power(0.5::float8, (%(on)s::date - i.issued_on) / {HALF_LIFE}::float8) AS weight) AS x
 WHERE i.seller_id = %(seller)s AND i.issued_on <= %(on)s AND i.state NOT IN ('draft', 'void')
   AND i.kind = 'sale'
 GROUP BY 1, 2
"""

_OVERDUE: Final = f"""
SELECT buyer_id, currency, least({LATEST}, %(on)s::date - coalesce(instalment_due_on, due_on)),
       count(*)
  FROM invoices_invoice
 WHERE seller_id = %(seller)s AND kind = 'sale'
   AND coalesce(instalment_due_on, due_on) < %(on)s
   AND (state IN ('open', 'written_off') OR (state = 'paid' AND closed_on > %(on)s))
 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 DESC
"""


def histories(*, seller_id: UUID, on: date) -> dict[tuple[UUID, str], PaymentHistory]:
    """How each buyer had paid by the end of the day ``on``, by currency. Disputes are not counted:
    they are left out of a forecast by themselves."""
    asked = {"seller": seller_id, "on": on}
    overdue: dict[tuple[UUID, str], list[tuple[int, int]]] = {}
    for buyer_id, currency, days, count in execute(_OVERDUE, asked):
        overdue.setdefault((buyer_id, currency), []).append((days, count))
    return {
        (row[0], row[1]): PaymentHistory(
            on=on,
            settled=row[2],
            days_late=row[3],
            recent_settled=as_weight(row[4]),
            recent_days_late=as_weight(row[5]),
            open_overdue=tuple(overdue.get((row[0], row[1]), ())),
            invoices=row[6],
            amounts=row[7],
        )
        for row in execute(_HISTORIES, asked)
    }


@dataclass(frozen=True, slots=True)
class Expected:
    """Money that is to come on a day: a part of an accepted promise, or a debit; ``amount`` minor units
    for the named invoices."""

    buyer_id: UUID
    currency: str
    on: date
    amount: int
    invoice_ids: tuple[UUID, ...]


def debits_under_way(*, seller_id: UUID) -> list[Expected]:
    """What is scheduled or submitted to be collected, an invoice at a time."""
    rows = execute(
        "SELECT d.buyer_id, d.currency, d.collect_on, p.amount, p.invoice_id"
        " FROM debits_debit AS d JOIN debits_part AS p"
        " ON p.seller_id = d.seller_id AND p.debit_id = d.id"
        " WHERE d.seller_id = %s AND d.state IN ('scheduled', 'submitted')"
        " ORDER BY d.collect_on, p.id",
        [seller_id],
    )
    return [Expected(row[0], row[1], row[2], row[3], (row[4],)) for row in rows]


def promised(*, seller_id: UUID) -> list[Expected]:
    """The open parts of accepted promises, the earliest first."""
    rows = execute(
        "SELECT p.buyer_id, p.currency, t.due_on, t.amount,"
        " ARRAY(SELECT (x.one ->> 'invoice')::uuid FROM jsonb_array_elements(p.invoices) AS x(one))"
        " FROM collections_promise AS p JOIN collections_promisepart AS t"
        " ON t.seller_id = p.seller_id AND t.promise_id = p.id"
        " WHERE p.seller_id = %s AND p.state = 'accepted' AND t.state = 'open'"
        " ORDER BY t.due_on, t.id",
        [seller_id],
    )
    return [Expected(row[0], row[1], row[2], row[3], tuple(row[4])) for row in rows]


def kept_of_promises(*, seller_id: UUID) -> tuple[int, int]:
    """How many parts of promises were kept, of how many that are over."""
    [(kept, ended)] = execute(
        "SELECT count(*) FILTER (WHERE state = 'kept'), count(*) FROM collections_promisepart"
        " WHERE seller_id = %s AND state <> 'open'",
        [seller_id],
    )
    return kept, ended


def settled_of_debits(*, seller_id: UUID) -> tuple[int, int]:
    """How many debits brought their money, of how many that were sent and answered."""
    [(settled, ended)] = execute(
        "SELECT count(*) FILTER (WHERE state = 'settled'), count(*) FROM debits_debit"
        " WHERE seller_id = %s AND state IN ('settled', 'returned', 'rejected')",
        [seller_id],
    )
    return settled, ended


def kept_forecasts(*, seller_id: UUID, on: date, currency: str | None = None) -> list[CashForecast]:
    """The latest forecasts by the day ``on``, one a currency; none older than a week."""
    found = CashForecast.objects.filter(
        seller_id=seller_id, on__lte=on, on__gt=on - timedelta(days=7)
    )
    if currency is not None:
        found = found.filter(currency=currency)
    latest: dict[str, CashForecast] = {}
    for one in found.order_by("on"):
        latest[one.currency] = one
    return [latest[code] for code in sorted(latest)]


def forecasts_between(
    *, seller_id: UUID, currency: str, first: date, last: date
) -> list[CashForecast]:
    """The kept forecasts of one currency, by their days, the oldest first."""
    return list(
        CashForecast.objects.filter(
            seller_id=seller_id, currency=currency, on__gte=first, on__lte=last
        ).order_by("on")
    )


_CAME: Final = """
SELECT (x.day - f."on" - 1) / 7, sum(x.amount)::bigint
  FROM (SELECT a.invoice_id, a.amount - a.deduction AS amount,
               (a.created_at AT TIME ZONE s.time_zone)::date AS day
          FROM payments_allocation AS a JOIN parties_seller AS s ON s.id = a.seller_id
         WHERE a.seller_id = %(seller)s AND a.created_at >= %(on)s::date
           AND a.created_at < %(until)s::date + 2) AS x
 CROSS JOIN (SELECT %(on)s::date AS "on") AS f
  JOIN invoices_invoice AS i ON i.seller_id = %(seller)s AND i.id = x.invoice_id
 WHERE i.currency = %(currency)s AND i.issued_on <= %(on)s AND x.day > %(on)s AND x.day <= %(until)s
 GROUP BY 1
"""


def hits(
    made: Iterable[CashForecast], *, until: date, weeks: int | None = None
) -> list[tuple[CashForecast, list[Hit]]]:
    """Each forecast with its first ``weeks`` that were over by the end of the day ``until``, and what
    came in each: what was allocated, less what was taken back, to invoices that had been issued by the
    day of the forecast. What was given up (discounts, differences) is no money that came."""
    found = []
    for one in made:
        over = [week_from_document(week) for week in one.weeks][:weeks]
        over = [week for week in over if week.ends_on <= until]
        asked = {
            "seller": one.seller_id,
            "on": one.on,
            "currency": one.currency,
            "until": over[-1].ends_on if over else one.on,
        }
        came = {row[0]: row[1] for row in execute(_CAME, asked)} if over else {}
        found.append((one, [Hit(week, came.get(n, 0)) for n, week in enumerate(over)]))
    return found
