"""Disputes and write-offs that wait: the lists, and one of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.records.collections import dispute_queries
from usance.records.collections.models import Dispute, WriteOffRequest
from usance.records.identity import public_id
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.dispute_acts import DISPUTE_ACTS, WRITE_OFF_ACTS
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of, names_of
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import Column, Fact, Identifier, Link, Row, State, Table
from usance.web.design.states import look
from usance.web.dispute_parts import dispute_talk, disputed_table
from usance.web.files import file_response
from usance.web.listing import cut
from usance.web.words.amounts import money_text
from usance.web.words.disputes import dispute_text

STANDINGS: Final = ("open", "resolved_credit", "resolved_rejected", "withdrawn")
ASKED: Final = ("open", "approved", "declined", "withdrawn")


@require_safe
@office
def disputes_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The disputes, the newest first; those that are open by the day to decide."""
    query = ListQuery.of(request, standings=STANDINGS)
    found = dispute_queries.disputes(seller_id=desk.seller.id, state=query.standing or None)
    order = ("answer_by", "id") if query.standing == "open" else ("-id",)
    part = cut(found, request=request, order=order)
    return page(
        request,
        desk,
        "list",
        current="disputes",
        heading=_("Disputes"),
        other=Link(_("How disputes are answered"), reverse("office_dispute_rules")),
        query=query,
        tabs=query.tabs(
            STANDINGS, lambda it: str(look(it, kind="dispute").label), pgettext("disputes", "All")
        ),
        table=dispute_table(part.rows) if part.rows else None,
        pagination=part.page,
        empty_icon="question",
        empty_title=_("No disputes"),
        empty_text=_("What buyers deduct from payments, or do not agree to owe, appears here."),
        empty_link=Link(_("Write-offs"), reverse("office_write_offs")),
    )


def dispute_table(rows: Sequence[Dispute], *, with_invoice: bool = True) -> Table:
    """Disputes as a table."""
    return Table(
        caption=_("Disputes"),
        columns=[
            Column(label=_("Opened")),
            Column(label=_("State")),
            *([Column(label=_("Invoice")), Column(label=_("Buyer"))] if with_invoice else []),
            Column(label=_("Reason")),
            Column(label=_("Answer by")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(row.created_at, _address(row)),
                    State("dispute", row.state),
                    *(
                        [links.invoice_link(row.invoice), links.buyer_link(row.buyer)]
                        if with_invoice
                        else []
                    ),
                    dispute_text(row.reason_code),
                    row.answer_by if row.state == "open" else None,
                    Money(row.amount, row.currency),
                ]
            )
            for row in rows
        ],
    )


def _address(dispute: Dispute) -> str:
    return reverse("office_dispute", args=[public_id("dispute", dispute.id)])


@require_safe
@office
def dispute_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One dispute."""
    it = _dispute(desk, public)
    names = names_of(desk, {it.opened_by, it.resolved_by} - {""})
    facts = [
        Fact(_("Amount"), Money(it.amount, it.currency)),
        Fact(_("Reason"), dispute_text(it.reason_code)),
        Fact(_("Payer's reason"), it.their_reason or None),
        Fact(_("Answer by"), it.answer_by),
        Fact(_("Invoice"), links.invoice_link(it.invoice)),
        Fact(_("Buyer"), links.buyer_link(it.buyer)),
        *(
            [Fact(_("Short payment"), Link(_("Payment"), links.address("payment", it.payment_id)))]
            if it.payment_id
            else []
        ),
        Fact(_("Opened by"), names.get(it.opened_by, it.opened_by)),
        Fact(_("Ended by"), names.get(it.resolved_by, it.resolved_by) or None),
        Fact(_("How it ended"), it.resolution or None),
        Fact(_("Credit note"), it.credit_note.number if it.credit_note else None),
    ]
    return _page(
        request,
        desk,
        it,
        heading=_("Dispute of %(amount)s on %(number)s")
        % {"amount": money_text(it.amount, it.currency), "number": it.invoice.number},
        crumbs=[Link(_("Disputes"), reverse("office_disputes"))],
        state=State("dispute", it.state),
        acts=DISPUTE_ACTS,
        base=_address(it),
        facts=facts,
        public=public,
        lines=disputed_table(it),
        talk=dispute_talk(
            it,
            dispute_queries.remarks_of([it])[it.id],
            dispute_queries.files_of([it])[it.id],
            seller=desk.seller.name,
            buyer=it.buyer.name,
            address=lambda file: reverse(
                "office_dispute_file", args=[public, public_id("dispute_file", file.id)]
            ),
        ),
    )


@require_safe
@office
def dispute_file(_request: HttpRequest, desk: Desk, public: str, file: str) -> HttpResponse:
    """A file that was handed in, as a download."""
    found = dispute_queries.dispute_file(
        seller_id=desk.seller.id,
        dispute_id=id_in(public, kind="dispute"),
        file_id=id_in(file, kind="dispute_file"),
    )
    if found is None:
        raise Http404("There is no such file.")
    return file_response(
        bytes(found.content), media_type=found.media_type, file_name=found.file_name
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def dispute_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Credit, reject or withdraw a dispute, or write to its buyer."""
    it = _dispute(desk, public)
    crumbs = [
        Link(_("Disputes"), reverse("office_disputes")),
        Link(it.invoice.number, _address(it)),
    ]
    return perform(request, desk, it, DISPUTE_ACTS, name=name, current="disputes", crumbs=crumbs)


