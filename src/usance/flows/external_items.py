"""Open items that only the ERP knows: they count in the exposure of their buyer's credit line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal
from usance.flows.refusals import NotFound
from usance.records.credit import actions as credit
from usance.records.credit import external_items as records
from usance.records.credit.models import CreditLine
from usance.records.parties.models import Buyer, Seller
from usance.rules.money import LARGEST_AMOUNT, MoneyError, exponent


@dataclass(frozen=True, slots=True)
class ReportedItem:
    """One open item as the ERP has it: ``amount`` in minor units, below zero for a credit."""

    number: str
    amount: int
    due_on: date | None = None


@transaction.atomic
def report_open_items(
    seller: Seller,
    *,
    buyer_id: UUID,
    currency: str,
    items: Sequence[ReportedItem],
    at: datetime,
    by: str,
    origin: str = "erp",
) -> CreditLine:
    """What ``origin`` has open of a buyer in one currency, all of it: items it no longer names are gone.

    Items whose number is an invoice's of ours are left out: that invoice counts already. The sum
    is never below nothing. Raises NotFound, UnknownCurrency or MoneyError.
    """
    exponent(currency)
    if any(abs(item.amount) > LARGEST_AMOUNT for item in items):
        raise MoneyError(f"An item must be within {LARGEST_AMOUNT} minor units.")
    if not Buyer.objects.filter(seller_id=seller.id, id=buyer_id).exists():
        raise NotFound("There is no such buyer.")
    line = credit.ensure_line(seller_id=seller.id, buyer_id=buyer_id, currency=currency, at=at)
    ours = records.our_numbers(
        seller_id=seller.id,
        buyer_id=buyer_id,
        currency=currency,
        numbers=[item.number for item in items],
    )
    records.replace_items(
        seller_id=seller.id,
        buyer_id=buyer_id,
        currency=currency,
        origin=origin,
        items=[
            (item.number, item.amount, item.due_on) for item in items if item.number not in ours
        ],
        at=at,
    )
    external = max(records.total(seller_id=seller.id, buyer_id=buyer_id, currency=currency), 0)
    if external != line.external:
        journal = Journal(seller, at=at, by=by)
        journal.tell(
            "credit_line.external_changed",
            object_type="credit_line",
            object_id=line.id,
            buyer_id=buyer_id,
            currency=currency,
            data={"external": external, "before": line.external, "origin": origin},
        )
        CreditLine.objects.filter(seller_id=seller.id, id=line.id).update(external=external)
        line.external = external
        journal.close()
    return line
