"""Writing mandates, debits, files and answers, and locking them in the order of all flows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from usance.records.debits.models import BuyerRules, CollectionRules, Debit, DebitFile, Mandate
from usance.records.row_changes import change_row
from usance.records.statements import execute

Row = TypeVar("Row", BuyerRules, CollectionRules, Debit, DebitFile, Mandate)


def change(row: Row, **fields: Any) -> None:
    """Set ``fields`` on the row, here and in the database."""
    change_row(row, fields)


def lock_collecting(*, seller_id: UUID) -> None:
    """One at a time for a seller: writes files, so that numbers are given once."""
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [str(seller_id)])


def lock_debit(*, seller_id: UUID, debit_id: UUID) -> Debit | None:
    """The debit, locked until the transaction ends, after its buyer's credit line."""
    execute(
        "SELECT 1 FROM credit_creditline WHERE seller_id = %s AND (buyer_id, currency) ="
        " (SELECT buyer_id, currency FROM debits_debit WHERE seller_id = %s AND id = %s)"
        " FOR NO KEY UPDATE",
        [seller_id, seller_id, debit_id],
    )
    return (
        Debit.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=debit_id)
        .first()
    )


def lock_mandate(*, seller_id: UUID, mandate_id: UUID) -> Mandate | None:
    """The mandate, locked until the transaction ends; line and debit are locked before it."""
    return (
        Mandate.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=mandate_id)
        .first()
    )


def lock_file(*, seller_id: UUID, file_id: UUID) -> DebitFile | None:
    """The file, locked until the transaction ends; its debits are locked before it."""
    return (
        DebitFile.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=file_id)
        .first()
    )


def lock_scheduled(*, seller_id: UUID, mandate_id: UUID) -> None:
    """The debits scheduled under a mandate, locked before the mandate as everywhere."""
    execute(
        "SELECT 1 FROM debits_debit WHERE seller_id = %s AND mandate_id = %s"
        " AND state = 'scheduled' ORDER BY id FOR NO KEY UPDATE",
        [seller_id, mandate_id],
    )


def lock_debits(*, seller_id: UUID, debit_ids: Sequence[UUID]) -> list[Debit]:
    """The debits, locked in their order until the transaction ends, after their buyers' lines."""
    execute(
        "SELECT 1 FROM credit_creditline AS l WHERE l.seller_id = %s AND (l.buyer_id, l.currency) IN"
        " (SELECT d.buyer_id, d.currency FROM debits_debit AS d"
        " WHERE d.seller_id = %s AND d.id = ANY(%s))"
        " ORDER BY l.id FOR NO KEY UPDATE",
        [seller_id, seller_id, list(debit_ids)],
    )
    return list(
        Debit.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id__in=list(debit_ids))
        .order_by("id")
    )
