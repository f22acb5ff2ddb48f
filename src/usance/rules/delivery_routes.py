"""Over which ways a document goes to a buyer, and what each way still lacks."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from usance.rules.delivery import PICTURES, email_formats, network_format
from usance.rules.invoicing.document import InvoiceDocument, Party
from usance.rules.invoicing.national import TO_NOBODY, IndianBuyer, IndianSeller, ItalianBuyer
from usance.rules.invoicing.profiles import BillingProfileView, SellerDetailsView
from usance.rules.invoicing.supplies import COMMODITY_CODES

SELLER: Final = "seller details"
PROFILE: Final = "billing profile"
HSN: Final = r"[0-9]{4}(?:[0-9]{2}){0,2}"
"""A code of goods or services of India's GST."""
ABROAD: Final = "XXXXXXX"
"""CodiceDestinatario of a buyer outside Italy (FatturaPA 1.2.3, 1.1.4)."""


@dataclass(frozen=True, slots=True)
class Route:
    """A channel, its address of the buyer (empty: there is none, or it needs none), what it carries."""

    channel: str
    recipient: str
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A term that a format or a network asks for. ``field`` names it where it is kept, ``where`` says
    whose it is, ``detail`` what to do.

    ``code`` and ``values`` say the same as ``detail`` for programs and other languages; the code is
    stable (``web.words.delivery_reasons`` has the words).
    """

    field: str
    where: str  # SELLER, PROFILE, "order" or "invoice"
    detail: str
    code: str = "term"
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def to_document(self) -> dict[str, object]:
        """As an event tells it."""
        return {
            "field": self.field,
            "where": self.where,
            "code": self.code,
            "values": dict(self.values),
        }


def routes(profile: BillingProfileView) -> tuple[Route, ...]:
    """Every way that the profile names, in its order; one for each address of e-mail."""
    return tuple(route for channel in profile.channels for route in _routes(channel, profile))


def route(channel: str, profile: BillingProfileView, *, recipient: str = "") -> Route:
    """One way, whether the profile names it or not. ``recipient`` takes the place of the profile's."""
    first = next(_routes(channel, profile))
    return Route(channel, recipient, first.formats) if recipient else first


def _routes(channel: str, profile: BillingProfileView) -> Iterator[Route]:
    if channel == "email":
        # One message for each address, so that what becomes of each is known.
        for address in dict.fromkeys((*profile.email_to, *profile.email_cc)) or ("",):
            yield Route(channel, address, email_formats(profile))
    elif channel in ("peppol", "sdi", "anaf"):
        yield Route(channel, address_in(channel, profile), (network_format(channel, profile),))
    elif channel == "portal":
        picture = next((one for one in profile.formats if one in PICTURES), "pdf")
        yield Route(channel, "", (picture,))
    else:
        yield Route(channel, "", profile.formats)


def address_in(network: str, profile: BillingProfileView) -> str:
    """What ``network`` knows the buyer by: ``scheme:id``, a codice destinatario or PEC, a VAT number."""
    if network == "peppol":
        endpoint = profile.endpoint
        return f"{endpoint.scheme}:{endpoint.value}" if endpoint else ""
    if network == "anaf":
        return profile.vat_id
    code, pec = italian_address(profile)
    return pec if code == TO_NOBODY and pec else code


def italian_address(profile: BillingProfileView) -> tuple[str, str]:
    """(CodiceDestinatario, PECDestinatario) of the buyer (FatturaPA 1.2.3, 1.1.4 and 1.1.6)."""
    if profile.address.country != "IT":
        return ABROAD, ""
    said = profile.national if isinstance(profile.national, ItalianBuyer) else ItalianBuyer()
    return said.codice_destinatario or (TO_NOBODY if said.pec else ""), said.pec


_FIELDS: Final[Mapping[str, str]] = {
    "seller.contact.name": "contact.name",
    "seller.contact.telephone": "contact.phone",
    "seller.contact.email": "contact.email",
    "seller.tax_registration": "tax_registration",
    "payment": "bank_accounts",
}
"""Where a term of a document is kept under another name than its own."""


def kept_at(path: str) -> tuple[str, str]:
    """(field, whose): where a person sets the term that is at ``path`` in a document."""
    first, _, rest = path.partition(".")
    if first == "seller" or first.startswith("payment"):
        return _FIELDS.get(path, _FIELDS.get(first, rest or path)), SELLER
    if first == "buyer":
        return rest or path, PROFILE
    if first in ("buyer_reference", "contract", "accounting"):
        return path, PROFILE
    return path, "order" if first in ("purchase_order", "sales_order", "delivery") else "invoice"


