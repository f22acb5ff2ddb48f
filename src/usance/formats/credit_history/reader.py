"""Any history that a backtest can play, told apart by its row of headings."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Final, NamedTuple

from usance.formats import order_history
from usance.formats.bank_csv.vocabulary import plain
from usance.formats.credit_history import open_items, order_lines, plain_orders, receivables
from usance.formats.credit_history.history import CreditHistory, Kind, Question
from usance.formats.errors import LARGEST_INPUT, FormatError, refuse_too_large

_HEAD: Final = 65_536
_ROWS: Final = 20
_GZIP: Final = b"\x1f\x8b"


class _Table(NamedTuple):
    """A shape of table: what it is, its columns, and who reads it."""

    kind: Kind
    names: Mapping[str, tuple[str, ...]]
    required: frozenset[str]
    read: Callable[[bytes, Question], CreditHistory]


_TABLES: Final = (
    _Table("receivables", receivables.NAMES, receivables.REQUIRED, receivables.read),
    _Table("open_items", open_items.NAMES, open_items.REQUIRED, open_items.read),
    _Table("orders", plain_orders.NAMES, plain_orders.REQUIRED, plain_orders.read),
)
"""The more particular shape first."""

KINDS: Final[Mapping[Kind, str]] = {
    "order_lines": ", ".join(order_history.COLUMNS),
    "receivables": "customerID, invoiceNumber, InvoiceDate, DueDate, InvoiceAmount, SettledDate",
    "open_items": "cust_number, doc_id, posting_date, due_in_date, total_open_amount,"
    " invoice_currency",
    "orders": "order_id, buyer, date, amount",
}
"""Each kind of file with the columns by which it is known."""


def read(stream: BinaryIO, question: Question) -> CreditHistory:
    """Read a history, plain or gzipped.

    Raises FormatError ``unknown_history`` for a file of none of these kinds, naming the columns that
    are wanted, and whatever the reader of its kind raises.
    """
    buffered = io.BufferedReader(stream, _HEAD) if isinstance(stream, io.RawIOBase) else stream
    head = _peeked(buffered)
    opened = _unpacked_head(head) if head.startswith(_GZIP) else head
    headings = list(_first_rows(opened))
    if headings and tuple(cell.strip() for cell in headings[0]) == order_history.COLUMNS:
        return order_lines.read(buffered, question)
    for table in _TABLES:
        if any(_fits(cells, table) for cells in headings):
            return table.read(_whole(buffered, packed=head.startswith(_GZIP)), question)
    wanted = "; ".join(f"{kind}: {columns}" for kind, columns in KINDS.items())
    raise FormatError(
        f"No row of headings of a history was found. A file needs the columns of one kind: {wanted}.",
        code="unknown_history",
    )


def _peeked(stream: BinaryIO) -> bytes:
    peek = getattr(stream, "peek", None)
    if peek is not None:
        return bytes(peek(_HEAD)[:_HEAD])
    head = stream.read(_HEAD)
    stream.seek(0)
    return head


def _unpacked_head(head: bytes) -> bytes:
    """The beginning of what a gzip archive holds, as far as ``head`` reaches."""
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, _HEAD)
    except zlib.error as error:
        raise FormatError(
            f"The archive is damaged ({error}); fetch it again.", code="corrupted_file"
        ) from None


def _first_rows(head: bytes) -> Iterator[list[str]]:
    """The first rows under each separator; what cannot be taken apart is no heading."""
    text = head.decode("utf-8-sig", errors="replace")
    for delimiter in ",;\t|":
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            for _, cells in zip(range(_ROWS), reader, strict=False):
                yield cells
        except csv.Error:
            continue


def _fits(cells: list[str], table: _Table) -> bool:
    """Whether a row of headings has every column that the table needs."""
    found = {plain(cell[:200]) for cell in cells[:500]}
    return all(found & set(table.names[name]) for name in table.required)


def _whole(stream: BinaryIO, *, packed: bool) -> bytes:
    if not packed:
        data = stream.read(LARGEST_INPUT + 1)
    else:
        try:
            data = gzip.GzipFile(fileobj=stream).read(LARGEST_INPUT + 1)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise FormatError(
                f"The archive is damaged ({error}); fetch it again.", code="corrupted_file"
            ) from None
    refuse_too_large(data)
    return data
