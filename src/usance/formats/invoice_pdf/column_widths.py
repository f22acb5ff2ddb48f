"""Which texts of a column may be its widest, so that the typesetter need measure no others."""

from __future__ import annotations

import unicodedata
from typing import Final

# How far each character of ASCII from the blank to the tilde advances in Noto Sans, of 1000 an em.
_ADVANCES: Final = (
    260, 269, 408, 646, 572, 831, 732, 225, 300, 300, 551, 572, 268, 322, 268, 372, 572, 572,
    572, 572, 572, 572, 572, 572, 572, 572, 268, 268, 572, 572, 572, 434, 899, 639, 650, 632,
    730, 556, 519, 728, 741, 339, 273, 619, 524, 907, 760, 781, 605, 781, 622, 549, 556, 731,
    600, 930, 586, 566, 572, 329, 372, 329, 572, 444, 281, 561, 615, 480, 615, 564, 344, 615,
    618, 258, 258, 534, 258, 935, 618, 605, 615, 615, 413, 479, 361, 618, 508, 786, 529, 510,
    470, 380, 551, 380, 572,
)  # fmt: skip
_OTHER: Final = 640
"""What we take for any other character: more than most letters have."""


def widest(texts: list[str]) -> list[str]:
    """The lines among ``texts`` that may be the widest: four at most, always the same."""
    lines = {line for text in texts for line in text.split("\n")}
    return sorted(lines, key=lambda line: (-rough_width(line), line))[:4]


def rough_width(text: str) -> int:
    """The width of ``text``, of 1000 an em; exact for ASCII but for kerning."""
    return sum(map(_advance, text))


def _advance(character: str) -> int:
    place = ord(character) - 32
    if 0 <= place < len(_ADVANCES):
        return _ADVANCES[place]
    return 0 if unicodedata.category(character) == "Mn" else _OTHER
