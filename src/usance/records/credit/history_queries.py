"""What a seller has traded, as a backtest plays it: orders, what was decided, how they were paid.

Written against the tables of orders and invoices, since no one of them could tell it alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from pydantic_core import from_json

from usance.records.credit.models import Report
from usance.rules.credit.backtest_history import PastInvoice, PastOrder
from usance.rules.credit.facts import FACTS
from usance.rules.credit.report_facts import Answer, report_facts
from usance.rules.terms import parse_terms

ROWS: Final = 1_000
"""Orders that are fetched at a time."""

_WINDOW: Final = (
    "o.seller_id = %(seller)s AND o.created_at >= %(from)s AND o.created_at < %(until)s"
)

_COUNT: Final = f"SELECT count(*) FROM orders_order AS o WHERE {_WINDOW}"

# An order that nobody delivered has no invoices. Of one that ended early the last event says when.
_ORDERS: Final = f"""
SELECT o.id, o.external_id, o.buyer_id, b.name, b.country, b."group", b.created_at, o.created_at,
       o.amount, o.currency, o.state, o.expires_on, o.po_number <> '', o.ship_to, o.lines, d.facts,
       CASE WHEN o.currency <> %(base)s THEN
            credit_rate(o.seller_id, o.currency, %(base)s,
                        (o.created_at AT TIME ZONE %(zone)s)::date) END,
       i.invoices, e.ended_at
  FROM orders_order AS o
  JOIN parties_buyer AS b ON b.seller_id = o.seller_id AND b.id = o.buyer_id
  JOIN credit_decision AS d ON d.seller_id = o.seller_id AND d.id = o.decision_id
  LEFT JOIN LATERAL (
       SELECT jsonb_agg(jsonb_build_array(i.of_order, i.issued_on, i.due_on, i.closed_on, i.state)
                        ORDER BY i.issued_on, i.id) AS invoices
         FROM (SELECT i.id, i.issued_on, i.due_on, i.closed_on, i.state,
                      -- Of an invoice of several orders, its own part of what was not credited.
                      round(sum(p.amount) * (i.amount - i.credited) / i.amount)::bigint AS of_order
                 FROM invoices_invoicepart AS p
                 JOIN invoices_invoice AS i ON i.seller_id = p.seller_id AND i.id = p.invoice_id
                WHERE p.seller_id = o.seller_id AND p.order_id = o.id AND i.state <> 'void'
                GROUP BY i.id, i.seller_id) AS i) AS i ON true
  LEFT JOIN LATERAL (
       SELECT max(e.created_at) AS ended_at FROM events_event AS e
        WHERE e.seller_id = o.seller_id AND e.object_id = o.id
          AND (o.state IN ('canceled', 'expired') OR o.voided_amount > 0)) AS e ON true
 WHERE {_WINDOW}
 ORDER BY o.created_at, o.id
"""

_NEVER_DELIVERED: Final = frozenset({"declined", "pending_review", "pending_approval"})
"""Of these nobody knows how they would have been paid."""


@dataclass(frozen=True, slots=True)
class TradeWindow:
    """The orders of ``seller_id`` from one business day to another, both included.

    ``base`` is the seller's own currency, ``time_zone`` where its days begin.
    """

    seller_id: UUID
    base: str
    time_zone: str
    from_on: date
    until_on: date

    @property
    def zone(self) -> ZoneInfo:
        """Where the seller's days begin."""
        return ZoneInfo(self.time_zone)

    def parameters(self) -> dict[str, Any]:
        """What the statements ask for."""
        return {
            "seller": self.seller_id,
            "base": self.base,
            "zone": self.time_zone,
            "from": datetime.combine(self.from_on, time(), tzinfo=self.zone),
            "until": datetime.combine(self.until_on + timedelta(days=1), time(), tzinfo=self.zone),
        }


def count_orders(window: TradeWindow) -> int:
    """How many orders there are to play."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, window.parameters())
        return int(cursor.fetchone()[0])


def past_orders(window: TradeWindow) -> Iterator[PastOrder]:
    """The orders of the window in order of time, fetched some at a time by a cursor of the server's."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ORDERS, window.parameters())
        while fetched := cursor.fetchmany(ROWS):
            rows = [_read(row) for row in fetched]
            told = _answers(window, {row.buyer_id for row in rows})
            for row in rows:
                yield _order(row, window, answers=told.get(row.buyer_id, []))


