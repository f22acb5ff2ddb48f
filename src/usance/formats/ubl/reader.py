"""Bytes of a UBL invoice or credit note to the semantic model."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from lxml import etree

from usance.formats.einvoice.parsing import (
    attribute,
    binary,
    child,
    children,
    day,
    line_of,
    local_name,
    namespace_of,
    optional_day,
    parse_xml,
    path_of,
    required,
    required_text,
    text,
    texts,
)
from usance.formats.einvoice.payment_terms import read_terms
from usance.formats.einvoice.profiles import XRECHNUNG_EXTENSION
from usance.formats.errors import FormatError
from usance.formats.ubl.names import CREDIT_NOTE, INVOICE, NO_ORDER, OBJECT_CODE, PROJECT_CODE, Kind
from usance.formats.ubl.reading_amounts import (
    document_allowance_charge,
    lines_of,
    third_party_payments_of,
    totals_of,
    vat_of,
)
from usance.formats.ubl.reading_parties import (
    buyer_of,
    delivery_of,
    identifier,
    payee_of,
    payment_of,
    period_of,
    seller_of,
    tax_representative_of,
)
from usance.rules.invoicing.document import (
    CREDIT_TYPES,
    Attachment,
    DocumentReference,
    Identifier,
    InvoiceDocument,
    Note,
)

# CEN/TS 16931-3-2, BT-21: the subject code stands before the text, between number signs.
_SUBJECT: Final = re.compile(r"#([A-Z]{3})#(.*)", re.DOTALL)


def read(data: bytes) -> InvoiceDocument:
    """Read a UBL 2 ``Invoice`` or ``CreditNote``; see CEN/TS 16931-3-2 for what stands where.

    What EN 16931 does not know is left out; where it knows one and the document has several (deliveries,
    contracts), the first is taken. Amounts keep every digit, and are in the currency of the invoice; a
    line that names another is taken at its figures only if all lines add up so. Discounts for paying
    early that BT-20 gives in XRechnung's form become ``early_discounts``.

    Raises FormatError: those of ``parse_xml``; ``unsupported_document`` for anything that is no UBL
    invoice; ``contradicting_type`` for a credit note whose type code is an invoice's;
    ``missing_element`` without a term that EN 16931 always demands (numbers, dates, amounts, names of
    seller and buyer); ``invalid_number``, ``invalid_date``, ``invalid_indicator``,
    ``invalid_base64``, ``currency_mismatch``, ``contradicting_amounts``.
    """
    root = parse_xml(data)
    kind = _kind(root)
    currency = required_text(root, "DocumentCurrencyCode", term="The currency (BT-5)")
    tax_currency = text(root, "TaxCurrencyCode")
    issued_on = day(required(root, "IssueDate", term="The date of issue (BT-2)"))
    totals = totals_of(root, currency=currency, tax_currency=tax_currency)
    order, sales_order = _orders(root)
    object_, project, attachments = _additional_references(root, kind=kind)
    terms = read_terms(
        "\n".join(_terms(root)),
        issued_on=issued_on,
        payable=totals.payable,
        currency=currency,
    )
    return InvoiceDocument(
        number=required_text(root, "ID", term="The number of the invoice (BT-1)"),
        issued_on=issued_on,
        type_code=_type_code(root, kind=kind),
        currency=currency,
        seller=seller_of(root),
        buyer=buyer_of(root),
        lines=lines_of(root, kind=kind, currency=currency, total=totals.lines),
        totals=totals,
        vat=vat_of(root, currency=currency),
        tax_currency=tax_currency,
        tax_point_on=optional_day(root, "TaxPointDate"),
        tax_point_code=text(root, "InvoicePeriod", "DescriptionCode"),
        due_on=optional_day(root, "DueDate") or _due_on_of_means(root),
        buyer_reference=text(root, "BuyerReference"),
        project=text(root, "ProjectReference", "ID") or project,
        contract=text(root, "ContractDocumentReference", "ID"),
        purchase_order=order,
        sales_order=sales_order,
        receiving_advice=text(root, "ReceiptDocumentReference", "ID"),
        despatch_advice=text(root, "DespatchDocumentReference", "ID"),
        tender=text(root, "OriginatorDocumentReference", "ID"),
        object=object_,
        accounting=text(root, "AccountingCost"),
        payment_terms=terms.words,
        notes=tuple(_note(each) for each in texts(root, "Note")),
        process=text(root, "ProfileID"),
        specification=text(root, "CustomizationID"),
        preceding=_preceding(root),
        payee=payee_of(root),
        tax_representative=tax_representative_of(root),
        delivery=delivery_of(root),
        period=period_of(child(root, "InvoicePeriod")),
        payment=payment_of(root),
        allowances_charges=tuple(
            document_allowance_charge(each, currency=currency)
            for each in children(root, "AllowanceCharge")
        ),
        attachments=attachments,
        early_discounts=terms.early_discounts,
        # Elsewhere such elements only explain the sum of what was paid before (BT-113).
        third_party_payments=third_party_payments_of(root, currency=currency)
        if text(root, "CustomizationID") == XRECHNUNG_EXTENSION.specification
        else (),
    )


def _kind(root: etree._Element) -> Kind:
    for kind in (INVOICE, CREDIT_NOTE):
        if (local_name(root), namespace_of(root)) == (kind.root, kind.namespace):
            return kind
    raise FormatError(
        f"This XML is a {local_name(root)} and no UBL 2 Invoice or CreditNote; ask the sender for an "
        "invoice in UBL, or read it as what it is.",
        code="unsupported_document",
        line=line_of(root),
        path=path_of(root),
    )


def _type_code(root: etree._Element, *, kind: Kind) -> str:
    element = required(root, kind.type_code, term="The type of the invoice (BT-3)")
    code = text(element)
    if kind is CREDIT_NOTE and code not in CREDIT_TYPES:
        raise FormatError(
            f"The document is a credit note and its type code {code!r} that of an invoice, so that "
            "nobody can tell who owes the amount; ask the sender for a corrected document.",
            code="contradicting_type",
            line=line_of(element),
            path=path_of(element),
        )
    return code


def _due_on_of_means(root: etree._Element) -> date | None:
    """The due date where a credit note has it: with how to pay."""
    for means in children(root, "PaymentMeans"):
        due_on = optional_day(means, "PaymentDueDate")
        if due_on is not None:
            return due_on
    return None


def _terms(root: etree._Element) -> tuple[str, ...]:
    """The texts of the payment terms (BT-20)."""
    return tuple(note for terms in children(root, "PaymentTerms") for note in texts(terms, "Note"))


def _note(given: str) -> Note:
    match = _SUBJECT.fullmatch(given)
    return Note(given) if match is None else Note(match[2].strip(), match[1])


def _orders(root: etree._Element) -> tuple[str, str]:
    order = text(root, "OrderReference", "ID")
    sales_order = text(root, "OrderReference", "SalesOrderID")
    return ("" if sales_order and order == NO_ORDER else order), sales_order


def _preceding(root: etree._Element) -> tuple[DocumentReference, ...]:
    found = (
        reference
        for billing in children(root, "BillingReference")
        for reference in children(billing, "InvoiceDocumentReference")
    )
    return tuple(
        DocumentReference(text(each, "ID"), optional_day(each, "IssueDate")) for each in found
    )


def _additional_references(
    root: etree._Element, *, kind: Kind
) -> tuple[Identifier | None, str, tuple[Attachment, ...]]:
    """The invoiced object, the project of a credit note, and the supporting documents."""
    object_: Identifier | None = None
    project = ""
    attachments = []
    for reference in children(root, "AdditionalDocumentReference"):
        code = text(reference, "DocumentTypeCode")
        if code == OBJECT_CODE and object_ is None:
            object_ = identifier(reference, "ID")
        elif code == PROJECT_CODE and kind is CREDIT_NOTE and not project:
            project = text(reference, "ID")
        else:
            attachments.append(_attachment(reference))
    return object_, project, tuple(attachments)


def _attachment(reference: etree._Element) -> Attachment:
    embedded = child(reference, "Attachment", "EmbeddedDocumentBinaryObject")
    if not text(embedded):
        embedded = None
    return Attachment(
        reference=text(reference, "ID"),
        description=text(reference, "DocumentDescription"),
        location=text(reference, "Attachment", "ExternalReference", "URI"),
        content=None if embedded is None else binary(embedded),
        media_type=attribute(embedded, "mimeCode"),
        filename=attribute(embedded, "filename"),
    )
