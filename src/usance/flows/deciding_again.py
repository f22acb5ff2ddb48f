"""The seller's decision on an order that exists already: taken anew on the facts of this moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from usance.flows.checkout_facts import application, question, standing_of
from usance.flows.checkout_requests import NoPolicy, OrderRequest
from usance.records.credit import actions as credit_actions
from usance.records.credit import queries as credit
from usance.records.credit.models import CreditLine
from usance.records.credit.queries import CheckoutFacts
from usance.records.orders.models import Order
from usance.records.parties.models import Seller
from usance.rules.credit.application import Application
from usance.rules.credit.decide import Decision, decide
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.policy import Policy
from usance.rules.orders import Line
from usance.rules.terms import parse_terms


@dataclass(frozen=True, slots=True)
class Again:
    """The decision, and everything it rests on."""

    request: OrderRequest
    facts: CheckoutFacts
    exposure: Exposure
    policy: Policy
    asked: Application
    standing: Any
    decision: Decision


def decide_again(
    seller: Seller, order: Order, *, at: datetime, on: date, amount: int | None = None
) -> Again:
    """The facts of this moment and the decision on them, for ``amount`` (None: the order's own).

    What the order itself holds or has left owing does not stand in its way. The line is locked
    already; a limit that it shares is locked here, before the facts are read. Raises NoPolicy.
    """
    if order.line_id is not None:
        credit_actions.room(CreditLine.objects.get(seller_id=seller.id, id=order.line_id), on=on)
    request = _request(seller, order, amount=amount)
    [facts] = credit.checkout_facts([question(request, at=at, on=on, order_id=order.id)])
    if facts.policy_id is None:
        raise NoPolicy
    policy = credit.policy(seller_id=seller.id, policy_id=facts.policy_id)
    standing = standing_of(facts, on=on)
    asked = application(request, facts=facts, policy=policy, on=on, standing=standing)
    exposure = _without(order, facts.exposure)
    decision = decide(asked, exposure, policy, on, explain=False)
    return Again(request, facts, exposure, policy, asked, standing, decision)


def _without(order: Order, exposure: Exposure) -> Exposure:
    """What the line uses beside this order. Of what was invoiced on it, at most what is owed."""
    if order.state not in ("authorized", "partially_invoiced"):
        return exposure
    held = order.held
    owed = min(order.invoiced_amount, exposure.receivable)
    shared = exposure.group_available
    return replace(
        exposure,
        commitments=exposure.commitments - held,
        receivable=exposure.receivable - owed,
        group_available=None if shared is None else shared + held + owed,
    )


def _request(seller: Seller, order: Order, *, amount: int | None) -> OrderRequest:
    """What was asked for at checkout, as far as the seller's decision looks at it."""
    terms = order.decision.facts.get("requested_terms")
    if terms is None and order.state != "pending_approval":
        terms = order.terms
    return OrderRequest(
        seller=seller,
        amount=order.amount if amount is None else amount,
        currency=order.currency,
        buyer_id=order.buyer_id,
        tax_amount=order.tax_amount,
        terms=None if terms is None else parse_terms(terms),
        lines=[Line.from_document(line) for line in order.lines],
        po_number=order.po_number,
        member=order.member_id,
        cost_centre=order.cost_centre,
        ship_to=order.ship_to,
    )
