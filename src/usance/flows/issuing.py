"""Issuing an invoice: the one place that makes one of what has shipped.

What was held for the orders becomes owed, the number is taken, the document is made and frozen, and
each shipment is marked as billed, all in the caller's transaction. Locks are taken in this order
everywhere: the credit line, the orders, the shipments (by their ids), and the series of numbers last,
so that nobody waits for a number longer than its own transaction takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from usance.flows.attachments import on_document, waiting_for
from usance.flows.invoice_documents import Issuer, Piece, document_of, numbered
from usance.flows.journal import Journal
from usance.flows.order_books import tell_state
from usance.flows.refusals import external_id_once
from usance.records.identity import new_id
from usance.records.invoices import actions as invoices
from usance.records.invoices.models import Invoice, InvoicePart
from usance.records.invoices.queries import first_issued
from usance.records.orders import actions as orders
from usance.records.orders import attachments
from usance.records.orders.actions import Invoiced
from usance.rules import ledger
from usance.rules.billing import document_number, reference_key
from usance.rules.invoicing.composing import Heading
from usance.rules.invoicing.crediting import minor
from usance.rules.invoicing.document import Attachment, DocumentReference, InvoiceDocument, Period
from usance.rules.invoicing.due_dates import Dues, base_of, dues
from usance.rules.invoicing.profiles import BillingProfileView
from usance.rules.invoicing.schedule import Period as BillingPeriod
from usance.rules.invoicing.serial import to_json
from usance.rules.invoicing.split_payment import TREATMENT, collected_tax, owed, split_tax
from usance.rules.invoicing.supplies import stated_tax
from usance.rules.terms import parse_terms
from usance.rules.terms.days import Move
from usance.rules.terms.holiday_calendar import holiday_calendar

DRAFT: str = "draft"
"""The number of a document that is only looked at."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an invoice is to be, beside what it is about."""

    period: BillingPeriod | None = None
    external_id: str | None = None
    metadata: dict[str, Any] | None = None
    run_id: UUID | None = None
    replaces: Invoice | None = None
    reason: str = ""
    attachments: tuple[Attachment, ...] = ()


def heading_of(
    pieces: Sequence[Piece],
    *,
    issuer: Issuer,
    profile: BillingProfileView,
    on: date,
    wanted: Wanted,
    number: str = DRAFT,
) -> tuple[Heading, Dues]:
    """What the document about ``pieces`` says beside its lines when it is issued on the day ``on``."""
    order = pieces[0].order
    base_on = base_of(
        profile.terms_base,
        # However often it is corrected, what it asks for falls due when it first did.
        issued_on=first_issued(wanted.replaces).issued_on if wanted.replaces else on,
        shipped_on=[piece.shipped_on for piece in pieces],
        delivered_on=[piece.delivered_on for piece in pieces],
    )
    due = dues(
        parse_terms(order.terms),
        amount=_owed(pieces, profile=profile),
        base_on=base_on,
        issued_on=on,
        working=holiday_calendar(profile.calendar) if profile.calendar else None,
        move=cast("Move", profile.move),
    )
    replaced = wanted.replaces
    heading = Heading(
        number=number,
        issued_on=on,
        currency=order.currency,
        due_on=due.due_on,
        instalments=due.instalments,
        discounts=due.discounts,
        period=Period(wanted.period.start, wanted.period.end) if wanted.period else None,
        tax_point_on=max(piece.shipped_on for piece in pieces),
        replaces=DocumentReference(replaced.number, replaced.issued_on) if replaced else None,
        reason=wanted.reason,
        attachments=wanted.attachments,
        tax_rate_of_exchange=issuer.tax_rate(order.currency, on=on),
    )
    return heading, due


