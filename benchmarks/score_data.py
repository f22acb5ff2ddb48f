"""Real receivables as examples for the score: each with what was known on its day of issue.

The file is the IBM Watson Analytics sample "WA_Fn-UseC_-Accounts-Receivable"; it is not part of the
project. ``USANCE_SHARED`` names the folder that has it, ``../shared`` by default. Columns that are
read: ``countryCode`` (the segment), ``customerID``, ``invoiceNumber``, ``InvoiceDate``, ``DueDate``,
``SettledDate`` (all three m/d/yyyy, every invoice settled), ``InvoiceAmount``, ``Disputed`` (Yes, No).
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from usance.rules.credit.score_history import PaidInvoice, PaymentHistory, payment_history

FILE = "data/accounts_receivable_history.csv"


@dataclass(frozen=True)
class Example:
    """An invoice to be scored on its day of issue, and what became of it.

    ``days_late`` is negative for early payment. ``past`` are the customer's earlier invoices; what
    happened to them later is for ``history`` to leave out.
    """

    invoice: PaidInvoice
    customer: str
    segment: str
    past: tuple[PaidInvoice, ...]
    history: PaymentHistory
    days_late: int

    @property
    def known_days_late(self) -> list[int]:
        """Days late (0 if early) of the past invoices that were settled by the day of issue."""
        return [
            max((past.settled_on - past.due_on).days, 0)
            for past in self.past
            if past.settled_on is not None and past.settled_on <= self.invoice.issued_on
        ]


def folder() -> Path:
    """Where the shared data is."""
    default = Path(__file__).resolve().parents[2] / "shared"
    return Path(os.environ.get("USANCE_SHARED", str(default)))


def read(path: Path) -> list[Example]:
    """Every invoice of the file in order of issue; the invoice number decides within a day.

    An invoice's past are those issued on earlier days, so no two of one day know of each other.
    """
    with path.open(newline="") as file:
        rows = sorted(
            csv.DictReader(file), key=lambda row: (_day(row["InvoiceDate"]), row["invoiceNumber"])
        )
    pasts: dict[str, list[PaidInvoice]] = defaultdict(list)
    examples = []
    for row in rows:
        invoice = PaidInvoice(
            amount=round(float(row["InvoiceAmount"]) * 100),
            issued_on=_day(row["InvoiceDate"]),
            due_on=_day(row["DueDate"]),
            settled_on=(settled_on := _day(row["SettledDate"])),
            disputed=row["Disputed"] == "Yes",
        )
        past = tuple(p for p in pasts[row["customerID"]] if p.issued_on < invoice.issued_on)
        pasts[row["customerID"]].append(invoice)
        examples.append(
            Example(
                invoice=invoice,
                customer=row["customerID"],
                segment=row["countryCode"],
                past=past,
                history=payment_history(past, invoice.issued_on),
                days_late=(settled_on - invoice.due_on).days,
            )
        )
    return examples


def split(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """The first two thirds by day of issue, to learn from; the last third, held back."""
    edge = len(examples) * 2 // 3
    return list(examples[:edge]), list(examples[edge:])


def _day(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 the file has days, not times
