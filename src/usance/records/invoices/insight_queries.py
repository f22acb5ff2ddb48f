"""The figures of a period: what was collected, disputed, promised, lost, and what terms cost.

A period is the ``days`` up to the day ``on``, this one included. All figures are by currency, in minor
units, and as they were at the end of the day, however long ago.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from usance.records.invoices.receivables import Aging, aging, dso, ledger_receivable, report_rules
from usance.records.statements import execute
from usance.rules import receivables
from usance.rules.receivables_spread import Cohort, cohorts, herfindahl
from usance.rules.receivables_terms import TermsResult, capital_cost

TOP: Final = 10
"""Buyers that a concentration names."""
COHORT_MONTHS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """How well a period's money was collected, in one currency; ratios have four places.

    ``simple``, ``countback`` and ``best`` are days sales outstanding and ``delinquent`` what lateness
    adds to the best; ``effectiveness`` is the collection effectiveness index, 1 at best. ``days_late``
    is that of invoices paid in the period, weighted by their amounts, early ones negative.
    ``disputed`` is what was disputed anew, ``promised`` what was to be paid by promises in the period
    and ``kept`` what of it was kept; ``bad_debt`` what was given up less what came back of it.
    """

    currency: str
    receivable: int
    not_due: int
    beginning: int
    sales: int
    days: int
    simple: Decimal | None
    countback: Decimal | None
    best: Decimal | None
    effectiveness: Decimal | None
    days_late: Decimal | None
    disputed: int
    promised: int
    kept: int
    bad_debt: int

    @property
    def delinquent(self) -> Decimal | None:
        """Average days delinquent."""
        return receivables.average_days_delinquent(self.simple, self.best)

    @property
    def dispute_rate(self) -> Decimal | None:
        """What was disputed of what was sold."""
        return receivables.share(self.disputed, of=self.sales)

    @property
    def kept_rate(self) -> Decimal | None:
        """What was kept of what had been promised for the period."""
        return receivables.share(self.kept, of=self.promised)

    @property
    def bad_debt_rate(self) -> Decimal | None:
        """What was lost of what was sold."""
        return receivables.share(self.bad_debt, of=self.sales)


# Postings of the period by account, and each times the days that it has stood since.
_POSTED: Final = """
SELECT p.currency, p.account, sum(p.amount)::bigint,
       sum(p.amount::numeric * (%(on)s::date - e."on" + 1))::numeric
  FROM ledger_entry AS e
  JOIN ledger_posting AS p ON p.seller_id = e.seller_id AND p.entry_id = e.id
 WHERE e.seller_id = %(seller)s AND e."on" > %(since)s AND e."on" <= %(on)s
   AND p.account IN ('receivable', 'bad_debt', 'discounts', 'fees', 'differences', 'interest')
 GROUP BY 1, 2
"""

_LATE: Final = """
SELECT currency, sum((closed_on - due_on)::numeric * amount)::numeric, sum(amount)::bigint
  FROM invoices_invoice
 WHERE seller_id = %(seller)s AND kind = 'sale' AND state = 'paid'
   AND closed_on > %(since)s AND closed_on <= %(on)s
 GROUP BY currency
"""

_DISPUTED: Final = """
SELECT d.currency, sum(d.amount)::bigint
  FROM collections_dispute AS d JOIN parties_seller AS s ON s.id = d.seller_id
  JOIN invoices_invoice AS i ON i.seller_id = d.seller_id AND i.id = d.invoice_id
   AND i.kind = 'sale'
 WHERE d.seller_id = %(seller)s
   AND (d.created_at AT TIME ZONE s.time_zone)::date BETWEEN %(since)s::date + 1 AND %(on)s
 GROUP BY d.currency
"""

_PROMISED: Final = """
SELECT p.currency, sum(t.amount)::bigint,
       coalesce(sum(t.amount) FILTER (WHERE t.state = 'kept'), 0)::bigint
  FROM collections_promisepart AS t
  JOIN collections_promise AS p ON p.seller_id = t.seller_id AND p.id = t.promise_id
 WHERE t.seller_id = %(seller)s AND t.state <> 'open' AND t.due_on > %(since)s AND t.due_on <= %(on)s
 GROUP BY p.currency
