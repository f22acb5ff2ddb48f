"""The rows of a table, its row of headings, and what stands above it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Final

from usance.formats.bank_csv.mapping import DELIMITERS
from usance.formats.bank_csv.place import Place
from usance.formats.bank_csv.table import Row, decode
from usance.formats.errors import FormatError
from usance.formats.remittance_table.columns import Field, columns_of, fact_of

ROWS_BEFORE_HEADINGS: Final = 60
"""How far down the headings of a table may stand."""
_MOST_COLUMNS: Final = 200


def looks_like(data: bytes) -> bool:
    """Whether ``data`` is text with a row of headings that a table of paid documents has."""
    try:
        text = decode(data[:200_000])
        return any(
            headings_of(rows_of(text, mark, most=ROWS_BEFORE_HEADINGS), None) is not None
            for mark in DELIMITERS
            if mark in text
        )
    except FormatError:
        return False


def rows_of(text: str, delimiter: str, *, most: int) -> list[Row]:
    """The first ``most`` rows of ``text``. Raises FormatError ``malformed_csv``."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[Row] = []
    line = 1
    while len(found) < most:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise FormatError(
                f"The row cannot be taken apart ({error}); check its quotation marks.",
                code="malformed_csv",
                line=line,
            ) from None
        if len(cells) <= _MOST_COLUMNS:
            found.append(Row(line, cells))
        line = reader.line_num + 1
    return found


def headings_of(
    rows: Sequence[Row], said: Mapping[str, str | int | None] | None
) -> tuple[int, dict[Field, int]] | None:
    """The row of headings, by its index, and what it says."""
    for index, row in enumerate(rows[:ROWS_BEFORE_HEADINGS]):
        if len(row.cells) > 1:
            columns = columns_of(row.cells, said=said)
            if columns is not None:
                return index, columns
    return None


def facts_of(rows: Sequence[Row]) -> dict[Field, tuple[str, Place]]:
    """What pairs of name and value say of the payment, each with its place."""
    found: dict[Field, tuple[str, Place]] = {}
    for row in rows:
        cells = [cell.strip() for cell in row.cells if cell.strip()]
        if len(cells) == 1 and ":" in cells[0]:
            cells = [part.strip() for part in cells[0].split(":", 1)]
        if len(cells) < 2:
            continue
        name = cells[0].rstrip(":")
        fact = fact_of(name) if len(name) <= 60 else None
        if fact is not None:
            place = Place(line=row.line, column=2, heading=name)
            found.setdefault(fact, (cells[1], place))
    return found


def unknown_table() -> FormatError:
    """That no headings were found, and what they may be."""
    return FormatError(
        "A table of paid documents needs headings with a number (such as Invoice number,"
        " Rechnungsnummer, N. fattura) and an amount (such as Amount paid, Betrag, Importo); say which"
        " columns they are.",
        code="unknown_table",
    )
