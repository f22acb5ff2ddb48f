"""Whom to speak to today: every account with something late or about to be, the dearest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from usance.flows.dunning import choosing
from usance.flows.dunning.runs import BATCH, REMEMBERED
from usance.flows.journal import business_day
from usance.records.dunning import account_queries, contact_queries
from usance.records.dunning.account_queries import KnownAccount
from usance.records.dunning.contact_queries import Around
from usance.records.parties.models import Seller
from usance.rules.credit.standing import in_own_currency
from usance.rules.dunning import timing
from usance.rules.dunning.worklist import AHEAD, Contact, Known, contact

USUAL_LENGTH: Final = 50
_SCORE: Final = "score.late_probability"


@dataclass(frozen=True, slots=True)
class Line:
    """One account to speak to. ``own_worth`` is its worth in the seller's own currency, None without an
    exchange rate; ``best_hour`` the hour of the buyer's day at which it has reacted before."""

    known: KnownAccount
    contact: Contact
    own_worth: int | None
    around: Around
    zone: str
    best_hour: int | None


@dataclass(frozen=True, slots=True)
class Worklist:
    """The lines of a day, the first ``len(lines)`` of ``total``; ``worth`` is that of all of them."""

    on: date
    lines: tuple[Line, ...]
    total: int
    worth: int


def who_to_contact(seller: Seller, *, at: datetime, limit: int = USUAL_LENGTH) -> Worklist:
    """Whom to speak to on the day of ``at``, why, and what it is worth: the money expected to be late,
    compared in the seller's own currency. Accounts that are paid, disputed, promised, paused, or that
    somebody has just spoken to, are not on it."""
    on = business_day(seller, at=at)
    factors: dict[str, Decimal | None] = {}
    found: list[tuple[KnownAccount, Contact, int | None, Around]] = []
    after: UUID | None = None
    reach = on + timedelta(days=AHEAD)
    while buyers := account_queries.buyers_reached(
        seller_id=seller.id, reach=reach, limit=BATCH, after=after
    ):
        known = account_queries.accounts(buyers, seller_id=seller.id, at=at)
        around = contact_queries.around(buyers, seller_id=seller.id, on=on, zone=seller.time_zone)
        for one in known:
            account = one.account
            beside = around.get((account.buyer_id, account.currency), Around())
            line = contact(account, known=_known(one, beside), on=on)
            if line is None:
                continue
            if account.currency not in factors:
                factors[account.currency] = contact_queries.factor(
                    seller_id=seller.id, currency=account.currency, base=seller.currency, on=on
                )
            own = in_own_currency(line.worth, factor=factors[account.currency])
            found.append((one, line, own, beside))
        after = buyers[-1]
    found.sort(key=lambda it: (-(it[2] or 0), -it[1].oldest_days, str(it[0].account.buyer_id)))
    lines = _lines(seller, found[:limit], at=at)
    return Worklist(on, lines, len(found), sum(own or 0 for _, _, own, _ in found))


def _known(one: KnownAccount, beside: Around) -> Known:
    chance = choosing.facts_of(one).get(_SCORE)
    return Known(
        late_probability=None if chance is None else Decimal(chance),
        has_address=bool(one.email),
        broken_promises=beside.broken_promises,
        failed_debits=beside.failed_debits,
        tasks=beside.tasks,
        contacted_on=beside.contacted_on,
    )


def _lines(
    seller: Seller,
    chosen: Sequence[tuple[KnownAccount, Contact, int | None, Around]],
    *,
    at: datetime,
) -> tuple[Line, ...]:
    reactions = account_queries.reactions(
        {known.account.buyer_id for known, _, _, _ in chosen},
        seller_id=seller.id,
        since=at - REMEMBERED,
    )
    lines = []
    for known, line, own, beside in chosen:
        zone = choosing.zone_of(seller, known)
        hour = timing.best_hour(reactions.get(known.account.buyer_id, ()), zone=zone)
        lines.append(Line(known, line, own, beside, zone, hour))
    return tuple(lines)
