"""What programs send and get about cash application: proposals, payments put right, the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from usance.flows.matching_rules import LEAST_CONFIDENCE, LONGEST_GRACE
from usance.records.identity import public_id
from usance.records.payments.models import MatchingRules, Proposal, Repayment
from usance.rules.money import LARGEST_AMOUNT
from usance.web.api import answers, objects
from usance.web.api.payment_answers import (
    Confidence,
    HeldBackShown,
    MatchProposalId,
    ProposalState,
    ReasonShown,
)
from usance.web.api.values import (
    BuyerId,
    Currency,
    Day,
    ExternalId,
    InvoiceId,
    Money,
    PaymentId,
    PositiveMoney,
    ShortText,
    Value,
)
from usance.web.words.matching import held_back_text, reason_text

DisputeReason = Literal[
    "price",
    "quantity",
    "damaged",
    "not_delivered",
    "returned",
    "discount",
    "duplicate",
    "paid_already",
    "tax",
    "other",
]
Units = Annotated[int, Field(strict=True, ge=0, le=LARGEST_AMOUNT)]


class ShareShown(answers.Shown):
    """What one document gets. A credit's ``amount`` is taken off what the invoices need."""

    kind: Literal["invoice", "credit_note"]
    invoice: InvoiceId | None
    payment: PaymentId | None = Field(description="The payment that a credit note has freed.")
    amount: Money
    discount: Money
    charges: Money
    tolerance: Money
    short: Money = Field(description="What stays open.")
    deduction_reason: str


class ReadingShown(answers.Shown):
    """One reading of a bank line. In another currency than the payment's, a person converts it."""

    buyer: BuyerId
    currency: Currency
    confidence: Confidence
    rule: str
    shares: list[ShareShown]
    unapplied: Money
    reasons: list[ReasonShown]


class MatchProposalShown(answers.Described):
    """What the matching makes of a payment. ``readings`` begin with the best."""

    id: MatchProposalId
    object: Literal["match_proposal"]
    payment: PaymentId
    state: ProposalState
    confidence: Confidence
    rule: str
    readings: list[ReadingShown]
    held_back: list[HeldBackShown]
    decided_at: datetime | None
    decided_by: str


class AcceptProposal(Value):
    """Which reading is right, counted from 0; and, where it is short, whether that is disputed."""

    reading: Annotated[int, Field(strict=True, ge=0, le=20)] = 0
    dispute: DisputeReason | None = Field(
        default=None, description="What is short is disputed for this reason; null: it stays open."
    )
    rate: Literal["own", "bank"] | None = Field(
        default=None,
        description="In another currency, whose exchange rate is right; null: the bank's where it is"
        " close to yours, else you are asked (`rates_apart`).",
    )


class NewRefund(Value):
    """How much of what is unapplied is given back (null: all of it)."""

    amount: PositiveMoney | None = None
    reason: ShortText = ""
    external_id: ExternalId | None = None


class NewReturn(Value):
    """What the payer's bank or the card provider took back (null: all that is left)."""

    amount: PositiveMoney | None = None
    kind: Literal["return", "chargeback"] = "return"
    reason_code: Annotated[str, Field(max_length=32, pattern=r"^[^\x00]*$")] = ""
    reason: ShortText = ""
    fee: PositiveMoney | None = Field(default=None, description="What the bank charges for it.")
    on: Day | None = None
    external_id: ExternalId | None = None


class RepaymentShown(answers.Shown):
    """Money of a payment that is gone again."""

    object: Literal["repayment"]
    payment: PaymentId
    kind: Literal["refund", "return", "chargeback", "split"]
    amount: Money
    on: date
    reason_code: str
    reason: str
    external_id: str | None
    created_at: datetime


