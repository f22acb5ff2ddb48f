"""The bank of a collecting year, and the invoices as those who pay them see them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from usance.records.invoices.queries import OpenItem
from usance.worlds.banking import Bank, Transfer
from usance.worlds.collecting_payers import NEVER, Payer


@dataclass(slots=True)
class Claim:
    """An invoice as its buyer sees it: ``pays_on`` is the day on which it means to pay."""

    payer: Payer
    key: str
    due_on: date
    pays_on: date
    contests: bool = False
    dispute_id: UUID | None = None
    answered_on: date | None = None
    is_over: bool = False


class YearBank(Bank):
    """The bank of the year: money comes on the day that its buyer means it to."""

    claims: dict[UUID, Claim]
    sent: defaultdict[UUID, int]

    def _day_of(self, item: OpenItem) -> date:
        claim = self.claims[item.invoice_id]
        return NEVER if claim.pays_on >= claim.payer.fails_on else claim.pays_on

    def _transfers(self, on: date, *, at: datetime) -> list[Transfer]:
        made = super()._transfers(on, at=at)
        for transfer in made:
            for item in transfer.invoices:
                self.sent[item.invoice_id] += item.outstanding
        return made
