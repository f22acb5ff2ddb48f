"""How and when to pay: terms in words, instalments, accounts, and the code to scan."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final, Literal, TypeVar

from usance.formats.errors import FormatError
from usance.formats.invoice_pdf.wording import Wording
from usance.formats.payment_codes import (
    EpcTransfer,
    SwissAddress,
    SwissBill,
    grouped,
    is_creditor_reference,
    is_iban,
    is_qr_iban,
    is_qr_reference,
    is_swiss,
)
from usance.rules.invoicing.document import Address, InvoiceDocument, Party

PaymentCode = Literal["auto", "epc", "swiss", "none"]
"""``auto``: a QR-bill where the account is Swiss, an EPC code for other euro accounts, else none."""

Code = TypeVar("Code", EpcTransfer, SwissBill)

_DIRECT_DEBIT: Final = frozenset({"49", "59"})


def payment_box(document: InvoiceDocument, *, wording: Wording) -> dict[str, Any]:
    """Sentences, the instalments and the accounts of the payment box."""
    return {
        "heading": wording.say("payment"),
        "terms": _terms(document, wording=wording),
        "schedule": _schedule(document, wording=wording),
        "accounts": _accounts(document, wording=wording),
        "scan": wording.say("scan_to_pay"),
        "see_part": wording.say("see_payment_part"),
    }


def epc_transfer(document: InvoiceDocument) -> EpcTransfer:
    """The credit transfer that pays ``document``. Raises FormatError where none can."""
    if document.currency != "EUR":
        raise FormatError(
            f"An EPC code pays euro, not {document.currency}; choose another code or none.",
            code="invalid_currency",
        )
    account, name, bic = _account(document)
    reference = _remittance(document)
    structured = is_creditor_reference(reference)
    return EpcTransfer(
        name=name[:70],
        iban=account,
        bic=bic,
        amount=document.totals.payable,
        reference=reference if structured else "",
        text="" if structured else reference[:140],
    )


def swiss_bill(document: InvoiceDocument) -> SwissBill:
    """The payment part that pays ``document``. Raises FormatError where none can.

    A buyer whose address a QR-bill cannot hold (other scripts, no town) is left to be filled in.
    """
    account, name, _ = _account(document)
    payee = document.payee or document.seller
    reference = _remittance(document)
    structured = is_creditor_reference(reference) or is_qr_reference(reference)
    debtor: SwissAddress | None = _swiss_address(document.buyer, name=document.buyer.name)
    try:
        if debtor:
            debtor.elements()
    except FormatError:
        debtor = None
    creditor = _swiss_address(payee, name=name) or _swiss_address(document.seller, name=name)
    if creditor is None:
        raise FormatError("A QR-bill needs the address of who is paid.", code="missing_value")
    return SwissBill(
        account=account,
        creditor=creditor,
        currency=document.currency,
        amount=document.totals.payable,
        debtor=debtor,
        reference=reference if structured else "",
        message=document.number if structured else reference[:140],
    )


def chosen_code(
    document: InvoiceDocument, *, wanted: PaymentCode
) -> EpcTransfer | SwissBill | None:
    """The payment code to print, checked; None for credits, nothing due, debits and ``none``.

    ``auto`` prints none where the document lacks what a code needs; a code that was asked for by
    name raises FormatError instead.
    """
    debited = document.payment is not None and document.payment.code in _DIRECT_DEBIT
    if wanted == "none" or document.is_credit or document.totals.payable <= 0 or debited:
        return None
    if wanted == "epc":
        return _checked(epc_transfer(document))
    if wanted == "swiss":
        return _checked(swiss_bill(document))
    try:
        account, _, _ = _account(document)
        if is_swiss(account) and document.currency in ("CHF", "EUR"):
            return _checked(swiss_bill(document))
        return _checked(epc_transfer(document)) if document.currency == "EUR" else None
    except FormatError:
        return None


def _checked(code: Code) -> Code:
    code.payload()
    return code


def _account(document: InvoiceDocument) -> tuple[str, str, str]:
    """IBAN, name and BIC of the first account that has an IBAN."""
    transfers = document.payment.transfers if document.payment else ()
    payee = document.payee or document.seller
    qr = is_qr_reference(_remittance(document))
    found = [
        (re.sub(r"\s", "", one.account).upper(), one.name or payee.name, one.service_provider)
        for one in transfers
        if is_iban(one.account)
    ]
    # A QR reference goes to a QR-IBAN, any other to an ordinary one, where there is a choice.
    for account in sorted(found, key=lambda one: is_qr_iban(one[0]) != qr):
        return account
    raise FormatError(
        "A payment code needs an account with an IBAN among the payment instructions; add one.",
        code="missing_value",
    )


def _remittance(document: InvoiceDocument) -> str:
    quoted = document.payment.remittance if document.payment else ""
    return " ".join((quoted or document.number).split())


def _swiss_address(party: Party, *, name: str) -> SwissAddress | None:
    address: Address | None = party.address
    if address is None:
        return None
    street, building = address.line_1, ""
    if found := re.fullmatch(r"(.*\D)\s+(\d+\s?[A-Za-z]?)", address.line_1):
        street, building = found[1].rstrip(" ,"), found[2]
    return SwissAddress(
        name=name[:70],
        street=street,
        building=building,
        post_code=address.post_code,
        town=address.city,
        country=address.country,
    )


def _terms(document: InvoiceDocument, *, wording: Wording) -> list[str]:
    """Sentences, the most telling first."""
    say, figures = wording.say, wording.figures
    payable = document.totals.payable
    if document.is_credit:
        return [say("credit_follows"), *_own_terms(document, wording=wording)]
    if payable <= 0:
        return [say("nothing_due"), *_own_terms(document, wording=wording)]
    found = []
    debit = document.payment.direct_debit if document.payment else None
    if debit and document.due_on:
        found.append(
            say(
                "will_debit",
                amount=figures.money(payable),
                account=grouped(debit.account),
                date=figures.long_day(document.due_on),
                mandate=debit.mandate,
            )
        )
    elif document.due_on and not document.instalments:
        found.append(
            say("pay_by", amount=figures.money(payable), date=figures.long_day(document.due_on))
        )
    for tier in document.early_discounts:
        found.append(
            say(
                "pay_early",
                amount=figures.money(payable - tier.amount),
                date=figures.long_day(tier.until),
                discount=figures.money(tier.amount),
                percent=figures.percent(tier.percent),
            )
        )
    card = document.payment.card if document.payment else None
    if card:
        found.append(say("paid_by_card", account=card.account))
    return [*found, *_own_terms(document, wording=wording)]


def _own_terms(document: InvoiceDocument, *, wording: Wording) -> list[str]:
    """BT-20 without the coded lines that XRechnung puts into it (``#SKONTO#TAGE=14#...``)."""
    lines = [line.strip() for line in document.payment_terms.splitlines()]
    texts = [line for line in lines if line and not line.startswith("#")]
    return [wording.say("terms", terms=texts[0]), *texts[1:]] if texts else []


def _schedule(document: InvoiceDocument, *, wording: Wording) -> dict[str, Any] | None:
    if not document.instalments:
        return None
    say, figures = wording.say, wording.figures
    return {
        "columns": [say("instalment"), say("due_on"), say("amount")],
        "rows": [
            [figures.number(Decimal(place)), figures.day(part.due_on), figures.money(part.amount)]
            for place, part in enumerate(document.instalments, 1)
        ],
    }


def _accounts(document: InvoiceDocument, *, wording: Wording) -> list[list[str]]:
    """Label and value: payee, accounts, reference. Nothing for a credit or a debit."""
    payment, say = document.payment, wording.say
    if payment is None or document.is_credit or payment.direct_debit:
        return []
    rows: list[list[str]] = []
    payee = document.payee or document.seller
    names = [transfer.name for transfer in payment.transfers if transfer.name]
    if payment.transfers:
        rows.append([say("beneficiary"), names[0] if names else payee.name])
    for transfer in payment.transfers:
        if is_iban(transfer.account):
            rows.append([say("iban"), grouped(transfer.account)])
        else:
            rows.append([say("account"), transfer.account])
        if transfer.service_provider:
            bic = re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", transfer.service_provider)
            rows.append([say("bic" if bic else "bank_code"), transfer.service_provider])
    reference = _remittance(document)
    if payment.transfers:
        checked = is_creditor_reference(reference) or is_qr_reference(reference)
        rows.append([say("reference"), grouped(reference) if checked else reference])
    return rows
