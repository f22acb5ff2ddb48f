"""Reading a dunning policy from its document, part by part, and saying which part is wrong."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, cast

from usance.rules.dunning.policy import (
    CHANNELS,
    EARLIEST_DAY,
    LANGUAGES,
    LATEST_DAY,
    LEVELS,
    LONGEST_NAME,
    MOST_QUIET,
    Channel,
    DunningPolicy,
    InvalidDunningPolicy,
    Level,
    QuietTime,
    Segment,
    Step,
    rank,
)
from usance.rules.dunning.texts import check_text
from usance.rules.money import LARGEST_AMOUNT, UnknownCurrency, exponent
from usance.rules.terms.holiday_calendar import UnknownCalendar, holiday_calendar

_PARTS: Final = {
    "name", "position", "segment", "when", "steps", "min_days", "minimum", "money_days", "calendar",
    "quiet", "hours", "texts",
}  # fmt: skip
_STEP_PARTS: Final = {"level", "days", "channels", "minimum", "needs_notice", "hold", "tell"}
_ROLE_OR_ADDRESS: Final = re.compile(r"[a-z_]+|[^\s@<>,;:\"]+@[^\s@<>,;:\"]+\.[^\s@<>,;:\"]+")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


def policy_from_document(document: Mapping[str, Any], *, currency: str) -> DunningPolicy:
    """Read and check a policy; ``currency`` is the seller's own, in which ``when`` writes amounts.

    Raises InvalidDunningPolicy naming the part that is wrong.
    """
    _only(document, _PARTS, field="")
    name = document.get("name")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME:
        raise InvalidDunningPolicy(f"Write a name of 1 to {LONGEST_NAME} characters.", field="name")
    when = document.get("when", "true")
    if not isinstance(when, str):
        raise InvalidDunningPolicy("when must be an expression.", field="when")
    hours = document.get("hours", {})
    if not isinstance(hours, Mapping):
        raise InvalidDunningPolicy("Write hours as {from, until}.", field="hours")
    _only(hours, {"from", "until"}, field="hours")
    policy = DunningPolicy(
        name=" ".join(name.split()),
        steps=_steps(document.get("steps")),
        segment=_segment(document.get("segment", {})),
        when=when.strip() or "true",
        position=_whole(document, "position", 100, least=0, most=10_000),
        min_days=_whole(document, "min_days", 3, least=1, most=90),
        minimum=_minimum(document.get("minimum", {}), field="minimum"),
        money_days=_whole(document, "money_days", 10, least=0, most=90),
        calendar=_calendar(document.get("calendar", "")),
        quiet=_quiet(document.get("quiet", [])),
        from_hour=_whole(hours, "from", 9, least=0, most=23, field="hours"),
        until_hour=_whole(hours, "until", 17, least=1, most=24, field="hours"),
        texts=_texts(document.get("texts", {})),
        currency=currency,
    )
    if policy.from_hour >= policy.until_hour:
        raise InvalidDunningPolicy("The sending hours end after they begin.", field="hours")
    _ = policy.program
    return policy


def _steps(given: Any) -> tuple[Step, ...]:
    if not isinstance(given, list) or not 0 < len(given) <= len(LEVELS):
        raise InvalidDunningPolicy(f"Write 1 to {len(LEVELS)} steps.", field="steps")
    steps = tuple(_step(one, place) for place, one in enumerate(given, 1))
    for place, (before, after) in enumerate(itertools.pairwise(steps), 2):
        if rank(after.level) <= rank(before.level) or after.days <= before.days:
            raise InvalidDunningPolicy(
                f"Step {place} must be of a higher level, on a later day, than the one before it.",
                field=f"steps.{place}",
            )
    return steps


def _step(given: Any, place: int) -> Step:
    field = f"steps.{place}"
    if not isinstance(given, Mapping):
        raise InvalidDunningPolicy("A step is an object with level, days, channels.", field=field)
    _only(given, _STEP_PARTS, field=field)
    level = given.get("level")
    if level not in LEVELS:
        raise InvalidDunningPolicy(f"level must be one of {', '.join(LEVELS)}.", field=field)
    days = given.get("days")
    if type(days) is not int or not EARLIEST_DAY <= days <= LATEST_DAY:
        raise InvalidDunningPolicy(
            f"days must be a whole number from {EARLIEST_DAY} to {LATEST_DAY}.", field=field
        )
    fits = {"friendly": days < 0, "due_today": days == 0}.get(str(level), days > 0)
    if not fits:
        raise InvalidDunningPolicy(
            "A friendly reminder comes before the due date, due_today on it, every notice after it.",
            field=field,
        )
    return Step(
        level=cast("Level", level),
        days=days,
        channels=_channels(given.get("channels", ["email"]), field=field),
        minimum=_minimum(given.get("minimum", {}), field=field),
        needs_notice=_flag(given, "needs_notice", field=field),
        hold=_flag(given, "hold", field=field),
        tell=_people(given.get("tell", []), field=field),
    )


def _people(given: Any, *, field: str) -> tuple[str, ...]:
    names = _names(given, what="tell", field=field)
    if wrong := [one for one in names if not _ROLE_OR_ADDRESS.fullmatch(one)]:
        raise InvalidDunningPolicy(
            f"{wrong[0]!r:.40} in tell is neither a role nor an e-mail address.", field=field
        )
    return names


def _channels(given: Any, *, field: str) -> tuple[Channel, ...]:
    chosen = _names(given, what="channels", field=field)
    if not chosen or not set(chosen) <= set(CHANNELS):
        raise InvalidDunningPolicy(f"channels must be some of {', '.join(CHANNELS)}.", field=field)
    return cast("tuple[Channel, ...]", tuple(one for one in CHANNELS if one in chosen))


def _segment(given: Any) -> Segment:
    if not isinstance(given, Mapping):
        raise InvalidDunningPolicy("segment must be an object.", field="segment")
    _only(given, {"countries", "currencies", "groups", "metadata"}, field="segment")
    countries = _names(given.get("countries", []), what="countries", field="segment")
    if wrong := [one for one in countries if not _COUNTRY.fullmatch(one)]:
        raise InvalidDunningPolicy(
            f"{wrong[0]!r:.20} is no country code; write IT.", field="segment"
        )
    currencies = _names(given.get("currencies", []), what="currencies", field="segment")
    for one in currencies:
        _known_currency(one, field="segment")
    metadata = given.get("metadata", {})
    if not isinstance(metadata, Mapping) or not all(
        isinstance(key, str) and isinstance(value, str) for key, value in metadata.items()
    ):
        raise InvalidDunningPolicy("metadata must be texts by name.", field="segment")
    groups = _names(given.get("groups", []), what="groups", field="segment")
    return Segment(countries, currencies, groups, dict(metadata))


def _minimum(given: Any, *, field: str) -> dict[str, int]:
    if not isinstance(given, Mapping):
        raise InvalidDunningPolicy("minimum must be minor units by currency.", field=field)
    for currency, amount in given.items():
        _known_currency(currency, field=field)
        if type(amount) is not int or not 0 <= amount <= LARGEST_AMOUNT:
            raise InvalidDunningPolicy("minimum must be whole minor units.", field=field)
    return dict(given)


def _calendar(given: Any) -> str:
    if given == "":
        return ""
    try:
        return holiday_calendar(str(given)).code
    except UnknownCalendar as error:
        raise InvalidDunningPolicy(str(error), field="calendar") from None


def _quiet(given: Any) -> tuple[QuietTime, ...]:
    if not isinstance(given, list) or len(given) > MOST_QUIET:
        raise InvalidDunningPolicy(f"Write at most {MOST_QUIET} quiet times.", field="quiet")
    found = []
    for one in given:
        try:
            time = QuietTime(date.fromisoformat(one["from"]), date.fromisoformat(one["until"]))
        except (TypeError, KeyError, ValueError):
            raise InvalidDunningPolicy(
                "A quiet time is {from, until}, each a day such as 2026-12-24.", field="quiet"
            ) from None
        if time.until < time.since:
            raise InvalidDunningPolicy("A quiet time ends after it begins.", field="quiet")
        found.append(time)
    return tuple(found)


def _texts(given: Any) -> dict[str, dict[str, dict[str, str]]]:
    if not isinstance(given, Mapping):
        raise InvalidDunningPolicy("texts must be texts by level and language.", field="texts")
    found: dict[str, dict[str, dict[str, str]]] = {}
    for level, by_language in given.items():
        if level not in LEVELS or not isinstance(by_language, Mapping):
            raise InvalidDunningPolicy(f"There is no level {level!r:.20}.", field="texts")
        for language, text in by_language.items():
            field = f"texts.{level}.{language}"
            if language not in LANGUAGES:
                raise InvalidDunningPolicy(f"Texts are in {', '.join(LANGUAGES)}.", field="texts")
            if not isinstance(text, Mapping) or set(text) != {"subject", "body"}:
                raise InvalidDunningPolicy("A text has a subject and a body.", field=field)
            try:
                check_text(text["subject"], text["body"])
            except ValueError as error:
                raise InvalidDunningPolicy(str(error), field=field) from None
            found.setdefault(level, {})[language] = dict(text)
    return found


def _only(given: Mapping[str, Any], known: set[str], *, field: str) -> None:
    if unknown := sorted(str(one) for one in set(given) - known):
        raise InvalidDunningPolicy(
            f"There is no {unknown[0]!r:.40}; remove it.", field=field or unknown[0]
        )


def _whole(
    given: Mapping[str, Any], name: str, usual: int, *, least: int, most: int, field: str = ""
) -> int:
    value = given.get(name, usual)
    if type(value) is not int or not least <= value <= most:
        raise InvalidDunningPolicy(
            f"{name} must be a whole number from {least} to {most}.", field=field or name
        )
    return value


def _flag(given: Mapping[str, Any], name: str, *, field: str) -> bool:
    value = given.get(name, False)
    if type(value) is not bool:
        raise InvalidDunningPolicy(f"{name} must be true or false.", field=field)
    return value


def _names(given: Any, *, what: str, field: str) -> tuple[str, ...]:
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > 50:
        raise InvalidDunningPolicy(f"{what} must be a list of at most 50.", field=field)
    if not all(isinstance(one, str) and 0 < len(one) <= 200 for one in given):
        raise InvalidDunningPolicy(f"{what} must be a list of texts.", field=field)
    return tuple(dict.fromkeys(given))


def _known_currency(code: Any, *, field: str) -> None:
    try:
        exponent(str(code))
    except UnknownCurrency as error:
        raise InvalidDunningPolicy(str(error), field=field) from None
