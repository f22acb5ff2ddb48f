"""Correcting an invoice: it is credited in full and issued anew, never changed.

An issued invoice is what the buyer has in its books (Directive 2006/112/EC, Article 219; EN 16931-1,
BT-25). So what was wrong is taken back by a credit note, the right invoice takes a number of its own
and names the one that it replaces, and what had been paid of the first pays the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from usance.flows.billing import take_back_of
from usance.flows.credit_notes import charged, pieces_of
from usance.flows.found import locked_invoice
from usance.flows.invoice_documents import Issuer, Piece
from usance.flows.issuing import Wanted, issue_again
from usance.flows.journal import Journal
from usance.flows.refusals import WrongState
from usance.flows.settlement import allocate
from usance.records.invoices.models import CreditNote, Invoice
from usance.records.parties.models import Seller
from usance.records.payments.queries import paid_by
from usance.rules.invoicing.schedule import Period
from usance.rules.invoicing.serial import from_json
from usance.rules.orders import (
    AllowanceOrCharge,
    InvalidOrder,
    Line,
    charges_of,
    check_order,
    goods_of,
)


@dataclass(frozen=True, slots=True)
class Corrected:
    """The note that took an invoice back, and the invoice in its place."""

    credit_note: CreditNote
    invoice: Invoice


@transaction.atomic
def correct_invoice(
    seller: Seller,
    *,
    invoice_id: UUID,
    at: datetime,
    by: str,
    reason: str = "",
    lines: Sequence[Line] = (),
    charges: Sequence[AllowanceOrCharge] | None = None,
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Corrected:
    """Credit an invoice in full and issue it anew, with seller, buyer and profile as they are today.

    ``lines`` take the place of its lines and ``charges`` that of its allowances and charges, and their
    sum that of its amount; no lines, and charges None: what was billed of each stays. It falls due as
    the first one did, though never before it is issued. What had been paid of the first pays the new
    one.

    Raises NotFound, WrongState (it was credited or written off, if only in part, or replaced before, or
    it is a late charge),
    InvalidOrder (lines of an invoice of several shipments) or Duplicate (the external_id is taken).
    """
    invoice = locked_invoice(seller, invoice_id=invoice_id)
    if invoice.kind == "late_charge":
        raise WrongState(f"{invoice.number} claims late interest; waive it, and claim it anew.")
    if invoice.credited or invoice.written_off:
        raise WrongState(
            f"{invoice.number} was credited or written off already, at least in part; credit what is"
            " left of it."
        )
    pieces = _pieces(invoice, lines, charges)
    paid = paid_by(seller_id=seller.id, invoice_id=invoice.id)
    journal = Journal(seller, at=at, by=by)
    note = take_back_of(journal, invoice, amount=None, reason=reason, external_id=None, metadata={})
    issuer = Issuer.of(seller)
    made = issue_again(
        journal,
        pieces,
        issuer=issuer,
        profile=issuer.profile(invoice.buyer_id),
        wanted=Wanted(
            period=_period(invoice),
            external_id=external_id,
            metadata=metadata,
            replaces=invoice,
            reason=reason,
            attachments=from_json(invoice.document).attachments if invoice.document else (),
        ),
    )
    journal.close()
    _pay(seller, made, paid, at=at, by=by)
    return Corrected(note, made)


def _pieces(
    invoice: Invoice, lines: Sequence[Line], charges: Sequence[AllowanceOrCharge] | None
) -> list[Piece]:
    """What the new invoice is about: what the first was, or ``lines`` and ``charges`` in its place."""
    pieces = pieces_of(invoice)
    if not lines and charges is None:
        return _scaled(pieces, invoice)
    if len(pieces) > 1:
        raise InvalidOrder(
            f"{invoice.number} bills several shipments; credit the wrong lines instead, or correct it"
            " without lines."
        )
    [first] = _scaled(pieces, invoice)
    before = charges_of(first.lines)
    goods = tuple(lines) or goods_of(first.lines)
    amount, tax = _sums(goods or [first, *map(_less, before)])
    added, added_tax = _sums(charges := before if charges is None else tuple(charges))
    amount, tax, made = amount + added, tax + added_tax, (*goods, *charges)
    check_order(amount=amount, tax_amount=tax, currency=invoice.currency, lines=made)
    return [replace(first, amount=amount, tax_amount=tax, lines=made)]


def _less(charge: AllowanceOrCharge) -> AllowanceOrCharge:
    return replace(charge, amount=-charge.amount, tax_amount=-charge.tax_amount)


def _sums(of: Sequence[Piece | Line]) -> tuple[int, int]:
    return sum(one.amount for one in of), sum(one.tax_amount for one in of)


def _scaled(pieces: list[Piece], invoice: Invoice) -> list[Piece]:
    """An invoice that was corrected before may be of another amount than its order's shipment."""
    if len(pieces) == 1:
        amount, tax = charged(invoice)
        return [replace(pieces[0], amount=amount, tax_amount=tax)]
    return pieces


def _period(invoice: Invoice) -> Period | None:
    if invoice.period_start is None or invoice.period_end is None:
        return None
    return Period(invoice.period_start, invoice.period_end)


def _pay(seller: Seller, invoice: Invoice, paid: dict[UUID, int], *, at: datetime, by: str) -> None:
    """Let what had paid the first invoice pay the second, as far as it goes."""
    left = invoice.amount
    for payment_id, amount in paid.items():
        share = min(amount, left)
        if share:
            allocate(
                seller,
                payment_id=payment_id,
                invoice_id=invoice.id,
                amount=share,
                at=at,
                by=by,
            )
            left -= share
    if paid:
        invoice.refresh_from_db()
