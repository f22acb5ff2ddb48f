"""Bank lines that book debits: a batch, one debit by itself, one that came back, or a sum of those.

They move money from CLEARING to the bank, or back, buyer by buyer, and are no payments.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from usance.flows.claimed_lines import enter_rest, keep_claim
from usance.flows.debits import return_sums
from usance.flows.debits.return_sums import ReturnSum, searched_text
from usance.flows.debits.returns import Told, take_return
from usance.flows.journal import Journal, business_day
from usance.records.debits import actions, queries
from usance.records.debits.booking_queries import (
    Group,
    named_lines,
    possible_bookings,
    returned_lines,
    waiting_groups,
)
from usance.records.debits.models import Debit
from usance.records.parties.models import Seller
from usance.records.payments.models import BankTransaction
from usance.rules import ledger
from usance.rules.debits.batch_lines import is_batch_line, names_one
from usance.rules.debits.schemes import SCHEMES

LOOK_BACK: Final = timedelta(days=120)
"""A batch that the bank has not booked for so long is looked for no more."""


def claim(seller: Seller, *, at: datetime, by: str) -> int:
    """Claim the lines that book the seller's debits; how many. In the caller's transaction."""
    on = business_day(seller, at=at)
    lines = _loaded(seller, named_lines(seller_id=seller.id))
    returns = _loaded(seller, returned_lines(seller_id=seller.id))
    # What a line books by itself is in no batch; the rest of its batch is looked for the next time.
    alone = {debit_id for _, debit_id in lines}
    groups = [
        group
        for group in waiting_groups(seller_id=seller.id, since=on - LOOK_BACK)
        if alone.isdisjoint(group.debit_ids)
    ]
    batches = _batches(seller, groups, taken={line.id for line, _ in lines})
    concerned = [debit_id for _, debit_id in lines]
    for _, group in batches:
        concerned += group.debit_ids
    sums = return_sums.found_sums(
        seller,
        since=on - return_sums.LOOK_BACK,
        coming=set(concerned),
        taken={line.id for line, _ in returns},
        settled={debit_id for _, debit_id in returns},
    )
    concerned += [debit_id for _, debit_id in returns]
    for _, together in sums:
        concerned += together.debit_ids
    if not concerned:
        return 0
    # The lines of all buyers in the order of all flows, before any of them is posted to.
    debits = {
        debit.id: debit
        for debit in actions.lock_debits(
            seller_id=seller.id, debit_ids=list(dict.fromkeys(concerned))
        )
    }
    for line, debit_id in lines:
        _book_one(seller, line, debits[debit_id], at=at, by=by)
    for line, group in batches:
        _book_batch(seller, line, group, [debits[id_] for id_ in group.debit_ids], at=at, by=by)
    for line, debit_id in returns:
        _book_return(seller, line, debit_id, at=at, by=by)
    for line, together in sums:
        came_back = [debits[id_] for id_ in sorted(together.debit_ids)]
        _book_sum(seller, line, together, came_back, at=at, by=by)
    return len(lines) + len(batches) + len(returns) + len(sums)


def _loaded(
    seller: Seller, found: Sequence[tuple[UUID, UUID]]
) -> list[tuple[BankTransaction, UUID]]:
    rows = BankTransaction.objects.filter(seller_id=seller.id).in_bulk([line for line, _ in found])
    return [(rows[line], debit) for line, debit in found]


def _batches(
    seller: Seller, groups: Sequence[Group], *, taken: Collection[UUID]
) -> list[tuple[BankTransaction, Group]]:
    """Each line, not among ``taken``, that is the booking of exactly one group, by what it names or by
    its amount."""
    if not groups:
        return []
    rules = queries.collection_rules(seller_id=seller.id, at=seller.created_at)
    found: list[tuple[BankTransaction, Group]] = []
    possible = possible_bookings(
        seller_id=seller.id,
        amounts={group.amount for group in groups},
        names=sorted({name for group in groups for name in group.names}),
        since=min(group.day for group in groups) - timedelta(days=1),
    )
    rows = BankTransaction.objects.filter(seller_id=seller.id).in_bulk(possible)
    for line in (rows[id_] for id_ in possible if id_ not in taken):
        text = searched_text(line)
        fitting = [
            group
            for group in groups
            if group.currency == line.currency
            and (group.file_id, group.id) not in _keys(found)
            and is_batch_line(
                amount=line.amount,
                booked_on=line.booked_on,
                text=text,
                bank_code=line.bank_code,
                counterparty=line.counterparty,
                names=group.names,
                group_amount=group.amount,
                group_day=group.day,
                own_names=(seller.name, rules.ach_company_name, rules.ach_company_id),
            )
        ]
        named = [group for group in fitting if names_one(text, names=group.names)]
        if len(named or fitting) == 1:
            found.append((line, (named or fitting)[0]))
    return found


def _keys(found: Sequence[tuple[BankTransaction, Group]]) -> set[tuple[UUID, str]]:
    return {(group.file_id, group.id) for _, group in found}


def _book_one(
    seller: Seller, line: BankTransaction, debit: Debit, *, at: datetime, by: str
) -> None:
    """The bank booked one debit by itself, or names it among those of a batch that it booked before:
    then its money is there already."""
    keep_claim(line, kind="debit", subject_id=debit.id, reference=debit.end_to_end_id, at=at)
    if debit.booked > 0:
        return
    journal = Journal(seller, at=at, by=by)
    _payout(journal, debit, amount=line.amount, subject_id=line.id)
    actions.change(debit, booked=debit.booked + line.amount)
    journal.close()


def _book_batch(
    seller: Seller,
    line: BankTransaction,
    group: Group,
    debits: Sequence[Debit],
    *,
    at: datetime,
    by: str,
) -> None:
    """The bank booked a batch; where the sum is another, what is over or short is the seller's own."""
    journal = Journal(seller, at=at, by=by)
    left = line.amount
    for debit in debits:
        _payout(journal, debit, amount=debit.amount, subject_id=line.id)
        actions.change(debit, booked=debit.booked + debit.amount)
        left -= debit.amount
    enter_rest(journal, line, rest=left)
    keep_claim(line, kind="debit_batch", subject_id=group.file_id, reference=group.id, at=at)
    journal.tell(
        "debit_file.booked",
        object_type="debit_file",
        object_id=group.file_id,
        currency=line.currency,
        data={"group": group.id, "amount": line.amount, "difference": left},
    )
    journal.close()


