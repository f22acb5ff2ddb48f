"""JSON objects of anyone, read value by value with the kind that each must have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from usance.formats.errors import FormatError
from usance.formats.gst_india.texts import read_day


class JsonObject:
    """A JSON object whose values are read with the kind that they must have."""

    def __init__(self, value: object, path: str) -> None:
        if value is None:
            value = {}
        if not isinstance(value, Mapping):
            raise _wrong(path, "an object")
        self._values: Mapping[str, Any] = value
        self.path = path

    def __bool__(self) -> bool:
        return bool(self._values)

    def inner(self, name: str) -> JsonObject:
        """The object under ``name``; an empty one if there is none."""
        return JsonObject(self._values.get(name), f"{self.path}.{name}".lstrip("."))

    def each(self, name: str) -> Iterator[JsonObject]:
        """The objects of the list under ``name``."""
        found = self._values.get(name)
        if found is None:
            return
        if not isinstance(found, list):
            raise _wrong(f"{self.path}.{name}".lstrip("."), "a list")
        for at, value in enumerate(found):
            yield JsonObject(value, f"{self.path}.{name}[{at}]".lstrip("."))

    def text(self, name: str) -> str:
        """The text or number under ``name``; empty if there is none."""
        value = self._values.get(name)
        if value is None:
            return ""
        if isinstance(value, Decimal):
            return format(value, "f")
        if not isinstance(value, str):
            raise _wrong(f"{self.path}.{name}", "a text")
        return value.strip()

    def required(self, name: str) -> str:
        """The text under ``name``. Raises FormatError ``missing_value``."""
        found = self.text(name)
        if not found:
            raise FormatError(
                f"{name} is missing; ask the sender for a complete e-invoice.",
                code="missing_value",
                path=f"{self.path}.{name}",
            )
        return found

    def number(self, name: str) -> Decimal | None:
        """The number under ``name``."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise _wrong(f"{self.path}.{name}", "a number")
        return value

    def amount(self, name: str) -> Decimal:
        """The number under ``name``; zero if there is none."""
        found = self.number(name)
        return Decimal(0) if found is None else found

    def day(self, name: str) -> date | None:
        """The day under ``name``. Raises FormatError ``invalid_date``."""
        value = self._values.get(name)
        return None if value in (None, "") else read_day(value, path=f"{self.path}.{name}")

    def flag(self, name: str) -> bool:
        """Whether Y stands under ``name``."""
        return self.text(name).upper() == "Y"


def _wrong(path: str, expected: str) -> FormatError:
    return FormatError(
        f"{path} is not {expected}; ask the sender for a corrected file.",
        code="invalid_value",
        path=path,
    )
