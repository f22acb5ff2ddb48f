"""Mail in memory, for tests and for worlds to try things in."""

from __future__ import annotations

from usance.gateways.errors import CounterpartError
from usance.gateways.mail.sender import Mail


class MemoryMail:
    """Keeps what it is given in ``sent``. ``failing`` is raised if it is set."""

    source = "memory"

    def __init__(self) -> None:
        self.failing: CounterpartError | None = None
        self.sent: list[Mail] = []

    def send(self, mail: Mail) -> None:
        """Keep ``mail``."""
        if self.failing is not None:
            raise self.failing
        self.sent.append(mail)
