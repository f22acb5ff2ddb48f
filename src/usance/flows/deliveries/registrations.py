"""Documents registered with India's portal: its answer handed in, checked, kept, and cancelled.

The answer belongs to one document and is refused wherever it says anything else than that. The same
again changes nothing; a document has one number (IRN) for good, cancelled or not, since the portal does
not give its own number out again (e-invoice FAQ of the GST network).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from uuid import UUID

from django.db import transaction

from usance.flows.deliveries.outcomes import BY
from usance.flows.document_writers import About
from usance.flows.documents import Issued, Kind, issued
from usance.flows.journal import Journal
from usance.flows.refusals import Conflict, NotFound, Refused
from usance.formats import gst_india
from usance.formats.errors import FormatError
from usance.formats.payment_codes import qr_modules
from usance.records.deliveries import actions, queries
from usance.records.deliveries.models import Registration
from usance.records.identity import new_id, public_id
from usance.records.invoices import queries as invoices
from usance.records.parties.models import Seller
from usance.rules.invoicing.national import IndianBuyer, IndianSeller
from usance.rules.invoicing.registration import cancelled_too_late, must_register

INDIA: Final = timezone(timedelta(hours=5, minutes=30))
"""The portal's time."""
NOT_REGISTERED: Final = "not_registered"
"""Why a delivery waits."""
LARGEST_ANSWER: Final = 2 * 2**20
"""Bytes; the signed invoice in it repeats the document."""
RECHECK: Final = timedelta(hours=6)
"""Until a delivery that waits looks again: the seller may have said since that it need not register."""


class UnsuitableAnswer(Refused):
    """It cannot be read, or it is no registration: ``code`` is that of the fault."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class RegistrationDiffers(Refused):
    """The answer is about another document, or says other figures. ``differences`` names them."""

    code = "registration_differs"

    def __init__(self, number: str, differences: tuple[str, ...]) -> None:
        super().__init__(
            f"The portal's answer differs from {number} in: {', '.join(differences)}. Hand in the answer"
            " to this document; if it is, the portal was sent something else than is kept here."
        )
        self.differences = differences


class AlreadyRegistered(Conflict):
    """The document has another IRN, or the IRN another document."""

    code = "already_registered"


class NotRegistered(Conflict):
    """The document is not registered, so that there is nothing to cancel, or nothing to send yet."""

    code = NOT_REGISTERED


class RegistrationCancelled(Conflict):
    """The document's registration was cancelled, so that it is no invoice any more."""

    code = "registration_cancelled"


@transaction.atomic
def register(
    seller: Seller,
    *,
    kind: Kind,
    subject_id: UUID,
    content: bytes,
    at: datetime,
    by: str,
    public_key: bytes | None = None,
) -> Registration:
    """Keep the portal's answer about a document, and let go what waits for it.

    With ``public_key`` (PEM) the portal's signature must hold. Raises NotFound, NotIssued, Unreadable,
    UnsuitableAnswer, RegistrationDiffers or AlreadyRegistered.
    """
    return _register(
        seller, issued(seller, kind=kind, subject_id=subject_id),
        content=content, at=at, by=by, public_key=public_key,
    )  # fmt: skip


@transaction.atomic
def register_by_number(
    seller: Seller, *, content: bytes, at: datetime, by: str, public_key: bytes | None = None
) -> Registration:
    """The same, of the document that the answer names. Raises NotFound where the seller has none."""
    answer = _answer(content)
    said = _said(answer, public_key=public_key)
    subject = invoices.numbered(seller_id=seller.id, kind=_kind(said), number=said.number)
    if subject is None:
        raise NotFound(f"There is no {_kind(said).replace('_', ' ')} {said.number[:40]}.")
    it = issued(seller, kind=_kind(said), subject_id=subject)
    return _register(seller, it, content=content, at=at, by=by, public_key=public_key)


def _register(
    seller: Seller,
    it: Issued,
    *,
    content: bytes,
    at: datetime,
    by: str,
    public_key: bytes | None,
) -> Registration:
    own, theirs = _numbers(About(seller, it.buyer_id, at=at))
    answer = _answer(content)
    said = _said(answer, public_key=public_key)
    moment = answer.acknowledged_at or said.registered_at
    if moment is None:
        raise UnsuitableAnswer(
            "The portal's answer has no AckDt; hand in the whole answer.", code="invalid_date"
        )
    differences = gst_india.differences(
        said, document=it.document, seller_gstin=own, buyer_gstin=theirs
    )
    if said.irn != answer.irn:
        differences = ("irn", *differences)
    if differences:
        raise RegistrationDiffers(it.number, differences)
    actions.lock_subject(seller_id=seller.id, subject_id=it.id)
    there = queries.registration_of(seller_id=seller.id, subject_id=it.id)
    if there is not None:
        return _same(there, it, irn=answer.irn)
    if queries.registration_by_irn(seller_id=seller.id, irn=answer.irn) is not None:
        raise AlreadyRegistered(f"The IRN {answer.irn[:12]}… is that of another document.")
    row = Registration(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        kind=it.kind,
        subject_id=it.id,
        irn=answer.irn,
        acknowledgement=answer.acknowledgement[:40],
        acknowledged_at=moment.replace(tzinfo=INDIA).astimezone(UTC),
        signed_qr=answer.signed_qr.strip(),
        verified=said.verified,
        author=by,
        content=content,
    )
    actions.register(row)
    actions.wake(seller_id=seller.id, subject_id=it.id, reason_code=NOT_REGISTERED, at=at)
    _tell(seller, it, row, at=at, by=by)
    return row


