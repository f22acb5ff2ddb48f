"""Documents of invoices and credit notes: downloads, and how they reached their buyers."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows.documents import FormatUnavailable, Kind, NotIssued, Unreadable
from usance.records.deliveries import queries as deliveries
from usance.records.deliveries.models import Delivery
from usance.records.invoices import queries as invoices
from usance.rules.delivery import UNDONE
from usance.web.asked_days import day_asked_in
from usance.web.backoffice import links
from usance.web.backoffice.acts import perform
from usance.web.backoffice.delivery_acts import DELIVERY_ACTS
from usance.web.backoffice.delivery_tables import delivery_table
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.registration_acts import REGISTRATION_ACTS
from usance.web.backoffice.shell import page
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import Link
from usance.web.design.states import look
from usance.web.documents import download, statement_download
from usance.web.listing import cut
from usance.web.words.refusals import refusal_text

PROBLEMS: Final = "problems"
STANDINGS: Final = (PROBLEMS, "queued", "sent", "delivered", "opened")


@require_safe
@office
def invoice_document(request: HttpRequest, desk: Desk, public: str, format_: str) -> HttpResponse:
    """An invoice in a format."""
    return _document(request, desk, "invoice", public, format_)


@require_safe
@office
def credit_note_document(
    request: HttpRequest, desk: Desk, public: str, format_: str
) -> HttpResponse:
    """A credit note in a format."""
    return _document(request, desk, "credit_note", public, format_)


def _document(
    request: HttpRequest, desk: Desk, kind: Kind, public: str, format_: str
) -> HttpResponse:
    subject_id = id_in(public, kind=kind)
    invoice_id = subject_id
    if kind == "credit_note":
        note = invoices.credit_note(seller_id=desk.seller.id, credit_note_id=subject_id)
        if note is None:
            raise Http404("There is no such credit note.")
        invoice_id = note.invoice_id
    try:
        return download(
            desk.seller,
            kind=kind,
            subject_id=subject_id,
            format_=format_,
            at=desk.at,
            language=request.GET.get("language", "")[:8],
            inline=True,
        )
    except (FormatUnavailable, NotIssued, Unreadable) as error:
        messages.error(request, refusal_text(error))
        return HttpResponseRedirect(links.address("invoice", invoice_id))


@require_http_methods(["GET", "HEAD", "POST"])
@office
def credit_note_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Do something to a credit note: it has no page of its own but that of its invoice."""
    note_id = id_in(public, kind="credit_note")
    note = invoices.credit_note(seller_id=desk.seller.id, credit_note_id=note_id)
    if note is None:
        raise Http404("There is no such credit note.")
    crumbs = [Link(_("Invoices"), reverse("office_invoices")), links.invoice_link(note.invoice)]
    return perform(
        request, desk, note, REGISTRATION_ACTS, name=name, current="invoices", crumbs=crumbs
    )


@require_safe
@office
def deliveries_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How documents reached their buyers: first those that did not."""
    query = ListQuery.of(request, standings=STANDINGS)
    found = deliveries.deliveries(
        seller_id=desk.seller.id,
        states=UNDONE if query.standing == PROBLEMS else (),
        state=query.standing if query.standing not in ("", PROBLEMS) else None,
    ).select_related("buyer")
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "list",
        current="deliveries",
        heading=_("Deliveries"),
        query=query,
        tabs=query.tabs(STANDINGS, _standing_text, pgettext("deliveries", "All")),
        table=delivery_table(part.rows, desk, with_document=True) if part.rows else None,
        pagination=part.page,
        empty_icon="send",
        empty_title=_("No deliveries"),
        empty_text=_("A document goes to its buyer as soon as it is issued."),
    )


def _standing_text(standing: str) -> str:
    if standing == PROBLEMS:
        return pgettext("deliveries", "Did not arrive")
    return str(look(standing, kind="delivery").label)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def delivery_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Do something about a delivery."""
    row = _delivery(desk, public)
    crumbs = [Link(_("Deliveries"), reverse("office_deliveries")), _subject_link(row)]
    return perform(
        request, desk, row, DELIVERY_ACTS, name=name, current="deliveries", crumbs=crumbs
    )


def _delivery(desk: Desk, public: str) -> Delivery:
    delivery_id = id_in(public, kind="delivery")
    row = deliveries.delivery(seller_id=desk.seller.id, delivery_id=delivery_id)
    if row is None:
        raise Http404("There is no such delivery.")
    return row


def _subject_link(row: Delivery) -> Link:
    if row.kind == "invoice":
        return Link(row.number, links.address("invoice", row.subject_id))
    return Link(row.number, reverse("office_deliveries"))


@require_safe
@office
def statement_document(
    request: HttpRequest, desk: Desk, public: str, currency: str
) -> HttpResponse:
    """A buyer's statement of account, of today or of a day, ``?on=``: a PDF, or with ``?format=csv`` a
    table."""
    return statement_download(
        desk.seller,
        buyer_id=id_in(public, kind="buyer"),
        currency=currency,
        on=day_asked_in(request, "on", usual=desk.on, last=desk.on),
        today=desk.on,
        at=desk.at,
        as_table=request.GET.get("format") == "csv",
    )
