"""Somebody at the pay page: the link that it came by, what is owed, and what it chose to pay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from config.clock import CLOCK
from usance.flows.cards.providers import takes_cards
from usance.flows.journal import business_day
from usance.flows.pay_links import LinkOver, link_at
from usance.flows.refusals import NotFound
from usance.records.collections.models import PayLink
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice
from usance.records.orders.models import Order
from usance.records.parties.models import Buyer, Seller
from usance.web.design.parts import Shell

P = ParamSpec("P")
MOST_INVOICES = 200
"""Open invoices that one page shows, those due first."""


@dataclass(frozen=True)
class PayVisit:
    """Somebody who followed ``link``."""

    seller: Seller
    link: PayLink
    token: str
    at: datetime
    currency: str = ""
    named: tuple[str, ...] = ()

    @property
    def on(self) -> date:
        """The day where the seller is."""
        return business_day(self.seller, at=self.at)

    @cached_property
    def buyer(self) -> Buyer:
        """Who owes."""
        return Buyer.objects.get(seller_id=self.seller.id, id=self.link.buyer_id)

    @cached_property
    def order(self) -> Order | None:
        """The order that a card has to secure, where the link is for one."""
        found: Order | None = self.link.order
        return found

    @cached_property
    def every(self) -> list[Invoice]:
        """What is open and this link is for, in all currencies, those due first."""
        found = Invoice.objects.filter(
            seller_id=self.seller.id, buyer_id=self.link.buyer_id, state="open", outstanding__gt=0
        )
        if self.link.invoice_id is not None:
            found = found.filter(id=self.link.invoice_id)
        return list(found.order_by("due_on", "id")[:MOST_INVOICES])

    @cached_property
    def currencies(self) -> list[str]:
        """The currencies in which something is open, that of what is due first before the others."""
        return list(dict.fromkeys(invoice.currency for invoice in self.every))

    @cached_property
    def open(self) -> list[Invoice]:
        """What is open in the currency that was chosen."""
        if not self.currencies:
            return []
        wanted = self.currency if self.currency in self.currencies else self.currencies[0]
        return [invoice for invoice in self.every if invoice.currency == wanted]

    @cached_property
    def chosen(self) -> list[tuple[Invoice, int]]:
        """What is to be paid now: all that is open, or what was ticked of it."""
        ticked = [it for it in self.open if public_id("invoice", it.id) in self.named]
        return [(it, it.outstanding) for it in (ticked if self.named else self.open)]

    @property
    def total(self) -> int:
        """The sum of what was chosen, in minor units."""
        return sum(amount for _, amount in self.chosen)

    @cached_property
    def by_card(self) -> bool:
        """Whether the seller takes cards."""
        return takes_cards(self.seller)

    def href(self, name: str = "pay") -> str:
        """The address of a page of this link."""
        return reverse(name, args=[self.token])

    @property
    def instalments_href(self) -> str:
        """Where instalments for what was chosen are proposed."""
        return self.with_choice("pay_instalments")

    def with_choice(self, name: str = "pay", **more: str) -> str:
        """The same with what was chosen."""
        asked = [("invoice", public_id("invoice", it.id)) for it, _ in self.chosen]
        asked += [("currency", self.chosen[0][0].currency)] if self.chosen else []
        return f"{self.href(name)}?{urlencode([*asked, *more.items()])}"


def visited(
    view: Callable[Concatenate[HttpRequest, PayVisit, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view behind a signed link. What nobody signed does not exist; what is over says so."""

    @wraps(view)
    def respond(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        token = str(kwargs.pop("token"))
        at = CLOCK.now()
        try:
            link = link_at(token, at=at)
        except NotFound:
            raise Http404("There is no such link.") from None
        except LinkOver:
            return _over(request)
        seller = Seller.objects.get(id=link.seller_id)
        given = request.POST if request.method == "POST" else request.GET
        visit = PayVisit(
            seller,
            link,
            token,
            at,
            currency=str(given.get("currency", ""))[:3],
            named=tuple(given.getlist("invoice")[:MOST_INVOICES]),
        )
        with timezone.override(ZoneInfo(seller.time_zone)):
            return _quiet(view(request, visit, *args, **kwargs))

    return respond


def _over(request: HttpRequest) -> HttpResponse:
    context = {"shell": Shell(home=request.path), "heading": _("This link is over")}
    return _quiet(render(request, "hosted/pay_over.html", context, status=410))


def _quiet(response: HttpResponse) -> HttpResponse:
    """Nobody keeps the page, finds it, or learns its address from a link that leads away."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def pay_page(
    request: HttpRequest,
    visit: PayVisit,
    template: str,
    *,
    heading: str,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A page with the seller's name on it."""
    shell = Shell(brand=visit.seller.name, home=visit.href())
    full = {"shell": shell, "heading": heading, "visit": visit, **context}
    return render(request, f"hosted/{template}.html", full, status=status)


def language() -> str:
    """The language of the page."""
    return (translation.get_language() or "en").partition("-")[0]
