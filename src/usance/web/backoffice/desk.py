"""Who sits at the desk: the signed-in person of the seller's staff, and the moment of the request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from config.clock import CLOCK
from usance.flows.journal import business_day
from usance.records.identity import NotAnId, parse_public_id, public_id
from usance.records.parties.models import Seller, Staff
from usance.web.backoffice import roles
from usance.web.sign_in import place_of

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Desk:
    """A person of the seller's at work. ``on`` is the day of ``at`` where the seller is."""

    seller: Seller
    staff: Staff
    at: datetime
    on: date

    @property
    def by(self) -> str:
        """How the person is named wherever an act leaves a trace."""
        return public_id("staff", self.staff.id)

    @property
    def acting(self) -> None:
        """No member of a buyer's acts here."""
        return None

    def may(self, duty: roles.Duty) -> bool:
        """Whether the person may do what is of ``duty``."""
        return roles.may(self.staff.role, duty)

    def require(self, duty: roles.Duty) -> None:
        """Raise PermissionDenied unless the person may."""
        if not self.may(duty):
            raise PermissionDenied


def office(
    view: Callable[Concatenate[HttpRequest, Desk, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view for the seller's staff: signed in, at one seller, in the seller's time zone."""

    @wraps(view)
    def respond(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        place = place_of(request, kind="staff")
        if place is None:
            return HttpResponseRedirect(reverse("choose"))
        assert isinstance(place.row, Staff)
        seller = place.row.seller
        at = CLOCK.now()
        desk = Desk(seller=seller, staff=place.row, at=at, on=business_day(seller, at=at))
        with timezone.override(ZoneInfo(seller.time_zone)):
            return view(request, desk, *args, **kwargs)

    return login_required(respond)


def id_in(address: str, *, kind: str) -> UUID:
    """The id in an address. Raises Http404 if it is none of ``kind``."""
    try:
        return parse_public_id(kind, address)
    except NotAnId as error:
        raise Http404(str(error)) from None
