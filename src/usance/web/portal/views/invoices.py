"""The buyer's invoices: the list, one invoice, and its document."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from usance.records.events import queries as events
from usance.records.invoices import queries as invoices
from usance.records.invoices.models import Invoice
from usance.records.payments import queries as payments
from usance.rules.money import Money
from usance.web.design.parts import Fact, Link, State, Tab
from usance.web.design.states import look
from usance.web.listing import cut
from usance.web.portal.account import Account, id_in, page, portal_for
from usance.web.portal.document import text_document
from usance.web.portal.standing import invoice_state, told_to_buyer
from usance.web.portal.tables import (
    credit_table,
    invoice_table,
    line_table,
    order_href,
    order_name,
    payment_table,
)
from usance.web.words.terms import terms_text

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
    order = ("due_on", "id") if standing in ("overdue", "open") else ("-id",)
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
    """One invoice."""
    invoice = _invoice(account, public)
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
        late=(account.on - invoice.due_on).days if invoice.state == "open" else 0,
        document=reverse("account_invoice_document", args=[public]),
        facts=_facts(invoice),
        lines=line_table(invoice.lines, currency=invoice.currency) if invoice.lines else None,
        payments=payment_table(paid) if any(row.left for row in paid) else None,
        notes=credit_table(notes) if notes else None,
        history=told_to_buyer(
            events.history(seller_id=seller_id, object_ids=[invoice.id], limit=40)
        ),
    )


@require_safe
@portal_for("invoices")
def invoice_document(_request: HttpRequest, account: Account, public: str) -> HttpResponse:
    """One invoice as a text file."""
    invoice = _invoice(account, public)
    notes = list(invoices.credit_notes(seller_id=account.seller.id, invoice_id=invoice.id))
    return HttpResponse(
        text_document(account, invoice, notes),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{invoice.number}.txt"'},
    )


def _invoice(account: Account, public: str) -> Invoice:
    invoice_id = id_in(public, kind="invoice")
    invoice = invoices.invoice_with_parties(seller_id=account.seller.id, invoice_id=invoice_id)
    if invoice is None or invoice.buyer_id != account.buyer.id:
        raise Http404("There is no such invoice.")
    return invoice


def _facts(invoice: Invoice) -> list[Fact]:
    def money(amount: int) -> Money:
        return Money(amount, invoice.currency)

    return [
        Fact(_("To pay"), money(invoice.outstanding)),
        Fact(_("Total"), money(invoice.amount)),
        Fact(_("of which tax"), money(invoice.tax_amount)),
        *([Fact(_("Credited"), money(-invoice.credited))] if invoice.credited else []),
        *([Fact(_("Paid"), money(-invoice.allocated))] if invoice.allocated else []),
        Fact(_("Issued"), invoice.issued_on),
        Fact(_("Due"), invoice.due_on),
        Fact(_("Payment terms"), terms_text(invoice.terms)),
        Fact(_("Order"), Link(order_name(invoice.order), order_href(invoice.order))),
        Fact(_("Purchase order"), invoice.order.po_number or None),
    ]
