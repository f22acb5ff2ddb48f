"""The API put together: its sections, its errors and its addresses."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationErrorContext

from usance.web.api import (
    applications,
    approvals,
    attachments,
    backtests,
    bank_archives,
    bank_statements,
    billing_profiles,
    billing_runs,
    buyers,
    card_payouts,
    cards,
    checks,
    connections,
    credit,
    debits,
    dispute_files,
    dispute_talk,
    disputes,
    documents,
    dunning,
    dunning_policies,
    events,
    funding,
    handovers,
    insight,
    invoice_questions,
    invoices,
    late_charges,
    lockbox_layouts,
    mandates,
    matching,
    measures,
    monitoring,
    orders,
    organisation,
    payments,
    problems,
    promises,
    registrations,
    remittances,
    reports,
    seller_details,
    shared_limits,
    shipments,
    statements,
    terms_keys,
)
from usance.web.api.faults import faults_of, parameter_faults
from usance.web.api.requests import StrictJson

SECTIONS: Final = (
    seller_details.section,
    terms_keys.section,
    buyers.section,
    organisation.section,
    billing_profiles.section,
    applications.section,
    backtests.section,
    credit.section,
    shared_limits.section,
    checks.section,
    monitoring.section,
    orders.section,
    approvals.section,
    shipments.section,
    attachments.section,
    invoices.section,
    billing_runs.section,
    invoice_questions.section,
    documents.section,
    registrations.section,
    payments.section,
    matching.section,
    disputes.section,
    dispute_talk.section,
    dispute_files.section,
    late_charges.section,
    statements.section,
    dunning_policies.section,
    dunning.section,
    handovers.section,
    bank_statements.section,
    bank_archives.section,
    lockbox_layouts.section,
    remittances.section,
    cards.section,
    card_payouts.section,
    mandates.section,
    debits.section,
    funding.section,
    promises.section,
    reports.section,
    insight.section,
    events.section,
    connections.section,
)

View = Callable[..., HttpResponseBase]


class _Api(NinjaAPI):
    """ninja's routing and document, with our problems."""

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> Any:
        """What ninja raises for values that do not fit: our InvalidRequest, or NotFound for a path
        that cannot be the address of anything."""
        faults = []
        for context in error_contexts:
            source = str(context.model.__ninja_param_source__)
            errors = context.pydantic_validation_error.errors(
                include_url=False, include_context=False, include_input=False
            )
            if source == "path":
                return problems.NotFound()
            if source == "body":
                # The first part of a location is the name of the view's parameter.
                faults += faults_of(errors, drop=1)
            else:
                faults += parameter_faults(errors, source=source)
        return problems.InvalidRequest(faults)

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """The problem that ``exc`` is."""
        del request
        if isinstance(exc, HttpError) and isinstance(exc.__cause__, problems.Problem):
            exc = exc.__cause__
        return problem_response(exc)


def problem_response(error: Exception) -> HttpResponse:
    """The answer to a request that ended in ``error``."""
    status, body = problems.render(error)
    return HttpResponse(
        body,
        status=status,
        content_type=problems.CONTENT_TYPE,
        headers={"Cache-Control": "no-store", **problems.headers(status)},
    )


api = _Api(
    title="Usance",
    version="1",
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    parser=StrictJson(),
)
for _section in SECTIONS:
    api.add_router("", _section.router)


@csrf_exempt
def no_such_address(_: HttpRequest) -> HttpResponse:
    """Whatever is not an address of the API."""
    return problem_response(problems.NotFound("address"))


def addresses() -> list[URLPattern]:
    """Every address below ``/v1/``, the last one for all that do not exist."""
    found, _, _ = api.urls
    patterns = [
        path(str(pattern.pattern), _answering(pattern.callback, route=str(pattern.pattern)))
        for pattern in found
        if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ]
    return [*patterns, re_path("", no_such_address)]


def _answering(view: View, *, route: str) -> View:
    """``view``, measured, with a problem where it does not answer the method."""

    @csrf_exempt
    def answer(request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
        begun = time.perf_counter()
        response = view(request, *args, **values)
        if isinstance(response, HttpResponseNotAllowed):
            allowed = response["Allow"]
            response = problem_response(problems.MethodNotAllowed())
            response["Allow"] = allowed
        measures.count_request(
            route=route,
            method=str(request.method),
            status=response.status_code,
            seconds=time.perf_counter() - begun,
        )
        return response

    return answer
