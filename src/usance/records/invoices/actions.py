"""Writing invoices and credit notes, and giving out their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from usance.records.identity import new_id
from usance.records.invoices.models import BillingRun, Invoice, InvoicePart
from usance.records.row_changes import change_row
from usance.records.statements import execute

_NEXT = """
INSERT INTO invoices_numberseries AS s
       (id, seller_id, created_at, kind, year, prefix, last_number, last_issued_on)
VALUES (%s, %s, %s, %s, %s, %s, 1, %s)
ON CONFLICT (seller_id, kind, year) DO UPDATE SET last_number = s.last_number + 1,
       last_issued_on = greatest(s.last_issued_on, excluded.last_issued_on)
RETURNING id, last_number, prefix, last_issued_on
"""


_MISSING_PARTS = """
INSERT INTO invoices_invoicepart
       (id, seller_id, created_at, invoice_id, order_id, amount, tax_amount, captured)
SELECT i.id, i.seller_id, i.created_at, i.id, i.order_id, i.amount, i.tax_amount, true
  FROM invoices_invoice AS i
 WHERE i.order_id IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM invoices_invoicepart AS p
        WHERE p.seller_id = i.seller_id AND p.invoice_id = i.id)
ON CONFLICT DO NOTHING
RETURNING id
"""


def next_number(
    *, seller_id: UUID, kind: str, on: date, prefix: str, at: datetime
) -> tuple[UUID, int, str, date]:
    """Series, next number, prefix and day of issue: ``on``, or that of the number before if it is
    later, since the days of a series never go back.

    The series stays locked until the transaction ends: a number is given out only with its document,
    so the series has no gap.
    """
    values = [new_id(), seller_id, at, kind, on.year, prefix, on]
    series_id, number, kept_prefix, issued_on = execute(_NEXT, values)[0]
    return series_id, number, kept_prefix, issued_on


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
    change_row(invoice, fields)


def add_parts(parts: Sequence[InvoicePart]) -> None:
    """Keep what of an invoice is of which order and shipment. Each shipment has one at most."""
    InvoicePart.objects.bulk_create(parts)


def add_missing_parts() -> int:
    """Give the invoices of all sellers that have no part the one that they are about; how many.

    Those are what a process of an earlier release has written while this one's tables were there
    already. Running it again adds nothing.
    """
    return len(execute(_MISSING_PARTS, []))


def lock_run(*, seller_id: UUID, run_id: UUID) -> BillingRun | None:
    """A billing run, locked until the transaction ends."""
    found = BillingRun.objects.select_for_update(no_key=True)
    return found.filter(seller_id=seller_id, id=run_id).first()


def change_run(run: BillingRun, **fields: Any) -> None:
    """Set ``fields`` on a billing run, here and in the database."""
    change_row(run, fields)
