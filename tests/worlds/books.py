"""What trading left behind, so that two worlds can be compared."""

from __future__ import annotations

from typing import Any

from usance.records.credit.models import CreditLine
from usance.records.events.models import Event
from usance.records.invoices.models import CreditNote, Invoice
from usance.records.orders.models import Order
from usance.records.parties.models import Seller
from usance.records.payments.models import Allocation, BankStatement, Payment


def books(seller: Seller) -> dict[str, Any]:
    """Everything that trading left behind, without the ids, which are new each time."""
    of = {"seller_id": seller.id}
    kept = {
        "orders": Order.objects.filter(**of).values_list(
            "external_id", "buyer__external_id", "state", "amount", "invoiced_amount", "created_at"
        ),
        "invoices": Invoice.objects.filter(**of).values_list(
            "number",
            "external_id",
            "state",
            "amount",
            "credited",
            "allocated",
            "due_on",
            "closed_on",
        ),
        "credit_notes": CreditNote.objects.filter(**of).values_list(
            "number", "invoice__number", "external_id", "amount"
        ),
        "payments": Payment.objects.filter(**of).values_list(
            "bank_transaction__bank_reference", "payer", "amount", "allocated", "state", "reference"
        ),
        "allocations": Allocation.objects.filter(**of).values_list(
            "payment__bank_transaction__bank_reference", "invoice__number", "amount", "rule"
        ),
        "lines": CreditLine.objects.filter(**of).values_list(
            "buyer__external_id", "limit", "commitments", "receivable", "unapplied_cash"
        ),
        "statements": BankStatement.objects.filter(**of).values_list("file_name", "transactions"),
        "events": Event.objects.filter(**of).values_list("type", "created_at", "owed_change"),
    }
    return {name: sorted(map(repr, rows)) for name, rows in kept.items()}
