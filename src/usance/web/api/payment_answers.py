"""What payments, what they pay, and bank files and their lines look like in answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from usance.web.api.answers import Described, Shown
from usance.web.api.values import (
    AllocationId,
    BankStatementId,
    BankTransactionId,
    BuyerId,
    InvoiceId,
    Money,
    PaymentId,
    PaymentState,
    PublicId,
)

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
    outcome: (
        Literal["matched", "proposed", "unapplied", "unidentified", "set_aside", "booked"] | None
    ) = Field(
        description="What became of the money: it pays something, waits for a person with a proposal or"
        " without, nobody knows whose it is, its booking failed and is tried again, or it is the bank's"
        " booking of what `books` names."
    )
    books: Literal["debit_batch", "debit", "debit_return", "card_payout", "funding"] | None = Field(
        description="What the line is the bank's booking of, where it is no payment of its own."
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
