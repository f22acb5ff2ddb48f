"""The yardstick of XML: our document as CII by drafthorse, field by field, without its own check."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from drafthorse.models.accounting import ApplicableTradeTax
from drafthorse.models.document import Document
from drafthorse.models.note import IncludedNote
from drafthorse.models.party import TaxRegistration
from drafthorse.models.payment import PaymentMeans, PaymentTerms
from drafthorse.models.tradelines import LineItem

from usance.rules.invoicing.document import InvoiceDocument, Party


def written(document: InvoiceDocument) -> bytes:
    """The XML of ``document``."""
    made = Document()
    made.context.guideline_parameter.id = "urn:cen.eu:en16931:2017"
    made.header.id = document.number
    made.header.type_code = document.type_code
    made.header.issue_date_time = datetime.combine(document.issued_on, time(0), UTC)
    for note in document.notes:
        included = IncludedNote()
        included.content.add(note.text)
        made.header.notes.add(included)
    _party(made.trade.agreement.seller, document.seller)
    _party(made.trade.agreement.buyer, document.buyer)
    if document.delivery is not None and document.delivery.delivered_on is not None:
        arrived = datetime.combine(document.delivery.delivered_on, time(0), UTC)
        made.trade.delivery.event.occurrence = arrived
    for line in document.lines:
        made.trade.items.add(_line(line))
    _settlement(made.trade.settlement, document)
    content: bytes = made.serialize(schema=None)
    return content


def _party(into: Any, party: Party) -> None:
    into.name = party.name
    if party.vat_id:
        into.tax_registrations.add(TaxRegistration(id=("VA", party.vat_id)))
    if party.address is not None:
        into.address.line_one = party.address.line_1
        into.address.postcode = party.address.post_code
        into.address.city_name = party.address.city
        into.address.country_id = party.address.country


def _line(line: Any) -> LineItem:
    item = LineItem()
    item.document.line_id = line.id
    item.product.name = line.item.name
    item.product.seller_assigned_id = line.item.seller_id
    item.agreement.net.amount = line.price.net
    item.delivery.billed_quantity = (line.quantity, line.unit)
    item.settlement.trade_tax.type_code = "VAT"
    item.settlement.trade_tax.category_code = line.vat_category
    item.settlement.trade_tax.rate_applicable_percent = line.vat_rate
    item.settlement.monetary_summation.total_amount = line.net
    return item


def _settlement(into: Any, document: InvoiceDocument) -> None:
    into.currency_code = document.currency
    if document.payment is not None:
        for transfer in document.payment.transfers:
            means = PaymentMeans()
            means.type_code = document.payment.code
            means.payee_account.iban = transfer.account
            into.payment_means.add(means)
    for group in document.vat:
        tax = ApplicableTradeTax()
        tax.calculated_amount = group.tax
        tax.basis_amount = group.taxable
        tax.type_code = "VAT"
        tax.category_code = group.category
        tax.rate_applicable_percent = group.rate
        into.trade_tax.add(tax)
    if document.due_on is not None:
        terms = PaymentTerms()
        terms.due = datetime.combine(document.due_on, time(0), UTC)
        into.terms.add(terms)
    sums, totals = into.monetary_summation, document.totals
    sums.line_total = totals.lines
    sums.tax_basis_total = totals.without_vat
    sums.tax_total = (totals.vat or 0, document.currency)
    sums.grand_total = totals.with_vat
    sums.due_amount = totals.payable
