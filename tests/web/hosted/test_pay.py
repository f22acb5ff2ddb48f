"""The pay page by its addresses: what it shows, whom it lets in, and what is done there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from config.clock import CLOCK
from tests.flows.trading import Trade
from tests.gateways.contracts.server import serving
from tests.gateways.contracts.stripe import KEY, StripeMock
from usance.flows import connections, pay_links, promises
from usance.flows.journal import business_day
from usance.flows.seller_details import add_bank_account
from usance.records.cards.models import CardAuthorization, CardPage
from usance.records.collections.models import PayLink, Promise
from usance.records.connections.models import Connection
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice
from usance.rules.promises import Part


@pytest.fixture
def here(account: Any) -> Trade:
    """The trade as of now: pages look at the clock on the wall."""
    cache.clear()
    return Trade(account.seller, account.buyer, account.line, CLOCK.now())


@pytest.fixture
def stripe(shared: Path, monkeypatch: pytest.MonkeyPatch, here: Trade) -> Iterator[StripeMock]:
    folder = shared / "contracts" / "stripe"
    if not folder.is_dir():
        pytest.skip("the contract of Stripe is not among the shared documents")
    monkeypatch.setenv("USANCE_CONNECTIONS_ALLOW_PRIVATE", "1")
    with serving(StripeMock(folder / "spec3.cut.json", folder / "fixtures3.json")) as found:
        connections.create_connection(
            here.seller, kind="stripe", settings={"base_url": found.url},
            secrets={"secret_key": KEY}, **here.act,
        )  # fmt: skip
        yield found


def link(here: Trade, **about: Any) -> str:
    given = about or {"buyer_id": here.buyer.id}
    made = pay_links.create_link(here.seller, **given, **here.act)
    return f"/pay/{pay_links.token_of(made)}"


def text(response: Any) -> str:
    return str(response.content.decode())


def test_what_is_open_is_shown_and_nothing_of_others(here: Trade) -> None:
    first, second = here.invoice(10_000), here.invoice(20_000)
    strange = here.other_buyer().invoice(30_000)
    response = Client().get(link(here))
    page = text(response)
    assert response.status_code == 200
    assert first.number in page
    assert second.number in page
    assert strange.number not in page
    assert "€300.00" in page
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex")
    only = text(Client().get(link(here, invoice_id=second.id)))
    assert second.number in only
    assert first.number not in only
    paid = link(here, invoice_id=first.id)
    here.pay(first)
    assert "Nothing is open" in text(Client().get(paid))


def test_only_what_is_ticked_is_paid(here: Trade) -> None:
    add_bank_account(here.seller, currency="EUR", iban="IT60X0542811101000000123456", **here.act)
    first, second = here.invoice(10_000), here.invoice(20_000)
    page = text(Client().get(f"{link(here)}?invoice={public_id('invoice', second.id)}"))
    assert "€200.00" in page
    assert "IT60 X054" in page
    assert "data:image/svg+xml;base64," in page
    other = here.other_buyer().invoice(30_000)
    page = text(Client().get(f"{link(here)}?invoice={public_id('invoice', other.id)}"))
    assert other.number not in page
    assert first.number in page


def test_a_link_that_is_over_or_was_never_signed(here: Trade) -> None:
    here.invoice(10_000)
    address = link(here)
    assert Client().get("/pay/" + "A" * 67).status_code == 404
    assert Client().get(address + "x").status_code == 404
    PayLink.objects.filter(seller_id=here.seller.id).update(expires_at=here.at - timedelta(days=1))
    for path in ("", "/card", "/instalments", "/back"):
        response = Client().generic("POST" if path == "/card" else "GET", address + path)
        assert response.status_code == 410, path


def test_paying_by_card_leads_to_the_provider_and_back(here: Trade, stripe: StripeMock) -> None:
    invoice, other = here.invoice(10_000), here.invoice(20_000)
    address, client = link(here), Client()
    page = client.get(address)
    assert "https://checkout.stripe.com" in page["Content-Security-Policy"]
    chosen = {"invoice": public_id("invoice", invoice.id), "currency": "EUR"}
    gone = client.post(f"{address}/card", chosen)
    assert gone.status_code == 302
    assert gone["Location"].startswith("https://checkout.stripe.com/")
    assert "https://checkout.stripe.com" in gone["Content-Security-Policy"]
    waiting = text(client.get(f"{address}/back"))
    assert "do not pay twice" in waiting
    [session] = stripe.sessions
    intent = stripe._intent(
        {
            "payment_method": "pm_1", "capture_method": "automatic", "amount": "10000",
            "currency": "eur", "customer": "cus_1", "metadata": {},
        }
    )  # fmt: skip
    import json

    stripe.sessions[session] |= {
        "status": "complete", "url": None, "payment_intent": json.loads(intent.body),
    }  # fmt: skip
    CardPage.objects.filter(reference=session).update(looked_at=None)  # some time later
    assert "Thank you" in text(client.get(f"{address}/back"))
    invoice.refresh_from_db()
    other.refresh_from_db()
    assert (invoice.state, other.state) == ("paid", "open")
    assert "Thank you" in text(client.get(f"{address}/back"))
    assert Invoice.objects.get(id=other.id).outstanding == 20_000


def test_going_back_and_forth_leads_to_one_page_for_one_choice(
    here: Trade, stripe: StripeMock
) -> None:
    first, second = here.invoice(10_000), here.invoice(20_000)
    address, client = link(here), Client()
    for invoice in (first, first, second):
        chosen = {"invoice": public_id("invoice", invoice.id), "currency": "EUR"}
        assert client.post(f"{address}/card", chosen).status_code == 302
    assert len(stripe.sessions) == 2


def test_a_link_tells_nothing_of_what_another_was_for(here: Trade, stripe: StripeMock) -> None:
    first, second = here.invoice(10_000), here.invoice(20_000)
    one, other = link(here, invoice_id=first.id), link(here, invoice_id=second.id)
    Client().post(f"{one}/card")
    assert CardPage.objects.filter(seller_id=here.seller.id).count() == 1
    day = here.at.date()
    promises.propose(
        here.seller, buyer_id=here.buyer.id, invoice_ids=[first.id],
        parts=[Part(day + timedelta(days=10), 2_500), Part(day + timedelta(days=20), 7_500)],
        by_seller=True, **here.act,
    )  # fmt: skip
    assert "Your promise" in text(Client().get(one))
    assert "Your promise" not in text(Client().get(other))
    CardPage.objects.filter(seller_id=here.seller.id).update(state="completed")
    assert "Thank you" in text(Client().get(f"{one}/back"))
    assert "Thank you" not in text(Client().get(f"{other}/back"))


def test_an_invoice_that_a_card_is_charged_for_is_not_paid_beside(
    here: Trade, stripe: StripeMock
) -> None:
    invoice = here.invoice(10_000)
    connection = Connection.objects.get(seller_id=here.seller.id)
    CardAuthorization.objects.create(
        seller_id=here.seller.id, created_at=here.at, buyer_id=here.buyer.id, purpose="charge",
        connection_id=connection.id, invoice_id=invoice.id, currency="EUR", amount=10_000,
    )  # fmt: skip
    assert "Location" in Client().post(f"{link(here)}/card")
    assert not stripe.sessions


def test_without_a_provider_there_is_no_card(here: Trade) -> None:
    here.invoice(10_000)
    address = link(here)
    assert "by card" not in text(Client().get(address))
    response = Client().post(f"{address}/card", {}, follow=True)
    assert response.status_code == 200


def test_a_provider_that_is_down_is_told_kindly(here: Trade, stripe: StripeMock) -> None:
    here.invoice(10_000)
    stripe.down()
    response = Client().post(f"{link(here)}/card", {}, follow=True)
    assert "Cards cannot be taken at the moment" in text(response)
    stripe.instead = []


def test_an_order_is_covered_by_another_card(here: Trade, stripe: StripeMock) -> None:
    order = here.order(15_000, external_id="S-77")
    address = link(here, order_id=order.id)
    page = text(Client().get(address))
    assert "S-77" in page
    assert "Cover €150.00 by card" in page
    assert Client().post(f"{address}/card").status_code == 302
    [session] = stripe.sessions.values()
    assert session["mode"] == "payment"


def test_instalments_are_proposed(here: Trade) -> None:
    invoice = here.invoice(30_000)
    address = f"{link(here)}/instalments"
    page = text(Client().get(address))
    assert page.count("<fieldset") == 3
    assert "€75.00" in page
    day = business_day(here.seller, at=here.at)
    wrong = {"day_0": day.isoformat(), "amount_0": "100.00", "day_1": "", "amount_1": "200.00"}
    response = Client().post(address, wrong)
    assert response.status_code == 422
    assert "Enter the day of this amount." in text(response)
    late = (day + timedelta(days=90)).isoformat()
    response = Client().post(address, wrong | {"day_1": late})
    assert response.status_code == 422
    good = wrong | {"day_1": (day + timedelta(days=30)).isoformat(), "words": "Thank you"}
    response = Client().post(address, good, follow=True)
    assert "the seller will answer you" in text(response)
    promise = Promise.objects.get(seller_id=here.seller.id)
    assert (promise.amount, promise.words, promise.author) == (30_000, "Thank you", "buyer")
    assert promise.invoices[0]["invoice"] == str(invoice.id)
    assert "Your promise" in text(Client().get(link(here)))


def test_where_no_instalments_are_taken_there_is_no_page(here: Trade) -> None:
    here.invoice(30_000)
    promises.set_rules(
        here.seller, is_open=False, most_parts=3, most_days=60, first_percent=25,
        accept_at_once=False, **here.act,
    )  # fmt: skip
    address = link(here)
    assert "instalments" not in text(Client().get(address))
    assert Client().get(f"{address}/instalments").status_code == 404
