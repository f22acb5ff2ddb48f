"""Reading invoices and their credit notes, and what of them can still be credited."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from usance.records.invoices.models import (
    BillingRun,
    CreditNote,
    Invoice,
    InvoicePart,
    NumberSeries,
)
from usance.records.invoices.receivables import (
    Aging,
    DaysSalesOutstanding,
    ExposureTotal,
    OpenItem,
    aging,
    dso,
    exposure,
    open_items,
)
from usance.records.statements import execute
from usance.rules.billing import reference_key
from usance.rules.credit.starting_limit import PaymentRecord
from usance.rules.invoicing.document import InvoiceDocument
from usance.rules.invoicing.serial import from_json

__all__ = [
    "FALLS_DUE",
    "Account",
    "Aging",
    "DaysSalesOutstanding",
    "ExposureTotal",
    "OpenItem",
    "OrderOnInvoice",
    "RunFigures",
    "aging",
    "billing_run",
    "billing_runs",
    "credit_note",
    "credit_note_document",
    "credit_notes",
    "creditable",
    "document",
    "dso",
    "exposure",
    "find_invoices",
    "invoice",
    "invoice_of_shipment",
    "invoice_with_parties",
    "invoices",
    "oldest_open",
    "open_items",
    "orders_of",
    "payment_records",
    "replacement_of",
    "run_figures",
    "series_prefixes",
    "unfinished_runs",
]

Account = tuple[UUID, UUID | None, str]
"""Seller, buyer and currency."""


FALLS_DUE: Final = Coalesce("instalment_due_on", "due_on")
"""The day by which something of an invoice must be paid next."""

_ORDER_IDS: Final = ArraySubquery(
    InvoicePart.objects.filter(seller_id=OuterRef("seller_id"), invoice_id=OuterRef("id"))
    .order_by("order_id")
    .values("order_id")
    .distinct()
)


def oldest_open(
    accounts: Collection[Account], *, most: int = 40
) -> dict[Account, list[tuple[str, int, date]]]:
    """Number, outstanding and due date of the open invoices of each account, the oldest first."""
    rows = execute(
        "SELECT a.seller_id, a.buyer_id, a.currency, i.number, i.outstanding, i.due_on"
        " FROM unnest(%s::uuid[], %s::uuid[], %s::text[]) AS a(seller_id, buyer_id, currency)"
        " CROSS JOIN LATERAL (SELECT number, outstanding, due_on FROM invoices_invoice"
        " WHERE seller_id = a.seller_id AND buyer_id = a.buyer_id AND currency = a.currency"
        " AND state = 'open' ORDER BY due_on, number LIMIT %s) AS i"
        " ORDER BY i.due_on, i.number",
        [*([account[n] for account in accounts] for n in range(3)), most],
    )
    found: dict[Account, list[tuple[str, int, date]]] = {}
    for seller_id, buyer_id, currency, *item in rows:
        found.setdefault((seller_id, buyer_id, currency), []).append((item[0], item[1], item[2]))
    return found


def creditable(*, seller_id: UUID, buyer_id: UUID, currency: str) -> list[tuple[UUID, int]]:
    """The buyer's invoices with what can still be credited on each, the latest first."""
    rows = execute(
        "SELECT id, amount - credited - written_off FROM invoices_invoice"
        " WHERE seller_id = %s AND buyer_id = %s AND currency = %s AND state <> 'draft'"
        " AND amount > credited + written_off ORDER BY issued_on DESC, number DESC",
        [seller_id, buyer_id, currency],
    )
    return [(invoice_id, amount) for invoice_id, amount in rows]


def payment_records(
    *, seller_id: UUID, on: date, currency: str
) -> Sequence[tuple[UUID, int, PaymentRecord]]:
    """Each buyer that has bought: its limit now, and what a review of it must know."""
    rows = execute(
        'SELECT l.buyer_id, l."limit", sum(i.amount - i.credited)::bigint,'
        " %(on)s::date - min(i.issued_on), count(*) FILTER (WHERE i.state = 'paid'),"
        " greatest(max(least(coalesce(i.closed_on, %(on)s), %(on)s) - CASE"
        " WHEN i.state = 'open' THEN coalesce(i.instalment_due_on, i.due_on) ELSE i.due_on END)"
        " FILTER (WHERE i.state <> 'void'), 0)"
        " FROM invoices_invoice AS i JOIN credit_creditline AS l ON l.seller_id = i.seller_id"
        " AND l.buyer_id = i.buyer_id AND l.currency = i.currency AND l.state = 'active'"
        " WHERE i.seller_id = %(seller_id)s AND i.currency = %(currency)s"
        " AND i.state <> 'draft' AND i.issued_on <= %(on)s"
        ' GROUP BY l.buyer_id, l."limit" ORDER BY l.buyer_id',
        {"seller_id": seller_id, "on": on, "currency": currency},
    )
    return [
        (
            buyer_id,
            limit,
            PaymentRecord(purchases=bought, days=days, paid=paid, worst_days_late=late),
        )
        for buyer_id, limit, bought, days, paid, late in rows
    ]


