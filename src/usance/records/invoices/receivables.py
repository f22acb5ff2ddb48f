"""What is owed: aging, days sales outstanding, exposure, open items.

Every figure can be had as of any day, past days included: what is outstanding now, and back on it
whatever was credited, paid or written off after that day. Of an invoice in instalments each is an
item with its own day; what has been paid or credited counts against the first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

from django.db import connection

from usance.records.invoices.report_models import ReportRules
from usance.records.statements import execute
from usance.rules.receivables import countback_dso, simple_dso

COUNTBACK_HORIZON: Final = 1095
"""Days of sales that the count-back looks at; older debts are not a matter of days any more."""

# The invoices that were open at the end of the day `on`, with what was outstanding on each then.
# `item` is what of them is due on one day: an invoice, or each open instalment of one; of these only
# the `first` counts as an invoice.
# An invoice that is closed now was open then only if it closed later. `later` is the first instant
# after that day where the seller is. A write-off, and one taken back, is dated by its ledger entry; a
# credit note by the moment it was made, as its entry is: numbered around midnight it may bear the next day.
# `candidate` reads nothing but the index invoices_invoice_standing, and what happened later is joined
# to it before it is summed up: most of it concerns invoices that were not there yet.
_STANDING: Final = """
WITH later AS (
    SELECT (%(on)s::date + 1)::timestamp AT TIME ZONE s.time_zone AS instant
      FROM parties_seller AS s WHERE s.id = %(seller_id)s
), candidate AS MATERIALIZED (
    SELECT i.id, i.buyer_id, i.currency, i.due_on, i.instalment_due_on, i.outstanding
      FROM invoices_invoice AS i
     WHERE i.seller_id = %(seller_id)s AND i.issued_on <= %(on)s AND i.state <> 'draft'
       AND (i.state = 'open' OR i.closed_on > %(on)s)
       AND (%(currency)s::text IS NULL OR i.currency = %(currency)s)
       AND (%(buyer_id)s::uuid IS NULL OR i.buyer_id = %(buyer_id)s)
), changed_later AS MATERIALIZED (
    SELECT x.id, sum(x.amount) AS amount
      FROM (SELECT c.id, a.amount
              FROM candidate AS c JOIN payments_allocation AS a ON a.invoice_id = c.id
             WHERE a.seller_id = %(seller_id)s AND a.created_at >= (SELECT instant FROM later)
             UNION ALL
            SELECT c.id, n.amount
              FROM candidate AS c JOIN invoices_creditnote AS n ON n.invoice_id = c.id
             WHERE n.seller_id = %(seller_id)s AND n.created_at >= (SELECT instant FROM later)
             UNION ALL
            SELECT e.subject_id, g.amount
              FROM ledger_entry AS e
              JOIN ledger_posting AS g ON g.seller_id = e.seller_id AND g.entry_id = e.id
             WHERE e.seller_id = %(seller_id)s AND e.kind = 'write_off' AND e."on" > %(on)s
               AND g.account = 'bad_debt') AS x
     GROUP BY x.id
), standing AS NOT MATERIALIZED (
    SELECT c.id, c.buyer_id, c.currency, c.due_on, c.instalment_due_on,
           c.outstanding + coalesce(l.amount, 0) AS outstanding
      FROM candidate AS c LEFT JOIN changed_later AS l ON l.id = c.id
), item AS NOT MATERIALIZED (
    SELECT id, buyer_id, currency, due_on, outstanding, NULL::bigint AS amount,
           NULL::integer AS instalment, true AS first
      FROM standing WHERE outstanding > 0 AND instalment_due_on IS NULL
     UNION ALL
    SELECT s.id, s.buyer_id, s.currency, p.due_on,
           least(p.amount, p.before + p.amount - (i.amount - s.outstanding)), p.amount, p.place,
           p.before <= i.amount - s.outstanding
      FROM standing AS s
      JOIN invoices_invoice AS i ON i.seller_id = %(seller_id)s AND i.id = s.id
     CROSS JOIN LATERAL invoices_instalments(i.schedule) AS p
     WHERE s.outstanding > 0 AND s.instalment_due_on IS NOT NULL
       AND p.before + p.amount > i.amount - s.outstanding
)
"""

_BUCKETS: Final = """
       coalesce(sum(outstanding) FILTER (WHERE late <= 0), 0)::bigint,
       coalesce(sum(outstanding) FILTER (WHERE late BETWEEN 1 AND 30), 0)::bigint,
       coalesce(sum(outstanding) FILTER (WHERE late BETWEEN 31 AND 60), 0)::bigint,
       coalesce(sum(outstanding) FILTER (WHERE late BETWEEN 61 AND 90), 0)::bigint,
       coalesce(sum(outstanding) FILTER (WHERE late > 90), 0)::bigint,
       count(*) FILTER (WHERE first)
  FROM (SELECT buyer_id, currency, outstanding, %(on)s::date - due_on AS late, first
          FROM item) AS s
