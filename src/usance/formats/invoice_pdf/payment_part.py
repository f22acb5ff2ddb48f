"""What the receipt and the payment part of a Swiss QR-bill print beside the code.

The words are those of the guidelines (Swiss Implementation Guidelines QR-bill, annex C); they exist
in German, French, Italian and English only, so readers of other languages get the English ones.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from usance.formats.invoice_pdf.words import Language
from usance.formats.payment_codes import SwissBill, grouped

_ENGLISH: Final[dict[str, str]] = {
    "receipt": "Receipt",
    "payment_part": "Payment part",
    "account": "Account / Payable to",
    "reference": "Reference",
    "information": "Additional information",
    "payable_by": "Payable by",
    "payable_by_blank": "Payable by (name/address)",
    "currency": "Currency",
    "amount": "Amount",
    "acceptance": "Acceptance point",
    "separate": "Separate before paying in",
    "code": "Swiss QR Code",
}
_ITALIAN: Final[dict[str, str]] = {
    "receipt": "Ricevuta",
    "payment_part": "Sezione pagamento",
    "account": "Conto / Pagabile a",
    "reference": "Riferimento",
    "information": "Informazioni supplementari",
    "payable_by": "Pagabile da",
    "payable_by_blank": "Pagabile da (nome/indirizzo)",
    "currency": "Valuta",
    "amount": "Importo",
    "acceptance": "Punto di accettazione",
    "separate": "Da staccare prima del versamento",
    "code": "Swiss QR Code",
}


def payment_part(bill: SwissBill, *, language: Language, code: str) -> dict[str, Any]:
    """Texts of both parts; ``code`` is the name of the picture of the Swiss QR Code."""
    words = _ITALIAN if language == "it" else _ENGLISH
    account = [words["account"], [grouped(bill.account), *bill.creditor.lines()]]
    reference = [words["reference"], [grouped(bill.reference)]]
    information = [line for line in (bill.message, bill.bill_information) if line]
    payer = (
        [words["payable_by"], bill.debtor.lines()]
        if bill.debtor
        else [words["payable_by_blank"], []]
    )
    return {
        "words": words,
        "code": code,
        "currency": bill.currency,
        "amount": _amount(bill.amount),
        "receipt": [account, *([reference] if bill.reference else []), payer],
        "details": [
            account,
            *([reference] if bill.reference else []),
            *([[words["information"], information]] if information else []),
            payer,
        ],
        "alternatives": list(bill.alternatives),
    }


def _amount(amount: Decimal | None) -> str:
    """With a blank between thousands and a point, in every language (section 3.5.3)."""
    return "" if amount is None else f"{amount:,.2f}".replace(",", " ")
