"""Records as the world sees them: one function a kind of object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from usance.flows.checkout import Authorization, Quote
from usance.records.credit import queries
from usance.records.credit.models import CreditLine, Decision
from usance.records.credit.queries import exposure_of
from usance.records.events.models import WebhookEndpoint
from usance.records.identity import public_id
from usance.records.invoices.queries import OpenItem
from usance.records.orders.models import Order
from usance.records.parties.models import Buyer, Member
from usance.records.payments.models import (
    AccountStatement,
    BankStatement,
)

Document = dict[str, Any]

PAID_FOR = frozenset({"authorized", "partially_invoiced", "invoiced"})
"""States in which a shop may treat an order as paid: the seller carries the debt."""


def money(amount: int, currency: str) -> Document:
    """An amount in minor units with its currency."""
    return {"amount": amount, "currency": currency}


def head(
    kind: str,
    id_: UUID,
    created_at: datetime,
    *,
    external_id: str | None = None,
    metadata: Document | None = None,
) -> Document:
    """What every object carries."""
    return {
        "id": public_id(kind, id_),
        "object": kind,
        "created_at": created_at,
        "external_id": external_id,
        "metadata": metadata or {},
    }


def described(kind: str, record: Any) -> Document:
    return head(
        kind,
        record.id,
        record.created_at,
        external_id=record.external_id,
        metadata=record.metadata,
    )


def optional_id(kind: str, id_: UUID | None) -> str | None:
    return None if id_ is None else public_id(kind, id_)


def buyer(record: Buyer) -> Document:
    """A buyer."""
    return described("buyer", record) | {
        "name": record.name,
        "country": record.country,
        "email": record.email,
        "tax_id": record.tax_id,
        "registration_number": record.registration_number,
        "language": record.language,
        "group": record.group,
        "parent": optional_id("buyer", record.parent_id),
        "domain": record.domain,
        "po_required": record.po_required,
        "po_unique": record.po_unique,
        "members_only": record.members_only,
    }


def member(record: Member) -> Document:
    """A member of a buyer."""
    return described("member", record) | {
        "buyer": public_id("buyer", record.buyer_id),
        "name": record.name,
        "email": record.email,
        "role": record.role,
        "order_limit": optional_money(record.order_limit, record.limit_currency),
        "period_limit": optional_money(record.period_limit, record.limit_currency),
        "period": record.period,
        "left_at": record.left_at,
    }


def credit_line(line: CreditLine, *, offered: Sequence[str]) -> Document:
    """A credit line; ``offered`` are the policy's terms, for a line without its own."""
    figures, currency = exposure_of(line), line.currency
    return head("credit_line", line.id, line.created_at) | {
        "buyer": public_id("buyer", line.buyer_id),
        "currency": currency,
        "state": line.state,
        "hold_reason": line.hold_reason,
        "limit": money(line.limit, currency),
        "tolerance": money(line.tolerance, currency),
        "secured": money(figures.secured, currency),
        "exposure": {
            "total": money(figures.exposure, currency),
            "commitments": money(line.commitments, currency),
            "receivable": money(line.receivable, currency),
            "external": money(line.external, currency),
            "unapplied_cash": money(line.unapplied_cash, currency),
        },
        "available": money(figures.available, currency),
        "terms": line.terms or list(offered),
    }


def reasons(codes: Sequence[str], told: Mapping[str, bool]) -> list[Document]:
    """Reasons with whether the buyer may be told them, as the policy has it."""
    return [{"code": code, "buyer_safe": told.get(code, False)} for code in codes]


def _told(record: Decision) -> Mapping[str, bool]:
    """What the buyer may be told of a decision, by reason."""
    return queries.policy(seller_id=record.seller_id, policy_id=record.policy_id).told


def optional_money(amount: int | None, currency: str) -> Document | None:
    """``amount`` minor units as the API writes money, or null."""
    return None if amount is None else money(amount, currency)


def order_answer(made: Authorization) -> Document:
    """The order that a checkout has just recorded; the same as reading it afterwards."""
    request, decided = made.request, made.decision
    currency = request.currency
    declined = made.state == "declined"
    return head(
        "order",
        made.order_id,
        made.at,
        external_id=request.external_id,
        metadata=request.metadata,
    ) | {
        "buyer": public_id("buyer", made.buyer_id),
        "decision": decided.outcome,
        "decision_id": public_id("decision", made.decision_id),
        "reasons": reasons(
            decided.reasons,
            queries.policy(seller_id=request.seller.id, policy_id=made.policy_id).told,
        )
        if decided.reasons
        else [],
        "state": made.state,
        "mark_as_paid": made.state in PAID_FOR,
        "amount": money(request.amount, currency),
        "tax_amount": money(request.tax_amount, currency),
        "invoiced": money(0, currency),
        "voided": money(0, currency),
        "to_bill": money(0, currency),
        "remaining": money(0 if declined else request.amount, currency),
        "up_to": optional_money(decided.up_to, currency),
        "terms": decided.terms.code,
        "due_on": decided.due_on,
        "expires_on": decided.expires_on,
        "alternatives": alternatives(made.alternatives or (), currency),
        "po_number": request.po_number,
        "member": optional_id("member", made.member_id),
        "cost_centre": request.cost_centre,
        "ship_to": request.ship_to,
        **lines([line.to_document() for line in request.lines], currency),
    }


