"""Reading what a checkout must know, and what a buyer's credit stands at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet

from usance.records.credit.models import CreditLine, CreditPolicy, Decision, PolicyRelease
from usance.records.statements import execute, jsonb
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.policy import Policy, policy_from_document


@dataclass(frozen=True, slots=True)
class CheckoutQuestion:
    """Whose facts are wanted: the buyer by id or by the seller's own number, and the currency.

    ``base`` is the seller's own currency; ``at`` and ``on`` are the moment and its business day. What cards
    hold for the shop's name ``reference``, or for an order that there is, counts for it alone.
    """

    seller_id: UUID
    buyer_id: UUID | None
    buyer_external_id: str | None
    currency: str
    base: str
    at: datetime
    on: date
    idempotency_key: str | None = None
    reference: str | None = None
    order_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CheckoutFacts:
    """Everything a decision rests on, read in one query. ``buyer_id`` is None: no such buyer.

    ``rate`` is what the order's currency is worth in the seller's own, where they differ.
    ``standing`` is what is kept ready about the buyer, as stored JSON, if a policy reads it.
    """

    buyer_id: UUID | None
    policy_id: UUID | None
    line_id: UUID | None
    line_state: str | None
    terms: tuple[str, ...]
    exposure: Exposure
    oldest_due_on: date | None
    answered: tuple[bytes, int, str] | None
    country: str | None = None
    buyer_group: str | None = None
    known_since: datetime | None = None
    ordering_rules: bool = False
    group_id: UUID | None = None
    tier: str | None = None
    insured_limit: int | None = None
    rate: Decimal | None = None
    shadow_id: UUID | None = None
    standing: str | None = None
    ship_tos: tuple[str, ...] = ()


def checkout_facts(questions: Sequence[CheckoutQuestion]) -> list[CheckoutFacts]:
    """The facts for each question, in their order, in one query and without a lock."""
    rows = execute(
        "SELECT * FROM credit_checkout_facts(%s)",
        [
            jsonb(
                [
                    {
                        "seller_id": q.seller_id,
                        "buyer_id": q.buyer_id,
                        "external_id": q.buyer_external_id,
                        "currency": q.currency,
                        "base": q.base,
                        "at": q.at,
                        "on": q.on,
                        "key": q.idempotency_key,
                        "reference": q.reference,
                        "order_id": q.order_id,
                    }
                    for q in questions
                ]
            )
        ],
    )
    facts = []
    for question, row in zip(questions, rows, strict=True):
        facts.append(
            CheckoutFacts(
                buyer_id=row[0],
                policy_id=row[1],
                line_id=row[2],
                line_state=row[3],
                terms=tuple(row[4] or ()),
                exposure=Exposure(
                    currency=question.currency,
                    limit=row[5] or 0,
                    tolerance=row[6] or 0,
                    commitments=row[7] or 0,
                    receivable=row[8] or 0,
                    external=row[9] or 0,
                    unapplied_cash=row[10] or 0,
                    group_available=row[20],
                    secured=row[27] or 0,
                ),
                oldest_due_on=row[11],
                answered=(bytes(row[12]), row[13], row[14]) if row[13] is not None else None,
                country=row[15],
                buyer_group=row[16],
                known_since=row[17],
                ordering_rules=row[18] or False,
                group_id=row[19],
                tier=row[21],
                insured_limit=row[22],
                rate=row[23],
                shadow_id=row[24],
                standing=row[25],
                ship_tos=tuple(row[26] or ()),
            )
        )
    return facts


@lru_cache(maxsize=10_000)
def policy(*, seller_id: UUID, policy_id: UUID) -> Policy:
    """One version of a policy. A version never changes, so it is read once a process."""
    row = CreditPolicy.objects.get(seller_id=seller_id, id=policy_id)
    return policy_from_document(row.document)


def exposure_of(line: CreditLine) -> Exposure:
    """The figures of a line."""
    return Exposure(
        currency=line.currency,
        limit=line.limit,
        tolerance=line.tolerance,
        commitments=line.commitments,
        receivable=line.receivable,
        external=line.external,
        unapplied_cash=line.unapplied_cash,
        group_available=line.group_available,
        secured=line.secured_now,
    )


def with_group_room(found: Sequence[CreditLine], *, on: date) -> Sequence[CreditLine]:
    """The same lines, those that share a limit knowing what it leaves them on the day ``on``, and those
    whose orders cards secure, what these bear."""
    secured = [line for line in found if line.secured]
    if secured:
        borne = execute(
            "SELECT id, credit_secured(seller_id, buyer_id, currency, NULL, NULL)"
            " FROM credit_creditline WHERE seller_id = %s AND id = ANY (%s)",
            [secured[0].seller_id, [line.id for line in secured]],
        )
        by_line = dict(borne)
        for line in secured:
            line.secured_now = by_line[line.id]
    shared = [line for line in found if line.group_id is not None]
    if shared:
        rows = execute(
            "SELECT l.id, coalesce(floor(credit_converted(l.seller_id,"
            " credit_group_room(l.seller_id, g.id, %s), g.currency, l.currency, %s))::bigint, -1)"
            " FROM credit_creditline AS l JOIN credit_grouplimit AS g"
            " ON g.id = l.group_id AND g.seller_id = l.seller_id"
            " WHERE l.seller_id = %s AND l.id = ANY (%s)",
            [on, on, shared[0].seller_id, [line.id for line in shared]],
        )
        rooms = dict(rows)
        for line in shared:
            line.group_available = rooms[line.id]
    return found


def lines(*, seller_id: UUID, buyer_id: UUID) -> Sequence[CreditLine]:
    """The buyer's credit lines, one a currency."""
    return list(
        CreditLine.objects.filter(seller_id=seller_id, buyer_id=buyer_id).order_by("currency")
    )


