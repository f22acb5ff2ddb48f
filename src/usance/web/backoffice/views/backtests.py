"""Backtests: what a policy would have decided of past orders, and what it would have cost."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from usance.records.credit import backtest_queries
from usance.records.credit.backtests import Backtest, BacktestChange
from usance.records.credit.models import CreditPolicy
from usance.records.identity import public_id
from usance.rules.money import Money
from usance.web.backoffice.acts import perform
from usance.web.backoffice.backtest_acts import START
from usance.web.backoffice.backtest_chart import exposure_chart
from usance.web.backoffice.backtest_figures import (
    change_table,
    comparison_table,
    difference_table,
    headline,
    rule_table,
    version_name,
)
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.people import People
from usance.web.backoffice.shell import page
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import Chip, Column, Identifier, Link, Row, State, Table
from usance.web.listing import cut, without
from usance.web.words.amounts import day_text
from usance.web.words.backtests import assumption_text, rule_text, window_text

PAGE: Final = 50


def _crumbs() -> list[Link]:
    return [
        Link(_("Credit policy"), reverse("office_policies")),
        Link(_("Backtests"), reverse("office_backtests")),
    ]


@require_safe
@office
def backtests_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The backtests, the newest first."""
    found = backtest_queries.backtests(seller_id=desk.seller.id).defer("result", "document")
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "list",
        current="policies",
        heading=_("Backtests"),
        crumbs=_crumbs()[:1],
        query=ListQuery.of(request, standings=()),
        table=_list_table(desk, part.rows) if part.rows else None,
        pagination=part.page,
        new=Link(_("New backtest"), reverse("office_backtest_new")) if desk.may("credit") else None,
        empty_icon="policy",
        empty_title=_("No backtests"),
        empty_text=_(
            "Try a policy on the orders you have had, before it decides: what it would have approved,"
            " what it would have cost, and which orders would have ended otherwise."
        ),
    )


def _list_table(desk: Desk, rows: Sequence[Backtest]) -> Table:
    people = People(desk, {row.author for row in rows})
    return Table(
        caption=_("Backtests"),
        columns=[
            Column(label=_("Backtest")),
            Column(label=_("State")),
            Column(label=_("Orders")),
            Column(label=_("Compared with")),
            Column(label=_("Started by")),
            Column(label=_("Orders that change"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(_name(row), _address(row)),
                    State("backtest", row.state),
                    _window(row),
                    version_name(row.against),
                    people.name(row.author) or None,
                    row.changed if row.state == "done" else None,
                ]
            )
            for row in rows
        ],
    )


def _name(row: Backtest) -> str:
    policy: CreditPolicy | None = row.policy
    tried = version_name(policy) if policy else _("A policy written for it")
    return _("%(policy)s, %(day)s") % {"policy": tried, "day": day_text(row.created_at.date())}


def _window(row: Backtest) -> str:
    return window_text(day_text(row.from_on), day_text(row.until_on))


def _address(row: Backtest) -> str:
    return reverse("office_backtest", args=[public_id("backtest", row.id)])


@require_http_methods(["GET", "HEAD", "POST"])
@office
def backtest_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Start a backtest; ``?policy=`` says of which version."""
    return perform(
        request,
        desk,
        request.GET.get("policy", ""),
        [START],
        name=START.name,
        current="policies",
        crumbs=_crumbs(),
    )


@require_safe
@office
def backtest_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """How far a backtest is; its figures, its drawing and the orders that change once it is done."""
    record = backtest_queries.backtest(
        seller_id=desk.seller.id, backtest_id=id_in(public, kind="backtest")
    )
    if record is None:
        raise Http404("There is no such backtest.")
    if request.GET.get("format") == "csv" and record.state == "done":
        return _csv(desk, record, rule=_rule(request))
    working = record.state in ("queued", "running")
    shown = page(
        request,
        desk,
        "backtest",
        current="policies",
        heading=_name(record),
        crumbs=_crumbs(),
        page_state=State("backtest", record.state),
        page_facts=[
            Identifier(public_id("backtest", record.id)),
            _window(record),
            _("compared with %(version)s") % {"version": version_name(record.against)},
        ],
        record=record,
        working=working,
        percent=record.done * 100 // record.total if record.total else 0,
        **(_result(request, desk, record) if record.state == "done" else {}),
    )
    if "HX-Request" in request.headers and not working:
        # The head of the page changes too.
        shown["HX-Refresh"] = "true"
    return shown


def _rule(request: HttpRequest) -> str:
    return request.GET.get("rule", "").replace("\0", "")[:40]


def _result(request: HttpRequest, desk: Desk, record: Backtest) -> dict[str, Any]:
    result = record.result
    assert result is not None  # the database sees to it
    rule = _rule(request)
    part = cut(
        backtest_queries.changes(seller_id=desk.seller.id, backtest_id=record.id, rule=rule),
        request=request,
        order=("id",),
        size=PAGE,
    )
    download = f"?format=csv&rule={rule}" if rule else "?format=csv"
    return {
        "figures": headline(result),
        "comparison": comparison_table(result),
        "difference": difference_table(result),
        "chart": exposure_chart(result["series"], currency=result["currency"]),
        "rules": rule_table(result, address=_address(record)) if result["rules"] else None,
        "changes": change_table(part.rows, base=result["currency"]) if part.rows else None,
        "pagination": part.page,
        "chips": [Chip(label=rule_text(rule), href=without(request, "rule"))] if rule else [],
        "download": download,
        "assumptions": [assumption_text(one) for one in result["assumptions"]],
        "more": max(record.changed - _kept(record), 0),
    }


def _kept(record: Backtest) -> int:
    return backtest_queries.changes(seller_id=record.seller_id, backtest_id=record.id).count()


_COLUMNS: Final = (
    "order", "buyer", "date", "amount", "currency", "before", "tried", "rules", "effect",
    "paid_late_or_never", "paid_well",
)  # fmt: skip


def _csv(desk: Desk, record: Backtest, *, rule: str) -> HttpResponse:
    """The orders that change, as a table for spreadsheets: plain decimals, ISO days, English heads."""
    found = backtest_queries.changes(
        seller_id=desk.seller.id, backtest_id=record.id, rule=rule
    ).order_by("id")
    name = f"backtest-{record.created_at.date().isoformat()}.csv"
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    csv.writer(response).writerows(_rows(found.iterator(), desk))
    return response


def _rows(found: Iterable[BacktestChange], desk: Desk) -> Iterator[Sequence[object]]:
    base = desk.seller.currency
    yield _COLUMNS
    for row in found:
        yield (
            _harmless(row.order_number or public_id("order", row.order_id)),
            _harmless(row.buyer.name),
            row.on.isoformat(),
            Money(row.amount, row.currency).decimal(),
            row.currency,
            row.live,
            row.draft,
            " ".join(row.rules),
            row.effect,
            Money(row.bad, base).decimal(),
            Money(row.good, base).decimal(),
        )


def _harmless(text: str) -> str:
    """What a spreadsheet would take for a formula is made text."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text
