"""A list that the seller loads itself, searched here: nobody outside learns who is asked about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from usance.gateways.errors import Unavailable
from usance.gateways.exchange import aware
from usance.gateways.sanctions.screen import Hit, Screening, ScreeningSubject
from usance.rules.screening import THRESHOLD, Likeness, ListedParty, ScreeningList


class LocalList:
    """Searches ``parties``, as ``formats.sanctions_list.parse`` reads them.

    ``version`` names the list and its day, kept with every answer. Making the list ready takes
    seconds for one of a hundred thousand names, so one object should serve many questions.
    A list without entries is no list: it raises Unavailable rather than clear everybody.
    """

    def __init__(
        self,
        parties: Iterable[ListedParty],
        *,
        source: str = "local-list",
        version: str | None = None,
        threshold: int = THRESHOLD,
    ) -> None:
        self.source = source
        self._version = version
        self._threshold = threshold
        self._list = ScreeningList(parties)

    def __repr__(self) -> str:
        return f"LocalList(source={self.source!r}, version={self._version!r})"

    def screen(self, subject: ScreeningSubject, *, at: datetime) -> Screening:
        """Search for ``subject``."""
        if not len(self._list):
            raise Unavailable(
                "No sanctions list is loaded; load one.",
                counterpart=self.source,
                detail="empty_list",
            )
        found = self._list.search(subject, threshold=self._threshold)
        return Screening(
            source=self.source,
            asked_at=aware(at),
            outcome="hits" if found else "clear",
            subject=subject,
            hits=tuple(hit_of(each) for each in found),
            reference=self._version,
        )


def hit_of(likeness: Likeness) -> Hit:
    """The likeness as a hit."""
    party = likeness.party
    return Hit(
        id=party.id,
        name=party.name,
        score=likeness.score,
        list=party.list,
        reason=party.reason,
        grounds=likeness.grounds,
    )
