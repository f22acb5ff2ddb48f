"""Advances on invoices: the list with what they cost, and one advance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.records.funding import queries
from usance.records.funding.models import Advance
from usance.records.identity import public_id
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.funding_acts import ADVANCE_ACTS
from usance.web.backoffice.funding_tables import totals_table
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import Column, Fact, Identifier, Link, Percent, Row, State, Table
from usance.web.design.states import look
from usance.web.listing import cut
from usance.web.words.funding import kind_text, reason_text

STANDINGS: Final = ("requested", "paid_out", "repaid", "recoursed", "declined")


@require_safe
@office
def advances_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The advances, the newest first, and what this year's have cost."""
    query = ListQuery.of(request, standings=STANDINGS)
    found = queries.advances(seller_id=desk.seller.id, state=query.standing or None)
    part = cut(found, request=request, order=("-id",))
    since = date(desk.on.year, 1, 1)
    totals = queries.totals(seller_id=desk.seller.id, since=since, on=desk.on)
    return page(
        request,
        desk,
        "advances",
        current="advances",
        heading=_("Early money"),
        query=query,
        tabs=query.tabs(
            STANDINGS, lambda it: str(look(it, kind="advance").label), pgettext("advances", "All")
        ),
        totals=totals_table(totals) if totals else None,
        table=_table(part.rows) if part.rows else None,
        pagination=part.page,
        empty_link=Link(_("Funding programmes"), reverse("office_funding_programs")),
    )


def _table(rows: Sequence[Advance]) -> Table:
    return Table(
        caption=_("Advances"),
        columns=[
            Column(label=_("Invoice")),
            Column(label=_("State")),
            Column(label=_("Buyer")),
            Column(label=_("Advanced"), numeric=True),
            Column(label=_("Still out"), numeric=True),
            Column(label=_("Cost"), numeric=True),
            Column(label=_("A year"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(row.invoice.number, _address(row)),
                    State("advance", row.state),
                    links.buyer_link(row.buyer),
                    Money(row.advanced, row.currency),
                    Money(row.still_out, row.currency),
                    Money(row.fee + row.premium + row.interest, row.currency),
                    _rate(row),
                ]
            )
            for row in rows
        ],
    )


def _rate(row: Advance) -> Percent | None:
    return None if row.annual_rate is None else Percent(Decimal(row.annual_rate) / 100)


def _address(row: Advance) -> str:
    return reverse("office_advance", args=[public_id("advance", row.id)])


@require_safe
@office
def advance_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One advance, what it truly costs, and what the partner was told."""
    row = _advance(desk, public)
    return page(
        request,
        desk,
        "advance",
        current="advances",
        heading=_("Advance on %(number)s") % {"number": row.invoice.number},
        crumbs=[Link(_("Early money"), reverse("office_advances"))],
        page_state=State("advance", row.state),
        page_facts=[Identifier(public), links.buyer_link(row.buyer)],
        offers=offers(desk, row, ADVANCE_ACTS, base=_address(row)),
        reckoning=_reckoning(row),
        facts=_facts(row),
        told=_told(row),
        history=history_of(desk, [row.id]),
    )


def _reckoning(row: Advance) -> Table:
    """How the invoice becomes money, step by step."""

    def line(label: str, amount: int) -> Row:
        return Row(cells=[label, Money(amount, row.currency)])

    rows = [
        line(_("Outstanding on the invoice"), row.base),
        line(_("Reserve, until the buyer pays"), -row.reserve),
        line(_("Advanced"), row.advanced),
        line(_("Fee"), -row.fee),
        line(_("Paid out"), row.advanced - row.fee),
    ]
    parts = (
        (_("Premium of the insurer"), row.premium),
        (_("Interest so far"), row.interest),
        (_("Repaid by the buyer's payments"), row.repaid),
        (_("Given back for what was credited"), row.diluted),
        (_("Taken back by the partner"), row.recoursed),
        (_("Borne by the partner"), row.absorbed),
        (_("Still out"), row.still_out),
        (_("Reserve released"), row.reserve_released),
        (_("Claimed from the insurer"), row.claimed),
        (_("Paid by the insurer"), row.compensated),
    )
    rows += [line(label, amount) for label, amount in parts if amount]
    return Table(
        caption=_("Reckoning"),
        columns=[Column(label=_("What")), Column(label=_("Amount"), numeric=True)],
        rows=rows,
    )


def _facts(row: Advance) -> list[Fact]:
    return [
        Fact(_("Invoice"), links.invoice_link(row.invoice)),
        Fact(_("Programme"), row.program.name),
        Fact(_("Kind"), kind_text(row.kind)),
        Fact(_("Costs a year"), _rate(row)),
        Fact(_("Asked for"), row.requested_at),
        Fact(_("Paid out on"), row.paid_out_on),
        Fact(_("The buyer is expected to pay on"), row.expected_on),
        Fact(_("The partner takes it back from"), row.recourse_on),
        Fact(_("Claimed from the insurer from"), row.claim_on),
        Fact(_("Ended on"), row.ended_on),
        Fact(_("Why"), reason_text(row.reason_code) if row.reason_code else None),
        Fact(_("What the partner said"), row.reason or None),
        Fact(_("At the partner"), row.reference or None),
    ]


def _told(row: Advance) -> Table | None:
    """What the partner was told, and what it said."""
    rows = list(queries.instructions_of(seller_id=row.seller_id, advance_id=row.id))
    if not rows:
        return None
    words = {
        "request": _("Ask for it"),
        "cancel": _("Withdraw"),
        "repayment": _("Repay"),
        "dilution": _("Give back what was credited"),
        "recourse": _("Pay back what the buyer did not pay"),
        "reclaim": _("Ask back"),
    }
    states = {"queued": _("Waits"), "done": _("Done"), "refused": _("Refused")}
    return Table(
        caption=_("What the partner was told"),
        columns=[
            Column(label=_("What")),
            Column(label=_("Amount"), numeric=True),
            Column(label=_("Interest"), numeric=True),
            Column(label=_("Outcome")),
            Column(label=_("Tries"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    words[one.kind],
                    Money(one.amount, row.currency) if one.amount else None,
                    Money(one.interest, row.currency) if one.interest else None,
                    ": ".join(filter(None, (states[one.state], one.reason))),
                    one.attempts,
                ]
            )
            for one in rows
        ],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def advance_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Withdraw, or record what the insurer paid."""
    row = _advance(desk, public)
    crumbs = [
        Link(_("Early money"), reverse("office_advances")),
        Link(row.invoice.number, _address(row)),
    ]
    return perform(request, desk, row, ADVANCE_ACTS, name=name, current="advances", crumbs=crumbs)


def _advance(desk: Desk, public: str) -> Advance:
    found = queries.advance(seller_id=desk.seller.id, advance_id=id_in(public, kind="advance"))
    if found is None:
        raise Http404("There is no such advance.")
    return found
