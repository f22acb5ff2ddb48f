"""The office's pages of early money: programmes, advances, and where else they are seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client
from lxml import html

from tests.flows import books
from tests.web import house as houses
from tests.web.house import House
from usance.flows import connections
from usance.flows.funding import notices, sending
from usance.gateways.funding.memory import MemoryPartner
from usance.records.funding.models import Advance, FundingProgram
from usance.records.identity import public_id

SignIn = Callable[[str], Client]


def said(response: Any) -> str:
    it = html.document_fromstring(response.content.decode())
    return " ".join(" ".join(it.xpath("//main")[0].itertext()).split())


def test_a_programme_is_set_up_an_invoice_funded_and_its_cost_seen(
    sign_in: SignIn, house: House
) -> None:
    client = sign_in("chiara")
    assert "No funding programmes" in said(client.get("/office/settings/funding"))
    assert "No advances yet" in said(client.get("/office/advances"))
    bank = connections.create_connection(
        house.seller, kind="funding_partner", name="Banca Rapida",
        settings={"base_url": "https://partner.example"},
        secrets={"api_key": "k", "webhook_secret": "whsec_c2VjcmV0"},
        at=houses.TODAY, by="test",
    )  # fmt: skip
    connection = said(
        client.get(f"/office/settings/connections/{public_id('connection', bank.id)}")
    )
    assert f"/v1/funding/{public_id('connection', bank.id)}/events" in connection
    form = {
        "name": "Early", "kind": "with_recourse", "connection": bank.id.hex, "place": "1",
        "currency": "EUR", "rate": "80", "flat_fee": "2", "recourse_days": "60",
        "condition": "invoice.amount >= 1",
    }  # fmt: skip
    wrong = client.post("/office/settings/funding/new", form | {"condition": "invoice."})
    assert wrong.status_code == 422
    assert "condition" in said(wrong).lower()
    done = client.post("/office/settings/funding/new", form, follow=True)
    assert "Early is set up." in said(done) or "Early" in said(done)
    program = FundingProgram.objects.get(seller_id=house.seller.id)
    assert (program.rate, program.flat_fee, program.total_limit) == (8_000, 200, None)
    address = f"/office/settings/funding/{public_id('funding_program', program.id)}"
    assert 'value="80.00"' in client.get(address).content.decode()
    client.post(address, form | {"state": "active", "total_limit": "50000"})
    program.refresh_from_db()
    assert program.total_limit == 5_000_000

    houses.order(house, "girard", 500_000, ago=0, name="early")
    invoice = houses.ship(house, "early", ago=0)
    page = f"/office/invoices/{public_id('invoice', invoice.id)}"
    assert "Ask for an advance" in said(client.get(page))
    client.post(f"{page}/advance", {"program": "", "once": "funding-of-an-invoice-1"})
    partner = MemoryPartner(on=houses.TODAY.date(), pays_at_once=True)
    for seller_id, id_ in sending.due(at=houses.TODAY, limit=1_000):
        if seller_id == house.seller.id:
            sending.attend(
                seller_id=seller_id, instruction_id=id_, at=houses.TODAY, chance=0.0,
                partner=partner,
            )  # fmt: skip
    advance = Advance.objects.get(seller_id=house.seller.id)
    assert advance.state == "paid_out"
    shown = said(client.get(page))
    assert "Ask for an advance" not in shown
    assert "State of the advance Paid out" in shown
    text = said(client.get(f"/office/advances/{public_id('advance', advance.id)}"))
    for words in ("Reckoning", "€4,000.00", "€3,920.00", "Early", "were paid out early"):
        assert words in text
    text = said(client.get("/office/advances"))
    assert "Funded" in text and "€80.00" in text and "%" in text
    assert "Funded by partners" in said(client.get("/office/reports"))
    assert not books.broken(house.seller)
    assert notices.due(at=houses.TODAY) is not None


def test_who_only_looks_changes_nothing(sign_in: SignIn, house: House) -> None:
    reader = next(who for who, row in house.staff.items() if row.role == "viewer")
    client = sign_in(reader)
    assert client.get("/office/advances").status_code == 200
    assert client.get("/office/settings/funding/new").status_code == 403
