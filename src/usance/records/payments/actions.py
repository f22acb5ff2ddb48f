"""Writing payments and allocations, many in one statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.records.payments.models import Payment
from usance.records.row_changes import change_row
from usance.records.statements import execute, jsonb

_APPLY_TO_INVOICES = """
UPDATE invoices_invoice AS i
   SET allocated = i.allocated + c.change, state = c.state, closed_on = c.closed_on
  FROM jsonb_to_recordset(%s) AS c(id uuid, change bigint, state text, closed_on date)
 WHERE i.seller_id = %s AND i.id = c.id
"""


Account = tuple[UUID, str]
"""A buyer and a currency: whose credit line."""

# Not a join: of a seller that statistics do not know yet it would read every line.
_LOCK_LINE: Final = """
SELECT buyer_id, currency FROM credit_creditline
 WHERE seller_id = %(seller_id)s
   AND (buyer_id, currency) = (SELECT buyer_id, currency FROM payments_payment
                                WHERE seller_id = %(seller_id)s AND id = %(payment_id)s)
   FOR NO KEY UPDATE
"""
_LOCK_LINES: Final = """
SELECT buyer_id, currency FROM credit_creditline
 WHERE seller_id = %(seller_id)s
   AND (buyer_id, currency) IN (
       SELECT * FROM unnest(%(buyers)s::uuid[], %(currencies)s::text[])
        UNION SELECT buyer_id, currency FROM payments_payment
               WHERE seller_id = %(seller_id)s AND id = %(payment_id)s AND buyer_id IS NOT NULL)
 ORDER BY id FOR NO KEY UPDATE
"""


class _Moved(Exception):
    """The payment became another buyer's between the two locks."""


def lock_payment_of(account: Account, *, seller_id: UUID, payment_id: UUID) -> Payment | None:
    """The payment, locked, by who holds the lock on the credit line of ``account`` and none on another:
    whose it is meanwhile is the caller's to look at. None if there is no such payment."""
    found = Payment.objects.select_for_update(no_key=True).filter(
        seller_id=seller_id, id=payment_id, currency=account[1]
    )
    return found.first()


def lock_payment(
    *, seller_id: UUID, payment_id: UUID, also: Collection[Account] = ()
) -> Payment | None:
    """The payment, locked until the transaction ends, after its buyer's credit line and those of
    ``also``, which are locked together in the order of all flows. What it pays in another currency has
    a line of its own: see ``queries.converted_accounts``."""
    accounts = set(also)
    while True:
        wanted = {
            "seller_id": seller_id,
            "payment_id": payment_id,
            "buyers": [buyer_id for buyer_id, _ in accounts],
            "currencies": [currency for _, currency in accounts],
        }
        try:
            # Going back to before it gives the locks back, so that the right line can be locked first.
            with transaction.atomic():
                locked = {
                    (buyer_id, currency)
                    for buyer_id, currency in execute(
                        _LOCK_LINES if accounts else _LOCK_LINE, wanted
                    )
                }
                payment = (
                    Payment.objects.select_for_update(no_key=True)
                    .filter(seller_id=seller_id, id=payment_id)
                    .first()
                )
                if payment is None or payment.buyer_id is None:
                    return payment
                account = payment.buyer_id, payment.currency
                if account not in locked | accounts:
                    raise _Moved
                return payment
        except _Moved:
            accounts.add(account)


def change(payment: Payment, **fields: Any) -> None:
    """Set ``fields`` on the locked payment, here and in the database."""
    change_row(payment, fields)


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