def issue(
    journal: Journal,
    pieces: Sequence[Piece],
    *,
    issuer: Issuer,
    profile: BillingProfileView,
    wanted: Wanted | None = None,
) -> Invoice:
    """The invoice about ``pieces``: of one buyer, currency and terms, all of them locked.

    What was held for it becomes owed. The caller closes the journal. Raises Duplicate where the
    external_id is taken.
    """
    wanted = wanted or Wanted()
    attached = waiting_for(pieces)
    if attached:
        wanted = replace(wanted, attachments=on_document(attached))
    invoice, amounts = _made(
        journal, pieces, issuer=issuer, profile=profile, wanted=wanted, captured=True
    )
    attachments.take(attached, invoice_id=invoice.id)
    orders.mark_billed([piece.shipment for piece in pieces if piece.shipment])
    changes = _of_orders(pieces)
    for change in changes:
        if change.state != change.order.state:
            tell_state(journal, order=change.order, state=change.state)
    orders.invoice_orders(changes)
    journal.enter(
        "invoice_opened",
        subject_id=invoice.id,
        buyer_id=invoice.buyer_id,
        currency=invoice.currency,
        postings=ledger.invoice(
            invoice.buyer_id, net=amounts.net, tax=amounts.tax, released=_charged(pieces)
        ),
        on=invoice.issued_on,
    )
    return invoice


def issue_again(
    journal: Journal,
    pieces: Sequence[Piece],
    *,
    issuer: Issuer,
    profile: BillingProfileView,
    wanted: Wanted,
) -> Invoice:
    """The invoice that takes the place of one that has been credited: nothing is held for it any
    more, and its shipments stay billed by the first. The caller closes the journal."""
    invoice, amounts = _made(
        journal, pieces, issuer=issuer, profile=profile, wanted=wanted, captured=False
    )
    journal.enter(
        "invoice_opened",
        subject_id=invoice.id,
        buyer_id=invoice.buyer_id,
        currency=invoice.currency,
        postings=ledger.invoice(invoice.buyer_id, net=amounts.net, tax=amounts.tax, released=0),
        on=invoice.issued_on,
    )
    return invoice


@dataclass(frozen=True, slots=True)
class _Amounts:
    net: int
    tax: int


def _made(
    journal: Journal,
    pieces: Sequence[Piece],
    *,
    issuer: Issuer,
    profile: BillingProfileView,
    wanted: Wanted,
    captured: bool,
) -> tuple[Invoice, _Amounts]:
    """The stored invoice with its document and parts, told but not posted."""
    on = journal.on
    heading, due = heading_of(pieces, issuer=issuer, profile=profile, on=on, wanted=wanted)
    draft = document_of(pieces, issuer=issuer, profile=profile, heading=heading)
    series_id, sequence, prefix, issued_on = invoices.next_number(
        seller_id=journal.seller.id,
        kind="invoice",
        on=on,
        prefix=issuer.details.invoice_prefix,
        at=journal.at,
    )
    if issued_on != on:  # midnight passed before the number was ours, and another was faster
        on = issued_on
        heading, due = heading_of(pieces, issuer=issuer, profile=profile, on=on, wanted=wanted)
        draft = document_of(pieces, issuer=issuer, profile=profile, heading=heading)
    number = document_number(prefix=prefix, year=on.year, sequence=sequence)
    invoice = _row(pieces, due=due, at=journal.at, on=on, number=number, wanted=wanted)
    invoice.series_id, invoice.sequence = series_id, sequence
    invoice.tax_point_on = heading.tax_point_on
    _set_amounts(invoice, draft, profile=profile)
    issued = numbered(draft, number)
    invoice.payment_reference = issued.payment.remittance if issued.payment else ""
    invoice.document = to_json(issued)
    with external_id_once("invoice", wanted.external_id):
        invoice.save(force_insert=True)
    invoices.add_parts(_parts(invoice, pieces, captured=captured))
    _tell_opened(journal, invoice, charged=_charged(pieces), wanted=wanted)
    return invoice, _Amounts(net=invoice.amount - invoice.tax_amount, tax=invoice.tax_amount)


def _charged(pieces: Sequence[Piece]) -> int:
    """What the shops asked for ``pieces``: so much is held for them."""
    return sum(piece.amount for piece in pieces)