"""

By = Literal["seller", "buyer", "country", "group", "tier", "segment", "person"]
"""Over what an aging is told: all, each buyer, or buyers alike in something. ``group`` is the group of
companies and ``tier`` the tier of the credit line; ``segment`` and ``person`` are what the buyers'
metadata say under the keys of the seller's ReportRules."""

_LABELS: Final[dict[By, str]] = {
    "country": "b.country",
    "group": 'b."group"',
    "tier": "coalesce(l.tier, '')",
    "segment": "coalesce(b.metadata ->> %(segment_key)s, '')",
    "person": "coalesce(b.metadata ->> %(person_key)s, '')",
}


@dataclass(frozen=True, slots=True)
class Aging:
    """What is outstanding in one currency, in minor units, by days past the due date.

    Of one buyer, or of all where ``buyer_id`` is None; ``label`` is what those buyers have in common,
    empty where nobody said it. ``invoices`` is how many are open; one in instalments counts once.
    """

    buyer_id: UUID | None
    buyer_name: str
    currency: str
    not_due: int
    days_1_30: int
    days_31_60: int
    days_61_90: int
    days_over_90: int
    invoices: int
    label: str = ""

    @property
    def overdue(self) -> int:
        """What should have been paid by now."""
        return self.days_1_30 + self.days_31_60 + self.days_61_90 + self.days_over_90

    @property
    def total(self) -> int:
        """Everything outstanding."""
        return self.not_due + self.overdue


