"""Payouts, payments, returns, credit notes, write-offs and recourse in any order: the books agree with
what the partner has in its own."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.flows import books
from tests.flows.funding_desk import FundingDesk
from tests.flows.trading import Trade
from usance.flows import billing, credit_lines, repayments
from usance.flows.refusals import Refused
from usance.records.funding.models import Advance
from usance.records.invoices.models import Invoice
from usance.records.payments.models import Payment

ACTS = (
    "pay", "pay", "pay", "return", "credit", "write_off", "collect", "recourse", "lose", "later",
    "fund", "fund",
)  # fmt: skip


class Story:
    """One seller's funding, acted at random. ``kept`` is what the partner kept of what buyers paid to
    it, by advance: the test's own count."""

    def __init__(self, desk: FundingDesk, seed: int) -> None:
        self.desk, self.chance = desk, random.Random(seed)
        self.invoices: list[Invoice] = []
        self.kept: dict[str, int] = {}

    def play(self, acts: int) -> None:
        self.fund()
        for _ in range(acts):
            act = self.chance.choice(ACTS)
            try:
                getattr(self, act)()
            except Refused:
                continue  # what the flows refuse writes nothing
            if self.chance.random() < 0.7:
                self.desk.work()
        self.desk.partner.lose_answers = 0
        self.desk.later(1)
        self.desk.work()
        self.settle()

    def settle(self) -> None:
        """All answers are in: our books and the partner's are the same."""
        for row in Advance.objects.filter(seller_id=self.desk.trade.seller.id, is_out=True):
            theirs = self.desk.partner.advances[row.reference]
            owed = row.advanced - theirs.remitted - self.kept.get(row.reference, 0)
            assert owed == row.still_out + row.absorbed, row.id
        assert books.broken(self.desk.trade.seller) == []

    def fund(self) -> None:
        amount = self.chance.choice((1_000_000, 99_999, 12_345))
        # A buyer that owes something overdue gets no more, so each order is another's.
        invoice = self.desk.trade.other_buyer(limit=10_000_000).invoice(amount)
        self.desk.work()
        self.invoices.append(invoice)
        advance = self.desk.advance(invoice)
        if advance.reference and self.chance.random() < 0.9:
            self.desk.pay_out(advance)

    def some(self) -> Invoice:
        return Invoice.objects.get(id=self.chance.choice(self.invoices).id)

    def pay(self) -> None:
        invoice = self.some()
        if invoice.state == "open":
            part = self.chance.choice((1, 2, 3))
            amount = max(invoice.outstanding // part, 1)
            payment = self.desk.trade.payment(amount, buyer=invoice.buyer)
            self.desk.trade.allocate(payment, invoice)

    def give_back(self) -> None:
        found = list(Payment.objects.filter(seller_id=self.desk.trade.seller.id).order_by("id"))
        mine = [one for one in found if one.method == "bank_transfer"]
        if mine:
            repayments.return_payment(
                self.desk.trade.seller, payment_id=self.chance.choice(mine).id, at=self.desk.at,
                by="test",
            )  # fmt: skip

    def credit(self) -> None:
        invoice = self.some()
        amount = self.chance.randint(1, max((invoice.amount - invoice.credited) // 2, 1))
        billing.credit_invoice(
            self.desk.trade.seller, invoice_id=invoice.id, amount=amount, at=self.desk.at, by="test"
        )

    def write_off(self) -> None:
        if self.chance.random() < 0.4:
            billing.write_off_invoice(
                self.desk.trade.seller, invoice_id=self.some().id, at=self.desk.at, by="test"
            )

    def collect(self) -> None:
        """The buyer pays the partner."""
        self.desk.work()
        advance = self.desk.advance(self.some())
        if not advance.is_out or advance.state != "paid_out":
            return
        amount = self.chance.randint(1, advance.base)
        before = advance.still_out
        now = self.desk.partner.advances[advance.reference]
        lost, self.desk.partner.lose_answers = self.desk.partner.lose_answers, 0
        self.desk.tell(advance, "advance.collected", collected=now.collected + amount)
        self.desk.partner.lose_answers = lost
        after = Advance.objects.get(id=advance.id)
        if after.collected > advance.collected:
            kept = self.kept.get(advance.reference, 0)
            self.kept[advance.reference] = kept + min(amount, before)

    def recourse(self) -> None:
        if self.chance.random() < 0.3:
            self.desk.recourse_on(self.desk.advance(self.some()).recourse_on)

    def lose(self) -> None:
        self.desk.partner.lose_answers = 1

    def later(self) -> None:
        self.desk.later(self.chance.randint(1, 10))


setattr(Story, "return", Story.give_back)


@pytest.mark.parametrize("kind", ["with_recourse", "without_recourse", "insured"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order_keeps_the_books(trade: Trade, kind: str, seed: int) -> None:
    credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="EUR", limit=100_000_000, **trade.act
    )
    desk = FundingDesk.of(trade, interest=600)
    policy: dict[str, Any] = {"interest": 600}
    if kind == "insured":
        policy |= {"insurer": "Coface", "insured_share": 9_000, "premium": 40, "claim_days": 90}
    desk.program(kind, **policy)
    Story(desk, seed).play(25)
