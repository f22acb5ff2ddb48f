"""A whole cross industry invoice: bytes to the semantic model and back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from lxml import etree

from usance.formats.cii.allowances import read_allowances, write_allowances
from usance.formats.cii.elements import (
    INVOICE_NAMESPACE,
    WRITER,
    day,
    is_extended,
    is_factur_x,
    joined,
    read_tax_point_code,
    write_day,
)
from usance.formats.cii.lines import read_lines, read_period, write_lines, write_period
from usance.formats.cii.parties import (
    Role,
    read_delivery,
    read_party,
    write_delivery,
    write_party,
)
from usance.formats.cii.references import (
    read_additional,
    read_preceding,
    reference,
    write_additional,
    write_preceding,
    write_project,
    write_reference,
)
from usance.formats.cii.settlement import (
    read_payment,
    read_totals,
    read_vat,
    write_payment_means,
    write_totals,
    write_vat,
)
from usance.formats.cii.terms import read_terms, write_terms
from usance.formats.einvoice.parsing import (
    child,
    children,
    line_of,
    local_name,
    namespace_of,
    optional_number,
    parse_xml,
    path_of,
    required,
    required_text,
    text,
)
from usance.formats.einvoice.profiles import (
    EN16931,
    FACTURX_EN16931,
    FACTURX_EXTENDED,
    XRECHNUNG,
    XRECHNUNG_EXTENSION,
    Profile,
)
from usance.formats.einvoice.writing import to_bytes
from usance.formats.errors import FormatError
from usance.rules.invoicing.document import InvoiceDocument, Note, Party

PROFILES: Final = (EN16931, FACTURX_EN16931, FACTURX_EXTENDED, XRECHNUNG, XRECHNUNG_EXTENSION)
"""What :func:`render` can write."""


def read(data: bytes) -> InvoiceDocument:
    """The invoice or credit note that the XML ``data`` holds, with every digit as its sender wrote it.

    Any profile of Factur-X and ZUGFeRD 2 is read, EN 16931 and XRechnung too. MINIMUM and BASIC WL
    have no lines: ``lines`` is then empty. What the model has no field for is left out.

    Raises FormatError: ``zugferd_1`` for the older ZUGFeRD, ``unsupported_document`` for any other
    XML, ``missing_element``, ``invalid_number``, ``invalid_date``, ``currency_mismatch`` and others
    for a broken invoice, and what :func:`usance.formats.einvoice.parsing.parse_xml` raises.
    """
    root = parse_xml(data)
    _check_kind(root)
    transaction = required(root, "SupplyChainTradeTransaction", term="the trade transaction")
    settlement = required(
        transaction, "ApplicableHeaderTradeSettlement", term="the settlement of the invoice"
    )
    return _read(root, transaction, settlement)


def _check_kind(root: etree._Element) -> None:
    if local_name(root) == "CrossIndustryInvoice" and namespace_of(root) == INVOICE_NAMESPACE:
        return
    if local_name(root) == "CrossIndustryDocument":
        raise FormatError(
            "This is an invoice of ZUGFeRD 1, which its publisher withdrew and EN 16931 does not "
            "know; ask the sender for ZUGFeRD 2 or Factur-X.",
            code="zugferd_1",
            line=line_of(root),
            path=path_of(root),
        )
    raise FormatError(
        f"This is a {local_name(root)!r} and no cross industry invoice (CII D16B); use the reader "
        "of its own format.",
        code="unsupported_document",
        line=line_of(root),
        path=path_of(root),
    )


def _read(
    root: etree._Element, transaction: etree._Element, settlement: etree._Element
) -> InvoiceDocument:
    context = child(root, "ExchangedDocumentContext")
    header = required(root, "ExchangedDocument", term="the document's header")
    agreement = required(
        transaction, "ApplicableHeaderTradeAgreement", term="the agreement of the invoice"
    )
    delivery = child(transaction, "ApplicableHeaderTradeDelivery")
    currency = required_text(settlement, "InvoiceCurrencyCode", term="BT-5, the invoice's currency")
    tax_currency = text(settlement, "TaxCurrencyCode")
    issued_on = _issued_on(header)
    totals = read_totals(settlement, currency=currency, tax_currency=tax_currency)
    terms = read_terms(settlement, issued_on=issued_on, currency=currency, payable=totals.payable)
    tender, invoiced, attachments = read_additional(agreement)
    return InvoiceDocument(
        number=required_text(header, "ID", term="BT-1, the invoice's number"),
        issued_on=issued_on,
        type_code=required_text(header, "TypeCode", term="BT-3, the kind of invoice"),
        currency=currency,
        seller=_demanded_party(agreement, "SellerTradeParty", role="seller"),
        buyer=_demanded_party(agreement, "BuyerTradeParty", role="buyer"),
        lines=read_lines(transaction, currency=currency),
        totals=totals,
        vat=read_vat(settlement, currency=currency),
        tax_currency=tax_currency,
        tax_point_on=_tax_point_on(settlement),
        tax_point_code=_tax_point_code(settlement),
        due_on=terms.due_on,
        buyer_reference=text(agreement, "BuyerReference"),
        project=text(agreement, "SpecifiedProcuringProject", "ID"),
        contract=reference(agreement, "ContractReferencedDocument"),
        purchase_order=reference(agreement, "BuyerOrderReferencedDocument"),
        sales_order=reference(agreement, "SellerOrderReferencedDocument"),
        receiving_advice=reference(delivery, "ReceivingAdviceReferencedDocument"),
        despatch_advice=_despatch_advice(delivery),
        tender=tender,
        object=invoiced,
        accounting=text(settlement, "ReceivableSpecifiedTradeAccountingAccount", "ID"),
        payment_terms=terms.text,
        notes=_notes(header),
        process=text(context, "BusinessProcessSpecifiedDocumentContextParameter", "ID"),
        specification=text(context, "GuidelineSpecifiedDocumentContextParameter", "ID"),
        preceding=read_preceding(settlement),
        payee=_party(settlement, "PayeeTradeParty", role="payee"),
        tax_representative=_party(
            agreement, "SellerTaxRepresentativeTradeParty", role="tax representative"
        ),
        delivery=read_delivery(delivery),
        period=read_period(child(settlement, "BillingSpecifiedPeriod")),
        payment=read_payment(settlement, mandate=terms.mandate),
        allowances_charges=read_allowances(settlement, currency=currency),
        attachments=attachments,
        instalments=terms.instalments,
        early_discounts=terms.early_discounts,
        tax_exchange_rate=_exchange_rate(settlement),
    )


def _issued_on(header: etree._Element) -> date:
    element = required(header, "IssueDateTime", term="BT-2, the day of issue")
    issued_on = day(header, "IssueDateTime")
    if issued_on is None:
        raise FormatError(
            "BT-2, the day of issue, is empty; ask the sender for a complete invoice.",
            code="missing_element",
            line=line_of(element),
            path=path_of(element),
        )
    return issued_on


def _demanded_party(parent: etree._Element, name: str, *, role: Role) -> Party:
    return read_party(required(parent, name, term=f"the {role} of the invoice"), role=role)


def _party(parent: etree._Element, name: str, *, role: Role) -> Party | None:
    element = child(parent, name)
    return None if element is None or len(element) == 0 else read_party(element, role=role)


def _notes(header: etree._Element) -> tuple[Note, ...]:
    found = (
        Note(text=joined(each, "Content"), subject=text(each, "SubjectCode"))
        for each in children(header, "IncludedNote")
    )
    return tuple(note for note in found if note.text)


def _despatch_advice(delivery: etree._Element | None) -> str:
    # A delivery note is EXTENDED's, in which German senders name theirs.
    return reference(delivery, "DespatchAdviceReferencedDocument") or reference(
        delivery, "DeliveryNoteReferencedDocument"
    )


def _tax_point_code(settlement: etree._Element) -> str:
    codes = (text(tax, "DueDateTypeCode") for tax in children(settlement, "ApplicableTradeTax"))
    return read_tax_point_code(next(filter(None, codes), ""))


def _tax_point_on(settlement: etree._Element) -> date | None:
    found = (day(tax, "TaxPointDate") for tax in children(settlement, "ApplicableTradeTax"))
    return next((on for on in found if on is not None), None)


def _exchange_rate(settlement: etree._Element) -> Decimal | None:
    return optional_number(settlement, "TaxApplicableTradeCurrencyExchange", "ConversionRate")


def render(document: InvoiceDocument, *, profile: Profile) -> bytes:
    """``document`` as the XML of ``profile``, one of :data:`PROFILES`.

    BT-24 is the profile's, BT-23 the document's own or else the profile's. Instalments, early
    discounts, the exchange rate and a line's reason for its exemption are written in figures by
    FACTURX_EXTENDED; elsewhere they are what BT-20 and the notes say. TaxComponent and the heading
    of a line have no place in CII.

    Raises FormatError: ``unsupported_profile``, ``missing_value`` for an invoice without lines,
    ``not_in_syntax`` for payments to third parties and for more than one earlier invoice outside of
    Factur-X (D16B has room for one), ``invalid_text``, ``invalid_number``.
    """
    _check_sayable(document, profile)
    extended = is_extended(profile)
    root = WRITER.root("rsm:CrossIndustryInvoice")
    _write_context(root, document, profile)
    _write_header(root, document)
    transaction = WRITER.group(root, "rsm:SupplyChainTradeTransaction")
    write_lines(transaction, document.lines, extended=extended)
    _write_agreement(transaction, document, extended=extended)
    delivery = WRITER.group(transaction, "ram:ApplicableHeaderTradeDelivery")
    write_delivery(delivery, document.delivery)
    write_reference(delivery, "ram:DespatchAdviceReferencedDocument", document.despatch_advice)
    write_reference(delivery, "ram:ReceivingAdviceReferencedDocument", document.receiving_advice)
    _write_settlement(transaction, document, profile=profile)
    return to_bytes(root)


def _check_sayable(document: InvoiceDocument, profile: Profile) -> None:
    if profile not in PROFILES:
        raise FormatError(
            f"{profile.title} is not written in CII; choose one of "
            f"{', '.join(each.title for each in PROFILES)}, or write it in UBL.",
            code="unsupported_profile",
        )
    if not document.lines:
        raise FormatError(
            "The invoice has no lines, and each profile that is written demands one (BR-16); it "
            "was read from MINIMUM or BASIC WL, say, which only travel with their PDF.",
            code="missing_value",
        )
    if document.third_party_payments:
        raise FormatError(
            "The invoice collects for a third party, which CII cannot say; write it in UBL by the "
            "extension of XRechnung, or invoice the amount as a line.",
            code="not_in_syntax",
        )
    if len(document.preceding) > 1 and not is_factur_x(profile):
        raise FormatError(
            f"The invoice is about {len(document.preceding)} earlier ones, and CII D16B has room "
            "for one; write it in UBL or as Factur-X.",
            code="not_in_syntax",
        )


def _write_context(root: etree._Element, document: InvoiceDocument, profile: Profile) -> None:
    context = WRITER.group(root, "rsm:ExchangedDocumentContext")
    process = document.process or profile.process
    if process:
        parameter = WRITER.group(context, "ram:BusinessProcessSpecifiedDocumentContextParameter")
        WRITER.value(parameter, "ram:ID", process)
    parameter = WRITER.group(context, "ram:GuidelineSpecifiedDocumentContextParameter")
    WRITER.value(parameter, "ram:ID", profile.specification)


def _write_header(root: etree._Element, document: InvoiceDocument) -> None:
    header = WRITER.group(root, "rsm:ExchangedDocument")
    WRITER.value(header, "ram:ID", document.number)
    WRITER.value(header, "ram:TypeCode", document.type_code)
    write_day(header, "ram:IssueDateTime", document.issued_on)
    for note in document.notes:
        element = WRITER.group(header, "ram:IncludedNote")
        WRITER.value(element, "ram:Content", note.text)
        WRITER.value(element, "ram:SubjectCode", note.subject)


def _write_agreement(
    transaction: etree._Element, document: InvoiceDocument, *, extended: bool
) -> None:
    agreement = WRITER.group(transaction, "ram:ApplicableHeaderTradeAgreement")
    WRITER.value(agreement, "ram:BuyerReference", document.buyer_reference)
    write_party(
        agreement, "ram:SellerTradeParty", document.seller, role="seller", extended=extended
    )
    write_party(agreement, "ram:BuyerTradeParty", document.buyer, role="buyer", extended=extended)
    if document.tax_representative is not None:
        write_party(
            agreement,
            "ram:SellerTaxRepresentativeTradeParty",
            document.tax_representative,
            role="tax representative",
            extended=extended,
        )
    write_reference(agreement, "ram:SellerOrderReferencedDocument", document.sales_order)
    write_reference(agreement, "ram:BuyerOrderReferencedDocument", document.purchase_order)
    write_reference(agreement, "ram:ContractReferencedDocument", document.contract)
    write_additional(agreement, document)
    write_project(agreement, document.project)


def _write_settlement(
    transaction: etree._Element, document: InvoiceDocument, *, profile: Profile
) -> None:
    extended = is_extended(profile)
    settlement = WRITER.group(transaction, "ram:ApplicableHeaderTradeSettlement")
    payment = document.payment
    if payment is not None:
        if payment.direct_debit is not None:
            WRITER.value(settlement, "ram:CreditorReferenceID", payment.direct_debit.creditor)
        WRITER.value(settlement, "ram:PaymentReference", payment.remittance)
    WRITER.value(settlement, "ram:TaxCurrencyCode", document.tax_currency)
    WRITER.value(settlement, "ram:InvoiceCurrencyCode", document.currency)
    if document.payee is not None:
        write_party(
            settlement, "ram:PayeeTradeParty", document.payee, role="payee", extended=extended
        )
    if extended:
        _write_exchange_rate(settlement, document)
    write_payment_means(settlement, payment)
    write_vat(
        settlement,
        document.vat,
        tax_point_on=document.tax_point_on,
        tax_point_code=document.tax_point_code,
    )
    write_period(settlement, document.period)
    write_allowances(settlement, document.allowances_charges)
    write_terms(settlement, document, profile=profile)
    write_totals(
        settlement,
        document.totals,
        currency=document.currency,
        tax_currency=document.tax_currency,
    )
    write_preceding(settlement, document.preceding)
    if document.accounting:
        account = WRITER.group(settlement, "ram:ReceivableSpecifiedTradeAccountingAccount")
        WRITER.value(account, "ram:ID", document.accounting)


def _write_exchange_rate(settlement: etree._Element, document: InvoiceDocument) -> None:
    if document.tax_exchange_rate is not None and document.tax_currency:
        exchange = WRITER.group(settlement, "ram:TaxApplicableTradeCurrencyExchange")
        WRITER.value(exchange, "ram:SourceCurrencyCode", document.currency)
        WRITER.value(exchange, "ram:TargetCurrencyCode", document.tax_currency)
        WRITER.value(exchange, "ram:ConversionRate", document.tax_exchange_rate)
