"""The tables of the portal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from usance.records.identity import public_id
from usance.records.invoices.models import CreditNote, Invoice
from usance.records.invoices.queries import OpenItem, OrderOnInvoice
from usance.records.orders.models import Order
from usance.records.payments.queries import AllocationLine
from usance.rules.money import Money
from usance.web.design.parts import Column, Link, Noted, Row, Table
from usance.web.portal.account import Account
from usance.web.portal.standing import invoice_state, order_state
from usance.web.words.amounts import quantity_of
from usance.web.words.terms import late_text


def invoice_href(invoice_id: Any) -> str:
    """The address of one of the buyer's invoices."""
    return reverse("account_invoice", args=[public_id("invoice", invoice_id)])


def order_name(order: Order | OrderOnInvoice) -> str:
    """The number by which shop and buyer know an order, or the end of its id."""
    order_id = order.id if isinstance(order, Order) else order.order_id
    return order.external_id or f"…{order_id.hex[-8:]}"


def order_href(order: Order | UUID) -> str:
    """The address of one of the buyer's orders, or of the one with an id."""
    order_id = order.id if isinstance(order, Order) else order
    return reverse("account_order", args=[public_id("order", order_id)])


def invoice_table(rows: Sequence[Invoice], account: Account) -> Table:
    """Invoices."""
    return Table(
        caption=_("Invoices"),
        columns=[
            Column(label=_("Invoice")),
            Column(label=_("State")),
            Column(label=_("Issued")),
            Column(label=_("Due")),
            Column(label=_("Total"), numeric=True),
            Column(label=_("To pay"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(invoice.number, invoice_href(invoice.id)),
                    invoice_state(invoice, on=account.on),
                    invoice.issued_on,
                    _due(
                        invoice.next_due_on,
                        (account.on - invoice.next_due_on).days,
                        invoice.outstanding,
                    ),
                    Money(invoice.amount, invoice.currency),
                    Money(invoice.outstanding, invoice.currency) if invoice.outstanding else None,
                ]
            )
            for invoice in rows
        ],
    )


def open_item_table(items: Sequence[OpenItem], *, totals: bool) -> Table:
    """Open items; with ``totals`` a last row sums them, all being of one currency."""
    owed = sum(item.outstanding for item in items)
    return Table(
        caption=_("Open invoices"),
        columns=[
            Column(label=_("Invoice")),
            Column(label=_("Issued")),
            Column(label=_("Due")),
            Column(label=_("Total"), numeric=True),
            Column(label=_("To pay"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    _numbered(item),
                    item.issued_on,
                    _due(item.due_on, item.days_overdue, item.outstanding),
                    Money(item.amount, item.currency),
                    Money(item.outstanding, item.currency),
                ]
            )
            for item in items
        ],
        footer=[_("Together"), "", "", "", Money(owed, items[0].currency)] if totals else (),
    )


def _numbered(item: OpenItem) -> object:
    link = Link(item.number, invoice_href(item.invoice_id))
    if item.instalment is None:
        return link
    return Noted(link, _("Instalment %(place)s") % {"place": item.instalment})


def _due(due_on: object, days: int, outstanding: int) -> object:
    return Noted(due_on, late_text(days)) if days > 0 and outstanding else due_on


def order_table(rows: Sequence[Order]) -> Table:
    """Orders."""
    return Table(
        caption=_("Orders"),
        columns=[
            Column(label=_("Order")),
            Column(label=_("State")),
            Column(label=_("Purchase order")),
            Column(label=_("Placed")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(order_name(order), order_href(order)),
                    order_state(order),
                    order.po_number or None,
                    order.created_at,
                    Money(order.amount, order.currency),
                ]
            )
            for order in rows
        ],
    )


def line_table(lines: Sequence[Mapping[str, Any]], *, currency: str) -> Table:
    """The lines of an order or invoice."""
    return Table(
        caption=_("Lines"),
        columns=[
            Column(label=_("Description")),
            Column(label=_("Quantity"), numeric=True),
            Column(label=_("Tax"), numeric=True),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    line.get("description") or line.get("sku") or "–",
                    quantity_of(line),
                    Money(line.get("tax_amount") or 0, currency),
                    Money(line["amount"], currency),
                ]
            )
            for line in lines
        ],
    )


def credit_table(notes: Sequence[CreditNote]) -> Table:
    """Credit notes; their reasons are printed on them, so the buyer knows them."""
    return Table(
        caption=_("Credit notes"),
        columns=[
            Column(label=_("Credit note")),
            Column(label=_("Issued")),
            Column(label=_("Reason")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(
                        note.number,
                        reverse(
                            "account_credit_note_document",
                            args=[public_id("credit_note", note.id), "pdf"],
                        ),
                    )
                    if note.document is not None
                    else note.number,
                    note.issued_on,
                    note.reason or None,
                    Money(note.amount, note.currency),
                ]
            )
            for note in notes
        ],
    )


def payment_table(rows: Sequence[AllocationLine]) -> Table:
    """What has paid an invoice, without what was taken back."""
    return Table(
        caption=pgettext("by the buyer", "Payments"),
        columns=[
            Column(label=pgettext("payment by the buyer", "Received")),
            Column(label=_("Payer")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(cells=[row.received_on, row.payer or None, Money(row.left, row.currency)])
            for row in rows
            if row.left
        ],
    )
