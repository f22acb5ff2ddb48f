"""Amounts, numbers and dates as each reader writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from usance.rules.money import Money, UnknownCurrency
from usance.web.design import locale

S = "\u00a0"  # no-break space
N = "\u202f"  # narrow no-break space


def rendered(expression: str, language: str, **values: object) -> str:
    with translation.override(language):
        return Template("{% load locale %}{{ " + expression + " }}").render(Context(values))


@pytest.mark.parametrize(
    ("language", "minor", "currency", "text"),
    [
        ("en", 123_456_750, "EUR", "€1,234,567.50"),
        ("en", -5, "USD", "-$0.05"),
        ("en", 1_234_567, "JPY", "¥1,234,567"),
        ("en", 1_234_567, "KWD", f"KWD{S}1,234.567"),
        ("en", 123_456, "RON", f"RON{S}1,234.56"),
        ("it", 123_456_750, "EUR", f"1.234.567,50{S}€"),
        ("it", -123_450, "EUR", f"-1.234,50{S}€"),
        ("it", 1_234_567, "JPY", f"1.234.567{S}JPY"),
        ("ro", 123_456_750, "RON", f"1.234.567,50{S}RON"),
        ("ro", 123_450, "EUR", f"1.234,50{S}EUR"),
        ("ro", 1_234_567, "TND", f"1.234,567{S}TND"),
        ("hi", 123_456_700, "INR", "₹12,34,567.00"),
        ("hi", 123_456_750, "EUR", "€12,34,567.50"),
        ("hi", 99_999, "INR", "₹999.99"),
        ("en-in", 123_456_700, "INR", "₹12,34,567.00"),
        ("en-gb", 123_456_750, "GBP", "£1,234,567.50"),
    ],
)
def test_money(language: str, minor: int, currency: str, text: str) -> None:
    assert rendered("minor|money:currency", language, minor=minor, currency=currency) == text
    assert rendered("amount|money", language, amount=Money(minor, currency)) == text


@pytest.mark.parametrize(
    ("language", "minor", "currency", "text"),
    [
        ("en", -123_456_750, "EUR", "-1,234,567.50"),
        ("it", 123_456_750, "EUR", "1.234.567,50"),
        ("ro", 1_234_567, "JPY", "1.234.567"),
        ("hi", 123_456_700, "INR", "12,34,567.00"),
        ("hi", 1_234_567_890, "KWD", "12,34,567.890"),
    ],
)
def test_amount_without_its_currency(language: str, minor: int, currency: str, text: str) -> None:
    assert rendered("minor|amount:currency", language, minor=minor, currency=currency) == text


def test_the_largest_amount_keeps_every_digit() -> None:
    assert rendered("a|money", "en", a=Money(10**15, "JPY")) == "¥1,000,000,000,000,000"
    assert rendered("a|money", "en", a=Money(10**15 - 1, "EUR")) == "€9,999,999,999,999.99"


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(UnknownCurrency):
        rendered('1|money:"XXX"', "en")


@pytest.mark.parametrize(
    ("language", "short", "medium", "long"),
    [
        ("en", "11/22/26", "Nov 22, 2026", "November 22, 2026"),
        ("it", "22/11/26", "22 nov 2026", "22 novembre 2026"),
        ("ro", "22.11.2026", "22 nov. 2026", "22 noiembrie 2026"),
        ("hi", "22/11/26", "22 नव॰ 2026", "22 नवंबर 2026"),
    ],
)
def test_day(language: str, short: str, medium: str, long: str) -> None:
    on = date(2026, 11, 22)
    assert rendered("on|day", language, on=on) == medium
    assert rendered('on|day:"short"', language, on=on) == short
    assert rendered('on|day:"long"', language, on=on) == long


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", f"Nov 23, 2026, 12:05{N}AM"),
        ("it", "23 nov 2026, 00:05"),
        ("ro", "23 nov. 2026, 00:05"),
        ("hi", "23 नव॰ 2026, 12:05 am"),
    ],
)
def test_instant_is_told_in_the_sellers_zone(language: str, text: str) -> None:
    at = datetime(2026, 11, 22, 23, 5, tzinfo=UTC)
    with timezone.override(ZoneInfo("Europe/Rome")):
        assert rendered("at|instant", language, at=at) == text
    assert rendered('at|instant:"Europe/Rome"', language, at=at) == text


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        locale.instant(datetime(2026, 11, 22), language="en")  # noqa: DTZ001


@pytest.mark.parametrize(
    ("language", "number", "fixed", "percent", "exact"),
    [
        ("en", "1,234,567.5", "1,234,567.50", "12.3%", "12.34%"),
        ("it", "1.234.567,5", "1.234.567,50", "12,3%", "12,34%"),
        ("ro", "1.234.567,5", "1.234.567,50", f"12,3{S}%", f"12,34{S}%"),
        ("hi", "12,34,567.5", "12,34,567.50", "12.3%", "12.34%"),
    ],
)
def test_number_and_percent(
    language: str, number: str, fixed: str, percent: str, exact: str
) -> None:
    value, ratio = Decimal("1234567.5"), Decimal("0.1234")
    assert rendered("v|number", language, v=value) == number
    assert rendered("v|number:2", language, v=value) == fixed
    assert rendered("r|percent", language, r=ratio) == percent
    assert rendered("r|percent:2", language, r=ratio) == exact


@pytest.mark.parametrize("name", ["money", "amount", "day", "instant", "number", "percent"])
def test_nothing_is_told_as_nothing(name: str) -> None:
    assert rendered(f"nothing|{name}", "it", nothing=None) == ""


def test_a_language_that_cldr_does_not_know_is_told_in_english() -> None:
    assert locale.money(Money(123_450, "EUR"), language="tlh") == "€1,234.50"
