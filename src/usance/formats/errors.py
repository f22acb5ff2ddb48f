"""What a reader or writer of a foreign format says when it cannot go on."""

from __future__ import annotations

from typing import Any


class FormatError(ValueError):
    """Input that does not keep to its format, or a value that a format cannot carry.

    ``code`` is stable and meant for programs, ``message`` tells a person what is wrong and what
    to do next. ``line`` and ``column`` count from 1; in a table ``column`` is the number of the
    column, in XML and other text that of the character. ``path`` leads to an element of a tree,
    such as ``Document/BkToCstmrStmt/Stmt[1]/Ntry[3]/Amt``, every index from 1.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        line: int | None = None,
        column: int | None = None,
        path: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.line = line
        self.column = column
        self.path = path

    def __str__(self) -> str:
        places = []
        if self.line is not None:
            places.append(f"line {self.line}")
        if self.column is not None:
            places.append(f"column {self.column}")
        if self.path is not None:
            places.append(f"at {self.path}")
        return f"{', '.join(places)}: {self.message}" if places else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # Keyword-only arguments are not restored by the default, and jobs hand errors across
        # processes.
        places = {"line": self.line, "column": self.column, "path": self.path}
        return _rebuild, (type(self), self.message, {"code": self.code, **places})


def _rebuild(kind: type[FormatError], message: str, rest: dict[str, Any]) -> FormatError:
    return kind(message, **rest)


LARGEST_INPUT = 100 * 1024 * 1024
"""Bytes. No document is read past this size, so that one upload cannot take a machine's memory."""


def refuse_too_large(data: bytes) -> None:
    """Raise FormatError ``too_large`` if ``data`` has more than LARGEST_INPUT bytes."""
    if len(data) > LARGEST_INPUT:
        raise FormatError(
            f"The file has {len(data)} bytes; files up to {LARGEST_INPUT} bytes are read. "
            "Split it into shorter periods and send the parts.",
            code="too_large",
        )
