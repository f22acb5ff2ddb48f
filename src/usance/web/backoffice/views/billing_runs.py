"""Billing runs: the list, one run while it works and afterwards, and how one is begun."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from usance.records.invoices import queries as invoices
from usance.records.invoices.models import BillingRun
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import perform
from usance.web.backoffice.billing_acts import RUN, Due
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.people import People
from usance.web.backoffice.shell import page
from usance.web.backoffice.tables import invoice_table
from usance.web.backoffice.views.billing import billing_tabs, failure_table
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import Column, Fact, Identifier, Link, Row, State, Table
from usance.web.listing import cut
from usance.web.words.amounts import day_text


@require_http_methods(["GET", "HEAD", "POST"])
@office
def run_act(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Bill what is due."""
    crumbs = [Link(_("Billing"), reverse("office_billing"))]
    return perform(
        request, desk, Due(desk.on), [RUN], name=RUN.name, current="billing", crumbs=crumbs
    )


@require_safe
@office
def runs_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The billing runs, the newest first."""
    part = cut(invoices.billing_runs(seller_id=desk.seller.id), request=request, order=("-id",))
    return page(
        request,
        desk,
        "list",
        current="billing",
        heading=_("Billing"),
        query=ListQuery.of(request, standings=()),
        tabs=billing_tabs("runs"),
        table=_runs_table(part.rows, desk) if part.rows else None,
        pagination=part.page,
        empty_icon="invoice",
        empty_title=_("No billing runs"),
        empty_text=_("The calendar runs one by itself on every cut-off day."),
    )


def _runs_table(rows: Sequence[BillingRun], desk: Desk) -> Table:
    figures = invoices.run_figures(seller_id=desk.seller.id, run_ids=[row.id for row in rows])
    people = People(desk, {row.started_by for row in rows})
    return Table(
        caption=_("Billing runs"),
        columns=[
            Column(label=_("Cut-off")),
            Column(label=_("State")),
            Column(label=_("Started by")),
            Column(label=_("Started")),
            Column(label=_("Invoices"), numeric=True),
            Column(label=_("Could not be billed"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(row.cut_off_on, links.address("billing_run", row.id)),
                    run_state(row),
                    _("Calendar") if row.scheduled else people.name(row.started_by) or None,
                    row.created_at,
                    figures[row.id].invoices,
                    len(row.failures) or None,
                ]
            )
            for row in rows
        ],
    )


def run_state(run: BillingRun) -> State:
    """Where a run stands."""
    if run.finished_at is None:
        return State("billing_run", "running" if run.buyers_total else "queued")
    return State("billing_run", "incomplete" if run.failures else "done")


@require_safe
@office
def run_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """How far a run is, what it has issued and whom it could not bill."""
    run_id = id_in(public, kind="billing_run")
    run = invoices.billing_run(seller_id=desk.seller.id, run_id=run_id)
    if run is None:
        raise Http404("There is no such billing run.")
    figures = invoices.run_figures(seller_id=desk.seller.id, run_ids=[run.id])[run.id]
    found = invoices.find_invoices(seller_id=desk.seller.id, on=desk.on).filter(run_id=run.id)
    part = cut(found, request=request, order=("id",))
    working = run.finished_at is None
    shown = page(
        request,
        desk,
        "billing_run",
        current="billing",
        heading=_("Billing up to %(day)s") % {"day": day_text(run.cut_off_on)},
        crumbs=[
            Link(_("Billing"), reverse("office_billing")),
            Link(_("Runs"), reverse("office_billing_runs")),
        ],
        page_state=run_state(run),
        page_facts=[Identifier(public)],
        run=run,
        working=working,
        percent=run.buyers_done * 100 // run.buyers_total if run.buyers_total else 0,
        facts=[
            Fact(_("Cut-off"), run.cut_off_on),
            Fact(_("Buyers"), run.buyers_done),
            Fact(_("Invoices"), figures.invoices),
            *(
                Fact(_("Total in %(currency)s") % {"currency": currency}, Money(amount, currency))
                for currency, amount in figures.amounts.items()
            ),
            Fact(_("Started"), run.created_at),
            Fact(_("Finished"), run.finished_at),
        ],
        failures=failure_table(desk, run.failures) if run.failures else None,
        invoices=invoice_table(part.rows, desk) if part.rows else None,
        pagination=part.page,
    )
    if "HX-Request" in request.headers and not working:
        # The head of the page changes too.
        shown["HX-Refresh"] = "true"
    return shown
