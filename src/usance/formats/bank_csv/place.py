"""Where in a table something stands."""

from __future__ import annotations

from dataclasses import dataclass

from usance.formats.errors import FormatError


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell stands: the line of the file, the number of the column and its heading."""

    line: int
    column: int
    heading: str

    def error(self, message: str, *, code: str) -> FormatError:
        """An error about the cell, naming its column."""
        return FormatError(
            f"{self.heading}: {message}", code=code, line=self.line, column=self.column
        )
