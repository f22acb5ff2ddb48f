"""The watch over the portfolio: what raises an alarm about a buyer, and what is then done by itself.

A watch names its triggers and a condition in the language of policies. A condition that cannot be
answered raises no alarm: what is unknown has not happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from functools import cached_property
from typing import Any, Final, Literal, cast, get_args

from usance.rules.credit.expressions import InvalidExpression, Program, Source, compile_program
from usance.rules.credit.facts import AT_CHECKOUT, FACTS, Fact, Kind
from usance.rules.money import exponent

CHANGE: Final = "change:"
NIGHTLY: Final = "nightly"
EVENTS: Final = (
    "order.authorized",
    "order.pending_review",
    "order.pending_approval",
    "order.declined",
    "order.adjusted",
    "order.canceled",
    "order.expired",
    "invoice.opened",
    "invoice.credited",
    "invoice.written_off",
    "invoice.reopened",
    "invoice.paid",
    "payment.received",
    "payment.released",
    "credit_line.changed",
    "credit_line.on_hold",
    "credit_line.active",
    "credit_line.suspended",
    "buyer.created",
    "buyer.updated",
    "member.created",
    "report.received",
    "insolvency.reported",
    "insolvency.suspected",
)
"""Events that may be a trigger; each is about one buyer."""

Severity = Literal["notice", "warning", "critical"]
Do = Literal["notify", "hold", "lower_limit", "review"]
LowerTo = Literal["insured", "bureau"]

LONGEST_NAME: Final = 40
MOST_TRIGGERS: Final = 20
MOST_QUIET_DAYS: Final = 365
_KIND_OF_NAME: Final = "watch"

OWN_FACTS: Final[Mapping[str, Fact]] = {
    "event.type": Fact("text", "order", "What happened, such as 'order.authorized'."),
    "order.is_first": Fact("boolean", "order", "Whether it is the buyer's first order."),
    "order.person_at_domain": Fact(
        "boolean",
        "order",
        "Whether the person who ordered has an address at the buyer's domain; unknown if either is.",
    ),
}
"""Facts that there are only here. Those of an order are known only where an order is the trigger."""
CHANGES: Final[Mapping[str, str]] = {
    "change.before": "What the fact was before it changed; unknown if it was unknown.",
    "change.after": "What it is now.",
}
"""Two more where every trigger of a watch is the change of a fact of the same kind."""
WATCHABLE: Final = frozenset(name for name, fact in FACTS.items() if fact.origin == "standing")
"""Facts whose change may be a trigger: those that are kept ready."""


class InvalidWatch(ValueError):
    """The watch cannot be read. ``field`` says which part; ``line`` and ``column`` where in its
    condition, counted from 1."""

    code = "invalid_watch"

    def __init__(
        self, message: str, *, field: str, line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(message)
        self.field, self.line, self.column = field, line, column


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that an alarm does. ``people`` are roles and addresses that a notice goes to.

    A limit is lowered to ``percent`` of itself, or ``to`` what an insurer covers or a bureau
    recommends; it is never raised.
    """

    do: Do
    people: tuple[str, ...] = ()
    percent: int | None = None
    to: LowerTo | None = None

    def to_document(self) -> dict[str, Any]:
        """The action as it is stored and shown."""
        document: dict[str, Any] = {"do": self.do}
        if self.do == "notify":
            document["people"] = list(self.people)
        if self.percent is not None:
            document["percent"] = self.percent
        if self.to is not None:
            document["to"] = self.to
        return document


