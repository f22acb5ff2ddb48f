"""The checks on the page of a buyer: what they say, asking again, and files of scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html
from playwright.sync_api import sync_playwright

from tests.flows import counterparts
from tests.gateways.contracts.vies import RestVies
from tests.web import house as houses
from tests.web import live
from tests.web.house import House
from usance.flows import buyer_checks, onboarding, rescreening
from usance.flows.counterparts import ALLOW_PRIVATE, Counterparts
from usance.gateways.errors import Unavailable
from usance.gateways.sanctions.memory import MemoryScreen
from usance.records.credit.models import Report
from usance.records.identity import public_id
from usance.records.parties.models import Buyer

SignIn = Callable[[str], Client]

SCORES = (
    "Number,Name,Country,Score,Rating,Limit,Currency,As of\n"
    "C-1017,Nordmann,DE,71,B,5000,EUR,2026-11-01\n"
    "X-1,Nobody,DE,5,E,,,2026-11-01\n"
)


@pytest.fixture
def vies(house: House, shared: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RestVies]:
    monkeypatch.setenv(ALLOW_PRIVATE, "1")
    with counterparts.vies(house.seller, shared, at=houses.TODAY) as server:
        yield server
    from usance.flows import connections
    from usance.records.connections.models import Connection

    for one in Connection.objects.filter(seller_id=house.seller.id, is_active=True):
        connections.change_connection(
            house.seller, connection_id=one.id, is_active=False, at=houses.TODAY, by="test"
        )


def new_buyer(house: House, **more: Any) -> Buyer:
    given = {"name": "Acciaierie Lodi S.p.A.", "country": "IT", "tax_id": "IT00743110157"} | more
    return onboarding.create_buyer(house.seller, at=houses.TODAY, by="test", **given)


def address(buyer: Buyer) -> str:
    return f"/office/buyers/{public_id('buyer', buyer.id)}"


def section(client: Client, buyer: Buyer) -> Any:
    page = html.document_fromstring(client.get(address(buyer)).content.decode())
    (found,) = page.xpath("//section[@id='checks']")
    return found


def text(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split())


def told(response: Any) -> str:
    return text(html.document_fromstring(response.content.decode()).xpath("//main")[0])


def test_what_was_never_asked_says_so_and_offers_to_ask(sign_in: SignIn, house: House) -> None:
    found = section(sign_in("chiara"), new_buyer(house))
    rows = found.xpath(".//tbody/tr")
    assert [text(row.xpath("./th")[0]) for row in rows] == [
        "Tax number",
        "Company register",
        "Credit bureau",
        "Sanctions lists",
    ]
    assert text(found).count("Not asked yet") == 4
    assert rows[0].xpath(".//button/@aria-label") == ["Ask now: Tax number"]


def test_a_button_asks_and_the_answer_stands_with_its_consultation_number(
    sign_in: SignIn, house: House, vies: RestVies
) -> None:
    buyer = new_buyer(house)
    vies.knowledge.known["IT", "00743110157"] = "ACCIAIERIE LODI", "VIA ROMA 1"
    client = sign_in("chiara")
    response = client.post(f"{address(buyer)}/checks", {"kind": "tax_number"}, follow=True)
    assert "1 answer came." in told(response)
    row = text(section(client, buyer).xpath(".//tbody/tr")[0])
    assert "Tax number VIES Valid ACCIAIERIE LODI VIA ROMA 1" in row
    assert "WAPIAAAA00000001" in row
    assert row.endswith("Ask again")
    assert "Every answer" in told(client.get(f"{address(buyer)}/checks"))
    client.post(f"{address(buyer)}/checks", {"kind": "tax_number"})
    assert len(vies.asked) == 1  # the form sent twice


def test_no_answer_is_told_beside_the_answer_there_was(
    sign_in: SignIn, house: House, vies: RestVies
) -> None:
    buyer = new_buyer(house)
    vies.knowledge.known["IT", "00743110157"] = "ACCIAIERIE LODI", "---"
    buyer_checks.check_buyer(
        house.seller,
        buyer_id=buyer.id,
        kinds=["tax_number"],
        at=houses.TODAY - timedelta(days=3),
        by="test",
    )
    vies.knowledge.fault = "MS_UNAVAILABLE"
    client = sign_in("chiara")
    response = client.post(f"{address(buyer)}/checks", {"kind": "tax_number"}, follow=True)
    assert "VIES gave no answer. What was known before stands." in told(response)
    row = text(section(client, buyer).xpath(".//tbody/tr")[0])
    assert "Valid" in row
    assert "No answer on Nov 20, 2026, 10:12" in row
    assert "It could not be reached. It is asked again after Nov 20, 2026, 10:17" in row


def test_what_nobody_knows_is_said(sign_in: SignIn, house: House, vies: RestVies) -> None:
    buyer = new_buyer(house)
    vies.knowledge.fault = "MS_UNAVAILABLE"
    client = sign_in("chiara")
    client.post(f"{address(buyer)}/checks", {"kind": "tax_number"})
    row = text(section(client, buyer).xpath(".//tbody/tr")[0])
    assert "Not known: whether the tax number is valid" in row
    told_ = told(client.get(f"{address(buyer)}/checks"))
    assert "Checks of Acciaierie Lodi" in told_
    assert "No answer It could not be reached." in told_


def test_who_has_connected_nobody_is_told_what_to_do(sign_in: SignIn, house: House) -> None:
    response = sign_in("chiara").post(
        f"{address(new_buyer(house))}/checks", {"kind": "credit"}, follow=True
    )
    assert "Nobody could be asked about: Credit bureau. Add a connection" in told(response)


def test_a_possible_match_is_shown_and_dismissed_once(sign_in: SignIn, house: House) -> None:
    buyer = new_buyer(house)
    screen = MemoryScreen(counterparts.listed("Acciaierie Lodi"), source="screen")
    buyer_checks.check_buyer(
        house.seller,
        buyer_id=buyer.id,
        kinds=["sanctions"],
        at=houses.TODAY - timedelta(hours=1),
        by="test",
        counterparts=Counterparts(screens=(screen,)),
    )
    client = sign_in("chiara")
    found = section(client, buyer)
    assert "It is somebody else" in text(found)
    assert "Possible match Acciaierie Lodi, 100 of 100 alike, on eu_fsf" in text(found)
    act = f"{address(buyer)}/checks/dismiss"
    page = html.document_fromstring(client.get(act).content.decode())
    once = page.xpath("//input[@name='once']/@value")[0]
    sent = {"once": once, "reason": "Another company of that name."}
    for _ in range(2):
        response = client.post(act, sent, follow=True)
        assert "The entries are dismissed: they are somebody else." in told(response)
    (said,) = Report.objects.filter(buyer_id=buyer.id, source="person")
    assert said.facts["note"] == "Another company of that name."
    assert "It is somebody else" not in text(section(client, buyer))
    assert "A person No match Another company of that name." in text(section(client, buyer))


def test_who_may_only_look_sees_no_buttons_and_cannot_ask(
    sign_in: SignIn, house: House, vies: RestVies
) -> None:
    buyer = new_buyer(house)
    client = sign_in("vera")
    assert section(client, buyer).xpath(".//button") == []
    assert client.post(f"{address(buyer)}/checks", {"kind": "tax_number"}).status_code == 403
    assert vies.asked == []
    assert client.post("/office/settings/score-files", {}).status_code == 403


def test_another_seller_s_buyer_is_not_there(sign_in: SignIn, house: House) -> None:
    other = houses.build()
    client = sign_in("chiara")
    base = address(other.buyers["nordmann"])
    assert client.get(f"{base}/checks").status_code == 404
    assert client.post(f"{base}/checks", {"kind": "tax_number"}).status_code == 404
    assert client.get(f"{base}/checks/dismiss").status_code == 404


def upload(client: Client, data: str, **fields: str) -> Any:
    file = SimpleUploadedFile("scores.csv", data.encode())
    given = {"bureau": "crif", "worst": "0", "best": "100", "file": file} | fields
    return client.post("/office/settings/score-files", given, follow=True)


def test_a_file_of_scores_is_uploaded(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    said = told(upload(client, SCORES))
    assert "1 new report." in said
    assert "1 row found no buyer." in said
    assert "Nobody X-1 3 No buyer has this number." in said
    row = text(section(client, house.buyers["nordmann"]))
    assert "File of crif Found Nordmann Score 71 on a scale from 0 (worst) to 100" in row
    assert "Recommended limit €5,000.00" in row
    assert "Nothing in this file is new." in told(upload(client, SCORES))


def test_a_bad_file_of_scores_says_where_it_is_bad(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    response = upload(client, SCORES + "C-1004,Bad,IT,high,,,,2026-11-01\n,,,,,,,\n")
    assert response.status_code == 422
    assert "line 4, column 4: Score: 'high' is not a score." in told(response)
    response = upload(client, SCORES, worst="", best="")
    assert response.status_code == 422
    assert "say the worst and the best score there can be" in told(response)
    response = upload(client, SCORES, currency="XXX")
    assert "This is not a currency" in told(response)


@pytest.mark.browser
def test_checks_in_the_browser_by_keyboard_and_read_by_a_machine(
    house: House, vies: RestVies
) -> None:
    buyer = new_buyer(house)
    vies.knowledge.known["IT", "00743110157"] = "ACCIAIERIE LODI", "---"
    screen = MemoryScreen(counterparts.listed("Acciaierie Lodi"), source="screen")
    buyer_checks.check_buyer(
        house.seller,
        buyer_id=buyer.id,
        kinds=["sanctions", "credit"],
        at=houses.TODAY - timedelta(hours=1),
        by="test",
        counterparts=Counterparts(screens=(screen,), bureaus=(_down(),)),
    )
    where = address(buyer)
    email = house.email("chiara")
    with live.served() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=live.CHROMIUM, args=live.FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{site}{where}")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(houses.PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{where}")
        button = page.get_by_role("button", name="Ask now: Tax number")
        button.focus()
        page.keyboard.press("Enter")
        page.get_by_text("1 answer came.").wait_for()
        assert page.get_by_text("ACCIAIERIE LODI").first.is_visible()
        for path in (where, f"{where}/checks", "/office/settings/score-files"):
            for width in (1440, 390):
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(f"{site}{path}")
                page.wait_for_load_state("networkidle")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
                found = Axe().run(page)
                assert found.violations_count == 0, found.generate_report()
        browser.close()


def _down() -> Any:
    bureau = counterparts.bureau(houses.TODAY)
    bureau.failing = Unavailable("down", counterpart="bureau")
    return bureau


def test_the_page_of_a_list_tells_how_far_the_search_is(sign_in: SignIn, house: House) -> None:
    rows = counterparts.LIST.encode()
    loaded = rescreening.load_own_list(
        house.seller, rows, file_name="list.csv", at=houses.TODAY, by="test"
    )
    assert loaded.connection_id is not None
    path = f"/office/settings/connections/{public_id('connection', loaded.connection_id)}"
    client = sign_in("chiara")
    total = Buyer.objects.filter(seller_id=house.seller.id).count()
    assert f"0 of {total} buyers are searched for in it" in told(client.get(path))
    rescreening.rescreen_all(house.seller, at=houses.TODAY, by="test", most=2)
    assert f"2 of {total} buyers are searched for in it" in told(client.get(path))
