"""Policies, decisions and reviews as the world sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from usance.flows.replays import Answered, Replayed, rested_on
from usance.records.credit import queries
from usance.records.credit.models import Approval, CreditPolicy, Decision, Review
from usance.records.credit.policy_queries import PolicyStanding
from usance.records.identity import public_id
from usance.records.parties.models import Seller
from usance.rules.credit.facts import FACTS, STANDING
from usance.rules.credit.policy_rules import KINDS, Limit
from usance.rules.credit.rule_results import RuleResult, rule_results
from usance.web.api.objects import Document, alternatives, head, money, optional_money, reasons

_KIND_OF: Final = {cls: kind for kind, cls in KINDS.items()}
_SUBJECTS: Final = {
    "order": "order",
    "application": "application",
    "limit": "credit_line",
    "policy": "policy",
}


def policy(record: CreditPolicy, standing: PolicyStanding) -> Document:
    """One version of the policy, and where it stands."""
    return head("policy", record.id, record.created_at) | {
        "version": record.version,
        "state": standing.state,
        "effective_at": standing.effective_at,
        "until": standing.until,
        "author": record.author,
        "approved_by": standing.approved_by,
        "note": record.note,
        **queries.policy(seller_id=record.seller_id, policy_id=record.id).to_document(),
    }


def decision(record: Decision, *, seller: Seller) -> Document:
    """A decision with its facts, every rule as it was applied, and what would have passed."""
    by = queries.policy(seller_id=record.seller_id, policy_id=record.policy_id)
    return head("decision", record.id, record.created_at) | {
        "buyer": public_id("buyer", record.buyer_id),
        "policy": public_id("policy", record.policy_id),
        "policy_version": record.policy.version,
        "decision": record.outcome,
        "reasons": reasons(record.reasons, by.told),
        "amount": money(record.amount, record.currency),
        "terms": record.terms,
        "up_to": optional_money(record.up_to, record.currency),
        "alternatives": None
        if record.alternatives is None
        else alternatives(record.alternatives, record.currency),
        "facts": record.facts,
        "trace": [_step(record, seller, *step) for step in record.trace],
        "shadow": _shadow(record),
    }


def _step(
    record: Decision, seller: Seller, rule: str, held: bool, compared: Mapping[str, Any]
) -> Document:
    document: Document = {"rule": rule, "held": held, "compared": compared, "rules": []}
    if rule == "policy_rules":
        rested = rested_on(seller, record)
        results = rule_results(
            rested.policy,
            rested.application,
            rested.exposure,
            on=rested.on,
            letters=compared.get("results"),
        )
        document["rules"] = [
            _applied(one, record=record, currency=rested.policy.currency) for one in results
        ]
    return document


def _applied(one: RuleResult, *, record: Decision, currency: str) -> Document:
    return {
        "name": one.rule.name,
        "kind": _KIND_OF[type(one.rule)],
        "when": one.rule.when,
        "amount": one.rule.amount if isinstance(one.rule, Limit) else None,
        "result": {True: "true", False: "false", None: "unknown"}[one.applies],
        "cap": optional_money(one.amount, currency),
        "held": one.held,
        "facts": [
            {
                "name": name,
                "known": value is not None,
                "value": money(value, currency)
                if value is not None and FACTS[name].kind == "amount"
                else value,
                "since": since(record, name) if value is not None else None,
            }
            for name, value in one.facts.items()
        ],
    }


def since(record: Decision, name: str) -> Any:
    """As of when a fact of a decision was true: the report's time, or that of what is kept ready,
    or of the decision itself."""
    if name not in STANDING or name == "order.new_ship_to":
        return record.created_at
    told = record.facts.get("since", {}).get(name) or record.facts.get("standing_at")
    return datetime.fromisoformat(told) if told else None


def _shadow(record: Decision) -> Document | None:
    if record.shadow is None:
        return None
    said, trial_id = record.shadow, UUID(record.shadow["policy_id"])
    trial = queries.policy(seller_id=record.seller_id, policy_id=trial_id)
    return {
        "policy": public_id("policy", trial_id),
        "decision": said["outcome"],
        "reasons": reasons(said["reasons"], trial.told),
    }


def replay(record: Decision, replayed: Replayed) -> Document:
    """A decision beside the same taken again."""
    return {
        "object": "decision_replay",
        "decision": public_id("decision", record.id),
        "policy_version": record.policy.version,
        "result": "same" if replayed.same else "different",
        "recorded": _answered(replayed.recorded, record.currency),
        "replayed": _answered(replayed.again, record.currency),
    }


def _answered(answered: Answered, currency: str) -> Document:
    return {
        "decision": answered.outcome,
        "reasons": list(answered.reasons),
        "terms": answered.terms,
        "up_to": optional_money(answered.up_to, currency),
    }


def review(record: Review, approvals: Sequence[Approval]) -> Document:
    """Something a person must decide, with what was said so far."""
    return {
        "id": public_id("review", record.id),
        "object": "review",
        "created_at": record.created_at,
        "kind": record.kind,
        "subject": public_id(_SUBJECTS[record.kind], record.subject_id),
        "buyer": public_id("buyer", record.buyer_id) if record.buyer_id else None,
        "state": record.state,
        "reasons": record.reasons,
        "amount": optional_money(record.amount, record.currency),
        "route": record.route,
        "roles": record.roles,
        "people": record.people,
        "approved": sum(one.verdict == "approved" for one in approvals),
        "asked_by": record.asked_by,
        "due_at": record.due_at,
        "escalate_to": record.escalate_to,
        "escalated_at": record.escalated_at,
        "closed_at": record.closed_at,
        "approvals": [
            {
                "person": one.person,
                "on_behalf_of": one.on_behalf_of,
                "verdict": one.verdict,
                "note": one.note,
                "created_at": one.created_at,
            }
            for one in approvals
        ],
    }
