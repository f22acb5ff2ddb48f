"""A trade account as plain arithmetic: what the books must say, without looking at them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

HELD = ("authorized", "partially_invoiced")


@dataclass
class Line:
    """A buyer's credit line; amounts are cents."""

    limit: int
    tolerance: int = 0
    state: str = "active"


@dataclass
class Order:
    """An order and how far it has shipped."""

    id: UUID
    buyer: UUID
    amount: int
    tax: int
    state: str
    expires_on: date
    decided: int = 0
    """The amount that was decided on at checkout."""
    invoiced: int = 0
    invoiced_tax: int = 0
    voided: int = 0
    shipped: int = 0
    shipped_tax: int = 0
    """What has shipped and is not billed."""

    @property
    def left(self) -> int:
        """What may still ship."""
        return self.amount - self.invoiced - self.shipped - self.voided

    @property
    def held(self) -> int:
        """What it uses of the credit line beside its invoices."""
        return self.amount - self.invoiced - self.voided if self.state in HELD else 0


@dataclass
class Shipment:
    """What has left of an order; ``invoice`` is None until it is billed."""

    id: UUID
    order: UUID
    amount: int
    tax: int
    shipped_on: date
    invoice: UUID | None = None


@dataclass
class Invoice:
    """An invoice and what became of its amount."""

    id: UUID
    buyer: UUID
    number: str
    amount: int
    tax: int
    due_on: date
    credited: int = 0
    credited_tax: int = 0
    allocated: int = 0
    written_off: int = 0

    @property
    def outstanding(self) -> int:
        return self.amount - self.credited - self.allocated - self.written_off

    @property
    def state(self) -> str:
        if self.outstanding:
            return "open"
        if self.credited == self.amount:
            return "void"
        return "written_off" if self.written_off else "paid"


@dataclass
class Payment:
    """Money that came in. ``buyer`` is None while the payer is unknown."""

    id: UUID
    buyer: UUID | None
    amount: int
    allocated: int = 0
    gone: int = 0
    """What was refunded or taken back by the payer's bank."""

    @property
    def unapplied(self) -> int:
        return self.amount - self.allocated - self.gone


@dataclass
class Allocation:
    """Part of a payment on an invoice; ``left`` is what was not taken back of it."""

    id: UUID
    payment: UUID
    invoice: UUID
    left: int


@dataclass
class Books:
    """All of one seller's trade."""

    lines: dict[UUID, Line] = field(default_factory=dict)
    orders: dict[UUID, Order] = field(default_factory=dict)
    shipments: dict[UUID, Shipment] = field(default_factory=dict)
    invoices: dict[UUID, Invoice] = field(default_factory=dict)
    payments: dict[UUID, Payment] = field(default_factory=dict)
    allocations: dict[UUID, Allocation] = field(default_factory=dict)

    def committed(self, buyer: UUID) -> int:
        return sum(order.held for order in self.orders.values() if order.buyer == buyer)

    def owed(self, buyer: UUID) -> int:
        return sum(i.outstanding for i in self.invoices.values() if i.buyer == buyer)

    def unapplied(self, buyer: UUID | None) -> int:
        return sum(p.unapplied for p in self.payments.values() if p.buyer == buyer)

    def available(self, buyer: UUID) -> int:
        """Limit and tolerance, less what is held and owed, and what was paid in advance back."""
        line = self.lines[buyer]
        used = self.committed(buyer) + self.owed(buyer) - self.unapplied(buyer)
        return line.limit + line.tolerance - used

    def reasons(self, buyer: UUID, amount: int, *, on: date, overdue_days: int) -> tuple[str, ...]:
        """Why an order would be declined; none: it is approved."""
        line = self.lines[buyer]
        found = [] if line.state == "active" else [f"line_{line.state}"]
        dues = [i.due_on for i in self.invoices.values() if i.buyer == buyer and i.outstanding]
        if dues and on - min(dues) > timedelta(days=overdue_days):
            found.append("overdue")
        if amount > self.available(buyer):
            found.append("limit_exceeded")
        return tuple(found)

    def allocate(self, id_: UUID, payment: Payment, invoice: Invoice, amount: int) -> None:
        payment.buyer = invoice.buyer
        payment.allocated += amount
        invoice.allocated += amount
        self.allocations[id_] = Allocation(id_, payment.id, invoice.id, amount)

    def take_back(self, allocation: Allocation, amount: int) -> None:
        allocation.left -= amount
        self.payments[allocation.payment].allocated -= amount
        self.invoices[allocation.invoice].allocated -= amount

    def return_(self, payment: Payment, amount: int) -> None:
        """The payer's bank takes ``amount`` back: first what is unapplied, then what paid last."""
        missing = amount - payment.unapplied
        for allocation in sorted(self.allocations.values(), key=lambda a: a.id, reverse=True):
            if allocation.payment == payment.id and missing > 0:
                back = min(missing, allocation.left)
                self.take_back(allocation, back)
                missing -= back
        payment.gone += amount

    def free(self, invoice: Invoice, amount: int) -> None:
        """Take back ``amount`` of what paid the invoice, the latest allocation first."""
        for allocation in sorted(self.allocations.values(), key=lambda a: a.id, reverse=True):
            if allocation.invoice == invoice.id and amount:
                back = min(amount, allocation.left)
                self.take_back(allocation, back)
                amount -= back
        assert not amount
