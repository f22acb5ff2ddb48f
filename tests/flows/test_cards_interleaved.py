"""Answers, notices, refunds, disputes and lost connections in any order: the books stay sound, and at the
end what we keep is what the provider says."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.flows import books
from tests.flows.collecting import Desk
from tests.flows.paying import Till
from tests.flows.trading import Trade
from usance.flows import fulfilment
from usance.flows.cards import authorizing
from usance.flows.refusals import Refused
from usance.gateways.psp import Dispute, Payout, PayoutPart
from usance.records.cards.models import (
    CardAuthorization,
    CardDispute,
    CardInstruction,
    CardReceipt,
)
from usance.records.orders.models import Order
from usance.records.payments.models import Payment
from usance.rules.orders import InvalidOrder

STEPS = 30


class World:
    """One order after another, by cards that fail at times and a provider that loses answers."""

    def __init__(self, till: Till, seed: int) -> None:
        self.chance = random.Random(seed)
        self.till = till
        self.card = till.card()
        self.orders: list[Order] = []
        self.notices = 0
        self.disputed: set[str] = set()
        self.told: list[dict[str, Any]] = []
        self.paid_out: set[str] = set()

    def step(self) -> None:
        acts = (
            self.order, self.invoice, self.grow, self.cancel, self.refund, self.notice, self.notice,
            self.dispute, self.win, self.fail, self.lose, self.decline, self.pay_otherwise, self.wait,
            self.pay_out, self.till.work,
        )  # fmt: skip
        try:
            self.chance.choice(acts)()
        except (Refused, InvalidOrder):
            return  # what cannot be done now leaves nothing behind

    def order(self) -> None:
        made = self.till.trade.order(self.chance.randrange(1_000, 50_000))
        self.orders.append(made)
        authorizing.request_authorization(
            self.till.trade.seller, card_id=self.card.id, order_id=made.id, **self.till.trade.act
        )

    def _order(self) -> Order:
        if not self.orders:
            self.order()
        return self.till.order(self.chance.choice(self.orders))

    def invoice(self) -> None:
        order = self._order()
        amount = self.chance.choice([None, max(order.held // 3, 1)])
        fulfilment.invoice_order(
            self.till.trade.seller, order_id=order.id, amount=amount, **self.till.trade.act
        )

    def grow(self) -> None:
        order = self._order()
        amount = order.amount + self.chance.randrange(1, 5_000)
        fulfilment.adjust_order(
            self.till.trade.seller, order_id=order.id, amount=amount, **self.till.trade.act
        )

    def cancel(self) -> None:
        fulfilment.void_remaining(
            self.till.trade.seller, order_id=self._order().id, **self.till.trade.act
        )

    def _some(self) -> CardAuthorization | None:
        found = [row for row in self.till.all() if row.reference]
        return self.chance.choice(found) if found else None

    def refund(self) -> None:
        row = self._some()
        if row is not None and row.captured:
            authorizing.request_refund(
                self.till.trade.seller, authorization_id=row.id,
                amount=self.chance.randrange(1, row.captured + 1), **self.till.trade.act,
            )  # fmt: skip

    def notice(self) -> None:
        row = self._some()
        if row is not None:
            self.notices += self.chance.random() < 0.7  # else the same notice once more
            self.till.notice(f"evt_{self.notices}", "authorization", row.reference)

    def dispute(self) -> None:
        row = self._some()
        left = row.captured - row.refunded + row.refund_failed if row is not None else 0
        if row is None or not left or row.reference in self.disputed:
            return
        self.disputed.add(row.reference)
        self.notices += 1
        told = Dispute(
            reference=f"dp_{self.notices}", authorization=row.reference,
            state=self.chance.choice(["open", "lost"]), amount=left,
            currency="EUR", reason="fraudulent", fee=self.chance.choice([0, 1_500]),
        )  # fmt: skip
        body = {name: getattr(told, name) for name in told.__slots__}
        self.told.append(body)
        if self.chance.random() < 0.8:  # else the notice that it was won comes first
            self.till.notice(f"evt_{self.notices}", "dispute", told.reference, dispute=body)

    def win(self) -> None:
        if self.told:
            body = self.chance.choice(self.told)
            self.notices += 1
            state = self.chance.choice(["open", "won"])
            self.till.notice(
                f"evt_{self.notices}", "dispute", body["reference"], dispute=body | {"state": state}
            )

    def fail(self) -> None:
        row = self._some()
        said = self.till.provider.held[row.reference] if row is not None else None
        if row is not None and said is not None and said.refunded > said.refund_failed:
            self.till.provider.fail_refund(row.reference, amount=said.refunded - said.refund_failed)
            self.notices += 1
            self.till.notice(f"evt_{self.notices}", "authorization", row.reference)

    def pay_out(self) -> None:
        row = self._some()
        if row is None or not row.captured or row.reference in self.paid_out:
            return
        self.paid_out.add(row.reference)
        name = f"po_{len(self.paid_out):07d}"
        part = PayoutPart(
            reference="t", kind="charge", amount=row.captured, fee=9, authorization=row.reference
        )
        self.till.provider.sent[name] = Payout(
            reference=name, state="announced", amount=row.captured - 9, currency="EUR",
            arrives_on=self.till.at.date(), names=(name,), marks=("STRIPE",), parts=(part,),
        )  # fmt: skip
        desk = Desk(self.till.trade)
        late = self.chance.random() < 0.5
        if late:
            desk.bank(desk.line(row.captured - 9, remittance_text=f"STRIPE {name}"))
        self.notices += 1
        self.till.notice(f"evt_{self.notices}", "payout", name)
        self.till.work()
        if not late:
            desk.bank(desk.line(row.captured - 9, remittance_text=f"STRIPE {name}"))

    def lose(self) -> None:
        self.till.provider.lose_answers += 1

    def decline(self) -> None:
        declines = self.till.provider.declines
        if declines.pop(self.card.token, None) is None:
            declines[self.card.token] = self.chance.choice(["insufficient_funds", "expired_card"])

    def pay_otherwise(self) -> None:
        from usance.records.invoices.models import Invoice

        found = Invoice.objects.filter(seller_id=self.till.trade.seller.id, state="open").first()
        if found is not None:
            self.till.trade.pay(found, min(found.outstanding, 700))

    def wait(self) -> None:
        self.till = self.till.later(minutes=self.chance.choice([1, 45, 60 * 24, 60 * 24 * 6]))
        self.till.work()


@pytest.mark.parametrize("seed", range(12))
def test_any_order_of_things_keeps_the_books(trade: Trade, seed: int) -> None:
    Desk.of(trade)
    world = World(Till.of(trade), seed)
    for _ in range(STEPS):
        world.step()
        assert books.broken(trade.seller) == [], seed
    world.till.provider.lose_answers = 0
    world.till.provider.declines.clear()
    for _ in range(12):  # every refusal and every lost answer has had its time
        world.till = world.till.later(hours=13)
        world.till.work()
    assert books.broken(trade.seller) == []
    said = world.till.provider.held
    kept = {row.reference: row for row in world.till.all() if row.reference}
    assert set(kept) == set(said)
    for reference, row in kept.items():
        assert (row.captured, row.refunded, row.refund_failed) == (
            said[reference].captured, said[reference].refunded, said[reference].refund_failed,
        )  # fmt: skip
        assert row.capturable == said[reference].capturable, reference
    queued = CardInstruction.objects.filter(seller_id=trade.seller.id, state="queued")
    assert not queued.exists()
    captures = CardReceipt.objects.filter(seller_id=trade.seller.id, kind="capture")
    assert sum(one.amount for one in captures) == sum(row.captured for row in kept.values())
    # What the provider owes by the books is what it took, gave back and lost, less what it paid out.
    owed = sum(row.captured - row.refunded + row.refund_failed for row in kept.values())
    owed -= sum(row.captured for row in kept.values() if row.reference in world.paid_out)
    for one in CardDispute.objects.filter(seller_id=trade.seller.id):
        owed -= one.fee + (0 if one.won_at else one.taken + one.twice)
    clearing = books.balances(trade.seller, trade.buyer.id).get("clearing", 0)
    assert (clearing, books.balances(trade.seller, None).get("clearing", 0)) == (owed, 0)
    assert (
        not Payment.objects.filter(seller_id=trade.seller.id, buyer_id__isnull=True)
        .exclude(state="returned")
        .exists()
    )
    secured = sum(row.secured for row in kept.values())
    assert (
        world.till.line().secured
        == secured
        == sum(row.capturable for row in kept.values() if row.state == "authorized")
    )
