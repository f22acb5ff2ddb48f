"""Promises of instalments: what a buyer may propose, and whether it has kept its word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from usance.rules.money import proportion


class InvalidPromise(ValueError):
    """Instalments that do not sum up, or not within what the seller allows; nothing was written."""

    code = "invalid_promise"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the seller allows: so many parts within so many days, the first of so many percent."""

    most_parts: int
    most_days: int
    first_percent: int


@dataclass(frozen=True, slots=True)
class Part:
    """``amount`` minor units until the end of the day ``due_on``."""

    due_on: date
    amount: int


def agreed_at_once(*, at_once: bool, ask_after_broken: bool, broken: int) -> bool:
    """Whether what keeps the seller's bounds is agreed without a person, who else answers it.

    ``at_once`` is that the seller wants it so; with ``ask_after_broken`` not for a buyer that has
    ``broken`` promises which are still not kept.
    """
    return at_once and not (ask_after_broken and broken)


def paid_of(promised: int, *, outstanding: int, given_up: int) -> int:
    """What the buyer has done, since it was promised, about an invoice of which ``promised`` was open:
    paid it, or had it credited. ``outstanding`` and ``given_up`` (written off since then) are minor
    units of now; what the seller gives up keeps nobody's word."""
    return min(max(promised - outstanding - max(given_up, 0), 0), promised)


def check_parts(parts: Sequence[Part], *, amount: int, bounds: Bounds, on: date) -> None:
    """Raise InvalidPromise unless ``parts`` pay ``amount`` (minor units) within ``bounds``, in order,
    none of them before the day ``on``."""
    if not 1 <= len(parts) <= bounds.most_parts:
        raise InvalidPromise(f"At most {bounds.most_parts} instalments can be promised.")
    if any(part.amount <= 0 for part in parts):
        raise InvalidPromise("Each instalment has an amount.")
    total = sum(part.amount for part in parts)
    if total != amount:
        raise InvalidPromise(f"The instalments sum to {total} minor units, {amount} are open.")
    days = [part.due_on for part in parts]
    if days != sorted(set(days)):
        raise InvalidPromise("Each instalment is due on a later day than the one before.")
    if days[0] < on:
        raise InvalidPromise("The first instalment cannot be due in the past.")
    if days[-1] > on + timedelta(days=bounds.most_days):
        raise InvalidPromise(f"The last instalment has to be due within {bounds.most_days} days.")
    least = -(-amount * bounds.first_percent // 100)
    if parts[0].amount < least:
        raise InvalidPromise(
            f"The first instalment has to be {bounds.first_percent} % at least: {least} minor units."
        )


def usual_parts(
    *, amount: int, count: int, on: date, within: int, first_percent: int = 0
) -> tuple[Part, ...]:
    """``count`` equal instalments over ``within`` days, the first on the day ``on``; the last takes
    what rounding leaves. Fewer where there are not as many days; the first is larger where it has to
    be ``first_percent`` of all."""
    count = min(count, within + 1)
    equal = proportion(amount, part=1, whole=count)
    first = -(-amount * first_percent // 100)
    if first > equal and count > 1:
        equal = proportion(amount - first, part=1, whole=count - 1)
    parts, left = [], amount
    for place in range(count):
        share = left if place == count - 1 else equal
        share = min(max(share, first) if place == 0 else share, left)
        days = within * place // (count - 1) if count > 1 else 0
        parts.append(Part(on + timedelta(days=days), share))
        left -= share
    return tuple(part for part in parts if part.amount > 0)


def judge(parts: Sequence[Part], *, paid: int, on: date) -> tuple[str, tuple[str, ...]]:
    """The state of an accepted promise on the day ``on``, and of each part: open, kept or broken.

    ``paid`` (minor units) is what came in on its invoices since; it counts against the first part
    first. A part is broken once its day has passed, and kept all the same when it is paid later; the
    promise is broken while one of its parts is, and kept once all are.
    """
    states = []
    due = 0
    for part in parts:
        due += part.amount
        states.append("kept" if paid >= due else "broken" if part.due_on < on else "open")
    if all(state == "kept" for state in states):
        return "kept", tuple(states)
    return ("broken" if "broken" in states else "accepted"), tuple(states)