def find_invoices(
    *,
    seller_id: UUID,
    on: date,
    text: str = "",
    standing: str = "",
    buyer_id: UUID | None = None,
    order_id: UUID | None = None,
) -> QuerySet[Invoice]:
    """The seller's issued invoices with their buyers.

    Each has its ``falls_due_on``: the day by which something must be paid next. ``standing`` is a
    state, or ``overdue``: open, and that day is before ``on``. ``text`` is a part of
    the number as anybody may write it, of the seller's own number, or of the buyer's name.
    """
    found = (
        Invoice.objects.select_related("buyer")
        .defer("document")
        .filter(seller_id=seller_id, buyer__seller_id=seller_id)
        .exclude(state="draft")
        .annotate(falls_due_on=FALLS_DUE)
    )
    if standing == "overdue":
        found = found.filter(_overdue(on))
    elif standing:
        found = found.filter(state=standing)
    if buyer_id:
        found = found.filter(buyer_id=buyer_id)
    if order_id:
        found = found.filter(id__in=_of_order(seller_id, order_id))
    if text:
        named = Q(buyer__name__icontains=text) | Q(external_id__istartswith=text)
        if key := reference_key(text):
            named |= Q(reference__contains=key)
        found = found.filter(named)
    return found


def invoice_with_parties(*, seller_id: UUID, invoice_id: UUID) -> Invoice | None:
    """One issued invoice with its buyer and, where it is of one order, that order."""
    return (
        Invoice.objects.select_related("buyer", "order")
        .filter(seller_id=seller_id, id=invoice_id, buyer__seller_id=seller_id)
        .exclude(state="draft")
        .first()
    )


def credit_notes(*, seller_id: UUID, invoice_id: UUID) -> QuerySet[CreditNote]:
    """What was credited on one invoice, the first note first."""
    return CreditNote.objects.filter(seller_id=seller_id, invoice_id=invoice_id).order_by("id")


def invoices(
    *,
    seller_id: UUID,
    buyer_id: UUID | None = None,
    order_id: UUID | None = None,
    state: str | None = None,
    external_id: str | None = None,
    overdue_on: date | None = None,
) -> QuerySet[Invoice]:
    """The seller's invoices that fit, each with its ``order_ids``; with ``overdue_on`` those open and
    due before that day."""
    wanted: dict[str, Any] = {
        "buyer_id": buyer_id,
        "state": state,
        "external_id": external_id,
    }
    found = Invoice.objects.defer("document").filter(
        seller_id=seller_id, **{name: value for name, value in wanted.items() if value is not None}
    )
    if order_id is not None:
        found = found.filter(id__in=_of_order(seller_id, order_id))
    found = found.annotate(order_ids=_ORDER_IDS)
    return found.filter(_overdue(overdue_on)) if overdue_on else found


def _overdue(on: date) -> Q:
    """Open, with something that should have been paid before the day ``on``."""
    return Q(state="open") & (Q(due_on__lt=on) | Q(instalment_due_on__lt=on))


def invoice(*, seller_id: UUID, invoice_id: UUID) -> Invoice | None:
    """One invoice of the seller's."""
    return Invoice.objects.filter(seller_id=seller_id, id=invoice_id).first()


def credit_note(*, seller_id: UUID, credit_note_id: UUID) -> CreditNote | None:
    """One credit note with its invoice."""
    return (
        CreditNote.objects.select_related("invoice")
        .filter(seller_id=seller_id, id=credit_note_id, invoice__seller_id=seller_id)
        .first()
    )


def _of_order(seller_id: UUID, order_id: UUID) -> QuerySet[InvoicePart, UUID]:
    """The invoices that bill something of an order."""
    parts = InvoicePart.objects.filter(seller_id=seller_id, order_id=order_id)
    return parts.values_list("invoice_id", flat=True)


def document(*, seller_id: UUID, invoice_id: UUID) -> InvoiceDocument | None:
    """The document that an invoice was issued as; None where none was kept, or no such invoice."""
    kept = Invoice.objects.filter(seller_id=seller_id, id=invoice_id).values_list("document")
    return _read(kept.first())


def credit_note_document(*, seller_id: UUID, credit_note_id: UUID) -> InvoiceDocument | None:
    """The document that a credit note was issued as; None where none was kept."""
    kept = CreditNote.objects.filter(seller_id=seller_id, id=credit_note_id)
    return _read(kept.values_list("document").first())


