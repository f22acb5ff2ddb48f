"""What staff do on the pages changes the records exactly, once, and only if their role allows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from lxml import html

from tests.flows import books
from tests.web import house as houses
from tests.web.house import House
from usance.records.credit.models import CreditLine
from usance.records.events.models import Event
from usance.records.identity import public_id
from usance.records.invoices.models import CreditNote, Invoice
from usance.records.orders.models import Order
from usance.records.payments.models import Allocation, Payment

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def sound_books(house: House) -> Iterator[None]:
    """Whatever a test does, the books must be sound afterwards."""
    yield
    assert not books.broken(house.seller)


def address(kind: str, id_: Any) -> str:
    part = {"order": "orders", "invoice": "invoices", "payment": "payments", "buyer": "buyers"}
    return f"/office/{part[kind]}/{public_id(kind, id_)}"


def form(client: Client, page: str) -> dict[str, str]:
    """The fields of the form of an act's page, as they come."""
    response = client.get(page)
    assert response.status_code == 200, page
    [it] = html.document_fromstring(response.content.decode()).xpath("//main//form")
    return {name: value or "" for name, value in it.form_values()}


def act(client: Client, page: str, **values: str) -> Any:
    """Open the page of an act, fill it in and send it."""
    return client.post(page, form(client, page) | values)


def told(response: Any) -> str:
    """What a page that came back says."""
    it = html.document_fromstring(response.content.decode())
    return " ".join(" ".join(it.xpath("//main")[0].itertext()).split())


def order(house: House, name: str, amount: int = 100_000, key: str = "girard") -> Order:
    """A fresh order."""
    made = houses.order(house, key, amount, ago=0, name=name)
    return Order.objects.get(seller_id=house.seller.id, id=made.order_id)


def invoice(house: House, name: str, amount: int = 100_000, key: str = "girard") -> Invoice:
    """A fresh invoice of an order that has shipped."""
    order(house, name, amount, key)
    return houses.ship(house, name, ago=0)


def stored(house: House, model: Any, id_: Any) -> Any:
    return model.objects.get(seller_id=house.seller.id, id=id_)


def test_an_order_in_review_is_confirmed(sign_in: SignIn, house: House) -> None:
    asked = order(house, "t-confirm", 2_600_000, key="nordmann")
    assert asked.state == "pending_review"
    client = sign_in("chiara")
    response = act(client, f"{address('order', asked.id)}/confirm")
    assert response.status_code == 302
    assert stored(house, Order, asked.id).state == "authorized"
    last = Event.objects.filter(seller_id=house.seller.id, object_id=asked.id).latest("sequence")
    assert (last.type, last.actor) == (
        "order.authorized",
        public_id("staff", house.staff["chiara"].id),
    )
    said = told(client.get(response["location"]))
    assert "The order is authorized; €26,000.00 is held." in said
    assert "Chiara Fontana" in said


def test_an_order_in_review_is_declined(sign_in: SignIn, house: House) -> None:
    asked = order(house, "t-decline", 2_600_000, key="nordmann")
    act(sign_in("chiara"), f"{address('order', asked.id)}/decline")
    assert stored(house, Order, asked.id).state == "declined"


def test_what_the_line_does_not_bear_is_refused_and_said(sign_in: SignIn, house: House) -> None:
    asked = order(house, "t-full", 2_600_000, key="nordmann")
    client = sign_in("chiara")
    limit = f"{address('buyer', house.buyers['nordmann'].id)}/credit/EUR/limit"
    before = form(client, limit)
    act(client, limit, limit="1000", tolerance="0")
    page = f"{address('order', asked.id)}/confirm"
    filled = form(client, page)
    with books.nothing_written(house.seller):
        response = client.post(page, filled)
    assert response.status_code == 422
    assert "The credit line does not bear the amount" in told(response)
    act(client, limit, limit=before["limit"], tolerance=before["tolerance"])