def aging(
    *,
    seller_id: UUID,
    on: date,
    currency: str | None = None,
    by: By = "seller",
) -> list[Aging]:
    """What was outstanding at the end of the day ``on``, past or present, in one query.

    By currency, and by buyer or by what buyers have in common, in order of names; what buyers have in
    common is as it is kept today. Money received and not allocated is not taken off: it is nobody's
    payment of any invoice yet.
    """
    question = _question(seller_id, on, currency=currency)
    if by == "seller":
        select = f"SELECT NULL::uuid, '', currency, {_BUCKETS} GROUP BY currency ORDER BY currency"
        return [Aging(row[0], "", *row[2:9]) for row in _asked(select, question)]
    of_buyers = (
        f"SELECT buyer_id, '', currency, {_BUCKETS} GROUP BY buyer_id, currency) AS"
        " t(buyer_id, label, currency, b1, b2, b3, b4, b5, invoices) JOIN parties_buyer AS b"
        " ON b.seller_id = %(seller_id)s AND b.id = t.buyer_id"
    )
    if by == "buyer":
        select = f"SELECT t.*, b.name FROM ({of_buyers} ORDER BY b.name, t.buyer_id, t.currency"
        return [Aging(row[0], row[9], *row[2:9]) for row in _asked(select, question)]
    kept = report_rules(seller_id=seller_id)
    sums = ", ".join(f"sum(t.b{n})::bigint" for n in range(1, 6))
    select = (
        f"SELECT {_LABELS[by]} AS label, t.currency, {sums}, sum(t.invoices)::bigint"
        f" FROM ({of_buyers} LEFT JOIN credit_creditline AS l ON l.seller_id = %(seller_id)s"
        " AND l.buyer_id = t.buyer_id AND l.currency = t.currency"
        f" GROUP BY 1, 2 ORDER BY {_LABELS[by]} = '', 1, 2"
    )
    question |= {"segment_key": kept.segment_key, "person_key": kept.person_key}
    rows = _asked(select, question)
    return [replace(Aging(None, "", *row[1:8]), label=row[0]) for row in rows]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The aging's ``total`` of one currency beside the ledger's balance of all receivables, in minor
    units, at the end of the same day. They are read from different tables and must be equal."""

    currency: str
    total: int
    ledger: int

    @property
    def agrees(self) -> bool:
        """Whether they are equal to the minor unit."""
        return self.total == self.ledger


def ledger_receivable(*, seller_id: UUID, on: date) -> dict[str, int]:
    """The ledger's receivables at the end of the day ``on`` by currency: the balance now, less what was
    posted after that day."""
    rows = execute(
        "SELECT x.currency, sum(x.amount)::bigint FROM ("
        "SELECT b.currency, b.amount FROM ledger_balance AS b"
        " WHERE b.seller_id = %(seller_id)s AND b.account = 'receivable' UNION ALL"
        " SELECT p.currency, -p.amount FROM ledger_entry AS e"
        " JOIN ledger_posting AS p ON p.seller_id = e.seller_id AND p.entry_id = e.id"
        " WHERE e.seller_id = %(seller_id)s AND e.\"on\" > %(on)s AND p.account = 'receivable'"
        ") AS x GROUP BY x.currency",
        {"seller_id": seller_id, "on": on},
    )
    return dict(rows)


def reconciled(rows: Iterable[Aging], *, seller_id: UUID, on: date) -> list[Reconciled]:
    """The ``rows`` of an aging as of ``on`` over all currencies, held against the ledger."""
    totals: Counter[str] = Counter()
    for row in rows:
        totals[row.currency] += row.total
    ledger = ledger_receivable(seller_id=seller_id, on=on)
    return [
        Reconciled(currency, totals[currency], ledger.get(currency, 0))
        for currency in sorted(totals.keys() | ledger.keys())
        if totals[currency] or ledger.get(currency)
    ]


@dataclass(frozen=True, slots=True)
class DaysSalesOutstanding:
    """How long sales wait for their money, in days, in one currency.

    ``sales`` were invoiced in the last ``days`` less what has been credited of them. ``simple`` is
    None where nothing was sold, ``countback`` where sales do not make up the receivable.
    """

    currency: str
    receivable: int
    sales: int
    days: int
    simple: Decimal | None
    countback: Decimal | None


def dso(*, seller_id: UUID, on: date, days: int = 90) -> list[DaysSalesOutstanding]:
    """Days sales outstanding at the end of the day ``on``, by currency; amounts include tax."""
    receivable = {row.currency: row.total for row in aging(seller_id=seller_id, on=on)}
    since = on - timedelta(days=max(COUNTBACK_HORIZON, days))
    rows = execute(
        "SELECT i.currency, %(on)s::date - i.issued_on,"
        " sum(i.amount - coalesce(c.amount, 0))::bigint"
        " FROM invoices_invoice AS i LEFT JOIN (SELECT n.invoice_id, sum(n.amount) AS amount"
        " FROM invoices_creditnote AS n WHERE n.seller_id = %(seller_id)s"
        " AND n.issued_on <= %(on)s GROUP BY n.invoice_id) AS c ON c.invoice_id = i.id"
        # Interest and compensation that were claimed are owed, but nothing was sold for them.
        " WHERE i.seller_id = %(seller_id)s AND i.state <> 'draft' AND i.kind <> 'late_charge'"
        " AND i.issued_on > %(since)s AND i.issued_on <= %(on)s"
        " GROUP BY 1, 2 ORDER BY 1, 2",
        {"seller_id": seller_id, "on": on, "since": since},
    )
    sold: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for currency, days_ago, amount in rows:
        sold[currency].append((days_ago, amount))
    report = []
    for currency in sorted(receivable.keys() | sold.keys()):
        owed = receivable.get(currency, 0)
        sales = sum(amount for days_ago, amount in sold[currency] if days_ago < days)
        report.append(
            DaysSalesOutstanding(
                currency=currency,
                receivable=owed,
                sales=sales,
                days=days,
                simple=simple_dso(owed, sales=sales, days=days),
                countback=countback_dso(owed, daily_sales=sold[currency]),
            )
        )
    return report


@dataclass(frozen=True, slots=True)
class ExposureTotal:
    """All credit lines of a seller in one currency, in minor units.

    ``available`` counts only what each line has left: what one is overdrawn by does not take from
    another. ``overdrawn`` is how many use more than limit, tolerance and what cards bear of it.
    """

    currency: str
    lines: int
    limit: int
    commitments: int
    receivable: int
    external: int
    unapplied_cash: int
    exposure: int
    available: int
    overdrawn: int
    held: int


def exposure(*, seller_id: UUID) -> list[ExposureTotal]:
    """What the seller stands to lose now, by currency; ``held`` counts lines that are not active."""
    rows = execute(
        'SELECT currency, count(*), sum("limit")::bigint, sum(commitments)::bigint,'
        " sum(receivable)::bigint, sum(external)::bigint, sum(unapplied_cash)::bigint,"
        ' sum(used)::bigint, sum(greatest("limit" + tolerance + borne - used, 0))::bigint,'
        ' count(*) FILTER (WHERE used > "limit" + tolerance + borne),'
        " count(*) FILTER (WHERE state <> 'active')"
        " FROM (SELECT *, commitments + receivable + external - unapplied_cash AS used,"
        " CASE WHEN secured > 0 THEN credit_secured(seller_id, buyer_id, currency, NULL, NULL)"
        " ELSE 0 END AS borne"
        " FROM credit_creditline WHERE seller_id = %s) AS l GROUP BY currency ORDER BY currency",
        [seller_id],
    )
    return [ExposureTotal(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice, or an instalment of one, that is not paid in full; minor units of ``currency``.

    ``instalment`` is its place among them, from 1; None where the invoice falls due at once.
    """

    invoice_id: UUID
    buyer_id: UUID
    number: str
    external_id: str | None
    currency: str
    issued_on: date
    due_on: date
    amount: int
    outstanding: int
    days_overdue: int
    instalment: int | None = None


