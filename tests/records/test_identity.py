"""Public ids: prefixed outside, time-ordered inside."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.records.identity import PREFIXES, NotAnId, new_id, parse_public_id, public_id

KINDS = st.sampled_from(sorted(PREFIXES))


def test_an_order_as_the_world_sees_it() -> None:
    order = UUID("01890000-0000-7000-8000-000000000001")
    assert public_id("order", order) == "ord_01890000000070008000000000000001"


def test_no_two_kinds_share_a_prefix() -> None:
    assert len(set(PREFIXES.values())) == len(PREFIXES)


def test_later_ids_sort_later() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == 1000
    assert {each.version for each in made} == {7}


@given(KINDS, st.uuids())
def test_an_id_reads_back(kind: str, value: UUID) -> None:
    assert parse_public_id(kind, public_id(kind, value)) == value


@given(KINDS, KINDS, st.uuids())
def test_an_id_of_another_kind_is_none(kind: str, other: str, value: UUID) -> None:
    if kind != other:
        with pytest.raises(NotAnId):
            parse_public_id(other, public_id(kind, value))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ord_",
        "ord_0189000000007000800000000000000",  # a digit short
        "ord_018900000000700080000000000000011",
        "ord_0189000000007000800000000000000G",
        "ORD_01890000000070008000000000000001",
        "ord_0189000000007000800000000000000A",  # capitals would be a second name for one object
        "ord_{1890000000070008000000000000001",
        "01890000-0000-7000-8000-000000000001",
        "ord_०१890000000070008000000000000001",
    ],
)
def test_what_is_not_an_id(text: str) -> None:
    with pytest.raises(NotAnId):
        parse_public_id("order", text)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        value = parse_public_id("order", text)
    except NotAnId:
        return
    assert public_id("order", value) == text
