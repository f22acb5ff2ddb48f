"""How a demo seller trades: what is ordered, shipped, returned and paid on each day.

Everything a day brings is a draw from the seed and from what is stored, so a demo that was interrupted
goes on as if it had not been.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from statistics import NormalDist
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from usance.flows import billing, credit_lines, fulfilment, order_reviews, shipping
from usance.flows.checkout import Authorization, OrderRequest, authorize_orders
from usance.flows.refusals import LimitExceeded, Refused
from usance.flows.shipping import Parcel
from usance.records.invoices.models import Invoice
from usance.records.orders.models import Order
from usance.records.parties.models import Seller
from usance.rules.money import round_half_up
from usance.rules.orders import Line
from usance.rules.payer_behaviour import banking_day, draw, habit_of
from usance.worlds import demo_collections, standing
from usance.worlds.banking import Bank, Transfer, with_check_digits
from usance.worlds.demo_cast import SCALES, BuyerRole, SellerRole
from usance.worlds.demo_deliveries import DELIVERED_DAYS, Post
from usance.worlds.demo_invoicing import CENTRES, WANTS, bill_what_is_due, ship_to

FILE_PREFIX: Final = "demo-"
SHOP: Final = "web shop"
WAREHOUSE: Final = "warehouse"

ORDERS_A_DAY: Final = (7, 15)
"""The fewest and the most orders of one seller on a working day."""

HOLD_BEFORE_END: Final = 12
"""Days before the end on which a buyer disputes a delivery and its line goes on hold."""

UNPLACED_DAYS: Final = 6
"""On the last days nobody has got round to placing what matching could not."""

_NORMAL: Final = NormalDist()
_CARRIERS: Final = ("DHL", "GLS", "DSV", "UPS")
_REASONS: Final = ("Goods returned", "Damaged in transit", "Wrong price", "Short delivery")


class DemoRunning(Refused):
    """Another process is playing the demo. Wait until it is done, or stop it."""

    code = "demo_running"


@dataclass(frozen=True, slots=True)
class Season:
    """The days that are traded: ``first`` to ``last``, which ends at the instant ``until``."""

    first: date
    last: date
    until: datetime

    def days(self) -> Iterator[date]:
        """The working days, in order."""
        for n in range((self.last - self.first).days + 1):
            day = self.first + timedelta(days=n)
            if day.weekday() < 5:
                yield day


class Shop:
    """One seller of the demo, day by day."""

    def __init__(self, seller: Seller, role: SellerRole, *, season: Season, seed: int) -> None:
        self.seller, self.role, self.season = seller, role, season
        self._seed = seed
        self._zone = ZoneInfo(role.time_zone)
        known = standing.buyers(seller_id=seller.id)
        self._buyers = {b.name: known[external_id(role, n)] for n, b in enumerate(role.buyers)}
        self._weights = [b for b in role.buyers for _ in range(SCALES[b.size].weight)]
        self._bank = Bank(
            seller=seller,
            account=role.bank_account,
            currency=role.currency,
            seed=seed,
            file_prefix=FILE_PREFIX,
            habits={b.id: habit_of(key, seed=seed) for key, b in known.items()},
            buyers={b.id: b for b in known.values()},
            never={self._buyers[role.insolvent].id, self._buyers[role.disputing].id},
        )
        self._post = Post(seller, role, draw=self._draw)

    @property
    def last_day(self) -> date | None:
        """The last day that is done; the season's last one has no bank file yet."""
        return standing.last_day(seller_id=self.seller.id, beginning=FILE_PREFIX)

    @transaction.atomic
    def play(self, day: date) -> None:
        """Trade on ``day``, whole or not at all; once done, not again."""
        standing.one_at_a_time(seller_id=self.seller.id)
        done = self.last_day
        if done is not None and done >= day:
            raise DemoRunning(" ".join((DemoRunning.__doc__ or "").split()))
        closing = self._at(day, time(20))
        unfinished = day == self.season.last
        end = min(closing, self.season.until) if unfinished else closing
        morning = min(self._at(day, time(8, 5)), end)
        bill_what_is_due(self.seller, at=morning)
        self._decide_reviews(at=morning)
        self._ship(day, at=morning)
        self._take_back(day, at=morning)
        if day == banking_day(self.season.last - timedelta(days=HOLD_BEFORE_END)):
            self._hold(self.role.disputing, "on_hold", "Disputes a delivery", at=morning)
        for at, request in self._orders(day):
            if at <= end:
                self._order(request, at=at, end=end)
        if not unfinished:
            left = (self.season.last - day).days
            self._bank.close_day(
                day, at=closing, extra=self._strangers(left), by_hand=left > UNPLACED_DAYS
            )

    def deliver(self, day: date) -> None:
        """Documents issued on ``day`` go to their buyers, if it is one of the last."""
        if 0 < (self.season.last - day).days <= DELIVERED_DAYS + 2:
            self._post.deliver(day, at=self._at(day, time(20, 30)))

    def collect(self, day: date) -> None:
        """In the second half of the season, who is late is reminded once a week before trading begins."""
        if day >= self.season.first + (self.season.last - self.season.first) / 2:
            demo_collections.collect(self.seller, self.role, on=day, at=self._at(day, time(8)))

    def correspond(self) -> None:
        """What became of the latest documents, and what buyers ask about them."""
        self._post.finish(at=self.season.until)

    def wind_up(self) -> None:
        """What the season ends with: the insolvent buyer's oldest invoice is written off."""
        at = self.season.until
        self._hold(self.role.insolvent, "suspended", "Insolvency proceedings", at=at)
        lost = (
            Invoice.objects.filter(
                seller_id=self.seller.id,
                buyer_id=self._buyers[self.role.insolvent].id,
                state="open",
            )
            .order_by("due_on", "number")
            .first()
        )
        if lost is not None:
            billing.write_off_invoice(
                self.seller,
                invoice_id=lost.id,
                reason="Insolvent",
                at=at,
                by=self.role.staff[2].email,
            )

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=self._zone)

    def _draw(self, *about: object) -> float:
        return draw(self._seed, self.role.order_prefix, *about)

    def _orders(self, day: date) -> list[tuple[datetime, OrderRequest]]:
        """What is ordered on ``day``, in order of time."""
        fewest, most = ORDERS_A_DAY
        count = fewest + int(self._draw("orders", day) * (most - fewest + 1))
        orders = []
        for n in range(count):
            role = self._weights[int(self._draw("buyer", day, n) * len(self._weights))]
            if n == 0 and (day - self.season.first).days < 4:
                [role] = [b for b in self.role.buyers if b.name == self.role.insolvent]
            minutes = 8 * 60 + 30 + int(self._draw("minute", day, n) * 9 * 60)
            at = self._at(day, time(minutes // 60, minutes % 60))
            orders.append((at, self._request(role, day, n)))
        return sorted(orders, key=lambda order: (order[0], str(order[1].external_id)))

    def _request(self, buyer: BuyerRole, day: date, n: int) -> OrderRequest:
        lines = self._lines(buyer, day, n)
        places = ship_to(buyer)
        return OrderRequest(
            seller=self.seller,
            buyer_id=self._buyers[buyer.name].id,
            amount=sum(line.amount for line in lines),
            tax_amount=sum(line.tax_amount for line in lines),
            currency=self.role.currency,
            lines=lines,
            external_id=f"{self.role.order_prefix}-{day:%y%m%d}-{n + 1:02d}",
            po_number=f"PO{int(self._draw('po', day, n) * 90_000) + 10_000}",
            ship_to=places[int(self._draw("branch", day, n) * len(places))],
            by=SHOP,
        )

    def _lines(self, buyer: BuyerRole, day: date, n: int) -> list[Line]:
        place = min(max(self._draw("size", day, n), 1e-9), 1 - 1e-9)
        spread = math.exp(0.7 * _NORMAL.inv_cdf(place))
        wanted = int(SCALES[buyer.size].usual_order * spread)
        percent = self.role.tax_percent if buyer.country == self.role.country else 0
        chosen = sorted(
            range(len(self.role.catalogue)), key=lambda item: self._draw("item", day, n, item)
        )[: 1 + int(self._draw("lines", day, n) * 5)]
        by_centre = buyer.name in WANTS and WANTS[buyer.name].group_by == "cost_centre"
        centre = CENTRES[int(self._draw("centre", day, n) * len(CENTRES))] if by_centre else ""
        lines = []
        for sku, description, price in (self.role.catalogue[item] for item in chosen):
            quantity = max(wanted // len(chosen) // price, 1)
            net = quantity * price
            tax = round_half_up(Decimal(net) * percent / 100)
            lines.append(
                Line(
                    description=description,
                    amount=net + tax,
                    tax_amount=tax,
                    quantity=Decimal(quantity),
                    unit_price=Decimal(price).scaleb(-2),
                    sku=sku,
                    tax_rate=Decimal(percent) if percent else None,
                    cost_centre=centre,
                )
            )
        return lines

    def _order(self, request: OrderRequest, *, at: datetime, end: datetime) -> None:
        [made] = authorize_orders([request], at=at)
        assert isinstance(made, Authorization), made
        packed = at + timedelta(hours=2)
        if (
            made.state == "authorized"
            and packed <= end
            and self._plan(request.external_id) == "now"
        ):
            shipping.ship_order(
                self.seller,
                order_id=made.order_id,
                parcel=self._parcel(str(request.external_id)),
                external_id=f"DN-{request.external_id}-1",
                at=packed,
                by=WAREHOUSE,
            )

    def _plan(self, key: str | None) -> str:
        """How the warehouse will treat an order."""
        place = self._draw("ships", key)
        for plan, share in (
            ("now", 0.45),
            ("next day", 0.34),
            ("in parts", 0.11),
            ("part of it", 0.03),
            ("canceled", 0.03),
        ):
            if place < share:
                return plan
            place -= share
        return "late"

    def _ship(self, day: date, *, at: datetime) -> None:
        """Ship, cancel or void what is due by ``day``."""
        held = Order.objects.filter(
            seller_id=self.seller.id, state__in=("authorized", "partially_invoiced")
        )
        for order in held.order_by("created_at", "external_id"):
            placed = order.created_at.astimezone(self._zone).date()
            age, plan = (day - placed).days, self._plan(order.external_id)
            begun = bool(order.shipped_amount or order.invoiced_amount)
            if not order.remaining:
                continue  # all of it has shipped and waits for its buyer's cut-off day
            if plan == "canceled":
                if age >= 2:
                    fulfilment.cancel_order(self.seller, order_id=order.id, at=at, by=SHOP)
            elif plan == "late":
                if age >= 9:
                    self._send(order, at=at)
            elif not begun:
                if age >= 1:
                    self._send(order, part=plan in ("in parts", "part of it"), at=at)
            elif age >= 5:
                if plan == "part of it":
                    fulfilment.void_remaining(self.seller, order_id=order.id, at=at, by=WAREHOUSE)
                else:
                    self._send(order, at=at)

    def _parcel(self, key: str) -> Parcel:
        """Who carries it, and under which number."""
        carrier = _CARRIERS[int(self._draw("carrier", key) * len(_CARRIERS))]
        return Parcel(carrier=carrier, tracking=f"{int(self._draw('tracking', key) * 10**12):012d}")

    def _send(self, order: Order, *, at: datetime, part: bool = False) -> None:
        """Ship an order, what is left of it, or only the first half of its lines."""
        lines = [Line.from_document(line) for line in order.lines]
        half = max(len(lines) // 2, 1)
        begun = order.shipped_amount or order.invoiced_amount
        if len(lines) > 1 and (part or begun):
            lines = lines[:half] if part else lines[half:]
            amount = sum(line.amount for line in lines)
        else:
            amount, lines = (order.remaining // 2 if part else order.remaining), []
        shipping.ship_order(
            self.seller,
            order_id=order.id,
            amount=amount,
            lines=lines,
            parcel=self._parcel(f"{order.external_id} {bool(begun)}"),
            external_id=f"DN-{order.external_id}-{2 if begun else 1}",
            at=at,
            by=WAREHOUSE,
        )

    def _take_back(self, day: date, *, at: datetime) -> None:
        """Credit what came back or was wrong, a few days after it was invoiced."""
        recent = Invoice.objects.filter(
            seller_id=self.seller.id, issued_on__gte=day - timedelta(days=14), credited=0
        ).exclude(buyer_id=self._buyers[self.role.insolvent].id)
        for invoice in recent.order_by("number"):
            place = self._draw("returned", invoice.number)
            waits = 3 + int(self._draw("returned after", invoice.number) * 9)
            if place < 0.05 and (day - invoice.issued_on).days >= waits:
                share = 15 + int(self._draw("returned share", invoice.number) * 45)
                billing.credit_invoice(
                    self.seller,
                    invoice_id=invoice.id,
                    amount=None if place < 0.01 else max(invoice.amount * share // 100, 1),
                    reason=_REASONS[int(place * 1000) % len(_REASONS)],
                    at=at,
                    by=self.role.staff[2].email,
                )

    def _decide_reviews(self, *, at: datetime) -> None:
        """The credit manager looks at what waits for a person since yesterday."""
        manager = self.role.staff[1].email
        waiting = Order.objects.filter(seller_id=self.seller.id, state="pending_review")
        for order in waiting.order_by("created_at", "external_id"):
            try:
                if self._draw("review", order.external_id) < 0.7:
                    order_reviews.confirm_order(self.seller, order_id=order.id, at=at, by=manager)
                    continue
            except LimitExceeded:
                pass  # others used the credit overnight, so this one cannot have it
            order_reviews.decline_order(self.seller, order_id=order.id, at=at, by=manager)

    def _hold(self, name: str, state: str, reason: str, *, at: datetime) -> None:
        credit_lines.change_line_state(
            self.seller,
            buyer_id=self._buyers[name].id,
            currency=self.role.currency,
            state=state,
            reason=reason,
            at=at,
            by=self.role.staff[1].email,
        )

    def _strangers(self, days_left: int) -> Sequence[Transfer]:
        """Money from somebody nobody knows, a few days before the end."""
        if not 2 <= days_left <= 4:
            return ()
        digits = f"{int(self._draw('stranger', days_left) * 10**9):018d}"
        return [
            Transfer(
                payer="TREUHAND BODENSEE AG",
                account=with_check_digits("DE", digits),
                amount=10_000 + int(self._draw("strange amount", days_left) * 90_000),
                text="Rechnung laut Vereinbarung",
            )
        ]


def external_id(role: SellerRole, n: int) -> str:
    """The seller's own number of its ``n``-th buyer."""
    return f"{role.order_prefix}-C{1001 + n}"
