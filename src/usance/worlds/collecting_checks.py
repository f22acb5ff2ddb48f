"""The witness of a collecting year: each message is held against what the documents add up to.

It shares nothing with the code that decides. What is left of an invoice is counted from its documents,
not read from the figure kept with it, and what a buyer has sent is what the world itself remembers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Sum

from usance.records.collections.models import Dispute
from usance.records.dunning.models import DunningMessage
from usance.records.identity import parse_public_id
from usance.records.invoices.models import CreditNote, Invoice
from usance.records.payments.models import Allocation
from usance.rules.dunning.policy import rank


class Witness:
    """Looks at every message of a seller's as it is sent. ``faults`` says what was wrong, in words;
    ``sent`` counts messages by level and ``demands`` the steps that items reached by them."""

    def __init__(self, *, seller_id: UUID, steps: Mapping[str, int]) -> None:
        """``steps``: by level, the days after the due date before which it must not be sent."""
        self.seller_id = seller_id
        self.faults: list[str] = []
        self.sent: Counter[str] = Counter()
        self.demands = 0
        self._steps = steps
        self._reached: dict[tuple[UUID, str], int] = {}
        self._known: set[UUID] = set()

    @property
    def stopped(self) -> int:
        """Messages that were queued, and stopped before they went."""
        rows = DunningMessage.objects.filter(seller_id=self.seller_id, state="stopped")
        return rows.count()

    def look(self, *, on: date, paid: Mapping[UUID, int]) -> list[DunningMessage]:
        """Check what was sent on the day ``on`` and not looked at yet; those messages. ``paid`` is
        what buyers have sent for each invoice, by the world's own memory (minor units)."""
        rows = DunningMessage.objects.filter(seller_id=self.seller_id, state="sent", on=on)
        messages = [row for row in rows.order_by("id") if row.id not in self._known]
        ids = {parse_public_id("invoice", one["invoice"]) for row in messages for one in row.items}
        left = self._left(ids)
        for row in messages:
            self._known.add(row.id)
            self.sent[row.level] += 1
            demanded = [one for one in row.items if one["level"]]
            # What was demanded before is asked for again beside something new, never by itself.
            if sum([self._item(one, on=on, left=left, paid=paid) for one in demanded]) == 0:
                self.faults.append(
                    f"{row.id} of {on}: no item that reaches a step for the first time"
                )
        return messages

    def _item(
        self,
        one: Mapping[str, Any],
        *,
        on: date,
        left: Mapping[UUID, int],
        paid: Mapping[UUID, int],
    ) -> bool:
        """Check one item of a message; whether it reaches its step for the first time."""
        invoice_id = parse_public_id("invoice", one["invoice"])
        what = f"{one['number']} at {one['level']} on {on}"
        if left[invoice_id] <= 0:
            self.faults.append(f"{what}: nothing is open and undisputed")
        if paid.get(invoice_id, 0) >= one["amount"]:
            self.faults.append(f"{what}: the buyer has sent all of it")
        late = (on - date.fromisoformat(one["due_on"])).days
        if late < self._steps[one["level"]]:
            self.faults.append(f"{what}: only {late} days after the due date")
        item, level = (invoice_id, one["due_on"]), rank(one["level"])
        before = self._reached.get(item, -1)
        if level < before:
            self.faults.append(f"{what}: it had been written about at a higher level")
        self._reached[item] = max(level, before)
        self.demands += level > before
        return level > before

    def _left(self, ids: Iterable[UUID]) -> dict[UUID, int]:
        """What is open and not disputed of each invoice, added up from its documents."""
        ids = list(ids)
        mine = {"seller_id": self.seller_id, "invoice_id__in": ids}
        gone: defaultdict[UUID, int] = defaultdict(int)
        for rows in (
            Allocation.objects.filter(**mine),
            CreditNote.objects.filter(**mine),
            Dispute.objects.filter(**mine, state="open"),
        ):
            for invoice_id, amount in rows.values_list("invoice_id").annotate(Sum("amount")):
                gone[invoice_id] += amount
        invoices = Invoice.objects.filter(seller_id=self.seller_id, id__in=ids)
        return {
            id_: 0 if state == "written_off" else amount - gone[id_]
            for id_, amount, state in invoices.values_list("id", "amount", "state")
        }
