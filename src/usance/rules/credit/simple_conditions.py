"""Conditions for people who do not write code: comparisons of facts, all or any of which must hold.

A simple condition becomes the text of an expression, and an expression that is nothing more than a
simple condition becomes one again. Whatever says more stays text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

from usance.rules.credit.expressions import syntax
from usance.rules.credit.expressions.grammar import parse
from usance.rules.credit.expressions.refusal import InvalidExpression, Owner
from usance.rules.credit.facts import Kind

Joined = Literal["and", "or"]
Written = bool | int | Decimal | str | tuple[str, ...] | None

OPERATORS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "boolean": ("is_true", "is_false", "known", "unknown"),
    "number": (">=", ">", "<=", "<", "==", "!=", "known", "unknown"),
    "amount": (">=", ">", "<=", "<", "==", "!=", "known", "unknown"),
    "text": ("==", "!=", "in", "not_in", "known", "unknown"),
    "texts": ("contains", "lacks", "known", "unknown"),
}
"""What can be asked of a fact of each kind."""
WITHOUT_VALUE: Final = frozenset({"is_true", "is_false", "known", "unknown"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row: a fact, what is asked of it, and with what it is compared.

    ``value`` is a number, for an amount in whole units of its currency; a text; a list of texts for
    ``in`` and ``not_in``; None where the operator takes none.
    """

    fact: str
    operator: str
    value: Written = None


@dataclass(frozen=True, slots=True)
class SimpleCondition:
    """Rows of which all (``and``) or any (``or``) must hold; without a row it always holds."""

    rows: tuple[Comparison, ...]
    joined: Joined = "and"


def condition_text(condition: SimpleCondition) -> str:
    """The expression that says the same."""
    sign = " && " if condition.joined == "and" else " || "
    return sign.join(_row_text(row) for row in condition.rows) or "true"


_SAID: Final[Mapping[str, str]] = {
    "is_true": "{fact}",
    "is_false": "!{fact}",
    "known": "has({fact})",
    "unknown": "!has({fact})",
    "in": "{fact} in {value}",
    "not_in": "!({fact} in {value})",
    "contains": "{value} in {fact}",
    "lacks": "!({value} in {fact})",
}
"""How an operator is written; the rest stand between the fact and the value."""


def _row_text(row: Comparison) -> str:
    said = _SAID.get(row.operator, f"{{fact}} {row.operator} {{value}}")
    return said.format(fact=row.fact, value=_literal(row.value))


def _literal(value: Written) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_quoted(item) for item in value)}]"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value or 0, "f") if isinstance(value, Decimal) else str(value or 0)


_ESCAPES: Final = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def _quoted(text: str) -> str:
    return f"'{text.translate(_ESCAPES)}'"


def simple_condition(text: str, *, facts: Mapping[str, Kind]) -> SimpleCondition | None:
    """The rows that ``text`` says; None if it says more, or cannot be read.

    An expression with a comment is not taken apart: the comment would be lost.
    """
    try:
        tree = parse(text, owner=Owner("rule", ""))
    except InvalidExpression:
        return None
    if _has_comment(text):
        return None
    if isinstance(tree, syntax.Literal) and tree.value is True:
        return SimpleCondition(())
    parts: tuple[syntax.Node, ...] = (tree,)
    joined: Joined = "and"
    if isinstance(tree, syntax.Logic):
        parts, joined = tree.operands, "and" if tree.operator == "&&" else "or"
    rows = [_row(part, facts) for part in parts]
    known = tuple(row for row in rows if row is not None)
    return SimpleCondition(known, joined) if len(known) == len(rows) else None


_QUOTED: Final = re.compile(r"""[rR]("[^"]*"|'[^']*')|"([^"\\]|\\.)*"|'([^'\\]|\\.)*'""")


def _has_comment(text: str) -> bool:
    return "//" in _QUOTED.sub("", text)


def _row(node: syntax.Node, facts: Mapping[str, Kind]) -> Comparison | None:
    found: Comparison | None = None
    match node:
        case syntax.Name(name=name) if facts.get(name) == "boolean":
            found = Comparison(name, "is_true")
        case syntax.Not(operand=operand):
            inner = _row(operand, facts)
            turned = _TURNED.get(inner.operator) if inner else None
            found = replace(inner, operator=turned) if inner and turned else None
        case syntax.Call(function="has", arguments=(syntax.Name(name=name),)) if name in facts:
            found = Comparison(name, "known")
        case syntax.Relation(operator="in", left=left, right=right):
            found = _membership(left, right, facts)
        case syntax.Relation(operator=operator, left=syntax.Name(name=name), right=right):
            found = _compared(name, operator, _value(right), facts)
    return found


def _compared(
    name: str, operator: str, value: Written, facts: Mapping[str, Kind]
) -> Comparison | None:
    kind = facts.get(name)
    if kind is None or operator not in OPERATORS[kind]:
        return None
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    fits = isinstance(value, str) if kind == "text" else is_number
    return Comparison(name, operator, value) if fits else None


_TURNED: Final = {"is_true": "is_false", "known": "unknown", "in": "not_in", "contains": "lacks"}


def _membership(
    left: syntax.Node, right: syntax.Node, facts: Mapping[str, Kind]
) -> Comparison | None:
    match left, right:
        case syntax.Name(name=name), syntax.Items(items=items) if facts.get(name) == "text":
            texts = [_value(item) for item in items]
            if texts and all(isinstance(text, str) for text in texts):
                return Comparison(name, "in", tuple(str(text) for text in texts))
        case syntax.Literal(value=str() as text), syntax.Name(name=name):
            return Comparison(name, "contains", text) if facts.get(name) == "texts" else None
    return None


def _value(node: syntax.Node) -> Written:
    match node:
        case syntax.Literal(value=value):
            return value
        case syntax.Negative(operand=syntax.Literal(value=int() | Decimal() as value)):
            return None if isinstance(value, bool) else -value
    return None