def _same(there: Registration, it: Issued, *, irn: str) -> Registration:
    """What is kept, if the answer is the one that it was made of."""
    if there.irn != irn:
        raise AlreadyRegistered(
            f"{it.number} is registered as {there.irn[:12]}… already. A document has one IRN for good;"
            " look at the portal which one it is."
        )
    if there.state == "cancelled":
        raise AlreadyRegistered(
            f"The registration of {it.number} was cancelled, and its number cannot be registered again."
            " Credit it, and issue a new one."
        )
    return there


@transaction.atomic
def cancel(
    seller: Seller, *, kind: Kind, subject_id: UUID, content: bytes, at: datetime, by: str
) -> Registration:
    """Record that the portal has cancelled the IRN of a document: ``content`` is its answer.

    What is still queued of it will not be sent; the document itself is taken back by a credit note. The
    same again changes nothing. Raises NotFound, NotRegistered, UnsuitableAnswer or RegistrationDiffers.
    """
    it = issued(seller, kind=kind, subject_id=subject_id)
    try:
        said = gst_india.read_cancellation(_within(content))
    except FormatError as error:
        raise UnsuitableAnswer(str(error), code=error.code) from error
    actions.lock_subject(seller_id=seller.id, subject_id=it.id)
    row = queries.registration_of(seller_id=seller.id, subject_id=it.id)
    if row is None:
        raise NotRegistered(f"{it.number} is not registered; there is nothing to cancel.")
    if row.irn != said.irn:
        raise RegistrationDiffers(it.number, ("irn",))
    if row.state == "cancelled":
        return row
    moment = said.cancelled_at.replace(tzinfo=INDIA).astimezone(UTC)
    if cancelled_too_late(acknowledged_at=row.acknowledged_at, cancelled_at=moment):
        raise UnsuitableAnswer(
            "The portal cancels within 24 hours of its acknowledgement, and this says another moment."
            " Issue a credit note instead.",
            code="cancelled_too_late",
        )
    actions.change(row, state="cancelled", cancelled_at=moment)
    actions.wake(seller_id=seller.id, subject_id=it.id, reason_code=NOT_REGISTERED, at=at)
    _tell(seller, it, row, at=at, by=by)
    return row


def require_registered(it: Issued, *, about: About) -> None:
    """Raise NotRegistered or RegistrationCancelled where the law lets no buyer have the document as
    things are."""
    if not must_register(seller=about.details, profile=about.profile):
        return
    row = queries.registration_of(seller_id=it.seller_id, subject_id=it.id)
    if row is None:
        raise NotRegistered(
            f"{it.number} is not registered with the portal yet, and no invoice before it is. Send its"
            " GST e-invoice to the portal and hand in the answer; it goes out then by itself."
        )
    if row.state == "cancelled":
        raise RegistrationCancelled(
            f"The registration of {it.number} was cancelled at the portal. Credit it, and issue a new"
            " one."
        )


def require_deliverable(seller: Seller, *, kind: Kind, subject_id: UUID, at: datetime) -> None:
    """As :func:`require_registered`, of a document that has not been read yet."""
    it = issued(seller, kind=kind, subject_id=subject_id)
    require_registered(it, about=About(seller, it.buyer_id, at=at))


def _answer(content: bytes) -> gst_india.Registration:
    try:
        answer = gst_india.read_registration(_within(content))
    except FormatError as error:
        raise UnsuitableAnswer(str(error), code=error.code) from error
    if not answer.irn:
        words = "; ".join(f"{each.code} {each.message}".strip() for each in answer.errors[:5])
        raise UnsuitableAnswer(
            f"The portal has not registered it: {words[:400]}. Correct what it names, and send it again.",
            code="refused_by_portal",
        )
    if answer.status.upper() == "CNL":
        raise UnsuitableAnswer(
            "The portal says that this IRN is cancelled; hand in the answer of a registration.",
            code="refused_by_portal",
        )
    return answer


def _within(content: bytes) -> bytes:
    if len(content) > LARGEST_ANSWER:
        raise UnsuitableAnswer(
            f"An answer of the portal has at most {LARGEST_ANSWER // 2**20} MB; hand in one answer.",
            code="too_large",
        )
    return content


def _said(answer: gst_india.Registration, *, public_key: bytes | None) -> gst_india.SignedQr:
    """What the signed QR code of ``answer`` says; it must be one that can be printed."""
    try:
        said = gst_india.read_signed_qr(answer.signed_qr, public_key=public_key)
        qr_modules(answer.signed_qr.strip())
    except FormatError as error:
        raise UnsuitableAnswer(str(error), code=error.code) from error
    return said


def _kind(said: gst_india.SignedQr) -> Kind:
    return "credit_note" if said.kind == "CRN" else "invoice"


def _numbers(about: About) -> tuple[str, str]:
    """The GSTINs of seller and buyer, as their e-invoice has them. Raises UnsuitableAnswer."""
    ours, theirs = about.details.national, about.profile.national
    if not (isinstance(ours, IndianSeller) and ours.gstin):
        raise UnsuitableAnswer(
            "Only an Indian seller with a GSTIN registers documents; set national.gstin in the seller's"
            " details.",
            code="not_in_india",
        )
    return ours.gstin, theirs.gstin if isinstance(theirs, IndianBuyer) else ""


def _tell(seller: Seller, it: Issued, row: Registration, *, at: datetime, by: str) -> None:
    journal = Journal(seller, at=at, by=by or BY)
    journal.tell(
        f"document.{row.state}",
        object_type=it.kind,
        object_id=it.id,
        buyer_id=it.buyer_id,
        data={
            "kind": it.kind,
            it.kind: public_id(it.kind, it.id),
            "number": it.number,
            "irn": row.irn,
            "acknowledgement": row.acknowledgement,
            "acknowledged_at": row.acknowledged_at.isoformat(),
        },
    )
    journal.close()
