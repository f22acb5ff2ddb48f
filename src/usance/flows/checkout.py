"""What happens at checkout: facts, decision, reservation.

Two round trips to the database, whether for one order or a thousand: one query reads the facts of
all, then, after the pure decisions, one function call records all and holds the credit, each order
standing or falling by itself. A decision that the credit line no longer bears when it is locked is
taken anew on fresh facts. Orders that are not approved cost a third: the open invoices whose payment
would have made them pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import psycopg
from django.db import transaction
from django.db.utils import IntegrityError, OperationalError

from usance.flows import buyer_rules
from usance.flows.buyer_rules import BuyerVerdict, with_verdict
from usance.flows.checkout_documents import Answer, claim, details
from usance.flows.checkout_facts import application, question, standing_of, with_held
from usance.flows.checkout_requests import (
    Authorization,
    CheckoutRefused,
    ExternalIdTaken,
    KeyInFlight,
    KeyReused,
    LineBusy,
    NoPolicy,
    OrderRequest,
    Outcome,
    Replay,
    UnknownBuyer,
)
from usance.flows.journal import business_day
from usance.records.credit import queries as credit
from usance.records.credit.queries import CheckoutFacts
from usance.records.identity import new_id
from usance.records.invoices.queries import oldest_open
from usance.records.statements import execute, jsonb
from usance.rules.credit.application import Application
from usance.rules.credit.counterfactual import Alternative, OpenItem, alternatives
from usance.rules.credit.decide import Decision, decide
from usance.rules.credit.policy import Policy
from usance.rules.credit.pricing import Offered, offers
from usance.rules.orders import check_order

__all__ = [
    "Authorization",
    "CheckoutRefused",
    "ExternalIdTaken",
    "KeyInFlight",
    "KeyReused",
    "LineBusy",
    "NoPolicy",
    "OrderRequest",
    "Outcome",
    "Quote",
    "Replay",
    "UnknownBuyer",
    "authorize_orders",
    "check_request",
    "no_answer",
    "quote",
]

ATTEMPTS: Final = 8
"""How often decisions are taken anew that others' orders overtook, none of them being recorded."""

STATE_AFTER: Final = {
    "approved": "authorized",
    "declined": "declined",
    "review": "pending_review",
}


def no_answer(_: Authorization) -> str:
    """For callers who remember no answers."""
    return ""


@dataclass(frozen=True, slots=True)
class Quote:
    """What would be decided, the terms on offer with their price, and what would pass instead.

    ``told`` says by reason whether the buyer may be told it.
    """

    decision: Decision
    offers: tuple[Offered, ...]
    alternatives: tuple[Alternative, ...]
    told: Mapping[str, bool]


@dataclass(slots=True)
class _Case:
    """One order on its way to a decision."""

    request: OrderRequest
    facts: CheckoutFacts
    policy: Policy
    asked: Application
    decision: Decision
    on: date
    standing: Any
    verdict: BuyerVerdict | None = None
    alternatives: tuple[Alternative, ...] | None = None

    @property
    def rests_on_usage(self) -> bool:
        """Whether a rule read how much of the line is used, or what of its cash is promised."""
        if self.decision.prepays:
            return True
        checkout = self.policy.checkout
        return checkout is not None and checkout.reads_usage


def quote(request: OrderRequest, *, at: datetime) -> Quote:
    """What would be decided now, without recording or holding anything.

    Raises InvalidOrder, UnknownBuyer or NoPolicy.
    """
    check_request(request)
    on = business_day(request.seller, at=at)
    facts = credit.checkout_facts([question(request, at=at, on=on)])[0]
    refusal = _refusal(request, facts)
    if isinstance(refusal, CheckoutRefused):
        raise refusal
    verdict = buyer_rules.verdicts({0: (request, facts)}, at=at).get(0)
    case = _decided(request, facts, verdict, on=on, explain=True)
    _look_for_alternatives([case])
    return Quote(
        decision=case.decision,
        offers=offers(case.policy, case.asked, facts.exposure, case.decision, on),
        alternatives=case.alternatives or (),
        told=case.policy.told,
    )


