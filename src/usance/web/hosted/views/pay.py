"""The pay page: what is owed, and how it is paid now, by card or transfer, or in instalments."""

from __future__ import annotations

from base64 import b64encode
from typing import Final
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance.flows import promises
from usance.flows.cards import pages
from usance.flows.pay_transfers import Transfer, transfer_for
from usance.flows.refusals import Refused
from usance.gateways.errors import CounterpartError
from usance.records.cards import page_queries
from usance.records.cards import queries as cards
from usance.records.collections import queries as collections
from usance.records.events.secrets import SecretUnreadable
from usance.records.identity import public_id
from usance.rules.money import Money
from usance.rules.promises import InvalidPromise, usual_parts
from usance.web.design.parts import Choice, Column, Fact, Noted, Row, State, Table
from usance.web.design.security_headers import policy
from usance.web.hosted.calm import at_most
from usance.web.hosted.instalment_form import InstalmentForm
from usance.web.hosted.pay_visit import PayVisit, language, pay_page, visited
from usance.web.words.amounts import money_text
from usance.web.words.refusals import refusal_text
from usance.web.words.terms import late_text

_CARD_PAGES: Final = "https://checkout.stripe.com"
"""Where a form may end that pays by card: browsers hold redirects to it too."""


@require_safe
@visited
def pay(request: HttpRequest, visit: PayVisit) -> HttpResponse:
    """What is owed and how to pay it."""
    if visit.order is not None:
        return _secure(request, visit)
    transfer = transfer_for(visit.chosen) if visit.chosen else None
    rules = collections.promise_rules(seller_id=visit.seller.id)
    response = pay_page(
        request,
        visit,
        "pay",
        heading=_("Pay %(seller)s") % {"seller": visit.seller.name},
        table=_table(visit) if visit.open else None,
        total=Money(visit.total, visit.chosen[0][0].currency) if visit.chosen else None,
        total_text=money_text(visit.total, visit.chosen[0][0].currency) if visit.chosen else "",
        transfer=transfer,
        transfer_facts=_transfer_facts(transfer) if transfer else (),
        code=_data(transfer.code) if transfer and transfer.code else "",
        chosen=[public_id("invoice", invoice.id) for invoice, _ in visit.chosen],
        several=len(visit.open) > 1,
        other_currencies=[it for it in visit.currencies if visit.open[0].currency != it]
        if visit.open
        else [],
        instalments=rules.is_open,
        promised=_promised(visit),
    )
    response["Content-Security-Policy"] = policy(form_action=f"'self' {_CARD_PAGES}")
    return response


def _secure(request: HttpRequest, visit: PayVisit) -> HttpResponse:
    """An order that a card has to secure."""
    order = visit.order
    assert order is not None
    known = cards.secured(seller_id=visit.seller.id, order_id=order.id)
    short = known.short if known else order.held
    number = order.external_id or order.po_number or f"…{order.id.hex[-8:]}"
    response = pay_page(
        request,
        visit,
        "pay_order",
        heading=_("Order %(number)s") % {"number": number},
        facts=[
            Fact(_("Order"), number),
            Fact(_("Amount"), Money(order.amount, order.currency)),
            Fact(_("Not covered by your card"), Money(short, order.currency)),
        ],
        short=money_text(short, order.currency) if short else "",
    )
    response["Content-Security-Policy"] = policy(form_action=f"'self' {_CARD_PAGES}")
    return response


def _table(visit: PayVisit) -> Table:
    ticked = {invoice.id for invoice, _ in visit.chosen}
    several = len(visit.open) > 1
    return Table(
        caption=_("Open invoices"),
        columns=[
            Column(label=_("Invoice")),
            Column(label=_("Due")),
            Column(label=_("Total"), numeric=True),
            Column(label=_("To pay"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    invoice.number,
                    Noted(invoice.due_on, late_text((visit.on - invoice.due_on).days))
                    if invoice.due_on < visit.on
                    else invoice.due_on,
                    Money(invoice.amount, invoice.currency),
                    Money(invoice.outstanding, invoice.currency),
                ],
                choice=Choice(
                    name="invoice",
                    value=public_id("invoice", invoice.id),
                    label=invoice.number,
                    checked=invoice.id in ticked,
                )
                if several
                else None,
            )
            for invoice in visit.open
        ],
    )


def _transfer_facts(transfer: Transfer) -> list[Fact]:
    found = [
        Fact(_("To"), transfer.holder),
        Fact(_("Account"), transfer.account),
        Fact(_("BIC"), transfer.bic) if transfer.bic else None,
        Fact(_("Amount"), Money(transfer.amount, transfer.currency)),
        Fact(_("Reference"), transfer.reference),
    ]
    return [fact for fact in found if fact is not None]


def _data(image: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(image.encode()).decode()}"


