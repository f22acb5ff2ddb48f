"""The same request twice does one thing; refused requests leave nothing behind."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connections

from usance.records.events.models import Event, IdempotencyRecord
from usance.records.orders.models import Order
from usance.records.parties.models import Buyer
from usance.web.api import checkout_lane

from .conftest import Shop, shop_of

BUYER = {"name": "Nordwind", "country": "DE"}


def buyers(shop: Shop) -> int:
    return Buyer.objects.filter(seller_id=shop.seller.id).count()


def test_the_first_answer_is_given_again(shop: Shop) -> None:
    first = shop.send("POST", "/buyers", BUYER, once="k")
    again = shop.send("POST", "/buyers", BUYER, once="k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert buyers(shop) == 1


def test_another_body_or_address_under_the_same_key_is_refused(shop: Shop) -> None:
    id_ = shop.send("POST", "/buyers", BUYER, once="k").json()["id"]
    for path, body in (
        ("/buyers", BUYER | {"name": "Other"}),
        (f"/buyers/{id_}/members", {"name": "Eva", "email": "eva@nordwind.example"}),
        ("/orders", {"buyer": id_, "amount": {"amount": 1, "currency": "EUR"}}),
    ):
        response = shop.send("POST", path, body, once="k")
        assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert buyers(shop) == 1
    assert not Order.objects.filter(seller_id=shop.seller.id).exists()


def test_without_a_key_twice_is_twice(shop: Shop) -> None:
    for _ in range(2):
        shop.ask("POST", "/buyers", BUYER, status=201)
    assert buyers(shop) == 2


def test_keys_of_two_sellers_do_not_meet(shop: Shop, at: Any) -> None:
    from usance.flows import onboarding

    other = onboarding.create_seller(
        name="Other",
        handle=f"other-{shop.seller.id.hex[-12:]}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    theirs = shop_of(other, at=at)
    assert shop.send("POST", "/buyers", BUYER, once="k").status_code == 201
    assert theirs.send("POST", "/buyers", BUYER | {"name": "X"}, once="k").status_code == 201


def test_a_refused_request_leaves_its_key_free_and_nothing_written(shop: Shop) -> None:
    events = Event.objects.filter(seller_id=shop.seller.id).count()
    missing = f"/orders/ord_{'0' * 32}/cancel"
    assert shop.send("POST", missing, once="k").status_code == 404
    assert shop.send("POST", "/buyers", {"name": ""}, once="k").status_code == 422
    assert Event.objects.filter(seller_id=shop.seller.id).count() == events
    assert not IdempotencyRecord.objects.filter(seller_id=shop.seller.id).exists()
    assert shop.send("POST", "/buyers", BUYER, once="k").status_code == 201


def test_an_order_that_is_refused_keeps_no_answer(shop: Shop) -> None:
    order = {"buyer_external_id": "later", "amount": {"amount": 1, "currency": "EUR"}}
    assert shop.send("POST", "/orders", order, once="k").status_code == 404
    shop.ask("POST", "/buyers", BUYER | {"external_id": "later"}, status=201)
    first = shop.send("POST", "/orders", order, once="k")
    assert first.status_code == 201
    again = shop.send("POST", "/orders", order, once="k")
    assert again["Idempotency-Replayed"] == "true"
    assert again.content == first.content
    other = shop.send("POST", "/orders", order | {"po_number": "2"}, once="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Order.objects.filter(seller_id=shop.seller.id).count() == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "ü", "a\tb"])
def test_a_key_that_cannot_be_kept_is_refused(shop: Shop, key: str) -> None:
    for path, body in (
        ("/buyers", BUYER),
        ("/orders", {"buyer_external_id": "a", "amount": {"amount": 1, "currency": "EUR"}}),
    ):
        response = shop.send("POST", path, body, once=key)
        assert response.status_code == 422
        assert response.json()["errors"][0]["parameter"] == "Idempotency-Key"
    assert buyers(shop) == 0


@pytest.mark.parametrize("kind", ["buyer", "order"])
def test_many_at_once_do_it_once(shop: Shop, kind: str) -> None:
    id_ = shop.ask("POST", "/buyers", BUYER, status=201)["id"]
    shop.ask("PUT", f"/buyers/{id_}/credit-line", {"limit": {"amount": 9, "currency": "EUR"}})
    path, body = {
        "buyer": ("/buyers", BUYER),
        "order": ("/orders", {"buyer": id_, "amount": {"amount": 9, "currency": "EUR"}}),
    }[kind]
    together = threading.Barrier(8)
    answers: list[Any] = []

    def send() -> None:
        program = Shop(shop.seller, shop.key)
        together.wait()
        answers.append(program.send("POST", path, body, once="k"))
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = Counter(answer.status_code for answer in answers)
    assert set(counts) <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert {a.json()["code"] for a in answers if a.status_code == 409} <= {
        "idempotency_key_in_flight"
    }
    first = [a for a in answers if a.status_code == 201 and "Idempotency-Replayed" not in a]
    assert len(first) == 1
    assert buyers(shop) == (2 if kind == "buyer" else 1)
    assert Order.objects.filter(seller_id=shop.seller.id).count() == (kind == "order")


def test_one_external_id_at_once_makes_one_order(shop: Shop) -> None:
    id_ = shop.ask("POST", "/buyers", BUYER, status=201)["id"]
    body = {"buyer": id_, "amount": {"amount": 9, "currency": "EUR"}, "external_id": "S-1"}
    together = threading.Barrier(8)
    statuses: list[int] = []

    def send() -> None:
        program = Shop(shop.seller, shop.key)
        together.wait()
        statuses.append(program.send("POST", "/orders", body).status_code)
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(statuses) == {201: 1, 409: 7}
    assert Order.objects.filter(seller_id=shop.seller.id).count() == 1


def test_the_fast_lane_and_the_view_give_each_others_answers(shop: Shop) -> None:
    id_ = shop.ask("POST", "/buyers", BUYER, status=201)["id"]
    for n, first in enumerate(("view", "lane")):
        body = json.dumps({"buyer": id_, "amount": {"amount": 5, "currency": "EUR"}}).encode()

        def by_view(key: str, body: bytes = body) -> tuple[int, bytes, bool]:
            response = shop.send("POST", "/orders", raw=body, once=key)
            return response.status_code, response.content, "Idempotency-Replayed" in response

        def by_lane(key: str, body: bytes = body) -> tuple[int, bytes, bool]:
            loop = asyncio.new_event_loop()
            waiting = checkout_lane._Waiting(
                f"Bearer {shop.key}", key, body, loop, loop.create_future()
            )
            (answer,) = checkout_lane._answer_all([waiting])
            loop.close()
            return answer.status, answer.body, bool(answer.headers)

        ways = [by_view, by_lane] if first == "view" else [by_lane, by_view]
        status, text, replayed = ways[0](f"k{n}")
        assert (status, replayed) == (201, False)
        assert ways[1](f"k{n}") == (201, text, True)
    assert Order.objects.filter(seller_id=shop.seller.id).count() == 2
