"""What an expression says before anybody knows what its names mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from usance.rules.credit.expressions.refusal import Place


@dataclass(slots=True)
class Node:
    """A part of an expression: where it begins, and how deep it is nested below."""

    place: Place
    depth: int

    def parts(self) -> tuple[Node, ...]:
        """What it is made of."""
        return ()


@dataclass(slots=True)
class Literal(Node):
    """true, 30, 0.25 or 'DE', read."""

    value: bool | int | Decimal | str


@dataclass(slots=True)
class Name(Node):
    """A dotted name: a fact, or a value of the policy."""

    name: str


@dataclass(slots=True)
class Not(Node):
    """``!operand``"""

    operand: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(slots=True)
class Negative(Node):
    """``-operand``"""

    operand: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(slots=True)
class Logic(Node):
    """``a && b && c``, or the same with ``||``."""

    operator: str
    operands: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.operands


@dataclass(slots=True)
class Relation(Node):
    """Two operands and one of ``== != < <= > >= in``."""

    operator: str
    left: Node
    right: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(slots=True)
class Arithmetic(Node):
    """Operands of one precedence, from left to right; each operator has the place it stands at."""

    operands: tuple[Node, ...]
    operators: tuple[str, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.operands


@dataclass(slots=True)
class Conditional(Node):
    """``condition ? then : otherwise``"""

    condition: Node
    then: Node
    otherwise: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.condition, self.then, self.otherwise)


@dataclass(slots=True)
class Call(Node):
    """``function(arguments)``"""

    function: str
    arguments: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.arguments


@dataclass(slots=True)
class Method(Node):
    """``subject.name(arguments)``; ``named_at`` is where the name stands."""

    subject: Node
    name: str
    named_at: Place
    arguments: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        return (self.subject, *self.arguments)


@dataclass(slots=True)
class Items(Node):
    """``[a, b, c]``"""

    items: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.items


def all_nodes(tree: Node) -> Iterator[Node]:
    """``tree`` and everything below it."""
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(node.parts())
