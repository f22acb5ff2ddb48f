"""The written rules of a policy: one class a kind, and how each is read from a document.

Expressions are texts here; :mod:`usance.rules.credit.policy_program` checks and compiles them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal, get_args

from usance.rules.terms import Terms, UnknownTerms, parse_terms

Effect = Literal["decline", "review"]
Use = Literal["cap", "suggest"]
Verdict = Literal["approve", "decline", "review"]

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_HOURS: Final = 24 * 90


class InvalidPolicy(ValueError):
    """The policy cannot be read; the message names the setting or the rule.

    ``rule``, ``field``, ``line`` and ``column`` say where in an expression, as far as they are
    known; a value's name stands in ``rule`` with the field "values". ``problem`` is the message
    without the place.
    """

    code = "invalid_policy"

    def __init__(
        self,
        message: str,
        *,
        rule: str = "",
        field: str = "",
        line: int | None = None,
        column: int | None = None,
        problem: str = "",
    ) -> None:
        super().__init__(message)
        self.rule, self.field, self.line, self.column = rule, field, line, column
        self.problem = problem or message


@dataclass(frozen=True, slots=True)
class Eligibility:
    """``when`` must be true, or the order is declined (or, by ``otherwise``, reviewed)."""

    name: str
    when: str
    otherwise: Effect = "decline"
    tell_buyer: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """While ``when`` is true, orders are declined or reviewed, as ``then`` says."""

    name: str
    when: str
    then: Effect = "decline"
    tell_buyer: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of ``amount`` where ``when`` is true.

    A ``cap`` binds at each checkout, under the line's own limit; of several the lowest binds. A
    ``suggest`` is what applications and reviews propose; of several the first whose ``when`` is
    true.
    """

    name: str
    amount: str
    when: str = "true"
    use: Use = "cap"
    tell_buyer: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """The terms of a buyer without terms of its own; the first offer whose ``when`` is true.

    The first of ``offer`` is the usual one. ``prepay_percent`` of the order must have been paid
    before (as unapplied cash).
    """

    name: str
    offer: tuple[Terms, ...]
    when: str = "true"
    prepay_percent: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """What terms cost: ``percent`` of the order, negative for a discount; the first that fits."""

    name: str
    terms: Terms
    percent: Decimal
    when: str = "true"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """Who decides what came to a person: the first route whose ``when`` is true.

    ``people`` different persons with one of ``roles`` must approve (two: four eyes). After
    ``hours`` without an answer it goes to ``escalate_to`` as well.
    """

    name: str
    roles: tuple[str, ...]
    when: str = "true"
    people: int = 1
    hours: int | None = None
    escalate_to: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Admission:
    """What becomes of an application for a trade account where ``when`` is true; the first decides.

    One that cannot be answered, or none that is true, sends it to a person. With ``tell_buyer`` a
    declined applicant is told the rule's note.
    """

    name: str
    when: str
    then: Verdict
    tell_buyer: bool = False
    note: str = ""


Rule = Eligibility | Hold | Limit | Offer | Price | Route | Admission

KINDS: Final[Mapping[str, type[Rule]]] = {
    "eligibility": Eligibility,
    "hold": Hold,
    "limit": Limit,
    "terms": Offer,
    "price": Price,
    "route": Route,
    "application": Admission,
}
_KIND_OF: Final = {cls: kind for kind, cls in KINDS.items()}


def rule_to_document(rule: Rule) -> dict[str, Any]:
    """The rule as it is stored and shown."""
    document: dict[str, Any] = {"kind": _KIND_OF[type(rule)]}
    for part in fields(rule):
        value = getattr(rule, part.name)
        if part.name == "offer":
            value = [terms.code for terms in value]
        elif isinstance(value, Terms):
            value = value.code
        elif isinstance(value, Decimal):
            value = str(value)
        elif isinstance(value, tuple):
            value = list(value)
        document[part.name] = value
    return document


