"""The buyer's orders: the list, and one order with what may be told of its decision."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from usance.records.credit import queries as credit
from usance.records.events import queries as events
from usance.records.invoices import queries as invoices
from usance.records.orders import buyer_queries
from usance.records.orders import queries as orders
from usance.records.orders.models import Order
from usance.records.parties import queries as parties
from usance.records.parties.models import Member
from usance.rules.money import Money
from usance.web.acts import offers
from usance.web.design.parts import Fact, Link
from usance.web.listing import cut
from usance.web.organisation.tables import stage_table
from usance.web.portal.account import Account, id_in, page, portal
from usance.web.portal.approval_acts import APPROVAL_ACTS
from usance.web.portal.standing import order_state, told_to_buyer
from usance.web.portal.tables import (
    invoice_table,
    line_table,
    order_href,
    order_name,
    order_table,
)
from usance.web.portal.waiting import Waiting
from usance.web.words.decisions import buyer_reasons, buyer_way_text
from usance.web.words.terms import terms_text


def orders_seen(account: Account) -> QuerySet[Order]:
    """The orders that the member sees: all of its company's, or those it placed itself."""
    found = orders.find_orders(seller_id=account.seller.id, buyer_id=account.buyer.id)
    return found if account.may("all_orders") else found.filter(member_id=account.member.id)


@require_safe
@portal
def orders_list(request: HttpRequest, account: Account) -> HttpResponse:
    """The orders, the newest first."""
    part = cut(orders_seen(account), request=request, order=("-id",))
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
    billed = (
        list(
            invoices.find_invoices(seller_id=seller_id, on=account.on, order_id=order.id).order_by(
                "id"
            )
        )
        if account.may("invoices")
        else []
    )
    waiting = Waiting(order, buyer_queries.chain_of(order))
    mine = account.may("approve") and waiting.is_for(account.member.id)
    people = {
        member.id: member
        for member in parties.members(seller_id=seller_id, buyer_id=account.buyer.id)
    }
    return page(
        request,
        account,
        "order",
        current="orders",
        heading=_("Order %(name)s") % {"name": order_name(order)},
        crumbs=[Link(_("Orders"), reverse("account_orders"))],
        page_state=order_state(order),
        declined=order.state == "declined",
        declined_by_us=any(
            stage.approval and stage.approval.verdict == "declined" for stage in waiting.stages
        ),
        offers=offers(account, waiting, APPROVAL_ACTS, base=order_href(order)) if mine else [],
        approvals=stage_table(waiting.stages, {it: who.name for it, who in people.items()})
        if waiting.stages
        else None,
        # A person who declines an order in review gives the buyer no reason of the machine's.
        reasons=_reasons(order) if order.decision.outcome == "declined" else [],
        ways=[
            buyer_way_text(way, currency=order.currency)
            for way in order.decision.alternatives or ()
        ]
        if order.decision.outcome == "declined"
        else [],
        facts=_facts(order, people),
        lines=line_table(order.lines, currency=order.currency) if order.lines else None,
        invoices=invoice_table(billed, account) if billed else None,
        history=told_to_buyer(events.history(seller_id=seller_id, object_ids=[order.id], limit=40)),
    )


def _reasons(order: Order) -> list[str]:
    policy = credit.policy(seller_id=order.seller_id, policy_id=order.decision.policy_id)
    return buyer_reasons(order.decision.reasons, policy=policy)


def _order(account: Account, public: str) -> Order:
    order_id = id_in(public, kind="order")
    order = orders.order_with_decision(seller_id=account.seller.id, order_id=order_id)
    if (
        order is None
        or order.buyer_id != account.buyer.id
        or not (account.may("all_orders") or order.member_id == account.member.id)
    ):
        raise Http404("There is no such order.")
    return order


def _facts(order: Order, people: Mapping[UUID, Member]) -> list[Fact]:
    def money(amount: int) -> Money:
        return Money(amount, order.currency)

    return [
        Fact(_("Amount"), money(order.amount)),
        Fact(_("of which tax"), money(order.tax_amount)),
        Fact(_("Invoiced"), money(order.invoiced_amount)),
        Fact(_("Payment terms"), terms_text(order.terms)),
        Fact(_("Purchase order"), order.po_number or None),
        *([Fact(_("Cost centre"), order.cost_centre)] if order.cost_centre else []),
        *([Fact(_("Ordered by"), people[order.member_id].name)] if order.member_id else []),
        *([Fact(_("Ship to"), _address(order.ship_to))] if order.ship_to else []),
        Fact(_("Placed"), order.created_at),
    ]


def _address(ship_to: Mapping[str, str]) -> str:
    """An address on one line."""
    place = f"{ship_to.get('postal_code', '')} {ship_to.get('city', '')}".strip()
    parts = (ship_to.get("name"), ship_to.get("street"), place, ship_to.get("country"))
    return ", ".join(part for part in parts if part)
