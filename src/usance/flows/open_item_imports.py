"""A table of what customers owe by the ERP's books becomes the exposure outside Usance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from usance.flows import external_items, onboarding
from usance.flows.external_items import ReportedItem
from usance.flows.refusals import ExternalIdTaken
from usance.formats import open_items_table
from usance.formats.open_items_table import OpenItemRow
from usance.records.credit import external_items as records
from usance.records.parties import invoicing_queries
from usance.records.parties.models import Buyer, Seller

LARGEST_FILE: Final = 50 * 1024 * 1024
"""Bytes of a table of open items."""


@dataclass(slots=True)
class Imported:
    """What came of a table: its items, the accounts (a buyer in a currency) they are on, and buyers.

    ``unknown`` are customer numbers with the line where each first stands, whose items were left out;
    ``left`` are accounts with items that the table does not name, and ``cleared`` those whose
    items were taken out since the table is said to be complete.
    """

    items: int = 0
    accounts: int = 0
    created: int = 0
    unknown: dict[str, int] = field(default_factory=dict)
    left: int = 0
    cleared: int = 0


def import_open_items(
    seller: Seller,
    data: bytes,
    *,
    at: datetime,
    by: str,
    origin: str = "erp",
    create_buyers: bool = False,
    country: str | None = None,
    complete: bool = False,
    progress: Callable[[int, int], object] = lambda *_: None,
) -> Imported:
    """Report what ``origin`` has open of every buyer of a table; each account in its own transaction.

    The table must name all items of a buyer that it names; with ``complete``, of all buyers: who is
    not in it owes nothing more there. Buyers are found by the seller's own number, also without
    leading zeros; with ``create_buyers`` those not known are added, in ``country`` (None: the
    seller's) where the table has none. Raises FormatError, with line and column, if any row cannot be
    read; nothing is written then.
    """
    keys = invoicing_queries.terms_keys(seller_id=seller.id)
    rows = open_items_table.parse(data, currency=seller.currency, terms_keys=keys)
    result = Imported()
    buyers = _Buyers(seller)
    accounts: defaultdict[tuple[UUID, str], list[OpenItemRow]] = defaultdict(list)
    for row in rows:
        buyer_id = buyers.find(row.buyer)
        if buyer_id is None and create_buyers:
            buyer_id = buyers.add(row, country=country or seller.country, at=at, by=by)
            result.created += 1
        if buyer_id is None:
            result.unknown.setdefault(row.buyer, row.line)
        else:
            accounts[buyer_id, row.currency].append(row)
            result.items += 1
    others = records.accounts_of(seller_id=seller.id, origin=origin) - accounts.keys()
    ends = sorted(others) if complete else []
    total = len(accounts) + len(ends)
    for done, (buyer_id, currency) in enumerate([*sorted(accounts), *ends], 1):
        external_items.report_open_items(
            seller,
            buyer_id=buyer_id,
            currency=currency,
            items=_items(accounts.get((buyer_id, currency), ())),
            origin=origin,
            at=at,
            by=by,
        )
        progress(done, total)
    result.accounts, result.cleared = len(accounts), len(ends)
    result.left = 0 if complete else len(others)
    return result


def _items(rows: Sequence[OpenItemRow]) -> list[ReportedItem]:
    return [ReportedItem(row.number, row.amount, row.due_on) for row in rows]


class _Buyers:
    """The seller's buyers by its own number; ERPs fill numbers up with zeros, shops do not."""

    def __init__(self, seller: Seller) -> None:
        self._seller = seller
        rows = Buyer.objects.filter(seller_id=seller.id, external_id__isnull=False)
        self._ids = {str(number): id_ for number, id_ in rows.values_list("external_id", "id")}
        self._short: defaultdict[str, set[UUID]] = defaultdict(set)
        for number, buyer_id in self._ids.items():
            self._short[number.lstrip("0")].add(buyer_id)

    def find(self, number: str) -> UUID | None:
        """Whose number it is; None if nobody's, or if it may be that of two."""
        if number in self._ids:
            return self._ids[number]
        alike = self._short.get(number.lstrip("0"), set()) if number.lstrip("0") else set()
        return next(iter(alike)) if len(alike) == 1 else None

    def add(self, row: OpenItemRow, *, country: str, at: datetime, by: str) -> UUID:
        """A new buyer of the row's number."""
        try:
            buyer = onboarding.create_buyer(
                self._seller,
                name=row.name or row.buyer,
                country=row.country or country,
                language=self._seller.language,
                external_id=row.buyer,
                at=at,
                by=by,
            )
        except ExternalIdTaken:  # somebody else was faster
            buyer = Buyer.objects.get(seller_id=self._seller.id, external_id=row.buyer)
        self._ids[row.buyer] = buyer.id
        self._short[row.buyer.lstrip("0")].add(buyer.id)
        return buyer.id
