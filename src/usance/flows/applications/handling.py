"""An application as the flows handle it: locked, with its state checked, and with its events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from usance.flows.applications.refusals import InvalidApplication
from usance.flows.journal import Journal
from usance.flows.refusals import NotFound, WrongState
from usance.records.applications import actions
from usance.records.applications.models import Application, Message
from usance.records.parties.models import Seller
from usance.rules.applications.completeness import Written

APPLICANT: Final = "applicant"
"""How an applicant is named wherever an act leaves a trace."""

UNDECIDED: Final = ("submitted", "in_review", "information_requested")
LONGEST_MESSAGE: Final = 4000


def locked(
    seller: Seller, application_id: UUID, *, states: Sequence[str] | None = None
) -> Application:
    """The application, locked until the transaction ends. Raises NotFound, or WrongState where it is
    in none of ``states``."""
    application = actions.lock_application(seller_id=seller.id, application_id=application_id)
    if application is None:
        raise NotFound("There is no such application.")
    if states is not None and application.state not in states:
        raise WrongState(f"The application is {application.state}; this cannot be done any more.")
    return application


def tell(
    seller: Seller,
    type_: str,
    *,
    application: Application,
    at: datetime,
    by: str,
    buyer_id: UUID | None = None,
    **data: Any,
) -> None:
    """Append an event of the application's, with its state."""
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        type_,
        object_type="application",
        object_id=application.id,
        buyer_id=buyer_id,
        state=application.state,
        currency=application.currency,
        data={"name": application.name, "external_id": application.external_id, **data},
    )
    journal.close()


def written_of(application: Application) -> Written:
    """What the application says so far."""
    company = application.company
    return Written(
        name=application.name,
        country=application.country,
        email=application.contact_email,
        contact=application.contact_name,
        street=str(company.get("street", "")),
        city=str(company.get("city", "")),
        numbers=company.get("numbers", {}),
        requested_limit=application.requested_limit,
        email_verified=application.email_verified_at is not None,
        consents=frozenset(consent["name"] for consent in application.consents),
    )


def write_message(
    seller: Seller,
    application: Application,
    *,
    text: str,
    from_seller: bool,
    author: str,
    at: datetime,
) -> Message:
    """Keep a question or an answer. Raises InvalidApplication for one that is empty or too long."""
    text = text.strip()
    if not text or len(text) > LONGEST_MESSAGE:
        raise InvalidApplication(f"A message has from 1 to {LONGEST_MESSAGE} characters.")
    return Message.objects.create(
        seller=seller,
        application=application,
        created_at=at,
        from_seller=from_seller,
        author=author,
        text=text,
    )
