"""Whose account is looked at: the signed-in member of one buyer, and the moment of the request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.clock import CLOCK
from usance.flows.journal import business_day
from usance.records.identity import NotAnId, parse_public_id, public_id
from usance.records.parties.models import Buyer, Member, Seller
from usance.web.design.parts import NavigationGroup, NavigationItem, Shell
from usance.web.portal import roles
from usance.web.portal.roles import Right
from usance.web.portal.waiting import waiting_for
from usance.web.sign_in import account_links, place_of

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Account:
    """A buyer's account with a seller, as one of its members sees it.

    ``on`` is the day of ``at`` where the seller is.
    """

    seller: Seller
    buyer: Buyer
    member: Member
    at: datetime
    on: date

    @property
    def by(self) -> str:
        """How the member is named wherever an act leaves a trace."""
        return public_id("member", self.member.id)

    @property
    def acting(self) -> UUID:
        """The member who acts."""
        return self.member.id

    def may(self, right: Right) -> bool:
        """Whether the member's role has ``right``."""
        return roles.may(self.member.role, right)

    def require(self, right: Right) -> None:
        """Raise PermissionDenied unless it has."""
        if not self.may(right):
            raise PermissionDenied


View = Callable[Concatenate[HttpRequest, Account, P], HttpResponse]
Response = Callable[Concatenate[HttpRequest, P], HttpResponse]


def portal(view: View[P]) -> Response[P]:
    """A view for every member of a buyer: signed in, at one account, in the seller's time zone."""
    return _portal(view, right=None)


def portal_for(right: Right) -> Callable[[View[P]], Response[P]]:
    """Like ``portal``, for those whose role has ``right``; others are told that they may not."""

    def guarded(view: View[P]) -> Response[P]:
        return _portal(view, right=right)

    return guarded


def _portal(view: View[P], *, right: Right | None) -> Response[P]:
    @wraps(view)
    def respond(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        place = place_of(request, kind="member")
        if place is None:
            return HttpResponseRedirect(reverse("choose"))
        member = place.row
        assert isinstance(member, Member)
        at = CLOCK.now()
        account = Account(
            seller=member.seller,
            buyer=member.buyer,
            member=member,
            at=at,
            on=business_day(member.seller, at=at),
        )
        if right is not None:
            account.require(right)
        with timezone.override(ZoneInfo(member.seller.time_zone)):
            return view(request, account, *args, **kwargs)

    return login_required(respond)


def id_in(address: str, *, kind: str) -> UUID:
    """The id in an address. Raises Http404 if it is none of ``kind``."""
    try:
        return parse_public_id(kind, address)
    except NotAnId as error:
        raise Http404(str(error)) from None


def page(
    request: HttpRequest,
    account: Account,
    template: str,
    *,
    current: str,
    heading: str,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A page of the portal."""
    shell = Shell(
        brand=account.seller.name,
        home=reverse("account_overview"),
        person=account.member.name or account.member.email,
        organization=account.buyer.name,
        account=account_links(request),
        navigation=[NavigationGroup(items=_navigation(account, current=current))],
    )
    full = {"shell": shell, "heading": heading, "account": account, **context}
    return render(request, f"portal/{template}.html", full, status=status)


MOST_ITEMS: Final = 5
"""On a phone no more stand side by side. What is left out has its button on the overview."""


def _navigation(account: Account, *, current: str) -> list[NavigationItem]:
    """The parts of the portal that the member's role sees, the most needed first."""

    def item(label: str, part: str, icon: str, count: int = 0) -> NavigationItem:
        href = reverse(f"account_{part}")
        marked = part == current
        return NavigationItem(label=label, href=href, icon=icon, current=marked, count=count)

    items = [item(_("Overview"), "overview", "home")]
    if account.may("invoices"):
        items.append(item(_("Invoices"), "invoices", "invoice"))
    items.append(item(_("Orders"), "orders", "order"))
    if account.may("approve"):
        waiting = len(waiting_for(account.buyer, account.member.id))
        items.append(item(_("Approvals"), "approvals", "check-circle", waiting))
    if account.may("organisation"):
        items.append(item(_("Company"), "people", "company"))
    if account.may("invoices"):
        items.append(item(_("Statement"), "statement", "report"))
    shown = items[:MOST_ITEMS]
    # A page that has no place of its own belongs to the overview, where its button is.
    if not any(it.current for it in shown):
        shown[0] = replace(shown[0], current=True)
    return shown
