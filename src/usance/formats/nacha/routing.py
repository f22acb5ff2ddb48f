"""Routing numbers of banks in the United States."""

from __future__ import annotations

from usance.formats.nacha.totals import is_number

_WEIGHTS = (3, 7, 1, 3, 7, 1, 3, 7)


def check_digit(first_eight: str) -> str:
    """The ninth digit of the routing number that begins so (ANSI X9.13: weights 3, 7, 1)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_eight, _WEIGHTS, strict=True))
    return str(-total % 10)


def is_routing_number(text: str) -> bool:
    """Whether ``text`` is nine digits of which the last is right, and not all noughts."""
    return (
        len(text) == 9
        and is_number(text)
        and text.strip("0") != ""
        and check_digit(text[:8]) == text[8]
    )
