"""A PaymentRemittanceRequest of cXML as a remittance advice, read leniently.

Source: cXML Reference Guide, chapter on payment remittance (PaymentRemittanceRequestHeader,
PaymentRemittanceSummary, RemittanceDetail).
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from usance.formats.cxml.reading import without_doctype
from usance.formats.cxml.reading_values import day_of, whole_text
from usance.formats.einvoice.parsing import attribute, child, children, line_of, parse_xml, path_of
from usance.formats.errors import FormatError, refuse_too_large
from usance.formats.remittance import (
    AdvisedDocument,
    Deduction,
    DocumentKind,
    Method,
    RemittanceAdvice,
    checked,
    kept_text,
    minor_units,
    once,
)
from usance.rules.money import EXPONENTS

_METHODS: Final[dict[str, Method]] = {
    "ach": "ach",
    "wire": "wire",
    "creditTransfer": "transfer",
    "check": "cheque",
    "cash": "other",
    "pcard": "card",
    "creditCard": "card",
}


def advice(data: bytes) -> RemittanceAdvice:
    """The advice that ``data`` is.

    Raises FormatError ``not_an_advice`` for another cXML document, ``missing_currency``,
    ``unknown_currency``, ``invalid_amount``, ``invalid_date``, and what parsing raises.
    """
    refuse_too_large(data)
    root = parse_xml(without_doctype(data))
    request = child(root, "Request", "PaymentRemittanceRequest")
    head = child(request, "PaymentRemittanceRequestHeader")
    if root.tag != "cXML" or request is None or head is None:
        kind = next((str(e.tag)[:40] for e in children(root, "Request", "*")), str(root.tag)[:40])
        raise FormatError(
            f"This is no PaymentRemittanceRequest of cXML but {kind}; ask its sender for the advice.",
            code="not_an_advice",
        )
    currency = _currency(request)
    summary = child(request, "PaymentRemittanceSummary")
    payer, payer_ids = _partner(head, "payer", "originatingBank")
    payee, payee_ids = _partner(head, "payee", "receivingBank")
    number = kept_text(attribute(head, "paymentRemittanceID"))
    reference = kept_text(attribute(head, "paymentReferenceNumber"))
    method = _METHODS.get(attribute(child(head, "PaymentMethod"), "type"), "other")
    return checked(
        RemittanceAdvice(
            format="cxml",
            number=number,
            payer_name=payer,
            payer_ids=payer_ids,
            payee_name=payee,
            payee_ids=payee_ids,
            reference=reference or number,
            cheque_number=reference if method == "cheque" else "",
            further_references=once((reference, number)),
            paid_on=day_of(head, "paymentDate"),
            amount=_money(summary, "NetAmount", currency),
            currency=currency,
            method=method,
            lines=tuple(_line(one, currency) for one in children(request, "RemittanceDetail")),
        )
    )


def _line(detail: etree._Element, currency: str) -> AdvisedDocument:
    info = child(detail, "PayableInfo", "PayableInvoiceInfo")
    named = child(info, "InvoiceReference")
    if named is None:
        named = child(info, "InvoiceIDInfo")
    order = child(info, "PayableOrderInfo")
    if order is None:
        order = child(detail, "PayableInfo", "PayableOrderInfo")
    order_id = kept_text(
        attribute(child(order, "OrderReference"), "orderID")
        or attribute(child(order, "OrderIDInfo"), "orderID")
    )
    invoice = kept_text(attribute(named, "invoiceID"))
    paid = _money(detail, "NetAmount", currency)
    adjustment = _money(detail, "AdjustmentAmount", currency)
    kind: DocumentKind = "invoice" if invoice else "order"
    if paid is not None and paid < 0:
        kind = "credit_note"
    return AdvisedDocument(
        number=invoice or order_id or kept_text(attribute(detail, "referenceDocumentNumber")),
        kind=kind,
        dated=day_of(named, "invoiceDate"),
        order_number=order_id,
        gross=_money(detail, "GrossAmount", currency),
        discount=abs(_money(detail, "DiscountAmount", currency) or 0),
        deductions=_deductions(detail, adjustment),
        paid=paid,
    )


def _deductions(detail: etree._Element, adjustment: int | None) -> tuple[Deduction, ...]:
    if not adjustment:
        return ()
    stated = child(detail, "AdjustmentAmount")
    reason = kept_text(
        whole_text(child(stated, "Description")) or whole_text(child(detail, "Comments"))
    )
    code = kept_text(attribute(stated, "type"))
    return (Deduction(amount=abs(adjustment), code=code, reason=reason),)


def _partner(head: etree._Element, *roles: str) -> tuple[str, tuple[str, ...]]:
    for role in roles:
        for partner in children(head, "PaymentPartner"):
            contact = child(partner, "Contact")
            if attribute(contact, "role") == role:
                ids = (
                    kept_text(attribute(one, "identifier"))
                    for one in children(partner, "IdReference")
                )
                return kept_text(whole_text(child(contact, "Name"))), once(ids)
    return "", ()


def _currency(request: etree._Element) -> str:
    for money in request.iter("Money"):
        code = attribute(money, "currency")
        if code:
            if code not in EXPONENTS:
                raise FormatError(
                    f"{code[:10]!r} is not an ISO 4217 currency in use; ask the payer for a corrected"
                    " advice.",
                    code="unknown_currency",
                    line=line_of(money),
                    path=path_of(money),
                )
            return code
    raise FormatError(
        "The advice has no amount in a currency; ask the payer for a complete one.",
        code="missing_currency",
        path="cXML/Request/PaymentRemittanceRequest",
    )


def _money(parent: etree._Element | None, name: str, currency: str) -> int | None:
    found = child(parent, name, "Money")
    stated = "" if found is None else (found.text or "").strip()
    if found is None or not stated:
        return None
    if attribute(found, "currency") not in ("", currency):
        raise FormatError(
            f"This amount is in {attribute(found, 'currency')[:10]} and the advice in {currency}; ask"
            " the payer for an advice in one currency.",
            code="currency_mismatch",
            line=line_of(found),
            path=path_of(found),
        )
    return minor_units(stated, currency=currency, line=line_of(found), path=path_of(found))
