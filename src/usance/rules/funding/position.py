"""What of an advance is still out, and what is to be done about it, from how its invoice stands.

The position follows from the figures of the invoice alone, whatever the order in which payments,
returns, credit notes and write-offs came: a flow compares it with what has been booked and books the
difference. Money of the buyer goes to the partner first, until the advance is repaid; what comes after
that is the seller's reserve.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from usance.rules.funding.choice import BORNE_BY_PARTNER, FundingKind
from usance.rules.money import proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An invoice since it was funded, minor units. ``base`` was outstanding then; ``credited`` and
    ``written_off`` are what was credited and written off since, ``outstanding`` what is owed now."""

    base: int
    outstanding: int
    credited: int
    written_off: int

    @property
    def _settled(self) -> int:
        left = min(max(self.outstanding + self.written_off, 0), self.base)
        return self.base - left

    @property
    def diluted(self) -> int:
        """What of the base will not be paid because it was credited."""
        return min(max(self.credited, 0), self._settled)

    @property
    def collected(self) -> int:
        """What of the base was paid."""
        return self._settled - self.diluted


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """What of an advance of ``advanced`` has ended, and how. ``recoursed`` is what the seller bore,
    ``absorbed`` what the partner did."""

    advanced: int
    diluted: int = 0
    repaid: int = 0
    recoursed: int = 0
    absorbed: int = 0

    @property
    def open(self) -> int:
        """What is still out."""
        return self.advanced - self.diluted - self.repaid - self.recoursed - self.absorbed


StepKind = Literal["dilution", "repayment", "recourse", "reclaim", "absorb", "revive", "bear"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do about ``amount`` of an advance.

    ``dilution``, ``repayment`` and ``recourse`` send money to the partner; ``reclaim`` asks it back,
    since what was repaid came from a payment that was returned. ``absorb`` leaves the partner with the
    loss, ``revive`` takes that back. ``bear``: what was repaid is now the seller's own loss; no money
    moves.
    """

    kind: StepKind
    amount: int


def kept(advanced: int, *, standing: Standing) -> int:
    """The advance that the rest of the invoice bears: it shrinks as the invoice is credited."""
    if not standing.base:
        return 0
    return proportion(advanced, part=standing.base - standing.diluted, whole=standing.base)


def needed(advanced: int, *, standing: Standing) -> int:
    """What the buyer has still to pay of the advance."""
    return max(kept(advanced, standing=standing) - standing.collected, 0)


def reserve_released(advanced: int, *, standing: Standing) -> int:
    """What was paid by the buyer beyond the advance: the seller's to keep."""
    return max(standing.collected - kept(advanced, standing=standing), 0)


def steps(
    booked: Booked, *, standing: Standing, kind: FundingKind, recourse_due: bool
) -> tuple[Step, ...]:
    """What is to be done now; empty where the advance is as it should be.

    ``recourse_due`` says that the partner's patience with the buyer is over. What the seller has once
    borne by recourse is not asked back: what the buyer pays later is the seller's.
    """
    by_partner = kind == BORNE_BY_PARTNER
    if booked.absorbed and not standing.written_off:
        # The loss was taken back; what follows from that is seen at the next look.
        return (Step("revive", booked.absorbed),)
    wanted = needed(booked.advanced, standing=standing)
    surplus = booked.open - wanted
    if surplus > 0:
        return _send(booked, standing=standing, amount=surplus)
    borne = booked.absorbed if by_partner else booked.recoursed
    missing = min(-surplus - borne, booked.repaid)
    if missing > 0:
        return (Step("reclaim" if by_partner else "bear", missing),)
    return _unpaid(booked, standing=standing, by_partner=by_partner, recourse_due=recourse_due)


def _unpaid(
    booked: Booked, *, standing: Standing, by_partner: bool, recourse_due: bool
) -> tuple[Step, ...]:
    """Who bears what is still out, once it is known that the buyer does not pay it."""
    if not booked.open:
        return ()
    if by_partner:
        return (Step("absorb", booked.open),) if standing.written_off else ()
    return (Step("recourse", booked.open),) if standing.written_off or recourse_due else ()


def _send(booked: Booked, *, standing: Standing, amount: int) -> tuple[Step, ...]:
    """Money to the partner: what was credited first, then what was collected."""
    gone = booked.advanced - kept(booked.advanced, standing=standing)
    diluted = min(max(gone - booked.diluted, 0), amount)
    parts = (Step("dilution", diluted), Step("repayment", amount - diluted))
    return tuple(part for part in parts if part.amount)
