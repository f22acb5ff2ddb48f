"""Issued documents as downloads, in the back office and in the portal."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpResponse

from usance.flows.documents import Kind, document_of
from usance.flows.refusals import NotFound
from usance.records.deliveries.queries import content_of
from usance.records.parties.models import Seller


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
