"""An expression whose every part has a kind: what the checker hands to the code generation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from usance.rules.credit.expressions.refusal import Place

Kind = Literal["boolean", "number", "amount", "text", "texts"]
"""``texts`` is a list of text; an ``amount`` is money in minor units, a ``number`` anything else."""

SHOWN: Final[dict[Kind, str]] = {
    "boolean": "true or false",
    "number": "a number",
    "amount": "an amount",
    "text": "a text",
    "texts": "a list of texts",
}
"""Each kind as it is called in a message."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A part of known kind. ``plain``: a number made of literals only, which may stand for an amount."""

    place: Place
    kind: Kind
    plain: bool

    def parts(self) -> tuple[Typed, ...]:
        """What it is made of."""
        return ()


@dataclass(frozen=True, slots=True)
class Constant(Typed):
    """A literal, or a list of text literals; an amount is in minor units already."""

    value: bool | int | Decimal | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact(Typed):
    """What is known of the buyer, the order and the rest; or is not."""

    name: str


@dataclass(frozen=True, slots=True)
class Value(Typed):
    """The policy's own named expression, as a ``kind`` that it was asked for."""

    name: str


@dataclass(frozen=True, slots=True)
class Known(Typed):
    """``has(fact)``"""

    name: str


@dataclass(frozen=True, slots=True)
class Logic(Typed):
    """``a && b`` or ``a || b``, any number of them."""

    operator: str
    operands: tuple[Typed, ...]

    def parts(self) -> tuple[Typed, ...]:
        return self.operands


@dataclass(frozen=True, slots=True)
class Conditional(Typed):
    """``condition ? then : otherwise``"""

    condition: Typed
    then: Typed
    otherwise: Typed

    def parts(self) -> tuple[Typed, ...]:
        return (self.condition, self.then, self.otherwise)


@dataclass(frozen=True, slots=True)
class OneOf(Typed):
    """``subject in [items]``: a literal list."""

    subject: Typed
    items: tuple[Typed, ...]

    def parts(self) -> tuple[Typed, ...]:
        return (self.subject, *self.items)


@dataclass(frozen=True, slots=True)
class Arithmetic(Typed):
    """Operands from left to right: + and - mixed, or * / % mixed."""

    operands: tuple[Typed, ...]
    operators: tuple[str, ...]

    def parts(self) -> tuple[Typed, ...]:
        return self.operands


@dataclass(frozen=True, slots=True)
class Apply(Typed):
    """A function of its arguments that is unknown as soon as one of them is."""

    function: str
    arguments: tuple[Typed, ...]

    def parts(self) -> tuple[Typed, ...]:
        return self.arguments


def all_parts(tree: Typed) -> Iterator[Typed]:
    """``tree`` and everything below it."""
    pending = [tree]
    while pending:
        part = pending.pop()
        yield part
        pending.extend(part.parts())
