"""ACH files that we write: read back equal, by us and by others, or refused before they are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import achkit
import pytest
from hypothesis import given, settings

from tests.formats.nacha_files import (
    HEADER,
    ODFI,
    OUTGOING,
    ROUTING,
    TRACE,
    batch,
    corrected,
    entry,
    file_of,
    nacha_files,
    returned,
)
from usance.formats import nacha
from usance.formats.errors import FormatError
from usance.formats.nacha import Batch, CorrectedData, Entry, FileHeader, NachaFile
from usance.formats.nacha.layout import FILLER


@settings(max_examples=100, deadline=None)
@given(file=nacha_files())
def test_every_file_reads_back_equal_and_without_a_fault(file: NachaFile) -> None:
    read = nacha.parse(nacha.render(file))
    assert read == file
    assert read.faults == ()


@settings(max_examples=40, deadline=None)
@given(file=nacha_files(OUTGOING))
def test_an_independent_library_finds_the_same_totals(file: NachaFile) -> None:
    written = nacha.render(file).decode()
    said = achkit.validate(written)
    assert said == {"ok": True, "errors": []}
    read = achkit.parse(written)
    totals = nacha.file_totals(file)
    control = read["control"]
    assert (
        control["batch_count"],
        control["entry_addenda_count"],
        int(control["entry_hash"]),
        control["total_debit"],
        control["total_credit"],
    ) == (len(file.batches), totals.entries, totals.entry_hash, totals.debits, totals.credits)
    # What it adds up itself, from the entries:
    entries = [each for one in read["batches"] for each in one["entries"]]
    debits = sum(e["amount_cents"] for e in entries if e["txn_code"] % 10 >= 5)
    assert debits == totals.debits
    assert sum(e["amount_cents"] for e in entries) == totals.debits + totals.credits
    assert [e["trace_number"] for e in entries] == [
        e.trace_number for one in file.batches for e in one.entries
    ]
    assert control["block_count"] * 10 == len(written.splitlines())


def test_a_file_to_the_letter() -> None:
    """Columns counted by hand from the record formats."""
    paid = entry(addenda=(nacha.remittance_segment("INV-42", amount=12345),))
    asked = nacha.prenote(entry(identification="", name="Bolt LLC"))
    written = nacha.render(file_of(batch(paid, asked, descriptive_date="SD1300")))
    lines = written.decode().splitlines()
    assert lines[:7] == [
        "101 12104288212345678902611300930A094101WELLS FARGO            NORDWIND TOOLS INC             ",
        "5225NORDWIND TOOLS                      1234567890CCDINVOICES  SD1300261201   1121042880000001",
        "62723138010412345678         0000012345INV-42         Acme Corp               1121042880000001",
        "705RMR*IV*INV-42**123.45\\                                                          00010000001",
        "62823138010412345678         0000000000               Bolt LLC                0121042880000002",
        "822500000300462760200000000123450000000000001234567890                         121042880000001",
        "9000001000001000000030046276020000000012345000000000000                                       ",
    ]
    assert lines[7:] == [FILLER] * 3
    assert {len(line) for line in lines} == {94}


def test_a_ctx_entry_carries_a_whole_820() -> None:
    remittance = "ISA*00*          *00*" + "".join(
        f"RMR*IV*INV-{n}**{n}.00\\" for n in range(1, 400)
    )
    one = entry(addenda=nacha.fragments(remittance), name="Acme Corporation")
    read = nacha.parse(nacha.render(file_of(batch(one, entry_class="CTX"))))
    assert read.faults == ()
    assert read.batches[0].entries[0].remittance == remittance
    assert nacha.file_totals(read).entries == 1 + len(one.addenda)


def test_a_ctx_entry_may_carry_9999_addenda_and_no_more() -> None:
    whole = "x" * 80 * 9999
    one = entry(addenda=nacha.fragments(whole))
    read = nacha.parse(nacha.render(file_of(batch(one, entry_class="CTX"))))
    assert read.faults == ()
    assert len(read.batches[0].entries[0].addenda) == 9999
    with pytest.raises(FormatError) as refused:
        nacha.fragments(whole + "y")
    assert refused.value.code == "too_many_addenda"


def test_segments_for_remittance() -> None:
    assert nacha.remittance_segment("R*1~2", amount=5) == "RMR*IV*R 1 2**0.05\\"
    assert nacha.remittance_segment("7", amount=9000, original=10000) == "RMR*IV*7**90.00*100.00\\"


def test_batches_of_returns_and_corrections_are_written_too() -> None:
    """What a bank sends; the simulated one does."""
    back = batch(returned("R01"), returned("R10", transaction_code=21), service_class=200)
    change = batch(
        corrected("C03", CorrectedData(routing_number=ROUTING, account="99-1")), entry_class="COR"
    )
    file = file_of(back, nacha.numbered(change, first=3))
    read = nacha.parse(nacha.render(file))
    assert (read, read.faults) == (file, ())
    assert [each.returned and each.returned.code for each in read.batches[0].entries] == [
        "R01",
        "R10",
    ]
    correction = read.batches[1].entries[0].correction
    assert correction is not None
    assert correction.original_trace == TRACE
    assert correction.raw == "231380104   99-1"


REFUSED_ENTRIES: list[tuple[dict[str, Any], str, str]] = [
    ({"amount": 0}, "invalid_amount", "entry.amount"),
    ({"amount": -1}, "invalid_amount", "entry.amount"),
    ({"amount": 10**10}, "invalid_amount", "entry.amount"),
    ({"transaction_code": 28}, "invalid_amount", "entry.amount"),
    ({"transaction_code": 26}, "invalid_transaction_code", "entry.transaction_code"),
    ({"transaction_code": 99}, "invalid_transaction_code", "entry.transaction_code"),
    ({"routing_number": "231380105"}, "invalid_routing_number", "entry.routing_number"),
    ({"routing_number": "23138010"}, "invalid_routing_number", "entry.routing_number"),
    ({"routing_number": "000000000"}, "invalid_routing_number", "entry.routing_number"),
    ({"account": " "}, "missing_value", "entry.account"),
    ({"account": "1" * 18}, "value_too_long", "entry.account"),
    ({"name": ""}, "missing_value", "entry.name"),
    ({"name": "x" * 23}, "value_too_long", "entry.name"),
    ({"name": "Müller"}, "invalid_character", "entry.name"),
    ({"name": "A\nB"}, "invalid_character", "entry.name"),
    ({"identification": "x" * 16}, "value_too_long", "entry.identification"),
    ({"addenda": ("a", "b")}, "too_many_addenda", "entry.addenda"),
    ({"addenda": ("x" * 81,)}, "value_too_long", "addenda.text"),
    ({"other_addenda": ("702x",)}, "unsupported_entry_class", "entry.addenda"),
]


@pytest.mark.parametrize(("changes", "code", "path"), REFUSED_ENTRIES)
def test_entries_that_are_refused(changes: dict[str, Any], code: str, path: str) -> None:
    with pytest.raises(FormatError) as refused:
        nacha.render(file_of(batch(entry(**changes))))
    assert (refused.value.code, refused.value.path) == (code, path)


def numbered_otherwise(*numbers: str) -> Batch:
    """A batch whose entries have these trace numbers."""
    one = batch(*(entry() for _ in numbers))
    return replace(
        one,
        entries=tuple(
            replace(e, trace_number=n) for e, n in zip(one.entries, numbers, strict=True)
        ),
    )


CHANGE = corrected("C01", CorrectedData(account="1"))
EMPTY_CHANGE = corrected("C02", CorrectedData())
CORRECTED = "correction_addenda.corrected"
REFUSED_BATCHES: list[tuple[Batch, str, str]] = [
    (batch(entry_class="IAT"), "unsupported_entry_class", "batch_header.entry_class"),
    (batch(entry_class="COR"), "unsupported_entry_class", "batch_header.entry_class"),
    (batch(CHANGE), "unsupported_entry_class", "batch_header.entry_class"),
    (batch(company_name=""), "missing_value", "batch_header.company_name"),
    (batch(company_name="x" * 17), "value_too_long", "batch_header.company_name"),
    (batch(company_id=" "), "missing_value", "batch_header.company_id"),
    (batch(description="INVOICE DUE"), "value_too_long", "batch_header.description"),
    (batch(effective_on=None), "missing_value", "batch_header.effective_on"),
    (replace(batch(), entries=()), "missing_value", "batch_header"),
    (replace(batch(), odfi="1210428"), "invalid_routing_number", "batch_header.odfi"),
    (batch(service_class=220), "wrong_service_class", "batch_header.service_class"),
    (batch(entry(transaction_code=22)), "wrong_service_class", "batch_header.service_class"),
    (batch(service_class=100), "wrong_service_class", "batch_header.service_class"),
    (numbered_otherwise(""), "invalid_trace_number", "entry.trace_number"),
    (numbered_otherwise("231380100000001"), "invalid_trace_number", "entry.trace_number"),
    (numbered_otherwise(f"{ODFI}0000001", f"{ODFI}0000001"), "invalid_trace_number", "entry.trace_number"),
    (batch(returned("R99")), "unknown_code", "return_addenda.code"),
    (batch(returned("R61")), "missing_value", "return_addenda.code"),
    (batch(EMPTY_CHANGE, entry_class="COR"), "missing_value", CORRECTED),
]  # fmt: skip


@pytest.mark.parametrize(("one", "code", "path"), REFUSED_BATCHES)
def test_batches_that_are_refused(one: Batch, code: str, path: str) -> None:
    with pytest.raises(FormatError) as refused:
        nacha.render(file_of(one))
    assert (refused.value.code, refused.value.path) == (code, path)


@pytest.mark.parametrize(
    ("header", "code", "path"),
    [
        (replace(HEADER, created_on=None), "missing_value", "file_header.created_on"),
        (replace(HEADER, destination="12"), "invalid_routing_number", "file_header.destination"),
        (replace(HEADER, origin=""), "missing_value", "file_header.origin"),
        (replace(HEADER, id_modifier="?"), "invalid_character", "file_header.id_modifier"),
        (replace(HEADER, reference="x" * 9), "value_too_long", "file_header.reference"),
    ],
)
def test_headers_that_are_refused(header: FileHeader, code: str, path: str) -> None:
    with pytest.raises(FormatError) as refused:
        nacha.render(file_of(header=header))
    assert (refused.value.code, refused.value.path) == (code, path)


def test_files_that_are_refused() -> None:
    for file in (NachaFile(header=HEADER), NachaFile(header=None, batches=(batch(),))):
        with pytest.raises(FormatError) as refused:
            nacha.render(file)
        assert refused.value.code == "missing_value"
    twice = NachaFile(header=HEADER, batches=(batch(), batch()))
    with pytest.raises(FormatError) as refused:
        nacha.render(twice)
    assert (refused.value.code, refused.value.path) == ("invalid_number", "batch_header.number")


def test_a_total_that_its_field_cannot_hold_is_refused() -> None:
    full = batch(*(entry(amount=9_999_999_999) for _ in range(101)))
    with pytest.raises(FormatError) as refused:
        nacha.render(file_of(full))
    assert refused.value.code == "total_too_large"
    half = batch(*(entry(amount=9_999_999_999) for _ in range(60)))
    with pytest.raises(FormatError) as refused:
        nacha.render(file_of(half, nacha.numbered(half, first=61)))
    assert refused.value.code == "total_too_large"


def test_numbers_of_entries() -> None:
    assert nacha.trace_number("121042882", sequence=7) == "121042880000007"
    for bank, sequence in (("1210", 1), (ODFI, 0), (ODFI, 10_000_000), ("1210428X", 1)):
        with pytest.raises(FormatError) as refused:
            nacha.trace_number(bank, sequence=sequence)
        assert refused.value.code == "invalid_trace_number"
    several = nacha.numbered(batch(entry(), entry()), first=41)
    assert [each.trace_number[-3:] for each in several.entries] == ["041", "042"]


@pytest.mark.parametrize(("live", "asks"), [(22, 23), (27, 28), (32, 33), (37, 38), (28, 28)])
def test_a_prenote_asks_for_the_account_of_a_live_entry(live: int, asks: int) -> None:
    asked: Entry = nacha.prenote(entry(transaction_code=live, addenda=("x",)))
    assert (asked.transaction_code, asked.amount, asked.addenda, asked.is_prenote) == (
        asks,
        0,
        (),
        True,
    )


@pytest.mark.parametrize(
    ("text", "most", "name"),
    [
        ("Müller & Söhne GmbH", 16, "Muller & Sohne G"),
        ("Łódź  Tools\tSp. z o.o.", 22, "Lodz Tools Sp. z o.o."),
        ("日本", 16, ".."),
        ("A\x00B\u200bC", 16, "A B C"),
        ("Acme Corporation of", 17, "Acme Corporation"),
        ("", 16, ""),
    ],
)
def test_names_are_made_to_fit(text: str, most: int, name: str) -> None:
    assert nacha.fitted(text, most=most) == name


def test_the_time_may_be_left_out() -> None:
    read = nacha.parse(nacha.render(file_of(header=replace(HEADER, created_at=None))))
    assert read.header is not None
    assert read.header.created_at is None
    assert HEADER.created_at == time(9, 30)
    assert read.header.created_on == date(2026, 11, 30)
