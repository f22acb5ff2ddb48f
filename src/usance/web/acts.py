"""What a person can do to an object: a form each, done once however often it is sent.

The back office and the portal have acts of their own. An act has a dialog on the object's page and a
page of its own, which is where mistakes come back to and what a browser without scripts uses. Its form
carries a token made when it was drawn; the act and the token are kept in one transaction, so the same
form sent twice acts once.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, Protocol, TypeVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise

from usance.flows.idempotency import KeyInFlight, answer_once
from usance.flows.refusals import Refused
from usance.records.events import answers
from usance.records.parties.models import Seller
from usance.rules.billing import BillingError
from usance.rules.money import MoneyError
from usance.rules.orders import InvalidOrder
from usance.rules.terms import UnknownTerms
from usance.web.design.parts import Link
from usance.web.words.refusals import refusal_text

REFUSALS: Final = (Refused, InvalidOrder, MoneyError, UnknownTerms, BillingError)
"""What a flow raises when it says no; nothing was written then."""


class Worker(Protocol):
    """Who acts, from where and when: somebody at the seller's desk, or a member at its account."""

    @property
    def seller(self) -> Seller:
        """Whose trade it is."""

    @property
    def at(self) -> datetime:
        """The moment of the request."""

    @property
    def by(self) -> str:
        """How the person is named wherever an act leaves a trace."""

    def may(self, duty: Any) -> bool:
        """Whether the person may do what is of ``duty``."""

    def require(self, duty: Any) -> None:
        """Raise PermissionDenied unless the person may."""


W = TypeVar("W", bound=Worker)


class ActForm(forms.Form):
    """A form that asks for nothing but the confirmation. Subclasses add fields for ``subject``."""

    once = forms.RegexField(r"^[A-Za-z0-9_-]{20,64}$", widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, files: Any = None, *, desk: Any, subject: Any, name: str
    ) -> None:
        once = secrets.token_urlsafe(18)
        super().__init__(data, files, auto_id=f"{name}_%s", initial={"once": once})
        self.desk = desk
        self.subject = subject
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to the subject."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an act did, in a sentence; ``href`` is where to see it, if not at the subject."""

    message: str
    href: str = ""


# Without slots: a frozen generic with slots cannot be made by its subscripted name in Python 3.11.
@dataclass(frozen=True, kw_only=True)
class Act(Generic[W]):
    """Something that can be done. ``run`` calls the flow, in the transaction that keeps the token.

    What is ``seldom`` done is in a menu of its own. What has a ``template`` needs more room than a
    dialog has, and is done on its own page.
    """

    name: str
    label: str | Promise
    title: str | Promise
    explanation: str | Promise
    duty: Any
    run: Callable[[W, Any, dict[str, Any]], Done]
    possible: Callable[[Any], bool] = bool
    form: type[ActForm] = ActForm
    icon: str = ""
    tone: str = ""
    seldom: bool = False
    template: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """An act on one object, drawn as a button with a dialog. ``key`` is unique on the page."""

    act: Act[Any]
    form: ActForm
    href: str
    key: str
    back: str = ""


def offers(
    desk: W, subject: Any, acts: Sequence[Act[W]], *, base: str, suffix: str = ""
) -> list[Offer]:
    """The acts that this person may do to ``subject`` as it stands."""
    return [
        Offer(
            act,
            act.form(desk=desk, subject=subject, name=f"{act.name}{suffix}"),
            f"{base}/{act.name}",
            f"act-{act.name}{suffix}",
        )
        for act in acts
        if desk.may(act.duty) and act.possible(subject)
    ]


def perform(
    request: HttpRequest,
    desk: W,
    subject: Any,
    acts: Sequence[Act[W]],
    *,
    name: str,
    current: str,
    crumbs: Sequence[Link],
    page: Callable[..., HttpResponse],
    template: str = "act",
) -> HttpResponse:
    """The page of one act: the form, and what comes of sending it. The last crumb is the subject;
    ``page`` draws ``template`` in the worker's surroundings."""
    act = next((act for act in acts if act.name == name), None)
    if act is None:
        raise Http404(f"There is no act {name!r}.")
    desk.require(act.duty)
    back = crumbs[-1].href
    sent = request.method == "POST"
    if sent and (earlier := _earlier(request, desk)):
        messages.success(request, earlier.message)
        return HttpResponseRedirect(earlier.href or back)
    given = (request.POST, request.FILES) if sent else ()
    form = act.form(*given, desk=desk, subject=subject, name=name)
    form.initial.update(
        {
            hidden.name: request.GET[hidden.name]
            for hidden in form.hidden_fields()
            if hidden.name in request.GET and hidden.name != "once"
        }
    )
    if sent and form.is_valid():
        try:
            done = _once(request, desk, act, subject, form)
        except KeyInFlight as error:
            messages.info(request, refusal_text(error))
            return HttpResponseRedirect(back)
        except REFUSALS as error:
            form.add_error(None, refusal_text(error))
        else:
            messages.success(request, done.message)
            return HttpResponseRedirect(done.href or back)
    return page(
        request,
        desk,
        act.template or template,
        current=current,
        heading=str(act.title),
        status=422 if sent else 200,
        crumbs=crumbs,
        offer=Offer(act, form, request.get_full_path(), f"act-{name}", back),
    )


def _earlier(request: HttpRequest, desk: Worker) -> Done | None:
    """What this very form did when it was sent before. Asked before the form is checked: what was
    possible then need not be possible now."""
    known = answers.answer_to(
        seller_id=desk.seller.id, key=_key(request.POST.get("once", "").replace("\0", ""))
    )
    if known is None or known[0] != _said(request):
        return None
    return Done(**json.loads(known[2]))


def _key(token: str) -> str:
    return f"form:{token}"


def _said(request: HttpRequest) -> bytes:
    """A hash of where the form was sent, of what it said and of the files that came with it."""
    values = sorted((n, v) for n, v in request.POST.lists() if n != "csrfmiddlewaretoken")
    told = hashlib.sha256(json.dumps([request.path, values]).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            content = hashlib.sha256()
            for chunk in file.chunks():
                content.update(chunk)
            file.seek(0)
            told.update(json.dumps([name, file.name, content.hexdigest()]).encode())
    return told.digest()


def _once(request: HttpRequest, desk: W, act: Act[W], subject: Any, form: ActForm) -> Done:
    def run() -> tuple[int, str]:
        done = act.run(desk, subject, form.cleaned_data)
        return 303, json.dumps({"message": done.message, "href": done.href})

    answered = answer_once(
        desk.seller,
        key=_key(form.cleaned_data["once"]),
        request_hash=_said(request),
        at=desk.at,
        act=run,
    )
    return Done(**json.loads(answered.body))
