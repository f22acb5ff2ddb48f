"""What answers look like: the schemas of every public object. They describe; objects.py builds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from usance.web.api.values import (
    AttachmentId,
    BuyerId,
    CreditLineId,
    Currency,
    DecisionId,
    EventId,
    InvoiceId,
    MemberId,
    Money,
    OrderId,
    OrderState,
    ShipmentId,
    TermsCode,
    WebhookEndpointId,
)

DecisionOutcome = Literal["approved", "declined", "review"]


class Shown(BaseModel):
    """Part of an answer."""

    # Every member is always there, so that a client needs no guesses.
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class Described(Shown):
    """What every object carries."""

    created_at: datetime
    external_id: str | None = None
    metadata: dict[str, Any] = {}


Item = TypeVar("Item")


class Page(Shown, Generic[Item]):
    """Part of a list. ``next`` goes into ``after`` of the next request."""

    data: list[Item]
    has_more: bool
    next: str | None


class Buyer(Described):
    """A trade account."""

    id: BuyerId
    object: Literal["buyer"]
    name: str
    country: str
    email: str
    tax_id: str
    registration_number: str
    language: str
    group: str = Field(description="Customer group.")
    parent: BuyerId | None
    domain: str
    po_required: bool
    po_unique: bool
    members_only: bool


class Member(Described):
    """A person who acts for a buyer."""

    id: MemberId
    object: Literal["member"]
    buyer: BuyerId
    name: str
    email: str
    role: Literal["purchaser", "approver", "payer", "admin"]
    order_limit: Money | None = Field(description="The most one order may be; null: no limit.")
    period_limit: Money | None = Field(description="The most all orders of a period may be.")
    period: Literal["day", "week", "month"]
    left_at: datetime | None = Field(description="When the membership ended; null: it has not.")


class Exposure(Shown):
    """What of a credit line is used: commitments + receivable + external - unapplied cash."""

    total: Money
    commitments: Money = Field(description="Authorized, not yet invoiced.")
    receivable: Money = Field(description="Invoiced, not yet paid.")
    external: Money = Field(description="Open items that only the ERP knows of.")
    unapplied_cash: Money = Field(description="Received, not yet allocated.")


class CreditLine(Described):
    """What a buyer may owe in one currency, and what it owes and holds now."""

    id: CreditLineId
    object: Literal["credit_line"]
    buyer: BuyerId
    currency: Currency
    state: Literal["active", "on_hold", "suspended", "closed"]
    hold_reason: str
    limit: Money
    tolerance: Money
    secured: Money = Field(
        description="What cards bear of the exposure: of each order what is held for it."
    )
    exposure: Exposure
    available: Money = Field(
        description="limit + tolerance + secured - exposure; negative if overdrawn."
    )
    terms: list[TermsCode] = Field(description="The terms this buyer is offered.")


class Credit(Shown):
    """A buyer's credit, one line a currency."""

    object: Literal["credit"]
    buyer: BuyerId
    lines: list[CreditLine]


class Reason(Shown):
    """Why an order was not simply approved."""

    code: str
    buyer_safe: bool = Field(description="Whether the buyer may be told.")


class ShownLine(BaseModel):
    """One line of a document; amounts include their tax. What was not said of it is left out, but for
    what every line has."""

    description: str
    sku: str
    quantity: str | None
    unit_price: str | None
    amount: Money
    tax_amount: Money
    unit: str = ""
    tax_rate: str = ""
    tax_category: str = ""
    exemption_reason: str = ""
    classification: str = ""
    discount: int = Field(default=0, description="Minor units without tax.")
    cost_centre: str = ""
    buyer_reference: str = ""


class ShownAllowanceOrCharge(BaseModel):
    """Something put on or taken off the whole; both amounts are above zero for an allowance too."""

    kind: Literal["allowance", "charge"]
    amount: Money = Field(description="Without tax.")
    tax_amount: Money
    reason: str
    reason_code: str
    tax_rate: str
    tax_category: str
    exemption_reason: str


class Offer(Shown):
    """Terms on offer, when an invoice of today would fall due, and what they cost."""

    terms: TermsCode
    due_on: date
    percent: str = Field(description="Of the order; below zero for a discount.")
    fee: Money = Field(description="What the terms add to the order, or take from it.")


