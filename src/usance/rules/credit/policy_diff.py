"""What differs between two versions of a policy: its settings, its values, and rule by rule.

A rule is known by its name. Rules of which the first that fits is taken differ by their place too;
the fewest that need to be lifted out and put elsewhere are said to have moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from usance.rules.credit.policy import Policy
from usance.rules.credit.policy_rules import Eligibility, Hold, Limit, Rule, rule_to_document

What = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True, slots=True)
class Change:
    """A member that is not the same: ``before`` and ``after`` as they are stored; None: not there."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What became of a rule. ``changes`` are its members that differ; a rule that was added or
    removed has all of them. ``moved`` may be true of one that changed as well."""

    name: str
    kind: str
    what: What
    changes: tuple[Change, ...] = ()
    moved: bool = False


@dataclass(frozen=True, slots=True)
class PolicyDifference:
    """Everything in which two versions differ, rules in the order of the later one."""

    settings: tuple[Change, ...]
    values: tuple[Change, ...]
    rules: tuple[RuleChange, ...]

    @property
    def is_empty(self) -> bool:
        """Whether both decide everything alike."""
        return not (self.settings or self.values or self.rules)


def difference(before: Policy, after: Policy) -> PolicyDifference:
    """In what ``after`` differs from ``before``."""
    old, new = before.to_document(), after.to_document()
    settings = _changes(
        {name: value for name, value in old.items() if name not in ("values", "rules")},
        {name: value for name, value in new.items() if name not in ("values", "rules")},
    )
    return PolicyDifference(
        settings, _changes(old["values"], new["values"]), _rules(before.rules, after.rules)
    )


def _changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[Change, ...]:
    names = dict.fromkeys((*after, *before))
    return tuple(
        Change(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    )


def _rules(before: Sequence[Rule], after: Sequence[Rule]) -> tuple[RuleChange, ...]:
    old = {rule.name: rule_to_document(rule) for rule in before}
    new = {rule.name: rule_to_document(rule) for rule in after}
    moved = _moved(before, after)
    found = []
    for name, document in new.items():
        if name not in old:
            found.append(RuleChange(name, document["kind"], "added", _changes({}, document)))
        elif changes := _changes(old[name], document):
            found.append(
                RuleChange(name, document["kind"], "changed", changes, moved=name in moved)
            )
        elif name in moved:
            found.append(RuleChange(name, document["kind"], "moved", moved=True))
    found += [
        RuleChange(name, document["kind"], "removed", _changes(document, {}))
        for name, document in old.items()
        if name not in new
    ]
    return tuple(found)


def _moved(before: Sequence[Rule], after: Sequence[Rule]) -> frozenset[str]:
    """The rules that stand elsewhere among those with which they compete."""
    moved: set[str] = set()
    for group in {_competes(rule) for rule in after} - {""}:
        places = {rule.name: n for n, rule in enumerate(r for r in before if _competes(r) == group)}
        common = [rule.name for rule in after if _competes(rule) == group and rule.name in places]
        stayed = _longest_rising([places[name] for name in common])
        moved |= {name for n, name in enumerate(common) if n not in stayed}
    return frozenset(moved)


def _competes(rule: Rule) -> str:
    """The rules of which the first that fits is taken; nothing for those whose place is no matter."""
    if isinstance(rule, Eligibility | Hold):
        return ""
    if isinstance(rule, Limit):
        return "suggest" if rule.use == "suggest" else ""
    return type(rule).__name__


def _longest_rising(places: Sequence[int]) -> frozenset[int]:
    """The indices of a longest rising run of ``places``, elements between left out."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for n, place in enumerate(places):
        at = bisect_left(tails, place)
        before.append(ends[at - 1] if at else None)
        if at == len(tails):
            tails.append(place)
            ends.append(n)
        else:
            tails[at], ends[at] = place, n
    kept: list[int] = []
    last: int | None = ends[-1] if ends else None
    while last is not None:
        kept.append(last)
        last = before[last]
    return frozenset(kept)
