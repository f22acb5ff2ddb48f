"""Whatever bytes come in, a table comes out or a FormatError."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usance.formats import bank_csv, bank_files
from usance.formats.bank_csv import ColumnMapping
from usance.formats.errors import LARGEST_INPUT, FormatError

TABLE = (
    '"Buchungstag";"Valuta";"Verwendungszweck";"Auftraggeber";"IBAN";"Betrag";"Saldo";"Währung"\r\n'
    '"30.04.2026";"30.04.2026";"RE 1; ""danke""";"Müller";"DE02120300000000202051";"1.234,56";'
    '"2.000,00";"EUR"\r\n'
    '"29.04.2026";"29.04.2026";"Miete\r\nMai";"Werke";"";"-12,30";"765,44";"EUR"\r\n'
)


def outcome(data: bytes) -> str:
    """The code of the error, or "read"; anything but a FormatError escapes and fails the test."""
    try:
        bank_csv.parse(data, currency="EUR")
    except FormatError as error:
        return error.code
    return "read"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_truncations_never_escape(encoding: str) -> None:
    data = TABLE.encode(encoding)
    assert outcome(data) == "read"
    outcomes = {length: outcome(data[:length]) for length in range(len(data))}
    assert {"no_table", "malformed_csv", "too_few_columns"} <= set(outcomes.values())
    # Read are only whole rows: a row cut anywhere before its last cell is refused.
    text = {length for length, code in outcomes.items() if code == "read"}
    assert len(text) < 20


def test_flipped_bits_never_escape() -> None:
    data = TABLE.encode()
    chance = random.Random(20260430)
    outcomes = set()
    for _ in range(3000):
        damaged = bytearray(data)
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            damaged[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        outcomes.add(outcome(bytes(damaged)))
    # Damage must be met in all its kinds for this test to mean anything.
    assert {"read", "malformed_csv", "invalid_amount", "invalid_date"} <= outcomes


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=200))
def test_noise_never_escapes(data: bytes) -> None:
    assert outcome(data) != "read"


@settings(max_examples=200, deadline=None)
@given(
    cells=st.lists(st.text(max_size=12), min_size=3, max_size=3),
    mapping=st.sampled_from((None, ColumnMapping(columns={"booked_on": 1, "amount": 2}))),
)
def test_strange_cells_never_escape(cells: list[str], mapping: ColumnMapping | None) -> None:
    row = ";".join(cells).encode("utf-8", "surrogatepass")
    try:
        bank_csv.parse(b"Date;Amount;Text\n" + row, currency="EUR", mapping=mapping)
    except FormatError as error:
        assert error.code
    else:
        assert any(c.isdigit() for c in cells[1]) or not "".join(cells).strip()


@pytest.mark.parametrize(
    "data",
    [
        b'"' * 1_000_000,
        b";" * 1_000_000,
        b"\n" * 1_000_000,
        b"Date;Amount\n" + b"9" * 200_000,
        b"Date;Amount\n2026-04-30;" + b"9" * 100_000,
        b"Date;Amount\n2026-04-30;" + b"1," * 50_000,
        b"Date;Amount\n2026-04-30;" + b"1 " * 50_000,
        b"Date;Amount\n" + b"1" * 100_000 + b";1",
        b"(" * 500_000,
    ],
    ids=lambda data: repr(data[:30]),
)
def test_long_runs_are_refused_soon(data: bytes) -> None:
    assert outcome(data) in (
        "no_table",
        "unknown_table",
        "invalid_amount",
        "invalid_date",
        "malformed_csv",
        "too_few_columns",
    )


def test_oversized_input_is_refused_unread() -> None:
    data = bytes(LARGEST_INPUT + 1)
    assert outcome(data) == "too_large"
    with pytest.raises(FormatError) as caught:
        bank_files.detect_and_parse(data)
    assert caught.value.code == "too_large"
