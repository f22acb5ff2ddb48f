"""How each channel is given a document, and what it needs to be able to take it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from usance.flows.attachments import files_of
from usance.flows.cards.providers import takes_cards
from usance.flows.deliveries.carriers import Carriers
from usance.flows.deliveries.letters import letter_with
from usance.flows.document_writers import About
from usance.flows.documents import Issued, kept
from usance.flows.pay_links import address_of, link_in_mail
from usance.formats import fatturapa
from usance.gateways.anaf import AnafTransmission
from usance.gateways.errors import CounterpartError, Malformed, MaybeTaken
from usance.gateways.mail import Enclosure, Mail, render_html, render_text
from usance.gateways.peppol import AlreadyTaken, Dispatch, read_participant
from usance.records.deliveries import actions, queries
from usance.records.deliveries.models import Delivery, KeptDocument
from usance.records.deliveries.queries import content_of
from usance.records.events import queries as events
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice
from usance.rules.delivery import ASK_FOR, HANDING_OVER, ask_again
from usance.rules.delivery_routes import address_in
from usance.rules.invoicing.national import TO_NOBODY

_LISTED_FOR: Final = timedelta(days=60)
"""How far back ANAF lists its messages."""
_CLOCKS_DIFFER: Final = timedelta(hours=1)


class Impossible(Exception):
    """It cannot be sent as things are; ``code`` and the text say what a person can do."""

    def __init__(self, code: str, reason: str, **told: Any) -> None:
        super().__init__(reason)
        self.code = code
        self.told = told


@dataclass(frozen=True, slots=True)
class Sent:
    """That a channel has it. ``state`` is where that leaves it; ``again`` when to ask about it."""

    state: str = "sent"
    reference: str = ""
    again: datetime | None = None
    reason: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """One delivery with all that its channel may need."""

    row: Delivery
    it: Issued
    about: About
    carriers: Carriers
    at: datetime

    def document(self, format_: str, *, revision: int | None = None) -> KeptDocument:
        """The document in a format, as it is kept. Raises FormatUnavailable."""
        return kept(
            self.it,
            about=self.about,
            format_=format_,
            at=self.at,
            language=self.row.language,
            revision=revision,
        )

    def documents(self) -> list[KeptDocument]:
        """Every document that the delivery brings."""
        return [self.document(format_) for format_ in self.row.formats]


def _by_email(job: Job) -> Sent:
    row = job.row
    if not row.recipient:
        raise Impossible(
            "no_recipient",
            "The buyer has no e-mail address for invoices; set email_to in its billing profile.",
        )
    if job.carriers.mail is None:
        raise Impossible(
            "mail_not_configured",
            "There is no mail server; the operator has to set USANCE_EMAIL_HOST.",
        )
    documents = job.documents()
    letter = letter_with(job.it, row, about=job.about, pay_at=_pay_at(job))
    contact = job.about.details.contact
    job.carriers.mail.send(
        Mail(
            to=row.recipient,
            subject=letter.subject,
            text=render_text(letter),
            html=render_html(letter),
            message_id=message_id(row.id),
            from_name=letter.sender,
            reply_to=contact.email if contact is not None else "",
            language=letter.language,
            enclosures=(*map(_enclosure, documents), *_attachments(job)),
        )
    )
    return Sent(reference=message_id(row.id), told=_told(job, documents))


def _pay_at(job: Job) -> str:
    """Where an open invoice is paid online, if its seller takes cards; without a public address of this
    installation a letter has no link."""
    invoice = Invoice.objects.filter(
        seller_id=job.row.seller_id, id=job.it.id, state="open", outstanding__gt=0
    ).first()
    if job.it.kind != "invoice" or invoice is None or not settings.PUBLIC_URL:
        return ""
    if not takes_cards(job.about.seller):
        return ""
    link = link_in_mail(
        job.about.seller,
        invoice=invoice,
        delivery=public_id("delivery", job.row.id),
        due_on=invoice.due_on,
        at=job.at,
    )
    return address_of(link)


def message_id(delivery_id: UUID) -> str:
    """The id of the message of a delivery by mail, the same however often it is tried."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return f"{delivery_id.hex}@{domain}"


