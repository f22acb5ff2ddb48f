"""How a buyer is organised: people, limits, cost centres, chain, papers, group, parent."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.flows import books
from tests.flows.organised import Company, step
from tests.flows.racing import at_once, unless
from tests.flows.trading import Trade
from usance.flows import organisation
from usance.flows.onboarding import InvalidParty
from usance.flows.organisation import (
    BrokenChain,
    HasLeft,
    InvalidOrganisation,
    OwnMembership,
    ParentCycle,
)
from usance.flows.refusals import Duplicate, NotFound, Refused
from usance.records.events.models import Event
from usance.records.identity import new_id
from usance.records.parties import queries
from usance.records.parties.models import ApprovalStep, Buyer, CostCentre, Member, User
from usance.rules.money import UnknownCurrency


@pytest.fixture
def company(trade: Trade) -> Company:
    return Company(trade)


def told(company: Company, object_id: Any) -> list[str]:
    return [event[0] for event in books.events(company.trade.seller, object_id)]


def kept(company: Company, member: Member) -> Member:
    stored: Member = company.trade.stored(Member, member.id)
    return stored


# People


def test_a_member_with_limits(company: Company) -> None:
    anna = company.person("anna", order_limit=500, period_limit=1_000, period="week")
    member = kept(company, anna)
    assert (member.order_limit, member.period_limit) == (500, 1_000)
    assert (member.period, member.limit_currency) == ("week", "EUR"), "the seller's currency"
    assert kept(company, company.person("bea")).limit_currency == ""
    assert told(company, anna.id) == ["member.created"]


def test_only_what_is_given_changes(company: Company) -> None:
    anna = company.person("anna", order_limit=500, limit_currency="USD")
    company.change(anna, role="approver")
    member = kept(company, anna)
    assert (member.role, member.order_limit, member.limit_currency) == ("approver", 500, "USD")
    company.change(anna, order_limit=None, name="Anna B.")
    member = kept(company, anna)
    assert (member.order_limit, member.limit_currency, member.name) == (None, "", "Anna B.")
    changed = Event.objects.filter(object_id=anna.id, type="member.updated").order_by("sequence")
    assert [event.data["changed"] for event in changed] == [
        ["role"],
        ["limit_currency", "name", "order_limit"],
    ]
    with books.nothing_written(company.trade.seller):
        company.change(anna, role="approver")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"role": "owner"}, InvalidParty),
        ({"period": "year"}, InvalidOrganisation),
        ({"order_limit": -1}, InvalidOrganisation),
        ({"period_limit": 10**18}, InvalidOrganisation),
        ({"order_limit": 1, "limit_currency": "EUX"}, UnknownCurrency),
    ],
)
def test_a_member_that_cannot_be(
    company: Company, fields: dict[str, Any], error: type[Exception]
) -> None:
    anna = company.person("anna")
    with books.refused(company.trade.seller, error):
        company.change(anna, **fields)
    with books.refused(company.trade.seller, error):
        company.person("bea", **fields)


def test_who_leaves_is_shut_out_at_once_and_may_come_back(company: Company) -> None:
    anna = company.person("anna", order_limit=500)
    assert anna.user_id is not None
    assert [member.id for member in queries.memberships_of(anna.user_id)] == [anna.id]
    company.remove(anna)
    assert queries.memberships_of(anna.user_id) == []
    assert kept(company, anna).left_at == company.trade.at
    with books.nothing_written(company.trade.seller):
        company.remove(anna)
    with books.refused(company.trade.seller, HasLeft):
        company.change(anna, role="admin")
    back = company.person("anna", "approver")
    assert back.id == anna.id
    member = kept(company, anna)
    assert (member.left_at, member.role, member.order_limit) == (None, "approver", None)
    assert told(company, anna.id) == ["member.created", "member.removed", "member.rejoined"]
    assert User.objects.filter(email=anna.email).count() == 1
    with books.refused(company.trade.seller, Duplicate):
        company.person("anna")


def test_nobody_promotes_or_removes_itself(company: Company) -> None:
    chief = company.person("chief", "admin")
    one = {"buyer_id": company.trade.buyer.id, "member_id": chief.id, "acting": chief.id}
    seller, act = company.trade.seller, company.trade.act
    with books.refused(seller, OwnMembership):
        organisation.set_member(seller, **one, role="payer", **act)
    with books.refused(seller, OwnMembership):
        organisation.remove_member(seller, **one, **act)
    other = company.person("other", "admin")
    organisation.remove_member(seller, **(one | {"acting": other.id}), **act)


def test_people_of_others_are_not_there(company: Company) -> None:
    other = Company(company.trade.other_buyer())
    otto = other.person("otto")
    with books.refused(company.trade.seller, NotFound):
        company.change(otto, role="admin")
    with books.refused(company.trade.seller, NotFound):
        company.remove(otto)


# Cost centres


def test_a_cost_centre_opens_closes_and_opens_again(company: Company) -> None:
    seller, act = company.trade.seller, company.trade.act
    centre = company.centre(" 4711 ")
    assert centre.code == "4711"
    with books.refused(seller, Duplicate):
        company.centre("4711")
    close = partial(
        organisation.close_cost_centre,
        seller,
        buyer_id=company.trade.buyer.id,
        cost_centre_id=centre.id,
        **act,
    )
    close()
    assert company.trade.stored(CostCentre, centre.id).closed_at == company.trade.at
    with books.nothing_written(seller):
        close()
    assert company.centre("4711").id == centre.id
    assert company.trade.stored(CostCentre, centre.id).closed_at is None
    assert told(company, centre.id) == [
        "cost_centre.created",
        "cost_centre.closed",
        "cost_centre.reopened",
    ]
    for code in ("", "   ", "x" * 41):
        with books.refused(seller, InvalidOrganisation):
            company.centre(code)
    other = company.trade.other_buyer().buyer
    with books.refused(seller, NotFound):
        organisation.close_cost_centre(
            seller,
            buyer_id=other.id,
            cost_centre_id=centre.id,
            **act,
        )


def test_a_code_is_taken_once_by_many_at_once(company: Company) -> None:
    outcomes = at_once([unless(Refused, partial(company.centre, "4711"))] * 8)
    assert sum(isinstance(one, CostCentre) for one in outcomes) == 1


# The chain


def chain_of(company: Company) -> list[tuple[int, int, str, str]]:
    found = ApprovalStep.objects.filter(
        seller_id=company.trade.seller.id, buyer_id=company.trade.buyer.id
    )
    return list(found.order_by("position").values_list("position", "above", "role", "cost_centre"))


def test_a_chain_is_set_whole_and_in_its_order(company: Company) -> None:
    company.centre("north")
    boss = company.person("boss", "approver")
    company.chain(step(100, position=7, cost_centre="north"), step(50, role="admin"))
    assert chain_of(company) == [(1, 100, "approver", "north"), (2, 50, "admin", "")]
    company.chain(step(10, approver=boss.id))
    assert chain_of(company) == [(1, 10, "approver", "")]
    company.chain()
    assert chain_of(company) == []
    changed = Event.objects.filter(
        seller_id=company.trade.seller.id, type="buyer.approval_chain_changed"
    )
    assert [event.data["steps"] for event in changed.order_by("sequence")] == [2, 1, 0]


def test_a_chain_that_nobody_could_follow(company: Company) -> None:
    seller = company.trade.seller
    anna, boss = company.person("anna"), company.person("boss", "approver")
    gone = company.person("gone", "approver")
    company.remove(gone)
    stranger = Company(company.trade.other_buyer()).person("otto", "approver")
    company.centre("north")
    company.centre("south")
    company.chain(step(1))
    for steps, match in (
        ([step(role="purchaser")], "cannot approve"),
        ([step(approver=anna.id)], "no approver"),
        ([step(approver=gone.id)], "no approver"),
        ([step(approver=stranger.id)], "no approver"),
        ([step(approver=new_id())], "no approver"),
        ([step(cost_centre="west")], "does not have"),
        ([step(-1)], "an amount is"),
        ([step()] * 11, "at most 10"),
        ([step(approver=boss.id), step(50, approver=boss.id)], "same person"),
        (
            [step(approver=boss.id), step(50, approver=boss.id, cost_centre="north")],
            "same person",
        ),
    ):
        with books.refused(seller, BrokenChain, match=match):
            company.chain(*steps)
    with books.refused(seller, UnknownCurrency):
        company.chain(step(currency="EUX"))
    # One person may stand for two cost centres: no order goes through both steps.
    company.chain(
        step(approver=boss.id, cost_centre="north"), step(approver=boss.id, cost_centre="south")
    )


# Papers, group, parent


def test_group_domain_and_rules_of_a_buyer(company: Company) -> None:
    company.rules(group="wholesale", domain=" Nordwind.Example ", po_required=True)
    buyer = company.trade.stored(Buyer, company.trade.buyer.id)
    assert (buyer.group, buyer.domain, buyer.ordering_rules) == (
        "wholesale",
        "nordwind.example",
        True,
    )
    assert queries.buyer_groups(seller_id=buyer.seller_id) == ["wholesale"]
    for domain in ("nordwind", "https://nordwind.example", "a b.example", "-x.example"):
        with books.refused(company.trade.seller, InvalidOrganisation):
            company.rules(domain=domain)
    company.rules(domain="")
    with books.refused(company.trade.seller, NotFound):
        organisation.update_buyer(
            company.trade.seller, buyer_id=new_id(), group="x", **company.trade.act
        )


def test_a_parent_stands_above_and_never_below(company: Company) -> None:
    seller = company.trade.seller
    daughter, granddaughter = (Company(company.trade.other_buyer()) for _ in range(2))
    top, middle, low = (c.trade.buyer.id for c in (company, daughter, granddaughter))
    daughter.rules(parent=top)
    granddaughter.rules(parent=middle)
    assert [c.id for c in queries.children(seller_id=seller.id, buyer_id=top)] == [middle]
    for parent in (top, middle, low):
        with books.refused(seller, ParentCycle):
            company.rules(parent=parent)
    with books.refused(seller, NotFound):
        company.rules(parent=new_id())
    daughter.rules(parent=None)
    company.rules(parent=low)
    assert company.trade.stored(Buyer, top).parent_id == low


def test_no_ring_of_parents_closes_at_once(company: Company) -> None:
    ring = [company, *(Company(company.trade.other_buyer()) for _ in range(3))]
    acts = [
        unless(ParentCycle, partial(each.rules, parent=ring[(n + 1) % 4].trade.buyer.id))
        for n, each in enumerate(ring)
    ]
    outcomes = at_once(acts)
    assert sum(isinstance(one, ParentCycle) for one in outcomes) == 1