class MatchingRulesFields(Value):
    """How far the matching goes. Amounts are minor units of whatever currency a line is in."""

    self_book_from: Annotated[
        int,
        Field(
            strict=True,
            ge=LEAST_CONFIDENCE,
            le=10_000,
            description="Lowest confidence in basis points that books itself.",
        ),
    ] = 9_900
    tolerance_amount: Annotated[
        Units, Field(description="A difference is given up if it exceeds neither this")
    ] = 100
    tolerance_basis_points: Annotated[
        int, Field(strict=True, ge=0, le=10_000, description="nor this share of what was due.")
    ] = 50
    charges_limit: Annotated[
        Units, Field(description="The most that may be missing for charges that nobody states.")
    ] = 3_000
    discount_grace_days: Annotated[
        int,
        Field(
            strict=True,
            ge=0,
            le=LONGEST_GRACE,
            description="How many days late a discount is still granted.",
        ),
    ] = 3
    large_from: Annotated[
        Units, Field(description="From here on a line books itself on two grounds only.")
    ] = 1_000_000
    book_part_payments: bool = True
    second_person_from: Annotated[
        Units | None, Field(description="Write-offs from here on need a second person; null: none.")
    ] = None


class MatchingRulesShown(answers.Shown):
    """How far the matching goes."""

    object: Literal["matching_rules"]
    self_book_from: int
    tolerance_amount: int
    tolerance_basis_points: int
    charges_limit: int
    discount_grace_days: int
    large_from: int
    book_part_payments: bool
    second_person_from: int | None


def proposal(it: Proposal) -> dict[str, Any]:
    """A proposal as it is shown."""
    return objects.head("match_proposal", it.id, it.created_at) | {
        "payment": public_id("payment", it.payment_id),
        "state": it.state,
        "confidence": it.confidence,
        "rule": it.rule,
        "readings": [_reading(one) for one in (it.best, *it.alternatives)],
        "held_back": held_back(it.held_back),
        "decided_at": it.decided_at,
        "decided_by": it.decided_by,
    }


def _reading(kept: Mapping[str, Any]) -> dict[str, Any]:
    currency = kept["currency"]
    return {
        "buyer": public_id("buyer", UUID(kept["buyer"])),
        "currency": currency,
        "confidence": kept["confidence"],
        "rule": kept["rule"],
        "shares": [_share(share, currency) for share in kept["shares"]],
        "unapplied": objects.money(kept["unapplied"], currency),
        "reasons": reasons(kept["reasons"], currency=currency),
    }


def _share(share: Mapping[str, Any], currency: str) -> dict[str, Any]:
    of_invoice = share["kind"] == "invoice"
    item = UUID(share["item_id"])
    return {
        "kind": share["kind"],
        "invoice": public_id("invoice", item) if of_invoice else None,
        "payment": None if of_invoice else public_id("payment", item),
        "deduction_reason": share["deduction_reason"],
    } | {
        name: objects.money(share[name], currency)
        for name in ("amount", "discount", "charges", "tolerance", "short")
    }


def reasons(kept: Sequence[Sequence[Any]], *, currency: str) -> list[dict[str, Any]]:
    """The grounds of a kept reading."""
    return [
        {
            "code": code,
            "parameters": parameters,
            "text": reason_text(code, parameters, currency=currency),
        }
        for code, parameters in kept
    ]


def held_back(codes: Sequence[str]) -> list[dict[str, Any]]:
    """Why a reading did not book itself."""
    return [{"code": code, "text": held_back_text(code)} for code in codes]


def repayment(it: Repayment, *, currency: str) -> dict[str, Any]:
    """A repayment as it is shown."""
    return {
        "object": "repayment",
        "payment": public_id("payment", it.payment_id),
        "kind": it.kind,
        "amount": objects.money(it.amount, currency),
        "on": it.on,
        "reason_code": it.reason_code,
        "reason": it.reason,
        "external_id": it.external_id,
        "created_at": it.created_at,
    }


def rules(it: MatchingRules) -> dict[str, Any]:
    """The rules as they are shown."""
    return {"object": "matching_rules"} | {
        name: getattr(it, name) for name in MatchingRulesFields.model_fields
    }
