"""The same booking told by two files is found again; what only looks like it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.formats import line_recognition
from usance.formats.line_recognition import Line, recognize

DAY = date(2026, 4, 30)


def line(key: str, amount: int = 100, **facts: object) -> Line[str]:
    return replace(
        Line(
            key=key,
            source="statement camt",
            group=key,
            fingerprint=key,
            amount=amount,
            currency="EUR",
            booked_on=DAY,
        ),
        **facts,  # type: ignore[arg-type]
    )


REPORT = {"source": "report camt"}


def known(incoming: Line[str], there: Line[str]) -> bool:
    found = recognize([incoming], [there])
    return found.known == {incoming.key: there.key}


@pytest.mark.parametrize(
    ("facts", "same"),
    [
        (REPORT, True),
        ({}, False),  # two statements: alike is not the same
        ({"fingerprint": "a"}, True),
        (REPORT | {"amount": 101}, False),
        (REPORT | {"currency": "USD"}, False),
        (REPORT | {"booked_on": DAY + timedelta(days=1)}, False),
        (REPORT | {"account": "NL91ABNA0417164300"}, False),
        (REPORT | {"account": "DE89 3704 0044 0532 0130 00"}, True),
        (REPORT | {"end_to_end_id": "E2"}, False),
        (REPORT | {"name": "NORDWIND"}, True),
        (REPORT | {"name": "SUEDWIND"}, False),
        (REPORT | {"reference": "R2"}, False),
        (REPORT | {"reference": "R1", "booked_on": DAY + timedelta(days=5)}, True),
        (REPORT | {"reference": "R1", "booked_on": DAY + timedelta(days=6)}, False),
        ({"source": "statement mt940", "reference": "other way to write it"}, True),
    ],
)
def test_what_makes_two_lines_one_booking(facts: dict[str, object], same: bool) -> None:
    there = line(
        "a",
        account="DE89370400440532013000",
        end_to_end_id="E1",
        name="Nordwind Handels GmbH",
        reference="R1",
    )
    assert known(line("b", **facts), there) is same


def test_each_known_line_is_found_once() -> None:
    found = recognize([line("b", **REPORT), line("c", **REPORT)], [line("a")])
    assert (found.known, found.new) == ({"b": "a"}, ["c"])


def test_the_line_that_shares_most_is_the_one() -> None:
    there = [line("a"), line("b", text="Rechnung 4711 vom Mai")]
    found = recognize([line("c", text="RECHNUNG 4711", **REPORT)], there)
    assert found.known == {"c": "b"}


def batch(*amounts: int, source: str = "notification camt", group: str = "g") -> list[Line[str]]:
    return [
        line(f"{group}{n}", amount, source=source, group=group) for n, amount in enumerate(amounts)
    ]


def test_payments_of_a_batch_stand_for_its_line() -> None:
    found = recognize(batch(60, 40), [line("a", 100)])
    assert found.splits == {"g0": "a", "g1": "a"}


def test_a_line_is_known_by_its_payments() -> None:
    found = recognize([line("a", 100)], batch(60, 40))
    assert (found.known, found.new) == ({"a": "g0"}, [])


def test_a_batch_that_has_been_split_is_not_split_again() -> None:
    there = [line("a", 100), *batch(60, 40)]
    again = batch(60, 40, source="report camt", group="h")
    found = recognize(again, there, split=["a"])
    assert (set(found.known), found.splits, found.new) == ({"h0", "h1"}, {}, [])


@given(st.lists(st.integers(-3, 3), max_size=8), st.lists(st.integers(-3, 3), max_size=8))
def test_nothing_is_lost_and_nothing_is_found_twice(mine: list[int], theirs: list[int]) -> None:
    incoming = [line(f"i{n}", amount, **REPORT) for n, amount in enumerate(mine)]
    there = [line(f"k{n}", amount) for n, amount in enumerate(theirs)]
    found = recognize(incoming, there)
    assert sorted([*found.known, *found.splits, *found.new]) == sorted(one.key for one in incoming)
    assert len(set(found.known.values())) == len(found.known)
    for amount in set(mine):
        new = sum(
            1
            for key in found.new
            if dict(zip([x.key for x in incoming], mine, strict=True))[key] == amount
        )
        assert new == max(0, mine.count(amount) - theirs.count(amount))


@pytest.mark.parametrize("source", ["statement camt", "report camt", "statement mt940"])
def test_a_thousand_that_pay_the_same_are_not_compared_each_with_each(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = 0

    def counted(*told: object) -> int | None:
        nonlocal compared
        compared += 1
        return likeness(*told)  # type: ignore[arg-type]

    likeness = line_recognition._likeness
    monkeypatch.setattr(line_recognition, "_likeness", counted)
    there = [line(f"k{n}", name=f"Abo {n % 10}", text=f"Rechnung {n}") for n in range(1000)]
    again = [
        replace(one, key=f"i{n}", fingerprint="", source=source) for n, one in enumerate(there)
    ]
    found = recognize(again, there)
    expected = {f"i{n}": f"k{n}" for n in range(1000)} if source != "statement camt" else {}
    assert found.known == expected
    assert compared < 20_000, "of a million pairs"
