"""Reading what matching needs: unsettled bank lines, known payers, open invoices."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from usance.records.payments.models import (
    Allocation,
    BankClaim,
    BankStatement,
    BankTransaction,
    Payment,
    Proposal,
    Repayment,
    SetAsideLine,
)
from usance.records.statements import execute

_WAITING: Final = """
  FROM payments_waitingline AS w
 WHERE w.seller_id = %(seller_id)s
   AND NOT EXISTS (SELECT 1 FROM payments_setasideline AS s
                    WHERE s.seller_id = w.seller_id
                      AND s.bank_transaction_id = w.bank_transaction_id AND s.again_at > %(at)s)
"""
_UNSETTLED: Final = f"""
SELECT t.* FROM (SELECT w.booked_on, w.bank_transaction_id {_WAITING} {{one}}
                  ORDER BY w.booked_on, w.bank_transaction_id LIMIT %(limit)s) AS w
  JOIN payments_banktransaction AS t
       ON t.seller_id = %(seller_id)s AND t.id = w.bank_transaction_id
 ORDER BY w.booked_on, w.bank_transaction_id
"""


def unsettled(
    *, seller_id: UUID, at: datetime, limit: int, line_id: UUID | None = None
) -> list[BankTransaction]:
    """Money that came in and is not a payment yet, the oldest line first, without lines that are set
    aside until later than ``at``; of one line, if ``line_id`` names it."""
    one = "AND w.bank_transaction_id = %(line_id)s" if line_id else ""
    return list(
        BankTransaction.objects.raw(
            _UNSETTLED.replace("{one}", one),
            {"seller_id": seller_id, "at": at, "limit": limit, "line_id": line_id},
        )
    )


def has_unsettled(*, seller_id: UUID, at: datetime) -> bool:
    """Whether money came in that is not a payment yet, and may be tried at ``at``."""
    rows = execute(f"SELECT EXISTS (SELECT 1 {_WAITING})", {"seller_id": seller_id, "at": at})
    return bool(rows[0][0])


def set_aside_lines(*, seller_id: UUID) -> QuerySet[SetAsideLine]:
    """The bank lines whose booking failed, each with its line, the oldest first."""
    return (
        SetAsideLine.objects.select_related("bank_transaction")
        .filter(seller_id=seller_id)
        .order_by("id")
    )


def reasons_set_aside(*, seller_id: UUID, line_ids: Collection[UUID]) -> dict[UUID, SetAsideLine]:
    """What went wrong with those of the bank lines that are set aside."""
    found = SetAsideLine.objects.filter(seller_id=seller_id, bank_transaction_id__in=line_ids)
    return {one.bank_transaction_id: one for one in found}


def find_payments(
    *, seller_id: UUID, text: str = "", standing: str = "", buyer_id: UUID | None = None
) -> QuerySet[Payment]:
    """The seller's payments with their buyers.

    ``standing`` is a state, ``waiting`` (not put to use in full) or ``unidentified`` (the payer is
    unknown). ``text`` is the beginning of a reference, or a part of the payer's or buyer's name.
    """
    found = Payment.objects.select_related("buyer").filter(seller_id=seller_id)
    if standing == "waiting":
        found = found.filter(state__in=("received", "unapplied", "partially_allocated"))
    elif standing == "unidentified":
        found = found.filter(buyer_id__isnull=True, state__in=("received", "unapplied"))
    elif standing:
        found = found.filter(state=standing)
    if buyer_id:
        found = found.filter(buyer_id=buyer_id)
    if text:
        found = found.filter(
            Q(reference__icontains=text) | Q(payer__icontains=text) | Q(buyer__name__icontains=text)
        )
    return found


def payment_with_bank_line(*, seller_id: UUID, payment_id: UUID) -> Payment | None:
    """One payment with its buyer and the bank line that brought it."""
    return (
        Payment.objects.select_related("buyer", "bank_transaction", "bank_transaction__statement")
        .filter(seller_id=seller_id, id=payment_id)
        .first()
    )


@dataclass(frozen=True, slots=True)
class AllocationLine:
    """One allocation as it stands: ``left`` is what has not been taken back, in minor units."""

    id: UUID
    payment_id: UUID
    invoice_id: UUID
    invoice_number: str
    invoice_due_on: date
    received_on: date
    payer: str
    currency: str
    amount: int
    left: int
    rule: str
    explanation: str
    created_at: datetime
    deduction: int
    deduction_kind: str
    converted: int | None
    paid_in: str
    """The currency of the payment, in which ``converted`` is, if it is another."""


_ALLOCATIONS: Final = """
SELECT a.id, a.payment_id, a.invoice_id, i.number, i.due_on, p.received_on, p.payer, i.currency,
       a.amount, a.amount + coalesce((SELECT sum(r.amount) FROM payments_allocation AS r
           WHERE r.seller_id = a.seller_id AND r.reverses_id = a.id
             AND (r.payment_id, r.invoice_id) = (a.payment_id, a.invoice_id)), 0)::bigint,
       a.rule, a.explanation, a.created_at, a.deduction, a.deduction_kind,
       a.converted, p.currency
  FROM payments_allocation AS a
  JOIN invoices_invoice AS i ON i.seller_id = a.seller_id AND i.id = a.invoice_id
  JOIN payments_payment AS p ON p.seller_id = a.seller_id AND p.id = a.payment_id
 WHERE a.seller_id = %(seller_id)s AND a.reverses_id IS NULL
