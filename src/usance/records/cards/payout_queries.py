"""Payouts of a provider that the bank may still book, and the bank lines that may book them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Abs

from usance.records.cards.models import CardAuthorization, CardDispute, CardPayout
from usance.records.statements import execute

# Of millions of lines a few hundred wait. One that became a payment of nobody's, none of it used, waits for
# whoever it is about: the provider may tell of a payout after the bank has booked it. Lines by which money
# went are read where a payout may have gone back.
_POSSIBLE: Final = """
SELECT t.id, f.payment_id
  FROM (SELECT w.bank_transaction_id AS id, NULL::uuid AS payment_id FROM payments_waitingline AS w
         WHERE w.seller_id = %(seller)s AND w.booked_on >= %(since)s
         UNION ALL
        SELECT p.bank_transaction_id, p.id FROM payments_payment AS p
         WHERE p.seller_id = %(seller)s AND p.buyer_id IS NULL AND p.received_on >= %(since)s
           AND p.bank_transaction_id IS NOT NULL
           AND p.allocated = 0 AND p.refunded = 0 AND p.returned = 0
         UNION ALL
        SELECT g.id, NULL FROM payments_banktransaction AS g
         WHERE %(goes_back)s AND g.seller_id = %(seller)s AND g.amount < 0
           AND g.booked_on >= %(since)s) AS f
  JOIN payments_banktransaction AS t ON t.seller_id = %(seller)s AND t.id = f.id
 CROSS JOIN LATERAL (
       SELECT lower(concat_ws(' ', t.text, t.info, t.bank_reference, t.end_to_end_id, t.entry_reference,
                              t.structured_reference, t.counterparty)) AS words OFFSET 0) AS said
 WHERE t.booked_on >= %(since)s
   AND (t.amount = ANY(%(amounts)s) OR EXISTS (
        SELECT 1 FROM unnest(%(names)s::text[]) AS n(name) WHERE position(n.name IN said.words) > 0))
   AND NOT EXISTS (SELECT 1 FROM payments_bankclaim AS c
                    WHERE c.seller_id = t.seller_id AND c.bank_transaction_id = t.id)
   AND NOT EXISTS (SELECT 1 FROM payments_banktransaction AS b
                    WHERE b.seller_id = t.seller_id AND b.batch_id = t.id)
 ORDER BY t.booked_on, t.id
"""


_IN_STATE: Final = {
    "announced": Q(failed_at__isnull=True, booked=0),
    "booked": Q(failed_at__isnull=True) & ~Q(booked=0),
    "failed": Q(failed_at__isnull=False),
}


def payouts(
    *, seller_id: UUID, connection_id: UUID | None = None, state: str | None = None
) -> QuerySet[CardPayout]:
    """The seller's payouts that fit, of one of PAYOUT_STATES where one is named, the latest first."""
    found = CardPayout.objects.filter(seller_id=seller_id).order_by("-arrives_on", "-id")
    if connection_id is not None:
        found = found.filter(connection_id=connection_id)
    return found if state is None else found.filter(_IN_STATE[state])


def payout_with_id(*, seller_id: UUID, payout_id: UUID) -> CardPayout | None:
    """One payout."""
    return CardPayout.objects.filter(seller_id=seller_id, id=payout_id).first()


def nearest_payouts(*, seller_id: UUID, currency: str, amount: int, limit: int) -> list[CardPayout]:
    """Payouts that no bank line has booked and that go the way of ``amount``, those nearest to it first,
    the latest before the others."""
    same_way = Q(amount__gt=0) if amount > 0 else Q(amount__lt=0)
    found = CardPayout.objects.filter(same_way, seller_id=seller_id, currency=currency, booked=0)
    return list(found.order_by(Abs(F("amount") - amount), "-arrives_on", "-id")[:limit])


def payout(*, seller_id: UUID, connection_id: UUID, reference: str) -> CardPayout | None:
    """The payout that the provider calls so."""
    return CardPayout.objects.filter(
        seller_id=seller_id, connection_id=connection_id, reference=reference
    ).first()


def bookable(*, seller_id: UUID, since: date) -> list[CardPayout]:
    """Payouts expected since then that the bank has not booked, and those that failed after it had."""
    found = CardPayout.objects.filter(seller_id=seller_id, arrives_on__gte=since)
    waiting = Q(booked=0) & ~Q(amount=0)
    gone = Q(failed_at__isnull=False, booked=F("amount"))
    return list(found.filter(waiting | gone).order_by("arrives_on", "id"))


