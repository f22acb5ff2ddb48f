"""Giving up late charges, with a reason: before they are claimed, or by a credit note on the claim."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance.flows.billing import take_back_of
from usance.flows.found import locked_invoice
from usance.flows.journal import Journal
from usance.flows.late_charge_claims import NothingToClaim
from usance.flows.late_charges import late_charges_of
from usance.flows.refusals import AmountTooLarge, NotFound, Refused, WrongState
from usance.records.collections import late_charge_queries as queries
from usance.records.collections.models import LateCharge, LateChargeWaiver
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller


class ReasonMissing(Refused):
    """Whoever waives says why."""

    code = "reason_missing"


@transaction.atomic
def waive(
    seller: Seller,
    *,
    invoice_id: UUID,
    reason: str,
    at: datetime,
    by: str,
    amount: int | None = None,
) -> LateChargeWaiver:
    """Give up ``amount`` minor units (None: all) of what has accrued and is not claimed yet.

    The next claim is less by it. Raises NotFound, ReasonMissing, NothingToClaim or AmountTooLarge.
    """
    _require_reason(reason)
    invoice = locked_invoice(seller, invoice_id=invoice_id)
    journal = Journal(seller, at=at, by=by)
    most = late_charges_of(seller, invoice, on=journal.on).open_amount
    if not most:
        raise NothingToClaim(f"Nothing has accrued on {invoice.number} that could be waived.")
    amount = most if amount is None else amount
    if not 0 < amount <= most:
        raise AmountTooLarge(f"{most} minor units have accrued; waive from 1 to that.")
    made = _waiver(journal, invoice, amount=amount, reason=reason)
    journal.close()
    return made


@transaction.atomic
def waive_claim(
    seller: Seller,
    *,
    charge_id: UUID,
    reason: str,
    at: datetime,
    by: str,
    amount: int | None = None,
) -> LateChargeWaiver:
    """Give up ``amount`` minor units (None: all that can be credited) of what was claimed, by a credit
    note on the claim. What the buyer had paid of it becomes its unapplied cash.

    Raises NotFound, ReasonMissing, WrongState (nothing is left of the claim) or AmountTooLarge.
    """
    _require_reason(reason)
    charge = queries.late_charge(seller_id=seller.id, charge_id=charge_id)
    if charge is None:
        raise NotFound("There is no such late charge.")
    if charge.claim_id is None:
        raise WrongState("All of it was waived before it was claimed.")
    owed = locked_invoice(seller, invoice_id=charge.claim_id)
    journal = Journal(seller, at=at, by=by)
    note = take_back_of(journal, owed, amount=amount, reason=reason, external_id=None, metadata={})
    made = _waiver(
        journal, charge.invoice, amount=note.amount, reason=reason, charge=charge, note_id=note.id
    )
    journal.close()
    return made


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing("Say why it is waived; the reason is kept with the waiver.")


def _waiver(
    journal: Journal,
    invoice: Invoice,
    *,
    amount: int,
    reason: str,
    charge: LateCharge | None = None,
    note_id: UUID | None = None,
) -> LateChargeWaiver:
    made = LateChargeWaiver.objects.create(
        id=new_id(),
        seller_id=invoice.seller_id,
        created_at=journal.at,
        buyer_id=invoice.buyer_id,
        invoice_id=invoice.id,
        charge_id=charge.id if charge else None,
        credit_note_id=note_id,
        currency=invoice.currency,
        amount=amount,
        waived_on=journal.on,
        reason=reason.strip(),
        author=journal.by,
    )
    journal.tell(
        "invoice.late_charge_waived",
        object_type="invoice",
        object_id=invoice.id,
        buyer_id=invoice.buyer_id,
        currency=invoice.currency,
        data={"amount": amount, "reason": made.reason},
    )
    return made
