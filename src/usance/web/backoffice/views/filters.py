"""The filters above a list, and what is told where nothing matches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from usance.web.design.parts import Chip, Tab
from usance.web.listing import without

LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list is asked for: words, and one of its ``standings``."""

    text: str
    standing: str
    request: HttpRequest

    @classmethod
    def of(cls, request: HttpRequest, *, standings: Sequence[str]) -> ListQuery:
        """What the address says; a standing that the list does not have is none."""
        asked = request.GET.get("state", "")
        return cls(
            # A zero byte is nothing a database takes.
            text=request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_TEXT],
            standing=asked if asked in standings else "",
            request=request,
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text or self.standing)

    def chips(self) -> list[Chip]:
        """The words that are searched for, with the way to be rid of them."""
        return [Chip(label=self.text, href=without(self.request, "q"))] if self.text else []

    def tabs(self, standings: Sequence[str], label: Callable[[str], str], every: str) -> list[Tab]:
        """A view of the list for each standing."""
        base = without(self.request, "state")
        joint = "&" if "?" in base else "?"
        return [
            Tab(label=every, href=base, current=not self.standing),
            *(
                Tab(label=label(it), href=f"{base}{joint}state={it}", current=it == self.standing)
                for it in standings
            ),
        ]
