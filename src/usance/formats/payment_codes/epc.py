"""The QR code of a SEPA credit transfer (EPC069-12, version 002), also known as GiroCode."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from usance.formats.errors import FormatError
from usance.formats.payment_codes.account import checked_iban
from usance.formats.payment_codes.reference import is_creditor_reference

LARGEST_PAYLOAD: Final = 331
"""Bytes: what a QR code of version 13 holds at error correction M (EPC069-12, section 4)."""

LARGEST_AMOUNT: Final = Decimal("999999999.99")

# The European Economic Area: only there may the BIC be left out (EPC069-12, version 002).
_EEA: Final = frozenset(
    (
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS",
        "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EpcTransfer:
    """A credit transfer in euro, ready to be scanned by the payer's bank."""

    name: str
    """Of the beneficiary, at most 70 characters."""
    iban: str
    amount: Decimal
    """Euro, 0.01 to 999,999,999.99."""
    bic: str = ""
    """Needed only outside the European Economic Area."""
    reference: str = ""
    """An ISO 11649 creditor reference; excludes ``text``."""
    text: str = ""
    """Unstructured remittance information, at most 140 characters."""
    purpose: str = ""
    """A code of ISO 20022's external purpose list, such as GDDS."""
    information: str = ""
    """From the beneficiary to the payer, at most 70 characters; not sent to the bank."""

    def payload(self) -> bytes:
        """The content of the code: UTF-8, one element a line, empty elements at the end left out.

        Raises FormatError: ``invalid_iban``, ``missing_bic``, ``invalid_amount``,
        ``invalid_reference``, ``value_too_long``, ``missing_value``.
        """
        account = checked_iban(self.iban)
        self._check(account)
        reference = re.sub(r"\s", "", self.reference)
        elements = [
            "BCD",
            "002",
            "1",  # UTF-8
            "SCT",
            self.bic,
            _line("name", self.name, limit=70),
            account,
            f"EUR{self.amount:.2f}",
            self.purpose,
            reference,
            _line("text", self.text, limit=140),
            _line("information", self.information, limit=70),
        ]
        while not elements[-1]:
            elements.pop()
        payload = "\n".join(elements).encode()
        if len(payload) > LARGEST_PAYLOAD:
            raise FormatError(
                f"The payment code would have {len(payload)} bytes, of {LARGEST_PAYLOAD} allowed"
                " (EPC069-12). Shorten the remittance text.",
                code="value_too_long",
            )
        return payload

    def _check(self, account: str) -> None:
        if not self.name.strip():
            raise FormatError("A payment code needs the payee's name.", code="missing_value")
        if self.bic and not re.fullmatch(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", self.bic):
            raise FormatError(
                f"{self.bic!r} is not a BIC (8 or 11 characters).", code="invalid_bic"
            )
        if not self.bic and account[:2] not in _EEA:
            raise FormatError(
                f"An account in {account[:2]} needs its BIC in the payment code: it lies outside the"
                " European Economic Area (EPC069-12). Add the bank's BIC.",
                code="missing_bic",
            )
        cents = self.amount.normalize()
        if not Decimal("0.01") <= cents <= LARGEST_AMOUNT or cents != cents.quantize(
            Decimal("0.01")
        ):
            raise FormatError(
                f"EUR {self.amount} cannot be in a payment code: EUR 0.01 to {LARGEST_AMOUNT}, in"
                " whole cents.",
                code="invalid_amount",
            )
        if self.reference and self.text:
            raise FormatError(
                "A payment code carries a reference or a text, never both; leave one out.",
                code="invalid_reference",
            )
        if self.reference and not is_creditor_reference(self.reference):
            raise FormatError(
                f"{self.reference!r} is not an ISO 11649 creditor reference; give it as text instead.",
                code="invalid_reference",
            )


def _line(what: str, value: str, *, limit: int) -> str:
    line = " ".join(value.split())
    if len(line) > limit:
        raise FormatError(
            f"The {what} of the payment code has {len(line)} characters, of {limit} allowed"
            " (EPC069-12); shorten it.",
            code="value_too_long",
        )
    return line