def policies(*, seller_id: UUID) -> QuerySet[CreditPolicy]:
    """Every version of the seller's policy."""
    return CreditPolicy.objects.filter(seller_id=seller_id)


def release(*, seller_id: UUID, at: datetime, mode: str = "live") -> PolicyRelease | None:
    """What decides at ``at`` (``live``), or is tried beside it (``shadow``)."""
    modes = ["live"] if mode == "live" else ["shadow", "shadow_end"]
    latest = (
        PolicyRelease.objects.filter(seller_id=seller_id, mode__in=modes, effective_at__lte=at)
        .order_by("-effective_at", "-id")
        .first()
    )
    return latest if latest is not None and latest.mode == mode else None


def needs_standing(*, seller_id: UUID, at: datetime) -> bool:
    """Whether a policy that decides or is tried at ``at``, or will be later, reads what is kept
    ready about buyers."""
    later = PolicyRelease.objects.filter(
        seller_id=seller_id, effective_at__gt=at, needs_standing=True
    )
    running = (release(seller_id=seller_id, at=at, mode=mode) for mode in ("live", "shadow"))
    return any(one.needs_standing for one in running if one is not None) or later.exists()


def deciding_policy(*, seller_id: UUID, at: datetime) -> Policy | None:
    """The policy that decides at ``at``."""
    live = release(seller_id=seller_id, at=at)
    return policy(seller_id=seller_id, policy_id=live.policy_id) if live else None


def terms_offered(*, seller_id: UUID, at: datetime) -> tuple[str, ...]:
    """Codes of the terms that the deciding policy gives to buyers without terms of their own."""
    deciding = deciding_policy(seller_id=seller_id, at=at)
    return tuple(terms.code for terms in deciding.terms) if deciding else ()


def decision(*, seller_id: UUID, decision_id: UUID) -> Decision | None:
    """One decision of the seller's."""
    return Decision.objects.filter(seller_id=seller_id, id=decision_id).first()


def lines_of(*, seller_id: UUID, buyer_ids: Collection[UUID]) -> list[CreditLine]:
    """The credit lines of some buyers, by currency."""
    return list(
        CreditLine.objects.filter(seller_id=seller_id, buyer_id__in=list(buyer_ids)).order_by(
            "currency", "id"
        )
    )


def line_with_buyer(*, seller_id: UUID, line_id: UUID) -> CreditLine | None:
    """One credit line with its buyer."""
    return (
        CreditLine.objects.select_related("buyer")
        .filter(seller_id=seller_id, id=line_id, buyer__seller_id=seller_id)
        .first()
    )
