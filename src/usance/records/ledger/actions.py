"""Writing to the ledger: entries are posted, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from usance.records.identity import new_id
from usance.records.statements import execute, jsonb
from usance.rules.ledger import Posting


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to post: balanced ``postings`` in minor units of ``currency``.

    ``subject_id`` is what moved (order, invoice, payment); ``kind`` says how.
    """

    kind: str
    subject_id: UUID
    buyer_id: UUID | None
    currency: str
    postings: tuple[Posting, ...]


def document(entry: NewEntry, *, seller_id: UUID, at: datetime, on: date) -> dict[str, Any]:
    """The entry as the database function ``ledger_post`` takes it."""
    return {
        "id": new_id(),
        "seller_id": seller_id,
        "kind": entry.kind,
        "subject_id": entry.subject_id,
        "buyer_id": entry.buyer_id,
        "currency": entry.currency,
        "at": at,
        "on": on,
        "postings": [
            {"id": new_id(), "buyer_id": p.buyer_id, "account": p.account, "amount": p.amount}
            for p in entry.postings
        ],
    }


def post(entries: Sequence[NewEntry], *, seller_id: UUID, at: datetime, on: date) -> None:
    """Post ``entries`` and keep the balances, in the caller's transaction."""
    documents = [document(e, seller_id=seller_id, at=at, on=on) for e in entries if e.postings]
    if documents:
        execute("SELECT ledger_post(%s)", [jsonb(documents)])