def authorize_orders(
    requests: Sequence[OrderRequest], *, at: datetime, answer: Answer = no_answer
) -> list[Outcome]:
    """Decide and record ``requests``, each by itself; the outcomes stand in their order.

    An approved order holds its amount against the credit line, with no overdraft under any
    concurrency. ``answer`` writes the body remembered for a request with an idempotency key.
    Raises InvalidOrder, before anything is written, if a request contradicts itself.
    """
    for request in requests:
        check_request(request)
    outcomes: dict[int, Outcome] = {}
    waiting = list(range(len(requests)))
    in_vain = 0
    while waiting and in_vain < ATTEMPTS:
        left = _attempt(requests, waiting, outcomes, at=at, answer=answer)
        in_vain += len(left) == len(waiting)
        waiting = left
    for n in waiting:
        outcomes[n] = LineBusy()
    return [outcomes[n] for n in range(len(requests))]


def _attempt(
    requests: Sequence[OrderRequest],
    waiting: list[int],
    outcomes: dict[int, Outcome],
    *,
    at: datetime,
    answer: Answer,
) -> list[int]:
    """One round of facts, decisions and recording. Returns those to be decided anew."""
    cases = _cases(requests, waiting, outcomes, at=at)
    claims: list[dict[str, Any]] = []
    written: list[dict[str, Any]] = []
    decided: dict[int, Authorization] = {}
    for n, case in cases.items():
        made = decided[n] = _authorization(case, at=at)
        claims.append(
            claim(
                made,
                ordinal=n,
                facts=case.facts,
                verdict=case.verdict,
                on=case.on,
                rests_on_usage=case.rests_on_usage,
            )
        )
        written.append(
            claims[-1]
            | details(
                made,
                application=case.asked,
                facts=case.facts,
                policy=case.policy,
                answer=answer,
                on=case.on,
                standing=case.standing,
                shadow=_shadow(case),
            )
            | (case.verdict.kept() if case.verdict else {})
        )
    if not claims:
        return []
    try:
        results = _record(claims, written)
    except IntegrityError as error:
        if not isinstance(error.__cause__, psycopg.errors.UniqueViolation):
            raise
        # Somebody else took an external_id between check and insert; the next round sees it.
        return list(decided)
    except OperationalError as error:
        if not isinstance(error.__cause__, _NOTHING_WRITTEN):
            raise
        return list(decided)
    again = []
    for n, result, status, body in results:
        if result == "recorded":
            outcomes[n] = decided[n]
        elif result == "stale":
            again.append(n)
        elif result == "replayed":
            outcomes[n] = Replay(status, body)
        else:
            outcomes[n] = _REFUSALS[result]()
    return sorted(again)


def _cases(
    requests: Sequence[OrderRequest],
    waiting: list[int],
    outcomes: dict[int, Outcome],
    *,
    at: datetime,
) -> dict[int, _Case]:
    """Facts and decisions of those that wait; what needs no decision goes to ``outcomes``."""
    days = {n: business_day(requests[n].seller, at=at) for n in waiting}
    facts = credit.checkout_facts([question(requests[n], at=at, on=days[n]) for n in waiting])
    asked: dict[int, tuple[OrderRequest, CheckoutFacts]] = {}
    for n, known in zip(waiting, facts, strict=True):
        settled = _refusal(requests[n], known)
        if settled is not None:
            outcomes[n] = settled
        else:
            asked[n] = requests[n], known
    verdicts = buyer_rules.verdicts(asked, at=at)
    cases: dict[int, _Case] = {}
    held: dict[UUID, int] = {}
    for n, (request, known) in asked.items():
        case = _decided(request, with_held(known, held), verdicts.get(n), on=days[n], explain=False)
        cases[n] = case
        if case.rests_on_usage and known.line_id and case.decision.outcome == "approved":
            held[known.line_id] = held.get(known.line_id, 0) + request.amount
    _look_for_alternatives([case for case in cases.values() if case.decision.outcome != "approved"])
    return cases


def _record(claims: list[dict[str, Any]], written: list[dict[str, Any]]) -> list[Any]:
    """One statement, committed by itself unless the caller has a transaction open."""
    call = "SELECT * FROM orders_authorize(%s, %s, %s)"
    grouped = any("group_id" in one for one in claims)
    if transaction.get_connection().in_atomic_block:
        with transaction.atomic():
            return execute(call, [jsonb(claims), jsonb(written), grouped])
    return execute(call, [jsonb(claims), jsonb(written), grouped])


