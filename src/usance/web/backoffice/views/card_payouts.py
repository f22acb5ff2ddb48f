"""What the payment provider pays out: the list, and one payout with all that is in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows.cards.payout_reckoning import Part, Reckoning, fees_of, is_late, reckon
from usance.records.cards import payout_queries, queries
from usance.records.cards.models import CardAuthorization, CardPayout
from usance.records.cards.payout_models import PAYOUT_STATES
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.card_links import authorization_link, payout_address, payout_link
from usance.web.backoffice.card_payout_acts import PAYOUT_ACTS
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import (
    Column,
    Fact,
    Figure,
    Identifier,
    Link,
    Noted,
    Page,
    Row,
    State,
    Table,
)
from usance.web.design.states import look
from usance.web.listing import cut
from usance.web.words.amounts import money_text
from usance.web.words.cards import finding_text, part_text, parts_text

PARTS_SHOWN: Final = 100
"""Parts of a payout on a page."""


@require_safe
@office
def payouts_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the provider pays out, the latest first."""
    query = ListQuery.of(request, standings=PAYOUT_STATES)
    found = payout_queries.payouts(seller_id=desk.seller.id, state=query.standing or None)
    part = cut(found, request=request, order=("-arrives_on", "-id"))
    return page(
        request,
        desk,
        "list",
        current="cards",
        heading=_("Card payouts"),
        crumbs=[Link(_("Cards"), reverse("office_cards"))],
        query=query,
        tabs=query.tabs(
            PAYOUT_STATES,
            lambda it: str(look(it, kind="card_payout").label),
            pgettext("card payouts", "All"),
        ),
        table=_table(part.rows, desk) if part.rows else None,
        pagination=part.page,
        empty_icon="bank",
        empty_title=_("No payouts yet"),
        empty_text=_("The provider tells of each payout; the line of your bank then books it."),
        empty_link=Link(_("Connections"), reverse("office_connections")),
    )


def _table(rows: Sequence[CardPayout], desk: Desk) -> Table:
    return Table(
        caption=_("Card payouts"),
        columns=[
            Column(label=_("Payout")),
            Column(label=_("State")),
            Column(label=_("Expected")),
            Column(label=_("Fees"), numeric=True),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    payout_link(row),
                    State("card_payout", row.state),
                    Noted(row.arrives_on, _("The bank has not booked it"))
                    if is_late(row, on=desk.on)
                    else row.arrives_on,
                    Money(fees_of(row), row.currency),
                    Money(row.amount, row.currency),
                ]
            )
            for row in rows
        ],
    )


