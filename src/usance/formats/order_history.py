"""A wholesaler's history of orders: one line a row, as tills and shops export it.

Columns: ``InvoiceNo, StockCode, Description, Quantity, InvoiceDate (m/d/yy H:MM), UnitPrice,
CustomerID, Country``, comma-separated UTF-8, plain or gzipped, in order of time. This is the shape of
the data set "Online Retail" (Daqing Chen, UCI Machine Learning Repository, 2015). Rows of one
number are one document; a number that begins with ``C`` takes goods back. A document may have lines
in two minutes, with another document's between them; its first line says when, who and where.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import BinaryIO, Final, cast

from usance.formats.errors import FormatError
from usance.rules.money import LARGEST_AMOUNT, exponent, round_half_up

COLUMNS: Final = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
_NUMBER, _SKU, _DESCRIPTION, _QUANTITY, _DATE, _PRICE, _CUSTOMER, _COUNTRY = range(8)

_WHEN: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}) (\d{1,2}):(\d{2})", re.ASCII)
_WHOLE: Final = re.compile(r"-?\d{1,9}", re.ASCII)
_DECIMAL: Final = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?", re.ASCII)

LONGEST_ROW: Final = 1_000_000
"""Bytes. A row beyond this is no order line, and would only fill the memory."""

STILL_OPEN: Final = timedelta(hours=1)
"""How long after its last line a document may still get another one."""


@dataclass(frozen=True, slots=True)
class HistoricLine:
    """One row. ``amount`` is Quantity x UnitPrice in minor units, rounded half up."""

    stock_code: str
    description: str
    quantity: int
    unit_price: Decimal
    amount: int


@dataclass(frozen=True, slots=True)
class HistoricDocument:
    """An order, or a return of goods if ``number`` begins with C. ``customer`` is None: unknown."""

    number: str
    at: datetime
    customer: str | None
    country: str
    lines: tuple[HistoricLine, ...]

    @property
    def is_return(self) -> bool:
        """Whether the document takes goods back."""
        return self.number.startswith("C")

    @property
    def amount(self) -> int:
        """The sum of the lines in minor units; negative in a return."""
        return sum(line.amount for line in self.lines)


@dataclass(slots=True)
class _Open:
    """A document whose lines are still coming in."""

    at: datetime
    latest: datetime
    customer: str | None
    country: str
    lines: list[HistoricLine]

    def closed(self, number: str) -> HistoricDocument:
        return HistoricDocument(number, self.at, self.customer, self.country, tuple(self.lines))


def read(stream: BinaryIO, *, zone: tzinfo, currency: str = "GBP") -> Iterator[HistoricDocument]:
    """The documents of ``stream`` in the order of their first lines, held in memory one by one.

    Times are local to ``zone``, prices in ``currency``. Raises FormatError with line and column:
    ``corrupted_file`` (gzip), ``wrong_encoding``, ``missing_column``, ``malformed_csv``,
    ``too_few_columns``, ``too_many_columns``, ``row_too_long``, ``missing_value``,
    ``invalid_value``, ``invalid_date``, ``invalid_amount``, ``out_of_order`` (a row is earlier than
    the one before) and ``document_in_parts`` (lines of one document lie too far apart).
    """
    scale = exponent(currency)
    reading = _Reader(stream, zone=zone, scale=scale)
    waiting: dict[str, _Open] = {}
    finished: set[str] = set()
    before: datetime | None = None
    for place, cells in reading.rows():
        number = cells[_NUMBER]
        at = reading.instant(place, cells)
        if before is not None and at < before:
            raise _error(
                "out_of_order",
                "This row is earlier than the one before; sort the file by InvoiceDate.",
                place,
                _DATE,
            )
        if at != before:
            # In order of first lines: what came first leaves first.
            while waiting:
                first, document = next(iter(waiting.items()))
                if document.latest + STILL_OPEN >= at:
                    break
                finished.add(first)
                yield waiting.pop(first).closed(first)
            before = at
        document_ = waiting.get(number)
        if document_ is None:
            if number in finished:
                raise _error(
                    "document_in_parts",
                    f"Document {number} has lines that lie more than an hour apart; "
                    "give the later ones a number of their own.",
                    place,
                    _NUMBER,
                )
            customer = cells[_CUSTOMER].strip() or None
            document_ = waiting[number] = _Open(at, at, customer, cells[_COUNTRY].strip(), [])
        document_.latest = at
        document_.lines.append(reading.line(place, cells))
    for number, document in waiting.items():
        yield document.closed(number)


class _Reader:
    """Rows and their cells, with each date and price that was read before kept at hand."""

    def __init__(self, stream: BinaryIO, *, zone: tzinfo, scale: int) -> None:
        self._stream = _unpacked(stream)
        self._zone = zone
        self._scale = scale
        self._instants: dict[str, datetime] = {}
        self._prices: dict[str, Decimal] = {}

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each row after the headings."""
        reader = csv.reader(self._texts(), strict=True)
        place = 1
        headings: list[str] | None = None
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                raise _error(
                    "malformed_csv",
                    f"The row cannot be taken apart ({error}); check its quotation marks.",
                    place,
                ) from None
            if headings is None:
                headings = _headings(cells)
            elif cells:
                _check_width(cells, place)
                if not cells[_NUMBER]:
                    raise _error(
                        "missing_value", "The document has no number; write one.", place, _NUMBER
                    )
                yield place, cells
            place = reader.line_num + 1
        if headings is None:
            _headings([])

    def _texts(self) -> Iterator[str]:
        place = 0
        while True:
            place += 1
            try:
                row = self._stream.readline(LONGEST_ROW + 1)
            except (gzip.BadGzipFile, EOFError, zlib.error) as error:
                raise _error(
                    "corrupted_file", f"The archive is damaged ({error}); fetch it again.", place
                ) from None
            if not row:
                return
            if len(row) > LONGEST_ROW:
                raise _error(
                    "row_too_long",
                    f"The row has more than {LONGEST_ROW} bytes; this is no table of orders.",
                    place,
                )
            try:
                yield row.decode("utf-8-sig" if place == 1 else "utf-8")
            except UnicodeDecodeError:
                raise _error(
                    "wrong_encoding", "The row is not UTF-8; save the file as UTF-8.", place
                ) from None

    def instant(self, place: int, cells: list[str]) -> datetime:
        """When the row happened."""
        text = cells[_DATE]
        known = self._instants.get(text)
        if known is None:
            match = _WHEN.fullmatch(text.strip())
            try:
                if match is None:
                    raise ValueError
                month, day, year, hour, minute = (int(part) for part in match.groups())
                known = datetime(2000 + year, month, day, hour, minute, tzinfo=self._zone)
            except ValueError:
                raise _error(
                    "invalid_date",
                    f"{text[:40]!r} is not a date such as 12/31/10 8:26 (month/day/year).",
                    place,
                    _DATE,
                ) from None
            self._instants[text] = known
        return known

    def line(self, place: int, cells: list[str]) -> HistoricLine:
        """The row as an order line."""
        if not _WHOLE.fullmatch(cells[_QUANTITY]):
            raise _error(
                "invalid_value",
                f"{cells[_QUANTITY][:40]!r} is not a whole number of pieces.",
                place,
                _QUANTITY,
            )
        price = self._prices.get(cells[_PRICE])
        if price is None:
            if not _DECIMAL.fullmatch(cells[_PRICE]):
                raise _error(
                    "invalid_amount",
                    f"{cells[_PRICE][:40]!r} is not a price such as 2.55.",
                    place,
                    _PRICE,
                )
            price = self._prices[cells[_PRICE]] = Decimal(cells[_PRICE])
        quantity = int(cells[_QUANTITY])
        amount = round_half_up((price * quantity).scaleb(self._scale))
        if abs(amount) > LARGEST_AMOUNT:
            raise _error(
                "invalid_amount",
                f"{quantity} x {price} is beyond the largest amount kept.",
                place,
                _PRICE,
            )
        return HistoricLine(
            cells[_SKU].strip(), cells[_DESCRIPTION].strip(), quantity, price, amount
        )


