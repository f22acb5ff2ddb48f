"""Reading what the matching weighs: open items, buyers, what was learnt, how far it may go."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from usance.records.payments.models import LearntPayer, MatchingRules, Proposal
from usance.records.statements import execute
from usance.rules.matching.model import (
    Buyer,
    EarlyPayment,
    Key,
    Knowledge,
    MatchingSettings,
    OpenItem,
)

_ITEMS: Final = """
SELECT i.id, i.buyer_id, i.number, i.payment_reference, i.external_id, i.currency, i.amount,
       i.outstanding, i.issued_on, i.due_on, i.discounts, i.credited + i.allocated + i.written_off,
       o.numbers
  FROM invoices_invoice AS i
  LEFT JOIN LATERAL (
       SELECT array_agg(DISTINCT ARRAY[k.kind, k.value]) AS numbers
         FROM invoices_invoicepart AS p
         JOIN orders_order AS o ON o.seller_id = p.seller_id AND o.id = p.order_id
        CROSS JOIN LATERAL (VALUES ('purchase_order', o.po_number), ('order', o.external_id))
              AS k(kind, value)
        WHERE p.seller_id = i.seller_id AND p.invoice_id = i.id AND k.value <> '') AS o ON true
 WHERE i.seller_id = %(seller_id)s
"""

_CREDITS: Final = """
SELECT p.id, p.buyer_id, p.currency, p.amount, p.amount - p.allocated - p.refunded - p.returned,
       p.received_on, n.numbers
  FROM payments_payment AS p
  JOIN LATERAL (
       SELECT array_agg(DISTINCT n.number) AS numbers
         FROM payments_allocation AS a
         JOIN invoices_creditnote AS n ON n.seller_id = a.seller_id AND n.invoice_id = a.invoice_id
        WHERE a.seller_id = p.seller_id AND a.payment_id = p.id AND a.rule = 'credit_note') AS n
       ON n.numbers IS NOT NULL
 WHERE p.seller_id = %(seller_id)s AND p.buyer_id IS NOT NULL
   AND p.state IN ('received', 'unapplied', 'partially_allocated')
"""


def open_items(*, seller_id: UUID) -> Iterator[OpenItem]:
    """Everything that a payment may settle: open invoices, and what credit notes have freed."""
    for row in execute(_ITEMS + " AND i.state = 'open'", {"seller_id": seller_id}):
        yield _invoice(_InvoiceRow(*row))
    for row in execute(_CREDITS, {"seller_id": seller_id}):
        yield _credit(_CreditRow(*row))


def items_named(*, seller_id: UUID, references: Collection[str]) -> Iterator[OpenItem]:
    """The invoices, settled ones too, whose number or payment reference is among ``references``
    (capitals, without punctuation)."""
    rows = execute(
        _ITEMS + " AND (i.reference = ANY(%(references)s)"
        " OR i.payment_reference <> '' AND i.payment_reference = ANY(%(references)s))"
        " AND i.state <> 'draft'",
        {"seller_id": seller_id, "references": list(references)},
    )
    for row in rows:
        yield _invoice(_InvoiceRow(*row))


def items(*, seller_id: UUID, ids: Collection[UUID]) -> Iterator[OpenItem]:
    """The invoices and freed credits of these ids as they stand now."""
    question = {"seller_id": seller_id, "ids": list(ids)}
    for row in execute(_ITEMS + " AND i.id = ANY(%(ids)s)", question):
        yield _invoice(_InvoiceRow(*row))
    for row in execute(_CREDITS + " AND p.id = ANY(%(ids)s)", question):
        yield _credit(_CreditRow(*row))


_NONE: Final = "[]"
"""What most invoices say of discounts; a hundred thousand times it is not worth reading."""


class _InvoiceRow(NamedTuple):
    id: UUID
    buyer_id: UUID
    number: str
    payment_reference: str
    external_id: str | None
    currency: str
    amount: int
    outstanding: int
    issued_on: date
    due_on: date
    discounts: str  # JSON: what paying by a day takes off
    settled: int
    numbers: list[list[str]] | None


def _invoice(row: _InvoiceRow) -> OpenItem:
    keys = [Key("number", row.number)]
    if row.payment_reference:
        qr = row.payment_reference.isdigit()
        keys.append(Key("qr_reference" if qr else "creditor_reference", row.payment_reference))
    if row.external_id:
        keys.append(Key("number", row.external_id))  # what the shop or the ERP calls it
    keys += [
        Key("purchase_order" if kind == "purchase_order" else "order", value)
        for kind, value in row.numbers or ()
    ]
    return OpenItem(
        id=row.id,
        buyer_id=row.buyer_id,
        keys=tuple(dict.fromkeys(keys)),
        currency=row.currency,
        amount=row.amount,
        outstanding=row.outstanding,
        issued_on=row.issued_on,
        due_on=row.due_on,
        # A discount is for who pays the whole: once part is settled there is none.
        discounts=tuple(
            EarlyPayment(date.fromisoformat(each["until"]), each["amount"])
            for each in (
                json.loads(row.discounts) if not row.settled and row.discounts != _NONE else ()
            )
        ),
    )


class _CreditRow(NamedTuple):
    id: UUID
    buyer_id: UUID
    currency: str
    amount: int
    left: int
    received_on: date
    numbers: list[str]


def _credit(row: _CreditRow) -> OpenItem:
    return OpenItem(
        id=row.id,
        buyer_id=row.buyer_id,
        kind="credit_note",
        keys=tuple(Key("number", number) for number in row.numbers),
        currency=row.currency,
        amount=row.amount,
        outstanding=row.left,
        issued_on=row.received_on,
        due_on=row.received_on,
    )


_FIGURES: Final = (
    "id",
    "buyer_id",
    "number",
    "currency",
    "amount",
    "credited",
    "allocated",
    "written_off",
    "state",
)


def invoice_figures(*, seller_id: UUID, ids: Collection[UUID]) -> list[dict[str, Any]]:
    """The amounts of these invoices that allocations move, as they stand now."""
    rows = execute(
        f"SELECT {', '.join(_FIGURES)} FROM invoices_invoice WHERE seller_id = %s AND id = ANY(%s)",
        [seller_id, list(ids)],
    )
    return [dict(zip(_FIGURES, row, strict=True)) for row in rows]


def buyers(*, seller_id: UUID) -> list[Buyer]:
    """The seller's buyers as a bank line may tell of them."""
    rows = execute(
        "SELECT b.id, b.name, b.external_id, b.registration_number, b.tax_id,"
        " p.legal_name FROM parties_buyer AS b LEFT JOIN parties_billingprofile AS p"
        " ON p.seller_id = b.seller_id AND p.buyer_id = b.id WHERE b.seller_id = %s",
        [seller_id],
    )
    return [
        Buyer(
            id=id_,
            names=tuple(dict.fromkeys(filter(None, (name, legal_name)))),
            customer_numbers=tuple(filter(None, (external_id, registration, tax_id))),
        )
        for id_, name, external_id, registration, tax_id, legal_name in rows
    ]


