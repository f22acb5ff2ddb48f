"""What people do about a case: pause it with a reason, note what was said, tick tasks off."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal, business_day
from usance.flows.refusals import NotFound, Refused, WrongState
from usance.records.credit import queries as credit
from usance.records.dunning import actions, queries
from usance.records.dunning.models import (
    OUTCOMES,
    TASK_KINDS,
    DunningCase,
    DunningNote,
    DunningTask,
)
from usance.records.identity import new_id
from usance.records.parties.models import Seller

LONGEST_PAUSE: Final = 366
LONGEST_REASON: Final = 500
LONGEST_WORDS: Final = 4000


class InvalidPause(Refused):
    """A pause has a reason, and ends today or later, within a year."""

    code = "invalid_pause"


class InvalidNote(Refused):
    """A note says how the contact ended, in at most 4000 characters."""

    code = "invalid_note"


@transaction.atomic
def case_for(seller: Seller, *, buyer_id: UUID, currency: str, at: datetime) -> DunningCase:
    """The case of an account, opened where nothing was done about it yet. Raises NotFound where the buyer
    has no account in ``currency``."""
    lines = credit.lines(seller_id=seller.id, buyer_id=buyer_id)
    if currency not in {line.currency for line in lines}:
        raise NotFound(f"The buyer has no account in {currency}.")
    actions.lock_cases({(buyer_id, currency)}, seller_id=seller.id, at=at)
    case = queries.case_of(seller_id=seller.id, buyer_id=buyer_id, currency=currency)
    assert case is not None
    return case


@transaction.atomic
def pause(
    seller: Seller, *, case_id: UUID, until: date, reason: str, at: datetime, by: str
) -> DunningCase:
    """Send nothing up to the day ``until``, that day included; what waits is not sent either.

    Raises NotFound or InvalidPause.
    """
    case = _locked(seller, case_id)
    today, reason = business_day(seller, at=at), " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST_REASON or not 0 <= (until - today).days <= LONGEST_PAUSE:
        raise InvalidPause(" ".join((InvalidPause.__doc__ or "").split()))
    actions.set_fields(case, paused_until=until, pause_reason=reason, paused_by=by)
    data = {"until": until, "reason": reason}
    _tell(seller, case, "paused", data, at=at, by=by)
    return case


@transaction.atomic
def resume(seller: Seller, *, case_id: UUID, at: datetime, by: str) -> DunningCase:
    """End a pause. Raises NotFound or WrongState."""
    case = _locked(seller, case_id)
    if case.paused_until is None or case.paused_until < business_day(seller, at=at):
        raise WrongState("The case is not paused.")
    actions.set_fields(case, paused_until=None, pause_reason="", paused_by="")
    _tell(seller, case, "resumed", {}, at=at, by=by)
    return case


@transaction.atomic
def add_note(
    seller: Seller,
    *,
    case_id: UUID,
    outcome: str,
    at: datetime,
    by: str,
    words: str = "",
    contact: str = "",
) -> DunningNote:
    """Note a contact with the buyer: how it ended, with whom, what was said. Raises NotFound or
    InvalidNote."""
    case = _locked(seller, case_id)
    if outcome not in OUTCOMES or len(words) > LONGEST_WORDS or len(contact) > LONGEST_REASON:
        raise InvalidNote(" ".join((InvalidNote.__doc__ or "").split()))
    note = DunningNote.objects.create(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        case_id=case.id,
        buyer_id=case.buyer_id,
        outcome=outcome,
        contact=" ".join(contact.split()),
        words=words.strip(),
        author=by,
    )
    _tell(seller, case, "noted", {"outcome": outcome}, at=at, by=by)
    return note


@transaction.atomic
def add_task(
    seller: Seller,
    *,
    case_id: UUID,
    due_on: date,
    at: datetime,
    by: str,
    words: str = "",
    kind: str = "call",
) -> DunningTask:
    """Plan something to be done about a case on a day. Raises NotFound or InvalidNote."""
    case = _locked(seller, case_id)
    if kind not in TASK_KINDS or len(words) > LONGEST_REASON:
        raise InvalidNote(" ".join((InvalidNote.__doc__ or "").split()))
    task = DunningTask.objects.create(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        case_id=case.id,
        buyer_id=case.buyer_id,
        kind=kind,
        words=" ".join(words.split()),
        due_on=due_on,
    )
    _tell(seller, case, "task_added", {"kind": kind, "due_on": due_on}, at=at, by=by)
    return task


@transaction.atomic
def finish_task(
    seller: Seller, *, task_id: UUID, at: datetime, by: str, dropped: bool = False
) -> DunningTask:
    """Tick a task off, or drop it as not needed any more. Raises NotFound or WrongState."""
    found = queries.task(seller_id=seller.id, task_id=task_id)
    if found is None:
        raise NotFound("There is no such task.")
    # The case before its task, as a hand-over locks them.
    case = _locked(seller, found.case_id)
    task = actions.lock_task(seller_id=seller.id, task_id=task_id)
    assert task is not None
    if task.state != "open":
        raise WrongState(f"The task is {task.state} already.")
    actions.set_fields(task, state="dropped" if dropped else "done", done_by=by, done_at=at)
    _tell(seller, case, f"task_{task.state}", {"kind": task.kind}, at=at, by=by)
    return task


def _locked(seller: Seller, case_id: UUID) -> DunningCase:
    case = actions.lock_case(seller_id=seller.id, case_id=case_id)
    if case is None:
        raise NotFound("There is no such case.")
    return case


def _tell(
    seller: Seller,
    case: DunningCase,
    what: str,
    data: dict[str, object],
    *,
    at: datetime,
    by: str,
) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        f"dunning_case.{what}",
        object_type="dunning_case",
        object_id=case.id,
        buyer_id=case.buyer_id,
        currency=case.currency,
        data=data,
    )
    journal.close()
