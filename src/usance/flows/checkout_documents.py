"""What a checkout hands to the database: what the gate looks at, and what is written behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from usance.flows.buyer_rules import BuyerVerdict
from usance.flows.checkout_requests import Authorization
from usance.flows.reviews import routed
from usance.records.credit.queries import CheckoutFacts
from usance.records.identity import new_id_text
from usance.rules.credit.application import Application
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.policy import Policy

Answer = Callable[[Authorization], str]


def claim(
    made: Authorization,
    *,
    ordinal: int,
    facts: CheckoutFacts,
    verdict: BuyerVerdict | None,
    on: date,
    rests_on_usage: bool = False,
) -> dict[str, Any]:
    """What the database's gate looks at. What does not apply is left out.

    ``rests_on_usage``: a rule read how much of the line is used, so it must be the same still.
    """
    request = made.request
    document = {
        "ordinal": ordinal,
        "seller_id": request.seller.id,
        "line_id": facts.line_id,
        "outcome": made.decision.outcome,
        "amount": request.amount,
        "idempotency_key": request.idempotency_key,
        "request_hash": request.request_hash.hex(),
        "external_id": request.external_id,
        "on": on,
    }
    if facts.group_id is not None:
        document["group_id"] = facts.group_id
    if made.decision.most_exposure is not None:
        document["most_exposure"] = made.decision.most_exposure
    if rests_on_usage:
        document["exposure"] = facts.exposure.exposure
    if verdict is not None:
        document["buyer_id"] = made.buyer_id
        document |= verdict.claim()
    return document


def details(
    made: Authorization,
    *,
    application: Application,
    facts: CheckoutFacts,
    policy: Policy,
    answer: Answer,
    on: date,
    standing: Mapping[str, Any] | None = None,
    shadow: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """What is written if the order passes the gate. Ids that nobody needs here stay text."""
    request, decision = made.request, made.decision
    document: dict[str, Any] = {
        "buyer_id": made.buyer_id,
        "answer": answer(made) if request.idempotency_key else "",
        "at": made.at,
        "order_id": made.order_id,
        "decision_id": made.decision_id,
        "event_id": new_id_text(),
        "record_id": new_id_text(),
        "entry_id": new_id_text(),
        "held_id": new_id_text(),
        "contra_id": new_id_text(),
        "state": made.state,
        "currency": request.currency,
        "tax_amount": request.tax_amount,
        "terms": decision.terms.code,
        "due_on": decision.due_on,
        "expires_on": decision.expires_on,
        "po_number": request.po_number,
        "lines": [line.to_document() for line in request.lines],
        "metadata": request.metadata,
        "policy_id": made.policy_id,
        "reasons": decision.reasons,
        "up_to": decision.up_to,
        "facts": facts_document(application, facts.exposure, on=on, standing=standing),
        "trace": [[step.rule, step.held, dict(step.compared)] for step in decision.trace],
        "event_type": f"order.{made.state}",
        "event_data": {"amount": request.amount, "external_id": request.external_id},
        "actor": request.by,
    }
    if made.member_id or request.cost_centre or request.ship_to:
        document["member_id"] = made.member_id
        document["cost_centre"] = request.cost_centre
        document["ship_to"] = request.ship_to
    if made.alternatives is not None:
        document["alternatives"] = made.alternatives
    if shadow is not None:
        document["shadow"] = shadow
    if made.state == "pending_review":
        document |= routed(
            application,
            exposure=facts.exposure,
            decision=decision,
            policy=policy,
            at=made.at,
            on=on,
        )
    return document


def facts_document(
    application: Application,
    exposure: Exposure,
    *,
    on: date,
    standing: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The facts of a decision as they are kept, enough to decide again in years.

    ``known`` are the facts that came with the application; of those kept ready ``standing_at`` says
    when they were gathered, ``since`` when a report of another time was made.
    """
    document: dict[str, Any] = {
        "line_state": application.line_state,
        "limit": exposure.limit,
        "tolerance": exposure.tolerance,
        "commitments": exposure.commitments,
        "receivable": exposure.receivable,
        "external": exposure.external,
        "unapplied_cash": exposure.unapplied_cash,
        "oldest_due_on": application.oldest_due_on,
        "on": on,
    }
    if application.requested_terms is not None:
        document["requested_terms"] = application.requested_terms.code
    if application.offered:
        document["offered"] = [terms.code for terms in application.offered]
    if application.rate is not None:
        document["rate"] = str(application.rate)
    if exposure.secured:
        document["secured"] = exposure.secured
    if exposure.group_available is not None:
        document["group_available"] = exposure.group_available
    if application.largest_line is not None:
        document["largest_line"] = application.largest_line
    if application.facts:
        document["known"] = application.facts
        if standing is not None:
            document["standing_at"] = standing["at"]
            since = {n: t for n, t in standing["since"].items() if n in application.facts}
            if since:
                document["since"] = since
    return document
