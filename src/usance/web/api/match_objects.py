"""Payments, allocations and bank lines as programs see them, with what the matching made of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from usance.records.identity import public_id
from usance.records.payments.models import Allocation, BankTransaction, Payment
from usance.web.api import match_schemas, objects


def payment(record: Payment) -> dict[str, Any]:
    """A payment. One read by ``queries.payments`` has what was made of its bank line with it."""
    currency = record.currency
    matched: dict[str, Any] | None = getattr(record, "matched", None)
    return objects.described("payment", record) | {
        "buyer": objects.optional_id("buyer", record.buyer_id),
        "bank_transaction": objects.optional_id("bank_transaction", record.bank_transaction_id),
        "state": record.state,
        "method": record.method,
        "amount": objects.money(record.amount, currency),
        "allocated": objects.money(record.allocated, currency),
        "refunded": objects.money(record.refunded, currency),
        "returned": objects.money(record.returned, currency),
        "unapplied": objects.money(record.unapplied, currency),
        "received_on": record.received_on,
        "payer": record.payer,
        "reference": record.reference,
        "match": _match(matched) if matched else None,
        "held_back": match_schemas.held_back(matched["held_back"])
        if matched and matched["state"] == "open"
        else [],
    }


def _match(matched: dict[str, Any]) -> dict[str, Any]:
    best = matched["best"]
    return {
        "proposal": public_id("match_proposal", UUID(str(matched["id"]))),
        "state": matched["state"],
        "rule": matched["rule"],
        "confidence": matched["confidence"],
        "reasons": match_schemas.reasons(best["reasons"], currency=best["currency"]),
    }


def allocation(record: Allocation, *, currency: str) -> dict[str, Any]:
    """An allocation in the currency of its invoice, and what it uses of the payment in that of
    ``currency``, the payment's."""
    invoiced = record.invoice.currency
    return objects.head("allocation", record.id, record.created_at) | {
        "payment": public_id("payment", record.payment_id),
        "invoice": public_id("invoice", record.invoice_id),
        "amount": objects.money(record.amount, invoiced),
        "used": objects.money(record.used, currency),
        "deduction": objects.money(record.deduction, invoiced),
        "deduction_kind": record.deduction_kind or None,
        "rule": record.rule,
        "explanation": record.explanation,
        "reverses": objects.optional_id("allocation", record.reverses_id),
    }


def bank_transaction(record: BankTransaction) -> dict[str, Any]:
    """A bank line and the payment that was made of it, if any; see queries.bank_transactions."""
    payment_id: UUID | None = getattr(record, "payment_id")  # noqa: B009 - not of the model
    books: str | None = getattr(record, "books")  # noqa: B009 - not of the model
    settled = payment_id is not None or books is not None
    state = "outgoing" if record.amount <= 0 else "settled" if settled else "unsettled"
    if getattr(record, "split"):  # noqa: B009 - not of the model
        state = "split"
    return objects.head("bank_transaction", record.id, record.created_at) | {
        "statement": public_id("bank_statement", record.statement_id),
        "state": state,
        "payment": objects.optional_id("payment", payment_id),
        "books": books,
        "outcome": _outcome(record) if state in ("settled", "unsettled") else None,
        "set_aside": _set_aside(record),
        "batch": objects.optional_id("bank_transaction", record.batch_id),
        "amount": objects.money(record.amount, record.currency),
        "booked_on": record.booked_on,
        "value_on": record.value_on,
        "counterparty": record.counterparty,
        "counterparty_account": record.counterparty_account,
        "text": record.text,
        "structured_reference": record.structured_reference,
        "end_to_end_id": record.end_to_end_id,
        "bank_reference": record.bank_reference,
        "returned": record.returned,
        "return_reason": record.return_reason,
        "info": record.info,
    }


def _outcome(record: Any) -> str | None:
    """What became of the money of a line; see ``queries.bank_transactions``."""
    if record.books:
        return "booked"
    if record.payment_id is None:
        return "set_aside" if record.aside else None
    if record.paid:
        return "matched"
    if record.proposed:
        return "proposed"
    return "unapplied" if record.payer_known else "unidentified"


def _set_aside(record: Any) -> dict[str, Any] | None:
    return None if record.payment_id else record.aside
