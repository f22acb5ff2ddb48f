"""The buyer's own approval of an order, before the seller decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from usance.flows import buyer_approvals
from usance.flows.refusals import NotFound
from usance.records.identity import public_id
from usance.records.orders import buyer_queries
from usance.records.orders import queries as orders
from usance.records.orders.buyer_queries import Stage
from usance.records.orders.models import Order
from usance.records.parties import queries as parties
from usance.rules.ordering import ChainStep
from usance.web.api import objects
from usance.web.api.organisation_schemas import NewApproval, OrderApprovals
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import OrderId

section = Section("Orders")


@section.write(
    "POST",
    "/orders/{order_id}/approvals",
    scope="orders:write",
    answer=OrderApprovals,
    status=201,
    summary="Approve an order for its buyer",
)
def create_approval(request: ApiRequest, *, order_id: OrderId, payload: NewApproval) -> Any:
    """A member of the buyer's approves or declines the step that an order in ``pending_approval``
    waits for. After the last step the seller's decision is taken: read ``order``.
    """
    order = _order(request, order_id)
    member = parties.member_named(
        seller_id=request.auth.seller.id, buyer_id=order.buyer_id, name=payload.member
    )
    if member is None:
        raise NotFound("The buyer of this order has no such member.")
    buyer_approvals.approve_step(
        request.auth.seller,
        order_id=order_id,
        member_id=member.id,
        verdict=payload.verdict,
        note=payload.note,
        at=request.at,
        by=request.auth.by,
    )
    return _approvals(_order(request, order_id))


@section.read(
    "/orders/{order_id}/approvals",
    scope="orders:read",
    answer=OrderApprovals,
    summary="Show the approvals of an order",
)
def get_approvals(request: ApiRequest, *, order_id: OrderId) -> Any:
    """The steps of the buyer's own chain that the order goes through, who took them, and who may
    take the next."""
    return _approvals(_order(request, order_id))


def step_document(step: ChainStep) -> dict[str, Any]:
    """A step of an approval chain."""
    return {
        "position": step.position,
        "above": objects.money(step.above, step.currency),
        "role": step.role,
        "approver": step.approver and public_id("member", step.approver),
        "cost_centre": step.cost_centre,
    }


def _order(request: ApiRequest, order_id: UUID) -> Order:
    order = orders.order(seller_id=request.auth.seller.id, order_id=order_id)
    if order is None:
        raise NotFound("There is no such order.")
    return order


def _approvals(order: Order) -> dict[str, Any]:
    return {
        "object": "order_approvals",
        "order": objects.order(order),
        "steps": [_stage(stage) for stage in buyer_queries.chain_of(order)],
    }


def _stage(stage: Stage) -> dict[str, Any]:
    said = stage.approval
    return step_document(stage.step) | {
        "state": said.verdict if said else "waiting" if stage.is_next else "later",
        "member": public_id("member", said.member_id) if said else None,
        "note": said.note if said else "",
        "answered_at": said.created_at if said else None,
        "deciders": [
            {"id": public_id("member", one.id), "name": one.name, "email": one.email}
            for one in stage.deciders
        ],
    }
