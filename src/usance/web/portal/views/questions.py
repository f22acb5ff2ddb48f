"""What a buyer asks about its invoices, on the page of each."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from usance.records.collections import queries
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice
from usance.web.acts import Offer, offers, perform
from usance.web.design.parts import Entry, Link, State
from usance.web.portal.account import Account, id_in, page, portal_for
from usance.web.portal.question_acts import QUESTION_ACTS
from usance.web.question_parts import about_text, talk


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the buyer sees it."""

    id: str
    about: str
    state: State
    talk: list[Entry]
    offers: list[Offer]


def asked_about(account: Account, invoice: Invoice) -> list[Asked]:
    """What was asked about an invoice, the newest first."""
    found = list(
        queries.questions(
            seller_id=account.seller.id, invoice_id=invoice.id, buyer_id=account.buyer.id
        ).order_by("-id")
    )
    said = queries.remarks_of(found)
    return [
        Asked(
            id=public_id("question", one.id),
            about=about_text(one),
            state=State("question", one.state),
            talk=talk(said.get(one.id, []), seller=account.seller.name, buyer=account.buyer.name),
            offers=offers(
                account,
                one,
                QUESTION_ACTS,
                base=reverse("account_question", args=[public_id("question", one.id)]),
                suffix=f"-{one.id.hex[-8:]}",
            ),
        )
        for one in found
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@portal_for("invoices")
def question_act(
    request: HttpRequest, account: Account, public: str, name: str = "ask-on"
) -> HttpResponse:
    """Go on asking."""
    question_id = id_in(public, kind="question")
    question = queries.question(seller_id=account.seller.id, question_id=question_id)
    if question is None or question.buyer_id != account.buyer.id:
        raise Http404("There is no such question.")
    invoice = question.invoice
    back = reverse("account_invoice", args=[public_id("invoice", invoice.id)])
    return perform(
        request,
        account,
        question,
        QUESTION_ACTS,
        name=name,
        current="invoices",
        crumbs=[
            Link(_("Invoices"), reverse("account_invoices")),
            Link(invoice.number, back),
        ],
        page=page,
    )
