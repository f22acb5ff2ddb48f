"""The queue of the matching: what it shows, what accepting does, and the pages about money put right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.test import Client
from lxml import html

from tests.flows import books
from tests.flows.bank_files import ACCOUNT, Booking, table
from tests.web import house as houses
from tests.web.house import House
from usance.flows import bank_statements, cash_application
from usance.records.collections.models import Dispute, WriteOffRequest
from usance.records.identity import public_id
from usance.records.payments.models import LearntPayer, Payment, Proposal

SignIn = Callable[[str], Client]


def bring(house: House, *bookings: Booking) -> None:
    act: dict[str, Any] = {"at": houses.TODAY, "by": "test"}
    bank_statements.take_statement(house.seller, table(*bookings), account=ACCOUNT, **act)
    cash_application.settle_all(house.seller, **act)


def two_alike(house: House, name: str, amount: int) -> Proposal:
    """Two invoices of one amount, and a payment that may be for either."""
    for n in ("a", "b"):
        houses.order(house, "girard", amount, ago=0, name=f"{name}-{n}")
        houses.ship(house, f"{name}-{n}", ago=0)
    buyer = house.buyers["girard"]
    bring(house, Booking(amount, f"merci {name}", buyer.name, "FR7630006000011234567890189"))
    found: Proposal = Proposal.objects.get(
        seller_id=house.seller.id, state="open", payment__amount=amount
    )
    return found


def said(response: Any) -> str:
    it = html.document_fromstring(response.content.decode())
    return " ".join(" ".join(it.xpath("//main")[0].itertext()).split())


def test_several_are_accepted_at_once_and_one_as_another_reading(
    sign_in: SignIn, house: House
) -> None:
    proposals = [two_alike(house, f"m{n}", amount) for n, amount in enumerate((31_100, 31_200))]
    client = sign_in("chiara")
    text = said(client.get("/office/payments/matching"))
    assert "merci m0" in text and "merci m1" in text
    assert "is exactly what is open" in text
    assert "Another reading is about as good." in text
    publics = [public_id("match_proposal", one.id) for one in proposals]
    form = {"ticked": publics, f"reading-{publics[1]}": "1"}
    done = client.post("/office/payments/matching/answer", form, follow=True)
    assert "2 payments are booked." in said(done)
    for proposal, reading in zip(proposals, (0, 1), strict=True):
        kept = Proposal.objects.get(seller_id=house.seller.id, id=proposal.id)
        wanted = [kept.best, *kept.alternatives][reading]["shares"][0]["item_id"]
        assert kept.state == "accepted"
        page = said(client.get(f"/office/payments/{public_id('payment', kept.payment_id)}"))
        assert "How it was matched" in page and "Accepted" in page
        paid = Payment.objects.get(seller_id=house.seller.id, id=kept.payment_id)
        assert paid.allocated == paid.amount
        assert books.execute(
            "SELECT state FROM invoices_invoice WHERE seller_id = %s AND id = %s",
            [house.seller.id, UUID(wanted)],
        ) == [("paid",)]
    assert not books.broken(house.seller)


def test_none_of_them_undo_and_forget(sign_in: SignIn, house: House) -> None:
    proposal = two_alike(house, "m2", 32_300)
    client = sign_in("chiara")
    public = public_id("match_proposal", proposal.id)
    client.post("/office/payments/matching/answer", {"accept": public})
    payment = public_id("payment", proposal.payment_id)
    page = html.document_fromstring(client.get(f"/office/payments/{payment}").content.decode())
    [form] = page.xpath("//form[contains(@action, '/undo')]")
    client.post(f"/office/payments/{payment}/undo", dict(form.form_values()))
    kept = Payment.objects.get(seller_id=house.seller.id, id=proposal.payment_id)
    assert (kept.allocated, kept.unapplied) == (0, 32_300)
    buyer = public_id("buyer", house.buyers["girard"].id)
    assert "Who pays for this buyer" in said(client.get(f"/office/buyers/{buyer}"))
    for one in LearntPayer.objects.filter(
        seller_id=house.seller.id, buyer_id=house.buyers["girard"].id
    ):
        client.post(f"/office/buyers/{buyer}/payers", {"learnt": str(one.id)})
    assert "Who pays for this buyer" not in said(client.get(f"/office/buyers/{buyer}"))
    other = two_alike(house, "m3", 33_300)
    dismissed = {"dismiss": public_id("match_proposal", other.id)}
    client.post("/office/payments/matching/answer", dismissed)
    assert Proposal.objects.get(seller_id=house.seller.id, id=other.id).state == "dismissed"
    assert not books.broken(house.seller)


def test_who_may_not_book_sees_the_queue_and_books_nothing(sign_in: SignIn, house: House) -> None:
    proposal = two_alike(house, "m4", 34_400)
    viewer = next(who for who, row in house.staff.items() if row.role == "viewer")
    client = sign_in(viewer)
    page = html.document_fromstring(client.get("/office/payments/matching").content.decode())
    assert page.xpath("//main//button") == []
    form = {"accept": public_id("match_proposal", proposal.id)}
    assert client.post("/office/payments/matching/answer", form).status_code == 403
    assert Proposal.objects.get(seller_id=house.seller.id, id=proposal.id).state == "open"


def test_rules_a_dispute_and_a_write_off(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    wrong = client.post("/office/settings/matching", {"self_book_from": "50"})
    assert wrong.status_code == 422
    form = {
        "self_book_from": "99.5",
        "large_from": "10000.00",
        "book_part_payments": "on",
        "tolerance_amount": "2.00",
        "tolerance_percent": "0.5",
        "charges_limit": "25.00",
        "discount_grace_days": "2",
        "second_person_from": "100.00",
    }
    done = client.post("/office/settings/matching", form, follow=True)
    assert "The matching goes by these rules from now on." in said(done)
    houses.order(house, "girard", 41_000, ago=0, name="w-1")
    invoice = houses.ship(house, "w-1", ago=0)
    public = public_id("invoice", invoice.id)
    page = html.document_fromstring(client.get(f"/office/invoices/{public}").content.decode())

    def values(name: str, **more: str) -> dict[str, Any]:
        [found] = page.xpath(f"//form[contains(@action, '{public}/{name}')]")
        return dict(found.form_values()) | more

    client.post(
        f"/office/invoices/{public}/dispute", values("dispute", amount="10.00", words="less")
    )
    dispute = Dispute.objects.get(seller_id=house.seller.id, invoice_id=invoice.id)
    assert dispute.amount == 1_000
    client.post(f"/office/invoices/{public}/write-off", values("write-off", reason="insolvent"))
    asked = WriteOffRequest.objects.get(seller_id=house.seller.id, invoice_id=invoice.id)
    text = said(client.get(f"/office/invoices/{public}"))
    assert "Writing it off waits for a second person" in text and "Disputes" in text
    address = f"/office/write-offs/{public_id('write_off_request', asked.id)}"
    own = html.document_fromstring(client.get(address).content.decode())
    [approve] = own.xpath("//form[contains(@action, '/approve')]")
    assert client.post(f"{address}/approve", dict(approve.form_values())).status_code == 422
    # What a program has asked for takes two: the first is kept and cannot be the second.
    WriteOffRequest.objects.filter(id=asked.id).update(asked_by="key_of_somebody")
    asking = client.post(f"{address}/approve", dict(approve.form_values()), follow=True)
    assert "waits for another person" in said(asking) and "First agreed by" in said(asking)
    [again] = html.document_fromstring(asking.content.decode()).xpath(
        "//form[contains(@action, '/approve')]"
    )
    assert client.post(f"{address}/approve", dict(again.form_values())).status_code == 422
    for path in ("/office/disputes", "/office/write-offs"):
        assert invoice.number in said(client.get(path))
    assert client.get(f"/office/disputes/{public_id('dispute', dispute.id)}").status_code == 200
    assert sign_in("marco").post(f"{address}/approve", dict(approve.form_values())).status_code in (
        302,
        403,
    )
    assert not books.broken(house.seller)
