"""What a channel to the Sistema di Interscambio promises: files out, notifications in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class NotificationFile:
    """A file that SdI, or whoever carries for it, has left for us. ``name`` is its own."""

    name: str
    content: bytes = field(repr=False)


class SdiTransmission(Protocol):
    """Carries invoice files to SdI and its notifications back. ``source`` names the channel.

    Every call raises Unavailable where trying again may help, and Refused where it will not take it.
    """

    source: str

    def send(self, *, file_name: str, content: bytes) -> str:
        """Hand a file over; what it is known by in notifications: its name. The same file again is
        no second file; another with its name is Refused (SdI, code 00002)."""
        ...

    def waiting(self, *, at: datetime, limit: int = 100) -> list[NotificationFile]:
        """Files that have come whole by ``at`` and were not taken yet, in the order of their names."""
        ...

    def taken(self, name: str) -> None:
        """A file is kept here; it does not come again. One that is gone already is no error."""
        ...
