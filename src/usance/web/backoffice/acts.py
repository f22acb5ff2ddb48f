"""What the seller's staff can do to an object: acts, at the desk of the back office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from usance.web import acts
from usance.web.acts import REFUSALS, ActForm, Done, Offer, offers
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.shell import page
from usance.web.design.parts import Link

__all__ = ["REFUSALS", "Act", "ActForm", "Done", "Offer", "offers", "perform"]

Act = acts.Act[Desk]


def perform(
    request: HttpRequest,
    desk: Desk,
    subject: Any,
    acts_: Sequence[Act],
    *,
    name: str,
    current: str,
    crumbs: Sequence[Link],
    template: str = "act",
) -> HttpResponse:
    """The page of one act in the back office; see :func:`usance.web.acts.perform`."""
    return acts.perform(
        request,
        desk,
        subject,
        acts_,
        name=name,
        current=current,
        crumbs=crumbs,
        page=page,
        template=template,
    )
