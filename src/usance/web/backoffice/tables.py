"""The tables of the back office, the same wherever they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from usance.records.credit.models import CreditLine
from usance.records.invoices.models import CreditNote, Invoice
from usance.records.invoices.queries import Aging, ExposureTotal
from usance.records.orders.models import Order, Shipment
from usance.records.parties.models import Buyer
from usance.records.payments.models import Payment
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.delivery_tables import document_address
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.registration_acts import registers, registration_address
from usance.web.design.parts import Column, Link, Noted, Row, State, Table
from usance.web.words.amounts import quantity_of
from usance.web.words.standing import standing_of
from usance.web.words.terms import late_text


def order_table(rows: Sequence[Order], *, with_buyer: bool = True) -> Table:
    """Orders."""
    return Table(
        caption=_("Orders"),
        columns=[
            Column(label=_("Order")),
            *([Column(label=_("Buyer"))] if with_buyer else []),
            Column(label=_("State")),
            Column(label=_("Purchase order")),
            Column(label=_("Placed")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    links.order_link(order),
                    *([links.buyer_link(order.buyer)] if with_buyer else []),
                    State("order", order.state),
                    order.po_number or None,
                    order.created_at,
                    Money(order.amount, order.currency),
                ]
            )
            for order in rows
        ],
    )


def invoice_table(rows: Sequence[Invoice], desk: Desk, *, with_buyer: bool = True) -> Table:
    """Invoices, with how late they are."""
    return Table(
        caption=_("Invoices"),
        columns=[
            Column(label=_("Invoice")),
            *([Column(label=_("Buyer"))] if with_buyer else []),
            Column(label=_("State")),
            Column(label=_("Due")),
            Column(label=_("Total"), numeric=True),
            Column(label=_("Outstanding"), numeric=True),
        ],
        rows=[_invoice_row(invoice, desk, with_buyer=with_buyer) for invoice in rows],
    )


def _invoice_row(invoice: Invoice, desk: Desk, *, with_buyer: bool) -> Row:
    standing = standing_of(invoice, on=desk.on)
    due_on = invoice.next_due_on
    days = (desk.on - due_on).days
    return Row(
        cells=[
            links.invoice_link(invoice),
            *([links.buyer_link(invoice.buyer)] if with_buyer else []),
            State("invoice", standing),
            Noted(due_on, late_text(days)) if standing == "overdue" else due_on,
            Money(invoice.amount, invoice.currency),
            Money(invoice.outstanding, invoice.currency) if invoice.outstanding else None,
        ]
    )


def payment_table(rows: Sequence[Payment], *, with_buyer: bool = True) -> Table:
    """Payments, with what is left of each."""
    return Table(
        caption=_("Payments"),
        columns=[
            Column(label=_("Reference")),
            *([Column(label=_("Buyer"))] if with_buyer else []),
            Column(label=_("State")),
            Column(label=_("Received")),
            Column(label=_("Amount"), numeric=True),
            Column(label=_("Not applied"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    links.payment_link(payment),
                    *([_payer(payment)] if with_buyer else []),
                    State("receipt", payment.state),
                    payment.received_on,
                    Money(payment.amount, payment.currency),
                    Money(payment.unapplied, payment.currency) if payment.unapplied else None,
                ]
            )
            for payment in rows
        ],
    )


def _payer(payment: Payment) -> object:
    if payment.buyer is not None:
        return links.buyer_link(payment.buyer)
    return Noted(payment.payer, _("Payer not recognized")) if payment.payer else None


def line_table(lines: Sequence[Mapping[str, Any]], *, currency: str) -> Table:
    """The lines of an order or invoice."""
    return Table(
        caption=_("Lines"),
        columns=[
            Column(label=_("Description")),
            Column(label=_("Article")),
            Column(label=_("Quantity"), numeric=True),
            Column(label=_("Tax"), numeric=True),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    line.get("description") or "–",
                    line.get("sku") or None,
                    quantity_of(line),
                    Money(line.get("tax_amount") or 0, currency),
                    Money(line["amount"], currency),
                ]
            )
            for line in lines
        ],
    )


def shipment_table(rows: Sequence[Shipment]) -> Table:
    """What of an order has left, and whether it is billed."""
    return Table(
        caption=_("Shipments"),
        columns=[
            Column(label=_("Shipment")),
            Column(label=_("State")),
            Column(label=_("Shipped")),
            Column(label=_("Delivered")),
            Column(label=_("Carrier")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    row.external_id or f"…{row.id.hex[-8:]}",
                    State("shipment", _state_of(row)),
                    row.shipped_on,
                    row.delivered_on,
                    " ".join(part for part in (row.carrier, row.tracking) if part) or None,
                    Money(row.amount, row.order.currency),
                ]
            )
            for row in rows
        ],
    )


def _state_of(shipment: Shipment) -> str:
    if shipment.canceled_at is not None:
        return "canceled"
    return "billed" if shipment.billed else "waiting"


def _noted(note: CreditNote) -> object:
    """Why the note was issued; below it the way to register it, where that is done."""
    if not registers(note):
        return note.reason or None
    way = Link(_("Registration"), registration_address(note))
    return Noted(note.reason, way) if note.reason else way


def credit_note_table(notes: Sequence[CreditNote]) -> Table:
    """Credit notes."""
    return Table(
        caption=_("Credit notes"),
        columns=[
            Column(label=_("Credit note")),
            Column(label=_("Issued")),
            Column(label=_("Reason")),
            Column(label=_("Tax"), numeric=True),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(note.number, document_address("credit_note", note.id, "pdf"))
                    if note.document is not None
                    else note.number,
                    note.issued_on,
                    _noted(note),
                    Money(note.tax_amount, note.currency),
                    Money(note.amount, note.currency),
                ]
            )
            for note in notes
        ],
    )


def buyer_table(buyers: Sequence[Buyer], lines: Sequence[CreditLine]) -> Table:
    """Buyers with their credit; one with lines in several currencies has a row for each."""
    by_buyer: dict[Any, list[CreditLine | None]] = {buyer.id: [] for buyer in buyers}
    for line in lines:
        by_buyer[line.buyer_id].append(line)
    return Table(
        caption=_("Buyers"),
        columns=[
            Column(label=_("Buyer")),
            Column(label=_("Customer number")),
            Column(label=_("Credit line")),
            Column(label=_("Limit"), numeric=True),
            Column(label=_("Exposure"), numeric=True),
            Column(label=_("Available"), numeric=True),
        ],
        rows=[
            Row(cells=[links.buyer_link(buyer), buyer.external_id or None, *_credit_cells(line)])
            for buyer in buyers
            for line in by_buyer[buyer.id] or [None]
        ],
    )


def _credit_cells(line: CreditLine | None) -> list[object]:
    if line is None:
        return [None, None, None, None]
    figures = (line.limit, line.exposure, line.available)
    return [State("line", line.state), *(Money(figure, line.currency) for figure in figures)]


def aging_summary(rows: Sequence[Aging]) -> Table:
    """What is outstanding in all, a row for each span of days and a column for each currency."""
    return Table(
        caption=_("Aging"),
        columns=[
            Column(label=_("Past due")),
            *(Column(label=row.currency, numeric=True) for row in rows),
        ],
        rows=[
            Row(cells=[label, *(Money(_figures(row)[n], row.currency) for row in rows)])
            for n, label in enumerate(_buckets())
        ],
        footer=[_("Total"), *(Money(row.total, row.currency) for row in rows)],
    )


def _buckets() -> tuple[str, ...]:
    return (
        _("Not due"),
        _("1 to 30 days"),
        _("31 to 60 days"),
        _("61 to 90 days"),
        _("Over 90 days"),
    )


def _figures(row: Aging) -> tuple[int, ...]:
    return row.not_due, row.days_1_30, row.days_31_60, row.days_61_90, row.days_over_90


def exposure_summary(rows: Sequence[ExposureTotal]) -> Table:
    """What the seller stands to lose, a row for each part and a column for each currency."""
    parts: tuple[tuple[str, Callable[[ExposureTotal], int]], ...] = (
        (_("Open invoices"), lambda row: row.receivable),
        (_("Open items outside Usance"), lambda row: row.external),
        (_("Authorized, not yet invoiced"), lambda row: row.commitments),
        (_("Unapplied cash, deducted"), lambda row: -row.unapplied_cash),
        (_("Exposure"), lambda row: row.exposure),
        (_("Limits"), lambda row: row.limit),
        (_("Available"), lambda row: row.available),
    )
    return Table(
        caption=_("Exposure by currency"),
        columns=[
            Column(label=_("Part")),
            *(Column(label=row.currency, numeric=True) for row in rows),
        ],
        rows=[
            Row(cells=[label, *(Money(figure(row), row.currency) for row in rows)])
            for label, figure in parts
        ],
    )