def _by_portal(job: Job) -> Sent:
    """It is there for the buyer's people as soon as it is written."""
    return Sent("delivered", told=_told(job, job.documents()))


def _by_download(job: Job) -> Sent:
    """It is ready for whoever fetches it."""
    return Sent("delivered", told=_told(job, job.documents()))


def _by_webhook(job: Job) -> Sent:
    """The event that tells it is the message; its endpoints are looked at later."""
    endpoints = events.endpoints(seller_id=job.row.seller_id)
    wanted = [
        one
        for one in endpoints
        if one.state == "active" and (not one.types or "document.sent" in one.types)
    ]
    if not wanted:
        raise Impossible(
            "no_webhook_endpoint",
            "No active webhook endpoint takes document.sent; add one, or enable the one there is.",
        )
    return Sent(again=job.at + timedelta(minutes=1), told=_told(job, job.documents()))


def _by_peppol(job: Job) -> Sent:
    row, point = job.row, job.carriers.access_point
    receiver = read_participant(row.recipient)
    document = job.document(row.formats[0])  # first: what is missing names the field
    if receiver is None:
        raise Impossible(
            "no_recipient",
            "The buyer has no Peppol address; set endpoint and endpoint_scheme in its billing"
            " profile, such as 0204 with a Leitweg-ID.",
        )
    if point is None:
        raise Impossible(
            "no_access_point",
            "No access point is connected; add a connection of the kind storecove.",
        )
    is_credit = job.it.kind == "credit_note"
    if not point.reaches(receiver, is_credit=is_credit):
        raise Impossible(
            "not_in_network",
            f"{receiver} is not registered in Peppol for this kind of document; look at the address"
            " with the buyer, or take peppol out of its channels.",
        )
    picture = job.document("pdf")
    try:
        reference = point.send(
            Dispatch(
                key=str(row.id),
                document=content_of(document),
                receiver=receiver,
                is_credit=is_credit,
                picture=content_of(picture),
                picture_name=picture.file_name,
            )
        )
    except AlreadyTaken:
        return Sent(
            reason="The access point has it, but its answer was lost: what becomes of it is seen"
            " there only."
        )
    again = ask_again(0, sent_at=job.at, at=job.at)
    return Sent(reference=reference, again=again, told=_told(job, [document, picture]))


def _by_sdi(job: Job) -> Sent:
    document = _file_for_sdi(job)
    if job.carriers.sdi is None:
        raise Impossible(
            "no_sdi_channel",
            "No channel to SdI is connected; add a connection of the kind sdi_folders.",
        )
    name = job.carriers.sdi.send(file_name=document.file_name, content=content_of(document))
    # Notifications come by themselves; once SdI has had its time, it is said that none did.
    return Sent(reference=name, again=job.at + ASK_FOR, told=_told(job, [document]))


def _file_for_sdi(job: Job) -> KeptDocument:
    """The file that this delivery sends: the one of its last try if that goes where the buyer is
    now, else a new one, whatever file of the invoice somebody has looked at before."""
    row = job.row
    to = address_in("sdi", job.about.profile)
    last = None
    if row.revision:
        last = queries.kept_document(
            seller_id=row.seller_id,
            subject_id=row.subject_id,
            format_="fatturapa",
            language="",
            revision=row.revision,
        )
    if last is not None and _address_on(content_of(last)) == to == row.recipient:
        return last
    latest = queries.kept_document(
        seller_id=row.seller_id, subject_id=row.subject_id, format_="fatturapa", language=""
    )
    revision = latest.revision + 1 if latest is not None else 1
    document = job.document("fatturapa", revision=revision)
    # Before it goes: whoever tries again sends the same file.
    actions.change(row, revision=revision, recipient=to)
    return document


def _address_on(file: bytes) -> str:
    """Where SdI delivers a file: its codice destinatario, or its PEC where that says nobody."""
    said = fatturapa.read(file).transmission
    code, pec = said.recipient_code, said.recipient_pec
    return pec if code == TO_NOBODY and pec else code


