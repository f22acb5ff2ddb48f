"""Shared limits and exchange rates as pages: made, changed, held, and what is used of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from lxml import html
from playwright.sync_api import sync_playwright

from tests.flows import books
from tests.web import house as houses
from tests.web import live
from tests.web.house import House
from usance.flows import group_limits
from usance.flows.group_limits import MemberLine
from usance.records.credit.models import CreditLine, ExchangeRate, GroupLimit
from usance.records.identity import public_id

SignIn = Callable[[str], Client]


def told(response: Any) -> str:
    page = html.document_fromstring(response.content.decode())
    return " ".join(" ".join(page.xpath("//main")[0].itertext()).split())


def send(client: Client, path: str, **fields: str) -> Any:
    page = html.document_fromstring(client.get(path).content.decode())
    once = page.xpath("//main//input[@name='once']/@value")[0]
    return client.post(path, {"once": once, **fields}, follow=True)


def group(house: House, *who: str, name: str = "Nord") -> GroupLimit:
    return group_limits.create_group(
        house.seller,
        name=name,
        currency="EUR",
        limit=5_000_000,
        lines=[MemberLine(house.buyers[one].id, "EUR", 1_000_000) for one in who],
        at=houses.TODAY,
        by="test",
    )


def free(house: House) -> None:
    """Nobody is in a group any more."""
    for one in GroupLimit.objects.filter(seller_id=house.seller.id):
        group_limits.change_group(
            house.seller, group_id=one.id, lines=[], at=houses.TODAY, by="test"
        )


def test_a_limit_is_shared_by_typing_customer_numbers(sign_in: SignIn, house: House) -> None:
    free(house)
    client = sign_in("chiara")
    sent = {
        "name": "Gruppo Nord",
        "currency": "eur",
        "limit": "50,000.00",
        "tolerance": "",
        "lines": "C-1017 EUR\nC-1023 EUR 8000\n",
    }
    response = send(client, "/office/group-limits/new", **sent)
    said = told(response)
    assert "Gruppo Nord share €50,000.00 now." in said
    assert "Stahlhandel Nordmann GmbH EUR Active €50,000.00 the shared one" in said
    assert "Kuijpers Installatietechniek B.V. EUR Active €8,000.00" in said
    made = GroupLimit.objects.get(seller_id=house.seller.id, name="Gruppo Nord")
    assert made.limit == 5_000_000
    line = CreditLine.objects.get(buyer=house.buyers["kuijpers"], currency="EUR")
    assert (line.group_id, line.follows_group, line.limit) == (made.id, False, 800_000)
    listed = told(client.get("/office/group-limits"))
    assert "Gruppo Nord Active €50,000.00" in listed


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("C-1017\n", "Line 1 has no currency; write it like C-1001 EUR."),
        ("C-1017 EUR\nX-9 EUR", "Line 2: there is no buyer with the number X-9."),
        ("C-1017 EUR much", "Line 1: much is not an amount."),
        ("C-1017 EUR\nC-1017 EUR", "Line 2 names a buyer again."),
        (" \n", "This field is required."),
    ],
)
def test_mistakes_come_back_with_their_line_and_write_nothing(
    sign_in: SignIn, house: House, lines: str, why: str
) -> None:
    free(house)
    client = sign_in("chiara")
    with books.nothing_written(house.seller):
        response = send(
            client,
            "/office/group-limits/new",
            name="Wrong",
            currency="EUR",
            limit="100",
            tolerance="",
            lines=lines,
        )
    assert response.status_code == 422
    assert why in told(response)
    assert not GroupLimit.objects.filter(seller_id=house.seller.id, name="Wrong").exists()


def test_a_currency_without_a_rate_is_refused_in_words(sign_in: SignIn, house: House) -> None:
    free(house)
    client = sign_in("chiara")
    response = send(
        client,
        "/office/group-limits/new",
        name="Far",
        currency="EUR",
        limit="100",
        tolerance="",
        lines="C-1017 JPY",
    )
    assert response.status_code == 422
    assert "There is no exchange rate between the currencies. Store one first." in told(response)


def test_a_limit_is_changed_held_and_released(sign_in: SignIn, house: House) -> None:
    free(house)
    made = group(house, "girard", "ibanez")
    base = f"/office/group-limits/{public_id('group_limit', made.id)}"
    client = sign_in("chiara")
    page = html.document_fromstring(client.get(f"{base}/change").content.decode())
    (area,) = page.xpath("//main//textarea[@name='lines']")
    assert area.text.strip().splitlines() == ["C-1038 EUR 10,000.00", "C-1042 EUR 10,000.00"]
    response = send(
        client, f"{base}/change", name="Sud", limit="60000", tolerance="500", lines="C-1042 EUR"
    )
    assert "The limit is €60,000.00 now." in told(response)
    made.refresh_from_db()
    assert (made.name, made.limit, made.tolerance) == ("Sud", 6_000_000, 50_000)
    assert CreditLine.objects.get(buyer=house.buyers["girard"], currency="EUR").group_id is None
    assert "on hold. New orders of its buyers are declined." in told(send(client, f"{base}/hold"))
    assert "The shared limit is active again." in told(send(client, f"{base}/release"))
    said = told(client.get(base))
    assert "The shared limit was changed to €60,000.00" in said
    assert not books.broken(house.seller)


def test_who_may_only_look_finds_no_buttons(sign_in: SignIn, house: House) -> None:
    free(house)
    made = group(house, "girard")
    base = f"/office/group-limits/{public_id('group_limit', made.id)}"
    client = sign_in("vera")
    assert client.get(base).status_code == 200
    assert "Change the shared limit" not in told(client.get(base))
    for path in (
        f"{base}/change",
        "/office/group-limits/new",
        "/office/settings/exchange-rates/new",
    ):
        assert client.get(path).status_code == 403
    other = houses.build()
    foreign = group(other, "girard")
    path = f"/office/group-limits/{public_id('group_limit', foreign.id)}"
    assert client.get(path).status_code == 404
    assert sign_in("chiara").get(f"{path}/change").status_code == 404


def test_rates_are_added_as_the_reader_writes_numbers(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    new = "/office/settings/exchange-rates/new"
    sent = {"source": "usd", "target": "EUR", "on": "2026-11-20", "origin": "ECB"}
    response = send(client, new, rate="0.9134", **sent)
    assert "From Nov 20, 2026 one USD is worth 0.9134 EUR." in told(response)
    assert "USD 0.9134 EUR Nov 20, 2026 ECB" in told(client.get("/office/settings/exchange-rates"))
    for wrong, why in (
        ({"rate": "0"}, "Enter a rate above 0"),
        ({"rate": "much"}, "Enter a rate above 0"),
        ({"rate": "1", "target": "USD"}, "Choose two different currencies."),
        ({"rate": "1", "source": "XXX"}, "This is not a currency"),
    ):
        with books.nothing_written(house.seller):
            response = send(client, new, **(sent | wrong))
        assert response.status_code == 422
        assert why in told(response)
    assert ExchangeRate.objects.filter(seller_id=house.seller.id).count() == 1


@pytest.mark.browser
def test_the_pages_in_the_browser(house: House) -> None:
    free(house)
    made = group(house, "girard", "nordmann", name="Drawn")
    base = f"/office/group-limits/{public_id('group_limit', made.id)}"
    email = house.email("chiara")
    with live.served() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=live.CHROMIUM, args=live.FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{site}{base}")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(houses.PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{base}")
        page.get_by_role("button", name="Put on hold").focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Put on hold").focus()
        page.keyboard.press("Enter")
        page.get_by_text("The shared limit is on hold.").wait_for()
        for path in (
            "/office/group-limits",
            base,
            f"{base}/change",
            "/office/group-limits/new",
            "/office/settings/exchange-rates",
            "/office/settings/exchange-rates/new",
        ):
            for width in (1440, 390):
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(f"{site}{path}")
                page.wait_for_load_state("networkidle")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
                found = Axe().run(page)
                assert found.violations_count == 0, found.generate_report()
        browser.close()
