"""The open items that only the ERP knows, and their sum."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from usance.records.credit.models import ExternalItem
from usance.records.statements import execute


def replace_items(
    *,
    seller_id: UUID,
    buyer_id: UUID,
    currency: str,
    origin: str,
    items: Sequence[tuple[str, int, date | None]],
    at: datetime,
) -> None:
    """Make (number, amount, due date) of ``items`` all that ``origin`` has open of the buyer."""
    ExternalItem.objects.filter(
        seller_id=seller_id, buyer_id=buyer_id, currency=currency, origin=origin
    ).delete()
    sums: dict[str, tuple[int, date | None]] = {}
    for number, amount, due_on in items:
        before, first_due = sums.get(number, (0, due_on))
        sums[number] = before + amount, min(filter(None, (first_due, due_on)), default=None)
    ExternalItem.objects.bulk_create(
        ExternalItem(
            seller_id=seller_id,
            buyer_id=buyer_id,
            currency=currency,
            origin=origin,
            number=number,
            amount=amount,
            due_on=due_on,
            created_at=at,
        )
        for number, (amount, due_on) in sums.items()
    )


def total(*, seller_id: UUID, buyer_id: UUID, currency: str) -> int:
    """The sum of what every origin has open of the buyer, in minor units."""
    rows = execute(
        "SELECT coalesce(sum(amount), 0)::bigint FROM credit_externalitem"
        " WHERE seller_id = %s AND buyer_id = %s AND currency = %s",
        [seller_id, buyer_id, currency],
    )
    return int(rows[0][0])


def our_numbers(
    *, seller_id: UUID, buyer_id: UUID, currency: str, numbers: Sequence[str]
) -> set[str]:
    """Those of ``numbers`` that invoices of ours to this buyer in ``currency`` carry, as number or
    external_id."""
    rows = execute(
        "SELECT n FROM unnest(%s::text[]) AS n WHERE EXISTS (SELECT 1 FROM invoices_invoice AS i"
        " WHERE i.seller_id = %s AND i.buyer_id = %s AND i.currency = %s"
        " AND (i.number = n OR i.external_id = n))",
        [list(numbers), seller_id, buyer_id, currency],
    )
    return {row[0] for row in rows}


def accounts_of(*, seller_id: UUID, origin: str) -> set[tuple[UUID, str]]:
    """The (buyer, currency) of which ``origin`` has anything open."""
    found = ExternalItem.objects.filter(seller_id=seller_id, origin=origin)
    return set(found.order_by().values_list("buyer_id", "currency").distinct())
