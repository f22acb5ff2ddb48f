"""The one table from typed errors to answers."""

from __future__ import annotations

import io
import json
from typing import Any, get_args

import psycopg
import pytest
from django.core.handlers.asgi import ASGIRequest
from django.db import IntegrityError, OperationalError

from usance.flows import bank_statements, checkout, idempotency, onboarding, refusals, webhooks
from usance.flows.applications.refusals import Incomplete, WrongCode
from usance.flows.deliveries.queueing import CannotResend
from usance.flows.deliveries.registrations import RegistrationDiffers, UnsuitableAnswer
from usance.flows.documents import Unreadable
from usance.flows.funding.requesting import NotEligible
from usance.formats.errors import FormatError
from usance.records.deliveries.models import Delivery
from usance.records.identity import NotAnId, new_id
from usance.records.invoices.models import Invoice
from usance.rules import billing, money, orders, states, terms
from usance.rules.applications.completeness import Missing
from usance.rules.credit import policy
from usance.rules.invoicing.faults import FieldFault
from usance.web.api import problems, requests, values


def kinds(base: type[Exception]) -> list[type[Exception]]:
    return [base, *(k for child in base.__subclasses__() for k in kinds(child))]


NAMING: dict[type[Exception], Exception] = {
    refusals.WrongFields: refusals.WrongFields(
        [FieldFault("vat_id", "invalid_vat_id", "This is no VAT number.")]
    ),
    Unreadable: Unreadable("invoice", Invoice(number="INV-1"), new_id(), "no document"),
    CannotResend: CannotResend(Delivery(channel="sdi", state="sent")),
    NotEligible: NotEligible({"Bank": ("too_small",)}),
    RegistrationDiffers: RegistrationDiffers("INV-1", ("total",)),
    UnsuitableAnswer: UnsuitableAnswer("It is no registration.", code="not_a_registration"),
}
"""Refusals that say what they are about."""
NAMED = {
    refusals.WrongFields: (422, "wrong_fields"),
    Unreadable: (409, "document_unreadable"),
    CannotResend: (409, "delivery_under_way"),
    NotEligible: (409, "not_eligible"),
    RegistrationDiffers: (422, "registration_differs"),
    UnsuitableAnswer: (422, "not_a_registration"),
}
ROOMS = (bank_statements, onboarding, webhooks, idempotency)


@pytest.mark.parametrize("kind", [*kinds(refusals.Refused), *kinds(checkout.CheckoutRefused)])
def test_every_refusal_is_the_callers_to_mend(kind: type[Exception]) -> None:
    assert ROOMS
    if kind is Incomplete:
        said = problems.render(Incomplete([Missing("company", "city", "missing")]))
        assert (said[0], json.loads(said[1])["code"]) == (422, kind.code)
        return
    if kind in NAMING:
        status, said = problems.render(NAMING[kind])
        assert (status, json.loads(said)["code"]) == NAMED[kind]
        return
    more = {"tries_left": 2} if kind is WrongCode else {}
    status, body = problems.render(kind("because", **more))
    problem = json.loads(body)
    assert status in (404, 409, 422)
    assert (problem["status"], problem["code"], problem["detail"]) == (
        status,
        kind.code,  # type: ignore[attr-defined]
        "because",
    )
    assert ("errors" in problem) == (status == 422)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (refusals.NotFound("x"), 404, "not_found"),
        (refusals.WrongState("x"), 409, "illegal_state"),
        (refusals.LimitExceeded("x"), 409, "limit_exceeded"),
        (refusals.ExternalIdTaken("x"), 409, "external_id_taken"),
        (refusals.AmountTooLarge("x"), 422, "amount_too_large"),
        (checkout.UnknownBuyer("x"), 404, "unknown_buyer"),
        (checkout.KeyReused("x"), 422, "idempotency_key_reused"),
        (checkout.KeyInFlight("x"), 409, "idempotency_key_in_flight"),
        (checkout.ExternalIdTaken("x"), 409, "external_id_taken"),
        (idempotency.KeyReused("x"), 422, "idempotency_key_reused"),
        (idempotency.KeyInFlight("x"), 409, "idempotency_key_in_flight"),
        (NotAnId("x"), 404, "not_found"),
        (money.MoneyError("x"), 422, "invalid_amount"),
        (money.UnknownCurrency("x"), 422, "unknown_currency"),
        (orders.LinesDoNotAddUp("x"), 422, "lines_do_not_add_up"),
        (terms.UnknownTerms("x"), 422, "unknown_terms"),
        (policy.InvalidPolicy("x"), 422, "invalid_policy"),
        (billing.BillingError("x"), 422, "invalid_amount"),
        (states.IllegalTransition("x"), 409, "illegal_state"),
        (FormatError("x", code="no_table"), 422, "no_table"),
        (FormatError("x", code="too_large"), 413, "too_large"),
        (problems.TooLarge(7), 413, "too_large"),
        (problems.Overloaded(), 503, "overloaded"),
        (OperationalError("gone"), 503, "database_unavailable"),
        (RuntimeError("secret"), 500, "internal_error"),
    ],
)
def test_errors_and_their_answers(error: Exception, status: int, code: str) -> None:
    rendered, body = problems.render(error)
    assert (rendered, json.loads(body)["code"]) == (status, code)
    assert b"secret" not in body


def test_the_same_written_twice_at_once_is_a_conflict() -> None:
    error = IntegrityError("x")
    error.__cause__ = psycopg.errors.UniqueViolation("x")
    assert problems.render(error)[0] == 409
    error.__cause__ = psycopg.errors.CheckViolation("x")
    assert problems.render(error)[0] == 500


def test_a_fault_in_a_file_says_where() -> None:
    error = FormatError("Not an amount.", code="invalid_amount", line=3, column=2)
    (fault,) = json.loads(problems.render(error)[1])["errors"]
    assert (fault["line"], fault["column"], "path" in fault) == (3, 2, False)


def test_the_states_of_the_document_are_those_of_the_rules() -> None:
    assert get_args(values.OrderState) == states.ORDER_STATES
    assert get_args(values.InvoiceState) == states.INVOICE_STATES
    assert get_args(values.PaymentState) == states.PAYMENT_STATES


@pytest.mark.parametrize(("size", "fits"), [(10, True), (11, False)])
def test_a_body_of_undeclared_length_is_bounded_too(size: int, fits: bool) -> None:
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/v1/buyers",
        "headers": [(b"transfer-encoding", b"chunked")],
    }
    request = ASGIRequest(scope, io.BytesIO(b"x" * size))
    if fits:
        requests.bound_body(request, most=10)
        assert request.body == b"x" * size
    else:
        with pytest.raises(problems.TooLarge):
            requests.bound_body(request, most=10)
