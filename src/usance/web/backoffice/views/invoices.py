"""Invoices: the list, and one invoice with what became of it."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows import attachments
from usance.records.collections import dispute_queries
from usance.records.collections import queries as questions
from usance.records.deliveries import queries as deliveries
from usance.records.identity import public_id
from usance.records.invoices import queries as invoices
from usance.records.invoices.models import Invoice
from usance.records.invoices.queries import OrderOnInvoice
from usance.records.parties.invoicing_queries import billing_profile
from usance.records.payments import queries as payments
from usance.records.payments.queries import AllocationLine
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.attachment_rows import attachment_link
from usance.web.backoffice.delivery_acts import has_document
from usance.web.backoffice.delivery_tables import delivery_table, document_address
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.funding_tables import advance_facts
from usance.web.backoffice.invoice_acts import INVOICE_ACTS
from usance.web.backoffice.late_panel import late_panel
from usance.web.backoffice.registration_acts import registration_facts
from usance.web.backoffice.shell import page
from usance.web.backoffice.tables import credit_note_table, invoice_table, line_table
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.disputes import dispute_table
from usance.web.backoffice.views.filters import ListQuery
from usance.web.backoffice.views.questions import question_table
from usance.web.design.parts import Column, Fact, Identifier, Link, Noted, Row, State, Table
from usance.web.design.states import look
from usance.web.invoice_parts import billed_period
from usance.web.listing import cut
from usance.web.words.deliveries import FORMATS, format_text
from usance.web.words.matching import rule_text
from usance.web.words.standing import standing_of
from usance.web.words.terms import terms_text

MOST_ORDERS: Final = 20
"""Orders that stand among the facts of an invoice; all of them are on the document."""
STANDINGS: Final = ("overdue", "open", "paid", "written_off", "void")


@require_safe
@office
def invoices_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The invoices: those that are owed by their due date, all of them the newest first."""
    query = ListQuery.of(request, standings=STANDINGS)
    found = invoices.find_invoices(
        seller_id=desk.seller.id, on=desk.on, text=query.text, standing=query.standing
    )
    order = ("falls_due_on", "id") if query.standing in ("overdue", "open") else ("-id",)
    part = cut(found, request=request, order=order)
    return page(
        request,
        desk,
        "list",
        current="invoices",
        heading=_("Invoices"),
        query=query,
        tabs=query.tabs(
            STANDINGS, lambda it: str(look(it, kind="invoice").label), pgettext("invoices", "All")
        ),
        search_label=_("Search invoices"),
        search_hint=_("Number or buyer"),
        table=invoice_table(part.rows, desk) if part.rows else None,
        pagination=part.page,
        empty_icon="invoice",
        empty_title=_("No invoices"),
        empty_text=_(
            "An invoice is issued when an order ships. Open an authorized order to do it."
        ),
        empty_link=Link(_("Authorized orders"), f"{reverse('office_orders')}?state=authorized"),
    )


@require_safe
@office
def invoice_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One invoice."""
    invoice = _invoice(desk, public)
    notes = list(invoices.credit_notes(seller_id=desk.seller.id, invoice_id=invoice.id))
    paid = payments.allocations_of_invoice(seller_id=desk.seller.id, invoice_id=invoice.id)
    sent = deliveries.deliveries(seller_id=desk.seller.id, subject_id=invoice.id).order_by("-id")
    asked = questions.questions(seller_id=desk.seller.id, invoice_id=invoice.id).order_by("-id")
    disputed = dispute_queries.disputes(seller_id=desk.seller.id, invoice_id=invoice.id)
    return page(
        request,
        desk,
        "invoice",
        current="invoices",
        heading=_("Invoice %(number)s") % {"number": invoice.number},
        crumbs=[Link(_("Invoices"), reverse("office_invoices"))],
        page_state=State("invoice", standing_of(invoice, on=desk.on)),
        page_facts=[Identifier(public), links.buyer_link(invoice.buyer)],
        invoice=invoice,
        late=(desk.on - invoice.next_due_on).days if invoice.state == "open" else 0,
        offers=offers(desk, invoice, INVOICE_ACTS, base=links.address("invoice", invoice.id)),
        facts=_facts(desk, invoice),
        late_charges=late_panel(desk, invoice),
        downloads=(downloads := _downloads(invoice))[0],
        more_downloads=downloads[1],
        attached=[attachment_link(one) for one in attachments.of_invoice(invoice)],
        lines=line_table(invoice.lines, currency=invoice.currency) if invoice.lines else None,
        deliveries=delivery_table(list(sent), desk) if sent else None,
        questions=question_table(list(asked), with_invoice=False) if asked else None,
        disputes=dispute_table(list(disputed), with_invoice=False) if disputed else None,
        asked_write_off=_asked_write_off(desk, invoice),
        allocations=_allocation_table(paid) if paid else None,
        notes=credit_note_table(notes) if notes else None,
        history=history_of(desk, [invoice.id]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def invoice_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Do something to an invoice."""
    invoice = _invoice(desk, public)
    crumbs = [Link(_("Invoices"), reverse("office_invoices")), links.invoice_link(invoice)]
    return perform(
        request, desk, invoice, INVOICE_ACTS, name=name, current="invoices", crumbs=crumbs
    )


