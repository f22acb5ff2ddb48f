"""What registers, bureaus and lists say of a buyer: a part of its page, the history, and asking again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from usance.flows import buyer_checks
from usance.flows.buyer_checks import JUST_ASKED, BrokenConnection, Checks, check_buyer
from usance.records.credit import report_queries as reports
from usance.records.credit.models import Report
from usance.records.parties.models import Buyer
from usance.rules.credit.checks import CHECKS, UNAVAILABLE
from usance.web.backoffice import links
from usance.web.backoffice.acts import Act, Done, Offer, offers, perform
from usance.web.backoffice.credit_acts import ReasonForm
from usance.web.backoffice.desk import Desk, office
from usance.web.backoffice.found import buyer_at
from usance.web.backoffice.shell import page
from usance.web.design.parts import Badge, Column, Noted, Row, Table
from usance.web.listing import cut
from usance.web.words.amounts import instant_text
from usance.web.words.checks import (
    kind_text,
    outcome_badge,
    reason_text,
    source_text,
    told_by,
    unknown_text,
)
from usance.web.words.refusals import refusal_text


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check by one counterpart: the last answer, and what came of asking since."""

    kind: str
    label: str
    source: str
    answer: Badge | None
    told: list[str]
    asked_at: datetime | None
    reference: str
    unknown: str
    failed: str
    href: str
    may_ask: bool


@dataclass(frozen=True, slots=True)
class ChecksPart:
    """What the page of a buyer shows of its checks. ``asking`` is where the buttons lead."""

    rows: list[CheckRow]
    offers: list[Offer]
    asking: str


def _dismiss(desk: Desk, buyer: Buyer, data: dict[str, Any]) -> Done:
    buyer_checks.dismiss_hits(
        desk.seller, buyer_id=buyer.id, reason=data["reason"], at=desk.at, by=desk.by
    )
    return Done(_("The entries are dismissed: they are somebody else."))


def _has_hits(buyer: Buyer) -> bool:
    return bool(buyer_checks.open_hits(seller_id=buyer.seller_id, buyer_id=buyer.id))


ACTS: Final = (
    Act(
        name="dismiss",
        label=_lazy("It is somebody else"),
        title=_lazy("Dismiss the possible matches?"),
        explanation=_lazy(
            "You have looked, and the entries of the list are not this buyer. They are no match any"
            " more as long as the buyer keeps its name and numbers; a new entry is."
        ),
        duty="credit",
        form=ReasonForm,
        run=_dismiss,
        possible=_has_hits,
        icon="check",
    ),
)


def checks_of(desk: Desk, buyer: Buyer) -> ChecksPart:
    """What the page of a buyer shows of its checks: a row each, also of those never made."""
    last, answered = (
        {
            (it.kind, it.source): it
            for it in reports.latest(seller_id=desk.seller.id, buyer_id=buyer.id, answered=answered)
        }
        for answered in (False, True)
    )
    base = f"{links.address('buyer', buyer.id)}/checks"
    may = desk.may("credit")
    rows = []
    for kind in (*CHECKS, "insolvency"):
        asked = [key for key in last if key[0] == kind]
        if not asked and kind in CHECKS:
            rows.append(_never(kind, base, may_ask=may))
        for n, key in enumerate(asked):
            first = n == 0 and kind in CHECKS
            rows.append(_row(last[key], answered.get(key), base, may_ask=may and first))
    return ChecksPart(rows, offers(desk, buyer, ACTS, base=base), base)


def _never(kind: str, href: str, *, may_ask: bool) -> CheckRow:
    return CheckRow(kind, kind_text(kind), "", None, [], None, "", "", "", href, may_ask)


def _row(last: Report, answer: Report | None, href: str, *, may_ask: bool) -> CheckRow:
    shown = answer or last
    failed = _failed(last) if last.outcome == UNAVAILABLE else ""
    return CheckRow(
        kind=last.kind,
        label=kind_text(last.kind),
        source=source_text(last.source),
        answer=outcome_badge(shown.outcome),
        told=told_by(shown) if answer else [],
        asked_at=shown.asked_at,
        reference=shown.reference,
        unknown=unknown_text(shown.facts.get("unknown", ())),
        failed=failed,
        href=href,
        may_ask=may_ask,
    )


