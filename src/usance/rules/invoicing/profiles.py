"""Who the seller is on its invoices, and how a buyer wants the invoices it gets.

What is kept of either is plain text fields (:class:`SellerFields`, :class:`ProfileFields`; their
checks are in ``seller_checks`` and ``profile_checks``). What a document is made from are the views:
every default filled in, by country where it depends on one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from usance.rules.applications.numbers import EU_VAT
from usance.rules.invoicing.document import Address, Contact, CreditTransfer, Identifier, Party
from usance.rules.invoicing.identifiers import E_MAIL, leitweg_id
from usance.rules.invoicing.national import NationalBuyer, NationalSeller

CHANNELS: Final = ("email", "portal", "webhook", "peppol", "sdi", "anaf", "download")
"""Ways for a document to reach the buyer."""
FORMATS: Final = (
    "pdf", "facturx", "ubl", "xrechnung", "peppol", "cii", "fatturapa", "cius-ro", "gst", "cxml"
)  # fmt: skip
"""Forms of a document. ``facturx`` is a PDF that carries its XML."""
GROUPINGS: Final = ("none", "cost_centre", "purchase_order", "ship_to")
BASES: Final = ("invoice", "shipment", "delivery", "month_end")
CALENDARS: Final = ("none", "seller", "buyer")
MOVES: Final = ("none", "next", "previous", "modified_following")
TREATMENTS: Final = (
    "auto", "domestic", "reverse_charge", "intra_community", "export", "exempt", "outside_scope",
    "split_payment", "gst_sez", "gst_deemed_export",
)  # fmt: skip
"""How the sale is taxed. ``auto``: by the countries and numbers of seller and buyer."""
LANGUAGES: Final = ("en", "it", "ro", "hi", "de", "fr", "es")
"""Languages that a buyer may have; a document falls back to English where it has no words."""


@dataclass(frozen=True, slots=True)
class SellerFields:
    """What a seller says of itself. An empty text: not said."""

    legal_name: str = ""
    trading_name: str = ""
    line_1: str = ""
    line_2: str = ""
    line_3: str = ""
    city: str = ""
    post_code: str = ""
    subdivision: str = ""
    country: str = ""
    vat_id: str = ""
    tax_registration: str = ""
    registration_number: str = ""
    registration_scheme: str = ""
    legal_information: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    endpoint: str = ""
    endpoint_scheme: str = ""
    invoice_prefix: str = ""
    credit_note_prefix: str = ""
    footer: str = ""
    brand_colour: str = ""
    language: str = ""
    creditor_id: str = ""
    calendar: str = ""
    national: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProfileFields:
    """What is said of a buyer's invoices. An empty text or list: as it is usual in its country."""

    schedule: str = "per_shipment"
    group_by: str = "none"
    language: str = ""
    legal_name: str = ""
    line_1: str = ""
    line_2: str = ""
    line_3: str = ""
    city: str = ""
    post_code: str = ""
    subdivision: str = ""
    country: str = ""
    vat_id: str = ""
    buyer_reference: str = ""
    endpoint: str = ""
    endpoint_scheme: str = ""
    accounting_reference: str = ""
    contract_reference: str = ""
    purchase_order: str = ""
    tax_treatment: str = "auto"
    exemption_reason: str = ""
    exemption_code: str = ""
    channels: tuple[str, ...] = ()
    email_to: tuple[str, ...] = ()
    email_cc: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    attach_xml: bool = True
    attach_files: bool = True
    terms_base: str = "invoice"
    calendar: str = "none"
    calendar_code: str = ""
    move: str = "none"
    national: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture for the head of a document: PNG or cleaned SVG."""

    content: bytes = field(repr=False)
    media_type: str  # image/png or image/svg+xml


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account of the seller's to pay to, in one currency."""

    id: UUID
    currency: str
    iban: str = ""
    account_number: str = ""
    bic: str = ""
    holder: str = ""
    bank_name: str = ""
    qr_iban: str = ""

    @property
    def transfer(self) -> CreditTransfer:
        """As a document names it (BG-17)."""
        return CreditTransfer(self.iban or self.account_number, self.holder, self.bic)

    @property
    def qr_transfer(self) -> CreditTransfer:
        """The QR-IBAN, which takes payments with a QR reference only."""
        return CreditTransfer(self.qr_iban, self.holder, self.bic)


