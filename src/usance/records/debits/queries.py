"""Reading mandates, debits, files and answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from usance.records.debits.models import (
    Answer,
    BuyerRules,
    CollectionRules,
    Debit,
    DebitFile,
    DebitPart,
    Mandate,
    Notice,
    Reversal,
)
from usance.records.held_invoices import NOT_HELD
from usance.records.statements import execute


def collection_rules(*, seller_id: UUID, at: datetime) -> CollectionRules:
    """How the seller collects; the usual way where it has said nothing."""
    found = CollectionRules.objects.filter(seller_id=seller_id).first()
    return found or CollectionRules(seller_id=seller_id, created_at=at, updated_at=at)


def ship_after(*, seller_id: UUID, buyer_id: UUID) -> str | None:
    """What was said of one buyer, None where nothing was."""
    return (
        BuyerRules.objects.filter(seller_id=seller_id, buyer_id=buyer_id)
        .values_list("ship_after", flat=True)
        .first()
    )


def ship_after_of(*, seller_id: UUID, buyer_ids: Collection[UUID]) -> dict[UUID, str]:
    """What was said of those of the buyers of whom anything was."""
    found = BuyerRules.objects.filter(seller_id=seller_id, buyer_id__in=buyer_ids)
    return dict(found.values_list("buyer_id", "ship_after"))


def mandates(
    *, seller_id: UUID, buyer_id: UUID | None = None, state: str | None = None
) -> QuerySet[Mandate]:
    """The mandates that fit, of all buyers or of one."""
    wanted = {"buyer_id": buyer_id, "state": state}
    return Mandate.objects.select_related("buyer").filter(
        seller_id=seller_id, **{name: value for name, value in wanted.items() if value is not None}
    )


def mandate(*, seller_id: UUID, mandate_id: UUID) -> Mandate | None:
    """One mandate with its buyer."""
    return mandates(seller_id=seller_id).filter(id=mandate_id).first()


def mandate_of_prenote(*, seller_id: UUID, trace: str) -> Mandate | None:
    """The mandate whose account was asked for with this trace number."""
    found = Mandate.objects.filter(seller_id=seller_id, prenote_trace=trace)
    return found.order_by("-id").first() if trace else None


def debits(
    *,
    seller_id: UUID,
    buyer_id: UUID | None = None,
    mandate_id: UUID | None = None,
    file_id: UUID | None = None,
    order_id: UUID | None = None,
    state: str | None = None,
) -> QuerySet[Debit]:
    """The debits that fit, with buyers and mandates."""
    wanted = {
        "buyer_id": buyer_id,
        "mandate_id": mandate_id,
        "file_id": file_id,
        "order_id": order_id,
        "state": state,
    }
    return Debit.objects.select_related("buyer", "mandate").filter(
        seller_id=seller_id, **{name: value for name, value in wanted.items() if value is not None}
    )


def debit(*, seller_id: UUID, debit_id: UUID) -> Debit | None:
    """One debit with buyer and mandate."""
    return debits(seller_id=seller_id).filter(id=debit_id).first()


def debit_by_end_to_end_id(*, seller_id: UUID, end_to_end_id: str) -> Debit | None:
    """The debit that carries this identification through the banks."""
    return Debit.objects.filter(seller_id=seller_id, end_to_end_id=end_to_end_id).first()


def debit_by_trace(*, seller_id: UUID, trace: str) -> Debit | None:
    """The debit that was sent last with this trace number: numbers begin anew after ten million."""
    found = Debit.objects.filter(seller_id=seller_id, trace_number=trace)
    return found.order_by("-id").first() if trace else None


def parts_of(*, seller_id: UUID, debit_ids: Iterable[UUID]) -> dict[UUID, list[DebitPart]]:
    """What each debit is for, with the invoices, by debit."""
    found: dict[UUID, list[DebitPart]] = defaultdict(list)
    rows = DebitPart.objects.select_related("invoice").filter(
        seller_id=seller_id, debit_id__in=list(debit_ids)
    )
    for part in rows.order_by("id"):
        found[part.debit_id].append(part)
    return found


def debits_of_invoice(*, seller_id: UUID, invoice_id: UUID) -> QuerySet[Debit]:
    """Every debit that was for an invoice."""
    of = DebitPart.objects.filter(seller_id=seller_id, invoice_id=invoice_id)
    return debits(seller_id=seller_id).filter(id__in=of.values("debit_id"))


def under_way(*, seller_id: UUID, invoice_ids: Collection[UUID]) -> dict[UUID, int]:
    """What is being collected of each invoice and has not come, in minor units."""
    rows = execute(
        "SELECT p.invoice_id, sum(p.amount)::bigint FROM debits_part AS p"
        " JOIN debits_debit AS d ON d.seller_id = p.seller_id AND d.id = p.debit_id"
        " WHERE p.seller_id = %s AND p.invoice_id = ANY(%s)"
        " AND d.state IN ('scheduled', 'submitted') GROUP BY p.invoice_id",
        [seller_id, list(invoice_ids)],
    )
    return dict(rows)


@dataclass(frozen=True, slots=True)
class ToCollect:
    """An open invoice that a mandate may collect."""

    invoice_id: UUID
    buyer_id: UUID
    mandate_id: UUID
    currency: str
    due_on: date


_TO_COLLECT: Final = (
    """
