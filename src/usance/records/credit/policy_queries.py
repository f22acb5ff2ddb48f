"""Reading which version of a policy decides, decided or will decide, and what a trial has shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from usance.records.credit import queries
from usance.records.credit.models import CreditPolicy, Decision, PolicyRelease, Review

STATES = (
    "deciding",
    "waiting_for_second_person",
    "scheduled",
    "shadow",
    "former",
    "draft",
)


@dataclass(frozen=True, slots=True)
class PolicyStanding:
    """Where a version stands: one of STATES.

    ``effective_at`` is when it began to decide, or to be tried, or will; ``until`` when another took
    over or will. ``review_id`` is the review it waits in.
    """

    state: str
    effective_at: datetime | None = None
    until: datetime | None = None
    released_by: str = ""
    approved_by: str = ""
    review_id: UUID | None = None


def standings(
    *, seller_id: UUID, at: datetime, policy_ids: Collection[UUID]
) -> dict[UUID, PolicyStanding]:
    """Where each of ``policy_ids`` stands at ``at``."""
    live = list(
        PolicyRelease.objects.filter(seller_id=seller_id, mode="live").order_by(
            "effective_at", "id"
        )
    )
    ends = _ends(live)
    deciding = queries.release(seller_id=seller_id, at=at)
    trial = queries.release(seller_id=seller_id, at=at, mode="shadow")
    waiting = dict(
        Review.objects.filter(
            seller_id=seller_id, kind="policy", state="open", subject_id__in=list(policy_ids)
        ).values_list("subject_id", "id")
    )
    mine: dict[UUID, list[PolicyRelease]] = {policy_id: [] for policy_id in policy_ids}
    for release in live:
        if release.policy_id in mine:
            mine[release.policy_id].append(release)
    found = {}
    for policy_id, releases in mine.items():
        begun = [one for one in releases if one.effective_at <= at]
        coming = [one for one in releases if one.effective_at > at]
        if deciding is not None and deciding.policy_id == policy_id:
            found[policy_id] = _standing("deciding", deciding, ends)
        elif policy_id in waiting:
            found[policy_id] = PolicyStanding(
                "waiting_for_second_person", review_id=waiting[policy_id]
            )
        elif coming:
            found[policy_id] = _standing("scheduled", coming[0], ends)
        elif trial is not None and trial.policy_id == policy_id:
            found[policy_id] = _standing("shadow", trial, {})
        elif begun:
            found[policy_id] = _standing("former", begun[-1], ends)
        else:
            found[policy_id] = PolicyStanding("draft")
    return found


def _ends(live: list[PolicyRelease]) -> dict[UUID, datetime]:
    """When each release is followed by that of another version."""
    ends: dict[UUID, datetime] = {}
    for n, release in enumerate(live):
        later = next((one for one in live[n + 1 :] if one.policy_id != release.policy_id), None)
        if later is not None:
            ends[release.id] = later.effective_at
    return ends


def _standing(state: str, release: PolicyRelease, ends: dict[UUID, datetime]) -> PolicyStanding:
    return PolicyStanding(
        state,
        release.effective_at,
        ends.get(release.id),
        released_by=release.author,
        approved_by=release.approved_by,
    )


def standing(*, seller_id: UUID, at: datetime, policy_id: UUID) -> PolicyStanding:
    """Where one version stands."""
    return standings(seller_id=seller_id, at=at, policy_ids=[policy_id])[policy_id]


def stored_policy(*, seller_id: UUID, policy_id: UUID) -> CreditPolicy | None:
    """One version as it was written."""
    return CreditPolicy.objects.filter(seller_id=seller_id, id=policy_id).first()


def deciding_version(*, seller_id: UUID, at: datetime) -> CreditPolicy | None:
    """The version that decides at ``at``."""
    release = queries.release(seller_id=seller_id, at=at)
    if release is None:
        return None
    return stored_policy(seller_id=seller_id, policy_id=release.policy_id)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a version on trial would have decided of the latest decisions.

    ``decisions`` is how many were judged by both; ``turned`` counts those with another outcome, by
    (decided, on trial); ``differing`` are the newest of these.
    """

    policy_id: UUID
    decisions: int
    turned: Counter[tuple[str, str]]
    differing: list[Decision]

    @property
    def differ(self) -> int:
        """How many would have ended otherwise."""
        return self.turned.total()


def trial(*, seller_id: UUID, policy_id: UUID, last: int, shown: int = 25) -> Trial:
    """What the version would have said to the ``last`` decisions of the seller's that it judged."""
    rows = (
        Decision.objects.select_related("buyer")
        .filter(seller_id=seller_id, shadow__policy_id=str(policy_id))
        .order_by("-id")[:last]
    )
    count, turned = 0, Counter[tuple[str, str]]()
    differing: list[Decision] = []
    for row in rows:
        count += 1
        tried = (row.shadow or {})["outcome"]
        if row.outcome != tried:
            turned[row.outcome, tried] += 1
            if len(differing) < shown:
                differing.append(row)
    return Trial(policy_id, count, turned, differing)
