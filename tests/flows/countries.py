"""Sellers and buyers of several countries, what they trade, and what is written of it in each format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

from tests.corpus.locations import corpora
from tests.flows.delivered import ITALIAN, ROMANIAN, SELLER, ship_to
from tests.flows.trading import Trade
from usance.flows import (
    billing_profiles,
    credit_lines,
    documents,
    exchange_rates,
    fulfilment,
    onboarding,
    seller_details,
)
from usance.formats import cii, fatturapa, ubl
from usance.formats.facturx import extract
from usance.formats.validation import RuleBook, validate
from usance.records.deliveries import queries
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.rules.invoicing.document import InvoiceDocument
from usance.rules.invoicing.profiles import ProfileFields, SellerFields
from usance.rules.orders import Line

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
               EUROPEAN, SWISS_ACCOUNT, printed=("Payment part", "CH44 3199 9123 0008 8901 2")),
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
