"""What a person knows about a bank's table and the file does not tell."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NoReturn

from usance.formats.bank_csv.vocabulary import FIELDS
from usance.formats.errors import FormatError

DateOrder = Literal["ymd", "dmy", "mdy"]
DecimalMark = Literal[".", ","]

DELIMITERS: Final = (";", ",", "\t", "|")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """The lay-out of one bank's table; whatever is not given is found out from the file.

    ``columns`` leads from a field (see ``vocabulary.Field``) to the heading of its column, to
    the column's number from 1, or to None for a field that no column of this table means. A
    table read by numbers alone is taken to have no headings; headings and numbers do not mix.

    Raises FormatError ``invalid_mapping``.
    """

    columns: Mapping[str, str | int | None] = field(default_factory=dict)
    date_order: DateOrder | None = None
    decimal_mark: DecimalMark | None = None
    delimiter: str | None = None
    encoding: str | None = None
    footer_rows: int = 0
    """Rows at the end that are no bookings, such as a line of totals."""

    def __post_init__(self) -> None:
        for name, column in self.columns.items():
            if name not in FIELDS:
                _refuse(f"{name!r} is no field; choose from {', '.join(FIELDS)}")
            if isinstance(column, bool) or (isinstance(column, int) and column < 1):
                _refuse(f"column {column!r} for {name}: columns count from 1")
        kinds = {type(column) for column in self.columns.values() if column is not None}
        if len(kinds) > 1:
            _refuse("columns are given by heading or by number, not both")
        if self.date_order not in (None, "ymd", "dmy", "mdy"):
            _refuse(f"date_order {self.date_order!r} is none of ymd, dmy, mdy")
        if self.decimal_mark not in (None, ".", ","):
            _refuse(f"decimal_mark {self.decimal_mark!r} is neither a point nor a comma")
        if self.delimiter is not None and self.delimiter not in DELIMITERS:
            _refuse(f"delimiter {self.delimiter!r} is none of ; , tab |")
        if self.footer_rows < 0:
            _refuse("footer_rows cannot be negative")
        if self.encoding is not None:
            try:
                codecs.lookup(self.encoding)
            except LookupError:
                _refuse(f"encoding {self.encoding!r} is not known")

    def as_json(self) -> dict[str, Any]:
        """The mapping as JSON has it; what is not given is left out."""
        given = {
            "columns": dict(self.columns),
            "date_order": self.date_order,
            "decimal_mark": self.decimal_mark,
            "delimiter": self.delimiter,
            "encoding": self.encoding,
            "footer_rows": self.footer_rows,
        }
        return {name: value for name, value in given.items() if value}

    @classmethod
    def from_json(cls, document: object) -> ColumnMapping:
        """What :meth:`as_json` wrote. Raises FormatError ``invalid_mapping``."""
        if not isinstance(document, dict):
            _refuse('write an object such as {"columns": {"amount": "Betrag"}}')
        known = {"columns", "date_order", "decimal_mark", "delimiter", "encoding", "footer_rows"}
        if unknown := set(document) - known:
            _refuse(f"{sorted(map(str, unknown))[0]!r} is none of {', '.join(sorted(known))}")
        columns = document.get("columns", {})
        footer_rows = document.get("footer_rows", 0)
        if not isinstance(columns, dict) or not all(
            isinstance(name, str) and (column is None or isinstance(column, str | int))
            for name, column in columns.items()
        ):
            _refuse("columns lead from a field to a heading, a number or null")
        if isinstance(footer_rows, bool) or not isinstance(footer_rows, int):
            _refuse("footer_rows is a whole number")
        for name in ("date_order", "decimal_mark", "delimiter", "encoding"):
            if not isinstance(document.get(name), str | None):
                _refuse(f"{name} is a text")
        return cls(**document)

    @property
    def has_headings(self) -> bool:
        """Whether the table is read by its headings rather than by column numbers."""
        return not any(isinstance(column, int) for column in self.columns.values())


def _refuse(reason: str) -> NoReturn:
    raise FormatError(f"Correct the column mapping: {reason}.", code="invalid_mapping")
