"""A receiver in memory, for tests: keeps what was sent, answers as it is told."""

from __future__ import annotations

from collections.abc import Callable

from usance.gateways.webhooks.addresses import AddressRefused, check_url
from usance.gateways.webhooks.sender import Message, Reply


class MemorySender:
    """Keeps the messages in ``sent``; ``answer`` decides the reply to each."""

    def __init__(self, answer: Callable[[Message], Reply] = lambda _: Reply(status=204)) -> None:
        self.sent: list[Message] = []
        self._answer = answer

    async def send(self, message: Message) -> Reply:
        """Keep ``message`` and answer it."""
        try:
            check_url(message.url)
        except AddressRefused as error:
            return Reply(error=f"{type(error).__name__}: {error}")
        self.sent.append(message)
        return self._answer(message)

    async def close(self) -> None:
        """Nothing is open."""
