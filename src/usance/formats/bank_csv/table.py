"""Bytes to a table: encoding, separator and the row of headings."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from usance.formats.bank_csv.mapping import DELIMITERS, ColumnMapping
from usance.formats.bank_csv.place import Place
from usance.formats.bank_csv.vocabulary import (
    FIELDS,
    HEADERS,
    TOLD_APART_BY,
    Field,
    currency_of_heading,
    heading_of,
)
from usance.formats.errors import FormatError
from usance.formats.statement import compact, is_iban, join_texts, one_line
from usance.rules.money import EXPONENTS

_ROWS_BEFORE_HEADINGS: Final = 60
_MOST_COLUMNS: Final = 500
_NAMES_ASKED: Final = (
    "A table of bookings needs headings with a date (such as Date, Buchungstag, Date opération) "
    "and an amount (such as Amount, Betrag, Montant) or debit and credit; name them in the column "
    "mapping, or give their numbers if the table has no headings."
)


def decode(data: bytes, *, encoding: str | None = None) -> str:
    """The text of ``data``: by its byte order mark, else UTF-8, else Windows-1252.

    ``encoding`` overrides. Raises FormatError ``wrong_encoding`` or ``not_text``.
    """
    if encoding is None:
        encoding = _encoding_of(data)
    try:
        text = data.decode(encoding)
    except (UnicodeError, LookupError) as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        raise FormatError(
            f"The file is not text in {encoding}; save it as UTF-8, or set the encoding in the "
            "column mapping.",
            code="wrong_encoding",
            line=data.count(b"\n", 0, at) + 1,
        ) from None
    if "\0" in text:
        raise FormatError(
            "The file is not text; export it as CSV, not as a spreadsheet.", code="not_text"
        )
    return text


def _encoding_of(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    start = data[:400]
    if len(start) >= 4 and len(start) % 2 == 0:
        # Without a mark, Western text in UTF-16 still has a zero in every other byte.
        if not any(start[1::2]):
            return "utf-16-le"
        if not any(start[0::2]):
            return "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its cells, and the line of the file on which it begins."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The bookings of a file, cell by cell."""

    columns: dict[Field, tuple[int, ...]]
    """Index of each field's column. Only the remittance text may have several."""
    headings: list[str]
    rows: list[Row]
    account: str | None
    """An IBAN that stands above the headings."""
    told_apart: int | None = None
    """Index of the column whose references tell bookings apart; None: they are told apart by their texts."""

    def has(self, field: Field) -> bool:
        """Whether some column holds ``field``."""
        return field in self.columns

    def cell(self, row: Row, field: Field) -> str:
        """What ``row`` says for ``field``, on one line; empty without such a column."""
        indexes = self.columns.get(field, ())
        if len(indexes) == 1:
            return one_line(row.cells[indexes[0]])
        return join_texts(one_line(row.cells[index]) for index in indexes)

    def place(self, row: Row, field: Field) -> Place:
        """Where ``row`` says it."""
        column = self.columns[field][0]
        return Place(line=row.line, column=column + 1, heading=self.headings[column])

    def currency(self, field: Field) -> str | None:
        """The currency that the heading of ``field`` states."""
        return currency_of_heading(self.headings[self.columns[field][0]])


def read_table(text: str, *, mapping: ColumnMapping) -> Table:
    """Find the separator and the headings of ``text`` and take its rows apart.

    Raises FormatError ``unknown_table``, ``malformed_csv``, ``too_few_columns`` or
    ``too_many_columns``.
    """
    delimiter, start, columns = (
        _by_headings(text, mapping=mapping)
        if mapping.has_headings
        else _by_numbers(text, mapping=mapping)
    )
    records = list(_records(text, delimiter))
    if mapping.has_headings:
        above, headings = records[:start], [cell.strip() for cell in records[start].cells]
        rows = records[start + 1 :]
        width = len(headings)
        while width and not headings[width - 1]:
            width -= 1
    else:
        above, rows = [], records
        width = 1 + max(index for indexes in columns.values() for index in indexes)
        headings = [str(number) for number in range(1, width + 1)]
    rows = [row for row in rows if any(cell.strip() for cell in row.cells)]
    if mapping.footer_rows:
        rows = rows[: -mapping.footer_rows]
    for row in rows:
        _refuse_shape(row, width=width, exact=mapping.has_headings)
    table = Table(
        columns=columns,
        headings=headings,
        rows=rows,
        account=_account_in(above),
        told_apart=_told_apart(headings, columns, mapping=mapping),
    )
    return _with_valuta_resolved(table)


def _by_headings(
    text: str, *, mapping: ColumnMapping
) -> tuple[str, int, dict[Field, tuple[int, ...]]]:
    """The separator under which a row of headings says most, and what it says where."""
    best: tuple[str, int, dict[Field, tuple[int, ...]]] | None = None
    several_cells = False
    for delimiter in (mapping.delimiter,) if mapping.delimiter else DELIMITERS:
        for index, row in enumerate(_first_rows(text, delimiter)):
            several_cells = several_cells or len(row) > 1
            columns = _columns_of(row, mapping=mapping)
            if columns is None:
                continue
            if best is None or len(columns) > len(best[2]):
                best = delimiter, index, columns
            break
    if best is not None:
        return best
    raise FormatError(_NAMES_ASKED, code="unknown_table" if several_cells else "no_table")


