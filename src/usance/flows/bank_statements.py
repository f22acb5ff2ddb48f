"""What happens to a bank file: it is kept as it came, then each line finds what it pays.

Keeping and settling are two steps. A file is kept whole or not at all, in one transaction; lines are
settled in batches, each batch in a transaction, so that whoever is interrupted goes on where it
stopped and nothing is done twice.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from usance.flows import advice_tables, bank_findings, remittance_keeping, table_mappings
from usance.flows.bank_lines import LONGEST_REFERENCE, keep_lines
from usance.flows.journal import Journal
from usance.flows.table_mappings import storable_name
from usance.formats import bank_files
from usance.formats.bank_csv import ColumnMapping
from usance.formats.statement import Statement
from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.records.payments.models import (
    AccountStatement,
    BankStatement,
)
from usance.records.statements import execute


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
        layout=advice_tables.lockbox_layout(seller),
    )
    if mapping is not None:
        table_mappings.remember(seller, data, said=said, at=at, by=by)
    accounts = {_account(part, said) for part in file.statements}
    kept = BankStatement(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        digest=digest,
        file_name=storable_name(file_name),
        format=file.format,
        account=", ".join(sorted(accounts)),
    )
    kept.save(force_insert=True)
    findings: list[bank_findings.Found] = []
    for ordinal, read in enumerate(file.statements, 1):
        part = _part(kept, read, ordinal=ordinal, account=_account(read, said))
        findings += bank_findings.found_in(part, read)
        part.save(force_insert=True)
        lines = keep_lines(seller, statement=kept, part=part, read=read, at=at, by=by)
        part.transactions, part.duplicates = lines.new, lines.known + lines.unsplit
        part.save(update_fields=["transactions", "duplicates"])
        findings += bank_findings.found_of(part, lines)
        kept.transactions += lines.new
        kept.duplicates += lines.known + lines.unsplit
    kept.findings = bank_findings.as_json(findings)
    kept.save(update_fields=["transactions", "duplicates", "findings"])
    if file.advices:
        remittance_keeping.keep_once(
            seller, file.advices, data=data, at=at, by=by, file_name=file_name, source="bank_file"
        )
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


def _account(read: Statement, said: table_mappings.Reading) -> str:
    return (read.account or said.account or "")[:LONGEST_REFERENCE]


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
