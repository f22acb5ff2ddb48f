"""The Swiss QR-bill's data (Swiss Implementation Guidelines QR-bill, versions 2.3 and 2.4).

Addresses are structured (type S), the only kind that banks accept since November 2025.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from usance.formats.errors import FormatError
from usance.formats.payment_codes.account import checked_iban, is_qr_iban, is_swiss
from usance.formats.payment_codes.reference import is_creditor_reference, is_qr_reference

LARGEST_AMOUNT: Final = Decimal("999999999.99")
LARGEST_PAYLOAD: Final = 997
"""Characters (section 4.2.2)."""

# Section 4.1.1: Basic Latin, Latin-1 and Latin Extended-A, the Romanian letters, the euro sign.
_FOREIGN: Final = re.compile("[^\x20-\x7e\u00a0-\u017f\u0218-\u021b\u20ac]")

ReferenceType = Literal["QRR", "SCOR", "NON"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwissAddress:
    """Who is paid, or who pays: a structured address (type S)."""

    name: str
    street: str = ""
    building: str = ""
    post_code: str
    town: str
    country: str

    def elements(self) -> list[str]:
        """The seven elements of the payload. Raises FormatError like :meth:`SwissBill.payload`."""
        return [
            "S",
            _element("name", self.name, limit=70, required=True),
            _element("street", self.street, limit=70),
            _element("building number", self.building, limit=16),
            _element("postal code", self.post_code, limit=16, required=True),
            _element("town", self.town, limit=35, required=True),
            _element("country", self.country, limit=2, required=True),
        ]

    def lines(self) -> list[str]:
        """As printed: name, street, place; the country stands before the place when abroad."""
        street = f"{self.street} {self.building}".strip()
        abroad = "" if self.country in ("CH", "LI") else f"{self.country}-"
        return [
            part for part in (self.name, street, f"{abroad}{self.post_code} {self.town}") if part
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwissBill:
    """A payment part: what its QR code says and what stands beside it."""

    account: str
    """IBAN or QR-IBAN of Switzerland or Liechtenstein."""
    creditor: SwissAddress
    currency: str
    amount: Decimal | None = None
    """0.01 to 999,999,999.99; None leaves a box to be filled in."""
    debtor: SwissAddress | None = None
    reference: str = ""
    """A QR reference with a QR-IBAN, else an ISO 11649 reference or nothing."""
    message: str = ""
    bill_information: str = ""
    alternatives: tuple[str, ...] = ()

    @property
    def reference_type(self) -> ReferenceType:
        """QRR with a QR-IBAN, SCOR with a creditor reference, else NON."""
        if is_qr_iban(re.sub(r"\s", "", self.account)):
            return "QRR"
        return "SCOR" if self.reference else "NON"

    def payload(self) -> str:
        """The text of the Swiss QR Code: 31 elements or more, one a line.

        Raises FormatError: ``invalid_iban``, ``invalid_currency``, ``invalid_amount``,
        ``invalid_reference``, ``value_too_long``, ``invalid_text``, ``missing_value``.
        """
        account = checked_iban(self.account)
        reference = re.sub(r"\s", "", self.reference)
        self._check(account, reference)
        message = _element("message", self.message, limit=140)
        information = _element("bill information", self.bill_information, limit=140)
        if len(message) + len(information) > 140:
            raise FormatError(
                "Message and bill information of a QR-bill have 140 characters together; shorten one.",
                code="value_too_long",
            )
        elements = [
            "SPC",
            "0200",
            "1",  # UTF-8
            account,
            *self.creditor.elements(),
            *([""] * 7),  # the ultimate creditor, "for future use": must stay empty
            "" if self.amount is None else f"{self.amount:.2f}",
            self.currency,
            *(self.debtor.elements() if self.debtor else [""] * 7),
            self.reference_type,
            reference,
            message,
            "EPD",
            *([information] if information or self.alternatives else []),
            *(_element("alternative procedure", text, limit=100) for text in self.alternatives),
        ]
        payload = "\n".join(elements)
        if len(payload) > LARGEST_PAYLOAD:
            raise FormatError(
                f"The QR-bill would have {len(payload)} characters, of {LARGEST_PAYLOAD} allowed.",
                code="value_too_long",
            )
        return payload

    def _check(self, account: str, reference: str) -> None:
        if not is_swiss(account):
            raise FormatError(
                f"A QR-bill needs an account in Switzerland or Liechtenstein, not in {account[:2]}.",
                code="invalid_iban",
            )
        if self.currency not in ("CHF", "EUR"):
            raise FormatError(
                f"A QR-bill is in CHF or EUR, not in {self.currency}.", code="invalid_currency"
            )
        if self.amount is not None and not (
            Decimal("0.01") <= self.amount <= LARGEST_AMOUNT
            and self.amount == self.amount.quantize(Decimal("0.01"))
        ):
            raise FormatError(
                f"{self.currency} {self.amount} cannot be on a QR-bill: 0.01 to {LARGEST_AMOUNT}.",
                code="invalid_amount",
            )
        if len(self.alternatives) > 2:
            raise FormatError(
                "A QR-bill has two alternative procedures at most.", code="value_too_long"
            )
        self._check_reference(account, reference)

    def _check_reference(self, account: str, reference: str) -> None:
        if is_qr_iban(account):
            if not is_qr_reference(reference):
                raise FormatError(
                    f"A QR-IBAN needs a QR reference of 27 digits, not {self.reference!r}; make one"
                    " with qr_reference().",
                    code="invalid_reference",
                )
            if self.currency == "EUR":
                # Euro bills are paid by SEPA, which knows neither QR-IBAN nor QR reference (IG 2.4).
                raise FormatError(
                    "A QR-bill in EUR needs the ordinary IBAN of the account, not its QR-IBAN.",
                    code="invalid_iban",
                )
        elif reference and not is_creditor_reference(reference):
            raise FormatError(
                f"With an IBAN the reference is an ISO 11649 creditor reference, not"
                f" {self.reference!r}; make one with creditor_reference().",
                code="invalid_reference",
            )


def _element(what: str, value: str, *, limit: int, required: bool = False) -> str:
    text = " ".join(value.split())
    if required and not text:
        raise FormatError(f"A QR-bill's address needs its {what}.", code="missing_value")
    if len(text) > limit:
        raise FormatError(
            f"The {what} {text!r} of a QR-bill has {len(text)} characters, of {limit} allowed.",
            code="value_too_long",
        )
    if foreign := _FOREIGN.search(text):
        raise FormatError(
            f"The {what} {text!r} of a QR-bill has {foreign[0]!r} (U+{ord(foreign[0]):04X}), which is"
            " not among its characters; write it in Latin letters.",
            code="invalid_text",
        )
    return text
