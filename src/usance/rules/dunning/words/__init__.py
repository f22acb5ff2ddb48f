"""The words that come with the product, by language. The tone rises with the level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from usance.rules.dunning.words import english, hindi, italian, romanian
from usance.rules.dunning.words.model import Words

__all__ = ["SPOKEN", "Words"]

SPOKEN: Final[Mapping[str, Words]] = {
    "en": english.WORDS,
    "it": italian.WORDS,
    "ro": romanian.WORDS,
    "hi": hindi.WORDS,
}
"""Each language's words by its code (ISO 639-1)."""
