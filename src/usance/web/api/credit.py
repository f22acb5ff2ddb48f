"""The credit policy and its versions, the decisions made by it, and what waits for a person."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from usance.flows import policies, replays
from usance.flows.refusals import NotFound
from usance.records.credit import policy_queries, queries, review_queries
from usance.records.credit.models import CreditPolicy, Decision
from usance.rules.credit.policy import InvalidPolicy
from usance.web.api import answers, decision_answers, policy_objects, policy_schemas
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.policy_problems import PolicyProblem
from usance.web.api.policy_schemas import NewPolicy, PolicyRelease
from usance.web.api.problems import Fault, InvalidRequest
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import DecisionId, PolicyId, ReviewId

section = Section("Credit")


@section.read(
    "/policies",
    scope="credit:read",
    answer=answers.Page[policy_schemas.Policy],
    summary="List the versions of the policy",
)
def list_policies(
    request: ApiRequest, *, limit: PageLimit = USUAL, after: Cursor | None = None
) -> Any:
    """The newest first; ``state`` says which one decides."""
    seller_id = request.auth.seller.id
    found = queries.policies(seller_id=seller_id)
    standings = policy_queries.standings(
        seller_id=seller_id, at=request.at, policy_ids=list(found.values_list("id", flat=True))
    )
    return page(
        found,
        kind="policy",
        limit=limit,
        after=after,
        show=lambda record: policy_objects.policy(record, standings[record.id]),
    )


@section.write(
    "POST",
    "/policies",
    scope="credit:write",
    answer=policy_schemas.Policy,
    status=201,
    summary="Write a version of the policy",
)
def create_policy(request: ApiRequest, *, payload: NewPolicy) -> Any:
    """By default it decides from the next order on; or from ``effective_at``, or it is a draft, or
    it is tried in the shadow. Where the deciding version asks for a second person, the answer's
    ``state`` is ``waiting_for_second_person``.
    """
    seller, document = request.auth.seller, payload.settings()
    if payload.effective_at is not None and payload.mode != "live":
        raise InvalidRequest(
            [Fault("#/effective_at", "not_live", "goes with the mode live only; leave it out")]
        )
    try:
        policy = policies.read_policy(seller, document)
    except InvalidPolicy as error:
        raise PolicyProblem(error, document) from None
    if payload.mode == "live":
        stored = policies.set_policy(
            seller,
            policy,
            at=request.at,
            by=request.auth.by,
            effective_at=payload.effective_at,
            note=payload.note,
        )
    else:
        stored = policies.draft_policy(
            seller, policy, at=request.at, by=request.auth.by, note=payload.note
        )
        if payload.mode == "shadow":
            policies.try_policy(seller, policy_id=stored.id, at=request.at, by=request.auth.by)
    return _shown(request, stored.id)


@section.write(
    "POST",
    "/policies/end-trial",
    scope="credit:write",
    answer=policy_schemas.Policy,
    summary="End the trial of a version",
)
def end_trial(request: ApiRequest) -> Any:
    """The version on trial says no more what it would decide. What it said stays with the decisions."""
    seller = request.auth.seller
    running = queries.release(seller_id=seller.id, at=request.at, mode="shadow")
    policies.end_trial(seller, at=request.at, by=request.auth.by)
    assert running is not None
    return _shown(request, running.policy_id)


@section.read(
    "/policies/{policy_id}",
    scope="credit:read",
    answer=policy_schemas.Policy,
    summary="Show a version of the policy",
)
def get_policy(request: ApiRequest, *, policy_id: PolicyId) -> Any:
    """Its settings, values and rules, and where it stands."""
    return _shown(request, policy_id)


@section.write(
    "POST",
    "/policies/{policy_id}/release",
    scope="credit:write",
    answer=policy_schemas.Policy,
    summary="Let a version decide",
)
def release_policy(
    request: ApiRequest,
    *,
    policy_id: PolicyId,
    payload: PolicyRelease = PolicyRelease(),  # noqa: B008 - frozen
) -> Any:
    """A draft, or a former version again, from ``effective_at`` or from now. Where the deciding
    version asks for a second person it waits for that person's approval in the back office."""
    policies.release_policy(
        request.auth.seller,
        policy_id=policy_id,
        effective_at=payload.effective_at,
        at=request.at,
        by=request.auth.by,
    )
    return _shown(request, policy_id)


