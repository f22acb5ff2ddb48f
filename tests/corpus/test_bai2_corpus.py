"""Every BAI2 document of the open corpus, with what it must come to."""

from __future__ import annotations

import pytest

from tests.corpus.locations import documents
from usance.formats import bai2
from usance.formats.statement import Statement, check_balances

# kind, account, currency, opening, closing, transactions, sum of credits, sum of debits (minor units),
# and the codes of what is noticed in it
Expected = tuple[str, str, str, int | None, int | None, int, int, int, tuple[str, ...]]

PATTERNS = ("*.bai2", "*.txt")

READ: dict[str, list[Expected]] = {
    "moj__data__nwb_example.bai2": [
        ("statement", "88888888 600004", "GBP", 36521, 33845, 5, 89, -2765, ()),
    ],
    "moj__data__svb_us_example.bai2": [
        ("statement", "1234567890", "USD", 34726979, 35217175, 1, 490196, 0, ("total_differs",)),
        ("statement", "1234567890", "USD", 35217175, 36122975, 1, 905800, 0, ("total_differs",)),
    ],
    "moov__testdata__sample1.txt": [
        ("statement", "10200123456", "CAD", None, None, 11, 208500, -208500, ()),
        ("statement", "10200123456", "CAD", None, None, 6, 111500, -111500, ()),
    ],
    "moov__testdata__sample2.txt": [
        ("statement", "0123456789", "USD", 4350000, None, 1, 450000, 0, ()),
        ("statement", "9876543210", "USD", -500000, None, 1, 500000, 0, ()),
        ("statement", "4589761203", "USD", 10000000, None, 2, 30000000, 0, ()),
        ("statement", "0975312468", "USD", 500000, None, 0, 0, 0, ()),
        ("statement", "7890654321", "USD", 800000, None, 0, 0, 0, ()),
    ],
    "moov__testdata__sample3.txt": [
        ("statement", "1111111", "USD", -3500, -3600, 6, 3100, -3200, ()),
        ("statement", "1111111", "USD", 0, 0, 0, 0, 0, ()),
        ("statement", "1111111", "USD", 0, 0, 0, 0, 0, ()),
        ("statement", "1111111", "USD", -55703, -86406, 2, 0, -30703, ()),
        ("statement", "1111111", "USD", 98547, 98547, 0, 0, 0, ()),
        ("statement", "1111111", "USD", 0, 0, 0, 0, 0, ()),
        ("statement", "1111111", "USD", 0, 0, 0, 0, 0, ()),
        ("statement", "11111111", "USD", 625266, 610315, 6, 3700, -18651, ()),
        ("statement", "11111111", "USD", -73135, -78759, 4, 320, -5944, ()),
        ("statement", "11111111", "USD", -4078, 27595, 8, 32593, -920, ()),
        ("statement", "11111111", "USD", 0, 0, 0, 0, 0, ()),
        ("statement", "11111111", "USD", 0, 0, 0, 0, 0, ()),
        ("statement", "11111111", "USD", 0, 0, 0, 0, 0, ()),
        ("statement", "11111111", "USD", 0, 0, 0, 0, 0, ()),
        ("statement", "11111111", "USD", 0, 0, 0, 0, 0, ()),
    ],
    "moov__testdata__sample4-continuations-newline-delimited.txt": [
        ("statement", "107049924", "USD", None, None, 0, 0, 0, ()),
        (
            "statement",
            "107049932",
            "USD",
            None,
            None,
            3,
            143500,
            -988650,
            ("total_differs", "count_differs"),
        ),
        (
            "statement",
            "104108339",
            "USD",
            159581194,
            159381194,
            14,
            457231,
            -30360405,
            ("total_differs", "count_differs", "balance_does_not_add_up"),
        ),
        ("statement", "260000033037", "USD", None, None, 0, 0, 0, ()),
        ("statement", "280000010657", "USD", None, None, 0, 0, 0, ()),
    ],
    "moov__testdata__sample5-issue113.txt": [
        ("statement", "107049924", "USD", None, None, 0, 0, 0, ()),
        (
            "statement",
            "107049932",
            "USD",
            None,
            None,
            3,
            143500,
            -988650,
            ("total_differs", "count_differs"),
        ),
        (
            "statement",
            "104108339",
            "USD",
            159581194,
            159381194,
            17,
            3798458619,
            -30823867,
            ("total_differs", "count_differs", "balance_does_not_add_up"),
        ),
        ("statement", "260000033037", "USD", None, None, 0, 0, 0, ()),
        ("statement", "280000010657", "USD", None, None, 0, 0, 0, ()),
    ],
}


def found() -> dict[str, bytes]:
    return {name: data for pattern in PATTERNS for name, data in documents("bai2", pattern).items()}


def seen(statement: Statement) -> Expected:
    amounts = [t.amount for t in statement.transactions]
    assert [t.ordinal for t in statement.transactions] == list(range(1, len(amounts) + 1))
    return (
        statement.kind,
        statement.account or "",
        statement.currency or "",
        statement.opening,
        statement.closing,
        len(amounts),
        sum(a for a in amounts if a > 0),
        sum(a for a in amounts if a < 0),
        (
            *(notice.code for notice in statement.notices),
            *(finding.code for finding in check_balances(statement)),
        ),
    )


def test_the_corpus_is_whole() -> None:
    assert set(found()) == set(READ)
    assert len(READ) == 7


@pytest.mark.parametrize("name", READ)
def test_document_is_read_to_the_cent(name: str) -> None:
    assert [seen(statement) for statement in bai2.parse(found()[name])] == READ[name]
