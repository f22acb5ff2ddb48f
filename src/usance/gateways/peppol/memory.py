"""An access point in memory, for tests and for worlds to try things in."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from usance.gateways.errors import CounterpartError
from usance.gateways.outcome import DocumentRefused, Outcome
from usance.gateways.peppol.access_point import AlreadyTaken, Dispatch, Participant

_PENDING = Outcome(state="pending")


class MemoryAccessPoint:
    """Reaches ``participants``; keeps what it takes in ``taken``. Say in ``outcomes``, by reference,
    what becomes of it. ``failing`` is raised if it is set."""

    source = "memory"

    def __init__(self, *participants: Participant) -> None:
        self.participants = set(participants)
        self.failing: CounterpartError | None = None
        self.taken: dict[str, Dispatch] = {}
        self.outcomes: dict[str, Outcome] = {}

    def reaches(self, receiver: Participant, *, is_credit: bool = False) -> bool:
        """Whether it is one of ``participants``."""
        del is_credit
        self._fail()
        return receiver in self.participants

    def send(self, dispatch: Dispatch) -> str:
        """Keep the document."""
        self._fail()
        reference = str(uuid5(NAMESPACE_URL, dispatch.key))
        if reference in self.taken:
            raise AlreadyTaken("It was taken before.", counterpart=self.source)
        if not dispatch.document.lstrip().startswith(b"<"):
            raise DocumentRefused(
                "The document is not XML.", counterpart=self.source, detail="document: not XML"
            )
        self.taken[reference] = dispatch
        return reference

    def outcome(self, reference: str) -> Outcome:
        """What ``outcomes`` says."""
        self._fail()
        return self.outcomes.get(reference, _PENDING)

    def _fail(self) -> None:
        if self.failing is not None:
            raise self.failing
