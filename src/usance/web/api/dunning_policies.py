"""Dunning policies, previews and runs."""

from __future__ import annotations

from typing import Any

from usance.flows.dunning import policies, previews, runs
from usance.flows.dunning.previews import Preview
from usance.flows.refusals import NotFound
from usance.records.dunning import queries
from usance.records.dunning.models import DunningPolicy, DunningRun
from usance.records.identity import public_id
from usance.rules.dunning.policy import InvalidDunningPolicy
from usance.web.api import answers, objects
from usance.web.api.dunning_schemas import (
    DunningPolicyId,
    DunningPolicyShown,
    DunningPreview,
    DunningRunId,
    DunningRunShown,
    NewDunningPolicy,
    PolicyState,
    PreviewAsked,
)
from usance.web.api.faults import pointer
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.problems import Fault, Problem
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section

section = Section("Dunning")


class DunningPolicyProblem(Problem):
    """422 that names the part of the policy that cannot be followed."""

    status = 422
    code = InvalidDunningPolicy.code

    def __init__(self, error: InvalidDunningPolicy) -> None:
        place = pointer(error.field.split("."))
        super().__init__(str(error), errors=[Fault(place, self.code, str(error))])


@section.write(
    "POST",
    "/dunning/policies",
    scope="invoices:write",
    answer=DunningPolicyShown,
    status=201,
    summary="Write a dunning policy",
)
def create_dunning_policy(request: ApiRequest, *, payload: NewDunningPolicy) -> Any:
    """Nothing is sent by it until it is switched on; preview it first."""
    document = payload.model_dump(by_alias=True, mode="json")
    try:
        kept = policies.draft_policy(
            request.auth.seller, document, at=request.at, by=request.auth.by
        )
    except InvalidDunningPolicy as error:
        raise DunningPolicyProblem(error) from None
    return _policy(kept)


@section.read(
    "/dunning/policies",
    scope="invoices:read",
    answer=answers.Page[DunningPolicyShown],
    summary="List dunning policies",
)
def list_dunning_policies(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    state: PolicyState | None = None,
) -> Any:
    """Every version, the newest first."""
    found = queries.policies(seller_id=request.auth.seller.id, state=state)
    return page(found, kind="dunning_policy", limit=limit, after=after, show=_policy)


@section.read(
    "/dunning/policies/{policy_id}",
    scope="invoices:read",
    answer=DunningPolicyShown,
    summary="Show a dunning policy",
)
def get_dunning_policy(request: ApiRequest, *, policy_id: DunningPolicyId) -> Any:
    """One version."""
    found = queries.policy(seller_id=request.auth.seller.id, policy_id=policy_id)
    if found is None:
        raise NotFound("There is no such policy.")
    return _policy(found)


@section.write(
    "POST",
    "/dunning/policies/{policy_id}/preview",
    scope="invoices:write",
    answer=DunningPreview,
    summary="Preview a dunning policy",
)
def preview_dunning_policy(
    request: ApiRequest, *, policy_id: DunningPolicyId, payload: PreviewAsked | None = None
) -> Any:
    """Whom it would write to today and in the days to come, by today's ledger, if nobody paid. Nothing
    is sent; it may be switched on afterwards."""
    seller, days = request.auth.seller, (payload or PreviewAsked()).days
    seen = previews.preview_policy(seller, policy_id=policy_id, at=request.at, days=days)
    policies.mark_previewed(seller, policy_id=policy_id, at=request.at, by=request.auth.by)
    return _preview(seen)


@section.write(
    "POST",
    "/dunning/policies/{policy_id}/switch-on",
    scope="invoices:write",
    answer=DunningPolicyShown,
    summary="Switch a dunning policy on",
)
def switch_dunning_policy_on(request: ApiRequest, *, policy_id: DunningPolicyId) -> Any:
    """From the next run on, in place of its version before. It has been previewed."""
    return _policy(
        policies.switch_on(
            request.auth.seller, policy_id=policy_id, at=request.at, by=request.auth.by
        )
    )


