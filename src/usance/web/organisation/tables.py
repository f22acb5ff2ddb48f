"""A buyer's people, cost centres and approvals as tables and facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.records.orders.buyer_queries import Stage
from usance.records.parties.models import ApprovalStep, Buyer, CostCentre, Member
from usance.rules.money import Money
from usance.web.design.parts import Badge, Column, Fact, Link, Noted, Row, Table
from usance.web.words.organisation import (
    approver_text,
    period_limit_text,
    role_text,
    step_text,
)


def people_table(members: Sequence[Member], *, href: Callable[[Member], str]) -> Table:
    """The people of a buyer, those who have left last."""
    return Table(
        caption=_("People"),
        columns=[
            Column(label=_("Person")),
            Column(label=_("Role")),
            Column(label=_("Limit of one order"), numeric=True),
            Column(label=_("Limit of a period"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Noted(Link(member.name, href(member)), member.email),
                    Badge(label=_("Has left"), icon="ban")
                    if member.left_at
                    else role_text(member.role),
                    order_limit(member),
                    period_limit(member),
                ]
            )
            for member in sorted(members, key=lambda it: (it.left_at is not None, it.name, it.id))
        ],
    )


def order_limit(member: Member) -> object:
    """What one order of a member may be."""
    if member.order_limit is None:
        return None
    return Money(member.order_limit, member.limit_currency)


def period_limit(member: Member) -> object:
    """What all orders of a period may be."""
    if member.period_limit is None:
        return None
    return period_limit_text(member.period_limit, member.limit_currency, period=member.period)


def member_facts(member: Member) -> list[Fact]:
    """What is known of a member."""
    return [
        Fact(_("E-mail address"), member.email),
        Fact(_("Role"), role_text(member.role)),
        Fact(_("Limit of one order"), order_limit(member)),
        Fact(_("Limit of a period"), period_limit(member)),
        Fact(_("Number"), member.external_id),
        Fact(_("Member since"), member.created_at),
        *([Fact(_("Has left"), member.left_at)] if member.left_at else []),
    ]


def centre_table(centres: Sequence[CostCentre], *, href: Callable[[CostCentre], str]) -> Table:
    """Cost centres, those that are closed last; with a way to close the others."""
    return Table(
        caption=_("Cost centres"),
        columns=[Column(label=_("Code")), Column(label=_("Name")), Column(label=_("State"))],
        rows=[
            Row(
                cells=[
                    centre.code,
                    centre.name or None,
                    Badge(label=_("Closed"), icon="lock")
                    if centre.closed_at
                    else Link(_("Close"), href(centre))
                    if href(centre)
                    else _("Open"),
                ]
            )
            for centre in sorted(centres, key=lambda it: (it.closed_at is not None, it.code))
        ],
    )


def chain_table(steps: Sequence[ApprovalStep]) -> Table:
    """A buyer's own approval chain."""
    return Table(
        caption=_("Approval rules"),
        columns=[
            Column(label=_("Step")),
            Column(label=_("Orders")),
            Column(label=_("Approved by")),
        ],
        rows=[
            Row(
                cells=[
                    step.position,
                    step_text(step.above, step.currency, cost_centre=step.cost_centre),
                    approver_text(step.role, step.approver.name if step.approver else None),
                ]
            )
            for step in steps
        ],
    )


def paper_facts(buyer: Buyer) -> list[Fact]:
    """What an order of the buyer's must carry."""
    return [
        Fact(_("Every order carries a purchase-order number"), buyer.po_required),
        Fact(_("A purchase-order number is used once"), buyer.po_unique),
        Fact(_("Every order names the person who places it"), buyer.members_only),
    ]


_STANDS: Final[Mapping[str, Promise]] = {
    "approved": _lazy("Approved"),
    "declined": _lazy("Declined"),
}


def stage_table(stages: Sequence[Stage], names: Mapping[UUID, str]) -> Table:
    """Where an order stands in its buyer's own chain. ``names`` are those of named approvers."""
    return Table(
        caption=_("Approvals"),
        columns=[
            Column(label=_("Step")),
            Column(label=_("Approved by")),
            Column(label=_("State")),
            Column(label=_("Note")),
        ],
        rows=[
            Row(
                cells=[
                    step_text(
                        stage.step.above,
                        stage.step.currency,
                        cost_centre=stage.step.cost_centre,
                    ),
                    _who(stage, names),
                    _state(stage),
                    stage.approval.note or None if stage.approval else None,
                ]
            )
            for stage in stages
        ],
    )


def _who(stage: Stage, names: Mapping[UUID, str]) -> object:
    if stage.approval is not None:
        return Noted(stage.approval.member.name, stage.approval.created_at)
    if stage.is_next:
        return ", ".join(one.name for one in stage.deciders) or _("Nobody is left who could")
    named = names.get(stage.step.approver) if stage.step.approver else None
    return approver_text(stage.step.role, named)


def _state(stage: Stage) -> object:
    if stage.approval is None:
        return Badge(label=_("Waiting"), tone="caution", icon="clock") if stage.is_next else None
    approved = stage.approval.verdict == "approved"
    return Badge(
        label=str(_STANDS[stage.approval.verdict]),
        tone="positive" if approved else "negative",
        icon="check" if approved else "cross-circle",
    )
