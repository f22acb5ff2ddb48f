"""References that a payer quotes and a machine can check: ISO 11649 and the Swiss QR reference."""

from __future__ import annotations

import re

from stdnum import iso11649
from stdnum.ch import esr
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

from usance.formats.errors import FormatError

LONGEST_OWN_PART = 21
"""Characters of an ISO 11649 reference after ``RF`` and its two check digits."""


def creditor_reference(number: str) -> str:
    """The ISO 11649 creditor reference of an invoice number: ``2026-0042`` is ``RF8820260042``.

    Only letters and digits count, in capitals: numbers that differ in punctuation alone have the same
    reference. Raises FormatError ``invalid_reference`` if nothing or more than 21 characters remain.
    """
    own = re.sub(r"[^0-9A-Z]", "", number.upper())
    if not 1 <= len(own) <= LONGEST_OWN_PART:
        raise FormatError(
            f"{number!r} has {len(own)} letters and digits; a creditor reference holds 1 to"
            f" {LONGEST_OWN_PART} (ISO 11649). Use a shorter number.",
            code="invalid_reference",
        )
    return f"RF{mod_97_10.calc_check_digits(own + 'RF')}{own}"


def is_creditor_reference(text: str) -> bool:
    """Whether ``text``, without spaces, is an ISO 11649 reference whose check digits are right."""
    compact = re.sub(r"\s", "", text)
    return compact[4:].isalnum() and compact.isascii() and bool(iso11649.is_valid(compact))


def qr_reference(number: str) -> str:
    """The 27 digits of a Swiss QR reference whose own part is the digits of ``number``.

    Zeros fill it from the left; the last digit is the check digit (modulo 10, recursive). Raises
    FormatError ``invalid_reference`` if ``number`` has no digit, another than zero, or more than 26.
    """
    own = re.sub(r"[^0-9]", "", number)
    if not 1 <= len(own) <= 26 or not own.strip("0"):
        raise FormatError(
            f"{number!r} has {len(own)} digits; a QR reference needs 1 to 26, not all of them zero.",
            code="invalid_reference",
        )
    padded = own.zfill(26)
    return padded + str(esr.calc_check_digit(padded))


def is_qr_reference(text: str) -> bool:
    """Whether ``text``, without spaces, is a Swiss QR reference of 27 digits, rightly checked."""
    compact = re.sub(r"\s", "", text)
    if not re.fullmatch(r"[0-9]{27}", compact) or not compact.strip("0"):
        return False
    try:
        esr.validate(compact)
    except ValidationError:
        return False
    return True


def grouped(text: str) -> str:
    """An IBAN or a reference as it is printed: groups of four, a QR reference in its fives."""
    compact = re.sub(r"\s", "", text)
    if is_qr_reference(compact):
        return " ".join([compact[:2], *(compact[i : i + 5] for i in range(2, 27, 5))])
    return " ".join(compact[i : i + 4] for i in range(0, len(compact), 4))
