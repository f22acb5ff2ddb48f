"""The account a payment code sends money to, checked before anything is printed."""

from __future__ import annotations

import re

from stdnum import iban

from usance.formats.errors import FormatError


def checked_iban(text: str) -> str:
    """``text`` as a compact IBAN. Raises FormatError ``invalid_iban`` (ISO 13616: length, digits)."""
    compact = re.sub(r"\s", "", text).upper()
    if not iban.is_valid(compact, check_country=False):
        raise FormatError(
            f"{text!r} is not an IBAN: its length or its check digits are wrong. Correct the account"
            " of the payment instructions.",
            code="invalid_iban",
        )
    return compact


def is_iban(text: str) -> bool:
    """Whether ``text`` is an IBAN, with or without spaces."""
    return bool(iban.is_valid(re.sub(r"\s", "", text), check_country=False))


def is_swiss(account: str) -> bool:
    """Whether a compact IBAN is of Switzerland or Liechtenstein, the area of the QR-bill."""
    return account[:2] in ("CH", "LI")


def is_qr_iban(account: str) -> bool:
    """Whether a compact Swiss IBAN is a QR-IBAN: its institution (QR-IID) is 30000 to 31999."""
    return is_swiss(account) and account[4:9].isdigit() and 30000 <= int(account[4:9]) <= 31999
