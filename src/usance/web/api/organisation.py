"""How a buyer is organised: members and their limits, cost centres, the approval chain."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from usance.flows import organisation
from usance.flows.found import buyer_of
from usance.flows.organisation import Limits
from usance.flows.refusals import NotFound
from usance.records.identity import public_id
from usance.records.parties import queries as parties
from usance.records.parties.models import CostCentre, Member
from usance.rules.ordering import ChainStep
from usance.web.api import answers, objects
from usance.web.api.approvals import step_document
from usance.web.api.organisation_schemas import (
    ApprovalChain,
    MemberChange,
    NewChain,
    NewCostCentre,
    NewMember,
    NewStep,
)
from usance.web.api.organisation_schemas import CostCentre as ShownCostCentre
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.problems import Fault, InvalidRequest
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import BuyerId, CostCentreId, MemberId

section = Section("Buyers")


@section.write(
    "POST",
    "/buyers/{buyer_id}/members",
    scope="buyers:write",
    answer=answers.Member,
    status=201,
    summary="Add a member",
)
def create_member(request: ApiRequest, *, buyer_id: BuyerId, payload: NewMember) -> Any:
    """A person who may buy, approve or pay for the buyer, and sign in to the portal. One who was
    removed comes back with the same id."""
    fields = payload.model_dump(exclude={"order_limit", "period_limit", "period"})
    of_order, of_period = payload.order_limit, payload.period_limit
    either = of_order or of_period
    member = organisation.add_member(
        request.auth.seller,
        buyer_id=buyer_id,
        limits=Limits(
            order_limit=of_order.amount if of_order else None,
            period_limit=of_period.amount if of_period else None,
            period=payload.period,
            limit_currency=either.currency if either else "",
        ),
        at=request.at,
        by=request.auth.by,
        **fields,
    )
    return objects.member(member)


@section.read(
    "/buyers/{buyer_id}/members",
    scope="buyers:read",
    answer=answers.Page[answers.Member],
    summary="List the members of a buyer",
)
def list_members(
    request: ApiRequest,
    *,
    buyer_id: BuyerId,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
) -> Any:
    """The newest first; those who have left with ``left_at``."""
    buyer_of(request.auth.seller, buyer_id=buyer_id)
    found = parties.members(seller_id=request.auth.seller.id, buyer_id=buyer_id)
    return page(found, kind="member", limit=limit, after=after, show=objects.member)


@section.write(
    "PATCH",
    "/buyers/{buyer_id}/members/{member_id}",
    scope="buyers:write",
    answer=answers.Member,
    summary="Change a member",
)
def update_member(
    request: ApiRequest, *, buyer_id: BuyerId, member_id: MemberId, payload: MemberChange
) -> Any:
    """Role and limits bind from the next order on. Only what is sent changes."""
    member = _member(request, buyer_id, member_id)
    fields: dict[str, Any] = payload.model_dump(exclude_unset=True)
    for name in ("order_limit", "period_limit"):
        limit = fields.get(name)
        if limit is not None:
            kept = "period_limit" if name == "order_limit" else "order_limit"
            stays = kept not in fields and getattr(member, kept) is not None
            if stays and limit["currency"] != member.limit_currency:
                detail = f"must be in {member.limit_currency}, like the limit that stays"
                raise InvalidRequest([Fault(f"#/{name}", "currency_mismatch", detail)])
            fields |= {name: limit["amount"], "limit_currency": limit["currency"]}
    changed = organisation.set_member(
        request.auth.seller,
        buyer_id=buyer_id,
        member_id=member_id,
        at=request.at,
        by=request.auth.by,
        **fields,
    )
    return objects.member(changed)


@section.write(
    "DELETE",
    "/buyers/{buyer_id}/members/{member_id}",
    scope="buyers:write",
    answer=answers.Member,
    summary="Remove a member",
)
def delete_member(request: ApiRequest, *, buyer_id: BuyerId, member_id: MemberId) -> Any:
    """From now on the person may not sign in to the portal for this buyer, order or approve. What it
    did stays."""
    member = organisation.remove_member(
        request.auth.seller,
        buyer_id=buyer_id,
        member_id=member_id,
        at=request.at,
        by=request.auth.by,
    )
    return objects.member(member)


@section.write(
    "POST",
    "/buyers/{buyer_id}/cost-centres",
    scope="buyers:write",
    answer=ShownCostCentre,
    status=201,
    summary="Add a cost centre",
)
def create_cost_centre(request: ApiRequest, *, buyer_id: BuyerId, payload: NewCostCentre) -> Any:
    """From a buyer's first cost centre on, its orders may name only those that are open. One that
    was closed is opened again."""
    centre = organisation.add_cost_centre(
        request.auth.seller,
        buyer_id=buyer_id,
        code=payload.code,
        name=payload.name,
        at=request.at,
        by=request.auth.by,
    )
    return _centre(centre)


@section.read(
    "/buyers/{buyer_id}/cost-centres",
    scope="buyers:read",
    answer=answers.Page[ShownCostCentre],
    summary="List the cost centres of a buyer",
)
def list_cost_centres(
    request: ApiRequest,
    *,
    buyer_id: BuyerId,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
) -> Any:
    """The newest first, the closed ones too."""
    buyer_of(request.auth.seller, buyer_id=buyer_id)
    found = parties.cost_centres(seller_id=request.auth.seller.id, buyer_id=buyer_id)
    return page(found, kind="cost_centre", limit=limit, after=after, show=_centre)


@section.write(
    "POST",
    "/buyers/{buyer_id}/cost-centres/{cost_centre_id}/close",
    scope="buyers:write",
    answer=ShownCostCentre,
    summary="Close a cost centre",
)
def close_cost_centre(
    request: ApiRequest, *, buyer_id: BuyerId, cost_centre_id: CostCentreId
) -> Any:
    """No further order may name it."""
    centre = organisation.close_cost_centre(
        request.auth.seller,
        buyer_id=buyer_id,
        cost_centre_id=cost_centre_id,
        at=request.at,
        by=request.auth.by,
    )
    return _centre(centre)


@section.read(
    "/buyers/{buyer_id}/approval-chain",
    scope="buyers:read",
    answer=ApprovalChain,
    summary="Show a buyer's approval chain",
)
def get_approval_chain(request: ApiRequest, *, buyer_id: BuyerId) -> Any:
    """Who of the buyer's must approve which orders before the seller decides."""
    buyer_of(request.auth.seller, buyer_id=buyer_id)
    return _chain(request, buyer_id)


