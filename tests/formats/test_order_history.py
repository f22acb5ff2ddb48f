"""Historic orders: what is read, and what is refused with line and column."""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from usance.formats import order_history
from usance.formats.errors import FormatError
from usance.formats.order_history import HistoricDocument

LONDON = ZoneInfo("Europe/London")
HEADINGS = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def read(*rows: str, headings: str = HEADINGS) -> list[HistoricDocument]:
    return read_bytes("\n".join((headings, *rows)).encode())


def read_bytes(data: bytes) -> list[HistoricDocument]:
    return list(order_history.read(io.BytesIO(data), zone=LONDON))


def test_rows_of_one_number_are_one_document() -> None:
    [order, back] = read(
        '536365,85123A,"HANGING HEART, WHITE",6,12/1/10 8:26,2.55,17850,United Kingdom',
        "536365,71053,LANTERN,2,12/1/10 8:26,3.39,17850,United Kingdom",
        "C536379,D,Discount,-1,12/1/10 9:41,27.50,14527,EIRE",
    )
    assert (order.number, order.customer, order.country) == ("536365", "17850", "United Kingdom")
    assert order.at == datetime(2010, 12, 1, 8, 26, tzinfo=LONDON)
    assert order.amount == 1530 + 678
    assert order.lines[0].description == "HANGING HEART, WHITE"
    assert order.lines[0].unit_price == Decimal("2.55")
    assert not order.is_return
    assert (back.is_return, back.amount) == (True, -2750)


def test_each_line_is_rounded_half_up() -> None:
    [document] = read(
        "1,A,a,1,1/3/11 9:00,0.125,,Italy",
        "1,B,b,-1,1/3/11 9:00,0.125,,Italy",
        "1,C,c,3,1/3/11 9:00,0.001,,Italy",
    )
    assert [line.amount for line in document.lines] == [13, -13, 0]
    assert document.customer is None


def test_a_document_with_two_minutes_takes_the_first_even_with_another_between() -> None:
    first, second, third = read(
        "542806,A,a,1,2/1/11 11:19,1.00,12836,United Kingdom",
        "C542805,B,b,-1,2/1/11 11:19,2.00,14606,United Kingdom",
        "542806,C,c,1,2/1/11 11:20,4.00,12836,United Kingdom",
        "542812,D,d,1,2/1/11 14:00,8.00,14850,United Kingdom",
    )
    assert [d.number for d in (first, second, third)] == ["542806", "C542805", "542812"]
    assert first.at.minute == 19
    assert first.amount == 500


def test_documents_leave_before_the_file_is_read_to_its_end() -> None:
    rows = (f"{n},A,a,1,1/{n}/11 9:00,1.00,1,Italy" for n in range(1, 29))
    reading = order_history.read(io.BytesIO("\n".join((HEADINGS, *rows)).encode()), zone=LONDON)
    assert next(reading).number == "1"


def test_gzipped_and_plain_read_the_same() -> None:
    data = f"{HEADINGS}\n1,A,a,1,1/3/11 9:00,1.00,1,Italy\n".encode()
    assert read_bytes(gzip.compress(data)) == read_bytes(data) == read_bytes(b"\xef\xbb\xbf" + data)


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("1,A,a,1,2011-01-03 9:00,1.00,1,Italy", "invalid_date", 5),
        ("1,A,a,1,13/1/11 9:00,1.00,1,Italy", "invalid_date", 5),
        ("1,A,a,1,2/30/11 9:00,1.00,1,Italy", "invalid_date", 5),
        ("1,A,a,1,1/3/11 24:00,1.00,1,Italy", "invalid_date", 5),
        ("1,A,a,1.5,1/3/11 9:00,1.00,1,Italy", "invalid_value", 4),
        ("1,A,a,,1/3/11 9:00,1.00,1,Italy", "invalid_value", 4),
        ('1,A,a,1,1/3/11 9:00,"1,00",1,Italy', "invalid_amount", 6),
        ("1,A,a,1,1/3/11 9:00,1e400,1,Italy", "invalid_amount", 6),
        ("1,A,a,1,1/3/11 9:00,NaN,1,Italy", "invalid_amount", 6),
        ("1,A,a,999999999,1/3/11 9:00,999999999999,1,Italy", "invalid_amount", 6),
        (",A,a,1,1/3/11 9:00,1.00,1,Italy", "missing_value", 1),
        ("1,A,a,1,1/3/11 9:00,1.00,1", "too_few_columns", None),
        ("1,A,a,1,1/3/11 9:00,1.00,1,Italy,x", "too_many_columns", None),
        ('1,A,"a"b,1,1/3/11 9:00,1.00,1,Italy', "malformed_csv", None),
        ("0,A,a,1,1/2/11 8:59,1.00,1,Italy", "out_of_order", 5),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(row: str, code: str, column: int | None) -> None:
    with pytest.raises(FormatError) as caught:
        read("9,A,a,1,1/2/11 9:00,1.00,1,Italy", row)
    assert (caught.value.code, caught.value.line, caught.value.column) == (code, 3, column)