@section.write(
    "POST",
    "/dunning/policies/{policy_id}/switch-off",
    scope="invoices:write",
    answer=DunningPolicyShown,
    summary="Switch a dunning policy off",
)
def switch_dunning_policy_off(request: ApiRequest, *, policy_id: DunningPolicyId) -> Any:
    """What it has queued is not sent."""
    return _policy(
        policies.switch_off(
            request.auth.seller, policy_id=policy_id, at=request.at, by=request.auth.by
        )
    )


@section.read(
    "/dunning/simulation",
    scope="invoices:read",
    answer=DunningPreview,
    summary="See what dunning will send",
)
def simulate_dunning(request: ApiRequest) -> Any:
    """What the policies that are switched on send within 30 days if nobody pays."""
    return _preview(previews.simulate(request.auth.seller, at=request.at))


@section.write(
    "POST",
    "/dunning/runs",
    scope="invoices:write",
    answer=DunningRunShown,
    status=201,
    summary="Run dunning now",
)
def create_dunning_run(request: ApiRequest) -> Any:
    """A worker begins with it in a few seconds. What was written today is not written again, however
    many runs there are; the calendar makes one each morning."""
    return _run(runs.open_run(request.auth.seller, at=request.at, by=request.auth.by))


@section.read(
    "/dunning/runs",
    scope="invoices:read",
    answer=answers.Page[DunningRunShown],
    summary="List dunning runs",
)
def list_dunning_runs(
    request: ApiRequest, *, limit: PageLimit = USUAL, after: Cursor | None = None
) -> Any:
    """The newest first."""
    found = queries.runs(seller_id=request.auth.seller.id)
    return page(found, kind="dunning_run", limit=limit, after=after, show=_run)


@section.read(
    "/dunning/runs/{run_id}",
    scope="invoices:read",
    answer=DunningRunShown,
    summary="Show a dunning run",
)
def get_dunning_run(request: ApiRequest, *, run_id: DunningRunId) -> Any:
    """How far it is, and why accounts were not written to."""
    found = queries.run(seller_id=request.auth.seller.id, run_id=run_id)
    if found is None:
        raise NotFound("There is no such run.")
    return _run(found)


def _policy(it: DunningPolicy) -> dict[str, Any]:
    return objects.head("dunning_policy", it.id, it.created_at) | {
        "name": it.name,
        "version": it.version,
        "state": it.state,
        "policy": it.document,
        "previewed_at": it.previewed_at,
        "active_since": it.active_since,
        "retired_at": it.retired_at,
    }


def _run(it: DunningRun) -> dict[str, Any]:
    return objects.head("dunning_run", it.id, it.created_at) | {
        "on": it.on,
        "started_by": it.started_by,
        "buyers_total": it.buyers_total,
        "buyers_done": it.buyers_done,
        "messages": it.messages,
        "waits": it.waits,
        "finished_at": it.finished_at,
    }


def _preview(seen: Preview) -> dict[str, Any]:
    days = sorted({day for day, _ in seen.messages})
    return {
        "object": "dunning_preview",
        "on": seen.on,
        "days": seen.days,
        "accounts": seen.accounts,
        "today": seen.today,
        "total": seen.total,
        "by_day": [
            {
                "on": on,
                "messages": {
                    level: count for (day, level), count in seen.messages.items() if day == on
                },
                "amounts": [
                    objects.money(amount, currency)
                    for (day, currency), amount in sorted(seen.amounts.items())
                    if day == on
                ],
            }
            for on in days
        ],
        "waits": dict(seen.waits),
        "messages": [
            {
                "on": one.on,
                "buyer": public_id("buyer", one.known.account.buyer_id),
                "name": one.known.name,
                "level": one.decision.step.level,
                "channels": one.decision.step.channels,
                "amount": objects.money(one.decision.amount, one.known.account.currency),
                "items": len(one.decision.items),
            }
            for one in seen.shown
            if one.decision.step is not None
        ],
    }
