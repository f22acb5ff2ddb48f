"""How the language says no: always with the place in the author's own text."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Place(NamedTuple):
    """Where something stands in a source text; both count from 1."""

    line: int
    column: int


class Owner(NamedTuple):
    """Whose text is read: the rule or the value of this name."""

    part: Literal["rule", "value"]
    name: str


class InvalidExpression(ValueError):
    """An expression cannot be accepted.

    ``part`` and ``name`` say which rule or value of the policy, ``line`` and ``column`` where in its
    text (from 1), ``message`` what is wrong and ``hint`` what to write instead; the hint may be "".
    """

    code = "invalid_expression"

    def __init__(self, owner: Owner, place: Place, message: str, *, hint: str = "") -> None:
        self.part, self.name = owner
        self.line, self.column = place
        self.message = message
        self.hint = hint
        said = f"{message}; {hint}" if hint else message
        super().__init__(
            f"{self.part} {self.name!r}: line {self.line}, column {self.column}: {said}"
        )