@dataclass(frozen=True, slots=True)
class SellerDetailsView:
    """The seller as its documents show it. ``logo`` is there only where it was asked for;
    ``logo_digest`` (SHA-256, hexadecimal) tells whether there is one, and which."""

    seller_id: UUID
    legal_name: str
    address: Address
    currency: str
    language: str
    trading_name: str = ""
    vat_id: str = ""
    tax_registration: str = ""
    registration: Identifier | None = None
    legal_information: str = ""
    contact: Contact | None = None
    endpoint: Identifier | None = None
    invoice_prefix: str = "INV"
    credit_note_prefix: str = "CN"
    footer: str = ""
    brand_colour: str = ""
    creditor_id: str = ""
    calendar: str = ""
    national: NationalSeller | None = None
    accounts: tuple[BankAccount, ...] = ()
    logo_digest: str = ""
    logo: Logo | None = None

    @property
    def country(self) -> str:
        """Where the seller is."""
        return self.address.country

    def party(self) -> Party:
        """The seller of a document (BG-4)."""
        return Party(
            name=self.legal_name,
            address=self.address,
            trading_name=self.trading_name,
            registration=self.registration,
            vat_id=self.vat_id,
            tax_registration=self.tax_registration,
            legal_information=self.legal_information,
            endpoint=self.endpoint,
            contact=self.contact,
        )

    def accounts_in(self, currency: str) -> tuple[BankAccount, ...]:
        """The accounts for an invoice in ``currency``, the first the one to propose."""
        return tuple(account for account in self.accounts if account.currency == currency)


@dataclass(frozen=True, slots=True)
class BuyerFacts:
    """What is known of a buyer without any profile."""

    id: UUID
    name: str
    country: str
    email: str = ""
    tax_id: str = ""
    registration_number: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class BillingProfileView:
    """How a buyer's invoices are made, sent and fall due. ``stored`` is false where nobody has said
    anything of this buyer and everything follows from its country."""

    buyer_id: UUID
    stored: bool
    schedule: str
    group_by: str
    language: str
    legal_name: str
    address: Address
    vat_id: str
    registration_number: str
    buyer_reference: str
    endpoint: Identifier | None
    accounting_reference: str
    contract_reference: str
    purchase_order: str
    tax_treatment: str
    exemption_reason: str
    exemption_code: str
    channels: tuple[str, ...]
    email_to: tuple[str, ...]
    email_cc: tuple[str, ...]
    formats: tuple[str, ...]
    attach_xml: bool
    terms_base: str
    calendar: str  # a code for rules.terms.holiday_calendar; empty: due dates are not moved
    move: str
    national: NationalBuyer | None
    attach_files: bool = True

    def party(self) -> Party:
        """The buyer of a document (BG-7)."""
        registered = self.registration_number
        return Party(
            name=self.legal_name,
            address=self.address,
            registration=Identifier(registered) if registered else None,
            vat_id=self.vat_id,
            endpoint=self.endpoint,
        )


DEFAULT_PREFIX: Final = {"invoice": "INV", "credit_note": "CN"}


def seller_view(
    fields: SellerFields,
    *,
    seller_id: UUID,
    name: str,
    country: str,
    currency: str,
    language: str,
    national: NationalSeller | None = None,
    accounts: tuple[BankAccount, ...] = (),
    logo_digest: str = "",
    logo: Logo | None = None,
) -> SellerDetailsView:
    """The seller as documents show it; what it has not said comes from how it was set up."""
    contact = Contact(fields.contact_name, fields.contact_phone, fields.contact_email)
    return SellerDetailsView(
        seller_id=seller_id,
        legal_name=fields.legal_name or name,
        address=address_of(fields, country=fields.country or country),
        currency=currency,
        language=fields.language or language,
        trading_name=fields.trading_name,
        vat_id=fields.vat_id,
        tax_registration=fields.tax_registration,
        registration=_identifier(fields.registration_number, fields.registration_scheme),
        legal_information=fields.legal_information,
        contact=contact if contact != Contact() else None,
        endpoint=_identifier(fields.endpoint, fields.endpoint_scheme),
        invoice_prefix=fields.invoice_prefix or DEFAULT_PREFIX["invoice"],
        credit_note_prefix=fields.credit_note_prefix or DEFAULT_PREFIX["credit_note"],
        footer=fields.footer,
        brand_colour=fields.brand_colour,
        creditor_id=fields.creditor_id,
        calendar=fields.calendar or fields.country or country,
        national=national,
        accounts=accounts,
        logo_digest=logo_digest,
        logo=logo,
    )


