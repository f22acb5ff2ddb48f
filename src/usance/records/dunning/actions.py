"""Writing cases and messages, many in a statement, and locking what is changed one at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from usance.records.dunning.models import (
    DunningCase,
    DunningMessage,
    DunningPolicy,
    DunningRun,
    DunningStep,
    DunningTask,
)
from usance.records.identity import new_id
from usance.records.statements import execute, jsonb

Row = TypeVar("Row", DunningCase, DunningMessage, DunningPolicy, DunningRun, DunningTask)

_CASES: Final = """
INSERT INTO dunning_case (id, seller_id, created_at, buyer_id, currency, level, pause_reason, paused_by)
SELECT c.id, %(seller)s, %(at)s, c.buyer_id, c.currency, '', '', ''
  FROM jsonb_to_recordset(%(cases)s) AS c(id uuid, buyer_id uuid, currency text)
ON CONFLICT (seller_id, buyer_id, currency) DO NOTHING
"""

_LOCK_CASES: Final = """
SELECT buyer_id, currency, id FROM dunning_case
 WHERE seller_id = %(seller)s
   AND (buyer_id, currency) IN (SELECT * FROM unnest(%(buyers)s::uuid[], %(currencies)s::text[]))
 ORDER BY id FOR NO KEY UPDATE
"""

# Whoever was faster has queued its message already; then this one is not written.
_MESSAGES: Final = """
INSERT INTO dunning_message (id, seller_id, created_at, case_id, buyer_id, policy_id, run_id, currency,
    state, level, channels, "on", send_at, amount, items, language, subject, body, sent_to, stop_reason)
SELECT m.id, %(seller)s, %(at)s, m.case_id, m.buyer_id, m.policy_id, %(run)s, m.currency, 'queued',
       m.level, ARRAY(SELECT jsonb_array_elements_text(m.channels)), %(on)s, m.send_at, m.amount,
       '[]', m.language, '', '', '', ''
  FROM jsonb_to_recordset(%(messages)s) AS m(
       id uuid, case_id uuid, buyer_id uuid, policy_id uuid, currency text, level text, channels jsonb,
       send_at timestamptz, amount bigint, language text)
ON CONFLICT DO NOTHING RETURNING id
"""

_STEPS: Final = """
INSERT INTO dunning_step (id, seller_id, created_at, message_id, invoice_id, due_on, level)
SELECT s.id, %(seller)s, %(at)s, s.message_id, s.invoice_id, s.due_on, s.level
  FROM jsonb_to_recordset(%(steps)s) AS s(
       id uuid, message_id uuid, invoice_id uuid, due_on date, level text)
"""

_SENT: Final = """
UPDATE dunning_message AS m
   SET state = 'sent', sent_at = s.sent_at, level = s.level, "on" = s."on", amount = s.amount,
       channels = ARRAY(SELECT jsonb_array_elements_text(s.channels)), items = s.items,
       language = s.language, subject = s.subject, body = s.body, sent_to = s.sent_to,
       mail_id = s.mail_id, pay_link_id = s.pay_link_id
  FROM jsonb_to_recordset(%(messages)s) AS s(
       id uuid, sent_at timestamptz, level text, "on" date, amount bigint, channels jsonb, items jsonb,
       language text, subject text, body text, sent_to text, mail_id uuid, pay_link_id uuid)
 WHERE m.seller_id = %(seller)s AND m.id = s.id
"""
_WRITTEN: Final = (
    *("id", "sent_at", "level", "on", "amount", "channels", "items", "language", "subject", "body"),
    *("sent_to", "mail_id", "pay_link_id"),
)

_MARKED: Final = """
UPDATE dunning_case AS c SET level = s.level, last_on = s."on"
  FROM jsonb_to_recordset(%(messages)s) AS s(case_id uuid, level text, "on" date)
 WHERE c.seller_id = %(seller)s AND c.id = s.case_id
