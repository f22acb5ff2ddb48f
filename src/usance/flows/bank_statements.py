"""What happens to a bank file: it is kept as it came, then each line finds what it pays.

Keeping and settling are two steps. A file is kept whole or not at all, in one transaction; lines are
settled in batches, each batch in a transaction, so that whoever is interrupted goes on where it
stopped and nothing is done twice.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows import bank_findings, table_mappings
from usance.flows.bank_lines import keep_lines
from usance.flows.journal import Journal
from usance.flows.settlement import Applications, InvoiceState, enter_receipt
from usance.formats import bank_files
from usance.formats.bank_csv import ColumnMapping
from usance.formats.statement import Statement
from usance.records.credit import actions as credit
from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.records.payments import actions, queries
from usance.records.payments.models import (
    AccountStatement,
    BankStatement,
    BankTransaction,
    Payment,
)
from usance.records.statements import execute
from usance.rules.matching.exact import BY_REFERENCE, Match, OpenInvoice, Remittance
from usance.rules.matching.exact import match as find_match
from usance.rules.matching.exact import references as references_in
from usance.rules.payment_references import reference_keys

BATCH: Final = 500
"""Bank lines settled in one transaction."""


@transaction.atomic
def take_statement(
    seller: Seller,
    data: bytes,
    *,
    at: datetime,
    by: str,
    file_name: str = "",
    account: str | None = None,
    currency: str | None = None,
    mapping: ColumnMapping | None = None,
) -> tuple[BankStatement, bool]:
    """Keep a bank file and its transactions, whole or not at all. Returns it, and whether it is new.

    The same bytes give the same statement. Transactions that another file brought already are not
    kept again, of whichever kind and format the two files are (see ``formats.line_recognition``). A
    table is read as ``mapping`` says, which is remembered for tables of the same headings; without
    it, as was said for such a table before. ``account`` and ``currency`` stand in where a table tells
    neither. Raises FormatError, with line and column, if the file cannot be read.
    """
    digest = hashlib.sha256(data).digest()
    # One at a time for a seller: files that overlap would wait for each other's lines in a ring.
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [str(seller.id)])
    known = BankStatement.objects.filter(seller_id=seller.id, digest=digest).first()
    if known is not None:
        return known, False
    said = table_mappings.reading_of(
        seller, data, mapping=mapping, account=account, currency=currency
    )
    file = bank_files.read(
        data,
        mapping=said.mapping,
        currency=said.currency or seller.currency,
        account=said.account,
    )
    if mapping is not None:
        table_mappings.remember(seller, data, said, at=at, by=by)
    accounts = {part.account or said.account or "" for part in file.statements}
    kept = BankStatement(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        digest=digest,
        file_name=file_name,
        format=file.format,
        account=", ".join(sorted(accounts)),
    )
    kept.save(force_insert=True)
    findings: list[bank_findings.Found] = []
    for ordinal, read in enumerate(file.statements, 1):
        part = _part(kept, read, ordinal=ordinal, account=read.account or said.account or "")
        findings += bank_findings.found_in(part, read)
        part.save(force_insert=True)
        lines = keep_lines(seller, kept, part, read, at=at, by=by)
        part.transactions, part.duplicates = lines.new, lines.known + lines.unsplit
        part.save(update_fields=["transactions", "duplicates"])
        findings += bank_findings.found_of(part, lines)
        kept.transactions += lines.new
        kept.duplicates += lines.known + lines.unsplit
    kept.findings = bank_findings.as_json(findings)
    kept.save(update_fields=["transactions", "duplicates", "findings"])
    table_mappings.forget_waiting(seller, digest=digest)
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "bank_statement.received",
        object_type="bank_statement",
        object_id=kept.id,
        data={"transactions": kept.transactions, "duplicates": kept.duplicates},
    )
    journal.close()
    return kept, True


def _part(kept: BankStatement, read: Statement, *, ordinal: int, account: str) -> AccountStatement:
    days = [line.booked_on for line in read.transactions]
    return AccountStatement(
        id=new_id(),
        seller_id=kept.seller_id,
        created_at=kept.created_at,
        statement_id=kept.id,
        ordinal=ordinal,
        kind=read.kind,
        account=account,
        currency=read.currency or "",
        identifier=read.id or "",
        sequence=read.sequence,
        partial=read.partial,
        opening=read.opening,
        closing=read.closing,
        period_from=read.period_from or min(days, default=None),
        period_to=read.period_to or max(days, default=None),
    )


@dataclass(slots=True)
class Settled:
    """What became of bank lines: counts, and amounts in minor units by currency."""

    lines: int = 0
    matched: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    unapplied: int = 0
    unidentified: int = 0

    def add(self, other: Settled) -> None:
        """Count ``other`` too."""
        self.lines += other.lines
        self.unapplied += other.unapplied
        self.unidentified += other.unidentified
        for rule, count in other.matched.items():
            self.matched[rule] += count


def settle_all(
    seller: Seller,
    *,
    at: datetime,
    by: str,
    progress: Callable[[int], None] | None = None,
) -> Settled:
    """Settle every line that is not settled yet; ``progress`` hears how many are done."""
    total = Settled()
    while (batch := settle_batch(seller, at=at, by=by)).lines:
        total.add(batch)
        if progress:
            progress(total.lines)
    return total


@transaction.atomic
def settle_batch(seller: Seller, *, at: datetime, by: str, limit: int = BATCH) -> Settled:
    """Turn up to ``limit`` unsettled lines into payments and let them pay what they name."""
    # One at a time for a seller: two would pick the same lines.
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [str(seller.id)])
    lines = queries.unsettled(seller_id=seller.id, limit=limit)
    if not lines:
        return Settled()
    payers = _payers(seller.id, lines)
    named = {line.id: references_in(_texts(line)) for line in lines}
    wanted = set().union(*named.values())
    owners = {
        (row["buyer_id"], row["currency"])
        for row in queries.open_invoices_named(seller_id=seller.id, references=wanted)
    }
    owners |= {(payers[line.id], line.currency) for line in lines if line.id in payers}
    for buyer_id, currency in sorted(owners):
        _ensure_line_exists(seller, buyer_id, currency, at=at)
    credit.lock_lines(seller_id=seller.id, accounts=owners)
    # Read again: what was open before the lines were locked may be paid now.
    return _book(seller, lines, payers=payers, wanted=wanted, locked=owners, at=at, by=by)


def _book(
    seller: Seller,
    lines: Sequence[BankTransaction],
    *,
    payers: dict[UUID, UUID],
    wanted: set[str],
    locked: set[tuple[UUID, str]],
    at: datetime,
    by: str,
) -> Settled:
    candidates = _Candidates(seller.id, wanted, locked)
    journal = Journal(seller, at=at, by=by)
    applied = Applications(journal)
    settled = Settled(lines=len(lines))
    made, learnt = [], []
    for line in lines:
        found = candidates.match(line, payer_id=payers.get(line.id))
        payment = _payment(line, buyer_id=found.buyer_id, at=at)
        made.append(payment)
        enter_receipt(journal, payment)
        for share in found.shares:
            applied.add(
                payment,
                candidates.states[share.invoice.id],
                amount=share.amount,
                rule=share.rule,
                reverses=None,
                explanation=f"{share.invoice.reference} in the payer's text"
                if share.rule == BY_REFERENCE
                else "",
            )
        if found.shares:
            settled.matched[found.shares[0].rule] += 1
            if found.shares[0].rule == BY_REFERENCE:
                learnt += _learnt(line, found.buyer_id, at=at)
        elif found.buyer_id:
            settled.unapplied += 1
        else:
            settled.unidentified += 1
    applied.write(new=made)
    actions.learn_payers(seller_id=seller.id, rows=learnt)
    journal.close()
    return settled


class _Candidates:
    """The open invoices that a batch of lines may pay, read once under the lock.

    ``locked`` are the (buyer, currency) whose credit lines are locked. An invoice of another, opened
    since, is left alone: its line of the file waits for a person as if it named nothing.
    """

    def __init__(self, seller_id: UUID, wanted: set[str], locked: set[tuple[UUID, str]]) -> None:
        rows = [
            row
            for row in queries.open_invoices_named(seller_id=seller_id, references=wanted)
            if (row["buyer_id"], row["currency"]) in locked
        ]
        rows += queries.open_invoices_of(seller_id=seller_id, accounts=locked)
        self.states: dict[UUID, InvoiceState] = {}
        self._open: dict[UUID, OpenInvoice] = {}
        self._by_reference: defaultdict[str, list[OpenInvoice]] = defaultdict(list)
        self._of_buyer: defaultdict[UUID, list[OpenInvoice]] = defaultdict(list)
        for row in rows:
            if row["id"] not in self.states:
                self._add(row)

    def _add(self, row: dict[str, Any]) -> None:
        reference, due_on = row.pop("reference"), row.pop("due_on")
        names = reference_keys(number=reference, payment_reference=row.pop("payment_reference"))
        state = self.states[row["id"]] = InvoiceState(**row)
        invoice = OpenInvoice(
            id=state.id,
            buyer_id=state.buyer_id,
            reference=reference,
            currency=state.currency,
            outstanding=state.outstanding,
            due_on=due_on,
        )
        for name in names:
            self._by_reference[name].append(invoice)
        self._of_buyer[state.buyer_id].append(invoice)

    def match(self, line: BankTransaction, *, payer_id: UUID | None) -> Match:
        """What ``line`` pays."""
        return find_match(
            Remittance(
                amount=line.amount,
                currency=line.currency,
                texts=_texts(line),
                payer_id=payer_id,
            ),
            by_reference=self._by_reference,
            of_payer=self._of_buyer[payer_id] if payer_id else (),
        )


def _texts(line: BankTransaction) -> tuple[str, ...]:
    return line.structured_reference, line.text, line.end_to_end_id


def _payers(seller_id: UUID, lines: Sequence[BankTransaction]) -> dict[UUID, UUID]:
    """The buyer behind each line whose account or name is known."""
    keys = {key for line in lines for key in _payer_keys(line)}
    known = queries.payers(seller_id=seller_id, values=keys)
    names = queries.buyers_by_name(
        seller_id=seller_id, names={value for kind, value in keys if kind == "name"}
    )
    found = {}
    for line in lines:
        for kind, value in _payer_keys(line):
            buyer_id = known.get((kind, value)) or (names.get(value) if kind == "name" else None)
            if buyer_id:
                found[line.id] = buyer_id
                break
    return found


def _payer_keys(line: BankTransaction) -> list[tuple[str, str]]:
    keys = []
    if line.counterparty_account:
        keys.append(("account", line.counterparty_account))
    if line.counterparty:
        keys.append(("name", line.counterparty.upper()))
    return keys


def _learnt(line: BankTransaction, buyer_id: UUID | None, *, at: datetime) -> list[dict[str, Any]]:
    return [
        {"id": new_id(), "at": at, "buyer_id": buyer_id, "kind": kind, "value": value}
        for kind, value in _payer_keys(line)
    ]


def _payment(line: BankTransaction, *, buyer_id: UUID | None, at: datetime) -> Payment:
    return Payment(
        id=new_id(),
        seller_id=line.seller_id,
        created_at=at,
        buyer_id=buyer_id,
        bank_transaction_id=line.id,
        state="unapplied",
        currency=line.currency,
        amount=line.amount,
        received_on=line.booked_on,
        payer=line.counterparty,
        reference=line.structured_reference or line.text[:140],
    )


def _ensure_line_exists(seller: Seller, buyer_id: UUID, currency: str, *, at: datetime) -> None:
    """Open a line with no limit where a buyer pays in a currency it was never given credit in."""
    if not credit.line_exists(seller_id=seller.id, buyer_id=buyer_id, currency=currency):
        credit.ensure_line(seller_id=seller.id, buyer_id=buyer_id, currency=currency, at=at)
