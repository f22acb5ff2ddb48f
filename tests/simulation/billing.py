"""Warehouses and the billing desk: shipments, schedules, cut-off runs, corrections."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.flows.racing import at_once
from tests.simulation import model
from tests.simulation.market import PERCENT, PICK, Market
from usance.flows import billing_profiles, billing_runs, corrections, shipping
from usance.flows.shipping import Parcel
from usance.records.invoices.models import Invoice, InvoicePart
from usance.records.payments.models import Allocation
from usance.rules.billing import tax_share
from usance.rules.invoicing.profiles import ProfileFields
from usance.rules.invoicing.schedule import Schedule, parse_schedule

SCHEDULES = ("per_shipment", "per_order", "daily", "weekly:fri", "monthly:last", "monthly:last")


class Billing(Market):
    """What ships is billed by the buyer's schedule, once."""

    def __init__(self) -> None:
        super().__init__()
        self.schedules: defaultdict[UUID, str] = defaultdict(lambda: "per_shipment")

    def schedule_of(self, buyer: UUID) -> Schedule:
        return parse_schedule(self.schedules[buyer])

    def tax_of(self, order: model.Order, amount: int) -> int:
        left = order.tax - order.invoiced_tax - order.shipped_tax
        return tax_share(tax_left=left, amount_left=order.left, amount_now=amount)

    def keep_invoice(self, made: Invoice, due: date | None = None) -> model.Invoice:
        kept = self.books.invoices[made.id] = model.Invoice(
            made.id,
            made.buyer_id,
            made.number,
            made.amount,
            made.tax_amount,
            due or self.at.date() + timedelta(days=30),
        )
        assert made.due_on == kept.due_on
        return kept

    @rule(n=PICK, schedule=st.sampled_from(SCHEDULES))
    def change_schedule(self, n: int, schedule: str) -> None:
        buyer = list(self.books.lines)[n % 3]
        billing_profiles.set_billing_profile(
            self.seller, buyer_id=buyer, fields=ProfileFields(schedule=schedule), **self.act
        )
        self.schedules[buyer] = schedule

    @precondition(lambda self: self.books.orders)
    @rule(n=PICK, percent=PERCENT, days_ago=st.sampled_from([0, 0, 0, 1, 9]))
    def leave(self, n: int, percent: int, days_ago: int) -> None:
        """A shipment leaves, or is reported some days late."""
        order = self.pick_live(self.books.orders, n, lambda order: order.held and order.left)
        amount = order.left * percent // 100
        shipped_on = self.at.date() - timedelta(days=days_ago)
        made = self.expect(
            order.state in model.HELD and 0 < amount <= order.left,
            partial(
                shipping.ship_order,
                self.seller,
                order_id=order.id,
                amount=amount,
                parcel=Parcel(shipped_on=shipped_on),
                external_id=f"W-{len(self.books.shipments)}",
                **self.act,
            ),
        )
        if not made:
            return
        tax = self.tax_of(order, amount)
        kept = model.Shipment(made.shipment.id, order.id, amount, tax, shipped_on)
        self.books.shipments[kept.id] = kept
        order.shipped += amount
        order.shipped_tax += tax
        kind = self.schedule_of(order.buyer).kind
        if kind == "per_shipment":
            self._bill([kept], made.invoice)
        elif kind == "per_order" and not order.left:
            self._bill(self._waiting(order), made.invoice)
        else:
            assert made.invoice is None

    def bill_rest(self, order: model.Order) -> None:
        """Nothing more of the order will ship; what has is billed unless its buyer waits for a day."""
        if not self.schedule_of(order.buyer).waits:
            waiting = self._waiting(order)
            [part] = InvoicePart.objects.filter(
                seller_id=self.seller.id, shipment_id=waiting[0].id
            ).select_related("invoice")
            self._bill(waiting, part.invoice)

    @rule(days_ago=st.sampled_from([0, 0, 1, 1, 4]), runs=st.sampled_from([1, 1, 1, 2]))
    def cut_off(self, days_ago: int, runs: int) -> None:
        """The day's run, sometimes two at once."""
        day = self.at.date() - timedelta(days=days_ago)
        expected = self._due(day)
        opened = [
            billing_runs.open_run(self.seller, cut_off_on=day, **self.act) for _ in range(runs)
        ]
        done = at_once(
            [
                partial(
                    billing_runs.work,
                    self.seller,
                    run_id=one.id,
                    clock=lambda: self.at,
                    by="simulation",
                )
                for one in opened
            ]
        )
        assert all(one.failures == [] and one.finished_at for one in done)
        made = Invoice.objects.filter(
            seller_id=self.seller.id, run_id__in=[one.id for one in opened]
        ).in_bulk()
        found: defaultdict[UUID, set[UUID]] = defaultdict(set)
        for part in InvoicePart.objects.filter(seller_id=self.seller.id, invoice_id__in=list(made)):
            assert part.shipment_id is not None
            found[part.invoice_id].add(part.shipment_id)
        assert sorted(map(sorted, found.values())) == sorted(map(sorted, expected))
        # Which run issued first is chance; the order in which the model keeps them is not.
        for invoice_id in sorted(found, key=lambda one: sorted(found[one])):
            self._bill([self.books.shipments[one] for one in found[invoice_id]], made[invoice_id])

    def _due(self, day: date) -> list[set[UUID]]:
        """The shipments of each invoice that a run for ``day`` must issue."""
        groups: defaultdict[Any, set[UUID]] = defaultdict(set)
        for shipment in self.books.shipments.values():
            order = self.books.orders[shipment.order]
            schedule = self.schedule_of(order.buyer)
            until = schedule.last_cut_off(day) if schedule.waits else day
            if shipment.invoice or shipment.shipped_on > until:
                continue
            if schedule.kind == "per_order" and order.left:
                continue
            key: Any = {"per_shipment": shipment.id, "per_order": order.id}.get(
                schedule.kind, schedule.period_of(shipment.shipped_on)
            )
            groups[order.buyer, key].add(shipment.id)
        return list(groups.values())

    def _waiting(self, order: model.Order) -> list[model.Shipment]:
        return [s for s in self.books.shipments.values() if s.order == order.id and not s.invoice]

    def _bill(self, shipments: list[model.Shipment], made: Invoice | None) -> None:
        assert made is not None
        assert made.amount == sum(one.amount for one in shipments)
        self.states(made, charged=sum(one.tax for one in shipments))
        self.keep_invoice(made)
        for one in shipments:
            assert one.invoice is None, "a shipment is billed once"
            one.invoice = made.id
            order = self.books.orders[one.order]
            order.shipped -= one.amount
            order.shipped_tax -= one.tax
            order.invoiced += one.amount
            order.invoiced_tax += one.tax
        for order in {one.order: self.books.orders[one.order] for one in shipments}.values():
            left = order.amount - order.invoiced - order.voided
            order.state = "partially_invoiced" if left else "invoiced"

    @precondition(lambda self: self.books.invoices)
    @rule(n=PICK)
    def correct(self, n: int) -> None:
        """An invoice is credited and issued anew; what had paid it pays the new one."""
        first = self.pick_live(self.books.invoices, n, lambda i: not i.credited)
        made = self.expect(
            not first.credited and not first.written_off,
            partial(corrections.correct_invoice, self.seller, invoice_id=first.id, **self.act),
        )
        if not made:
            return
        if first.allocated:
            self.books.free(first, first.allocated)
        first.credited, first.credited_tax = first.amount, first.tax
        second = self.keep_invoice(made.invoice, due=max(first.due_on, self.at.date()))
        assert (second.amount, second.tax) == (first.amount, first.tax)
        paid = Allocation.objects.filter(seller_id=self.seller.id, invoice_id=second.id)
        for one in paid.order_by("id"):
            self.books.allocate(one.id, self.books.payments[one.payment_id], second, one.amount)
