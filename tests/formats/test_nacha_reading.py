"""ACH files from others: whatever is wrong is named by line and field, and the rest is read."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from tests.formats.nacha_files import (
    ROUTING,
    TRACE,
    batch,
    corrected,
    entry,
    file_of,
    returned,
)
from usance.formats import nacha
from usance.formats.errors import FormatError
from usance.formats.nacha import CorrectedData, NachaFile
from usance.formats.nacha.addenda import corrected_data, corrected_text
from usance.formats.nacha.record import MOST_FAULTS
from usance.formats.nacha.routing import is_routing_number

TWO = batch(entry(addenda=("first",)), entry(amount=5))
SOUND = nacha.render(file_of(TWO, nacha.numbered(batch(entry(amount=7)), first=9)))
LINES = SOUND.decode().splitlines()
"""1 file header, 2 batch, 3 entry, 4 addenda, 5 entry, 6 control, 7 batch, 8 entry, 9 control, 10 file
control: one block."""


def lines(*changed: tuple[int, str | None]) -> bytes:
    """The sound file with some lines, from 1, exchanged or left out."""
    made: list[str | None] = list(LINES)
    for number, text in changed:
        made[number - 1] = text
    return "\n".join(line for line in made if line is not None).encode() + b"\n"


def put(number: int, first: int, text: str) -> bytes:
    """The sound file with ``text`` from column ``first`` of line ``number``."""
    line = LINES[number - 1]
    return lines((number, line[: first - 1] + text + line[first - 1 + len(text) :]))


def faults(data: bytes) -> set[tuple[int, str, str | None, bool]]:
    return {(f.line, f.code, f.field, f.serious) for f in nacha.parse(data).faults}


def test_the_sound_file_is_sound() -> None:
    assert len(LINES) == 10
    read = nacha.parse(SOUND)
    assert read.faults == ()
    assert [len(each.entries) for each in read.batches] == [2, 1]


def with_line_ends(ends: str) -> bytes:
    return SOUND.replace(b"\n", ends.encode())


ODD_BUT_WHOLE: dict[str, Callable[[], bytes]] = {
    "Windows": lambda: with_line_ends("\r\n"),
    "old Mac": lambda: with_line_ends("\r"),
    "no line ends": lambda: with_line_ends(""),
    "a mark of UTF-8": lambda: b"\xef\xbb\xbf" + SOUND,
    "UTF-16": lambda: SOUND.decode().encode("utf-16"),
    "blank lines": lambda: with_line_ends("\n\n"),
    "no line end at the end": SOUND.rstrip,
}


@pytest.mark.parametrize("name", ODD_BUT_WHOLE)
def test_files_come_in_many_ways(name: str) -> None:
    read = nacha.parse(ODD_BUT_WHOLE[name]())
    assert read == nacha.parse(SOUND)
    assert not [fault for fault in read.faults if fault.serious]


def test_blanks_at_the_end_may_be_missing_or_many() -> None:
    short = "\n".join(line.rstrip() for line in LINES).encode()
    read = nacha.parse(short)
    assert read == nacha.parse(SOUND)
    assert {fault.code for fault in read.faults} == {"line_too_short"}
    long = "\n".join(line + "  " for line in LINES).encode()
    assert nacha.parse(long) == nacha.parse(SOUND)
    assert {fault.code for fault in nacha.parse(long).faults} == {"line_too_long"}


def test_a_carrier_may_write_a_line_before_the_file() -> None:
    read = nacha.parse(b"$$ADD ID=X BID='NWFACH'\n" + SOUND)
    assert read == nacha.parse(SOUND)
    assert [(f.code, f.serious) for f in read.faults] == [("text_before_file", False)]


FAULTS: list[tuple[str, bytes, tuple[int, str, str | None, bool]]] = [
    ("amount", put(3, 30, "00000XX345"), (3, "invalid_field", "entry.amount", True)),
    ("amount blank", put(3, 30, " " * 10), (3, "invalid_field", "entry.amount", True)),
    ("code", put(3, 2, "19"), (3, "unknown_transaction_code", "entry.transaction_code", True)),
    ("check digit", put(3, 12, "5"), (3, "wrong_check_digit", "entry.routing_number", True)),
    ("routing", put(3, 4, "2313801x4"), (3, "invalid_field", "entry.routing_number", True)),
    ("account", put(3, 13, " " * 17), (3, "missing_value", "entry.account", True)),
    ("name", put(3, 55, " " * 22), (3, "missing_value", "entry.name", False)),
    ("other bank", put(3, 80, "99999999"), (3, "foreign_trace_number", "entry.trace_number", False)),
    ("order", put(3, 94, "9"), (5, "trace_not_ascending", "entry.trace_number", False)),
    ("indicator", put(3, 79, "0"), (3, "unannounced_addenda", "entry.addenda_indicator", False)),
    ("no addenda", lines((4, None)), (3, "missing_addenda", "entry.addenda_indicator", True)),
    ("sequence", put(4, 84, "0002"), (4, "addenda_out_of_order", "addenda.sequence", True)),
    ("of another", put(4, 88, "0000002"), (4, "addenda_of_another_entry", "addenda.entry_sequence", True)),
    ("addenda type", put(4, 2, "44"), (4, "unknown_addenda", "addenda.type", True)),
    ("prenote", put(5, 2, "28"), (5, "prenote_with_amount", "entry.amount", True)),
    ("class", put(2, 2, "220"), (2, "wrong_service_class", "batch_header.service_class", True)),
    ("no class", put(2, 2, "250"), (2, "unknown_class", "batch_header.service_class", True)),
    ("entry class", put(2, 51, "ABC"), (2, "unknown_class", "batch_header.entry_class", True)),
    ("advice", put(2, 2, "280"), (2, "wrong_service_class", "batch_header.service_class", True)),
    ("effective", put(2, 70, "261399"), (2, "invalid_field", "batch_header.effective_on", False)),
    ("settled", put(2, 76, "400"), (2, "invalid_field", "batch_header.settlement_day", False)),
    ("sending bank", put(2, 80, "1210428x"), (2, "invalid_field", "batch_header.odfi", True)),
    ("count", put(6, 5, "000009"), (6, "wrong_total", "batch_control.entries", True)),
    ("hash", put(6, 11, "0000000001"), (6, "wrong_total", "batch_control.entry_hash", True)),
    ("debits", put(6, 21, "000000000001"), (6, "wrong_total", "batch_control.debits", True)),
    ("credits", put(6, 33, "000000000001"), (6, "wrong_total", "batch_control.credits", True)),
    ("control", put(6, 88, "0000009"), (6, "control_differs", "batch_control.number", True)),
    ("company", put(6, 45, "9999999999"), (6, "control_differs", "batch_control.company_id", False)),
    ("no control", lines((6, None)), (2, "missing_batch_control", None, True)),
    ("no header", lines((7, None)), (7, "record_out_of_order", None, True)),
    ("batches", put(10, 2, "000009"), (10, "wrong_total", "file_control.batches", True)),
    ("blocks", put(10, 8, "000009"), (10, "wrong_total", "file_control.blocks", False)),
    ("file debits", put(10, 32, "000000000001"), (10, "wrong_total", "file_control.debits", True)),
    ("not digits", put(10, 32, "x"), (10, "invalid_field", "file_control.debits", True)),
    ("cut off", lines((10, None)), (9, "missing_file_control", None, True)),
    ("blocking", SOUND + b"9" * 94, (11, "not_blocked", None, False)),
    ("after", SOUND + LINES[4].encode(), (11, "record_out_of_order", None, True)),
    ("twice", SOUND + SOUND, (11, "record_out_of_order", None, True)),
    ("unknown", lines((4, "4" + "x" * 93)), (4, "unknown_record", None, True)),
    ("destination", put(1, 4, " " * 10), (1, "missing_value", "file_header.destination", True)),
    ("made on", put(1, 24, "269999"), (1, "invalid_field", "file_header.created_on", False)),
    ("made at", put(1, 30, "2560"), (1, "invalid_field", "file_header.created_at", False)),
    ("modifier", put(1, 34, "?"), (1, "invalid_field", "file_header.id_modifier", False)),
    ("blocking factor", put(1, 38, "20"), (1, "invalid_field", "file_header.blocking_factor", False)),
    ("characters", put(3, 55, "Acm\u00e9"), (3, "invalid_character", None, False)),
    ("long", lines((4, LINES[3] + "xyz")), (4, "line_too_long", None, True)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "expected"), FAULTS, ids=[each[0] for each in FAULTS])
def test_what_is_wrong_is_named(
    name: str, data: bytes, expected: tuple[int, str, str | None, bool]
) -> None:
    assert expected in faults(data)


def test_a_lost_entry_is_noticed_by_all_figures() -> None:
    found = {
        (line, field) for line, code, field, _ in faults(lines((5, None))) if code == "wrong_total"
    }
    assert found == {
        (5, "batch_control.entries"),
        (5, "batch_control.entry_hash"),
        (5, "batch_control.debits"),
        (9, "file_control.entries"),
        (9, "file_control.entry_hash"),
        (9, "file_control.debits"),
    }


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\n\n  \n", "empty_file"),
        (b"{}", "not_nacha"),
        (b"date;amount\n2026-01-01;5\n", "not_nacha"),
        (b"<Document/>", "not_nacha"),
        (b"\x00" * 500, "not_nacha"),
        (b"x\n" * 20 + SOUND, "not_nacha"),
    ],
)
def test_what_is_no_ach_file(data: bytes, code: str) -> None:
    with pytest.raises(FormatError) as refused:
        nacha.parse(data)
    assert refused.value.code == code


def test_of_very_many_faults_some_are_told() -> None:
    read = nacha.parse(LINES[0].encode() + b"\n" + b"?\n" * 5000)
    assert len(read.faults) == MOST_FAULTS + 1
    assert read.faults[-1].code == "more_faults"


def test_an_entry_has_no_end_of_addenda() -> None:
    endless = lines((4, "\n".join([LINES[3]] * 30_000)))
    read = nacha.parse(endless)
    assert len(read.batches[0].entries[0].addenda) == 9999 + 20
    assert "record_out_of_order" in {fault.code for fault in read.faults}


def test_a_fault_says_where_it_is() -> None:
    (fault,) = [f for f in nacha.parse(put(6, 21, "000000000001")).faults if f.line == 6]
    assert str(fault) == "line 6, batch_control.debits: It states 1; what is there makes 12350."


def test_returns_of_every_kind_are_told_apart() -> None:
    died = returned("R15")
    assert died.returned is not None
    died = replace(died, returned=replace(died.returned, died_on=date(2026, 11, 1)))
    read = nacha.parse(nacha.render(file_of(batch(returned("R01"), died, service_class=200))))
    first, second = read.batches[0].entries
    assert first.returned is not None
    assert second.returned is not None
    assert (first.returned.code, first.returned.original_trace) == ("R01", TRACE)
    assert second.returned.died_on == date(2026, 11, 1)
    assert first.amount == 12345


CORRECTIONS = [
    ("C01", "99-123", CorrectedData(account="99-123")),
    ("C02", ROUTING, CorrectedData(routing_number=ROUTING)),
    ("C03", f"{ROUTING}   99-123", CorrectedData(routing_number=ROUTING, account="99-123")),
    ("C03", f"{ROUTING} 99-123", CorrectedData(routing_number=ROUTING, account="99-123")),
    ("C04", "ACME CORPORATION", CorrectedData(name="ACME CORPORATION")),
    ("C05", "37", CorrectedData(transaction_code=37)),
    ("C06", "99-123              37", CorrectedData(account="99-123", transaction_code=37)),
    ("C06", "99-123 37", CorrectedData(account="99-123", transaction_code=37)),
    (
        "C07",
        f"{ROUTING}99-123           37",
        CorrectedData(routing_number=ROUTING, account="99-123", transaction_code=37),
    ),
    (
        "C07",
        f"{ROUTING}1234567890123456737",
        CorrectedData(routing_number=ROUTING, account="12345678901234567", transaction_code=37),
    ),
    ("C09", "CUST-7", CorrectedData(identification="CUST-7")),
    ("C13", "", CorrectedData()),
    ("C02", "12345", CorrectedData()),
    ("C05", "XX", CorrectedData()),
    ("C99", "99-123", CorrectedData()),
]


@pytest.mark.parametrize(("code", "raw", "data"), CORRECTIONS)
def test_corrected_data(code: str, raw: str, data: CorrectedData) -> None:
    assert corrected_data(code, raw) == data
    if not data.empty:
        assert corrected_data(code, corrected_text(code, data)) == data


def test_a_correction_without_its_data_is_a_fault() -> None:
    sound = nacha.render(
        file_of(batch(corrected("C02", CorrectedData(routing_number=ROUTING)), entry_class="COR"))
    )
    # The entry names the same bank, but its account follows.
    broken = sound.replace(ROUTING.encode() + b" " * 9, b" " * 18)
    assert broken != sound
    read = nacha.parse(broken)
    assert [(f.code, f.field) for f in read.faults] == [
        ("missing_corrected_data", "correction_addenda.corrected")
    ]


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("231380104", True),
        ("121042882", True),
        ("011000015", True),
        ("231380105", False),
        ("000000000", False),
        ("23138010", False),
        ("٢٣١٣٨٠١٠٤", False),
    ],
)
def test_routing_numbers(number: str, right: bool) -> None:
    assert is_routing_number(number) is right


def test_a_large_file_is_read_in_little_time_and_memory() -> None:
    chance = random.Random(7)
    entries = [entry(amount=chance.randrange(1, 10**6)) for _ in range(5000)]
    file: NachaFile = file_of(batch(*entries))
    assert nacha.parse(nacha.render(file)) == file
