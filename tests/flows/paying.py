"""Cards at work in a line each: a provider in memory, and the jobs that a worker would run."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.flows.trading import Trade
from usance.flows import connections, fulfilment
from usance.flows.cards import authorizing, charging, notices, pages, sending, tending
from usance.gateways.psp.memory import SIGNATURE, MemoryProvider
from usance.records.cards import queries
from usance.records.cards.models import CardAuthorization, CardInstruction, StoredCard
from usance.records.connections.models import Connection
from usance.records.credit.models import CreditLine
from usance.records.invoices.models import Invoice
from usance.records.orders.models import Order
from usance.records.payments.models import Payment


@dataclass
class Till:
    """A seller that takes cards."""

    trade: Trade
    provider: MemoryProvider
    connection: Connection
    told: int = field(default=0)

    @classmethod
    def of(cls, trade: Trade) -> Till:
        made = connections.create_connection(
            trade.seller, kind="stripe", secrets={"secret_key": "sk_test_x"}, **trade.act
        )
        return cls(trade, MemoryProvider(at=trade.at), made)

    @property
    def at(self) -> datetime:
        return self.trade.at

    def later(self, **time: float) -> Till:
        """The same till after some time."""
        trade = Trade(
            self.trade.seller, self.trade.buyer, self.trade.line, self.at + timedelta(**time)
        )
        self.provider.at = trade.at
        return Till(trade, self.provider, self.connection)

    def card(self, *, consent: str = "") -> StoredCard:
        """The buyer types its card on the provider's page."""
        page = pages.want_page(
            self.trade.seller, buyer_id=self.trade.buyer.id, kind="store",
            return_url="https://shop.example/back", consent_words=consent,
            charge_at_due=bool(consent), **self.trade.act,
        )  # fmt: skip
        self.visit(page.id)
        found = queries.cards(seller_id=self.trade.seller.id).order_by("-id").first()
        assert found is not None
        return found

    def visit(self, page_id: UUID) -> None:
        """The buyer goes to a page, types its card, and comes back."""
        page, _ = pages.open_page(
            self.trade.seller, page_id=page_id, at=self.at, provider=self.provider
        )
        self.provider.type_card(page.reference)
        pages.look_at_page(
            seller_id=self.trade.seller.id, page_id=page_id, at=self.at, provider=self.provider
        )

    def authorize(self, card: StoredCard, **fields: Any) -> CardAuthorization:
        made = authorizing.request_authorization(
            self.trade.seller, card_id=card.id, **fields, **self.trade.act
        )
        self.work()
        return self.now(made)

    def work(self) -> None:
        """What a worker does for this seller until nothing is due."""
        for _ in range(20):
            done = 0
            for it in self._mine(tending.to_claim(at=self.at, limit=10_000)):
                tending.claim(seller_id=it[0], order_id=it[1], at=self.at)
                done += 1
            for it in self._mine(tending.to_tend(at=self.at, limit=10_000)):
                tending.tend(seller_id=it[0], order_id=it[1], at=self.at)
            job: dict[str, Any] = {"at": self.at, "chance": 0.0, "provider": self.provider}
            for it in self._mine(notices.due(at=self.at, limit=10_000)):
                notices.work_on(seller_id=it[0], event_id=it[1], **job)
                done += 1
            for it in self._mine(sending.due(at=self.at, limit=10_000)):
                sending.attend(seller_id=it[0], instruction_id=it[1], **job)
                done += 1
            if not done:
                return
        raise AssertionError("there is always something to do")

    def _mine(self, found: list[tuple[UUID, UUID]]) -> list[tuple[UUID, UUID]]:
        """Those of this seller: the tests of a run share one database."""
        return [it for it in found if it[0] == self.trade.seller.id]

    def charge_due(self) -> int:
        count = charging.charge_due(seller_id=self.trade.seller.id, at=self.at)
        self.work()
        return count

    def notice(self, id_: str, kind: str, reference: str, **more: Any) -> bool:
        """A notice of the provider arrives."""
        body = {"id": id_, "kind": kind, "reference": reference} | more
        return notices.take_notice(
            seller_id=self.trade.seller.id, connection_id=self.connection.id,
            body=json.dumps(body).encode(), headers={SIGNATURE: "memory"}, at=self.at,
            provider=self.provider,
        )  # fmt: skip

    def now(self, row: CardAuthorization) -> CardAuthorization:
        return CardAuthorization.objects.get(seller_id=row.seller_id, id=row.id)

    def all(self) -> list[CardAuthorization]:
        return list(CardAuthorization.objects.filter(seller_id=self.trade.seller.id).order_by("id"))

    def instructions(self) -> list[tuple[str, str]]:
        rows = CardInstruction.objects.filter(seller_id=self.trade.seller.id).order_by("id")
        return [(row.kind, row.state) for row in rows]

    def line(self) -> CreditLine:
        return CreditLine.objects.get(
            seller_id=self.trade.seller.id, buyer_id=self.trade.buyer.id, currency="EUR"
        )

    def order(self, order: Order) -> Order:
        return Order.objects.get(seller_id=order.seller_id, id=order.id)


def invoice_of(till: Till, order: Order, amount: int | None = None) -> Invoice:
    made = fulfilment.invoice_order(
        till.trade.seller, order_id=order.id, amount=amount, **till.trade.act
    )
    till.work()
    return Invoice.objects.get(seller_id=made.seller_id, id=made.id)


def payments(till: Till) -> list[Payment]:
    return list(Payment.objects.filter(seller_id=till.trade.seller.id).order_by("id"))


def secured(till: Till, amount: int = 20_000, **fields: Any) -> tuple[Order, Any]:
    order = till.trade.order(amount, **fields)
    return order, till.authorize(till.card(), order_id=order.id)


def due(till: Till, invoice: Invoice, days: int = 0) -> Till:
    return till.later(days=(invoice.due_on - till.at.date()).days + days)


def dispute(state: str, amount: int, reference: str, fee: int = 0) -> dict[str, Any]:
    return {
        "reference": "dp_1", "authorization": reference, "state": state, "amount": amount,
        "currency": "EUR", "reason": "fraudulent", "fee": fee,
    }  # fmt: skip
