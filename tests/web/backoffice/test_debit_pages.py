"""Mandates, debits and their files in the office, and mandates in the portal: a cycle by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from tests.flows.collecting import CREDITOR, status_report
from tests.web.house import IBAN, TODAY, House
from tests.web.portal import company
from usance.flows import seller_details
from usance.flows.debits import collection_rules, scheduling
from usance.formats.sepa import parse_direct_debits
from usance.records.debits.models import Debit, DebitFile, Mandate
from usance.records.identity import public_id
from usance.rules.invoicing.profiles import SellerFields

SignIn = Callable[[str], Client]

ACT: dict[str, Any] = {"at": TODAY, "by": "test"}


@pytest.fixture(scope="module", autouse=True)
def _collects(house: House) -> None:
    company.organise(house)
    seller_details.set_seller_details(
        house.seller,
        fields=SellerFields(legal_name="Officine Brera S.r.l.", creditor_id=CREDITOR),
        **ACT,
    )
    seller_details.add_bank_account(house.seller, currency="EUR", iban=IBAN, **ACT)
    collection_rules.set_rules(house.seller, notice_days=0, lead_days=1, **ACT)


def told(response: Any) -> str:
    it = html.document_fromstring(response.content.decode())
    return " ".join(" ".join(it.xpath("//main")[0].itertext()).split())


def once(client: Client, address: str) -> str:
    """The token of the form at ``address``."""
    found = re.search(r'name="once" value="([^"]+)"', client.get(address).content.decode())
    assert found, address
    return found[1]


def test_a_buyer_gives_a_mandate_and_ends_it(sign_in: SignIn, house: House) -> None:
    client = sign_in("zoe")
    assert "No mandates" in told(client.get("/account/mandates"))
    form = {
        "once": once(client, "/account/mandates/new/give"),
        "scheme": "sepa_core",
        "debtor_name": "Stahlhandel Nordmann GmbH",
        "account": "DE89 3704 0044 0532 0130 00",
        "name": "Zoe Lang",
    }
    refused = client.post("/account/mandates/new/give", form)
    assert refused.status_code == 422  # not agreed
    given = form | {"agreed": "on"}
    response = client.post(
        "/account/mandates/new/give", given, follow=True, headers={"user-agent": "Test/1.0"}
    )
    assert "The mandate is given." in response.content.decode()
    client.post("/account/mandates/new/give", given)
    [mandate] = Mandate.objects.filter(seller_id=house.seller.id)
    trail = mandate.signature
    assert (trail["name"], trail["method"], trail["ip"], trail["user_agent"]) == (
        "Zoe Lang", "portal", "127.0.0.1", "Test/1.0",
    )  # fmt: skip
    assert CREDITOR in trail["words"] and trail["email"] == house.email("zoe")
    assert "DE89" not in response.content.decode() and "3000" in told(response)
    assert sign_in("paul").get("/account/mandates").status_code == 403
    address = f"/account/mandates/{public_id('mandate', mandate.id)}/cancel"
    client.post(address, {"once": once(client, address)})
    assert Mandate.objects.get(id=mandate.id).state == "canceled"


def test_the_office_takes_one_down_collects_and_takes_the_answer(
    sign_in: SignIn, house: House
) -> None:
    client = sign_in("marco")
    buyer = house.buyers["nordmann"]
    sent = client.post(
        "/office/mandates/new",
        {
            "buyer": str(buyer.id), "scheme": "sepa_b2b", "debtor_name": "Nordmann",
            "account": "DE89370400440532013000", "signed_on": "2026-01-02", "signer": "K. Nordmann",
        },
        follow=True,
    )  # fmt: skip
    assert "The mandate is recorded." in sent.content.decode(), told(sent)
    mandate = Mandate.objects.get(seller_id=house.seller.id, state="active")
    open_ = [
        one for one in house.invoices.values()
        if one.buyer_id == buyer.id and type(one).objects.get(id=one.id).state == "open"
    ]  # fmt: skip
    debit = scheduling.schedule_debit(
        house.seller, mandate_id=mandate.id, invoice_ids=[open_[0].id], wanted_on=TODAY.date(),
        **ACT,
    )  # fmt: skip
    Debit.objects.filter(id=debit.id).update(collect_on=TODAY.date())
    listed = told(client.get("/office/debits"))
    assert "Scheduled" in listed and "Nordmann" in listed
    written = client.post("/office/debits/files/write", follow=True)
    assert "1 file is written." in written.content.decode(), told(written)
    file = DebitFile.objects.get(seller_id=house.seller.id)
    address = f"/office/debits/files/{public_id('debit_file', file.id)}"
    got = client.get(f"{address}/download")
    [group] = parse_direct_debits(got.content).groups
    assert (group.scheme, group.amount) == ("B2B", debit.amount)
    client.post(f"{address}/sent", {"once": once(client, f"{address}/sent")})
    assert DebitFile.objects.get(id=file.id).state == "sent"
    row = Debit.objects.get(id=debit.id)
    report = SimpleUploadedFile("answer.xml", status_report(row, "AC04", at=TODAY))
    answered = told(client.post("/office/debits/answers", {"file": report}, follow=True))
    assert "1 changed something" in answered
    shown = told(client.get(f"/office/debits/{public_id('debit', debit.id)}"))
    assert "Not taken" in shown and "Ask the buyer for another account." in shown
    assert "Suspended" in told(client.get(f"/office/mandates/{public_id('mandate', mandate.id)}"))
    wrong = SimpleUploadedFile("x.xml", b"<a/>")
    assert client.post("/office/debits/answers", {"file": wrong}).status_code == 422
