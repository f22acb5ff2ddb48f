"""A buyer disputes a line in its account, both sides write, and the office decides."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from lxml import html

from tests.flows import books
from tests.web import house as houses
from tests.web.house import House
from usance.flows import dispute_talk
from usance.records.collections import dispute_queries
from usance.records.collections.models import Dispute
from usance.records.events.models import OutgoingMail
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice

SignIn = Callable[[str], Client]


def read(client: Client, address: str) -> html.HtmlElement:
    """A page as a tree."""
    response = client.get(address)
    assert response.status_code == 200, address
    return html.document_fromstring(response.content.decode())


def text(it: html.HtmlElement) -> str:
    """What a page says."""
    return " ".join(" ".join(found.text_content() for found in it.xpath("//main")).split())


def filled(client: Client, address: str, **fields: object) -> dict[str, object]:
    """The form of an act, filled in."""
    [form] = read(client, address).xpath("//main//form")
    return {name: value or "" for name, value in form.form_values()} | fields


def english(client: Client) -> Client:
    """In the language of these assertions."""
    client.cookies["django_language"] = "en"
    return client


def test_a_line_is_disputed_in_the_account_and_decided_in_the_office(
    sign_in: SignIn, house: House
) -> None:
    houses.order(house, "bianchi", 12_200, ago=0, name="dsp-1")
    invoice = houses.ship(house, "dsp-1", ago=0)
    lucia, address = (
        english(sign_in("lucia")),
        f"/account/invoices/{public_id('invoice', invoice.id)}",
    )
    wrong = filled(lucia, f"{address}/dispute", quantity="3", words="Three are bent.")
    refused = lucia.post(f"{address}/dispute", wrong)
    assert refused.status_code == 422 and "Choose the one line" in refused.content.decode()
    sent = filled(lucia, f"{address}/dispute", lines=["1"], quantity="300", words="300 are bent.")
    lucia.post(f"{address}/dispute", sent)
    lucia.post(f"{address}/dispute", sent)  # sent twice, opened once
    [dispute] = Dispute.objects.filter(seller_id=house.seller.id, invoice_id=invoice.id)
    assert (dispute.line, dispute.lines[0]["quantity"]) == ("1", "300")
    said = text(read(lucia, address))
    assert "300 are bent." in said and "Hex bolts" in said

    public = public_id("dispute", dispute.id)
    chiara, office = english(sign_in("chiara")), f"/office/disputes/{public}"
    assert invoice.number in text(read(chiara, "/office/disputes?state=open"))
    page = text(read(chiara, office))
    assert "300 are bent." in page and "Answer by" in page
    chiara.post(f"{office}/say", filled(chiara, f"{office}/say", text="Send us a photo, please."))
    assert "Send us a photo, please." in text(read(lucia, address))
    mine = f"/account/disputes/{public}"
    lucia.post(f"{mine}/say", filled(lucia, f"{mine}/say", text="It is on its way."))
    assert "It is on its way." in text(read(chiara, office))
    # Nothing of it is there for another buyer, who can say nothing either.
    elena = sign_in("elena")
    for act in ("say", "withdraw"):
        assert elena.get(f"{mine}/{act}").status_code == 404
        assert elena.post(f"{mine}/{act}", {"text": "x"}).status_code == 404
    assert len(dispute_queries.remarks_of([dispute])[dispute.id]) == 2

    half = filled(chiara, f"{office}/credit", amount="10.00", words="Bent bolts")
    done = chiara.post(f"{office}/credit", half, follow=True)
    assert "is issued" in done.content.decode()
    dispute.refresh_from_db()
    assert dispute.state == "resolved_credit" and dispute.credit_note is not None
    assert [it["line"] for it in dispute.credit_note.lines] == ["1"]
    assert Invoice.objects.get(id=invoice.id).outstanding == 12_200 - 1_000
    assert "Bent bolts" in text(read(lucia, address))
    [*_, told] = OutgoingMail.objects.filter(object_id=dispute.id).order_by("created_at", "id")
    assert told.recipient == house.email("lucia")
    assert not books.broken(house.seller)


def test_a_rejection_tells_the_buyer_why_and_rules_are_kept(sign_in: SignIn, house: House) -> None:
    houses.order(house, "bianchi", 6_100, ago=0, name="dsp-2")
    invoice = houses.ship(house, "dsp-2", ago=0)
    chiara = english(sign_in("chiara"))
    rules = "/office/disputes/rules"
    for days, status in (("3", 422), ("10", 302)):
        sent = {"answer_days": days, "warn_days": "4", "email": ""}
        assert chiara.post(rules, sent).status_code == status
    address = f"/office/invoices/{public_id('invoice', invoice.id)}"
    chiara.post(f"{address}/dispute", filled(chiara, f"{address}/dispute", lines=["1", "2"]))
    [dispute] = Dispute.objects.filter(seller_id=house.seller.id, invoice_id=invoice.id)
    assert dispute.amount == 6_100 and len(dispute.lines) == 2
    assert (dispute.answer_by - dispute.created_at.date()).days in (9, 10)
    office = f"/office/disputes/{public_id('dispute', dispute.id)}"
    silent = filled(chiara, f"{office}/reject", words="")
    assert chiara.post(f"{office}/reject", silent).status_code == 422
    chiara.post(f"{office}/reject", silent | {"words": "Delivered whole, as signed."})
    page = read(english(sign_in("lucia")), f"/account/invoices/{public_id('invoice', invoice.id)}")
    assert "Delivered whole, as signed." in text(page)
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    # What is noted of a withdrawal is the seller's own.
    chiara.post(f"{address}/dispute", filled(chiara, f"{address}/dispute", amount="5.00"))
    second = Dispute.objects.get(seller_id=house.seller.id, invoice_id=invoice.id, state="open")
    office = f"/office/disputes/{public_id('dispute', second.id)}"
    chiara.post(f"{office}/withdraw", filled(chiara, f"{office}/withdraw", words="Sigh."))
    page = read(english(sign_in("lucia")), f"/account/invoices/{public_id('invoice', invoice.id)}")
    assert "Sigh." not in text(page) and "Withdrawn" in text(page)
    assert "Sigh." in text(read(chiara, office))
    assert dispute_talk.warn_of_deadlines(seller_id=house.seller.id, at=houses.TODAY) == 0
