"""The body of a mail as rows of cells, whether a table, columns set off by blanks, or sentences."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

from usance.formats.bank_csv.table import Row
from usance.formats.errors import FormatError

MOST_ROWS: Final = 5_000
_MOST_CELLS: Final = 200
_BREAKS: Final = frozenset({"p", "div", "br", "li", "h1", "h2", "h3", "h4", "table", "tr", "hr"})
_UNSEEN: Final = frozenset({"script", "style", "head", "title"})
_GAP: Final = re.compile(r"\t+|[ \u00a0]{2,}|[ ]?\|[ ]?")
_MOST_MARKS: Final = 200_000


def rows_of_html(html: str) -> list[Row]:
    """The rows of the tables and the lines between them, in order.

    Raises FormatError ``too_many_lines`` or ``too_many_elements``.
    """
    if html.count("<") > _MOST_MARKS:
        raise FormatError(
            "The mail's body has more elements than an advice needs; ask the payer for a table.",
            code="too_many_elements",
        )
    reading = _Html()
    reading.feed(html)
    reading.close()
    reading.end_line()
    return reading.rows


def rows_of_text(text: str) -> list[Row]:
    """Each line as cells where blanks or bars set them off. Raises FormatError ``too_many_lines``."""
    rows: list[Row] = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in _GAP.split(line.strip()[:2000])]
        if any(cells):
            _add(rows, Row(number, cells[:_MOST_CELLS]))
    return rows


def _add(rows: list[Row], row: Row) -> None:
    if len(rows) >= MOST_ROWS:
        raise FormatError(
            f"The body has more than {MOST_ROWS} lines; ask the payer for a table.",
            code="too_many_lines",
        )
    rows.append(row)


class _Html(HTMLParser):
    """Text by rows. Cells of nested tables become cells of the innermost row."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[Row] = []
        self._cells: list[str] = []
        self._text: list[str] = []
        self._hidden = 0
        self._in_row = False
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A cell, a row, or a line begins."""
        del attrs
        if tag in _UNSEEN:
            self._hidden += 1
        elif tag in ("td", "th"):
            self._end_cell()
            self._in_cell = True
        elif tag == "tr":
            self.end_line()
            self._in_row = True
        elif tag in _BREAKS:
            if self._in_row and tag != "table":
                self._text.append(" ")
            else:
                self.end_line()
                self._in_row = False

    def handle_endtag(self, tag: str) -> None:
        """A cell, a row, or a line ends."""
        if tag in _UNSEEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self.end_line()
            self._in_row = False
        elif tag in _BREAKS and not self._in_row:
            self.end_line()

    def handle_data(self, data: str) -> None:
        """Text of the cell or line at hand."""
        if not self._hidden:
            self._text.append(data)

    def _end_cell(self) -> None:
        text = " ".join("".join(self._text).split())
        self._text.clear()
        if (text or self._in_cell) and len(self._cells) < _MOST_CELLS:
            self._cells.append(text)
        self._in_cell = False

    def end_line(self) -> None:
        """Put away what was read since the last row or line."""
        if self._in_cell or "".join(self._text).strip():
            self._end_cell()
        self._text.clear()
        cells, self._cells = self._cells, []
        if any(cells):
            _add(self.rows, Row(self.getpos()[0], cells))
