"""What a network says about a document that it has taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from usance.gateways.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where a document stands with a network.

    ``code`` and ``words`` are the network's own. ``receipt`` is what it gave as proof, kept as it is.
    """

    state: Literal["pending", "delivered", "bounced", "rejected"]
    code: str = ""
    words: str = ""
    receipt: bytes = b""
    file_name: str = ""


class DocumentRefused(Refused):
    """It is the document that the network does not take; ``detail`` has its reasons."""

    code = "document_refused"
