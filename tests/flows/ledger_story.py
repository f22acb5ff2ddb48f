"""A year of random trade of one buyer, through the flows; what it comes to is asked afterwards."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.flows.trading import Trade
from usance.flows import billing, credit_lines, exchange_rates, fulfilment
from usance.records.invoices.models import Invoice
from usance.records.orders.models import Order

CURRENCIES = ("EUR", "USD", "JPY")
ADDRESSES = (
    {"street": "Am Kai 1", "postal_code": "20457", "city": "Hamburg", "country": "DE"},
    {"street": "  am  KAI 1", "postal_code": "20457", "city": "hamburg", "country": "de"},
    {"street": "Ring 2", "postal_code": "1010", "city": "Wien", "country": "AT"},
    None,
)


def give_lines(trade: Trade, *, rated: tuple[str, ...]) -> None:
    """A line in each currency, and an exchange rate for those of ``rated``."""
    for currency in CURRENCIES:
        credit_lines.set_credit_line(
            trade.seller, buyer_id=trade.buyer.id, currency=currency, limit=10**9, **trade.act
        )
    rates = {"USD": Decimal("0.913"), "JPY": Decimal("0.0061")}
    for currency in rated:
        exchange_rates.set_rate(
            trade.seller,
            source=currency,
            target="EUR",
            rate=rates[currency],
            on=trade.at.date(),
            **trade.act,
        )


def trade_for_a_year(trade: Trade, *, seed: int, currencies: tuple[str, ...]) -> datetime:
    """Random acts on rising days; when the last happened."""
    chance = random.Random(seed)
    now = trade
    for _ in range(chance.randint(25, 45)):
        now = Trade(
            trade.seller,
            trade.buyer,
            trade.line,
            now.at
            + timedelta(days=chance.choice((0, 0, 1, 5, 12, 30)), hours=chance.randint(0, 9)),
        )
        act = chance.choice((_order, _order, _order, _ship, _ship, _pay, _pay, _credit, _drop))
        act(now, chance, chance.choice(currencies))
    return now.at + timedelta(hours=2)


def _order(trade: Trade, chance: random.Random, currency: str) -> None:
    ship_to = chance.choice(ADDRESSES)
    amount = chance.randint(1, 500_000)
    trade.authorize(trade.request(amount, currency=currency, ship_to=ship_to))


def _ship(trade: Trade, chance: random.Random, currency: str) -> None:
    open_ = [o for o in _all(trade, Order, currency) if o.state in fulfilment.HELD]
    if open_:
        order = chance.choice(open_)
        amount = chance.randint(1, order.remaining)
        fulfilment.invoice_order(trade.seller, order_id=order.id, amount=amount, **trade.act)


def _pay(trade: Trade, chance: random.Random, currency: str) -> None:
    invoices = [i for i in _all(trade, Invoice, currency) if i.state == "open"]
    if invoices:
        invoice = chance.choice(invoices)
        part = chance.choice((1, 1, 1, 2))
        payment = trade.payment(max(invoice.outstanding // part, 1), currency=currency)
        trade.allocate(payment, invoice)


def _credit(trade: Trade, chance: random.Random, currency: str) -> None:
    invoices = [i for i in _all(trade, Invoice, currency) if i.state in ("open", "paid")]
    if invoices:
        invoice = chance.choice(invoices)
        creditable = invoice.amount - invoice.credited - invoice.written_off
        if creditable:
            amount = chance.choice((creditable, chance.randint(1, creditable)))
            billing.credit_invoice(trade.seller, invoice_id=invoice.id, amount=amount, **trade.act)


def _drop(trade: Trade, chance: random.Random, currency: str) -> None:
    """An order is let go of, or an invoice is given up."""
    orders = [o for o in _all(trade, Order, currency) if o.state in fulfilment.HELD]
    invoices = [i for i in _all(trade, Invoice, currency) if i.state == "open"]
    if orders and chance.random() < 0.5:
        fulfilment.void_remaining(trade.seller, order_id=chance.choice(orders).id, **trade.act)
    elif invoices and chance.random() < 0.5:
        billing.write_off_invoice(trade.seller, invoice_id=chance.choice(invoices).id, **trade.act)


def _all(trade: Trade, model: Any, currency: str) -> list[Any]:
    found = model.objects.filter(
        seller_id=trade.seller.id, buyer_id=trade.buyer.id, currency=currency
    )
    return list(found.order_by("created_at", "id"))
