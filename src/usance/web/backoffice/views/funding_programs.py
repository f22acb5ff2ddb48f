"""Funding programmes: by whom invoices are funded, and on what conditions."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows.funding import programs
from usance.flows.refusals import Refused
from usance.records.funding import queries
from usance.records.funding.models import FundingProgram
from usance.records.identity import public_id
from usance.rules.money import UnknownCurrency
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.funding_forms import ProgramForm
from usance.web.backoffice.shell import page
from usance.web.design.parts import Column, Link, Noted, Percent, Row, State, Table
from usance.web.words.funding import kind_text
from usance.web.words.refusals import refusal_text


@require_safe
@office
def programs_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The programmes in the order in which they are asked."""
    found = list(queries.programs(seller_id=desk.seller.id))
    new = Link(_("New programme"), reverse("office_funding_program_new"))
    return page(
        request,
        desk,
        "funding_programs",
        current="funding_programs",
        heading=_("Funding programmes"),
        table=_table(found) if found else None,
        new=new if desk.may("credit") else None,
        connections=Link(_("Connections"), reverse("office_connections")),
    )


def _table(found: list[FundingProgram]) -> Table:
    return Table(
        caption=_("Funding programmes"),
        columns=[
            Column(label=_("Programme")),
            Column(label=_("State")),
            Column(label=_("Condition")),
            Column(label=_("Advanced"), numeric=True),
            Column(label=_("Partner")),
        ],
        rows=[
            Row(
                cells=[
                    Noted(Link(it.name, _address(it)), kind_text(it.kind)),
                    State("funding_program", it.state),
                    it.condition or _("Every invoice"),
                    Percent(it.rate / 10_000) if it.rate else None,
                    it.connection.name if it.connection else None,
                ]
            )
            for it in found
        ],
    )


def _address(program: FundingProgram) -> str:
    return reverse("office_funding_program", args=[public_id("funding_program", program.id)])


@require_http_methods(["GET", "HEAD", "POST"])
@office
def program_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Set up a programme."""
    desk.require("credit")
    sent = request.method == "POST"
    form = ProgramForm(request.POST if sent else None, desk=desk)
    if sent and form.is_valid():
        try:
            made = programs.create_program(desk.seller, terms=form.terms(), at=desk.at, by=desk.by)
        except (Refused, UnknownCurrency) as error:
            form.add_error(None, _said(error))
        else:
            messages.success(request, _("%(name)s is set up.") % {"name": made.name})
            return HttpResponseRedirect(reverse("office_funding_programs"))
    return _page(request, desk, form, heading=_("New programme"), status=422 if sent else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def program_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One programme."""
    id_ = id_in(public, kind="funding_program")
    program = queries.program(seller_id=desk.seller.id, program_id=id_)
    if program is None:
        raise Http404("There is no such funding programme.")
    sent = request.method == "POST"
    if sent:
        desk.require("credit")
    form = ProgramForm(request.POST if sent else None, desk=desk, program=program)
    if sent and form.is_valid():
        try:
            programs.change_program(
                desk.seller,
                program_id=program.id,
                terms=form.terms(),
                state=form.cleaned_data["state"],
                at=desk.at,
                by=desk.by,
            )
        except (Refused, UnknownCurrency) as error:
            form.add_error(None, _said(error))
        else:
            messages.success(request, _("The programme is changed."))
            return HttpResponseRedirect(_address(program))
    return _page(
        request,
        desk,
        form,
        heading=program.name,
        status=422 if sent else 200,
        state=State("funding_program", program.state),
    )


def _said(error: Refused | UnknownCurrency) -> str:
    return refusal_text(error) if isinstance(error, Refused) else str(error)


def _page(
    request: HttpRequest,
    desk: Desk,
    form: ProgramForm,
    *,
    heading: str,
    status: int,
    state: State | None = None,
) -> HttpResponse:
    return page(
        request,
        desk,
        "funding_program",
        current="funding_programs",
        heading=heading,
        status=status,
        crumbs=[Link(_("Funding programmes"), reverse("office_funding_programs"))],
        page_state=state,
        form=form,
        may_change=desk.may("credit"),
    )
