"""Which policy an account follows, and what is known of it in the words of policies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from usance.flows.standing import typed_values
from usance.records.dunning.account_queries import KnownAccount
from usance.records.dunning.models import DunningPolicy as Kept
from usance.records.parties.models import Seller
from usance.rules.dunning import timing
from usance.rules.dunning.documents import policy_from_document
from usance.rules.dunning.policy import DunningPolicy


@dataclass(frozen=True, slots=True)
class Chosen:
    """A policy and the version that it is kept as; no id for one that is only tried."""

    policy: DunningPolicy
    policy_id: UUID | None = None


def in_force(seller: Seller, kept: Collection[Kept]) -> list[Chosen]:
    """The policies that ``kept`` are, in the order in which they are asked."""
    read = [Chosen(rule_of(one, currency=seller.currency), one.id) for one in kept]
    return in_order(read)


def in_order(policies: Collection[Chosen]) -> list[Chosen]:
    """By position, then by name."""
    return sorted(policies, key=lambda one: (one.policy.position, one.policy.name))


def rule_of(kept: Kept, *, currency: str) -> DunningPolicy:
    """The policy that a stored version is."""
    return policy_from_document(kept.document, currency=currency)


def choose(known: KnownAccount, policies: Sequence[Chosen]) -> Chosen | None:
    """The first policy that the account belongs to."""
    facts: dict[str, Any] | None = None
    for one in policies:
        in_segment = one.policy.segment.has(
            country=known.country,
            currency=known.account.currency,
            group=known.group,
            metadata=known.metadata,
        )
        if not in_segment:
            continue
        if one.policy.when != "true":
            facts = facts_of(known) if facts is None else facts
        if one.policy.holds(facts or {}):
            return one
    return None


def facts_of(known: KnownAccount) -> dict[str, Any]:
    """What a policy's condition reads of an account."""
    return typed_values(known.facts.get("values", {})) | {
        "buyer.country": known.country,
        "buyer.group": known.group,
        "buyer.language": known.language,
        "account.currency": known.account.currency,
    }


def earliest_reach(policies: Sequence[Chosen], *, on: date) -> date:
    """The latest due date that a step of one of ``policies`` has come for on the day ``on``."""
    first = min((one.policy.earliest for one in policies), default=0)
    return date.fromordinal(on.toordinal() - first)


def is_quiet(known: KnownAccount, *, policy: DunningPolicy, day: date) -> bool:
    """Whether nobody is written to on ``day`` where the buyer is."""
    return timing.is_quiet(day, policy=policy, country=known.country)


def zone_of(seller: Seller, known: KnownAccount) -> str:
    """Where the buyer's day is told."""
    return timing.zone_of(known.country, metadata=known.metadata, otherwise=seller.time_zone)


def sending_at(
    seller: Seller,
    known: KnownAccount,
    *,
    policy: DunningPolicy,
    at: datetime,
    reactions: Sequence[datetime] = (),
) -> datetime:
    """When a message decided on at ``at`` goes out: at the hour at which the buyer has reacted before,
    where that is known."""
    zone = zone_of(seller, known)
    return timing.sending_at(
        at,
        policy=policy,
        country=known.country,
        zone=zone,
        best_hour=timing.best_hour(reactions, zone=zone),
    )