def _book_return(
    seller: Seller, line: BankTransaction, debit_id: UUID, *, at: datetime, by: str
) -> None:
    """A line says that a debit came back: the return itself, if nobody had told of it, and the money.

    What the line takes beyond the debit are the charges of the banks.
    """
    debit = queries.debit(seller_id=seller.id, debit_id=debit_id)
    assert debit is not None
    take_return(
        seller,
        debit_id=debit_id,
        told=Told(
            code=line.return_reason or _usual(debit),
            on=line.booked_on,
            text=line.info[:200],
            bank_transaction_id=line.id,
        ),
        at=at,
        by=by,
    )
    journal = Journal(seller, at=at, by=by)
    gone = -line.amount
    if gone > debit.amount:
        journal.enter(
            "fee",
            subject_id=line.id,
            buyer_id=debit.buyer_id,
            currency=line.currency,
            postings=ledger.fee(
                debit.buyer_id,
                amount=gone - debit.amount,
                out_of=ledger.place_of(SCHEMES[debit.mandate.scheme].method),
            ),
        )
    _payout(journal, debit, amount=line.amount, subject_id=line.id)
    keep_claim(line, kind="debit_return", subject_id=debit.id, reference=debit.end_to_end_id, at=at)
    journal.close()
    actions.change(debit, booked=debit.booked + line.amount)


def _book_sum(
    seller: Seller,
    line: BankTransaction,
    together: ReturnSum,
    debits: Sequence[Debit],
    *,
    at: datetime,
    by: str,
) -> None:
    """The bank took back several debits as one sum; those of which nobody had told come back by it."""
    for debit in debits:
        if debit.state != "returned":
            told = Told(
                code=line.return_reason or _usual(debit),
                on=line.booked_on,
                text=line.info[:200],
                bank_transaction_id=line.id,
            )
            take_return(seller, debit_id=debit.id, told=told, at=at, by=by)
    journal = Journal(seller, at=at, by=by)
    for debit in debits:
        _payout(journal, debit, amount=-debit.amount, subject_id=line.id)
    if charges := -line.amount - together.amount:
        journal.enter(
            "fee",
            subject_id=line.id,
            buyer_id=None,
            currency=line.currency,
            postings=ledger.fee(None, amount=charges),
        )
    keep_claim(
        line,
        kind="debit_return",
        subject_id=together.subject_id,
        reference=together.name,
        at=at,
    )
    journal.tell(
        "debit_returns.booked",
        object_type="bank_transaction",
        object_id=line.id,
        currency=line.currency,
        data={"amount": together.amount, "charges": charges, "debits": len(debits)},
    )
    journal.close()
    for debit in debits:
        now = queries.debit(seller_id=seller.id, debit_id=debit.id)
        assert now is not None
        actions.change(now, booked=now.booked - now.amount)


def _usual(debit: Debit) -> str:
    """What a return without a reason is taken for."""
    return "MS03" if SCHEMES[debit.mandate.scheme].family == "sepa" else "R32"


def _payout(journal: Journal, debit: Debit, *, amount: int, subject_id: UUID) -> None:
    journal.enter(
        "payout",
        subject_id=subject_id,
        buyer_id=debit.buyer_id,
        currency=debit.currency,
        postings=ledger.payout(amount=amount, buyer_id=debit.buyer_id),
    )
