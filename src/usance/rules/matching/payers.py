"""Who paid: the buyer behind an account or a name, from master data and from what was learnt."""

from __future__ import annotations

from uuid import UUID

from usance.rules.matching.model import BankLine, Buyer, Lesson


class Buyers:
    """The seller's buyers, found by account, customer number and name."""

    def add(self, buyer: Buyer) -> None:
        """Take in ``buyer``, in place of an earlier state of it."""

    def remove(self, buyer_id: UUID) -> None:
        """Forget a buyer. Raises KeyError if unknown."""


def lessons(line: BankLine, *, buyer_id: UUID, undone: bool = False) -> tuple[Lesson, ...]:
    """What a confirmed match of ``line`` to ``buyer_id`` teaches, or an undone one."""
    raise NotImplementedError
