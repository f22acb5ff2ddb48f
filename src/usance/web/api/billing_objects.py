"""Shipments, invoices, their notes and billing runs as the world sees them."""

from __future__ import annotations

from datetime import date
from typing import Any

from usance.flows.billing_runs import Draft, Previewed
from usance.records.identity import public_id
from usance.records.invoices import queries
from usance.records.invoices.models import BillingRun, CreditNote, Invoice
from usance.records.invoices.queries import RunFigures
from usance.records.orders.models import Shipment
from usance.rules.invoicing.crediting import minor
from usance.rules.invoicing.serial import to_json
from usance.rules.invoicing.split_payment import collected_tax, split_tax
from usance.web.api.objects import Document, described, head, lines, money, optional_id


def shipment(record: Shipment) -> Document:
    """A shipment; its order is read with it."""
    currency = record.order.currency
    return described("shipment", record) | {
        "order": public_id("order", record.order_id),
        "buyer": public_id("buyer", record.buyer_id),
        "amount": money(record.amount, currency),
        "tax_amount": money(record.tax_amount, currency),
        "shipped_on": record.shipped_on,
        "delivered_on": record.delivered_on,
        "carrier": record.carrier,
        "tracking": record.tracking,
        "ship_to": record.ship_to or record.order.ship_to,
        "billed": record.billed,
        "canceled_at": record.canceled_at,
        **lines(record.lines, currency),
    }


def invoice(record: Invoice, *, on: date) -> Document:
    """An invoice as it stands on the day ``on``."""
    currency = record.currency
    left = record.amount - record.credited - record.allocated - record.written_off
    late = (on - record.next_due_on).days if record.state == "open" else 0
    return described("invoice", record) | {
        "number": record.number,
        "kind": record.kind,
        "buyer": public_id("buyer", record.buyer_id),
        "order": optional_id("order", record.order_id),
        "orders": [public_id("order", one) for one in _order_ids(record)],
        "state": record.state,
        "overdue": late > 0,
        "days_overdue": max(late, 0),
        "amount": money(record.amount, currency),
        "tax_amount": money(record.tax_amount, currency),
        "split_tax": money(record.split_tax, currency),
        "payment_reference": record.payment_reference,
        "credited": money(record.credited, currency),
        "allocated": money(record.allocated, currency),
        "written_off": money(record.written_off, currency),
        "outstanding": money(left, currency),
        "terms": record.terms,
        "issued_on": record.issued_on,
        "due_on": record.due_on,
        "instalments": [
            {
                "due_on": part.due_on,
                "amount": money(part.amount, currency),
                "outstanding": money(part.open, currency),
            }
            for part in record.instalments
        ],
        "discounts": [
            {
                "until": tier["until"],
                "percent": tier["percent"],
                "amount": money(tier["amount"], currency),
            }
            for tier in record.discounts
        ],
        "period_start": record.period_start,
        "period_end": record.period_end,
        "tax_point_on": record.tax_point_on,
        "closed_on": record.closed_on,
        "replaces": optional_id("invoice", record.replaces_id),
        "billing_run": optional_id("billing_run", record.run_id),
        **lines(record.lines, currency),
    }


def _order_ids(record: Invoice) -> list[Any]:
    """The orders that it bills: as they were read with it, or its one order, or asked for."""
    read = getattr(record, "order_ids", None)
    if read is not None:
        return sorted(read)
    if record.order_id is not None:
        return [record.order_id]
    found = queries.orders_of(seller_id=record.seller_id, invoice_ids=[record.id])
    return [one.order_id for one in found[record.id]]


def credit_note(record: CreditNote) -> Document:
    """A credit note."""
    currency = record.currency
    return described("credit_note", record) | {
        "number": record.number,
        "invoice": public_id("invoice", record.invoice_id),
        "amount": money(record.amount, currency),
        "tax_amount": money(record.tax_amount, currency),
        "split_tax": money(record.split_tax, currency),
        "reason": record.reason,
        "issued_on": record.issued_on,
        "lines": [
            line
            | {
                "amount": money(line["amount"], currency),
                "tax_amount": money(line["tax_amount"], currency),
            }
            for line in record.lines
        ],
    }


def billing_run(record: BillingRun, figures: RunFigures) -> Document:
    """A billing run and what it has issued by now."""
    return head("billing_run", record.id, record.created_at) | {
        "state": "running" if record.finished_at is None else "finished",
        "cut_off_on": record.cut_off_on,
        "buyer": optional_id("buyer", record.buyer_id),
        "scheduled": record.scheduled,
        "buyers_total": record.buyers_total,
        "buyers_done": record.buyers_done,
        "invoices": figures.invoices,
        "amounts": [money(amount, currency) for currency, amount in figures.amounts.items()],
        "failures": record.failures,
        "finished_at": record.finished_at,
    }


def billing_preview(seen: Previewed, *, cut_off_on: date) -> Document:
    """What a run would issue."""
    return {
        "object": "billing_preview",
        "cut_off_on": cut_off_on,
        "drafts": [_draft(draft) for draft in seen.drafts],
        "failures": list(seen.failures),
        "cut_short": seen.next is not None,
        "next": None
        if seen.next is None
        else f"{public_id('buyer', seen.next.buyer_id)}.{seen.next.drafts}",
    }


def _draft(draft: Draft) -> Document:
    document = draft.document
    currency, totals = document.currency, document.totals
    return {
        "buyer": public_id("buyer", draft.buyer_id),
        "amount": money(minor(totals.payable, currency), currency),
        "tax_amount": money(minor(collected_tax(document), currency), currency),
        "split_tax": money(minor(split_tax(document.vat), currency), currency),
        "due_on": document.due_on,
        "shipments": [public_id("shipment", one) for one in draft.shipment_ids],
        "document": to_json(document),
    }
