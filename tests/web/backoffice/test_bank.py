"""Uploading a bank file: what is told of it, once and again, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from tests.flows import books
from tests.flows.collecting import Desk
from tests.flows.paying import Till, invoice_of, secured
from tests.flows.trading import Trade
from tests.formats.zip_archives import zipped
from tests.web import house as houses
from tests.web.house import House
from usance.gateways.psp import Payout, PayoutPart
from usance.records.cards.models import CardPayout
from usance.records.credit.models import CreditLine
from usance.records.identity import public_id
from usance.records.payments.models import BankStatement, BankTransaction, Payment

SignIn = Callable[[str], Client]


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
            "/office/bank/upload", {"file": SimpleUploadedFile("a.png", b"\x89PNG nothing")}
        )
        assert response.status_code == 422
        assert "Supported are camt" in told(response)
        empty = client.post("/office/bank/upload", {})
    assert empty.status_code == 422
    assert "Please correct the following" in told(empty)


TABLE = (
    b"Tag;Wer;Wieviel;Zettel\n"
    b"17.11.2026;Girard SAS;1.300,00;danke\n"
    b"18.11.2026;Girard SAS;50,00;danke sehr\n"
)


def test_an_unknown_table_is_explained_once_and_then_read_by_itself(
    sign_in: SignIn, house: House
) -> None:
    client = sign_in("marco")
    page = client.post("/office/bank/upload", {"file": SimpleUploadedFile("a.csv", TABLE)})
    assert page.status_code == 302
    where = page["Location"]
    assert where.startswith("/office/bank/tables/")
    asked = client.get(where)
    assert "Girard SAS" in told(asked)
    said = {
        "column_1": "booked_on",
        "column_2": "counterparty_name",
        "column_3": "amount",
        "column_4": "remittance_text",
        "decimal_mark": ",",
        "currency": "EUR",
        "account": "IT60X0542811101000000123456",
        "footer_rows": "0",
    }
    with books.nothing_written(house.seller):
        assert client.post(where, {**said, "column_3": "", "preview": "1"}).status_code == 422
        shown = client.post(where, {**said, "preview": "1"})
    assert shown.status_code == 200
    assert "1,300.00" in told(shown)
    taken = client.post(where, {**said, "take": "1"}, follow=True)
    assert "The bank file is taken." in told(taken)
    assert "Lines 2" in told(taken)
    assert client.get(where).status_code == 404, "it waits no more"
    next_ = TABLE.replace(b"17.11", b"19.11").replace(b"18.11", b"20.11")
    assert "Lines 2" in told(upload(client, next_, "b.csv"))
    kept = BankStatement.objects.get(seller_id=house.seller.id, file_name="b.csv")
    assert kept.account == "IT60X0542811101000000123456"


def test_a_table_that_nobody_wants_is_forgotten(sign_in: SignIn, house: House) -> None:
    client = sign_in("marco")
    data = TABLE.replace(b"Zettel", b"Notiz")
    page = client.post("/office/bank/upload", {"file": SimpleUploadedFile("c.csv", data)})
    client.post(page["Location"], {"discard": "1"})
    assert client.get(page["Location"]).status_code == 404
    assert not BankStatement.objects.filter(file_name="c.csv").exists()


def test_several_files_are_taken_each_for_itself(sign_in: SignIn, house: House) -> None:
    client = sign_in("marco")
    files = [
        SimpleUploadedFile("one.xml", houses.bank_file(house, number="7")),
        SimpleUploadedFile("two.pdf", b"%PDF-1.7 nothing"),
        SimpleUploadedFile("three.csv", TABLE.replace(b"Wer", b"Name der Person")),
    ]
    response = client.post("/office/bank/upload", {"file": files})
    said = told(response)
    assert response.status_code == 422
    assert "one.xml" in said
    assert "two.pdf Not taken; nothing of it was kept." in said
    assert "three.csv Waits for you to say what its columns mean." in said
    assert BankStatement.objects.filter(seller_id=house.seller.id, file_name="one.xml").exists()


def test_an_archive_is_taken_whole_or_its_bad_file_is_named(sign_in: SignIn, house: House) -> None:
    client = sign_in("marco")
    files = [("one.xml", houses.bank_file(house, number="81")), ("two.sta", b":20:cut off")]
    with books.nothing_written(house.seller):
        said = told(upload(client, zipped(*files), "march.zip"))
    assert "two.sta: " in said
    assert "Nothing of the archive was taken." in said
    advice = b"Invoice number;Amount paid;Currency\nINV-77;60,00;EUR\n"
    said = told(upload(client, zipped(files[0], ("advice.csv", advice)), "march.zip"))
    assert "march.zip/one.xml Taken:" in said
    assert "march.zip/advice.csv It is a remittance advice" in said


def test_what_is_found_is_said_in_words(sign_in: SignIn, house: House) -> None:
    data = houses.bank_file(house, number="8").replace(b"OPBD", b"XXXX")
    table = (
        b":20:X\r\n:25:IT60X0542811101000000123456\r\n:28C:3/1\r\n:60F:C261118EUR10,00\r\n"
        b":61:2611191119C5,00NTRFNONREF\r\n:86:Grazie\r\n:62F:C261119EUR16,00\r\n-\r\n"
    )
    assert data
    said = told(upload(sign_in("marco"), table, "saldo.sta"))
    assert "The bank's balances do not add up" in said
    assert "It begins with €10.00, its lines come to €5.00, and it ends with €16.00." in said


def test_a_payout_is_told_apart_and_a_person_says_which_line_it_is(
    sign_in: SignIn, house: House
) -> None:
    buyer = house.buyers["girard"]
    line = CreditLine.objects.get(seller_id=house.seller.id, buyer_id=buyer.id, currency="EUR")
    till = Till.of(Trade(house.seller, buyer, line, houses.TODAY))
    order, held = secured(till, 20_000)
    invoice_of(till, order)
    part = PayoutPart(
        reference="txn_1", kind="charge", amount=20_000, fee=330,
        authorization=till.now(held).reference,
    )  # fmt: skip
    till.provider.sent["po_0000009"] = Payout(
        reference="po_0000009", state="announced", amount=19_670, currency="EUR",
        arrives_on=houses.TODAY.date(), names=("po_0000009",), parts=(part,),
    )  # fmt: skip
    till.notice("evt_9", "payout", "po_0000009")
    till.work()
    desk = Desk(till.trade)
    desk.bank(desk.line(19_670, remittance_text="Cartes du mois"))
    row = CardPayout.objects.get(seller_id=house.seller.id)
    client = sign_in("marco")
    said = told(client.get("/office/cards/payouts?state=announced"))
    assert "po_0000009" in said and "€196.70" in said and "€3.30" in said
    address = f"/office/cards/payouts/{public_id('card_payout', row.id)}"
    said = told(client.get(address))
    for words in ("Payments 1 €200.00", buyer.name, "No bank line is this payout yet", "Cartes"):
        assert words in said, words
    it = BankTransaction.objects.get(seller_id=house.seller.id, amount=19_670)
    payment = Payment.objects.get(seller_id=house.seller.id, bank_transaction_id=it.id)
    of_payment = f"/office/payments/{public_id('payment', payment.id)}"
    assert "It is a card payout" in told(client.get(of_payment))
    said_so = {"payout": public_id("card_payout", row.id), "once": "which-payout-this-line-is"}
    assert sign_in("vera").post(f"{of_payment}/payout", said_so).status_code == 403
    said = told(client.post(f"{of_payment}/payout", said_so, follow=True))
    assert "Booked" in said and "At the bank" in said
    assert "Choose its bank line" not in said
    statement = f"/office/bank/{public_id('bank_statement', it.statement_id)}"
    assert "Card payout po_0000009" in told(client.get(statement))
    assert client.get(f"{address}?page=2").status_code == 404

    order, held = secured(till, 5_000)
    page = f"/office/orders/{public_id('order', order.id)}"
    chiara = sign_in("chiara")
    assert "Release from its card" in told(chiara.get(page))
    assert client.post(f"{page}/release-card", {}).status_code == 403
    why = {"reason": "A good customer", "once": "released-from-its-card"}
    said = told(chiara.post(f"{page}/release-card", why, follow=True))
    assert "Released from its card: €50.00 stand on the buyer's credit" in said
    assert "A good customer" in said and "Release this order" not in said
    till.work()
    assert till.now(held).state == "voided"
    assert not books.broken(house.seller)
