"""Issued documents as downloads, in the back office and in the portal."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpResponse

from usance.flows.documents import Kind, document_of
from usance.flows.refusals import NotFound
from usance.flows.statements import currencies_of, statement_csv, statement_pdf
from usance.records.deliveries.queries import content_of
from usance.records.parties.models import Seller
from usance.web.design import display
from usance.web.files import file_response


def download(
    seller: Seller,
    *,
    kind: Kind,
    subject_id: UUID,
    format_: str,
    at: datetime,
    language: str = "",
    inline: bool = False,
) -> HttpResponse:
    """The document as a file; a PDF may be shown in the browser (``inline``).

    Raises Http404, or FormatUnavailable and NotIssued as :func:`document_of` does.
    """
    try:
        kept = document_of(
            seller, kind=kind, subject_id=subject_id, format_=format_, at=at, language=language
        )
    except NotFound as error:
        raise Http404(str(error)) from None
    way = "inline" if inline and kept.media_type == "application/pdf" else "attachment"
    return HttpResponse(
        content_of(kept),
        content_type=kept.media_type,
        headers={
            "Content-Disposition": f"{way}; filename*=UTF-8''{quote(kept.file_name)}",
            "X-Content-Type-Options": "nosniff",
        },
    )


def statement_download(
    seller: Seller,
    *,
    buyer_id: UUID,
    currency: str,
    on: date,
    today: date,
    at: datetime,
    as_table: bool = False,
) -> HttpResponse:
    """The statement of account at the end of the day ``on`` as a PDF, or ``as_table`` (CSV).

    Raises Http404 for a buyer or currency that there is none of, or as :func:`statement_pdf` does.
    """
    if currency not in currencies_of(seller, buyer_id=buyer_id):
        raise Http404("There is no account in this currency.")
    if as_table:
        table = statement_csv(
            seller, buyer_id=buyer_id, currency=currency, on=on, today=today, at=at
        )
        return file_response(
            table, media_type="text/csv; charset=utf-8", file_name=f"statement-{currency}-{on}.csv"
        )
    content = statement_pdf(
        seller,
        buyer_id=buyer_id,
        currency=currency,
        on=on,
        today=today,
        at=at,
        language=display.language(),
    )
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="statement-{currency}-{on}.pdf"',
            "X-Content-Type-Options": "nosniff",
        },
    )
