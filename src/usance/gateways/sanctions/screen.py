"""What a screening is asked, and what it answers.

No hits and no answer are two things: a Screening that could not be made is ``unavailable``, and is
never to be read as clear.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from usance.gateways.errors import CounterpartError
from usance.rules.screening import Subject as ScreeningSubject

__all__ = ["Hit", "SanctionsScreen", "Screening", "ScreeningSubject", "screen_subject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An entry of a list that is like the subject: ``score`` 0 to 100, 100 the same.

    ``list`` names the list, ``reason`` why the party is on it, ``grounds`` what speaks for and
    against its being the subject.
    """

    id: str
    name: str
    score: int
    list: str
    reason: str
    grounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What was found of ``subject`` at the moment ``asked_at``, the likest first.

    ``reference`` names the version of what was searched. ``reason`` says why the outcome is
    ``unavailable`` (the code of the error).
    """

    source: str
    asked_at: datetime
    outcome: Literal["hits", "clear", "unavailable"]
    subject: ScreeningSubject
    hits: tuple[Hit, ...] = ()
    reference: str | None = None
    reason: str | None = None
    retry_after: int | None = None


class SanctionsScreen(Protocol):
    """Something that knows sanctions lists."""

    source: str

    def screen(self, subject: ScreeningSubject, *, at: datetime) -> Screening:
        """Search for ``subject``. Answers hits or clear, and raises a CounterpartError for
        everything else."""
        ...


def screen_subject(
    screen: SanctionsScreen, subject: ScreeningSubject, *, at: datetime
) -> Screening:
    """Ask ``screen`` and never raise for what it does: its failure is the outcome unavailable."""
    try:
        return screen.screen(subject, at=at)
    except CounterpartError as error:
        return Screening(
            source=screen.source,
            asked_at=at,
            outcome="unavailable",
            subject=subject,
            reason=error.code,
            retry_after=error.retry_after,
        )
