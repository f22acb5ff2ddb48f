"""Whatever is sent, the answer says what is wrong, and nothing is written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings

from usance.flows.checkout import OrderRequest
from usance.records.events.models import Event
from usance.web.api import keys, problems
from usance.web.api.schemas import parse_order

from .conftest import Shop

EUR = {"amount": 100, "currency": "EUR"}
BUYER = {"name": "A", "country": "IT"}
NOBODY = "buy_" + "0" * 32
ORDER = {"buyer": NOBODY, "amount": EUR}
LINE = {"description": "x", "amount": 100}


def written(shop: Shop) -> int:
    """Every change leaves an event."""
    return Event.objects.filter(seller_id=shop.seller.id).count()


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


SCHEMA = [
    # path, body, pointer, code of the fault
    ("/buyers", {}, "#/name", "missing"),
    ("/buyers", [], "#", "model_type"),
    ("/buyers", "text", "#", "model_type"),
    ("/buyers", None, "#", "missing"),
    ("/buyers", BUYER | {"name": ""}, "#/name", "string_too_short"),
    ("/buyers", BUYER | {"name": "a\0b"}, "#/name", "string_pattern_mismatch"),
    ("/buyers", BUYER | {"name": "x" * 201}, "#/name", "string_too_long"),
    ("/buyers", BUYER | {"name": 7}, "#/name", "string_type"),
    ("/buyers", BUYER | {"name": None}, "#/name", "string_type"),
    ("/buyers", BUYER | {"country": "Italy"}, "#/country", "string_pattern_mismatch"),
    ("/buyers", BUYER | {"external_id": "x" * 256}, "#/external_id", "string_too_long"),
    ("/buyers", BUYER | {"external_id": ""}, "#/external_id", "string_too_short"),
    ("/buyers", BUYER | {"surprise": 1}, "#/surprise", "extra_forbidden"),
    ("/buyers", BUYER | {"a/b~c": 1}, "#/a~1b~0c", "extra_forbidden"),
    ("/buyers", BUYER | {"email": "nobody"}, "#/email", "string_pattern_mismatch"),
    ("/buyers", BUYER | {"metadata": []}, "#/metadata", "dict_type"),
    ("/buyers", BUYER | {"metadata": {"a": "\0"}}, "#/metadata", "nul_character"),
    ("/buyers", BUYER | {"metadata": {"\0": 1}}, "#/metadata", "nul_character"),
    ("/buyers", BUYER | {"metadata": {"a": 10**30}}, "#/metadata", "number_too_large"),
    ("/buyers", BUYER | {"metadata": {"a": deep(20)}}, "#/metadata", "too_deep"),
    ("/buyers", BUYER | {"metadata": {"a": "x" * 17_000}}, "#/metadata", "too_long"),
    (
        "/buyers",
        BUYER | {"metadata": dict.fromkeys(map(str, range(51)), 1)},
        "#/metadata",
        "too_long",
    ),
    ("/orders", {"amount": EUR}, "#", "buyer_not_named"),
    ("/orders", ORDER | {"buyer_external_id": "x"}, "#", "buyer_not_named"),
    ("/orders", ORDER | {"buyer": "ord_" + "0" * 32}, "#/buyer", "not_an_id"),
    ("/orders", ORDER | {"buyer": NOBODY.upper()}, "#/buyer", "not_an_id"),
    ("/orders", ORDER | {"buyer": 5}, "#/buyer", "not_an_id"),
    ("/orders", ORDER | {"amount": 100}, "#/amount", "model_type"),
    ("/orders", ORDER | {"amount": EUR | {"amount": 1.0}}, "#/amount/amount", "int_type"),
    ("/orders", ORDER | {"amount": EUR | {"amount": True}}, "#/amount/amount", "int_type"),
    ("/orders", ORDER | {"amount": EUR | {"amount": "1"}}, "#/amount/amount", "int_type"),
    ("/orders", ORDER | {"amount": EUR | {"amount": 0}}, "#/amount/amount", "greater_than_equal"),
    ("/orders", ORDER | {"amount": EUR | {"amount": -5}}, "#/amount/amount", "greater_than_equal"),
    ("/orders", ORDER | {"amount": EUR | {"amount": 2**63}}, "#/amount/amount", "less_than_equal"),
    ("/orders", ORDER | {"amount": EUR | {"amount": 10**40}}, "#/amount/amount", "less_than_equal"),
    (
        "/orders",
        ORDER | {"amount": EUR | {"currency": "XXX"}},
        "#/amount/currency",
        "unknown_currency",
    ),
    (
        "/orders",
        ORDER | {"amount": EUR | {"currency": "eur"}},
        "#/amount/currency",
        "unknown_currency",
    ),
    ("/orders", ORDER | {"tax_amount": "7"}, "#/tax_amount", "int_type"),
    (
        "/orders",
        ORDER | {"tax_amount": EUR | {"currency": "USD"}},
        "#/tax_amount",
        "currency_mismatch",
    ),
    ("/orders", ORDER | {"tax_amount": 10**40}, "#/tax_amount", "amount_out_of_range"),
    (
        "/orders",
        ORDER | {"tax_amount": EUR | {"amount": 10**16}},
        "#/tax_amount/amount",
        "less_than_equal",
    ),
    ("/orders", ORDER | {"terms": "whenever"}, "#/terms", "unknown_terms"),
    ("/orders", ORDER | {"terms": "net_366"}, "#/terms", "unknown_terms"),
    ("/orders", ORDER | {"terms": "net_³"}, "#/terms", "unknown_terms"),
    ("/orders", ORDER | {"lines": [LINE, {"description": "x"}]}, "#/lines/1/amount", "missing"),
    (
        "/orders",
        ORDER | {"lines": [LINE | {"quantity": "NaN"}]},
        "#/lines/0/quantity",
        "finite_number",
    ),
    (
        "/orders",
        ORDER | {"lines": [LINE | {"quantity": "1e999999"}]},
        "#/lines/0/quantity",
        "decimal_max_digits",
    ),
    (
        "/orders",
        ORDER | {"lines": [LINE | {"amount": EUR | {"currency": "USD"}}]},
        "#/lines/0/amount",
        "currency_mismatch",
    ),
    ("/orders", ORDER | {"lines": [LINE] * 1001}, "#/lines", "too_long"),
    ("/orders/batch", {"orders": []}, "#/orders", "too_short"),
    ("/orders/batch", {"orders": [ORDER, {}]}, "#/orders/1/amount", "missing"),
    ("/payments", {"amount": EUR, "received_on": "2026-02-30"}, "#/received_on", "not_a_day"),
    ("/payments", {"amount": EUR, "received_on": "9999-12-31"}, "#/received_on", "not_a_day"),
    ("/payments", {"amount": EUR, "received_on": "0001-01-01"}, "#/received_on", "not_a_day"),
    ("/payments", {"amount": EUR, "received_on": 20260302}, "#/received_on", "not_a_day"),
    ("/payments", {"amount": EUR, "received_on": 1e300}, "#/received_on", "not_a_day"),
    ("/policies", {"terms": []}, "#/terms", "too_short"),
    ("/policies", {"terms": ["net_30"], "order_ceiling": {"XXX": 1}}, None, "unknown_currency"),
    (
        "/policies",
        {"terms": ["net_30"], "authorization_days": 10**30},
        "#/authorization_days",
        "less_than_equal",
    ),
    (
        "/webhook-endpoints",
        {"url": "https://a.example", "types": ["Order!"]},
        "#/types/0",
        "string_pattern_mismatch",
    ),
]


@pytest.mark.parametrize(("path", "body", "pointer", "code"), SCHEMA)
def test_a_payload_that_does_not_fit_is_422_with_its_place(
    shop: Shop, path: str, body: Any, pointer: str | None, code: str
) -> None:
    before = written(shop)
    response = shop.send("POST", path, body)
    assert response.status_code == 422, response.content
    assert response["Content-Type"] == problems.CONTENT_TYPE
    problem = response.json()
    assert problem["status"] == 422
    assert problem["type"] == f"urn:usance:problem:{problem['code']}"
    assert problem["title"] and problem["detail"]
    faults = [(fault["pointer"], fault["code"]) for fault in problem["errors"]]
    if pointer is None:
        assert code in [fault[1] for fault in faults]
    else:
        assert faults[0] == (pointer, code)
    assert written(shop) == before


NOT_JSON = [
    b"",
    b"{",
    b'{"name": NaN}',
    b'{"name": Infinity}',
    b'{"name": "\xff"}',
    b'{"name": "\\ud800"}',
    b'{"name": "a\x00b"}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"1" * 10_000,
    b"\xef\xbb\xbf{}",
    b"\x00",
    b'{"name": 01}',
]


@pytest.mark.parametrize("path", ["/buyers", "/orders", "/orders/batch", "/policies"])
@pytest.mark.parametrize("raw", NOT_JSON, ids=lambda raw: repr(raw[:20]))
def test_what_is_not_json_is_refused(shop: Shop, path: str, raw: bytes) -> None:
    before = written(shop)
    response = shop.send("POST", path, raw=raw)
    problem = response.json()
    assert (response.status_code, problem["code"]) in (
        (400, "malformed_json"),
        (422, "invalid_request"),
    )
    assert written(shop) == before


@pytest.mark.parametrize("raw", NOT_JSON, ids=lambda raw: repr(raw[:20]))
def test_the_fast_lane_refuses_the_same(shop: Shop, raw: bytes) -> None:
    principal = keys.authenticate(f"Bearer {shop.key}", scope="orders:write")
    with pytest.raises(problems.Problem) as refused:
        parse_order(raw, principal=principal, idempotency_key=None)
    assert problems.render(refused.value)[0] in (400, 422)


@pytest.mark.parametrize(
    ("path", "body", "pointer", "code"), [row for row in SCHEMA if row[0] == "/orders"]
)
def test_the_fast_lane_names_the_same_places(
    shop: Shop, path: str, body: Any, pointer: str, code: str
) -> None:
    principal = keys.authenticate(f"Bearer {shop.key}", scope="orders:write")
    with pytest.raises(problems.Problem) as refused:
        parse_order(json.dumps(body).encode(), principal=principal, idempotency_key=None)
    status, answer = problems.render(refused.value)
    assert status == 422
    fault = json.loads(answer)["errors"][0]
    assert (fault["pointer"], fault["code"]) == (pointer, code)


def test_the_fast_lane_reads_what_the_view_reads(shop: Shop) -> None:
    principal = keys.authenticate(f"Bearer {shop.key}", scope="orders:write")
    body = json.dumps(
        ORDER | {"tax_amount": 18, "terms": "net_30", "lines": [LINE | {"tax_amount": EUR}]}
    ).encode()
    asked = parse_order(body, principal=principal, idempotency_key="k")
    assert isinstance(asked, OrderRequest)
    assert (asked.amount, asked.tax_amount, asked.currency) == (100, 18, "EUR")
    assert (asked.terms.code, asked.lines[0].tax_amount) == ("net_30", 100)
    assert (asked.by, asked.idempotency_key, len(asked.request_hash)) == (
        principal.by,
        "k",
        32,
    )


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_another_media_type_is_415(shop: Shop, media: str) -> None:
    response = shop.send("POST", "/buyers", BUYER, content_type=media)
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_a_body_beyond_the_limit_is_413(shop: Shop) -> None:
    raw = b'{"name": "' + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
    for path in ("/buyers", "/orders", f"/orders/ord_{'0' * 32}/cancel"):
        response = shop.send("POST", path, raw=raw)
        assert (response.status_code, response.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "path",
    [
        "/buyers/nonsense",
        "/buyers/%00",
        "/buyers/ord_" + "0" * 32,
        "/buyers/buy_" + "0" * 31 + "G",
        "/buyers/buy_" + "0" * 32 + "/",
        "/nothing/here",
        "/",
        "/buyers/" + "x" * 5000,
        "/orders/%ED%A0%80",
    ],
)
def test_an_address_of_nothing_is_404(shop: Shop, path: str) -> None:
    response = shop.send("GET", path)
    assert response.status_code == 404
    assert response["Content-Type"] == problems.CONTENT_TYPE
    assert response.json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("limit=99999999999999999999999", "limit"),
        ("after=x", "after"),
        ("after=%00", "after"),
        ("after=buy_" + "0" * 32, "after"),
        ("buyer=x", "buyer"),
        ("state=sleeping", "state"),
        ("external_id=%00", "external_id"),
    ],
)
def test_a_parameter_that_does_not_fit_is_422(shop: Shop, query: str, parameter: str) -> None:
    response = shop.send("GET", f"/orders?{query}")
    assert response.status_code == 422
    (fault,) = response.json()["errors"]
    assert (fault["parameter"], fault["in"]) == (parameter, "query")


@pytest.mark.parametrize("cursor", ["x", "1", "1-", "-1-1", "1-x", "1-" + "9" * 30, "¹-1"])
def test_a_cursor_of_events_that_was_not_given_is_422(shop: Shop, cursor: str) -> None:
    assert shop.send("GET", f"/events?after={cursor}").status_code == 422


def test_a_method_that_is_not_answered_is_405(shop: Shop) -> None:
    response = shop.send("DELETE", "/buyers")
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert {m.strip() for m in response["Allow"].split(",")} == {"GET", "POST"}


def test_what_the_state_does_not_allow_is_409(shop: Shop) -> None:
    id_ = shop.ask("POST", "/buyers", BUYER | {"external_id": "C"}, status=201)["id"]
    shop.ask("PUT", f"/buyers/{id_}/credit-line", {"limit": EUR})
    other = shop.ask("POST", "/buyers", BUYER, status=201)["id"]
    order = shop.ask(
        "POST", "/orders", {"buyer": id_, "amount": EUR, "external_id": "S"}, status=201
    )["id"]
    eva = {"name": "Eva", "email": "eva@a.example"}
    shop.ask("POST", f"/buyers/{id_}/members", eva, status=201)
    before = written(shop)
    for method, path, body, code in (
        ("POST", "/buyers", BUYER | {"external_id": "C"}, "external_id_taken"),
        ("PATCH", f"/buyers/{other}", {"external_id": "C"}, "external_id_taken"),
        (
            "POST",
            "/orders",
            {"buyer": id_, "amount": EUR, "external_id": "S"},
            "external_id_taken",
        ),
        ("POST", f"/buyers/{id_}/members", eva, "duplicate"),
        ("POST", f"/buyers/{id_}/credit-line/release", {"currency": "EUR"}, "illegal_state"),
        ("POST", f"/orders/{order}/confirm", None, "illegal_state"),
        ("POST", f"/orders/{order}/adjust", {"amount": EUR | {"amount": 500}}, "limit_exceeded"),
    ):
        response = shop.send(method, path, body)
        assert (response.status_code, response.json()["code"]) == (409, code)
    for method, path, body, code in (
        (
            "POST",
            f"/orders/{order}/invoices",
            {"amount": EUR | {"amount": 101}},
            "amount_too_large",
        ),
        (
            "POST",
            f"/orders/{order}/invoices",
            {"amount": {"amount": 1, "currency": "USD"}},
            "currency_mismatch",
        ),
    ):
        response = shop.send(method, path, body)
        assert (response.status_code, response.json()["code"]) == (422, code)
    assert written(shop) == before


def test_external_ids_of_every_kind_are_taken_once(shop: Shop) -> None:
    id_ = shop.ask("POST", "/buyers", BUYER, status=201)["id"]
    shop.ask("PUT", f"/buyers/{id_}/credit-line", {"limit": EUR})
    order = shop.ask("POST", "/orders", {"buyer": id_, "amount": EUR}, status=201)["id"]
    part = {"amount": EUR | {"amount": 10}, "external_id": "E"}
    invoice = shop.ask("POST", f"/orders/{order}/invoices", part, status=201)["id"]
    notes = f"/invoices/{invoice}/credit-notes"
    shop.ask("POST", notes, part | {"amount": EUR | {"amount": 1}}, status=201)
    money = {"amount": EUR, "received_on": "2026-03-02", "external_id": "E"}
    shop.ask("POST", "/payments", money, status=201)
    before = written(shop)
    for path, body in (
        (f"/orders/{order}/invoices", part),
        (notes, part | {"amount": EUR | {"amount": 1}}),
        ("/payments", money),
    ):
        response = shop.send("POST", path, body)
        assert (response.status_code, response.json()["code"]) == (409, "external_id_taken")
    assert written(shop) == before


def test_a_patch_changes_only_what_is_sent(shop: Shop) -> None:
    made = shop.ask(
        "POST", "/buyers", BUYER | {"external_id": "C", "metadata": {"a": 1}}, status=201
    )
    path = f"/buyers/{made['id']}"
    assert shop.ask("PATCH", path, {}) == made
    changed = shop.ask("PATCH", path, {"name": "B", "external_id": None})
    assert changed == made | {"name": "B", "external_id": None}
    assert shop.ask("GET", path) == changed
    response = shop.send("PATCH", path, {"name": None})
    assert response.json()["errors"][0]["pointer"] == "#/name"
