"""What a person knows about a bank's table and the file does not tell."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

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

    @property
    def has_headings(self) -> bool:
        """Whether the table is read by its headings rather than by column numbers."""
        return not any(isinstance(column, int) for column in self.columns.values())


def _refuse(reason: str) -> None:
    raise FormatError(f"Correct the column mapping: {reason}.", code="invalid_mapping")
