"""Payment terms of every kind, drawn by hypothesis, and calendars to move them on."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from usance.rules.terms import (
    LONGEST_TERM,
    Cash,
    DayOfMonth,
    EndOfWeek,
    FixedDate,
    Part,
    Terms,
    Tier,
    UnknownTerms,
)

DAYS = st.dates(date(2000, 1, 1), date(2098, 12, 31))
AMOUNTS = st.one_of(st.integers(0, 200), st.integers(0, 10**15))
MOVES = st.sampled_from(["none", "next", "previous", "modified_following"])


@dataclass(frozen=True)
class Calendar:
    """People rest on some days of the week and on some days of the year."""

    rest: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = frozenset()

    def is_working_day(self, day: date, /) -> bool:
        return day.weekday() not in self.rest and day not in self.holidays


CALENDARS = st.builds(Calendar, st.frozensets(st.integers(0, 6), max_size=6))

_NET = st.builds(Terms, st.integers(0, LONGEST_TERM), st.booleans())
_SINGLE = st.one_of(
    _NET,
    st.builds(
        lambda days, extra: Terms(days, True, extra_days=extra),
        st.integers(0, 120),
        st.integers(0, 120),
    ),
    st.builds(lambda days: Terms(days, mark=EndOfWeek()), st.integers(0, LONGEST_TERM)),
    st.builds(
        lambda day, months: Terms(mark=DayOfMonth(day, months)),
        st.integers(1, 31),
        st.integers(0, 12),
    ),
    st.builds(lambda on: Terms(mark=FixedDate(on)), DAYS),
    st.builds(lambda when: Terms(mark=Cash(when)), st.sampled_from(["in_advance", "on_delivery"])),
)


_SHARES = st.sampled_from(
    [(None, None), (None,) * 3, (None,) * 4, (5_000, 5_000), (1, 9_999), (3_333, 6_667),
     (4_000, 3_000, 3_000), (9_800, 100, 100)]
)  # fmt: skip


@st.composite
def _parted(draw: Any) -> Terms:
    shares = draw(_SHARES)
    gaps = draw(st.lists(st.integers(1, 90), min_size=len(shares), max_size=len(shares)))
    first = draw(st.sampled_from([0, gaps[0]]))
    days = [first + sum(gaps[1 : n + 1]) for n in range(len(shares))]
    parts = tuple(Part(after, share) for after, share in zip(days, shares, strict=True))
    try:
        return Terms(days[-1], draw(st.booleans()), parts=parts)
    except UnknownTerms:  # a code too long
        return Terms(90, parts=(Part(30), Part(60), Part(90)))


@st.composite
def _by_amount(draw: Any) -> Terms:
    """A fixed amount or two, and the rest."""
    amounts = draw(st.lists(st.integers(1, 9_999), min_size=1, max_size=2))
    parts = tuple(Part(10 * n, amount=amount) for n, amount in enumerate(amounts))
    days = draw(st.integers(30, 90))
    return Terms(days, draw(st.booleans()) and len(amounts) == 1, parts=(*parts, Part(days)))


@st.composite
def _any_terms(draw: Any) -> Terms:
    """A deposit and discounts where they go with the rest."""
    base = draw(st.one_of(_SINGLE, _parted(), _by_amount()))
    tiers = draw(st.sampled_from([(), (Tier(200, 10),), (Tier(125, 0),), _TWO_TIERS]))
    deposit = draw(st.sampled_from([0, 0, 3_000, 1, 9_999]))
    for given in ({"tiers": tiers, "deposit": deposit}, {"tiers": tiers}, {"deposit": deposit}):
        with contextlib.suppress(UnknownTerms):
            return replace(base, **given)
    return base


_TWO_TIERS = (Tier(200, 10), Tier(100, 20))
TERMS = _any_terms()
"""Terms of any kind, with deposits and discounts where they go together."""
