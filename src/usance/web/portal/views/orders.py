"""The buyer's orders: the list, and one order with what may be told of its decision."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from usance.records.events import queries as events
from usance.records.invoices import queries as invoices
from usance.records.orders import queries as orders
from usance.records.orders.models import Order
from usance.rules.money import Money
from usance.web.design.parts import Fact, Link, State
from usance.web.listing import cut
from usance.web.portal.account import Account, id_in, page, portal
from usance.web.portal.standing import told_to_buyer
from usance.web.portal.tables import invoice_table, line_table, order_name, order_table
from usance.web.words.decisions import buyer_reasons
from usance.web.words.terms import terms_text


@require_safe
@portal
def orders_list(request: HttpRequest, account: Account) -> HttpResponse:
    """The orders, the newest first."""
    found = orders.find_orders(seller_id=account.seller.id, buyer_id=account.buyer.id)
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        account,
        "list",
        current="orders",
        heading=_("Orders"),
        table=order_table(part.rows) if part.rows else None,
        pagination=part.page,
        empty_icon="order",
        empty_title=_("No orders yet"),
        empty_text=_("Choose payment on account when you order, and the order appears here."),
    )


@require_safe
@portal
def order_page(request: HttpRequest, account: Account, public: str) -> HttpResponse:
    """One order."""
    order = _order(account, public)
    seller_id = account.seller.id
    billed = list(
        invoices.find_invoices(seller_id=seller_id, on=account.on, order_id=order.id).order_by("id")
    )
    return page(
        request,
        account,
        "order",
        current="orders",
        heading=_("Order %(name)s") % {"name": order_name(order)},
        crumbs=[Link(_("Orders"), reverse("account_orders"))],
        page_state=State("order", order.state),
        declined=order.state == "declined",
        # A person who declines an order in review gives the buyer no reason of the machine's.
        reasons=buyer_reasons(order.decision.reasons)
        if order.decision.outcome == "declined"
        else [],
        facts=_facts(order),
        lines=line_table(order.lines, currency=order.currency) if order.lines else None,
        invoices=invoice_table(billed, account) if billed else None,
        history=told_to_buyer(events.history(seller_id=seller_id, object_ids=[order.id], limit=40)),
    )


def _order(account: Account, public: str) -> Order:
    order_id = id_in(public, kind="order")
    order = orders.order_with_decision(seller_id=account.seller.id, order_id=order_id)
    if order is None or order.buyer_id != account.buyer.id:
        raise Http404("There is no such order.")
    return order


def _facts(order: Order) -> list[Fact]:
    def money(amount: int) -> Money:
        return Money(amount, order.currency)

    return [
        Fact(_("Amount"), money(order.amount)),
        Fact(_("of which tax"), money(order.tax_amount)),
        Fact(_("Invoiced"), money(order.invoiced_amount)),
        Fact(_("Payment terms"), terms_text(order.terms)),
        Fact(_("Purchase order"), order.po_number or None),
        Fact(_("Placed"), order.created_at),
    ]
