"""Cash application over the API: proposals, putting payments right, and the rules of the matching."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from usance.flows import match_answers, matching_rules, repayments
from usance.flows.found import payment_of
from usance.flows.refusals import NotFound
from usance.records.payments import matching_queries
from usance.web.api import answers, match_objects, payment_answers
from usance.web.api import match_schemas as schemas
from usance.web.api.line_schemas import optional_units
from usance.web.api.match_schemas import (
    AcceptProposal,
    MatchingRulesFields,
    MatchingRulesShown,
    MatchProposalShown,
    NewRefund,
    NewReturn,
    RepaymentShown,
)
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.payment_answers import MatchProposalId, ProposalState
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import BuyerId, PaymentId

section = Section("Payments")


@section.read(
    "/match-proposals",
    scope="payments:read",
    answer=answers.Page[MatchProposalShown],
    summary="List match proposals",
)
def list_match_proposals(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    state: ProposalState | None = None,
    payment: PaymentId | None = None,
    buyer: BuyerId | None = None,
) -> Any:
    """What the matching made of payments, the newest first; those in the state `open` wait for a
    person."""
    found = matching_queries.proposals(
        seller_id=request.auth.seller.id, state=state, payment_id=payment, buyer_id=buyer
    )
    return page(found, kind="match_proposal", limit=limit, after=after, show=schemas.proposal)


@section.read(
    "/match-proposals/{proposal_id}",
    scope="payments:read",
    answer=MatchProposalShown,
    summary="Show a match proposal",
)
def get_match_proposal(request: ApiRequest, *, proposal_id: MatchProposalId) -> Any:
    """One proposal with its readings and their grounds."""
    return _proposal(request, proposal_id)


@section.write(
    "POST",
    "/match-proposals/{proposal_id}/accept",
    scope="payments:write",
    answer=MatchProposalShown,
    summary="Accept a match proposal",
)
def accept_match_proposal(
    request: ApiRequest,
    *,
    proposal_id: MatchProposalId,
    payload: AcceptProposal = AcceptProposal(),  # noqa: B008 - frozen
) -> Any:
    """Book one of its readings. The matching learns who the payer is."""
    match_answers.accept_proposal(
        request.auth.seller,
        proposal_id=proposal_id,
        reading=payload.reading,
        dispute=payload.dispute or "",
        rate=payload.rate or "",
        at=request.at,
        by=request.auth.by,
    )
    return _proposal(request, proposal_id)


@section.write(
    "POST",
    "/match-proposals/{proposal_id}/dismiss",
    scope="payments:write",
    answer=MatchProposalShown,
    summary="Dismiss a match proposal",
)
def dismiss_match_proposal(request: ApiRequest, *, proposal_id: MatchProposalId) -> Any:
    """None of its readings is right; the payment waits to be placed by hand."""
    match_answers.dismiss_proposal(
        request.auth.seller, proposal_id=proposal_id, at=request.at, by=request.auth.by
    )
    return _proposal(request, proposal_id)


@section.write(
    "POST",
    "/payments/{payment_id}/undo-match",
    scope="payments:write",
    answer=payment_answers.Payment,
    summary="Undo what a payment pays",
)
def undo_match(request: ApiRequest, *, payment_id: PaymentId) -> Any:
    """All of it is unapplied again and its invoices are open; the matching learns from it."""
    match_answers.undo_match(
        request.auth.seller, payment_id=payment_id, at=request.at, by=request.auth.by
    )
    return match_objects.payment(payment_of(request.auth.seller, payment_id=payment_id))


@section.write(
    "POST",
    "/payments/{payment_id}/unidentify",
    scope="payments:write",
    answer=payment_answers.Payment,
    summary="Take a payment from its buyer",
)
def unidentify_payment(request: ApiRequest, *, payment_id: PaymentId) -> Any:
    """It is not this buyer's money: what it pays is taken back, and its payer is unknown again."""
    match_answers.unidentify_payment(
        request.auth.seller, payment_id=payment_id, at=request.at, by=request.auth.by
    )
    return match_objects.payment(payment_of(request.auth.seller, payment_id=payment_id))


@section.write(
    "POST",
    "/payments/{payment_id}/refund",
    scope="payments:write",
    answer=RepaymentShown,
    status=201,
    summary="Refund a payment",
)
def refund_payment(
    request: ApiRequest,
    *,
    payment_id: PaymentId,
    payload: NewRefund = NewRefund(),  # noqa: B008 - frozen
) -> Any:
    """Record that unapplied money was given back. The transfer itself is made at the bank."""
    currency = payment_of(request.auth.seller, payment_id=payment_id).currency
    made = repayments.refund_payment(
        request.auth.seller,
        payment_id=payment_id,
        amount=optional_units(payload.amount, currency=currency, pointer="#/amount"),
        reason=payload.reason,
        external_id=payload.external_id,
        at=request.at,
        by=request.auth.by,
    )
    return schemas.repayment(made, currency=currency)


@section.write(
    "POST",
    "/payments/{payment_id}/return",
    scope="payments:write",
    answer=RepaymentShown,
    status=201,
    summary="Record that a payment was returned",
)
def return_payment(
    request: ApiRequest,
    *,
    payment_id: PaymentId,
    payload: NewReturn = NewReturn(),  # noqa: B008 - frozen
) -> Any:
    """What it had paid is open again, the latest first, however late it comes."""
    currency = payment_of(request.auth.seller, payment_id=payment_id).currency
    made = repayments.return_payment(
        request.auth.seller,
        payment_id=payment_id,
        amount=optional_units(payload.amount, currency=currency, pointer="#/amount"),
        kind=payload.kind,
        reason_code=payload.reason_code,
        reason=payload.reason,
        fee=optional_units(payload.fee, currency=currency, pointer="#/fee") or 0,
        on=payload.on,
        external_id=payload.external_id,
        at=request.at,
        by=request.auth.by,
    )
    return schemas.repayment(made, currency=currency)


@section.read(
    "/matching-rules",
    scope="payments:read",
    answer=MatchingRulesShown,
    summary="Show the rules of the matching",
)
def get_matching_rules(request: ApiRequest) -> Any:
    """The usual rules where you have set none."""
    return schemas.rules(matching_queries.rules(seller_id=request.auth.seller.id))


@section.write(
    "PUT",
    "/matching-rules",
    scope="payments:write",
    answer=MatchingRulesShown,
    summary="Set the rules of the matching",
)
def set_matching_rules(request: ApiRequest, *, payload: MatchingRulesFields) -> Any:
    """For bank lines from now on. What is left out becomes what is usual."""
    kept = matching_rules.set_rules(
        request.auth.seller, at=request.at, by=request.auth.by, **payload.model_dump()
    )
    return schemas.rules(kept)


def _proposal(request: ApiRequest, proposal_id: UUID) -> dict[str, Any]:
    found = matching_queries.proposal(seller_id=request.auth.seller.id, proposal_id=proposal_id)
    if found is None:
        raise NotFound("There is no such proposal.")
    return schemas.proposal(found)
