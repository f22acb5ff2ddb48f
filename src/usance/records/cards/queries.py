"""Reading cards, what is held on them, and what is to be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Func, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast

from usance.records.cards.models import (
    CardAuthorization,
    CardEvent,
    CardInstruction,
    CardPage,
    CardReceipt,
    SecuredOrder,
    StoredCard,
)
from usance.records.held_invoices import NOT_HELD
from usance.records.statements import execute

LONGEST_UNDER_WAY: Final = timedelta(minutes=15)
GIVEN_UP_AFTER: Final = timedelta(days=30)
"""What has been under way for so long comes to nothing; a notice is still taken."""


def cards(*, seller_id: UUID, buyer_id: UUID | None = None) -> QuerySet[StoredCard]:
    """The cards that are kept, of all buyers or of one."""
    found = StoredCard.objects.filter(seller_id=seller_id, state="active")
    return found if buyer_id is None else found.filter(buyer_id=buyer_id)


def card(*, seller_id: UUID, card_id: UUID) -> StoredCard | None:
    """One card, forgotten ones included."""
    return StoredCard.objects.filter(seller_id=seller_id, id=card_id).first()


def page(*, seller_id: UUID, page_id: UUID) -> CardPage | None:
    """One page of the provider's."""
    return CardPage.objects.filter(seller_id=seller_id, id=page_id).first()


def page_by_reference(*, seller_id: UUID, connection_id: UUID, reference: str) -> CardPage | None:
    """The page that the provider knows by ``reference``."""
    found = CardPage.objects.filter(
        seller_id=seller_id, connection_id=connection_id, reference=reference
    )
    return found.exclude(reference="").first()


