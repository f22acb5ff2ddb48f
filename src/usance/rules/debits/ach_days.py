"""When an ACH debit settles, until when it may come back, and when it is good.

Days are those of the Federal Reserve; times are of its own clock (New York). Source: Nacha Operating
Rules, articles Two (prenotes, reinitiation), Three (returns), Eight (definitions), and the processing
schedule of FedACH; in our own words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

from usance.rules.banking_days import (
    FEDERAL_RESERVE,
    add_banking_days,
    banking_day_on_or_after,
    next_banking_day,
)
from usance.rules.debits.ach_reasons import SIXTY_DAYS

RETURN_DAYS: Final = 2
"""A return must be at the sending bank when the second banking day after settlement opens."""
CONSUMER_DAYS: Final = 60
"""Calendar days after settlement in which a consumer may tell its bank that a debit was wrong."""
DISHONOR_DAYS: Final = 5
"""Banking days after a return settled in which the sending bank may dishonor it."""
AHEAD_OF_DEBITS: Final = 1
AHEAD_OF_CREDITS: Final = 2
"""Banking days before the effective date from which on the operator takes entries."""
PRENOTE_DAYS: Final = 3
"""The first live entry may follow a prenote on the third banking day after its settlement."""
CORRECTION_DAYS: Final = 6
"""Banking days within which a notification of change is applied, or before the next entry if that
is later."""
RETRY_DAYS: Final = 180
"""An unpaid debit may be sent again within so many days of its first settlement, with this
description:"""
RETRY_DESCRIPTION: Final = "RETRY PYMT"
NOT_ON_THE_SAME_DAY: Final = frozenset({"IAT", "ENR", "ADV"})
"""Classes that never settle on the day they are sent."""

_LIMITS: Final = (
    (date(2022, 3, 18), 1_000_000_00),
    (date(2020, 3, 20), 100_000_00),
    (date(2016, 9, 23), 25_000_00),
)


@dataclass(frozen=True, slots=True)
class SameDayWindow:
    """One of the day's runs in which the operator settles at once. Times of New York."""

    number: int
    closes: time
    """By when the operator must have the file; the bank wants it before."""
    settles: time
    wish: str
    """What the descriptive date of a batch says to ask for this settlement."""


WINDOWS: Final = (
    SameDayWindow(1, time(10, 30), time(13, 0), "SD1300"),
    SameDayWindow(2, time(14, 45), time(17, 0), "SD1700"),
    SameDayWindow(3, time(16, 45), time(18, 0), "SD1800"),
)


def same_day_limit(on: date) -> int:
    """Cents that one entry may have to settle on the day it is sent; 0 before there was such a thing."""
    return next((limit for since, limit in _LIMITS if on >= since), 0)


def same_day_window(
    sent_at: time, *, on: date, earlier: timedelta = timedelta(0)
) -> SameDayWindow | None:
    """The next window for a file that is sent at ``sent_at`` (New York) on ``on``.

    ``earlier``: how long before the operator the bank closes its own window. None after the last one,
    and on a day that is no banking day.
    """
    if not FEDERAL_RESERVE.is_working_day(on):
        return None
    ready = _minutes(sent_at) + int(earlier.total_seconds()) // 60
    return next((window for window in WINDOWS if ready <= _minutes(window.closes)), None)


def same_day_faults(amounts: Iterable[int], *, on: date, entry_class: str) -> tuple[str, ...]:
    """Why these entries cannot settle on ``on``, the day they are sent: codes, none if they can.

    ``class_excluded``, ``no_banking_day``, ``over_limit``.
    """
    found = []
    if entry_class in NOT_ON_THE_SAME_DAY:
        found.append("class_excluded")
    if not FEDERAL_RESERVE.is_working_day(on):
        found.append("no_banking_day")
    if any(amount > same_day_limit(on) for amount in amounts):
        found.append("over_limit")
    return tuple(found)


def effective_date(wanted_on: date, *, sent_on: date, same_day: bool = False) -> date:
    """The effective entry date to write for money that is wanted on ``wanted_on``.

    A banking day, not before the one after ``sent_on`` (the day on which the bank has the file in
    time), or on that very day where ``same_day``.
    """
    sent = banking_day_on_or_after(sent_on, calendar=FEDERAL_RESERVE)
    first = sent if same_day else next_banking_day(sent, calendar=FEDERAL_RESERVE)
    return banking_day_on_or_after(max(wanted_on, first), calendar=FEDERAL_RESERVE)


def earliest_submission(effective_on: date, *, credit: bool = False) -> date:
    """The first banking day on which the operator takes entries with this effective date: one before
    for debits, two for credits. What is sent sooner comes back as R18, unless the bank keeps it."""
    ahead = AHEAD_OF_CREDITS if credit else AHEAD_OF_DEBITS
    return add_banking_days(effective_on, count=-ahead, calendar=FEDERAL_RESERVE)


def settlement_from_day_of_year(day_of_year: int, *, near: date) -> date | None:
    """The date that the operator wrote as the day of a year, in the year that is closest to ``near``.

    None for 0, with which nothing is said, and for a 366th day where no year near has one.
    """
    if day_of_year < 1:
        return None
    candidates = (date(year, 1, 1) for year in (near.year - 1, near.year, near.year + 1))
    days = ((first.year, first + timedelta(days=day_of_year - 1)) for first in candidates)
    known = [day for year, day in days if day.year == year]
    return min(known, key=lambda day: abs((day - near).days), default=None)


def return_until(settled_on: date, *, code: str | None = None) -> date:
    """The last day on which a return may be made available to the sending bank.

    ``code``: of the return; without one, the deadline of returns that need no reason of the buyer's.
    """
    if code in SIXTY_DAYS:
        late = settled_on + timedelta(days=CONSUMER_DAYS)
        return next_banking_day(late, calendar=FEDERAL_RESERVE)
    return add_banking_days(settled_on, count=RETURN_DAYS, calendar=FEDERAL_RESERVE)


def good_after(settled_on: date, *, consumer: bool = False) -> date:
    """The last day on which the money of a debit may come back by right.

    From a firm's account the second banking day; from a ``consumer``'s the banking day after sixty
    days. Later returns reach a seller only with its bank's consent or through a court.
    """
    return return_until(settled_on, code="R10" if consumer else None)


def dishonor_until(return_settled_on: date) -> date:
    """The last day on which our bank may send a wrong return back."""
    return add_banking_days(return_settled_on, count=DISHONOR_DAYS, calendar=FEDERAL_RESERVE)


def live_after_prenote(settled_on: date) -> date:
    """The first day on which a live entry may settle, if the prenote settled on ``settled_on`` and
    nothing came back."""
    return add_banking_days(settled_on, count=PRENOTE_DAYS, calendar=FEDERAL_RESERVE)


def correct_by(received_on: date) -> date:
    """The last day for applying a notification of change that came on ``received_on``."""
    return add_banking_days(received_on, count=CORRECTION_DAYS, calendar=FEDERAL_RESERVE)


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute
