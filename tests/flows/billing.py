"""Buyers with a schedule, and what ships to them: for the tests of billing. Amounts are cents."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.flows.trading import Trade
from usance.flows import billing_profiles, billing_runs, shipping
from usance.flows.shipping import Parcel, Shipped
from usance.records.invoices.models import BillingRun, Invoice, InvoicePart
from usance.records.orders.models import Order
from usance.rules.invoicing.document import InvoiceDocument
from usance.rules.invoicing.profiles import ProfileFields
from usance.rules.invoicing.serial import from_json


def on(trade: Trade, day: date) -> Trade:
    """The same trade at ten o'clock of ``day``."""
    return Trade(
        trade.seller,
        trade.buyer,
        trade.line,
        datetime(day.year, day.month, day.day, 10, 0, tzinfo=UTC),
    )


def scheduled(trade: Trade, schedule: str, **fields: Any) -> Trade:
    """The buyer is billed by ``schedule`` from now on."""
    billing_profiles.set_billing_profile(
        trade.seller,
        buyer_id=trade.buyer.id,
        fields=ProfileFields(schedule=schedule, **fields),
        **trade.act,
    )
    return trade


def ship(trade: Trade, order: Order, amount: int | None = None, **fields: Any) -> Shipped:
    """Ship all that remains of an order, or a part of it."""
    days = {name: fields.pop(name) for name in Parcel.__slots__ if name in fields}
    return shipping.ship_order(
        trade.seller,
        order_id=order.id,
        amount=amount,
        parcel=Parcel(**days),
        **trade.act,
        **fields,
    )


def sell(trade: Trade, amount: int, tax: int = 0, **fields: Any) -> Shipped:
    """An order that ships whole."""
    days = {name: fields.pop(name) for name in Parcel.__slots__ if name in fields}
    return ship(trade, trade.order(amount, tax, **fields), **days)


def run(trade: Trade, cut_off_on: date | None = None, **fields: Any) -> BillingRun:
    """A billing run, worked at until it is finished."""
    opened = billing_runs.open_run(
        trade.seller, cut_off_on=cut_off_on or trade.at.date(), **trade.act, **fields
    )
    return work(trade, opened)


def work(trade: Trade, opened: BillingRun, **fields: Any) -> BillingRun:
    return billing_runs.work(
        trade.seller, run_id=opened.id, clock=lambda: trade.at, by="test", **fields
    )


def invoices(trade: Trade) -> list[Invoice]:
    """The invoices of the seller in the order of their numbers."""
    return list(Invoice.objects.filter(seller_id=trade.seller.id).order_by("sequence"))


def parts(invoice: Invoice) -> list[InvoicePart]:
    found = InvoicePart.objects.filter(seller_id=invoice.seller_id, invoice_id=invoice.id)
    return list(found.order_by("id"))


def document(invoice: Any) -> InvoiceDocument:
    """The frozen document of an invoice or credit note."""
    assert invoice.document is not None
    return from_json(invoice.document)


def days_after(trade: Trade, days: int) -> Trade:
    return Trade(trade.seller, trade.buyer, trade.line, trade.at + timedelta(days=days))