def _by_numbers(
    text: str, *, mapping: ColumnMapping
) -> tuple[str, int, dict[Field, tuple[int, ...]]]:
    columns: dict[Field, tuple[int, ...]] = {}
    for field in FIELDS:
        number = mapping.columns.get(field)
        if isinstance(number, int):
            columns[field] = (number - 1,)
    if not _is_enough(columns):
        raise FormatError(_NAMES_ASKED, code="unknown_table")
    candidates = (mapping.delimiter,) if mapping.delimiter else DELIMITERS
    widths = {d: max(map(len, _first_rows(text, d)), default=0) for d in candidates}
    return max(candidates, key=widths.__getitem__), 0, columns


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return list(islice(reader, _ROWS_BEFORE_HEADINGS))
    except csv.Error:
        return []


def _columns_of(row: list[str], *, mapping: ColumnMapping) -> dict[Field, tuple[int, ...]] | None:
    """Which column of a row of headings holds which field; None if it is no such row."""
    if len(row) > _MOST_COLUMNS:
        return None
    columns: dict[Field, tuple[int, ...]] = {}
    free: dict[str, list[int]] = {}
    for index, cell in enumerate(row):
        free.setdefault(heading_of(cell), []).append(index)
    for field in FIELDS:
        wanted = mapping.columns.get(field)
        if isinstance(wanted, str):
            candidates = free.get(heading_of(wanted), [])
            if not candidates:
                return None
            # Two headings may differ in their brackets only: the one as written comes first.
            exact = (i for i in candidates if row[i].strip() == wanted.strip())
            columns[field] = (next(exact, candidates[0]),)
            candidates.remove(columns[field][0])
    for field in FIELDS:
        if field in mapping.columns:
            continue
        if field == "remittance_text":
            texts = [i for name, at in free.items() if _is_text(name) for i in at]
            if texts:
                columns[field] = tuple(sorted(texts))
            continue
        known = next((free[name] for name in HEADERS[field] if free.get(name)), None)
        if known is not None:
            columns[field] = (known.pop(0),)
    return columns if _is_enough(columns) else None


def _told_apart(
    headings: list[str], columns: dict[Field, tuple[int, ...]], *, mapping: ColumnMapping
) -> int | None:
    if "bank_reference" in mapping.columns or not mapping.has_headings:
        return columns.get("bank_reference", (None,))[0]
    said = {
        columns[field][0]
        for field in mapping.columns
        if field in columns and field != "payer_reference"
    }
    named: dict[str, int] = {}
    for index, heading in enumerate(headings):
        if index not in said:
            named.setdefault(heading_of(heading), index)
    return next((named[name] for name in TOLD_APART_BY if name in named), None)


def _is_text(name: str) -> bool:
    # Long texts are spread over columns called Verwendungszweck 1, Verwendungszweck 2, ...
    return name.rstrip("0123456789 ") in HEADERS["remittance_text"]


def _is_enough(columns: dict[Field, tuple[int, ...]]) -> bool:
    return bool(columns.keys() & {"booked_on", "value_on"}) and bool(
        columns.keys() & {"amount", "debit", "credit"}
    )


def _records(text: str, delimiter: str) -> Iterator[Row]:
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
        yield Row(line, cells)
        line = reader.line_num + 1


def _refuse_shape(row: Row, *, width: int, exact: bool) -> None:
    if len(row.cells) < width:
        raise FormatError(
            f"The row has {len(row.cells)} columns, the table {width}; the file may have been cut "
            "off. Rows below the bookings can be left out by footer_rows in the column mapping.",
            code="too_few_columns",
            line=row.line,
            column=len(row.cells) + 1,
        )
    if exact and any(cell.strip() for cell in row.cells[width:]):
        raise FormatError(
            f"The row has {len(row.cells)} columns, the table {width}; a text with a separator in "
            "it may lack its quotation marks.",
            code="too_many_columns",
            line=row.line,
            column=width + 1,
        )


def _with_valuta_resolved(table: Table) -> Table:
    # "Valuta" is the value date to Germans and the currency to Italians, Dutch and Romanians.
    if table.has("currency") or not table.rows:
        return table
    first = table.rows[0].cells
    for index, heading in enumerate(table.headings):
        if heading_of(heading) == "valuta" and first[index].strip().upper() in EXPONENTS:
            columns = dict(table.columns)
            if columns.get("value_on") == (index,):
                del columns["value_on"]
            columns["currency"] = (index,)
            return replace(table, columns=columns)
    return table


_IBAN_LIKE: Final = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{1,4}){3,8}")


def _account_in(rows: list[Row]) -> str | None:
    """The one IBAN that stands in ``rows``; None if there is none or more than one."""
    found = set()
    for row in rows:
        for cell in row.cells:
            for match in _IBAN_LIKE.finditer(cell):
                if is_iban(compact(match[0])):
                    found.add(compact(match[0]))
    return found.pop() if len(found) == 1 else None
