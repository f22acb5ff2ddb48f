"""Debits: the list, and one with what it pays and what the bank said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.records.debits import queries
from usance.records.debits.models import Debit, DebitPart
from usance.records.identity import public_id
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.debit_acts import DEBIT_ACTS
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import Column, Fact, Identifier, Link, Row, State, Table
from usance.web.design.states import look
from usance.web.listing import cut
from usance.web.words.debits import REVERSALS, mandate_text, step_text

STANDINGS: Final = ("scheduled", "submitted", "settled", "returned", "rejected")


@require_safe
@office
def debits_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The debits, the newest first."""
    query = ListQuery.of(request, standings=STANDINGS)
    found = queries.debits(seller_id=desk.seller.id, state=query.standing or None)
    if query.text:
        found = found.filter(buyer__name__icontains=query.text)
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "list",
        current="debits",
        heading=_("Debits"),
        query=query,
        tabs=query.tabs(
            STANDINGS, lambda it: str(look(it, kind="debit").label), pgettext("debits", "All")
        ),
        search_label=_("Search debits"),
        search_hint=_("Name of the buyer"),
        table=debit_table(part.rows) if part.rows else None,
        pagination=part.page,
        new=Link(_("Files for the bank"), reverse("office_debit_files")),
        empty_icon="bank",
        empty_title=_("No debits yet"),
        empty_text=_("Record a buyer's mandate; what falls due is collected by itself then."),
        empty_link=Link(_("Mandates"), reverse("office_mandates")),
    )


def debit_table(rows: Sequence[Debit]) -> Table:
    """Debits with their days and amounts."""
    return Table(
        caption=_("Debits"),
        columns=[
            Column(label=_("Day")),
            Column(label=_("State")),
            Column(label=_("Buyer")),
            Column(label=_("Mandate")),
            Column(label=_("Amount"), numeric=True),
            Column(label=_("Funds good on")),
        ],
        rows=[
            Row(
                cells=[
                    Link(str(row.collect_on), debit_address(row)),
                    State("debit", row.state),
                    links.buyer_link(row.buyer),
                    mandate_text(row.mandate),
                    Money(row.amount, row.currency),
                    row.funds_good_on if row.state == "settled" else None,
                ]
            )
            for row in rows
        ],
    )


def debit_address(row: Debit) -> str:
    """The page of a debit."""
    return reverse("office_debit", args=[public_id("debit", row.id)])


@require_safe
@office
def debit_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One debit."""
    row = _debit(desk, public)
    parts = queries.parts_of(seller_id=desk.seller.id, debit_ids=[row.id])[row.id]
    mandate = Link(
        mandate_text(row.mandate),
        reverse("office_mandate", args=[public_id("mandate", row.mandate_id)]),
    )
    file = None
    if row.file_id is not None:
        address = reverse("office_debit_file", args=[public_id("debit_file", row.file_id)])
        file = Link(row.group or _("File"), address)
    facts = [
        Fact(_("Buyer"), links.buyer_link(row.buyer)),
        Fact(_("Mandate"), mandate),
        Fact(_("Amount"), Money(row.amount, row.currency)),
        Fact(_("Day"), row.collect_on),
        Fact(_("Settled on"), row.settled_on),
        Fact(_("Funds good on"), row.funds_good_on),
        Fact(_("Try"), row.tries),
        Fact(_("File"), file),
        Fact(_("Reason"), f"{row.reason_code} {row.reason}".strip() or None),
        Fact(_("What to do"), step_text(row) or None),
    ]
    return page(
        request,
        desk,
        "debit",
        current="debits",
        heading=_("Debit of %(day)s") % {"day": row.collect_on},
        crumbs=[Link(_("Debits"), reverse("office_debits"))],
        page_state=State("debit", row.state),
        page_facts=[Identifier(public), links.buyer_link(row.buyer)],
        offers=offers(desk, row, DEBIT_ACTS, base=debit_address(row)),
        facts=facts,
        tables=[table for table in (_parts(row, parts), _told(row)) if table is not None],
        history=history_of(desk, [row.id]),
    )


def _parts(row: Debit, parts: Sequence[DebitPart]) -> Table | None:
    if not parts:
        return None
    return Table(
        caption=_("What it pays"),
        columns=[Column(label=_("Invoice")), Column(label=_("Amount"), numeric=True)],
        rows=[
            Row(cells=[links.invoice_link(part.invoice), Money(part.amount, row.currency)])
            for part in parts
        ],
    )


def _told(row: Debit) -> Table | None:
    said = queries.reversals(seller_id=row.seller_id, debit_id=row.id)
    if not said:
        return None
    return Table(
        caption=_("What the bank said"),
        columns=[Column(label=_("Day")), Column(label=_("What")), Column(label=_("Code"))],
        rows=[Row(cells=[one.on, str(REVERSALS[one.kind]), one.code]) for one in said],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def debit_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Cancel it."""
    row = _debit(desk, public)
    crumbs = [
        Link(_("Debits"), reverse("office_debits")),
        Link(str(row.collect_on), debit_address(row)),
    ]
    return perform(request, desk, row, DEBIT_ACTS, name=name, current="debits", crumbs=crumbs)


def _debit(desk: Desk, public: str) -> Debit:
    row = queries.debit(seller_id=desk.seller.id, debit_id=id_in(public, kind="debit"))
    if row is None:
        raise Http404("There is no such debit.")
    return row