def rule_from_document(document: Any, *, at: str) -> Rule:
    """Read a rule; ``at`` says where it stands. Raises InvalidPolicy."""
    if not isinstance(document, Mapping):
        raise InvalidPolicy(f"{at} must be an object with a kind, a name and what the kind needs.")
    name = document.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise InvalidPolicy(
            f"{at}.name must be small letters, digits and underscores, at most 40, not {name!r}."
        )
    cls = KINDS.get(str(document.get("kind")))
    if cls is None:
        raise InvalidPolicy(
            f"{at}.kind must be one of {', '.join(KINDS)}, not {document.get('kind')!r}.", rule=name
        )
    known = {part.name: part for part in fields(cls)}
    given = {key: value for key, value in document.items() if key != "kind"}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise InvalidPolicy(
            f"Rule {name!r}: a {document['kind']} rule has no {unknown[0]!r}; remove it.", rule=name
        )
    missing = sorted(_NEEDED[cls] - set(given))
    if missing:
        raise InvalidPolicy(f"Rule {name!r} needs {' and '.join(missing)}.", rule=name)
    try:
        return cls(**{key: _reader(cls, key)(value) for key, value in given.items()})
    except ValueError as error:
        raise InvalidPolicy(f"Rule {name!r}: {error}", rule=name) from None


def _reader(cls: type[Rule], key: str) -> Callable[[Any], Any]:
    return _READ_OF.get((cls, key)) or _READ[key]


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 4000:
        raise ValueError(f"{value!r:.60} must be a text of at most 4,000 characters.")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r:.60} must be true or false.")
    return value


def _choice(kind: Any) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if value not in get_args(kind):
            raise ValueError(f"{value!r:.60} must be one of {', '.join(get_args(kind))}.")
        return value

    return read


def _whole(name: str, *, least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(f"{name} must be a whole number from {least} to {most}.")
        return value

    return read


def _terms(value: Any) -> Terms:
    try:
        return parse_terms(str(value))
    except UnknownTerms as error:
        raise ValueError(str(error)) from None


def _offer(value: Any) -> tuple[Terms, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError("offer must be a list with at least one terms code.")
    return tuple(_terms(one) for one in value)


def _percent(value: Any) -> Decimal:
    try:
        percent = Decimal(str(value))
    except InvalidOperation:
        percent = Decimal("NaN")
    if not percent.is_finite() or not -100 < percent <= 100:
        raise ValueError("percent must be a decimal such as 1.5 or -2, above -100 and up to 100.")
    return percent


def _roles(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
        raise ValueError("roles must be a list with at least one role.")
    return tuple(value)


def _hours(value: Any) -> int | None:
    return None if value is None else _whole("hours", least=1, most=MOST_HOURS)(value)


_READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    "name": _text,
    "when": _text,
    "amount": _text,
    "note": _text,
    "otherwise": _choice(Effect),
    "then": _choice(Effect),
    "use": _choice(Use),
    "tell_buyer": _flag,
    "offer": _offer,
    "prepay_percent": _whole("prepay_percent", least=0, most=100),
    "terms": _terms,
    "percent": _percent,
    "roles": _roles,
    "people": _whole("people", least=1, most=5),
    "hours": _hours,
    "escalate_to": _text,
}
_READ_OF: Final[Mapping[tuple[type[Rule], str], Callable[[Any], Any]]] = {
    (Admission, "then"): _choice(Verdict),
}
"""Members that mean something else in one kind than in the others."""
_NEEDED: Final[Mapping[type[Rule], frozenset[str]]] = {
    Eligibility: frozenset({"when"}),
    Hold: frozenset({"when"}),
    Limit: frozenset({"amount"}),
    Offer: frozenset({"offer"}),
    Price: frozenset({"terms", "percent"}),
    Route: frozenset({"roles"}),
    Admission: frozenset({"when", "then"}),
}
"""What each kind cannot do without, beside its name."""
