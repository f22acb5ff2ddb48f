"""The credit policy, and the decisions that were made by it."""

from __future__ import annotations

from typing import Any

from usance.flows import policies
from usance.flows.refusals import NotFound
from usance.records.credit import queries
from usance.rules.credit.policy import Policy
from usance.web.api import answers, objects
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest
from usance.web.api.schemas import NewPolicy
from usance.web.api.section import Section
from usance.web.api.values import DecisionId

section = Section("Credit")


@section.read(
    "/policies",
    scope="credit:read",
    answer=answers.Page[answers.Policy],
    summary="List the versions of the policy",
)
def list_policies(
    request: ApiRequest, *, limit: PageLimit = USUAL, after: Cursor | None = None
) -> Any:
    """The newest first; the first decides."""
    found = queries.policies(seller_id=request.auth.seller.id)
    return page(found, kind="policy", limit=limit, after=after, show=objects.policy)


@section.write(
    "POST",
    "/policies",
    scope="credit:write",
    answer=answers.Policy,
    status=201,
    summary="Publish a policy",
)
def create_policy(request: ApiRequest, *, payload: NewPolicy) -> Any:
    """A new version of the policy, which decides from the next order on."""
    seller = request.auth.seller
    policy = Policy(**payload.model_dump() | {"terms": tuple(payload.terms)})
    return objects.policy(policies.set_policy(seller, policy, at=request.at, by=request.auth.by))


@section.read(
    "/decisions/{decision_id}",
    scope="credit:read",
    answer=answers.Decision,
    summary="Show a decision",
)
def get_decision(request: ApiRequest, *, decision_id: DecisionId) -> Any:
    """Outcome, reasons, the facts it rested on and every rule as it was applied."""
    decision = queries.decision(seller_id=request.auth.seller.id, decision_id=decision_id)
    if decision is None:
        raise NotFound("There is no such decision.")
    return objects.decision(decision)
