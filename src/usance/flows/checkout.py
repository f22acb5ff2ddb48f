"""What happens at checkout: facts, decision, reservation.

Two round trips to the database, whether for one order or a thousand: one query reads the facts of
all, then, after the pure decisions, one function call records all and holds the credit, each order
standing or falling by itself. A decision that the credit line no longer bears when it is locked is
taken anew on fresh facts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import psycopg
from django.db import transaction
from django.db.utils import IntegrityError, OperationalError

from usance.flows.journal import business_day
from usance.records.credit import queries as credit
from usance.records.credit.queries import CheckoutFacts
from usance.records.identity import new_id, new_id_text
from usance.records.parties.models import Seller
from usance.records.statements import execute, jsonb
from usance.rules.credit.decide import Application, Decision, decide
from usance.rules.orders import Line, check_order
from usance.rules.terms import Terms, parse_terms

ATTEMPTS: Final = 8
"""How often a decision is taken anew when others took the credit meanwhile."""

STATE_AFTER: Final = {
    "approved": "authorized",
    "declined": "declined",
    "review": "pending_review",
}


class CheckoutRefused(Exception):
    """An order that could not be decided at all; nothing was written."""

    code = "checkout_refused"


class UnknownBuyer(CheckoutRefused):
    """The seller has no such buyer. Create the buyer, or send its id or external_id."""

    code = "unknown_buyer"


class NoPolicy(CheckoutRefused):
    """The seller has no credit policy yet."""

    code = "no_policy"


class ExternalIdTaken(CheckoutRefused):
    """Another order of the seller's has this external_id."""

    code = "external_id_taken"


class KeyReused(CheckoutRefused):
    """The idempotency key was used with another request. Send a new key."""

    code = "idempotency_key_reused"


class KeyInFlight(CheckoutRefused):
    """A request with this idempotency key is running. Try again in a moment."""

    code = "idempotency_key_in_flight"


class LineBusy(CheckoutRefused):
    """The buyer's credit changed at every attempt. Try again in a moment."""

    code = "credit_line_busy"


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """An order on account, asked for by a shop. Amounts are minor units, the amount with tax.

    The buyer is named by ``buyer_id`` or by ``buyer_external_id``. With ``idempotency_key`` the
    answer is remembered beside the order and given again to the same request.
    """

    seller: Seller
    amount: int
    currency: str
    buyer_id: UUID | None = None
    buyer_external_id: str | None = None
    tax_amount: int = 0
    terms: Terms | None = None
    lines: Sequence[Line] = ()
    po_number: str = ""
    external_id: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    by: str = ""
    idempotency_key: str | None = None
    request_hash: bytes = b""


@dataclass(frozen=True, slots=True)
class Authorization:
    """A decided and recorded order."""

    order_id: UUID
    buyer_id: UUID
    decision_id: UUID
    state: str
    decision: Decision
    request: OrderRequest
    at: datetime


@dataclass(frozen=True, slots=True)
class Replay:
    """The first answer to a request that was answered before."""

    status: int
    body: str


Outcome = Authorization | Replay | CheckoutRefused
Answer = Callable[[Authorization], str]


def no_answer(_: Authorization) -> str:
    """For callers who remember no answers."""
    return ""


def quote(request: OrderRequest, *, at: datetime) -> Decision:
    """What would be decided now, without recording or holding anything.

    Raises InvalidOrder, UnknownBuyer or NoPolicy.
    """
    check_request(request)
    facts = credit.checkout_facts([_question(request)])[0]
    refusal = _refusal(request, facts)
    if isinstance(refusal, CheckoutRefused):
        raise refusal
    return _decide(request, facts, on=business_day(request.seller, at=at))


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
    for _ in range(ATTEMPTS):
        waiting = _attempt(requests, waiting, outcomes, at=at, answer=answer)
        if not waiting:
            break
    for n in waiting:
        outcomes[n] = LineBusy(_text(LineBusy))
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
    facts = credit.checkout_facts([_question(requests[n]) for n in waiting])
    claims: list[dict[str, Any]] = []
    details: list[dict[str, Any]] = []
    decided: dict[int, Authorization] = {}
    for n, known in zip(waiting, facts, strict=True):
        request = requests[n]
        settled = _refusal(request, known)
        if settled is not None:
            outcomes[n] = settled
            continue
        on = business_day(request.seller, at=at)
        decided[n] = _authorization(request, known, _decide(request, known, on=on), at=at)
        claim = _claim(n, decided[n], known)
        claims.append(claim)
        details.append(claim | _details(decided[n], known, answer=answer, on=on))
    if not claims:
        return []
    try:
        results = _record(claims, details)
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
            refused = _REFUSALS[result]
            outcomes[n] = refused(_text(refused))
    return sorted(again)


