"""The buyer's invoices: the list, one invoice, and its document."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows import attachments
from usance.flows.deliveries import queueing
from usance.flows.deliveries.registrations import (
    NotRegistered,
    RegistrationCancelled,
    require_deliverable,
)
from usance.flows.documents import FormatUnavailable, Kind, NotIssued, Unreadable
from usance.records.events import queries as events
from usance.records.identity import NotAnId, parse_public_id, public_id
from usance.records.invoices import queries as invoices
from usance.records.invoices.models import Invoice
from usance.records.invoices.queries import OrderOnInvoice
from usance.records.orders import attachments as kept
from usance.records.orders.models import Attachment
from usance.records.parties.invoicing_queries import billing_profile
from usance.records.payments import queries as payments
from usance.rules.money import Money
from usance.web.acts import offers, perform
from usance.web.design.parts import Fact, Link, Noted, State, Tab
from usance.web.design.states import look
from usance.web.documents import download
from usance.web.files import file_response
from usance.web.invoice_parts import billed_period
from usance.web.listing import cut
from usance.web.portal.account import Account, id_in, page, portal_for
from usance.web.portal.dispute_acts import DISPUTE_INVOICE
from usance.web.portal.document import text_document
from usance.web.portal.question_acts import INVOICE_ACTS
from usance.web.portal.standing import invoice_state, told_to_buyer
from usance.web.portal.tables import (
    credit_table,
    invoice_table,
    line_table,
    order_href,
    order_name,
    payment_table,
)
from usance.web.portal.views.disputes import disputed_of
from usance.web.portal.views.questions import asked_about
from usance.web.words.deliveries import format_text
from usance.web.words.terms import terms_text

MOST_ORDERS: Final = 20
"""Orders that stand among the facts of an invoice; all of them are on the document."""
_ACTS: Final = (*INVOICE_ACTS, DISPUTE_INVOICE)
STANDINGS: Final = ("overdue", "open", "paid")


@require_safe
@portal_for("invoices")
def invoices_list(request: HttpRequest, account: Account) -> HttpResponse:
    """The invoices: those to pay by their due date, all of them the newest first."""
    asked = request.GET.get("state", "")
    standing = asked if asked in STANDINGS else ""
    found = invoices.find_invoices(
        seller_id=account.seller.id, on=account.on, standing=standing, buyer_id=account.buyer.id
    )
    order = ("falls_due_on", "id") if standing in ("overdue", "open") else ("-id",)
    part = cut(found, request=request, order=order)
    return page(
        request,
        account,
        "list",
        current="invoices",
        heading=_("Invoices"),
        tabs=_tabs(request.path, standing),
        table=invoice_table(part.rows, account) if part.rows else None,
        pagination=part.page,
        empty_icon="invoice",
        empty_title=_("No invoices here"),
        empty_text=_("An invoice appears when an order ships."),
    )


def _tabs(path: str, standing: str) -> list[Tab]:
    return [
        Tab(label=pgettext("invoices", "All"), href=path, current=not standing),
        *(
            Tab(
                label=str(look(it, kind="invoice").label),
                href=f"{path}?state={it}",
                current=it == standing,
            )
            for it in STANDINGS
        ),
    ]


@require_safe
@portal_for("invoices")
def invoice_page(request: HttpRequest, account: Account, public: str) -> HttpResponse:
    """One invoice. Who followed the link of a mail has opened that mail."""
    invoice = _invoice(account, public)
    _opened(request, account, "invoice", invoice.id, channel="")
    seller_id = account.seller.id
    notes = list(invoices.credit_notes(seller_id=seller_id, invoice_id=invoice.id))
    paid = payments.allocations_of_invoice(seller_id=seller_id, invoice_id=invoice.id)
    state = invoice_state(invoice, on=account.on)
    return page(
        request,
        account,
        "invoice",
        current="invoices",
        heading=_("Invoice %(number)s") % {"number": invoice.number},
        crumbs=[Link(_("Invoices"), reverse("account_invoices"))],
        page_state=state if isinstance(state, State) else None,
        late=(account.on - invoice.next_due_on).days if invoice.state == "open" else 0,
        downloads=_downloads(account, invoice, mail=request.GET.get("from", "")),
        offers=offers(account, invoice, _ACTS, base=_address(invoice)),
        questions=asked_about(account, invoice),
        disputes=disputed_of(account, invoice),
        facts=_facts(account, invoice),
        lines=line_table(invoice.lines, currency=invoice.currency) if invoice.lines else None,
        payments=payment_table(paid) if any(row.left for row in paid) else None,
        notes=credit_table(notes) if notes else None,
        attached=[_attached(invoice, one) for one in attachments.of_invoice(invoice)],
        history=told_to_buyer(
            events.history(seller_id=seller_id, object_ids=[invoice.id], limit=40)
        ),
    )


@require_safe
@portal_for("invoices")
def invoice_document(
    request: HttpRequest, account: Account, public: str, format_: str
) -> HttpResponse:
    """One invoice in a format; what was issued before documents were kept is a plain text."""
    invoice = _invoice(account, public)
    if invoice.document is None:
        if format_ != "text":
            raise Http404("The invoice has no such document.")
        notes = list(invoices.credit_notes(seller_id=account.seller.id, invoice_id=invoice.id))
        return HttpResponse(
            text_document(account, invoice, notes),
            content_type="text/plain; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{invoice.number}.txt"'},
        )
    return _download(request, account, "invoice", invoice.id, format_, back=_address(invoice))


@require_safe
@portal_for("invoices")
def credit_note_document(
    request: HttpRequest, account: Account, public: str, format_: str
) -> HttpResponse:
    """One credit note in a format."""
    note_id = id_in(public, kind="credit_note")
    note = invoices.credit_note(seller_id=account.seller.id, credit_note_id=note_id)
    if note is None or note.invoice.buyer_id != account.buyer.id:
        raise Http404("There is no such credit note.")
    back = _address(note.invoice)
    return _download(request, account, "credit_note", note.id, format_, back=back)


def _download(
    request: HttpRequest, account: Account, kind: Kind, subject_id: UUID, format_: str, *, back: str
) -> HttpResponse:
    try:
        require_deliverable(account.seller, kind=kind, subject_id=subject_id, at=account.at)
        found = download(
            account.seller,
            kind=kind,
            subject_id=subject_id,
            format_=format_,
            at=account.at,
            inline=True,
        )
    except (NotRegistered, RegistrationCancelled):
        messages.error(
            request,
            _("%(seller)s has not registered this document with the tax portal. Ask for it there.")
            % {"seller": account.seller.name},
        )
        return HttpResponseRedirect(back)
    except (FormatUnavailable, NotIssued, Unreadable):
        messages.error(
            request,
            _("%(seller)s does not offer this document in this format. Take the PDF.")
            % {"seller": account.seller.name},
        )
        return HttpResponseRedirect(back)
    _opened(request, account, kind, subject_id)
    return found


def _opened(
    request: HttpRequest,
    account: Account,
    kind: Kind,
    subject_id: UUID,
    *,
    channel: str = "portal",
) -> None:
    """A person has looked at the document: not a program that asks for its size, nor a browser that
    fetches what might be looked at (Fetch, Sec-Purpose)."""
    purpose = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    if request.method != "GET" or "prefetch" in purpose.lower():
        return
    delivery_id = _mail(request.GET.get("from", ""))
    if not channel and delivery_id is None:
        return
    queueing.opened(
        account.seller,
        kind=kind,
        subject_id=subject_id,
        delivery_id=delivery_id,
        channel=channel,
        at=account.at,
        by=account.by,
    )


def _mail(public: str) -> UUID | None:
    """The delivery whose link was followed; None if the address names none."""
    try:
        return parse_public_id("delivery", public)
    except NotAnId:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@portal_for("invoices")
def invoice_act(request: HttpRequest, account: Account, public: str, name: str) -> HttpResponse:
    """Ask about an invoice, or dispute what it says."""
    invoice = _invoice(account, public)
    crumbs = [
        Link(_("Invoices"), reverse("account_invoices")),
        Link(invoice.number, _address(invoice)),
    ]
    return perform(
        request,
        account,
        invoice,
        _ACTS,
        name=name,
        current="invoices",
        crumbs=crumbs,
        page=page,
    )


def _address(invoice: Invoice) -> str:
    return reverse("account_invoice", args=[public_id("invoice", invoice.id)])


def _downloads(account: Account, invoice: Invoice, *, mail: str) -> list[Link]:
    """The document as the buyer can have it: the PDF, and the formats that its profile names. The
    links name the ``mail`` that led here, too."""
    if invoice.document is None:
        formats = ["text"]
    else:
        profile = billing_profile(seller_id=account.seller.id, buyer_id=account.buyer.id)
        formats = ["pdf", *(one for one in profile.formats if one != "pdf")]
    public = public_id("invoice", invoice.id)
    came = f"?{urlencode({'from': mail})}" if _mail(mail) else ""
    return [
        Link(
            _("Text") if one == "text" else format_text(one),
            reverse("account_invoice_document", args=[public, one]) + came,
        )
        for one in formats
    ]


@require_safe
@portal_for("invoices")
def attached_file(
    _request: HttpRequest, account: Account, public: str, attachment: str
) -> HttpResponse:
    """A file that an invoice carries, as a download."""
    invoice = _invoice(account, public)
    attachment_id = id_in(attachment, kind="attachment")
    for one in attachments.of_invoice(invoice):
        if one.id == attachment_id and one.digest is not None:
            return file_response(
                kept.content_of(one), media_type=one.media_type, file_name=one.file_name
            )
    raise Http404("There is no such file.")


def _attached(invoice: Invoice, one: Attachment) -> Link:
    names = [public_id("invoice", invoice.id), public_id("attachment", one.id)]
    href = one.location or reverse("account_attachment", args=names)
    return Link(one.description or one.reference, href)


def _invoice(account: Account, public: str) -> Invoice:
    invoice_id = id_in(public, kind="invoice")
    invoice = invoices.invoice_with_parties(seller_id=account.seller.id, invoice_id=invoice_id)
    if invoice is None or invoice.buyer_id != account.buyer.id:
        raise Http404("There is no such invoice.")
    return invoice


def _facts(account: Account, invoice: Invoice) -> list[Fact]:
    def money(amount: int) -> Money:
        return Money(amount, invoice.currency)

    found = invoices.orders_of(seller_id=account.seller.id, invoice_ids=[invoice.id])
    orders = found.get(invoice.id, [])[:MOST_ORDERS]
    many = len(orders) > 1
    return [
        Fact(_("To pay"), money(invoice.outstanding)),
        Fact(_("Total"), money(invoice.amount)),
        Fact(_("of which tax"), money(invoice.tax_amount)),
        *(
            [Fact(_("Tax that you pay to the treasury"), money(invoice.split_tax))]
            if invoice.split_tax
            else []
        ),
        *([Fact(_("Credited"), money(-invoice.credited))] if invoice.credited else []),
        *([Fact(_("Paid"), money(-invoice.allocated))] if invoice.allocated else []),
        Fact(_("Issued"), invoice.issued_on),
        Fact(_("Due"), invoice.due_on),
        Fact(_("Payment terms"), terms_text(invoice.terms)),
        *billed_period(invoice),
        *(Fact(_("Order"), _order(order, noted=many)) for order in orders),
        *(
            Fact(_("Purchase order"), order.po_number)
            for order in orders
            if order.po_number and not many
        ),
    ]


def _order(order: OrderOnInvoice, *, noted: bool) -> object:
    """The order; where there are several with the number that the buyer gave it."""
    link = Link(order_name(order), order_href(order.order_id))
    return Noted(link, order.po_number) if noted and order.po_number else link
