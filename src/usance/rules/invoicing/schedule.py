"""When what has shipped is billed: the buyer's own schedule, cut into periods by its cut-off days.

Every day belongs to exactly one period of a schedule: from the day after one cut-off to the next
cut-off, both included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from usance.rules.terms.days import end_of_month

Kind = Literal["per_shipment", "per_order", "daily", "weekly", "twice_monthly", "monthly"]

LAST_DAY: Final = 31
"""The cut-off day of a month that ends with it."""
MIDDLE_OF_MONTH: Final = 15
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CODE: Final = re.compile(r"(?P<kind>[a-z_]+?)(?::(?P<day>[a-z]+|[1-9][0-9]?))?")


class UnknownSchedule(ValueError):
    """The text is not the code of a billing schedule."""

    code = "unknown_schedule"


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``start`` to ``end``, both included. ``end`` is the cut-off day."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often a buyer is billed.

    ``day`` is the cut-off: of a week from 1 (Monday) to 7, of a month from 1 to 28 or LAST_DAY. What
    is billed per shipment or per order does not wait for a day; a period of it is the day itself.

    Raises UnknownSchedule for a day that such a schedule has not.
    """

    kind: Kind = "per_shipment"
    day: int = 0

    def __post_init__(self) -> None:
        if self.kind == "weekly":
            possible = 1 <= self.day <= 7
        elif self.kind == "monthly":
            possible = 1 <= self.day <= 28 or self.day == LAST_DAY
        else:
            possible = self.day == 0
        if not possible:
            raise UnknownSchedule(
                f"{self.kind} has no cut-off day {self.day}; a week has the days 1 (Monday) to 7, a"
                f" month 1 to 28 or {LAST_DAY}, its last."
            )

    @property
    def code(self) -> str:
        """The stable code: ``per_shipment``, ``weekly:fri``, ``monthly:25``, ``monthly:last``."""
        if self.kind == "weekly":
            return f"weekly:{_WEEKDAYS[self.day - 1]}"
        if self.kind == "monthly":
            return f"monthly:{'last' if self.day == LAST_DAY else self.day}"
        return self.kind

    @property
    def waits(self) -> bool:
        """Whether shipments wait for a cut-off day."""
        return self.kind not in ("per_shipment", "per_order")

    def cut_off_on(self, on: date) -> date:
        """The first cut-off day on or after ``on``: what ships on ``on`` is billed then."""
        if self.kind == "weekly":
            return on + timedelta(days=(self.day - on.isoweekday()) % 7)
        if self.kind == "twice_monthly":
            middle = on.replace(day=MIDDLE_OF_MONTH)
            return middle if on <= middle else end_of_month(on)
        if self.kind == "monthly":
            cut_off = _of_month(on, self.day)
            return cut_off if on <= cut_off else _of_month(end_of_month(on) + _DAY, self.day)
        return on

    def next_cut_off(self, on: date) -> date:
        """The first cut-off day after ``on``."""
        return self.cut_off_on(on + _DAY)

    def previous_cut_off(self, on: date) -> date:
        """The last cut-off day before ``on``."""
        if self.kind == "weekly":
            return on - timedelta(days=(on.isoweekday() - self.day - 1) % 7 + 1)
        if self.kind == "twice_monthly":
            if on.day > MIDDLE_OF_MONTH:
                return on.replace(day=MIDDLE_OF_MONTH)
            return on.replace(day=1) - _DAY
        if self.kind == "monthly":
            cut_off = _of_month(on, self.day)
            return cut_off if cut_off < on else _of_month(on.replace(day=1) - _DAY, self.day)
        return on - _DAY

    def last_cut_off(self, on: date) -> date:
        """The last cut-off day on or before ``on``: what had shipped by then is due to be billed."""
        return self.previous_cut_off(on + _DAY)

    def period_of(self, on: date) -> Period:
        """The period to which ``on`` belongs."""
        return Period(self.previous_cut_off(on) + _DAY, self.cut_off_on(on))


_DAY: Final = timedelta(days=1)


def _of_month(on: date, day: int) -> date:
    """The cut-off day of the month of ``on``."""
    return end_of_month(on) if day == LAST_DAY else on.replace(day=day)


def parse_schedule(code: str) -> Schedule:
    """The schedule of ``code``. Raises UnknownSchedule.

    ``weekly`` alone ends on Sunday, ``monthly`` alone with the month.
    """
    found = _CODE.fullmatch(code)
    kind, day = (found["kind"], found["day"]) if found else ("", None)
    if kind == "weekly" and (day is None or day in _WEEKDAYS):
        return Schedule("weekly", _WEEKDAYS.index(day or "sun") + 1)
    if kind == "monthly" and (day is None or day == "last"):
        return Schedule("monthly", LAST_DAY)
    if kind == "monthly" and day and day.isdecimal() and int(day) < LAST_DAY:
        return Schedule("monthly", int(day))
    for known in _WITHOUT_A_DAY:
        if kind == known and day is None:
            return Schedule(known)
    raise UnknownSchedule(
        f"{code!r} is not a billing schedule; write per_shipment, per_order, daily, weekly:fri,"
        " twice_monthly, monthly:25 or monthly:last."
    )


_WITHOUT_A_DAY: Final[tuple[Kind, ...]] = ("per_shipment", "per_order", "daily", "twice_monthly")
