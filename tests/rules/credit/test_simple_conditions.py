"""Conditions as rows of a form, and as the text of an expression: both say the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.credit.expressions import Source, compile_program
from usance.rules.credit.facts import AT_CHECKOUT
from usance.rules.credit.simple_conditions import (
    OPERATORS,
    WITHOUT_VALUE,
    Comparison,
    SimpleCondition,
    condition_text,
    simple_condition,
)

CASES = [
    # the rows                                                              the text
    ([], "and", "true"),
    ([("buyer.vat_verified", "is_true", None)], "and", "buyer.vat_verified"),
    ([("buyer.insolvent", "is_false", None)], "and", "!buyer.insolvent"),
    ([("history.overdue", ">", 500)], "and", "history.overdue > 500"),
    ([("history.late_share", "<=", Decimal("0.25"))], "and", "history.late_share <= 0.25"),
    ([("score.band", "in", ("D", "E"))], "and", "score.band in ['D', 'E']"),
    ([("buyer.country", "not_in", ("RU",))], "and", "!(buyer.country in ['RU'])"),
    ([("order.skus", "contains", "GIFT")], "and", "'GIFT' in order.skus"),
    ([("order.skus", "lacks", "it's")], "and", r"!('it\'s' in order.skus)"),
    ([("bureau.score", "unknown", None)], "and", "!has(bureau.score)"),
    (
        [("history.orders", "<", 3), ("order.amount", ">=", Decimal("1000.50"))],
        "and",
        "history.orders < 3 && order.amount >= 1000.50",
    ),
    (
        [("line.tier", "==", "gold"), ("line.tier", "==", "silver")],
        "or",
        "line.tier == 'gold' || line.tier == 'silver'",
    ),
]


@pytest.mark.parametrize(("rows", "joined", "text"), CASES)
def test_rows_and_text_say_the_same(rows: list[Any], joined: Any, text: str) -> None:
    condition = SimpleCondition(tuple(Comparison(*row) for row in rows), joined)
    assert condition_text(condition) == text
    read = simple_condition(text, facts=AT_CHECKOUT)
    assert read is not None
    assert read.rows == condition.rows
    if len(rows) > 1:
        assert read.joined == joined


@pytest.mark.parametrize(
    "text",
    [
        "history.overdue > 500 // agreed with sales",
        "history.overdue > line.limit",
        "history.overdue * 2 > 500",
        "history.orders < 3 && (score.band == 'D' || score.band == 'E')",
        "!(history.orders < 3)",
        "month > 100",
        "false",
        "history.ordrs < 3",
        "buyer.country.startsWith('D')",
        "history.overdue >",
        "500 < history.overdue",
    ],
)
def test_what_says_more_stays_text(text: str) -> None:
    assert simple_condition(text, facts=AT_CHECKOUT) is None


def test_two_slashes_in_a_text_are_no_comment() -> None:
    read = simple_condition("buyer.group == 'a//b'", facts=AT_CHECKOUT)
    assert read is not None
    assert read.rows == (Comparison("buyer.group", "==", "a//b"),)


VALUES: dict[str, Any] = {
    "number": st.integers(-1000, 1000)
    | st.decimals(-1000, 1000, places=3, allow_nan=False).map(lambda d: d),
    "amount": st.integers(0, 10**9) | st.decimals(0, 10**6, places=2, allow_nan=False),
    "text": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
}
VALUES["texts"] = VALUES["text"]


@st.composite
def comparisons(draw: Any) -> Comparison:
    fact = draw(st.sampled_from(sorted(AT_CHECKOUT)))
    kind = AT_CHECKOUT[fact]
    operator = draw(st.sampled_from(OPERATORS[kind]))
    if operator in WITHOUT_VALUE:
        return Comparison(fact, operator)
    if operator in ("in", "not_in"):
        return Comparison(
            fact, operator, tuple(draw(st.lists(VALUES["text"], min_size=1, max_size=3)))
        )
    return Comparison(fact, operator, draw(VALUES[kind]))


@given(
    st.builds(
        SimpleCondition,
        st.lists(comparisons(), min_size=2, max_size=5).map(tuple),
        st.sampled_from(["and", "or"]),
    )
)
def test_every_condition_compiles_and_reads_back(condition: SimpleCondition) -> None:
    text = condition_text(condition)
    compile_program(values={}, rules={"r": Source(text, "boolean")}, facts=AT_CHECKOUT, exponent=2)
    assert simple_condition(text, facts=AT_CHECKOUT) == condition
