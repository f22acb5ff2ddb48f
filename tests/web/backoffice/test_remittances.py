"""Advices in the office: a text is pasted, its payment found, its page tells all of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from tests.flows import books
from tests.flows.bank_files import ACCOUNT, Booking, table
from tests.formats import remittances
from tests.web import house as houses
from tests.web.house import House
from usance.flows import advice_tables, bank_statements, cash_application
from usance.records.payments.models import Remittance

SignIn = Callable[[str], Client]


def said(response: Any) -> str:
    it = html.document_fromstring(response.content.decode())
    return " ".join(" ".join(it.xpath("//main")[0].itertext()).split())


def test_a_pasted_text_finds_its_payment(sign_in: SignIn, house: House) -> None:
    buyer = house.buyers["girard"]
    for name in ("r-1", "r-2"):
        houses.order(house, "girard", 41_700, ago=0, name=name)
        houses.ship(house, name, ago=0)
    act: dict[str, Any] = {"at": houses.TODAY, "by": "test"}
    line = Booking(
        41_700, "virement", buyer.name, "FR7630006000011234567890189", on=houses.TODAY.date()
    )
    bank_statements.take_statement(house.seller, table(line), account=ACCOUNT, **act)
    cash_application.settle_all(house.seller, **act)
    number = house.invoices["r-2"].number
    text = f"Payer: {buyer.name}\n\nInvoice   Amount paid EUR\n{number}   417.00\nTotal   417.00\n"
    client = sign_in("marco")
    answer = client.post("/office/remittances/new", {"text": text}, follow=True)
    told = said(answer)
    assert "1 advice is taken; 1 found its payment." in told
    assert number in told
    assert "Its amount and day" in told
    house.invoices["r-2"].refresh_from_db()
    assert house.invoices["r-2"].state == "paid"
    with books.nothing_written(house.seller):
        again = client.post("/office/remittances/new", {"text": text}, follow=True)
    assert "This was taken before. Nothing was done twice." in said(again)
    listed = said(client.get("/office/remittances?state=joined"))
    assert buyer.name in listed
    assert not books.broken(house.seller)


def test_an_interchange_of_x12_offers_its_acknowledgement(sign_in: SignIn, house: House) -> None:
    client = sign_in("marco")
    file = SimpleUploadedFile("820.edi", remittances.X12)
    page = client.post("/office/remittances/new", {"file": file}, follow=True)
    [link] = html.document_fromstring(page.content.decode()).xpath("//a[@download]/@href")
    answer = client.get(link)
    assert answer.status_code == 200
    assert b"~AK1*RA*42~AK2*820*0001~AK5*A~AK9*A*1*1*1~" in answer.content


def test_a_table_that_nobody_understands_is_explained_once(sign_in: SignIn, house: House) -> None:
    client = sign_in("marco")
    data = b"Zettel;Wieviel;Wofuer\nRE-1001;980,00;Ware\nRE-1002;450,00;Ware\n"
    file = SimpleUploadedFile("odd.csv", data)
    where = client.post("/office/remittances/new", {"file": file})["Location"]
    assert where.startswith("/office/remittances/tables/")
    assert "RE-1001" in said(client.get(where))
    means = {"column_1": "document", "column_2": "paid", "decimal_mark": ",", "currency": "EUR"}
    with books.nothing_written(house.seller):
        wrong = client.post(where, {**means, "column_2": "", "preview": "1"})
        assert wrong.status_code == 422
        assert "980.00" in said(client.post(where, {**means, "preview": "1"}))
    assert "RE-1002" in said(client.post(where, {**means, "take": "1"}, follow=True))
    assert client.get(where).status_code == 404
    # A table of the same headings is an advice where the bank's files go, too.
    again = SimpleUploadedFile("odd2.csv", data.replace(b"RE-1001", b"RE-2001"))
    told = said(client.post("/office/bank/upload", {"file": again}, follow=True))
    assert "RE-2001" in told
    # And one that was dropped there first is led here.
    new = SimpleUploadedFile("new.csv", data.replace(b"Zettel", b"Blatt"))
    page = client.post("/office/bank/upload", {"file": new}, follow=True).content.decode()
    assert "/office/remittances/tables/" in page


def test_the_layout_of_lockbox_files_is_said_by_columns(sign_in: SignIn, house: House) -> None:
    client = sign_in("marco")
    assert "Usually 37-46" in said(client.get("/office/settings/lockbox"))
    with books.nothing_written(house.seller):
        wrong = client.post("/office/settings/lockbox", {"overflow.amount": "41-32"})
    assert wrong.status_code == 422
    client.post(
        "/office/settings/lockbox", {"overflow.amount": "32-41", "overflow.document": "12-31"}
    )
    assert advice_tables.lockbox_layout(house.seller).as_json() == {
        "overflow.amount": [32, 10],
        "overflow.document": [12, 20],
    }


def test_what_does_not_add_up_is_said(sign_in: SignIn, house: House) -> None:
    data = b"Total;900.00\nInvoice number;Amount paid EUR\nX-1;400.00\nX-2;417.00\n"
    file = SimpleUploadedFile("advice.csv", data)
    client = sign_in("marco")
    told = said(client.post("/office/remittances/new", {"file": file}, follow=True))
    assert "The documents do not add up to the payment" in told
    kept = Remittance.objects.get(seller_id=house.seller.id, file__file_name="advice.csv")
    page = f"/office/remittances/rmt_{kept.id.hex}"
    assert "Put aside" in said(client.get(page))
    asked = html.document_fromstring(client.get(f"{page}/dismiss").content.decode())
    [form] = asked.xpath("//main//form")
    client.post(f"{page}/dismiss", {name: value or "" for name, value in form.form_values()})
    kept.refresh_from_db()
    assert kept.state == "dismissed"


def test_a_file_that_cannot_be_read_is_refused(sign_in: SignIn, house: House) -> None:
    client = sign_in("marco")
    with books.nothing_written(house.seller):
        file = SimpleUploadedFile("advice.xlsx", b"PK\x03\x04rest")
        answer = client.post("/office/remittances/new", {"file": file})
    assert answer.status_code == 422
    assert "The advice was not taken" in said(answer)
    assert client.post("/office/remittances/new", {}).status_code == 422
