"""The document against the API itself: whatever fits the document, or does not, is answered as the
document says, and never with a 500."""

from __future__ import annotations

import os
import warnings
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from usance.web.api import openapi

from .conftest import Shop
from .everything import Everything
from .operations import OPERATIONS, kind_named, parameters_of


def without_examples(part: Any) -> Any:
    """The document without its examples, which cannot be drawn together with other data."""
    if isinstance(part, dict):
        return {k: without_examples(v) for k, v in part.items() if k != "examples"}
    return [without_examples(item) for item in part] if isinstance(part, list) else part


schema = schemathesis.openapi.from_dict(without_examples(openapi.document()))
schema.app = get_wsgi_application()

EXAMPLES = int(os.environ.get("USANCE_CONTRACT_EXAMPLES", "8"))
"""Requests for each operation; the night takes more."""

CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
]


def made_plausible(part: Any, known: Everything) -> Any:
    """A generated part of a request that speaks of real objects; others hit nothing and get past no
    door."""
    if isinstance(part, str):
        return known.get(str(kind_named(part)), part)
    if isinstance(part, list):
        return [made_plausible(item, known) for item in part]
    if not isinstance(part, dict):
        return part
    if "amount" in part and isinstance(part["amount"], dict):
        # An order: one buyer, and lines that need not add up because there are none.
        if "received_on" not in part and "payment" not in part:
            part.setdefault("buyer", known["buyer"])
        for name in ("buyer_external_id", "lines", "tax_amount"):
            part.pop(name, None)
    known_values = {"currency": "EUR", "url": "https://shop.example/hook"}
    return {
        name: known_values.get(str(name)) or made_plausible(value, known)
        for name, value in part.items()
    }


def about_real_objects(case: Any, known: Everything) -> None:
    """Let a generated request be about objects that there are, whatever else it says."""
    about = parameters_of(BY_LABEL[case.operation.label], "path")
    for name, kind in about.items():
        case.path_parameters[name] = known[kind]
    if case.query:
        case.query = made_plausible(dict(case.query), known)
    case.body = made_plausible(case.body, known)


BY_LABEL = {f"{method} {path}": operation for method, path, operation in OPERATIONS}


@pytest.fixture
def known(shop: Shop) -> Everything:
    """What there is to speak of."""
    return Everything(shop)


@schema.given(real=st.sampled_from([True, True, True, False]))
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_keeps_to_the_document(
    case: Any, real: bool, shop: Shop, known: Everything
) -> None:
    if real:
        about_real_objects(case, known)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        response = case.call(headers={"Authorization": f"Bearer {shop.key}"})
    case.validate_response(response, checks=CHECKS)
