"""The fast lane through its ASGI face: many at once, each answered by itself."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from usance.flows import checkout
from usance.records.credit.models import CreditLine
from usance.records.ledger.models import Entry
from usance.records.orders.models import Order
from usance.records.statements import execute
from usance.web.api import checkout_lane, keys
from usance.web.api.checkout_lane import CheckoutLane

from .conftest import Shop


def request(shop: Shop, body: Any, *, once: str | None = None, **changed: str | None) -> Any:
    """Headers and body of one POST /v1/orders."""
    headers = {"authorization": f"Bearer {shop.key}", "content-type": "application/json"}
    if once:
        headers["idempotency-key"] = once
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}  # type: ignore[misc]
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return [(k.encode(), v.encode()) for k, v in headers.items() if v is not None], raw


async def post(lane: CheckoutLane, sent: Any) -> tuple[int, Any, dict[bytes, bytes]]:
    """Send one request as an ASGI server would; status, document and headers of the answer."""
    headers, raw = sent
    answer: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        answer.append(message)

    await lane.serve({"headers": headers}, receive, send)
    return answer[0]["status"], json.loads(answer[1]["body"]), dict(answer[0]["headers"])


def together(lane: CheckoutLane, sent: list[Any]) -> list[tuple[int, Any, dict[bytes, bytes]]]:
    """Send all at the same time."""

    async def all_of_them() -> Any:
        return await asyncio.gather(*(post(lane, one) for one in sent))

    return asyncio.run(all_of_them())


def order(buyer: Any, amount: int = 1000) -> dict[str, Any]:
    return {"buyer": f"buy_{buyer.id.hex}", "amount": {"amount": amount, "currency": "EUR"}}


@pytest.fixture
def lane() -> CheckoutLane:
    return CheckoutLane()


def test_neighbours_do_not_share_their_troubles(
    shop: Shop, buyer: Any, line: Any, lane: Any
) -> None:
    good = order(buyer)
    sent = [
        request(shop, good, once="a"),
        request(shop, b"{", once="b"),
        request(shop, good, once="c", authorization="Bearer usk_unknown"),
        request(shop, good | {"buyer": "buy_" + "0" * 32}, once="d"),
        request(shop, good | {"amount": {"amount": -1, "currency": "EUR"}}, once="e"),
        request(shop, good | {"lines": [{"description": "x", "amount": 999}]}, once="f"),
        request(shop, good, once="g", content_type="text/plain"),
        request(shop, good | {"external_id": "shop-1"}, once="h"),
        request(shop, good | {"external_id": "shop-1"}, once="i"),
        request(shop, good, once="j"),
    ]
    answers = together(lane, sent)
    codes = [document.get("code", document.get("state")) for _, document, _ in answers]
    assert [status for status, _, _ in answers[:8]] == [201, 400, 401, 404, 422, 422, 415, 201]
    assert codes[1:7] == [
        "malformed_json",
        "invalid_api_key",
        "unknown_buyer",
        "invalid_request",
        "lines_do_not_add_up",
        "unsupported_media_type",
    ]
    assert sorted(codes[7:9]) == ["authorized", "external_id_taken"]
    assert codes[0] == codes[9] == "authorized"
    assert answers[2][2][b"www-authenticate"].startswith(b"Bearer")
    assert Order.objects.filter(seller_id=shop.seller.id).count() == 3
    assert CreditLine.objects.get(seller_id=shop.seller.id).commitments == 3000


def test_a_hundred_at_once_never_pass_the_limit(
    shop: Shop, buyer: Any, line: Any, lane: Any
) -> None:
    """EUR 10,000.00 of credit, a hundred orders of EUR 300.00: thirty-three fit."""
    answers = together(
        lane, [request(shop, order(buyer, 30_000), once=f"k{n}") for n in range(100)]
    )
    states = [document["state"] for _, document, _ in answers]
    assert (states.count("authorized"), states.count("declined")) == (33, 67)
    assert CreditLine.objects.get(seller_id=shop.seller.id).commitments == 990_000
    assert Entry.objects.filter(seller_id=shop.seller.id).count() == 33
    refused = next(document for _, document, _ in answers if document["state"] == "declined")
    assert refused["mark_as_paid"] is False
    assert refused["reasons"] == [{"code": "limit_exceeded", "buyer_safe": True}]


def test_the_same_key_at_once_is_one_order(shop: Shop, buyer: Any, line: Any, lane: Any) -> None:
    answers = together(lane, [request(shop, order(buyer), once="k")] * 20)
    made = [document for status, document, _ in answers if status == 201]
    assert made
    assert all(document == made[0] for document in made)
    assert {document["code"] for status, document, _ in answers if status != 201} <= {
        "idempotency_key_in_flight"
    }
    assert Order.objects.filter(seller_id=shop.seller.id).count() == 1


def test_a_body_past_the_limit_is_refused_unread(shop: Shop, lane: Any, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    ((status, document, _),) = together(lane, [request(shop, b"x" * 101)])
    assert (status, document["code"]) == (413, "too_large")


def test_one_poisonous_order_does_not_take_the_batch_along(
    shop: Shop, buyer: Any, line: Any, lane: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the database may refuse as a whole is tried again one by one."""
    real = checkout.authorize_orders

    def fragile(requests: Any, **rest: Any) -> Any:
        if any(r.amount == 666 for r in requests):
            raise RuntimeError("cannot be recorded")
        return real(requests, **rest)

    monkeypatch.setattr(checkout, "authorize_orders", fragile)
    answers = together(lane, [request(shop, order(buyer, n)) for n in (100, 666, 200)])
    assert [status for status, _, _ in answers] == [201, 500, 201]
    assert CreditLine.objects.get(seller_id=shop.seller.id).commitments == 300


def test_a_lost_connection_costs_one_answer(
    shop: Shop, buyer: Any, line: Any, lane: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL was restarted while the lane was idle and the key no longer believed."""
    ((status, _, _),) = together(lane, [request(shop, order(buyer))])
    assert status == 201
    execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        [],
    )
    keys._kept.clear()
    ((lost, document, _),) = together(lane, [request(shop, order(buyer))])
    assert (lost, document["code"]) == (503, "database_unavailable")
    ((status, _, _),) = together(lane, [request(shop, order(buyer))])
    assert status == 201


def test_the_lane_outlives_what_nobody_foresaw(
    shop: Shop, buyer: Any, line: Any, lane: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(checkout_lane, "_authorize", lambda _: 1 / 0)
        ((status, document, _),) = together(lane, [request(shop, order(buyer))])
        assert (status, document["code"]) == (500, "internal_error")
    ((status, _, _),) = together(lane, [request(shop, order(buyer))])
    assert status == 201
