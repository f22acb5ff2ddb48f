"""What goes to and fro about an application: documents, questions, answers, and the link once more."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance.flows.applications import letters
from usance.flows.applications.handling import (
    APPLICANT,
    UNDECIDED,
    locked,
    tell,
    write_message,
)
from usance.flows.applications.refusals import UnsuitableDocument
from usance.records.applications import actions, queries
from usance.records.applications.models import Document, Message
from usance.records.parties.models import Seller
from usance.rules.applications.documents import (
    LARGEST_DOCUMENT,
    MEDIA_TYPES,
    MOST_BYTES,
    MOST_DOCUMENTS,
    media_type_of,
    safe_name,
)


@transaction.atomic
def add_document(
    seller: Seller, *, application_id: UUID, file_name: str, content: bytes, at: datetime
) -> Document:
    """Keep a file of the applicant's; the same one twice is kept once. What it is, its bytes say.

    Raises NotFound, WrongState (it is decided) or UnsuitableDocument.
    """
    application = locked(seller, application_id, states=("draft", *UNDECIDED))
    media_type = media_type_of(content)
    if media_type is None or len(content) > LARGEST_DOCUMENT:
        raise UnsuitableDocument(
            f"{file_name[:80]!r} is not taken: send {', '.join(MEDIA_TYPES)} of at most"
            f" {LARGEST_DOCUMENT // 2**20} MB."
        )
    digest = hashlib.sha256(content).digest()
    there = queries.documents(seller_id=seller.id, application_id=application.id)
    known = next((one for one in there if bytes(one.digest) == digest), None)
    if known is not None:
        return known
    if len(there) >= MOST_DOCUMENTS:
        raise UnsuitableDocument(f"At most {MOST_DOCUMENTS} documents are taken.")
    if sum(one.size for one in there) + len(content) > MOST_BYTES:
        raise UnsuitableDocument(f"At most {MOST_BYTES // 2**20} MB are taken in all.")
    document = Document.objects.create(
        seller=seller,
        application=application,
        created_at=at,
        file_name=safe_name(file_name, media_type=media_type),
        media_type=media_type,
        size=len(content),
        digest=digest,
        content=content,
    )
    if application.state != "draft":
        tell(seller, "application.document_added", application=application, at=at, by=APPLICANT)
    return document


@transaction.atomic
def answer(seller: Seller, *, application_id: UUID, text: str, at: datetime) -> Message:
    """Keep what the applicant says; an application that waited for an answer goes on.

    Raises NotFound, WrongState or InvalidApplication.
    """
    application = locked(seller, application_id, states=UNDECIDED)
    message = write_message(
        seller, application, text=text, from_seller=False, author=application.contact_name, at=at
    )
    if application.state == "information_requested":
        actions.change(application, state="in_review")
    tell(seller, "application.answered", application=application, at=at, by=APPLICANT)
    return message


def send_links_again(seller: Seller, *, email: str, at: datetime) -> None:
    """Send an address the links to what it has begun. Nothing says whether there was anything."""
    found = queries.open_of_address(seller_id=seller.id, email=email.lower())
    if found:
        letters.send_links(seller, found, at=at)
