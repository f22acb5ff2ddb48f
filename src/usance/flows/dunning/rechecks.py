"""Whether a message that has been handed over may still go: asked when its mail is about to leave.

The answer is the decision made anew, behind the lock that every payment takes: what came in before
keeps the mail back, and the message is stopped with its steps given back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from usance.flows.dunning import choosing
from usance.flows.journal import Journal, business_day
from usance.records.credit import actions as credit
from usance.records.dunning import account_queries, actions, queries
from usance.records.dunning.models import DunningMessage
from usance.records.parties.models import Seller
from usance.rules.dunning.decide import held_by, money_is_here

KIND: Final = "dunning"
"""The kind of the mails that a message goes out by."""
BY: Final = "dunning"


@transaction.atomic
def still_wanted(*, seller_id: UUID, message_id: UUID, at: datetime) -> bool:
    """Whether all that the message demands is still owed as it says, and nothing holds it back. Where
    not, the message is stopped: the next run decides anew."""
    found = queries.account_written_to(seller_id=seller_id, message_id=message_id)
    if found is None:
        return False
    seller = Seller.objects.get(id=seller_id)
    credit.lock_line(seller_id=seller_id, buyer_id=found[0], currency=found[1])
    locked = actions.lock_message(seller_id=seller_id, message_id=message_id)
    if locked is None or locked.state != "sent":
        return False
    switched_on = locked.policy.state == "active"
    reason = _against(seller, locked, at=at) if switched_on else "policy_off"
    if reason:
        stop(seller, locked, reason=reason, at=at)
    return not reason


def is_overtaken(seller: Seller, row: DunningMessage, *, at: datetime) -> bool:
    """Whether something has come in since that is against what the message demands. Nothing is locked."""
    return _against(seller, row, at=at) != ""


def _against(seller: Seller, row: DunningMessage, *, at: datetime) -> str:
    """Why the message must not go any more; empty if nothing is against it."""
    found = account_queries.accounts(
        [row.buyer_id], seller_id=seller.id, at=at, currency=row.currency, without=[row.id]
    )
    if not found:
        return "paid"
    account = found[0].account
    on = business_day(seller, at=at)
    if account.paused_until is not None and on <= account.paused_until:
        return "paused"
    if account.proposed or account.unassigned > 0:
        policy = choosing.rule_of(row.policy, currency=seller.currency)
        if money_is_here(account, policy=policy, on=on):
            return "money_here"
    items = {(item.number, item.due_on.isoformat()): item for item in account.items}
    for one in row.items:
        item = items.get((one["number"], one["due_on"]))
        if one["level"] and (item is None or item.open != one["open"]):
            return "paid"
        if one["level"] and item is not None and held_by(item, account=account) is not None:
            return "held"
    return ""


def stop(seller: Seller, row: DunningMessage, *, reason: str, at: datetime) -> None:
    """Stop a locked message and give its steps back, so that a later one may take them; what people were
    to do about it is off their list."""
    actions.free_steps(seller_id=seller.id, message_id=row.id)
    actions.drop_tasks(seller_id=seller.id, message_id=row.id, at=at, by=BY)
    actions.set_fields(row, state="stopped", stopped_at=at, stop_reason=reason)
    journal = Journal(seller, at=at, by=BY)
    journal.tell(
        "dunning.stopped",
        object_type="dunning_message",
        object_id=row.id,
        buyer_id=row.buyer_id,
        state="stopped",
        currency=row.currency,
        data={"level": row.level, "reason": reason},
    )
    journal.close()
