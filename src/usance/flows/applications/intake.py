"""An application that comes whole from a program: a shop's own form, or another system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from usance.flows.applications import apply
from usance.flows.applications.apply import Begun
from usance.records.applications import actions
from usance.records.parties.models import Seller


@transaction.atomic
def receive(
    seller: Seller,
    *,
    at: datetime,
    by: str,
    site: str,
    email_verified: bool = False,
    consents: Sequence[str] = (),
    numbers: Mapping[str, str] | None = None,
    requested_limit: int = 0,
    requested_terms: str = "",
    references: Sequence[Mapping[str, Any]] = (),
    persons: Sequence[Mapping[str, Any]] = (),
    **begun_with: Any,
) -> Begun:
    """Begin, write and send an application in one; its checks begin at once.

    ``email_verified``: the program vouches for the address; without it the application is taken all
    the same, and its policy knows that the address is not proved. The rest is as of
    :func:`usance.flows.applications.apply.begin`, whose refusals and Incomplete it raises.
    """
    begun = apply.begin(seller, at=at, by=by, site=site, **begun_with)
    application = begun.application
    if email_verified:
        actions.change(application, email_verified_at=at)
    apply.save(
        seller,
        application_id=application.id,
        numbers=numbers or {},
        consents=consents,
        requested_limit=requested_limit,
        requested_terms=requested_terms,
        references=[dict(one) for one in references],
        persons=[dict(one) for one in persons],
        at=at,
    )
    sent = apply.submit(seller, application_id=application.id, at=at, by=by)
    return Begun(sent, begun.secret)