def test_lines_that_come_hours_later_are_not_silently_another_document() -> None:
    with pytest.raises(FormatError) as caught:
        read(
            "1,A,a,1,1/3/11 9:00,1.00,1,Italy",
            "2,A,a,1,1/3/11 12:00,1.00,1,Italy",
            "1,A,a,1,1/3/11 12:30,1.00,1,Italy",
        )
    assert (caught.value.code, caught.value.line) == ("document_in_parts", 4)


def test_a_table_of_something_else_is_refused_at_its_first_foreign_column() -> None:
    with pytest.raises(FormatError) as caught:
        read(headings=HEADINGS.replace("UnitPrice", "Price"))
    assert (caught.value.code, caught.value.line, caught.value.column) == ("missing_column", 1, 6)
    with pytest.raises(FormatError) as caught:
        read_bytes(b"")
    assert caught.value.code == "missing_column"


def test_a_damaged_archive_and_a_foreign_encoding_are_told_apart() -> None:
    data = f"{HEADINGS}\n1,A,a,1,1/3/11 9:00,1.00,1,Italy\n".encode() * 50
    with pytest.raises(FormatError) as caught:
        read_bytes(gzip.compress(data)[:-20])
    assert caught.value.code == "corrupted_file"
    with pytest.raises(FormatError) as caught:
        read_bytes(f"{HEADINGS}\n1,A,£5 voucher,1,1/3/11 9:00,5.00,1,Italy".encode("latin-1"))
    assert (caught.value.code, caught.value.line) == ("wrong_encoding", 2)


def test_a_row_without_an_end_does_not_fill_the_memory() -> None:
    with pytest.raises(FormatError) as caught:
        read_bytes(gzip.compress(HEADINGS.encode() + b"\n" + b"1" * 3_000_000))
    assert (caught.value.code, caught.value.line) == ("row_too_long", 2)


def test_the_online_retail_file_is_read_as_a_plain_recount_has_it(shared: Path) -> None:
    path = shared / "data" / "online_retail_lines.csv.gz"
    amounts: defaultdict[str, int] = defaultdict(int)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            exact = Decimal(row["Quantity"]) * Decimal(row["UnitPrice"]) * 100
            amounts[row["InvoiceNo"]] += int(exact.quantize(Decimal(1), ROUND_HALF_UP))

    with path.open("rb") as file:
        documents = list(order_history.read(file, zone=LONDON))

    assert {document.number: document.amount for document in documents} == amounts
    assert len(documents) == 12_468
    assert sum(document.is_return for document in documents) == 1_946
    orders = [document for document in documents if not document.is_return]
    assert len(orders) == 10_522
    assert sum(order.amount == 0 for order in orders) == 1_100
    assert sum(order.customer is None and order.amount > 0 for order in orders) == 833
    assert sum(d.customer is None and d.is_return for d in documents) == 100
    assert sum(len(document.lines) for document in documents) == 240_007
    assert [d.at for d in documents] == sorted(d.at for d in documents)
    unknown = {d.country for d in documents} - order_history.STATES.keys()
    assert unknown == {"Unspecified", "European Community"}