"""


def allocations_of_payment(*, seller_id: UUID, payment_id: UUID) -> list[AllocationLine]:
    """What a payment was put to, the first allocation first."""
    rows = execute(
        _ALLOCATIONS + " AND a.payment_id = %(id)s ORDER BY a.id",
        {"seller_id": seller_id, "id": payment_id},
    )
    return [AllocationLine(*row) for row in rows]


def allocations_of_invoice(*, seller_id: UUID, invoice_id: UUID) -> list[AllocationLine]:
    """What paid an invoice, the first allocation first."""
    rows = execute(
        _ALLOCATIONS + " AND a.invoice_id = %(id)s ORDER BY a.id",
        {"seller_id": seller_id, "id": invoice_id},
    )
    return [AllocationLine(*row) for row in rows]


def converted_accounts(*, seller_id: UUID, payment_id: UUID) -> set[tuple[UUID, str]]:
    """(buyer, currency) of what a payment pays in other currencies than its own."""
    rows = execute(
        "SELECT DISTINCT i.buyer_id, i.currency FROM payments_allocation AS a"
        " JOIN invoices_invoice AS i ON i.seller_id = a.seller_id AND i.id = a.invoice_id"
        " WHERE a.seller_id = %s AND a.payment_id = %s AND a.converted IS NOT NULL",
        [seller_id, payment_id],
    )
    return {(row[0], row[1]) for row in rows}


def repayments_of(*, seller_id: UUID, payment_id: UUID) -> list[Repayment]:
    """What of a payment is gone again, the first first."""
    return list(Repayment.objects.filter(seller_id=seller_id, payment_id=payment_id).order_by("id"))


def paid_by(*, seller_id: UUID, invoice_id: UUID) -> dict[UUID, int]:
    """What each payment pays of an invoice, in minor units, the first payment first."""
    rows = execute(
        "SELECT payment_id, sum(amount - deduction)::bigint FROM payments_allocation"
        " WHERE seller_id = %s AND invoice_id = %s"
        " GROUP BY payment_id HAVING sum(amount - deduction) > 0 ORDER BY min(created_at), payment_id",
        [seller_id, invoice_id],
    )
    return dict(rows)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Money of one currency that waits to be put to use, in minor units.

    ``unidentified`` of the ``payments`` have no known payer yet.
    """

    currency: str
    amount: int
    payments: int
    unidentified: int


