"""What it takes to hand a signed message to a receiver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """A signed message, ready to be posted as it is."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: an HTTP status with the beginning of the body, or why there is none."""

    status: int | None = None
    body: str = field(default="")
    error: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the receiver has taken the message (any 2xx; a redirect is not followed)."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the receiver asks never to be called again (410)."""
        return self.status == 410


class WebhookSender(Protocol):
    """Posts messages. Never raises for what the receiver or the network does."""

    async def send(self, message: Message) -> Reply:
        """Post ``message`` once."""
        ...