@require_safe
@office
def payout_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One payout: its parts, the bank lines that are it, and what does not add up."""
    row = _payout(desk, public)
    told = reckon(row, on=desk.on)
    number = _number_in(request, last=max(len(told.parts) - 1, 0) // PARTS_SHOWN + 1)
    shown = told.parts[(number - 1) * PARTS_SHOWN :][:PARTS_SHOWN]
    return page(
        request,
        desk,
        "card_payout",
        current="cards",
        heading=_("Payout of %(amount)s") % {"amount": money_text(row.amount, row.currency)},
        crumbs=[
            Link(_("Cards"), reverse("office_cards")),
            Link(_("Card payouts"), reverse("office_card_payouts")),
        ],
        page_state=State("card_payout", row.state),
        page_facts=[Identifier(public), row.reference],
        offers=offers(desk, row, PAYOUT_ACTS, base=payout_address(row.id)),
        findings=[
            finding_text(one.code, money_text(one.amount, row.currency)) for one in told.findings
        ],
        figures=_figures(row, told),
        totals=_totals(row, told) if told.totals else None,
        lines=_lines(told) if told.lines else None,
        parts=_parts(row, shown) if shown else None,
        pagination=_pages(number, told, shown=len(shown)),
        facts=_facts(row),
        history=history_of(desk, [row.id]),
    )


def _figures(row: CardPayout, told: Reckoning) -> list[Figure]:
    return [
        Figure(label=_("Paid out"), value=Money(row.amount, row.currency)),
        Figure(label=_("Kept as fees"), value=Money(told.fees, row.currency)),
        Figure(label=_("Booked by the bank"), value=Money(row.booked, row.currency)),
    ]


def _facts(row: CardPayout) -> list[Fact]:
    return [
        Fact(_("At the provider"), row.reference),
        Fact(_("Expected on"), row.arrives_on),
        Fact(_("Told of"), row.created_at),
        Fact(_("Failed"), row.failed_at),
        Fact(_("Known to the bank as"), ", ".join((*row.names, *row.marks)) or None),
    ]


def _totals(row: CardPayout, told: Reckoning) -> Table:
    """The parts by what they are, and what they come to."""

    def money(amount: int) -> Money:
        return Money(amount, row.currency)

    amount, fee = sum(it.amount for it in told.totals), sum(it.fee for it in told.totals)
    return Table(
        caption=_("What it is made of"),
        columns=[
            Column(label=_("What")),
            Column(label=_("Number"), numeric=True),
            Column(label=_("Amount"), numeric=True),
            Column(label=_("Fee kept"), numeric=True),
            Column(label=_("Paid out"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    parts_text(it.kind),
                    it.count,
                    money(it.amount),
                    money(it.fee) if it.fee else None,
                    money(it.amount - it.fee),
                ]
            )
            for it in told.totals
        ],
        footer=[_("Together"), len(told.parts), money(amount), money(fee), money(amount - fee)],
    )


def _lines(told: Reckoning) -> Table:
    """The bank lines that are the payout."""
    return Table(
        caption=_("At the bank"),
        columns=[
            Column(label=_("Booked")),
            Column(label=_("Text")),
            Column(label=_("Bank file")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    line.booked_on,
                    (line.text or line.info)[:120] or None,
                    Link(
                        line.statement.file_name or f"…{line.statement_id.hex[-8:]}",
                        links.address("bank_statement", line.statement_id),
                    ),
                    Money(claim.amount, claim.currency),
                ]
            )
            for claim in told.lines
            for line in [claim.bank_transaction]
        ],
    )


def _parts(row: CardPayout, shown: Sequence[Part]) -> Table:
    ids = [part.authorization.id for part in shown if part.authorization is not None]
    known = (
        queries.authorizations(seller_id=row.seller_id)
        .select_related("buyer", "card", "order", "invoice")
        .in_bulk(ids)
    )

    def ours(part: Part) -> CardAuthorization | None:
        return known.get(part.authorization.id) if part.authorization is not None else None

    return Table(
        caption=_("Every movement"),
        columns=[
            Column(label=_("What")),
            Column(label=_("Card")),
            Column(label=_("Buyer")),
            Column(label=_("For")),
            Column(label=_("Fee kept"), numeric=True),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Noted(part_text(part.kind), part.dispute or part.payout or part.reference),
                    authorization_link(mine) if mine else part.authorization_reference or None,
                    links.buyer_link(mine.buyer) if mine else None,
                    _about(mine),
                    Money(part.fee, row.currency) if part.fee else None,
                    _amount(part, row.currency),
                ]
            )
            for part in shown
            for mine in [ours(part)]
        ],
    )


def _about(row: CardAuthorization | None) -> object:
    if row is not None and row.order is not None:
        return links.order_link(row.order)
    return links.invoice_link(row.invoice) if row is not None and row.invoice else None


def _amount(part: Part, currency: str) -> object:
    amount = Money(part.amount, currency)
    if part.own_amount is None:
        return amount
    return Noted(amount, money_text(part.own_amount, part.own_currency))


def _number_in(request: HttpRequest, *, last: int) -> int:
    """Which page of the parts is asked for, from 1 to ``last``."""
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 0
    if not 1 <= number <= last:
        raise Http404("There is no such page of this list.")
    return number


def _pages(number: int, told: Reckoning, *, shown: int) -> Page:
    more = number * PARTS_SHOWN < len(told.parts)
    return Page(
        shown=shown,
        previous=f"?page={number - 1}" if number > 1 else "",
        next=f"?page={number + 1}" if more else "",
        total=len(told.parts),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def payout_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Say which bank line it is."""
    row = _payout(desk, public)
    crumbs = [Link(_("Card payouts"), reverse("office_card_payouts")), payout_link(row)]
    return perform(request, desk, row, PAYOUT_ACTS, name=name, current="cards", crumbs=crumbs)


def _payout(desk: Desk, public: str) -> CardPayout:
    id_ = id_in(public, kind="card_payout")
    found = payout_queries.payout_with_id(seller_id=desk.seller.id, payout_id=id_)
    if found is None:
        raise Http404("There is no such payout.")
    return found
