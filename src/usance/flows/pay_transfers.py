"""How the invoices that somebody chose to pay are paid by transfer: account, reference, and the code
that a banking app scans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from usance.formats.errors import FormatError
from usance.formats.invoice_pdf.payment_box import chosen_code
from usance.formats.payment_codes import SwissBill, grouped, is_qr_iban, qr_modules, svg
from usance.records.invoices.models import Invoice
from usance.records.parties.models import SellerBankAccount
from usance.rules.invoicing.document import CreditTransfer, InvoiceDocument
from usance.rules.invoicing.serial import UnreadableDocument, from_json
from usance.rules.money import exponent

LONGEST_REFERENCE: Final = 140
"""Characters that a SEPA transfer carries (EPC069-12; SEPA rulebooks, AT-T009)."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a payer types, or scans: ``code`` is an SVG image, empty where no app would read one."""

    account: str
    holder: str
    bic: str
    reference: str
    amount: int
    currency: str
    code: str


def transfer_for(chosen: Sequence[tuple[Invoice, int]]) -> Transfer | None:
    """How ``chosen`` (invoice, minor units) of one currency are paid by one transfer; None where the
    invoices name no account."""
    for invoice, _ in chosen:
        document = _document(invoice)
        account = _account(document) if document is not None else None
        if document is not None and account is not None:
            if len(chosen) > 1:
                account = _for_several(invoice, account)
            return _transfer(chosen, document, account)
    return None


def _for_several(invoice: Invoice, account: CreditTransfer) -> CreditTransfer:
    """A QR-IBAN takes the reference of one invoice only (Swiss Implementation Guidelines QR-bill, 4.2.2):
    several are paid to the ordinary number of the same account."""
    if not is_qr_iban(account.account):
        return account
    ordinary = SellerBankAccount.objects.filter(
        seller_id=invoice.seller_id, qr_iban=account.account
    ).first()
    return replace(account, account=ordinary.iban) if ordinary else account


def _document(invoice: Invoice) -> InvoiceDocument | None:
    try:
        return from_json(invoice.document) if invoice.document else None
    except UnreadableDocument:
        return None


def _account(document: InvoiceDocument) -> CreditTransfer | None:
    transfers = document.payment.transfers if document.payment else ()
    return transfers[0] if transfers else None


def _transfer(
    chosen: Sequence[tuple[Invoice, int]], document: InvoiceDocument, account: CreditTransfer
) -> Transfer:
    currency = chosen[0][0].currency
    amount = sum(share for _, share in chosen)
    reference = _reference(chosen, document)
    assert document.payment is not None
    major = Decimal(amount).scaleb(-exponent(currency))
    asked = replace(
        document,
        totals=replace(document.totals, payable=major),
        payment=replace(
            document.payment,
            remittance=reference,
            transfers=(account, *document.payment.transfers[1:]),
        ),
    )
    return Transfer(
        account=grouped(account.account),
        holder=account.name or (document.payee or document.seller).name,
        bic=account.service_provider,
        reference=reference,
        amount=amount,
        currency=currency,
        code=_image(asked),
    )


def _reference(chosen: Sequence[tuple[Invoice, int]], document: InvoiceDocument) -> str:
    """What the invoice asks to be quoted where it is one; the numbers where they are several."""
    if len(chosen) == 1:
        asked = document.payment.remittance if document.payment else ""
        return asked or chosen[0][0].number
    numbers: list[str] = []
    for invoice, _ in chosen:
        if len(" ".join([*numbers, invoice.number])) > LONGEST_REFERENCE:
            break
        numbers.append(invoice.number)
    return " ".join(numbers)


def _image(document: InvoiceDocument) -> str:
    try:
        code = chosen_code(document, wanted="auto")
        if code is None:
            return ""
        return svg(
            qr_modules(code.payload()), quiet_zone=4, swiss_cross=isinstance(code, SwissBill)
        )
    except FormatError:
        return ""
