"""``{% load locale %}``: amounts, numbers, dates and states in the active language."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from django import template

from usance.rules.money import Money
from usance.web.design import locale
from usance.web.design.display import language
from usance.web.design.states import look

register = template.Library()


@register.filter
def money(amount: Money | int | None, currency: str = "") -> str:
    """``{{ invoice.total|money }}`` of Money, ``{{ minor|money:"EUR" }}`` of minor units."""
    if amount is None:
        return ""
    return locale.money(_money(amount, currency=currency), language=language())


@register.filter
def amount(value: Money | int | None, currency: str = "") -> str:
    """Like ``money`` without the currency, for a column whose head names it."""
    if value is None:
        return ""
    return locale.money(_money(value, currency=currency), language=language(), symbol=False)


@register.filter
def number(value: int | float | Decimal | None, decimals: int | None = None) -> str:
    """``{{ count|number }}``; ``{{ rate|number:2 }}`` for exactly two decimals."""
    if value is None:
        return ""
    return locale.number(value, language=language(), decimals=decimals)


@register.filter
def percent(ratio: float | Decimal | None, decimals: int | None = None) -> str:
    """``{{ 0.125|percent }}`` is 12.5%; ``|percent:2`` for exactly two decimals."""
    if ratio is None:
        return ""
    return locale.percent(ratio, language=language(), decimals=decimals)


@register.filter
def day(value: date | None, length: str = "medium") -> str:
    """``{{ invoice.due_on|day }}``; lengths: short, medium, long, full."""
    if value is None:
        return ""
    return locale.day(value, language=language(), length=cast(locale.Length, length))


@register.filter
def instant(value: datetime | None, zone: str = "") -> str:
    """``{{ event.at|instant }}`` in the active time zone, or in the named one."""
    if value is None:
        return ""
    return locale.instant(
        value, language=language(), zone=zoneinfo.ZoneInfo(zone) if zone else None
    )


@register.filter
def state_label(value: str, kind: str) -> str:
    """``{{ order.state|state_label:"order" }}``: the name alone, for a sentence or a choice."""
    return str(look(value, kind=kind).label)


def _money(value: Money | int, *, currency: str) -> Money:
    return value if isinstance(value, Money) else Money(value, currency)