def waiting(*, seller_id: UUID) -> list[Waiting]:
    """The seller's unapplied cash by currency."""
    rows = execute(
        "SELECT currency, sum(amount - allocated - refunded - returned)::bigint, count(*),"
        " count(*) FILTER (WHERE buyer_id IS NULL) FROM payments_payment"
        " WHERE seller_id = %s AND state IN ('received', 'unapplied', 'partially_allocated')"
        " GROUP BY currency ORDER BY currency",
        [seller_id],
    )
    return [Waiting(*row) for row in rows]


def bank_statements(*, seller_id: UUID) -> QuerySet[BankStatement]:
    """The bank files that were taken."""
    return BankStatement.objects.filter(seller_id=seller_id)


def bank_lines(*, seller_id: UUID, statement_id: UUID) -> QuerySet[BankTransaction]:
    """The lines that one bank file brought."""
    return BankTransaction.objects.filter(seller_id=seller_id, statement_id=statement_id)


def payments_of_lines(*, seller_id: UUID, line_ids: Sequence[UUID]) -> dict[UUID, Payment]:
    """The payment made of each bank line, with its buyer, where there is one."""
    made = Payment.objects.select_related("buyer").filter(
        seller_id=seller_id, bank_transaction_id__in=list(line_ids)
    )
    return {payment.bank_transaction_id: payment for payment in made if payment.bank_transaction_id}


@dataclass(frozen=True, slots=True)
class StatementResult:
    """What became of the lines of one bank file: counts of lines.

    ``paid_out`` are lines that took money from the account, ``waiting`` are not settled yet,
    ``split`` stand there as the payments that they were made of, ``claimed`` book debits or card
    payments that are in the books already.
    """

    lines: int
    paid_out: int
    waiting: int
    matched: int
    unapplied: int
    unidentified: int
    split: int = 0
    claimed: int = 0


def statement_result(*, seller_id: UUID, statement_id: UUID) -> StatementResult:
    """What became of the lines of one bank file."""
    row = execute(
        "SELECT count(*), count(*) FILTER (WHERE t.amount <= 0 AND NOT t.split"
        " AND NOT t.claimed),"
        " count(*) FILTER (WHERE t.amount > 0 AND p.id IS NULL AND NOT t.split AND NOT t.claimed),"
        " count(*) FILTER (WHERE p.allocated > 0 AND NOT t.split),"
        " count(*) FILTER (WHERE p.allocated = 0 AND p.buyer_id IS NOT NULL AND NOT t.split),"
        " count(*) FILTER (WHERE p.allocated = 0 AND p.buyer_id IS NULL AND NOT t.split"
        " AND NOT t.claimed),"
        " count(*) FILTER (WHERE t.split), count(*) FILTER (WHERE t.claimed)"
        " FROM (SELECT t.*, EXISTS (SELECT 1 FROM payments_bankclaim AS c"
        " WHERE c.seller_id = t.seller_id AND c.bank_transaction_id = t.id) AS claimed,"
        " EXISTS (SELECT 1 FROM payments_banktransaction AS b"
        " WHERE b.seller_id = t.seller_id AND b.batch_id = t.id) AS split"
        " FROM payments_banktransaction AS t) AS t LEFT JOIN payments_payment AS p"
        " ON p.seller_id = t.seller_id AND p.bank_transaction_id = t.id"
        " WHERE t.seller_id = %s AND t.statement_id = %s",
        [seller_id, statement_id],
    )[0]
    return StatementResult(*row)


def payments(
    *,
    seller_id: UUID,
    buyer_id: UUID | None = None,
    state: str | None = None,
    external_id: str | None = None,
) -> QuerySet[Payment]:
    """The seller's payments that fit, each with what was last ``matched`` for it."""
    wanted = {"buyer_id": buyer_id, "state": state, "external_id": external_id}
    return _with_match(seller_id).filter(
        **{name: value for name, value in wanted.items() if value is not None}
    )


def payment(*, seller_id: UUID, payment_id: UUID) -> Payment | None:
    """One payment of the seller's, with what was last ``matched`` for it."""
    return _with_match(seller_id).filter(id=payment_id).first()


