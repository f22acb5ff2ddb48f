"""References that a payer quotes and a machine can check: ISO 11649 and the Swiss QR reference."""

from __future__ import annotations

import re

from usance.formats.errors import FormatError
from usance.rules import payment_references as rules
from usance.rules.payment_references import is_creditor_reference, is_qr_reference

__all__ = [
    "creditor_reference",
    "grouped",
    "is_creditor_reference",
    "is_qr_reference",
    "qr_reference",
]


def creditor_reference(number: str) -> str:
    """As ``rules.payment_references`` makes it. Raises FormatError ``invalid_reference``."""
    try:
        return rules.creditor_reference(number)
    except rules.NoReference as error:
        raise FormatError(str(error), code=error.code) from None


def qr_reference(number: str) -> str:
    """As ``rules.payment_references`` makes it. Raises FormatError ``invalid_reference``."""
    try:
        return rules.qr_reference(number)
    except rules.NoReference as error:
        raise FormatError(str(error), code=error.code) from None


def grouped(text: str) -> str:
    """An IBAN or a reference as it is printed: groups of four, a QR reference in its fives."""
    compact = re.sub(r"\s", "", text)
    if is_qr_reference(compact):
        return " ".join([compact[:2], *(compact[i : i + 5] for i in range(2, 27, 5))])
    return " ".join(compact[i : i + 4] for i in range(0, len(compact), 4))
