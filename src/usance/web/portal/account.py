"""Whose account is looked at: the signed-in member of one buyer, and the moment of the request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.clock import CLOCK
from usance.flows.journal import business_day
from usance.records.identity import NotAnId, parse_public_id
from usance.records.parties.models import Buyer, Member, Seller
from usance.web.design.parts import NavigationGroup, NavigationItem, Shell
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


def portal(
    view: Callable[Concatenate[HttpRequest, Account, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view for the members of a buyer: signed in, at one account, in the seller's time zone."""

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
    **context: Any,
) -> HttpResponse:
    """A page of the portal."""

    def item(label: str, part: str, icon: str) -> NavigationItem:
        href = reverse(f"account_{part}")
        return NavigationItem(label=label, href=href, icon=icon, current=part == current)

    shell = Shell(
        brand=account.seller.name,
        home=reverse("account_overview"),
        person=account.member.name or account.member.email,
        organization=account.buyer.name,
        account=account_links(request),
        navigation=[
            NavigationGroup(
                items=[
                    item(_("Overview"), "overview", "home"),
                    item(_("Invoices"), "invoices", "invoice"),
                    item(_("Orders"), "orders", "order"),
                    item(_("Statement"), "statement", "report"),
                ]
            )
        ],
    )
    full = {"shell": shell, "heading": heading, "account": account, **context}
    return render(request, f"portal/{template}.html", full)
