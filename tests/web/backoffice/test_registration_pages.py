"""The portal's answer pasted at the desk, and what the invoice's page and the portal then show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client

from tests.flows import books
from tests.flows.countries import content, goods, placed, sold
from tests.flows.registering import answer, cancellation, irn_of
from tests.flows.test_registrations import REGISTERS
from tests.flows.test_split_payment import SPLIT
from tests.flows.trading import Trade
from tests.web.backoffice.test_acts import act, told
from usance.flows import billing, onboarding
from usance.records.deliveries.models import Registration
from usance.records.identity import public_id
from usance.records.parties.models import Seller


def at_the_desk(trade: Trade) -> Client:
    staff = onboarding.add_staff(
        trade.seller,
        email=f"desk@{trade.seller.handle}.example",
        name="Asha",
        role="admin",
        password=None,
        at=trade.at,
    )
    client = Client()
    client.force_login(staff.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def trade(at: datetime, seller: Seller) -> Iterator[Trade]:
    made = placed(seller, at, REGISTERS)
    yield made
    assert books.broken(made.seller) == []


def test_an_answer_is_pasted_and_shown(trade: Trade) -> None:
    invoice = sold(trade, REGISTERS, goods(REGISTERS.rate, net=12_345))
    note = billing.credit_invoice(trade.seller, invoice_id=invoice.id, amount=5_000, **trade.act)
    client = at_the_desk(trade)
    page = f"/office/invoices/{public_id('invoice', invoice.id)}"
    assert "Acknowledgement number" not in told(client.get(page))
    given = answer(content(trade, "invoice", invoice.id, "gst"), at=trade.at).decode()
    refused = act(client, f"{page}/registration", answer=given.replace('"Irn": "', '"Irn": "x'))
    assert refused.status_code == 422
    assert "IRN" in told(refused)
    sent = act(client, f"{page}/registration", answer=given)
    assert sent.status_code == 302, told(sent)
    shown = told(client.get(page))
    for words in (irn_of(invoice.number), "112610098765432", "was registered with the portal"):
        assert words in shown
    assert client.get(f"{page}/document/pdf").status_code == 200
    # The credit note is registered from the page of its invoice.
    way = f"/office/credit-notes/{public_id('credit_note', note.id)}/registration"
    assert way in client.get(page).content.decode()
    given = answer(content(trade, "credit_note", note.id, "gst"), at=trade.at).decode()
    assert act(client, way, answer=given).status_code == 302
    assert Registration.objects.filter(seller_id=trade.seller.id).count() == 2
    gone = cancellation(irn_of(invoice.number), at=trade.at + timedelta(hours=1)).decode()
    assert act(client, f"{page}/cancel-registration", answer=gone).status_code == 302
    assert "Registration cancelled" in told(client.get(page))


def test_the_page_says_what_the_buyer_pays_to_the_treasury(at: datetime, seller: Seller) -> None:
    trade = placed(seller, at, SPLIT)
    invoice = sold(trade, SPLIT, goods(SPLIT.rate, net=10_000))
    shown = told(at_the_desk(trade).get(f"/office/invoices/{public_id('invoice', invoice.id)}"))
    assert "Tax that the buyer pays to the treasury €22.00" in shown
    assert "Outstanding €100.00" in shown
