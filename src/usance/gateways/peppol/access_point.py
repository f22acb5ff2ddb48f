"""What an access point promises to whoever has a document for a participant of the network."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

from usance.gateways.errors import Refused
from usance.gateways.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Participant:
    """A participant: the code of its identifier's scheme (EAS, four digits) and the identifier."""

    scheme: str
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


def read_participant(text: str) -> Participant | None:
    """``0204:991-12345-67`` as a participant; None if it is none (Peppol, Policy for use of
    identifiers 4.2, POLICY 2 and 8)."""
    scheme, _, value = text.strip().removeprefix("iso6523-actorid-upis::").partition(":")
    fits = re.fullmatch(r"[0-9]{4}", scheme) and re.fullmatch(r"[A-Za-z0-9._~:-]{1,50}", value)
    return Participant(scheme, value) if fits else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """A document for a participant. ``key`` is the same however often it is tried: a UUID's 36
    characters. ``picture`` is a PDF of it for people, which may go along."""

    key: str
    document: bytes = field(repr=False)
    receiver: Participant
    is_credit: bool = False
    picture: bytes = field(default=b"", repr=False)
    picture_name: str = ""


class AlreadyTaken(Refused):
    """It has taken a document with this key before; how it knows that one was lost on the way."""

    code = "already_taken"


class AccessPoint(Protocol):
    """Carries documents to participants. ``source`` names whose it is.

    Every call raises Unavailable where asking again may help, Refused where it will not take it, and
    Malformed for an answer nobody understands.
    """

    source: str

    def reaches(self, receiver: Participant, *, is_credit: bool = False) -> bool:
        """Whether the participant can receive an invoice, or a credit note. A refusal to say counts
        as no."""
        ...

    def send(self, dispatch: Dispatch) -> str:
        """Hand a document over; what it is known by from now on. Raises AlreadyTaken besides."""
        ...

    def outcome(self, reference: str) -> Outcome:
        """What became of a document that was taken."""
        ...
