"""Documents written from what was frozen, and kept as they were written."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.flows.delivered import ITALIAN, ROMANIAN, attend, invoiced, only
from tests.flows.racing import at_once
from tests.flows.trading import Trade
from usance.flows import billing_profiles, documents, onboarding, seller_details
from usance.flows.deliveries import queueing
from usance.flows.deliveries.carriers import Carriers
from usance.flows.documents import FormatUnavailable
from usance.formats import cii, fatturapa, ubl
from usance.formats.validation import RuleBook, validate
from usance.gateways.anaf import read_download
from usance.gateways.anaf.memory import MemoryAnaf
from usance.records.deliveries import queries
from usance.records.deliveries.models import KeptDocument
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.rules.invoicing.profiles import ProfileFields, SellerFields
from usance.rules.orders import Line


def written(trade: Trade, invoice: Invoice, format_: str, **more: Any) -> KeptDocument:
    return documents.document_of(
        trade.seller, kind="invoice", subject_id=invoice.id, format_=format_, at=trade.at, **more
    )


def content(kept: KeptDocument) -> bytes:
    return queries.content_of(kept)


@pytest.mark.parametrize("format_", ["pdf", "facturx", "ubl", "cii", "peppol", "xrechnung"])
def test_written_once_and_the_same_ever_after(trade: Trade, format_: str) -> None:
    invoice = invoiced(trade)
    first = written(trade, invoice, format_)
    again = written(trade, invoice, format_)
    assert (first.id, content(first)) == (again.id, content(again))
    assert len(content(first)) == first.size
    # It does not depend on when it is written: another row of the same document has the same bytes.
    it = documents.issued(trade.seller, kind="invoice", subject_id=invoice.id)
    about = documents.About(trade.seller, trade.buyer.id, at=trade.days_later(9).at)
    language = "en" if format_ in ("pdf", "facturx") else ""
    twin = documents._made(
        it, about=about, format_=format_, language=language, at=trade.days_later(9).at
    )
    assert bytes(twin.digest) == bytes(first.digest)


def test_all_xml_says_the_same_and_keeps_its_rules(trade: Trade) -> None:
    invoice = invoiced(trade)
    rules = RuleBook.carried()
    for format_, read in (("ubl", ubl.read), ("xrechnung", ubl.read), ("cii", cii.read)):
        data = content(written(trade, invoice, format_))
        found = read(data)
        assert (found.number, found.issued_on, found.due_on) == (
            invoice.number,
            invoice.issued_on,
            invoice.due_on,
        )
        assert int(found.totals.with_vat * 100) == invoice.amount
        assert validate(data, rules=rules).fatals == ()


def test_a_file_for_sdi_has_a_new_name_in_each_revision(trade: Trade) -> None:
    invoice = invoiced(trade, ITALIAN, tax=22_000)
    first = written(trade, invoice, "fatturapa")
    assert written(trade, invoice, "fatturapa").id == first.id
    second = written(trade, invoice, "fatturapa", revision=2)
    assert second.file_name != first.file_name
    assert written(trade, invoice, "fatturapa").id == second.id
    [mine] = fatturapa.read(content(second)).invoices
    assert mine.document.number == invoice.number
    assert int(mine.document.totals.payable * 100) == invoice.amount


def test_workers_that_race_keep_one(trade: Trade) -> None:
    invoice = invoiced(trade)
    found: list[KeptDocument] = []
    at_once([lambda: found.append(written(trade, invoice, "facturx"))] * 3)
    assert len({one.id for one in found}) == 1
    assert KeptDocument.objects.filter(seller_id=trade.seller.id, format="facturx").count() == 1


def test_many_are_kept_in_few_statements_and_not_twice(trade: Trade) -> None:
    invoices = [invoiced(trade)] + [trade.invoice(10_000 + n) for n in range(3)]
    subjects: Any = [("invoice", one.id) for one in invoices]
    formats = ("pdf", "cii")
    made = documents.keep_many(trade.seller, subjects, formats=formats, at=trade.at)
    assert made == 8
    assert documents.keep_many(trade.seller, subjects, formats=formats, at=trade.at) == 0
    assert KeptDocument.objects.filter(seller_id=trade.seller.id).count() == 8
    alone = written(trade, invoices[0], "pdf")
    assert alone.created_at == trade.at


def test_what_cannot_be_written_says_what_is_missing(trade: Trade) -> None:
    invoice = invoiced(trade, ROMANIAN)
    with pytest.raises(FormatUnavailable) as refused:
        written(trade, invoice, "gst")
    assert ("national.gstin", "seller details") in {
        (one.field, one.where) for one in refused.value.missing
    }
    with pytest.raises(FormatUnavailable, match="is no format"):
        written(trade, invoice, "edifact")
    assert KeptDocument.objects.filter(seller_id=trade.seller.id).count() == 0


def test_romania_gets_its_own(at: datetime, seller: Seller) -> None:
    trade = trade_of(seller, at, country="RO", currency="RON")
    fields = SellerFields(
        legal_name="Brera Romania SRL",
        line_1="Strada Lunga 2",
        city="Brasov",
        post_code="500035",
        subdivision="RO-BV",
        vat_id="RO18547290",
        registration_number="J08/1/2006",
    )
    invoice = invoice_of(trade, fields, replace(ROMANIAN, vat_id="RO13267221"))
    data = content(written(trade, invoice, "cius-ro"))
    assert b"CIUS-RO:1.0.1" in data
    assert validate(data, rules=RuleBook.carried()).fatals == ()

    # And ANAF gets it, is asked about it, and its signed archive is kept.
    queueing.queue_issued(trade.seller, kind="invoice", subject_id=invoice.id, at=at)
    anaf = MemoryAnaf()
    row = attend(only(trade.seller), Carriers(anaf=anaf), at=at)
    assert (row.state, anaf.uploads[row.reference]) == ("sent", data)
    anaf.settle(row.reference)
    done = attend(row, Carriers(anaf=anaf), at=row.due_at or at)
    assert (done.state, done.reason_code) == ("delivered", "ok")
    [receipt] = queries.receipts_of(seller_id=trade.seller.id, delivery_id=row.id)
    assert read_download(bytes(receipt.content)).document == data


def test_india_gets_its_json(at: datetime, seller: Seller) -> None:
    trade = trade_of(seller, at, country="IN", currency="INR")
    fields = SellerFields(
        legal_name="Brera India Pvt Ltd",
        line_1="12 MG Road",
        city="Pune",
        post_code="411001",
        subdivision="27",
        national={"gstin": "27AAPFU0939F1ZV", "state_code": "27"},
    )
    profile = ProfileFields(
        country="IN",
        line_1="4 Anna Salai",
        city="Chennai",
        post_code="600002",
        subdivision="33",
        channels=("portal",),
        formats=("gst", "pdf"),
        national={"gstin": "33AAGCB7383J1ZF", "state_code": "33"},
    )
    steel = Line(
        description="Steel rods",
        amount=118_000,
        tax_amount=18_000,
        quantity=Decimal(10),
        unit="KGM",
        tax_rate=Decimal(18),
        classification="72142000",
    )
    invoice = invoice_of(trade, fields, profile, amount=118_000, tax=18_000, lines=[steel])
    made = json.loads(content(written(trade, invoice, "gst")))
    assert made["DocDtls"]["No"] == invoice.number
    assert made["ValDtls"]["IgstVal"] == 180
    assert made["ItemList"][0]["HsnCd"] == "72142000"


def trade_of(seller: Seller, at: datetime, *, country: str, currency: str) -> Trade:
    """A seller of another country, and a buyer there."""
    from usance.flows import credit_lines

    own = onboarding.create_seller(
        name="Brera abroad",
        handle=f"{seller.handle}-{country.lower()}",
        country=country,
        currency=currency,
        time_zone="Europe/Bucharest",
        at=at,
    )
    buyer = onboarding.create_buyer(own, name="Cumparator", country=country, at=at, by="test")
    line = credit_lines.set_credit_line(
        own, buyer_id=buyer.id, currency=currency, limit=10**9, at=at, by="test"
    )
    return Trade(own, buyer, line, at)


def invoice_of(
    trade: Trade,
    fields: SellerFields,
    profile: ProfileFields,
    *,
    amount: int = 121_000,
    tax: int = 21_000,
    **order: Any,
) -> Invoice:
    from tests.flows.delivered import ship_to
    from usance.flows import fulfilment

    seller_details.set_seller_details(trade.seller, fields=fields, at=trade.at, by="test")
    seller_details.add_bank_account(
        trade.seller,
        currency=trade.line.currency,
        account_number="1234567890",
        at=trade.at,
        by="test",
    )
    billing_profiles.set_billing_profile(
        trade.seller, buyer_id=trade.buyer.id, fields=profile, at=trade.at, by="test"
    )
    placed = trade.order(
        amount, tax, currency=trade.line.currency, ship_to=ship_to(profile), **order
    )
    return fulfilment.invoice_order(trade.seller, order_id=placed.id, **trade.act)
