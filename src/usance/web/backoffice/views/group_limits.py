"""Limits that several credit lines share: the list, and one with what is used of it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from usance.records.credit import group_queries
from usance.records.credit.group_queries import GroupStanding
from usance.records.credit.models import CreditLine, GroupLimit
from usance.records.identity import public_id
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.group_acts import ACTS, NEW
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.design.parts import Column, Figure, Identifier, Link, Noted, Row, State, Table
from usance.web.listing import cut


@require_safe
@office
def groups_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The shared limits, the newest first."""
    found = group_queries.groups(seller_id=desk.seller.id)
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "group_limits",
        current="group_limits",
        heading=_("Shared limits"),
        new=Link(_("Share a limit"), reverse("office_group_limit_new"))
        if desk.may("credit")
        else None,
        table=_table(part.rows, desk) if part.rows else None,
        pagination=part.page,
    )


@require_safe
@office
def group_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One shared limit: what is used of it, and by whom."""
    group = _group(desk, id_in(public, kind="group_limit"))
    lines = group_queries.lines_of_group(seller_id=desk.seller.id, group_id=group.id)
    standing = group_queries.standing(group, on=desk.on)
    base = links.address("group_limit", group.id)
    return page(
        request,
        desk,
        "group_limit",
        current="group_limits",
        heading=group.name,
        crumbs=[Link(_("Shared limits"), reverse("office_group_limits"))],
        page_state=State("line", group.state),
        page_facts=[
            Identifier(public_id("group_limit", group.id)),
            *([group.external_id] if group.external_id else []),
        ],
        figures=_figures(group, standing),
        no_rate=standing.used is None,
        lines=_line_table(lines) if lines else None,
        offers=offers(desk, group, ACTS, base=base),
        history=history_of(desk, [group.id, *(line.id for line in lines)], linked=True),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def group_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Share a limit."""
    crumbs = [Link(_("Shared limits"), reverse("office_group_limits"))]
    return perform(
        request, desk, desk.seller, [NEW], name="new", current="group_limits", crumbs=crumbs
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def group_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Do something to a shared limit."""
    group = _group(desk, id_in(public, kind="group_limit"))
    crumbs = [
        Link(_("Shared limits"), reverse("office_group_limits")),
        Link(group.name, links.address("group_limit", group.id)),
    ]
    return perform(request, desk, group, ACTS, name=name, current="group_limits", crumbs=crumbs)


def _group(desk: Desk, group_id: UUID) -> GroupLimit:
    group = group_queries.group(seller_id=desk.seller.id, group_id=group_id)
    if group is None:
        raise Http404("There is no such shared limit.")
    return group


def _figures(group: GroupLimit, standing: GroupStanding) -> list[Figure]:
    used = standing.used
    return [
        Figure(
            label=_("Limit"),
            value=Money(group.limit, group.currency),
            note=_("and a tolerance of its own") if group.tolerance else "",
        ),
        Figure(
            label=_("Used"),
            value=None if used is None else Money(used, group.currency),
            note=_("converted at today's rates"),
            tone="caution" if used is not None and used > group.limit else "neutral",
        ),
        Figure(label=_("Available"), value=Money(standing.available, group.currency)),
    ]


def _table(rows: Sequence[GroupLimit], desk: Desk) -> Table:
    return Table(
        caption=_("Shared limits"),
        columns=[
            Column(label=_("Name")),
            Column(label=_("State")),
            Column(label=_("Limit"), numeric=True),
            Column(label=_("Used"), numeric=True),
            Column(label=_("Available"), numeric=True),
        ],
        rows=[_row(group, group_queries.standing(group, on=desk.on)) for group in rows],
    )


def _row(group: GroupLimit, standing: GroupStanding) -> Row:
    used = standing.used
    return Row(
        cells=[
            Link(group.name, links.address("group_limit", group.id)),
            State("line", group.state),
            Money(group.limit, group.currency),
            _("No exchange rate") if used is None else Money(used, group.currency),
            Money(standing.available, group.currency),
        ]
    )


def _line_table(lines: Sequence[CreditLine]) -> Table:
    return Table(
        caption=_("Buyers who share it"),
        columns=[
            Column(label=_("Buyer")),
            Column(label=_("Currency")),
            Column(label=_("State")),
            Column(label=_("Own limit"), numeric=True),
            Column(label=_("Exposure"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    links.buyer_link(line.buyer),
                    line.currency,
                    State("line", line.state),
                    Noted(Money(line.limit, line.currency), _("the shared one"))
                    if line.follows_group
                    else Money(line.limit, line.currency),
                    Money(line.exposure, line.currency),
                ]
            )
            for line in lines
        ],
    )
