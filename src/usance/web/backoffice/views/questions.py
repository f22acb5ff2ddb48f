"""Questions of buyers about their invoices: the list, and one question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.records.collections import queries
from usance.records.collections.models import Question
from usance.records.identity import public_id
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.question_acts import QUESTION_ACTS
from usance.web.backoffice.shell import page
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import Column, Fact, Identifier, Link, Row, State, Table
from usance.web.design.states import look
from usance.web.listing import cut
from usance.web.question_parts import about_text, talk

STANDINGS: Final = ("open", "answered", "closed")


@require_safe
@office
def questions_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The questions, the newest first."""
    query = ListQuery.of(request, standings=STANDINGS)
    found = queries.questions(seller_id=desk.seller.id, state=query.standing or None)
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "list",
        current="questions",
        heading=_("Questions"),
        query=query,
        tabs=query.tabs(
            STANDINGS, lambda it: str(look(it, kind="question").label), pgettext("questions", "All")
        ),
        table=question_table(part.rows) if part.rows else None,
        pagination=part.page,
        empty_icon="question",
        empty_title=_("No questions"),
        empty_text=_("Buyers ask about an invoice or one of its lines in the portal."),
    )


def question_table(rows: Sequence[Question], *, with_invoice: bool = True) -> Table:
    """Questions, and where they stand."""
    return Table(
        caption=_("Questions"),
        columns=[
            Column(label=_("About")),
            Column(label=_("State")),
            *(
                [Column(label=_("Invoice")), Column(label=_("Buyer"))]
                if with_invoice
                else [Column(label=_("Asked by"))]
            ),
            Column(label=_("Last word")),
        ],
        rows=[
            Row(
                cells=[
                    Link(about_text(row), _address(row)),
                    State("question", row.state),
                    *(
                        [links.invoice_link(row.invoice), links.buyer_link(row.buyer)]
                        if with_invoice
                        else [row.member.name if row.member else None]
                    ),
                    row.changed_at,
                ]
            )
            for row in rows
        ],
    )


def _address(question: Question) -> str:
    return reverse("office_question", args=[public_id("question", question.id)])


@require_safe
@office
def question_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One question, and what was said about it."""
    question = _question(desk, public)
    said = queries.remarks_of([question]).get(question.id, [])
    return page(
        request,
        desk,
        "question",
        current="questions",
        heading=about_text(question),
        crumbs=[Link(_("Questions"), reverse("office_questions"))],
        page_state=State("question", question.state),
        page_facts=[Identifier(public), links.buyer_link(question.buyer)],
        offers=offers(desk, question, QUESTION_ACTS, base=_address(question)),
        facts=[
            Fact(_("Invoice"), links.invoice_link(question.invoice)),
            Fact(_("Buyer"), links.buyer_link(question.buyer)),
            Fact(_("Asked by"), question.member.name if question.member else None),
            Fact(_("E-mail"), question.member.email if question.member else None),
            Fact(_("Asked"), question.created_at),
        ],
        talk=talk(said, seller=desk.seller.name, buyer=question.buyer.name),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def question_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Answer or close a question."""
    question = _question(desk, public)
    crumbs = [
        Link(_("Questions"), reverse("office_questions")),
        Link(about_text(question), _address(question)),
    ]
    return perform(
        request, desk, question, QUESTION_ACTS, name=name, current="questions", crumbs=crumbs
    )


def _question(desk: Desk, public: str) -> Question:
    question_id = id_in(public, kind="question")
    found = queries.question(seller_id=desk.seller.id, question_id=question_id)
    if found is None:
        raise Http404("There is no such question.")
    return found
