"""How a dunning policy comes to be: drafted, previewed on today's ledger, switched on, switched off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal
from usance.flows.refusals import Conflict, NotFound, WrongState
from usance.records.dunning import actions, queries
from usance.records.dunning.models import DunningPolicy
from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.rules.dunning.documents import policy_from_document


class NotPreviewed(Conflict):
    """The policy has not been previewed as it is; look at whom it would write to, then switch it on."""

    code = "dunning_policy_not_previewed"


@transaction.atomic
def draft_policy(
    seller: Seller, document: Mapping[str, Any], *, at: datetime, by: str
) -> DunningPolicy:
    """Write a version of a policy; the same name makes the next version of the same policy. Nothing is
    sent by it until it is switched on.

    Raises InvalidDunningPolicy.
    """
    policy = policy_from_document(document, currency=seller.currency)
    before = actions.lock_policies(seller_id=seller.id, name=policy.name)
    for old in before:
        if old.state == "draft":
            actions.set_fields(old, state="retired", retired_at=at)
    kept = DunningPolicy.objects.create(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        name=policy.name,
        version=1 + max((old.version for old in before), default=0),
        position=policy.position,
        document=policy.to_document(),
        author=by,
    )
    _tell(seller, kept, "drafted", at=at, by=by)
    return kept


@transaction.atomic
def mark_previewed(seller: Seller, *, policy_id: UUID, at: datetime, by: str) -> DunningPolicy:
    """Note that a person has seen whom the policy would write to. Raises NotFound."""
    kept = _locked(seller, policy_id)
    if kept.state == "draft":
        actions.set_fields(kept, previewed_at=at, previewed_by=by)
    return kept


@transaction.atomic
def switch_on(seller: Seller, *, policy_id: UUID, at: datetime, by: str) -> DunningPolicy:
    """Have the policy followed from the next run on, in place of its version before.

    Raises NotFound, WrongState, or NotPreviewed.
    """
    kept = _locked(seller, policy_id)
    if kept.state != "draft":
        raise WrongState(f"This version of the policy is {kept.state}; write a new one.")
    if kept.previewed_at is None:
        raise NotPreviewed(" ".join((NotPreviewed.__doc__ or "").split()))
    for old in actions.lock_policies(seller_id=seller.id, name=kept.name):
        if old.state == "active":
            actions.set_fields(old, state="retired", retired_at=at)
    actions.set_fields(kept, state="active", active_since=at)
    _tell(seller, kept, "switched_on", at=at, by=by)
    return kept


@transaction.atomic
def switch_off(seller: Seller, *, policy_id: UUID, at: datetime, by: str) -> DunningPolicy:
    """Have the policy followed no more; what it has queued is not sent. Raises NotFound, WrongState."""
    kept = _locked(seller, policy_id)
    if kept.state == "retired":
        raise WrongState("The policy is switched off already.")
    actions.set_fields(kept, state="retired", retired_at=at)
    _tell(seller, kept, "switched_off", at=at, by=by)
    return kept


def _locked(seller: Seller, policy_id: UUID) -> DunningPolicy:
    kept = queries.policy(seller_id=seller.id, policy_id=policy_id)
    versions = actions.lock_policies(seller_id=seller.id, name=kept.name) if kept else []
    for one in versions:
        if one.id == policy_id:
            return one
    raise NotFound("There is no such policy.")


def _tell(seller: Seller, kept: DunningPolicy, what: str, *, at: datetime, by: str) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        f"dunning_policy.{what}",
        object_type="dunning_policy",
        object_id=kept.id,
        state=kept.state,
        data={"name": kept.name, "version": kept.version},
    )
    journal.close()
