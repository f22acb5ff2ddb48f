"""A job for each thing that is due, and no second one while the first waits."""

from __future__ import annotations

from uuid import UUID

from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task


def enqueue_once(task: Task[..., None, ...], seller_id: UUID, object_id: UUID) -> bool:
    """Have ``task`` do its work on one object of a seller's; whether a job was made. One that waits
    already is enough, and two never work on the same object at once."""
    try:
        task.configure(lock=str(object_id), queueing_lock=f"{task.name}:{object_id}").defer(
            seller_id=str(seller_id), object_id=str(object_id)
        )
    except AlreadyEnqueued:
        return False
    return True
