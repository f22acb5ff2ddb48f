"""Every NACHA document of the open corpus, with exactly what it comes to and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.corpus.locations import documents
from usance.formats import nacha
from usance.formats.errors import FormatError
from usance.formats.nacha import NachaFile

OUTCOMES: Final = Path(__file__).with_name("nacha_outcomes.txt")
MOOV: Final = "moov__testdata__"
REFUSED: Final = 15
"""All but one are JSON of the program whose tests these documents are."""
SERIOUS: Final = 27
"""Documents with a serious fault; most are bad by design."""


@pytest.fixture(scope="module")
def corpus() -> dict[str, bytes]:
    return documents("nacha", "*")


def expected() -> dict[str, list[str]]:
    """What the list of outcomes says of each document."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in OUTCOMES.read_text().splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if not line.startswith(" "):
            name = line
            found[name] = []
        else:
            found[name].append(line.strip())
    return found


def outcome(data: bytes) -> list[str]:
    """What ``data`` comes to, as the list of outcomes writes it."""
    try:
        read = nacha.parse(data)
    except FormatError as refused:
        return [f"refused: {refused.code}"]
    totals = nacha.file_totals(read)
    made = f"{read.header.created_on or '-'}" if read.header else "no header"
    said = [f"{made} | {batches(read)} | {totals.debits} {totals.credits}"]
    faults: dict[str, list[str]] = {}
    for fault in read.faults:
        kind = f"{'!' if fault.serious else '.'} {fault.code} {fault.field or 'record'}"
        faults.setdefault(kind, []).append(str(fault.line))
    for kind, lines in sorted(faults.items()):
        where = " ".join(lines) if len(lines) <= 12 else f"{lines[0]}..{lines[-1]} x{len(lines)}"
        said.append(f"{kind} @ {where}")
    return said


def batches(read: NachaFile) -> str:
    """Class, number of entries, addenda with payment information, and codes of what came back."""
    parts = []
    for batch in read.batches:
        codes = [each.returned.code for each in batch.entries if each.returned]
        codes += [each.returned.code for each in batch.advices if each.returned]
        codes += [each.correction.code for each in batch.entries if each.correction]
        addenda = sum(len(each.addenda) for each in batch.entries)
        text = f"{batch.entry_class}:{len(batch.entries) + len(batch.advices)}"
        parts.append(text + (f"+{addenda}" if addenda else "") + "".join(f"/{c}" for c in codes))
    return " ".join(parts) or "-"


def test_every_document_has_an_expected_outcome(corpus: dict[str, bytes]) -> None:
    assert len(corpus) == 102
    assert set(expected()) == set(corpus)


@pytest.mark.parametrize("name", sorted(expected()))
def test_outcome(name: str, corpus: dict[str, bytes]) -> None:
    assert outcome(corpus[name]) == expected()[name]


def test_how_many_are_read_and_how_many_are_sound(corpus: dict[str, bytes]) -> None:
    said = expected().values()
    refused = [each for each in said if each[0].startswith("refused")]
    serious = [each for each in said if any(line.startswith("!") for line in each[1:])]
    assert (len(refused), len(serious)) == (REFUSED, SERIOUS)


def test_a_return(corpus: dict[str, bytes]) -> None:
    read = nacha.parse(corpus[f"{MOOV}return-no-file-header-control.ach"])
    (entry,) = read.batches[0].entries
    assert (entry.amount, entry.name, entry.transaction_code) == (12354, "Paul Jones", 26)
    assert entry.returned == nacha.Return(
        code="R01",
        original_trace="091400600000001",
        original_receiver="09100001",
        trace_number="091000017611242",
    )


def test_a_dishonored_and_a_contested_return(corpus: dict[str, bytes]) -> None:
    dishonored = nacha.parse(corpus[f"{MOOV}dishonored-return.ach"]).batches[0].entries[0].returned
    assert dishonored is not None
    assert dishonored.dishonored == nacha.DishonoredReturn(
        return_trace="123918710000001", return_settlement_day=179, return_code="R01"
    )
    assert (dishonored.original_trace, dishonored.information) == (
        "059999990000301",
        "Untimely Return",
    )
    contested = nacha.parse(corpus[f"{MOOV}contested-return.ach"]).batches[0].entries[0].returned
    assert contested is not None
    assert contested.contested == nacha.ContestedReturn(
        returned_on=None,
        original_settlement_day=164,
        return_trace="779999990000301",
        return_settlement_day=165,
        return_code="R01",
        dishonored_trace="889999990000301",
        dishonored_settlement_day=166,
        dishonored_code="R67",
    )


def test_a_correction_abroad(corpus: dict[str, bytes]) -> None:
    (entry,) = nacha.parse(corpus[f"{MOOV}iat-addenda98.ach"]).batches[0].entries
    assert entry.correction is not None
    assert entry.correction.corrected == nacha.CorrectedData(account="89722-C3")
    assert entry.international is not None
    assert (entry.international.receiver_name, entry.international.receiver_address) == (
        "BEK Enterprises",
        ("2121 Front Street", "LetterTown, AB", "CA, 80014"),
    )


def test_what_an_operator_advises(corpus: dict[str, bytes]) -> None:
    first, second = nacha.parse(corpus[f"{MOOV}adv-read.ach"]).batches[0].advices
    assert (first.amount, first.is_credit, second.amount, second.is_credit) == (
        50000,
        True,
        250000,
        False,
    )
    assert (first.advice_routing_number, first.day_of_year) == ("121042882", 50)
