"""What programs send and get about what a payment provider pays out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from usance.flows.cards.payout_reckoning import Finding, Part, Reckoning, Total, fees_of
from usance.records.cards.models import CardPayout
from usance.records.identity import public_id
from usance.records.payments.models import BankClaim
from usance.web.api import answers, objects
from usance.web.api.card_schemas import CardAuthorizationId
from usance.web.api.connections import ConnectionId
from usance.web.api.values import BankTransactionId, BuyerId, Currency, Money, PublicId, Value

CardPayoutId = Annotated[UUID, PublicId("card_payout")]
PayoutState = Literal["announced", "booked", "failed"]
PartKind = Literal["charge", "refund", "dispute", "fee", "payout", "other"]


class BookedLine(Value):
    """The bank line that is the payout. A line of another amount needs `accept_difference`: what it is
    over or short is booked as your own."""

    bank_transaction: BankTransactionId
    accept_difference: bool = False


class CardPayoutShown(answers.Described):
    """Money that a payment provider sends to your bank, or takes from there where it is negative.

    `fees` is what the provider kept of it, `booked` what lines of your bank have booked.
    """

    id: CardPayoutId
    object: Literal["card_payout"]
    connection: ConnectionId
    reference: str
    state: PayoutState
    currency: Currency
    amount: Money
    fees: Money
    booked: Money
    arrives_on: date
    failed_at: datetime | None


class CardPayoutTotal(answers.Shown):
    """The parts of one kind. `amount` is before the `fee` that the provider kept of them."""

    kind: PartKind
    count: int
    amount: Money
    fee: Money


class CardPayoutPart(answers.Shown):
    """One movement, as the provider told it. `own_amount` is what it was in the currency of the card,
    where that is another; `payout` names one that failed and is sent once more with this."""

    reference: str
    kind: PartKind
    amount: Money
    fee: Money
    own_amount: Money | None
    card_authorization: CardAuthorizationId | None
    authorization_reference: str
    buyer: BuyerId | None
    dispute: str
    payout: str


class CardPayoutLine(answers.Shown):
    """A bank line that booked the payout, or took it back where it is of the other sign."""

    bank_transaction: BankTransactionId
    amount: Money
    booked_on: date
    text: str


class CardPayoutFinding(answers.Shown):
    """Something that does not add up, and by how much."""

    code: Literal["not_told", "parts_differ", "strangers", "bank_differs", "late", "comes_back"] = (
        Field(
            description="The provider does not say what is in it; its parts come to another amount;"
            " payments in it are not in these books; the bank booked another amount; the bank should"
            " have booked it by now; it failed after the bank had booked it and has not come back."
        )
    )
    amount: Money


class CardPayoutDetails(CardPayoutShown):
    """A payout told apart: its parts, the bank lines that are it, and what does not add up."""

    totals: list[CardPayoutTotal]
    parts: list[CardPayoutPart]
    bank_lines: list[CardPayoutLine]
    findings: list[CardPayoutFinding]


def card_payout(it: CardPayout) -> dict[str, Any]:
    """A payout as it is shown in a list."""
    return objects.head("card_payout", it.id, it.created_at) | {
        "connection": public_id("connection", it.connection_id),
        "reference": it.reference,
        "state": it.state,
        "currency": it.currency,
        "amount": objects.money(it.amount, it.currency),
        "fees": objects.money(fees_of(it), it.currency),
        "booked": objects.money(it.booked, it.currency),
        "arrives_on": it.arrives_on,
        "failed_at": it.failed_at,
    }


def card_payout_details(it: CardPayout, told: Reckoning) -> dict[str, Any]:
    """A payout told apart."""
    return card_payout(it) | {
        "totals": [_total(one, it.currency) for one in told.totals],
        "parts": [_part(one, it.currency) for one in told.parts],
        "bank_lines": [_line(one) for one in told.lines],
        "findings": [_finding(one, it.currency) for one in told.findings],
    }


def _total(it: Total, currency: str) -> dict[str, Any]:
    return {
        "kind": it.kind,
        "count": it.count,
        "amount": objects.money(it.amount, currency),
        "fee": objects.money(it.fee, currency),
    }


def _part(it: Part, currency: str) -> dict[str, Any]:
    ours = it.authorization
    is_converted = it.own_amount is not None and it.own_currency
    return {
        "reference": it.reference,
        "kind": it.kind,
        "amount": objects.money(it.amount, currency),
        "fee": objects.money(it.fee, currency),
        "own_amount": objects.money(it.own_amount or 0, it.own_currency) if is_converted else None,
        "card_authorization": objects.optional_id("card_authorization", ours.id if ours else None),
        "authorization_reference": it.authorization_reference,
        "buyer": objects.optional_id("buyer", ours.buyer_id if ours else None),
        "dispute": it.dispute,
        "payout": it.payout,
    }


def _line(it: BankClaim) -> dict[str, Any]:
    line = it.bank_transaction
    return {
        "bank_transaction": public_id("bank_transaction", line.id),
        "amount": objects.money(it.amount, it.currency),
        "booked_on": line.booked_on,
        "text": line.text,
    }


def _finding(it: Finding, currency: str) -> dict[str, Any]:
    return {"code": it.code, "amount": objects.money(it.amount, currency)}
