"""The characters that every bank in SEPA takes."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from usance.formats.errors import FormatError

_ALLOWED: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ "
)
_ID: Final = re.compile(r"[A-Za-z0-9+?:().,'-](?:[A-Za-z0-9/+?:().,' -]*[A-Za-z0-9+?:().,'-])?")

_SIGNS: Final = {
    "&": "+", "_": "-", "~": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "\\": "/",
    "|": "/", "[": "(", "{": "(", "]": ")", "}": ")", ";": ",", "‚": ",", "`": "'", "´": "'",
    "‘": "'", "’": "'", "€": "E", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
    "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ł": "l", "Ł": "L", "þ": "th",
    "Þ": "TH", "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "n", "Ŋ": "N", "ŧ": "t", "Ŧ": "T",
}  # fmt: skip

_GREEK: Final = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
    "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
    "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
"""ISO 843, as EPC217-08 takes it."""

_CYRILLIC: Final = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i",
    "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ъ": "a",
    "ь": "y", "ю": "yu", "я": "ya", "ы": "y", "э": "e", "є": "ye", "і": "i", "ї": "yi", "ґ": "g",
}  # fmt: skip
"""Bulgarian, as EPC217-08 has it, and letters of Ukrainian and Russian that it lacks."""

_LETTERS: Final = {
    **_SIGNS,
    **{key: value for table in (_GREEK, _CYRILLIC) for key, value in table.items()},
    **{
        key.upper(): value.capitalize()
        for table in (_GREEK, _CYRILLIC)
        for key, value in table.items()
        if len(key.upper()) == 1
    },
}


def transliterated(text: str) -> str:
    """``text`` in the characters of SEPA: Latin letters, digits, blank and / - ? : ( ) . , ' +

    Letters of other kinds become the Latin ones that stand for them, accents fall away, signs become
    the nearest one, and what has none a full stop. White space is single blanks. Source: EPC217-08
    (best practices for the SEPA requirements for character sets).
    """
    return " ".join("".join(_plain(character) for character in text).split())


def _plain(character: str) -> str:
    if character in _ALLOWED:
        return character
    if character.isspace():
        return " "
    known = _LETTERS.get(character)
    if known is not None:
        return known
    parts = unicodedata.normalize("NFKD", character)
    bare = [part for part in parts if not unicodedata.combining(part)]
    if not bare:
        return ""  # an accent that stands alone
    if bare == [character]:
        return "." if character.isprintable() else ""
    return "".join(_plain(part) if part != character else "." for part in bare)


def name_of(text: str | None, *, field: str, limit: int = 70) -> str:
    """``text`` as the name of a party: transliterated, and cut to ``limit`` characters, since no bank
    compares the rest. Raises FormatError ``missing_value``."""
    name = transliterated(text or "")[:limit].strip()
    if not name.strip(" .?"):
        raise FormatError(
            f"{field} has no name that can be written; give one in Latin letters.",
            code="missing_value",
            path=field,
        )
    return name


def text_of(text: str, *, field: str, limit: int) -> str:
    """``text`` transliterated. Raises FormatError ``value_too_long``: nothing of it is cut."""
    plain = transliterated(text)
    if len(plain) > limit:
        raise FormatError(
            f"{field} takes at most {limit} characters and {plain[:30]!r}... has {len(plain)};"
            " shorten it.",
            code="value_too_long",
            path=field,
        )
    return plain


def id_of(text: str, *, field: str, limit: int = 35) -> str:
    """``text`` if it may be an identification as it is: it must come back unchanged.

    Raises FormatError ``missing_value``, ``value_too_long`` or ``invalid_character``: such a text has
    neither a slash at an end nor two in a row (EPC130-08, section 1.4).
    """
    if not text:
        raise FormatError(f"{field} may not be empty.", code="missing_value", path=field)
    if len(text) > limit:
        raise FormatError(
            f"{field} takes at most {limit} characters and {text!r} has {len(text)}; shorten it.",
            code="value_too_long",
            path=field,
        )
    if not _ID.fullmatch(text) or "//" in text or "  " in text:
        raise FormatError(
            f"{field} {text!r} has characters that banks may change; use letters, digits and - only.",
            code="invalid_character",
            path=field,
        )
    return text
