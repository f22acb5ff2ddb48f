"""How a document is written in each format: which writer, with what of the seller and the buyer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from functools import cached_property
from typing import Final, cast
from uuid import UUID

from usance.formats import cii, cxml, fatturapa, gst_india, ubl
from usance.formats.einvoice.profiles import (
    CIUS_RO,
    EN16931,
    FACTURX_EN16931,
    PEPPOL_BIS_3,
    XRECHNUNG,
    Profile,
)
from usance.formats.facturx import embed
from usance.formats.invoice_pdf import (
    LANGUAGES,
    Brand,
    Language,
    Stamp,
    registration_stamp,
    render,
)
from usance.records.connections import queries as connections
from usance.records.deliveries import actions
from usance.records.deliveries.models import Registration
from usance.records.parties import invoicing_queries as parties
from usance.records.parties.models import Seller
from usance.rules.invoicing.document import InvoiceDocument
from usance.rules.invoicing.gst_states import place_of_supply
from usance.rules.invoicing.national import (
    IndianBuyer,
    IndianSeller,
    ItalianBuyer,
    ItalianSeller,
)
from usance.rules.invoicing.profiles import BillingProfileView, SellerDetailsView

XML: Final = "application/xml"
PDF: Final = "application/pdf"
JSON: Final = "application/json"
UBL_PROFILES: Final[Mapping[str, Profile]] = {
    "ubl": EN16931,
    "peppol": PEPPOL_BIS_3,
    "xrechnung": XRECHNUNG,
    "cius-ro": CIUS_RO,
}
"""Formats that are UBL, each with its rule set."""


class About:
    """The seller and the buyer of documents, read once and only when a format asks for them."""

    def __init__(self, seller: Seller, buyer_id: UUID, *, at: datetime) -> None:
        self.seller = seller
        self.buyer_id = buyer_id
        self.at = at

    @cached_property
    def details(self) -> SellerDetailsView:
        """The seller, with its logo."""
        return parties.seller_details(seller_id=self.seller.id, with_logo=True)

    @cached_property
    def profile(self) -> BillingProfileView:
        """How the buyer wants its documents."""
        return parties.billing_profile(
            seller_id=self.seller.id, buyer_id=self.buyer_id, seller=self.details
        )

    @cached_property
    def sender(self) -> str:
        """Who transmits to SdI, with its country: who the seller says it is, else itself."""
        found = connections.connections(seller_id=self.seller.id, active=True)
        latest = found.filter(kind="sdi_folders").order_by("-id").first()
        said = latest.settings.get("sender") if latest is not None else None
        return str(said or self.details.vat_id)

    @cached_property
    def brand(self) -> Brand:
        """How the seller's documents look."""
        return brand_of(self.details)


@dataclass(frozen=True, slots=True)
class Written:
    """A document as bytes, what they are, and the name of the file."""

    content: bytes
    media_type: str
    file_name: str


def language_of(language: str) -> str:
    """The language that a document is written in for a reader of ``language``: English stands in for
    those that it has no words in."""
    base = language.partition("-")[0].lower()
    return base if base in LANGUAGES else "en"


def brand_of(details: SellerDetailsView) -> Brand:
    """How the seller's documents look."""
    plain = Brand()
    return Brand(
        logo=details.logo.content if details.logo is not None else None,
        colour=details.brand_colour or plain.colour,
        footer=tuple(filter(None, details.footer.splitlines())),
    )


def write(
    document: InvoiceDocument,
    *,
    format_: str,
    language: str,
    about: About,
    number: str,
    registration: Registration | None = None,
) -> Written:
    """``document`` in a format. Raises FormatError for what the format cannot say.

    What people read bears its ``registration``, if it has one. The same document, seller and buyer give
    the same bytes, but for the number of a file for SdI.
    """
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", number).strip("-.") or "document"
    if format_ in UBL_PROFILES:
        return _xml(ubl.render(document, profile=UBL_PROFILES[format_]), stem, format_)
    if format_ in _PRINTERS:
        stamps = (_stamp(registration, language),) if registration else ()
        return _PRINTERS[format_](document, language, about, stem, stamps)
    return _WRITERS[format_](document, language, about, stem)


def _stamp(registration: Registration, language: str) -> Stamp:
    return registration_stamp(
        language=cast("Language", language),
        signed_qr=registration.signed_qr,
        irn=registration.irn,
        acknowledgement=registration.acknowledgement,
        acknowledged_at=registration.acknowledged_at,
    )


