"""Every kind of payment terms has its phrase."""

from __future__ import annotations

import pytest
from django.utils import translation
from hypothesis import given

from tests.rules.terms_drawn import TERMS
from usance.rules.terms import Terms
from usance.web.words.terms import terms_text


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("due_on_receipt", "Due on receipt"),
        ("net_1", "1 day net"),
        ("net_30", "30 days net"),
        ("net_30_eom", "30 days, end of month"),
        ("net_0_eom", "End of the month"),
        ("eom_10", "10 days after the end of the month"),
        ("eom_1", "1 day after the end of the month"),
        ("net_30_eom_10", "30 days, end of month, and 10 days"),
        ("net_0_eow", "End of the week"),
        ("net_7_eow", "7 days, end of week"),
        ("day_15_0", "Day 15 of the month"),
        ("day_15_1", "Day 15 of the next month"),
        ("day_15_3", "Day 15, 3 months on"),
        ("on_20261231", "Due on Dec 31, 2026"),
        ("cash_in_advance", "Cash in advance"),
        ("cash_on_delivery", "Cash on delivery"),
        ("dep30_net_60", "30% deposit, balance: 60 days net"),
        ("dep12.5_day_15_1", "12.5% deposit, balance: Day 15 of the next month"),
        ("3x30", "3 equal parts, one every 30 days"),
        ("3x1", "3 equal parts, one every 1 day"),
        ("3x30_eom", "3 equal parts, one every 30 days, end of month"),
        ("at0_30_60", "3 equal parts, after 0, 30, 60 days"),
        ("30at0_70at60", "30% on receipt, 70% after 60 days"),
        ("33.34at1_66.66at60", "33.34% after 1 day, 66.66% after 60 days"),
        ("d2_10_net_30", "30 days net; 2% off within 10 days"),
        ("d2_10_d1.5_20_net_30", "30 days net; 2% off within 10 days; 1.5% off within 20 days"),
        ("d3_0_net_30", "30 days net; 3% off if paid at once"),
        ("whatever", "whatever"),
    ],
)
def test_terms_in_words(code: str, text: str) -> None:
    assert terms_text(code) == text


def test_percentages_and_days_are_written_as_the_reader_does() -> None:
    with translation.override("it"):
        assert "1,5%" in terms_text("d1.5_10_net_30")
        assert "31 dic 2026" in terms_text("on_20261231")


@given(TERMS)
def test_no_kind_is_left_to_its_code(terms: Terms) -> None:
    for language in ("en", "it", "ro", "hi"):
        with translation.override(language):
            text = terms_text(terms.code)
            assert text != terms.code and "%(" not in text and "_" not in text