def _read(row: tuple[Any, ...] | None) -> InvoiceDocument | None:
    return from_json(row[0]) if row and row[0] is not None else None


def invoice_of_shipment(*, seller_id: UUID, shipment_id: UUID) -> str | None:
    """The number of the invoice that bills a shipment."""
    parts = InvoicePart.objects.filter(seller_id=seller_id, shipment_id=shipment_id)
    return parts.values_list("invoice__number", flat=True).first()


@dataclass(frozen=True, slots=True)
class OrderOnInvoice:
    """An order, and what of it an invoice bills; minor units with tax, and how many shipments."""

    order_id: UUID
    external_id: str | None
    po_number: str
    amount: int
    tax_amount: int
    shipments: int


def orders_of(
    *, seller_id: UUID, invoice_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[OrderOnInvoice]]:
    """The orders that each invoice bills, in the order in which they were placed."""
    rows = execute(
        "SELECT p.invoice_id, o.id, o.external_id, o.po_number, sum(p.amount)::bigint,"
        " sum(p.tax_amount)::bigint, count(p.shipment_id)"
        " FROM invoices_invoicepart AS p"
        " JOIN orders_order AS o ON o.seller_id = p.seller_id AND o.id = p.order_id"
        " WHERE p.seller_id = %s AND p.invoice_id = ANY(%s)"
        " GROUP BY p.invoice_id, o.id, o.external_id, o.po_number ORDER BY p.invoice_id, o.id",
        [seller_id, list(invoice_ids)],
    )
    found: dict[UUID, list[OrderOnInvoice]] = {invoice_id: [] for invoice_id in invoice_ids}
    for invoice_id, *of_order in rows:
        found[invoice_id].append(OrderOnInvoice(*of_order))
    return found


def numbered(*, seller_id: UUID, kind: str, number: str) -> UUID | None:
    """The invoice, or by ``kind`` the credit note, with a legal ``number``."""
    model = CreditNote if kind == "credit_note" else Invoice
    found = model.objects.filter(seller_id=seller_id, number=number).order_by("id")
    return found.values_list("id", flat=True).first()


def replacement_of(*, seller_id: UUID, invoice_id: UUID) -> Invoice | None:
    """The invoice that was issued in the place of a corrected one, if any."""
    return Invoice.objects.filter(seller_id=seller_id, replaces_id=invoice_id).first()


def first_issued(invoice: Invoice) -> Invoice:
    """The invoice that a chain of corrections began with; ``invoice`` itself where it replaces none."""
    while invoice.replaces_id is not None:
        invoice = Invoice.objects.get(seller_id=invoice.seller_id, id=invoice.replaces_id)
    return invoice


def series_prefixes(*, seller_id: UUID, year: int) -> dict[str, str]:
    """What the numbers of ``year`` begin with, by kind: of the series that have given one out."""
    found = NumberSeries.objects.filter(seller_id=seller_id, year=year)
    return dict(found.values_list("kind", "prefix"))


def billing_runs(*, seller_id: UUID) -> QuerySet[BillingRun]:
    """The seller's billing runs."""
    return BillingRun.objects.filter(seller_id=seller_id)


def billing_run(*, seller_id: UUID, run_id: UUID) -> BillingRun | None:
    """One billing run."""
    return billing_runs(seller_id=seller_id).filter(id=run_id).first()


def unfinished_runs() -> list[tuple[UUID, UUID]]:
    """Seller and id of the runs of all sellers that are still to be worked at, the oldest first."""
    rows = execute(
        "SELECT seller_id, id FROM invoices_billingrun WHERE finished_at IS NULL"
        " ORDER BY created_at, id",
        [],
    )
    return [(seller_id, run_id) for seller_id, run_id in rows]


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What a billing run has issued: how many invoices, and their amounts by currency (minor units)."""

    invoices: int
    amounts: Mapping[str, int]


def run_figures(*, seller_id: UUID, run_ids: Collection[UUID]) -> Mapping[UUID, RunFigures]:
    """What each run has issued by now."""
    rows = execute(
        "SELECT run_id, currency, count(*), sum(amount)::bigint FROM invoices_invoice"
        " WHERE seller_id = %s AND run_id = ANY(%s) GROUP BY 1, 2 ORDER BY 1, 2",
        [seller_id, list(run_ids)],
    )
    counts = dict.fromkeys(run_ids, 0)
    amounts: dict[UUID, dict[str, int]] = {run_id: {} for run_id in run_ids}
    for run_id, currency, count, amount in rows:
        counts[run_id] += count
        amounts[run_id][currency] = amount
    return {run_id: RunFigures(counts[run_id], amounts[run_id]) for run_id in run_ids}
