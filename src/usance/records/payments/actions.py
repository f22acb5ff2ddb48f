"""Writing payments and allocations, many in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from usance.records.payments.models import Payment
from usance.records.statements import execute, jsonb

_APPLY_TO_INVOICES = """
UPDATE invoices_invoice AS i
   SET allocated = i.allocated + c.change, state = c.state, closed_on = c.closed_on
  FROM jsonb_to_recordset(%s) AS c(id uuid, change bigint, state text, closed_on date)
 WHERE i.seller_id = %s AND i.id = c.id
"""


def lock_payment(*, seller_id: UUID, payment_id: UUID) -> Payment | None:
    """The payment, locked until the transaction ends, after its buyer's credit line."""
    execute(
        # Not a join: of a seller that statistics do not know yet it would read every line.
        "SELECT 1 FROM credit_creditline WHERE seller_id = %s AND (buyer_id, currency) ="
        " (SELECT buyer_id, currency FROM payments_payment WHERE seller_id = %s AND id = %s)"
        " FOR NO KEY UPDATE",
        [seller_id, seller_id, payment_id],
    )
    return (
        Payment.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=payment_id)
        .first()
    )


def change(payment: Payment, **fields: Any) -> None:
    """Set ``fields`` on the locked payment, here and in the database."""
    for name, value in fields.items():
        setattr(payment, name, value)
    Payment.objects.filter(seller_id=payment.seller_id, id=payment.id).update(**fields)


def apply_to_invoices(
    *, seller_id: UUID, changes: Mapping[UUID, tuple[int, str, date | None]]
) -> None:
    """Add to each invoice's ``allocated``, with the state and closing day that follow.

    The invoices' own table is written here because an allocation is one fact on both sides; the
    database keeps ``outstanding`` from falling below zero.
    """
    if changes:
        rows = [
            {"id": invoice_id, "change": amount, "state": state, "closed_on": closed_on}
            for invoice_id, (amount, state, closed_on) in changes.items()
        ]
        execute(_APPLY_TO_INVOICES, [jsonb(rows), seller_id])
