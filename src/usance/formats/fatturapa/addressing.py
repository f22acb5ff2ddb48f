"""Who an invoice is sent to, and the national data that seller and buyer have given once."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from usance.formats.fatturapa.fattura import (
    ABROAD,
    NO_CODE,
    PRIVATE,
    PUBLIC_BODY,
    FatturaDetails,
    Rea,
    TaxId,
    Transmission,
)
from usance.formats.fatturapa.reading_parties import CODE_SCHEME, OFFICE_SCHEME, PEC_SCHEME
from usance.rules.invoicing.document import InvoiceDocument
from usance.rules.invoicing.national import ItalianBuyer, ItalianSeller

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")


def details_from_profiles(
    *, seller: ItalianSeller, buyer: ItalianBuyer | None = None
) -> FatturaDetails:
    """The details that do not change from invoice to invoice; add the rest with ``replace``."""
    rea = None
    if seller.rea_office and seller.rea_number:
        rea = Rea(
            office=seller.rea_office,
            number=seller.rea_number,
            capital=Decimal(seller.share_capital) if seller.share_capital else None,
            sole_member=seller.sole_shareholder,
            liquidation=seller.liquidation or "LN",
        )
    return FatturaDetails(
        regime=seller.tax_regime,
        seller_tax_code=seller.codice_fiscale,
        buyer_tax_code=buyer.codice_fiscale if buyer else "",
        rea=rea,
    )


def addressed(
    document: InvoiceDocument,
    *,
    sender: TaxId,
    progressive: str,
    buyer: ItalianBuyer | None = None,
) -> Transmission:
    """The transmission of ``document`` to its buyer.

    Where to: the code or PEC of the buyer's profile; else its electronic address (BT-49) with scheme
    0201 (an office of a public body), 0205 (a code of seven characters) or 0202 (a PEC). A code of six
    characters is a public body's, which makes the format FPA12. A buyer abroad gets XXXXXXX, one in
    Italy without any of these 0000000. Raises nothing; :func:`render` checks the code.
    """
    code, pec = (buyer.codice_destinatario, buyer.pec) if buyer else ("", "")
    endpoint = document.buyer.endpoint
    if endpoint is not None and not code and not pec:
        if endpoint.scheme in (OFFICE_SCHEME, CODE_SCHEME):
            code = endpoint.value
        elif endpoint.scheme == PEC_SCHEME and _EMAIL.fullmatch(endpoint.value):
            pec = endpoint.value
    if code and code != NO_CODE:
        pec = ""  # SdI takes one of the two only (control 00426)
    address = document.buyer.address
    if not code and not pec and address is not None and address.country not in ("IT", ""):
        code = ABROAD
    return Transmission(
        sender=sender,
        progressive=progressive,
        recipient_code=code or NO_CODE,
        recipient_pec=pec,
        format=PUBLIC_BODY if len(code) == 6 else PRIVATE,
    )