def knowledge(*, seller_id: UUID) -> Knowledge:
    """What confirmed and undone matches have taught."""
    found: dict[str, dict[str, dict[UUID, int]]] = defaultdict(dict)
    rows = LearntPayer.objects.filter(seller_id=seller_id).values_list(
        "kind", "value", "buyer_id", "weight"
    )
    for kind, value, buyer_id, weight in rows.iterator(chunk_size=5000):
        found[kind].setdefault(value, {})[buyer_id] = weight
    return Knowledge(accounts=found["account"], names=found["name"], texts=found["text"])


_NUMBERS: Final = (
    "self_book_from",
    "tolerance_amount",
    "tolerance_basis_points",
    "charges_limit",
    "discount_grace_days",
    "large_from",
    "book_part_payments",
)


def rules(*, seller_id: UUID) -> MatchingRules:
    """How far the seller lets the matching go; the defaults of the rules where it has said nothing."""
    kept = MatchingRules.objects.filter(seller_id=seller_id).first()
    usual = MatchingSettings()
    return kept or MatchingRules(
        seller_id=seller_id, **{name: getattr(usual, name) for name in _NUMBERS}
    )


def settings(*, seller_id: UUID) -> MatchingSettings:
    """How far the seller lets the matching go, as the rules take it."""
    kept = rules(seller_id=seller_id)
    return MatchingSettings(**{name: getattr(kept, name) for name in _NUMBERS})


def proposal(*, seller_id: UUID, proposal_id: UUID) -> Proposal | None:
    """One proposal with its payment and bank line."""
    return _proposals(seller_id).filter(id=proposal_id).first()


def proposals(
    *,
    seller_id: UUID,
    state: str | None = None,
    payment_id: UUID | None = None,
    buyer_id: UUID | None = None,
) -> QuerySet[Proposal]:
    """The seller's proposals, each with its payment and bank line."""
    wanted = {"state": state, "payment_id": payment_id, "buyer_id": buyer_id}
    return _proposals(seller_id).filter(
        **{name: value for name, value in wanted.items() if value is not None}
    )


def _proposals(seller_id: UUID) -> QuerySet[Proposal]:
    return Proposal.objects.select_related("payment", "payment__bank_transaction").filter(
        seller_id=seller_id
    )


def count_waiting(*, seller_id: UUID) -> int:
    """How many proposals wait for a person."""
    return Proposal.objects.filter(seller_id=seller_id, state="open").count()


def numbers_of(*, seller_id: UUID, ids: Collection[UUID]) -> dict[UUID, str]:
    """What the invoices and freed credits that readings settle are called."""
    wanted = {"seller_id": seller_id, "ids": list(ids)}
    found = dict(
        execute(
            "SELECT id, number FROM invoices_invoice WHERE seller_id = %(seller_id)s"
            " AND id = ANY(%(ids)s)",
            wanted,
        )
    )
    for row in execute(_CREDITS + " AND p.id = ANY(%(ids)s)", wanted):
        credit_ = _CreditRow(*row)
        found[credit_.id] = ", ".join(credit_.numbers)
    return found


def learnt_of(*, seller_id: UUID, buyer_id: UUID) -> list[LearntPayer]:
    """What was learnt of who pays for the buyer, the surest first."""
    found = LearntPayer.objects.filter(seller_id=seller_id, buyer_id=buyer_id)
    return list(found.order_by("kind", "-weight", "value"))


def proposal_of(*, seller_id: UUID, payment_id: UUID) -> Proposal | None:
    """The newest proposal for a payment, whatever became of it."""
    return (
        Proposal.objects.filter(seller_id=seller_id, payment_id=payment_id).order_by("-id").first()
    )
