"""Writing questions and what is said about them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from usance.records.collections.models import Question, Remark


def lock_question(*, seller_id: UUID, question_id: UUID) -> Question | None:
    """The question, locked until the transaction ends."""
    return (
        Question.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=question_id)
        .first()
    )


def add_remark(question: Question, *, author: str, name: str, text: str, at: datetime) -> Remark:
    """Keep what one side said."""
    return Remark.objects.create(
        seller_id=question.seller_id,
        created_at=at,
        question_id=question.id,
        author=author,
        name=name,
        text=text,
    )


def change(question: Question, *, state: str, at: datetime) -> None:
    """Bring the locked question to ``state``, here and in the database."""
    Question.objects.filter(seller_id=question.seller_id, id=question.id).update(
        state=state, changed_at=at
    )
    question.state, question.changed_at = state, at
