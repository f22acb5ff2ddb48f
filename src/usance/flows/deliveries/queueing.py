"""Documents are queued for their buyers: when they are issued, and when a person asks for it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from usance.flows.deliveries.outcomes import record, tell
from usance.flows.document_writers import About
from usance.flows.documents import Issued, Kind, NotIssued, Unreadable, issued
from usance.flows.journal import Journal
from usance.flows.refusals import Conflict, NotFound, Refused
from usance.records.deliveries import actions, queries
from usance.records.deliveries.models import Delivery
from usance.records.events import queries as events
from usance.records.events.models import Event
from usance.records.identity import new_id
from usance.records.invoices import queries as invoices
from usance.records.monitoring import actions as places
from usance.records.parties.models import Seller
from usance.rules.delivery import NETWORKS, held_back, why_held_back
from usance.rules.delivery_routes import Route, route, routes
from usance.rules.invoicing.identifiers import is_email
from usance.rules.invoicing.profiles import CHANNELS

READER: Final = "deliveries"
BY: Final = "delivery"
PAGE: Final = 100
"""Events of one transaction."""
ISSUED: Final = ("invoice.opened", "invoice.credited")
"""The events that issue a document."""

_log = logging.getLogger(__name__)


class CannotResend(Conflict):
    """It is on its way, or a network has it that would take it for a second one. ``why`` says which."""

    code = "delivery_under_way"

    def __init__(self, latest: Delivery) -> None:
        super().__init__(held_back(latest.channel, state=latest.state))
        self.why = why_held_back(latest.channel, state=latest.state)


class InvalidRecipient(Refused):
    """No channel of that name, or an address that the channel does not have."""

    code = "invalid_recipient"


def follow_all(*, at: datetime) -> int:
    """Queue what was issued since the last time, of every seller; how many events were read. A
    seller whose events cannot be read is logged, and keeps no other from its turn."""
    read = 0
    for seller_id in queries.sellers_behind(READER):
        try:
            read += follow_events(seller_id=seller_id, at=at)
        except (InterfaceError, OperationalError):
            raise  # the database is away: for everybody
        except Exception:  # noqa: BLE001 - logged; the others have their turn
            _log.exception("documents of seller %s are not queued", seller_id)
    return read


@transaction.atomic
def follow_events(*, seller_id: UUID, at: datetime) -> int:
    """Queue the documents that the seller's next events issue; how many events those were.

    Run by one job at a time; twice the same event makes nothing twice. A seller's history from
    before documents were kept has none, and is passed over; a document that cannot be read has
    failed deliveries, and is no reason to stop.
    """
    place = places.place(seller_id=seller_id, reader=READER) or events.BEGINNING
    # Taken first: what is settled later is read the next time.
    end = events.end_of_events()
    page = events.events_after(place, seller_id=seller_id, limit=PAGE, types=ISSUED)
    seller = Seller.objects.get(id=seller_id)
    for event in page:
        try:
            with transaction.atomic():
                _follow(seller, event, at=at)
        except (InterfaceError, OperationalError):
            raise
        except Exception:  # noqa: BLE001 - logged; what comes after it has its turn
            _log.exception("event %s of seller %s queues nothing", event.id, seller_id)
    last = events.Position(page[-1].transaction, page[-1].sequence) if len(page) == PAGE else end
    places.move_place(seller_id=seller_id, reader=READER, to=max(last, place), at=at)
    return len(page)


def _follow(seller: Seller, event: Event, *, at: datetime) -> None:
    """Queue the one document that the event issued."""
    if event.type == "invoice.opened":
        queue_issued(seller, kind="invoice", subject_id=event.object_id, at=at)
        return
    notes = invoices.credit_notes(seller_id=seller.id, invoice_id=event.object_id)
    for note in notes.filter(number=event.data.get("number", "")):
        queue_issued(seller, kind="credit_note", subject_id=note.id, at=at)


@transaction.atomic
def begin_now(seller: Seller, *, at: datetime) -> None:
    """Send by itself only what is issued from now on: a seller that comes with a history has sent
    that long ago. What of it is to go out after all, ``send`` sends."""
    place = places.place(seller_id=seller.id, reader=READER) or events.BEGINNING
    end = events.end_of_events()
    places.move_place(seller_id=seller.id, reader=READER, to=max(end, place), at=at)


@transaction.atomic
def queue_issued(seller: Seller, *, kind: Kind, subject_id: UUID, at: datetime) -> list[Delivery]:
    """Queue a document for every way that the buyer's profile names; those that are new.

    A network that was given it by hand already is passed over. One that cannot be read has failed
    deliveries, so that somebody sees it.
    """
    actions.lock_subject(seller_id=seller.id, subject_id=subject_id)
    it: Issued | Unreadable
    try:
        it = issued(seller, kind=kind, subject_id=subject_id)
    except (NotIssued, NotFound):
        return []
    except Unreadable as error:
        it = error
    about = About(seller, it.buyer_id, at=at)
    given = {channel for channel, _ in _latest(seller, subject_id)} & NETWORKS
    rows = [
        _delivery(it, one, about=about, cause="issued", author=BY, at=at)
        for one in routes(about.profile)
        if one.channel not in given
    ]
    new = _queue(seller, rows, at=at, by=BY)
    if isinstance(it, Unreadable):
        for row in new:
            record(seller, delivery_id=row.id, state="failed", at=at, code=it.code, reason=str(it))
    return new


@transaction.atomic
def send(
    seller: Seller,
    *,
    kind: Kind,
    subject_id: UUID,
    at: datetime,
    by: str,
    channel: str = "",
    recipient: str = "",
) -> list[Delivery]:
    """Send a document because somebody asks for it: over every way of the buyer's profile, or over
    ``channel`` only, to ``recipient`` if it is given.

    Ways that have it, or on which it waits, are left out; CannotResend where none is left. Raises
    NotFound, NotIssued, Unreadable or InvalidRecipient besides.
    """
    actions.lock_subject(seller_id=seller.id, subject_id=subject_id)
    it = issued(seller, kind=kind, subject_id=subject_id)
    about = About(seller, it.buyer_id, at=at)
    if channel and channel not in CHANNELS:
        raise InvalidRecipient(f"{channel!r} is no channel; choose {', '.join(CHANNELS)}.")
    _require_address(channel, recipient)
    chosen = (
        (route(channel, about.profile, recipient=recipient),)
        if channel and (recipient or channel != "email")
        else tuple(one for one in routes(about.profile) if channel in ("", one.channel))
    ) or (route(channel, about.profile),)
    latest = _latest(seller, subject_id)
    held = [_held(latest, one) for one in chosen]
    if held[0] is not None and all(held):
        raise CannotResend(held[0])
    rows = [
        _delivery(it, one, about=about, cause="by_hand", author=by, at=at)
        for one, latest_there in zip(chosen, held, strict=True)
        if latest_there is None
    ]
    return _queue(seller, rows, at=at, by=by)


@transaction.atomic
def resend(
    seller: Seller, *, delivery_id: UUID, at: datetime, by: str, recipient: str = ""
) -> Delivery:
    """Send a document once more over the same channel, to the same address or another.

    A new delivery that points back to the first. On SdI a file that was rejected goes out under a new
    name with the same invoice number, which its rules allow within five days (Circolare 13/E of 2018,
    1.6). Raises NotFound, CannotResend (it is still queued, or a network that has it would refuse the
    same again) or InvalidRecipient.
    """
    before = queries.delivery(seller_id=seller.id, delivery_id=delivery_id)
    if before is None:
        raise NotFound("There is no such delivery.")
    if before.state == "queued":
        raise CannotResend(before)
    actions.lock_subject(seller_id=seller.id, subject_id=before.subject_id)
    _require_address(before.channel, recipient)
    it = issued(seller, kind=_kind(before.kind), subject_id=before.subject_id)
    about = About(seller, it.buyer_id, at=at)
    way = route(before.channel, about.profile, recipient=recipient or _same(before))
    if held := _held(_latest(seller, it.id), way):
        raise CannotResend(held)
    row = _delivery(it, way, about=about, cause="resent", author=by, at=at)
    row.previous_id = before.id
    return _queue(seller, [row], at=at, by=by)[0]


def opened(
    seller: Seller,
    *,
    kind: Kind,
    subject_id: UUID,
    at: datetime,
    by: str,
    delivery_id: UUID | None = None,
    channel: str = "portal",
) -> int:
    """The buyer has looked at a document: its deliveries to the portal are opened, and the one by
    mail whose link ``delivery_id`` was followed. How many were not opened before."""
    rows = queries.deliveries(seller_id=seller.id, subject_id=subject_id)
    return sum(
        record(
            seller,
            delivery_id=row.id,
            state="opened",
            at=at,
            by=by,
            reason=row.reason,
            code=row.reason_code,
        )
        for row in rows
        if row.kind == kind
        and row.opened_at is None
        and (row.channel == channel or (row.id == delivery_id and row.channel == "email"))
    )


def _latest(seller: Seller, subject_id: UUID) -> dict[tuple[str, str], Delivery]:
    return queries.latest_by_way(seller_id=seller.id, subject_id=subject_id)


def _held(latest: dict[tuple[str, str], Delivery], way: Route) -> Delivery | None:
    """The delivery because of which the document may not go over the way now; None if it may."""
    row = latest.get(queries.way_of(way.channel, way.recipient))
    return row if row is not None and held_back(row.channel, state=row.state) else None


def _kind(text: str) -> Kind:
    return "credit_note" if text == "credit_note" else "invoice"


def _same(before: Delivery) -> str:
    """The address once more, if a person chose it; a network's is looked up in the profile again,
    since it may have been the mistake."""
    return before.recipient if before.channel == "email" else ""


def _require_address(channel: str, recipient: str) -> None:
    if not recipient:
        return
    if channel != "email":
        raise InvalidRecipient(
            "Only e-mail can go to another address; the others are set in the billing profile."
        )
    if not is_email(recipient):
        raise InvalidRecipient(f"{recipient[:80]!r} is not an e-mail address.")


def _delivery(
    it: Issued | Unreadable, way: Route, *, about: About, cause: str, author: str, at: datetime
) -> Delivery:
    return Delivery(
        id=new_id(),
        seller_id=it.seller_id,
        created_at=at,
        buyer_id=it.buyer_id,
        kind=it.kind,
        subject_id=it.id,
        number=it.number,
        channel=way.channel,
        recipient=way.recipient,
        formats=list(way.formats),
        language=about.profile.language,
        cause=cause,
        author=author,
        # The file for SdI is written when it goes: its address is the buyer's of that moment.
        revision=0 if way.channel == "sdi" else 1,
        due_at=at,
    )


def _queue(seller: Seller, rows: Sequence[Delivery], *, at: datetime, by: str) -> list[Delivery]:
    new = actions.add(rows)
    journal = Journal(seller, at=at, by=by)
    for row in new:
        tell(journal, row)
    journal.close()
    return new
