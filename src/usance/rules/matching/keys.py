"""The keys of an item as they are compared, and what their check digits say."""

from __future__ import annotations

import re
from typing import Final

_NEITHER: Final = re.compile(r"[^0-9A-Z]+")
_NO_DIGIT: Final = re.compile(r"[^0-9]+")
_CREDITOR_REFERENCE: Final = re.compile(r"RF[0-9]{2}[0-9A-Z]{1,21}")
_CARRY: Final = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)
LONGEST_KEY: Final = 40
"""No document is numbered longer than this."""


def comparable(text: str) -> str:
    """``text`` in capitals without blanks and punctuation; a mere number without leading zeros."""
    bare = text if text.isascii() and text.isalnum() else _NEITHER.sub("", text.upper())
    if bare.isdigit():
        return bare.lstrip("0") or bare
    return bare.upper()


def digits_of(text: str) -> str:
    """Only the digits of ``text``."""
    return text if text.isdigit() else _NO_DIGIT.sub("", text)


def is_creditor_reference(text: str) -> bool:
    """Whether ``text`` (comparable) is an ISO 11649 reference: ISO/IEC 7064 MOD 97-10 over it."""
    if not _CREDITOR_REFERENCE.fullmatch(text):
        return False
    moved = text[4:] + text[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1


def is_qr_reference(text: str) -> bool:
    """Whether ``text`` is a Swiss QR reference: up to 27 digits, the last by modulo 10, recursive.

    Source: Swiss Implementation Guidelines QR-bill, annex B. Leading zeros may be missing, as they
    are in comparable keys.
    """
    if not (text.isdigit() and 12 <= len(text) <= 27):
        return False
    carry = 0
    for digit in text[:-1]:
        carry = _CARRY[(carry + int(digit)) % 10]
    return (10 - carry) % 10 == int(text[-1])


def spellings(text: str) -> tuple[str, ...]:
    """Every comparable form under which a number, whole and unspoilt, is looked up.

    The number itself; what a valid creditor reference carries; for a number with letters, its digits
    alone, if there are enough of them to tell it from others.
    """
    whole = comparable(text)
    if whole.isdigit():
        return (whole,)
    forms = [whole]
    if whole.startswith("RF") and is_creditor_reference(whole):
        forms.append(comparable(whole[4:]))
    digits = digits_of(whole)
    if digits != whole and len(digits) >= 6:
        forms.append(digits.lstrip("0"))
    return tuple(dict.fromkeys(form for form in forms if form))