def test_an_order_is_canceled_and_its_rest_let_go(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    whole = order(house, "t-cancel")
    act(client, f"{address('order', whole.id)}/cancel")
    assert stored(house, Order, whole.id).state == "canceled"
    part = order(house, "t-void")
    houses.ship(house, "t-void", ago=0, amount=40_000)
    act(client, f"{address('order', part.id)}/void")
    kept = stored(house, Order, part.id)
    assert (kept.state, kept.voided_amount) == ("invoiced", 60_000)


def test_an_order_is_invoiced_and_extended(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    asked = order(house, "t-ship")
    act(client, f"{address('order', asked.id)}/extend", days="45")
    assert str(stored(house, Order, asked.id).expires_on) == "2027-01-04"
    page = f"{address('order', asked.id)}/invoice"
    with books.nothing_written(house.seller):
        response = act(client, page, amount="1,000.01")
    assert "Enter at most €1,000.00." in told(response)
    response = act(client, page, amount="600.00")
    made = Invoice.objects.get(seller_id=house.seller.id, order_id=asked.id)
    assert made.amount == 60_000
    assert response["location"] == address("invoice", made.id)


def test_the_same_form_sent_twice_acts_once(sign_in: SignIn, house: House) -> None:
    owed = invoice(house, "t-twice")
    client = sign_in("marco")
    page = f"{address('invoice', owed.id)}/credit"
    filled = form(client, page) | {"amount": "250.00", "reason": "Short delivery"}
    first, second = client.post(page, filled), client.post(page, filled)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["location"] == second["location"]
    notes = CreditNote.objects.filter(seller_id=house.seller.id, invoice_id=owed.id)
    assert [note.amount for note in notes] == [25_000]
    # A form with another token is another act.
    act(client, page, amount="100.00", reason="Late delivery")
    assert stored(house, Invoice, owed.id).credited == 35_000


def test_a_form_sent_twice_is_told_the_same_even_where_nothing_is_left(
    sign_in: SignIn, house: House
) -> None:
    owed = invoice(house, "t-whole")
    client = sign_in("marco")
    page = f"{address('invoice', owed.id)}/credit"
    filled = form(client, page) | {"reason": "Returned"}
    client.post(page, filled)
    assert stored(house, Invoice, owed.id).state == "void"
    response = client.post(page, filled, follow=True)
    assert "is issued." in told(response)


def test_a_token_used_with_other_values_is_refused(sign_in: SignIn, house: House) -> None:
    owed = invoice(house, "t-reused")
    client = sign_in("marco")
    page = f"{address('invoice', owed.id)}/credit"
    filled = form(client, page) | {"amount": "10.00", "reason": "First"}
    client.post(page, filled)
    with books.nothing_written(house.seller):
        response = client.post(page, filled | {"amount": "20.00"})
    assert response.status_code == 422
    assert "This form was sent before with other values." in told(response)


def test_a_form_without_a_token_is_refused(sign_in: SignIn, house: House) -> None:
    owed = invoice(house, "t-token")
    with books.nothing_written(house.seller):
        response = sign_in("marco").post(
            f"{address('invoice', owed.id)}/credit", {"amount": "10.00", "reason": "x"}
        )
    assert response.status_code == 422


def test_a_form_without_protection_is_refused(sign_in: SignIn, house: House) -> None:
    owed = invoice(house, "t-csrf")
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        house.staff["marco"].user,
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    page = f"{address('invoice', owed.id)}/credit"
    filled = form(client, page) | {"amount": "10.00", "reason": "x"}
    filled.pop("csrfmiddlewaretoken")
    with books.nothing_written(house.seller):
        assert client.post(page, filled).status_code == 403


@pytest.mark.parametrize("typed", ["abc", "0", "-5", "1.234", "1e99", "1000.01", "", "NaN"])
def test_an_impossible_amount_is_refused(sign_in: SignIn, house: House, typed: str) -> None:
    owed = house.invoices.get("t-bad") or invoice(house, "t-bad", key="kuijpers")
    client = sign_in("marco")
    page = f"{address('invoice', owed.id)}/credit"
    filled = form(client, page) | {"amount": typed, "reason": "x"}
    with books.nothing_written(house.seller):
        response = client.post(page, filled)
    assert response.status_code == 422
    assert "Please correct the following" in told(response)


def test_amounts_are_read_as_the_reader_writes_them(sign_in: SignIn, house: House) -> None:
    owed = invoice(house, "t-locale", 500_000, key="nordmann")
    client = sign_in("marco")
    client.cookies["django_language"] = "it"
    page = f"{address('invoice', owed.id)}/credit"
    assert form(client, page)["amount"] == "5.000,00"
    act(client, page, amount="1.234,50", reason="Sconto")
    assert stored(house, Invoice, owed.id).credited == 123_450
    act(client, page, amount="10.25", reason="Sconto")
    assert stored(house, Invoice, owed.id).credited == 124_475


def test_a_write_off(sign_in: SignIn, house: House) -> None:
    owed = invoice(house, "t-loss")
    client = sign_in("marco")
    page = f"{address('invoice', owed.id)}/write-off"
    response = act(client, page, reason="Insolvent")
    kept = stored(house, Invoice, owed.id)
    assert (kept.state, kept.written_off) == ("written_off", 100_000)
    said = told(client.get(response["location"]))
    assert "Insolvent" in said
    assert "Written off" in said
    # Done once, it is not offered any more, and refused where the page was still open.
    assert "act-write-off" not in client.get(address("invoice", owed.id)).content.decode()
    filled = form(client, page) | {"reason": "Again"}
    with books.nothing_written(house.seller):
        response = client.post(page, filled)
    assert response.status_code == 422
    assert "This cannot be done any more" in told(response)


def test_a_payment_of_an_invoice_is_recorded(sign_in: SignIn, house: House) -> None:
    owed = invoice(house, "t-paid")
    client = sign_in("marco")
    page = f"{address('invoice', owed.id)}/payment"
    assert form(client, page)["amount"] == "1,000.00"
    response = act(client, page, amount="1,100.00", reference="t-paid-ref")
    kept = stored(house, Invoice, owed.id)
    assert (kept.state, kept.allocated) == ("paid", 100_000)
    payment = Payment.objects.get(seller_id=house.seller.id, reference="t-paid-ref")
    assert (payment.amount, payment.unapplied) == (110_000, 10_000)
    assert "€100.00 waits as unapplied cash" in told(client.get(response["location"]))


def test_a_payment_is_recorded_allocated_and_taken_back(sign_in: SignIn, house: House) -> None:
    owed = invoice(house, "t-alloc")
    client = sign_in("marco")
    response = act(
        client,
        "/office/payments/new",
        buyer="C-1038",
        amount="700.00",
        reference="t-alloc-ref",
        payer="Girard",
    )
    payment = Payment.objects.get(seller_id=house.seller.id, reference="t-alloc-ref")
    assert response["location"] == address("payment", payment.id)
    assert payment.buyer_id == house.buyers["girard"].id
    page = f"{address('payment', payment.id)}/allocate"
    act(client, page, invoice=owed.number, amount="450.00")
    assert stored(house, Invoice, owed.id).allocated == 45_000
    assert stored(house, Payment, payment.id).state == "partially_allocated"
    made = Allocation.objects.get(seller_id=house.seller.id, payment_id=payment.id)
    it = html.document_fromstring(client.get(address("payment", payment.id)).content.decode())
    [link] = it.xpath("//a[starts-with(., 'Take back')]/@href")
    assert str(made.id) in link
    act(client, link)
    assert stored(house, Invoice, owed.id).outstanding == 100_000
    assert stored(house, Payment, payment.id).unapplied == 70_000
    assert "Taken back" in told(client.get(address("payment", payment.id)))


def test_an_allocation_of_another_payment_is_not_taken_back_here(
    sign_in: SignIn, house: House
) -> None:
    client = sign_in("marco")
    mine, other = house.payments["88010"], house.payments["88021"]
    theirs = Allocation.objects.get(seller_id=house.seller.id, payment_id=other.id)
    page = f"{address('payment', mine.id)}/release?allocation={theirs.id}"
    filled = form(client, page)
    with books.nothing_written(house.seller):
        assert client.post(page, filled).status_code == 422


def test_money_of_an_unknown_payer_is_known_by_the_invoice_it_pays(
    sign_in: SignIn, house: House
) -> None:
    owed = invoice(house, "t-stranger")
    client = sign_in("marco")
    act(client, "/office/payments/new", buyer="", amount="1,000.00", reference="t-stranger-ref")
    payment = Payment.objects.get(seller_id=house.seller.id, reference="t-stranger-ref")
    assert payment.buyer_id is None
    page = f"{address('payment', payment.id)}/allocate"
    filled = form(client, page)
    with books.nothing_written(house.seller):
        response = client.post(page, filled | {"invoice": "INV-1999-000001"})
    assert "There is no open invoice INV-1999-000001 in EUR." in told(response)
    act(client, page, invoice=owed.number.lower())
    assert stored(house, Payment, payment.id).buyer_id == owed.buyer_id
    assert stored(house, Invoice, owed.id).state == "paid"


def test_a_buyer_that_is_not_one_is_refused(sign_in: SignIn, house: House) -> None:
    client = sign_in("marco")
    filled = form(client, "/office/payments/new") | {"buyer": "Nobody", "amount": "10.00"}
    with books.nothing_written(house.seller):
        response = client.post("/office/payments/new", filled)
    assert "There is no single buyer with the number or name Nobody." in told(response)


def test_a_line_is_held_released_and_changed(sign_in: SignIn, house: House) -> None:
    buyer = house.buyers["kuijpers"]
    client = sign_in("chiara")
    base = f"{address('buyer', buyer.id)}/credit/EUR"

    def line() -> CreditLine:
        return CreditLine.objects.get(seller_id=house.seller.id, buyer_id=buyer.id, currency="EUR")

    act(client, f"{base}/hold", reason="Asked for its accounts")
    assert (line().state, line().hold_reason) == ("on_hold", "Asked for its accounts")
    assert "Asked for its accounts" in told(client.get(address("buyer", buyer.id)))
    act(client, f"{base}/release")
    assert line().state == "active"
    act(client, f"{base}/limit", limit="30,000", tolerance="", terms="net_30, net_60_eom")
    kept = line()
    assert (kept.limit, kept.tolerance, kept.terms) == (3_000_000, 0, ["net_30", "net_60_eom"])
    with books.nothing_written(house.seller):
        response = act(client, f"{base}/limit", terms="whenever")
    assert "whenever is not a payment term" in told(response)
    act(client, f"{address('buyer', buyer.id)}/line", currency="usd", limit="5,000.00")
    opened = CreditLine.objects.get(seller_id=house.seller.id, buyer_id=buyer.id, currency="USD")
    assert opened.limit == 500_000
    with books.nothing_written(house.seller):
        response = act(client, f"{address('buyer', buyer.id)}/line", currency="XXX", limit="5")
    assert "This is not a currency" in told(response)


def test_the_credit_bar_comes_alone_for_htmx(sign_in: SignIn, house: House) -> None:
    base = f"{address('buyer', house.buyers['bianchi'].id)}/credit/EUR"
    response = sign_in("vera").get(base)
    assert response.status_code == 200
    assert b"<html" not in response.content
    assert b'id="credit-EUR"' in response.content
    assert sign_in("vera").get(base[:-3] + "JPY").status_code == 404


ACTS = {
    "chiara": {"order": True, "invoice": True, "payment": True, "buyer": True, "bank": True},
    "marco": {"order": False, "invoice": True, "payment": True, "buyer": False, "bank": True},
    "vera": {"order": False, "invoice": False, "payment": False, "buyer": False, "bank": False},
}


@pytest.mark.parametrize("who", list(ACTS))
def test_each_role_may_do_what_is_its_duty(sign_in: SignIn, house: House, who: str) -> None:
    client = sign_in(who)
    waiting = Payment.objects.filter(seller_id=house.seller.id, state="unapplied").first()
    assert waiting is not None
    pages = {
        "order": f"{address('order', house.orders['88131'].order_id)}/confirm",
        "invoice": f"{address('invoice', house.invoices['88052'].id)}/credit",
        "payment": f"{address('payment', waiting.id)}/allocate",
        "buyer": f"{address('buyer', house.buyers['bianchi'].id)}/credit/EUR/hold",
        "bank": "/office/bank/upload",
    }
    for part, page in pages.items():
        allowed = ACTS[who][part]
        assert client.get(page).status_code == (200 if allowed else 403), part
        if not allowed:
            with books.nothing_written(house.seller):
                assert client.post(page, {"once": "x" * 24}).status_code == 403
        if part != "bank":
            seen = client.get(page.rpartition("/")[0].replace("/credit/EUR", ""))
            name = page.rpartition("/")[2]
            assert (f'"act-{name}' in seen.content.decode()) == allowed, part


def test_an_act_that_does_not_exist_is_not_there(sign_in: SignIn, house: House) -> None:
    page = f"{address('order', house.orders['88131'].order_id)}/explode"
    assert sign_in("chiara").get(page).status_code == 404
