"""What surrounds the pages of an application: the seller, the steps, and that nothing is cached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from config.clock import CLOCK
from usance.flows.applications.apply import may_order_prepaid
from usance.flows.applications.links import digest_of
from usance.records.applications import queries
from usance.records.applications.models import Application, ApplicationForm
from usance.records.parties.models import Seller
from usance.rules.applications.completeness import STEPS
from usance.web.design.parts import Shell
from usance.web.words.applications import STEPS as STEP_NAMES

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at a seller's form; ``application`` once there is one, found by its ``secret``."""

    seller: Seller
    form: ApplicationForm
    at: datetime
    application: Application | None = None
    secret: str = ""

    @property
    def mine(self) -> Application:
        """The application of this visit. Only in views that are reached through its link."""
        assert self.application is not None
        return self.application

    @property
    def language(self) -> str:
        """The language of the page."""
        return translation.get_language() or "en"

    def href(self, name: str, *more: str) -> str:
        """The address of a page of this application."""
        return reverse(f"apply_{name}", args=[self.seller.handle, self.secret, *more])

    @property
    def may_order_prepaid(self) -> bool:
        """Whether the applicant may order against payment in advance for now."""
        return self.application is not None and may_order_prepaid(self.form, self.application)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the form in the list above it."""

    name: str
    label: str
    href: str
    current: bool
    done: bool


def visited(
    view: Callable[Concatenate[HttpRequest, Visit, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view at a seller's form, by ``handle`` and, where the address has one, the secret."""

    @wraps(view)
    def respond(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        seller = queries.seller_of(str(kwargs.pop("handle")))
        if seller is None:
            raise Http404("There is no such seller.")
        secret = str(kwargs.pop("secret", ""))
        application = None
        if secret:
            application = queries.application_by_secret(
                seller_id=seller.id, digest=digest_of(secret)
            )
            if application is None:
                raise Http404("There is no such application.")
        form = queries.form_of(seller_id=seller.id)
        visit = Visit(seller, form, CLOCK.now(), application, secret)
        with timezone.override(ZoneInfo(seller.time_zone)):
            response = view(request, visit, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex" if secret else "noindex, follow"
        return response

    return respond


def page(
    request: HttpRequest,
    visit: Visit,
    template: str,
    *,
    heading: str,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A page with the seller's name on it."""
    shell = Shell(brand=visit.seller.name, home=reverse("apply", args=[visit.seller.handle]))
    full = {"shell": shell, "heading": heading, "visit": visit, **context}
    return render(request, f"hosted/{template}.html", full, status=status)


def steps_of(visit: Visit, *, current: str, missing: set[str]) -> list[Step]:
    """The steps with those that are done; documents are done when there are some, or never."""
    place = STEPS.index(current) if current in STEPS else 0
    return [
        Step(
            name=name,
            label=str(STEP_NAMES[name]),
            href=visit.href("step", name),
            current=name == current,
            done=name not in missing
            and (n < place or name not in ("documents", "people", "check")),
        )
        for n, name in enumerate(STEPS)
    ]


def step_text(name: str) -> str:
    """Where one is, for the title: "Step 2 of 7: Numbers"."""
    return _("Step %(number)s of %(all)s: %(name)s") % {
        "number": STEPS.index(name) + 1,
        "all": len(STEPS),
        "name": STEP_NAMES[name],
    }
