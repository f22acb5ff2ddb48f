"""Who stands in for whom: a deputy decides in another's right for a while."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal, business_day
from usance.flows.refusals import NotFound, Refused, WrongState, first_words
from usance.records.credit.models import Delegation
from usance.records.parties.models import Seller, Staff

LONGEST: Final = timedelta(days=366)


class NotStaff(Refused):
    """Only people who work for the seller stand in for one another. Invite the person first."""

    code = "not_staff"


class OwnDeputy(Refused):
    """Nobody is a deputy of itself. Name somebody else."""

    code = "own_deputy"


class ImpossiblePeriod(Refused):
    """A period ends on the day it begins or later, not before today, and within a year."""

    code = "impossible_period"


@transaction.atomic
def name_deputy(
    seller: Seller,
    *,
    principal: str,
    deputy: str,
    from_on: date,
    until_on: date,
    at: datetime,
    by: str,
) -> Delegation:
    """Let ``deputy`` decide for ``principal``, both e-mail addresses, from one day to another.

    The deputy has no more right than the principal has at that time, and passes none on. Raises
    NotStaff, OwnDeputy or ImpossiblePeriod.
    """
    principal, deputy = principal.strip().lower(), deputy.strip().lower()
    if principal == deputy:
        raise OwnDeputy(first_words(OwnDeputy))
    known = Staff.objects.filter(seller_id=seller.id, user__email__in=[principal, deputy])
    if known.count() != 2:
        raise NotStaff(first_words(NotStaff))
    today = business_day(seller, at=at)
    if until_on < from_on or until_on < today or until_on - from_on > LONGEST:
        raise ImpossiblePeriod(first_words(ImpossiblePeriod))
    delegation = Delegation.objects.create(
        seller=seller,
        created_at=at,
        principal=principal,
        deputy=deputy,
        from_on=from_on,
        until_on=until_on,
    )
    _tell(seller, "delegation.created", delegation, at=at, by=by)
    return delegation


@transaction.atomic
def end_delegation(seller: Seller, *, delegation_id: UUID, at: datetime, by: str) -> Delegation:
    """End a delegation at once. Raises NotFound, or WrongState if it has ended."""
    delegation = (
        Delegation.objects.select_for_update(no_key=True)
        .filter(seller_id=seller.id, id=delegation_id)
        .first()
    )
    if delegation is None:
        raise NotFound("There is no such delegation.")
    if delegation.ended_at is not None or delegation.until_on < business_day(seller, at=at):
        raise WrongState("The delegation has ended already.")
    delegation.ended_at = at
    Delegation.objects.filter(seller_id=seller.id, id=delegation.id).update(ended_at=at)
    _tell(seller, "delegation.ended", delegation, at=at, by=by)
    return delegation


def _tell(seller: Seller, type_: str, delegation: Delegation, *, at: datetime, by: str) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        type_,
        object_type="delegation",
        object_id=delegation.id,
        data={
            "principal": delegation.principal,
            "deputy": delegation.deputy,
            "from_on": delegation.from_on,
            "until_on": delegation.until_on,
        },
    )
    journal.close()
