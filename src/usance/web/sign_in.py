"""Who may sign in, and where they go then: people whom a seller has invited, nobody else.

A person may work for several sellers and belong to several buyers. Each of these is a *place*; the one
that was chosen is kept in the session, and every page is seen from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from usance.records.identity import public_id
from usance.records.parties import queries
from usance.records.parties.models import Member, Staff, User
from usance.web.design.parts import NavigationItem, Shell

Kind = Literal["staff", "member"]

PLACE: Final = "place"
"""Key of the session under which the chosen place is kept."""
SEVERAL: Final = "several_places"
"""Key of the session that says whether there is anything to choose."""


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes public registration; a seller's people and members are created by the seller."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up alone."""
        del request
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To the place of the person, or to the choice between several."""
        del request
        return reverse("start")


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a person works from: a seller's back office, or a buyer's account with a seller."""

    kind: Kind
    row: Staff | Member

    @property
    def key(self) -> str:
        """The public id of the row, which tells the kind as well."""
        return public_id(self.kind, self.row.id)

    @property
    def name(self) -> str:
        """Whom the person acts for."""
        return self.row.buyer.name if isinstance(self.row, Member) else self.row.seller.name

    @property
    def href(self) -> str:
        """Where its pages begin."""
        return reverse("office_overview" if self.kind == "staff" else "account_overview")


def places(user_id: UUID) -> list[Place]:
    """Every place of a person, the back offices first."""
    return [
        *(Place("staff", row) for row in queries.staff_of(user_id)),
        *(Place("member", row) for row in queries.memberships_of(user_id)),
    ]


def choose(request: HttpRequest, place: Place, *, several: bool) -> None:
    """Keep ``place`` until another is chosen."""
    request.session[PLACE] = place.key
    request.session[SEVERAL] = several


def place_of(request: HttpRequest, *, kind: Kind) -> Place | None:
    """The place of ``kind`` from which the signed-in person sees its pages.

    The one that was chosen, or the only one there is; None where a choice must be made first.
    Raises PermissionDenied for a person who has none.
    """
    assert isinstance(request.user, User)
    known = places(request.user.id)
    mine = [place for place in known if place.kind == kind]
    if not mine:
        raise PermissionDenied
    chosen = [place for place in mine if place.key == request.session.get(PLACE)]
    if not chosen and len(mine) > 1:
        return None
    place = (chosen or mine)[0]
    if request.session.get(PLACE) != place.key:
        choose(request, place, several=len(known) > 1)
    return place


def account_links(request: HttpRequest) -> list[NavigationItem]:
    """What the personal menu offers besides the design's own: the way to another place."""
    if not request.session.get(SEVERAL):
        return []
    return [NavigationItem(label=_("Switch account"), href=reverse("choose"), icon="refresh")]


@require_GET
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """The front door: to the place that was chosen, to the only one, or to the choice."""
    assert isinstance(request.user, User)
    known = places(request.user.id)
    if not known:
        raise PermissionDenied
    chosen = [place for place in known if place.key == request.session.get(PLACE)]
    if not chosen and len(known) > 1:
        return HttpResponseRedirect(reverse("choose"))
    place = (chosen or known)[0]
    choose(request, place, several=len(known) > 1)
    return HttpResponseRedirect(place.href)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def choose_place(request: HttpRequest) -> HttpResponse:
    """The choice between the places of a person."""
    assert isinstance(request.user, User)
    known = places(request.user.id)
    if not known:
        raise PermissionDenied
    if request.method == "POST":
        wanted = [place for place in known if place.key == request.POST.get("place")]
        if wanted:
            choose(request, wanted[0], several=len(known) > 1)
            return HttpResponseRedirect(wanted[0].href)
    shell = Shell(person=request.user.name or request.user.email)
    return render(request, "sign_in/choose.html", {"places": known, "shell": shell})
