"""The day that an address asks about, as pages take it from ``?on=`` and its likes."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest

from usance.rules.terms.days import is_day_of_trade


def day_asked_in(request: HttpRequest, name: str, *, usual: date, last: date | None = None) -> date:
    """The day that the parameter ``name`` asks for, not after ``last``; ``usual`` where it is none, or lies
    outside the years of trade: periods reach back from it."""
    try:
        asked = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return usual
    if not is_day_of_trade(asked):
        return usual
    return asked if last is None else min(asked, last)