def _unpacked(stream: BinaryIO) -> BinaryIO:
    """``stream``, through gzip if it begins like one."""
    peekable = stream if isinstance(stream, io.BufferedReader) else None
    if peekable is None:
        peekable = io.BufferedReader(cast("io.RawIOBase", stream))
    if peekable.peek(2)[:2] == b"\x1f\x8b":
        return cast("BinaryIO", io.BufferedReader(gzip.GzipFile(fileobj=peekable)))
    return peekable


def _headings(cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    for column, expected in enumerate(COLUMNS):
        found = names[column] if column < len(names) else ""
        if found != expected:
            raise _error(
                "missing_column",
                f"Column {column + 1} is headed {found[:40]!r} instead of {expected!r}; "
                f"the file must have the columns {', '.join(COLUMNS)}.",
                1,
                column,
            )
    return names


def _check_width(cells: list[str], place: int) -> None:
    if len(cells) != len(COLUMNS):
        raise _error(
            "too_few_columns" if len(cells) < len(COLUMNS) else "too_many_columns",
            f"The row has {len(cells)} columns instead of {len(COLUMNS)}; "
            "the file may have been cut off or edited.",
            place,
        )


def _error(code: str, message: str, place: int, column: int | None = None) -> FormatError:
    return FormatError(
        message, code=code, line=place, column=None if column is None else column + 1
    )


STATES: Final = {
    "Australia": "AU",
    "Austria": "AT",
    "Bahrain": "BH",
    "Belgium": "BE",
    "Bermuda": "BM",
    "Brazil": "BR",
    "Canada": "CA",
    "Channel Islands": "JE",
    "Cyprus": "CY",
    "Czech Republic": "CZ",
    "Denmark": "DK",
    "EIRE": "IE",
    "Finland": "FI",
    "France": "FR",
    "Germany": "DE",
    "Greece": "GR",
    "Hong Kong": "HK",
    "Iceland": "IS",
    "Israel": "IL",
    "Italy": "IT",
    "Japan": "JP",
    "Korea": "KR",
    "Lebanon": "LB",
    "Lithuania": "LT",
    "Malta": "MT",
    "Netherlands": "NL",
    "Nigeria": "NG",
    "Norway": "NO",
    "Poland": "PL",
    "Portugal": "PT",
    "RSA": "ZA",
    "Saudi Arabia": "SA",
    "Singapore": "SG",
    "Spain": "ES",
    "Sweden": "SE",
    "Switzerland": "CH",
    "Thailand": "TH",
    "USA": "US",
    "United Arab Emirates": "AE",
    "United Kingdom": "GB",
}
"""ISO 3166-1 codes of the names that such files use. The Channel Islands, which ISO does not know
as one, are counted as Jersey."""


def country_code(name: str, *, otherwise: str) -> str:
    """The ISO 3166-1 code of ``name``; ``otherwise`` where it names no state ("Unspecified")."""
    return STATES.get(name, otherwise)
