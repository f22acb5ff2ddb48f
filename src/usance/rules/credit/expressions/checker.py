"""Gives every part of an expression its kind, or says why it cannot have one.

Amounts are typed: an amount is added to and compared with amounts only, and a number scales it. A plain
literal is the one thing that may be either; it becomes an amount, in minor units, where one is wanted.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, NoReturn

from usance.rules.credit.expressions import syntax, typed
from usance.rules.credit.expressions.literals import LARGEST_NUMBER
from usance.rules.credit.expressions.refusal import InvalidExpression, Owner, Place
from usance.rules.credit.expressions.typed import SHOWN, Kind, Typed

FUNCTIONS: Final = ("has", "max", "min", "size")
METHODS: Final = ("contains", "endsWith", "size", "startsWith")
_LOOPS: Final = frozenset({"all", "exists", "exists_one", "map", "filter"})

_LITERALS_ONLY: Final = (
    "of all numbers only a plain literal such as 2500.50 can stand for an amount"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What the names of a policy mean: its facts, and those of its values that are checked already."""

    facts: Mapping[str, Kind]
    values: Mapping[str, Typed]
    exponent: int


def check(tree: syntax.Node, *, wants: Kind | None, scope: Scope, owner: Owner) -> Typed:
    """The tree with kinds, the whole being what is wanted; None: any kind will do.

    Raises InvalidExpression at the operand that does not fit.
    """
    checker = _Checker(scope, owner)
    whole = checker.check(tree)
    if wants is None or wants == whole.kind:
        return whole
    if wants == "amount" and whole.plain:
        return checker.as_amount(whole)
    checker.refuse(
        whole.place, f"the {owner.part} must give {SHOWN[wants]}, and this is {SHOWN[whole.kind]}"
    )


def plain_as_amount(tree: Typed, *, scope: Scope, owner: Owner) -> Typed:
    """A checked tree of plain literals as an amount. Raises InvalidExpression at one that is none."""
    return _Checker(scope, owner).as_amount(tree)


