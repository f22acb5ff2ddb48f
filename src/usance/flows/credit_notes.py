"""The documents of credit notes: what an invoice said, and what of it is taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from usance.flows.invoice_documents import Issuer, Piece, document_of, numbered
from usance.flows.issuing import Wanted, heading_of
from usance.records.invoices import actions
from usance.records.invoices.models import CreditNote, Invoice, InvoicePart
from usance.records.invoices.queries import first_issued
from usance.records.orders.models import Order, Shipment
from usance.records.parties.invoicing_queries import billing_profile
from usance.records.parties.models import Seller
from usance.rules.invoicing.crediting import (
    Amounts,
    CannotCredit,
    CreditedLine,
    TakenBack,
    credit_document,
    line_amounts,
    require_left,
    take_back,
)
from usance.rules.invoicing.document import InvoiceDocument
from usance.rules.invoicing.serial import from_json
from usance.rules.invoicing.split_payment import collected_tax
from usance.rules.invoicing.supplies import stated_tax
from usance.rules.orders import Line


def pieces_of(invoice: Invoice) -> list[Piece]:
    """What an issued invoice is about, as it was handed to its issuing."""
    parts = _parts(first_issued(invoice))
    orders = Order.objects.filter(
        seller_id=invoice.seller_id, id__in={part.order_id for part in parts}
    ).in_bulk()
    shipments = Shipment.objects.filter(
        seller_id=invoice.seller_id, id__in=[part.shipment_id for part in parts if part.shipment_id]
    ).in_bulk()
    return [_piece(part, orders[part.order_id], shipments, invoice, len(parts)) for part in parts]


def keep_missing_parts() -> int:
    """Write down the parts of invoices that a process of an earlier release has issued while its tables
    were up to date already; how many. Safe to run again."""
    return actions.add_missing_parts()


def charged(invoice: Invoice) -> tuple[int, int]:
    """What the shops asked for what is on ``invoice``, and their tax in it: its parts."""
    parts = _parts(invoice)
    return sum(part.amount for part in parts), sum(part.tax_amount for part in parts)


def _parts(invoice: Invoice) -> list[InvoicePart]:
    """The parts of ``invoice``. One that a process of an earlier release has written has none: it is
    about one order (see the migrations of invoices)."""
    kept = InvoicePart.objects.filter(seller_id=invoice.seller_id, invoice_id=invoice.id)
    found = list(kept.order_by("id"))
    if found or invoice.order_id is None:
        return found
    whole = InvoicePart(
        seller_id=invoice.seller_id,
        created_at=invoice.created_at,
        invoice_id=invoice.id,
        order_id=invoice.order_id,
        amount=invoice.amount,
        tax_amount=invoice.tax_amount,
    )
    return [whole]


def _piece(
    part: InvoicePart,
    order: Order,
    shipments: dict[UUID, Shipment],
    invoice: Invoice,
    parts: int,
) -> Piece:
    shipment = shipments.get(part.shipment_id) if part.shipment_id else None
    kept = invoice.lines if parts == 1 else shipment.lines if shipment else []
    return Piece(
        order=order,
        amount=part.amount,
        tax_amount=part.tax_amount,
        shipped_on=shipment.shipped_on if shipment else invoice.tax_point_on or invoice.issued_on,
        lines=tuple(Line.from_document(line) for line in kept),
        shipment=shipment,
    )


def issued_document(seller: Seller, *, invoice: Invoice) -> InvoiceDocument:
    """The document of an invoice; of one that was issued before documents were kept, as it would be
    made of its orders today."""
    if invoice.document is not None:
        return from_json(invoice.document)
    issuer = Issuer.of(seller)
    profile = issuer.profile(invoice.buyer_id)
    pieces = pieces_of(invoice)
    heading, _ = heading_of(
        pieces, issuer=issuer, profile=profile, on=invoice.issued_on, wanted=Wanted()
    )
    made = document_of(pieces, issuer=issuer, profile=profile, heading=heading)
    return numbered(made, invoice.number)


@dataclass(frozen=True, slots=True)
class Credit:
    """What a credit note takes back, and of which lines; minor units with tax."""

    amount: int
    tax_amount: int
    taken: tuple[TakenBack, ...]


def credit_of_lines(seller: Seller, *, invoice: Invoice, lines: Sequence[CreditedLine]) -> Credit:
    """What ``lines`` of the locked invoice come to, within what is left of their categories and rates
    of tax. Raises CannotCredit."""
    document = issued_document(seller, invoice=invoice)
    notes = _notes(invoice)
    before: defaultdict[str, Amounts] = defaultdict(lambda: (0, 0))
    for note in notes:
        for line in note.lines:
            amount, tax = before[line["line"]]
            before[line["line"]] = (amount + line["amount"], tax + line["tax_amount"])
    taken = take_back(
        document,
        lines,
        amounts=line_amounts(document, amount=invoice.amount, tax_amount=invoice.tax_amount),
        before=before,
    )
    require_left(document, taken, before=_documents(document, notes))
    amount = sum(one.amount for one in taken)
    return Credit(amount, sum(one.tax_amount for one in taken), tuple(taken))


def made_document(
    seller: Seller,
    *,
    invoice: Invoice,
    credit: Credit,
    number: str,
    on: date,
    reason: str,
) -> InvoiceDocument:
    """The document of the credit note ``number`` on the locked invoice."""
    profile = billing_profile(seller_id=seller.id, buyer_id=invoice.buyer_id)
    document = issued_document(seller, invoice=invoice)
    return credit_document(
        document,
        amount=credit.amount,
        tax_amount=credit.tax_amount,
        number=number,
        issued_on=on,
        language=profile.language,
        reason=reason,
        taken=credit.taken,
        before=_documents(document, _notes(invoice)),
        whole=credit.amount == invoice.amount and not credit.taken,
    )


def tax_taken_back(draft: InvoiceDocument, *, invoice: Invoice, credit: Credit) -> int:
    """The tax, minor units, that the document of a credit note on the locked ``invoice`` takes back.

    Raises CannotCredit where that is more than the note, or than what is left.
    """
    tax = stated_tax(collected_tax(draft), charged=credit.tax_amount, currency=invoice.currency)
    left = invoice.tax_amount - invoice.credited_tax
    if invoice.document is None:  # what is taken back is what the ledger has of it
        return min(tax, left)
    if tax > min(left, credit.amount):
        raise CannotCredit(
            f"This would take back {tax} minor units of tax with {credit.amount}, of {left} that are"
            f" left on {invoice.number}; credit an amount, or all that is left."
        )
    return tax


def _documents(document: InvoiceDocument, notes: Sequence[CreditNote]) -> list[InvoiceDocument]:
    """The documents of ``notes`` on the invoice ``document``; of those that were issued before
    documents were kept, as they would be made today."""
    found: list[InvoiceDocument] = []
    for note in notes:
        if note.document is not None:
            found.append(from_json(note.document))
            continue
        found.append(
            credit_document(
                document,
                amount=note.amount,
                tax_amount=note.tax_amount,
                number=note.number,
                issued_on=note.issued_on,
                language="en",
                before=tuple(found),
            )
        )
    return found


def _notes(invoice: Invoice) -> list[CreditNote]:
    """The notes on an invoice, where anything of it was credited."""
    if not invoice.credited:
        return []
    found = CreditNote.objects.filter(seller_id=invoice.seller_id, invoice_id=invoice.id)
    return list(found.order_by("id"))