def _xml(content: bytes, stem: str, format_: str) -> Written:
    return Written(content, XML, f"{stem}-{format_}.xml")


def _pdf(
    document: InvoiceDocument, language: str, about: About, stem: str, stamps: Sequence[Stamp]
) -> Written:
    content = render(
        document, language=cast("Language", language), brand=about.brand, stamps=stamps
    )
    return Written(content, PDF, f"{stem}.pdf")


def _hybrid(
    document: InvoiceDocument, language: str, about: About, stem: str, stamps: Sequence[Stamp]
) -> Written:
    pdf = render(document, language=cast("Language", language), brand=about.brand, stamps=stamps)
    xml = cii.render(document, profile=FACTURX_EN16931)
    # Not the hour at which it happens to be written: it would be another file each time.
    at = datetime.combine(document.issued_on, time(12), UTC)
    return Written(embed(pdf, xml, profile=FACTURX_EN16931, at=at), PDF, f"{stem}.pdf")


def _cii(document: InvoiceDocument, language: str, about: About, stem: str) -> Written:
    del language, about
    return _xml(cii.render(document, profile=EN16931), stem, "cii")


def _cxml(document: InvoiceDocument, language: str, about: About, stem: str) -> Written:
    del language
    words = language_of(about.profile.language)
    return _xml(cxml.render(document, language=words), stem, "cxml")


def _fatturapa(document: InvoiceDocument, language: str, about: About, stem: str) -> Written:
    """A file for SdI under a name that it has not seen."""
    del language, stem
    seller, buyer = about.details.national, about.profile.national
    italian = buyer if isinstance(buyer, ItalianBuyer) else None
    number = actions.next_transmission(seller_id=about.seller.id, network="sdi", at=about.at)
    transmission = fatturapa.addressed(
        document,
        sender=fatturapa.TaxId(about.sender[:2], about.sender[2:]),
        progressive=fatturapa.progressive(number),
        buyer=italian,
    )
    details = fatturapa.details_from_profiles(
        seller=seller if isinstance(seller, ItalianSeller) else ItalianSeller(), buyer=italian
    )
    details = replace(details, stamp=fatturapa.stamp_due(document, regime=details.regime))
    content = fatturapa.render(document, transmission=transmission, details=details)
    return Written(content, XML, fatturapa.file_name(transmission))


def _gst(document: InvoiceDocument, language: str, about: About, stem: str) -> Written:
    del language
    seller = about.details.national
    buyer = about.profile.national
    ours = seller if isinstance(seller, IndianSeller) else IndianSeller()
    theirs = buyer if isinstance(buyer, IndianBuyer) else IndianBuyer()
    details = gst_india.GstDetails(
        supply_type=_supply_type(document, about.profile.tax_treatment),
        seller_gstin=ours.gstin,
        seller_state=ours.state_code,
        buyer_gstin=theirs.gstin,
        buyer_state=theirs.state_code,
        place_of_supply=_place_of_supply(document, theirs),
    )
    return Written(gst_india.render(document, details=details), JSON, f"{stem}-gst.json")


def _place_of_supply(document: InvoiceDocument, buyer: IndianBuyer) -> str:
    to = document.delivery.address if document.delivery else None
    if to is None or to == document.buyer.address:
        return buyer.state_code
    return place_of_supply(
        country=to.country, subdivision=to.subdivision, buyer_state=buyer.state_code
    )


def _supply_type(document: InvoiceDocument, treatment: str) -> str:
    """The schema's TranDtls.SupTyp where the document does not say it by itself."""
    if treatment == "gst_deemed_export":
        return "DEXP"
    if treatment == "gst_sez":
        return "SEZWP" if document.totals.vat else "SEZWOP"
    return ""


Writer = Callable[[InvoiceDocument, str, About, str], Written]
_WRITERS: Final[Mapping[str, Writer]] = {
    "cii": _cii,
    "cxml": _cxml,
    "fatturapa": _fatturapa,
    "gst": _gst,
}
Printer = Callable[[InvoiceDocument, str, About, str, Sequence[Stamp]], Written]
_PRINTERS: Final[Mapping[str, Printer]] = {"pdf": _pdf, "facturx": _hybrid}
"""What people read."""
