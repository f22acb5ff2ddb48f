"""Advices that wait are given to the money as it comes in: its lines are matched with what they say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from usance.flows import match_proposals
from usance.flows.journal import Journal
from usance.records.parties.models import Seller
from usance.records.payments import remittance_queries
from usance.records.payments.models import BankTransaction, Payment, Remittance, RemittanceLine
from usance.rules.matching.advised_payments import (
    AdvisedPayment,
    FoundBy,
    ReceivedMoney,
    joined,
    names_in,
    whole_names,
)
from usance.rules.matching.model import AdviceLine, BankLine


@dataclass(frozen=True, slots=True)
class Advised:
    """Bank lines as the matching reads them, and the advices that some of them have."""

    lines: list[BankLine]
    found: dict[UUID, tuple[Remittance, FoundBy]]
    """The advice of a bank line, by the line's id."""


def advised_lines(seller: Seller, rows: Sequence[BankTransaction]) -> Advised:
    """The bank lines of ``rows`` with the advices that wait for them: two queries, one where none waits."""
    moneys = [money_of_line(row) for row in rows]
    waiting = remittance_queries.waiting_for(
        seller_id=seller.id,
        amounts={money.amount for money in moneys},
        names={name for money in moneys for name in money.names},
    )
    lines = [match_proposals.bank_line(row) for row in rows]
    if not waiting:
        return Advised(lines, {})
    by_id = {remittance.id: remittance for remittance in waiting}
    pairs = joined([advised_payment(each) for each in waiting], moneys)
    found = {line_id: (by_id[id_], by) for line_id, (id_, by) in pairs.items()}
    documents = remittance_queries.lines_of(
        seller_id=seller.id, remittance_ids=[remittance.id for remittance, _ in found.values()]
    )
    for at, row in enumerate(rows):
        if row.id in found:
            remittance, by = found[row.id]
            lines[at] = with_advice(
                lines[at], remittance, documents=documents[remittance.id], found_by=by
            )
    return Advised(lines, found)


def join(seller: Seller, advised: Advised, *, at: datetime, by: str) -> None:
    """The advices of ``advised`` are those of the payments that were made of its lines."""
    if not advised.found:
        return
    made = Payment.objects.filter(
        seller_id=seller.id, bank_transaction_id__in=list(advised.found)
    ).order_by("id")
    journal = Journal(seller, at=at, by=by)
    for payment in made:
        assert payment.bank_transaction_id is not None
        remittance, found_by = advised.found[payment.bank_transaction_id]
        give(journal, remittance, payment=payment, found_by=found_by)
    journal.close()


def give(journal: Journal, remittance: Remittance, *, payment: Payment, found_by: str) -> None:
    """The waiting ``remittance`` is what ``payment`` is for."""
    Remittance.objects.filter(seller_id=remittance.seller_id, id=remittance.id).update(
        state="joined", payment_id=payment.id, found_by=found_by, changed_at=journal.at
    )
    remittance.state, remittance.payment_id = "joined", payment.id
    remittance.found_by, remittance.changed_at = found_by, journal.at
    journal.tell(
        "remittance.joined",
        object_type="remittance",
        object_id=remittance.id,
        buyer_id=payment.buyer_id,
        state="joined",
        currency=payment.currency,
        data={"found_by": found_by, "reference": remittance.reference},
    )


def with_advice(
    line: BankLine,
    remittance: Remittance,
    *,
    documents: Iterable[RemittanceLine],
    found_by: str,
) -> BankLine:
    """``line`` with what ``remittance`` says of it."""
    return replace(line, advice=advice_lines(remittance, documents), advice_found_by=found_by)


def advice_lines(
    remittance: Remittance, documents: Iterable[RemittanceLine]
) -> tuple[AdviceLine, ...]:
    """What an advice says, as the matching reads it. What was kept back from the payment as a whole is a
    line without a document: no invoice bears it until a person says which."""
    lines = [
        AdviceLine(
            document=row.number,
            paid=row.paid,
            discount=row.discount,
            deduction=row.deducted,
            deduction_reason=_reason(row),
        )
        for row in documents
    ]
    lines += [
        AdviceLine(document="", paid=-each["amount"], deduction_reason=each["reason"])
        for each in remittance.adjustments
    ]
    return tuple(lines)


def _reason(row: RemittanceLine) -> str:
    words = (" ".join(filter(None, (d["code"], d["reason"]))) for d in row.deductions)
    return "; ".join(filter(None, words))


def advised_payment(remittance: Remittance) -> AdvisedPayment:
    """An advice as its payment is looked for."""
    return AdvisedPayment(
        id=remittance.id,
        currency=remittance.currency,
        amount=remittance.amount,
        names=frozenset(remittance.names),
        payer_name=remittance.payer_name,
        payer_account=remittance.payer_account,
        paid_on=remittance.paid_on,
        came_on=remittance.created_at.date(),
    )


def money_of_line(row: BankTransaction) -> ReceivedMoney:
    """A bank line as an advice may be of it."""
    return ReceivedMoney(
        id=row.id,
        currency=row.currency,
        amount=row.amount,
        names=whole_names((row.end_to_end_id, row.bank_reference, row.structured_reference))
        | names_in(row.text),
        payer_name=row.counterparty,
        payer_account=row.counterparty_account,
        received_on=row.booked_on,
    )
