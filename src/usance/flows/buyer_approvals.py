"""The buyer's own approval of an order, step by step, and the seller's decision after the last.

An order in ``pending_approval`` goes through the steps that applied when it was placed; a chain that
changes meanwhile is for later orders. Nothing is held until then: the seller decides when the buyer has,
on the facts of that moment.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from pydantic_core import to_jsonable_python

from usance.flows.checkout_documents import facts_document
from usance.flows.deciding_again import Again, decide_again
from usance.flows.journal import Journal
from usance.flows.refusals import Conflict, NotFound, WrongState, first_words
from usance.flows.reviews import AlreadyAnswered, open_review
from usance.records.credit import actions as credit_actions
from usance.records.identity import public_id
from usance.records.invoices.queries import oldest_open
from usance.records.orders import actions as orders
from usance.records.orders import buyer_queries
from usance.records.orders.buyer_queries import Stage
from usance.records.orders.models import Order
from usance.records.parties import queries as parties
from usance.records.parties.models import Member, Seller
from usance.rules import ledger
from usance.rules.credit.counterfactual import OpenItem, alternatives
from usance.rules.credit.routing import choose_route

VERDICTS: Final = ("approved", "declined")


class OwnOrder(Conflict):
    """Nobody approves an order of its own. Let another approver or an administrator decide."""

    code = "own_order"


class NotYourStep(Conflict):
    """The order waits for somebody else. Ask one of those named, or an administrator."""

    code = "not_your_step"


@transaction.atomic
def approve_step(
    seller: Seller,
    *,
    order_id: UUID,
    member_id: UUID,
    verdict: str,
    at: datetime,
    note: str = "",
    by: str = "",
) -> Order:
    """Let a member of the buyer's approve or decline the step that an order waits for.

    ``declined`` ends the order. After the last ``approved`` the seller's decision is taken: the order
    is authorized and its amount held, or goes to a person of the seller's, or is declined. Raises
    NotFound, WrongState, OwnOrder, AlreadyAnswered or NotYourStep.
    """
    order = orders.lock_order(seller_id=seller.id, order_id=order_id)
    if order is None:
        raise NotFound("There is no such order.")
    if order.state != "pending_approval":
        raise WrongState(f"The order is {order.state}; it waits for nobody of the buyer's.")
    member = parties.member(seller_id=seller.id, member_id=member_id)
    if member is None or member.buyer_id != order.buyer_id or member.left_at is not None:
        raise NotFound("The buyer of this order has no such member.")
    stages = buyer_queries.chain_of(order)
    stage = _theirs(order, stages, member)
    orders.add_approval(
        order,
        position=stage.step.position,
        member_id=member.id,
        verdict=verdict,
        note=note,
        at=at,
    )
    journal = Journal(seller, at=at, by=by or public_id("member", member.id))
    said = {"member": public_id("member", member.id), "member_name": member.name}
    if verdict == "declined":
        _become(journal, order, "declined", declined_by_buyer=True, **said)
    elif stage is not stages[-1]:
        _tell(journal, order, "order.step_approved", position=stage.step.position, **said)
    else:
        _tell(journal, order, "order.approved_by_buyer", **said)
        # Told before the decision that follows from it.
        journal.close()
        journal = Journal(seller, at=at, by=journal.by)
        _decide(journal, order)
    journal.close()
    return order


def _theirs(order: Order, stages: list[Stage], member: Member) -> Stage:
    """The step that ``order`` waits for, if it is the member's to take."""
    stage = next((stage for stage in stages if stage.is_next), None)
    if stage is None:
        raise WrongState("The order waits for no step of a chain; cancel it and order anew.")
    if member.id in {decider.id for decider in stage.deciders}:
        return stage
    if member.id == order.member_id:
        raise OwnOrder(first_words(OwnOrder))
    if any(one.approval and one.approval.member_id == member.id for one in stages):
        raise AlreadyAnswered(first_words(AlreadyAnswered))
    names = ", ".join(decider.name for decider in stage.deciders)
    raise NotYourStep(first_words(NotYourStep) + (f" Those are: {names}." if names else ""))


def _decide(journal: Journal, order: Order) -> None:
    """Take the seller's decision now, and do what follows from it."""
    case = decide_again(journal.seller, order, at=journal.at, on=journal.on)
    decision = case.decision
    kept = credit_actions.add_decision(
        seller_id=order.seller_id,
        at=journal.at,
        buyer_id=order.buyer_id,
        policy_id=case.facts.policy_id,
        outcome=decision.outcome,
        reasons=list(decision.reasons),
        amount=order.amount,
        currency=order.currency,
        terms=decision.terms.code,
        up_to=decision.up_to,
        facts=to_jsonable_python(
            facts_document(case.asked, case.facts.exposure, on=journal.on, standing=case.standing)
        ),
        trace=to_jsonable_python(
            [[step.rule, step.held, dict(step.compared)] for step in decision.trace]
        ),
        alternatives=_instead(case, on=journal.on),
    )
    orders.change(
        order,
        decision_id=kept.id,
        terms=decision.terms.code,
        due_on=decision.due_on,
        expires_on=decision.expires_on,
    )
    if decision.outcome == "approved":
        journal.enter(
            "order_authorized",
            subject_id=order.id,
            buyer_id=order.buyer_id,
            currency=order.currency,
            postings=ledger.commitment(order.buyer_id, amount=order.amount),
        )
        _become(journal, order, "authorized")
    elif decision.outcome == "declined":
        _become(journal, order, "declined")
    else:
        _become(journal, order, "pending_review")
        _open_review(journal, order, case)


def _open_review(journal: Journal, order: Order, case: Again) -> None:
    reasons = case.decision.reasons
    open_review(
        journal.seller,
        kind="order",
        subject_id=order.id,
        at=journal.at,
        by=journal.by,
        reasons=reasons,
        buyer_id=order.buyer_id,
        amount=order.amount,
        currency=order.currency,
        route=choose_route(
            case.policy,
            case.asked,
            case.facts.exposure,
            kind="order",
            reasons=reasons,
            on=journal.on,
        ),
    )


def _instead(case: Again, *, on: date) -> list[dict[str, Any]] | None:
    """What would have been approved; None where the order was."""
    if case.decision.outcome == "approved":
        return None
    account = case.request.seller.id, case.facts.buyer_id, case.request.currency
    ways = alternatives(
        case.decision,
        case.asked,
        case.facts.exposure,
        case.policy,
        on,
        open_items=[OpenItem(*item) for item in oldest_open({account}).get(account, ())],
    )
    return [to_jsonable_python(way.to_document()) for way in ways]


def _become(journal: Journal, order: Order, state: str, **data: Any) -> None:
    _tell(journal, order, f"order.{state}", state=state, **data)
    orders.change(order, state=state)


def _tell(
    journal: Journal, order: Order, type_: str, *, state: str | None = None, **data: Any
) -> None:
    journal.tell(
        type_,
        object_type="order",
        object_id=order.id,
        buyer_id=order.buyer_id,
        state=state,
        currency=order.currency,
        data={"amount": order.amount, "external_id": order.external_id, **data},
    )
