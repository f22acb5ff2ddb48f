"""How a buyer is organised: a part of its page, and the pages of its people and cost centres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from usance.records.identity import public_id
from usance.records.orders import queries as orders
from usance.records.parties import queries as parties
from usance.records.parties.models import Buyer, CostCentre, Member
from usance.web.acts import Act, Offer, offers, perform
from usance.web.backoffice import links
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.found import buyer_at
from usance.web.backoffice.shell import page
from usance.web.backoffice.tables import order_table
from usance.web.backoffice.timeline import history_of
from usance.web.design.parts import Fact, Link, Table
from usance.web.organisation.people import (
    ADD_COST_CENTRE,
    ADD_PERSON,
    CENTRE_ACTS,
    MEMBER_ACTS,
    Organiser,
)
from usance.web.organisation.rules import SET_CHAIN, SET_COMPANY, SET_PAPERS
from usance.web.organisation.tables import (
    centre_table,
    chain_table,
    member_facts,
    paper_facts,
    people_table,
)

BUYER_ACTS: Final[tuple[Act[Organiser], ...]] = (
    ADD_PERSON,
    ADD_COST_CENTRE,
    SET_CHAIN,
    SET_PAPERS,
    SET_COMPANY,
)
_ON_THE_PAGE: Final = (ADD_PERSON, ADD_COST_CENTRE, SET_PAPERS, SET_COMPANY)
"""Those with a dialog. The approval rules are too many fields for one."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """A buyer's organisation, as its page shows it. ``chain_href`` is empty for who may not."""

    people: Table | None
    centres: Table | None
    chain: Table | None
    facts: list[Fact]
    offers: list[Offer]
    chain_href: str


def organisation_of(desk: Desk, buyer: Buyer) -> Organisation:
    """What the page of a buyer shows of its organisation."""
    one = {"seller_id": desk.seller.id, "buyer_id": buyer.id}
    public = public_id("buyer", buyer.id)
    base = f"{links.address('buyer', buyer.id)}/organisation"
    members = list(parties.members(**one))
    centres = list(parties.cost_centres(**one))
    steps = parties.approval_steps(**one)
    may = desk.may("organisation")

    def close_href(centre: CostCentre) -> str:
        place = [public, public_id("cost_centre", centre.id), "close"]
        return reverse("office_cost_centre_act", args=place) if may else ""

    return Organisation(
        people=people_table(members, href=lambda it: _member_href(public, it)) if members else None,
        centres=centre_table(centres, href=close_href) if centres else None,
        chain=chain_table(steps) if steps else None,
        facts=[*_place_facts(buyer), *paper_facts(buyer)],
        offers=offers(desk, buyer, _ON_THE_PAGE, base=base),
        chain_href=f"{base}/chain" if may else "",
    )


def _place_facts(buyer: Buyer) -> list[Fact]:
    """Group, parent and children."""
    one = {"seller_id": buyer.seller_id}
    parent = parties.buyer(**one, buyer_id=buyer.parent_id) if buyer.parent_id else None
    children = parties.children(**one, buyer_id=buyer.id)
    return [
        Fact(_("Customer group"), buyer.group or None),
        Fact(_("Internet domain"), buyer.domain or None),
        Fact(_("Parent company"), links.buyer_link(parent) if parent else None),
        *(Fact(_("Subsidiary"), links.buyer_link(child)) for child in children),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@office
def organisation_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Do something to a buyer's organisation."""
    buyer = buyer_at(desk, public)
    return perform(
        request,
        desk,
        buyer,
        BUYER_ACTS,
        name=name,
        current="buyers",
        crumbs=links.buyer_crumbs(buyer),
        page=page,
        template="chain" if name == SET_CHAIN.name else "act",
    )


@require_safe
@office
def member_page(request: HttpRequest, desk: Desk, public: str, member: str) -> HttpResponse:
    """One person of a buyer's."""
    person = _member(desk, public, member)
    placed = orders.find_orders(seller_id=desk.seller.id, buyer_id=person.buyer_id).filter(
        member_id=person.id
    )
    latest = list(placed.order_by("-id")[:10])
    return page(
        request,
        desk,
        "member",
        current="buyers",
        heading=person.name,
        crumbs=links.buyer_crumbs(person.buyer),
        facts=member_facts(person),
        offers=offers(desk, person, MEMBER_ACTS, base=_member_href(public, person)),
        orders=order_table(latest, with_buyer=False) if latest else None,
        history=history_of(desk, [person.id]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def member_act(
    request: HttpRequest, desk: Desk, public: str, member: str, name: str
) -> HttpResponse:
    """Do something to a person of a buyer's."""
    person = _member(desk, public, member)
    crumbs = [*links.buyer_crumbs(person.buyer), Link(person.name, _member_href(public, person))]
    return perform(
        request, desk, person, MEMBER_ACTS, name=name, current="buyers", crumbs=crumbs, page=page
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def cost_centre_act(
    request: HttpRequest, desk: Desk, public: str, centre: str, name: str
) -> HttpResponse:
    """Do something to a cost centre of a buyer's."""
    buyer = buyer_at(desk, public)
    found = parties.cost_centres(seller_id=desk.seller.id, buyer_id=buyer.id).filter(
        id=id_in(centre, kind="cost_centre")
    )
    one = found.first()
    if one is None:
        raise Http404("There is no such cost centre.")
    return perform(
        request,
        desk,
        one,
        CENTRE_ACTS,
        name=name,
        current="buyers",
        crumbs=links.buyer_crumbs(buyer),
        page=page,
    )


def _member_href(public: str, member: Member) -> str:
    return reverse("office_member", args=[public, public_id("member", member.id)])


def _member(desk: Desk, public: str, member: str) -> Member:
    found = parties.member(seller_id=desk.seller.id, member_id=id_in(member, kind="member"))
    if found is None or found.buyer_id != id_in(public, kind="buyer"):
        raise Http404("There is no such member.")
    return found