_OPEN_ITEM: Final = (
    "SELECT i.id, i.buyer_id, i.number, i.external_id, i.currency, i.issued_on,"
    " t.due_on, coalesce(t.amount, i.amount), t.outstanding::bigint,"
    " greatest(%(on)s::date - t.due_on, 0), t.instalment FROM item AS t"
    " JOIN invoices_invoice AS i ON i.seller_id = %(seller_id)s AND i.id = t.id"
)
_FIRST_DUE: Final = " ORDER BY t.due_on, i.number, t.instalment"
_LOT: Final = 2000
"""Items that are fetched at a time."""


def open_items(
    *, seller_id: UUID, on: date, buyer_id: UUID | None = None, currency: str | None = None
) -> list[OpenItem]:
    """What was open at the end of the day ``on``, what is due first before others.

    Of one buyer, as on its statement of account, or of all.
    """
    question = _question(seller_id, on, currency=currency, buyer_id=buyer_id)
    return [OpenItem(*row) for row in _asked(_OPEN_ITEM + _FIRST_DUE, question)]


def each_open_item(
    *, seller_id: UUID, on: date, invoice_ids: Sequence[UUID] | None = None
) -> Iterator[OpenItem]:
    """The same of all buyers, or of ``invoice_ids`` only, in the same order: fetched some at a time by a
    cursor of the server's, so that any number of them takes no room."""
    only = "" if invoice_ids is None else " WHERE t.id = ANY(%(ids)s)"
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            _STANDING + _OPEN_ITEM + only + _FIRST_DUE,
            _question(seller_id, on) | {"ids": invoice_ids},
        )
        while rows := cursor.fetchmany(_LOT):
            yield from (OpenItem(*row) for row in rows)


def _asked(select: str, question: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Ask ``select`` of what was standing. It is planned for the very day and buyer: a plan that is kept
    reads what happened after last year as it reads what happened after yesterday."""
    return execute(_STANDING + select, question, keeps_plan=False)


def _question(
    seller_id: UUID, on: date, *, currency: str | None = None, buyer_id: UUID | None = None
) -> dict[str, Any]:
    return {"seller_id": seller_id, "on": on, "currency": currency, "buyer_id": buyer_id}


def report_rules(*, seller_id: UUID) -> ReportRules:
    """What the seller has said of its reports, or what holds as long as it has not."""
    return ReportRules.objects.filter(seller_id=seller_id).first() or ReportRules(
        seller_id=seller_id
    )
