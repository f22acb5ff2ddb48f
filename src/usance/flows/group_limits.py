"""A limit that several credit lines share: a parent's companies, or one buyer's currencies.

A line is *shared* if its own limit is the group's (converted, and following it), *split* if it has a
limit of its own besides. Either way no order passes that the group's limit does not bear: checkouts
lock it, see ``records/orders/sql/authorize.sql``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal
from usance.flows.refusals import Conflict, NotFound, external_id_once
from usance.records.credit import actions as credit
from usance.records.credit import group_queries
from usance.records.credit.models import CreditLine, GroupLimit
from usance.records.identity import new_id
from usance.records.parties.models import Buyer, Seller
from usance.rules.money import LARGEST_AMOUNT, MoneyError, exponent


class NoExchangeRate(Conflict):
    """The currencies cannot be compared. Store an exchange rate between them first."""

    code = "no_exchange_rate"


class InAnotherGroup(Conflict):
    """The line shares another group's limit. Take it out of that group first."""

    code = "in_another_group"


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A line of the group: whose, in which currency, and its own limit (None: it shares the group's)."""

    buyer_id: UUID
    currency: str
    limit: int | None = None


@transaction.atomic
def create_group(
    seller: Seller,
    *,
    name: str,
    currency: str,
    limit: int,
    lines: Sequence[MemberLine],
    at: datetime,
    by: str,
    tolerance: int = 0,
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> GroupLimit:
    """A limit in minor units of ``currency`` for ``lines``, which are opened where they are missing.

    Raises UnknownCurrency, MoneyError, NotFound (a buyer), NoExchangeRate, InAnotherGroup or
    ExternalIdTaken.
    """
    _check(currency, limit, tolerance)
    _open_lines(seller, lines, at=at)
    group_id = new_id()
    # All at once and in the order of their keys, as every checkout locks them.
    group_queries.lock_lines(
        seller_id=seller.id,
        group_id=group_id,
        accounts=[(one.buyer_id, one.currency) for one in lines],
    )
    group = GroupLimit(
        id=group_id,
        seller=seller,
        created_at=at,
        name=name,
        currency=currency,
        limit=limit,
        tolerance=tolerance,
        external_id=external_id,
        metadata=metadata or {},
    )
    with external_id_once("group limit", external_id):
        group.save(force_insert=True)
    journal = Journal(seller, at=at, by=by)
    _tell(journal, "group_limit.created", group)
    _set_lines(journal, group, lines)
    journal.close()
    return group


@transaction.atomic
def change_group(
    seller: Seller,
    *,
    group_id: UUID,
    at: datetime,
    by: str,
    limit: int | None = None,
    tolerance: int | None = None,
    name: str | None = None,
    state: str | None = None,
    lines: Sequence[MemberLine] | None = None,
) -> GroupLimit:
    """Change a group's limit, name, state (``active`` or ``on_hold``) or its lines, all at once.

    It takes effect at the next checkout of any of its lines. Raises as create_group, or NotFound.
    """
    # Lines before their group, as every checkout locks them.
    _open_lines(seller, lines or (), at=at)
    group_queries.lock_lines(
        seller_id=seller.id,
        group_id=group_id,
        accounts=[(one.buyer_id, one.currency) for one in lines or ()],
    )
    group = group_queries.lock_group(seller_id=seller.id, group_id=group_id)
    if group is None:
        raise NotFound("There is no such group limit.")
    group.limit = group.limit if limit is None else limit
    group.tolerance = group.tolerance if tolerance is None else tolerance
    group.name = group.name if name is None else name
    group.state = group.state if state is None else state
    _check(group.currency, group.limit, group.tolerance)
    GroupLimit.objects.filter(seller_id=seller.id, id=group.id).update(
        limit=group.limit, tolerance=group.tolerance, name=group.name, state=group.state
    )
    journal = Journal(seller, at=at, by=by)
    _tell(journal, "group_limit.changed", group)
    if lines is not None:
        _set_lines(journal, group, lines)
    follow_groups(journal, group_id=group.id)
    journal.close()
    return group


def follow_groups(journal: Journal, *, group_id: UUID | None = None) -> None:
    """Give the lines that follow a group its limit at today's rate, where that has changed."""
    seller_id = journal.seller.id
    for line, limit in group_queries.followers(
        seller_id=seller_id, on=journal.on, group_id=group_id
    ):
        if limit is not None and limit != line.limit:
            _limit_line(journal, line, limit=limit)


def _open_lines(seller: Seller, lines: Sequence[MemberLine], *, at: datetime) -> None:
    """Open the lines that are missing, with a limit of nothing."""
    wanted = {one.buyer_id for one in lines}
    known = Buyer.objects.filter(seller_id=seller.id, id__in=wanted).count()
    if known != len(wanted):
        raise NotFound("There is no such buyer.")
    for one in lines:
        exponent(one.currency)
    CreditLine.objects.bulk_create(
        [
            CreditLine(
                seller_id=seller.id, buyer_id=one.buyer_id, currency=one.currency, created_at=at
            )
            for one in sorted(lines, key=lambda one: (one.buyer_id, one.currency))
        ],
        ignore_conflicts=True,
    )


def _set_lines(journal: Journal, group: GroupLimit, lines: Sequence[MemberLine]) -> None:
    """Make ``lines`` the group's, and no others."""
    seller_id = journal.seller.id
    wanted = {(one.buyer_id, one.currency): one for one in lines}
    for former in group_queries.lines_of_group(seller_id=seller_id, group_id=group.id):
        if (former.buyer_id, former.currency) not in wanted:
            _leave(journal, former)
    for one in sorted(wanted.values(), key=lambda one: (one.buyer_id, one.currency)):
        line = credit.lock_line(seller_id=seller_id, buyer_id=one.buyer_id, currency=one.currency)
        assert line is not None
        if line.group_id not in (None, group.id):
            raise InAnotherGroup(" ".join((InAnotherGroup.__doc__ or "").split()))
        limit = _own_limit(journal, group, one)
        if line.group_id is None:
            journal.tell(
                "credit_line.joined_group",
                object_type="credit_line",
                object_id=line.id,
                buyer_id=line.buyer_id,
                currency=line.currency,
                data={"group_id": group.id},
            )
        CreditLine.objects.filter(seller_id=seller_id, id=line.id).update(
            group_id=group.id, follows_group=one.limit is None
        )
        if limit != line.limit:
            _limit_line(journal, line, limit=limit)


def _leave(journal: Journal, line: CreditLine) -> None:
    """The line shares no limit any more. One that had the group's has none until it is given one:
    ten companies that leave must not take the whole limit with them ten times."""
    journal.tell(
        "credit_line.left_group",
        object_type="credit_line",
        object_id=line.id,
        buyer_id=line.buyer_id,
        currency=line.currency,
        data={"group_id": line.group_id},
    )
    if line.follows_group and line.limit:
        _limit_line(journal, line, limit=0)
    CreditLine.objects.filter(seller_id=line.seller_id, id=line.id).update(
        group_id=None, follows_group=False
    )


def _own_limit(journal: Journal, group: GroupLimit, one: MemberLine) -> int:
    """The limit of a line of the group: its own, or the group's in its currency."""
    as_the_group = group_queries.converted(
        seller_id=journal.seller.id,
        amount=group.limit,
        source=group.currency,
        target=one.currency,
        on=journal.on,
    )
    if as_the_group is None:
        raise NoExchangeRate(
            f"There is no exchange rate between {one.currency} and {group.currency};"
            " store one first."
        )
    return as_the_group if one.limit is None else one.limit


def _limit_line(journal: Journal, line: CreditLine, *, limit: int) -> None:
    journal.tell(
        "credit_line.changed",
        object_type="credit_line",
        object_id=line.id,
        buyer_id=line.buyer_id,
        currency=line.currency,
        data={"limit": limit, "tolerance": line.tolerance, "before": line.limit},
    )
    CreditLine.objects.filter(seller_id=line.seller_id, id=line.id).update(limit=limit)


def _check(currency: str, *amounts: int) -> None:
    exponent(currency)
    if not all(0 <= amount <= LARGEST_AMOUNT for amount in amounts):
        raise MoneyError(f"A limit must be from 0 to {LARGEST_AMOUNT} minor units.")


def _tell(journal: Journal, type_: str, group: GroupLimit) -> None:
    journal.tell(
        type_,
        object_type="group_limit",
        object_id=group.id,
        currency=group.currency,
        data={"limit": group.limit, "tolerance": group.tolerance, "state": group.state},
    )
