"""The first page of an account, and its statement: what is owed, by when, what credit is left."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from usance.flows.dunning.notices import notices_for
from usance.flows.statements import currencies_of
from usance.records.credit import queries as credit
from usance.records.credit.models import CreditLine
from usance.records.events import queries as events
from usance.records.invoices import queries as invoices
from usance.records.invoices.queries import OpenItem
from usance.records.parties.models import Member
from usance.rules.money import Money
from usance.web.asked_days import day_asked_in
from usance.web.design.credit_bar import CreditBuckets
from usance.web.design.parts import Fact, Figure, Link
from usance.web.documents import statement_download
from usance.web.organisation.tables import order_limit, period_limit
from usance.web.portal.account import Account, page, portal, portal_for
from usance.web.portal.standing import told_to_buyer
from usance.web.portal.tables import open_item_table, order_table
from usance.web.portal.views.orders import orders_seen
from usance.web.portal.waiting import waiting_for
from usance.web.words.amounts import day_text

_SHOWN = 5


@require_safe
@portal
def overview(request: HttpRequest, account: Account) -> HttpResponse:
    """What we owe, as far as it is the member's business, and what we may still order."""
    seller_id, buyer_id = account.seller.id, account.buyer.id
    pays = account.may("invoices")
    items = (
        invoices.open_items(seller_id=seller_id, on=account.on, buyer_id=buyer_id) if pays else []
    )
    lines = credit.with_group_room(
        credit.lines_of(seller_id=seller_id, buyer_ids=[buyer_id]), on=account.on
    )
    placed = list(orders_seen(account).order_by("-id")[:_SHOWN])
    told = [*(item.invoice_id for item in items), *(order.id for order in placed)]
    return page(
        request,
        account,
        "overview",
        current="overview",
        heading=_("Your account"),
        pays=pays,
        waiting=len(waiting_for(account.buyer, account.member.id)) if account.may("approve") else 0,
        notices=notices_for(account.seller, buyer_id=buyer_id, at=account.at) if pays else [],
        figures=[
            figure
            for currency, owed in _by_currency(items, account.seller.currency).items()
            for figure in _figures(currency, owed)
        ]
        if pays
        else [],
        items=open_item_table(items[:_SHOWN], totals=False) if items else None,
        bars=[_buckets(line) for line in lines if _usable(line)] if pays else [],
        left=[_left(line) for line in lines if _usable(line)],
        limits=_own_limits(account.member),
        orders=order_table(placed) if placed else None,
        history=told_to_buyer(events.history(seller_id=seller_id, object_ids=told, limit=20))[:8],
    )


def _own_limits(member: Member) -> list[Fact]:
    """What the member itself may order, where it has a limit."""
    limits = (
        Fact(_("Limit of one order"), order_limit(member)),
        Fact(_("Limit of a period"), period_limit(member)),
    )
    return [limit for limit in limits if limit.value is not None]


def _left(line: CreditLine) -> Money:
    """What may still be ordered. The tolerance is the seller's own margin."""
    left = min(line.limit + line.secured_now - line.exposure, line.available)
    return Money(max(left, 0), line.currency)


def _usable(line: CreditLine) -> bool:
    """A line that is held looks to the buyer like none at all: why is not for it to know."""
    return line.state == "active" and bool(line.limit)


def _by_currency(items: list[OpenItem], usual: str) -> dict[str, list[OpenItem]]:
    """Open items by currency, the seller's own first and always there."""
    grouped: defaultdict[str, list[OpenItem]] = defaultdict(list)
    grouped[usual] = []
    for item in items:
        grouped[item.currency].append(item)
    return {c: owed for c, owed in grouped.items() if owed or len(grouped) == 1}


def _figures(currency: str, owed: list[OpenItem]) -> list[Figure]:
    late = [item for item in owed if item.days_overdue]
    coming = next((item for item in owed if not item.days_overdue), None)
    href = reverse("account_invoices")
    return [
        Figure(
            label=_("You owe"),
            value=Money(sum(item.outstanding for item in owed), currency),
            note=_count(owed),
            href=f"{href}?state=open",
        ),
        Figure(
            label=_("Overdue"),
            value=Money(sum(item.outstanding for item in late), currency),
            note=_count(late) if late else _("nothing is late"),
            tone="negative" if late else "positive",
            icon="alert" if late else "check",
            href=f"{href}?state=overdue",
        ),
        Figure(
            label=_("Due next"),
            value=Money(coming.outstanding, currency) if coming else None,
            note=_("on %(day)s") % {"day": day_text(coming.due_on)}
            if coming
            else _("nothing is due"),
        ),
    ]


def _count(items: list[OpenItem]) -> str:
    count = len({item.invoice_id for item in items})
    return ngettext("%(count)s invoice", "%(count)s invoices", count) % {"count": count}


def _buckets(line: CreditLine) -> CreditBuckets:
    def money(amount: int) -> Money:
        return Money(amount, line.currency)

    return CreditBuckets(
        limit=money(line.limit),
        # The tolerance is the seller's own margin; a buyer reckons with the limit, and with its cards.
        tolerance=money(line.secured_now),
        commitments=money(line.commitments),
        receivable=money(line.receivable),
        external=money(line.external),
        unapplied_cash=money(line.unapplied_cash),
    )


@require_safe
@portal_for("invoices")
def statement(request: HttpRequest, account: Account) -> HttpResponse:
    """The open items at the end of a day, ``?on=``, a table for each currency."""
    on = _day(request, account)
    items = invoices.open_items(seller_id=account.seller.id, on=on, buyer_id=account.buyer.id)
    grouped = _by_currency(items, account.seller.currency)
    return page(
        request,
        account,
        "statement",
        current="statement",
        heading=_("Statement of account"),
        page_facts=[account.buyer.name, on],
        on=on,
        tables=[open_item_table(owed, totals=True) for owed in grouped.values() if owed],
        downloads=[
            link
            for currency in currencies_of(account.seller, buyer_id=account.buyer.id)
            for link in _files(currency, on)
        ],
    )


def _files(currency: str, on: date) -> list[Link]:
    """The statement of a day as a document and as a table."""
    address = f"{reverse('account_statement_document', args=[currency])}?on={on.isoformat()}"
    return [
        Link(_("PDF in %(currency)s") % {"currency": currency}, address),
        Link(_("CSV in %(currency)s") % {"currency": currency}, f"{address}&format=csv"),
    ]


@require_safe
@portal_for("invoices")
def statement_document(request: HttpRequest, account: Account, currency: str) -> HttpResponse:
    """The statement of a day, ``?on=``, as a PDF, or with ``?format=csv`` as a table."""
    return statement_download(
        account.seller,
        buyer_id=account.buyer.id,
        currency=currency,
        on=_day(request, account),
        today=account.on,
        at=account.at,
        as_table=request.GET.get("format") == "csv",
    )


def _day(request: HttpRequest, account: Account) -> date:
    """The day asked for, not after today; today where there is no such."""
    return day_asked_in(request, "on", usual=account.on, last=account.on)
