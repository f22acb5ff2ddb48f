"""A policy's expressions, checked and compiled as one program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    getcontext,
    setcontext,
)
from typing import Any, Final

from usance.rules.credit.expressions import typed
from usance.rules.credit.expressions.assembly import Part, assemble
from usance.rules.credit.expressions.checker import Scope, check, plain_as_amount
from usance.rules.credit.expressions.generation import ValueKey
from usance.rules.credit.expressions.grammar import LONGEST_SOURCE, parse
from usance.rules.credit.expressions.refusal import InvalidExpression, Owner, Place
from usance.rules.credit.expressions.typed import Kind, Typed
from usance.rules.credit.expressions.values import check_names, in_order

MOST_EXPRESSIONS: Final = 500
"""Rules and values of one program together."""

LONGEST_PROGRAM: Final = 60_000
"""Characters of all its texts together."""

_EXACT: Final = Context(
    prec=28,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    clamp=0,
    flags=[],
    traps=[DivisionByZero, InvalidOperation, Overflow],
)
"""The arithmetic of every program, whatever the thread's own is."""


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one rule, and the kind of answer that it must give."""

    text: str
    wants: Kind


class Program:
    """The compiled rules of a policy. Immutable; may be shared by threads.

    ``code`` is the Python it became, for those who want to see it.
    """

    __slots__ = ("_reads", "_reads_of", "_run", "code")

    def __init__(
        self,
        run: Callable[[Callable[[str], Any]], list[Any]],
        *,
        reads_of: Mapping[str, frozenset[str]],
        code: str,
    ) -> None:
        self._run = run
        self._reads_of = reads_of
        self._reads = frozenset().union(*reads_of.values())
        self.code = code

    def evaluate(self, facts: Mapping[str, Any]) -> list[Any]:
        """Each rule's answer, in the order of the rules; None: unknown.

        ``facts`` maps a fact's name to its value: bool, int or a finite Decimal for a number, int minor
        units for an amount, str, and a tuple, list or frozenset of str. None or absent: unknown. A
        rule that wants an amount gives minor units, rounded half up.
        """
        ambient = getcontext()
        setcontext(_EXACT)
        try:
            return self._run(facts.get)
        finally:
            setcontext(ambient)

    @property
    def reads(self) -> frozenset[str]:
        """Every fact that some rule reads, itself or through a value."""
        return self._reads

    def reads_of(self, rule: str) -> frozenset[str]:
        """The facts that this rule reads, itself or through a value. Raises KeyError."""
        return self._reads_of[rule]


def compile_program(
    *,
    values: Mapping[str, str],
    rules: Mapping[str, Source],
    facts: Mapping[str, Kind],
    exponent: int,
) -> Program:
    """Check the rules and the values they are built on, and compile them.

    ``values`` are the policy's own named expressions, ``facts`` the kinds of the facts there are,
    ``exponent`` the decimals of the currency in which amounts are written. Raises InvalidExpression.
    """
    _within_bounds(values, rules)
    check_names(values, facts=facts)
    trees = {name: parse(text, owner=Owner("value", name)) for name, text in values.items()}
    scope = Scope(facts, {}, exponent)
    checked: dict[str, Typed] = {}
    for name in in_order(trees):
        tree = check(trees[name], wants=None, scope=scope, owner=Owner("value", name))
        checked[name] = tree
        scope = Scope(facts, checked, exponent)
    answers = {
        name: check(
            parse(source.text, owner=Owner("rule", name)),
            wants=source.wants,
            scope=scope,
            owner=Owner("rule", name),
        )
        for name, source in rules.items()
    }
    used = _used_values(answers, scope)
    parts = [Part(tree, value=key) for key, tree in used.items()]
    parts += [Part(tree, value=None) for tree in answers.values()]
    run, code = assemble(parts)
    return Program(run, reads_of=_reads_of(answers, used), code=code)


def _within_bounds(values: Mapping[str, str], rules: Mapping[str, Source]) -> None:
    texts = [(Owner("value", name), text) for name, text in values.items()]
    texts += [(Owner("rule", name), source.text) for name, source in rules.items()]
    characters = 0
    for count, (owner, text) in enumerate(texts, 1):
        characters += len(text)
        if count > MOST_EXPRESSIONS:
            too_much = f"a policy has at most {MOST_EXPRESSIONS} rules and values"
        elif characters > LONGEST_PROGRAM and len(text) <= LONGEST_SOURCE:
            too_much = f"a policy has at most {LONGEST_PROGRAM} characters in all its expressions"
        else:
            continue
        raise InvalidExpression(owner, Place(1, 1), too_much, hint="this one goes beyond")


def _used_values(answers: Mapping[str, Typed], scope: Scope) -> dict[ValueKey, Typed]:
    """The values that rules read, as the kinds they are read as, each after those it reads itself."""
    used: dict[ValueKey, Typed] = {}
    pending = list(answers.values())
    while pending:
        for part in typed.all_parts(pending.pop()):
            if isinstance(part, typed.Value) and (part.name, part.kind) not in used:
                tree = scope.values[part.name]
                if tree.kind != part.kind:
                    owner = Owner("value", part.name)
                    tree = plain_as_amount(tree, scope=scope, owner=owner)
                used[part.name, part.kind] = tree
                pending.append(tree)
    names = list(scope.values)
    return dict(sorted(used.items(), key=lambda item: (names.index(item[0][0]), item[0][1])))


def _reads_of(
    answers: Mapping[str, Typed], used: Mapping[ValueKey, Typed]
) -> dict[str, frozenset[str]]:
    of_values: dict[ValueKey, frozenset[str]] = {}
    for key, tree in used.items():
        of_values[key] = _facts_in(tree, of_values)
    return {name: _facts_in(tree, of_values) for name, tree in answers.items()}


def _facts_in(tree: Typed, of_values: Mapping[ValueKey, frozenset[str]]) -> frozenset[str]:
    read: set[str] = set()
    for part in typed.all_parts(tree):
        match part:
            case typed.Fact() | typed.Known():
                read.add(part.name)
            case typed.Value():
                read |= of_values[part.name, part.kind]
    return frozenset(read)
