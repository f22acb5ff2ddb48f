"""A trade account at work: orders, invoices and payments in a line each."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.flows import books
from usance.flows import checkout, credit_lines, fulfilment, onboarding, settlement
from usance.flows.checkout import Authorization, OrderRequest
from usance.records.credit.models import CreditLine
from usance.records.invoices.models import Invoice
from usance.records.orders.models import Order
from usance.records.parties.models import Buyer, Seller
from usance.records.payments.models import Payment


@dataclass(frozen=True)
class Trade:
    """One seller's trade with one buyer; amounts are cents."""

    seller: Seller
    buyer: Buyer
    line: CreditLine
    at: datetime

    @property
    def act(self) -> dict[str, Any]:
        """When and by whom, for any flow."""
        return {"at": self.at, "by": "test"}

    def request(self, amount: int, tax: int = 0, **fields: Any) -> OrderRequest:
        given = {"seller": self.seller, "buyer_id": self.buyer.id, "currency": "EUR"} | fields
        return OrderRequest(amount=amount, tax_amount=tax, **given)

    def authorize(self, *requests: OrderRequest) -> list[checkout.Outcome]:
        return checkout.authorize_orders(requests, at=self.at)

    def order(self, amount: int, tax: int = 0, **fields: Any) -> Order:
        """An authorized order."""
        [made] = self.authorize(self.request(amount, tax, **fields))
        assert isinstance(made, Authorization), made
        assert made.state == "authorized", made.decision
        return self.stored(Order, made.order_id)

    def invoice(self, amount: int, tax: int = 0) -> Invoice:
        """An order that has shipped whole."""
        order = self.order(amount, tax)
        return fulfilment.invoice_order(self.seller, order_id=order.id, **self.act)

    def payment(self, amount: int, buyer: Buyer | None = None, **fields: Any) -> Payment:
        """Money of this buyer's, or of another's."""
        given = {"currency": "EUR", "received_on": self.at.date()} | self.act | fields
        given.setdefault("buyer_id", (buyer or self.buyer).id)
        return settlement.record_payment(self.seller, amount=amount, **given)

    def pay(self, invoice: Invoice, amount: int | None = None) -> Payment:
        """Money that pays ``invoice`` and nothing else."""
        payment = self.payment(invoice.outstanding if amount is None else amount)
        self.allocate(payment, invoice)
        return self.stored(Payment, payment.id)

    def allocate(self, payment: Payment, invoice: Invoice, amount: int | None = None) -> Any:
        return settlement.allocate(
            self.seller, payment_id=payment.id, invoice_id=invoice.id, amount=amount, **self.act
        )

    def other_buyer(self, *, limit: int = 1_000_000, **fields: Any) -> Trade:
        """A trade of the same seller with another buyer."""
        given = {"name": f"Südwind {secrets.token_hex(3)}", "country": "AT"} | self.act | fields
        buyer = onboarding.create_buyer(self.seller, **given)
        line = credit_lines.set_credit_line(
            self.seller, buyer_id=buyer.id, currency="EUR", limit=limit, **self.act
        )
        return Trade(self.seller, buyer, line, self.at)

    def days_later(self, days: int) -> Trade:
        return Trade(self.seller, self.buyer, self.line, self.at + timedelta(days=days))

    def stored(self, model: Any, id_: Any) -> Any:
        """The row as it is in the database now."""
        return model.objects.get(seller_id=self.seller.id, id=id_)

    def balances(self) -> dict[str, int]:
        """The buyer's accounts, zeros left out, held credit's mirror account too."""
        found = books.balances(self.seller, self.buyer.id)
        assert found.pop("commitments_contra", 0) == -found.get("commitments", 0)
        return found

    def counters(self) -> dict[str, int]:
        return books.counters(self.line)

    def events(self, row: Any) -> list[tuple[str, str | None, int]]:
        return books.events(self.seller, row.id)
