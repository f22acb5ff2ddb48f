"""Writing off with a second person: what is above the seller's limit is asked for by one and agreed to by
another.

Only the seller's staff, signed in, agree; a key never does. Whoever holds a key may be the very person
who signs in, so that what a key has asked for takes two of the staff, as with a policy that a key
publishes (see ``reviews.open_review``).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance.flows.billing import SecondPersonNeeded, give_up, takes_two, write_off_invoice
from usance.flows.found import locked_invoice
from usance.flows.journal import Journal
from usance.flows.refusals import Conflict, NotFound, WrongState
from usance.records.collections.models import WriteOffRequest
from usance.records.credit import review_queries
from usance.records.identity import NotAnId, new_id, parse_public_id, public_id
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller, Staff


class SamePerson(Conflict):
    """Who asked for a write-off, or has agreed to it already, cannot agree to it; another person must."""

    code = "same_person"


@transaction.atomic
def ask_write_off(
    seller: Seller, *, invoice_id: UUID, at: datetime, by: str, reason: str = ""
) -> WriteOffRequest | None:
    """Write off what is outstanding on an invoice, or ask a second person to where the seller wants one.

    Returns what waits for the second person, None where it is written off already. Asking again gives
    the same request. Raises NotFound or WrongState.
    """
    try:
        with transaction.atomic():
            write_off_invoice(seller, invoice_id=invoice_id, at=at, by=by, reason=reason)
        return None
    except SecondPersonNeeded:
        return request_write_off(seller, invoice_id=invoice_id, at=at, by=by, reason=reason)


@transaction.atomic
def request_write_off(
    seller: Seller, *, invoice_id: UUID, at: datetime, by: str, reason: str = ""
) -> WriteOffRequest:
    """Ask a second person to write off what is outstanding. Asking again gives the same request.

    Raises NotFound or WrongState (the invoice is not open, or one person may write it off).
    """
    invoice = locked_invoice(seller, invoice_id=invoice_id)
    if invoice.state != "open":
        raise WrongState(f"{invoice.number} is {invoice.state}; only an open invoice has a rest.")
    if not takes_two(invoice):
        raise WrongState("One person may write this off; write it off.")
    known = WriteOffRequest.objects.filter(
        seller_id=seller.id, invoice_id=invoice.id, state="open"
    ).first()
    if known is not None:
        return known
    asked = WriteOffRequest.objects.create(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        invoice_id=invoice.id,
        buyer_id=invoice.buyer_id,
        currency=invoice.currency,
        amount=invoice.outstanding,
        reason=reason,
        asked_by=by,
    )
    journal = Journal(seller, at=at, by=by)
    _tell(journal, asked, invoice, "invoice.write_off_asked")
    journal.close()
    return asked


@transaction.atomic
def approve_write_off(
    seller: Seller, *, request_id: UUID, staff_id: UUID, at: datetime, words: str = ""
) -> WriteOffRequest:
    """A person of the seller's staff agrees, who is not the one who asked: what is outstanding is
    written off. Where a program asked, the first who agrees is kept and the request waits for another.

    Raises NotFound (no such request, or nobody of the seller's staff), SamePerson, or WrongState
    (answered already, the invoice is no longer open, or more is outstanding than was asked).
    """
    asked, invoice = _asked(seller, request_id)
    person = Staff.objects.filter(seller_id=seller.id, id=staff_id).first()
    if person is None:
        raise NotFound("There is no such person on the seller's staff.")
    agreed = _staff_named(seller, asked.seconded_by)
    if person.id in (_staff_named(seller, asked.asked_by), agreed):
        raise SamePerson(" ".join((SamePerson.__doc__ or "").split()))
    if invoice.outstanding > asked.amount:
        raise WrongState(f"More is outstanding on {invoice.number} than was asked; ask anew.")
    journal = Journal(seller, at=at, by=public_id("staff", person.id))
    if _staff_named(seller, asked.asked_by) is None and agreed is None:
        if invoice.state != "open":
            raise WrongState(
                f"{invoice.number} is {invoice.state}; only an open invoice has a rest."
            )
        asked.seconded_by, asked.seconded_at = journal.by, at
        asked.save(update_fields=["seconded_by", "seconded_at"])
        _tell(journal, asked, invoice, "invoice.write_off_seconded")
    else:
        give_up(journal, invoice, reason=asked.reason)
        _answer(journal, asked, state="approved", words=words)
    journal.close()
    return asked


@transaction.atomic
def decline_write_off(
    seller: Seller, *, request_id: UUID, at: datetime, by: str, words: str = ""
) -> WriteOffRequest:
    """It stays owed; who asked may say so too. Raises NotFound or WrongState."""
    asked, invoice = _asked(seller, request_id)
    journal = Journal(seller, at=at, by=by)
    own = by == asked.asked_by
    _answer(journal, asked, state="withdrawn" if own else "declined", words=words)
    _tell(journal, asked, invoice, "invoice.write_off_declined")
    journal.close()
    return asked


def _asked(seller: Seller, request_id: UUID) -> tuple[WriteOffRequest, Invoice]:
    """The open request and its invoice, locked."""
    found = WriteOffRequest.objects.filter(seller_id=seller.id, id=request_id).first()
    if found is None:
        raise NotFound("There is no such request.")
    invoice = locked_invoice(seller, invoice_id=found.invoice_id)
    asked = WriteOffRequest.objects.select_for_update(no_key=True).get(
        seller_id=seller.id, id=request_id
    )
    if asked.state != "open":
        raise WrongState(f"The request is {asked.state} already.")
    return asked, invoice


def _staff_named(seller: Seller, by: str) -> UUID | None:
    """Whose act ``by`` names, if it was one of the seller's staff: its id or its address. Text that is
    neither, or that names nobody, is no person's."""
    if "@" in by:
        return review_queries.staff_id(seller_id=seller.id, email=by)
    try:
        named = parse_public_id("staff", by)
    except NotAnId:
        return None
    found = Staff.objects.filter(seller_id=seller.id, id=named)
    return found.values_list("id", flat=True).first()


def _answer(journal: Journal, asked: WriteOffRequest, *, state: str, words: str) -> None:
    asked.state, asked.answer = state, words
    asked.answered_by, asked.answered_at = journal.by, journal.at
    asked.save(update_fields=["state", "answer", "answered_by", "answered_at"])


def _tell(journal: Journal, asked: WriteOffRequest, invoice: Invoice, name: str) -> None:
    journal.tell(
        name,
        object_type="invoice",
        object_id=invoice.id,
        buyer_id=invoice.buyer_id,
        currency=invoice.currency,
        data={"number": invoice.number, "amount": asked.amount, "reason": asked.reason},
    )
