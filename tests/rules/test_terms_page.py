"""``docs/terms.md`` is worked out again, row by row: a bookkeeper may rely on it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from usance.rules.invoicing.due_dates import base_of
from usance.rules.money import Money
from usance.rules.terms import Move, parse_terms, read_terms
from usance.rules.terms.holiday_calendar import holiday_calendar

PAGE = Path(__file__).resolve().parents[2] / "docs" / "terms.md"


def tables() -> dict[tuple[str, ...], list[list[str]]]:
    """The rows of each table, by its headings. Code is without its marks."""
    found: dict[tuple[str, ...], list[list[str]]] = {}
    headings: tuple[str, ...] | None = None
    for line in PAGE.read_text().splitlines():
        if not line.startswith("|"):
            headings = None
            continue
        cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        if headings is None:
            headings = tuple(cells)
            found[headings] = []
        elif not set(line) <= set("|-"):
            found[headings].append(cells)
    return found


def rows(*headings: str, least: int) -> list[list[str]]:
    """The rows under these headings, of which there are at least so many."""
    found = tables()[headings]
    assert len(found) >= least, headings
    return found


ISSUED = date(2026, 3, 2)
day = date.fromisoformat


def cents(text: str) -> int:
    return Money.parse(text, currency="EUR").amount


def test_every_table_is_checked() -> None:
    assert [headings[-1] for headings in tables()] == [
        "Falls due", "Due", "Saves", "Terms run from", "Modified following", "Code"
    ]  # fmt: skip


@pytest.mark.parametrize("row", rows("Terms", "Code", "Invoice of", "Falls due", least=19), ids=str)
def test_due_dates(row: list[str]) -> None:
    _, code, issued_on, due_on = row
    assert parse_terms(code).due_on(day(issued_on)) == day(due_on)


@pytest.mark.parametrize("row", rows("Terms", "Code", "Invoice", "Due", least=8), ids=str)
def test_instalments(row: list[str]) -> None:
    _, code, invoice, due = row
    parts = parse_terms(code).schedule(ISSUED, cents(invoice))
    wanted = [re.fullmatch(r"([0-9.]+) on ([0-9-]+)", part) for part in due.split(", ")]
    assert [(part.amount, part.due_on) for part in parts] == [
        (cents(found[1]), day(found[2])) for found in wanted if found
    ]
    assert all(wanted)


@pytest.mark.parametrize("row", rows("Terms", "Code", "Invoice", "Saves", least=5), ids=str)
def test_discounts(row: list[str]) -> None:
    _, code, invoice, saves = row
    found = parse_terms(code).discounts(ISSUED, cents(invoice))
    shown = [f"{one.amount // 100}.{one.amount % 100:02} until {one.until}" for one in found]
    assert ", ".join(shown) == saves


@pytest.mark.parametrize(
    "row",
    rows("Counted from", "Invoice of", "Shipped", "Delivered", "Terms run from", least=6),
    ids=str,
)
def test_bases(row: list[str]) -> None:
    base, issued_on, shipped, delivered, run_from = row
    found = base_of(
        base,
        issued_on=day(issued_on),
        shipped_on=[day(text) for text in shipped.split(", ")],
        delivered_on=[None if text == "not yet" else day(text) for text in delivered.split(", ")],
    )
    assert found == day(run_from)


@pytest.mark.parametrize(
    "row",
    rows(
        "Code", "Invoice of", "Calendar", "Not moved", "Next", "Previous", "Modified following",
        least=9,
    ),
    ids=str,
)  # fmt: skip
def test_working_days(row: list[str]) -> None:
    code, issued_on, calendar, *wanted = row
    moves: list[Move] = ["none", "next", "previous", "modified_following"]
    assert set(moves) == set(get_args(Move))
    working = holiday_calendar(calendar)
    terms = parse_terms(code)
    found = [terms.due_on(day(issued_on), working=working, move=move) for move in moves]
    assert [str(one) for one in found] == wanted


@pytest.mark.parametrize("row", rows("Written", "Code", least=26), ids=str)
def test_what_is_written(row: list[str]) -> None:
    written, code = row
    assert read_terms(written).code == code
