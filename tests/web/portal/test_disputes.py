"""A buyer disputes a line in its account, both sides write, and the office decides."""

from __future__ import annotations

from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
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


def test_both_sides_hand_in_files_and_download_them(sign_in: SignIn, house: House) -> None:
    jpeg, pdf = b"\xff\xd8\xff\xe0 bent", b"%PDF-1.7\n%%EOF\n"
    houses.order(house, "bianchi", 6_100, ago=0, name="dsp-3")
    invoice = houses.ship(house, "dsp-3", ago=0)
    lucia = english(sign_in("lucia"))
    address = f"/account/invoices/{public_id('invoice', invoice.id)}"
    form = read(lucia, address).xpath("//form[.//input[@type='file']]")
    assert form and all(one.get("enctype") == "multipart/form-data" for one in form)

    def photo(content: bytes = jpeg, name: str = "Foto 1.jpeg") -> SimpleUploadedFile:
        return SimpleUploadedFile(name, content)

    wrong = filled(lucia, f"{address}/dispute", words="Bent.")
    refused = lucia.post(f"{address}/dispute", wrong | {"evidence": photo(b"<html>", "a.html")})
    assert refused.status_code == 422 and "cannot be handed in" in refused.content.decode()
    sent = filled(lucia, f"{address}/dispute", lines=["1"], words="Bent.", evidence=photo())
    for _ in range(2):  # sent twice, opened once
        assert lucia.post(f"{address}/dispute", sent | {"evidence": photo()}).status_code == 302
    [dispute] = Dispute.objects.filter(seller_id=house.seller.id, invoice_id=invoice.id)
    public = public_id("dispute", dispute.id)
    mine, office = f"/account/disputes/{public}", f"/office/disputes/{public}"

    chiara = english(sign_in("chiara"))
    empty = filled(chiara, f"{office}/say")
    assert chiara.post(f"{office}/say", empty).status_code == 422
    many = [photo(pdf, f"{n}.pdf") for n in range(6)]
    assert chiara.post(f"{office}/say", empty | {"evidence": many}).status_code == 422
    note = empty | {"evidence": [photo(pdf, "note.pdf"), photo(pdf + b"%", "signed.pdf")]}
    assert chiara.post(f"{office}/say", note).status_code == 302
    # Another file in the form that was sent is not what was done.
    other = chiara.post(f"{office}/say", empty | {"evidence": photo(pdf + b"%%", "more.pdf")})
    assert other.status_code == 422

    said, links = text(read(lucia, address)), []
    for client, page in ((lucia, address), (chiara, office)):
        found = read(client, page).xpath("//main//ol//a[contains(@href, '/files/')]")
        assert [it.text for it in found] == ["signed.pdf", "note.pdf", "Foto 1.jpg"]
        links.append([it.get("href") for it in found])
        file = client.get(links[-1][2])
        assert (file.content, file["Content-Type"]) == (jpeg, "image/jpeg")
        assert file["Content-Disposition"].startswith("attachment;")
        assert "sandbox" in file["Content-Security-Policy"]
    assert "Lucia Bianchi" in said and "Chiara Fontana" in said
    # Neither another buyer nor another dispute leads to it.
    assert sign_in("elena").get(links[0][0]).status_code == 404
    houses.order(house, "bianchi", 6_100, ago=0, name="dsp-4")
    again = f"/account/invoices/{public_id('invoice', houses.ship(house, 'dsp-4', ago=0).id)}"
    lucia.post(f"{again}/dispute", filled(lucia, f"{again}/dispute", words="Bent."))
    second = Dispute.objects.filter(seller_id=house.seller.id, state="open").latest("id")
    strange = links[0][0].replace(public, public_id("dispute", second.id))
    assert strange != links[0][0] and lucia.get(strange).status_code == 404
    lucia.post(f"{mine}/withdraw", filled(lucia, f"{mine}/withdraw"))
    late = lucia.post(f"{mine}/say", filled(lucia, f"{mine}/say", evidence=photo(pdf + b"!")))
    assert late.status_code == 422 and len(dispute_queries.files_of([dispute])[dispute.id]) == 3
    assert lucia.get(links[0][0]).status_code == 200
