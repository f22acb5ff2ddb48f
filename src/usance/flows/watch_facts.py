"""What a watch's condition reads: the words of the rules for a buyer, its line, and an order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from usance.flows.checkout_facts import ship_to_digest
from usance.flows.standing import typed_values
from usance.records.events.models import Event
from usance.records.monitoring.fact_queries import WatchedBuyer, WatchedLine, WatchedOrder
from usance.rules.applications.addresses import at_company
from usance.rules.credit.standing import in_own_currency
from usance.rules.terms import parse_terms

ORDER_EVENT = "order."


def facts_about(
    buyer: WatchedBuyer,
    *,
    base: str,
    on: date,
    event: Event | None = None,
    currency: str | None = None,
    order: WatchedOrder | None = None,
    changed: Mapping[str, tuple[Any, Any]] | None = None,
) -> dict[str, Any]:
    """Every fact that is known of ``buyer``, of the ``order`` that pulled the trigger, and of what
    ``changed`` (before, after). Amounts are in ``base``, the seller's own currency; the line is the one
    in ``currency`` if there is one."""
    values = typed_values(buyer.standing["values"]) if buyer.standing else {}
    overdue = (on - buyer.oldest_due_on).days if buyer.oldest_due_on else 0
    facts: dict[str, Any] = values | {
        "buyer.country": buyer.country,
        "buyer.group": buyer.group,
        "buyer.days_known": max((on - buyer.known_since.date()).days, 0),
        "buyer.days_overdue": max(overdue, 0),
    }
    if event is not None:
        facts["event.type"] = event.type
        currency = currency or event.currency
    if line := line_meant(buyer, base=base, currency=currency):
        facts |= _line_facts(line)
    if order is not None:
        facts |= _order_facts(buyer, order, base=base)
    for name, value in (changed or {}).items():
        facts["change.before"], facts["change.after"] = value
        facts[name] = value[1]
    return {name: value for name, value in facts.items() if value is not None}


def line_meant(buyer: WatchedBuyer, *, base: str, currency: str | None) -> WatchedLine | None:
    """The line in the currency of what happened, else in the seller's own, else the only one."""
    by_currency = {line.currency: line for line in buyer.lines}
    found = by_currency.get(currency or base) or by_currency.get(base)
    return found or (buyer.lines[0] if len(buyer.lines) == 1 else None)


def order_ids(events: list[Event]) -> set[UUID]:
    """The orders that ``events`` are about."""
    return {event.object_id for event in events if event.type.startswith(ORDER_EVENT)}


def _line_facts(line: WatchedLine) -> dict[str, Any]:
    def own(amount: int) -> int | None:
        return in_own_currency(amount, factor=line.factor)

    return {
        "line.limit": own(line.limit),
        "line.exposure": own(line.exposure),
        "line.available": own(line.limit + line.tolerance + line.secured - line.exposure),
        "line.used": Decimal(line.exposure) / line.limit if line.limit else None,
        "line.tier": line.tier,
        "line.insured_limit": None if line.insured_limit is None else own(line.insured_limit),
    }


def _order_facts(buyer: WatchedBuyer, order: WatchedOrder, *, base: str) -> dict[str, Any]:
    factors = {base: Decimal(1)} | {line.currency: line.factor for line in buyer.lines}
    factor = factors.get(order.currency)
    amounts = [int(one["amount"]) for one in order.lines if one.get("amount") is not None]
    new_ship_to = None
    if order.ship_to is not None:
        known = {ship_to_digest(address) for address in order.earlier_addresses}
        new_ship_to = ship_to_digest(order.ship_to) not in known
    return {
        "order.amount": in_own_currency(order.amount, factor=factor),
        "order.currency": order.currency,
        "order.terms_days": parse_terms(order.terms).days,
        "order.lines": len(order.lines),
        "order.largest_line": in_own_currency(max(amounts), factor=factor) if amounts else None,
        "order.skus": [str(one["sku"]) for one in order.lines if one.get("sku")],
        "order.has_po_number": bool(order.po_number),
        "order.ship_to_country": (order.ship_to or {}).get("country"),
        "order.new_ship_to": new_ship_to,
        "order.is_first": order.earlier_orders == 0,
        "order.person_at_domain": at_company(order.email, website=buyer.domain)
        if order.email
        else None,
    }
