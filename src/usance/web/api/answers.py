"""What answers look like: the schemas of every public object. They describe; objects.py builds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from usance.web.api.values import (
    AllocationId,
    AttachmentId,
    BankStatementId,
    BankTransactionId,
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
    PaymentId,
    PaymentState,
    PublicId,
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
    exposure: Exposure
    available: Money = Field(description="limit + tolerance - exposure; negative if overdrawn.")
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


MatchProposalId = Annotated[UUID, PublicId("match_proposal")]
ProposalState = Literal["open", "booked", "accepted", "dismissed", "superseded", "undone"]
Confidence = Annotated[
    int, Field(description="The probability of being right in basis points: 10,000 is certain.")
]


class ReasonShown(Shown):
    """One ground, as a code with what fills its sentence, and as the sentence."""

    code: str
    parameters: dict[str, str | int]
    text: str


class HeldBackShown(Shown):
    """Why a reading did not book itself."""

    code: str
    text: str


class MatchShown(Shown):
    """What the matching made of a payment, and what became of that (``state``)."""

    proposal: MatchProposalId
    state: ProposalState
    rule: str
    confidence: Confidence
    reasons: list[ReasonShown]


class Payment(Described):
    """Money received."""

    id: PaymentId
    object: Literal["payment"]
    buyer: BuyerId | None
    bank_transaction: BankTransactionId | None
    state: PaymentState
    method: str
    amount: Money
    allocated: Money
    refunded: Money
    returned: Money = Field(description="What the payer's bank or the provider took back.")
    unapplied: Money
    received_on: date
    payer: str
    reference: str
    match: MatchShown | None
    held_back: list[HeldBackShown] = Field(
        description="Why it waits for a person; empty where it does not."
    )


class Allocation(Described):
    """Part of a payment pays part of an invoice; a negative amount takes it back.

    ``amount`` is what it settles of the invoice, ``deduction`` the part of that which is given up
    instead of paid, and ``used`` what it takes of the payment, in the payment's currency.
    """

    id: AllocationId
    object: Literal["allocation"]
    payment: PaymentId
    invoice: InvoiceId
    amount: Money
    used: Money
    deduction: Money
    deduction_kind: Literal["discount", "bank_charges", "tolerance"] | None
    rule: str
    explanation: str
    reverses: AllocationId | None


class BankStatement(Described):
    """A bank file, taken once."""

    id: BankStatementId
    object: Literal["bank_statement"]
    file_name: str
    format: str
    account: str
    transactions: int = Field(description="Lines that no other file had brought.")
    duplicates: int
    findings: list[dict[str, Any]] = Field(
        description="What does not add up, is there twice or is missing: each with a stable `code`, its"
        " `account`, the figures in `data` (amounts in minor units of `currency`) and a plain `text`."
    )


class AccountStatement(Shown):
    """What a bank file says of one account over one period."""

    kind: Literal["statement", "report", "notification", "export"]
    account: str
    currency: str
    identifier: str
    sequence: int | None
    opening: Money | None
    closing: Money | None
    period_from: date | None
    period_to: date | None
    transactions: int
    duplicates: int


class BankStatementDetails(BankStatement):
    """A bank file with what it says of each account."""

    accounts: list[AccountStatement]


class SetAsideShown(Shown):
    """Why a line could not be booked, and when it is tried again."""

    code: str
    reason: str
    attempts: int
    again_at: datetime


class BankTransaction(Described):
    """One line of a bank statement; a positive amount is money in."""

    id: BankTransactionId
    object: Literal["bank_transaction"]
    statement: BankStatementId
    state: Literal["unsettled", "settled", "outgoing", "split"] = Field(
        description="`split`: other lines stand in its place, the payments that it was made of."
    )
    outcome: Literal["matched", "proposed", "unapplied", "unidentified", "set_aside"] | None = (
        Field(
            description="What became of the money: it pays something, waits for a person with a proposal or"
            " without, nobody knows whose it is, or its booking failed and is tried again."
        )
    )
    set_aside: SetAsideShown | None
    payment: PaymentId | None
    batch: BankTransactionId | None = Field(
        description="The line that was split into this and others."
    )
    amount: Money
    booked_on: date
    value_on: date | None
    counterparty: str
    counterparty_account: str
    text: str
    structured_reference: str
    end_to_end_id: str
    bank_reference: str
    returned: bool = Field(description="A payment that comes back.")
    return_reason: str
    info: str = Field(description="What the bank wrote, not the payer.")


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
