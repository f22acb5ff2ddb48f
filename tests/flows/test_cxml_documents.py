"""A buyer whose procurement system takes cXML has its documents so: fetched, and told to a webhook."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.flows.delivered import attend, deliveries, invoiced
from tests.flows.trading import Trade
from usance.flows import billing, webhooks
from usance.flows.deliveries.carriers import Carriers
from usance.flows.documents import document_of
from usance.formats import cxml
from usance.records.deliveries.queries import content_of
from usance.records.events.models import Event
from usance.records.invoices import queries


def written(trade: Trade, kind: Any, subject_id: Any) -> bytes:
    kept = document_of(trade.seller, kind=kind, subject_id=subject_id, format_="cxml", at=trade.at)
    assert (kept.media_type, kept.file_name[-9:]) == ("application/xml", "-cxml.xml")
    return content_of(kept)


def test_an_invoice_and_its_credit_note_in_cxml(trade: Trade) -> None:
    invoice = invoiced(trade, tax=22_000)
    read = cxml.read(written(trade, "invoice", invoice.id))
    frozen = queries.document(seller_id=trade.seller.id, invoice_id=invoice.id)
    assert frozen is not None
    assert (read.number, read.type_code, read.due_on) == (invoice.number, "380", invoice.due_on)
    assert (read.totals.payable, read.totals.vat) == (Decimal("1220.00"), frozen.totals.vat)
    assert (read.seller.vat_id, read.buyer.vat_id) == (frozen.seller.vat_id, frozen.buyer.vat_id)
    note = billing.credit_invoice(trade.seller, invoice_id=invoice.id, amount=12_200, **trade.act)
    credited = cxml.read(written(trade, "credit_note", note.id))
    assert (credited.number, credited.type_code) == (note.number, "381")
    assert credited.totals.payable == Decimal("122.00")
    assert credited.preceding[0].number == invoice.number


def test_it_is_delivered_for_download_and_told_to_a_webhook(trade: Trade) -> None:
    webhooks.create_endpoint(trade.seller, url="https://shop.example/hook", at=trade.at, by="test")
    invoiced(trade, channels=("download", "webhook"), formats=("cxml",))
    for row in deliveries(trade.seller):
        assert row.formats == ["cxml"]
        done = attend(row, Carriers(), at=trade.at)
        assert done.state == {"download": "delivered", "webhook": "sent"}[row.channel]
        [told] = Event.objects.filter(
            seller_id=trade.seller.id, object_id=row.id, type=f"document.{done.state}"
        )
        [document] = told.data["documents"]
        assert document["format"] == "cxml"
        assert document["path"].endswith("/document?format=cxml")
