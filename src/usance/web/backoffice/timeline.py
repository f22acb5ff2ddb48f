"""What happened to an object, told for its page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from usance.records.events import queries as events
from usance.records.events.models import Event
from usance.records.identity import NotAnId, parse_public_id
from usance.records.parties import queries as parties
from usance.web.backoffice import links
from usance.web.backoffice.desk import Desk
from usance.web.design.parts import Entry, Link
from usance.web.words.events import sentence_of, telling_of

LONGEST: Final = 40
"""Events shown on a page."""

_PROGRAMS: Final[dict[str, str | Promise]] = {
    "applicant": _("Applicant"),
    "bank": _("Bank"),
    "buyer": _("Buyer"),
    "calendar": _("Calendar"),
    "cards": _("Cards"),
    "cash application": _("Cash application"),
    "checks": _("Checks"),
    "command line": _("Command line"),
    "debits": _("Debits"),
    "dunning": _("Dunning"),
    "delivery": _("Delivery of documents"),
    "folder": _("Folder of bank files"),
    "funding": _("Early money"),
    "partner": _("Funding partner"),
    "policy": _("Policy"),
    "provider": _("Payment provider"),
    "replay": _("Replayed history"),
    "standing": _("Renewal of the facts"),
    "statements": _("Statements"),
    "watch": _("Watch over the portfolio"),
    "webhooks": _("Webhooks"),
}
"""The programs of the house that act by themselves."""
_WITH_PAGES: Final = (
    "order",
    "invoice",
    "payment",
    "buyer",
    "bank_statement",
    "remittance",
    "application",
    "alarm",
    "watch",
    "card_payout",
)


def history_of(desk: Desk, object_ids: Sequence[UUID], *, linked: bool = False) -> list[Entry]:
    """The events of some objects, the newest first; ``linked`` leads from each to its object."""
    found = events.history(seller_id=desk.seller.id, object_ids=object_ids, limit=LONGEST)
    return _entries(desk, found, linked=linked)


def latest(desk: Desk, *, limit: int) -> list[Entry]:
    """What happened last at this seller."""
    return _entries(desk, events.latest(seller_id=desk.seller.id, limit=limit), linked=True)


def _entries(desk: Desk, found: Sequence[Event], *, linked: bool) -> list[Entry]:
    names = names_of(desk, {event.actor for event in found})
    return [
        Entry(
            at=event.created_at,
            title=_title(event, linked=linked),
            actor=names.get(event.actor, event.actor),
            detail=str(
                event.data.get("reason") or (linked and event.data.get("external_id")) or ""
            ),
            icon=telling_of(event).icon,
            tone=telling_of(event).tone,
        )
        for event in found
    ]


def _title(event: Event, *, linked: bool) -> object:
    sentence = sentence_of(event)
    if linked and event.object_type in _WITH_PAGES:
        return Link(sentence, links.address(event.object_type, event.object_id))
    return sentence


def names_of(desk: Desk, actors: Iterable[str]) -> dict[str, str]:
    """The names of those who acted: people and keys by their ids, programs in words."""
    named: dict[str, str] = {a: str(_PROGRAMS[a]) for a in actors if a in _PROGRAMS}
    ids: dict[str, dict[UUID, str]] = {"staff": {}, "api_key": {}, "member": {}}
    for actor in actors:
        for kind, of_kind in ids.items():
            try:
                of_kind[parse_public_id(kind, actor)] = actor
            except NotAnId:
                continue
    known = parties.actor_names(
        seller_id=desk.seller.id,
        staff_ids=list(ids["staff"]),
        key_ids=list(ids["api_key"]),
        member_ids=list(ids["member"]),
    )
    for of_kind in ids.values():
        named |= {actor: known[id_] for id_, actor in of_kind.items() if id_ in known}
    return named
