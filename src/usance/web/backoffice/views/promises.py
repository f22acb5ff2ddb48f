"""Promises of instalments: the list, one promise, and what buyers may promise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows import promises
from usance.records.collections import queries
from usance.records.collections.models import Promise
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.promise_acts import PROMISE_ACTS
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import Badge, Column, Fact, Identifier, Link, Row, State, Table
from usance.web.design.states import look
from usance.web.listing import cut

STANDINGS: Final = ("proposed", "accepted", "broken", "kept")


@require_safe
@office
def promises_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The promises, the newest first."""
    query = ListQuery.of(request, standings=STANDINGS)
    found = queries.promises(seller_id=desk.seller.id, state=query.standing or None)
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "list",
        current="promises",
        heading=_("Promises"),
        query=query,
        tabs=query.tabs(
            STANDINGS, lambda it: str(look(it, kind="promise").label), pgettext("promises", "All")
        ),
        table=_table(part.rows) if part.rows else None,
        pagination=part.page,
        empty_icon="calendar",
        empty_title=_("No promises"),
        empty_text=_("Buyers propose instalments on the pay page."),
        empty_link=Link(_("What may be promised"), reverse("office_promise_rules")),
    )


def _table(rows: Sequence[Promise]) -> Table:
    return Table(
        caption=_("Promises"),
        columns=[
            Column(label=_("Promised")),
            Column(label=_("State")),
            Column(label=_("Buyer")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(row.created_at, _address(row)),
                    State("promise", row.state),
                    links.buyer_link(row.buyer),
                    Money(row.amount, row.currency),
                ]
            )
            for row in rows
        ],
    )


def _address(promise: Promise) -> str:
    return reverse("office_promise", args=[public_id("promise", promise.id)])


@require_safe
@office
def promise_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One promise with its instalments and its invoices."""
    promise = _promise(desk, public)
    ids = [UUID(one["invoice"]) for one in promise.invoices]
    invoices = Invoice.objects.filter(seller_id=desk.seller.id, id__in=ids).order_by("number")
    return page(
        request,
        desk,
        "promise",
        current="promises",
        heading=_("Promise of %(buyer)s") % {"buyer": promise.buyer.name},
        crumbs=[Link(_("Promises"), reverse("office_promises"))],
        page_state=State("promise", promise.state),
        page_facts=[Identifier(public), links.buyer_link(promise.buyer)],
        offers=offers(desk, promise, PROMISE_ACTS, base=_address(promise)),
        parts=_parts(promise),
        invoices=_invoices(list(invoices)),
        facts=[
            Fact(_("Amount"), Money(promise.amount, promise.currency)),
            Fact(_("Proposed by"), promise.author),
            Fact(_("Word of the buyer"), promise.words or None),
            Fact(_("Answered by"), promise.answered_by or None),
            Fact(_("Answer"), promise.answer or None),
        ],
        history=history_of(desk, [promise.id]),
    )


def _parts(promise: Promise) -> Table:
    kept = queries.parts_of(seller_id=promise.seller_id, promise_ids=[promise.id])
    words = {
        "open": Badge(label=_("Open"), tone="info", icon="open"),
        "kept": Badge(label=_("Paid"), tone="positive", icon="check-circle"),
        "broken": Badge(label=_("Not paid"), tone="negative", icon="alert"),
    }
    return Table(
        caption=_("Instalments"),
        columns=[
            Column(label=_("Due")),
            Column(label=_("State")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(cells=[part.due_on, words[part.state], Money(part.amount, promise.currency)])
            for part in kept.get(promise.id, [])
        ],
    )


def _invoices(invoices: Sequence[Invoice]) -> Table:
    return Table(
        caption=_("Invoices"),
        columns=[
            Column(label=_("Invoice")),
            Column(label=_("State")),
            Column(label=_("To pay"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    links.invoice_link(invoice),
                    State("invoice", invoice.state),
                    Money(invoice.outstanding, invoice.currency),
                ]
            )
            for invoice in invoices
        ],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def promise_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Accept, decline, or take back."""
    promise = _promise(desk, public)
    crumbs = [
        Link(_("Promises"), reverse("office_promises")),
        Link(promise.buyer.name, _address(promise)),
    ]
    return perform(
        request, desk, promise, PROMISE_ACTS, name=name, current="promises", crumbs=crumbs
    )


class RulesForm(forms.Form):
    """What buyers may promise."""

    is_open = forms.BooleanField(label=_lazy("Buyers may propose instalments"), required=False)
    most_parts = forms.IntegerField(label=_lazy("Instalments at most"), min_value=1, max_value=24)
    most_days = forms.IntegerField(
        label=_lazy("Days until the last at most"), min_value=1, max_value=730
    )
    first_percent = forms.IntegerField(
        label=_lazy("Percent of the first at least"), min_value=0, max_value=100
    )
    accept_at_once = forms.BooleanField(
        label=_lazy("What keeps to this is agreed at once"), required=False
    )
    ask_after_broken = forms.BooleanField(
        label=_lazy("Ask a person while the buyer has a broken promise"), required=False
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def promise_rules(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Set what buyers may promise."""
    kept = queries.promise_rules(seller_id=desk.seller.id)
    sent = request.method == "POST"
    initial = {name: getattr(kept, name) for name in RulesForm.base_fields}
    form = RulesForm(request.POST if sent else None, initial=initial)
    if sent:
        desk.require("money")
        if form.is_valid():
            promises.set_rules(desk.seller, at=desk.at, by=desk.by, **form.cleaned_data)
            messages.success(request, _("What may be promised is changed."))
            return HttpResponseRedirect(reverse("office_promise_rules"))
    return page(
        request,
        desk,
        "promise_rules",
        current="promises",
        heading=_("What may be promised"),
        crumbs=[Link(_("Promises"), reverse("office_promises"))],
        status=422 if sent else 200,
        form=form,
        may_change=desk.may("money"),
    )


def _promise(desk: Desk, public: str) -> Promise:
    found = queries.promise(seller_id=desk.seller.id, promise_id=id_in(public, kind="promise"))
    if found is None:
        raise Http404("There is no such promise.")
    return found