@dataclass(frozen=True)
class WatchRule:
    """When a buyer raises an alarm: on any of ``triggers``, if ``when`` is true.

    ``currency`` is the seller's own, in which amounts in ``when`` are written. No second alarm about
    a buyer is raised within ``quiet_days``.
    """

    name: str
    triggers: tuple[str, ...]
    currency: str
    when: str = "true"
    severity: Severity = "warning"
    actions: tuple[Action, ...] = (Action("notify", ("credit_manager",)),)
    quiet_days: int = 1

    def to_document(self) -> dict[str, Any]:
        """The watch as it is stored and shown."""
        return {
            "name": self.name,
            "triggers": list(self.triggers),
            "when": self.when,
            "severity": self.severity,
            "actions": [action.to_document() for action in self.actions],
            "quiet_days": self.quiet_days,
        }

    @cached_property
    def program(self) -> Program:
        """The condition, checked and compiled. Raises InvalidWatch."""
        try:
            return compile_program(
                values={},
                rules={_KIND_OF_NAME: Source(self.when, "boolean")},
                facts=facts_of(self.triggers),
                exponent=exponent(self.currency),
            )
        except InvalidExpression as error:
            said = f"{error.message}; {error.hint}" if error.hint else error.message
            raise InvalidWatch(
                f"when: line {error.line}, column {error.column}: {said}",
                field="when",
                line=error.line,
                column=error.column,
            ) from None

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Whether the condition is true of ``facts``."""
        return self.program.evaluate(facts) == [True]

    def triggers_on(self, event: str, *, changed: Sequence[str] = ()) -> list[str]:
        """The triggers that are pulled by an event and the facts that it says have changed."""
        pulled = [event] if event in self.triggers else []
        return pulled + [CHANGE + name for name in changed if CHANGE + name in self.triggers]


def facts_of(triggers: Sequence[str]) -> dict[str, Kind]:
    """What a condition may read, given the triggers."""
    facts: dict[str, Kind] = dict(AT_CHECKOUT)
    facts |= {name: fact.kind for name, fact in OWN_FACTS.items()}
    kinds = {
        FACTS[trigger.removeprefix(CHANGE)].kind if trigger.startswith(CHANGE) else None
        for trigger in triggers
    }
    if len(kinds) == 1 and (kind := next(iter(kinds))) is not None:
        facts |= dict.fromkeys(CHANGES, kind)
    return facts


def lowered_limit(limit: int, *, action: Action, insured: int | None, bureau: int | None) -> int:
    """``limit`` as ``action`` lowers it, all in minor units of the line; never above ``limit``.

    What nobody insures or recommends anything about stays as it is.
    """
    if action.percent is not None:
        share = Decimal(limit) * action.percent / 100
        return int(share.to_integral_value(rounding=ROUND_FLOOR))
    to = insured if action.to == "insured" else bureau
    return limit if to is None else max(min(limit, to), 0)


def watch_from_document(document: Mapping[str, Any], *, currency: str) -> WatchRule:
    """Read and check a watch. Raises InvalidWatch naming the part that is wrong."""
    known = {"name", "triggers", "when", "severity", "actions", "quiet_days"}
    if unknown := sorted(set(document) - known):
        raise InvalidWatch(f"There is no {unknown[0]!r}; remove it.", field=unknown[0])
    name = document.get("name")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME:
        raise InvalidWatch(f"name must be a text of 1 to {LONGEST_NAME} characters.", field="name")
    severity = document.get("severity", "warning")
    if severity not in get_args(Severity):
        raise InvalidWatch(
            f"severity must be one of {', '.join(get_args(Severity))}.", field="severity"
        )
    quiet = document.get("quiet_days", 1)
    if type(quiet) is not int or not 0 <= quiet <= MOST_QUIET_DAYS:
        raise InvalidWatch(
            f"quiet_days must be a whole number from 0 to {MOST_QUIET_DAYS}.", field="quiet_days"
        )
    when = document.get("when", "true")
    if not isinstance(when, str):
        raise InvalidWatch("when must be an expression.", field="when")
    rule = WatchRule(
        name=" ".join(name.split()),
        triggers=_triggers(document.get("triggers")),
        currency=currency,
        when=when,
        severity=cast(Severity, severity),
        actions=_actions(document.get("actions", [])),
        quiet_days=quiet,
    )
    _ = rule.program
    return rule


def _triggers(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not 0 < len(given) <= MOST_TRIGGERS:
        raise InvalidWatch(
            f"triggers must be a list of 1 to {MOST_TRIGGERS} triggers.", field="triggers"
        )
    for trigger in given:
        if trigger in EVENTS or trigger == NIGHTLY:
            continue
        if isinstance(trigger, str) and trigger.startswith(CHANGE):
            fact = trigger.removeprefix(CHANGE)
            if fact in WATCHABLE:
                continue
            why = "is read at each order" if fact in FACTS else "does not exist"
            raise InvalidWatch(
                f"{trigger}: the fact {why}; the change of a fact that is kept ready can be"
                " watched, such as change:score.band.",
                field="triggers",
            )
        raise InvalidWatch(
            f"{trigger!r:.60} is no trigger; write nightly, an event such as order.authorized, or"
            " change: and a fact.",
            field="triggers",
        )
    return tuple(dict.fromkeys(given))


def _actions(given: Any) -> tuple[Action, ...]:
    if not isinstance(given, list) or not all(isinstance(one, Mapping) for one in given):
        raise InvalidWatch("actions must be a list of objects with a member do.", field="actions")
    return tuple(_action(one) for one in given)


def _action(given: Mapping[str, Any]) -> Action:
    do = given.get("do")
    if do not in get_args(Do):
        raise InvalidWatch(
            f"do must be one of {', '.join(get_args(Do))}, not {do!r:.40}.", field="actions"
        )
    allowed = {"notify": {"people"}, "lower_limit": {"percent", "to"}}.get(str(do), set())
    if unknown := sorted(set(given) - allowed - {"do"}):
        raise InvalidWatch(f"{do} takes no {unknown[0]!r}; remove it.", field="actions")
    people = given.get("people", [])
    if not isinstance(people, list) or not all(isinstance(one, str) for one in people):
        raise InvalidWatch("people must be a list of roles and e-mail addresses.", field="actions")
    percent, to = given.get("percent"), given.get("to")
    if do == "lower_limit":
        if (percent is None) == (to is None):
            raise InvalidWatch("lower_limit takes either percent or to.", field="actions")
        if percent is not None and (type(percent) is not int or not 0 <= percent < 100):
            raise InvalidWatch("percent must be a whole number from 0 to 99.", field="actions")
        if to is not None and to not in get_args(LowerTo):
            raise InvalidWatch("to must be insured or bureau.", field="actions")
    return Action(cast(Do, do), tuple(people), percent, to)