def _dispute(desk: Desk, public: str) -> Dispute:
    found = dispute_queries.dispute(
        seller_id=desk.seller.id, dispute_id=id_in(public, kind="dispute")
    )
    if found is None:
        raise Http404("There is no such dispute.")
    return found


@require_safe
@office
def write_offs_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The write-offs that were asked for, the newest first."""
    query = ListQuery.of(request, standings=ASKED)
    found = dispute_queries.write_off_requests(
        seller_id=desk.seller.id, state=query.standing or None
    )
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "list",
        current="disputes",
        heading=_("Write-offs"),
        crumbs=[Link(_("Disputes"), reverse("office_disputes"))],
        query=query,
        tabs=query.tabs(
            ASKED, lambda it: str(look(it, kind="write_off").label), pgettext("write-offs", "All")
        ),
        table=_write_off_table(part.rows) if part.rows else None,
        pagination=part.page,
        empty_icon="minus",
        empty_title=_("No write-offs wait"),
        empty_text=_("What needs a second person to be written off appears here."),
        empty_link=Link(_("Rules of the matching"), reverse("office_matching_settings")),
    )


def _write_off_table(rows: Sequence[WriteOffRequest]) -> Table:
    return Table(
        caption=_("Write-offs"),
        columns=[
            Column(label=_("Asked")),
            Column(label=_("State")),
            Column(label=_("Invoice")),
            Column(label=_("Buyer")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(row.created_at, _asked_address(row)),
                    State("write_off", row.state),
                    links.invoice_link(row.invoice),
                    links.buyer_link(row.buyer),
                    Money(row.amount, row.currency),
                ]
            )
            for row in rows
        ],
    )


def _asked_address(asked: WriteOffRequest) -> str:
    return reverse("office_write_off", args=[public_id("write_off_request", asked.id)])


@require_safe
@office
def write_off_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One write-off that was asked for."""
    it = _asked(desk, public)
    names = names_of(desk, {it.asked_by, it.seconded_by, it.answered_by} - {""})
    facts = [
        Fact(_("Amount"), Money(it.amount, it.currency)),
        Fact(_("Outstanding now"), Money(it.invoice.outstanding, it.currency)),
        Fact(_("Reason"), it.reason or None),
        Fact(_("Invoice"), links.invoice_link(it.invoice)),
        Fact(_("Buyer"), links.buyer_link(it.buyer)),
        Fact(_("Asked by"), names.get(it.asked_by, it.asked_by)),
        Fact(_("First agreed by"), names.get(it.seconded_by, it.seconded_by) or None),
        Fact(_("Answered by"), names.get(it.answered_by, it.answered_by) or None),
        Fact(_("Answer"), it.answer or None),
    ]
    return _page(
        request,
        desk,
        it,
        heading=_("Write off %(amount)s of %(number)s")
        % {"amount": money_text(it.amount, it.currency), "number": it.invoice.number},
        crumbs=[Link(_("Write-offs"), reverse("office_write_offs"))],
        state=State("write_off", it.state),
        acts=WRITE_OFF_ACTS,
        base=_asked_address(it),
        facts=facts,
        public=public,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def write_off_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Approve or decline a write-off."""
    it = _asked(desk, public)
    crumbs = [
        Link(_("Write-offs"), reverse("office_write_offs")),
        Link(it.invoice.number, _asked_address(it)),
    ]
    return perform(request, desk, it, WRITE_OFF_ACTS, name=name, current="disputes", crumbs=crumbs)


def _asked(desk: Desk, public: str) -> WriteOffRequest:
    found = dispute_queries.write_off_request(
        seller_id=desk.seller.id, request_id=id_in(public, kind="write_off_request")
    )
    if found is None:
        raise Http404("There is no such request.")
    return found


def _page(
    request: HttpRequest,
    desk: Desk,
    it: Dispute | WriteOffRequest,
    *,
    heading: str,
    crumbs: list[Link],
    state: State,
    acts: Sequence[Any],
    base: str,
    facts: list[Fact],
    public: str,
    **more: Any,
) -> HttpResponse:
    return page(
        request,
        desk,
        "dispute",
        current="disputes",
        heading=heading,
        crumbs=crumbs,
        page_state=state,
        page_facts=[Identifier(public), links.buyer_link(it.buyer)],
        offers=offers(desk, it, acts, base=base),
        facts=facts,
        history=history_of(desk, [it.invoice_id]),
        **more,
    )