class _Checker:
    """Checks one expression; a method for each thing that a tree can say."""

    def __init__(self, scope: Scope, owner: Owner) -> None:
        self.scope = scope
        self.owner = owner

    def refuse(self, place: Place, message: str, hint: str = "") -> NoReturn:
        raise InvalidExpression(self.owner, place, message, hint=hint)

    def check(self, node: syntax.Node) -> Typed:
        match node:
            case syntax.Literal():
                part: Typed = self._literal(node)
            case syntax.Name():
                part = self._name(node)
            case syntax.Not():
                operand = self._boolean(node.operand, "'!'")
                part = typed.Apply(node.place, "boolean", False, "!", (operand,))
            case syntax.Negative():
                part = self._negative(node)
            case syntax.Logic():
                operands = tuple(
                    self._boolean(operand, repr(node.operator)) for operand in node.operands
                )
                part = typed.Logic(node.place, "boolean", False, node.operator, operands)
            case syntax.Relation():
                part = self._relation(node)
            case syntax.Arithmetic():
                part = self._arithmetic(node)
            case syntax.Conditional():
                part = self._conditional(node)
            case syntax.Call():
                part = self._call(node)
            case syntax.Method():
                part = self._method(node)
            case syntax.Items():
                part = self._texts(node)
            case _:
                raise AssertionError(node)
        return part

    def as_amount(self, part: Typed) -> Typed:
        """A plain number as the amount it stands for, in minor units."""
        match part:
            case typed.Constant(value=int() | Decimal() as value):
                return replace(part, kind="amount", plain=False, value=self._minor(value, part))
            case typed.Value():
                return replace(part, kind="amount", plain=False)
            case typed.Conditional():
                then, otherwise = self.as_amount(part.then), self.as_amount(part.otherwise)
                return replace(part, kind="amount", plain=False, then=then, otherwise=otherwise)
            case typed.Arithmetic():
                operands = tuple(self.as_amount(operand) for operand in part.operands)
                return replace(part, kind="amount", plain=False, operands=operands)
            case typed.Apply():
                arguments = tuple(self.as_amount(argument) for argument in part.arguments)
                return replace(part, kind="amount", plain=False, arguments=arguments)
        raise AssertionError(part)

    def _minor(self, value: int | Decimal, part: Typed) -> int:
        exponent = self.scope.exponent
        # scaleb would round to the thread's precision; a literal's digits are few enough not to care.
        sign, digits, places = Decimal(value).as_tuple()
        assert isinstance(places, int)
        minor = Decimal((sign, digits, places + exponent))
        if minor != minor.to_integral_value():
            has = f"{-places} decimals" if places < -1 else "1 decimal"
            allowed = f"{exponent} at most" if exponent else "none"
            self.refuse(part.place, f"{value} has {has}, and the currency has {allowed}")
        if abs(minor) > LARGEST_NUMBER:
            self.refuse(part.place, f"{value} is beyond the largest amount")
        return int(minor)

    def _literal(self, node: syntax.Literal) -> Typed:
        if isinstance(node.value, bool):
            return typed.Constant(node.place, "boolean", False, node.value)
        if isinstance(node.value, str):
            return typed.Constant(node.place, "text", False, node.value)
        return typed.Constant(node.place, "number", True, node.value)

    def _name(self, node: syntax.Name) -> Typed:
        if (kind := self.scope.facts.get(node.name)) is not None:
            return typed.Fact(node.place, kind, False, node.name)
        if (value := self.scope.values.get(node.name)) is not None:
            if isinstance(value, typed.Constant):
                return replace(value, place=node.place)
            return typed.Value(node.place, value.kind, value.plain, node.name)
        self._no_such_fact(node)

    def _no_such_fact(self, node: syntax.Name) -> NoReturn:
        names = [*self.scope.facts, *self.scope.values]
        within = sorted(name for name in self.scope.facts if name.startswith(f"{node.name}."))
        if within:
            hint = f"it is the beginning of {', '.join(map(repr, within[:3]))}"
        else:
            hint = _did_you_mean(node.name, names)
        if "." in node.name or within:
            self.refuse(node.place, f"there is no fact {_short(node.name)}", hint)
        self.refuse(node.place, f"there is no fact and no value {_short(node.name)}", hint)

    def _boolean(self, node: syntax.Node, needed_by: str) -> Typed:
        part = self.check(node)
        if part.kind != "boolean":
            self.refuse(
                part.place, f"{needed_by} takes true or false, and this is {SHOWN[part.kind]}"
            )
        return part

    def _negative(self, node: syntax.Negative) -> Typed:
        operand = self.check(node.operand)
        self._numeric(operand, "'-'")
        if isinstance(operand, typed.Constant) and isinstance(operand.value, int | Decimal):
            # Decimal's own minus would round to the thread's precision.
            value = (
                operand.value.copy_negate()
                if isinstance(operand.value, Decimal)
                else -operand.value
            )
            return replace(operand, place=node.place, value=value)
        return typed.Apply(node.place, operand.kind, operand.plain, "-", (operand,))

    def _numeric(self, part: Typed, needed_by: str) -> None:
        if part.kind in ("number", "amount"):
            return
        hint = ""
        if part.kind in ("text", "texts"):
            hint = "texts and lists are not put together"
        self.refuse(
            part.place,
            f"{needed_by} takes numbers and amounts, and this is {SHOWN[part.kind]}",
            hint,
        )

    def _alike(self, parts: tuple[Typed, ...], refusal: str) -> tuple[Typed, ...]:
        """The parts as one kind: plain literals become amounts beside an amount.

        ``refusal`` says what is not done between the kinds {0} and {1}.
        """
        if any(part.kind == "amount" for part in parts):
            parts = tuple(self.as_amount(part) if part.plain else part for part in parts)
        first = parts[0]
        for part in parts[1:]:
            if part.kind != first.kind:
                pair = {first.kind, part.kind}
                hint = _LITERALS_ONLY if pair == {"number", "amount"} else ""
                self.refuse(part.place, refusal.format(SHOWN[first.kind], SHOWN[part.kind]), hint)
        return parts

    def _relation(self, node: syntax.Relation) -> Typed:
        if node.operator == "in":
            return self._membership(node)
        left, right = self._alike(
            (self.check(node.left), self.check(node.right)), "{0} is not compared with {1}"
        )
        if left.kind == "texts":
            self.refuse(left.place, "lists are not compared", "use in")
        if node.operator not in ("==", "!=") and left.kind not in ("number", "amount"):
            self.refuse(
                left.place,
                f"{node.operator!r} compares numbers and amounts, and this is {SHOWN[left.kind]}",
                "use == or !=",
            )
        return typed.Apply(node.place, "boolean", False, node.operator, (left, right))

    def _membership(self, node: syntax.Relation) -> Typed:
        subject = self.check(node.left)
        if isinstance(node.right, syntax.Items):
            items = tuple(self.check(item) for item in node.right.items)
            if subject.kind == "texts" or any(item.kind == "texts" for item in items):
                wrong = next(part for part in (subject, *items) if part.kind == "texts")
                self.refuse(wrong.place, "a list cannot be in a list")
            subject, *same = self._alike((subject, *items), "{1} cannot be in a list with {0}")
            return typed.OneOf(node.place, "boolean", False, subject, tuple(same))
        texts = self.check(node.right)
        if texts.kind != "texts":
            hint = (
                "a text has .contains()"
                if texts.kind == "text"
                else "write a list, such as ['a', 'b']"
            )
            self.refuse(
                texts.place, f"'in' looks into a list, and this is {SHOWN[texts.kind]}", hint
            )
        if subject.kind != "text":
            self.refuse(
                subject.place, f"a list of texts holds texts, and this is {SHOWN[subject.kind]}"
            )
        if isinstance(texts, typed.Constant) and isinstance(texts.value, tuple):
            found = tuple(typed.Constant(texts.place, "text", False, each) for each in texts.value)
            return typed.OneOf(node.place, "boolean", False, subject, found)
        return typed.Apply(node.place, "boolean", False, "in", (subject, texts))

    def _arithmetic(self, node: syntax.Arithmetic) -> Typed:
        operands = tuple(self.check(operand) for operand in node.operands)
        for operand, sign in zip(operands, (node.operators[0], *node.operators), strict=True):
            self._numeric(operand, repr(sign))
        if node.operators[0] in ("+", "-"):
            operands = self._alike(operands, "{0} and {1} are not added or subtracted")
            plain = all(operand.plain for operand in operands)
            return typed.Arithmetic(node.place, operands[0].kind, plain, operands, node.operators)
        kind = operands[0].kind
        for sign, operand in zip(node.operators, operands[1:], strict=True):
            kind = self._scaled(kind, sign, operand)
        return typed.Arithmetic(node.place, kind, False, operands, node.operators)

    def _scaled(self, kind: Kind, sign: str, operand: Typed) -> Kind:
        """The kind of ``kind`` x ``operand``, or of what else ``sign`` says."""
        pair = (kind, operand.kind)
        if pair == ("number", "number"):
            return "number"
        if pair == ("amount", "number") and sign != "%":
            return "amount"
        if pair == ("number", "amount") and sign == "*":
            return "amount"
        if pair == ("amount", "amount") and sign == "/":
            return "number"
        if sign == "%":
            self.refuse(operand.place, "'%' takes numbers, and one of these is an amount")
        done = {"*": "multiplied by", "/": "divided by"}[sign]
        self.refuse(operand.place, f"{SHOWN[kind]} is not {done} {SHOWN[operand.kind]}")

    def _conditional(self, node: syntax.Conditional) -> Typed:
        condition = self._boolean(node.condition, "the condition before '?'")
        both = (self.check(node.then), self.check(node.otherwise))
        plain = all(branch.plain for branch in both)
        then, otherwise = self._alike(both, "the branches differ: {0} before ':' and {1} after it")
        return typed.Conditional(node.place, then.kind, plain, condition, then, otherwise)

    def _call(self, node: syntax.Call) -> Typed:
        match node.function:
            case "has":
                return self._has(node)
            case "min" | "max":
                return self._extreme(node)
            case "size" if len(node.arguments) == 1:
                return self._size(node.place, self.check(node.arguments[0]))
            case "size":
                self.refuse(node.place, "size() takes one text or list")
        hint = _did_you_mean(node.function, FUNCTIONS)
        if node.function == "matches":
            hint = _NO_PATTERNS
        elif node.function in METHODS:
            hint = f"write text.{node.function}(...)"
        self.refuse(node.place, f"there is no function {_short(node.function)}", hint)

    def _has(self, node: syntax.Call) -> Typed:
        if len(node.arguments) != 1 or not isinstance(node.arguments[0], syntax.Name):
            self.refuse(node.place, "has() takes the name of one fact", "such as has(order.amount)")
        asked = node.arguments[0]
        if asked.name in self.scope.values:
            self.refuse(asked.place, f"{asked.name!r} is a value", "has() takes the name of a fact")
        if asked.name not in self.scope.facts:
            self._no_such_fact(asked)
        return typed.Known(node.place, "boolean", False, asked.name)

    def _extreme(self, node: syntax.Call) -> Typed:
        name = f"{node.function}()"
        if len(node.arguments) < 2:
            self.refuse(node.place, f"{name} takes two or more numbers or amounts")
        arguments = tuple(self.check(argument) for argument in node.arguments)
        for argument in arguments:
            self._numeric(argument, name)
        arguments = self._alike(arguments, f"{name} does not choose between {{0}} and {{1}}")
        plain = all(argument.plain for argument in arguments)
        return typed.Apply(node.place, arguments[0].kind, plain, node.function, arguments)

    def _size(self, place: Place, subject: Typed) -> Typed:
        if subject.kind not in ("text", "texts"):
            self.refuse(
                subject.place, f"size() takes a text or a list, and this is {SHOWN[subject.kind]}"
            )
        return typed.Apply(place, "number", False, "size", (subject,))

    def _method(self, node: syntax.Method) -> Typed:
        if node.name in _LOOPS:
            self.refuse(node.named_at, "a policy cannot loop", "use in")
        if node.name not in METHODS:
            hint = _did_you_mean(node.name, METHODS)
            if node.name == "matches":
                hint = _NO_PATTERNS
            elif node.name in FUNCTIONS:
                hint = f"write {node.name}(...)"
            self.refuse(node.named_at, f"there is no method {_short(node.name)}", hint)
        subject = self.check(node.subject)
        if node.name == "size":
            if node.arguments:
                self.refuse(node.named_at, "size() takes nothing here")
            return self._size(node.place, subject)
        if len(node.arguments) != 1:
            self.refuse(node.named_at, f"{node.name}() takes one text")
        argument = self.check(node.arguments[0])
        for part in (subject, argument):
            if part.kind != "text":
                hint = "use in" if part.kind == "texts" else ""
                self.refuse(
                    part.place,
                    f"{node.name}() is asked of texts, and this is {SHOWN[part.kind]}",
                    hint,
                )
        return typed.Apply(node.place, "boolean", False, node.name, (subject, argument))

    def _texts(self, node: syntax.Items) -> Typed:
        items = tuple(self.check(item) for item in node.items)
        for item in items:
            if item.kind != "text":
                self.refuse(
                    item.place,
                    f"a list that stands alone holds texts, and this is {SHOWN[item.kind]}",
                    "write a list of numbers or amounts directly after in",
                )
        if all(isinstance(item, typed.Constant) for item in items):
            texts = tuple(str(item.value) for item in items if isinstance(item, typed.Constant))
            return typed.Constant(node.place, "texts", False, texts)
        return typed.Apply(node.place, "texts", False, "texts", items)


_NO_PATTERNS: Final = "there are no patterns; use startsWith, endsWith, contains or in"


def _did_you_mean(name: str, names: list[str] | tuple[str, ...]) -> str:
    # Comparing costs the product of the lengths; nobody mistypes a name this badly.
    found = difflib.get_close_matches(name, names, n=1) if len(name) <= 80 else []
    return f"did you mean {found[0]!r}?" if found else ""


def _short(name: str) -> str:
    return repr(name) if len(name) <= 80 else f"{name[:80]!r}..."
