"""Whether the name that a register has is the one a company gave."""

from __future__ import annotations

from typing import Final

from rapidfuzz import fuzz

from usance.rules.screening import normalised

THRESHOLD: Final = 80


def same_name(given: str, registered: str) -> bool:
    """Without legal forms, accents, case and order of words. One may be longer, since registers add a
    trading name or a branch; but one word alone is too little to be a part of another name."""
    one, other = normalised(given), normalised(registered)
    if not one or not other:
        return False
    alike = fuzz.token_sort_ratio(one, other)
    if min(len(one.split()), len(other.split())) > 1:
        alike = max(alike, fuzz.token_set_ratio(one, other) - 5)
    return alike >= THRESHOLD