"""


def _posted(*, seller_id: UUID, on: date, days: int) -> dict[str, dict[str, tuple[int, int]]]:
    """(sum, sum of amount x days) by currency and account."""
    found: defaultdict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for currency, account, amount, standing in execute(_POSTED, _period(seller_id, on, days)):
        found[currency][account] = amount, int(standing)
    return found


def _period(seller_id: UUID, on: date, days: int) -> dict[str, object]:
    return {"seller": seller_id, "on": on, "since": on - timedelta(days=days)}


def collection(*, seller_id: UUID, on: date, days: int = 90) -> list[Collection]:
    """How well the period was collected."""
    period = _period(seller_id, on, days)
    now = {row.currency: row for row in aging(seller_id=seller_id, on=on)}
    before = {
        row.currency: row.total for row in aging(seller_id=seller_id, on=on - timedelta(days=days))
    }
    late = {row[0]: (int(row[1]), row[2]) for row in execute(_LATE, period)}
    disputed: dict[str, int] = dict(execute(_DISPUTED, period))
    promised = {row[0]: (row[1], row[2]) for row in execute(_PROMISED, period)}
    posted = _posted(seller_id=seller_id, on=on, days=days)
    found = []
    for row in dso(seller_id=seller_id, on=on, days=days):
        owed = now.get(row.currency)
        not_due = owed.not_due if owed else 0
        beginning = before.get(row.currency, 0)
        weighted, paid = late.get(row.currency, (0, 0))
        said, kept = promised.get(row.currency, (0, 0))
        found.append(
            Collection(
                currency=row.currency,
                receivable=row.receivable,
                not_due=not_due,
                beginning=beginning,
                sales=row.sales,
                days=days,
                simple=row.simple,
                countback=row.countback,
                best=receivables.best_possible_dso(not_due, sales=row.sales, days=days),
                effectiveness=receivables.collection_effectiveness(
                    beginning=beginning,
                    sales=row.sales,
                    ending=row.receivable,
                    ending_not_due=not_due,
                ),
                days_late=receivables.average_days_late(weighted, amount=paid),
                disputed=disputed.get(row.currency, 0),
                promised=said,
                kept=kept,
                bad_debt=posted.get(row.currency, {}).get("bad_debt", (0, 0))[0],
            )
        )
    return found


def terms_results(*, seller_id: UUID, on: date, days: int = 365) -> list[TermsResult]:
    """What the terms of the period cost and earned, from the ledger's own accounts.

    The money that was out is the receivable at the end of each day, summed up.
    """
    posted = _posted(seller_id=seller_id, on=on, days=days)
    before = ledger_receivable(seller_id=seller_id, on=on - timedelta(days=days))
    sales = {row.currency: row.sales for row in dso(seller_id=seller_id, on=on, days=days)}
    rate = report_rules(seller_id=seller_id).capital_rate
    found = []
    for currency in sorted(posted.keys() | sales.keys()):
        of = posted.get(currency, {})
        amount_days = before.get(currency, 0) * days + of.get("receivable", (0, 0))[1]
        found.append(
            TermsResult(
                currency=currency,
                sales=sales.get(currency, 0),
                amount_days=amount_days,
                capital=None if rate is None else capital_cost(amount_days, rate=rate),
                discounts=of.get("discounts", (0, 0))[0],
                fees=of.get("fees", (0, 0))[0],
                differences=of.get("differences", (0, 0))[0],
                bad_debt=of.get("bad_debt", (0, 0))[0],
                interest=-of.get("interest", (0, 0))[0],
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Concentration:
    """How one currency's receivables are spread: the ``top`` buyers, all ``buyers`` that owe, the share
    of the top in the ``total`` and the Herfindahl-Hirschman index of all."""

    currency: str
    total: int
    buyers: int
    top: tuple[Aging, ...]
    top_share: Decimal | None
    index: int | None


def concentration(*, seller_id: UUID, on: date) -> list[Concentration]:
    """How receivables are spread over buyers."""
    by_currency: defaultdict[str, list[Aging]] = defaultdict(list)
    for row in aging(seller_id=seller_id, on=on, by="buyer"):
        by_currency[row.currency].append(row)
    found = []
    for currency, rows in sorted(by_currency.items()):
        rows.sort(key=lambda row: (-row.total, row.buyer_name))
        total, top = sum(row.total for row in rows), tuple(rows[:TOP])
        found.append(
            Concentration(
                currency=currency,
                total=total,
                buyers=len(rows),
                top=top,
                top_share=receivables.share(sum(row.total for row in top), of=total),
                index=herfindahl(row.total for row in rows),
            )
        )
    return found


_COHORT_MONTHS: Final = """
SELECT to_char(i.issued_on, 'YYYY-MM'), sum(i.amount - coalesce(c.amount, 0))::bigint,
       %(on)s::date - max(i.due_on)
  FROM invoices_invoice AS i
  LEFT JOIN (SELECT n.invoice_id, sum(n.amount) AS amount FROM invoices_creditnote AS n
              WHERE n.seller_id = %(seller)s AND n.issued_on <= %(on)s GROUP BY n.invoice_id) AS c
       ON c.invoice_id = i.id
 WHERE i.seller_id = %(seller)s AND i.currency = %(currency)s AND i.state <> 'draft'
   AND i.kind <> 'late_charge'
   AND i.issued_on >= %(first)s AND i.issued_on <= %(on)s
 GROUP BY 1