def _answers(window: TradeWindow, buyer_ids: set[UUID]) -> dict[UUID, list[Answer]]:
    """What registers, bureaus and lists have ever said of some buyers."""
    found: dict[UUID, list[Answer]] = {}
    reports = Report.objects.filter(
        seller_id=window.seller_id, buyer_id__in=sorted(buyer_ids)
    ).exclude(outcome="unavailable")
    for report in reports:
        assert report.buyer_id is not None
        found.setdefault(report.buyer_id, []).append(
            Answer(
                kind=report.kind,
                source=report.source,
                outcome=report.outcome,
                asked_at=report.asked_at,
                asked_about=report.asked_about,
                facts=report.facts,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    external_id: str | None
    buyer_id: UUID
    buyer_name: str
    country: str
    group: str
    known_since: datetime
    at: datetime
    amount: int
    currency: str
    state: str
    expires_on: date
    has_po_number: bool
    ship_to: Any
    lines: Any
    decided: Any
    rate: Decimal | None
    invoices: Any
    ended_at: datetime | None


def _read(row: tuple[Any, ...]) -> _Row:
    """Django's connections leave JSON as text."""
    read = _Row(*row)
    return replace(
        read,
        ship_to=from_json(read.ship_to) if read.ship_to else None,
        lines=from_json(read.lines),
        decided=from_json(read.decided),
        invoices=from_json(read.invoices) if read.invoices else None,
    )


def _order(row: _Row, window: TradeWindow, *, answers: Sequence[Answer]) -> PastOrder:
    decided = row.decided
    asked, rate = decided.get("requested_terms"), decided.get("rate")
    invoices = None if row.state in _NEVER_DELIVERED else _invoices(row)
    on = row.at.astimezone(window.zone).date()
    return PastOrder(
        id=row.id.hex,
        buyer=row.buyer_id.hex,
        buyer_name=row.buyer_name,
        at=row.at,
        on=on,
        amount=row.amount,
        currency=row.currency,
        invoices=invoices,
        withdrawn_on=_withdrawn_on(row, invoices or (), window),
        known_since=row.known_since.astimezone(window.zone).date(),
        rate=Decimal(rate) if rate else row.rate,
        terms=parse_terms(asked) if asked else None,
        offered=tuple(parse_terms(code) for code in decided.get("offered", ())),
        limit=decided["limit"],
        tolerance=decided["tolerance"] + decided.get("secured", 0),
        line_state=decided["line_state"],
        largest_line=decided.get("largest_line"),
        ship_to=_address(row.ship_to),
        facts={**_reported(row, answers, on=on, base=window.base), **_facts(row)},
    )


def _invoices(row: _Row) -> tuple[PastInvoice, ...]:
    """The invoices of the order, at what was not credited. One that was credited whole is no debt."""
    found = []
    for amount, issued_on, due_on, closed_on, state in row.invoices or ():
        if amount > 0:
            closed = date.fromisoformat(closed_on) if closed_on else None
            lost = state == "written_off"
            found.append(
                PastInvoice(
                    amount=amount,
                    issued_on=date.fromisoformat(issued_on),
                    due_on=date.fromisoformat(due_on),
                    settled_on=None if lost else closed,
                    lost_on=closed if lost else None,
                )
            )
    return tuple(found)


def _withdrawn_on(row: _Row, invoices: tuple[PastInvoice, ...], window: TradeWindow) -> date:
    """When what was not invoiced was let go of: at the end of the order, or with its last invoice."""
    if row.ended_at is not None:
        return row.ended_at.astimezone(window.zone).date()
    if row.state == "invoiced" and invoices:
        return max(invoice.issued_on for invoice in invoices)
    return row.expires_on


def _address(ship_to: Mapping[str, str] | None) -> str:
    """One address, however it is capitalised or spaced."""
    if not ship_to:
        return ""
    parts = (str(ship_to.get(part, "")) for part in ("street", "postal_code", "city", "country"))
    return "\n".join(" ".join(part.casefold().split()) for part in parts)


def _reported(row: _Row, answers: Sequence[Answer], *, on: date, base: str) -> Mapping[str, Any]:
    """What had been said of the buyer by then. A bureau's limit in another currency is left out."""
    if not answers:
        return {}
    said = [answer for answer in answers if answer.asked_at <= row.at]
    return report_facts(
        said, on=on, converted=lambda amount, code: amount if code == base else None
    ).values


def _facts(row: _Row) -> dict[str, Any]:
    """What was known then, and what the order itself says; later knowledge is left out."""
    facts = {name: _value(name, value) for name, value in row.decided.get("known", {}).items()}
    facts |= {
        "order.lines": len(row.lines) or None,
        "order.skus": [line["sku"] for line in row.lines if line.get("sku")] if row.lines else None,
        "order.has_po_number": row.has_po_number,
        "buyer.country": row.country,
        "buyer.group": row.group,
    }
    if row.ship_to and row.ship_to.get("country"):
        facts["order.ship_to_country"] = row.ship_to["country"]
    return {name: value for name, value in facts.items() if value is not None}


def _value(name: str, value: Any) -> Any:
    """A fact as it was before it became JSON: numbers that are not whole are kept as text."""
    fact = FACTS.get(name)
    if isinstance(value, str) and fact is not None and fact.kind == "number":
        return Decimal(value)
    return value
