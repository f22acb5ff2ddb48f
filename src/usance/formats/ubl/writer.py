"""The semantic model to the bytes of a UBL 2.1 invoice or credit note."""

from __future__ import annotations

from datetime import date
from typing import Final

from lxml import etree

from usance.formats.einvoice.payment_terms import both_german, written_terms
from usance.formats.einvoice.profiles import PEPPOL_BIS_3, XRECHNUNG_EXTENSION, Profile
from usance.formats.einvoice.writing import Writer, prune, to_bytes
from usance.formats.errors import FormatError
from usance.formats.ubl.names import (
    CAC,
    CBC,
    CREDIT_NOTE,
    INVOICE,
    NO_ORDER,
    OBJECT_CODE,
    PROJECT_CODE,
    Kind,
)
from usance.formats.ubl.writing_amounts import (
    write_document_allowance_charge,
    write_line,
    write_tax_totals,
    write_third_party_payment,
    write_totals,
)
from usance.formats.ubl.writing_parties import (
    write_delivery,
    write_identifier,
    write_payee,
    write_payment,
    write_period,
    write_tax_representative,
    write_trader,
)
from usance.rules.invoicing.document import Attachment, Identifier, InvoiceDocument, Note

_WRITERS: Final = {
    kind.root: Writer({"": kind.namespace, "cac": CAC, "cbc": CBC})
    for kind in (INVOICE, CREDIT_NOTE)
}


def render(document: InvoiceDocument, *, profile: Profile) -> bytes:
    """Write ``document`` as a UBL 2.1 ``CreditNote`` if its type code is one of credit, else ``Invoice``.

    The specification identifier (BT-24) is that of ``profile``; the process (BT-23) is the document's,
    else the profile's. Decimals keep their digits. Instalments and early discounts go into the
    payment terms (see ``written_terms``); the other terms beyond EN 16931 are left out. In Peppol several
    notes become one, unless both parties are German (rule R002). :func:`usance.formats.ubl.read`
    gives back the same document but for these.

    Raises FormatError: ``not_in_syntax`` for what UBL has no place for, ``missing_value`` for what
    its schema demands, ``invalid_text``, ``invalid_number``.
    """
    kind = CREDIT_NOTE if document.is_credit else INVOICE
    _refuse_unwritable(document, kind=kind, profile=profile)
    writer = _WRITERS[kind.root]
    root = writer.root(kind.root)
    _write_head(writer, root, document, kind=kind, profile=profile)
    _write_references(writer, root, document, kind=kind)
    supplier = writer.group(root, "cac:AccountingSupplierParty")
    write_trader(writer, supplier, document.seller, creditor=_creditor(document, of_payee=False))
    customer = writer.group(root, "cac:AccountingCustomerParty")
    write_trader(writer, customer, document.buyer)
    if document.payee is not None:
        write_payee(writer, root, document.payee, creditor=_creditor(document, of_payee=True))
    if document.tax_representative is not None:
        write_tax_representative(writer, root, document.tax_representative)
    if document.delivery is not None:
        write_delivery(writer, root, document.delivery)
    if document.payment is not None:
        due_on = document.due_on if kind is CREDIT_NOTE else None
        write_payment(writer, root, document.payment, due_on=due_on)
    terms = written_terms(document, profile=profile)
    writer.within(root, "cac:PaymentTerms", "cbc:Note", terms)
    for payment in document.third_party_payments:
        write_third_party_payment(writer, root, payment, currency=document.currency)
    for entry in document.allowances_charges:
        write_document_allowance_charge(writer, root, entry, currency=document.currency)
    write_tax_totals(writer, root, document)
    write_totals(writer, root, document.totals, currency=document.currency)
    for line in document.lines:
        write_line(writer, root, line, kind=kind, currency=document.currency)
    prune(root)
    return to_bytes(root)


def _refuse_unwritable(document: InvoiceDocument, *, kind: Kind, profile: Profile) -> None:
    if not document.lines:
        raise FormatError(
            "A UBL invoice has at least one line; add what was sold.", code="missing_value"
        )
    if document.totals.vat is None and document.vat:
        raise FormatError(
            "UBL gives the parts of the tax below their sum (BT-110); state the sum.",
            code="missing_value",
        )
    if kind is CREDIT_NOTE and document.due_on is not None and document.payment is None:
        raise FormatError(
            "A UBL credit note gives its due date (BT-9) with how to pay; state the payment "
            "instructions (BG-16) or leave the due date out.",
            code="not_in_syntax",
        )
    if document.third_party_payments and (
        kind is CREDIT_NOTE or profile.key != XRECHNUNG_EXTENSION.key
    ):
        raise FormatError(
            "Only an invoice by the extension of XRechnung can collect for a third party; write it by "
            "that profile, or invoice the amount as a line.",
            code="not_in_syntax",
        )
    if document.tax_currency == document.currency and document.totals.vat_in_tax_currency:
        raise FormatError(
            "The tax currency (BT-6) is that of the invoice; leave it and BT-111 out.",
            code="not_in_syntax",
        )
    if document.totals.vat_in_tax_currency is not None and not document.tax_currency:
        raise FormatError(
            "The tax in the currency of accounting (BT-111) needs that currency (BT-6); state it.",
            code="missing_value",
        )