"""

_COHORT_PAYMENTS: Final = """
SELECT to_char(i.issued_on, 'YYYY-MM'), x.day - i.due_on, sum(x.amount)::bigint
  FROM (SELECT a.invoice_id, (a.created_at AT TIME ZONE s.time_zone)::date AS day, a.amount
          FROM payments_allocation AS a JOIN parties_seller AS s ON s.id = a.seller_id
         WHERE a.seller_id = %(seller)s AND a.created_at >= %(first)s::date - 1) AS x
  JOIN invoices_invoice AS i ON i.seller_id = %(seller)s AND i.id = x.invoice_id
 WHERE i.currency = %(currency)s AND i.kind <> 'late_charge'
   AND i.issued_on >= %(first)s AND i.issued_on <= %(on)s
   AND x.day <= %(on)s
 GROUP BY 1, 2
"""


def payment_cohorts(*, seller_id: UUID, on: date, currency: str) -> list[Cohort]:
    """Invoices by month of issue, and how much of them was paid so many days after the due date.

    What was paid includes discounts and small differences given up; what was credited is no longer
    invoiced. Of instalments the last due date counts.
    """
    month = on.year * 12 + on.month - COHORT_MONTHS
    asked = {
        "seller": seller_id,
        "on": on,
        "currency": currency,
        "first": date(month // 12, month % 12 + 1, 1),
    }
    return cohorts(execute(_COHORT_MONTHS, asked), execute(_COHORT_PAYMENTS, asked))


@dataclass(frozen=True, slots=True)
class LineUse:
    """What one credit line has in use of its limit and tolerance now, in minor units."""

    buyer_id: UUID
    buyer_name: str
    currency: str
    limit: int
    tolerance: int
    exposure: int
    state: str

    @property
    def use(self) -> Decimal | None:
        """Exposure as a share of limit and tolerance; None where there is no limit."""
        return receivables.share(self.exposure, of=self.limit + self.tolerance)


def fullest_lines(*, seller_id: UUID, most: int = 20) -> list[LineUse]:
    """The credit lines that are used most of their limit now; those beyond it first."""
    rows = execute(
        'SELECT l.buyer_id, b.name, l.currency, l."limit", l.tolerance,'
        " l.commitments + l.receivable + l.external - l.unapplied_cash AS used, l.state"
        " FROM credit_creditline AS l"
        " JOIN parties_buyer AS b ON b.seller_id = l.seller_id AND b.id = l.buyer_id"
        " WHERE l.seller_id = %s AND l.commitments + l.receivable + l.external - l.unapplied_cash > 0"
        ' ORDER BY (l."limit" + l.tolerance) = 0 DESC,'
        " (l.commitments + l.receivable + l.external - l.unapplied_cash)::numeric"
        ' / nullif(l."limit" + l.tolerance, 0) DESC, b.name LIMIT %s',
        [seller_id, most],
    )
    return [LineUse(*row) for row in rows]
