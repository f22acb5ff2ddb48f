"""Invoices as sellers of each country issue them, in each format, by the rules of its publisher.

Every document goes all the way: the seller's details, the buyer's profile, an order, its invoice and a
credit note on it, each written by the flow that delivers it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final

import pytest

from tests.corpus.locations import corpora
from tests.flows.billing import invoices, on, run, ship
from tests.flows.delivered import ITALIAN, ROMANIAN, SELLER, ship_to
from tests.flows.trading import Trade
from tests.formats.printed_pages import text_of
from usance.flows import (
    billing,
    billing_profiles,
    credit_lines,
    documents,
    exchange_rates,
    fulfilment,
    onboarding,
    seller_details,
)
from usance.flows.documents import FormatUnavailable
from usance.flows.refusals import WrongFields
from usance.formats import cii, fatturapa, ubl
from usance.formats.facturx import extract
from usance.formats.fatturapa.fattura import DeliveryNote, Stamp
from usance.formats.validation import RuleBook, validate
from usance.records.deliveries import queries
from usance.records.invoices.models import Invoice
from usance.records.orders.models import Shipment
from usance.records.parties.models import Seller
from usance.rules.invoicing.document import InvoiceDocument
from usance.rules.invoicing.profiles import ProfileFields, SellerFields
from usance.rules.orders import Line, TaxContradicted

TOPICS: Final = ("en16931", "peppol", "xrechnung", "cius-ro", "facturx", "fatturapa")


@dataclass(frozen=True)
class Case:
    """A seller and a buyer, and what is sold. Amounts are minor units."""

    seller: SellerFields
    buyer: ProfileFields
    country: str
    currency: str
    rate: Decimal
    formats: tuple[str, ...]
    account: Mapping[str, str]
    order_currency: str = ""
    printed: tuple[str, ...] = ()
    exchange: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def sold_in(self) -> str:
        return self.order_currency or self.currency


GERMAN_SELLER: Final = SellerFields(
    legal_name="Nordwind Werkzeuge GmbH",
    line_1="Hafenstraße 1",
    city="Hamburg",
    post_code="20457",
    vat_id="DE136695976",
    contact_name="Eva Klein",
    contact_phone="+49 40 1234567",
    contact_email="rechnung@nordwind.example",
    endpoint="DE136695976",
    endpoint_scheme="9930",
)
GERMAN_OFFICE: Final = ProfileFields(
    country="DE",
    line_1="Platz der Republik 1",
    city="Berlin",
    post_code="11011",
    buyer_reference="04011000-1234512345-06",
    endpoint="04011000-1234512345-06",
    endpoint_scheme="0204",
    channels=("portal",),
)
ROMANIAN_SELLER: Final = SellerFields(
    legal_name="Brera Romania SRL",
    line_1="Strada Lunga 2",
    city="Brasov",
    post_code="500035",
    subdivision="RO-BV",
    vat_id="RO18547290",
    registration_number="J08/1/2006",
)
ROMANIAN_BUYER: Final = replace(ROMANIAN, vat_id="RO13267221", channels=("portal",))
SWISS_SELLER: Final = SellerFields(
    legal_name="Helvetia Werkzeuge AG",
    line_1="Bahnhofstrasse 10",
    city="Zürich",
    post_code="8001",
    vat_id="CHE123456788MWST",
)
SWISS_BUYER: Final = ProfileFields(
    country="CH",
    line_1="Rue du Rhône 4",
    city="Genève",
    post_code="1204",
    channels=("portal",),
)
INDIAN_SELLER: Final = SellerFields(
    legal_name="Brera India Pvt Ltd",
    line_1="12 MG Road",
    city="Pune",
    post_code="411001",
    subdivision="27",
    national={"gstin": "27AAPFU0939F1ZV", "state_code": "27"},
)
CHENNAI: Final = ProfileFields(
    country="IN",
    line_1="4 Anna Salai",
    city="Chennai",
    post_code="600002",
    subdivision="33",
    channels=("portal",),
    national={"gstin": "33AAGCB7383J1ZF", "state_code": "33"},
)
MUMBAI: Final = replace(
    CHENNAI,
    line_1="9 Marine Drive",
    city="Mumbai",
    post_code="400002",
    subdivision="27",
    national={"gstin": "27AAGCB7383J1Z8", "state_code": "27"},
)
EURO_ACCOUNT: Final = {"iban": "IT60X0542811101000000123456", "bic": "BPMOIT22XXX"}
GERMAN_ACCOUNT: Final = {"iban": "DE89370400440532013000"}
ROMANIAN_ACCOUNT: Final = {"iban": "RO49AAAA1B31007593840000"}
SWISS_ACCOUNT: Final = {"iban": "CH9300762011623852957", "qr_iban": "CH4431999123000889012"}
EUROPEAN: Final = ("pdf", "facturx", "ubl", "cii")

CASES: Final = {
    "IT": Case(SELLER, replace(ITALIAN, channels=("portal",)), "IT", "EUR", Decimal(22),
               ("fatturapa", *EUROPEAN), EURO_ACCOUNT),
    "DE to an office": Case(GERMAN_SELLER, GERMAN_OFFICE, "DE", "EUR", Decimal(19),
               ("xrechnung", "peppol", *EUROPEAN), GERMAN_ACCOUNT),
    "RO in RON": Case(ROMANIAN_SELLER, ROMANIAN_BUYER, "RO", "RON", Decimal(21),
               ("cius-ro", *EUROPEAN), ROMANIAN_ACCOUNT),
    "RO in EUR": Case(ROMANIAN_SELLER, ROMANIAN_BUYER, "RO", "RON", Decimal(21),
               ("cius-ro", *EUROPEAN), ROMANIAN_ACCOUNT, order_currency="EUR",
               exchange={"EUR": Decimal("5.0912")}, printed=("RON",)),
    "CH": Case(SWISS_SELLER, SWISS_BUYER, "CH", "CHF", Decimal("8.1"),
               EUROPEAN, SWISS_ACCOUNT, printed=("Payment part", "CH93 0076 2011 6238 5295 7", "RF")),
    "IN between states": Case(INDIAN_SELLER, CHENNAI, "IN", "INR", Decimal(18),
               ("gst", "pdf"), {"account_number": "1234567890"}, printed=("IGST",)),
    "IN in a state": Case(INDIAN_SELLER, MUMBAI, "IN", "INR", Decimal(18),
               ("gst", "pdf"), {"account_number": "1234567890"}, printed=("CGST", "SGST")),
}  # fmt: skip


@cache
def rules() -> RuleBook:
    """All official rules that there are."""
    return RuleBook.scanned(*(corpora() / topic / "schema" for topic in TOPICS))


def placed(seller: Seller, at: datetime, case: Case) -> Trade:
    """The seller and the buyer of ``case``, ready to trade."""
    own = onboarding.create_seller(
        name="A seller",
        handle=f"{seller.handle}-{case.country.lower()}",
        country=case.country,
        currency=case.currency,
        time_zone="Europe/Rome",
        at=at,
    )
    by = {"at": at, "by": "test"}
    seller_details.set_seller_details(own, fields=case.seller, **by)
    seller_details.add_bank_account(own, currency=case.sold_in, **case.account, **by)
    for currency, rate in case.exchange.items():
        exchange_rates.set_rate(
            own, source=currency, target=case.currency, rate=rate, on=at.date(), **by
        )
    buyer = onboarding.create_buyer(own, name="A buyer", country=case.country, **by)
    line = credit_lines.set_credit_line(
        own, buyer_id=buyer.id, currency=case.sold_in, limit=10**9, **by
    )
    billing_profiles.set_billing_profile(own, buyer_id=buyer.id, fields=case.buyer, **by)
    return Trade(own, buyer, line, at)


def goods(rate: Decimal, *, net: int, name: str = "Steel rods") -> Line:
    """A line of ten whose shop rounded the tax."""
    tax = int(net * rate / 100 + Decimal("0.5"))
    return Line(
        description=name,
        amount=net + tax,
        tax_amount=tax,
        quantity=Decimal(10),
        tax_rate=rate,
        classification="72142000",
    )


def sold(trade: Trade, case: Case, *lines: Line) -> Invoice:
    order = trade.order(
        sum(line.amount for line in lines),
        sum(line.tax_amount for line in lines),
        currency=case.sold_in,
        lines=list(lines),
        ship_to=ship_to(case.buyer),
    )
    return fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)


def content(trade: Trade, kind: Any, id_: Any, format_: str) -> bytes:
    kept = documents.document_of(
        trade.seller, kind=kind, subject_id=id_, format_=format_, at=trade.at
    )
    return queries.content_of(kept)


def read(data: bytes, format_: str) -> InvoiceDocument:
    """The document that ``data`` says."""
    if format_ == "fatturapa":
        return fatturapa.read(data).invoices[0].document
    if format_ == "facturx":
        return cii.read(extract(data)[1])
    return (cii if format_ == "cii" else ubl).read(data)


def findings(data: bytes) -> list[str]:
    report = validate(data, rules=rules())
    assert not report.missing, report.missing
    return [f"{one.rule}: {one.message}" for one in report.fatals]


@pytest.mark.parametrize("name", CASES)
def test_what_is_issued_is_valid_in_each_format(at: datetime, seller: Seller, name: str) -> None:
    rules()
    case = CASES[name]
    trade = placed(seller, at, case)
    lines = [goods(case.rate, net=12_345), goods(case.rate, net=6_789, name="Angle bars")]
    invoice = sold(trade, case, *lines)
    note = billing.credit_invoice(trade.seller, invoice_id=invoice.id, amount=5_000, **trade.act)
    for kind, row in (("invoice", invoice), ("credit_note", note)):
        for format_ in case.formats:
            data = content(trade, kind, row.id, format_)
            if format_ != "pdf":
                assert findings(data) == [], (kind, format_)
            if format_ == "gst":
                assert json.loads(data)["ValDtls"]["TotInvVal"] == row.amount / 100
            elif format_ == "pdf":
                text = text_of(data)
                assert row.number in text
                if kind == "invoice":
                    assert [words for words in case.printed if words not in text] == []
            else:
                totals = read(data, format_).totals
                assert int(totals.payable * 100) == row.amount, (kind, format_)


def test_two_deliveries_of_a_month_are_one_deferred_invoice(at: datetime, seller: Seller) -> None:
    """Art. 21 c.4 a) DPR 633/1972: TD24 with the delivery notes of the month and the CIG of its orders."""
    case = replace(
        CASES["IT"],
        buyer=replace(
            ITALIAN, channels=("portal",), schedule="monthly:last", contract_reference="AQ 12/2026"
        ),
    )
    first = placed(seller, at, case)
    second = on(first, at.date() + timedelta(days=1))
    for trade, name, net in ((first, "DDT 87/2026", 12_345), (second, "DDT 91/2026", 6_789)):
        line = goods(case.rate, net=net)
        order = trade.order(
            line.amount,
            line.tax_amount,
            lines=[line],
            ship_to=ship_to(case.buyer),
            metadata={"cig": "Z1A2B3C4D5"},
        )
        ship(trade, order, external_id=name, shipped_on=trade.at.date())
    billed = on(first, at.date() + timedelta(days=40))
    run(billed)
    [invoice] = invoices(billed)
    data = content(billed, "invoice", invoice.id, "fatturapa")
    assert (findings(data), fatturapa.broken_controls(data)) == ([], ())
    [made] = fatturapa.read(data).invoices
    assert made.details.document_type == "TD24"
    assert made.details.delivery_notes == (
        DeliveryNote("DDT 87/2026", at.date(), (1,)),
        DeliveryNote("DDT 91/2026", at.date() + timedelta(days=1), (2,)),
    )
    assert (made.document.tender, made.document.contract) == ("Z1A2B3C4D5", "AQ 12/2026")
    assert int(made.document.totals.payable * 100) == invoice.amount
    # Whenever it is written: the same, though somebody has said since when the goods came.
    Shipment.objects.filter(seller_id=billed.seller.id).update(delivered_on=billed.at.date())
    later = content(on(billed, billed.at.date() + timedelta(days=9)), "invoice", invoice.id, "cii")
    assert cii.read(later).tender == "Z1A2B3C4D5"
    it = documents.issued(billed.seller, kind="invoice", subject_id=invoice.id)
    assert [line.despatch.number for line in it.document.lines if line.despatch] == [
        "DDT 87/2026",
        "DDT 91/2026",
    ]


def test_an_exempt_invoice_bears_the_stamp(at: datetime, seller: Seller) -> None:
    buyer = replace(
        ITALIAN,
        channels=("portal",),
        tax_treatment="exempt",
        exemption_reason="Esente art. 10 DPR 633/1972",
    )
    case = replace(CASES["IT"], buyer=buyer)
    trade = placed(seller, at, case)
    invoice = sold(trade, case, Line("Corso", 20_000))
    [made] = fatturapa.read(content(trade, "invoice", invoice.id, "fatturapa")).invoices
    assert made.details.stamp == Stamp(Decimal("2.00"))
    assert int(made.document.totals.payable * 100) == invoice.amount


def test_split_payment_is_refused_and_not_issued_wrongly(at: datetime, seller: Seller) -> None:
    """The buyer would pay the net amount, and the books would wait for the VAT."""
    case = CASES["IT"]
    trade = placed(seller, at, case)
    with pytest.raises(WrongFields, match="treasury"):
        billing_profiles.set_billing_profile(
            trade.seller,
            buyer_id=trade.buyer.id,
            fields=replace(case.buyer, tax_treatment="split_payment"),
            **trade.act,
        )
    with pytest.raises(TaxContradicted, match="split payment"):
        trade.order(12_200, 2_200, lines=[Line("Viti", 12_200, 2_200, tax_category="B")])


def test_goods_without_a_code_are_named_before_a_gst_invoice(at: datetime, seller: Seller) -> None:
    case = CASES["IN in a state"]
    trade = placed(seller, at, case)
    bare = replace(goods(case.rate, net=6_789, name="Angle bars"), classification="")
    invoice = sold(trade, case, goods(case.rate, net=12_345), bare)
    with pytest.raises(FormatUnavailable, match="'Angle bars'") as refused:
        content(trade, "invoice", invoice.id, "gst")
    assert [(one.field, one.where) for one in refused.value.missing] == [
        ("lines.2.classification", "order")
    ]