def _asked_write_off(desk: Desk, invoice: Invoice) -> str:
    """Where the write-off of the invoice waits for a second person."""
    asked = dispute_queries.write_off_requests(
        seller_id=desk.seller.id, state="open", invoice_id=invoice.id
    ).first()
    if asked is None:
        return ""
    return reverse("office_write_off", args=[public_id("write_off_request", asked.id)])


def _invoice(desk: Desk, public: str) -> Invoice:
    invoice_id = id_in(public, kind="invoice")
    invoice = invoices.invoice_with_parties(seller_id=desk.seller.id, invoice_id=invoice_id)
    if invoice is None:
        raise Http404("There is no such invoice.")
    return invoice


def _downloads(invoice: Invoice) -> tuple[list[Link], list[Link]]:
    """The formats in which the buyer has the document, what people read first; then the others."""
    if not has_document(invoice):
        return [], []
    wanted = billing_profile(seller_id=invoice.seller_id, buyer_id=invoice.buyer_id).formats
    links_ = {
        one: Link(format_text(one), document_address("invoice", invoice.id, one)) for one in FORMATS
    }
    first = [link for one, link in links_.items() if one == "pdf" or one in wanted]
    return first, [link for one, link in links_.items() if one != "pdf" and one not in wanted]


def _facts(desk: Desk, invoice: Invoice) -> list[Fact]:
    def money(amount: int) -> Money:
        return Money(amount, invoice.currency)

    of_invoice = invoices.orders_of(seller_id=desk.seller.id, invoice_ids=[invoice.id])
    orders = of_invoice.get(invoice.id, [])[:MOST_ORDERS]
    numbers = {order.po_number for order in orders if order.po_number}
    return [
        Fact(_("Outstanding"), money(invoice.outstanding)),
        Fact(_("Total"), money(invoice.amount)),
        Fact(_("of which tax"), money(invoice.tax_amount)),
        *(
            [Fact(_("Tax that the buyer pays to the treasury"), money(invoice.split_tax))]
            if invoice.split_tax
            else []
        ),
        *([Fact(_("Credited"), money(-invoice.credited))] if invoice.credited else []),
        *([Fact(_("Paid"), money(-invoice.allocated))] if invoice.allocated else []),
        *([Fact(_("Written off"), money(-invoice.written_off))] if invoice.written_off else []),
        *advance_facts(invoice),
        Fact(_("Issued"), invoice.issued_on),
        Fact(_("Due"), invoice.due_on),
        *([Fact(_("Closed"), invoice.closed_on)] if invoice.closed_on else []),
        Fact(_("Payment terms"), terms_text(invoice.terms)),
        Fact(_("Buyer"), links.buyer_link(invoice.buyer)),
        *billed_period(invoice),
        *_replaced(desk, invoice),
        *(Fact(_("Order"), _order(order, noted=len(orders) > 1)) for order in orders),
        *(Fact(_("Purchase order"), number) for number in numbers if len(orders) == 1),
        *([Fact(_("Your number"), invoice.external_id)] if invoice.external_id else []),
        *registration_facts(invoice),
    ]


def _order(order: OrderOnInvoice, *, noted: bool) -> object:
    """The order, and where there are several the buyer's number with it."""
    name = order.external_id or f"…{order.order_id.hex[-8:]}"
    link = Link(name, links.address("order", order.order_id))
    return Noted(link, order.po_number) if noted and order.po_number else link


def _replaced(desk: Desk, invoice: Invoice) -> list[Fact]:
    """The invoice in whose place this one was issued, and the one in its place."""
    later = invoices.replacement_of(seller_id=desk.seller.id, invoice_id=invoice.id)
    return [
        *(
            [Fact(_("In place of"), links.invoice_link(invoice.replaces))]
            if invoice.replaces
            else []
        ),
        *([Fact(_("Replaced by"), links.invoice_link(later))] if later else []),
    ]


def _allocation_table(rows: list[AllocationLine]) -> Table:
    return Table(
        caption=_("Payments"),
        columns=[
            Column(label=_("Payment")),
            Column(label=_("Received")),
            Column(label=_("Matched by")),
            Column(label=_("Allocated"), numeric=True),
            Column(label=_("Taken back"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(
                        row.payer or f"…{row.payment_id.hex[-8:]}",
                        links.address("payment", row.payment_id),
                    ),
                    row.received_on,
                    rule_text(row.rule),
                    Money(row.amount, row.currency),
                    Money(row.amount - row.left, row.currency) if row.left < row.amount else None,
                ]
            )
            for row in rows
        ],
    )
