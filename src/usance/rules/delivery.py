"""How documents reach a buyer: the channels, what each carries, and what an answer means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

KINDS: Final = ("invoice", "credit_note")
"""What is delivered."""
CHANNELS: Final = ("email", "portal", "webhook", "peppol", "sdi", "anaf", "download")
CAUSES: Final = ("issued", "fallback", "by_hand", "resent")
"""Why a delivery was begun: the document was issued; the channel before did not work; a person asked
for it; a person sent it once more."""

FORMATS: Final = (
    "pdf",
    "facturx",
    "ubl",
    "cii",
    "peppol",
    "xrechnung",
    "cius-ro",
    "fatturapa",
    "gst",
)
"""What a document can be written in."""
WITH_WORDS: Final = frozenset({"pdf", "facturx"})
"""Formats that are in a language."""

NETWORK_FORMATS: Final[Mapping[str, str]] = {
    "peppol": "peppol",
    "sdi": "fatturapa",
    "anaf": "cius-ro",
}
"""What a network takes, where the profile says nothing else."""

UNDONE: Final = frozenset({"bounced", "rejected", "failed"})
"""Ends in which the document has not reached the buyer over this channel."""

ASK_AFTER: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
)
"""The waits between questions to a network about what it has taken; the last one is repeated."""
ASK_FOR: Final = timedelta(days=15)
"""How long a network is asked. SdI delivers or gives up within ten days (MC: within five for firms)."""


def ask_again(asked: int, *, sent_at: datetime, at: datetime) -> datetime | None:
    """When to ask a network again that was asked ``asked`` times about what it took at ``sent_at``;
    None once it has had its time."""
    again = at + ASK_AFTER[min(asked, len(ASK_AFTER) - 1)]
    return again if again - sent_at <= ASK_FOR else None
