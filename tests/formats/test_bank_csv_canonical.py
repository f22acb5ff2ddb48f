"""The project's own table reads back identically."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.statements import statements, transaction
from usance.formats import bank_csv
from usance.formats.errors import FormatError
from usance.formats.statement import Statement

# Anything a person or a bank may write, with line breaks, quotes and separators.
WILD = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@settings(max_examples=150, deadline=None)
@given(several=st.lists(statements(), max_size=3), data=st.data())
def test_statements_read_back_identically(several: list[Statement], data: st.DataObject) -> None:
    wild = [
        replace(
            s,
            kind=data.draw(st.sampled_from(("statement", "report", "notification", "export"))),
            account=data.draw(st.just(s.account) | st.none()),
            id=data.draw(WILD) or None,
            not_booked=data.draw(st.sampled_from(((), (("INFO", 2), ("on hold", 1))))),
            transactions=tuple(
                replace(
                    t,
                    remittance_text=data.draw(WILD),
                    additional_info=data.draw(WILD),
                    counterparty_name=data.draw(WILD) or None,
                )
                for t in s.transactions
            ),
        )
        for s in several
    ]
    assert list(bank_csv.parse(bank_csv.render(wild))) == wild


def test_two_empty_statements_alike_stay_two() -> None:
    empty = Statement(account="1", currency="EUR", opening=5, closing=5)
    assert bank_csv.parse(bank_csv.render([empty, empty])) == (empty, empty)


def test_the_table_is_plain_to_read() -> None:
    data = bank_csv.render(
        [Statement(id="S1", account="1", currency="EUR", opening=0, transactions=(transaction(),))]
    )
    headings, row = data.decode().splitlines()
    cells = dict(zip(headings.split(","), row.split(","), strict=True))
    assert {name: cell for name, cell in cells.items() if cell} == {
        "statement": "1",
        "kind": "statement",
        "statement_id": "S1",
        "account": "1",
        "currency": "EUR",
        "opening": "0.00",
        "booked_on": "2026-04-30",
        "amount": "10.00",
        "transaction_currency": "EUR",
        "remittance_text": "Invoice 117",
    }


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("amount", "12..34", "invalid_amount"),
        ("amount", "1.001", "invalid_amount"),
        ("amount", "", "invalid_amount"),
        ("transaction_currency", "ABC", "unknown_currency"),
        ("opening", "x", "invalid_amount"),
        ("booked_on", "30.04.2026", "invalid_date"),
        ("booked_on", "2026-02-30", "invalid_date"),
        ("booked_on", "", "invalid_date"),
        ("value_on", "soon", "invalid_date"),
        ("kind", "letter", "invalid_value"),
        ("sequence", "-1", "invalid_value"),
        ("copy_duplicate", "MAYBE", "invalid_value"),
        ("partial", "yes", "invalid_value"),
        ("returned", "1", "invalid_value"),
        ("not_booked", "PDNG", "invalid_value"),
        ("instructed", "USD", "invalid_amount"),
    ],
)
def test_a_cell_spoilt_is_named(column: str, cell: str, code: str) -> None:
    data = bank_csv.render(
        [Statement(account="1", currency="EUR", opening=0, transactions=(transaction(),))]
    ).decode()
    headings, row = data.splitlines()
    names, cells = headings.split(","), row.split(",")
    at = names.index(column)
    cells[at] = cell
    with pytest.raises(FormatError) as caught:
        bank_csv.parse(f"{headings}\r\n{','.join(cells)}\r\n".encode())
    error = caught.value
    assert (error.code, error.line) == (code, 2)
    # A wrong currency is noticed where the amount is read.
    assert error.column == (names.index("amount") if column == "transaction_currency" else at) + 1


def test_rows_of_one_statement_must_agree_on_it() -> None:
    both = (transaction(), transaction(ordinal=2))
    data = bank_csv.render([Statement(account="1", currency="EUR", transactions=both)])
    lines = data.decode().splitlines(keepends=True)
    lines[2] = lines[2].replace("1,statement,,,1,", "1,statement,,,2,", 1)
    with pytest.raises(FormatError) as caught:
        bank_csv.parse("".join(lines).encode())
    assert (caught.value.code, caught.value.line) == ("invalid_value", 3)


@pytest.mark.parametrize("cut", [1, 40, 60])
def test_a_table_cut_off_is_refused(cut: int) -> None:
    data = bank_csv.render(
        [Statement(account="1", currency="EUR", transactions=(transaction(),) * 2)]
    ).rstrip()
    with pytest.raises(FormatError):
        bank_csv.parse(data[: -cut - len(",,,,,,,,,Invoice 117,,")])


def test_amounts_that_are_no_money_are_refused() -> None:
    wrong: dict[str, Any] = {"opening": 1, "currency": None}
    with pytest.raises(FormatError) as caught:
        bank_csv.render([Statement(**wrong)])
    assert caught.value.code == "invalid_amount"
