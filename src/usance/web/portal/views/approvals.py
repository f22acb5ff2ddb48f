"""The orders that wait for the buyer's own approval: those for me, and those for others."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from usance.records.identity import public_id
from usance.records.orders import buyer_queries
from usance.rules.money import Money
from usance.web.acts import Offer, offers, perform
from usance.web.design.parts import Column, Fact, Link, Row, Table
from usance.web.portal.account import Account, id_in, page, portal, portal_for
from usance.web.portal.approval_acts import APPROVAL_ACTS
from usance.web.portal.tables import line_table, order_href, order_name
from usance.web.portal.views.orders import orders_seen
from usance.web.portal.waiting import Waiting, all_waiting


@dataclass(frozen=True, slots=True)
class Asked:
    """An order as it is put before somebody."""

    id: str
    name: str
    href: str
    facts: list[Fact]
    lines: Table | None
    offers: list[Offer]


@require_safe
@portal_for("approve")
def approvals(request: HttpRequest, account: Account) -> HttpResponse:
    """The queue: first what waits for me, the oldest first."""
    waiting = all_waiting(account.buyer)
    mine = [one for one in waiting if one.is_for(account.member.id)]
    others = [one for one in waiting if not one.is_for(account.member.id)]
    return page(
        request,
        account,
        "approvals",
        current="approvals",
        heading=_("Approvals"),
        mine=[_asked(account, one) for one in mine],
        others=_others_table(others) if others else None,
    )


def _asked(account: Account, waiting: Waiting) -> Asked:
    order = waiting.order
    step, of = waiting.place
    public = public_id("order", order.id)
    return Asked(
        id=public,
        name=order_name(order),
        href=order_href(order),
        facts=[
            Fact(_("Amount"), Money(order.amount, order.currency)),
            Fact(_("Ordered by"), order.member.name if order.member else None),
            Fact(_("Cost centre"), order.cost_centre or None),
            Fact(_("Purchase order"), order.po_number or None),
            Fact(_("Placed"), order.created_at),
            Fact(_("Step"), _("%(step)s of %(of)s") % {"step": step, "of": of}),
        ],
        lines=line_table(order.lines, currency=order.currency) if order.lines else None,
        offers=offers(
            account, waiting, APPROVAL_ACTS, base=order_href(order), suffix=f"-{order.id.hex[-8:]}"
        ),
    )


def _others_table(rows: list[Waiting]) -> Table:
    return Table(
        caption=_("Waiting for others"),
        columns=[
            Column(label=_("Order")),
            Column(label=_("Ordered by")),
            Column(label=_("Waits for")),
            Column(label=_("Placed")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(order_name(one.order), order_href(one.order)),
                    one.order.member.name if one.order.member else None,
                    ", ".join(each.name for each in one.stage.deciders) if one.stage else None,
                    one.order.created_at,
                    Money(one.order.amount, one.order.currency),
                ]
            )
            for one in rows
        ],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@portal
def approval_act(request: HttpRequest, account: Account, public: str, name: str) -> HttpResponse:
    """Approve or decline an order."""
    order = orders_seen(account).filter(id=id_in(public, kind="order")).first()
    if order is None:
        raise Http404("There is no such order.")
    return perform(
        request,
        account,
        Waiting(order, buyer_queries.chain_of(order)),
        APPROVAL_ACTS,
        name=name,
        current="approvals",
        crumbs=[Link(_("Approvals"), reverse("account_approvals"))],
        page=page,
    )
