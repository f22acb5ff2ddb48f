"""Applications and connections over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from config.clock import Clock
from tests.conftest import AT
from tests.flows.applying import FOUR_EYES, ITALIAN, World, decide_by, mails, open_form
from tests.flows.applying import mail_server as with_mail
from tests.web.api.conftest import Shop, shop_of
from usance.flows import onboarding
from usance.records.applications.models import Application
from usance.records.identity import parse_public_id
from usance.records.parties.models import Buyer, Seller

WHOLE: dict[str, Any] = {
    "name": "Ferramenta Lodi S.r.l.",
    "country": "IT",
    "street": "Via Roma 1",
    "postal_code": "20121",
    "city": "Milano",
    "website": "www.ferramentalodi.example",
    "numbers": {"partita_iva": ITALIAN},
    "contact_name": "Paola Conti",
    "contact_email": "Paola@ferramentalodi.example",
    "requested_limit": {"amount": 500_000, "currency": "EUR"},
    "requested_terms": "net_30",
    "references": [{"company": "Acciai Brescia"}],
    "consents": ["authority", "checks"],
    "external_id": "lead-17",
    "metadata": {"campaign": "autumn"},
}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Clock, "now", lambda _self: AT)


def stored(document: Any) -> Application:
    return Application.objects.get(id=parse_public_id("application", document["id"]))


def in_review(shop: Shop, at: datetime) -> Any:
    made = shop.ask("POST", "/credit-applications", WHOLE, status=201)
    World().check(stored(made), at=at)
    return shop.ask("GET", f"/credit-applications/{made['id']}")


def test_taken_from_a_shops_own_form(shop: Shop, seller: Seller, at: datetime) -> None:
    open_form(seller, at=at, prepaid_allowed=True)
    with with_mail():
        made = shop.ask("POST", "/credit-applications", WHOLE, status=201)
    assert (made["object"], made["state"], made["tax_id"]) == (
        "application",
        "submitted",
        "IT00743110157",
    )
    assert made["requested_limit"] == {"amount": 500_000, "currency": "EUR"}
    assert (made["email_verified"], made["may_order_prepaid"]) == (False, True)
    assert made["metadata"] == {"campaign": "autumn"}
    page = Client().get(made["url"].removeprefix("http://testserver"))
    assert page.status_code == 200
    [letter] = mails(stored(made))
    assert letter.to == "paola@ferramentalodi.example"
    again = shop.ask("GET", f"/credit-applications/{made['id']}")
    assert again == made | {"url": None}
    listed = shop.ask("GET", "/credit-applications?state=submitted&external_id=lead-17")
    assert listed["data"] == [again]
    assert shop.ask("GET", "/credit-applications?state=declined")["data"] == []


def test_the_same_key_takes_it_once(shop: Shop, seller: Seller) -> None:
    answers = [
        shop.send("POST", "/credit-applications", WHOLE, once="k-1").json() for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert Application.objects.filter(seller_id=seller.id).count() == 1
    taken = shop.send("POST", "/credit-applications", WHOLE)
    assert (taken.status_code, taken.json()["code"]) == (409, "external_id_taken")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"numbers": {}}, 422, "application_incomplete"),
        ({"numbers": {"partita_iva": "IT00743110158"}}, 422, "application_incomplete"),
        ({"consents": ["checks"]}, 422, "application_incomplete"),
        ({"requested_limit": {"amount": 1, "currency": "USD"}}, 422, "invalid_application"),
        ({"requested_limit": {"amount": 0, "currency": "EUR"}}, 422, "invalid_request"),
        ({"country": "Italy"}, 422, "invalid_request"),
        ({"surprise": 1}, 422, "invalid_request"),
    ],
)
def test_what_is_not_whole_is_refused_and_nothing_is_kept(
    shop: Shop, seller: Seller, change: dict[str, Any], status: int, code: str
) -> None:
    response = shop.send("POST", "/credit-applications", WHOLE | change)
    assert (response.status_code, response.json()["code"]) == (status, code), response.content
    assert not Application.objects.filter(seller_id=seller.id).exists()


def test_approved_by_a_program(shop: Shop, seller: Seller, at: datetime) -> None:
    waiting = in_review(shop, at)
    assert waiting["state"] == "in_review"
    assert waiting["findings"]["reports"][0]["outcome"] == "valid"
    path = f"/credit-applications/{waiting['id']}"
    limit = {"amount": 300_000, "currency": "EUR"}
    wrong = shop.send("POST", f"{path}/approve", {"limit": limit | {"currency": "USD"}})
    assert wrong.json()["code"] == "currency_mismatch"
    done = shop.ask("POST", f"{path}/approve", {"limit": limit, "terms": ["net_30"], "tier": "new"})
    assert (done["state"], done["limit"], done["tier"]) == ("approved", limit, "new")
    buyer = shop.ask("GET", f"/buyers/{done['buyer']}")
    assert (buyer["name"], buyer["external_id"]) == ("Ferramenta Lodi S.r.l.", "lead-17")
    credit = shop.ask("GET", f"/buyers/{done['buyer']}/credit")
    assert credit["lines"][0]["limit"] == limit
    late = shop.send("POST", f"{path}/approve", {"limit": limit})
    assert (late.status_code, late.json()["code"]) == (409, "illegal_state")
    assert Buyer.objects.filter(seller_id=seller.id).count() == 1


def test_a_program_does_not_decide_what_is_for_named_persons(
    shop: Shop, seller: Seller, at: datetime
) -> None:
    decide_by(seller, FOUR_EYES, at=at)
    waiting = in_review(shop, at)
    limit = {"amount": 300_000, "currency": "EUR"}
    refused = shop.send("POST", f"/credit-applications/{waiting['id']}/approve", {"limit": limit})
    assert refused.json()["code"] == "not_your_review"
    assert stored(waiting).state == "in_review"


def test_asked_and_declined_by_a_program(shop: Shop, at: datetime) -> None:
    waiting = in_review(shop, at)
    path = f"/credit-applications/{waiting['id']}"
    asked = shop.ask("POST", f"{path}/request-information", {"text": "Who signs?"})
    assert asked["state"] == "information_requested"
    assert shop.send("POST", f"{path}/request-information", {"text": ""}).status_code == 422
    assert shop.send("POST", f"{path}/decline", {"reasons": ["hair"]}).status_code == 422
    done = shop.ask("POST", f"{path}/decline", {"reasons": ["new_business", "sanctions"]})
    assert done["decline_reasons"] == [
        {"code": "new_business", "applicant_safe": True},
        {"code": "sanctions", "applicant_safe": False},
    ]


def test_another_seller_has_no_such_application(shop: Shop, seller: Seller, at: datetime) -> None:
    waiting = in_review(shop, at)
    other = onboarding.create_seller(
        name="Other",
        handle=f"{seller.handle}-a",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    stranger = shop_of(other, at=at)
    path = f"/credit-applications/{waiting['id']}"
    assert stranger.send("GET", path).status_code == 404
    limit = {"amount": 1, "currency": "EUR"}
    assert stranger.send("POST", f"{path}/approve", {"limit": limit}).status_code == 404
    assert stranger.send("POST", f"{path}/decline", {"reasons": ["other"]}).status_code == 404
    assert stranger.ask("GET", "/credit-applications")["data"] == []


def test_connections_never_tell_their_secrets(shop: Shop) -> None:
    body = {
        "kind": "companies_house",
        "name": "CH",
        "settings": {"countries": ["GB"]},
        "secrets": {"api_key": "geheim-1"},
    }
    made = shop.send("POST", "/connections", body)
    assert made.status_code == 201
    assert "geheim" not in made.content.decode()
    shown = made.json()
    assert (shown["kind"], shown["settings"], shown["is_active"]) == (
        "companies_house",
        {"countries": ["GB"]},
        True,
    )
    assert shop.ask("GET", "/connections")["data"] == [shown]
    assert shop.ask("GET", f"/connections/{shown['id']}") == shown
    for wrong in (
        {"kind": "companies_house"},
        {"kind": "vies", "secrets": {"api_key": "x"}},
        {"kind": "vies", "settings": {"base_url": "file:///etc/passwd"}},
        {"kind": "gleif", "settings": {"countries": ["Germany"]}},
        {"kind": "gleif", "settings": {"colour": "red"}},
    ):
        refused = shop.send("POST", "/connections", wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_connection"), wrong