def pages_to_look_at(*, before: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(seller, page) of those that the provider has opened and nobody has said anything of since; of more
    than ``limit`` others at each moment."""
    found = CardPage.objects.filter(state="open", created_at__lte=before).exclude(reference="")
    return list(found.order_by(drawn(before)).values_list("seller_id", "id")[:limit])


def payer_of(*, seller_id: UUID, buyer_id: UUID, connection_id: UUID) -> str:
    """The buyer's name at the provider, where it has one."""
    of_buyer = {"seller_id": seller_id, "buyer_id": buyer_id, "connection_id": connection_id}
    known = StoredCard.objects.filter(**of_buyer).exclude(payer="").order_by("-id").first()
    if known:
        return known.payer
    page = CardPage.objects.filter(**of_buyer).exclude(payer="").order_by("-id").first()
    return page.payer if page else ""


def authorizations(
    *,
    seller_id: UUID,
    buyer_id: UUID | None = None,
    order_id: UUID | None = None,
    invoice_id: UUID | None = None,
    state: str | None = None,
) -> QuerySet[CardAuthorization]:
    """The authorizations that fit."""
    wanted = {"buyer_id": buyer_id, "order_id": order_id, "invoice_id": invoice_id, "state": state}
    return CardAuthorization.objects.filter(
        seller_id=seller_id, **{name: value for name, value in wanted.items() if value is not None}
    )


def authorization(*, seller_id: UUID, authorization_id: UUID) -> CardAuthorization | None:
    """One authorization."""
    return CardAuthorization.objects.filter(seller_id=seller_id, id=authorization_id).first()


def authorization_by_reference(
    *, seller_id: UUID, connection_id: UUID, reference: str
) -> CardAuthorization | None:
    """The authorization that the provider knows by ``reference``."""
    found = CardAuthorization.objects.filter(
        seller_id=seller_id, connection_id=connection_id, reference=reference
    )
    return found.exclude(reference="").first()


def is_renewed(row: CardAuthorization) -> bool:
    """Whether another authorization holds in the place of this one."""
    found = CardAuthorization.objects.filter(seller_id=row.seller_id, renews_id=row.id)
    return found.filter(state="authorized").exists()


def unclaimed(
    *, seller_id: UUID, buyer_id: UUID, order_reference: str, currency: str
) -> list[CardAuthorization]:
    """What is held for an order of this name that had not come when the card was given."""
    return list(
        CardAuthorization.objects.filter(
            seller_id=seller_id,
            buyer_id=buyer_id,
            order_reference=order_reference,
            currency=currency,
            order__isnull=True,
            purpose="order",
        )
    )


_UNCLAIMED: Final = """
SELECT a.seller_id, o.id
  FROM cards_authorization AS a
  JOIN orders_order AS o ON o.seller_id = a.seller_id AND o.external_id = a.order_reference
                        AND o.buyer_id = a.buyer_id AND o.currency = a.currency
 WHERE a.order_id IS NULL AND a.order_reference <> '' AND a.purpose = 'order'
   AND a.state IN ('pending', 'action_required', 'authorized')
 GROUP BY 1, 2 ORDER BY hashtextextended(o.id::text, %s) LIMIT %s
"""

_DIFFERS: Final = """
WITH open_orders AS (
    SELECT s.seller_id, s.order_id, s.short, s.again_at,
           CASE WHEN o.state IN ('authorized', 'partially_invoiced')
                     THEN o.amount - o.invoiced_amount - o.voided_amount
                WHEN o.state IN ('pending_review', 'pending_approval') THEN o.amount
                ELSE 0 END AS remaining
      FROM cards_securedorder AS s
      JOIN orders_order AS o ON o.seller_id = s.seller_id AND o.id = s.order_id
     WHERE s.is_open AND NOT EXISTS (
           SELECT 1 FROM cards_instruction AS c
             JOIN cards_authorization AS a
                  ON a.seller_id = c.seller_id AND a.id = c.authorization_id
            WHERE c.seller_id = s.seller_id AND a.order_id = s.order_id AND c.state = 'queued')
), figures AS (
    SELECT w.*, coalesce(h.held, 0) AS held, h.cards, h.least,
           w.remaining + coalesce((SELECT sum(least(p.amount, i.outstanding))
              FROM invoices_invoicepart AS p
              JOIN invoices_invoice AS i ON i.seller_id = p.seller_id AND i.id = p.invoice_id
             WHERE p.seller_id = w.seller_id AND p.order_id = w.order_id AND p.captured
               AND i.state = 'open' AND i.outstanding > 0), 0) AS needed
      FROM open_orders AS w
      LEFT JOIN (SELECT a.seller_id, a.order_id, sum(a.capturable) AS held, count(*) AS cards,
                        min(a.capturable) AS least
                   FROM cards_authorization AS a WHERE a.state = 'authorized' GROUP BY 1, 2) AS h
           ON h.seller_id = w.seller_id AND h.order_id = w.order_id
)
SELECT f.seller_id, f.order_id FROM figures AS f
 WHERE f.needed = 0
    OR (f.needed > f.remaining AND f.held > 0)
    OR (f.held < f.needed AND (f.needed - f.held <> f.short OR f.again_at <= %(at)s))
    OR (f.short > 0 AND f.held >= f.needed)
    OR (f.cards > 1 AND f.held - f.least >= f.needed)
    OR EXISTS (SELECT 1 FROM cards_authorization AS a
                WHERE a.seller_id = f.seller_id AND a.order_id = f.order_id
                  AND a.state = 'authorized' AND a.expires_at <= %(renew)s
                  AND NOT EXISTS (SELECT 1 FROM cards_authorization AS b
                                   WHERE b.seller_id = a.seller_id AND b.renews_id = a.id))
 ORDER BY hashtextextended(f.order_id::text, %(turn)s) LIMIT %(limit)s
"""


def turn_of(at: datetime) -> int:
    """What the order of a look at many is drawn from: each look begins elsewhere, so that those with
    which nothing can be done keep none behind them from its turn, however many they are."""
    return int(at.timestamp() * 1000)


def drawn(at: datetime) -> Func:
    """That order, for rows by their ``id``."""
    return Func(Cast("id", TextField()), Value(turn_of(at)), function="hashtextextended")


def orders_to_claim(*, at: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(seller, order) of orders that have come and whose name something is held for; of more than
    ``limit`` others at each moment."""
    return [(row[0], row[1]) for row in execute(_UNCLAIMED, [turn_of(at), limit])]


def orders_to_tend(*, at: datetime, renew: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(seller, order) of secured orders whose cards hold something else than they should; of more than
    ``limit`` others at each moment."""
    rows = execute(_DIFFERS, {"at": at, "renew": renew, "limit": limit, "turn": turn_of(at)})
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True, slots=True)
class Billed:
    """What an open invoice bills of an order and still asks for, minor units."""

    invoice_id: UUID
    amount: int


_BILLED: Final = """
SELECT p.invoice_id, least(sum(p.amount), min(i.outstanding))::bigint
       - coalesce((SELECT sum(c.amount) FROM cards_instruction AS c
            WHERE c.seller_id = p.seller_id AND c.invoice_id = p.invoice_id
              AND c.kind = 'capture' AND c.state = 'queued'), 0)::bigint
  FROM invoices_invoicepart AS p
  JOIN invoices_invoice AS i ON i.seller_id = p.seller_id AND i.id = p.invoice_id
 WHERE p.seller_id = %s AND p.order_id = %s AND p.captured
   AND i.state = 'open' AND i.outstanding > 0
 GROUP BY p.seller_id, p.invoice_id ORDER BY p.invoice_id
"""


def billed(*, seller_id: UUID, order_id: UUID) -> list[Billed]:
    """What of an order is invoiced, not paid, and not on its way from a card."""
    rows = execute(_BILLED, [seller_id, order_id])
    return [Billed(row[0], row[1]) for row in rows if row[1] > 0]


def run_out(*, at: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(seller, authorization) of those whose time is over, or that have been under way for longer than
    any answer takes, and of which nobody has told us; of more than ``limit`` others at each moment."""
    over = Q(state="authorized", expires_at__lte=at)
    slow = Q(
        state__in=("pending", "action_required"),
        created_at__lte=at - LONGEST_UNDER_WAY,
        created_at__gt=at - GIVEN_UP_AFTER,
    )
    found = CardAuthorization.objects.filter(over | slow).exclude(reference="")
    return list(found.order_by(drawn(at)).values_list("seller_id", "id")[:limit])


def secured(*, seller_id: UUID, order_id: UUID) -> SecuredOrder | None:
    """What is known of an order that a card secures."""
    return SecuredOrder.objects.filter(seller_id=seller_id, order_id=order_id).first()


def instruction(*, seller_id: UUID, instruction_id: UUID) -> CardInstruction | None:
    """One instruction."""
    return CardInstruction.objects.filter(seller_id=seller_id, id=instruction_id).first()


def instructions_of(*, seller_id: UUID, authorization_id: UUID) -> QuerySet[CardInstruction]:
    """What the provider was told about an authorization."""
    return CardInstruction.objects.filter(
        seller_id=seller_id, authorization_id=authorization_id
    ).order_by("id")


def due_instructions(*, at: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(seller, instruction) of every seller's that are due, the longest due first."""
    found = CardInstruction.objects.filter(due_at__lte=at).order_by("due_at")
    return list(found.values_list("seller_id", "id")[:limit])


def queued_amount(*, seller_id: UUID, authorization_id: UUID, kind: str) -> int:
    """The sum of what the provider is still to be told of a kind."""
    found = CardInstruction.objects.filter(
        seller_id=seller_id, authorization_id=authorization_id, kind=kind, state="queued"
    )
    return int(found.aggregate(total=Sum("amount"))["total"] or 0)


def is_another_unsure(row: CardInstruction) -> bool:
    """Whether it is not known of another instruction about the same authorization if it was taken."""
    others = CardInstruction.objects.filter(
        seller_id=row.seller_id,
        authorization_id=row.authorization_id,
        state="queued",
        asked_at__isnull=False,
    )
    return others.exclude(id=row.id).exists()


def is_waiting(*, seller_id: UUID, order_id: UUID) -> bool:
    """Whether the provider is still to be told something about the cards of an order."""
    return CardInstruction.objects.filter(
        seller_id=seller_id, authorization__order_id=order_id, state="queued"
    ).exists()


def refused_captures(
    *, seller_id: UUID, order_id: UUID, after: datetime
) -> set[tuple[UUID, UUID | None, int]]:
    """(authorization, invoice, minor units) of captures that the provider did not take since ``after``."""
    found = CardInstruction.objects.filter(
        seller_id=seller_id,
        authorization__order_id=order_id,
        kind="capture",
        state="refused",
        ended_at__gt=after,
    )
    return set(found.values_list("authorization_id", "invoice_id", "amount"))


def receipts(*, seller_id: UUID, authorization_id: UUID) -> Sequence[CardReceipt]:
    """The payments that captures of an authorization became, the latest first."""
    return list(
        CardReceipt.objects.filter(seller_id=seller_id, authorization_id=authorization_id).order_by(
            "-id"
        )
    )


def event(*, seller_id: UUID, event_id: UUID) -> CardEvent | None:
    """One notice."""
    return CardEvent.objects.filter(seller_id=seller_id, id=event_id).first()


def due_events(*, at: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(seller, notice) of every seller's that are to be worked on, the longest due first."""
    found = CardEvent.objects.filter(due_at__lte=at).order_by("due_at")
    return list(found.values_list("seller_id", "id")[:limit])


_CHARGES: Final = (
    """
SELECT i.id, i.buyer_id, i.currency, i.outstanding, i.due_on, c.id
  FROM invoices_invoice AS i
  JOIN LATERAL (SELECT c.id FROM cards_storedcard AS c
                 WHERE c.seller_id = i.seller_id AND c.buyer_id = i.buyer_id
                   AND c.state = 'active' AND c.charge_at_due
                 ORDER BY c.id DESC LIMIT 1) AS c ON true
 WHERE i.seller_id = %(seller)s AND i.state = 'open' AND i.kind = 'sale' AND i.outstanding > 0
   AND coalesce(i.instalment_due_on, i.due_on) <= %(on)s
   AND NOT EXISTS (
       SELECT 1 FROM cards_authorization AS a
        WHERE a.seller_id = i.seller_id AND a.invoice_id = i.id AND a.purpose = 'charge'
          AND (a.state IN ('pending', 'action_required')
               OR a.id = (SELECT max(b.id::text)::uuid FROM cards_authorization AS b
                           WHERE b.seller_id = a.seller_id AND b.invoice_id = a.invoice_id
                             AND b.purpose = 'charge')
                  AND a.state = 'declined' AND a.card_id = c.id
                  AND (a.again_on IS NULL OR a.again_on > %(on)s)))
   AND NOT EXISTS (
       SELECT 1 FROM cards_page AS g
        WHERE g.seller_id = i.seller_id AND g.kind = 'pay' AND g.state = 'open'
          AND g.created_at > %(recent)s
          AND g.amounts @> jsonb_build_array(jsonb_build_object('invoice', i.id::text)))
   AND NOT EXISTS (
       SELECT 1 FROM cards_securedorder AS s JOIN invoices_invoicepart AS p
            ON p.seller_id = s.seller_id AND p.order_id = s.order_id
        WHERE s.seller_id = i.seller_id AND p.invoice_id = i.id AND s.is_open)
   AND NOT EXISTS (
       SELECT 1 FROM debits_part AS p JOIN debits_debit AS d
            ON d.seller_id = p.seller_id AND d.id = p.debit_id
        WHERE p.seller_id = i.seller_id AND p.invoice_id = i.id
          AND d.state IN ('scheduled', 'submitted'))"""
    + NOT_HELD
    + """ ORDER BY i.due_on, i.id LIMIT %(limit)s
"""
)


@dataclass(frozen=True, slots=True)
class ToCharge:
    """An open invoice that is due, and the card that its buyer wants charged then."""

    invoice_id: UUID
    buyer_id: UUID
    currency: str
    outstanding: int
    due_on: date
    card_id: UUID


def invoices_to_charge(
    *, seller_id: UUID, on: date, recent: datetime, limit: int
) -> list[ToCharge]:
    """What is due on the day ``on`` and to be taken from a card by consent. An invoice that somebody
    opened the provider's page for after ``recent`` may be being paid there; one that a bank or an agency
    collects, that is disputed, or that the buyer pays in agreed instalments and has not failed to, is not
    charged as well."""
    values = {"seller": seller_id, "on": on, "recent": recent, "limit": limit}
    return [ToCharge(*row) for row in execute(_CHARGES, values)]


def is_held(*, seller_id: UUID, invoice_id: UUID) -> bool:
    """Whether nothing collects the invoice by itself now."""
    free = "SELECT 1 FROM invoices_invoice AS i WHERE i.seller_id = %s AND i.id = %s" + NOT_HELD
    return not execute(free, [seller_id, invoice_id])


def refusals_of(*, seller_id: UUID, invoice_id: UUID, card_id: UUID) -> int:
    """How often charging the card for the invoice was declined."""
    return CardAuthorization.objects.filter(
        seller_id=seller_id,
        invoice_id=invoice_id,
        card_id=card_id,
        purpose="charge",
        state="declined",
    ).count()
