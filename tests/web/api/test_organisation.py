"""A buyer's people, papers, cost centres and approvals over the API."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from tests.flows import books
from tests.web.api.conftest import Shop, shop_of
from usance.records.identity import new_id, public_id
from usance.web.api import openapi


def eur(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


@pytest.fixture
def buyer(shop: Shop) -> Any:
    """The id of a buyer with credit; afterwards the books must be sound."""
    made = shop.ask("POST", "/buyers", {"name": "Nordwind", "country": "DE"}, status=201)["id"]
    shop.ask("PUT", f"/buyers/{made}/credit-line", {"limit": eur(1_000_000)})
    yield made
    assert books.broken(shop.seller) == []


def member(shop: Shop, buyer: str, **fields: Any) -> Any:
    body = {"name": "Eva", "email": f"eva-{secrets.token_hex(5)}@nordwind.example"} | fields
    return shop.ask("POST", f"/buyers/{buyer}/members", body, status=201)


def order(shop: Shop, buyer: str, amount: int = 1_000, **fields: Any) -> Any:
    body = {"buyer": buyer, "amount": eur(amount)} | fields
    return shop.ask("POST", "/orders", body, status=201)


def codes(shown: Any) -> list[str]:
    return [reason["code"] for reason in shown["reasons"]]


def test_what_a_buyer_is_besides(shop: Shop, buyer: str) -> None:
    parent = shop.ask("POST", "/buyers", {"name": "Holding", "country": "DE"}, status=201)
    assert (parent["group"], parent["parent"], parent["po_required"]) == ("", None, False)
    change = {
        "group": "wholesale",
        "parent": parent["id"],
        "domain": "Nordwind.example",
        "po_required": True,
        "po_unique": True,
        "members_only": True,
    }
    shown = shop.ask("PATCH", f"/buyers/{buyer}", change)
    assert {name: shown[name] for name in change} == change | {"domain": "nordwind.example"}
    assert shop.ask("GET", f"/buyers/{buyer}") == shown
    assert codes(order(shop, buyer)) == ["po_number_required", "member_required"]
    eva = member(shop, buyer)["id"]
    assert order(shop, buyer, po_number="1", member=eva)["state"] == "authorized"
    assert codes(order(shop, buyer, po_number="1", member=eva)) == ["po_number_used"]
    cleared = shop.ask("PATCH", f"/buyers/{buyer}", {"parent": None, "members_only": False})
    assert (cleared["parent"], cleared["members_only"], cleared["po_unique"]) == (None, False, True)


def test_a_parent_that_cannot_be(shop: Shop, buyer: str, at: Any) -> None:
    below = shop.ask("POST", "/buyers", {"name": "Below", "country": "DE"}, status=201)["id"]
    shop.ask("PATCH", f"/buyers/{below}", {"parent": buyer})
    for parent, status, code in (
        (buyer, 422, "parent_cycle"),
        (below, 422, "parent_cycle"),
        (public_id("buyer", new_id()), 404, "not_found"),
        ("ord_1", 422, "invalid_request"),
    ):
        answer = shop.ask("PATCH", f"/buyers/{buyer}", {"parent": parent}, status=status)
        assert answer["code"] == code
    wrong = shop.ask("PATCH", f"/buyers/{buyer}", {"domain": "not a domain"}, status=422)
    assert wrong["code"] == "invalid_organisation"


def test_members_with_limits(shop: Shop, buyer: str) -> None:
    eva = member(shop, buyer, order_limit=eur(500), period_limit=eur(900), period="week")
    assert (eva["order_limit"], eva["period_limit"], eva["period"]) == (eur(500), eur(900), "week")
    assert eva["left_at"] is None
    address = f"/buyers/{buyer}/members/{eva['id']}"
    assert codes(order(shop, buyer, 501, member=eva["email"])) == ["over_member_order_limit"]
    assert order(shop, buyer, 500, member=eva["email"])["member"] == eva["id"]
    assert codes(order(shop, buyer, 401, member=eva["id"])) == ["over_member_period_limit"]

    changed = shop.ask("PATCH", address, {"order_limit": None, "role": "approver"})
    assert (changed["order_limit"], changed["period_limit"]) == (None, eur(900))
    assert changed["role"] == "approver"
    usd = {"amount": 5, "currency": "USD"}
    mixed = shop.ask("PATCH", address, {"order_limit": usd}, status=422)
    assert (mixed["code"], mixed["errors"][0]["pointer"]) == ("currency_mismatch", "#/order_limit")
    both = shop.ask("PATCH", address, {"order_limit": usd, "period_limit": eur(1)}, status=422)
    assert both["code"] == "currency_mismatch"
    moved = shop.ask("PATCH", address, {"order_limit": usd, "period_limit": None})
    assert (moved["order_limit"], moved["period_limit"]) == (usd, None)

    gone = shop.ask("DELETE", address)
    assert gone["left_at"]
    assert shop.ask("DELETE", address) == gone
    assert codes(order(shop, buyer, 5, member=eva["id"])) == ["unknown_member"]
    assert shop.ask("PATCH", address, {"role": "admin"}, status=409)["code"] == "member_has_left"
    listed = shop.ask("GET", f"/buyers/{buyer}/members")["data"]
    assert [one["left_at"] for one in listed] == [gone["left_at"]]
    back = member(shop, buyer, email=eva["email"])
    assert (back["id"], back["left_at"], back["order_limit"]) == (eva["id"], None, None)


def test_a_member_is_named_by_the_shops_own_number(shop: Shop, buyer: str) -> None:
    eva = member(shop, buyer, external_id="E-17")
    assert order(shop, buyer, member="E-17")["member"] == eva["id"]
    assert codes(order(shop, buyer, member="E-18")) == ["unknown_member"]


def test_members_are_found_at_their_own_buyer_only(shop: Shop, buyer: str, at: Any) -> None:
    other = shop.ask("POST", "/buyers", {"name": "B", "country": "DE"}, status=201)["id"]
    eva = member(shop, other)
    for method, body in (("PATCH", {"role": "admin"}), ("DELETE", None)):
        shop.ask(method, f"/buyers/{buyer}/members/{eva['id']}", body, status=404)
    assert shop.ask("GET", f"/buyers/{other}/members")["data"][0]["role"] == "purchaser"


def test_cost_centres(shop: Shop, buyer: str) -> None:
    address = f"/buyers/{buyer}/cost-centres"
    made = shop.ask("POST", address, {"code": "4711", "name": "Workshop"}, status=201)
    assert (made["code"], made["name"], made["closed_at"]) == ("4711", "Workshop", None)
    assert made["id"].startswith("ccr_")
    assert shop.ask("POST", address, {"code": "4711"}, status=409)["code"] == "duplicate"
    assert order(shop, buyer, cost_centre="4711")["cost_centre"] == "4711"
    assert codes(order(shop, buyer, cost_centre="4712")) == ["unknown_cost_centre"]
    closed = shop.ask("POST", f"{address}/{made['id']}/close")
    assert closed["closed_at"]
    assert shop.ask("GET", address)["data"] == [closed]
    assert codes(order(shop, buyer, cost_centre="4711")) == ["unknown_cost_centre"]
    shop.ask("POST", f"{address}/{public_id('cost_centre', new_id())}/close", status=404)


def test_an_order_goes_through_the_buyers_chain(shop: Shop, buyer: str) -> None:
    eva = member(shop, buyer)
    boss = member(shop, buyer, name="Boss", role="approver", external_id="E-1")
    chief = member(shop, buyer, name="Chief", role="admin")
    chain = {
        "steps": [
            {"above": eur(500), "approver": "E-1"},
            {"above": eur(5_000), "role": "admin"},
        ]
    }
    shown = shop.ask("PUT", f"/buyers/{buyer}/approval-chain", chain)
    assert shown == shop.ask("GET", f"/buyers/{buyer}/approval-chain")
    assert [step["position"] for step in shown["steps"]] == [1, 2]
    assert shown["steps"][0]["approver"] == boss["id"]

    waiting = order(shop, buyer, 6_000, member=eva["id"])
    assert (waiting["state"], waiting["decision"]) == ("pending_approval", "review")
    assert waiting["reasons"] == [{"code": "buyer_approval_needed", "buyer_safe": True}]
    assert waiting["mark_as_paid"] is False
    address = f"/orders/{waiting['id']}/approvals"
    stands = shop.ask("GET", address)
    assert [step["state"] for step in stands["steps"]] == ["waiting", "later"]
    assert {one["name"] for one in stands["steps"][0]["deciders"]} == {"Boss", "Chief"}

    own = shop.ask("POST", address, {"member": eva["id"], "verdict": "approved"}, status=409)
    assert own["code"] == "own_order"
    once = {"member": "E-1", "verdict": "approved", "note": "fine"}
    first = shop.send("POST", address, once, once="a1")
    assert first.status_code == 201
    again = shop.send("POST", address, once, once="a1")
    assert again["Idempotency-Replayed"] == "true"
    assert again.content == first.content
    assert first.json()["order"]["state"] == "pending_approval"
    taken = first.json()["steps"][0]
    assert (taken["state"], taken["member"], taken["note"]) == ("approved", boss["id"], "fine")
    assert shop.ask("POST", address, once, status=409)["code"] == "already_answered"

    done = shop.ask("POST", address, {"member": chief["email"], "verdict": "approved"}, status=201)
    assert (done["order"]["state"], done["order"]["decision"]) == ("authorized", "approved")
    assert done["order"]["mark_as_paid"] is True
    release = {"may_ship": True, "release_on": None}
    assert done["order"] | release == shop.ask("GET", f"/orders/{waiting['id']}")
    late = shop.ask("POST", address, {"member": chief["id"], "verdict": "declined"}, status=409)
    assert late["code"] == "illegal_state"

    told = [event["type"] for event in shop.ask("GET", "/events")["data"]]
    assert told[-3:] == ["order.step_approved", "order.approved_by_buyer", "order.authorized"]


def test_a_decline_over_the_api(shop: Shop, buyer: str) -> None:
    boss = member(shop, buyer, role="approver")
    shop.ask("PUT", f"/buyers/{buyer}/approval-chain", {"steps": [{"above": eur(0)}]})
    waiting = order(shop, buyer)
    body = {"member": boss["id"], "verdict": "declined", "note": "no budget"}
    done = shop.ask("POST", f"/orders/{waiting['id']}/approvals", body, status=201)
    assert done["order"]["state"] == "declined"
    assert done["steps"][0]["state"] == "declined"
    shop.ask("PUT", f"/buyers/{buyer}/approval-chain", {"steps": []})
    assert order(shop, buyer)["state"] == "authorized"


def test_a_chain_that_cannot_be(shop: Shop, buyer: str) -> None:
    eva = member(shop, buyer)
    for step, status, code in (
        ({"above": eur(0), "approver": eva["id"]}, 422, "invalid_approval_chain"),
        ({"above": eur(0), "cost_centre": "none"}, 422, "invalid_approval_chain"),
        ({"above": eur(0), "approver": "nobody"}, 422, "invalid_request"),
        ({"above": eur(0), "role": "payer"}, 422, "invalid_request"),
        ({"above": eur(-1)}, 422, "invalid_request"),
    ):
        answer = shop.ask(
            "PUT", f"/buyers/{buyer}/approval-chain", {"steps": [step]}, status=status
        )
        assert answer["code"] == code, answer
    missing = shop.ask(
        "PUT",
        f"/buyers/{buyer}/approval-chain",
        {"steps": [{"above": eur(0), "approver": "nobody"}]},
        status=422,
    )
    assert missing["errors"][0]["pointer"] == "#/steps/0/approver"


def test_another_sellers_company_does_not_exist(shop: Shop, buyer: str, seller: Any) -> None:
    from tests.flows.test_onboarding import seller as another

    eva = member(shop, buyer)
    waiting = order(shop, buyer)
    stranger = shop_of(another(seller.created_at), at=seller.created_at)
    for method, path, body in (
        ("POST", f"/buyers/{buyer}/members", {"name": "X", "email": "x@x.example"}),
        ("PATCH", f"/buyers/{buyer}/members/{eva['id']}", {"role": "admin"}),
        ("DELETE", f"/buyers/{buyer}/members/{eva['id']}", None),
        ("GET", f"/buyers/{buyer}/members", None),
        ("GET", f"/buyers/{buyer}/cost-centres", None),
        ("POST", f"/buyers/{buyer}/cost-centres", {"code": "1"}),
        ("GET", f"/buyers/{buyer}/approval-chain", None),
        ("PUT", f"/buyers/{buyer}/approval-chain", {"steps": []}),
        ("GET", f"/orders/{waiting['id']}/approvals", None),
        (
            "POST",
            f"/orders/{waiting['id']}/approvals",
            {"member": eva["id"], "verdict": "approved"},
        ),
    ):
        with books.nothing_written(shop.seller):
            assert stranger.ask(method, path, body, status=404)["code"] == "not_found"


def test_the_document_shows_examples() -> None:
    schemas = openapi.document()["components"]["schemas"]
    for name in ("NewMember", "NewChain", "NewApproval", "NewCostCentre"):
        assert schemas[name]["examples"], name