def profile_view(
    fields: ProfileFields | None,
    *,
    buyer: BuyerFacts,
    seller: SellerDetailsView,
    national: NationalBuyer | None = None,
) -> BillingProfileView:
    """How ``buyer``'s invoices are made; without ``fields``, as it is usual in its country."""
    kept = fields or ProfileFields()
    country = kept.country or buyer.country
    endpoint = _identifier(kept.endpoint, kept.endpoint_scheme)
    email_to = kept.email_to or ((buyer.email,) if buyer.email else ())
    usual_formats, usual_channels = usual_delivery(
        seller=seller, country=country, endpoint=endpoint, buyer_reference=kept.buyer_reference
    )
    channels = kept.channels or tuple(c for c in usual_channels if c != "email" or email_to)
    calendar = {"seller": seller.calendar, "buyer": kept.calendar_code or country}
    return BillingProfileView(
        buyer_id=buyer.id,
        stored=fields is not None,
        schedule=kept.schedule,
        group_by=kept.group_by,
        language=kept.language or buyer.language or seller.language,
        legal_name=kept.legal_name or buyer.name,
        address=address_of(kept, country=country),
        vat_id=kept.vat_id or buyer.tax_id,
        registration_number=buyer.registration_number,
        buyer_reference=kept.buyer_reference,
        endpoint=endpoint,
        accounting_reference=kept.accounting_reference,
        contract_reference=kept.contract_reference,
        purchase_order=kept.purchase_order,
        tax_treatment=kept.tax_treatment,
        exemption_reason=kept.exemption_reason,
        exemption_code=kept.exemption_code,
        channels=channels,
        email_to=email_to,
        email_cc=kept.email_cc,
        formats=kept.formats or usual_formats,
        attach_xml=kept.attach_xml,
        attach_files=kept.attach_files,
        terms_base=kept.terms_base,
        calendar=calendar.get(kept.calendar, ""),
        move=kept.move if kept.calendar != "none" else "none",
        national=national,
    )


def usual_delivery(
    *,
    seller: SellerDetailsView,
    country: str,
    endpoint: Identifier | None = None,
    buyer_reference: str = "",
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Formats and channels where a buyer in ``country`` has named none.

    Italy and Romania want domestic invoices through their own systems (D.Lgs. 127/2015, article 1;
    OUG 120/2021). German public bodies want an XRechnung with their Leitweg-ID (E-Rechnungsverordnung,
    sections 4 and 5). India wants its own document (CGST Rules, rule 48(4)). Two parties with addresses
    in Peppol use it. Elsewhere a PDF goes out; from a member state one that carries its XML.
    """
    pair = (seller.country, country)
    if pair == ("IT", "IT"):
        return ("fatturapa", "pdf"), ("sdi", "email", "portal")
    if pair == ("RO", "RO"):
        return ("cius-ro", "pdf"), ("anaf", "email", "portal")
    in_peppol = _in_peppol(endpoint) and _in_peppol(seller.endpoint)
    first = ("peppol",) if in_peppol else ()
    if country == "DE" and leitweg_id(buyer_reference):
        return ("xrechnung", "pdf"), (*first, "email", "portal")
    if seller.country == "IN":
        return ("gst", "pdf"), ("email", "portal")
    if in_peppol:
        return ("peppol", "pdf"), ("peppol", "email", "portal")
    return ("facturx" if seller.country in EU_VAT else "pdf",), ("email", "portal")


def _in_peppol(endpoint: Identifier | None) -> bool:
    """Whether an electronic address is one that Peppol knows; its schemes are all numbers."""
    return endpoint is not None and endpoint.scheme != E_MAIL and endpoint.scheme.isdigit()


def address_of(fields: SellerFields | ProfileFields, *, country: str) -> Address:
    """The address among ``fields``."""
    return Address(
        country=country,
        line_1=fields.line_1,
        line_2=fields.line_2,
        line_3=fields.line_3,
        city=fields.city,
        post_code=fields.post_code,
        subdivision=fields.subdivision,
    )


def _identifier(value: str, scheme: str) -> Identifier | None:
    return Identifier(value, scheme) if value else None
