"""Writing applications."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from usance.records.applications.models import Application, ApplicationForm, Code
from usance.records.row_changes import change_row


def lock_application(*, seller_id: UUID, application_id: UUID) -> Application | None:
    """The application, locked until the transaction ends."""
    return (
        Application.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=application_id)
        .first()
    )


def lock_latest_code(*, seller_id: UUID, application_id: UUID) -> Code | None:
    """The code that was sent last, locked until the transaction ends."""
    return (
        Code.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, application_id=application_id)
        .order_by("-created_at", "-id")
        .first()
    )


def take_checks(*, seller_id: UUID, application_id: UUID, at: datetime, until: datetime) -> bool:
    """Whether the checks are due and now the caller's; others leave them alone ``until`` then."""
    taken = Application.objects.filter(
        seller_id=seller_id, id=application_id, checks_due_at__lte=at
    ).update(checks_due_at=until)
    return bool(taken)


def change(row: Application | Code | ApplicationForm, **fields: Any) -> None:
    """Set ``fields`` on the locked row, here and in the database."""
    change_row(row, fields)
