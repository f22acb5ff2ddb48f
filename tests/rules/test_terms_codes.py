"""The codes of payment terms: one for each, read back as what was written."""

from __future__ import annotations

import contextlib
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.terms_drawn import TERMS
from usance.rules.terms import (
    LONGEST_CODE,
    PATTERN,
    Cash,
    DayOfMonth,
    EndOfWeek,
    FixedDate,
    Part,
    Terms,
    Tier,
    UnknownTerms,
    parse_terms,
)

TWO_IN_TEN = (Tier(200, 10),)

WRITTEN = {
    "due_on_receipt": Terms(0),
    "net_30": Terms(30),
    "net_30_eom": Terms(30, end_of_month=True),
    "net_0_eom": Terms(0, end_of_month=True),
    "eom_10": Terms(0, True, extra_days=10),
    "net_30_eom_10": Terms(30, True, extra_days=10),
    "net_7_eow": Terms(7, mark=EndOfWeek()),
    "net_0_eow": Terms(mark=EndOfWeek()),
    "day_15_1": Terms(mark=DayOfMonth(15, 1)),
    "on_20261231": Terms(mark=FixedDate(date(2026, 12, 31))),
    "cash_in_advance": Terms(mark=Cash("in_advance")),
    "cash_on_delivery": Terms(mark=Cash("on_delivery")),
    "dep30_net_60": Terms(60, deposit=3_000),
    "dep33.33_day_15_1": Terms(mark=DayOfMonth(15, 1), deposit=3_333),
    "3x30": Terms(90, parts=(Part(30), Part(60), Part(90))),
    "3x30_eom": Terms(90, True, parts=(Part(30), Part(60), Part(90))),
    "at0_30_60": Terms(60, parts=(Part(0), Part(30), Part(60))),
    "at15_45": Terms(45, parts=(Part(15), Part(45))),
    "40at30_60at60": Terms(60, parts=(Part(30, 4_000), Part(60, 6_000))),
    "12.5at0_87.5at60_eom": Terms(60, True, parts=(Part(0, 1_250), Part(60, 8_750))),
    "50000cat0_at30": Terms(30, parts=(Part(0, amount=50_000), Part(30))),
    "5000cat0_2000cat15_at30": Terms(
        30, parts=(Part(0, amount=5_000), Part(15, amount=2_000), Part(30))
    ),
    "d2_10_50000cat5_at30_eom": Terms(
        30, True, parts=(Part(5, amount=50_000), Part(30)), tiers=TWO_IN_TEN
    ),
    "d2_10_net_30": Terms(30, tiers=TWO_IN_TEN),
    "d2_10_d1_20_net_30": Terms(30, tiers=(*TWO_IN_TEN, Tier(100, 20))),
    "d0.5_10_day_15_1": Terms(mark=DayOfMonth(15, 1), tiers=(Tier(50, 10),)),
    "d2_10_dep30_net_60": Terms(60, deposit=3_000, tiers=TWO_IN_TEN),
    "d2_10_3x30_eom": Terms(90, True, parts=(Part(30), Part(60), Part(90)), tiers=TWO_IN_TEN),
}


@pytest.mark.parametrize("code", WRITTEN)
def test_a_code_says_its_terms(code: str) -> None:
    assert parse_terms(code) == WRITTEN[code]
    assert WRITTEN[code].code == code


@pytest.mark.parametrize(
    "code", ["", "net", "net_", "net_-30", "net_366", "net_1000", "NET_30", "net_30_EOM", "30",
             " net_30", "net_30 ", "net_30_eom_x", "net_3.5",
             # Written otherwise than once:
             "net_0", "net_030", "net_30_eom_0", "net_0_eom_10", "eom_0", "at30_60_90",
             "d2.0_10_net_30", "d2.50_10_net_30", "dep30.0_net_60", "50.00at0_50at30", "d02_10_net_30",
             # No such thing:
             "net_300_eom_100", "eom_400", "day_0_1", "day_32_1", "day_15_13", "on_20260230",
             "on_18991231", "on_2026", "1x30", "0x30", "3x0", "13x10", "3x200", "at30", "at30_30",
             "at60_30", "50at0_40at30", "50at0_60at30", "100at30", "0at0_100at30", "40at60_60at30",
             "0cat0_at30", "500cat30_at30", "500cat40_at30", "500cat0", "500cat0_", "at30_500cat0",
             "050cat0_at30", "dep30_500cat0_at30", "9999999999999999cat0_at30",
             "dep0_net_60", "dep100_net_60", "dep30_due_on_receipt", "dep30_cash_in_advance",
             "dep30_3x30", "dep30_dep20_net_60",
             "d0_10_net_30", "d100_10_net_30", "d2_40_net_30", "d2_10_d2_20_net_30",
             "d1_10_d2_20_net_30", "d2_20_d1_10_net_30", "d2_10_cash_in_advance", "d2_10",
             "d2_10_due_on_receipt", "d2_10_whatever",
             # Too long to be kept:
             "d3_10_d2_20_d1_30_net_60_eom", "33.34at30_33.33at60_33.33at90"]
)  # fmt: skip
def test_what_is_not_a_terms_code_is_refused(code: str) -> None:
    with pytest.raises(UnknownTerms, match="is not a payment term") as refused:
        parse_terms(code)
    assert refused.value.code == "unknown_terms"


@pytest.mark.parametrize(
    "fields",
    [
        {"days": -1},
        {"days": 366},
        {"extra_days": 10},
        {"days": 30, "end_of_month": True, "extra_days": -1},
        {"days": 30, "mark": DayOfMonth(15, 1)},
        {"end_of_month": True, "mark": EndOfWeek()},
        {"days": 90, "parts": (Part(30), Part(60))},
        {"days": 60, "parts": (Part(30), Part(60, 5_000))},
        {"days": 60, "parts": (Part(-1), Part(60))},
        {"days": 60, "parts": (Part(30), Part(60)), "deposit": 3_000},
        {"days": 60, "parts": (Part(30), Part(60)), "end_of_month": True, "extra_days": 1},
        {"days": 60, "parts": (Part(30, amount=5), Part(60, amount=5))},
        {"days": 60, "parts": (Part(30, 5_000, 5), Part(60))},
        {"days": 60, "parts": (Part(0, amount=5), Part(30), Part(60))},
        {"days": 30, "deposit": -1},
        {"days": 30, "tiers": (Tier(200, -1),)},
    ],
)
def test_terms_that_contradict_themselves_cannot_be_made(fields: dict[str, object]) -> None:
    with pytest.raises(UnknownTerms):
        Terms(**fields)  # type: ignore[arg-type]


def test_the_refusal_says_why() -> None:
    with pytest.raises(UnknownTerms, match="must make 100 %"):
        parse_terms("50at0_40at30")
    with pytest.raises(UnknownTerms, match="There is no such day"):
        parse_terms("on_20260230")


@given(TERMS)
def test_a_code_reads_back_as_its_terms(terms: Terms) -> None:
    assert parse_terms(terms.code) == terms
    assert len(terms.code) <= LONGEST_CODE
    assert re.search(PATTERN, terms.code)


@given(st.from_regex(PATTERN, fullmatch=True))
def test_what_looks_like_a_code_is_one_or_is_refused(code: str) -> None:
    with contextlib.suppress(UnknownTerms):
        assert parse_terms(code).code == code


@given(st.text(max_size=30))
def test_anything_else_is_refused(text: str) -> None:
    if not re.search(PATTERN, text):
        with pytest.raises(UnknownTerms):
            parse_terms(text)