def _record(claims: list[dict[str, Any]], details: list[dict[str, Any]]) -> list[Any]:
    """One statement, committed by itself unless the caller has a transaction open."""
    call = "SELECT * FROM orders_authorize(%s, %s)"
    if transaction.get_connection().in_atomic_block:
        with transaction.atomic():
            return execute(call, [jsonb(claims), jsonb(details)])
    return execute(call, [jsonb(claims), jsonb(details)])


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


def _question(request: OrderRequest) -> credit.CheckoutQuestion:
    return credit.CheckoutQuestion(
        seller_id=request.seller.id,
        buyer_id=request.buyer_id,
        buyer_external_id=request.buyer_external_id,
        currency=request.currency,
        idempotency_key=request.idempotency_key,
    )


def _refusal(request: OrderRequest, facts: CheckoutFacts) -> Replay | CheckoutRefused | None:
    """What can be said without deciding: an earlier answer, or that there is nothing to decide."""
    if facts.answered is not None:
        request_hash, status, body = facts.answered
        if request_hash == request.request_hash:
            return Replay(status, body)
        return KeyReused(_text(KeyReused))
    if facts.buyer_id is None:
        return UnknownBuyer(_text(UnknownBuyer))
    if facts.policy_id is None:
        return NoPolicy(_text(NoPolicy))
    return None


def _decide(request: OrderRequest, facts: CheckoutFacts, *, on: date) -> Decision:
    assert facts.policy_id is not None
    application = Application(
        amount=request.amount,
        currency=request.currency,
        line_state=facts.line_state,
        oldest_due_on=facts.oldest_due_on,
        requested_terms=request.terms,
        offered=tuple(parse_terms(code) for code in facts.terms),
    )
    policy = credit.policy(seller_id=request.seller.id, policy_id=facts.policy_id)
    return decide(application, facts.exposure, policy, on)


def _authorization(
    request: OrderRequest, facts: CheckoutFacts, decision: Decision, *, at: datetime
) -> Authorization:
    assert facts.buyer_id is not None
    return Authorization(
        order_id=new_id(),
        buyer_id=facts.buyer_id,
        decision_id=new_id(),
        state=STATE_AFTER[decision.outcome],
        decision=decision,
        request=request,
        at=at,
    )


def _claim(ordinal: int, made: Authorization, facts: CheckoutFacts) -> dict[str, Any]:
    """What the database's gate looks at."""
    request = made.request
    return {
        "ordinal": ordinal,
        "seller_id": request.seller.id,
        "line_id": facts.line_id,
        "outcome": made.decision.outcome,
        "amount": request.amount,
        "idempotency_key": request.idempotency_key,
        "request_hash": request.request_hash.hex(),
        "external_id": request.external_id,
    }


def _details(
    made: Authorization, facts: CheckoutFacts, *, answer: Answer, on: date
) -> dict[str, Any]:
    """What is written if the order passes the gate. Ids that nobody needs here stay text."""
    request, decision = made.request, made.decision
    return {
        "buyer_id": made.buyer_id,
        "answer": answer(made) if request.idempotency_key else "",
        "at": made.at,
        "on": on,
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
        "policy_id": facts.policy_id,
        "reasons": decision.reasons,
        "up_to": decision.up_to,
        "facts": _facts_document(facts),
        "trace": [[step.rule, step.held, dict(step.compared)] for step in decision.trace],
        "event_type": f"order.{made.state}",
        "event_data": {"amount": request.amount, "external_id": request.external_id},
        "actor": request.by,
    }


def _facts_document(facts: CheckoutFacts) -> dict[str, Any]:
    exposure = facts.exposure
    return {
        "line_state": facts.line_state,
        "limit": exposure.limit,
        "tolerance": exposure.tolerance,
        "commitments": exposure.commitments,
        "receivable": exposure.receivable,
        "external": exposure.external,
        "unapplied_cash": exposure.unapplied_cash,
        "oldest_due_on": facts.oldest_due_on,
    }


def _text(refused: type[CheckoutRefused]) -> str:
    """What the refusal tells the person: the first paragraph of its description."""
    return " ".join((refused.__doc__ or "").split())
