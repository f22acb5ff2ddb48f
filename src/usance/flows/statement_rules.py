"""When statements of account are sent by themselves: to all buyers, or to one in their place."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal
from usance.flows.refusals import NotFound, Refused
from usance.records.collections import statement_queries as queries
from usance.records.collections.models import StatementRule
from usance.records.identity import new_id
from usance.records.parties.models import Buyer, Seller
from usance.rules.statement_schedule import InvalidSchedule, StatementSchedule


class InvalidStatementRule(Refused):
    """A schedule of statements that cannot be; the text says what to change."""

    code = "invalid_statement_schedule"


@transaction.atomic
def set_rule(
    seller: Seller,
    *,
    every: str,
    day: int,
    at: datetime,
    by: str,
    buyer_id: UUID | None = None,
) -> StatementSchedule:
    """Say when statements are sent: to all buyers, or to one in their place. It holds from the day of
    ``at`` on; saying the same again changes nothing. Raises NotFound or InvalidStatementRule."""
    if buyer_id is not None and not Buyer.objects.filter(seller_id=seller.id, id=buyer_id).exists():
        raise NotFound("There is no such buyer.")
    try:
        schedule = StatementSchedule(every, day)
    except InvalidSchedule as error:
        raise InvalidStatementRule(str(error)) from None
    said: dict[str, Any] = {"every": every, "day": day, "changed_at": at, "author": by}
    fresh = StatementRule(
        id=new_id(), seller_id=seller.id, created_at=at, buyer_id=buyer_id, **said
    )
    # Of two who say the first at once one finds what the other has said.
    StatementRule.objects.bulk_create([fresh], ignore_conflicts=True)
    row = _locked(seller, buyer_id)
    assert row is not None
    if row.id != fresh.id:
        if (row.every, row.day) == (every, day):
            return schedule
        StatementRule.objects.filter(seller_id=seller.id, id=row.id).update(**said)
    _tell(seller, fresh, "statement_schedule.set", at=at, by=by)
    return schedule


@transaction.atomic
def drop_rule(seller: Seller, *, buyer_id: UUID, at: datetime, by: str) -> None:
    """Let the seller's own schedule count for the buyer again. Raises NotFound."""
    row = _locked(seller, buyer_id)
    if row is None:
        raise NotFound("The buyer has no schedule of its own.")
    StatementRule.objects.filter(seller_id=seller.id, id=row.id).delete()
    _tell(seller, row, "statement_schedule.dropped", at=at, by=by)


def schedule_for(seller: Seller, *, buyer_id: UUID | None = None) -> StatementSchedule:
    """The schedule that counts: the buyer's own, else the seller's, else never."""
    row = None
    if buyer_id is not None:
        row = queries.rule_of(seller_id=seller.id, buyer_id=buyer_id)
    row = row or queries.rule_of(seller_id=seller.id)
    return StatementSchedule() if row is None else StatementSchedule(row.every, row.day)


def _locked(seller: Seller, buyer_id: UUID | None) -> StatementRule | None:
    found = StatementRule.objects.select_for_update(no_key=True).filter(seller_id=seller.id)
    if buyer_id is None:
        return found.filter(buyer_id__isnull=True).first()
    return found.filter(buyer_id=buyer_id).first()


def _tell(seller: Seller, row: StatementRule, name: str, *, at: datetime, by: str) -> None:
    about: dict[str, Any] = {"object_type": "seller", "object_id": seller.id}
    if row.buyer_id is not None:
        about = {"object_type": "buyer", "object_id": row.buyer_id, "buyer_id": row.buyer_id}
    journal = Journal(seller, at=at, by=by)
    journal.tell(name, data={"every": row.every, "day": row.day}, **about)
    journal.close()
