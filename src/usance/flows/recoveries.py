"""Moving what became of an invoice, and taking back that it was given up."""

from __future__ import annotations

from typing import Any

from usance.flows.journal import Journal
from usance.records.invoices import actions as invoices
from usance.records.invoices.models import Invoice
from usance.rules import ledger
from usance.rules.billing import settled_state


def recover(journal: Journal, invoice: Invoice, *, amount: int, reason: str) -> None:
    """``amount`` of what the locked ``invoice`` has written off is owed again. The caller closes the
    journal."""
    journal.enter(
        "write_off",
        subject_id=invoice.id,
        buyer_id=invoice.buyer_id,
        currency=invoice.currency,
        postings=ledger.write_off(invoice.buyer_id, amount=-amount),
    )
    settle_invoice(
        journal,
        invoice,
        event="invoice.write_off_recovered",
        change=amount,
        data={"amount": amount, "reason": reason},
        written_off=invoice.written_off - amount,
    )


def settle_invoice(
    journal: Journal,
    invoice: Invoice,
    *,
    event: str,
    change: int,
    data: dict[str, Any],
    **fields: int,
) -> None:
    """Move the invoice's amounts, its state with them, and tell it once."""
    figures = {
        name: fields.get(name, getattr(invoice, name))
        for name in ("credited", "allocated", "written_off")
    }
    state = settled_state(amount=invoice.amount, **figures)
    journal.tell(
        event,
        object_type="invoice",
        object_id=invoice.id,
        buyer_id=invoice.buyer_id,
        state=state if state != invoice.state else None,
        currency=invoice.currency,
        owed_change=change,
        data=data,
    )
    invoices.change(
        invoice, state=state, closed_on=None if state == "open" else journal.on, **fields
    )
    invoice.outstanding = invoice.amount - sum(figures.values())
