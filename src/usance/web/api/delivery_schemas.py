"""What requests about deliveries, and their answers, look like."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from usance.web.api import answers
from usance.web.api.values import (
    BuyerId,
    CreditNoteId,
    DeliveryId,
    Email,
    InvoiceId,
    PublicId,
    Value,
)

Channel = Literal["email", "portal", "webhook", "peppol", "sdi", "anaf", "download"]
DocumentFormat = Literal[
    "pdf",
    "facturx",
    "ubl",
    "xrechnung",
    "peppol",
    "cii",
    "fatturapa",
    "cius-ro",
    "gst",
    "cxml",
]
DocumentLanguage = Literal["en", "it", "ro", "hi"]
DeliveryState = Literal["queued", "sent", "delivered", "opened", "bounced", "rejected", "failed"]
Source = Literal["email", "sdi", "storecove"]
ReceiptId = Annotated[UUID, PublicId("receipt")]


class SendDocument(Value):
    """Over which channel; all of the buyer's billing profile if it is left out."""

    channel: Channel | None = None
    recipient: Email | Literal[""] = Field(
        default="", description="Only with `channel` `email`: another address than the profile's."
    )


class Resend(Value):
    """To whom; the same address if it is left out."""

    recipient: Email | Literal[""] = ""


class DeliveryShown(answers.Described):
    """A document on its way to a buyer over one channel."""

    id: DeliveryId
    object: Literal["delivery"]
    buyer: BuyerId
    kind: Literal["invoice", "credit_note"]
    document: InvoiceId | CreditNoteId
    number: str
    channel: Channel
    recipient: str = Field(description="As the channel names the buyer; empty if it needs no name.")
    formats: list[DocumentFormat]
    language: str
    state: DeliveryState
    cause: Literal["issued", "by_hand", "resent"]
    author: str
    previous: DeliveryId | None = Field(description="The delivery that this one repeats.")
    attempts: int
    next_attempt_at: datetime | None
    reference: str = Field(description="What the network or the mail server knows it by.")
    reason_code: str = Field(description="The network's own code, or ours.")
    reason: str = Field(description="Why it did not arrive, and what to do.")
    sent_at: datetime | None
    delivered_at: datetime | None
    opened_at: datetime | None
    ended_at: datetime | None = Field(description="When it bounced, was rejected or failed.")


class DeliveryTold(DeliveryShown):
    """A delivery with everything that happened to it, the oldest first."""

    history: list[answers.Event]


class Deliveries(answers.Shown):
    """Deliveries that were made."""

    data: list[DeliveryShown]


class Stories(answers.Shown):
    """The deliveries of a document."""

    data: list[DeliveryTold]


class ReceiptShown(answers.Described):
    """What came back, kept as it came."""

    id: ReceiptId
    object: Literal["receipt"]
    source: str
    file_name: str
    sha256: str
    delivery: DeliveryId | None = Field(description="What it is about; null: nothing of yours.")
    code: str = Field(description="What it says, in its sender's code.")
    problem: str = Field(description="Why it could not be read or put to a delivery.")
