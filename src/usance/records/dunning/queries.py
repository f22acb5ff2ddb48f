"""Reading policies, cases, messages, runs, tasks and notes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from usance.records.dunning.models import (
    DunningCase,
    DunningMessage,
    DunningNote,
    DunningPolicy,
    DunningRun,
    DunningTask,
)


def policies(
    *, seller_id: UUID, state: str | None = None, name: str | None = None
) -> QuerySet[DunningPolicy]:
    """The seller's policies, every version."""
    wanted = {"state": state, "name": name}
    return DunningPolicy.objects.filter(
        seller_id=seller_id, **{key: value for key, value in wanted.items() if value is not None}
    )


def policy(*, seller_id: UUID, policy_id: UUID) -> DunningPolicy | None:
    """One version of a policy."""
    return DunningPolicy.objects.filter(seller_id=seller_id, id=policy_id).first()


def active_policies(*, seller_id: UUID) -> list[DunningPolicy]:
    """Those that are switched on, in the order in which they are asked."""
    return list(policies(seller_id=seller_id, state="active").order_by("position", "name"))


def case(*, seller_id: UUID, case_id: UUID) -> DunningCase | None:
    """One case with its buyer."""
    return (
        DunningCase.objects.select_related("buyer").filter(seller_id=seller_id, id=case_id).first()
    )


def cases(
    *,
    seller_id: UUID,
    buyer_id: UUID | None = None,
    paused_on: date | None = None,
    level: str | None = None,
) -> QuerySet[DunningCase]:
    """The seller's cases with their buyers; those that are paused on a day."""
    found = DunningCase.objects.select_related("buyer").filter(seller_id=seller_id)
    if buyer_id is not None:
        found = found.filter(buyer_id=buyer_id)
    if level is not None:
        found = found.filter(level=level)
    return found if paused_on is None else found.filter(paused_until__gte=paused_on)


def case_of(*, seller_id: UUID, buyer_id: UUID, currency: str) -> DunningCase | None:
    """The case of an account, None before anything was done about it."""
    return cases(seller_id=seller_id, buyer_id=buyer_id).filter(currency=currency).first()


def messages(
    *,
    seller_id: UUID,
    case_id: UUID | None = None,
    buyer_id: UUID | None = None,
    state: str | None = None,
) -> QuerySet[DunningMessage]:
    """The seller's messages with their buyers."""
    wanted = {"case_id": case_id, "buyer_id": buyer_id, "state": state}
    return DunningMessage.objects.select_related("buyer", "policy").filter(
        seller_id=seller_id, **{key: value for key, value in wanted.items() if value is not None}
    )


def message(*, seller_id: UUID, message_id: UUID) -> DunningMessage | None:
    """One message with buyer and policy."""
    return messages(seller_id=seller_id).filter(id=message_id).first()


def account_written_to(*, seller_id: UUID, message_id: UUID) -> tuple[UUID, str] | None:
    """The buyer and the currency that a message is about."""
    found = DunningMessage.objects.filter(seller_id=seller_id, id=message_id)
    return found.values_list("buyer_id", "currency").first()


def accounts_written_to(
    message_ids: Collection[UUID], *, seller_id: UUID
) -> list[tuple[UUID, str, UUID]]:
    """The buyer, the currency and the case of each of these messages."""
    found = DunningMessage.objects.filter(seller_id=seller_id, id__in=message_ids)
    return list(found.values_list("buyer_id", "currency", "case_id"))


def messages_due(*, seller_id: UUID, at: datetime, limit: int) -> list[UUID]:
    """Messages that are to go out by now, the longest due first."""
    found = DunningMessage.objects.filter(seller_id=seller_id, state="queued", send_at__lte=at)
    return list(found.order_by("send_at", "id").values_list("id", flat=True)[:limit])


def sellers_with_messages(*, at: datetime) -> list[UUID]:
    """Sellers with messages that are to go out by now."""
    found = DunningMessage.objects.filter(state="queued", send_at__lte=at)
    return list(found.values_list("seller_id", flat=True).distinct().order_by("seller_id"))


def run(*, seller_id: UUID, run_id: UUID) -> DunningRun | None:
    """One run."""
    return DunningRun.objects.filter(seller_id=seller_id, id=run_id).first()


def unfinished_runs() -> list[tuple[UUID, UUID]]:
    """(seller, run) of every run that is not finished, the oldest first."""
    found = DunningRun.objects.filter(finished_at__isnull=True).order_by("id")
    return list(found.values_list("seller_id", "id"))


def runs(*, seller_id: UUID) -> QuerySet[DunningRun]:
    """The seller's runs."""
    return DunningRun.objects.filter(seller_id=seller_id)


def task(*, seller_id: UUID, task_id: UUID) -> DunningTask | None:
    """One task with its buyer."""
    return (
        DunningTask.objects.select_related("buyer", "case")
        .filter(seller_id=seller_id, id=task_id)
        .first()
    )


def tasks(
    *, seller_id: UUID, case_id: UUID | None = None, state: str | None = None
) -> QuerySet[DunningTask]:
    """The seller's tasks with their buyers."""
    wanted = {"case_id": case_id, "state": state}
    return DunningTask.objects.select_related("buyer", "case").filter(
        seller_id=seller_id, **{key: value for key, value in wanted.items() if value is not None}
    )


def notes(*, seller_id: UUID, case_id: UUID) -> list[DunningNote]:
    """What people noted about a case, the newest first."""
    found = DunningNote.objects.filter(seller_id=seller_id, case_id=case_id)
    return list(found.order_by("-id")[:200])
