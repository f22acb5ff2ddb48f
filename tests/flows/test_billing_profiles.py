"""How a buyer wants its invoices, and the seller's own keys for payment terms."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.flows import books
from usance.flows import billing_profiles, onboarding, terms_keys
from usance.flows.refusals import NotFound, WrongFields
from usance.records.events.models import Event
from usance.records.identity import new_id
from usance.records.parties import invoicing_queries as queries
from usance.records.parties.models import Buyer, Seller
from usance.rules.invoicing.national import ItalianBuyer
from usance.rules.invoicing.profiles import BillingProfileView, ProfileFields
from usance.rules.terms import UnknownTerms


@pytest.fixture
def act(at: Any) -> dict[str, Any]:
    return {"at": at, "by": "test"}


def say(buyer: Buyer, act: dict[str, Any], **fields: Any) -> BillingProfileView:
    return billing_profiles.set_billing_profile(
        buyer.seller, buyer_id=buyer.id, fields=ProfileFields(**fields), **act
    )


def told(seller: Seller, type_: str) -> list[dict[str, Any]]:
    found = Event.objects.filter(seller_id=seller.id, type=type_)
    return [event.data for event in found.order_by("transaction", "sequence")]


def test_without_a_word_it_is_as_usual(seller: Seller, buyer: Buyer) -> None:
    view = queries.billing_profile(seller_id=seller.id, buyer_id=buyer.id)
    assert not view.stored
    assert (view.schedule, view.formats, view.channels) == (
        "per_shipment",
        ("facturx",),
        ("portal",),
    )
    assert view.party().name == "Nordwind Handels GmbH"


def test_what_is_said_is_kept_and_told_once(
    seller: Seller, buyer: Buyer, act: dict[str, Any]
) -> None:
    said = {
        "schedule": "monthly:25",
        "group_by": "cost_centre",
        "email_to": ("ap@nordwind.example",),
        "terms_base": "delivery",
        "calendar": "buyer",
        "calendar_code": "DE-BY",
        "move": "modified_following",
    }
    view = say(buyer, act, **said)
    assert view.stored
    assert (view.schedule, view.group_by, view.terms_base) == (
        "monthly:25",
        "cost_centre",
        "delivery",
    )
    assert (view.calendar, view.move) == ("DE-BY", "modified_following")
    assert view.channels == ("email", "portal"), "there is somebody to write to now"
    assert told(seller, "buyer.billing_profile_changed") == [{"changed": sorted(said)}]
    with books.nothing_written(seller):
        assert say(buyer, act, **said) == view
    assert queries.billing_profile(seller_id=seller.id, buyer_id=buyer.id) == view
    found = queries.profiles_with(seller_id=seller.id, schedules=["monthly:25"])
    assert [row.buyer_id for row in found] == [buyer.id]


def test_what_cannot_be_leaves_nothing_behind(
    seller: Seller, buyer: Buyer, act: dict[str, Any]
) -> None:
    with books.refused(seller, WrongFields, match="schedule: monthly has no cut-off day 30"):
        say(buyer, act, schedule="monthly:30", group_by="ship_to")
    with books.refused(seller, NotFound):
        billing_profiles.set_billing_profile(
            seller, buyer_id=new_id(), fields=ProfileFields(), **act
        )


def test_another_seller_has_no_such_buyer(
    seller: Seller, buyer: Buyer, act: dict[str, Any]
) -> None:
    stranger = onboarding.create_seller(
        name="Altra",
        handle=f"{seller.handle}-altra",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=act["at"],
    )
    with books.nothing_written(seller), books.refused(stranger, NotFound):
        billing_profiles.set_billing_profile(
            stranger, buyer_id=buyer.id, fields=ProfileFields(), **act
        )
    assert queries.billing_profiles(seller_id=stranger.id, buyer_ids=[buyer.id]) == {}
    with pytest.raises(Buyer.DoesNotExist):
        queries.billing_profile(seller_id=stranger.id, buyer_id=buyer.id)


def test_a_buyer_that_moves_keeps_what_its_new_country_knows(
    seller: Seller, act: dict[str, Any]
) -> None:
    moved = onboarding.create_buyer(seller, name="Bianchi", country="IT", **act)
    view = say(moved, act, national={"codice_destinatario": "abc1234"})
    assert view.national == ItalianBuyer("ABC1234")
    assert view.channels == ("sdi", "portal")
    onboarding.update_buyer(seller, buyer_id=moved.id, country="DE", **act)
    view = queries.billing_profile(seller_id=seller.id, buyer_id=moved.id)
    assert (view.national, view.formats) == (None, ("facturx",))


def test_many_profiles_cost_as_many_statements_as_one(
    seller: Seller, buyer: Buyer, act: dict[str, Any]
) -> None:
    say(buyer, act, group_by="ship_to")
    others = [onboarding.create_buyer(seller, name=f"B{n}", country="IT", **act) for n in range(5)]
    details = queries.seller_details(seller_id=seller.id)
    ids = [buyer.id, *(other.id for other in others)]
    with CaptureQueriesContext(
        connection,
    ) as statements:
        found = queries.billing_profiles(seller_id=seller.id, buyer_ids=ids, seller=details)
    assert len(statements) == 2
    assert {view.group_by for view in found.values()} == {"ship_to", "none"}
    assert [found[other.id].formats for other in others] == [("fatturapa", "pdf")] * 5


# Keys for payment terms


def test_keys_are_read_once_and_replaced_as_a_whole(seller: Seller, act: dict[str, Any]) -> None:
    keys = {"ZB30": "2/10 net 30", "0001": "due_on_receipt", " NT60 ": "net 60"}
    kept = terms_keys.set_terms_keys(seller, keys=keys, **act)
    assert kept == {"0001": "due_on_receipt", "NT60": "net_60", "ZB30": "d2_10_net_30"}
    assert told(seller, "seller.terms_keys_changed") == [{"keys": 3}]
    with books.nothing_written(seller):
        terms_keys.set_terms_keys(seller, keys=kept, **act)
    assert terms_keys.terms_of(seller, text="zb30").code == "d2_10_net_30"
    assert terms_keys.terms_of(seller, text="30 EOM").code == "net_30_eom"
    assert terms_keys.set_terms_keys(seller, keys={"A": "net_7"}, **act) == {"A": "net_7"}
    with pytest.raises(UnknownTerms):
        terms_keys.terms_of(seller, text="ZB30")


def test_a_code_costs_no_query(seller: Seller) -> None:
    with CaptureQueriesContext(connection) as statements:
        assert terms_keys.terms_of(seller, text="net_30").days == 30
    assert len(statements) == 0


@pytest.mark.parametrize(
    ("keys", "fields"),
    [
        ({"ZB30": "soon"}, ["keys/ZB30"]),
        ({"": "net_30"}, ["keys/"]),
        ({"x" * 41: "net_30"}, ["keys/" + "x" * 41]),
        ({"net_60": "net_30"}, ["keys/net_60"]),
        ({"zb30": "net_30", "ZB30": "net_60"}, ["keys/ZB30"]),
        ({"A": "soon", "B": "later"}, ["keys/A", "keys/B"]),
        ({f"K{n}": "net_30" for n in range(501)}, ["keys"]),
    ],
)
def test_keys_that_cannot_be(
    seller: Seller, act: dict[str, Any], keys: dict[str, str], fields: list[str]
) -> None:
    with books.refused(seller, WrongFields) as raised:
        terms_keys.set_terms_keys(seller, keys=keys, **act)
    assert isinstance(raised.value, WrongFields)
    assert [fault.field for fault in raised.value.faults] == fields
