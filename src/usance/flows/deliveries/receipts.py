"""What comes back: kept first as it came, read afterwards, and its news put to the delivery once.

A bounce, a notification of SdI or a webhook of an access point may come twice, late, or about nothing
of ours. The same bytes are kept once; what cannot be read stays with its problem, for a person.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from usance.flows.deliveries.outcomes import record
from usance.flows.refusals import NotFound, Refused
from usance.formats import delivery_status
from usance.formats.errors import FormatError
from usance.formats.fatturapa import receipts as sdi
from usance.gateways.outcome import Outcome
from usance.records.deliveries import actions, queries
from usance.records.deliveries.models import Delivery, Receipt
from usance.records.events import queries as events
from usance.records.parties.models import Seller
from usance.rules.delivery import ask_again

SOURCES: Final = ("email", "sdi", "storecove", "anaf")
"""Where receipts come from."""
LARGEST_RECEIPT: Final = 25 * 2**20
"""Bytes; a returned mail brings its attachments back."""
WEBHOOK_PATIENCE: Final = timedelta(days=4)
"""Webhooks are tried for three days."""
_UNKNOWN: Final = "unknown_delivery"
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
_MOST_IDS: Final = 50


class UnsuitableReceipt(Refused):
    """No source of that name, or more than is taken."""

    code = "unsuitable_receipt"


@dataclass(frozen=True, slots=True)
class _News:
    """What a receipt says: of which delivery, what state it is in now (empty: as before), with the
    code and words of whoever says so."""

    delivery: Delivery | None
    code: str
    state: str = ""
    words: str = ""
    ask_now: bool = False


def take_receipt(
    seller: Seller, *, source: str, content: bytes, at: datetime, file_name: str = ""
) -> Receipt:
    """Keep what came back, and read it. The same again changes nothing. Raises UnsuitableReceipt."""
    if source not in SOURCES:
        raise UnsuitableReceipt(f"{source!r} is no source; choose {', '.join(SOURCES)}.")
    if not content or len(content) > LARGEST_RECEIPT:
        raise UnsuitableReceipt(
            f"A receipt has from 1 byte to {LARGEST_RECEIPT // 2**20} MB; send the file as it came."
        )
    row, _ = actions.keep_receipt(
        seller_id=seller.id,
        source=source,
        file_name=file_name.replace("\0", "")[:200],
        content=content,
        at=at,
    )
    return process_receipt(seller, receipt_id=row.id, at=at)


@transaction.atomic
def process_receipt(seller: Seller, *, receipt_id: UUID, at: datetime) -> Receipt:
    """Read a kept receipt and put its news to the delivery it is about. Raises NotFound."""
    row = actions.lock_receipt(seller_id=seller.id, receipt_id=receipt_id)
    if row is None:
        raise NotFound("There is no such receipt.")
    if row.processed_at is not None:
        return row
    try:
        news = _READERS[row.source](row)
    except FormatError as error:
        actions.change(row, processed_at=at, problem=f"{error.code}: {error}"[:2000])
        return row
    if news.delivery is not None and news.state:
        record(
            seller,
            delivery_id=news.delivery.id,
            state=news.state,
            at=at,
            code=news.code,
            reason=news.words,
        )
    if news.delivery is not None and news.ask_now and news.delivery.state == "sent":
        actions.change(news.delivery, due_at=at)
    actions.change(
        row,
        processed_at=at,
        delivery=news.delivery,
        code=news.code[:200],
        problem="" if news.delivery is not None else _UNKNOWN,
    )
    return row


def _bounce(row: Receipt) -> _News:
    """A delivery status notification (RFC 3464): failed is the end, delayed is not."""
    found = delivery_status.parse(bytes(row.content))
    delivery = _by_message_id(row.seller_id, found.message_id)
    told = found.recipients
    if delivery is not None:
        mine = [one for one in told if one.recipient.lower() == delivery.recipient.lower()]
        # An alias is told under the name it leads to.
        told = tuple(mine) or told
    worst = next((one for one in told if one.action == "failed"), told[0])
    states = {"failed": "bounced", "delivered": "delivered"}
    return _News(
        delivery,
        code=worst.status or worst.action,
        state=states.get(worst.action, ""),
        words=worst.diagnostic or f"{worst.action} {worst.status}".strip(),
    )


def _by_message_id(seller_id: UUID, message_id: str) -> Delivery | None:
    digits = message_id.partition("@")[0]
    if not re.fullmatch("[0-9a-f]{32}", digits):
        return None
    found = queries.delivery(seller_id=seller_id, delivery_id=UUID(hex=digits))
    return found if found is not None and found.channel == "email" else None


_SDI_STATES: Final[Mapping[sdi.ReceiptKind, str]] = {
    sdi.ReceiptKind.DELIVERED: "delivered",
    sdi.ReceiptKind.REJECTED: "rejected",
    # To a company it counts as issued; the buyer has to be told that it lies in its tax drawer.
    sdi.ReceiptKind.UNDELIVERED: "bounced",
    sdi.ReceiptKind.TRANSMISSION_ATTESTED: "bounced",
    sdi.ReceiptKind.DEADLINE_PASSED: "delivered",
}
_NAME_TAKEN: Final = "00002"
"""SdI: a file of this name was sent before. It says nothing of the one that was."""


def _notification(row: Receipt) -> _News:
    """RC, NS, MC, NE, DT, AT of SdI, by the name of the file they are about."""
    found = sdi.read_receipt(bytes(row.content))
    delivery = _by_file(row.seller_id, found.file_name)
    state = _SDI_STATES.get(found.kind, "")
    words = found.description or found.note
    code = found.kind.value
    if found.errors:
        code = f"{code} {' '.join(error.code for error in found.errors)}"
        words = "; ".join(f"{error.code} {error.description}".strip() for error in found.errors)
        if {error.code for error in found.errors} == {_NAME_TAKEN}:
            state = ""
    if found.kind is sdi.ReceiptKind.BUYER_OUTCOME:
        code = f"{code} {found.outcome}"
        words = found.outcome_description or words
        state = "rejected" if found.outcome == sdi.REFUSED else "delivered"
    return _News(delivery, code=code, state=state, words=words)


def _by_file(seller_id: UUID, file_name: str) -> Delivery | None:
    """The delivery that sent a file, whatever ending a signature has given to its name since."""
    stem = file_name.partition(".")[0]
    return queries.by_reference(seller_id=seller_id, channel="sdi", reference=f"{stem}.xml")


def _hint(row: Receipt) -> _News:
    """A webhook of the access point. Anybody could send one: it only has us ask at once."""
    try:
        json.loads(bytes(row.content))
    except ValueError:
        raise FormatError(
            "The webhook is not JSON; look at what Storecove is set to send.", code="not_json"
        ) from None
    text = bytes(row.content).decode("utf-8", "replace")
    for guid in list(dict.fromkeys(_UUID.findall(text)))[:_MOST_IDS]:
        found = queries.by_reference(
            seller_id=row.seller_id, channel="peppol", reference=guid.lower()
        )
        if found is not None:
            return _News(found, code="webhook", ask_now=True)
    return _News(None, code="webhook")


def _archive(row: Receipt) -> _News:
    """ANAF's archive, which was fetched with the outcome it proves: that was recorded then."""
    index = row.file_name.partition(".")[0]
    found = queries.by_reference(seller_id=row.seller_id, channel="anaf", reference=index)
    return _News(found, code="archive")


