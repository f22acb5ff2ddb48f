"""Reading limits that several lines share, and what their lines use together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from usance.records.credit.models import CreditLine, ExchangeRate, GroupLimit
from usance.records.statements import execute


@dataclass(frozen=True, slots=True)
class GroupStanding:
    """What a group's lines use together and what is left, in minor units of its currency.

    ``used`` is None where a line cannot be converted; nothing may be drawn then.
    """

    used: int | None
    available: int


def groups(*, seller_id: UUID) -> QuerySet[GroupLimit]:
    """The seller's group limits."""
    return GroupLimit.objects.filter(seller_id=seller_id)


def group(*, seller_id: UUID, group_id: UUID) -> GroupLimit | None:
    """One group limit."""
    return groups(seller_id=seller_id).filter(id=group_id).first()


def lock_group(*, seller_id: UUID, group_id: UUID) -> GroupLimit | None:
    """The group limit, locked until the transaction ends. Lock its lines first."""
    return groups(seller_id=seller_id).select_for_update(no_key=True).filter(id=group_id).first()


def lock_lines(
    *, seller_id: UUID, group_id: UUID, accounts: Collection[tuple[UUID, str]] = ()
) -> None:
    """Lock the lines of a group, and those of (buyer, currency), in primary-key order."""
    execute(
        "SELECT 1 FROM credit_creditline WHERE seller_id = %s AND (group_id = %s"
        " OR (buyer_id, currency) IN (SELECT * FROM unnest(%s::uuid[], %s::text[])))"
        " ORDER BY id FOR NO KEY UPDATE",
        [seller_id, group_id, [a[0] for a in accounts], [a[1] for a in accounts]],
    )


def lines_of_group(*, seller_id: UUID, group_id: UUID) -> Sequence[CreditLine]:
    """The lines that share a limit, with their buyers."""
    return list(
        CreditLine.objects.select_related("buyer")
        .filter(seller_id=seller_id, group_id=group_id)
        .order_by("buyer__name", "currency", "id")
    )


def standing(group: GroupLimit, *, on: date) -> GroupStanding:
    """What is used of a group limit on the day ``on``."""
    rows = execute(
        "SELECT credit_group_used(%s, %s, %s), credit_group_room(%s, %s, %s)",
        [group.seller_id, group.id, on] * 2,
    )
    used, room = rows[0]
    return GroupStanding(used, max(room, 0))


def converted(*, seller_id: UUID, amount: int, source: str, target: str, on: date) -> int | None:
    """``amount`` in minor units of ``target`` at the seller's rate, rounded down; None without one."""
    rows = execute(
        "SELECT floor(credit_converted(%s, %s, %s, %s, %s))::bigint",
        [seller_id, amount, source, target, on],
    )
    value = rows[0][0]
    return None if value is None else int(value)


def followers(
    *, seller_id: UUID, on: date, group_id: UUID | None = None
) -> list[tuple[CreditLine, int | None]]:
    """Lines that have their group's limit, locked, each with that limit in its own currency."""
    lines = CreditLine.objects.select_for_update(no_key=True).filter(
        seller_id=seller_id, follows_group=True
    )
    if group_id is not None:
        lines = lines.filter(group_id=group_id)
    locked = list(lines.order_by("id"))
    # Read after the lines are locked: whoever changes a group's limit holds its lines meanwhile.
    limits = {one.id: (one.limit, one.currency) for one in groups(seller_id=seller_id)}
    found: list[tuple[CreditLine, int | None]] = []
    for line in locked:
        assert line.group_id is not None
        limit, currency = limits[line.group_id]
        found.append(
            (
                line,
                converted(
                    seller_id=seller_id,
                    amount=limit,
                    source=currency,
                    target=line.currency,
                    on=on,
                ),
            )
        )
    return found


def rates(*, seller_id: UUID) -> QuerySet[ExchangeRate]:
    """Every stored exchange rate of the seller's."""
    return ExchangeRate.objects.filter(seller_id=seller_id)


def rate_on(*, seller_id: UUID, source: str, target: str, on: date) -> Decimal | None:
    """How many of ``target`` one of ``source`` was worth on the day ``on``, if the seller knows."""
    rows = execute("SELECT credit_rate(%s, %s, %s, %s)", [seller_id, source, target, on])
    return Decimal(rows[0][0]) if rows[0][0] is not None else None


def rate_of_day(*, seller_id: UUID, source: str, target: str, on: date) -> Decimal | None:
    """How many of ``target`` one of ``source`` was worth by a rate of the day ``on`` itself, if the seller
    has stored one; of several the last."""
    found = (
        ExchangeRate.objects.filter(seller_id=seller_id, on=on)
        .filter(Q(source=source, target=target) | Q(source=target, target=source))
        .order_by("-created_at", "-id")
        .first()
    )
    if found is None:
        return None
    return found.rate if found.source == source else 1 / found.rate
