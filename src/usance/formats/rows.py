"""Tables whose columns go by many names: read whole, or refused with every bad row named.

For files that a person exports from somebody else's site: separator and encoding are found out, the
order of columns is free, and columns that nobody asked for are passed over.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar

from usance.formats.bank_csv.mapping import DELIMITERS
from usance.formats.bank_csv.place import Place
from usance.formats.bank_csv.table import decode
from usance.formats.bank_csv.vocabulary import plain
from usance.formats.errors import FormatError, refuse_too_large

LONGEST_CELL: Final = 20_000
"""Characters. A cell beyond this is an open quotation mark, or not meant to be read."""
MOST_FAULTS: Final = 100
"""Bad rows that are named; nobody corrects more before trying again."""
_MOST_COLUMNS: Final = 500
_ROWS_BEFORE_HEADINGS: Final = 20

Made = TypeVar("Made")


class BadRows(FormatError):
    """Some rows cannot be read, so none is. ``faults`` names each with line and column; the first
    of them is also the error itself."""

    def __init__(self, message: str, *, faults: tuple[FormatError, ...], **place: Any) -> None:
        super().__init__(message, **place)
        self.faults = faults

    def __reduce__(self) -> tuple[Any, ...]:
        return bad_rows, (self.faults,)


def bad_rows(faults: Iterable[FormatError]) -> BadRows:
    """One error for all ``faults``, of which there is at least one."""
    named = tuple(faults)
    first = named[0]
    more = f" ({len(named) - 1} more rows are wrong.)" if len(named) > 1 else ""
    return BadRows(
        first.message + more,
        faults=named,
        code=first.code,
        line=first.line,
        column=first.column,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One record, its cells by the names of their columns."""

    line: int
    cells: list[str]
    columns: Mapping[str, int]
    headings: list[str]

    def place(self, name: str) -> Place:
        """Where the cell stands; for a column that the table lacks, the row's first."""
        index = self.columns.get(name, 0)
        return Place(line=self.line, column=index + 1, heading=self.headings[index] or name)

    def text(self, name: str, *, longest: int = 1000) -> str | None:
        """The cell on one line; None if it is empty or the table has no such column.

        Raises FormatError ``formula`` or ``too_long``.
        """
        index = self.columns.get(name)
        if index is None or index >= len(self.cells):
            return None
        return _plain_text(self.cells[index], place=self.place(name), longest=longest)

    def required(self, name: str) -> str:
        """The cell, which must hold something. Raises FormatError ``missing_value``."""
        value = self.text(name)
        if value is None:
            raise self.place(name).error("the cell is empty; fill it.", code="missing_value")
        return value

    def country(self, name: str) -> str | None:
        """The code of a country, in capitals; None if the cell is empty. Raises FormatError
        ``invalid_value``."""
        text = self.text(name, longest=60)
        if text is not None and not _COUNTRY.fullmatch(text):
            raise self.place(name).error(
                f"{text!r} is not a country code of two letters, such as IT.", code="invalid_value"
            )
        return text.upper() if text else None


_COUNTRY: Final = re.compile(r"[A-Za-z]{2}")
_AS_TEXT: Final = re.compile(r'="([^"]*)"')
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def _plain_text(cell: str, *, place: Place, longest: int) -> str | None:
    text = cell.strip()
    if match := _AS_TEXT.fullmatch(text):
        text = match[1].strip()  # how spreadsheets keep the leading zeros of a number
    if text.startswith("="):
        raise place.error("the cell holds a formula; save the table as values.", code="formula")
    if len(text) > longest:
        raise place.error(
            f"the cell has {len(text)} characters, at most {longest} are read; shorten it.",
            code="too_long",
        )
    return " ".join(_CONTROLS.sub(" ", text).split()) or None


def read_table(
    data: bytes, *, names: Mapping[str, tuple[str, ...]], required: frozenset[str]
) -> list[Row]:
    """The rows of the table in ``data``, empty ones left out.

    ``names`` leads from a column to the headings it goes by, compared without case, accents and
    punctuation; ``required`` are the columns that must be there. Raises FormatError ``too_large``,
    ``wrong_encoding``, ``not_text``, ``unknown_table``, ``malformed_csv``, ``too_few_columns``,
    ``too_many_columns`` or ``too_long``.
    """
    refuse_too_large(data)
    text = decode(data)
    delimiter, start, columns = _headings(text, names=names, required=required)
    records = _records(text, delimiter)
    headings = [cell.strip()[:60] for cell in next(islice(records, start, None))[1]]
    while headings and not headings[-1]:
        headings.pop()
    rows = []
    for line, cells in records:
        if any(cell.strip() for cell in cells):
            _refuse_shape(line, cells, width=len(headings))
            rows.append(Row(line, cells, columns, headings))
    return rows


def whole(rows: Iterable[Row], *, make: Callable[[Row], Made]) -> tuple[Made, ...]:
    """What ``make`` makes of each row, or BadRows naming every row it cannot read."""
    made, faults = [], []
    for row in rows:
        try:
            made.append(make(row))
        except FormatError as fault:
            faults.append(fault)
            if len(faults) >= MOST_FAULTS:
                break
    if faults:
        raise bad_rows(faults)
    return tuple(made)


def _headings(
    text: str, *, names: Mapping[str, tuple[str, ...]], required: frozenset[str]
) -> tuple[str, int, dict[str, int]]:
    """The separator under which a row of headings says most, its number, and what it says."""
    best: tuple[str, int, dict[str, int]] | None = None
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            first = list(islice(reader, _ROWS_BEFORE_HEADINGS))
        except csv.Error:
            continue
        for index, cells in enumerate(first):
            columns = _columns(cells, names=names)
            if required <= columns.keys() and (best is None or len(columns) > len(best[2])):
                best = delimiter, index, columns
                break
    if best is None:
        wanted = ", ".join(names[name][0] for name in sorted(required))
        raise FormatError(
            f"No row of headings was found; the table needs columns for: {wanted}.",
            code="unknown_table",
        )
    return best


def _columns(cells: list[str], *, names: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    if len(cells) > _MOST_COLUMNS:
        return {}
    free: dict[str, int] = {}
    for index, cell in enumerate(cells):
        free.setdefault(plain(cell[:200]), index)
    columns = {}
    for name, known in names.items():
        heading = next((heading for heading in known if heading in free), None)
        if heading is not None:
            columns[name] = free.pop(heading)
    return columns


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    # Strict: an open quote would otherwise swallow the rest of the file into one cell.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FormatError(
                f"The row cannot be taken apart ({error}); check its quotation marks.",
                code="malformed_csv",
                line=line,
            ) from None
        for column, cell in enumerate(cells, 1):
            if len(cell) > LONGEST_CELL:
                raise FormatError(
                    f"The cell has {len(cell)} characters, at most {LONGEST_CELL} are read; check"
                    " the quotation marks before it.",
                    code="too_long",
                    line=line,
                    column=column,
                )
        yield line, cells
        line = reader.line_num + 1


def _refuse_shape(line: int, cells: list[str], *, width: int) -> None:
    if len(cells) < width:
        raise FormatError(
            f"The row has {len(cells)} columns, the table {width}; the file may have been cut off.",
            code="too_few_columns",
            line=line,
            column=len(cells) + 1,
        )
    if any(cell.strip() for cell in cells[width:]):
        raise FormatError(
            f"The row has {len(cells)} columns, the table {width}; a text with a separator in it"
            " may lack its quotation marks.",
            code="too_many_columns",
            line=line,
            column=width + 1,
        )
