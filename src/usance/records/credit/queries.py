"""Reading what a checkout must know, and what a buyer's credit stands at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet

from usance.records.credit.models import CreditLine, CreditPolicy, Decision
from usance.records.statements import execute, jsonb
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.policy import Policy, policy_from_document


@dataclass(frozen=True, slots=True)
class CheckoutQuestion:
    """Whose facts are wanted: the buyer by id or by the seller's own number, and the currency."""

    seller_id: UUID
    buyer_id: UUID | None
    buyer_external_id: str | None
    currency: str
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class CheckoutFacts:
    """Everything a decision rests on, read in one query. ``buyer_id`` is None: no such buyer."""

    buyer_id: UUID | None
    policy_id: UUID | None
    line_id: UUID | None
    line_state: str | None
    terms: tuple[str, ...]
    exposure: Exposure
    oldest_due_on: date | None
    answered: tuple[bytes, int, str] | None


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
                        "key": q.idempotency_key,
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
                exposure=Exposure(question.currency, *(figure or 0 for figure in row[5:11])),
                oldest_due_on=row[11],
                answered=(bytes(row[12]), row[13], row[14]) if row[13] is not None else None,
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
    )


def lines(*, seller_id: UUID, buyer_id: UUID) -> Sequence[CreditLine]:
    """The buyer's credit lines, one a currency."""
    return list(
        CreditLine.objects.filter(seller_id=seller_id, buyer_id=buyer_id).order_by("currency")
    )


def policies(*, seller_id: UUID) -> QuerySet[CreditPolicy]:
    """Every version of the seller's policy."""
    return CreditPolicy.objects.filter(seller_id=seller_id)


def terms_offered(*, seller_id: UUID) -> tuple[str, ...]:
    """Codes of the terms that the deciding policy gives to buyers without terms of their own."""
    deciding = policies(seller_id=seller_id).order_by("-version").first()
    if deciding is None:
        return ()
    return tuple(terms.code for terms in policy_from_document(deciding.document).terms)


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
