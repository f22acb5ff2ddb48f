"""What an open invoice is besides open: overdue, nearly due, paid in part."""

from __future__ import annotations

from datetime import date
from typing import Final

from usance.records.invoices.models import Invoice

SOON: Final = 7
"""Days before its due date in which an invoice is said to be due soon."""


def standing_of(invoice: Invoice, *, on: date) -> str:
    """The state to show of ``invoice`` on the day ``on``; the most urgent where several are true."""
    if invoice.state != "open":
        return invoice.state
    due_on = invoice.next_due_on
    if due_on < on:
        return "overdue"
    if invoice.allocated:
        return "partially_paid"
    return "due_soon" if (due_on - on).days <= SOON else "open"
