"""What surrounds every page of the back office: the way between its parts, and what waits there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from usance.records.applications import queries as applications
from usance.records.collections import dispute_queries
from usance.records.collections import queries as questions
from usance.records.credit import review_queries
from usance.records.monitoring import queries as monitoring
from usance.records.orders import queries as orders
from usance.records.payments import matching_queries
from usance.records.payments import queries as payments
from usance.web.backoffice.desk import Desk
from usance.web.design.parts import NavigationGroup, NavigationItem, Shell
from usance.web.sign_in import account_links


def shell_of(request: HttpRequest, desk: Desk, *, current: str) -> Shell:
    """The shell with the part ``current`` marked."""

    def item(label: str, part: str, icon: str, count: int = 0) -> NavigationItem:
        return NavigationItem(
            label=label,
            href=reverse(f"office_{part}"),
            icon=icon,
            current=part == current,
            count=count,
        )

    return Shell(
        brand=desk.seller.name,
        home=reverse("office_overview"),
        person=desk.staff.user.name or desk.staff.user.email,
        organization=desk.seller.name,
        search=reverse("office_search"),
        account=account_links(request),
        navigation=_navigation(desk, item),
    )


def _navigation(desk: Desk, item: Callable[..., NavigationItem]) -> list[NavigationGroup]:
    """The parts of the office, each with what waits there."""
    waiting = sum(row.payments for row in payments.waiting(seller_id=desk.seller.id))
    applying = applications.count_waiting(seller_id=desk.seller.id)
    review = orders.count_pending(seller_id=desk.seller.id)
    open_reviews = review_queries.reviews(seller_id=desk.seller.id).count()
    alarms = monitoring.count_open_alarms(seller_id=desk.seller.id)
    asked = questions.count_open(seller_id=desk.seller.id)
    proposed = matching_queries.count_waiting(seller_id=desk.seller.id)
    disputed = dispute_queries.disputes(seller_id=desk.seller.id, state="open").count()
    promised = questions.promises(seller_id=desk.seller.id, state="proposed").count()
    return [
        NavigationGroup(
            items=[
                item(_("Overview"), "overview", "home"),
                item(_("Buyers"), "buyers", "company"),
                item(_("Applications"), "applications", "application", applying),
                item(_("Orders"), "orders", "order", review),
            ]
        ),
        NavigationGroup(
            label=_("Invoicing"),
            items=[
                item(_("Invoices"), "invoices", "invoice"),
                item(_("Billing"), "billing", "calendar"),
                item(_("Deliveries"), "deliveries", "send"),
                item(_("Questions"), "questions", "question", asked),
            ],
        ),
        NavigationGroup(
            label=_("Money in"),
            items=[
                item(_("Payments"), "payments", "payment", waiting),
                item(pgettext("navigation", "Matching"), "matching", "check", proposed),
                item(pgettext("navigation", "Bank"), "bank", "bank"),
                item(pgettext("navigation", "Advices"), "remittances", "application"),
                item(_("Debits"), "debits", "return"),
                item(_("Mandates"), "mandates", "edit"),
                item(_("Cards"), "cards", "lock"),
                item(_("Early money"), "advances", "payment"),
                item(_("Promises"), "promises", "calendar", promised),
                item(_("Disputes"), "disputes", "question", disputed),
                item(_("Collections"), "collections", "collections"),
                item(_("Late charges"), "late_charges", "clock"),
            ],
        ),
        NavigationGroup(
            label=_("Credit"),
            items=[
                item(_("Reviews"), "reviews", "review", open_reviews),
                item(_("Alarms"), "alarms", "alert", alarms),
                item(_("Policy"), "policies", "policy"),
                item(_("Shared limits"), "group_limits", "shield"),
            ],
        ),
        NavigationGroup(
            label=_("Insight"),
            items=[item(_("Reports"), "reports", "report")],
        ),
        NavigationGroup(label=_("Settings"), items=[item(*setting) for setting in _settings()]),
    ]


def _settings() -> tuple[tuple[str, str, str], ...]:
    """The pages on which a seller sets things up: label, part and icon of each."""
    return (
        (_("Company"), "company", "settings"),
        (_("Keys of payment terms"), "terms_keys", "clock"),
        (_("Rules of the matching"), "matching_settings", "check"),
        (_("Dunning"), "dunning_policies", "send"),
        (_("Late interest"), "late_interest", "clock"),
        (_("Statements"), "statement_settings", "report"),
        (_("Deputies"), "delegations", "person"),
        (_("Watches"), "watches", "shield"),
        (_("Review cycles"), "review_cycles", "calendar"),
        (_("Connections"), "connections", "connection"),
        (_("Funding programmes"), "funding_programs", "payment"),
        (_("Files of scores"), "score_files", "upload"),
        (_("Exchange rates"), "exchange_rates", "globe"),
    )


def page(
    request: HttpRequest,
    desk: Desk,
    template: str,
    *,
    current: str,
    heading: str,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A page of the back office."""
    shell = shell_of(request, desk, current=current)
    full = {"shell": shell, "heading": heading, "desk": desk, **context}
    return render(request, f"backoffice/{template}.html", full, status=status)