"""

# Tasks that steps made; what a person planned stays until a person ticks it off.
_SETTLED: Final = """
UPDATE dunning_task AS t SET state = 'dropped', done_by = %(by)s, done_at = %(at)s
  FROM dunning_case AS c
 WHERE t.seller_id = %(seller)s AND t.state = 'open' AND t.message_id IS NOT NULL
   AND c.seller_id = t.seller_id AND c.id = t.case_id
   AND NOT EXISTS (SELECT 1 FROM invoices_invoice AS i
                    WHERE i.seller_id = c.seller_id AND i.buyer_id = c.buyer_id
                      AND i.currency = c.currency AND i.state = 'open')
RETURNING t.id
"""

_OF_STEP: Final = ("invoice_id", "due_on", "level")


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to queue. ``levels`` are the level that each item (invoice, due day) reaches by it."""

    buyer_id: UUID
    currency: str
    policy_id: UUID
    level: str
    channels: Sequence[str]
    send_at: datetime
    amount: int
    language: str
    levels: Mapping[tuple[UUID, date], str]


def lock_cases(
    accounts: Collection[tuple[UUID, str]], *, seller_id: UUID, at: datetime
) -> dict[tuple[UUID, str], UUID]:
    """The cases of these accounts, opened where there is none, locked until the transaction ends."""
    fresh = [
        {"id": new_id(), "buyer_id": buyer_id, "currency": currency}
        for buyer_id, currency in sorted(accounts)
    ]
    execute(_CASES, {"seller": seller_id, "at": at, "cases": jsonb(fresh)})
    rows = execute(
        _LOCK_CASES,
        {
            "seller": seller_id,
            "buyers": [one["buyer_id"] for one in fresh],
            "currencies": [one["currency"] for one in fresh],
        },
    )
    return {(buyer_id, currency): case_id for buyer_id, currency, case_id in rows}


def queue_messages(
    messages: Sequence[NewMessage],
    *,
    seller_id: UUID,
    run_id: UUID | None,
    on: date,
    at: datetime,
) -> int:
    """Queue ``messages``, all in two statements; how many there are now that were not before."""
    if not messages:
        return 0
    cases = lock_cases(
        {(one.buyer_id, one.currency) for one in messages}, seller_id=seller_id, at=at
    )
    by_id = {new_id(): one for one in messages}
    rows = [
        {
            "id": id_,
            "case_id": cases[one.buyer_id, one.currency],
            "buyer_id": one.buyer_id,
            "policy_id": one.policy_id,
            "currency": one.currency,
            "level": one.level,
            "channels": list(one.channels),
            "send_at": one.send_at,
            "amount": one.amount,
            "language": one.language,
        }
        for id_, one in by_id.items()
    ]
    asked = {"seller": seller_id, "at": at, "on": on, "run": run_id, "messages": jsonb(rows)}
    written = [row[0] for row in execute(_MESSAGES, asked)]
    take_steps({id_: by_id[id_].levels for id_ in written}, seller_id=seller_id, at=at)
    return len(written)


def take_steps(
    levels: Mapping[UUID, Mapping[tuple[UUID, date], str]], *, seller_id: UUID, at: datetime
) -> None:
    """Write down which level each item reaches by which message."""
    steps = [
        {
            "id": new_id(),
            "message_id": message_id,
            "invoice_id": invoice_id,
            "due_on": due_on,
            "level": level,
        }
        for message_id, taken in levels.items()
        for (invoice_id, due_on), level in taken.items()
    ]
    if steps:
        execute(_STEPS, {"seller": seller_id, "at": at, "steps": jsonb(steps)})


def retake_steps(
    levels: Mapping[UUID, Mapping[tuple[UUID, date], str]], *, seller_id: UUID, at: datetime
) -> None:
    """Have each message take these levels in place of those that it took when it was queued, which mostly
    are the same."""
    taken: defaultdict[UUID, dict[tuple[UUID, date], str]] = defaultdict(dict)
    found = DunningStep.objects.filter(seller_id=seller_id, message_id__in=levels)
    for message_id, invoice_id, due_on, level in found.values_list("message_id", *_OF_STEP):
        taken[message_id][invoice_id, due_on] = level
    others = {id_: wanted for id_, wanted in levels.items() if taken[id_] != wanted}
    for message_id in others:
        free_steps(seller_id=seller_id, message_id=message_id)
    take_steps(others, seller_id=seller_id, at=at)