def order(record: Order) -> Document:
    """An order; its decision is read with it."""
    currency, decided = record.currency, record.decision
    return described("order", record) | {
        "buyer": public_id("buyer", record.buyer_id),
        "decision": decided.outcome,
        "decision_id": public_id("decision", record.decision_id),
        "reasons": reasons(decided.reasons, _told(decided)) if decided.reasons else [],
        "state": record.state,
        "mark_as_paid": record.state in PAID_FOR,
        "amount": money(record.amount, currency),
        "tax_amount": money(record.tax_amount, currency),
        "invoiced": money(record.invoiced_amount, currency),
        "voided": money(record.voided_amount, currency),
        "to_bill": money(record.shipped_amount, currency),
        "remaining": money(0 if record.state == "declined" else record.remaining, currency),
        "up_to": optional_money(decided.up_to, currency),
        "terms": record.terms,
        "due_on": record.due_on,
        "expires_on": record.expires_on,
        "alternatives": alternatives(decided.alternatives or (), currency),
        "po_number": record.po_number,
        "member": optional_id("member", record.member_id),
        "cost_centre": record.cost_centre,
        "ship_to": record.ship_to,
        **lines(record.lines, currency),
    }


def lines(stored: Sequence[Document], currency: str) -> Document:
    """The lines of a document as they are stored, with their currency, and apart its allowances and
    charges, which are kept after the goods."""
    if not (stored and "kind" in stored[-1]):
        return {"lines": _lines(stored, currency), "allowances_charges": []}
    goods = [line for line in stored if "kind" not in line]
    charges = [_charge(line, currency) for line in stored if "kind" in line]
    return {"lines": _lines(goods, currency), "allowances_charges": charges}


def _charge(stored: Document, currency: str) -> Document:
    tax = abs(stored["tax_amount"])
    return {
        "kind": stored["kind"],
        "amount": money(abs(stored["amount"]) - tax, currency),
        "tax_amount": money(tax, currency),
        "reason": stored["description"],
        "reason_code": stored.get("reason_code", ""),
        "tax_rate": stored.get("tax_rate", ""),
        "tax_category": stored.get("tax_category", ""),
        "exemption_reason": stored.get("exemption_reason", ""),
    }


def _lines(stored: Sequence[Document], currency: str) -> list[Document]:
    return [
        line
        | {
            "amount": money(line["amount"], currency),
            "tax_amount": money(line["tax_amount"], currency),
        }
        for line in stored
    ]


def alternatives(ways: Sequence[Document], currency: str) -> list[Document]:
    """What would have been approved instead."""
    return [
        {
            "kind": way["kind"],
            "amount": money(way["amount"], currency),
            "percent": way.get("percent"),
            "invoices": way.get("invoices", []),
        }
        for way in ways
    ]


def order_intent(quote: Quote, *, amount: int, currency: str, told: Mapping[str, bool]) -> Document:
    """What would be decided, and every set of terms on offer with its due date and price."""
    decided = quote.decision
    return {
        "object": "order_intent",
        "decision": decided.outcome,
        "reasons": reasons(decided.reasons, told),
        "amount": money(amount, currency),
        "terms": decided.terms.code,
        "due_on": decided.due_on,
        "expires_on": decided.expires_on,
        "up_to": optional_money(decided.up_to, currency),
        "offers": [
            {
                "terms": offer.terms.code,
                "due_on": offer.due_on,
                "percent": str(offer.percent),
                "fee": money(offer.fee, currency),
            }
            for offer in quote.offers
        ],
        "alternatives": alternatives([way.to_document() for way in quote.alternatives], currency),
    }


def open_item(item: OpenItem) -> Document:
    """One line of a statement of account."""
    return {
        "invoice": public_id("invoice", item.invoice_id),
        "number": item.number,
        "instalment": item.instalment,
        "external_id": item.external_id,
        "issued_on": item.issued_on,
        "due_on": item.due_on,
        "days_overdue": item.days_overdue,
        "amount": money(item.amount, item.currency),
        "outstanding": money(item.outstanding, item.currency),
    }


def bank_statement(record: BankStatement) -> Document:
    """A bank file."""
    return head("bank_statement", record.id, record.created_at) | {
        "file_name": record.file_name,
        "format": record.format,
        "account": record.account,
        "transactions": record.transactions,
        "duplicates": record.duplicates,
        "findings": record.findings,
    }


def account_statement(record: AccountStatement) -> Document:
    """What a bank file says of one account."""

    def balance(amount: int | None) -> Document | None:
        return None if amount is None else money(amount, record.currency)

    return {
        "kind": record.kind,
        "account": record.account,
        "currency": record.currency,
        "identifier": record.identifier,
        "sequence": record.sequence,
        "opening": balance(record.opening),
        "closing": balance(record.closing),
        "period_from": record.period_from,
        "period_to": record.period_to,
        "transactions": record.transactions,
        "duplicates": record.duplicates,
    }


def webhook_endpoint(record: WebhookEndpoint) -> Document:
    """A webhook endpoint, without its secret."""
    return described("webhook_endpoint", record) | {
        "url": record.url,
        "types": record.types,
        "state": record.state,
    }
