"""What cards hold and have given: the list, and one authorization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.records.cards import queries
from usance.records.cards.models import CardAuthorization
from usance.records.identity import public_id
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.card_acts import CARD_ACTS
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import Column, Fact, Identifier, Link, Row, State, Table
from usance.web.design.states import look
from usance.web.listing import cut
from usance.web.words.cards import card_text, decline_text, purpose_text

STANDINGS: Final = ("authorized", "captured", "declined", "voided")


@require_safe
@office
def cards_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What cards hold and have given, the newest first."""
    query = ListQuery.of(request, standings=STANDINGS)
    found = queries.authorizations(
        seller_id=desk.seller.id, state=query.standing or None
    ).select_related("buyer", "card", "order", "invoice")
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "list",
        current="cards",
        heading=_("Cards"),
        query=query,
        tabs=query.tabs(
            STANDINGS,
            lambda it: str(look(it, kind="card_authorization").label),
            pgettext("cards", "All"),
        ),
        table=_table(part.rows) if part.rows else None,
        pagination=part.page,
        other=Link(_("Card payouts"), reverse("office_card_payouts")),
        empty_icon="payment",
        empty_title=_("No cards yet"),
        empty_text=_("Buyers type a card on the page of your payment provider; connect one first."),
        empty_link=Link(_("Connections"), reverse("office_connections")),
    )


def _table(rows: Sequence[CardAuthorization]) -> Table:
    return Table(
        caption=_("Cards"),
        columns=[
            Column(label=_("Card")),
            Column(label=_("State")),
            Column(label=_("Buyer")),
            Column(label=_("For")),
            Column(label=_("Held"), numeric=True),
            Column(label=_("Taken"), numeric=True),
            Column(label=_("Given back"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(card_text(row.card), _address(row)),
                    State("card_authorization", row.state),
                    links.buyer_link(row.buyer),
                    _about(row),
                    Money(row.capturable, row.currency),
                    Money(row.captured, row.currency),
                    Money(row.refunded, row.currency),
                ]
            )
            for row in rows
        ],
    )


def _about(row: CardAuthorization) -> object:
    if row.order is not None:
        name = row.order.external_id or f"…{row.order.id.hex[-8:]}"
        return Link(name, reverse("office_order", args=[public_id("order", row.order.id)]))
    if row.invoice is not None:
        return links.invoice_link(row.invoice)
    return row.order_reference or purpose_text(row.purpose)


def _address(row: CardAuthorization) -> str:
    return reverse("office_card", args=[public_id("card_authorization", row.id)])


@require_safe
@office
def card_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One authorization, what became of it, and what the provider was told."""
    row = _authorization(desk, public)
    money = {name: Money(getattr(row, name), row.currency) for name in _FIGURES}
    facts = [
        Fact(_("Buyer"), links.buyer_link(row.buyer)),
        Fact(_("For"), _about(row)),
        Fact(_("Asked for"), money["amount"]),
        Fact(_("Held"), money["capturable"]),
        Fact(_("Taken"), money["captured"]),
        Fact(_("Given back"), money["refunded"]),
        Fact(_("Holds until"), row.expires_at if row.state == "authorized" else None),
        Fact(_("Reason"), decline_text(row.decline_reason) if row.decline_reason else None),
        Fact(_("Tried again on"), row.again_on),
        Fact(_("At the provider"), row.reference or None),
    ]
    return page(
        request,
        desk,
        "card",
        current="cards",
        heading=card_text(row.card),
        crumbs=[Link(_("Cards"), reverse("office_cards"))],
        page_state=State("card_authorization", row.state),
        page_facts=[Identifier(public), links.buyer_link(row.buyer)],
        offers=offers(desk, row, CARD_ACTS, base=_address(row)),
        facts=facts,
        told=_told(row),
        history=history_of(desk, [row.id]),
    )


_FIGURES: Final = ("amount", "capturable", "captured", "refunded")


def _told(row: CardAuthorization) -> Table | None:
    """What the provider was told, and what it said."""
    rows = list(queries.instructions_of(seller_id=row.seller_id, authorization_id=row.id))
    if not rows:
        return None
    words = {
        "authorize": _("Hold"),
        "increase": _("Raise to"),
        "capture": _("Take"),
        "void": pgettext("what a provider is told", "Let go"),
        "refund": _("Give back"),
    }
    states = {"queued": _("Waits"), "done": _("Done"), "refused": _("Refused")}
    return Table(
        caption=_("What the provider was told"),
        columns=[
            Column(label=_("What")),
            Column(label=_("Amount"), numeric=True),
            Column(label=_("Outcome")),
            Column(label=_("Tries"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    words[one.kind],
                    Money(one.amount, row.currency) if one.amount else None,
                    ": ".join(filter(None, (states[one.state], one.reason))),
                    one.attempts,
                ]
            )
            for one in rows
        ],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def card_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Take, let go, or give back."""
    row = _authorization(desk, public)
    crumbs = [
        Link(_("Cards"), reverse("office_cards")),
        Link(card_text(row.card), _address(row)),
    ]
    return perform(request, desk, row, CARD_ACTS, name=name, current="cards", crumbs=crumbs)


def _authorization(desk: Desk, public: str) -> CardAuthorization:
    id_ = id_in(public, kind="card_authorization")
    found = (
        queries.authorizations(seller_id=desk.seller.id)
        .select_related("buyer", "card", "order", "invoice")
        .filter(id=id_)
        .first()
    )
    if found is None:
        raise Http404("There is no such authorization.")
    return found