def free_steps(*, seller_id: UUID, message_id: UUID) -> None:
    """Take back the steps of a message that has not gone out."""
    DunningStep.objects.filter(seller_id=seller_id, message_id=message_id).delete()


def drop_tasks(*, seller_id: UUID, message_id: UUID, at: datetime, by: str) -> None:
    """Take the open tasks that a message made off the list."""
    DunningTask.objects.filter(seller_id=seller_id, message_id=message_id, state="open").update(
        state="dropped", done_by=by, done_at=at
    )


def drop_settled_tasks(*, seller_id: UUID, at: datetime, by: str) -> None:
    """Take the open tasks that messages made off the list where the account owes nothing any more."""
    execute(_SETTLED, {"seller": seller_id, "at": at, "by": by})


def put_off(*, seller_id: UUID, message_id: UUID, until: datetime) -> None:
    """Have a message that waits go out no sooner than ``until``."""
    DunningMessage.objects.filter(seller_id=seller_id, id=message_id, state="queued").update(
        send_at=until
    )


def lock_message(*, seller_id: UUID, message_id: UUID) -> DunningMessage | None:
    """The message with its policy, locked until the transaction ends."""
    return (
        DunningMessage.objects.select_related("policy")
        .select_for_update(no_key=True, of=("self",))
        .filter(seller_id=seller_id, id=message_id)
        .first()
    )


def lock_messages(
    message_ids: Sequence[UUID], *, case_ids: Collection[UUID], seller_id: UUID
) -> list[DunningMessage]:
    """These messages in this order, with their policies, locked until the transaction ends; their cases
    first, as a run does that queues messages."""
    cases = DunningCase.objects.filter(seller_id=seller_id, id__in=case_ids).order_by("id")
    list(cases.select_for_update(no_key=True).values_list("id"))
    found = (
        DunningMessage.objects.select_related("policy")
        .select_for_update(no_key=True, of=("self",))
        .filter(seller_id=seller_id, id__in=message_ids)
        .order_by("id")
    )
    by_id = {row.id: row for row in found}
    return [by_id[id_] for id_ in message_ids if id_ in by_id]


def lock_case(*, seller_id: UUID, case_id: UUID) -> DunningCase | None:
    """The case, locked until the transaction ends."""
    return (
        DunningCase.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=case_id)
        .first()
    )


def write_sent(messages: Sequence[DunningMessage], *, seller_id: UUID) -> None:
    """Write down that these messages are sent, as they have been changed here, and note on each case what
    its last message was, and when."""
    rows = [{name: getattr(one, name) for name in _WRITTEN} for one in messages]
    execute(_SENT, {"seller": seller_id, "messages": jsonb(rows)})
    marks = [{"case_id": one.case_id, "level": one.level, "on": one.on} for one in messages]
    execute(_MARKED, {"seller": seller_id, "messages": jsonb(marks)})


def lock_policies(*, seller_id: UUID, name: str) -> list[DunningPolicy]:
    """Every version of the policy called ``name``, the latest first, locked."""
    return list(
        DunningPolicy.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, name=name)
        .order_by("-version")
    )


def lock_task(*, seller_id: UUID, task_id: UUID) -> DunningTask | None:
    """The task, locked until the transaction ends."""
    return (
        DunningTask.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=task_id)
        .first()
    )


def lock_run(*, seller_id: UUID, run_id: UUID) -> DunningRun | None:
    """The run, locked until the transaction ends."""
    return (
        DunningRun.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=run_id)
        .first()
    )


def set_fields(row: Row, **fields: Any) -> None:
    """Set ``fields`` on the row, here and in the database."""
    for name, value in fields.items():
        setattr(row, name, value)
    type(row).objects.filter(seller_id=row.seller_id, id=row.id).update(**fields)
