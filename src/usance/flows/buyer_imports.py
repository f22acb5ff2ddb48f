"""A table of trade accounts becomes buyers with their limits; taken again it changes nothing.

The table is checked whole before anything is written. Accounts are then kept in batches, each in a
transaction, by the seller's own number: who is interrupted runs it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from usance.flows.journal import Journal
from usance.flows.refusals import external_id_once
from usance.flows.standing import begin_standings
from usance.formats import buyer_table
from usance.formats.buyer_table import BuyerRow
from usance.records.credit import actions as credit
from usance.records.credit import queries
from usance.records.credit.models import CreditLine
from usance.records.identity import new_id
from usance.records.parties import invoicing_queries
from usance.records.parties.models import Buyer, Seller
from usance.records.statements import execute

BATCH: Final = 500
_FIELDS: Final = (
    "name",
    "country",
    "email",
    "tax_id",
    "registration_number",
    "language",
    "group",
)


@dataclass(slots=True)
class Imported:
    """How many accounts were new, changed, or as the table has them; and limits that were set."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    limits: int = 0


def import_buyers(
    seller: Seller,
    data: bytes,
    *,
    at: datetime,
    by: str,
    progress: Callable[[int, int], object] = lambda *_: None,
) -> Imported:
    """Add the accounts of a table, or change those there are. An empty cell changes nothing.

    Raises FormatError, with line and column, if any row cannot be read; nothing is written then.
    """
    rows = buyer_table.parse(
        data,
        currency=seller.currency,
        known=lambda ids: _known(seller, ids),
        terms_keys=invoicing_queries.terms_keys(seller_id=seller.id),
    )
    total = Imported()
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        _keep_batch(seller, batch, total, at=at, by=by)
        progress(start + len(batch), len(rows))
    return total


def _known(seller: Seller, ids: set[str]) -> set[str]:
    found = Buyer.objects.filter(seller_id=seller.id, external_id__in=ids)
    return {str(external_id) for external_id in found.values_list("external_id", flat=True)}


@transaction.atomic
def _keep_batch(
    seller: Seller, rows: Sequence[BuyerRow], total: Imported, *, at: datetime, by: str
) -> None:
    # One table at a time for a seller: two would add the same account.
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 6))", [str(seller.id)])
    there = {
        buyer.external_id: buyer
        for buyer in Buyer.objects.select_for_update(no_key=True)
        .filter(seller_id=seller.id, external_id__in=[row.external_id for row in rows])
        .order_by("id")
    }
    journal = Journal(seller, at=at, by=by)
    new = [_new_buyer(seller, row, at=at) for row in rows if row.external_id not in there]
    with external_id_once("buyer", new[0].external_id if new else None):
        Buyer.objects.bulk_create(new)
    begin_standings(seller, buyer_ids=[buyer.id for buyer in new], at=at)
    for buyer in new:
        journal.tell(
            "buyer.created",
            object_type="buyer",
            object_id=buyer.id,
            buyer_id=buyer.id,
            data={"name": buyer.name, "external_id": buyer.external_id},
        )
    changed = 0
    for row in rows:
        known = there.get(row.external_id)
        if known is not None and (fields := _differing(known, row)):
            changed += 1
            Buyer.objects.filter(seller_id=seller.id, id=known.id).update(**fields)
            journal.tell(
                "buyer.updated",
                object_type="buyer",
                object_id=known.id,
                buyer_id=known.id,
                data={"changed": sorted(fields)},
            )
    buyers = there | {buyer.external_id: buyer for buyer in new}
    limits = _set_limits(journal, [(buyers[row.external_id], row) for row in rows], at=at)
    journal.close()
    total.limits += limits
    total.created += len(new)
    total.changed += changed
    total.unchanged += len(rows) - len(new) - changed


def _new_buyer(seller: Seller, row: BuyerRow, *, at: datetime) -> Buyer:
    buyer = Buyer(
        id=new_id(),
        seller=seller,
        created_at=at,
        external_id=row.external_id,
        language=row.language or seller.language,
    )
    for name in _FIELDS:
        value = getattr(row, name)
        if value is not None:
            setattr(buyer, name, value)
    return buyer


def _differing(buyer: Buyer, row: BuyerRow) -> dict[str, Any]:
    """The fields that the row has otherwise."""
    return {
        name: value
        for name in _FIELDS
        if (value := getattr(row, name)) is not None and value != getattr(buyer, name)
    }


def _set_limits(journal: Journal, pairs: Sequence[tuple[Buyer, BuyerRow]], *, at: datetime) -> int:
    """Set the limits that are otherwise now, as set_credit_line does one by one; how many."""
    seller_id = journal.seller.id
    wanted = {
        (buyer.id, row.currency): row
        for buyer, row in pairs
        if row.credit_limit is not None and row.currency is not None
    }
    CreditLine.objects.bulk_create(
        [
            CreditLine(seller_id=seller_id, buyer_id=buyer_id, currency=currency, created_at=at)
            for buyer_id, currency in wanted
        ],
        ignore_conflicts=True,
    )
    credit.lock_lines(seller_id=seller_id, accounts=wanted.keys())
    changed = []
    for line in queries.lines_of(seller_id=seller_id, buyer_ids=[one for one, _ in wanted]):
        row = wanted.get((line.buyer_id, line.currency))
        if row is None or row.credit_limit is None or _is_so(line, row):
            continue
        before, line.limit = line.limit, row.credit_limit
        line.tolerance = line.tolerance if row.tolerance is None else row.tolerance
        line.terms = line.terms if row.terms is None else [terms.code for terms in row.terms]
        changed.append(line)
        journal.tell(
            "credit_line.changed",
            object_type="credit_line",
            object_id=line.id,
            buyer_id=line.buyer_id,
            currency=line.currency,
            data={"limit": line.limit, "tolerance": line.tolerance, "before": before},
        )
    CreditLine.objects.bulk_update(changed, ["limit", "tolerance", "terms"])
    return len(changed)


def _is_so(line: CreditLine, row: BuyerRow) -> bool:
    return (
        line.limit == row.credit_limit
        and row.tolerance in (None, line.tolerance)
        and (row.terms is None or [one.code for one in row.terms] == line.terms)
    )
