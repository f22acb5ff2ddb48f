"""Orders: checkouts one by one, again and at once; and what becomes of an order."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.flows import books
from tests.flows.racing import at_once
from tests.simulation import model
from tests.simulation.billing import Billing
from tests.simulation.market import AMOUNTS, PERCENT, PICK, REVIEWED
from usance.flows import checkout, fulfilment, order_reviews
from usance.flows.checkout import Authorization, ExternalIdTaken, KeyReused, OrderRequest, Replay
from usance.rules.money import proportion

OPEN = (*model.HELD, "pending_review")


class Ordering(Billing):
    """What shops and warehouses do."""

    def request(self, buyer: Any, amount: int, **fields: Any) -> OrderRequest:
        return OrderRequest(
            seller=self.seller,
            buyer_id=buyer,
            currency="EUR",
            amount=amount,
            tax_amount=amount * 18 // 100,
            **fields,
        )

    def keep(self, made: Authorization) -> None:
        request = made.request
        self.books.orders[made.order_id] = model.Order(
            made.order_id,
            made.buyer_id,
            request.amount,
            request.tax_amount,
            made.state,
            made.decision.expires_on,
            decided=request.amount,
        )

    @rule(n=PICK, amount=AMOUNTS)
    def sell(self, n: int, amount: int) -> None:
        """The plain course of trade: an order, shipped at once."""
        self.order(n, amount)
        order = self.books.orders[self.requests[-1][1].order_id]
        self._ship(order, 100)

    @rule(n=PICK, amount=AMOUNTS)
    def order(self, n: int, amount: int) -> None:
        buyer = list(self.books.lines)[n % 3]
        number = len(self.requests)
        request = self.request(
            buyer,
            amount,
            idempotency_key=f"key-{number}",
            request_hash=b"first",
            external_id=f"S-{number}",
        )
        reasons = self.books.reasons(buyer, amount, on=self.at.date(), overdue_days=30)
        [made] = checkout.authorize_orders([request], at=self.at, answer=lambda m: str(m.order_id))
        assert isinstance(made, Authorization)
        if reasons:
            assert (made.state, made.decision.reasons) == ("declined", reasons)
        else:
            assert made.state == ("pending_review" if amount > REVIEWED else "authorized")
        self.keep(made)
        self.requests.append((request, made))

    @precondition(lambda self: self.requests)
    @rule(n=PICK, how=st.sampled_from(["same", "other body", "other key"]))
    def order_again(self, n: int, how: str) -> None:
        request, made = self.requests[-1 - n % len(self.requests)]
        fields: dict[str, Any] = {
            "idempotency_key": request.idempotency_key,
            "request_hash": b"first",
            "external_id": request.external_id,
        }
        fields |= {
            "other body": {"request_hash": b"x"},
            "other key": {"idempotency_key": "new"},
        }.get(how, {})
        with books.nothing_written(self.seller):
            again = self.request(request.buyer_id, request.amount, **fields)
            [outcome] = checkout.authorize_orders([again], at=self.at)
        if how == "same":
            assert outcome == Replay(201, str(made.order_id))
        else:
            assert type(outcome) is (KeyReused if how == "other body" else ExternalIdTaken)

    @rule(n=PICK, amount=st.sampled_from([9_000, 26_250, 40_000]), threads=st.integers(2, 6))
    def burst(self, n: int, amount: int, threads: int) -> None:
        buyer = list(self.books.lines)[n % 3]
        reasons = self.books.reasons(buyer, 1, on=self.at.date(), overdue_days=30)
        room = 0 if reasons else max(self.books.available(buyer), 0) // amount
        act = partial(checkout.authorize_orders, [self.request(buyer, amount)], at=self.at)
        # Which thread wins is chance; the order in which the model keeps them is not.
        outcomes = [made for [made] in at_once([act] * threads)]
        for made in sorted(outcomes, key=lambda m: m.state):
            assert isinstance(made, Authorization)
            self.keep(made)
            room -= made.state == "authorized"
            threads -= made.state == "authorized"
        assert room == 0 or (room > 0 and threads == 0), "exactly as many as fit"

    @precondition(lambda self: self.books.orders)
    @rule(n=PICK, percent=PERCENT)
    def ship(self, n: int, percent: int) -> None:
        self._ship(self.pick_live(self.books.orders, n, lambda order: order.held), percent)

    def _ship(self, order: model.Order, percent: int) -> None:
        left = order.left
        amount = left * percent // 100
        allowed = order.state in model.HELD and 0 < amount <= left
        made = self.expect(
            allowed,
            partial(
                fulfilment.invoice_order,
                self.seller,
                order_id=order.id,
                amount=amount,
                external_id=f"I-{len(self.books.invoices)}",
                **self.act,
            ),
        )
        if made:
            tax = self.tax_of(order, amount)
            assert made.amount == amount
            self.states(made, charged=tax)
            order.invoiced += amount
            order.invoiced_tax += tax
            self.keep_invoice(made)
            order.state = "partially_invoiced" if order.held else "invoiced"

    @precondition(lambda self: self.books.orders)
    @rule(n=PICK, how=st.sampled_from(["void", "cancel", "expire", "renew", "confirm", "decline"]))
    def end(self, n: int, how: str) -> None:
        order = self.pick_live(self.books.orders, n, lambda order: order.state in OPEN)
        held, pending = order.state in model.HELD, order.state == "pending_review"
        line = self.books.lines[order.buyer]
        room = self.books.available(order.buyer)
        allowed = {
            "void": held and order.left > 0,
            "cancel": (order.state == "authorized" and not order.shipped) or pending,
            "expire": (held or pending) and order.left > 0 and order.expires_on < self.at.date(),
            "renew": held,
            "confirm": pending
            and order.expires_on >= self.at.date()
            and line.state == "active"
            and order.amount <= room,
            "decline": pending,
        }[how]
        flow = {
            "void": fulfilment.void_remaining,
            "cancel": fulfilment.cancel_order,
            "expire": fulfilment.expire_order,
            "renew": partial(fulfilment.renew_order, days=10),
            "confirm": order_reviews.confirm_order,
            "decline": order_reviews.decline_order,
        }[how]
        if not self.expect(allowed, partial(flow, self.seller, order_id=order.id, **self.act)):
            return
        if how == "renew":
            order.expires_on = self.at.date() + timedelta(days=10)
        elif how in ("confirm", "decline"):
            order.state = {"confirm": "authorized", "decline": "declined"}[how]
        else:
            order.voided += order.left
            ending = "expired" if how == "expire" else "canceled"
            if order.shipped:
                self.bill_rest(order)
            else:
                order.state = "invoiced" if order.invoiced else ending

    @precondition(lambda self: self.books.orders)
    @rule(n=PICK, percent=st.sampled_from([1, 50, 90, 110, 200, 1000]))
    def adjust(self, n: int, percent: int) -> None:
        order = self.pick_live(self.books.orders, n, lambda order: order.state in OPEN)
        amount = order.amount * percent // 100
        tax = proportion(order.tax, part=amount, whole=order.amount)
        change = amount - order.amount
        used, used_tax = order.invoiced + order.shipped, order.invoiced_tax + order.shipped_tax
        allowed = (
            order.state in model.HELD
            and amount > used
            and tax >= used_tax
            and tax - used_tax <= amount - used
            and (change <= 0 or self._may_grow(order, amount))
        )
        act = partial(
            fulfilment.adjust_order, self.seller, order_id=order.id, amount=amount, **self.act
        )
        if amount > 0 and self.expect(allowed, act):
            order.amount, order.tax = amount, tax

    def _may_grow(self, order: model.Order, amount: int) -> bool:
        """A larger order is decided anew; what a person let pass may grow by a tenth of itself."""
        if self.books.reasons(
            order.buyer, amount - order.amount, on=self.at.date(), overdue_days=30
        ):
            return False
        return amount <= REVIEWED or (
            order.decided > REVIEWED and 100 * amount <= 110 * order.decided
        )
