"""The fuzz itself can fail: a reader that crashes, hangs, hoards or lies is found out."""

from __future__ import annotations

from typing import Any

from tests.fuzz.mutations import SPOILINGS, spoilt, survey
from usance.formats.errors import FormatError

DOCUMENTS = {
    "a.txt": b"<a>12</a>\n<b>34</b>\n" * 20,
    "b.txt": b":61:0911090000DN24,00\r\n:86:Rent\r\n" * 10,
}


def well_behaved(data: bytes) -> int:
    if b"\0" in data:
        raise FormatError("no zeros", code="not_text")
    return len(data)


def test_a_reader_that_behaves_has_no_faults() -> None:
    found = survey(well_behaved, DOCUMENTS, count=300, seed=1)
    assert not found.faults, found.report()
    assert found.read + found.refused["not_text"] == found.files == 300
    assert found.refused["not_text"] > 3


def test_a_crash_is_found() -> None:
    def crashes(data: bytes) -> None:
        if data not in DOCUMENTS.values() and len(data) % 5 == 0:
            raise RecursionError("too deep")

    found = survey(crashes, DOCUMENTS, count=50, seed=1)
    assert found.faults
    assert all("RecursionError: too deep" in fault.what for fault in found.faults)


def test_a_hang_is_found_and_ended() -> None:
    def hangs(data: bytes) -> None:
        while data not in DOCUMENTS.values():
            pass

    found = survey(hangs, DOCUMENTS, count=1, seed=2)
    assert [fault.what for fault in found.faults] == ["stopped after 2 s"]


def test_hunger_is_found() -> None:
    def hoards(data: bytes) -> int:
        return len(data if data in DOCUMENTS.values() else b"x" * 300_000_000)

    found = survey(hoards, DOCUMENTS, count=1, seed=2)
    assert "MB" in found.faults[0].what


def test_what_does_not_hold_together_is_found() -> None:
    def check(result: Any) -> None:
        assert result > 100, "too short"

    found = survey(well_behaved, DOCUMENTS, count=50, seed=3, check=check)
    assert found.faults
    assert all("too short" in fault.what for fault in found.faults)


def test_a_file_can_be_made_again() -> None:
    made = {spoilt(DOCUMENTS, seed=4, number=number) for number in range(200)}
    assert made == {spoilt(DOCUMENTS, seed=4, number=number) for number in range(200)}
    named = {name for _, story in made for name in story.split(", ")}
    assert named >= {spoiling.__name__ for spoiling in SPOILINGS}
