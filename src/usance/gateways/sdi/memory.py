"""SdI in memory, for tests and for worlds to try things in."""

from __future__ import annotations

from datetime import datetime

from usance.gateways.errors import CounterpartError, Refused
from usance.gateways.sdi.transmission import NotificationFile


class MemorySdi:
    """Keeps what it is given in ``files``; put into ``inbox`` what is to come. ``failing`` is raised
    if it is set."""

    source = "memory"

    def __init__(self) -> None:
        self.failing: CounterpartError | None = None
        self.files: dict[str, bytes] = {}
        self.inbox: dict[str, bytes] = {}

    def send(self, *, file_name: str, content: bytes) -> str:
        """Keep the file."""
        self._fail()
        if self.files.setdefault(file_name, content) != content:
            raise Refused(
                "Another file of this name was sent before.",
                counterpart="SdI",
                detail="00002",
            )
        return file_name

    def waiting(self, *, at: datetime, limit: int = 100) -> list[NotificationFile]:
        """What is in the inbox."""
        del at
        self._fail()
        return [NotificationFile(name, self.inbox[name]) for name in sorted(self.inbox)[:limit]]

    def taken(self, name: str) -> None:
        """Take it out of the inbox."""
        self._fail()
        self.inbox.pop(name, None)

    def _fail(self) -> None:
        if self.failing is not None:
            raise self.failing
