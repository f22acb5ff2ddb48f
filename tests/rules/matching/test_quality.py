"""What docs/matching.md promises of cash application, on a ledger drawn from real open items.

A smaller ledger and fewer lines than the benchmark has, of seeds that the rules were not made on.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import matching_ledger, matching_quality
from benchmarks.matching_quality import Outcome

SEEDS = (201, 202)


@pytest.fixture(scope="module")
def outcomes(shared: Path) -> list[Outcome]:
    if not (shared / matching_ledger.FILE).is_file():
        pytest.skip(f"the open items are not at {shared / matching_ledger.FILE}")
    return [
        matching_quality.run(matching_quality.draw(seed, invoices=8_000, lines=1_500))
        for seed in SEEDS
    ]


def test_no_line_books_itself_wrongly(outcomes: list[Outcome]) -> None:
    assert [(o.everything.wrong, o.everything.wrong_money) for o in outcomes] == [(0, 0)] * 2


def test_what_names_something_books_itself(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        assert outcome.named.booked >= 0.95 * outcome.named.lines
        assert outcome.ours.booked >= 0.90 * outcome.ours.lines


def test_a_reference_as_printed_books_itself_almost_always(outcomes: list[Outcome]) -> None:
    for name in ("structured reference", "number as printed"):
        tallies = [outcome.classes[name] for outcome in outcomes]
        assert sum(t.booked for t in tallies) >= 0.99 * sum(t.lines for t in tallies)


def test_what_is_not_ours_or_contradicts_itself_waits(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        for name in ("not ours", "paid twice", "wrong reference", "other currency"):
            if name in outcome.classes:
                assert outcome.classes[name].booked == outcome.classes[name].wrong == 0


def test_confidence_is_kept(outcomes: list[Outcome]) -> None:
    """Of proposals said to be right by 99 in 100 and more, 99 in 100 and more are."""
    rows = [outcome.confidence.get(99, [0, 0]) for outcome in outcomes]
    right, whole = (sum(column) for column in zip(*rows, strict=True))
    assert whole > 2_000
    assert right >= 0.985 * whole


def test_a_seed_gives_the_same_world_and_the_same_answers(shared: Path) -> None:
    if not (shared / matching_ledger.FILE).is_file():
        pytest.skip(f"the open items are not at {shared / matching_ledger.FILE}")
    one, other = (matching_quality.draw(7, invoices=600, lines=60) for _ in range(2))
    assert one.lines == other.lines
    tables = [matching_quality.table(matching_quality.run(world)) for world in (one, other)]
    assert tables[0] == tables[1]
