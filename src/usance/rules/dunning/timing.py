"""When a message goes out: in working hours, on a working day, where the buyer is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

from usance.rules.dunning.policy import DunningPolicy
from usance.rules.terms.holiday_calendar import UnknownCalendar, holiday_calendar

ZONE_KEY: Final = "time_zone"
"""Where a buyer's metadata names its zone, such as America/Chicago."""

_LARGEST_CITY: Final[Mapping[str, str]] = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kiev",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}
"""Countries with several zones: that of the largest city, where the buyer does not say."""

_LONGEST_WAIT: Final = 40
"""Days that are looked at for one on which people work."""


def zone_of(country: str, *, metadata: Mapping[str, Any], otherwise: str) -> str:
    """The time zone of a buyer: what its metadata says, else its country's, else ``otherwise``."""
    named = metadata.get(ZONE_KEY)
    if isinstance(named, str) and _exists(named):
        return named
    return _of_country(country) or otherwise


def is_quiet(day: date, *, policy: DunningPolicy, country: str) -> bool:
    """Whether nobody is written to on ``day``: a weekend or public holiday of the policy's calendar or
    of the buyer's country, or a time that the seller keeps quiet. A country without a calendar has
    weekends only."""
    if policy.is_quiet(day):
        return True
    try:
        return not holiday_calendar(policy.calendar or country).is_working_day(day)
    except UnknownCalendar:
        return day.weekday() >= 5


def sending_at(
    at: datetime, *, policy: DunningPolicy, country: str, zone: str, best_hour: int | None = None
) -> datetime:
    """The first instant from ``at`` on at which a message may go out: at ``best_hour`` of the buyer's
    day where that lies within the policy's hours and is still to come, else as soon as they allow."""
    where = ZoneInfo(zone)
    local = at.astimezone(where)
    for ahead in range(_LONGEST_WAIT):
        day = local.date() + timedelta(days=ahead)
        if is_quiet(day, policy=policy, country=country):
            continue
        opens = datetime.combine(day, time(policy.from_hour), where)
        closes = datetime.combine(day, time(), where) + timedelta(hours=policy.until_hour)
        if best_hour is not None and policy.from_hour <= best_hour < policy.until_hour:
            opens = datetime.combine(day, time(best_hour), where)
        first = max(opens, local)
        if first < closes:
            return first.astimezone(at.tzinfo)
    return at + timedelta(days=_LONGEST_WAIT)


def may_go_out(at: datetime, *, policy: DunningPolicy, country: str, zone: str) -> bool:
    """Whether ``at`` is within the hours of a working day where the buyer is."""
    return sending_at(at, policy=policy, country=country, zone=zone) <= at


def best_hour(reactions: Sequence[datetime], *, zone: str) -> int | None:
    """The hour of the day, where the buyer is, at which it has reacted most; None below three
    reactions, from which no habit can be read. Neighbouring hours count half, the earlier hour wins."""
    if len(reactions) < 3:
        return None
    where = ZoneInfo(zone)
    counts = [0] * 24
    for one in reactions:
        counts[one.astimezone(where).hour] += 1
    weights = [2 * counts[h] + counts[h - 1] + counts[(h + 1) % 24] for h in range(24)]
    return max(range(24), key=lambda hour: (weights[hour], -hour))


@lru_cache(maxsize=512)
def _of_country(country: str) -> str:
    if country in _LARGEST_CITY:
        return _LARGEST_CITY[country]
    zones = [zone for zone, place in get_global("zone_territories").items() if place == country]
    known = sorted(zone for zone in zones if _exists(zone))
    return known[0] if known else ""


@lru_cache(maxsize=512)
def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
