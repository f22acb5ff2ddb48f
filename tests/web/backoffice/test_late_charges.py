"""The office's pages of late interest: settings, rates, and claiming and waiving on an invoice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from tests.flows import books
from tests.web import house as houses
from tests.web.house import House
from usance.records.collections.models import LateCharge, LateChargeWaiver, LateInterestTerms
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice

SignIn = Callable[[str], Client]
RATES = b"table,from,rate,until,source\necb,2026-07-01,2.00,2026-12-31,ECB\n"
SETTINGS = "/office/settings/late-interest"


def said(response: Any) -> str:
    it = html.document_fromstring(response.content.decode())
    return " ".join(" ".join(it.xpath("//main")[0].itertext()).split())


def test_late_charges_are_seen_claimed_and_waived(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    overdue = Invoice.objects.filter(
        seller_id=house.seller.id, state="open", currency="EUR", due_on__lt=houses.TODAY.date(),
        buyer_id=house.buyers["bianchi"].id,
    )  # fmt: skip
    invoice = overdue.earliest("due_on", "id")
    assert invoice.due_on >= date(2026, 7, 1)
    page = f"/office/invoices/{public_id('invoice', invoice.id)}"
    # The second half of 2026 is beyond what comes with the program: said, not guessed.
    shown = said(client.get(page))
    assert "A reference rate is not known" in shown
    assert "Claim late charges" not in shown
    assert "No late charges" in said(client.get("/office/late-charges"))
    settings = said(client.get(SETTINGS))
    for words in (
        "main refinancing rate of the ECB",
        "Nothing is loaded",
        "Law and contract",
        "of 2026-07-01 is not known",
    ):
        assert words in settings

    bad = client.post(f"{SETTINGS}/rates", {"file": SimpleUploadedFile("r.csv", b"a,b\n1,2\n")})
    assert bad.status_code == 422
    assert "The file was not taken" in said(bad)
    for words in ("New rates: 1", "known before: 1"):
        file = SimpleUploadedFile("rates.csv", RATES, content_type="text/csv")
        assert (
            words in client.post(f"{SETTINGS}/rates", {"file": file}, follow=True).content.decode()
        )
    once = {"once": "late-interest-new-rate-1"}
    new = {"table": "boe", "valid_from": "2026-02-05", "rate": "x"} | once
    assert client.post(f"{SETTINGS}/new-rate", new).status_code == 422
    client.post(f"{SETTINGS}/new-rate", new | {"rate": "3,75"})
    assert "Feb 5, 2026" in said(client.get(SETTINGS))

    late = (houses.TODAY.date() - invoice.due_on).days
    assert late > 0
    shown = said(client.get(page))
    for words in (
        "Late charges",
        "10%",
        "D.Lgs. 231/2002",
        "€40.00",
        "Claim late charges",
        "Waive",
    ):
        assert words in shown, words
    act = f"{page}/late/claim-late"
    form = {
        "until": str(houses.TODAY.date()),
        "costs": "",
        "reason": "",
        "once": "claims-it-once-and-only",
    }
    done = client.post(act, form, follow=True)
    charge = LateCharge.objects.get(seller_id=house.seller.id)
    assert charge.amount == charge.interest + 4000
    assert charge.claim is not None
    note = f"/office/invoices/{public_id('invoice', charge.claim_id)}"
    assert charge.claim.number in said(done)
    claim_page = said(client.get(note))
    for words in (invoice.number, "Claimed for", "€40.00", "Waive"):
        assert words in claim_page
    client.post(act, form)  # the same form sent twice
    assert LateCharge.objects.filter(seller_id=house.seller.id).count() == 1
    assert charge.claim.number in said(client.get(page))
    assert charge.claim.number in said(client.get("/office/late-charges"))
    # The buyer can check it by hand.
    seen = said(sign_in("lucia").get(note.replace("/office/", "/account/")))
    for words in (charge.claim.number, "D.Lgs. 231/2002", "10 %", "act/365"):
        assert words in seen
    pdf = client.get(f"{note}/document/pdf")
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")

    waive = f"{note}/late/waive-claim"
    form = {"amount": "40.00", "reason": "", "once": "waives-it-once-and-only-1"}
    assert client.post(waive, form).status_code == 422
    assert (
        "is waived"
        in client.post(waive, form | {"reason": "Goodwill"}, follow=True).content.decode()
    )
    given = LateChargeWaiver.objects.get(seller_id=house.seller.id)
    assert (given.amount, given.reason) == (4000, "Goodwill")
    assert "Goodwill" in said(client.get(note))
    assert not books.broken(house.seller)


def test_a_buyer_has_terms_of_its_own_and_drops_them(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    buyer = house.buyers["girard"]
    page = f"/office/buyers/{public_id('buyer', buyer.id)}/late-interest"
    assert "Your own terms count for this buyer" in said(client.get(page))
    form = {
        "law": "FR", "country_of": "buyer", "rate": "", "cap": "15", "day_count": "act/360",
        "claims_compensation": "on", "charging": "at_notice",
    }  # fmt: skip
    assert client.post(page, form | {"cap": "1000"}).status_code == 422
    assert "This buyer has terms of its own" in said(client.post(page, form, follow=True))
    row = LateInterestTerms.objects.get(seller_id=house.seller.id, buyer_id=buyer.id)
    assert (row.law, row.day_count, row.charging, row.prefix) == (
        "FR",
        "act/360",
        "at_notice",
        "INT",
    )
    assert "Your own terms count" in said(client.post(page, {"drop": "1"}, follow=True))
    own = form | {"law": "", "cap": "", "series": "inte"}
    client.post(SETTINGS, own)
    seller = LateInterestTerms.objects.get(seller_id=house.seller.id, buyer_id=None)
    assert (seller.prefix, seller.country_of) == ("INTE", "buyer")


def test_who_only_looks_changes_no_terms(sign_in: SignIn, house: House) -> None:
    reader = next(who for who, row in house.staff.items() if row.role == "viewer")
    client = sign_in(reader)
    assert client.get(SETTINGS).status_code == 200
    assert client.post(SETTINGS, {}).status_code == 403
    file = SimpleUploadedFile("rates.csv", RATES)
    assert client.post(f"{SETTINGS}/rates", {"file": file}).status_code == 403
