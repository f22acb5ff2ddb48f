"""What the matching proposed for a payment, and what is learnt from what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.records.payments import matching_actions
from usance.records.payments.models import BankTransaction, Payment, Proposal
from usance.rules.matching import model as matching
from usance.rules.matching.model import RULES
from usance.rules.matching.payers import lessons


def bank_line(
    row: BankTransaction, *, advice: Sequence[matching.AdviceLine] = ()
) -> matching.BankLine:
    """A kept bank line as the matching reads it."""
    return matching.BankLine(
        amount=row.amount,
        currency=row.currency,
        booked_on=row.booked_on,
        value_on=row.value_on,
        structured_references=tuple(filter(None, (row.structured_reference,))),
        texts=tuple(filter(None, (row.text,))),
        end_to_end_id=row.end_to_end_id,
        payer_name=row.counterparty,
        payer_account=row.counterparty_account,
        ultimate_payer=row.ultimate_counterparty,
        instructed_amount=row.instructed_amount,
        instructed_currency=row.instructed_currency,
        advice=tuple(advice),
    )


def new_proposal(
    payment: Payment, matched: matching.Matched, *, state: str, at: datetime
) -> Proposal:
    """What the matching made of the line of ``payment``; not stored yet. ``matched`` has a best."""
    best = matched.best
    assert best is not None
    return Proposal(
        id=new_id(),
        seller_id=payment.seller_id,
        created_at=at,
        payment_id=payment.id,
        buyer_id=best.buyer_id,
        state=state,
        confidence=best.confidence,
        rule=best.rule,
        best=as_json(best),
        alternatives=[as_json(each) for each in matched.alternatives],
        held_back=list(matched.held_back),
    )


def as_json(proposal: matching.Proposal) -> dict[str, Any]:
    """A reading as it is kept."""
    return {
        "buyer": str(proposal.buyer_id),
        "currency": proposal.currency,
        "shares": [{**asdict(share), "item_id": str(share.item_id)} for share in proposal.shares],
        "unapplied": proposal.unapplied,
        "confidence": proposal.confidence,
        "rule": proposal.rule,
        "reasons": [[reason.code, dict(reason.parameters)] for reason in proposal.reasons],
    }


def from_json(kept: dict[str, Any]) -> matching.Proposal:
    """A reading as it was kept."""
    return matching.Proposal(
        buyer_id=UUID(kept["buyer"]),
        currency=kept["currency"],
        shares=tuple(
            matching.Share(**{**share, "item_id": UUID(share["item_id"])})
            for share in kept["shares"]
        ),
        unapplied=kept["unapplied"],
        confidence=kept["confidence"],
        rule=kept["rule"],
        reasons=tuple(
            matching.Reason(code, tuple(parameters.items())) for code, parameters in kept["reasons"]
        ),
    )


def teach(
    seller: Seller, taught: Sequence[tuple[matching.BankLine, UUID, bool]], *, at: datetime
) -> tuple[matching.Lesson, ...]:
    """Remember for each (line, buyer, undone) whose account, name and words these were."""
    learnt = tuple(
        lesson
        for line, buyer_id, undone in taught
        for lesson in lessons(line, buyer_id=buyer_id, undone=undone)
    )
    matching_actions.teach(learnt, seller_id=seller.id, at=at)
    return learnt


def placed_by_hand(seller: Seller, payment: Payment, *, at: datetime, by: str) -> None:
    """A person put the locked ``payment`` to use: what waits as a proposal is settled by that, and
    whose money it was is learnt."""
    supersede(payment, at=at, by=by)
    teach_of(seller, payment, undone=False, at=at)


def supersede(payment: Payment, *, at: datetime, by: str) -> None:
    """What waits for a person about the locked ``payment`` is settled otherwise: nobody need look."""
    Proposal.objects.filter(
        seller_id=payment.seller_id, payment_id=payment.id, state="open"
    ).update(state="superseded", decided_at=at, decided_by=by)


def taken_back(seller: Seller, payment: Payment, *, rule: str, at: datetime, by: str) -> None:
    """A person undid what ``rule`` had let the locked ``payment`` pay: the next such line is not taken
    for the same buyer's so easily. What a person had placed and takes back teaches nothing."""
    if rule not in RULES:
        return
    Proposal.objects.filter(
        seller_id=seller.id, payment_id=payment.id, state__in=("booked", "accepted")
    ).update(state="undone", decided_at=at, decided_by=by)
    teach_of(seller, payment, undone=True, at=at)


def teach_of(seller: Seller, payment: Payment, *, undone: bool, at: datetime) -> None:
    """Learn from the bank line of ``payment`` whose it was, or (``undone``) was not."""
    if payment.buyer_id is None or payment.bank_transaction_id is None:
        return
    row = BankTransaction.objects.get(seller_id=seller.id, id=payment.bank_transaction_id)
    teach(seller, [(bank_line(row), payment.buyer_id, undone)], at=at)
