"""(f) a cut-off run: shipments to issued invoices with their documents, beside plain SQL."""

from __future__ import annotations

import itertools
from datetime import date

from django.db import connection

from benchmarks import books, trade
from benchmarks.measure import Rates, alternate, rate
from usance.flows import billing_runs, checkout
from usance.records.orders.models import Order, Shipment
from usance.records.parties.invoicing_models import BillingProfile
from usance.rules.orders import Line

CUT_OFF = date(2026, 3, 1)
LINES = [
    Line(f"Hex bolts M{n}, zinc plated", 12_200, 2_200, sku=f"B-{n}", tax_category="S")
    for n in (6, 8, 10)
]


def cut_off_run(*, rounds: int, buyers: int, shipments: int) -> Rates:
    """Invoices a second of a monthly run, ``shipments`` of three lines each on one, one process."""
    books.prepare_plain_invoices()
    figures, yardstick = alternate(
        lambda: _ours(buyers=buyers, shipments=shipments),
        lambda: books.plain_invoices(count=buyers),
        rounds=rounds,
    )
    return Rates(
        f"(f) cut-off run, {buyers:,} invoices of {shipments} shipments, one process",
        "invoices/s",
        figures,
        yardstick,
        "five plain statements in a transaction",
    )


def _ours(*, buyers: int, shipments: int) -> float:
    made = trade.lay_out(buyers=buyers)
    BillingProfile.objects.bulk_create(
        [
            BillingProfile(
                seller=made.seller,
                created_at=trade.AT,
                updated_at=trade.AT,
                buyer_id=buyer,
                schedule="monthly:1",
            )
            for buyer in made.buyers
        ],
        batch_size=5000,
    )
    requests = [
        checkout.OrderRequest(
            seller=made.seller,
            buyer_id=buyer,
            amount=36_600,
            tax_amount=6_600,
            currency="EUR",
            lines=LINES,
        )
        for buyer in itertools.islice(itertools.cycle(made.buyers), buyers * shipments)
    ]
    for start in range(0, len(requests), 1000):
        checkout.authorize_orders(requests[start : start + 1000], at=trade.AT)
    mine = {"seller_id": made.seller.id}
    Shipment.objects.bulk_create(
        [
            Shipment(
                seller_id=made.seller.id,
                created_at=trade.AT,
                order_id=order.id,
                buyer_id=order.buyer_id,
                shipped_on=CUT_OFF,
                amount=order.amount,
                tax_amount=order.tax_amount,
                lines=order.lines,
            )
            for order in Order.objects.filter(**mine)
        ],
        batch_size=2000,
    )
    Order.objects.filter(**mine).update(shipped_amount=36_600, shipped_tax=6_600)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_order, orders_shipment, parties_billingprofile")
    run = billing_runs.open_run(made.seller, cut_off_on=CUT_OFF, at=trade.AT, by="bench")

    def work() -> int:
        done = billing_runs.work(made.seller, run_id=run.id, clock=lambda: trade.AT, by="bench")
        assert done.failures == []
        return done.buyers_done

    return rate(work)