def national_terms(
    format_: str,
    document: InvoiceDocument,
    *,
    profile: BillingProfileView,
    seller: SellerDetailsView,
) -> tuple[Missing, ...]:
    """Terms that Italy's or India's format demands, which stand beside the document, and that nobody
    has given."""
    if format_ == "fatturapa":
        return tuple(_italian(document, profile=profile))
    if format_ == "gst":
        return tuple(_indian(document, profile=profile, seller=seller))
    return ()


def _italian(document: InvoiceDocument, *, profile: BillingProfileView) -> Iterator[Missing]:
    """FatturaPA 1.2.3: 1.1.4, 1.2.1.1, 1.2.2, 1.4.1, 1.4.2."""
    if not document.seller.vat_id:
        yield Missing(
            "vat_id",
            SELLER,
            "SdI wants your VAT number; set vat_id in the seller's details.",
            code="sdi_seller_vat_id",
        )
    code, _ = italian_address(profile)
    if not code:
        yield Missing(
            "national.codice_destinatario",
            PROFILE,
            "SdI wants to know where to deliver; set the codice destinatario or the PEC in the buyer's"
            f" billing profile, {TO_NOBODY} if it has neither.",
            code="sdi_recipient",
            values={"nobody": TO_NOBODY},
        )
    said = profile.national if isinstance(profile.national, ItalianBuyer) else ItalianBuyer()
    if not document.buyer.vat_id and not said.codice_fiscale:
        yield Missing(
            "vat_id",
            PROFILE,
            "SdI wants the buyer's VAT number or codice fiscale; set vat_id or"
            " national.codice_fiscale in its billing profile.",
            code="sdi_buyer_number",
        )
    yield from _places(document)


def _indian(
    document: InvoiceDocument, *, profile: BillingProfileView, seller: SellerDetailsView
) -> Iterator[Missing]:
    """GST e-invoice schema 1.1: SellerDtls.Gstin, BuyerDtls.Gstin, BuyerDtls.Pos, ItemList.HsnCd."""
    if not (isinstance(seller.national, IndianSeller) and seller.national.gstin):
        yield Missing(
            "national.gstin",
            SELLER,
            "A GST e-invoice wants your GSTIN; set national.gstin in the seller's details.",
            code="gst_seller_gstin",
        )
    if profile.address.country == "IN" and not (
        isinstance(profile.national, IndianBuyer) and profile.national.gstin
    ):
        yield Missing(
            "national.gstin",
            PROFILE,
            "A GST e-invoice wants the buyer's GSTIN; set national.gstin in its billing profile.",
            code="gst_buyer_gstin",
        )
    for line in document.lines:
        codes = [each.code for each in line.item.classifications if each.scheme == COMMODITY_CODES]
        if not any(re.fullmatch(HSN, code) and code.strip("0") for code in codes):
            said = f"has {codes[0]!r}, which is none" if codes else "has none"
            yield Missing(
                f"lines.{line.id}.classification",
                "order",
                f"A GST e-invoice wants the HSN or SAC code of each line, and line {line.id}"
                f" ({line.item.name[:40]!r}) {said}; send the line of the order with a classification of"
                " 4, 6 or 8 digits, such as 7214. An issued invoice takes it with a correction.",
                code="gst_line_code" if not codes else "gst_line_code_invalid",
                values={"line": line.id, "item": line.item.name[:40], "said": (*codes, "")[0]},
            )


def _places(document: InvoiceDocument) -> Iterator[Missing]:
    """FatturaPA 1.2.2.1, 1.2.2.3, 1.2.2.4 and the same of 1.4.2."""
    parties: tuple[tuple[Party, str], ...] = ((document.seller, SELLER), (document.buyer, PROFILE))
    for party, where in parties:
        for part, label in (("line_1", "street"), ("city", "city"), ("post_code", "post code")):
            if party.address is None or not getattr(party.address, part):
                yield Missing(
                    f"address.{part}",
                    where,
                    f"FatturaPA wants the {label} of {party.name}; set address.{part} in the {where}.",
                    code="fatturapa_address",
                    values={"part": part, "name": party.name},
                )
