"""Sellers, their people and keys, buyers and their members come to be."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import pytest

from tests.flows import books
from tests.flows.trading import Trade
from usance.flows import checkout, onboarding, policies
from usance.flows.onboarding import InvalidParty
from usance.flows.refusals import Duplicate, NotFound
from usance.records.credit.models import CreditPolicy
from usance.records.identity import new_id
from usance.records.parties.models import ApiKey, Buyer, Member, Seller, Staff, User
from usance.rules.credit.policy import Policy
from usance.rules.money import UnknownCurrency


def address() -> str:
    return f"anna-{secrets.token_hex(6)}@example.com"


def seller(at: Any, **fields: Any) -> Seller:
    given = {
        "name": "Altra",
        "handle": f"altra-{secrets.token_hex(6)}",
        "country": "IT",
        "currency": "EUR",
        "time_zone": "Europe/Rome",
        "at": at,
    }
    return onboarding.create_seller(**(given | fields))


def test_a_seller_starts_with_the_usual_policy(trade: Trade) -> None:
    [policy] = CreditPolicy.objects.filter(seller_id=trade.seller.id)
    assert (policy.version, policy.document["overdue_days"]) == (1, 30)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"currency": "EUX"}, UnknownCurrency),
        ({"time_zone": "Mars/Olympus"}, InvalidParty),
        ({"time_zone": "../etc/passwd"}, InvalidParty),
    ],
)
def test_a_seller_that_cannot_be(
    trade: Trade, at: Any, fields: dict[str, Any], error: type[Exception]
) -> None:
    handle = f"new-{secrets.token_hex(6)}"
    with pytest.raises(error):
        seller(at, handle=handle, **fields)
    assert not Seller.objects.filter(handle=handle).exists()


def test_a_handle_is_taken_once(trade: Trade, at: Any) -> None:
    with books.refused(trade.seller, Duplicate):
        seller(at, handle=trade.seller.handle)


def test_a_key_is_shown_once_and_kept_as_a_digest(trade: Trade, at: Any) -> None:
    key, text = onboarding.create_api_key(
        trade.seller, name="Shop", scopes=["orders:write", "orders:read"], at=at
    )
    kept = ApiKey.objects.get(seller_id=trade.seller.id, id=key.id)
    assert bytes(kept.digest) == hashlib.sha256(text.encode()).digest()
    assert (kept.scopes, kept.shown) == (["orders:read", "orders:write"], text[:10])
    assert text not in str(vars(kept))


def test_a_scope_that_does_not_exist(trade: Trade, at: Any) -> None:
    with books.refused(trade.seller, InvalidParty, match="orders:delete"):
        onboarding.create_api_key(trade.seller, name="Shop", scopes=["orders:delete"], at=at)


def test_a_buyers_external_id_is_taken_once(trade: Trade, at: Any) -> None:
    with books.refused(trade.seller, Duplicate, match="C-1001"):
        onboarding.create_buyer(
            trade.seller, name="Other", country="DE", at=at, by="test", external_id="C-1001"
        )
    assert onboarding.create_buyer(
        seller(at), name="Other", country="DE", at=at, by="test", external_id="C-1001"
    ).external_id


def test_a_buyer_is_changed(trade: Trade) -> None:
    onboarding.update_buyer(trade.seller, buyer_id=trade.buyer.id, name="Nordwind AG", **trade.act)
    assert trade.stored(Buyer, trade.buyer.id).name == "Nordwind AG"
    assert trade.events(trade.buyer)[-1] == ("buyer.updated", None, 0)
    with books.refused(trade.seller, NotFound):
        onboarding.update_buyer(trade.seller, buyer_id=new_id(), name="Nobody", **trade.act)


def test_a_buyer_cannot_take_anothers_external_id(trade: Trade) -> None:
    trade.other_buyer(external_id="C-2002")
    with books.refused(trade.seller, Duplicate):
        onboarding.update_buyer(
            trade.seller, buyer_id=trade.buyer.id, external_id="C-2002", **trade.act
        )


def test_a_member_joins_once(trade: Trade) -> None:
    email = address()
    member = onboarding.add_member(
        trade.seller,
        buyer_id=trade.buyer.id,
        name="Anna",
        email=email.upper(),
        role="purchaser",
        **trade.act,
    )
    assert trade.stored(Member, member.id).email == email
    with books.refused(trade.seller, Duplicate):
        onboarding.add_member(
            trade.seller,
            buyer_id=trade.buyer.id,
            name="Anna",
            email=email,
            role="payer",
            **trade.act,
        )


@pytest.mark.parametrize(
    ("fields", "error"),
    [({"role": "owner"}, InvalidParty), ({"buyer_id": new_id()}, NotFound)],
)
def test_a_member_that_cannot_be(
    trade: Trade, fields: dict[str, Any], error: type[Exception]
) -> None:
    email = address()
    given = {"buyer_id": trade.buyer.id, "name": "A", "email": email, "role": "payer"} | trade.act
    with books.refused(trade.seller, error):
        onboarding.add_member(trade.seller, **(given | fields))
    assert not User.objects.filter(email=email).exists(), "nor an account to sign in with"


def test_one_person_works_for_two_sellers_with_one_account(trade: Trade, at: Any) -> None:
    email = address()
    staff = [
        onboarding.add_staff(
            house, email=email, name="Anna", role="accountant", password="long enough", at=at
        )
        for house in (trade.seller, seller(at))
    ]
    assert len({person.user_id for person in staff}) == 1
    assert Staff.objects.filter(user_id=staff[0].user_id).count() == 2
    with books.refused(trade.seller, Duplicate):
        onboarding.add_staff(
            trade.seller, email=email, name="Anna", role="viewer", password=None, at=at
        )
    with books.refused(trade.seller, InvalidParty):
        onboarding.add_staff(
            trade.seller, email=address(), name="Bob", role="king", password=None, at=at
        )


def test_a_new_policy_is_a_new_version(trade: Trade) -> None:
    strict = Policy(order_ceiling={"EUR": 0})
    assert policies.set_policy(trade.seller, strict, **trade.act).version == 2
    assert checkout.quote(trade.request(1), at=trade.at).decision.reasons == ("over_order_ceiling",)
    assert policies.set_policy(trade.seller, Policy(), **trade.act).version == 3
    assert checkout.quote(trade.request(1), at=trade.at).decision.reasons == ()
