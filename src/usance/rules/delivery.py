"""How documents reach a buyer: the channels, what each carries, and what an answer means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

from usance.rules.invoicing.profiles import BillingProfileView

KINDS: Final = ("invoice", "credit_note")
"""What is delivered."""
CAUSES: Final = ("issued", "by_hand", "resent")
"""Why a delivery was begun: the document was issued; a person asked for it; a person sent it once
more."""

WITH_WORDS: Final = frozenset({"pdf", "facturx"})
"""Formats that are in a language."""

NETWORK_FORMATS: Final[Mapping[str, str]] = {
    "peppol": "peppol",
    "sdi": "fatturapa",
    "anaf": "cius-ro",
}
"""What a network takes, where the profile says nothing else."""

PICTURES: Final = ("facturx", "pdf")
"""What people read; the former carries its XML."""

NETWORKS: Final = frozenset(NETWORK_FORMATS)
"""Channels that take a document once: sent again, it is a second invoice or is refused as one."""

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


HANDING_OVER: Final = "handing_over"
"""The reason code of a delivery while a network that would take it twice is given it."""


def ask_again(asked: int, *, sent_at: datetime, at: datetime) -> datetime | None:
    """When to ask a network again that was asked ``asked`` times about what it took at ``sent_at``;
    None once it has had its time."""
    again = at + ASK_AFTER[min(asked, len(ASK_AFTER) - 1)]
    return again if again - sent_at <= ASK_FOR else None


def why_held_back(
    channel: str, *, state: str
) -> Literal["", "queued", "in_network", "issued_at_sdi"]:
    """Why a document may not go over ``channel`` again, whose latest delivery there is in ``state``, by
    a stable code; empty if it may."""
    if state == "queued":
        return "queued"
    if channel in NETWORKS and state not in UNDONE:
        return "in_network"
    # MC and AT: issued in law, though SdI could not hand it over (Provvedimento 89757/2018, 3.4).
    return "issued_at_sdi" if channel == "sdi" and state == "bounced" else ""


def held_back(channel: str, *, state: str) -> str:
    """The same as a sentence; empty if it may go again."""
    return {
        "": "",
        "queued": "It is queued and will be sent; wait for what becomes of it.",
        "in_network": f"The network has it ({state}) and would refuse the same document again; wait for"
        " what becomes of it.",
        "issued_at_sdi": "To SdI the invoice counts as issued, and sent again it would be a second one."
        " Tell the buyer that it lies in its tax drawer (cassetto fiscale).",
    }[why_held_back(channel, state=state)]


def email_formats(profile: BillingProfileView) -> tuple[str, ...]:
    """What goes with an e-mail: a document to read, and the XML where the buyer wants it.

    What a network carries to the buyer is the original there and does not come a second time.
    """
    picture = next((one for one in profile.formats if one in PICTURES), "pdf")
    by_network = {form for name, form in NETWORK_FORMATS.items() if name in profile.channels}
    if "peppol" in profile.channels:
        by_network |= {"xrechnung", "ubl"}
    written = [
        one
        for one in profile.formats
        if profile.attach_xml and one not in PICTURES and one not in by_network
    ]
    return (picture, *written)


def network_format(channel: str, profile: BillingProfileView) -> str:
    """What goes over a network. Peppol carries XRechnung too, and a buyer who wants it gets it."""
    if channel == "peppol" and "xrechnung" in profile.formats:
        return "xrechnung"
    return NETWORK_FORMATS[channel]