def _by_anaf(job: Job) -> Sent:
    document = job.document("cius-ro")
    anaf = job.carriers.anaf
    if anaf is None:
        raise Impossible(
            "no_anaf_connection",
            "RO e-Factura is not connected; add a connection of the kind anaf with your tokens.",
        )
    index = _found_at_anaf(job, anaf, content_of(document))
    if index is None:
        # An upload has no key by which the same could be told from a second one.
        actions.change(job.row, reason_code=HANDING_OVER)
        is_credit = job.it.kind == "credit_note"
        try:
            index = anaf.upload(content_of(document), is_credit=is_credit)
        except (MaybeTaken, Malformed) as error:
            raise _maybe_at_anaf(error.detail) from None
    again = ask_again(0, sent_at=job.at, at=job.at)
    return Sent(reference=index, again=again, told=_told(job, [document]))


def _found_at_anaf(job: Job, anaf: AnafTransmission, content: bytes) -> str | None:
    """The index of the document if a try before this one has brought it there after all; None if it may
    be uploaded. Raises MaybeTaken as long as nobody can tell.

    ANAF lists what it has accepted, minutes or hours after it was uploaded.
    """
    row = job.row
    before = queries.deliveries(seller_id=row.seller_id, subject_id=row.subject_id, channel="anaf")
    first = before.order_by("id").first()
    in_doubt = row.reason_code in (HANDING_OVER, MaybeTaken.code)
    if not in_doubt and not row.attempts and (first is None or first.id == row.id):
        return None
    since = (row if first is None else first).created_at - _CLOCKS_DIFFER
    others = queries.deliveries(seller_id=row.seller_id, channel="anaf")
    known = others.filter(sent_at__gte=since).exclude(subject_id=row.subject_id)
    try:
        index = anaf.find(
            content,
            since=max(since, job.at - _LISTED_FOR),
            at=job.at,
            known=set(known.values_list("reference", flat=True)),
        )
    except CounterpartError as error:
        if in_doubt:
            raise _maybe_at_anaf(error.detail) from None
        raise
    if index is None and in_doubt:
        raise _maybe_at_anaf("its messages do not have it yet")
    return index


def _maybe_at_anaf(detail: str | None) -> MaybeTaken:
    return MaybeTaken(
        "ANAF gave no usable answer when it was uploaded: it may have been taken. It is looked for"
        " among ANAF's messages for three days, and not uploaded again meanwhile. Whoever sends it"
        " again after that looks in SPV first.",
        counterpart="ANAF",
        detail=detail,
    )


def _told(job: Job, documents: list[KeptDocument]) -> dict[str, Any]:
    """The documents with where a program gets them, as the event tells it."""
    kind = job.it.kind
    base = f"/v1/{kind.replace('_', '-')}s/{public_id(kind, job.it.id)}/document"
    return {
        "documents": [
            {
                "format": one.format,
                "language": one.language,
                "file_name": one.file_name,
                "media_type": one.media_type,
                "size": one.size,
                "sha256": bytes(one.digest).hex(),
                "path": f"{base}?format={one.format}",
            }
            for one in documents
        ]
    }


def _attachments(job: Job) -> list[Enclosure]:
    """The invoice's attachments as files of their own, where the buyer takes them so."""
    if not job.about.profile.attach_files:
        return []
    return [
        Enclosure(file_name=name, media_type=media_type, content=content)
        for name, media_type, content in files_of(job.it.document, seller_id=job.row.seller_id)
    ]


def _enclosure(document: KeptDocument) -> Enclosure:
    return Enclosure(
        file_name=document.file_name,
        media_type=document.media_type,
        content=content_of(document),
    )


CHANNELS: Final[Mapping[str, Callable[[Job], Sent]]] = {
    "email": _by_email,
    "portal": _by_portal,
    "webhook": _by_webhook,
    "download": _by_download,
    "peppol": _by_peppol,
    "sdi": _by_sdi,
    "anaf": _by_anaf,
}
"""Each channel by its name."""
