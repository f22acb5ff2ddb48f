"""Uploading a bank file: what is told of it, once and again, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from tests.flows import books
from tests.web import house as houses
from tests.web.house import House
from usance.records.payments.models import BankStatement, Payment

SignIn = Callable[[str], Client]

pytestmark = pytest.mark.xdist_group("bank")


def upload(client: Client, data: bytes, name: str = "file.xml") -> Client:
    file = SimpleUploadedFile(name, data)
    return client.post("/office/bank/upload", {"file": file}, follow=True)  # type: ignore[return-value]


def told(response: object) -> str:
    it = html.document_fromstring(response.content.decode())  # type: ignore[attr-defined]
    return " ".join(" ".join(it.xpath("//main")[0].itertext()).split())


def test_a_file_is_taken_and_its_lines_find_what_they_pay(sign_in: SignIn, house: House) -> None:
    houses.order(house, "girard", 50_000, ago=0, name="b-1")
    houses.ship(house, "b-1", ago=0)
    house.invoices["88066"] = house.invoices["b-1"]
    client = sign_in("marco")
    data = houses.bank_file(house, number="2")
    said = told(upload(client, data, "novembre.xml"))
    assert "The bank file is taken." in said
    assert "Lines 4" in said
    assert "Matched 1" in said
    assert "Unapplied 1" in said
    assert "Not recognized 1" in said
    assert "Money out 1" in said
    kept = BankStatement.objects.get(seller_id=house.seller.id, file_name="novembre.xml")
    paid = Payment.objects.filter(seller_id=house.seller.id, bank_transaction__statement_id=kept.id)
    assert sorted(paid.values_list("amount", "allocated")) == [
        (50_000, 50_000),
        (130_000, 0),
        (500_000, 0),
    ]
    with books.nothing_written(house.seller):
        again = told(upload(client, data, "novembre-2.xml"))
    assert "This file was taken before. Nothing was done twice." in again
    assert not books.broken(house.seller)


def test_a_table_with_a_wrong_amount_says_where(sign_in: SignIn, house: House) -> None:
    table = (
        b"Date;Amount;Currency;Name;Text\n"
        b"2026-11-18;100.00;EUR;Girard;INV\n"
        b"2026-11-18;12,3x;EUR;Girard;INV\n"
    )
    with books.nothing_written(house.seller):
        said = told(upload(sign_in("marco"), table, "table.csv"))
    assert "The file was not taken" in said
    assert "Line 3, column 2:" in said


def test_what_is_no_bank_file_is_refused(sign_in: SignIn, house: House) -> None:
    client = sign_in("marco")
    with books.nothing_written(house.seller):
        response = client.post(
            "/office/bank/upload", {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7 nothing")}
        )
        assert response.status_code == 422
        assert "Supported are camt" in told(response)
        empty = client.post("/office/bank/upload", {})
    assert empty.status_code == 422
    assert "Please correct the following" in told(empty)