class Alternative(Shown):
    """What would have been approved instead."""

    kind: Literal["up_to", "prepaid", "after_paying", "prepaid_in_full"]
    amount: Money = Field(
        description="The largest order, what to pay before, or what to pay of the invoices."
    )
    percent: int | None = Field(description="The part of the order to pay before.")
    invoices: list[str] = Field(description="Numbers of the invoices to pay.")


class OrderIntent(Shown):
    """What would be decided now. Nothing is recorded or held."""

    object: Literal["order_intent"]
    decision: DecisionOutcome
    reasons: list[Reason]
    amount: Money
    terms: TermsCode
    due_on: date
    expires_on: date
    up_to: Money | None = Field(description="The largest order that would be approved.")
    offers: list[Offer]
    alternatives: list[Alternative]


class Order(Described):
    """An order on account."""

    id: OrderId
    object: Literal["order"]
    buyer: BuyerId
    decision: DecisionOutcome
    decision_id: DecisionId
    reasons: list[Reason]
    state: OrderState
    mark_as_paid: bool = Field(description="Whether a shop may treat the order as paid.")
    amount: Money
    tax_amount: Money
    invoiced: Money
    voided: Money
    to_bill: Money = Field(description="Shipped, and not invoiced yet.")
    remaining: Money = Field(description="Neither shipped nor invoiced nor voided.")
    up_to: Money | None = Field(description="The largest order that would have been approved.")
    terms: TermsCode
    due_on: date
    expires_on: date
    alternatives: list[Alternative] = Field(
        description="What would have been approved instead of an order that was not."
    )
    po_number: str
    member: MemberId | None
    cost_centre: str
    ship_to: dict[str, str] | None
    lines: list[ShownLine]
    allowances_charges: list[ShownAllowanceOrCharge]


class OrderToShip(Order):
    """An order, and whether its goods may leave."""

    may_ship: bool = Field(
        description="Whether goods may leave now: as far as a debit or a card secures the order, its"
        " money is as good as you said."
    )
    release_on: date | None = Field(
        description="Until when what it waits for is expected; null: nothing to wait for, or not known."
    )


class Attachment(Described):
    """A file or link that goes with an invoice."""

    id: AttachmentId
    object: Literal["attachment"]
    order: OrderId
    shipment: ShipmentId | None = Field(description="null: of the order as a whole.")
    invoice: InvoiceId | None = Field(description="The invoice that took it; null: none yet.")
    reference: str
    description: str
    url: str = Field(description="Of a link; a file has none.")
    file_name: str
    media_type: str
    size: int = Field(description="Bytes.")
    sha256: str


class Problem(BaseModel):
    """RFC 9457 problem details. ``code`` is stable; ``detail`` says what to do."""

    model_config = ConfigDict(extra="allow")
    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[dict[str, Any]] = Field(
        default=[], description="For 422: each fault with its JSON pointer."
    )


class BatchResult(Shown):
    """What became of one order of a batch."""

    status: int = Field(description="The HTTP status it would have had by itself.")
    order: Order | None
    problem: Problem | None


class BatchAnswer(Shown):
    """What became of each order of a batch, in their order."""

    object: Literal["order_batch"]
    recorded: int
    results: list[BatchResult]


class Event(Described):
    """Something that happened to one object."""

    id: EventId
    object: Literal["event"]
    type: str
    object_type: str
    object_id: str
    buyer: BuyerId | None
    state: str | None = Field(description="The object's new state, if this changed it.")
    currency: Currency | None
    owed_change: int = Field(description="What it added to the buyer's debt, in minor units.")
    actor: str
    data: dict[str, Any]


class WebhookEndpoint(Described):
    """An address that is told what happens."""

    id: WebhookEndpointId
    object: Literal["webhook_endpoint"]
    url: str
    types: list[str] = Field(description="Event types it wants; none: all.")
    state: Literal["active", "disabled"]


class WebhookSecret(WebhookEndpoint):
    """An endpoint with its secret, which is shown this once."""

    secret: str


class Replay(Shown):
    """How many events are sent again."""

    object: Literal["webhook_replay"]
    endpoint: WebhookEndpointId
    events: int
