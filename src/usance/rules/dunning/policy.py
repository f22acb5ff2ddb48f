"""What a seller does about invoices that fall due and are not paid: its steps, and for whom.

A policy is a document, kept by versions and read by :func:`policy_from_document`, which refuses what
cannot be followed and names the part that is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final, Literal

from usance.rules.credit.expressions import InvalidExpression, Program, Source, compile_program
from usance.rules.credit.facts import FACTS, Kind
from usance.rules.money import exponent

Level = Literal[
    "friendly", "due_today", "notice_1", "notice_2", "notice_3", "formal", "final", "handover"
]
LEVELS: Final[tuple[Level, ...]] = (
    "friendly",
    "due_today",
    "notice_1",
    "notice_2",
    "notice_3",
    "formal",
    "final",
    "handover",
)
"""The levels, the mildest first. An item climbs them and never comes back to one."""

Channel = Literal["email", "portal", "letter", "task", "webhook"]
CHANNELS: Final[tuple[Channel, ...]] = ("email", "portal", "letter", "task", "webhook")
LANGUAGES: Final = ("en", "it", "ro", "hi")

LATEST_DAY: Final = 720
EARLIEST_DAY: Final = -60
LONGEST_NAME: Final = 40
MOST_QUIET: Final = 40
_KIND_OF_NAME: Final = "dunning"
ACCOUNT_FACTS: Final[Mapping[str, Kind]] = {
    "buyer.country": "text",
    "buyer.group": "text",
    "buyer.language": "text",
    "account.currency": "text",
}
"""What a condition reads of an account besides the facts about its buyer."""


class InvalidDunningPolicy(ValueError):
    """The policy cannot be followed; ``field`` says which part of it is wrong, the text what to do."""

    code = "invalid_dunning_policy"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


def rank(level: str) -> int:
    """Where ``level`` stands, 0 for the mildest; -1 for none ("")."""
    return LEVELS.index(level) if level in LEVELS else -1


@dataclass(frozen=True, slots=True)
class Step:
    """What is done about an item ``days`` after it fell due (negative: before).

    ``minimum`` (minor units by currency) is the least that a message is about. ``needs_notice``: only
    where the item has been sent a notice before. ``hold`` stops new orders of the account, ``tell``
    names the people and roles who are told.
    """

    level: Level
    days: int
    channels: tuple[Channel, ...]
    minimum: Mapping[str, int] = field(default_factory=dict)
    needs_notice: bool = False
    hold: bool = False
    tell: tuple[str, ...] = ()

    def is_timely(self, days_late: int) -> bool:
        """Whether what it says is true of an item so many days late: a reminder ahead of the day is not
        sent after it, nor that something is due today tomorrow."""
        if self.days > 0:
            return days_late >= self.days
        return self.days <= days_late <= (0 if self.days == 0 else -1)

    def to_document(self) -> dict[str, Any]:
        """The step as it is stored and shown."""
        document: dict[str, Any] = {
            "level": self.level,
            "days": self.days,
            "channels": list(self.channels),
        }
        if self.minimum:
            document["minimum"] = dict(self.minimum)
        if self.needs_notice:
            document["needs_notice"] = True
        if self.hold:
            document["hold"] = True
        if self.tell:
            document["tell"] = list(self.tell)
        return document


@dataclass(frozen=True, slots=True)
class Segment:
    """Which accounts a policy is for: those that match all that is given. Empty: every one.

    ``metadata`` are values of the buyer's own metadata, compared as text.
    """

    countries: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)

    def has(self, *, country: str, currency: str, group: str, metadata: Mapping[str, Any]) -> bool:
        """Whether an account with these marks belongs to it."""
        return (
            (not self.countries or country in self.countries)
            and (not self.currencies or currency in self.currencies)
            and (not self.groups or group in self.groups)
            and all(
                key in metadata and str(metadata[key]) == value
                for key, value in self.metadata.items()
            )
        )

    def to_document(self) -> dict[str, Any]:
        """The segment as it is stored and shown."""
        return {
            "countries": list(self.countries),
            "currencies": list(self.currencies),
            "groups": list(self.groups),
            "metadata": dict(self.metadata),
        }


@dataclass(frozen=True, slots=True)
class QuietTime:
    """Days, the last one included, on which nothing is sent."""

    since: date
    until: date


@dataclass(frozen=True)
class DunningPolicy:
    """What is done about the open items of a segment's accounts.

    ``when`` is a condition in the language of policies beside the segment; ``position`` says which
    policy is asked first. Between two messages to an account lie ``min_days``; ``minimum`` (minor
    units by currency) is the least that is written about. Money that came in and is not assigned yet
    stops everything for ``money_days``. Messages go out from ``from_hour`` to ``until_hour`` where the
    buyer is, on working days of ``calendar`` (empty: the buyer's country).
    """

    name: str
    steps: tuple[Step, ...]
    segment: Segment = Segment()
    when: str = "true"
    position: int = 100
    min_days: int = 3
    minimum: Mapping[str, int] = field(default_factory=dict)
    money_days: int = 10
    calendar: str = ""
    quiet: tuple[QuietTime, ...] = ()
    from_hour: int = 9
    until_hour: int = 17
    texts: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    currency: str = "EUR"

    @property
    def earliest(self) -> int:
        """Days after the due date of the first step; negative before."""
        return self.steps[0].days

    def step(self, level: str) -> Step | None:
        """The step of a level."""
        return next((one for one in self.steps if one.level == level), None)

    @cached_property
    def program(self) -> Program:
        """The condition, checked and compiled. Raises InvalidDunningPolicy."""
        facts = dict(ACCOUNT_FACTS) | {
            name: fact.kind for name, fact in FACTS.items() if fact.origin == "standing"
        }
        try:
            return compile_program(
                values={},
                rules={_KIND_OF_NAME: Source(self.when, "boolean")},
                facts=facts,
                exponent=exponent(self.currency),
            )
        except InvalidExpression as error:
            said = f"{error.message}; {error.hint}" if error.hint else error.message
            raise InvalidDunningPolicy(
                f"when: line {error.line}, column {error.column}: {said}", field="when"
            ) from None

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Whether the condition is true of ``facts``. What cannot be answered is not true."""
        return self.when == "true" or self.program.evaluate(facts) == [True]

    def is_quiet(self, day: date) -> bool:
        """Whether the seller said that nothing is sent on ``day``."""
        return any(one.since <= day <= one.until for one in self.quiet)

    def to_document(self) -> dict[str, Any]:
        """The policy as it is stored and shown."""
        return {
            "name": self.name,
            "position": self.position,
            "segment": self.segment.to_document(),
            "when": self.when,
            "steps": [step.to_document() for step in self.steps],
            "min_days": self.min_days,
            "minimum": dict(self.minimum),
            "money_days": self.money_days,
            "calendar": self.calendar,
            "quiet": [
                {"from": one.since.isoformat(), "until": one.until.isoformat()}
                for one in self.quiet
            ],
            "hours": {"from": self.from_hour, "until": self.until_hour},
            "texts": {
                level: {language: dict(text) for language, text in texts.items()}
                for level, texts in self.texts.items()
            },
        }