@section.write(
    "POST",
    "/policies/{policy_id}/try",
    scope="credit:write",
    answer=policy_schemas.Policy,
    summary="Try a version in the shadow",
)
def try_policy(request: ApiRequest, *, policy_id: PolicyId) -> Any:
    """From the next order on, each decision keeps what this version would have decided."""
    policies.try_policy(request.auth.seller, policy_id=policy_id, at=request.at, by=request.auth.by)
    return _shown(request, policy_id)


@section.read(
    "/decisions/{decision_id}",
    scope="credit:read",
    answer=decision_answers.Decision,
    summary="Show a decision",
)
def get_decision(request: ApiRequest, *, decision_id: DecisionId) -> Any:
    """Outcome, reasons, the facts it rested on with their times, and every rule as it was applied."""
    record = _decision(request, decision_id)
    return policy_objects.decision(record, seller=request.auth.seller)


@section.write(
    "POST",
    "/decisions/{decision_id}/replay",
    scope="credit:read",
    answer=decision_answers.DecisionReplay,
    summary="Take a decision again",
)
def replay_decision(request: ApiRequest, *, decision_id: DecisionId) -> Any:
    """The same version of the policy decides the facts that were kept; nothing is changed. What the
    buyer's own rules said then is taken as it was said."""
    record = _decision(request, decision_id)
    replayed = replays.replay(request.auth.seller, decision_id=record.id)
    return policy_objects.replay(record, replayed)


@section.read(
    "/reviews",
    scope="credit:read",
    answer=answers.Page[decision_answers.Review],
    summary="List reviews",
)
def list_reviews(
    request: ApiRequest,
    *,
    state: Literal["open", "approved", "declined", "withdrawn"] | None = None,
    kind: Literal["order", "application", "limit", "policy"] | None = None,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
) -> Any:
    """What waits for a person, and what persons have decided; the newest first."""
    seller_id = request.auth.seller.id
    found = review_queries.reviews(seller_id=seller_id, state=state, kind=kind)
    known = page(found, kind="review", limit=limit, after=after, show=lambda one: {"it": one})
    rows = [shown["it"] for shown in known["data"]]
    said = review_queries.approvals_of(seller_id=seller_id, review_ids=[row.id for row in rows])
    return known | {"data": [policy_objects.review(row, said.get(row.id, ())) for row in rows]}


@section.read(
    "/reviews/{review_id}",
    scope="credit:read",
    answer=decision_answers.Review,
    summary="Show a review",
)
def get_review(request: ApiRequest, *, review_id: ReviewId) -> Any:
    """Who decides, by when, and what was said so far."""
    seller_id = request.auth.seller.id
    record = review_queries.review(seller_id=seller_id, review_id=review_id)
    if record is None:
        raise NotFound("There is no such review.")
    said = review_queries.approvals(seller_id=seller_id, review_id=review_id)
    return policy_objects.review(record, said)


def _shown(request: ApiRequest, policy_id: UUID) -> dict[str, Any]:
    return policy_objects.policy(
        _policy(request, policy_id),
        policy_queries.standing(
            seller_id=request.auth.seller.id, at=request.at, policy_id=policy_id
        ),
    )


def _policy(request: ApiRequest, policy_id: UUID) -> CreditPolicy:
    record = policy_queries.stored_policy(seller_id=request.auth.seller.id, policy_id=policy_id)
    if record is None:
        raise NotFound("There is no such version of the policy.")
    return record


def _decision(request: ApiRequest, decision_id: UUID) -> Decision:
    record = queries.decision(seller_id=request.auth.seller.id, decision_id=decision_id)
    if record is None:
        raise NotFound("There is no such decision.")
    return record
