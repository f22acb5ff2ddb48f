"""What an administrator of the buyer's sees to: its people, cost centres and approval rules."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from usance.records.identity import public_id
from usance.records.orders import queries as orders
from usance.records.parties import queries as parties
from usance.records.parties.models import CostCentre, Member
from usance.web.acts import offers, perform
from usance.web.design.parts import Link, Tab
from usance.web.organisation.people import (
    ADD_COST_CENTRE,
    ADD_PERSON,
    CENTRE_ACTS,
    MEMBER_ACTS,
)
from usance.web.organisation.rules import SET_CHAIN, SET_PAPERS
from usance.web.organisation.tables import (
    centre_table,
    chain_table,
    member_facts,
    paper_facts,
    people_table,
)
from usance.web.portal.account import Account, id_in, page, portal_for
from usance.web.portal.tables import order_table

_RULE_ACTS: Final = (SET_CHAIN, SET_PAPERS)


@require_safe
@portal_for("organisation")
def people(request: HttpRequest, account: Account) -> HttpResponse:
    """Who acts for the buyer."""
    found = list(parties.members(seller_id=account.seller.id, buyer_id=account.buyer.id))
    return page(
        request,
        account,
        "people",
        current="people",
        heading=_("People"),
        tabs=_tabs("people"),
        table=people_table(found, href=_member_href),
        offers=offers(
            account, account.buyer, (ADD_PERSON,), base=f"{reverse('account_people')}/new"
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@portal_for("organisation")
def people_act(request: HttpRequest, account: Account, name: str) -> HttpResponse:
    """Add a person."""
    return perform(
        request,
        account,
        account.buyer,
        (ADD_PERSON,),
        name=name,
        current="people",
        crumbs=[_people_link()],
        page=page,
    )


@require_safe
@portal_for("organisation")
def person(request: HttpRequest, account: Account, public: str) -> HttpResponse:
    """One person. Nobody changes what it may do itself."""
    member = _member(account, public)
    placed = orders.find_orders(seller_id=account.seller.id, buyer_id=account.buyer.id)
    latest = list(placed.filter(member_id=member.id).order_by("-id")[:10])
    own = member.id == account.member.id
    return page(
        request,
        account,
        "person",
        current="people",
        heading=member.name,
        crumbs=[_people_link()],
        own=own,
        facts=member_facts(member),
        orders=order_table(latest) if latest else None,
        offers=[] if own else offers(account, member, MEMBER_ACTS, base=_member_href(member)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@portal_for("organisation")
def person_act(request: HttpRequest, account: Account, public: str, name: str) -> HttpResponse:
    """Change or remove a person."""
    member = _member(account, public)
    return perform(
        request,
        account,
        member,
        MEMBER_ACTS,
        name=name,
        current="people",
        crumbs=[_people_link(), Link(member.name, _member_href(member))],
        page=page,
    )


@require_safe
@portal_for("organisation")
def cost_centres(request: HttpRequest, account: Account) -> HttpResponse:
    """What orders can be charged to."""
    found = list(parties.cost_centres(seller_id=account.seller.id, buyer_id=account.buyer.id))
    base = f"{reverse('account_cost_centres')}/new"
    return page(
        request,
        account,
        "cost_centres",
        current="people",
        heading=_("Cost centres"),
        tabs=_tabs("cost_centres"),
        table=centre_table(found, href=_close_href) if found else None,
        offers=offers(account, account.buyer, (ADD_COST_CENTRE,), base=base),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@portal_for("organisation")
def cost_centres_act(request: HttpRequest, account: Account, name: str) -> HttpResponse:
    """Add a cost centre."""
    return perform(
        request,
        account,
        account.buyer,
        (ADD_COST_CENTRE,),
        name=name,
        current="people",
        crumbs=[_centres_link()],
        page=page,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@portal_for("organisation")
def cost_centre_act(request: HttpRequest, account: Account, public: str, name: str) -> HttpResponse:
    """Close a cost centre."""
    found = parties.cost_centres(seller_id=account.seller.id, buyer_id=account.buyer.id)
    centre = found.filter(id=id_in(public, kind="cost_centre")).first()
    if centre is None:
        raise Http404("There is no such cost centre.")
    return perform(
        request,
        account,
        centre,
        CENTRE_ACTS,
        name=name,
        current="people",
        crumbs=[_centres_link()],
        page=page,
    )


@require_safe
@portal_for("organisation")
def approval_rules(request: HttpRequest, account: Account) -> HttpResponse:
    """Which orders need whose approval, and what an order must carry."""
    steps = parties.approval_steps(seller_id=account.seller.id, buyer_id=account.buyer.id)
    base = reverse("account_approval_rules")
    return page(
        request,
        account,
        "approval_rules",
        current="people",
        heading=_("Approval rules"),
        tabs=_tabs("approval_rules"),
        table=chain_table(steps) if steps else None,
        chain_href=f"{base}/{SET_CHAIN.name}",
        facts=paper_facts(account.buyer),
        offers=offers(account, account.buyer, (SET_PAPERS,), base=base),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@portal_for("organisation")
def approval_rules_act(request: HttpRequest, account: Account, name: str) -> HttpResponse:
    """Set the approval chain, or what an order must carry."""
    return perform(
        request,
        account,
        account.buyer,
        _RULE_ACTS,
        name=name,
        current="people",
        crumbs=[Link(_("Approval rules"), reverse("account_approval_rules"))],
        page=page,
        template="chain" if name == SET_CHAIN.name else "act",
    )


def _tabs(current: str) -> list[Tab]:
    named = {
        "people": _("People"),
        "cost_centres": _("Cost centres"),
        "approval_rules": _("Approval rules"),
    }
    return [
        Tab(label=label, href=reverse(f"account_{part}"), current=part == current)
        for part, label in named.items()
    ]


def _people_link() -> Link:
    return Link(_("People"), reverse("account_people"))


def _centres_link() -> Link:
    return Link(_("Cost centres"), reverse("account_cost_centres"))


def _member_href(member: Member) -> str:
    return reverse("account_person", args=[public_id("member", member.id)])


def _close_href(centre: CostCentre) -> str:
    return reverse(
        "account_cost_centre_act", args=[public_id("cost_centre", centre.id), CENTRE_ACTS[0].name]
    )


def _member(account: Account, public: str) -> Member:
    member = parties.member(seller_id=account.seller.id, member_id=id_in(public, kind="member"))
    if member is None or member.buyer_id != account.buyer.id:
        raise Http404("There is no such member.")
    return member
