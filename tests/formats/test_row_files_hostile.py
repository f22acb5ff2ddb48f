"""Whatever bytes come in, records come out or a FormatError; and never a part of a file."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.test_insolvency_feed import OBJECT, TABLE, lines
from tests.formats.test_sanctions_list import TARGETS
from tests.formats.test_score_file import ENGLISH, ITALIAN
from usance.formats import insolvency_feed, sanctions_list, score_file
from usance.formats.errors import LARGEST_INPUT, FormatError

Parse = Callable[[bytes], tuple[Any, ...]]

FILES: list[tuple[str, Parse, bytes]] = [
    ("score file", score_file.parse, ENGLISH.encode()),
    ("score file in Italian", score_file.parse, ITALIAN.encode("cp1252")),
    ("sanctions list", sanctions_list.parse, TARGETS.encode()),
    ("insolvency table", insolvency_feed.parse, TABLE.encode()),
    ("insolvency lines", insolvency_feed.parse, lines(OBJECT, OBJECT | {"id": "2"})),
]
each_file = pytest.mark.parametrize(
    ("parse", "data"), [(parse, data) for _, parse, data in FILES], ids=[n for n, _, _ in FILES]
)


def outcome(parse: Parse, data: bytes) -> str:
    """The code of the error, or "read"; anything but a FormatError escapes and fails the test."""
    try:
        parse(data)
    except FormatError as error:
        assert error.message
        return error.code
    return "read"


@each_file
def test_truncations_never_escape(parse: Parse, data: bytes) -> None:
    assert outcome(parse, data) == "read"
    outcomes = [outcome(parse, data[:length]) for length in range(len(data))]
    refused = [code for code in outcomes if code != "read"]
    assert len(refused) > len(data) * 0.8
    assert len(set(refused)) >= 2 or b"{" in data[:1]


@each_file
def test_flipped_bits_never_escape(parse: Parse, data: bytes) -> None:
    chance = random.Random(20260302)
    outcomes = set()
    for _ in range(800):
        damaged = bytearray(data)
        for _ in range(chance.choice((1, 1, 2, 5))):
            damaged[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        outcomes.add(outcome(parse, bytes(damaged)))
    assert "read" in outcomes
    assert len(outcomes) >= 3


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=200))
def test_noise_never_escapes(data: bytes) -> None:
    assert outcome(score_file.parse, data) != "read"
    assert outcome(sanctions_list.parse, data) != "read"
    if outcome(insolvency_feed.parse, data) == "read":
        assert insolvency_feed.parse(data) == ()


@settings(max_examples=150, deadline=None)
@given(cells=st.lists(st.text(max_size=15), min_size=4, max_size=4))
def test_strange_cells_never_escape(cells: list[str]) -> None:
    row = ";".join(cells).encode("utf-8", "surrogatepass")
    outcome(score_file.parse, b"Name;Score;Limit;Date\n" + row)
    outcome(sanctions_list.parse, b"id;name;aliases;birth_date\n" + row)
    outcome(insolvency_feed.parse, b"id;name;kind;date\n" + row)


@pytest.mark.parametrize(
    "start",
    [b"", b"Name;Score;Date\n", b"id;name\n1;", b"id;name;kind;date\n", b"{", b'{"id":"'],
)
@pytest.mark.parametrize("run", [b'"', b";", b"\n", b"9", b"x", b" ", b"\xc3\xa9", b"a.", b'";"'])
def test_long_runs_are_refused_or_hold_nothing(start: bytes, run: bytes) -> None:
    data = start + run * 300_000
    for parse in (score_file.parse, sanctions_list.parse, insolvency_feed.parse):
        if outcome(parse, data) == "read":
            assert parse(data) == ()


@each_file
def test_oversized_input_is_refused_unread(parse: Parse, data: bytes) -> None:
    assert outcome(parse, bytes(LARGEST_INPUT + 1)) == "too_large"
