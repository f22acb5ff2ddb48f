"""How a policy comes to decide: written, tried in the shadow, approved, and in force from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal
from usance.flows.refusals import NotFound, Refused
from usance.flows.reviews import open_review
from usance.records.credit import actions, queries
from usance.records.credit.models import CreditPolicy, Review
from usance.records.parties.models import Seller
from usance.rules.credit.policy import InvalidPolicy, Policy, policy_from_document
from usance.rules.credit.routing import route_of_policies


class EffectiveInThePast(Refused):
    """A policy cannot begin to decide in the past. Name a later moment, or none for now."""

    code = "effective_in_the_past"


def read_policy(seller: Seller, document: Mapping[str, Any]) -> Policy:
    """Read and check what somebody wrote. Amounts of rules are in the seller's currency.

    Raises InvalidPolicy with rule, line and column.
    """
    policy = policy_from_document({"currency": seller.currency} | dict(document))
    if policy.currency != seller.currency:
        raise InvalidPolicy(
            f"currency must be {seller.currency}, the seller's own, not {policy.currency}."
        )
    return policy


@transaction.atomic
def draft_policy(
    seller: Seller, policy: Policy, *, at: datetime, by: str, note: str = ""
) -> CreditPolicy:
    """Keep a version that does not decide yet."""
    stored = actions.add_policy(seller_id=seller.id, policy=policy, author=by, at=at, note=note)
    _tell(seller, "policy.drafted", stored, at=at, by=by)
    return stored


@transaction.atomic
def set_policy(
    seller: Seller,
    policy: Policy,
    *,
    at: datetime,
    by: str,
    effective_at: datetime | None = None,
    note: str = "",
) -> CreditPolicy:
    """Write a version and let it decide from ``effective_at`` (None: now).

    Where the deciding policy asks for a second person, the version waits in a review until then.
    Raises EffectiveInThePast.
    """
    stored = draft_policy(seller, policy, at=at, by=by, note=note)
    release_policy(seller, policy_id=stored.id, at=at, by=by, effective_at=effective_at)
    return stored


@transaction.atomic
def release_policy(
    seller: Seller,
    *,
    policy_id: UUID,
    at: datetime,
    by: str,
    effective_at: datetime | None = None,
) -> Review | None:
    """Let a drafted or former version decide from ``effective_at`` (None: now).

    Returns the review it waits in, where the deciding policy, or the one it would take over from, asks
    for a second person. Raises NotFound or EffectiveInThePast.
    """
    stored = _stored(seller, policy_id)
    begins = _begins(effective_at, at=at)
    actions.lock_policies(seller_id=seller.id)
    # The one that will decide by then has a say too: what it asks for is not evaded by being early.
    before = [queries.deciding_policy(seller_id=seller.id, at=when) for when in (at, begins)]
    asking = [one for one in before if one is not None and one.second_person]
    if asking:
        return open_review(
            seller,
            kind="policy",
            subject_id=stored.id,
            reasons=("second_person",),
            proposal={"effective_at": effective_at.isoformat() if effective_at else None},
            route=route_of_policies(asking[0]),
            at=at,
            by=by,
        )
    _release(seller, stored, mode="live", effective_at=begins, at=at, by=by)
    return None


@transaction.atomic
def approve_policy(
    seller: Seller, *, review: Review, at: datetime, by: str, approved_by: str
) -> None:
    """What a second person has approved decides from the moment it was meant to, or from now."""
    wanted = review.proposal.get("effective_at")
    begins = max(datetime.fromisoformat(wanted), at) if wanted else at
    stored = _stored(seller, review.subject_id)
    _release(
        seller, stored, mode="live", effective_at=begins, at=at, by=by, approved_by=approved_by
    )


@transaction.atomic
def try_policy(seller: Seller, *, policy_id: UUID, at: datetime, by: str) -> None:
    """Let a version say, beside the deciding one, what it would decide. Raises NotFound."""
    _release(seller, _stored(seller, policy_id), mode="shadow", effective_at=at, at=at, by=by)


@transaction.atomic
def end_trial(seller: Seller, *, at: datetime, by: str) -> None:
    """End the trial that is running. Raises NotFound if there is none."""
    running = queries.release(seller_id=seller.id, at=at, mode="shadow")
    if running is None:
        raise NotFound("No policy is on trial.")
    stored = _stored(seller, running.policy_id)
    _release(seller, stored, mode="shadow_end", effective_at=at, at=at, by=by)


def _stored(seller: Seller, policy_id: UUID) -> CreditPolicy:
    stored = queries.policies(seller_id=seller.id).filter(id=policy_id).first()
    if stored is None:
        raise NotFound("There is no such version of the policy.")
    return stored


def _begins(effective_at: datetime | None, *, at: datetime) -> datetime:
    if effective_at is not None and effective_at < at:
        raise EffectiveInThePast(" ".join((EffectiveInThePast.__doc__ or "").split()))
    return effective_at or at


def _release(
    seller: Seller,
    stored: CreditPolicy,
    *,
    mode: str,
    effective_at: datetime,
    at: datetime,
    by: str,
    approved_by: str = "",
) -> None:
    policy = queries.policy(seller_id=seller.id, policy_id=stored.id)
    actions.release_policy(
        stored,
        mode=mode,
        effective_at=effective_at,
        needs_standing=policy.needs_standing,
        author=by,
        approved_by=approved_by,
        at=at,
    )
    type_ = {
        "live": "policy.published",
        "shadow": "policy.tried",
        "shadow_end": "policy.trial_ended",
    }
    _tell(
        seller,
        type_[mode],
        stored,
        at=at,
        by=by,
        effective_at=effective_at,
        approved_by=approved_by,
    )


def _tell(
    seller: Seller, type_: str, stored: CreditPolicy, *, at: datetime, by: str, **data: Any
) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        type_,
        object_type="policy",
        object_id=stored.id,
        data={"version": stored.version, **data},
    )
    journal.close()