def _with_match(seller_id: UUID) -> QuerySet[Payment]:
    names = ("id", "state", "rule", "confidence", "best", "held_back")
    newest = (
        Proposal.objects.filter(seller_id=seller_id, payment_id=OuterRef("id"))
        .order_by("-id")
        .values(shown=JSONObject(**{name: name for name in names}))[:1]
    )
    return Payment.objects.filter(seller_id=seller_id).annotate(matched=Subquery(newest))


def allocation(*, seller_id: UUID, allocation_id: UUID) -> Allocation:
    """One allocation with its invoice, which is there."""
    return Allocation.objects.select_related("invoice").get(seller_id=seller_id, id=allocation_id)


def bank_transactions(
    *, seller_id: UUID, statement_id: UUID | None = None
) -> QuerySet[BankTransaction]:
    """The seller's bank lines, or those that one file brought.

    Each with its ``payment_id``, whether that has ``paid`` something, is ``proposed`` to a person and
    its ``payer_known``, with ``aside`` if its booking failed, with ``split`` if other lines stand in its
    place, and with the kind of what it ``books`` that is in the books already.
    """
    of_seller = {"seller_id": seller_id}
    made = Payment.objects.filter(bank_transaction_id=OuterRef("id"), **of_seller)
    instead = BankTransaction.objects.filter(batch_id=OuterRef("id"), **of_seller)
    proposed = Proposal.objects.filter(
        payment__bank_transaction_id=OuterRef("id"), state="open", **of_seller
    )
    claim = BankClaim.objects.filter(bank_transaction_id=OuterRef("id"), **of_seller)
    names = ("code", "reason", "attempts", "again_at")
    aside = SetAsideLine.objects.filter(bank_transaction_id=OuterRef("id"), **of_seller).values(
        shown=JSONObject(**{name: name for name in names})
    )
    found = BankTransaction.objects.filter(seller_id=seller_id).annotate(
        payment_id=Subquery(made.values("id")[:1]),
        paid=Exists(made.filter(allocated__gt=0)),
        payer_known=Exists(made.filter(buyer_id__isnull=False)),
        proposed=Exists(proposed),
        aside=Subquery(aside[:1]),
        split=Exists(instead),
        books=Subquery(claim.values("kind")[:1]),
    )
    return found if statement_id is None else found.filter(statement_id=statement_id)


_UNAPPLIED: Final = """
WITH later AS (
    SELECT (%(on)s::date + 1)::timestamp AT TIME ZONE s.time_zone AS instant
      FROM parties_seller AS s WHERE s.id = %(seller_id)s
), theirs AS (
    SELECT id FROM payments_payment WHERE seller_id = %(seller_id)s AND buyer_id = %(buyer_id)s
), used AS (
    SELECT u.payment_id, sum(u.amount) AS amount
      FROM (SELECT a.payment_id, coalesce(a.converted, a.amount - a.deduction) AS amount
              FROM payments_allocation AS a
             WHERE a.seller_id = %(seller_id)s AND a.created_at < (SELECT instant FROM later)
               AND a.payment_id IN (SELECT id FROM theirs)
             UNION ALL
            SELECT r.payment_id, r.amount FROM payments_repayment AS r
             WHERE r.seller_id = %(seller_id)s AND r.created_at < (SELECT instant FROM later)
               AND r.payment_id IN (SELECT id FROM theirs)) AS u
     GROUP BY u.payment_id
)
SELECT p.currency, sum(p.amount - coalesce(u.amount, 0))::bigint
  FROM payments_payment AS p LEFT JOIN used AS u ON u.payment_id = p.id
 WHERE p.seller_id = %(seller_id)s AND p.buyer_id = %(buyer_id)s
   AND p.created_at < (SELECT instant FROM later)
 GROUP BY p.currency HAVING sum(p.amount - coalesce(u.amount, 0)) <> 0
"""


def unapplied_cash(*, seller_id: UUID, buyer_id: UUID, on: date) -> dict[str, int]:
    """What the buyer had paid and was not allocated at the end of the day ``on``, by currency."""
    rows = execute(_UNAPPLIED, {"seller_id": seller_id, "buyer_id": buyer_id, "on": on})
    return dict(rows)
