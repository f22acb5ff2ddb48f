"""The pay page, and the office's pages about cards and promises, in the real browser: by keyboard, on a
phone, and read by a machine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.flows.paying import Till
from tests.flows.trading import Trade
from tests.web import house as houses
from tests.web.browsing import NARROW, Visit, look_over, press_until, sideways, violations
from tests.web.house import House
from usance.flows import pay_links, promises
from usance.records.cards.models import CardAuthorization
from usance.records.credit.models import CreditLine
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice
from usance.rules.promises import Part

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(house: House) -> dict[str, str]:
    """A page of each kind."""
    act: dict[str, Any] = {"at": houses.TODAY, "by": "test"}
    invoice = house.invoices["88110"]
    buyer = house.members["lucia"].buyer
    line = CreditLine.objects.get(seller_id=house.seller.id, buyer_id=buyer.id, currency="EUR")
    till = Till.of(Trade(house.seller, buyer, line, houses.TODAY))
    card = till.card()
    held = till.authorize(card, amount=12_345, currency="EUR", order_reference="S-1")
    till.provider.declines[card.token] = "insufficient_funds"
    declined = till.authorize(card, amount=2_345, currency="EUR")
    openly = Invoice.objects.filter(
        seller_id=house.seller.id, buyer_id=buyer.id, state="open", outstanding__gt=0
    )
    first = openly.exclude(id=invoice.id).order_by("due_on").first()
    made = None
    if first is not None:
        made = promises.propose(
            house.seller,
            buyer_id=buyer.id,
            invoice_ids=[first.id],
            parts=[
                Part(houses.TODAY.date(), first.outstanding // 2),
                Part(
                    houses.TODAY.date() + timedelta(days=30),
                    first.outstanding - first.outstanding // 2,
                ),
            ],
            words="The works are late.",
            **act,
        )
    every = pay_links.create_link(house.seller, buyer_id=buyer.id, **act)
    gone = pay_links.create_link(house.seller, buyer_id=buyer.id, **act)
    pay_links.revoke_link(house.seller, link_id=gone.id, **act)
    door = f"/pay/{pay_links.token_of(every)}"
    assert CardAuthorization.objects.filter(seller_id=house.seller.id).count() == 2
    assert made is not None
    return {
        "pay": door,
        "instalments": f"{door}/instalments",
        "back": f"{door}/back",
        "cards": "/office/cards",
        "held": f"/office/cards/{public_id('card_authorization', held.id)}",
        "capture": f"/office/cards/{public_id('card_authorization', held.id)}/capture",
        "declined": f"/office/cards/{public_id('card_authorization', declined.id)}",
        "promises": "/office/promises",
        "promise": f"/office/promises/{public_id('promise', made.id)}",
        "rules": "/office/promises/rules",
    }


@pytest.fixture(scope="module")
def scene(pages: dict[str, str]) -> dict[str, str]:
    """All of it is there before the browser runs."""
    return pages


@pytest.mark.slow
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(
    visit: Visit, pages: dict[str, str]
) -> None:
    page = visit("/office/", who="chiara", language="en")
    look_over(page, pages.values(), language="en")


def test_instalments_are_proposed_by_keyboard_on_a_phone(
    visit: Visit, pages: dict[str, str]
) -> None:
    page = visit(pages["pay"], who=None, width=NARROW, language="en")
    expect(page.get_by_role("heading", name="To pay now")).to_be_visible()
    press_until(page, "Pay in instalments")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Pay in instalments")).to_be_visible()
    press_until(page, "Propose")
    page.keyboard.press("Enter")
    # One of the invoices is promised already, which is said where the form is.
    expect(page.get_by_role("alert").first).to_contain_text("Withdraw them first")
    assert violations(page) == []
    assert sideways(page) <= 0


def test_an_accountant_agrees_to_a_promise(visit: Visit, pages: dict[str, str]) -> None:
    page = visit(pages["promise"], who="chiara", language="en")
    press_until(page, "Accept")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Agree to these instalments")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    dialog.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("The instalments are agreed.")).to_be_visible()


def test_a_buyer_goes_from_its_account_to_the_pay_page(visit: Visit, pages: dict[str, str]) -> None:
    del pages
    page = visit("/account/", who="lucia", language="en")
    page.get_by_role("button", name="Pay now").click()
    expect(page.get_by_role("heading", name="What is open")).to_be_visible()
    assert "/pay/" in page.url
