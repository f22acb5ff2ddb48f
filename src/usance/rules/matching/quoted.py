"""What stands in a text and could be the number of a document, for looking it up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from usance.rules.billing import reference_key
from usance.rules.matching.keys import LONGEST_KEY
from usance.rules.payment_references import is_creditor_reference

_WORDS: Final = re.compile(r"[^\s,;:]+")
_RUN: Final = 4
_SHORTEST: Final = 4


def references(texts: Iterable[str]) -> set[str]:
    """Everything in ``texts`` that could be a document number: words, and runs of up to four words,
    since payers break numbers ("INV 2026 000123"). A creditor reference gives its number too."""
    found = set()
    for text in texts:
        words = [key for word in _WORDS.findall(text) if (key := reference_key(word))]
        for start in range(len(words)):
            joined = ""
            for word in words[start : start + _RUN]:
                joined += word
                if len(joined) > LONGEST_KEY:
                    break
                if len(joined) >= _SHORTEST and any(character.isdigit() for character in joined):
                    found.add(joined)
                    if is_creditor_reference(joined):
                        found.add(joined[4:])
    return found
