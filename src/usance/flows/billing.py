"""What happens to an issued invoice other than being paid: credit notes and write-offs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from usance.flows.credit_notes import Credit, credit_of_lines, made_document, tax_taken_back
from usance.flows.found import locked_invoice
from usance.flows.journal import Journal
from usance.flows.recoveries import recover, settle_invoice
from usance.flows.refusals import (
    AmountTooLarge,
    Conflict,
    WrongState,
    external_id_once,
)
from usance.flows.settlement import free_allocations
from usance.records.identity import new_id
from usance.records.invoices import actions as invoices
from usance.records.invoices.models import CreditNote, Invoice
from usance.records.parties.invoicing_queries import seller_details
from usance.records.parties.models import Seller
from usance.records.payments import matching_queries
from usance.rules import ledger
from usance.rules.billing import document_number, tax_share
from usance.rules.invoicing.crediting import CreditedLine, minor
from usance.rules.invoicing.serial import to_json
from usance.rules.invoicing.split_payment import split_tax
from usance.rules.orders import InvalidOrder


class SecondPersonNeeded(Conflict):
    """The seller lets nobody write off so much alone."""

    code = "second_person_needed"


@transaction.atomic
def credit_invoice(
    seller: Seller,
    *,
    invoice_id: UUID,
    at: datetime,
    by: str,
    amount: int | None = None,
    lines: Sequence[CreditedLine] = (),
    reason: str = "",
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> CreditNote:
    """Issue a credit note: for named ``lines``, or for ``amount`` (minor units with tax; None: all
    not credited yet).

    Where the invoice has been paid already, the payment is freed and becomes the buyer's unapplied
    cash. Raises NotFound, WrongState, AmountTooLarge, Duplicate (the external_id is taken),
    InvalidOrder (an amount that is not positive, or not that of the lines) or CannotCredit (lines
    that cannot be taken back).
    """
    invoice = locked_invoice(seller, invoice_id=invoice_id)
    journal = Journal(seller, at=at, by=by)
    note = take_back_of(
        journal,
        invoice,
        amount=amount,
        lines=lines,
        reason=reason,
        external_id=external_id,
        metadata=metadata or {},
    )
    journal.close()
    return note


def take_back_of(
    journal: Journal,
    invoice: Invoice,
    *,
    amount: int | None,
    lines: Sequence[CreditedLine] = (),
    reason: str,
    external_id: str | None,
    metadata: dict[str, Any],
) -> CreditNote:
    """A credit note on the locked ``invoice``, as :func:`credit_invoice` says. The caller closes the
    journal."""
    credit = _wanted(journal.seller, invoice, amount=amount, lines=lines)
    amount = credit.amount
    if amount > invoice.outstanding:
        free_allocations(journal, invoice, amount=amount - invoice.outstanding)
    note = _issue(
        journal,
        invoice,
        credit,
        reason=reason,
        external_id=external_id,
        metadata=metadata,
    )
    tax = note.tax_amount
    journal.enter(
        "credit_note",
        subject_id=invoice.id,
        buyer_id=invoice.buyer_id,
        currency=invoice.currency,
        postings=_taken_back(invoice, amount=amount, tax=tax),
    )
    settle_invoice(
        journal,
        invoice,
        event="invoice.credited",
        change=-amount,
        data={"number": note.number, "amount": amount, "reason": reason},
        credited=invoice.credited + amount,
        credited_tax=invoice.credited_tax + tax,
    )
    return note


def _taken_back(invoice: Invoice, *, amount: int, tax: int) -> tuple[ledger.Posting, ...]:
    """What a credit note posts: less revenue and tax, or less interest where that was claimed."""
    if invoice.kind == "late_charge":
        return ledger.late_charge(invoice.buyer_id, amount=-amount)
    return ledger.credit_note(invoice.buyer_id, net=amount - tax, tax=tax)


def _wanted(
    seller: Seller, invoice: Invoice, *, amount: int | None, lines: Sequence[CreditedLine]
) -> Credit:
    """What is to be taken back of the locked invoice, within what can be."""
    creditable = invoice.amount - invoice.credited - invoice.written_off
    if not creditable:
        raise WrongState(f"Nothing is left to credit on {invoice.number}.")
    if lines:
        credit = credit_of_lines(seller, invoice=invoice, lines=lines)
        if amount is not None and amount != credit.amount:
            raise InvalidOrder(
                f"The lines come to {credit.amount} minor units, not {amount}; leave the amount out."
            )
        amount = credit.amount
    elif amount is None:
        amount = creditable
    if amount <= 0:
        raise InvalidOrder(f"amount must be positive, not {amount}.")
    if amount > creditable:
        raise AmountTooLarge(
            f"{amount} is more than the {creditable} minor units not credited yet"
            f" on {invoice.number}."
        )
    if lines:
        return credit
    tax = tax_share(
        tax_left=invoice.tax_amount - invoice.credited_tax,
        amount_left=invoice.amount - invoice.credited,
        amount_now=amount,
    )
    return Credit(amount, tax, ())


@transaction.atomic
def write_off_invoice(
    seller: Seller, *, invoice_id: UUID, at: datetime, by: str, reason: str = ""
) -> Invoice:
    """Give up what is outstanding on an invoice.

    Raises NotFound, WrongState, or SecondPersonNeeded where the seller lets nobody give up so much
    alone (``write_offs.ask_write_off`` asks for one).
    """
    invoice = locked_invoice(seller, invoice_id=invoice_id)
    if invoice.state == "open" and takes_two(invoice):
        raise SecondPersonNeeded("To write off so much takes a second person; ask for it.")
    journal = Journal(seller, at=at, by=by)
    give_up(journal, invoice, reason=reason)
    journal.close()
    return invoice


def takes_two(invoice: Invoice) -> bool:
    """Whether the seller lets nobody write off alone what is outstanding on ``invoice``."""
    least = matching_queries.rules(seller_id=invoice.seller_id).second_person_from
    return least is not None and invoice.outstanding >= least


def give_up(journal: Journal, invoice: Invoice, *, reason: str) -> None:
    """Write off what is outstanding on the locked ``invoice``. The caller closes the journal."""
    if invoice.state != "open":
        raise WrongState(f"{invoice.number} is {invoice.state}; only an open invoice has a rest.")
    amount = invoice.outstanding
    journal.enter(
        "write_off",
        subject_id=invoice.id,
        buyer_id=invoice.buyer_id,
        currency=invoice.currency,
        postings=ledger.write_off(invoice.buyer_id, amount=amount),
    )
    settle_invoice(
        journal,
        invoice,
        event="invoice.written_off",
        change=-amount,
        data={"amount": amount, "reason": reason},
        written_off=invoice.written_off + amount,
    )


@transaction.atomic
def recover_write_off(
    seller: Seller,
    *,
    invoice_id: UUID,
    at: datetime,
    by: str,
    amount: int | None = None,
    reason: str = "",
) -> Invoice:
    """Claim again ``amount`` minor units (None: all) of what was written off: it is owed as before.

    The write-off stays in the books, and an entry of its own takes it back. Raises NotFound,
    WrongState (nothing is written off) or AmountTooLarge.
    """
    invoice = locked_invoice(seller, invoice_id=invoice_id)
    if not invoice.written_off:
        raise WrongState(f"Nothing of {invoice.number} is written off.")
    amount = invoice.written_off if amount is None else amount
    if not 0 < amount <= invoice.written_off:
        raise AmountTooLarge(
            f"{invoice.written_off} minor units are written off; recover from 1 to that."
        )
    journal = Journal(seller, at=at, by=by)
    recover(journal, invoice, amount=amount, reason=reason)
    journal.close()
    return invoice


def _issue(
    journal: Journal,
    invoice: Invoice,
    credit: Credit,
    *,
    reason: str,
    external_id: str | None,
    metadata: dict[str, Any],
) -> CreditNote:
    on = journal.on
    draft = made_document(
        journal.seller, invoice=invoice, credit=credit, number="", on=on, reason=reason
    )
    tax_amount = tax_taken_back(draft, invoice=invoice, credit=credit)
    series_id, sequence, prefix, issued_on = invoices.next_number(
        seller_id=invoice.seller_id,
        kind="credit_note",
        on=on,
        prefix=seller_details(seller_id=invoice.seller_id).credit_note_prefix,
        at=journal.at,
    )
    number = document_number(prefix=prefix, year=issued_on.year, sequence=sequence)
    note = CreditNote(
        id=new_id(),
        seller_id=invoice.seller_id,
        created_at=journal.at,
        invoice_id=invoice.id,
        series_id=series_id,
        sequence=sequence,
        number=number,
        currency=invoice.currency,
        amount=credit.amount,
        tax_amount=tax_amount,
        split_tax=minor(split_tax(draft.vat), invoice.currency),
        reason=reason,
        issued_on=issued_on,
        lines=[line.to_document() for line in credit.taken],
        document=to_json(replace(draft, number=number, issued_on=issued_on)),
        external_id=external_id,
        metadata=metadata,
    )
    with external_id_once("credit note", note.external_id):
        note.save(force_insert=True)
    return note
