"""Writing invoices and credit notes, and giving out their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from usance.records.identity import new_id
from usance.records.invoices.models import BillingRun, Invoice, InvoicePart
from usance.records.statements import execute

_NEXT = """
INSERT INTO invoices_numberseries AS s (id, seller_id, created_at, kind, year, prefix, last_number)
VALUES (%s, %s, %s, %s, %s, %s, 1)
ON CONFLICT (seller_id, kind, year) DO UPDATE SET last_number = s.last_number + 1
RETURNING id, last_number, prefix
"""


def next_number(
    *, seller_id: UUID, kind: str, year: int, prefix: str, at: datetime
) -> tuple[UUID, int, str]:
    """Series, next number and prefix. The series stays locked until the transaction ends: a number
    is given out only with its document, so the series has no gap."""
    series_id, number, kept_prefix = execute(_NEXT, [new_id(), seller_id, at, kind, year, prefix])[
        0
    ]
    return series_id, number, kept_prefix


def lock_invoice(*, seller_id: UUID, invoice_id: UUID) -> Invoice | None:
    """The invoice, locked until the transaction ends, after its buyer's credit line."""
    execute(
        # Not a join: of a seller that statistics do not know yet it would read every line.
        "SELECT 1 FROM credit_creditline WHERE seller_id = %s AND (buyer_id, currency) ="
        " (SELECT buyer_id, currency FROM invoices_invoice WHERE seller_id = %s AND id = %s)"
        " FOR NO KEY UPDATE",
        [seller_id, seller_id, invoice_id],
    )
    return (
        Invoice.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=invoice_id)
        .first()
    )


def change(invoice: Invoice, **fields: Any) -> None:
    """Set ``fields`` on the locked invoice, here and in the database."""
    Invoice.objects.filter(seller_id=invoice.seller_id, id=invoice.id).update(**fields)
    for name, value in fields.items():
        setattr(invoice, name, value)


def add_parts(parts: Sequence[InvoicePart]) -> None:
    """Keep what of an invoice is of which order and shipment. Each shipment has one at most."""
    InvoicePart.objects.bulk_create(parts)


def change_run(run: BillingRun, **fields: Any) -> None:
    """Set ``fields`` on a billing run, here and in the database."""
    for name, value in fields.items():
        setattr(run, name, value)
    BillingRun.objects.filter(seller_id=run.seller_id, id=run.id).update(**fields)
