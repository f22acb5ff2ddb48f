"""What answers about shipments, invoices and billing runs look like."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from usance.web.api.answers import Described, Shown, ShownAllowanceOrCharge, ShownLine
from usance.web.api.values import (
    BillingRunId,
    BuyerId,
    CreditNoteId,
    InvoiceId,
    InvoiceState,
    Money,
    OrderId,
    ShipmentId,
    TermsCode,
)


class Shipment(Described):
    """Goods of an order that have left."""

    id: ShipmentId
    object: Literal["shipment"]
    order: OrderId
    buyer: BuyerId
    amount: Money
    tax_amount: Money
    shipped_on: date
    delivered_on: date | None
    carrier: str
    tracking: str
    ship_to: dict[str, str] | None
    billed: bool
    canceled_at: datetime | None = Field(
        description="When it was taken back, before it was billed."
    )
    lines: list[ShownLine]
    allowances_charges: list[ShownAllowanceOrCharge]


class Instalment(Shown):
    """What falls due on one day."""

    due_on: date
    amount: Money
    outstanding: Money = Field(
        description="What was paid, credited or written off counts against the first instalment."
    )


class EarlyDiscount(Shown):
    """What paying by a day takes off."""

    until: date
    percent: str
    amount: Money


class Invoice(Described):
    """What is owed for what has shipped."""

    id: InvoiceId
    object: Literal["invoice"]
    number: str
    kind: Literal["sale", "late_charge"] = Field(
        description="What was sold, or interest and compensation for paying another invoice late."
    )
    buyer: BuyerId
    order: OrderId | None = Field(description="null where it bills several orders.")
    orders: list[OrderId] = Field(description="The orders that it bills.")
    state: InvoiceState
    overdue: bool = Field(description="Something of it should have been paid before today.")
    days_overdue: int = Field(description="Of the first instalment that is not settled in full.")
    amount: Money
    tax_amount: Money
    split_tax: Money = Field(
        description="Tax that the buyer pays to the treasury itself (split payment); in no amount."
    )
    payment_reference: str = Field(
        description="What the payer is asked to quote; empty where nobody is."
    )
    credited: Money
    allocated: Money
    written_off: Money
    outstanding: Money
    terms: TermsCode
    issued_on: date
    due_on: date = Field(description="The day of its last instalment.")
    instalments: list[Instalment] = Field(description="None where it was issued before 0.3.")
    discounts: list[EarlyDiscount]
    period_start: date | None
    period_end: date | None
    tax_point_on: date | None
    closed_on: date | None
    replaces: InvoiceId | None = Field(description="The invoice that it was issued in place of.")
    billing_run: BillingRunId | None
    lines: list[ShownLine]
    allowances_charges: list[ShownAllowanceOrCharge]


class ShippedAnswer(Shown):
    """A shipment, and the invoice that bills it where its buyer does not wait for a cut-off."""

    object: Literal["shipped"]
    shipment: Shipment
    invoice: Invoice | None


class CreditedLine(Shown):
    """What of a line of the invoice was taken back."""

    line: str
    quantity: str
    amount: Money
    tax_amount: Money


class CreditNote(Described):
    """Takes back part or all of an invoice."""

    id: CreditNoteId
    object: Literal["credit_note"]
    number: str
    invoice: InvoiceId
    amount: Money
    tax_amount: Money
    split_tax: Money = Field(description="As of the invoice.")
    reason: str
    issued_on: date
    lines: list[CreditedLine] = Field(description="None where an amount was credited.")


class Correction(Shown):
    """The note that took an invoice back, and the invoice in its place."""

    object: Literal["correction"]
    credit_note: CreditNote
    invoice: Invoice


class BillingFailure(Shown):
    """A buyer that could not be billed."""

    buyer: BuyerId | None = Field(description="null: the run broke down and was given up.")
    code: str
    detail: str


class BillingRun(Described):
    """A run over the buyers whose shipments are due at a cut-off day."""

    id: BillingRunId
    object: Literal["billing_run"]
    state: Literal["running", "finished"]
    cut_off_on: date
    buyer: BuyerId | None = Field(description="null: all buyers.")
    scheduled: bool = Field(description="Whether the calendar began it.")
    buyers_total: int
    buyers_done: int
    invoices: int
    amounts: list[Money]
    failures: list[BillingFailure]
    finished_at: datetime | None


class DraftInvoice(Shown):
    """An invoice as it would be issued. Its document is the semantic model of EN 16931."""

    buyer: BuyerId
    amount: Money
    tax_amount: Money
    split_tax: Money = Field(description="As of an invoice.")
    due_on: date
    shipments: list[ShipmentId]
    document: dict[str, Any]


class BillingPreview(Shown):
    """What a run would issue now."""

    object: Literal["billing_preview"]
    cut_off_on: date
    drafts: list[DraftInvoice]
    failures: list[BillingFailure]
    cut_short: bool = Field(description="Whether a run would issue more than is shown.")
    next: str | None = Field(description="Send it as ``after`` to see the drafts that follow.")
