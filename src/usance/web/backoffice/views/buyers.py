"""Buyers: the list, and one buyer with its credit, what it owes and who acts for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from usance.records.credit import queries as credit
from usance.records.credit.models import CreditLine
from usance.records.identity import public_id
from usance.records.invoices import queries as invoices
from usance.records.orders import queries as orders
from usance.records.parties import queries as parties
from usance.records.parties.models import Buyer
from usance.records.payments import queries as payments
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import Offer, offers, perform
from usance.web.backoffice.credit_acts import BUYER_ACTS, LINE_ACTS
from usance.web.backoffice.desk import Desk, office
from usance.web.backoffice.found import buyer_at
from usance.web.backoffice.payer_rows import payer_rows
from usance.web.backoffice.shell import page
from usance.web.backoffice.tables import (
    buyer_table,
    invoice_table,
    order_table,
    payment_table,
)
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.checks import checks_of
from usance.web.backoffice.views.filters import ListQuery
from usance.web.backoffice.views.organisation import organisation_of
from usance.web.design.credit_bar import CreditBuckets
from usance.web.design.parts import Fact, Identifier, Link, State
from usance.web.listing import cut
from usance.web.words.amounts import country_text, language_text, money_text
from usance.web.words.terms import terms_text

_SHOWN: Final = 10
"""Latest orders and payments on the page of a buyer."""


@dataclass(frozen=True, slots=True)
class LinePanel:
    """A credit line as its panel shows it."""

    line: CreditLine
    buckets: CreditBuckets
    state: State
    terms: str
    offers: list[Offer]
    href: str


@require_safe
@office
def buyers_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The buyers, the newest first."""
    query = ListQuery.of(request, standings=())
    found = parties.find_buyers(seller_id=desk.seller.id, text=query.text)
    part = cut(found, request=request, order=("-id",))
    lines = credit.with_group_room(
        credit.lines_of(seller_id=desk.seller.id, buyer_ids=[row.id for row in part.rows]),
        on=desk.on,
    )
    return page(
        request,
        desk,
        "list",
        current="buyers",
        heading=_("Buyers"),
        query=query,
        search_label=_("Search buyers"),
        search_hint=_("Name, your number or tax number"),
        table=buyer_table(part.rows, lines) if part.rows else None,
        pagination=part.page,
        empty_icon="company",
        empty_title=_("No buyers"),
        empty_text=_(
            "Buyers come from your shop or ERP over the API, or from an import of a file."
        ),
    )


