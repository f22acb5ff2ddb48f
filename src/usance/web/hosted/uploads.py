"""Files that an applicant sends."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usance.flows.applications import correspondence
from usance.flows.applications.refusals import UnsuitableDocument
from usance.rules.applications.documents import LARGEST_DOCUMENT, MOST_DOCUMENTS
from usance.web.hosted.page import Visit


def take_uploads(request: HttpRequest, visit: Visit) -> str | None:
    """Keep the files of the request; why not, where one cannot be kept. Those before it stay."""
    files = request.FILES.getlist("documents")
    if not files:
        return _("Choose a file first.")
    for file in files[: MOST_DOCUMENTS + 1]:
        if (file.size or 0) > LARGEST_DOCUMENT:
            return _("%(name)s is larger than 10 MB.") % {"name": file.name}
        try:
            correspondence.add_document(
                visit.seller,
                application_id=visit.mine.id,
                file_name=file.name or "",
                content=file.read(),
                at=visit.at,
            )
        except UnsuitableDocument:
            return _(
                "%(name)s was not taken: send PDF, PNG or JPEG files, at most ten and 40 MB in all."
            ) % {"name": file.name}
    count = len(files)
    messages.success(
        request,
        ngettext("%(count)s document is kept.", "%(count)s documents are kept.", count)
        % {"count": count},
    )
    return None
