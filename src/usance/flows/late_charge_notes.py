"""The debit note by which late charges are claimed: an invoice of kind ``late_charge``, numbered in its
own series, owed and posted to the account for interest."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from usance.flows.invoice_documents import Issuer, numbered
from usance.flows.journal import Journal
from usance.flows.refusals import Conflict
from usance.records.collections import late_charge_queries as queries
from usance.records.identity import new_id
from usance.records.invoices import actions as invoices
from usance.records.invoices.models import Invoice
from usance.records.invoices.queries import series_prefixes
from usance.records.parties.models import Seller
from usance.rules import ledger
from usance.rules.billing import document_number, reference_key
from usance.rules.interest.claim_document import (
    Claim,
    claim_document,
    entries,
    waived_name,
)
from usance.rules.invoicing.serial import to_json
from usance.rules.orders import Line

KIND: Final = "late_charge"
USUAL_PREFIX: Final = "INT"
PAYABLE_DAYS: Final = 14
"""A claim is owed at once; its debtor is given so many days before it counts as late itself."""
TERMS: Final = f"net_{PAYABLE_DAYS}"


class PrefixTaken(Conflict):
    """Invoices or credit notes have numbers with the prefix of claims; choose another for claims."""

    code = "prefix_taken"


def issue_note(journal: Journal, invoice: Invoice, *, about: Claim) -> Invoice:
    """The debit note that claims ``about`` for the locked ``invoice``, told and posted. The caller closes
    the journal. Raises PrefixTaken."""
    seller = journal.seller
    issuer = Issuer.of(seller)
    profile = issuer.profile(invoice.buyer_id)
    own = queries.terms_of(seller_id=seller.id)
    prefix = own.prefix if own is not None else USUAL_PREFIX
    _require_own_prefix(seller, prefix, issuer=issuer, year=journal.on.year)
    series_id, sequence, prefix, on = invoices.next_number(
        seller_id=seller.id, kind=KIND, on=journal.on, prefix=prefix, at=journal.at
    )
    number = document_number(prefix=prefix, year=on.year, sequence=sequence)
    due_on = on + timedelta(days=PAYABLE_DAYS)
    document = numbered(
        claim_document(
            about,
            seller=issuer.details,
            profile=profile,
            number="",
            issued_on=on,
            due_on=due_on,
        ),
        number,
    )
    note = Invoice(
        id=new_id(),
        seller_id=seller.id,
        created_at=journal.at,
        kind=KIND,
        buyer_id=invoice.buyer_id,
        series_id=series_id,
        sequence=sequence,
        number=number,
        reference=reference_key(number),
        payment_reference=document.payment.remittance if document.payment else "",
        currency=about.currency,
        amount=about.amount,
        tax_amount=0,
        terms=TERMS,
        issued_on=on,
        due_on=due_on,
        lines=_lines(about, language=profile.language),
        schedule=[{"due_on": str(due_on), "amount": about.amount}],
        document=to_json(document),
    )
    note.save(force_insert=True)
    _book(journal, note, late=invoice)
    return note


def _book(journal: Journal, note: Invoice, *, late: Invoice) -> None:
    """Post what ``note`` claims for the invoice ``late``, and tell it."""
    journal.enter(
        "late_charge",
        subject_id=note.id,
        buyer_id=note.buyer_id,
        currency=note.currency,
        postings=ledger.late_charge(note.buyer_id, amount=note.amount),
        on=note.issued_on,
    )
    journal.tell(
        "late_charge.opened",
        object_type="invoice",
        object_id=note.id,
        buyer_id=note.buyer_id,
        state="open",
        currency=note.currency,
        owed_change=note.amount,
        data={
            "number": note.number,
            "amount": note.amount,
            "due_on": note.due_on,
            "invoice": late.number,
        },
    )


def _require_own_prefix(seller: Seller, prefix: str, *, issuer: Issuer, year: int) -> None:
    """Numbers are unique over all series: refuse a prefix that another has."""
    given_out = series_prefixes(seller_id=seller.id, year=year)
    own = given_out.pop(KIND, prefix)
    details = issuer.details
    if own in {details.invoice_prefix, details.credit_note_prefix, *given_out.values()}:
        raise PrefixTaken(
            f"Invoices or credit notes begin with {own} too; choose another prefix for claims in the"
            " settings of late interest."
        )


def _lines(about: Claim, *, language: str) -> list[dict[str, object]]:
    """What is claimed line by line, as pages and the portal show the lines of any invoice."""
    lines = [
        Line(f"{entry.name}: {entry.how}" if entry.how else entry.name, entry.amount)
        for entry in entries(about, language=language)
    ]
    if about.waived:
        lines.append(Line(waived_name(language=language), -about.waived))
    return [line.to_document() for line in lines]