@require_safe
@office
def buyer_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One buyer."""
    buyer = buyer_at(desk, public)
    seller_id = desk.seller.id
    lines = credit.lines_of(seller_id=seller_id, buyer_ids=[buyer.id])
    owed = invoices.find_invoices(
        seller_id=seller_id, on=desk.on, standing="open", buyer_id=buyer.id
    )
    open_invoices = list(owed.order_by(invoices.FALLS_DUE, "id")[:50])
    latest_orders = list(
        orders.find_orders(seller_id=seller_id, buyer_id=buyer.id).order_by("-id")[:_SHOWN]
    )
    latest_payments = list(
        payments.find_payments(seller_id=seller_id, buyer_id=buyer.id).order_by("-id")[:_SHOWN]
    )
    told = [
        buyer.id,
        *(line.id for line in lines),
        *(row.id for row in (*open_invoices, *latest_orders, *latest_payments)),
    ]
    base = links.address("buyer", buyer.id)
    return page(
        request,
        desk,
        "buyer",
        current="buyers",
        heading=buyer.name,
        crumbs=[Link(_("Buyers"), reverse("office_buyers"))],
        page_state=State("line", lines[0].state) if len(lines) == 1 else None,
        page_facts=[
            Identifier(public),
            *(text for text in (buyer.external_id, buyer.tax_id) if text),
        ],
        buyer=buyer,
        panels=[_panel(desk, buyer, line) for line in lines],
        offers=offers(desk, buyer, BUYER_ACTS, base=base),
        record_payment=f"{reverse('office_payment_new')}?buyer={public}"
        if desk.may("money")
        else "",
        overdue=_overdue(desk, buyer),
        invoices=invoice_table(open_invoices, desk, with_buyer=False) if open_invoices else None,
        orders=order_table(latest_orders, with_buyer=False) if latest_orders else None,
        payments=payment_table(latest_payments, with_buyer=False) if latest_payments else None,
        payers=payer_rows(desk, buyer),
        checks=checks_of(desk, buyer),
        organisation=organisation_of(desk, buyer),
        facts=_facts(buyer),
        history=history_of(desk, told, linked=True),
    )


def _overdue(desk: Desk, buyer: Buyer) -> list[str]:
    """What is overdue, by currency, in words."""
    late: dict[str, int] = {}
    for item in invoices.open_items(seller_id=desk.seller.id, on=desk.on, buyer_id=buyer.id):
        if item.days_overdue:
            late[item.currency] = late.get(item.currency, 0) + item.outstanding
    return [money_text(amount, currency) for currency, amount in sorted(late.items())]


@require_safe
@office
def credit_panel(request: HttpRequest, desk: Desk, public: str, currency: str) -> HttpResponse:
    """The credit bar of one line alone, for a page that refreshes it."""
    buyer = buyer_at(desk, public)
    line = _line(desk, buyer, currency)
    return render(request, "backoffice/credit.html", {"panel": _panel(desk, buyer, line)})


@require_http_methods(["GET", "HEAD", "POST"])
@office
def credit_act(
    request: HttpRequest, desk: Desk, public: str, currency: str, name: str
) -> HttpResponse:
    """Do something to a credit line."""
    buyer = buyer_at(desk, public)
    line = _line(desk, buyer, currency)
    return perform(
        request,
        desk,
        line,
        LINE_ACTS,
        name=name,
        current="buyers",
        crumbs=links.buyer_crumbs(buyer),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def buyer_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Do something to a buyer."""
    buyer = buyer_at(desk, public)
    return perform(
        request,
        desk,
        buyer,
        BUYER_ACTS,
        name=name,
        current="buyers",
        crumbs=links.buyer_crumbs(buyer),
    )


def _line(desk: Desk, buyer: Buyer, currency: str) -> CreditLine:
    found = credit.lines_of(seller_id=desk.seller.id, buyer_ids=[buyer.id])
    for line in credit.with_group_room(found, on=desk.on):
        if line.currency == currency:
            return line
    raise Http404("There is no such credit line.")


def _panel(desk: Desk, buyer: Buyer, line: CreditLine) -> LinePanel:
    public = public_id("buyer", buyer.id)
    base = reverse("office_credit", args=[public, line.currency])
    return LinePanel(
        line=line,
        buckets=buckets_of(line),
        state=State("line", line.state),
        terms=", ".join(terms_text(code) for code in line.terms),
        offers=offers(desk, line, LINE_ACTS, base=base, suffix=f"-{line.currency}"),
        href=base,
    )


def buckets_of(line: CreditLine) -> CreditBuckets:
    """The parts of a line's exposure."""

    def money(amount: int) -> Money:
        return Money(amount, line.currency)

    return CreditBuckets(
        limit=money(line.limit),
        # What cards bear of the exposure takes nothing from the limit.
        tolerance=money(line.tolerance + line.secured_now),
        commitments=money(line.commitments),
        receivable=money(line.receivable),
        external=money(line.external),
        unapplied_cash=money(line.unapplied_cash),
    )


def _facts(buyer: Buyer) -> list[Fact]:
    return [
        Fact(_("Customer number"), buyer.external_id),
        Fact(_("Country"), country_text(buyer.country)),
        Fact(_("Tax number"), buyer.tax_id or None),
        Fact(_("Registration number"), buyer.registration_number or None),
        Fact(_("E-mail address"), buyer.email or None),
        Fact(_("Language"), language_text(buyer.language)),
        Fact(_("Buyer since"), buyer.created_at),
    ]
