"""What a payer is asked to quote with a payment, and how the invoice is found again from a bank line.

ISO 11649:2009 (creditor reference) and the QR reference of the Swiss Implementation Guidelines QR-bill,
section 4.2 and annex B. Both are made of the invoice's number alone, so that nothing has to be remembered to
read them back.
"""

from __future__ import annotations

import re
from typing import Final

from stdnum import iso11649
from stdnum.ch import esr
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

from usance.rules.billing import reference_key

LONGEST_OWN_PART: Final = 21
"""Characters of an ISO 11649 reference after ``RF`` and its two check digits."""
QR_DIGITS: Final = 27
"""Digits of a QR reference, the last of them its check digit."""


class NoReference(ValueError):
    """The number cannot be in a reference of this kind; ask for the number itself."""

    code = "invalid_reference"


def creditor_reference(number: str) -> str:
    """The ISO 11649 creditor reference of an invoice number: ``2026-0042`` is ``RF8820260042``.

    Only letters and digits count, in capitals: numbers that differ in punctuation alone have the same
    reference. Raises NoReference if nothing or more than 21 characters remain.
    """
    own = reference_key(number)
    if not 1 <= len(own) <= LONGEST_OWN_PART:
        raise NoReference(
            f"{number!r} has {len(own)} letters and digits; a creditor reference holds 1 to"
            f" {LONGEST_OWN_PART} (ISO 11649). Use a shorter number."
        )
    return f"RF{mod_97_10.calc_check_digits(own + 'RF')}{own}"


def is_creditor_reference(text: str) -> bool:
    """Whether ``text``, without spaces, is an ISO 11649 reference whose check digits are right."""
    compact = re.sub(r"\s", "", text)
    return compact[4:].isalnum() and compact.isascii() and bool(iso11649.is_valid(compact))


def qr_reference(number: str) -> str:
    """The 27 digits of a Swiss QR reference whose own part is the digits of ``number``.

    Zeros fill it from the left; the last digit is the check digit (modulo 10, recursive).
    ``INV-2026-000123`` is ``000000000000000020260001237``. No two invoices of a seller have the same
    one: a number ends in the year and at least six digits of its place in the year's only series of
    invoices, and that series keeps its prefix (``billing.document_number``). Raises NoReference if
    ``number`` has no digit, another than zero, or more than 26.
    """
    own = re.sub(r"[^0-9]", "", number)
    if not 1 <= len(own) < QR_DIGITS or not own.strip("0"):
        raise NoReference(
            f"{number!r} has {len(own)} digits; a QR reference needs 1 to {QR_DIGITS - 1}, not all of"
            " them zero."
        )
    padded = own.zfill(QR_DIGITS - 1)
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


def payment_reference(number: str, *, to_qr_iban: bool = False) -> str:
    """What the payer of the invoice ``number`` is asked to quote: a QR reference where the account is
    a QR-IBAN, which takes nothing else; else a creditor reference, or the number where it is too long
    for one."""
    try:
        return qr_reference(number) if to_qr_iban else creditor_reference(number)
    except NoReference:
        return number


def reference_keys(*, number: str, payment_reference: str = "") -> frozenset[str]:
    """Every key by which a bank line names the invoice: its number and what its payer was asked to
    quote, each as :func:`key_in` reads it from a line."""
    return frozenset(key for key in (reference_key(number), key_in(payment_reference)) if key)


def key_in(text: str) -> str:
    """The key that a reference on a bank line stands for; empty if ``text`` has no letter or digit.

    Of a creditor reference with right check digits its own part, which is the number's key; of a QR
    reference all 27 digits, since leading zeros and the check digit tell it from a number; of anything
    else its letters and digits.
    """
    key = reference_key(text)
    return key[4:] if key.startswith("RF") and is_creditor_reference(key) else key