SELECT i.id, i.buyer_id, m.id, i.currency, coalesce(i.instalment_due_on, i.due_on)
  FROM invoices_invoice AS i
 CROSS JOIN LATERAL (
       SELECT m.id FROM debits_mandate AS m
        WHERE m.seller_id = i.seller_id AND m.buyer_id = i.buyer_id AND m.state = 'active'
          AND NOT m.one_off
          AND i.currency = CASE WHEN m.scheme LIKE 'sepa%%' THEN 'EUR' ELSE 'USD' END
        ORDER BY m.id DESC LIMIT 1) AS m
 WHERE i.seller_id = %(seller_id)s AND i.state = 'open' AND i.kind = 'sale'
   AND coalesce(i.instalment_due_on, i.due_on) <= %(until)s
   -- What came back before is for a person, but for the one time that it is sent again.
   AND NOT EXISTS (
       SELECT 1 FROM debits_part AS p
         JOIN debits_debit AS d ON d.seller_id = p.seller_id AND d.id = p.debit_id
        WHERE p.seller_id = i.seller_id AND p.invoice_id = i.id AND d.state <> 'settled')"""
    + NOT_HELD
    + """ ORDER BY i.buyer_id, i.due_on, i.id LIMIT %(limit)s
"""
)


def to_collect(*, seller_id: UUID, until: date, limit: int) -> list[ToCollect]:
    """Open invoices that are due until ``until``, whose buyers have given a mandate, and that nobody
    has tried to collect; none that is disputed, promised in instalments, or with a collection agency."""
    rows = execute(_TO_COLLECT, {"seller_id": seller_id, "until": until, "limit": limit})
    return [ToCollect(*row) for row in rows]


def to_write(*, seller_id: UUID, until: date) -> QuerySet[Debit]:
    """Scheduled debits in no file yet that are to be collected until ``until``."""
    return Debit.objects.filter(
        seller_id=seller_id, state="scheduled", file__isnull=True, collect_on__lte=until
    ).order_by("collect_on", "id")


def to_settle(*, seller_id: UUID, on: date) -> list[UUID]:
    """Submitted debits whose day has come."""
    found = Debit.objects.filter(seller_id=seller_id, state="submitted", collect_on__lte=on)
    return list(found.order_by("collect_on", "id").values_list("id", flat=True))


def to_be_good(*, seller_id: UUID, on: date) -> list[UUID]:
    """Settled debits whose money can come back by right no more, which nobody was told yet."""
    found = Debit.objects.filter(
        seller_id=seller_id, state="settled", good_at__isnull=True, funds_good_on__lte=on
    )
    return list(found.order_by("funds_good_on", "id").values_list("id", flat=True))


def files(*, seller_id: UUID, state: str | None = None) -> QuerySet[DebitFile]:
    """The files that were written."""
    found = DebitFile.objects.filter(seller_id=seller_id)
    return found if state is None else found.filter(state=state)


def file(*, seller_id: UUID, file_id: UUID) -> DebitFile | None:
    """One file."""
    return DebitFile.objects.filter(seller_id=seller_id, id=file_id).first()


def file_by_message(*, seller_id: UUID, message_id: str) -> DebitFile | None:
    """The file that the bank knows by this identification."""
    return DebitFile.objects.filter(seller_id=seller_id, message_id=message_id).first()


def to_place(*, seller_id: UUID) -> list[UUID]:
    """Files that wait to be laid into the outbox."""
    found = DebitFile.objects.filter(
        seller_id=seller_id, state="written", placed_at__isnull=True
    ).order_by("number")
    return list(found.values_list("id", flat=True))


def answers(*, seller_id: UUID) -> QuerySet[Answer]:
    """What the bank has answered."""
    return Answer.objects.filter(seller_id=seller_id)


def answer_with_digest(*, seller_id: UUID, digest: str) -> Answer | None:
    """The answer that was taken from the same bytes."""
    return Answer.objects.filter(seller_id=seller_id, digest=digest).first()


def notices_of(*, seller_id: UUID, debit_id: UUID) -> QuerySet[Notice]:
    """When and of what the buyer was told, the first time first."""
    return Notice.objects.filter(seller_id=seller_id, debit_id=debit_id).order_by("id")


def reversals(*, seller_id: UUID, debit_id: UUID) -> list[Reversal]:
    """What banks said of a debit after it was sent, in the order in which it came."""
    return list(Reversal.objects.filter(seller_id=seller_id, debit_id=debit_id).order_by("id"))


def sellers_that_collect() -> list[UUID]:
    """Sellers that have a mandate under which something may be collected, or a debit under way."""
    rows = execute(
        "SELECT DISTINCT seller_id FROM debits_mandate WHERE state IN ('active', 'suspended')"
        " UNION SELECT DISTINCT seller_id FROM debits_debit"
        " WHERE state IN ('scheduled', 'submitted') OR (state = 'settled' AND good_at IS NULL)",
        [],
    )
    return [row[0] for row in rows]


def lapsing_mandates(*, seller_id: UUID, unused_since: date) -> QuerySet[Mandate]:
    """Mandates that may have ended by not being used."""
    return Mandate.objects.filter(seller_id=seller_id, state__in=("active", "suspended")).filter(
        Q(last_collected_on__lte=unused_since)
        | Q(last_collected_on__isnull=True, signed_on__lte=unused_since)
    )
