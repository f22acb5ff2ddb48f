"""Answers in JSON, read with the shape that the contract gives them and no other.

A counterpart may add members at any time; what it may not do is give one that we read another type.
A member that is missing, or null, is not known.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, NoReturn

from usance.gateways.errors import Malformed
from usance.gateways.exchange import Reply

_LONGEST_TEXT: Final = 20_000


class Document:
    """One object of an answer. Every reader raises Malformed for another type than its own."""

    def __init__(self, members: Mapping[str, Any], *, counterpart: str, path: str = "") -> None:
        self._members = members
        self._counterpart = counterpart
        self._path = path

    def __contains__(self, name: str) -> bool:
        return self._members.get(name) is not None

    def names(self) -> list[str]:
        """The names of the members, in their order."""
        return list(self._members)

    def text(self, name: str) -> str | None:
        """A text on its own, stripped; None if it is missing or empty."""
        value = self._members.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
            self.refuse(name, "a text")
        return value.strip() or None

    def shown(self, name: str) -> str | None:
        """A text, or a number as it is written, for members whose type the contract leaves open;
        None for anything else."""
        value = self._members.get(name)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return str(value)
        return self.text(name) if isinstance(value, str) else None

    def required_text(self, name: str) -> str:
        """A text that must be there."""
        value = self.text(name)
        if value is None:
            self.refuse(name, "a text")
        return value

    def flag(self, name: str) -> bool | None:
        """True or false; None if it is missing."""
        value = self._members.get(name)
        if value is not None and not isinstance(value, bool):
            self.refuse(name, "true or false")
        return value

    def number(self, name: str) -> Decimal | None:
        """A number as it is written, without rounding."""
        value = self._members.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.refuse(name, "a number")
        number = Decimal(value)
        if not number.is_finite() or abs(number.adjusted()) > 30:
            self.refuse(name, "a number of a sensible size")
        return number

    def day(self, name: str) -> date | None:
        """The day of an ISO 8601 date or date and time."""
        value = self.text(name)
        if value is None:
            return None
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            self.refuse(name, "a date")

    def child(self, name: str) -> Document:
        """An object; an empty one if it is missing."""
        value = self._members.get(name)
        if value is not None and not isinstance(value, Mapping):
            self.refuse(name, "an object")
        return Document(value or {}, counterpart=self._counterpart, path=f"{self._path}{name}.")

    def children(self, name: str) -> list[Document] | None:
        """The objects of a list; None if there is no list."""
        value = self._members.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            self.refuse(name, "a list of objects")
        return [
            Document(each, counterpart=self._counterpart, path=f"{self._path}{name}[{n}].")
            for n, each in enumerate(value, 1)
        ]

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list; what is not a text in it is passed over."""
        value = self._members.get(name)
        if value is not None and not isinstance(value, list):
            self.refuse(name, "a list")
        return tuple(_short_texts(value or ()))

    def refuse(self, name: str, expected: str) -> NoReturn:
        """Raise Malformed naming the member."""
        raise Malformed(
            f"{self._counterpart} answered in a shape its contract does not have:"
            f" {self._path}{name} is not {expected}.",
            counterpart=self._counterpart,
            detail=f"{self._path}{name}",
        )


def _short_texts(values: Any) -> Iterator[str]:
    for value in values:
        if isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT:
            yield value


def read_document(reply: Reply) -> Document:
    """The object that ``reply`` holds. Raises Malformed if its body is none."""
    try:
        value = json.loads(reply.body, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError, ArithmeticError):
        value = None
    if not isinstance(value, dict):
        raise Malformed(
            f"{reply.counterpart} answered something that is not a JSON object.",
            counterpart=reply.counterpart,
            detail=f"HTTP {reply.status}",
        )
    return Document(value, counterpart=reply.counterpart)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
