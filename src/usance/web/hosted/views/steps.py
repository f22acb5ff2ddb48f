"""The steps of the form. Each is saved when one goes on; any can be gone back to."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from usance.flows.applications import apply, codes
from usance.flows.applications.refusals import Incomplete, TooManyRequests, WrongCode
from usance.flows.refusals import Refused, WrongState
from usance.gateways.mail.smtp import is_configured
from usance.records.applications import queries
from usance.rules.applications.completeness import STEPS
from usance.web.hosted.calm import at_most
from usance.web.hosted.forms import STEP_FORMS, CodeForm, StepForm, UploadForm
from usance.web.hosted.page import Visit, page, step_text, steps_of, visited
from usance.web.hosted.summary import summary_of
from usance.web.hosted.uploads import take_uploads
from usance.web.words.applications import missing_text, wrong_code_text
from usance.web.words.refusals import refusal_text


@require_http_methods(["GET", "HEAD", "POST"])
@at_most(120)
@visited
def step(request: HttpRequest, visit: Visit, step: str) -> HttpResponse:
    """One step: its form, and what comes of sending it."""
    if step not in STEPS:
        raise Http404("There is no such step.")
    if visit.mine.state != "draft":
        return HttpResponseRedirect(visit.href("standing"))
    if step == "documents":
        return _documents(request, visit)
    if step == "check":
        return _check(request, visit)
    sent = request.method == "POST"
    form = STEP_FORMS[step](request.POST if sent else None, visit=visit)
    if sent and form.is_valid() and _saved(visit, form):
        return HttpResponseRedirect(_next(visit, step))
    return _step_page(request, visit, step, status=422 if sent else 200, form=form)


def _saved(visit: Visit, form: StepForm) -> bool:
    try:
        apply.save(
            visit.seller,
            application_id=visit.mine.id,
            language=visit.language,
            at=visit.at,
            **form.kept(),
        )
    except Refused as error:
        form.add_error(None, refusal_text(error))
        return False
    return True


def _documents(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Files are kept at once; going on needs none."""
    form = UploadForm()
    status = 200
    if request.method == "POST":
        refused = take_uploads(request, visit)
        if refused is None:
            return HttpResponseRedirect(visit.href("step", "documents"))
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            form.add_error("documents", refused)
        status = 422
    return _step_page(
        request,
        visit,
        "documents",
        status=status,
        form=form,
        documents=queries.documents(seller_id=visit.seller.id, application_id=visit.mine.id),
        go_on=_next(visit, "documents"),
    )


def _check(request: HttpRequest, visit: Visit, form: CodeForm | None = None) -> HttpResponse:
    application = visit.mine
    missing = [
        (visit.href("step", one.step), missing_text(one))
        for one in apply.missing_of(visit.seller, application)
        if one.step != "check"
    ]
    verified = application.email_verified_at is not None
    return _step_page(
        request,
        visit,
        "check",
        status=422 if form is not None else 200,
        form=form or CodeForm(),
        summary=summary_of(visit),
        missing_items=missing,
        mail_works=is_configured(),
        verified=verified,
        code_sent=queries.latest_code(seller_id=visit.seller.id, application_id=application.id),
        may_send=not missing and (verified or not is_configured()),
    )


@require_POST
@at_most(30)
@visited
def code(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Send a code, or take the one that was typed."""
    check = visit.href("step", "check")
    if visit.mine.state != "draft":
        return HttpResponseRedirect(visit.href("standing"))
    if "digits" not in request.POST:
        try:
            codes.send_code(visit.seller, application_id=visit.mine.id, at=visit.at)
        except (TooManyRequests, codes.MailNotConfigured) as error:
            messages.warning(request, refusal_text(error))
        else:
            messages.success(
                request,
                _("The code is on its way to %(email)s.") % {"email": visit.mine.contact_email},
            )
        return HttpResponseRedirect(check)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            codes.verify_code(
                visit.seller,
                application_id=visit.mine.id,
                digits=form.cleaned_data["digits"],
                at=visit.at,
            )
        except WrongCode as error:
            form.add_error("digits", wrong_code_text(error.tries_left))
        else:
            messages.success(request, _("Thank you; your address is proved."))
            return HttpResponseRedirect(check)
    return _check(request, visit, form)


@require_POST
@at_most(30)
@visited
def send(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Send the application."""
    try:
        apply.submit(visit.seller, application_id=visit.mine.id, at=visit.at)
    except Incomplete:
        messages.warning(request, _("Something is still missing; see below."))
        return HttpResponseRedirect(visit.href("step", "check"))
    except WrongState as error:
        messages.info(request, refusal_text(error))
    return HttpResponseRedirect(visit.href("standing"))


def _next(visit: Visit, step: str) -> str:
    return visit.href("step", STEPS[STEPS.index(step) + 1])


def _step_page(
    request: HttpRequest, visit: Visit, step: str, *, status: int, **context: object
) -> HttpResponse:
    missing = {one.step for one in apply.missing_of(visit.seller, visit.mine)}
    place = STEPS.index(step)
    return page(
        request,
        visit,
        f"step_{step}" if step in ("people", "documents", "check", "consents") else "step",
        heading=step_text(step),
        status=status,
        steps=steps_of(visit, current=step, missing=missing),
        step=step,
        back=visit.href("step", STEPS[place - 1]) if place else "",
        **context,
    )
