"""Late interest and compensation are claimed by a debit note of their own.

A claim is an invoice of kind ``late_charge``: it has a number of its own series, is owed, paid, disputed
and written off like any other, and posts to the ledger's account for interest. The days of an invoice are
claimed once, ever: each claim begins the day after the one before ended. What was claimed is taken back by
a credit note only.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.found import locked_invoice
from usance.flows.journal import Journal
from usance.flows.late_charge_notes import PrefixTaken, issue_note
from usance.flows.late_charges import LateCharges, late_charges_of
from usance.flows.refusals import (
    Conflict,
    external_id_once,
)
from usance.records.collections import late_charge_queries as queries
from usance.records.collections.models import LateCharge
from usance.records.dunning.handover_queries import with_an_agency
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.rules.interest.claim_document import Claim, steps_as_json

_ONE_DAY: Final = timedelta(days=1)


class NothingToClaim(Conflict):
    """Nothing has accrued that is not claimed or waived already."""

    code = "nothing_to_claim"


class HeldByDispute(Conflict):
    """Part of the invoice is disputed; what accrued since is claimed once that is settled."""

    code = "held_by_dispute"


class ReferenceRateMissing(Conflict):
    """A reference rate is not known for a day of the claim; load it, or claim until an earlier day."""

    code = "reference_rate_unknown"


class TaxableCharge(Conflict):
    """By this law interest for late payment is part of the taxable supply; claim it with tax elsewhere."""

    code = "taxable_charge"


@transaction.atomic
def claim(
    seller: Seller,
    *,
    invoice_id: UUID,
    at: datetime,
    by: str,
    until: date | None = None,
    costs: int = 0,
    reason: str = "",
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> LateCharge:
    """Claim what an invoice has cost by being paid late, until the end of ``until`` (None: today).

    ``costs`` are the reasonable costs of recovering it so far, minor units: what of them exceeds the
    fixed sum is claimed too; where none is owed they are left out, and the claim keeps that they were.
    ``reason`` stands on the debit note. Raises NotFound, NothingToClaim,
    HeldByDispute, ReferenceRateMissing, TaxableCharge, PrefixTaken or ExternalIdTaken.
    """
    invoice = locked_invoice(seller, invoice_id=invoice_id)
    journal = Journal(seller, at=at, by=by)
    last = min(until or journal.on, journal.on)
    found = _claimable(seller, invoice, on=journal.on, until=last, costs=costs)
    made = _make(
        journal,
        found,
        until=last,
        reason=reason,
        external_id=external_id,
        metadata=metadata or {},
    )
    journal.close()
    return made


def claim_at_notice(
    seller: Seller, *, invoice_ids: Collection[UUID], at: datetime, by: str
) -> list[LateCharge]:
    """Claim what has accrued on ``invoice_ids`` where the buyer's or the seller's terms say ``at_notice``.

    What cannot be claimed now (nothing accrued, disputed, a rate unknown) is left for the next notice, and
    what a collection agency has a part of to the agency.
    Each in its own transaction; sending the notice again claims nothing twice.
    """
    made = []
    for invoice_id in invoice_ids:
        invoice = Invoice.objects.filter(seller_id=seller.id, id=invoice_id).first()
        if invoice is None:
            continue
        terms = queries.terms_for_buyers(seller_id=seller.id, buyer_ids={invoice.buyer_id})
        own = terms.get(invoice.buyer_id, terms.get(None))
        if own is None or own.charging != "at_notice":
            continue
        try:
            with transaction.atomic():
                # Behind the lock that a hand-over takes, whose file has the interest up to its day.
                locked_invoice(seller, invoice_id=invoice_id)
                if not with_an_agency([invoice_id], seller_id=seller.id):
                    made.append(claim(seller, invoice_id=invoice_id, at=at, by=by))
        except (NothingToClaim, HeldByDispute, ReferenceRateMissing, TaxableCharge, PrefixTaken):
            continue
    return made


def _claimable(
    seller: Seller, invoice: Invoice, *, on: date, until: date, costs: int
) -> LateCharges:
    """What of the locked ``invoice`` can be claimed until ``until``; refuses what cannot."""
    found = late_charges_of(seller, invoice, on=on, until=until, costs=costs)
    if found.agreement.in_force.taxed:
        raise TaxableCharge(
            "In India interest for late payment is part of the value of the supply (CGST Act 2017,"
            " s. 15(2)(d)): what is shown here is claimed by a debit note with GST from your ERP."
        )
    if found.unknown is not None:
        raise ReferenceRateMissing(str(found.unknown))
    if found.held_from is not None and until >= found.held_from:
        before = found.held_from - _ONE_DAY
        if found.since is not None and before < found.since:
            raise HeldByDispute(
                f"{invoice.number} is disputed since {found.held_from}; what accrued since is claimed"
                " once the dispute is settled."
            )
        raise HeldByDispute(
            f"{invoice.number} is disputed since {found.held_from}; claim until {before}, or wait"
            " until the dispute is settled."
        )
    if found.since is not None and until < found.since:
        raise NothingToClaim(
            f"The days of {invoice.number} until {found.since - _ONE_DAY} are claimed; what it has cost"
            f" since is claimed until {found.since} or later."
        )
    if not found.accrual.total:
        raise NothingToClaim(f"Nothing has accrued on {invoice.number} that is not claimed.")
    return found


def _make(
    journal: Journal,
    found: LateCharges,
    *,
    until: date,
    reason: str,
    external_id: str | None,
    metadata: dict[str, Any],
) -> LateCharge:
    """The late charge with its debit note, told and posted. The caller closes the journal."""
    invoice, accrual, owed = found.invoice, found.accrual, found.compensation
    waived = min(found.waived, accrual.total)
    about = Claim(
        number=invoice.number,
        issued_on=invoice.issued_on,
        currency=invoice.currency,
        steps=accrual.steps,
        compensation=owed,
        waived=waived,
        reason=reason,
    )
    note = issue_note(journal, invoice, about=about) if about.amount else None
    made = LateCharge(
        id=new_id(),
        seller_id=invoice.seller_id,
        created_at=journal.at,
        buyer_id=invoice.buyer_id,
        invoice_id=invoice.id,
        claim_id=note.id if note else None,
        currency=invoice.currency,
        law=accrual.law,
        since_on=_first_day(found),
        until_on=until,
        interest=accrual.interest,
        compensation=owed.fixed,
        costs=owed.costs,
        waived=waived,
        amount=about.amount,
        steps=steps_as_json(accrual.steps),
        clause=owed.grounds if owed.amount or owed.left_out else "",
        author=journal.by,
        external_id=external_id,
        metadata=metadata,
    )
    with external_id_once("late charge", external_id):
        made.save(force_insert=True)
    _tell(journal, made, note)
    return made


def _first_day(found: LateCharges) -> date:
    """The first day that this claim covers: the day after the last claim, or the first of interest."""
    return found.since or min(step.first for step in found.accrual.steps)


def _tell(journal: Journal, made: LateCharge, note: Invoice | None) -> None:
    """Say on the late invoice that its lateness was claimed, and by which debit note."""
    journal.tell(
        "invoice.late_charged",
        object_type="invoice",
        object_id=made.invoice_id,
        buyer_id=made.buyer_id,
        currency=made.currency,
        data={
            "amount": made.amount,
            "number": note.number if note else "",
            "interest": made.interest,
            "compensation": made.compensation + made.costs,
            "since_on": made.since_on,
            "until_on": made.until_on,
        },
    )
