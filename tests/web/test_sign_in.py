"""Who gets in, and where they go: staff to the office, members to their account, others nowhere."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from tests.web import house as houses
from tests.web.house import House
from usance.flows import onboarding
from usance.records.identity import public_id
from usance.records.parties.models import User


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    """No attempt is remembered from one test to the next."""
    cache.clear()
    yield
    cache.clear()


def sign_in(email: str, password: str = houses.PASSWORD, client: Client | None = None) -> Any:
    """Send the form of the sign-in, and follow to where it leads."""
    client = client or Client()
    return client.post("/accounts/login/", {"login": email, "password": password}, follow=True)


def test_staff_go_to_the_office_and_members_to_their_account(house: House) -> None:
    assert sign_in(house.email("chiara")).request["PATH_INFO"] == "/office/"
    assert sign_in(house.email("lucia").upper()).request["PATH_INFO"] == "/account/"


def test_a_wrong_password_and_an_unknown_address_are_told_alike(house: House) -> None:
    wrong = sign_in(house.email("chiara"), "not-the-password")
    unknown = sign_in("nobody@example.com", "not-the-password")
    told = "The email address and/or password you specified are not correct."
    for response in (wrong, unknown):
        assert response.status_code == 200
        assert told in response.content.decode()
        assert "_auth_user_id" not in response.client.session


def test_guessing_is_slowed_down(house: House) -> None:
    with override_settings():
        from django.conf import settings

        del settings.ACCOUNT_RATE_LIMITS  # as it is outside the tests
        answers = [sign_in(house.email("marco"), f"guess-{n}") for n in range(12)]
        assert "Too many failed login attempts" in answers[9].content.decode()
        # The right password does not help any more either.
        assert "_auth_user_id" not in sign_in(house.email("marco")).client.session
    assert answers[-1].status_code in (200, 429)


def test_nobody_signs_up(house: House) -> None:
    response = Client().post(
        "/accounts/signup/", {"email": "me@example.com", "password1": houses.PASSWORD}
    )
    assert response.status_code in (200, 404)
    assert not User.objects.filter(email="me@example.com").exists()


def test_somebody_without_a_place_sees_nothing(house: House) -> None:
    user = User.objects.create_user(f"alone-{secrets.token_hex(4)}@example.com", houses.PASSWORD)
    client = sign_in(user.email).client
    for address in ("/", "/choose", "/office/", "/account/"):
        response = client.get(address)
        assert response.status_code == 403
        assert "You may not see this page" in response.content.decode()


def test_whoever_has_several_places_chooses_and_the_choice_is_kept(house: House) -> None:
    email = f"both-{secrets.token_hex(4)}@example.com"
    given = {"name": "Both", "email": email, "password": houses.PASSWORD, "at": houses.TODAY}
    staff = onboarding.add_staff(house.seller, role="viewer", **given)
    members = [
        onboarding.add_member(
            house.seller, buyer_id=house.buyers[key].id, role="payer", by="test", **given
        )
        for key in ("nordmann", "girard")
    ]
    response = sign_in(email)
    client = response.client
    assert response.request["PATH_INFO"] == "/choose"
    page = response.content.decode()
    assert "Officine Valtrompia S.p.A., back office" in page
    assert "Stahlhandel Nordmann GmbH, customer of Officine Valtrompia S.p.A." in page

    # The one office there is needs no choice; between two accounts there is one.
    assert client.get("/office/").status_code == 200
    assert client.get("/account/")["location"] == "/choose"

    for member, name in zip(members, ("Stahlhandel Nordmann", "Atelier Girard"), strict=True):
        key = public_id("member", member.id)
        assert client.post("/choose", {"place": key})["location"] == "/account/"
        for _ in range(2):
            assert name in client.get("/account/statement").content.decode()
        assert client.get("/")["location"] == "/account/"
        assert "Switch account" in client.get("/account/").content.decode()
    key = public_id("staff", staff.id)
    assert client.post("/choose", {"place": key})["location"] == "/office/"


def test_a_place_of_somebody_else_cannot_be_chosen(house: House) -> None:
    client = sign_in(house.email("lucia")).client
    other = public_id("member", house.members["ravi"].id)
    response = client.post("/choose", {"place": other})
    assert response.status_code == 200
    assert "Ferramenta Bianchi" in client.get("/account/statement").content.decode()


def test_who_is_dismissed_is_out_at_once(house: House) -> None:
    email = f"left-{secrets.token_hex(4)}@example.com"
    given = {"name": "Left", "email": email, "password": houses.PASSWORD, "at": houses.TODAY}
    staff = onboarding.add_staff(house.seller, role="admin", **given)
    client = sign_in(email).client
    assert client.get("/office/").status_code == 200
    User.objects.filter(id=staff.user_id).update(is_active=False)
    assert client.get("/office/").status_code == 302


def test_the_way_to_a_page_is_kept_through_the_sign_in(house: House) -> None:
    client = Client()
    asked = client.get("/office/invoices?state=overdue", follow=True)
    assert asked.request["PATH_INFO"] == "/accounts/login/"
    response = client.post(
        "/accounts/login/?" + asked.request["QUERY_STRING"],
        {
            "login": house.email("chiara"),
            "password": houses.PASSWORD,
            "next": "/office/invoices?state=overdue",
        },
    )
    assert response["location"] == "/office/invoices?state=overdue"


def test_nobody_takes_another_address_or_signs_up_alone(house: House) -> None:
    """With an unverified address of somebody else's, a member would be taken for that person."""
    client = Client()
    sign_in(house.email("lucia"), client=client)
    for path in ("email/", "signup/", "confirm-email/", "login/code/confirm/"):
        answer = client.post(
            f"/accounts/{path}", {"email": "cfo@seller.example", "action_add": "", "email1": "x"}
        )
        assert answer.status_code == 404, path
    assert not User.objects.filter(email="cfo@seller.example").exists()