def _failed(report: Report) -> str:
    """Why the last try got no answer, and when the next is made."""
    said = _("No answer on %(at)s. %(reason)s") % {
        "at": instant_text(report.asked_at),
        "reason": reason_text(str(report.facts.get("reason", ""))),
    }
    again = report.facts.get("again_at")
    if not again:
        return said
    at = instant_text(datetime.fromisoformat(again))
    return f"{said} {_('It is asked again after %(at)s.') % {'at': at}}"


@require_http_methods(["GET", "HEAD", "POST"])
@office
def buyer_checks_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """Every answer about a buyer, the newest first; sent, it asks."""
    buyer = buyer_at(desk, public)
    if request.method == "POST":
        return _ask(request, desk, buyer)
    found = reports.reports(seller_id=desk.seller.id, buyer_id=buyer.id)
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "checks_history",
        current="buyers",
        heading=_("Checks of %(buyer)s") % {"buyer": buyer.name},
        crumbs=links.buyer_crumbs(buyer),
        table=_table(part.rows) if part.rows else None,
        pagination=part.page,
        checks=checks_of(desk, buyer),
    )


def _ask(request: HttpRequest, desk: Desk, buyer: Buyer) -> HttpResponse:
    """Ask outside any transaction. A form sent twice asks once: the answer is just there."""
    desk.require("credit")
    kinds = [kind for kind in request.POST.getlist("kind") if kind in CHECKS] or list(CHECKS)
    try:
        done = check_buyer(
            desk.seller,
            buyer_id=buyer.id,
            kinds=kinds,
            at=desk.at,
            by=desk.by,
            younger_than=JUST_ASKED,
        )
    except BrokenConnection as error:
        messages.error(request, refusal_text(error))
    else:
        _tell(request, done)
    return HttpResponseRedirect(f"{links.address('buyer', buyer.id)}#checks")


def _tell(request: HttpRequest, checks: Checks) -> None:
    without = [one for one in checks.done if one.report.outcome == UNAVAILABLE]
    answered = len(checks.done) - len(without)
    if answered:
        messages.success(
            request,
            ngettext("%(count)s answer came.", "%(count)s answers came.", answered)
            % {"count": answered},
        )
    for one in without:
        messages.warning(
            request,
            _("%(source)s gave no answer. What was known before stands.")
            % {"source": source_text(one.report.source)},
        )
    if checks.not_asked:
        kinds = ", ".join(kind_text(kind) for kind in checks.not_asked)
        messages.info(
            request,
            _("Nobody could be asked about: %(kinds)s. Add a connection, or the buyer's numbers.")
            % {"kinds": kinds},
        )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def buyer_check_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Do something about what was answered."""
    buyer = buyer_at(desk, public)
    return perform(
        request, desk, buyer, ACTS, name=name, current="buyers", crumbs=links.buyer_crumbs(buyer)
    )


def _table(rows: Sequence[Report]) -> Table:
    return Table(
        caption=_("Answers"),
        columns=[
            Column(label=_("Check")),
            Column(label=_("Answer")),
            Column(label=_("Says")),
            Column(label=_("Asked")),
            Column(label=_("Reference")),
            Column(label=_("Not known")),
        ],
        rows=[
            Row(
                cells=[
                    Noted(kind_text(row.kind), source_text(row.source)),
                    outcome_badge(row.outcome),
                    _says(row),
                    row.asked_at,
                    row.reference or None,
                    unknown_text(row.facts.get("unknown", ())) or None,
                ]
            )
            for row in rows
        ],
    )


def _says(row: Report) -> str | None:
    reason = row.facts.get("reason")
    told = [reason_text(str(reason))] if reason else []
    return "; ".join([*told, *told_by(row)]) or None
