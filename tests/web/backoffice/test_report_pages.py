"""The reports as pages: drawings with words and tables beside them, files, and what they rest on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from lxml import html

from tests.web import house as houses
from tests.web.house import House
from usance.flows import cash_forecasts

SignIn = Callable[[str], Client]

pytestmark = pytest.mark.xdist_group("office pages")

PAGES = ("", "/collection", "/cash-forecast", "/concentration", "/payment-behaviour", "/terms")


def read(client: Client, address: str, status: int = 200) -> html.HtmlElement:
    response = client.get(f"/office/reports{address}")
    assert response.status_code == status, address
    return html.document_fromstring(response.content.decode())


def said(it: html.HtmlElement, path: str = "//main") -> str:
    return " ".join(" ".join(" ".join(found.itertext()).split()) for found in it.xpath(path))


def test_every_drawing_says_what_it_shows_beside_its_table(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    drawn = 0
    for page in (*PAGES, "?by=person", "?by=country&on=2026-10-01", "/cash-forecast?currency=INR"):
        it = read(client, page)
        ids = it.xpath("//@id")
        assert len(ids) == len(set(ids)), page
        assert it.xpath("//*[@style]|//style") == []
        assert len(it.xpath("//nav[@class='tabs']//a[@aria-current='page']")) == 1
        for drawing in it.xpath("//figure[@class='chart']/*[@role='img']"):
            names = drawing.get("aria-labelledby").split()
            assert [part.tag for name in names for part in drawing.xpath(f"*[@id='{name}']")] == [
                "title",
                "desc",
            ]
            assert drawing.xpath("ancestor::section//table"), page
            drawn += 1
    assert drawn >= 6
    for language in ("it", "ro", "hi"):
        client.cookies["django_language"] = language
        for page in PAGES:
            assert read(client, page).get("lang") == language


def test_the_aging_says_that_it_agrees_with_the_ledger(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    for on in ("2026-09-30", "2026-10-20", "2026-11-20"):
        assert "Agrees with the ledger to the cent" in said(read(client, f"?on={on}"))
    # Losses of less than a thousandth of sales are no 0 %.
    [share] = read(client, "/terms").xpath("//tfoot/tr/td[last()]")
    assert re.fullmatch(r"-?\d+\.\d\d%|–", " ".join("".join(share.itertext()).split()))
    # Days before which no period can begin are read as today.
    for page in PAGES:
        read(client, f"{page}?on=0001-01-01&days=365")
    countries = said(read(client, "?by=country"), "//table[contains(caption, 'Country')]")
    assert "Germany" in countries
    rows = client.get("/office/reports?by=country&format=csv").content.decode().splitlines()
    assert rows[0].startswith("country,currency,not_due")


def test_each_report_is_a_file_too(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    heads = {
        "/collection": "currency,receivable,not_due,beginning,sales",
        "/cash-forecast": "currency,made_of,week_from,expected,low,middle,high",
        "/concentration": "buyer,currency,outstanding,overdue,share",
        "/payment-behaviour": "month,currency,invoiced,paid_by_-30",
        "/terms": "currency,sales,capital,discounts,fees",
    }
    for page, head in heads.items():
        response = client.get(f"/office/reports{page}?format=csv")
        assert response["content-type"].startswith("text/csv")
        rows = response.content.decode().splitlines()
        assert rows[0].startswith(head)
        assert len(rows) > 1, page


def test_a_kept_forecast_is_shown_with_what_came(sign_in: SignIn, house: House) -> None:
    past = houses.TODAY - timedelta(days=20)
    cash_forecasts.keep(house.seller, at=past)
    it = read(sign_in("chiara"), f"/cash-forecast?on={past.date()}")
    table = "//table[caption='Expected by week']"
    assert "Came" in said(it, f"{table}//th")
    assert "Low (9 weeks of 10 bring more)" in said(it, f"{table}//th")
    assert "plan with the low amount where it must not be missed" in said(it)
    assert len(it.xpath(f"{table}//tbody/tr")) == 13
    assert it.xpath("//*[@class='chart-dot']")


def test_what_reports_rest_on_can_be_said(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    form = {"capital_rate": "7,5", "segment_key": "branch", "person_key": "agent"}
    client.cookies["django_language"] = "it"
    response = client.post("/office/reports/settings", form)
    assert response.status_code == 302
    client.cookies["django_language"] = "en"
    it = read(client, "/settings")
    assert it.xpath("//input[@name='capital_rate']/@value") == ["7.5"]
    assert client.post("/office/reports/settings", form | {"capital_rate": "x"}).status_code == 422
    assert "Cost of capital" in said(read(client, "/terms"))
    assert "Say in the settings" not in said(read(client, "/terms"))
