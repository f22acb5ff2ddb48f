"""What to do about a broken rule, for the rules that people break most."""

from __future__ import annotations

import re
from typing import Final

from usance.formats.validation.fixes_of_countries import GERMANY, ITALY, ROMANIA
from usance.formats.validation.fixes_of_en16931 import CATEGORIES, CATEGORY_FIXES, EN16931
from usance.formats.validation.fixes_of_peppol import PEPPOL

_BY_RULE: Final = {**EN16931, **PEPPOL, **GERMANY, **ROMANIA, **ITALY}

_CATEGORY_RULE: Final = re.compile(r"BR-(?:FXEXT-)?([A-Z]{1,2})-?(\d\d)[a-c]?")

_FAMILIES: Final = (
    (
        r"BR-DEC-(?:RO-)?\d+",
        "Round the amount to two decimals, then add the totals up again from the rounded amounts.",
    ),
    (
        r"BR-RO-(?:L|\d+L)\d+",
        "Shorten the text to the length that the message names; ANAF counts characters.",
    ),
    (r"BR-RO-A\d+", "Leave out or merge entries until no more are left than the message allows."),
    (
        r"UBL-CR-\d+|CII-SR-\d+",
        "Take the element out: EN 16931 has no term for it, and its reader will not see it.",
    ),
    (
        r"UBL-DT-\d+|CII-DT-\d+",
        "Take the attribute out or give it the form that the message names.",
    ),
    (r"UBL-SR-\d+", "Keep one of the elements and take the others out."),
)
"""Rules that come by the hundred and are all mended alike."""


def fix_for(rule: str) -> str:
    """How to mend a document that breaks ``rule``; empty if that is not known."""
    if rule in _BY_RULE:
        return _BY_RULE[rule]
    if match := _CATEGORY_RULE.fullmatch(rule):
        name = CATEGORIES.get(match[1])
        fix = CATEGORY_FIXES.get((match[1], match[2])) or CATEGORY_FIXES.get(("", match[2]))
        if name and fix:
            return fix.format(category=name)
    return next((fix for pattern, fix in _FAMILIES if re.fullmatch(pattern, rule)), "")