def _write_head(
    writer: Writer,
    root: etree._Element,
    document: InvoiceDocument,
    *,
    kind: Kind,
    profile: Profile,
) -> None:
    def value(name: str, content: str | date | None) -> None:
        writer.value(root, name, content)

    value("cbc:CustomizationID", profile.specification)
    value("cbc:ProfileID", document.process or profile.process)
    value("cbc:ID", document.number)
    value("cbc:IssueDate", document.issued_on)
    if kind is INVOICE:
        value("cbc:DueDate", document.due_on)
    else:
        value("cbc:TaxPointDate", document.tax_point_on)
    value(f"cbc:{kind.type_code}", document.type_code)
    for text in _note_texts(document, profile=profile):
        value("cbc:Note", text)
    if kind is INVOICE:
        value("cbc:TaxPointDate", document.tax_point_on)
    value("cbc:DocumentCurrencyCode", document.currency)
    value("cbc:TaxCurrencyCode", document.tax_currency)
    value("cbc:AccountingCost", document.accounting)
    value("cbc:BuyerReference", document.buyer_reference)
    write_period(writer, root, document.period, tax_point_code=document.tax_point_code)


def _note_texts(document: InvoiceDocument, *, profile: Profile) -> list[str]:
    texts = [_note_text(note) for note in document.notes]
    if profile.key == PEPPOL_BIS_3.key and not both_german(document.seller, document.buyer):
        return ["\n".join(texts)] if texts else []
    return texts


def _note_text(note: Note) -> str:
    return f"#{note.subject}#{note.text}" if note.subject else note.text


def _write_references(
    writer: Writer, root: etree._Element, document: InvoiceDocument, *, kind: Kind
) -> None:
    order = writer.group(root, "cac:OrderReference")
    writer.value(
        order,
        "cbc:ID",
        document.purchase_order or (NO_ORDER if document.sales_order else ""),
    )
    writer.value(order, "cbc:SalesOrderID", document.sales_order)
    for preceding in document.preceding:
        billing = writer.group(root, "cac:BillingReference")
        reference = writer.group(billing, "cac:InvoiceDocumentReference")
        writer.value(reference, "cbc:ID", preceding.number)
        writer.value(reference, "cbc:IssueDate", preceding.issued_on)

    def reference_to(name: str, number: str) -> None:
        writer.within(root, f"cac:{name}", "cbc:ID", number)

    reference_to("DespatchDocumentReference", document.despatch_advice)
    reference_to("ReceiptDocumentReference", document.receiving_advice)
    if kind is INVOICE:
        reference_to("OriginatorDocumentReference", document.tender)
    reference_to("ContractDocumentReference", document.contract)
    _write_coded(writer, root, document.object, code=OBJECT_CODE)
    if kind is CREDIT_NOTE and document.project:
        _write_coded(writer, root, Identifier(document.project), code=PROJECT_CODE)
    for attachment in document.attachments:
        _write_attachment(writer, root, attachment)
    if kind is INVOICE:
        reference_to("ProjectReference", document.project)
    else:
        reference_to("OriginatorDocumentReference", document.tender)


def _write_coded(
    writer: Writer, root: etree._Element, identifier: Identifier | None, *, code: str
) -> None:
    if identifier is not None:
        reference = writer.group(root, "cac:AdditionalDocumentReference")
        write_identifier(writer, reference, "cbc:ID", identifier)
        writer.value(reference, "cbc:DocumentTypeCode", code)


def _write_attachment(writer: Writer, root: etree._Element, given: Attachment) -> None:
    reference = writer.group(root, "cac:AdditionalDocumentReference")
    writer.value(reference, "cbc:ID", given.reference)
    writer.value(reference, "cbc:DocumentDescription", given.description)
    attachment = writer.group(reference, "cac:Attachment")
    writer.value(
        attachment,
        "cbc:EmbeddedDocumentBinaryObject",
        given.content,
        mimeCode=given.media_type,
        filename=given.filename,
    )
    writer.within(attachment, "cac:ExternalReference", "cbc:URI", given.location)


def _creditor(document: InvoiceDocument, *, of_payee: bool) -> str:
    """The creditor identifier (BT-90), which stands with the payee if there is one, else the seller."""
    debit = document.payment.direct_debit if document.payment is not None else None
    with_payee = document.payee is not None
    return debit.creditor if debit is not None and with_payee == of_payee else ""
