"""Reviews answered on the pages: by whoever may, once, with everything needed to decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from lxml import html

from tests.flows import books
from tests.web import house as houses
from tests.web.backoffice import ruled
from tests.web.backoffice.ruled import Ruled
from tests.web.house import House
from usance.flows import onboarding
from usance.records.credit.models import Approval, Delegation, Review
from usance.records.credit.queries import release
from usance.records.events.models import Event
from usance.records.identity import new_id, parse_public_id, public_id
from usance.records.orders.models import Order

SignIn = Callable[[str], Client]


@pytest.fixture(scope="module")
def ruling(house: House) -> Ruled:
    """The house under written rules, with an administrator and a second credit manager."""
    for who, name, role in (
        ("ada", "Ada Neri", "admin"),
        ("dario", "Dario Sala", "credit_manager"),
    ):
        house.staff[who] = onboarding.add_staff(
            house.seller,
            email=f"{who}-{house.seller.handle}@valtrompia.example",
            name=name,
            role=role,
            password=houses.PASSWORD,
            at=houses.days_ago(100),
        )
    return ruled.rule(house)


def told(response: Any) -> str:
    it = html.document_fromstring(response.content.decode())
    return " ".join(" ".join(it.xpath("//main")[0].itertext()).split())


def act(client: Client, page: str, **values: str) -> Any:
    """Open the page of an act, fill it in and send it."""
    response = client.get(page)
    assert response.status_code == 200, page
    [form] = html.document_fromstring(response.content.decode()).xpath("//main//form")
    return client.post(page, {n: v or "" for n, v in form.form_values()} | values)


def order(house: House, name: str, amount: int) -> tuple[Order, str]:
    """A fresh order that waits, and the page of its review."""
    made = houses.order(house, "nordmann", amount, ago=0, name=name)
    assert made.state == "pending_review", made.decision
    review = Review.objects.get(seller_id=house.seller.id, subject_id=made.order_id)
    stored = Order.objects.get(seller_id=house.seller.id, id=made.order_id)
    return stored, f"/office/reviews/{public_id('review', review.id)}"


def state(row: Order) -> str:
    return str(Order.objects.get(seller_id=row.seller_id, id=row.id).state)


def test_the_queue_is_of_those_who_may(sign_in: SignIn, ruling: Ruled) -> None:
    order_page = f"/office/reviews/{ruling.order_review}"
    policy_page = f"/office/reviews/{ruling.policy_review}"
    for who, sees in (
        ("chiara", [order_page]),
        ("dario", [order_page, policy_page]),
        # Marco stands in for Chiara, who wrote the policy herself.
        ("marco", [order_page, policy_page]),
        ("vera", []),
    ):
        page = sign_in(who).get("/office/reviews")
        links = html.document_fromstring(page.content.decode()).xpath("//tbody//th//a/@href")
        assert [one for one in links if one in (order_page, policy_page)] == sees, who
    everything = told(sign_in("vera").get("/office/reviews?view=open"))
    assert everything.count("0 of") >= 2


def test_an_order_takes_the_override_path_with_two_named_people(
    sign_in: SignIn, ruling: Ruled
) -> None:
    asked, page = order(ruling.house, "bulk", 5_950_000)
    first, second = sign_in("chiara"), sign_in("dario")
    assert "exceeds what is left of the limit by" in told(first.get(page))
    refused = act(first, f"{page}/approve")
    assert refused.status_code == 422
    assert "The credit line does not bear the amount" in told(refused)
    done = act(first, f"{page}/approve", override="on", note="Agreed with sales")
    said = told(first.get(done["location"]))
    assert "You have approved; another person must too." in said
    assert "Agreed with sales" in said
    assert state(asked) == "pending_review"
    act(second, f"{page}/approve", override="on")
    assert state(asked) == "authorized"
    last = Event.objects.filter(seller_id=asked.seller_id, object_id=asked.id).latest("sequence")
    assert last.data["override"] == ruling.house.email("dario")
    assert "another person must too" not in told(second.get(page))


def test_an_order_is_confirmed_on_its_own_page_in_the_persons_name(
    sign_in: SignIn, ruling: Ruled
) -> None:
    asked, _ = order(ruling.house, "own-page", 2_600_000)
    page = f"/office/orders/{public_id('order', asked.id)}"
    client = sign_in("chiara")
    assert "Who decides, and by when" in told(client.get(page))
    act(client, f"{page}/confirm", override="on")
    [kept] = Approval.objects.filter(
        seller_id=asked.seller_id, review__subject_id=asked.id, review__seller_id=asked.seller_id
    )
    assert (kept.person, kept.verdict) == (ruling.house.email("chiara"), "approved")
    act(sign_in("ada"), f"{page}/decline", note="Too much at once")
    assert state(asked) == "declined"


def test_an_accountant_who_stands_in_decides_and_a_viewer_does_not(
    sign_in: SignIn, ruling: Ruled
) -> None:
    asked, page = order(ruling.house, "deputy", 2_500_001)
    viewer = sign_in("vera")
    assert "Not yours to decide" in told(viewer.get(page))
    with books.nothing_written(ruling.house.seller):
        refused = act(viewer, f"{page}/decline")
    assert "Your role may not decide this." in told(refused)
    act(sign_in("marco"), f"{page}/decline", note="For Chiara")
    assert state(asked) == "declined"
    said = told(sign_in("chiara").get(page))
    assert "Marco Riva for Chiara Fontana" in said


def test_a_policy_is_approved_by_others_than_its_author(sign_in: SignIn, ruling: Ruled) -> None:
    page = f"/office/reviews/{ruling.policy_review}"
    author = sign_in("chiara")
    assert "Somebody else decides" in told(author.get(page))
    assert "much_overdue Removed" in told(author.get(page))
    with books.nothing_written(ruling.house.seller):
        assert act(author, f"{page}/approve").status_code == 422
    for who in ("dario", "ada"):
        act(sign_in(who), f"{page}/approve")
    live = release(seller_id=ruling.house.seller.id, at=houses.days_ago(-11))
    assert live is not None
    assert live.policy_id == parse_public_id("policy", ruling.waiting)
    assert live.approved_by == ruling.house.email("ada")
    said = told(author.get(f"/office/policies/{ruling.waiting}"))
    assert "Ada Neri" in said
    assert "Scheduled" in said


def test_the_same_answer_sent_twice_counts_once(sign_in: SignIn, ruling: Ruled) -> None:
    _, page = order(ruling.house, "twice", 2_500_002)
    client = sign_in("chiara")
    response = client.get(f"{page}/decline")
    [form] = html.document_fromstring(response.content.decode()).xpath("//main//form")
    values = {n: v or "" for n, v in form.form_values()}
    first = client.post(f"{page}/decline", values)
    with books.nothing_written(ruling.house.seller):
        second = client.post(f"{page}/decline", values)
    assert first["location"] == second["location"]


def test_a_deputy_is_named_and_the_delegation_ended(sign_in: SignIn, ruling: Ruled) -> None:
    client = sign_in("dario")
    listed = "/office/settings/delegations"
    done = act(client, f"{listed}/new", deputy=ruling.house.email("vera"))
    assert "stands in until Nov 27, 2026." in told(client.get(done["location"]))
    kept = Delegation.objects.filter(seller_id=ruling.house.seller.id).latest("created_at", "id")
    assert (kept.principal, kept.deputy) == (
        ruling.house.email("dario"),
        ruling.house.email("vera"),
    )
    address = f"{listed}/{public_id('delegation', kept.id)}/end"
    assert sign_in("chiara").get(address).status_code == 404, "it is not hers to end"
    act(client, address)
    kept.refresh_from_db()
    assert kept.ended_at == houses.TODAY
    refused = act(client, f"{listed}/new", deputy=ruling.house.email("vera"), until_on="2020-01-01")
    assert "A period ends on the day it begins or later" in told(refused)


def test_nobody_delegates_in_anothers_name(sign_in: SignIn, ruling: Ruled) -> None:
    page = "/office/settings/delegations/new"
    boss, deputy = ruling.house.email("chiara"), ruling.house.email("vera")
    with books.nothing_written(ruling.house.seller):
        refused = act(sign_in("dario"), page, principal=boss, deputy=deputy)
    assert refused.status_code == 422
    done = act(sign_in("ada"), page, principal=boss, deputy=deputy)
    assert done.status_code == 302, "an administrator does"
    assert sign_in("vera").get(page).status_code == 403


def test_what_is_not_there_is_not_there(sign_in: SignIn, ruling: Ruled) -> None:
    client = sign_in("chiara")
    strange = public_id("review", new_id())
    for path in (
        f"reviews/{strange}",
        f"reviews/{strange}/approve",
        f"reviews/{ruling.order_review}/eat",
        "reviews/x",
        f"decisions/{public_id('decision', new_id())}",
        f"settings/delegations/{public_id('delegation', new_id())}/end",
    ):
        assert client.get(f"/office/{path}").status_code == 404, path
