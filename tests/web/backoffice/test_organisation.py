"""A buyer's organisation on the seller's side: people, cost centres, rules, group and parent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.flows import books
from tests.web.house import House
from tests.web.portal import company
from tests.web.portal.test_approvals import form_of, said, send
from tests.web.portal.test_pages import read, text
from usance.records.identity import public_id
from usance.records.parties.models import Buyer, Member

SignIn = Callable[[str], Client]


@pytest.fixture(scope="module")
def firm(house: House) -> House:
    """The house, one of whose buyers is organised."""
    company.organise(house)
    return house


def page_of(firm: House, key: str = "nordmann") -> str:
    return f"/office/buyers/{public_id('buyer', firm.buyers[key].id)}"


def stored(firm: House, key: str) -> Buyer:
    return Buyer.objects.get(seller_id=firm.seller.id, id=firm.buyers[key].id)


def test_the_page_shows_people_and_chain(firm: House, sign_in: SignIn) -> None:
    shown = text(read(sign_in("vera"), page_of(firm)))
    assert "Anja Krause" in shown
    assert (
        "1 Orders above €1,000.00 Any approver 2 Orders above €10,000.00 An administrator" in shown
    )
    none = text(read(sign_in("vera"), page_of(firm, "girard")))
    assert "Nobody of this buyer can sign in yet." in none
    assert "Its orders need no approval of its own." in none


@pytest.mark.parametrize("who", ["vera", "marco"])
def test_who_may_not_see_to_it(firm: House, sign_in: SignIn, who: str) -> None:
    client = sign_in(who)
    page = page_of(firm)
    member = f"{page}/members/{public_id('member', firm.members['paul'].id)}"
    tree = read(client, page)
    assert tree.xpath("//form[contains(@action, '/organisation/')]") == []
    assert tree.xpath("//a[contains(@href, '/organisation/')]") == []
    assert read(client, member).xpath(f"//form[starts-with(@action, '{member}')]") == []
    with books.nothing_written(firm.seller):
        for there in (
            *(f"{page}/organisation/{name}" for name in ("person", "chain", "papers", "company")),
            f"{page}/organisation/cost-centre",
            f"{member}/change",
            f"{member}/remove",
        ):
            assert client.get(there).status_code == 403, there
            assert client.post(there, {"once": "x" * 24}).status_code == 403, there


def test_a_credit_manager_sees_to_people(firm: House, sign_in: SignIn) -> None:
    client = sign_in("chiara")
    page = page_of(firm, "girard")
    email = f"gil-{firm.seller.handle}@girard.example"
    fields = {"name": "Gil Girard", "email": email, "role": "purchaser", "order_limit": "250"}
    answer = send(client, page, f"{page}/organisation/person", **fields)
    assert "Gil Girard is added." in said(answer)
    gil = Member.objects.get(seller_id=firm.seller.id, email=email)
    assert (gil.order_limit, gil.limit_currency) == (25_000, "EUR")
    member = f"{page}/members/{public_id('member', gil.id)}"
    answer = send(client, member, f"{member}/change", role="admin", order_limit="")
    shown = said(answer)
    assert "Role Administrator" in shown
    assert "What Gil Girard may do was changed" in shown
    assert "Chiara Fontana" in shown
    answer = send(client, member, f"{member}/remove")
    assert "Gil Girard has no access any more." in said(answer)
    gil.refresh_from_db()
    assert gil.left_at is not None
    for act in ("change", "remove"):
        assert read(client, member).xpath(f"//form[@action='{member}/{act}']") == []


def test_group_parent_and_children(firm: House, sign_in: SignIn) -> None:
    client = sign_in("chiara")
    page = page_of(firm, "ibanez")
    there = f"{page}/organisation/company"
    kuijpers = firm.buyers["kuijpers"]
    answer = send(client, page, there, group="wholesale", domain="ibanez.es", parent="c-1023")
    assert answer.status_code == 422, "numbers are told apart by case"
    assert "There is no such buyer." in said(answer)
    answer = send(client, page, there, group="wholesale", domain="ibanez.es", parent="C-1023")
    shown = said(answer)
    assert "Customer group wholesale" in shown
    assert f"Parent company {kuijpers.name}" in shown
    assert stored(firm, "ibanez").parent_id == kuijpers.id
    above = page_of(firm, "kuijpers")
    tree = read(client, above)
    assert f"Subsidiary {firm.buyers['ibanez'].name}" in text(tree)
    ring = send(client, above, f"{above}/organisation/company", parent=firm.buyers["ibanez"].name)
    assert ring.status_code == 422
    assert "The parent stands below this buyer itself." in said(ring)
    # The form begins with what is kept, and an empty field takes it away.
    assert form_of(read(client, there), there)["parent"] == "C-1023"
    send(client, page, there, parent="")
    assert stored(firm, "ibanez").parent_id is None


def test_cost_centres_and_rules(firm: House, sign_in: SignIn) -> None:
    client = sign_in("chiara")
    page = page_of(firm, "kuijpers")
    send(client, page, f"{page}/organisation/cost-centre", code="K-1", centre="Kitchen")
    tree = read(client, page)
    [close] = tree.xpath("//a[contains(@href, '/cost-centres/')]/@href")
    answer = send(client, close, close)
    assert "The cost centre K-1 is closed." in said(answer)
    send(client, page, f"{page}/organisation/papers", members_only="on")
    assert stored(firm, "kuijpers").ordering_rules is True
    chain = f"{page}/organisation/chain"
    answer = send(client, chain, chain, above_1="2,000", who_1="admin")
    assert "1 Orders above €2,000.00 An administrator" in said(answer)


def test_what_is_another_buyers_is_not_there(firm: House, sign_in: SignIn) -> None:
    client = sign_in("chiara")
    paul = public_id("member", firm.members["paul"].id)
    for there in (
        f"{page_of(firm, 'girard')}/members/{paul}",
        f"{page_of(firm, 'girard')}/members/{paul}/remove",
        f"{page_of(firm)}/members/mem_1",
        f"{page_of(firm)}/organisation/nonsense",
        f"{page_of(firm)}/cost-centres/ccr_1/close",
    ):
        assert client.get(there).status_code == 404, there


def test_who_acted_is_told_by_name(firm: House, sign_in: SignIn) -> None:
    made: Any = company.waiting(firm, 150_000, name="named")
    anja = sign_in("anja")
    anja.cookies["django_language"] = "en"
    there = f"/account/orders/{public_id('order', made.order_id)}"
    send(anja, there, f"{there}/approve")
    shown = text(read(sign_in("chiara"), page_of(firm)))
    assert "Anja Krause approved the order of €1,500.00 for the buyer" in shown
    assert "mem_" not in shown
    assert books.broken(firm.seller) == []
