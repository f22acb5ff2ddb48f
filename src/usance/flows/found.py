"""The row that a flow or a request is asked about, or the refusal that there is none."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from usance.flows.refusals import NotFound
from usance.records.invoices import actions as invoice_actions
from usance.records.invoices import queries as invoices
from usance.records.invoices.models import Invoice
from usance.records.parties import queries as parties
from usance.records.parties.models import Buyer, Seller
from usance.records.payments import actions as payment_actions
from usance.records.payments import queries as payments
from usance.records.payments.models import Payment

Row = TypeVar("Row")


def seller_of(seller_id: UUID) -> Seller:
    """The seller. Raises NotFound."""
    return _there(Seller.objects.filter(id=seller_id).first(), "seller")


def buyer_of(seller: Seller, *, buyer_id: UUID) -> Buyer:
    """The seller's buyer. Raises NotFound."""
    return _there(parties.buyer(seller_id=seller.id, buyer_id=buyer_id), "buyer")


def invoice_of(seller: Seller, *, invoice_id: UUID) -> Invoice:
    """The seller's invoice, to be read. Raises NotFound."""
    return _there(invoices.invoice(seller_id=seller.id, invoice_id=invoice_id), "invoice")


def locked_invoice(seller: Seller, *, invoice_id: UUID) -> Invoice:
    """The seller's invoice, locked with its credit line until the transaction ends. Raises NotFound."""
    found = invoice_actions.lock_invoice(seller_id=seller.id, invoice_id=invoice_id)
    return _there(found, "invoice")


def payment_of(seller: Seller, *, payment_id: UUID) -> Payment:
    """The seller's payment, to be read. Raises NotFound."""
    return _there(payments.payment(seller_id=seller.id, payment_id=payment_id), "payment")


def locked_payment(seller: Seller, *, payment_id: UUID) -> Payment:
    """The seller's payment, locked until the transaction ends, with the credit lines of the accounts into
    whose currency some of it was converted. Raises NotFound."""
    found = payment_actions.lock_payment(
        seller_id=seller.id,
        payment_id=payment_id,
        also=payments.converted_accounts(seller_id=seller.id, payment_id=payment_id),
    )
    return _there(found, "payment")


def _there(row: Row | None, what: str) -> Row:
    if row is None:
        raise NotFound(f"There is no such {what}.")
    return row
