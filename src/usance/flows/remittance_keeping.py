"""Remittance advices are kept as they came: the file whole, each advice with its lines."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from usance.flows.journal import Journal
from usance.formats.remittance import RemittanceAdvice
from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.records.payments import remittance_queries
from usance.records.payments.models import Remittance, RemittanceFile, RemittanceLine
from usance.rules.matching.advised_payments import whole_names


def keep_once(
    seller: Seller,
    advices: Sequence[RemittanceAdvice],
    *,
    data: bytes,
    at: datetime,
    by: str,
    file_name: str,
    source: str,
) -> None:
    """As :func:`keep`, unless the bytes were taken as advices before."""
    digest = hashlib.sha256(data).digest()
    if remittance_queries.file_of(seller_id=seller.id, digest=digest) is None:
        keep(seller, advices, data=data, at=at, by=by, file_name=file_name, source=source)


def keep(
    seller: Seller,
    advices: Sequence[RemittanceAdvice],
    *,
    data: bytes,
    at: datetime,
    by: str,
    file_name: str,
    source: str,
) -> RemittanceFile:
    """Keep what was read of ``data`` as advices that wait. Runs in the caller's transaction; the bytes
    were not taken before."""
    file = RemittanceFile(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        digest=hashlib.sha256(data).digest(),
        file_name="".join(c for c in file_name if c.isprintable())[:200],
        format=advices[0].format if advices else "",
        source=source,
        content=data,
        advices=len(advices),
    )
    file.save(force_insert=True)
    journal = Journal(seller, at=at, by=by)
    rows: list[Remittance] = []
    lines: list[RemittanceLine] = []
    for ordinal, advice in enumerate(advices, 1):
        row = _row(file, advice, ordinal)
        rows.append(row)
        lines += _lines(row, advice)
        journal.tell(
            "remittance.received",
            object_type="remittance",
            object_id=row.id,
            state="waiting",
            currency=row.currency or None,
            data={"lines": len(advice.lines), "payer": row.payer_name},
        )
    Remittance.objects.bulk_create(rows)
    RemittanceLine.objects.bulk_create(lines, batch_size=2000)
    journal.close()
    return file


def _row(file: RemittanceFile, advice: RemittanceAdvice, ordinal: int) -> Remittance:
    return Remittance(
        id=new_id(),
        seller_id=file.seller_id,
        created_at=file.created_at,
        changed_at=file.created_at,
        file_id=file.id,
        ordinal=ordinal,
        number=advice.number,
        payer_name=advice.payer_name,
        payer_ids=list(advice.payer_ids),
        payer_account=advice.payer_account,
        payee_name=advice.payee_name,
        reference=advice.reference,
        cheque_number=advice.cheque_number,
        end_to_end_id=advice.end_to_end_id,
        names=sorted(whole_names(advice.names)),
        paid_on=advice.paid_on,
        amount=advice.money,
        currency=advice.currency,
        method=advice.method,
        adjustments=[asdict(each) for each in advice.adjustments],
        findings=[{"code": each.code, **each.data} for each in advice.findings],
    )


def _lines(row: Remittance, advice: RemittanceAdvice) -> list[RemittanceLine]:
    return [
        RemittanceLine(
            id=new_id(),
            seller_id=row.seller_id,
            created_at=row.created_at,
            remittance_id=row.id,
            ordinal=ordinal,
            number=line.number,
            kind=line.kind,
            dated=line.dated,
            order_number=line.order_number,
            gross=line.gross,
            discount=line.discount,
            deductions=[asdict(each) for each in line.deductions],
            deducted=line.deducted,
            paid=line.paid,
        )
        for ordinal, line in enumerate(advice.lines, 1)
    ]