def _promised(visit: PayVisit) -> list[dict[str, object]]:
    """Promises about what this link shows, with their instalments."""
    shown = {str(invoice.id) for invoice in visit.every}
    found = collections.promises(seller_id=visit.seller.id, buyer_id=visit.link.buyer_id)
    live = found.filter(state__in=("proposed", "accepted", "broken")).order_by("-id")[:50]
    standing = [one for one in live if shown & {it["invoice"] for it in one.invoices}][:5]
    parts = collections.parts_of(
        seller_id=visit.seller.id, promise_ids=[promise.id for promise in standing]
    )
    return [
        {
            "state": State("promise", promise.state),
            "facts": [
                Fact(
                    _("Instalment %(number)s") % {"number": part.position},
                    Noted(Money(part.amount, promise.currency), part.due_on),
                )
                for part in parts.get(promise.id, [])
            ],
        }
        for promise in standing
    ]


@require_POST
@at_most(30)
@visited
def pay_by_card(request: HttpRequest, visit: PayVisit) -> HttpResponse:
    """Open the provider's page and go there."""
    order = visit.order
    about = pages.About(pays=[(invoice.id, amount) for invoice, amount in visit.chosen])
    if order is not None:
        known = cards.secured(seller_id=visit.seller.id, order_id=order.id)
        if known is not None and not known.short:
            return HttpResponseRedirect(visit.href())  # covered meanwhile
        about = pages.About(order_id=order.id, amount=known.short if known else order.held)
    back = request.build_absolute_uri(visit.href("pay_back"))
    try:
        page = pages.want_page(
            visit.seller,
            buyer_id=visit.link.buyer_id,
            kind="authorize" if order is not None else "pay",
            about=about,
            return_url=back,
            language=language(),
            at=visit.at,
            by="buyer",
            is_visited=True,
        )
        opened, _secret = pages.open_page(visit.seller, page_id=page.id, at=visit.at)
    except Refused as error:
        messages.error(request, refusal_text(error))
        return HttpResponseRedirect(visit.with_choice())
    except (CounterpartError, SecretUnreadable):
        messages.error(
            request, _("Cards cannot be taken at the moment. Try again later, or pay by transfer.")
        )
        return HttpResponseRedirect(visit.with_choice())
    if urlsplit(opened.url).scheme not in ("http", "https"):
        raise Http404("The provider gave no page.")
    response = HttpResponseRedirect(opened.url)
    response["Content-Security-Policy"] = policy(form_action=f"'self' {_CARD_PAGES}")
    return response


@require_safe
@visited
def pay_back(request: HttpRequest, visit: PayVisit) -> HttpResponse:
    """Back from the provider: it is asked what became of the latest page that this link led to."""
    latest = page_queries.latest_page(
        seller_id=visit.seller.id,
        buyer_id=visit.link.buyer_id,
        return_path=visit.href("pay_back"),
    )
    state = "open"
    if latest is not None:
        try:
            seen = pages.look_at_page(
                seller_id=visit.seller.id, page_id=latest.id, at=visit.at, is_asked_by_anybody=True
            )
            state = seen.state if seen else "open"
        except (CounterpartError, SecretUnreadable):
            state = "open"  # its notice comes, or a job asks
    headings = {
        "completed": _("Thank you"),
        "open": _("Your payment is on its way"),
        "expired": _("Nothing was paid"),
    }
    return pay_page(
        request,
        visit,
        "pay_back",
        heading=headings[state],
        outcome=state,
        amount=money_text(latest.amount, latest.currency) if latest and latest.currency else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@at_most(20)
@visited
def instalments(request: HttpRequest, visit: PayVisit) -> HttpResponse:
    """Propose to pay what was chosen in instalments."""
    rules = collections.promise_rules(seller_id=visit.seller.id)
    if not rules.is_open or not visit.chosen or visit.order is not None:
        raise Http404("No instalments are taken.")
    currency = visit.chosen[0][0].currency
    proposed = usual_parts(
        amount=visit.total,
        count=rules.most_parts,
        on=visit.on,
        within=rules.most_days,
        first_percent=rules.first_percent,
    )
    sent = request.method == "POST"
    form = InstalmentForm(
        request.POST if sent else None,
        parts=proposed,
        count=rules.most_parts,
        currency=currency,
    )
    if sent and form.is_valid():
        try:
            made = promises.propose(
                visit.seller,
                buyer_id=visit.link.buyer_id,
                invoice_ids=[invoice.id for invoice, _ in visit.chosen],
                parts=form.parts(),
                words=form.cleaned_data["words"],
                at=visit.at,
                by="buyer",
            )
        except (Refused, InvalidPromise) as error:
            form.add_error(None, refusal_text(error))
        else:
            messages.success(
                request,
                _("Thank you; it is agreed.")
                if made.state == "accepted"
                else _("Thank you; the seller will answer you."),
            )
            return HttpResponseRedirect(visit.href())
    return pay_page(
        request,
        visit,
        "pay_instalments",
        heading=_("Pay in instalments"),
        status=422 if sent else 200,
        form=form,
        back=visit.with_choice(),
        rules=rules,
        first=money_text(-(-visit.total * rules.first_percent // 100), currency),
        total_text=money_text(visit.total, currency),
        chosen=[public_id("invoice", invoice.id) for invoice, _ in visit.chosen],
        numbers=", ".join(invoice.number for invoice, _ in visit.chosen),
        currency=currency,
    )
