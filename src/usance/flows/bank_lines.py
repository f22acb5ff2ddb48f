"""The lines of a bank file become rows: those that are known stay as they are, batches are split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from usance.flows.repayments import return_payment
from usance.formats.line_recognition import DAYS_APART, Line, Recognized, recognize
from usance.formats.statement import Statement, Transaction, account_keys, fingerprints
from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.records.payments import actions as payments
from usance.records.payments import bank_queries
from usance.records.payments.models import (
    AccountStatement,
    BankClaim,
    BankStatement,
    BankTransaction,
    Payment,
)
from usance.records.statements import execute

SPLIT: Final = "split"
LONGEST_REFERENCE: Final = 140
"""Characters of what lines are found by: what is longer is none, and no index takes it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the lines of one account: counts. ``unsplit`` are payments of a batch whose money
    had been put to use as a whole, so that it stays one."""

    new: int = 0
    known: int = 0
    unsplit: int = 0


def keep_lines(
    seller: Seller,
    *,
    statement: BankStatement,
    part: AccountStatement,
    read: Statement,
    at: datetime,
    by: str,
) -> Kept:
    """Insert the lines of ``read`` that no other file has brought.

    Payments of a batch that was taken as one line before take its place: the payment that was made of
    it is taken back, unless somebody has put it to use. Runs in the caller's transaction, which holds
    the lock on the seller's bank files.
    """
    rows = _rows(statement, part, read)
    if not rows:
        return Kept()
    known = _known_lines(seller, part, rows)
    by_key = {row.id: row for row in rows}
    found = _recognized(statement, rows, known)
    fresh = [by_key[key] for key in found.new]
    unsplit = 0
    batches: defaultdict[UUID, list[BankTransaction]] = defaultdict(list)
    for key, batch_id in found.splits.items():
        batches[batch_id].append(by_key[key])
    for batch_id, parts in batches.items():
        if _make_room(seller, batch_id, at=at, by=by):
            for row in parts:
                row.batch_id = batch_id
            fresh += parts
        else:
            unsplit += len(parts)
    BankTransaction.objects.bulk_create(fresh, batch_size=2000)
    return Kept(new=len(fresh), known=len(rows) - len(fresh) - unsplit, unsplit=unsplit)


def _rows(
    statement: BankStatement, part: AccountStatement, read: Statement
) -> list[BankTransaction]:
    """A row for each line; a line that the file holds twice in every respect has two."""
    marks = fingerprints(read, account=part.account)
    return [
        _row(statement, part, line, mark)
        for mark, line in zip(marks, read.transactions, strict=True)
    ]


def _row(
    statement: BankStatement, part: AccountStatement, line: Transaction, mark: str
) -> BankTransaction:
    return BankTransaction(
        id=new_id(),
        seller_id=statement.seller_id,
        created_at=statement.created_at,
        statement_id=statement.id,
        part_id=part.id,
        fingerprint=mark,
        ordinal=line.ordinal,
        currency=line.currency,
        amount=line.amount,
        booked_on=line.booked_on,
        value_on=line.value_on,
        counterparty=line.counterparty_name or line.ultimate_counterparty_name or "",
        counterparty_account=line.counterparty_account or "",
        ultimate_counterparty=line.ultimate_counterparty_name or "",
        text=" ".join(filter(None, (line.remittance_text, *line.further_references))),
        structured_reference=line.structured_reference or "",
        end_to_end_id=(line.end_to_end_id or "")[:LONGEST_REFERENCE],
        bank_reference=line.bank_reference or "",
        bank_code=line.bank_transaction_code or "",
        info=line.additional_info,
        instructed_amount=line.instructed.amount if line.instructed else None,
        instructed_currency=line.instructed.currency if line.instructed else "",
        returned=line.returned,
        return_reason=line.return_reason or "",
        entry=line.entry,
        entry_reference=line.entry_reference or "",
        payments=line.payments,
        batch_ids=" ".join(line.batch_ids),
    )


def _known_lines(
    seller: Seller, part: AccountStatement, rows: Sequence[BankTransaction]
) -> Sequence[BankTransaction]:
    keys = account_keys(part.account)
    names = [
        name
        for name in {*bank_queries.account_names(seller_id=seller.id), part.account}
        if name == part.account or account_keys(name) & keys
    ]
    days = [row.booked_on for row in rows]
    return bank_queries.known_lines(
        seller_id=seller.id,
        accounts=names,
        first=min(days) - timedelta(days=DAYS_APART),
        last=max(days) + timedelta(days=DAYS_APART),
        fingerprints=[row.fingerprint for row in rows],
    )


def _recognized(
    statement: BankStatement, rows: list[BankTransaction], known: Sequence[BankTransaction]
) -> Recognized[UUID]:
    if not known:
        # Nothing to compare with; equal lines of the file itself have fingerprints of their own.
        return Recognized(new=[row.id for row in rows])
    split = bank_queries.split_lines(seller_id=statement.seller_id, among=[row.id for row in known])
    return recognize(
        [_line(row, format_=statement.format) for row in rows],
        [_line(row, format_=row.statement.format) for row in known],
        split=split,
    )


def _line(row: BankTransaction, *, format_: str) -> Line[UUID]:
    kind = row.part.kind if row.part is not None else format_
    return Line(
        key=row.id,
        source=f"{kind} {format_.partition('.')[0]}",
        group=row.id if row.entry is None else (row.part_id, row.entry),
        fingerprint=row.fingerprint,
        amount=row.amount,
        currency=row.currency,
        booked_on=row.booked_on,
        reference=row.bank_reference,
        entry_reference=row.entry_reference,
        end_to_end_id=row.end_to_end_id,
        structured_reference=row.structured_reference,
        account=row.counterparty_account,
        name=row.counterparty,
        text=row.text,
    )


def _make_room(seller: Seller, batch_id: UUID, *, at: datetime, by: str) -> bool:
    """Take back the payment that was made of a whole batch; False if the batch has been put to use."""
    # Nobody may settle the batch while its payments come to stand in its place.
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [str(seller.id)])
    if BankClaim.objects.filter(seller_id=seller.id, bank_transaction_id=batch_id).exists():
        return False  # it booked what others had collected: its payments are in the books already
    found = Payment.objects.filter(seller_id=seller.id, bank_transaction_id=batch_id).first()
    payment = found and payments.lock_payment(seller_id=seller.id, payment_id=found.id)
    if payment is None:
        return True
    if payment.allocated or payment.refunded or payment.returned:
        return False
    return_payment(
        seller,
        payment_id=payment.id,
        kind=SPLIT,
        reason="The bank named the payments that the booking was made of.",
        external_id=f"split:{batch_id}",
        at=at,
        by=by,
    )
    return True