def unknown_references(*, seller_id: UUID, connection_id: UUID, among: Sequence[str]) -> list[str]:
    """Which of the provider's payouts are not kept yet."""
    known = CardPayout.objects.filter(
        seller_id=seller_id, connection_id=connection_id, reference__in=among
    )
    kept = set(known.values_list("reference", flat=True))
    return [reference for reference in among if reference not in kept]


_NEAREST: Final = """
SELECT t.id
  FROM payments_banktransaction AS t
  LEFT JOIN payments_payment AS p ON p.seller_id = t.seller_id AND p.bank_transaction_id = t.id
 WHERE t.seller_id = %(seller)s AND t.currency = %(currency)s
   AND t.booked_on BETWEEN %(since)s AND %(until)s
   AND (p.id IS NULL
        OR p.buyer_id IS NULL AND p.allocated = 0 AND p.refunded = 0 AND p.returned = 0)
   AND sign(t.amount) = sign(%(amount)s::bigint)
   AND NOT EXISTS (SELECT 1 FROM payments_bankclaim AS c
                    WHERE c.seller_id = t.seller_id AND c.bank_transaction_id = t.id)
   AND NOT EXISTS (SELECT 1 FROM payments_banktransaction AS b
                    WHERE b.seller_id = t.seller_id AND b.batch_id = t.id)
 ORDER BY abs(t.amount - %(amount)s::bigint), t.booked_on DESC, t.id DESC
 LIMIT %(limit)s
"""


def nearest_lines(
    *, seller_id: UUID, currency: str, amount: int, since: date, until: date, limit: int
) -> list[UUID]:
    """Bank lines of these days that go the way of ``amount`` and that nobody has settled but as money of
    nobody's, untouched; those nearest to it first."""
    given = {
        "seller": seller_id,
        "currency": currency,
        "amount": amount,
        "since": since,
        "until": until,
        "limit": limit,
    }
    return [row[0] for row in execute(_NEAREST, given)]


def possible_lines(
    *,
    seller_id: UUID,
    amounts: Collection[int],
    names: Sequence[str],
    since: date,
    goes_back: bool,
) -> list[tuple[UUID, UUID | None]]:
    """(bank line, the untouched payment of nobody's that it became) of lines since then, of one of
    ``amounts`` or naming one of ``names``; of money that went only if it ``goes_back``."""
    given = {
        "seller": seller_id,
        "since": since,
        "amounts": list(amounts),
        "names": [name.lower() for name in names],
        "goes_back": goes_back,
    }
    return [(row[0], row[1]) for row in execute(_POSSIBLE, given)]


def authorizations_named(
    *, seller_id: UUID, connection_id: UUID, references: Collection[str]
) -> dict[str, CardAuthorization]:
    """The authorizations that the provider knows by ``references``."""
    found = CardAuthorization.objects.filter(
        seller_id=seller_id, connection_id=connection_id, reference__in=set(references) - {""}
    )
    return {row.reference: row for row in found}


def dispute_fees(
    *, seller_id: UUID, connection_id: UUID, references: Collection[str]
) -> dict[str, int]:
    """What was booked as the provider's fee of each dispute, minor units."""
    found = CardDispute.objects.filter(
        seller_id=seller_id, connection_id=connection_id, reference__in=set(references)
    )
    return dict(found.values_list("reference", "fee"))


_PAID_TWICE: Final = """
SELECT coalesce(sum(p.amount), 0)::bigint FROM ledger_entry AS e
  JOIN ledger_posting AS p ON p.seller_id = e.seller_id AND p.entry_id = e.id
 WHERE e.seller_id = %s AND e.subject_id = %s AND e.kind = 'card_paid_twice' AND p.account = 'bad_debt'
"""


def paid_twice(*, seller_id: UUID, authorization_id: UUID) -> int:
    """What went to the card twice and is a loss, minor units."""
    return int(execute(_PAID_TWICE, [seller_id, authorization_id])[0][0])


def disputes_paid_twice(*, seller_id: UUID, authorization_id: UUID) -> list[CardDispute]:
    """Disputes, not won, that took what a refund had given back, the first first."""
    found = CardDispute.objects.filter(
        seller_id=seller_id, authorization_id=authorization_id, won_at=None, twice__gt=0
    )
    return list(found.order_by("id"))
