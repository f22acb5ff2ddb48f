"""What an order to a bank must be before it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from usance.formats.errors import FormatError
from usance.formats.sepa.characters import id_of
from usance.formats.statement import is_iban
from usance.rules.debits.creditor_identifier import InvalidCreditorIdentifier, creditor_identifier
from usance.rules.invoicing.identifiers import bic

LARGEST_AMOUNT: Final = 999_999_999_99
"""Cents of one payment (EPC130-08, AT-06)."""
_PURPOSE: Final = re.compile(r"[A-Z0-9]{1,4}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


def refuse(code: str, path: str, message: str) -> FormatError:
    """The error that says why an order cannot be written."""
    return FormatError(message, code=code, path=path)


def amount_text(cents: int, *, currency: str, field: str) -> str:
    """``cents`` as a decimal. Raises FormatError ``invalid_amount`` or ``unsupported_currency``."""
    if currency != "EUR":
        raise refuse(
            "unsupported_currency", field, f"SEPA moves euro only, and this is in {currency}."
        )
    if not 1 <= cents <= LARGEST_AMOUNT:
        raise refuse(
            "invalid_amount", field, f"{cents} cents is not an amount from 0.01 to 999999999.99."
        )
    return sum_text(cents)


def sum_text(cents: int) -> str:
    """``cents`` as a decimal with two places."""
    return f"{Decimal(cents).scaleb(-2):.2f}"


def iban_text(text: str, *, field: str) -> str:
    """``text`` if it is an IBAN in capitals without spaces. Raises FormatError ``invalid_iban``."""
    if not is_iban(text):
        raise refuse("invalid_iban", field, f"{text!r} is no IBAN; check it with its owner.")
    return text


def bic_text(text: str | None, *, field: str) -> str | None:
    """``text`` if it is a BIC, None if there is none. Raises FormatError ``invalid_bic``."""
    if text is not None and bic(text) != text:
        raise refuse("invalid_bic", field, f"{text!r} is no BIC (ISO 9362).")
    return text


def creditor_identifier_text(text: str, *, field: str) -> str:
    """``text`` if it is a creditor identifier. Raises FormatError ``invalid_creditor_identifier``."""
    try:
        known = creditor_identifier(text)
    except InvalidCreditorIdentifier as error:
        raise refuse(error.code, field, str(error)) from None
    if known != text:
        raise refuse(
            "invalid_creditor_identifier", field, f"Write {text!r} in capitals without spaces."
        )
    return text


def purpose_text(text: str | None, *, field: str) -> str | None:
    """``text`` if it is a purpose code. Raises FormatError ``invalid_purpose``."""
    if text is not None and not _PURPOSE.fullmatch(text):
        raise refuse("invalid_purpose", field, f"{text!r} is no purpose code such as SUPP.")
    return text


def country_text(text: str | None, *, field: str) -> str | None:
    """``text`` if it is two capitals. Raises FormatError ``invalid_country``."""
    if text is not None and not _COUNTRY.fullmatch(text):
        raise refuse("invalid_country", field, f"{text!r} is no country of ISO 3166-1.")
    return text


def each_once(ids: Iterable[str], *, field: str) -> None:
    """Raise FormatError ``duplicate_id`` where one of ``ids`` stands twice."""
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise refuse("duplicate_id", field, f"{one!r} is the id of two groups.")
        seen.add(id_of(one, field=field))
