"""The door: who applies, and the way back for somebody who has lost the link."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from usance.flows.applications import apply, correspondence
from usance.flows.applications.refusals import ApplicationsClosed, TooManyRequests
from usance.flows.refusals import Refused
from usance.gateways.mail.smtp import is_configured
from usance.web.hosted.calm import at_most
from usance.web.hosted.forms import LinkForm, StartForm
from usance.web.hosted.page import Visit, page, visited
from usance.web.words.refusals import refusal_text


@require_http_methods(["GET", "HEAD", "POST"])
@at_most(20)
@visited
def start(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Begin an application; what follows stands under its own link."""
    sent = request.method == "POST"
    form = StartForm(request.POST if sent else None, visit=visit)
    heading = _("Apply for a trade account")
    if not visit.form.is_open:
        return page(request, visit, "closed", heading=heading)
    if sent and form.is_valid():
        data = form.cleaned_data
        try:
            begun = apply.begin(
                visit.seller,
                name=data["name"],
                country=data["country"],
                email=data["email"],
                contact_name=data["contact_name"],
                language=visit.language,
                site=request.build_absolute_uri("/"),
                at=visit.at,
            )
        except ApplicationsClosed:
            return page(request, visit, "closed", heading=heading)
        except (TooManyRequests, Refused) as error:
            form.add_error(None, refusal_text(error))
        else:
            return HttpResponseRedirect(
                reverse("apply_step", args=[visit.seller.handle, begun.secret, "company"])
            )
    return page(
        request,
        visit,
        "start",
        heading=heading,
        status=422 if sent else 200,
        form=form,
        mail_works=is_configured(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@at_most(5)
@visited
def link(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Send the link again. The answer is the same whether the address has applied or not."""
    sent = request.method == "POST"
    form = LinkForm(request.POST if sent else None)
    if sent and form.is_valid():
        correspondence.send_links_again(visit.seller, email=form.cleaned_data["email"], at=visit.at)
        messages.success(
            request,
            _("If this address has begun an application, the link is on its way to it."),
        )
        return HttpResponseRedirect(reverse("apply", args=[visit.seller.handle]))
    return page(
        request,
        visit,
        "link",
        heading=_("Get the link again"),
        status=422 if sent else 200,
        form=form,
        mail_works=is_configured(),
    )
