"""Reading the literals of the language: numbers and texts as CEL writes them.

Source: the CEL language definition (github.com/google/cel-spec, doc/langdef.md, "Syntax" and "String and
bytes values"), narrowed to what a credit policy needs.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

LARGEST_NUMBER: Final = 2**63 - 1
"""CEL's largest whole number; no literal is larger, before or after it is put in minor units."""

MOST_DECIMALS: Final = 18


class UnreadableLiteral(ValueError):
    """The literal is not part of the language; ``offset`` is where in it, from 0."""

    def __init__(self, message: str, *, hint: str = "", offset: int = 0) -> None:
        super().__init__(message)
        self.message, self.hint, self.offset = message, hint, offset


def read_number(written: str) -> int | Decimal:
    """The number that ``written`` stands for: whole, hexadecimal or with decimals; exact.

    Raises UnreadableLiteral for exponents, unsigned suffixes, and numbers beyond 64 bits.
    """
    if written[:2] in ("0x", "0X"):
        digits = written[2:]
        if digits[-1] in "uU":
            raise UnreadableLiteral(f"{written} has a suffix", hint="leave the 'u' out")
        value = int(digits, 16) if len(digits.lstrip("0")) <= 16 else LARGEST_NUMBER + 1
        return _within(written, value)
    if written[-1] in "uU":
        raise UnreadableLiteral(f"{written} has a suffix", hint="leave the 'u' out")
    if "e" in written.lower():
        raise UnreadableLiteral(f"{written} has an exponent", hint="write the number out in full")
    whole, point, decimals = written.partition(".")
    if len(whole.lstrip("0")) > 19:
        raise _too_large(written)
    if not point:
        return _within(written, int(whole))
    if len(decimals) > MOST_DECIMALS:
        raise UnreadableLiteral(
            f"{written} has more than {MOST_DECIMALS} decimals", hint="write fewer decimals"
        )
    _within(written, int(whole or "0"))
    return Decimal(f"{whole or '0'}.{decimals}")


def _within(written: str, value: int) -> int:
    if value > LARGEST_NUMBER:
        raise _too_large(written)
    return value


def _too_large(written: str) -> UnreadableLiteral:
    shown = written if len(written) <= 24 else f"{written[:20]}..."
    return UnreadableLiteral(
        f"{shown} is beyond the largest number", hint=f"the largest is {LARGEST_NUMBER}"
    )


_SIMPLE: Final = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "?": "?", '"': '"', "'": "'", "`": "`",
}  # fmt: skip

_ESCAPE: Final = re.compile(
    r"\\(?:(?P<simple>[abfnrtv\\?\"'`])|[xX](?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})"
    r"|U(?P<U>[0-9a-fA-F]{8})|(?P<octal>[0-3][0-7]{2}))|\\",
    re.DOTALL,
)


def read_text(written: str) -> str:
    """The text between the quotes of ``written``, its escapes replaced; r'...' keeps them.

    Raises UnreadableLiteral for an escape that CEL does not know, or that is no character.
    """
    raw = written[0] in "rR"
    text = written[2:-1] if raw else _ESCAPE.sub(_character, written[:-1])[1:]
    for offset, character in enumerate(text):
        if "\ud800" <= character <= "\udfff":
            raise UnreadableLiteral("half of a surrogate pair is no character", offset=offset)
    return text


def _character(found: re.Match[str]) -> str:
    if simple := found["simple"]:
        return _SIMPLE[simple]
    digits = found["x"] or found["u"] or found["U"]
    if digits is None and found["octal"] is None:
        raise UnreadableLiteral(
            "this escape is unknown",
            hint=r"write \\ for a backslash, or put r before the text",
            offset=found.start(),
        )
    code = int(digits, 16) if digits else int(found["octal"], 8)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise UnreadableLiteral(f"{found[0]} is not a character of Unicode", offset=found.start())
    return chr(code)
