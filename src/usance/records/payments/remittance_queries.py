"""Reading remittance advices, and the payments that they may be of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from usance.records.payments.models import Payment, Remittance, RemittanceFile, RemittanceLine
from usance.records.statements import execute


def waiting_for(
    *, seller_id: UUID, amounts: Collection[int], names: Collection[str]
) -> Sequence[Remittance]:
    """The advices that wait for money of one of ``amounts``, or under one of ``names``, the oldest
    first."""
    return list(
        Remittance.objects.raw(
            "SELECT * FROM payments_remittance WHERE seller_id = %s AND state = 'waiting'"
            " AND (amount = ANY(%s) OR names ?| %s) ORDER BY id",
            [seller_id, list(amounts), list(names)],
        )
    )


def lines_of(
    *, seller_id: UUID, remittance_ids: Collection[UUID]
) -> dict[UUID, list[RemittanceLine]]:
    """The lines of each advice, in order."""
    found: defaultdict[UUID, list[RemittanceLine]] = defaultdict(list)
    rows = RemittanceLine.objects.filter(seller_id=seller_id, remittance_id__in=remittance_ids)
    for row in rows.order_by("remittance_id", "ordinal"):
        found[row.remittance_id].append(row)
    return found


def payments_for(
    *,
    seller_id: UUID,
    amount: int | None,
    currency: str,
    names: Collection[str],
    first: date,
    last: date,
) -> Sequence[Payment]:
    """The payments, with their bank lines, that an advice may be of and that have no advice yet: received
    from ``first`` to ``last`` with the ``amount``, or whose bank line is called one of ``names``.

    What went back in full is no longer anybody's to place.
    """
    ids = execute(
        "SELECT p.id FROM payments_payment AS p LEFT JOIN payments_banktransaction AS t"
        " ON t.seller_id = p.seller_id AND t.id = p.bank_transaction_id"
        " WHERE p.seller_id = %(seller_id)s AND p.currency = %(currency)s"
        " AND p.returned + p.refunded < p.amount AND (p.amount = %(amount)s"
        " AND p.received_on BETWEEN %(first)s AND %(last)s OR t.end_to_end_id = ANY(%(names)s)"
        " OR t.structured_reference = ANY(%(names)s) OR t.bank_reference = ANY(%(names)s)"
        " OR p.reference = ANY(%(names)s))"
        " AND NOT EXISTS (SELECT 1 FROM payments_remittance AS r"
        " WHERE r.seller_id = p.seller_id AND r.payment_id = p.id) LIMIT 200",
        {
            "seller_id": seller_id,
            "currency": currency,
            "amount": amount,
            "first": first,
            "last": last,
            "names": list(names),
        },
    )
    found = Payment.objects.select_related("bank_transaction").filter(
        seller_id=seller_id, id__in=[id_ for (id_,) in ids]
    )
    return list(found.order_by("received_on", "id"))


def to_look_for_again(
    *, seller_id: UUID, since: datetime, before: datetime, limit: int
) -> list[UUID]:
    """Advices that came ``since`` and wait still, those longest not looked for first: none that was looked
    for after ``before``."""
    rows = execute(
        "SELECT id FROM payments_remittance WHERE seller_id = %s AND state = 'waiting'"
        " AND created_at >= %s AND coalesce(looked_at, changed_at) < %s"
        " ORDER BY coalesce(looked_at, changed_at), id LIMIT %s",
        [seller_id, since, before, limit],
    )
    return [id_ for (id_,) in rows]


def to_match_again(*, seller_id: UUID, since: datetime, limit: int) -> list[UUID]:
    """Joined advices that came ``since``, of payments of which nothing is placed, that name an invoice
    which was not there when they were looked at last."""
    rows = execute(
        "SELECT r.id FROM payments_remittance AS r JOIN payments_payment AS p"
        " ON p.seller_id = r.seller_id AND p.id = r.payment_id"
        " WHERE r.seller_id = %s AND r.state = 'joined' AND r.created_at >= %s"
        " AND p.allocated = 0 AND p.refunded = 0 AND p.returned = 0 AND EXISTS ("
        " SELECT 1 FROM payments_remittanceline AS l JOIN invoices_invoice AS i"
        " ON i.seller_id = l.seller_id"
        " AND i.reference = upper(regexp_replace(l.number, '[^A-Za-z0-9]', '', 'g'))"
        " WHERE l.seller_id = r.seller_id AND l.remittance_id = r.id"
        " AND i.created_at > coalesce(r.looked_at, r.changed_at))"
        " ORDER BY coalesce(r.looked_at, r.changed_at), r.id LIMIT %s",
        [seller_id, since, limit],
    )
    return [id_ for (id_,) in rows]


def sellers_with_open_advices() -> list[UUID]:
    """Sellers of whom an advice waits for its money, or has money of which nothing is placed."""
    rows = execute(
        "SELECT DISTINCT seller_id FROM payments_remittance WHERE state = 'waiting' UNION"
        " SELECT DISTINCT r.seller_id FROM payments_remittance AS r JOIN payments_payment AS p"
        " ON p.seller_id = r.seller_id AND p.id = r.payment_id"
        " WHERE r.payment_id IS NOT NULL AND p.state = 'unapplied'",
        [],
    )
    return [id_ for (id_,) in rows]


def remittances(*, seller_id: UUID, state: str = "", text: str = "") -> QuerySet[Remittance]:
    """The seller's advices with their files. ``text`` is part of the payer's name, or the beginning of a
    number by which the payment or a document is called."""
    found = Remittance.objects.select_related("file").defer("file__content")
    found = found.filter(seller_id=seller_id)
    if state:
        found = found.filter(state=state)
    if text:
        documents = RemittanceLine.objects.filter(seller_id=seller_id, number__istartswith=text)
        found = found.filter(
            Q(payer_name__icontains=text)
            | Q(reference__istartswith=text)
            | Q(cheque_number__istartswith=text)
            | Q(end_to_end_id__istartswith=text)
            | Q(id__in=documents.values("remittance_id"))
        )
    return found


def remittance(*, seller_id: UUID, remittance_id: UUID) -> Remittance | None:
    """One advice with its file, its payment and that payment's buyer."""
    return (
        Remittance.objects.select_related("file", "payment", "payment__buyer")
        .filter(seller_id=seller_id, id=remittance_id)
        .first()
    )


def of_payment(*, seller_id: UUID, payment_id: UUID) -> Remittance | None:
    """The advice that is joined to a payment, if there is one."""
    return Remittance.objects.filter(seller_id=seller_id, payment_id=payment_id).first()


def file_of(*, seller_id: UUID, digest: bytes) -> RemittanceFile | None:
    """The file of these bytes, if it was taken."""
    return RemittanceFile.objects.filter(seller_id=seller_id, digest=digest).first()