_NOTHING_WRITTEN: Final = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)

_REFUSALS: Final[dict[str, type[CheckoutRefused]]] = {
    "key_reused": KeyReused,
    "key_in_flight": KeyInFlight,
    "external_id_taken": ExternalIdTaken,
}


def check_request(request: OrderRequest) -> None:
    """Raise InvalidOrder or UnknownCurrency if the request contradicts itself."""
    check_order(
        amount=request.amount,
        tax_amount=request.tax_amount,
        currency=request.currency,
        lines=request.lines,
    )


def _refusal(request: OrderRequest, facts: CheckoutFacts) -> Replay | CheckoutRefused | None:
    """What can be said without deciding: an earlier answer, or that there is nothing to decide."""
    if facts.answered is not None:
        request_hash, status, body = facts.answered
        if request_hash == request.request_hash:
            return Replay(status, body)
        return KeyReused()
    if facts.buyer_id is None:
        return UnknownBuyer()
    if facts.policy_id is None:
        return NoPolicy()
    return None


def _decided(
    request: OrderRequest,
    facts: CheckoutFacts,
    verdict: BuyerVerdict | None,
    *,
    on: date,
    explain: bool,
) -> _Case:
    """The decision on one order: the seller's, and before it what the buyer's own rules say."""
    assert facts.policy_id is not None
    policy = credit.policy(seller_id=request.seller.id, policy_id=facts.policy_id)
    standing = standing_of(facts, on=on)
    asked = application(request, facts=facts, policy=policy, on=on, standing=standing)
    decision = decide(asked, facts.exposure, policy, on, explain=explain)
    if verdict is not None:
        decision = with_verdict(decision, verdict)
    return _Case(request, facts, policy, asked, decision, on, standing, verdict)


_MONEY_HELPS: Final = frozenset(
    {"overdue", "limit_exceeded", "prepayment_required", "over_order_ceiling"}
)


def _look_for_alternatives(cases: Sequence[_Case]) -> None:
    """What would have been approved instead of each of ``cases``."""
    wanted = [
        case
        for case in cases
        if case.decision.outcome != "approved"
        and not (case.verdict and (case.verdict.refusals or case.verdict.needs_approval))
    ]
    accounts = {
        (case.request.seller.id, case.facts.buyer_id, case.request.currency)
        for case in wanted
        if not _MONEY_HELPS.isdisjoint(case.decision.reasons) or case.policy.rules
    }
    items = oldest_open(accounts) if accounts else {}
    for case in wanted:
        account = case.request.seller.id, case.facts.buyer_id, case.request.currency
        case.alternatives = alternatives(
            case.decision,
            case.asked,
            case.facts.exposure,
            case.policy,
            case.on,
            open_items=[OpenItem(*item) for item in items.get(account, ())],
        )


def _shadow(case: _Case) -> dict[str, Any] | None:
    """What the policy on trial would have said to the same facts."""
    verdict = case.verdict
    if case.facts.shadow_id is None or (verdict and (verdict.refusals or verdict.needs_approval)):
        return None  # no trial, or an order that the buyer itself stopped before any policy could
    request = case.request
    trial = credit.policy(seller_id=request.seller.id, policy_id=case.facts.shadow_id)
    asked = application(request, facts=case.facts, policy=trial, on=case.on, standing=case.standing)
    said = decide(asked, case.facts.exposure, trial, case.on, explain=False)
    return {"policy_id": case.facts.shadow_id, "outcome": said.outcome, "reasons": said.reasons}


def _authorization(case: _Case, *, at: datetime) -> Authorization:
    facts, verdict = case.facts, case.verdict
    assert facts.buyer_id is not None
    assert facts.policy_id is not None
    state = STATE_AFTER[case.decision.outcome]
    if verdict is not None and verdict.needs_approval and state == "pending_review":
        state = "pending_approval"
    return Authorization(
        order_id=new_id(),
        buyer_id=facts.buyer_id,
        decision_id=new_id(),
        policy_id=facts.policy_id,
        state=state,
        decision=case.decision,
        request=case.request,
        at=at,
        member_id=verdict.member_id if verdict else None,
        alternatives=None
        if case.alternatives is None
        else tuple(way.to_document() for way in case.alternatives),
    )
