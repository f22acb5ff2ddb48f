"""Reading questions about invoices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from usance.records.collections.models import Question, Remark


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
