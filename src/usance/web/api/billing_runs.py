"""Billing runs: what has shipped by a cut-off day becomes invoices."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta
from typing import Any, Final

from pydantic_core import to_json

from usance.flows import billing_runs
from usance.flows.billing_runs import Place
from usance.flows.refusals import NotFound
from usance.records.identity import NotAnId, parse_public_id
from usance.records.invoices import queries
from usance.web.api import answers, billing_answers, billing_objects, idempotency
from usance.web.api.billing_schemas import BillingPreviewAsked, NewBillingRun
from usance.web.api.paging import USUAL, Cursor, PageLimit, not_a_cursor, page
from usance.web.api.requests import ApiRequest, today
from usance.web.api.section import Section
from usance.web.api.values import BillingRunId

section = Section("Billing runs")

_DIGITS: Final = 9
"""Of a place among the drafts of a buyer; more is no place."""


@section.write(
    "POST",
    "/billing-runs",
    scope="invoices:write",
    answer=billing_answers.BillingRun,
    status=201,
    summary="Bill a cut-off day",
)
def create_billing_run(
    request: ApiRequest,
    *,
    payload: NewBillingRun = NewBillingRun(),  # noqa: B008 - frozen
) -> Any:
    """A worker begins with it in a few seconds; read the run to see how far it is. What has been billed
    is not billed again, however many runs there are."""
    run = billing_runs.open_run(
        request.auth.seller,
        cut_off_on=_cut_off(request, payload),
        buyer_id=payload.buyer,
        at=request.at,
        by=request.auth.by,
    )
    return billing_objects.billing_run(run, queries.RunFigures(0, {}))


@section.write(
    "POST",
    "/billing-runs/preview",
    scope="invoices:read",
    answer=billing_answers.BillingPreview,
    summary="See what would be billed",
    once=False,
    keyed=False,
)
def preview_billing_run(
    request: ApiRequest,
    *,
    payload: BillingPreviewAsked = BillingPreviewAsked(),  # noqa: B008 - frozen
) -> Any:
    """The invoices that a run would issue now, each with its document, a hundred at a time: where there
    are more, ``next`` is to be sent as ``after``. Nothing is written."""
    cut_off_on = _cut_off(request, payload)
    seen = billing_runs.preview(
        request.auth.seller,
        cut_off_on=cut_off_on,
        buyer_id=payload.buyer,
        at=request.at,
        start=_place(payload.after),
    )
    document = billing_objects.billing_preview(seen, cut_off_on=cut_off_on)
    return idempotency.json_response(to_json(document), status=200)


@section.read(
    "/billing-runs",
    scope="invoices:read",
    answer=answers.Page[billing_answers.BillingRun],
    summary="List billing runs",
)
def list_billing_runs(
    request: ApiRequest, *, limit: PageLimit = USUAL, after: Cursor | None = None
) -> Any:
    """The newest first."""
    seller_id = request.auth.seller.id
    found = queries.billing_runs(seller_id=seller_id)

    listed = page(found, kind="billing_run", limit=limit, after=after, show=lambda one: {"it": one})
    runs = [entry["it"] for entry in listed["data"]]
    figures = queries.run_figures(seller_id=seller_id, run_ids=[run.id for run in runs])
    return listed | {"data": [billing_objects.billing_run(run, figures[run.id]) for run in runs]}


@section.read(
    "/billing-runs/{run_id}",
    scope="invoices:read",
    answer=billing_answers.BillingRun,
    summary="Show a billing run",
)
def get_billing_run(request: ApiRequest, *, run_id: BillingRunId) -> Any:
    """How far it is, what it has issued, and whom it could not bill."""
    seller_id = request.auth.seller.id
    run = queries.billing_run(seller_id=seller_id, run_id=run_id)
    if run is None:
        raise NotFound("There is no such billing run.")
    figures = queries.run_figures(seller_id=seller_id, run_ids=[run.id])
    return billing_objects.billing_run(run, figures[run.id])


def _place(after: str | None) -> Place | None:
    """Where a page of drafts begins. Raises InvalidRequest for what no page gave."""
    if after is None:
        return None
    public, dot, drafts = after.partition(".")
    if dot and drafts.isascii() and drafts.isdecimal() and len(drafts) <= _DIGITS:
        with contextlib.suppress(NotAnId):
            return Place(parse_public_id("buyer", public), int(drafts))
    raise not_a_cursor()


def _cut_off(request: ApiRequest, payload: NewBillingRun) -> date:
    return payload.cut_off_on or today(request) - timedelta(days=1)
