"""What an invoice would look like if it were issued now: nothing is written, no number is taken."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import UUID

from usance.flows.document_writers import About, language_of
from usance.flows.refusals import Refused
from usance.formats.errors import FormatError
from usance.formats.invoice_pdf import Language, render
from usance.records.parties.models import Seller
from usance.rules.invoicing.document import InvoiceDocument


class CannotDraw(Refused):
    """The draft cannot be drawn; the text says why."""

    code = "draft_unavailable"


def draft_pdf(
    seller: Seller, document: InvoiceDocument, *, buyer_id: UUID, at: datetime, language: str = ""
) -> bytes:
    """``document`` as a PDF with the watermark of a draft, in ``language`` or the buyer's.

    Raises CannotDraw.
    """
    about = About(seller, buyer_id, at=at)
    words = language_of(language or about.profile.language)
    try:
        return render(document, language=cast("Language", words), brand=about.brand, status="draft")
    except FormatError as error:
        raise CannotDraw(str(error)) from error
