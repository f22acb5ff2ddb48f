"""The billing desk, documents and their deliveries, and buyers' questions in the back office."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from tests.flows import books
from tests.web import house as houses
from tests.web.backoffice.test_acts import act, form, told
from tests.web.backoffice.test_pages import read, text
from tests.web.house import House
from usance.flows import billing_profiles, billing_runs, invoice_questions
from usance.records.collections.models import Question
from usance.records.deliveries.models import Delivery
from usance.records.identity import public_id
from usance.records.invoices.models import BillingRun, CreditNote, Invoice
from usance.records.orders.models import Order, Shipment
from usance.rules.invoicing.profiles import ProfileFields

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def sound_books(house: House) -> Iterator[None]:
    """Whatever a test does, the books must be sound afterwards."""
    yield
    assert not books.broken(house.seller)


def english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


def monthly(house: House, key: str) -> None:
    """From now on the buyer is billed at the end of the month."""
    billing_profiles.set_billing_profile(
        house.seller,
        buyer_id=house.buyers[key].id,
        fields=ProfileFields(schedule="monthly:20", channels=("portal",)),
        at=houses.TODAY,
        by="test",
    )


def shipped(house: House, client: Client, name: str, amount: int = 61_000) -> Shipment:
    """An order that a person at the desk ships whole."""
    made = houses.order(house, "girard", amount, ago=0, name=name)
    address = f"/office/orders/{public_id('order', made.order_id)}/ship"
    sent = act(client, address, external_id=f"DN-{name}", carrier="Schenker", tracking="T 1")
    assert sent.status_code == 302, told(sent)
    return Shipment.objects.get(seller_id=house.seller.id, order_id=made.order_id)


def test_a_shipment_is_taken_back_on_the_page_of_its_order(sign_in: SignIn, house: House) -> None:
    client = english(sign_in("chiara"))
    monthly(house, "girard")
    shipment = shipped(house, client, "b-back", 12_200)
    address = f"/office/orders/{public_id('order', shipment.order_id)}"
    assert "Take back a shipment" in text(read(client, address))
    asked = text(read(client, f"{address}/take-back"))
    assert "DN-b-back: €122.00, shipped on" in asked
    sent = act(client, f"{address}/take-back", shipment=public_id("shipment", shipment.id))
    assert sent.status_code == 302, told(sent)
    shipment.refresh_from_db()
    assert shipment.canceled_at == houses.TODAY
    page = text(read(client, address))
    assert "Taken back" in page
    assert "A shipment of €122.00 was taken back" in page
    assert "Take back a shipment" not in page
    assert "€122.00" not in text(read(client, "/office/billing"))


def test_what_ships_gathers_is_previewed_and_is_billed_on_one_invoice(
    sign_in: SignIn, house: House
) -> None:
    client = english(sign_in("chiara"))
    monthly(house, "girard")
    first, _ = shipped(house, client, "b-1"), shipped(house, client, "b-2", 24_400)
    assert not first.billed
    order = Order.objects.get(id=first.order_id)
    page = text(read(client, f"/office/orders/{public_id('order', order.id)}"))
    assert "Waits to be billed" in page
    assert "DN-b-1" in page
    waiting = text(read(client, "/office/billing"))
    assert "Atelier Girard" in waiting
    assert "€854.00" in waiting
    assert "Due now" in waiting
    buyer = public_id("buyer", house.buyers["girard"].id)
    place = f"cut_off=2026-11-20&buyer={buyer}"
    assert "€854.00" in text(read(client, f"/office/billing/preview?{place}"))
    draft = client.get(f"/office/billing/preview/document?{place}&place=0")
    assert draft["content-type"] == "application/pdf"
    drawn = " ".join(one.extract_text() for one in PdfReader(BytesIO(draft.content)).pages)
    assert "854.00" in drawn
    assert client.get(f"/office/billing/preview/document?{place}&place=7").status_code == 404
    assert Invoice.objects.filter(seller_id=house.seller.id, run__isnull=False).count() == 0

    once = form(client, "/office/billing/run")
    done = client.post("/office/billing/run", once)
    client.post("/office/billing/run", once)  # sent twice, run once
    [run] = BillingRun.objects.filter(seller_id=house.seller.id)
    assert done["location"] == f"/office/billing/runs/{public_id('billing_run', run.id)}"
    assert "Waiting for a worker" in text(read(client, done["location"]))
    billing_runs.work(house.seller, run_id=run.id, clock=lambda: houses.TODAY, by="test")
    page = text(read(client, done["location"]))
    assert "Done" in page
    assert "€854.00" in page
    [invoice] = Invoice.objects.filter(seller_id=house.seller.id, run_id=run.id)
    assert (invoice.amount, invoice.order_id) == (85_400, None)
    shown = text(read(client, f"/office/invoices/{public_id('invoice', invoice.id)}"))
    assert "b-1" in shown
    assert "b-2" in shown
    assert "Girard" not in text(read(client, "/office/billing"))
    listed = text(read(client, "/office/billing/runs"))
    assert "Chiara" in listed


def test_a_document_is_downloaded_in_the_formats_that_can_be_made(
    sign_in: SignIn, house: House
) -> None:
    client = english(sign_in("chiara"))
    invoice = house.invoices["88010"]
    address = f"/office/invoices/{public_id('invoice', invoice.id)}"
    pdf = client.get(f"{address}/document/pdf")
    assert pdf.content.startswith(b"%PDF")
    assert pdf["x-content-type-options"] == "nosniff"
    refused = client.get(f"{address}/document/xrechnung", follow=True)
    assert refused.redirect_chain == [(address, 302)]
    assert refused.status_code == 200
    nothing = f"/office/invoices/{public_id('invoice', house.buyers['ibanez'].id)}/document/pdf"
    assert client.get(nothing).status_code == 404


def test_a_delivery_that_failed_is_shown_with_its_reason_and_sent_again(
    sign_in: SignIn, house: House
) -> None:
    client = english(sign_in("chiara"))
    invoice = house.invoices["88010"]
    page = f"/office/invoices/{public_id('invoice', invoice.id)}"
    sent = act(client, f"{page}/send", recipient="ap@bianchi.example")
    assert sent.status_code == 302, told(sent)
    [row] = Delivery.objects.filter(seller_id=house.seller.id, recipient="ap@bianchi.example")
    Delivery.objects.filter(id=row.id).update(
        state="failed", due_at=None, reason_code="550", reason="No such mailbox"
    )
    assert "550 No such mailbox" in text(read(client, page))
    problems = read(client, "/office/deliveries?state=problems")
    assert "550 No such mailbox" in text(problems)
    [again] = problems.xpath("//main//a[contains(@href, '/resend')]/@href")
    assert act(client, again, recipient="invoices@bianchi.example").status_code == 302
    [new] = Delivery.objects.filter(seller_id=house.seller.id, previous_id=row.id)
    assert (new.recipient, new.state, new.cause) == ("invoices@bianchi.example", "queued", "resent")
    assert sign_in("vera").post(again, {}).status_code == 403


def test_a_question_waits_is_answered_and_closed(sign_in: SignIn, house: House) -> None:
    client = english(sign_in("chiara"))
    asked = invoice_questions.ask(
        house.seller,
        invoice_id=house.invoices["88010"].id,
        line="1",
        text="Where did this go?",
        member_id=house.members["lucia"].id,
        at=houses.TODAY,
        by="test",
    )
    listed = read(client, "/office/questions?state=open")
    assert "Line 1: Hex bolts M12 × 60, zinc plated" in text(listed)
    address = f"/office/questions/{public_id('question', asked.id)}"
    assert "Where did this go?" in text(read(client, address))
    empty = act(client, f"{address}/answer", text=" ")
    assert empty.status_code == 422
    assert act(client, f"{address}/answer", text="To your works in Brescia.").status_code == 302
    assert act(client, f"{address}/close").status_code == 302
    assert Question.objects.get(id=asked.id).state == "closed"
    said = text(read(client, address))
    assert "To your works in Brescia." in said
    assert not read(client, address).xpath("//button[contains(., 'Answer')]")


@pytest.mark.parametrize("language", ["it", "ro", "hi"])
def test_the_pages_are_there_in_every_language(
    sign_in: SignIn, house: House, language: str
) -> None:
    client = sign_in("chiara")
    client.cookies["django_language"] = language
    for address in (
        "/office/billing",
        "/office/billing/preview",
        "/office/billing/runs",
        "/office/billing/run",
        "/office/deliveries",
        "/office/questions",
    ):
        assert read(client, address).get("lang") == language


def test_nobody_else_sees_the_billing_desk(sign_in: SignIn, house: House) -> None:
    del house
    for address in ("/office/billing", "/office/deliveries", "/office/questions"):
        assert Client().get(address).status_code == 302
        assert sign_in("lucia").get(address).status_code in (302, 403, 404)


def owed(house: House, name: str) -> Invoice:
    """An invoice of two lines, of €244.00 and €122.00."""
    houses.order(house, "girard", 36_600, ago=3, name=name)
    return houses.ship(house, name, ago=0)


def test_lines_are_taken_back_by_quantity_and_by_amount(sign_in: SignIn, house: House) -> None:
    client = english(sign_in("chiara"))
    invoice = owed(house, "cl-1")
    whole = Decimal(str(invoice.lines[0]["quantity"]))
    page = f"/office/invoices/{public_id('invoice', invoice.id)}/credit-lines"
    shown = text(read(client, page))
    assert f"1. {invoice.lines[0]['description']}" in shown
    assert "€244.00" in shown
    assert "at least one line" in told(act(client, page, reason="x"))
    both = act(client, page, reason="x", quantity_1="1", amount_1="10.00")
    assert "not both of one line" in told(both)
    more = act(client, page, reason="x", quantity_1=str(whole + 1))
    assert f"Enter a number up to {whole.normalize():f}." in told(more)
    assert "at most" in told(act(client, page, reason="x", amount_2="122.01"))
    assert not CreditNote.objects.filter(invoice_id=invoice.id).exists()

    done = act(client, page, reason="Half came broken", quantity_1=str(whole / 2), amount_2="12.20")
    assert done.status_code == 302, told(done)
    note = CreditNote.objects.get(invoice_id=invoice.id)
    assert [(one["line"], one["amount"]) for one in note.lines] == [("1", 12_200), ("2", 1_220)]
    assert (note.amount, note.tax_amount) == (13_420, 2_420)
    left = text(read(client, page))
    assert "€122.00" in left
    assert "€109.80" in left
    assert sign_in("vera").post(page, {}).status_code == 403


def test_an_invoice_is_corrected_by_another(sign_in: SignIn, house: House) -> None:
    client = english(sign_in("chiara"))
    invoice = owed(house, "co-1")
    address = f"/office/invoices/{public_id('invoice', invoice.id)}"
    done = act(client, f"{address}/correct", reason="Wrong address")
    assert done.status_code == 302, told(done)
    new = Invoice.objects.get(seller_id=house.seller.id, replaces_id=invoice.id)
    assert done["location"] == f"/office/invoices/{public_id('invoice', new.id)}"
    assert new.amount == invoice.amount
    old = text(read(client, address))
    assert "Replaced by" in old
    assert new.number in old
    again = act(client, f"{address}/correct", reason="Again")
    assert again.status_code == 422
    assert Invoice.objects.filter(replaces_id=invoice.id).count() == 1
