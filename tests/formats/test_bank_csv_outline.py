"""The outline of a table that nobody has explained yet, and mappings as they are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.formats.bank_csv import ColumnMapping, outline_of, parse, suggested
from usance.formats.bank_csv.vocabulary import FIELDS
from usance.formats.errors import FormatError

TABLE = (
    b"Statement of account 12345;;\n\n"
    b"Tag;Wer;Wieviel\n17.03.2026;Nordwind;1.234,50\n18.03.2026;Girard;5,00\n"
)


def test_headings_and_rows_are_found_below_what_stands_above() -> None:
    found = outline_of(TABLE)
    assert found is not None
    assert (found.delimiter, found.headings) == (";", ("Tag", "Wer", "Wieviel"))
    assert found.rows[0] == ("17.03.2026", "Nordwind", "1.234,50")


def test_the_shape_is_of_the_headings_alone() -> None:
    one, other = outline_of(TABLE), outline_of(TABLE.replace(b"Nordwind", b"Somebody"))
    third = outline_of(TABLE.replace(b"Wieviel", b"Menge"))
    assert one and other and third
    assert one.shape == other.shape != third.shape


def test_a_table_without_headings_has_numbers() -> None:
    found = outline_of(b"17.03.2026,Nordwind,12.50\n18.03.2026,Girard,5.00\n")
    assert found is not None
    assert (found.headings, found.width, len(found.rows)) == ((), 3, 2)
    mapping = ColumnMapping(
        columns={"booked_on": 1, "counterparty_name": 2, "amount": 3}, delimiter=","
    )
    [statement] = parse(
        b"17.03.2026,Nordwind,12.50\n18.03.2026,Girard,5.00\n", mapping=mapping, currency="EUR"
    )
    assert [t.amount for t in statement.transactions] == [1_250, 500]


def test_known_headings_are_suggested() -> None:
    found = outline_of(b"Buchungstag;Betrag;Farbe\n17.03.2026;5,00;rot\n")
    assert found is not None
    assert suggested(found) == {"booked_on": 0, "amount": 1}


@pytest.mark.parametrize("data", [b"", b"hello", b"\0\1\2", b"one line, only", b"\xff\xfe"])
def test_what_is_no_table_has_no_outline(data: bytes) -> None:
    found = outline_of(data)
    assert found is None or found.width > 1


@given(st.binary(max_size=300))
def test_any_bytes_have_an_outline_or_none(data: bytes) -> None:
    outline_of(data)


def test_a_mapping_is_kept_as_it_was_said() -> None:
    said = ColumnMapping(
        columns=dict.fromkeys(FIELDS) | {"amount": "Wieviel"}, decimal_mark=",", footer_rows=1
    )
    assert ColumnMapping.from_json(said.as_json()) == said


@pytest.mark.parametrize(
    "document",
    [[], {"colums": {}}, {"columns": 1}, {"columns": {"amount": 1.5}}, {"footer_rows": "1"}],
)
def test_a_mapping_that_is_none_is_refused(document: object) -> None:
    with pytest.raises(FormatError) as caught:
        ColumnMapping.from_json(document)
    assert caught.value.code == "invalid_mapping"
