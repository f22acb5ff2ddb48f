"""Reading disputes and write-offs that wait for a second person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import QuerySet, Sum

from usance.records.collections.models import (
    Dispute,
    DisputeFile,
    DisputeRemark,
    DisputeRules,
    WriteOffRequest,
)
from usance.records.statements import execute


def dispute(*, seller_id: UUID, dispute_id: UUID) -> Dispute | None:
    """One dispute with its invoice and buyer, or None."""
    return (
        Dispute.objects.select_related("invoice", "buyer", "credit_note")
        .filter(seller_id=seller_id, id=dispute_id)
        .first()
    )


def disputes(
    *,
    seller_id: UUID,
    invoice_id: UUID | None = None,
    buyer_id: UUID | None = None,
    state: str | None = None,
    answer_until: date | None = None,
) -> QuerySet[Dispute]:
    """The seller's disputes with invoice and buyer; those to be answered by ``answer_until`` at the
    latest, where that is given."""
    wanted = {
        "invoice_id": invoice_id,
        "buyer_id": buyer_id,
        "state": state,
        "answer_by__lte": answer_until,
    }
    return Dispute.objects.select_related("invoice", "buyer", "credit_note").filter(
        seller_id=seller_id, **{name: value for name, value in wanted.items() if value is not None}
    )


def remarks_of(disputes: Collection[Dispute]) -> dict[UUID, list[DisputeRemark]]:
    """What was said about each of ``disputes`` of one seller, the first first."""
    found: dict[UUID, list[DisputeRemark]] = {one.id: [] for one in disputes}
    if not found:
        return found
    seller_id = next(iter(disputes)).seller_id
    rows = DisputeRemark.objects.filter(seller_id=seller_id, dispute_id__in=found)
    for row in rows.order_by("id"):
        found[row.dispute_id].append(row)
    return found


def files_of(disputes: Collection[Dispute]) -> dict[UUID, list[DisputeFile]]:
    """What was handed in about each of ``disputes`` of one seller, the first first; without content."""
    found: dict[UUID, list[DisputeFile]] = {one.id: [] for one in disputes}
    if not found:
        return found
    seller_id = next(iter(disputes)).seller_id
    rows = DisputeFile.objects.defer("content").filter(seller_id=seller_id, dispute_id__in=found)
    for row in rows.order_by("id"):
        found[row.dispute_id].append(row)
    return found


def dispute_file(
    *, seller_id: UUID, file_id: UUID, dispute_id: UUID | None = None
) -> DisputeFile | None:
    """One file with its content: of whichever dispute of the seller's, or of this one; or None."""
    found = DisputeFile.objects.filter(seller_id=seller_id, id=file_id)
    return (found if dispute_id is None else found.filter(dispute_id=dispute_id)).first()


def disputed_lines(*, seller_id: UUID, invoice_id: UUID) -> set[str]:
    """The lines of an invoice that open disputes are about."""
    found = Dispute.objects.filter(seller_id=seller_id, invoice_id=invoice_id, state="open")
    return {one["line"] for lines in found.values_list("lines", flat=True) for one in lines}


def rules(*, seller_id: UUID) -> DisputeRules:
    """The seller's rules of disputes, or the usual ones, unsaved."""
    return DisputeRules.objects.filter(seller_id=seller_id).first() or DisputeRules(
        seller_id=seller_id
    )


def to_warn_of(*, seller_id: UUID, until: date) -> list[UUID]:
    """The open disputes to be answered by ``until`` of which nobody was reminded, the oldest first."""
    found = Dispute.objects.filter(
        seller_id=seller_id, state="open", answer_by__lte=until, warned_at=None
    )
    return list(found.order_by("answer_by", "id").values_list("id", flat=True))


def disputed(*, seller_id: UUID, invoice_ids: Collection[UUID]) -> dict[UUID, int]:
    """How much of each invoice is disputed, in minor units, where something is."""
    found = (
        Dispute.objects.filter(seller_id=seller_id, invoice_id__in=invoice_ids, state="open")
        .values("invoice_id")
        .annotate(total=Sum("amount"))
    )
    return {row["invoice_id"]: row["total"] for row in found}


_ON: Final = """
SELECT d.invoice_id, d.buyer_id, d.currency, sum(d.amount)::bigint
  FROM collections_dispute AS d
 CROSS JOIN (SELECT (%(on)s::date + 1)::timestamp AT TIME ZONE s.time_zone AS instant
               FROM parties_seller AS s WHERE s.id = %(seller_id)s) AS later
 WHERE d.seller_id = %(seller_id)s AND d.created_at < later.instant
   AND (d.resolved_at IS NULL OR d.resolved_at >= later.instant)
   AND (%(buyer_id)s::uuid IS NULL OR d.buyer_id = %(buyer_id)s)
 GROUP BY 1, 2, 3
"""


class Disputed(NamedTuple):
    """How much of an invoice was disputed at the end of a day, in minor units."""

    invoice_id: UUID
    buyer_id: UUID
    currency: str
    amount: int


def disputed_on(*, seller_id: UUID, on: date, buyer_id: UUID | None = None) -> list[Disputed]:
    """What was disputed at the end of the day ``on``, by invoice; of all buyers, or of one."""
    rows = execute(_ON, {"seller_id": seller_id, "on": on, "buyer_id": buyer_id})
    return [Disputed(*row) for row in rows]


def write_off_request(*, seller_id: UUID, request_id: UUID) -> WriteOffRequest | None:
    """One request with its invoice and buyer, or None."""
    return (
        WriteOffRequest.objects.select_related("invoice", "buyer")
        .filter(seller_id=seller_id, id=request_id)
        .first()
    )


def write_off_requests(
    *, seller_id: UUID, state: str | None = None, invoice_id: UUID | None = None
) -> QuerySet[WriteOffRequest]:
    """The seller's requests with invoice and buyer."""
    wanted = {"state": state, "invoice_id": invoice_id}
    return WriteOffRequest.objects.select_related("invoice", "buyer").filter(
        seller_id=seller_id, **{name: value for name, value in wanted.items() if value is not None}
    )
