"""One decision: why it was taken, what it rested on, and whether it would be taken again."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from usance.flows.replays import Replayed, Rested, replay, rested_on
from usance.records.credit import policy_queries, queries
from usance.records.credit.models import Decision
from usance.records.identity import public_id
from usance.records.orders import queries as orders
from usance.rules.credit.facts import STANDING
from usance.rules.credit.policy import Policy
from usance.rules.credit.rule_results import rule_results
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.line_facts import line_facts
from usance.web.backoffice.rule_cards import RuleCard, applied_cards
from usance.web.backoffice.shell import page
from usance.web.backoffice.views.policies import version_link
from usance.web.design.parts import Badge, Column, Fact, Identifier, Link, Row, State, Table
from usance.web.words.decisions import compared_in, reason_text, rule_of, way_text
from usance.web.words.facts import fact_name, fact_value
from usance.web.words.terms import terms_text


@require_safe
@office
def decision_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """Why a decision was taken."""
    return _shown(request, desk, _decision(desk, public))


@require_POST
@office
def decision_replay(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """The decision beside the same taken again, now."""
    decision = _decision(desk, public)
    replayed = replay(desk.seller, decision_id=decision.id)
    return _shown(request, desk, decision, replayed=replayed)


def _decision(desk: Desk, public: str) -> Decision:
    decision_id = id_in(public, kind="decision")
    found = queries.decision(seller_id=desk.seller.id, decision_id=decision_id)
    if found is None:
        raise Http404("There is no such decision.")
    return found


def _shown(
    request: HttpRequest, desk: Desk, decision: Decision, *, replayed: Replayed | None = None
) -> HttpResponse:
    rested = rested_on(desk.seller, decision)
    order = orders.order_of_decision(
        seller_id=desk.seller.id,
        buyer_id=decision.buyer_id,
        decision_id=decision.id,
        at=decision.created_at,
    )
    crumbs = [Link(_("Orders"), reverse("office_orders"))]
    if order is not None:
        crumbs.append(links.order_link(order))
    return page(
        request,
        desk,
        "decision",
        current="orders",
        heading=_("Why this was decided"),
        crumbs=crumbs,
        page_state=State("decision", decision.outcome),
        page_facts=[Identifier(public_id("decision", decision.id)), decision.created_at],
        decision=decision,
        reasons=[reason_text(code, policy=rested.policy) for code in decision.reasons],
        ways=[way_text(way, currency=decision.currency) for way in decision.alternatives or ()],
        trace=trace_table(decision),
        rules=rule_cards(decision, rested),
        known=_known_table(decision, rested),
        facts=_facts(decision),
        shadow=_shadow(desk, decision),
        replay=_replay_table(replayed, decision) if replayed else None,
        replay_same=replayed.same if replayed else None,
        replay_href=reverse("office_replay", args=[public_id("decision", decision.id)]),
    )


def trace_table(decision: Decision) -> Table:
    """The house's own steps, each with what it compared."""
    held = Badge(label=_("Holds"), tone="positive", icon="check")
    failed = Badge(label=_("Fails"), tone="negative", icon="close")
    return Table(
        caption=_("Rules that were applied"),
        columns=[
            Column(label=_("Rule")),
            Column(label=_("Result")),
            Column(label=_("Compared")),
        ],
        rows=[
            Row(
                cells=[
                    rule_of(step),
                    held if step[1] else failed,
                    compared_in(step, currency=decision.currency),
                ]
            )
            for step in decision.trace
        ],
    )


def rule_cards(decision: Decision, rested: Rested) -> list[RuleCard]:
    """The written rules as they were applied; none for a policy without."""
    compared = next((step[2] for step in decision.trace if step[0] == "policy_rules"), None)
    if compared is None:
        return []
    results = rule_results(
        rested.policy,
        rested.application,
        rested.exposure,
        on=rested.on,
        letters=compared.get("results"),
    )
    return applied_cards(
        results, currency=rested.policy.currency, since=lambda name: _since(decision, name)
    )


def _since(decision: Decision, name: str) -> Any:
    if name not in STANDING:
        return decision.created_at
    told = decision.facts.get("since", {}).get(name) or decision.facts.get("standing_at")
    return datetime.fromisoformat(told) if told else None


def _known_table(decision: Decision, rested: Rested) -> Table | None:
    """Every fact that came with the order and what is kept ready, with its time."""
    known = rested.application.facts
    if not known:
        return None
    return Table(
        caption=_("Facts of the buyer and the order"),
        columns=[Column(label=_("Fact")), Column(label=_("Value")), Column(label=_("As of"))],
        rows=[
            Row(
                cells=[
                    fact_name(name),
                    fact_value(name, known[name], currency=rested.policy.currency),
                    _since(decision, name) if known[name] is not None else None,
                ]
            )
            for name in sorted(known)
        ],
    )


def _facts(decision: Decision) -> list[Fact]:
    shared = decision.facts.get("group_available")
    return [
        Fact(_("Buyer"), links.buyer_link(decision.buyer)),
        Fact(_("Asked for"), Money(decision.amount, decision.currency)),
        Fact(_("Payment terms"), terms_text(decision.terms)),
        *line_facts(decision),
        *(
            [Fact(_("Left of the shared limit"), Money(shared, decision.currency))]
            if shared is not None
            else []
        ),
        Fact(_("Policy"), version_link(decision.policy)),
        Fact(_("Decided"), decision.created_at),
    ]


def _shadow(desk: Desk, decision: Decision) -> dict[str, Any] | None:
    """What the version on trial would have said."""
    if decision.shadow is None:
        return None
    policy_id = UUID(decision.shadow["policy_id"])
    record = policy_queries.stored_policy(seller_id=desk.seller.id, policy_id=policy_id)
    if record is None:
        return None
    policy: Policy = queries.policy(seller_id=desk.seller.id, policy_id=policy_id)
    return {
        "state": State("decision", decision.shadow["outcome"]),
        "version": version_link(record),
        "reasons": [reason_text(code, policy=policy) for code in decision.shadow["reasons"]],
        "same": decision.shadow["outcome"] == decision.outcome,
    }


_ROWS: Final = ("outcome", "reasons", "terms", "up_to")


def _replay_table(replayed: Replayed, decision: Decision) -> Table:
    def shown(name: str, value: Any) -> object:
        if name == "outcome":
            return State("decision", value)
        if name == "reasons":
            return " ".join(reason_text(code) for code in value) or None
        if name == "terms":
            return terms_text(value)
        return None if value is None else Money(value, decision.currency)

    labels = {
        "outcome": _("Outcome"),
        "reasons": _("Reasons"),
        "terms": _("Payment terms"),
        "up_to": _("Would have been approved up to"),
    }
    return Table(
        caption=_("The decision, taken again"),
        columns=[Column(label=_("Part")), Column(label=_("Then")), Column(label=_("Now"))],
        rows=[
            Row(
                cells=[
                    labels[name],
                    shown(name, getattr(replayed.recorded, name)),
                    shown(name, getattr(replayed.again, name)),
                ]
            )
            for name in _ROWS
        ],
    )
