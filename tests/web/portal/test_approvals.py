"""The portal of a company with many buyers: who sees what, approves what, and sees to whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from lxml import html

from tests.flows import books
from tests.web.house import House
from tests.web.portal import company
from tests.web.portal.test_pages import read, text
from usance.flows import organisation
from usance.records.identity import public_id
from usance.records.orders.models import Order
from usance.records.parties import queries as parties
from usance.records.parties.models import Buyer, Member

SignIn = Callable[[str], Client]


@pytest.fixture(scope="module")
def firm(house: House) -> House:
    """The house, one of whose buyers is organised."""
    company.organise(house)
    return house


@pytest.fixture
def enter(firm: House, sign_in: SignIn) -> SignIn:
    """Somebody signed in, who reads English."""

    def entered(who: str) -> Client:
        client = sign_in(who)
        client.cookies["django_language"] = "en"
        return client

    return entered


def address(order: Any) -> str:
    return f"/account/orders/{public_id('order', order.order_id)}"


def form_of(tree: html.HtmlElement, action: str) -> dict[str, str]:
    """What the form that posts to ``action`` would send."""
    [form] = tree.xpath(f"//form[@action='{action}']")
    empty = [(it.name, "") for it in form.xpath(".//input[not(@type='checkbox')]")]
    given = dict([*empty, *form.form_values()])
    return {name: value or "" for name, value in given.items() if name != "csrfmiddlewaretoken"}


def send(client: Client, page: str, action: str, **fields: str) -> Any:
    """Fill in the form of ``page`` that posts to ``action``, and send it."""
    given = form_of(read(client, page), action) | fields
    return client.post(action, given, follow=True)


def said(response: Any) -> str:
    return text(html.document_fromstring(response.content.decode()))


def state(firm: House, order: Any) -> str:
    return Order.objects.get(seller_id=firm.seller.id, id=order.order_id).state


PAGES = {
    "/account/": {"paul", "anja", "zoe", "karl"},
    "/account/orders": {"paul", "anja", "zoe", "karl"},
    "/account/invoices": {"zoe", "karl"},
    "/account/statement": {"zoe", "karl"},
    "/account/approvals": {"anja", "karl"},
    "/account/people": {"karl"},
    "/account/people/new/person": {"karl"},
    "/account/cost-centres": {"karl"},
    "/account/cost-centres/new/cost-centre": {"karl"},
    "/account/approval-rules": {"karl"},
    "/account/approval-rules/chain": {"karl"},
    "/account/approval-rules/papers": {"karl"},
}


@pytest.mark.parametrize("who", ["paul", "anja", "zoe", "karl"])
def test_each_role_sees_its_own_pages(enter: SignIn, who: str) -> None:
    client = enter(who)
    for page, seen_by in PAGES.items():
        assert client.get(page).status_code == (200 if who in seen_by else 403), page
    links = read(client, "/account/").xpath("//nav[@class='portal-nav']//a/@href")
    assert len(links) <= 5
    assert {link for link in links if who not in PAGES[link]} == set()


def test_a_purchaser_sees_the_orders_it_placed(firm: House, enter: SignIn) -> None:
    own = company.waiting(firm, 150_000, name="own", by="paul")
    others = company.waiting(firm, 150_000, name="others", by="petra")
    client = enter("paul")
    listed = text(read(client, "/account/orders"))
    assert "ORD-own" in listed
    assert "ORD-others" not in listed
    assert client.get(address(own)).status_code == 200
    assert client.get(address(others)).status_code == 404
    overview = text(read(client, "/account/"))
    assert "You owe" not in overview
    assert "can still be ordered on account" in overview
    assert "Open invoices" not in overview
    assert "ORD-others" not in overview
    for who in ("anja", "zoe", "karl"):
        assert enter(who).get(address(others)).status_code == 200


def test_an_order_shows_who_ordered_and_its_chain(firm: House, enter: SignIn) -> None:
    made = company.waiting(firm, 1_200_000, name="chain", po_number="PO-77")
    said_there = text(read(enter("paul"), address(made)))
    assert "Ordered by Paul Ebert" in said_there
    assert "Purchase order PO-77" in said_there
    assert "Orders above €1,000.00" in said_there
    assert "Anja Krause, Karl Nordmann" in said_there, "who may take the first step"
    assert "An administrator" in said_there
    assert "Waiting" in said_there


def test_approving_step_by_step(firm: House, enter: SignIn) -> None:
    made = company.waiting(firm, 1_200_000, name="steps")
    there = address(made)
    anja, karl = enter("anja"), enter("karl")
    assert "ORD-steps" in text(read(anja, "/account/approvals"))
    # The purchaser has no such button, and no such page.
    paul = enter("paul")
    assert read(paul, there).xpath("//button[contains(., 'Approve')]") == []
    assert paul.get(f"{there}/approve").status_code == 403

    answer = send(anja, "/account/approvals", f"{there}/approve", note="Needed in May")
    assert "You approved the order of €12,000.00; it waits for the next step." in said(answer)
    queue = read(anja, "/account/approvals")
    assert "ORD-steps" not in text(queue, "//section[@class='panel stack stack-s']")
    assert "ORD-steps" in text(queue), "it waits for others now"
    assert "Needed in May" in text(read(karl, there))

    answer = send(karl, there, f"{there}/approve")
    assert "The order of €12,000.00 is approved and accepted." in said(answer)
    assert state(firm, made) == "authorized"
    history = text(read(paul, there))
    assert "Anja Krause approved the order of €12,000.00" in history
    assert "The order of €12,000.00 was authorized" in history


def test_declining_with_a_note(firm: House, enter: SignIn) -> None:
    made = company.waiting(firm, 150_000, name="no")
    there = address(made)
    answer = send(enter("anja"), "/account/approvals", f"{there}/decline", note="No budget")
    assert "The order of €1,500.00 is declined." in said(answer)
    assert state(firm, made) == "declined"
    seen = text(read(enter("paul"), there))
    assert "Your company declined this order" in seen
    assert "No budget" in seen
    assert "You can pay another way" not in seen


def test_a_form_sent_twice_approves_once(firm: House, enter: SignIn) -> None:
    made = company.waiting(firm, 1_200_000, name="twice")
    there = f"{address(made)}/approve"
    client = enter("anja")
    given = form_of(read(client, "/account/approvals"), there)
    answers = [client.post(there, given, follow=True) for _ in range(2)]
    for answer in answers:
        assert "it waits for the next step" in said(answer)
    # Another form for what one has approved already says so.
    again = client.post(there, given | {"once": "x" * 24})
    assert again.status_code == 422
    assert "You have decided this already" in said(again)


def test_an_order_of_ones_own_is_somebody_elses_to_approve(firm: House, enter: SignIn) -> None:
    made = company.waiting(firm, 150_000, name="mine", by="anja")
    there = address(made)
    anja = enter("anja")
    assert read(anja, there).xpath("//button[contains(., 'Approve')]") == []
    refused = anja.post(f"{there}/approve", {"once": "y" * 24})
    assert refused.status_code == 422
    assert "Nobody approves an order of its own" in said(refused)
    assert state(firm, made) == "pending_approval"


def test_orders_of_another_company_are_not_there(firm: House, enter: SignIn) -> None:
    made = company.waiting(firm, 150_000, name="theirs")
    lucia = enter("lucia")
    assert lucia.get(address(made)).status_code == 404
    assert lucia.post(f"{address(made)}/approve", {"once": "z" * 24}).status_code == 404
    karl = firm.members["karl"]
    organisation.set_member(
        firm.seller,
        buyer_id=firm.members["lucia"].buyer_id,
        member_id=firm.members["lucia"].id,
        role="admin",
        at=company.houses.TODAY,
        by="test",
    )
    page = f"/account/people/{public_id('member', karl.id)}"
    for there in (page, f"{page}/change", f"{page}/remove"):
        assert lucia.get(there).status_code == 404


# People


def person(name: str, firm: House) -> Member:
    return Member.objects.get(
        seller_id=firm.seller.id, buyer_id=firm.buyers["nordmann"].id, name=name
    )


def test_an_administrator_sees_to_people(firm: House, enter: SignIn) -> None:
    karl = enter("karl")
    email = f"new-{firm.seller.handle}@nordmann.example"
    fields = {
        "name": "Nina Neu",
        "email": email.upper(),
        "role": "purchaser",
        "order_limit": "1,000.00",
        "period_limit": "",
        "period": "week",
    }
    new = "/account/people/new/person"
    answer = send(karl, "/account/people", new, **fields)
    assert "Nina Neu is added." in said(answer)
    nina = person("Nina Neu", firm)
    assert (nina.email, nina.order_limit, nina.limit_currency) == (email, 100_000, "EUR")
    twice = karl.post(new, fields | {"once": "a" * 24})
    assert twice.status_code == 422
    assert "Nina Neu has this address already." in said(twice)

    page = f"/account/people/{public_id('member', nina.id)}"
    answer = send(karl, page, f"{page}/change", role="approver", period_limit="5000")
    assert "What Nina Neu may do is changed." in said(answer)
    nina = person("Nina Neu", firm)
    assert (nina.role, nina.order_limit, nina.period_limit) == ("approver", 100_000, 500_000)

    inside = Client()
    inside.force_login(nina.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert inside.get("/account/approvals").status_code == 200
    answer = send(karl, page, f"{page}/remove")
    assert "Nina Neu has no access any more." in said(answer)
    assert inside.get("/account/approvals").status_code == 403, "at once"
    assert inside.get("/account/").status_code == 403
    assert "Has left" in text(read(karl, "/account/people"))
    assert read(karl, page).xpath(f"//form[@action='{page}/change']") == []


def test_nobody_changes_its_own_role(firm: House, enter: SignIn) -> None:
    karl = enter("karl")
    page = f"/account/people/{public_id('member', firm.members['karl'].id)}"
    assert "This is you" in text(read(karl, page))
    for act in ("change", "remove"):
        fields = {"once": "b" * 24, "name": "Karl", "role": "payer", "period": "month"}
        refused = karl.post(f"{page}/{act}", fields | {"currency": "EUR"})
        assert refused.status_code == 422
        assert "Nobody changes its own role" in said(refused)
    assert person("Karl Nordmann", firm).role == "admin"


def test_limits_that_cannot_be_read(firm: House, enter: SignIn) -> None:
    karl = enter("karl")
    page = f"/account/people/{public_id('member', firm.members['petra'].id)}"
    with books.nothing_written(firm.seller):
        answer = send(karl, page, f"{page}/change", order_limit="much", role="boss")
    assert answer.status_code == 422
    shown = html.document_fromstring(answer.content.decode())
    assert "Enter an amount such as 1,234.00." in text(shown)
    assert shown.xpath("//*[contains(@class, 'error-summary')]")


# Cost centres and rules


def test_cost_centres_are_added_and_closed(firm: House, enter: SignIn) -> None:
    karl = enter("karl")
    assert "No cost centres" in text(read(karl, "/account/cost-centres"))
    new = "/account/cost-centres/new/cost-centre"
    answer = send(karl, "/account/cost-centres", new, code="4711", centre="Workshop")
    assert "Orders may name the cost centre 4711 now." in said(answer)
    there = read(karl, "/account/cost-centres")
    [close] = there.xpath("//main//td//a/@href")
    answer = send(karl, close, close)
    assert "The cost centre 4711 is closed." in said(answer)
    assert "Closed" in text(read(karl, "/account/cost-centres"), "//tbody")
    # Nothing may be left that keeps the other tests from ordering freely.
    assert (
        parties.cost_centres(seller_id=firm.seller.id, buyer_id=firm.buyers["nordmann"].id)
        .get()
        .closed_at
    )


def test_the_approval_rules_are_set_whole(firm: House, enter: SignIn) -> None:
    karl = enter("karl")
    there = "/account/approval-rules/chain"
    tree = read(karl, there)
    given = form_of(tree, there)
    assert (given["above_0"], given["who_0"]) == ("1,000.00", "approver")
    assert (given["above_1"], given["who_1"]) == ("10,000.00", "admin")
    assert (given["above_2"], given["above_3"]) == ("", "")
    anja = firm.members["anja"]
    try:
        answer = send(karl, there, there, above_1="", above_2="0", who_2=anja.id.hex)
        assert "The approval rules are set." in said(answer)
        rules = text(read(karl, "/account/approval-rules"))
        assert re.search(r"1 Orders above €1,000.00 Any approver 2 Every order Anja Krause", rules)
        with books.nothing_written(firm.seller):
            wrong = send(karl, there, there, above_0="1", who_0=anja.id.hex)
        assert wrong.status_code == 422
        assert "a person is named in two of them" in said(wrong)
    finally:
        company.chain(firm, "nordmann", *company.STEPS)


def test_what_an_order_must_carry(firm: House, enter: SignIn) -> None:
    karl = enter("karl")
    there = "/account/approval-rules/papers"
    answer = send(karl, "/account/approval-rules", there, po_unique="on")
    assert "The rules bind from the next order on." in said(answer)
    buyer = Buyer.objects.get(seller_id=firm.seller.id, id=firm.buyers["nordmann"].id)
    assert (buyer.po_required, buyer.po_unique, buyer.members_only) == (False, True, False)
    send(karl, "/account/approval-rules", there)  # the box stays ticked as it was
    kept = form_of(read(karl, there), there)
    assert kept["po_unique"] == "on"
    karl.post(there, {"once": "c" * 24})
    buyer.refresh_from_db()
    assert buyer.po_unique is False


def test_every_page_is_whole(firm: House, enter: SignIn) -> None:
    karl = enter("karl")
    made = company.waiting(firm, 150_000, name="whole")
    for page in (
        *PAGES,
        address(made),
        f"{address(made)}/approve",
        f"/account/people/{public_id('member', firm.members['paul'].id)}",
    ):
        it = read(karl, page)
        assert len(it.xpath("//h1")) == 1
        ids = it.xpath("//@id")
        assert len(ids) == len(set(ids)), page
        assert it.xpath("//style|//*[@style]|//script[not(@src)]") == []
        assert it.xpath("//nav//a[@aria-current='page']"), page


def test_the_books_are_sound(firm: House) -> None:
    assert books.broken(firm.seller) == []
