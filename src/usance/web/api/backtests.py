"""Trying a policy on what was traded, before it decides."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints

from usance.flows import backtests, policies
from usance.flows.refusals import NotFound
from usance.records.credit import backtest_queries
from usance.records.credit.backtests import Backtest
from usance.rules.credit.policy import InvalidPolicy, Policy
from usance.web.api import answers, backtest_objects, backtest_schemas
from usance.web.api.backtest_schemas import NewBacktest
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.policy_problems import PolicyProblem
from usance.web.api.problems import Fault, InvalidRequest
from usance.web.api.requests import ApiRequest, today
from usance.web.api.section import Section
from usance.web.api.values import BacktestId

section = Section("Credit")

USUAL_WINDOW: Final = timedelta(days=364)

RuleName = Annotated[
    str,
    StringConstraints(max_length=40, pattern=r"^[a-z0-9_]*$"),
    Field(description="Only orders in which this rule made a difference."),
]


@section.write(
    "POST",
    "/policies/backtest",
    scope="credit:write",
    answer=backtest_schemas.Backtest,
    status=202,
    summary="Try a policy on past orders",
)
def create_backtest(request: ApiRequest, *, payload: NewBacktest) -> Any:
    """What the policy would have decided of the orders of a window, beside the one that decides, and
    what it would have cost. It is played in the background; nothing is published."""
    seller = request.auth.seller
    if (payload.policy is None) == (payload.policy_id is None):
        raise InvalidRequest([Fault("#/policy", "one_of_two", "give either policy or policy_id")])
    until_on = payload.until_on or today(request)
    stored = backtests.request_backtest(
        seller,
        policy=_written(request, payload),
        policy_id=payload.policy_id,
        against_id=payload.against,
        from_on=payload.from_on or _year_before(until_on),
        until_on=until_on,
        reviews=payload.reviews,
        late_days=payload.late_days,
        at=request.at,
        by=request.auth.by,
    )
    return backtest_objects.backtest(stored)


def _year_before(day: date) -> date:
    return day - USUAL_WINDOW


def _written(request: ApiRequest, payload: NewBacktest) -> Policy | None:
    if payload.policy is None:
        return None
    document = payload.policy.settings()
    try:
        return policies.read_policy(request.auth.seller, document)
    except InvalidPolicy as error:
        raise PolicyProblem(error, document, beneath=("policy",)) from None


@section.read(
    "/policies/backtests",
    scope="credit:read",
    answer=answers.Page[backtest_schemas.Backtest],
    summary="List backtests",
)
def list_backtests(
    request: ApiRequest, *, limit: PageLimit = USUAL, after: Cursor | None = None
) -> Any:
    """The newest first, without their results."""
    found = backtest_queries.backtests(seller_id=request.auth.seller.id).defer("result")
    return page(
        found,
        kind="backtest",
        limit=limit,
        after=after,
        show=lambda record: backtest_objects.backtest(record, whole=False),
    )


@section.read(
    "/policies/backtests/{backtest_id}",
    scope="credit:read",
    answer=backtest_schemas.Backtest,
    summary="Show a backtest",
)
def get_backtest(request: ApiRequest, *, backtest_id: BacktestId) -> Any:
    """How far it is, and its result once it is done."""
    return backtest_objects.backtest(_stored(request, backtest_id))


@section.read(
    "/policies/backtests/{backtest_id}/changes",
    scope="credit:read",
    answer=answers.Page[backtest_schemas.BacktestChange],
    summary="List the orders that would change",
)
def list_backtest_changes(
    request: ApiRequest,
    *,
    backtest_id: BacktestId,
    rule: RuleName = "",
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
) -> Any:
    """The latest first, at most 20,000; the result counts all of them."""
    seller = request.auth.seller
    stored = _stored(request, backtest_id)
    return page(
        backtest_queries.changes(seller_id=seller.id, backtest_id=stored.id, rule=rule),
        kind="backtest_change",
        limit=limit,
        after=after,
        show=lambda record: backtest_objects.backtest_change(record, seller=seller),
    )


def _stored(request: ApiRequest, backtest_id: Any) -> Backtest:
    found = backtest_queries.backtest(seller_id=request.auth.seller.id, backtest_id=backtest_id)
    if found is None:
        raise NotFound("There is no such backtest.")
    return found
