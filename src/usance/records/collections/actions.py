"""Writing questions and what is said about them, pay links and promises."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from usance.records.collections.models import (
    PayLink,
    Promise,
    PromisePart,
    PromiseRules,
    Question,
    Remark,
)
from usance.records.row_changes import change_row

Row = TypeVar("Row", PayLink, Promise, PromisePart, PromiseRules)


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


def lock_link(*, seller_id: UUID, link_id: UUID) -> PayLink | None:
    """The link, locked until the transaction ends."""
    return (
        PayLink.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=link_id)
        .first()
    )


def lock_promise(*, seller_id: UUID, promise_id: UUID) -> Promise | None:
    """The promise, locked until the transaction ends."""
    return (
        Promise.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=promise_id)
        .first()
    )


def set_fields(row: Row, **fields: Any) -> None:
    """Set ``fields`` on the row, here and in the database."""
    change_row(row, fields)
