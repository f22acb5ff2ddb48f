"""Reading what matching needs: unsettled bank lines, known payers, open invoices."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from usance.records.payments.models import BankTransaction
from usance.records.statements import execute


def unsettled(*, seller_id: UUID, limit: int) -> Sequence[BankTransaction]:
    """Money that came in and is not a payment yet, the oldest line first."""
    return list(
        BankTransaction.objects.raw(
            "SELECT t.* FROM payments_banktransaction AS t WHERE t.seller_id = %s AND t.amount > 0"
            " AND NOT EXISTS (SELECT 1 FROM payments_payment AS p"
            " WHERE p.seller_id = t.seller_id AND p.bank_transaction_id = t.id)"
            " ORDER BY t.booked_on, t.id LIMIT %s",
            [seller_id, limit],
        )
    )


def payers(*, seller_id: UUID, values: Collection[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """The buyer behind each (kind, value) that has paid before."""
    rows = execute(
        "SELECT kind, value, buyer_id FROM payments_payeraccount"
        " WHERE seller_id = %s AND (kind, value) IN (SELECT * FROM unnest(%s::text[], %s::text[]))",
        [seller_id, [v[0] for v in values], [v[1] for v in values]],
    )
    return {(kind, value): buyer_id for kind, value, buyer_id in rows}


def buyers_by_name(*, seller_id: UUID, names: Collection[str]) -> dict[str, UUID]:
    """The buyer of each name (upper case), where exactly one buyer has it."""
    rows = execute(
        "SELECT upper(name), min(id::text)::uuid FROM parties_buyer"
        " WHERE seller_id = %s AND upper(name) = ANY(%s) GROUP BY 1 HAVING count(*) = 1",
        [seller_id, list(names)],
    )
    return dict(rows)


_FIGURES = (
    "i.id, i.buyer_id, i.number, i.reference, i.currency, i.amount, i.credited, i.allocated,"
    " i.written_off, i.state, i.due_on"
)


def open_invoices_named(*, seller_id: UUID, references: Collection[str]) -> list[dict[str, Any]]:
    """The open invoices whose number, without punctuation, is among ``references``."""
    return _dictionaries(
        execute(
            f"SELECT {_FIGURES} FROM invoices_invoice AS i"
            " WHERE i.seller_id = %s AND i.reference = ANY(%s) AND i.state = 'open'",
            [seller_id, list(references)],
        )
    )


def open_invoices_of(
    *, seller_id: UUID, accounts: Collection[tuple[UUID, str]]
) -> list[dict[str, Any]]:
    """The open invoices of each (buyer, currency), the one due first before the others."""
    return _dictionaries(
        execute(
            f"SELECT {_FIGURES} FROM unnest(%s::uuid[], %s::text[]) AS a(buyer_id, currency)"
            " JOIN invoices_invoice AS i ON i.seller_id = %s AND i.buyer_id = a.buyer_id"
            " AND i.currency = a.currency AND i.state = 'open' ORDER BY i.due_on, i.reference",
            [[a[0] for a in accounts], [a[1] for a in accounts], seller_id],
        )
    )


def _dictionaries(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    names = [column.strip().removeprefix("i.") for column in _FIGURES.split(",")]
    return [dict(zip(names, row, strict=True)) for row in rows]
