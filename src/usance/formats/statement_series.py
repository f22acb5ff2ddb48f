"""Whether the statements of an account follow one another: sequence and balances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class InSeries:
    """A statement as its neighbours see it. Balances are minor units of the account's currency."""

    sequence: int | None
    partial: bool
    opening: int | None
    closing: int | None
    first: date | None
    last: date | None
    place: tuple[str, int]
    """When it was taken, and its place in its file: tells statements of one day apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Something is missing before a statement."""

    code: Literal["sequence_gap", "balance_does_not_continue"]
    data: dict[str, int]


def breaks_before(statement: InSeries, others: Sequence[InSeries]) -> list[Broken]:
    """What does not continue between ``statement`` and the one before it among ``others``.

    Where the bank counts, the one before is that with the number before; a bank that begins anew each
    year, or that writes the same number always, leaves no gap. Where it does not, the one before is
    the latest that ended when this one began, or earlier. Nothing is said of the first of an account.
    """
    before = _before(statement, others)
    if before is None:
        return []
    if (missing := _missing(statement, before)) is not None:
        return [Broken(code="sequence_gap", data=missing)]
    if before.closing is None or statement.opening is None or before.closing == statement.opening:
        return []
    return [
        Broken(
            code="balance_does_not_continue",
            data={"closing_before": before.closing, "opening": statement.opening},
        )
    ]


def _missing(statement: InSeries, before: InSeries) -> dict[str, int] | None:
    if statement.sequence is None or before.sequence is None:
        return None
    if statement.sequence <= before.sequence + 1:
        return None
    return {"first": before.sequence + 1, "last": statement.sequence - 1}


def _before(statement: InSeries, others: Sequence[InSeries]) -> InSeries | None:
    earlier = [other for other in others if _is_earlier(other, statement)]
    return max(earlier, key=_order, default=None)


def _order(one: InSeries) -> tuple[date, date, int, tuple[str, int]]:
    last = one.last or one.first or date.min
    return (last, one.first or last, one.sequence or 0, one.place)


def _is_earlier(other: InSeries, statement: InSeries) -> bool:
    """Whether ``other`` ends where ``statement`` begins, or before."""
    if statement.first is None or other.last is None:
        return False
    if other.last > statement.first:
        return False
    begins_there = other.last == statement.first == statement.last
    same_days = (other.first, other.last) == (statement.first, statement.last)
    if not (begins_there or same_days):
        return True
    # Statements of a single day begin and end on it; the bank's number tells their order.
    if None not in (statement.sequence, other.sequence) and statement.sequence != other.sequence:
        return (other.sequence or 0) < (statement.sequence or 0)
    return other.place < statement.place
