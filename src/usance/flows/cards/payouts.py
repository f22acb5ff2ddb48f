"""A provider pays out what cards brought: told by it, kept with all that is in it, and booked by the line
of the bank that brings it.

Such a line is no payment of a buyer's. It is known by the name that only this payout has, or by its
amount to the cent, its days and a mark of the provider's; where two could be it, it is neither.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.cards.payout_booking import Found, book_all, is_next, lock, tell
from usance.flows.cards.providers import KINDS, provider_at
from usance.flows.journal import Journal, business_day
from usance.gateways.errors import CounterpartError
from usance.gateways.psp import PaymentProvider, Payout
from usance.records.cards import actions, payout_queries
from usance.records.cards.models import CardPayout
from usance.records.connections import queries as connections
from usance.records.events.secrets import SecretUnreadable
from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.records.payments.models import BankTransaction
from usance.rules.cards import PAYOUT_BEFORE, SentPayout, fits_payout, is_named

LOOK_BACK: Final = timedelta(days=60)
"""A payout that the bank has not booked for so long is looked for no more."""
ASK_BACK: Final = timedelta(days=10)
"""Payouts of so many days are asked for, in case a notice was lost."""
_log = logging.getLogger(__name__)

Pair = tuple[BankTransaction, CardPayout]


def take_payout(
    seller: Seller,
    *,
    connection_id: UUID,
    reference: str,
    at: datetime,
    provider: PaymentProvider | None = None,
) -> CardPayout:
    """Ask the provider about a payout and keep what it says; a line of the bank that is there already is
    claimed at once. Raises what the provider raises."""
    asked = provider or provider_at(seller.id, connection_id)
    told = asked.payout(reference)
    kept = _keep(seller, connection_id, told, at=at)
    with transaction.atomic():
        lock(seller)
        claim(seller, at=at, by="provider")
    kept.refresh_from_db()
    return kept


def ask_for_payouts(
    *, seller_id: UUID, at: datetime, provider: PaymentProvider | None = None
) -> int:
    """Take the payouts that the seller's providers have told nothing of; how many. A provider that cannot
    be asked is asked the next time."""
    seller = Seller.objects.get(id=seller_id)
    since = business_day(seller, at=at) - ASK_BACK
    found = 0
    for connection in connections.connections(seller_id=seller_id, active=True).filter(
        kind__in=KINDS
    ):
        try:
            asked = provider or provider_at(seller_id, connection.id)
            fresh = payout_queries.unknown_references(
                seller_id=seller_id,
                connection_id=connection.id,
                among=list(asked.payouts(since=since)),
            )
            for reference in fresh:
                take_payout(
                    seller, connection_id=connection.id, reference=reference, at=at, provider=asked
                )
                found += 1
        except (CounterpartError, SecretUnreadable) as error:
            _log.warning("payouts of connection %s: %s", connection.id, error.code)
    return found


@transaction.atomic
def _keep(seller: Seller, connection_id: UUID, told: Payout, *, at: datetime) -> CardPayout:
    """What the provider says now; of one that the bank has booked, only that it failed after all."""
    lock(seller)
    row = payout_queries.payout(
        seller_id=seller.id, connection_id=connection_id, reference=told.reference
    )
    figures: dict[str, Any] = {
        "currency": told.currency,
        "amount": told.amount,
        "arrives_on": told.arrives_on,
        "names": list(told.names),
        "marks": list(told.marks),
        "parts": [asdict(part) for part in told.parts],
    }
    journal = Journal(seller, at=at, by="provider")
    if row is None:
        row = CardPayout.objects.create(
            id=new_id(),
            seller_id=seller.id,
            created_at=at,
            connection_id=connection_id,
            reference=told.reference,
            **figures,
        )
        tell(journal, row, what="announced")
    elif not row.booked:
        actions.change(row, **figures)
    if told.state == "failed" and row.failed_at is None:
        actions.change(row, failed_at=at)
        tell(journal, row, what="failed")
    journal.close()
    return row


def claim(seller: Seller, *, at: datetime, by: str) -> int:
    """Claim the lines that book a provider's payouts; how many. In the caller's transaction, which holds
    the lock on settling."""
    waiting = payout_queries.bookable(
        seller_id=seller.id, since=business_day(seller, at=at) - LOOK_BACK
    )
    if not waiting:
        return 0
    possible = payout_queries.possible_lines(
        seller_id=seller.id,
        amounts={row.amount for row in waiting},
        names=[name for row in waiting for name in row.names],
        since=min(row.arrives_on for row in waiting) - PAYOUT_BEFORE,
        goes_back=any(row.amount < 0 or row.booked for row in waiting),
    )
    rows = BankTransaction.objects.filter(seller_id=seller.id).in_bulk([one for one, _ in possible])
    pairs = _pairs([rows[one] for one, _ in possible], waiting)
    made_of = dict(possible)
    found = [Found(line, row, made_of[line.id]) for line, row in pairs]
    return len(book_all(seller, found, at=at, by=by))


def _pairs(lines: Sequence[BankTransaction], waiting: Sequence[CardPayout]) -> list[Pair]:
    """Each line with the one payout that it books, or takes back."""
    named: dict[UUID, list[BankTransaction]] = defaultdict(list)
    without: list[BankTransaction] = []
    for line in lines:
        found = [
            row
            for row in waiting
            if row.currency == line.currency and is_named(_sent(row), text=_text(line))
        ]
        if not found:
            without.append(line)
        elif len(found) == 1 and is_next(found[0], line.amount):
            named[found[0].id].append(line)
    by_id = {row.id: row for row in waiting}
    pairs = [(own[0], by_id[id_]) for id_, own in named.items() if len(own) == 1]
    free = [row for row in waiting if row.id not in named and _is_expected(row)]
    return pairs + _fitting(without, free)


def _fitting(lines: Sequence[BankTransaction], waiting: Sequence[CardPayout]) -> list[Pair]:
    """Lines and payouts that fit nothing else. As many lines as payouts that are all alike book them all,
    whichever is which."""
    fits: dict[UUID, list[CardPayout]] = {}
    wanted: dict[UUID, list[BankTransaction]] = defaultdict(list)
    for line in lines:
        fits[line.id] = [
            row
            for row in waiting
            if fits_payout(
                _sent(row),
                amount=line.amount,
                currency=line.currency,
                booked_on=line.booked_on,
                text=_text(line),
            )
        ]
        for row in fits[line.id]:
            wanted[row.id].append(line)
    pairs: list[Pair] = []
    for line in lines:
        mine = fits[line.id]
        alike = wanted[mine[0].id] if mine else []
        if not mine or len(mine) != len(alike):
            continue
        if all(fits[other.id] == mine for other in alike) and all(
            wanted[row.id] == alike for row in mine
        ):
            pairs.append((line, mine[alike.index(line)]))
    return pairs


def _is_expected(row: CardPayout) -> bool:
    return not row.booked and row.failed_at is None


def _sent(row: CardPayout) -> SentPayout:
    return SentPayout(
        amount=row.amount,
        currency=row.currency,
        arrives_on=row.arrives_on,
        names=tuple(row.names),
        marks=tuple(row.marks),
    )


def _text(line: BankTransaction) -> str:
    return " ".join(
        (line.counterparty, line.text, line.info, line.bank_reference, line.end_to_end_id,
         line.entry_reference, line.structured_reference)
    )  # fmt: skip
