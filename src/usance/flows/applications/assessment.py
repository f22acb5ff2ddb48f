"""What the policy says of an application, from what its checks found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from usance.flows.journal import business_day
from usance.records.applications import queries
from usance.records.applications.models import Application
from usance.records.credit.queries import deciding_policy
from usance.records.parties.models import Seller
from usance.rules.applications.findings import Answer, Applicant, application_facts
from usance.rules.applications.numbers import NumberFinding
from usance.rules.credit.admit import Admitted, admit
from usance.rules.credit.application import Application as Asked
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.policy import DEFAULT, Policy
from usance.rules.credit.policy_rules import Admission, Route
from usance.rules.credit.routing import choose_route


@dataclass(frozen=True, slots=True)
class Assessment:
    """The policy's answer, with ``limit`` in minor units of the application's currency, who decides
    if it is a person, and ``document`` as it is kept. ``told_rules`` may be told to the applicant."""

    admitted: Admitted
    limit: int | None
    route: Route | None
    told_rules: tuple[Admission, ...]
    document: dict[str, Any]


def assess(seller: Seller, application: Application, *, at: datetime) -> Assessment:
    """Decide by the policy in force, without writing anything."""
    policy = deciding_policy(seller_id=seller.id, at=at) or DEFAULT
    on = business_day(seller, at=at)
    currency = policy.currency or seller.currency
    requested = queries.converted(
        application.requested_limit,
        seller_id=seller.id,
        source=application.currency,
        target=currency,
        on=on,
    )
    findings = application.findings
    facts = application_facts(
        _applicant(application, requested=requested),
        numbers=[NumberFinding(**one) for one in findings.get("numbers", [])],
        answers=_answers(seller, findings.get("reports", []), currency=currency, at=at),
        duplicates=len(findings.get("duplicates", [])),
        on=on,
    )
    admitted = admit(policy, facts)
    limit = _in_currency_of(application, admitted, seller=seller, currency=currency, at=at)
    document: dict[str, Any] = {
        "at": at.isoformat(),
        "outcome": admitted.outcome,
        "rule": admitted.rule,
        "reasons": list(admitted.reasons),
        "suggested_limit": limit,
        "limit_rule": admitted.limit_rule,
        "currency": application.currency,
        "terms": [terms.code for terms in admitted.terms],
        "facts": facts,
        "facts_currency": currency,
        "trace": [step._asdict() for step in admitted.trace],
    }
    if application.decision.get("proposed"):
        document["proposed"] = application.decision["proposed"]
    return Assessment(
        admitted=admitted,
        limit=limit,
        route=_route(policy, application, facts, reasons=admitted.reasons, at=at, seller=seller),
        told_rules=tuple(
            rule
            for rule in policy.rules
            if isinstance(rule, Admission) and rule.name == admitted.rule and rule.tell_buyer
        ),
        document=document,
    )


def _applicant(application: Application, *, requested: int | None) -> Applicant:
    documents = queries.documents(seller_id=application.seller_id, application_id=application.id)
    return Applicant(
        name=application.name,
        country=application.country,
        requested=requested,
        email=application.contact_email,
        website=str(application.company.get("website", "")),
        email_verified=application.email_verified_at is not None,
        references=len(application.references),
        persons=len(application.persons),
        documents=len(documents),
    )


def _answers(
    seller: Seller, reports: Sequence[dict[str, Any]], *, currency: str, at: datetime
) -> list[Answer]:
    """What was said, a bureau's limit in the policy's currency."""
    answers = []
    for report in reports:
        facts = dict(report["facts"])
        if facts.get("limit") is not None and facts.get("currency"):
            facts["limit_in_policy_currency"] = queries.converted(
                facts["limit"],
                seller_id=seller.id,
                source=facts["currency"],
                target=currency,
                on=business_day(seller, at=at),
            )
        answers.append(Answer(report["kind"], report["source"], report["outcome"], facts))
    return answers


def _in_currency_of(
    application: Application, admitted: Admitted, *, seller: Seller, currency: str, at: datetime
) -> int | None:
    """The suggested limit in the application's currency, never above what was asked for."""
    if admitted.suggested_limit is None:
        return None
    limit = queries.converted(
        admitted.suggested_limit,
        seller_id=seller.id,
        source=currency,
        target=application.currency,
        on=business_day(seller, at=at),
    )
    return None if limit is None else min(limit, application.requested_limit)


def _route(
    policy: Policy,
    application: Application,
    facts: dict[str, Any],
    *,
    reasons: Sequence[str],
    at: datetime,
    seller: Seller,
) -> Route | None:
    nothing = Exposure(
        currency=application.currency,
        limit=0,
        tolerance=0,
        commitments=0,
        receivable=0,
        external=0,
        unapplied_cash=0,
    )
    requested = facts.get("application.requested")
    asked = Asked(
        amount=requested if requested is not None else application.requested_limit,
        currency=policy.currency if requested is not None else application.currency,
        line_state=None,
        oldest_due_on=None,
        facts=facts,
    )
    return choose_route(
        policy,
        asked,
        nothing,
        kind="application",
        reasons=reasons,
        on=business_day(seller, at=at),
    )
