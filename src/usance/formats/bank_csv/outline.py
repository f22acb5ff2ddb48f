"""The outline of a table that nobody has explained yet: what a person needs to say what it means."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Final

from usance.formats.bank_csv import canonical
from usance.formats.bank_csv.mapping import DELIMITERS
from usance.formats.bank_csv.table import decode
from usance.formats.bank_csv.vocabulary import FIELDS, HEADERS, Field, heading_of
from usance.formats.errors import FormatError, refuse_too_large

ROWS_SHOWN: Final = 8
_ROWS_LOOKED_AT: Final = 60
_MOST_COLUMNS: Final = 500
_LONGEST_CELL: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """Headings and first rows of a table."""

    delimiter: str
    headings: tuple[str, ...]
    """As written; empty for a table whose first row is a booking already."""
    rows: tuple[tuple[str, ...], ...]
    """Up to ROWS_SHOWN rows below the headings."""
    width: int
    shape: str
    """The same for every table of these headings, 64 hexadecimal digits."""


def outline_of(data: bytes, *, encoding: str | None = None) -> Outline | None:
    """The outline of ``data``; None if it is no table, or the project's own, which needs no reading.

    The widest row that most rows are as wide as makes the table; what stands above it is passed over.
    Raises FormatError ``too_large``.
    """
    refuse_too_large(data)
    try:
        text = decode(data, encoding=encoding)
    except FormatError:
        return None
    if canonical.is_canonical(text):
        return None
    best: tuple[int, str, list[list[str]]] | None = None
    for delimiter in DELIMITERS:
        rows = _first_rows(text, delimiter)
        width = _usual_width(rows)
        if width > 1 and (best is None or width > best[0]):
            best = width, delimiter, rows
    if best is None:
        return None
    width, delimiter, rows = best
    least = min(width, _filled_most(rows))
    start = next((i for i, row in enumerate(rows) if _filled(row) >= least), None)
    if start is None:
        return None
    first = [cell.strip()[:_LONGEST_CELL] for cell in rows[start][:width]]
    has_headings = not any(_is_value(cell) for cell in first)
    headings = first if has_headings else []
    below = rows[start + 1 if has_headings else start :]
    return Outline(
        delimiter=delimiter,
        headings=tuple(headings),
        rows=tuple(
            tuple(cell.strip()[:_LONGEST_CELL] for cell in row[:width])
            for row in below[:ROWS_SHOWN]
            if _filled(row)
        ),
        width=width,
        shape=_shape(delimiter, headings, first, width=width),
    )


def suggested(outline: Outline) -> dict[Field, int]:
    """The index of the column that each field is likely to be in, by the names of the headings."""
    names = [heading_of(heading) for heading in outline.headings]
    found: dict[Field, int] = {}
    for field in FIELDS:
        index = next(
            (
                names.index(name)
                for name in HEADERS[field]
                if name in names and names.index(name) not in found.values()
            ),
            None,
        )
        if index is not None:
            found[field] = index
    return found


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = list(islice(reader, _ROWS_LOOKED_AT))
    except csv.Error:
        return []
    return [row for row in rows if len(row) <= _MOST_COLUMNS]


def _usual_width(rows: list[list[str]]) -> int:
    widths = Counter(len(row) for row in rows if _filled(row))
    return max(widths, key=lambda width: (widths[width] * (width > 1), width), default=0)


def _filled(row: list[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _filled_most(rows: list[list[str]]) -> int:
    """How many filled cells a row of headings has at least: half of the fullest row."""
    return max(2, max((_filled(row) for row in rows), default=0) // 2)


_VALUE: Final = re.compile(r"[+-]?[€$£]?\s?[0-9][0-9.,'/: -]*(?:[A-Z]{3}|€)?")


def _is_value(cell: str) -> bool:
    """Whether a cell holds an amount, a date or a number rather than a heading."""
    return _VALUE.fullmatch(cell.strip()) is not None


def _shape(delimiter: str, headings: list[str], first: list[str], *, width: int) -> str:
    if headings:
        facts = [delimiter, *map(heading_of, headings)]
    else:
        kinds = ["value" if _is_value(cell) else "text" for cell in first]
        facts = [delimiter, str(width), *kinds]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