@section.write(
    "PUT",
    "/buyers/{buyer_id}/approval-chain",
    scope="buyers:write",
    answer=ApprovalChain,
    summary="Set a buyer's approval chain",
)
def set_approval_chain(request: ApiRequest, *, buyer_id: BuyerId, payload: NewChain) -> Any:
    """The whole chain at once. Orders that wait already keep the steps they were placed under."""
    buyer_of(request.auth.seller, buyer_id=buyer_id)
    organisation.set_chain(
        request.auth.seller,
        buyer_id=buyer_id,
        steps=[
            ChainStep(
                position=n,
                above=step.above.amount,
                currency=step.above.currency,
                role=step.role,
                approver=_approver(request, buyer_id, step, n),
                cost_centre=step.cost_centre,
            )
            for n, step in enumerate(payload.steps, 1)
        ],
        at=request.at,
        by=request.auth.by,
    )
    return _chain(request, buyer_id)


def _approver(request: ApiRequest, buyer_id: UUID, step: NewStep, n: int) -> UUID | None:
    if step.approver is None:
        return None
    member = parties.member_named(
        seller_id=request.auth.seller.id, buyer_id=buyer_id, name=step.approver
    )
    if member is None:
        raise InvalidRequest(
            [Fault(f"#/steps/{n - 1}/approver", "unknown_member", "must be a member of the buyer")]
        )
    return member.id


def _member(request: ApiRequest, buyer_id: UUID, member_id: UUID) -> Member:
    member = parties.member(seller_id=request.auth.seller.id, member_id=member_id)
    if member is None or member.buyer_id != buyer_id:
        raise NotFound("There is no such member.")
    return member


def _centre(record: CostCentre) -> dict[str, Any]:
    return objects.head("cost_centre", record.id, record.created_at) | {
        "buyer": public_id("buyer", record.buyer_id),
        "code": record.code,
        "name": record.name,
        "closed_at": record.closed_at,
    }


def _chain(request: ApiRequest, buyer_id: UUID) -> dict[str, Any]:
    steps = parties.approval_steps(seller_id=request.auth.seller.id, buyer_id=buyer_id)
    return {
        "object": "approval_chain",
        "buyer": public_id("buyer", buyer_id),
        "steps": [
            step_document(
                ChainStep(
                    step.position,
                    step.above,
                    step.currency,
                    step.role,
                    step.approver_id,
                    step.cost_centre,
                )
            )
            for step in steps
        ],
    }