def _owed(pieces: Sequence[Piece], *, profile: BillingProfileView) -> int:
    """What the buyer owes the seller for ``pieces``."""
    return sum(
        owed(
            amount=piece.amount,
            tax_amount=piece.tax_amount,
            tax_treatment=profile.tax_treatment,
        )
        for piece in pieces
    )


def _set_amounts(
    invoice: Invoice, document: InvoiceDocument, *, profile: BillingProfileView
) -> None:
    """Give ``invoice`` the tax that its ``document`` states; under split payment take it off what is
    owed."""
    charged, currency = invoice.tax_amount, invoice.currency
    if profile.tax_treatment == TREATMENT:
        invoice.amount, charged = invoice.amount - charged, 0
    invoice.tax_amount = stated_tax(collected_tax(document), charged=charged, currency=currency)
    invoice.split_tax = minor(split_tax(document.vat), currency)


def _row(
    pieces: Sequence[Piece], *, due: Dues, at: datetime, on: date, number: str, wanted: Wanted
) -> Invoice:
    order = pieces[0].order
    one = len({piece.order.id for piece in pieces}) == 1
    return Invoice(
        id=new_id(),
        seller_id=order.seller_id,
        created_at=at,
        order_id=order.id if one else None,
        buyer_id=order.buyer_id,
        number=number,
        reference=reference_key(number),
        currency=order.currency,
        amount=_charged(pieces),
        tax_amount=sum(piece.tax_amount for piece in pieces),
        terms=order.terms,
        issued_on=on,
        due_on=due.due_on,
        period_start=wanted.period.start if wanted.period else None,
        period_end=wanted.period.end if wanted.period else None,
        lines=[line.to_document() for piece in pieces for line in piece.lines],
        schedule=[{"due_on": str(day), "amount": part} for day, part in due.instalments],
        discounts=[
            {"until": str(until), "amount": saved, "percent": str(percent)}
            for until, saved, percent in due.discounts
        ],
        replaces_id=wanted.replaces.id if wanted.replaces else None,
        run_id=wanted.run_id,
        external_id=wanted.external_id,
        metadata=wanted.metadata or {},
    )


def _parts(invoice: Invoice, pieces: Sequence[Piece], *, captured: bool) -> list[InvoicePart]:
    return [
        InvoicePart(
            seller_id=invoice.seller_id,
            created_at=invoice.created_at,
            invoice_id=invoice.id,
            order_id=piece.order.id,
            shipment_id=piece.shipment.id if piece.shipment and captured else None,
            amount=piece.amount,
            tax_amount=piece.tax_amount,
            captured=captured,
        )
        for piece in pieces
    ]


def _tell_opened(journal: Journal, invoice: Invoice, *, charged: int, wanted: Wanted) -> None:
    data: dict[str, Any] = {
        "number": invoice.number,
        "amount": invoice.amount,
        "due_on": invoice.due_on,
    }
    if wanted.replaces:
        data["replaces"] = wanted.replaces.number
    elif charged != invoice.amount:
        data["released"] = charged
    journal.tell(
        "invoice.opened",
        object_type="invoice",
        object_id=invoice.id,
        buyer_id=invoice.buyer_id,
        state="open",
        currency=invoice.currency,
        owed_change=invoice.amount,
        data=data,
    )


def _of_orders(pieces: Sequence[Piece]) -> list[Invoiced]:
    """What of each order is invoiced with ``pieces``, and the state that it comes to."""
    by_order: defaultdict[UUID, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_order[piece.order.id].append(piece)
    found = []
    for of_order in by_order.values():
        order = of_order[0].order
        amount = sum(piece.amount for piece in of_order)
        left = order.held - amount
        found.append(
            Invoiced(
                order=order,
                amount=amount,
                tax=sum(piece.tax_amount for piece in of_order),
                shipped=sum(piece.amount for piece in of_order if piece.shipment),
                shipped_tax=sum(piece.tax_amount for piece in of_order if piece.shipment),
                state="partially_invoiced" if left else "invoiced",
            )
        )
    return found
