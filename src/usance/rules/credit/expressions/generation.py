"""Python code from a checked tree.

Not a character of the author's text gets into the code: it is made of our own words, of the names
given here (``f0``, ``v0``, ``k0``) and of the digits of whole numbers. Texts, decimals and names of
facts are constants outside it.

Every expression is written twice. The *native* code is one Python expression for the case that all it
reads is known; it may raise ArithmeticError. The *careful* code is a list of statements, one for each
operation, in which None is unknown (Kleene's strong logic) and nothing raises.

Numbers are decimals of 28 digits. Whole numbers stay Python's own, which is faster, wherever no result
can outgrow those digits; where one could, it is computed as a Decimal, so no number ever grows long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, NamedTuple

from usance.rules.credit.expressions import typed
from usance.rules.credit.expressions.typed import Kind, Typed

WHOLE_BITS: Final = 93
"""A whole number of so many bits has at most 28 digits (2**93 < 10**28)."""

_FACT_BITS: Final = 64
_SIZE_BITS: Final = 32

ValueKey = tuple[str, Kind]
"""A value of the policy as the kind it is used as; a plain one may be used as two."""


class Code(NamedTuple):
    """Python text of an expression, and what is known beforehand about the number it gives.

    ``bits``: if it may be an int, of how many bits at most; None: it is surely a Decimal.
    ``whole``: it is surely an int.
    """

    text: str
    bits: int | None = None
    whole: bool = False


@dataclass(slots=True)
class Names:
    """The names of the generated code: a local for each fact and value, a global for each constant."""

    facts: dict[str, str] = field(default_factory=dict)
    values: dict[ValueKey, Code] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    _known: dict[tuple[type, str], str] = field(default_factory=dict)

    def fact(self, name: str) -> str:
        """The local that holds this fact."""
        return self.facts.setdefault(name, f"f{len(self.facts)}")

    def constant(self, value: Any) -> str:
        """The global that holds this constant."""
        # By its written form: 1 == 1.0 == True, and 0.5 == 0.50, but they are not the same constant.
        key = (type(value), repr(sorted(map(repr, value)) if type(value) is frozenset else value))
        name = self._known.setdefault(key, f"k{len(self._known)}")
        self.constants[name] = value
        return name


def native(part: Typed, *, names: Names) -> Code:
    """One Python expression, for the case that everything it reads is known."""
    if isinstance(part, typed.Constant | typed.Fact | typed.Value):
        return _leaf(part, names)
    below = [native(each, names=names) for each in part.parts()]
    texts = [each.text for each in below]
    match part:
        case typed.Known():
            code = Code(f"({names.fact(part.name)} is not None)")
        case typed.Logic():
            code = Code(f"({_WORDS[part.operator].join(texts)})")
        case typed.Conditional():
            condition, then, otherwise = texts
            code = _either(f"({then} if {condition} else {otherwise})", below[1:])
        case typed.OneOf():
            subject, *items = texts
            held = _all_constant(part, names) or f"({''.join(f'{item}, ' for item in items)})"
            code = Code(f"({subject} in {held})")
        case typed.Arithmetic():
            code = _chain(part, below, names)
        case typed.Apply():
            code = _apply(part.function, below)
        case _:
            raise AssertionError(part)
    return code


_WORDS: Final[Mapping[str, str]] = {"&&": " and ", "||": " or "}


def _all_constant(part: typed.OneOf, names: Names) -> str:
    """The constant set of the items, or "" if some are not constant."""
    values = [item.value for item in part.items if isinstance(item, typed.Constant)]
    return names.constant(frozenset(values)) if len(values) == len(part.items) else ""


def careful(tree: Typed, *, names: Names) -> tuple[list[str], Code]:
    """Statements that compute the expression with unknowns, and the name that holds the result."""
    lines: list[str] = []
    code = _careful(tree, names, lines)
    return lines, code


def _careful(part: Typed, names: Names, lines: list[str]) -> Code:
    if isinstance(part, typed.Constant | typed.Fact | typed.Value):
        return _leaf(part, names)
    below = [_careful(each, names, lines) for each in part.parts()]
    target = f"t{len(lines)}"
    unknown = _unknown(part.parts(), below)
    match part:
        case typed.Known():
            code = Code(target)
            lines.append(f"{target} = {names.fact(part.name)} is not None")
        case typed.Logic():
            code = Code(target)
            decides, default = ("False", "True") if part.operator == "&&" else ("True", "False")
            decided = " or ".join(f"{each.text} is {decides}" for each in below)
            lines.append(f"{target} = {decides} if {decided} else None if {unknown} else {default}")
        case typed.Conditional():
            condition, then, otherwise = below
            code = _either(target, (then, otherwise))
            unknown = _unknown((part.condition,), [condition])
            choice = f"{then.text} if {condition.text} else {otherwise.text}"
            lines.append(f"{target} = None if {unknown} else {choice}")
        case typed.OneOf():
            subject, *items = below
            code = Code(target)
            unknown = _unknown((part.subject,), [subject])
            if held := _all_constant(part, names):
                found = f"{subject.text} in {held}"
            else:
                equal = " or ".join(f"{subject.text} == {item.text}" for item in items)
                found = f"True if {equal} else None if {_unknown(part.items, items)} else False"
            lines.append(f"{target} = None if {unknown} else {found}")
        case typed.Arithmetic():
            code = _strict(_chain(part, below, names), target, unknown, lines)
        case typed.Apply():
            code = _strict(_apply(part.function, below), target, unknown, lines)
        case _:
            raise AssertionError(part)
    return code


def _strict(code: Code, target: str, unknown: str, lines: list[str]) -> Code:
    """An operation that is unknown if one of its operands is, or if it cannot be computed."""
    lines.append(f"try: {target} = None if {unknown} else {code.text}")
    lines.append(f"except ArithmeticError: {target} = None")
    return code._replace(text=target)


def _unknown(parts: tuple[Typed, ...], codes: list[Code]) -> str:
    """The condition that one of these is unknown; a literal never is."""
    tests = (
        f"{code.text} is None"
        for part, code in zip(parts, codes, strict=True)
        if not isinstance(part, typed.Constant)
    )
    return " or ".join(tests) or "False"


def _leaf(part: Typed, names: Names) -> Code:
    match part:
        case typed.Fact():
            bits = _FACT_BITS if part.kind in ("number", "amount") else None
            code = Code(names.fact(part.name), bits, part.kind == "amount")
        case typed.Value():
            code = names.values[part.name, part.kind]
        case typed.Constant(value=bool() as value):
            code = Code(str(value))
        case typed.Constant(value=int() as value):
            code = Code(str(value) if value >= 0 else f"({value})", value.bit_length(), True)
        case typed.Constant():
            code = Code(names.constant(part.value))
        case _:
            raise AssertionError(part)
    return code


def _either(text: str, codes: tuple[Code, ...] | list[Code]) -> Code:
    """What is known of a number that is one of these."""
    bits = [code.bits for code in codes if code.bits is not None]
    return Code(text, max(bits, default=None), all(code.whole for code in codes))


_OPERATIONS: Final[Mapping[str, str]] = {
    "startsWith": "{0}.startswith({1})",
    "endsWith": "{0}.endswith({1})",
    "contains": "({1} in {0})",
    "in": "({0} in {1})",
    "!": "(not {0})",
    **{sign: f"({{0}} {sign} {{1}})" for sign in ("==", "!=", "<", "<=", ">", ">=")},
}


def _apply(function: str, arguments: list[Code]) -> Code:
    texts = [argument.text for argument in arguments]
    match function:
        case "-":
            return arguments[0]._replace(text=f"(-{texts[0]})")
        case "min" | "max":
            return _either(f"_{function}({', '.join(texts)})", arguments)
        case "size":
            return Code(f"_size({texts[0]})", _SIZE_BITS, True)
        case "texts":
            return Code(f"({''.join(f'{text}, ' for text in texts)})")
    return Code(_OPERATIONS[function].format(*texts))


def _chain(part: typed.Arithmetic, operands: list[Code], names: Names) -> Code:
    """The operands from left to right, as whole numbers as long as the result has at most 28 digits."""
    text, bits, whole = operands[0]
    for sign, right, operand in zip(part.operators, operands[1:], part.operands[1:], strict=True):
        grown = _grown(sign, bits, right.bits)
        if grown is not None and grown <= WHOLE_BITS:
            text, bits, whole = f"{text} {sign} {right.text}", grown, whole and right.whole
            continue
        if bits is not None and right.bits is not None:
            # Both may be ints, and none may stay one: Python would give a float, or grow without end.
            if isinstance(operand, typed.Constant) and isinstance(operand.value, int):
                text = f"{text} {sign} {names.constant(Decimal(operand.value))}"
            else:
                text = f"_decimal({text}) {sign} {right.text}"
        else:
            text = f"{text} {sign} {right.text}"
        bits, whole = None, False
    return Code(f"({text})", bits, whole)


def _grown(sign: str, left: int | None, right: int | None) -> int | None:
    """How many bits a whole result may have; None where it is no whole number of Python's."""
    if left is None or right is None or sign in ("/", "%"):
        return None
    return left + right if sign == "*" else max(left, right) + 1
