"""How a bank's table is read: said once by a person, remembered by its headings, used by itself."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.formats import bank_csv, bank_files
from usance.formats.bank_csv import ColumnMapping
from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.records.payments import bank_queries
from usance.records.payments.models import TableMapping, WaitingBankFile

ASKABLE: Final = frozenset(
    {
        "unknown_table",
        "missing_currency",
        "ambiguous_dates",
        "ambiguous_amounts",
        "unknown_status",
        "invalid_direction",
        "too_few_columns",
    }
)
"""Codes of FormatError for which a person can say how the table is to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a file is to be read. ``mapping`` None: as its own headings tell."""

    mapping: ColumnMapping | None = None
    account: str | None = None
    currency: str | None = None


def reading_of(
    seller: Seller,
    data: bytes,
    *,
    mapping: ColumnMapping | None = None,
    account: str | None = None,
    currency: str | None = None,
) -> Reading:
    """How ``data`` is to be read: as is said now, else as was said for a table of its headings."""
    if mapping is not None:
        return Reading(mapping=mapping, account=account, currency=currency)
    outline = bank_csv.outline_of(data) if bank_files.may_be_table(data) else None
    known = (
        bank_queries.table_mapping(seller_id=seller.id, headings=outline.shape)
        if outline is not None
        else None
    )
    if known is None:
        return Reading(account=account, currency=currency)
    return Reading(
        mapping=ColumnMapping.from_json(known.mapping),
        account=account or known.account or None,
        currency=currency or known.currency or None,
    )


def remember(seller: Seller, data: bytes, *, said: Reading, at: datetime, by: str) -> None:
    """Read every further table of these headings like this one. Runs in the caller's transaction."""
    outline = bank_csv.outline_of(data)
    if outline is None or said.mapping is None:
        return
    keep(
        seller,
        headings=outline.shape,
        mapping=said.mapping.as_json(),
        account=said.account or "",
        currency=said.currency or "",
        at=at,
        by=by,
    )


def keep(
    seller: Seller,
    *,
    headings: str,
    mapping: dict[str, Any],
    account: str = "",
    currency: str = "",
    at: datetime,
    by: str,
) -> None:
    """Keep how files known by ``headings`` are read, in place of what was said before. Runs in the
    caller's transaction."""
    fields = {
        "mapping": mapping,
        "account": account,
        "currency": currency,
        "updated_at": at,
        "by": by,
    }
    TableMapping.objects.update_or_create(
        seller_id=seller.id,
        headings=headings,
        defaults=fields,
        create_defaults={**fields, "id": new_id(), "created_at": at},
    )


@transaction.atomic
def keep_waiting(
    seller: Seller, data: bytes, *, at: datetime, file_name: str = "", account: str = ""
) -> WaitingBankFile:
    """Keep a table until a person has said how it is read. The same bytes wait once."""
    digest = hashlib.sha256(data).digest()
    file_name = storable_name(file_name)
    waiting, _ = WaitingBankFile.objects.update_or_create(
        seller_id=seller.id,
        digest=digest,
        defaults={"file_name": file_name, "account": account},
        create_defaults={
            "id": new_id(),
            "created_at": at,
            "file_name": file_name,
            "account": account,
            "content": data,
        },
    )
    return waiting


def storable_name(file_name: str) -> str:
    """``file_name`` as text: what of it is none (a folder may hold names in any encoding) is ``?``."""
    return file_name.encode("utf-8", "replace").decode().replace("\0", "?")


def forget_waiting(seller: Seller, *, digest: bytes) -> None:
    """The file has been taken. Runs in the caller's transaction."""
    WaitingBankFile.objects.filter(seller_id=seller.id, digest=digest).delete()


@transaction.atomic
def discard_waiting(seller: Seller, *, file_id: UUID) -> None:
    """A person does not want the file after all."""
    WaitingBankFile.objects.filter(seller_id=seller.id, id=file_id).delete()
