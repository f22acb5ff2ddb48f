"""Where an application stands: for the applicant, with what was asked and what can be sent still."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from usance.flows.applications import apply, correspondence
from usance.flows.applications.declining import decline_texts
from usance.flows.applications.handling import UNDECIDED
from usance.flows.refusals import Refused
from usance.records.applications import queries
from usance.rules.money import Money
from usance.web.design.parts import Fact, State
from usance.web.hosted.calm import at_most
from usance.web.hosted.forms import AnswerForm, UploadForm
from usance.web.hosted.page import Visit, page, visited
from usance.web.hosted.uploads import take_uploads
from usance.web.words.amounts import country_text
from usance.web.words.refusals import refusal_text
from usance.web.words.terms import terms_text


@require_safe
@visited
def standing(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The page that the link leads to; a draft goes on where it was left."""
    application = visit.mine
    if application.state == "draft":
        missing = apply.missing_of(visit.seller, application)
        return HttpResponseRedirect(visit.href("step", missing[0].step if missing else "check"))
    return _page(request, visit)


def _page(
    request: HttpRequest,
    visit: Visit,
    *,
    answer_form: AnswerForm | None = None,
    upload_form: UploadForm | None = None,
) -> HttpResponse:
    it = visit.mine
    undecided = it.state in UNDECIDED
    return page(
        request,
        visit,
        "standing",
        heading=_("Your application"),
        status=422 if answer_form or upload_form else 200,
        page_state=State("application", it.state),
        page_facts=[it.name, country_text(it.country)],
        application=it,
        facts=_facts(visit),
        reasons=decline_texts(it.decline_reasons) if it.state == "declined" else [],
        thread=queries.messages(seller_id=visit.seller.id, application_id=it.id),
        documents=queries.documents(seller_id=visit.seller.id, application_id=it.id),
        undecided=undecided,
        prepaid=visit.may_order_prepaid,
        answer_form=answer_form or AnswerForm(),
        upload_form=upload_form or UploadForm(),
    )


def _facts(visit: Visit) -> list[Fact]:
    it = visit.mine
    facts = [
        Fact(_("Asked for"), Money(it.requested_limit, it.currency)),
        Fact(_("Sent"), it.submitted_at),
    ]
    if it.decided_at:
        facts.append(Fact(_("Decided"), it.decided_at))
    if it.state == "approved":
        facts.append(Fact(_("Credit limit"), Money(it.limit or 0, it.currency)))
        if it.terms:
            facts.append(Fact(_("Payment terms"), ", ".join(terms_text(code) for code in it.terms)))
    return facts


@require_POST
@at_most(20)
@visited
def answer(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say something to the seller."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            correspondence.answer(
                visit.seller,
                application_id=visit.mine.id,
                text=form.cleaned_data["text"],
                at=visit.at,
            )
        except Refused as error:
            form.add_error(None, refusal_text(error))
        else:
            messages.success(request, _("Your answer has arrived."))
            return HttpResponseRedirect(visit.href("standing"))
    return _page(request, visit, answer_form=form)


@require_POST
@at_most(40)
@visited
def upload(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Send more documents."""
    try:
        refused = take_uploads(request, visit)
    except Refused as error:
        messages.info(request, refusal_text(error))
        return HttpResponseRedirect(visit.href("standing"))
    if refused is None:
        return HttpResponseRedirect(visit.href("standing"))
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        form.add_error("documents", refused)
    return _page(request, visit, upload_form=form)


@require_POST
@at_most(10)
@visited
def withdraw(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take the application back."""
    try:
        apply.withdraw(visit.seller, application_id=visit.mine.id, at=visit.at)
        messages.success(request, _("Your application is withdrawn."))
    except Refused as error:
        messages.info(request, refusal_text(error))
    return HttpResponseRedirect(visit.href("standing"))
