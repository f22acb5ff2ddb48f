"""Reading questions about invoices, pay links and promises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from usance.records.collections.models import (
    PayLink,
    Promise,
    PromisePart,
    PromiseRules,
    Question,
    Remark,
)


def question(*, seller_id: UUID, question_id: UUID) -> Question | None:
    """The question with its invoice, buyer and member, or None."""
    return (
        Question.objects.select_related("invoice", "buyer", "member")
        .filter(seller_id=seller_id, id=question_id)
        .first()
    )


def questions(
    *,
    seller_id: UUID,
    invoice_id: UUID | None = None,
    buyer_id: UUID | None = None,
    state: str | None = None,
) -> QuerySet[Question]:
    """The seller's questions with invoice, buyer and member."""
    found = Question.objects.select_related("invoice", "buyer", "member").filter(
        seller_id=seller_id
    )
    if invoice_id is not None:
        found = found.filter(invoice_id=invoice_id)
    if buyer_id is not None:
        found = found.filter(buyer_id=buyer_id)
    return found if state is None else found.filter(state=state)


def count_open(*, seller_id: UUID) -> int:
    """How many questions wait for the seller's answer."""
    return Question.objects.filter(seller_id=seller_id, state="open").count()


def remarks_of(questions_: Sequence[Question]) -> dict[UUID, list[Remark]]:
    """What was said about each of the seller's ``questions_``, in the order in which it was."""
    found: defaultdict[UUID, list[Remark]] = defaultdict(list)
    if questions_:
        for remark in Remark.objects.filter(
            seller_id=questions_[0].seller_id,
            question_id__in=[one.id for one in questions_],
        ).order_by("id"):
            found[remark.question_id].append(remark)
    return dict(found)


def pay_link(*, seller_id: UUID, link_id: UUID) -> PayLink | None:
    """One link, good or not."""
    return PayLink.objects.filter(seller_id=seller_id, id=link_id).first()


def pay_links(*, seller_id: UUID, buyer_id: UUID | None = None) -> QuerySet[PayLink]:
    """The seller's links, all or a buyer's."""
    found = PayLink.objects.filter(seller_id=seller_id)
    return found if buyer_id is None else found.filter(buyer_id=buyer_id)


def promise_rules(*, seller_id: UUID) -> PromiseRules:
    """What the seller lets its buyers promise; the usual where it has said nothing."""
    kept = PromiseRules.objects.filter(seller_id=seller_id).first()
    return kept or PromiseRules(seller_id=seller_id)


def promise(*, seller_id: UUID, promise_id: UUID) -> Promise | None:
    """The promise with its buyer, or None."""
    return (
        Promise.objects.select_related("buyer").filter(seller_id=seller_id, id=promise_id).first()
    )


def promises(
    *, seller_id: UUID, buyer_id: UUID | None = None, state: str | None = None
) -> QuerySet[Promise]:
    """The seller's promises with their buyers."""
    found = Promise.objects.select_related("buyer").filter(seller_id=seller_id)
    if buyer_id is not None:
        found = found.filter(buyer_id=buyer_id)
    return found if state is None else found.filter(state=state)


def parts_of(*, seller_id: UUID, promise_ids: Sequence[UUID]) -> dict[UUID, list[PromisePart]]:
    """The instalments of each promise, the first before the others."""
    found: defaultdict[UUID, list[PromisePart]] = defaultdict(list)
    parts = PromisePart.objects.filter(seller_id=seller_id, promise_id__in=list(promise_ids))
    for part in parts.order_by("promise_id", "position"):
        found[part.promise_id].append(part)
    return dict(found)


def promises_to_judge(*, limit: int, after: UUID | None = None) -> list[Promise]:
    """Those that are to be kept yet, of every seller, the oldest first, from ``after`` one on."""
    found = Promise.objects.filter(state__in=("accepted", "broken")).order_by("id")
    if after is not None:
        found = found.filter(id__gt=after)
    return list(found.select_related("seller")[:limit])
