"""Whether the name that a register has is the one a company gave."""

from __future__ import annotations

from typing import Final

from rapidfuzz import fuzz

from usance.rules.screening import normalised

THRESHOLD: Final = 80


def same_name(given: str, registered: str) -> bool:
    """Without legal forms, accents, case and order of words, and where one may be longer: registers
    add a trading name or a branch."""
    one, other = normalised(given), normalised(registered)
    if not one or not other:
        return False
    alike = max(fuzz.token_sort_ratio(one, other), fuzz.token_set_ratio(one, other) - 5)
    return alike >= THRESHOLD
