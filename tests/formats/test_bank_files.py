"""The format of a file is told by its content."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.formats import nacha_files
from tests.formats.statements import IBANS, transaction
from usance.formats import bank_csv, camt, nacha
from usance.formats.bank_csv import ColumnMapping
from usance.formats.bank_files import SUPPORTED, detect_and_parse
from usance.formats.errors import FormatError
from usance.formats.statement import Statement

STATEMENT = Statement(
    id="S1", account=IBANS[0], currency="EUR", opening=0, transactions=(transaction(),)
)
XML = camt.render([STATEMENT], message_id="M1", created_at=datetime(2026, 4, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    "data",
    [
        XML,
        b"\xef\xbb\xbf" + XML,
        XML.replace(b"UTF-8", b"UTF-16").decode().encode("utf-16"),
        XML.partition(b"?>")[2],
        bank_csv.render([STATEMENT]),
    ],
)
def test_xml_and_tables_come_to_the_same(data: bytes) -> None:
    assert detect_and_parse(data) == [STATEMENT]


def test_a_foreign_table_is_read_with_what_is_known_about_it() -> None:
    mapping = ColumnMapping(date_order="mdy")
    [statement] = detect_and_parse(
        b"Date,Amount\n03/04/2026,1.50\n", mapping=mapping, currency="USD", account="1"
    )
    assert (statement.account, statement.currency) == ("1", "USD")
    assert statement.transactions[0].booked_on.month == 3


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n",
        b"hello",
        b"%PDF-1.7",
        b"\x1f\x8b\x08",
        bytes(range(256)),
        b"\0" * 100,
        b"<html><body>Please log in</body></html>",
        b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"/>',
    ],
)
def test_anything_else_is_named_as_unknown(data: bytes) -> None:
    with pytest.raises(FormatError) as caught:
        detect_and_parse(data)
    assert caught.value.code in ("unknown_format", "wrong_encoding")
    if caught.value.code == "unknown_format":
        assert SUPPORTED in caught.value.message


def test_files_that_book_nothing_say_what_they_are() -> None:
    credit = nacha_files.entry(transaction_code=22, addenda=("INV-42",))
    for data, code in (
        (nacha.render(nacha_files.file_of(nacha_files.batch(credit, service_class=220))), "advice_only"),
        (nacha.render(nacha_files.file_of(nacha_files.batch(nacha_files.returned()))), "debit_answer"),
        (b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.002.001.10'><CstmrPmtStsRpt/>"
         b"</Document>", "debit_answer"),
        (b"PK\x03\x04 of files", "archive"),
    ):  # fmt: skip
        with pytest.raises(FormatError) as caught:
            detect_and_parse(data)
        assert caught.value.code == code


def test_mistakes_within_a_known_format_keep_their_own_code() -> None:
    for data, code in (
        (XML[:-30], "malformed_xml"),
        (XML.replace(b">10.00<", b">ten<"), "invalid_amount"),
        (b"Date,Amount\n03/04/2026,1.50\n", "ambiguous_dates"),
        (b"Colour,Weight\nred,5\n", "unknown_table"),
        (b":20:STARTUMS\r\n:25:10020030/1234567\r\n", "missing_field"),
        (b"{1:F01BANKDEFFXXXX}{2:I940}", "no_statement"),
        (b"OFXHEADER:100\nDATA:OFXSGML\n", "no_statement"),
        (b"01,122099999,123456789,040621,0200,1,65,,2/\n", "cut_off"),
    ):
        with pytest.raises(FormatError) as caught:
            detect_and_parse(data, currency="EUR")
        assert caught.value.code == code
