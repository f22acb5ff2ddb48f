"""The day that an address asks about: periods reach back from it, so that not every day will do."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import RequestFactory

from usance.web.asked_days import day_asked_in

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("2026-02-28", date(2026, 2, 28)),
        ("1970-01-01", date(1970, 1, 1)),
        ("2026-03-03", TODAY),
        ("0001-01-01", TODAY),
        ("1969-12-31", TODAY),
        ("9999-12-31", TODAY),
        ("31.12.2025", TODAY),
        ("", TODAY),
    ],
)
def test_a_day_that_cannot_be_asked_about_is_today(asked: str, found: date) -> None:
    request = RequestFactory().get("/", {"on": asked})
    assert day_asked_in(request, "on", usual=TODAY, last=TODAY) == found
