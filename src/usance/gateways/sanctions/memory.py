"""A screening in memory, for tests and for worlds to try things in: a short list of one's own."""

from __future__ import annotations

from datetime import datetime

from usance.gateways.errors import CounterpartError
from usance.gateways.exchange import aware
from usance.gateways.sanctions.local_list import hit_of
from usance.gateways.sanctions.screen import Screening, ScreeningSubject
from usance.rules.screening import ListedParty, screen


class MemoryScreen:
    """Knows the parties it is given, or nobody. ``failing`` is raised if it is set."""

    def __init__(self, *parties: ListedParty, source: str = "memory") -> None:
        self.source = source
        self.failing: CounterpartError | None = None
        self.parties = list(parties)

    def screen(self, subject: ScreeningSubject, *, at: datetime) -> Screening:
        """Search for ``subject``."""
        if self.failing is not None:
            raise self.failing
        found = screen(self.parties, subject=subject)
        return Screening(
            source=self.source,
            asked_at=aware(at),
            outcome="hits" if found else "clear",
            subject=subject,
            hits=tuple(hit_of(each) for each in found),
            reference="memory",
        )