_READERS: Final[Mapping[str, Callable[[Receipt], _News]]] = {
    "email": _bounce,
    "sdi": _notification,
    "storecove": _hint,
    "anaf": _archive,
}


def take_outcome(seller: Seller, row: Delivery, *, outcome: Outcome, at: datetime) -> None:
    """What a network answered about a delivery; the proof it gave is kept with it."""
    if outcome.state == "pending":
        wait_on(row, at=at, code=outcome.code, reason=outcome.words)
        return
    with transaction.atomic():
        if outcome.receipt:
            source = "anaf" if row.channel == "anaf" else "storecove"
            receipt, _ = actions.keep_receipt(
                seller_id=seller.id,
                source=source,
                file_name=outcome.file_name or f"{row.reference}.json",
                content=outcome.receipt,
                at=at,
            )
            actions.change(receipt, processed_at=at, delivery=row, code=outcome.code[:200])
        record(
            seller,
            delivery_id=row.id,
            state=outcome.state,
            at=at,
            code=outcome.code,
            reason=outcome.words,
        )


def wait_on(row: Delivery, *, at: datetime, code: str = "", reason: str = "") -> None:
    """Nothing is known yet: asked again later, or no more once the network has had its time."""
    asked = row.attempts + 1
    again = ask_again(asked, sent_at=row.sent_at or at, at=at)
    if again is None:
        code, reason = "no_answer", "The network has not said what became of it; ask it there."
    actions.change(
        row,
        attempts=asked,
        due_at=again,
        reason_code=code or row.reason_code,
        reason=reason or row.reason,
    )


def look_at_webhook(seller: Seller, row: Delivery, *, at: datetime) -> None:
    """Whether an endpoint has taken the event that tells of the document."""
    states = events.states_of_deliveries(
        seller_id=seller.id, object_id=row.id, type_="document.sent"
    )
    if "delivered" in states:
        record(seller, delivery_id=row.id, state="delivered", at=at)
    elif states and states <= {"failed"}:
        record(
            seller,
            delivery_id=row.id,
            state="bounced",
            at=at,
            code="webhook_failed",
            reason="No webhook endpoint took the event; look at the endpoint and send it again.",
        )
    elif row.sent_at is not None and at - row.sent_at > WEBHOOK_PATIENCE:
        record(
            seller,
            delivery_id=row.id,
            state="failed",
            at=at,
            code="no_webhook_endpoint",
            reason="No webhook endpoint was there to take the event; add one and send it again.",
        )
    else:
        wait_on(row, at=at)
