"""Files and links attached before billing, and the invoices that carry them."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from tests.flows import books
from tests.flows.billing import document, invoices, on, run, scheduled, ship
from tests.flows.delivered import GERMAN, attend, only, set_up, ship_to
from tests.flows.test_country_formats import CASES, content, findings, goods, placed, read, rules
from tests.flows.trading import Trade
from tests.formats.printed_pages import text_of
from usance.flows import attachments, billing_profiles, corrections, fulfilment
from usance.flows.attachments import Offered, TooManyAttachments, Unsuitable
from usance.flows.deliveries import queueing
from usance.flows.deliveries.carriers import Carriers
from usance.flows.refusals import NotFound, WrongState
from usance.gateways.mail.memory import MemoryMail
from usance.records.orders.models import Attachment, Order
from usance.records.parties.models import Seller
from usance.rules.attachments import (
    LARGEST_ATTACHMENT,
    MOST_ATTACHMENTS,
    ODS,
    XLSX,
    distinct,
    media_type_of,
    safe_name,
)
from usance.rules.invoicing import document as semantic

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def packed(*members: tuple[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return held.getvalue()


BOOK = packed(("[Content_Types].xml", b""), ("xl/workbook.xml", b""))
SHEET = packed(("mimetype", ODS.encode()), ("content.xml", b""))


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (PDF, "a.exe", "application/pdf"),
        (PNG, "a", "image/png"),
        (b"\xff\xd8\xff\xe0", "a", "image/jpeg"),
        ("Größe;1\r\n".encode(), "hours.CSV", "text/csv"),
        (BOOK, "a.zip", XLSX),
        (SHEET, "a", ODS),
    ],
)
def test_a_file_is_what_its_first_bytes_say(data: bytes, name: str, kind: str) -> None:
    assert media_type_of(data, file_name=name) == kind


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.pdf"),
        (b"<html>", "a.pdf"),
        (b"MZ\x00\x01", "a.csv"),
        ("Größe".encode("latin-1"), "a.csv"),
        (b"a;b", "a.txt"),
        (packed(("a.txt", b"")), "a.xlsx"),
        (packed(("[Content_Types].xml", b""), ("xl/workbook.xml", b""), ("xl/vbaProject.bin", b"")),
         "a.xlsx"),
        (b"PK\x03\x04" + bytes(40), "a.ods"),
        (PDF + bytes(LARGEST_ATTACHMENT), "a.pdf"),
    ],
)  # fmt: skip
def test_what_no_invoice_may_carry_is_refused(trade: Trade, data: bytes, name: str) -> None:
    order = trade.order(10_000)
    with books.nothing_written(trade.seller), pytest.raises(Unsuitable):
        attach(trade, order, data, name)


def test_names_are_safe_and_distinct() -> None:
    assert safe_name("../../Lieferschein\u202e 87|x.exe", media_type="application/pdf") == (
        "Lieferschein 87x.pdf"
    )
    assert safe_name("\\\\", media_type="text/csv") == "attachment.csv"
    one = semantic.Attachment("A", filename="a.pdf")
    made = distinct([one, one, replace(one, filename="A.PDF", reference="a")])
    assert [(each.filename, each.reference) for each in made] == [
        ("a.pdf", "A"),
        ("a-2.pdf", "A (2)"),
        ("A-3.PDF", "a (3)"),
    ]


def attach(
    trade: Trade, order: Order, data: bytes = PDF, name: str = "note.pdf", **fields: Any
) -> Any:
    offered = Offered(content=data, file_name=name, **fields)
    return attachments.attach_to_order(
        trade.seller, order_id=order.id, offered=offered, **trade.act
    )


def names(invoice: Any) -> list[str]:
    return [one.filename or one.location for one in document(invoice).attachments]


def test_the_next_invoice_takes_what_is_attached_by_then(trade: Trade) -> None:
    order = trade.order(30_000)
    attach(trade, order, reference="DN 87", description="Signed")
    first = fulfilment.invoice_order(trade.seller, order_id=order.id, amount=10_000, **trade.act)
    second = fulfilment.invoice_order(trade.seller, order_id=order.id, amount=10_000, **trade.act)
    attach(trade, order, PNG, "photo.png")
    third = fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)
    assert (names(first), names(second), names(third)) == (["note.pdf"], [], ["photo.png"])
    [made] = document(first).attachments
    assert (made.reference, made.description, made.media_type) == (
        "DN 87",
        "Signed",
        "application/pdf",
    )
    assert made.content is None, "the file is kept beside the document"
    with pytest.raises(WrongState):
        attach(trade, order)


def test_a_shipments_own_go_with_its_invoice_and_stay_apart_by_name(trade: Trade) -> None:
    monthly = scheduled(trade, "monthly:last")
    for amount in (10_000, 20_000):
        order = monthly.order(amount)
        shipment = ship(monthly, order).shipment
        attachments.attach_to_shipment(
            monthly.seller,
            shipment_id=shipment.id,
            offered=Offered(content=PDF + bytes([amount // 10_000]), file_name="note.pdf"),
            **monthly.act,
        )
    run(on(monthly, monthly.at.date() + timedelta(days=40)))
    [invoice] = invoices(monthly)
    assert names(invoice) == ["note.pdf", "note-2.pdf"]
    taken = Attachment.objects.filter(seller_id=monthly.seller.id, invoice_id=invoice.id)
    assert taken.count() == 2
    with pytest.raises(WrongState):
        attachments.remove_attachment(monthly.seller, attachment_id=taken[0].id, **monthly.act)
    corrected = corrections.correct_invoice(monthly.seller, invoice_id=invoice.id, **monthly.act)
    assert names(corrected.invoice) == names(invoice)
    assert document(corrected.credit_note).attachments == ()


def test_the_same_file_is_there_once_and_can_be_removed(trade: Trade) -> None:
    order = trade.order(10_000)
    first = attach(trade, order)
    with books.nothing_written(trade.seller):
        assert attach(trade, order, name="other.pdf").id == first.id
    attachments.remove_attachment(trade.seller, attachment_id=first.id, **trade.act)
    with pytest.raises(NotFound):
        attachments.remove_attachment(trade.seller, attachment_id=first.id, **trade.act)
    for n in range(MOST_ATTACHMENTS):
        attach(trade, order, PDF + str(n).encode())
    with pytest.raises(TooManyAttachments):
        attach(trade, order)


def test_a_file_that_an_invoice_took_is_attached_anew_for_the_next(trade: Trade) -> None:
    order = trade.order(30_000)
    first = attach(trade, order, external_id="terms-1")
    act = {"order_id": order.id} | trade.act
    fulfilment.invoice_order(trade.seller, amount=10_000, **act)
    # The same request once more is the same answer; the file for the next invoice is another.
    assert attach(trade, order, external_id="terms-1").id == first.id
    again = attach(trade, order)
    assert again.id != first.id
    assert attach(trade, order).id == again.id
    second = fulfilment.invoice_order(trade.seller, amount=10_000, **act)
    assert names(second) == ["note.pdf"]


@pytest.mark.parametrize(
    "location", ["http://a.example/x", "https://x", "javascript:alert(1)", "https://a.example/ü"]
)
def test_a_link_is_https_and_plain(trade: Trade, location: str) -> None:
    order = trade.order(10_000)
    with pytest.raises(Unsuitable):
        attachments.attach_to_order(
            trade.seller, order_id=order.id, offered=Offered(location=location), **trade.act
        )


@pytest.mark.parametrize("name", CASES)
def test_every_format_carries_them_by_its_rules(at: datetime, seller: Seller, name: str) -> None:
    rules()
    case = CASES[name]
    trade = placed(seller, at, case)
    line = goods(case.rate, net=12_345)
    order = trade.order(
        line.amount,
        line.tax_amount,
        currency=case.sold_in,
        lines=[line],
        ship_to=ship_to(case.buyer),
    )
    files = {
        "note.pdf": PDF,
        "photo.png": PNG,
        "scan.jpg": b"\xff\xd8\xff\xe0" + bytes(16),
        "hours.csv": b"day;hours\n1;8\n",
        "book.xlsx": BOOK,
        "sheet.ods": SHEET,
    }
    for file_name, data in files.items():
        attach(trade, order, data, file_name, description=f"About {file_name}")
    link = Offered(location="https://files.example/proof-of-delivery", reference="POD 1")
    attachments.attach_to_order(trade.seller, order_id=order.id, offered=link, **trade.act)
    invoice = fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)
    for format_ in case.formats:
        data = content(trade, "invoice", invoice.id, format_)
        if format_ == "pdf":
            assert "About note.pdf" in " ".join(text_of(data).split())
            continue
        assert findings(data) == [], format_
        if format_ == "gst":
            assert b"https://files.example/proof-of-delivery" in data
            continue
        carried = read(data, format_).attachments
        held = {one.filename: one.content for one in carried if one.content is not None}
        assert held == files, format_
        if format_ != "fatturapa":
            assert "https://files.example/proof-of-delivery" in [one.location for one in carried]


def test_a_file_that_goes_with_every_invoice_is_read_once(trade: Trade) -> None:
    for _ in range(3):
        order = trade.order(10_000)
        attach(trade, order)
        invoice = fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)
    read: list[int] = []

    def counted(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        found = execute(sql, parameters, many, context)
        read.append(context["cursor"].rowcount)
        return found

    with connection.execute_wrapper(counted):
        files = attachments.files_of(document(invoice), seller_id=trade.seller.id)
    assert files == [("note.pdf", "application/pdf", PDF)]
    assert read == [1], "of three equal files one is read"


def test_what_sdi_would_not_take_is_named_and_not_carried(at: datetime, seller: Seller) -> None:
    rules()
    case = CASES["IT"]
    trade = placed(seller, at, case)
    line = goods(case.rate, net=12_345)
    order = trade.order(line.amount, line.tax_amount, lines=[line], ship_to=ship_to(case.buyer))
    attach(trade, order, PDF + bytes(3_000_000), "large.pdf")
    attach(trade, order, PDF + bytes(1_000_000), "second.pdf")
    invoice = fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)
    data = content(trade, "invoice", invoice.id, "fatturapa")
    assert len(data) < 5_000_000
    assert findings(data) == []
    assert [one.filename for one in read(data, "fatturapa").attachments] == ["large.pdf"]
    assert len(read(content(trade, "invoice", invoice.id, "ubl"), "ubl").attachments) == 2


@pytest.mark.parametrize("takes", [True, False])
def test_a_mail_brings_them_where_the_buyer_takes_them(trade: Trade, takes: bool) -> None:
    set_up(trade.seller, at=trade.at)
    billing_profiles.set_billing_profile(
        trade.seller,
        buyer_id=trade.buyer.id,
        fields=replace(GERMAN, attach_files=takes),
        **trade.act,
    )
    order = trade.order(10_000, ship_to=ship_to(GERMAN))
    attach(trade, order)
    invoice = fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)
    queueing.queue_issued(trade.seller, kind="invoice", subject_id=invoice.id, at=trade.at)
    mail = MemoryMail()
    attend(only(trade.seller, channel="email"), Carriers(mail=mail), at=trade.at)
    files = {one.file_name: one.content for one in mail.sent[0].enclosures}
    assert (files.pop("note.pdf", None) == PDF) is takes
    assert set(files) == {f"{invoice.number}.pdf", f"{invoice.number}-xrechnung.xml"}
