"""What the provider says of an authorization becomes what we keep: figures, state, money, credit.

Every source comes to the same place, an answer, a notice or a question, and only what is new of it is
booked: told twice, or late, it changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from usance.flows.cards import money, security
from usance.flows.cards.instructing import tell
from usance.flows.journal import Journal, business_day
from usance.flows.refusals import NotFound
from usance.gateways.errors import Malformed
from usance.gateways.psp import Authorization, CardToken
from usance.records.cards import actions, queries
from usance.records.cards.models import CardAuthorization, StoredCard
from usance.records.credit import actions as credit
from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.rules import cards, states

_OVER = frozenset({"captured", "voided", "expired", "declined"})


@transaction.atomic
def absorb(
    seller: Seller,
    *,
    authorization_id: UUID,
    now: Authorization,
    at: datetime,
    by: str,
    note: str = "",
) -> CardAuthorization:
    """Keep what the provider says of an authorization ``now``. Raises NotFound, or Malformed for amounts
    of another currency."""
    known = queries.authorization(seller_id=seller.id, authorization_id=authorization_id)
    if known is None:
        raise NotFound("There is no such authorization.")
    if now.currency != known.currency:
        raise Malformed(
            f"The provider speaks of {now.currency} where {known.currency} was asked for; nothing was"
            " booked. Switch off its conversion of currencies.",
            counterpart="Payment provider",
            detail=now.currency,
        )
    line = credit.ensure_line(
        seller_id=seller.id, buyer_id=known.buyer_id, currency=known.currency, at=at
    )
    row = actions.lock_authorization(seller_id=seller.id, authorization_id=authorization_id)
    assert row is not None
    captured, refunded = max(now.captured - row.captured, 0), max(now.refunded - row.refunded, 0)
    failed = max(now.refund_failed - row.refund_failed, 0)
    before = row.state
    actions.change(row, **_figures(seller, row, now, at=at))
    journal = Journal(seller, at=at, by=by)
    if row.state != before:
        tell(journal, row, what=row.state, state=row.state)
    elif captured or refunded:
        tell(journal, row, what="changed")
    if failed:
        tell(journal, row, what="refund_failed")
    security.follow(journal, line, authorization=row)
    if row.renews is not None:
        security.follow(journal, line, authorization=row.renews)
    journal.close()
    if captured:
        money.book_capture(seller, row, amount=captured, pays=_paid_by(row), at=at, by=by)
    if refunded:
        money.book_refund(seller, row, amount=refunded, reason=note, at=at, by=by)
    if failed:
        failed -= money.book_once_after_all(seller, row, amount=failed, at=at, by=by)
    if failed:
        money.book_back(
            seller,
            row,
            amount=failed,
            kind="refund_failed",
            external_id=f"card:{row.id.hex}:refund_failed:{row.refund_failed}",
            at=at,
            by=by,
        )
    return row


@transaction.atomic
def lapse(seller: Seller, *, authorization_id: UUID, at: datetime) -> None:
    """The time of an authorization is over and the provider cannot be asked: what is not known to be
    held secures nothing. Raises NotFound."""
    known = queries.authorization(seller_id=seller.id, authorization_id=authorization_id)
    if known is None:
        raise NotFound("There is no such authorization.")
    line = credit.ensure_line(
        seller_id=seller.id, buyer_id=known.buyer_id, currency=known.currency, at=at
    )
    row = actions.lock_authorization(seller_id=seller.id, authorization_id=authorization_id)
    assert row is not None
    journal = Journal(seller, at=at, by="cards")
    security.follow(journal, line, authorization=row)
    journal.close()


def _figures(
    seller: Seller, row: CardAuthorization, now: Authorization, *, at: datetime
) -> dict[str, Any]:
    """What changes of ``row``. What was captured or refunded never becomes less: an answer that took
    longer than another is no news."""
    fields: dict[str, Any] = {
        "captured": max(row.captured, now.captured),
        "refunded": max(row.refunded, now.refunded),
        "refund_failed": max(row.refund_failed, now.refund_failed),
        "reference": row.reference or now.reference,
    }
    state = _state(row, now, at=at)
    if row.state in _OVER:
        return fields
    if (row.state, state) not in states.CARD_AUTHORIZATION and state != row.state:
        return fields
    fields |= {"state": state, "authorized": now.authorized, "capturable": now.capturable}
    if now.can_increase is not None and row.can_increase is not False:
        fields["can_increase"] = now.can_increase
    if state == "authorized":
        told = now.expires_at or row.expires_at
        until = cards.expires_at(authorized_at=row.created_at, told=told)
        # It may hold longer than it was said to: looked at again tomorrow.
        fields["expires_at"] = until if until > at else at + timedelta(days=1)
    if now.card is not None and row.card_id is None:
        fields["card_id"] = keep_card(seller, now.card, row=row, at=at)
    if state == "declined":
        decline = now.decline
        unasked: cards.DeclineReason = (
            "authentication_required" if now.state == "action_required" else "do_not_honor"
        )
        reason = decline.reason if decline else unasked
        fields |= {
            "capturable": 0,
            "authorized": 0,
            "decline_reason": reason,
            "decline_words": decline.words if decline else "",
            "again_on": _again_on(seller, row, reason, at=at),
        }
    return fields


def _state(row: CardAuthorization, now: Authorization, *, at: datetime) -> str:
    if now.state == "voided" and row.expires_at is not None and row.expires_at <= at:
        return "expired" if row.state == "authorized" else "voided"
    if now.state == "action_required" and row.purpose != "page":
        # Its holder is not there, and cannot be asked by the bank.
        return "declined"
    return now.state


def _again_on(
    seller: Seller, row: CardAuthorization, reason: cards.DeclineReason, *, at: datetime
) -> Any:
    """When a charge is tried again; None for what is no charge, or where trying does not help."""
    if row.invoice_id is None or row.card_id is None:
        return None
    before = queries.refusals_of(
        seller_id=seller.id, invoice_id=row.invoice_id, card_id=row.card_id
    )
    on = business_day(seller, at=at)
    return cards.charge_again_on(reason, attempts=before + 1, on=on)


def keep_card(seller: Seller, token: CardToken, *, row: Any, at: datetime) -> UUID | None:
    """The stored card of ``token`` for the buyer of ``row``; None where the provider keeps none.

    A card that one buyer gave is never another's.
    """
    if not token.payer or not token.reference:
        return None
    known = StoredCard.objects.filter(
        seller_id=seller.id, connection_id=row.connection_id, token=token.reference
    ).first()
    if known is not None:
        return known.id if known.buyer_id == row.buyer_id else None
    made = StoredCard.objects.create(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        buyer_id=row.buyer_id,
        connection_id=row.connection_id,
        payer=token.payer,
        token=token.reference,
        brand=token.brand,
        last4=token.last4,
        expires_year=token.expires_year,
        expires_month=token.expires_month,
    )
    return made.id


def _paid_by(row: CardAuthorization) -> Sequence[tuple[UUID, int]]:
    """What the money of an authorization is for: (invoice, minor units)."""
    if row.invoice_id is not None:
        return [(row.invoice_id, row.amount)]
    if row.page is not None and row.page.amounts:
        return [(UUID(one["invoice"]), int(one["amount"])) for one in row.page.amounts]
    told = queries.instructions_of(seller_id=row.seller_id, authorization_id=row.id)
    captures = told.filter(kind="capture", invoice__isnull=False).exclude(state="refused")
    return [(one.invoice_id, one.amount) for one in captures if one.invoice_id]
