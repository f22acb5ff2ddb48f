"""Every table of bookings of the open corpus, with what it must come to."""

from __future__ import annotations

from datetime import date

import pytest

from tests.corpus.locations import documents
from usance.formats import bank_csv
from usance.formats.errors import FormatError
from usance.formats.statement import check_balances


def test_the_corpus_is_whole() -> None:
    found = documents("bank-csv", "*")
    assert len(found) == 2
    assert set(found) == {
        "bsp__golden__csv_garbled_amount.csv",
        "bsp__test_data__sample_statement.csv",
    }


def test_sample_statement() -> None:
    name = "bsp__test_data__sample_statement.csv"
    [statement] = bank_csv.parse(documents("bank-csv", name)[name])
    assert (statement.account, statement.currency) == ("DE123456789", "EUR")
    assert [
        (t.amount, t.booked_on, t.remittance_text, t.further_references)
        for t in statement.transactions
    ] == [
        (250000, date(2026, 3, 20), "Salary", ("TXN-001",)),
        (-120000, date(2026, 3, 21), "Rent", ("TXN-002",)),
    ]
    assert (statement.opening, statement.closing) == (250000, 380000)
    assert check_balances(statement) == []


def test_garbled_amount_names_line_and_column_and_nothing_is_taken() -> None:
    name = "bsp__golden__csv_garbled_amount.csv"
    with pytest.raises(FormatError) as caught:
        bank_csv.parse(documents("bank-csv", name)[name])
    error = caught.value
    assert (error.code, error.line, error.column) == ("invalid_amount", 3, 3)
    assert str(error).startswith("line 3, column 3: Amount: '12..34' is not an amount")


def test_table_of_something_else_is_refused() -> None:
    name = "bsp__test_data__camt_file.csv"
    found = documents("camt", "*.csv")
    assert list(found) == [name]
    with pytest.raises(FormatError) as caught:
        bank_csv.parse(found[name])
    assert caught.value.code == "unknown_table"
