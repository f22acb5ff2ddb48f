"""Orders: the list, and one order with the decision it rests on."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows.order_books import HELD, PENDING
from usance.records.credit import queries as credit
from usance.records.credit import review_queries
from usance.records.credit.models import Decision
from usance.records.identity import public_id
from usance.records.invoices import queries as invoices
from usance.records.orders import attachments
from usance.records.orders import queries as orders
from usance.records.orders.models import Order
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.attachment_rows import attachment_table
from usance.web.backoffice.card_payout_acts import RELEASE
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.line_facts import line_facts
from usance.web.backoffice.order_acts import ORDER_ACTS
from usance.web.backoffice.order_charge_acts import CHARGE_ACTS, DETACH
from usance.web.backoffice.shell import page
from usance.web.backoffice.tables import (
    invoice_table,
    line_table,
    order_table,
    shipment_table,
)
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.decisions import trace_table
from usance.web.backoffice.views.filters import ListQuery
from usance.web.backoffice.views.policies import version_link
from usance.web.design.parts import Fact, Identifier, Link, State
from usance.web.design.states import look
from usance.web.listing import cut
from usance.web.words.decisions import reason_text, way_text
from usance.web.words.terms import terms_text

STANDINGS: Final = (
    "pending_review",
    "pending_approval",
    "authorized",
    "partially_invoiced",
    "invoiced",
    "declined",
    "canceled",
    "expired",
)


@require_safe
@office
def orders_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The orders, the newest first."""
    query = ListQuery.of(request, standings=STANDINGS)
    found = orders.find_orders(seller_id=desk.seller.id, text=query.text, state=query.standing)
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "list",
        current="orders",
        heading=_("Orders"),
        query=query,
        tabs=query.tabs(
            STANDINGS, lambda it: str(look(it, kind="order").label), pgettext("orders", "All")
        ),
        search_label=_("Search orders"),
        search_hint=_("Order, purchase order or buyer"),
        table=order_table(part.rows) if part.rows else None,
        pagination=part.page,
        empty_icon="order",
        empty_title=_("No orders"),
        empty_text=_("Orders appear here as soon as your shop asks for one at checkout."),
    )


@require_safe
@office
def order_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One order."""
    order = _order(desk, public)
    policy = credit.policy(seller_id=desk.seller.id, policy_id=order.decision.policy_id)
    found = invoices.find_invoices(
        seller_id=desk.seller.id, on=desk.on, order_id=order.id
    ).order_by("id")
    shipped = list(orders.shipments(seller_id=desk.seller.id, order_id=order.id).order_by("id"))
    attached = list(attachments.attachments(seller_id=desk.seller.id, order_id=order.id))
    return page(
        request,
        desk,
        "order",
        current="orders",
        heading=_("Order %(name)s") % {"name": links.order_name(order)},
        crumbs=[Link(_("Orders"), reverse("office_orders"))],
        page_state=State("order", order.state),
        page_facts=[Identifier(public), links.buyer_link(order.buyer)],
        order=order,
        offers=offers(
            desk, order, (*ORDER_ACTS, *CHARGE_ACTS, RELEASE), base=links.address("order", order.id)
        ),
        facts=_facts(order),
        decision=order.decision,
        decision_facts=_decision_facts(order.decision),
        reasons=[reason_text(code, policy=policy) for code in order.decision.reasons],
        ways=[way_text(way, currency=order.currency) for way in order.decision.alternatives or ()],
        trace=trace_table(order.decision),
        why=links.address("decision", order.decision.id),
        review=_review_address(desk, order),
        lines=line_table(order.lines, currency=order.currency) if order.lines else None,
        attachments=attachment_table(attached, desk) if attached else None,
        attach=f"{links.address('order', order.id)}/attach"
        if desk.may("billing") and order.state in (*HELD, *PENDING)
        else "",
        shipments=shipment_table(shipped) if shipped else None,
        invoices=invoice_table(list(found), desk, with_buyer=False) if found else None,
        history=history_of(desk, [order.id, *(one.id for one in shipped)]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def order_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Do something to an order."""
    order = _order(desk, public)
    crumbs = [Link(_("Orders"), reverse("office_orders")), links.order_link(order)]
    acts = (*ORDER_ACTS, *CHARGE_ACTS, RELEASE, DETACH)
    return perform(request, desk, order, acts, name=name, current="orders", crumbs=crumbs)


def _order(desk: Desk, public: str) -> Order:
    order_id = id_in(public, kind="order")
    order = orders.order_with_decision(seller_id=desk.seller.id, order_id=order_id)
    if order is None:
        raise Http404("There is no such order.")
    return order


def _review_address(desk: Desk, order: Order) -> str:
    """The page of the review that waits about the order."""
    found = review_queries.open_review_of(seller_id=desk.seller.id, subject_id=order.id)
    return links.address("review", found.id) if found else ""


def _facts(order: Order) -> list[Fact]:
    def money(amount: int) -> Money:
        return Money(amount, order.currency)

    return [
        Fact(_("Buyer"), links.buyer_link(order.buyer)),
        Fact(_("Amount"), money(order.amount)),
        Fact(_("of which tax"), money(order.tax_amount)),
        Fact(_("Invoiced"), money(order.invoiced_amount)),
        *([Fact(_("Let go"), money(order.voided_amount))] if order.voided_amount else []),
        *(
            [Fact(_("Shipped, not yet billed"), money(order.shipped_amount))]
            if order.shipped_amount
            else []
        ),
        Fact(_("Not yet shipped or invoiced"), money(order.remaining)),
        Fact(_("Payment terms"), terms_text(order.terms)),
        Fact(_("Purchase order"), order.po_number or None),
        Fact(_("Placed"), order.created_at),
        Fact(_("Authorized until"), order.expires_on),
    ]


def _decision_facts(decision: Decision) -> list[Fact]:
    would_pass = None if decision.up_to is None else Money(decision.up_to, decision.currency)
    return [
        Fact(_("Asked for"), Money(decision.amount, decision.currency)),
        Fact(_("Would have been approved up to"), would_pass),
        *line_facts(decision),
        Fact(_("Policy"), version_link(decision.policy)),
        Fact(_("Decided"), decision.created_at),
        Fact(_("Identifier"), Identifier(public_id("decision", decision.id))),
    ]
