"""The overview: how things stand, and what waits for a person."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from usance.records.credit import queries as credit
from usance.records.invoices import queries as invoices
from usance.records.invoices.queries import Aging, ExposureTotal
from usance.records.orders import queries as orders
from usance.records.parties import queries as parties
from usance.records.payments import queries as payments
from usance.records.payments.queries import Waiting
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.desk import Desk, office
from usance.web.backoffice.shell import page
from usance.web.backoffice.tables import (
    aging_summary,
    buyer_table,
    invoice_table,
    order_table,
)
from usance.web.backoffice.timeline import latest
from usance.web.design.display import language
from usance.web.design.locale import percent
from usance.web.design.parts import Column, Figure, Link, Row, Table
from usance.web.words.amounts import money_text


@require_safe
@office
def overview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The first page of the back office."""
    seller_id = desk.seller.id
    exposure = invoices.exposure(seller_id=seller_id)
    aging = invoices.aging(seller_id=seller_id, on=desk.on)
    waiting = payments.waiting(seller_id=seller_id)
    review = orders.count_pending(seller_id=seller_id)
    return page(
        request,
        desk,
        "overview",
        current="overview",
        heading=_("Overview"),
        figures=_figures(desk, exposure, aging, waiting, review),
        todo=_todo(exposure, aging, waiting, review),
        aging=aging_summary(aging) if aging else None,
        history=latest(desk, limit=12),
    )


def _figures(
    desk: Desk,
    exposure: list[ExposureTotal],
    aging: list[Aging],
    waiting: list[Waiting],
    review: int,
) -> list[Figure]:
    """In the seller's own currency; the tables below have the others."""
    currency = desk.seller.currency
    used = next((row for row in exposure if row.currency == currency), None)
    owed = next((row for row in aging if row.currency == currency), None)
    cash = next((row for row in waiting if row.currency == currency), None)
    overdue = owed.overdue if owed else 0
    return [
        Figure(
            label=_("Exposure"),
            value=Money(used.exposure if used else 0, currency),
            note=_("of limits of %(limit)s")
            % {"limit": money_text(used.limit if used else 0, currency)},
            href=reverse("office_reports"),
        ),
        Figure(
            label=_("Overdue"),
            value=Money(overdue, currency),
            note=_("%(share)s of what is outstanding")
            % {"share": _share(overdue, owed.total if owed else 0)},
            tone="negative" if overdue else "neutral",
            icon="alert" if overdue else "",
            href=f"{reverse('office_invoices')}?state=overdue",
        ),
        Figure(
            label=_("Unapplied cash"),
            value=Money(cash.amount if cash else 0, currency),
            note=_payments_text(cash.payments) if cash else _("everything is applied"),
            tone="caution" if cash else "neutral",
            icon="question" if cash else "",
            href=f"{reverse('office_payments')}?state=waiting",
        ),
        Figure(
            label=_("Orders awaiting review"),
            value=review,
            note=_("decided by a person") if review else _("nothing waits"),
            tone="caution" if review else "neutral",
            icon="review" if review else "",
            href=f"{reverse('office_orders')}?state=pending_review",
        ),
    ]


def _share(part: int, whole: int) -> str:
    return percent(Decimal(part) / whole if whole else Decimal(0), language=language())


def _payments_text(count: int) -> str:
    return ngettext("%(count)s payment to apply", "%(count)s payments to apply", count) % {
        "count": count
    }


def _todo(
    exposure: list[ExposureTotal], aging: list[Aging], waiting: list[Waiting], review: int
) -> Table | None:
    """What a person must look at, the most pressing first; None if there is nothing."""
    unidentified = sum(row.unidentified for row in waiting)
    unapplied = sum(row.payments for row in waiting) - unidentified
    overdrawn = sum(row.overdrawn for row in exposure)
    held = sum(row.held for row in exposure)
    long_overdue = [(row.currency, row.total - row.not_due - row.days_1_30) for row in aging]
    invoices_href, payments_href = reverse("office_invoices"), reverse("office_payments")
    rows: list[tuple[str, str, object]] = []
    if review:
        href = f"{reverse('office_orders')}?state=pending_review"
        rows.append((_("Decide about orders in review"), href, review))
    rows += [
        (
            _("Ask for what is more than 30 days overdue"),
            f"{invoices_href}?state=overdue",
            Money(amount, currency),
        )
        for currency, amount in long_overdue
        if amount
    ]
    if unidentified:
        href = f"{payments_href}?state=unidentified"
        rows.append((_("Find out who paid"), href, unidentified))
    if unapplied:
        href = f"{payments_href}?state=waiting"
        rows.append((_("Put payments to the invoices they pay"), href, unapplied))
    if overdrawn:
        rows.append((_("Look at buyers over their limit"), reverse("office_reports"), overdrawn))
    if held:
        rows.append((_("Look at credit lines that are not active"), reverse("office_buyers"), held))
    if not rows:
        return None
    return Table(
        caption=_("What needs a person"),
        columns=[Column(label=_("Task")), Column(label=_("How much"), numeric=True)],
        rows=[Row(cells=[Link(text, href), much]) for text, href, much in rows],
    )


_FOUND = 8


@require_safe
@office
def search(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Everything that a few words name; one invoice by its number is opened at once."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    if not text:
        return HttpResponseRedirect(reverse("office_overview"))
    seller_id = desk.seller.id
    found = list(
        invoices.find_invoices(seller_id=seller_id, on=desk.on, text=text).order_by("-id")[:_FOUND]
    )
    if len(found) == 1 and found[0].number.lower() == text.lower():
        return HttpResponseRedirect(links.address("invoice", found[0].id))
    buyers = list(
        parties.find_buyers(seller_id=seller_id, text=text).order_by("name", "id")[:_FOUND]
    )
    lines = credit.lines_of(seller_id=seller_id, buyer_ids=[buyer.id for buyer in buyers])
    placed = list(orders.find_orders(seller_id=seller_id, text=text).order_by("-id")[:_FOUND])
    return page(
        request,
        desk,
        "search",
        current="",
        heading=_("Found for “%(text)s”") % {"text": text},
        buyers=buyer_table(buyers, lines) if buyers else None,
        invoices=invoice_table(found, desk) if found else None,
        orders=order_table(placed) if placed else None,
    )
