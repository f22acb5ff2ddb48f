"""Which invoices a bank line pays: by exact reference, then by amount and payer.

Nothing is guessed. A reference names the invoice itself; an amount counts only together with a known
payer and only if exactly one reading of it fits. Everything else stays unapplied, with the payer if
the payer is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from stdnum import iso11649

from usance.rules.billing import reference_key

BY_REFERENCE: Final = "reference"
BY_AMOUNT: Final = "amount_and_payer"
BY_BALANCE: Final = "balance_and_payer"

_WORDS = re.compile(r"[^\s,;:]+")
LONGEST_REFERENCE: Final = 40
"""No document number is longer than this."""


@dataclass(slots=True)
class OpenInvoice:
    """An invoice as the matching sees it; ``outstanding`` (minor units) falls as lines are matched."""

    id: UUID
    buyer_id: UUID
    reference: str
    currency: str
    outstanding: int
    due_on: object


@dataclass(frozen=True, slots=True)
class Remittance:
    """Money that came in: ``amount`` minor units, and what the payer wrote.

    ``payer_id`` is the buyer behind the bank account or the name, if known.
    """

    amount: int
    currency: str
    texts: tuple[str, ...]
    payer_id: UUID | None


@dataclass(frozen=True, slots=True)
class Share:
    """``amount`` of the remittance pays one invoice."""

    invoice: OpenInvoice
    amount: int
    rule: str


@dataclass(frozen=True, slots=True)
class Match:
    """Whose money it is, if that is known, and what it pays."""

    buyer_id: UUID | None
    shares: tuple[Share, ...]


def references(texts: Iterable[str]) -> set[str]:
    """Everything in ``texts`` that could be a document number: words, and runs of up to four words,
    since payers break numbers ("INV 2026 000123")."""
    found = set()
    for text in texts:
        words = [key for word in _WORDS.findall(text) if (key := reference_key(word))]
        for start in range(len(words)):
            joined = ""
            for word in words[start : start + 4]:
                joined += word
                if len(joined) > LONGEST_REFERENCE:
                    break
                if len(joined) >= 4 and any(character.isdigit() for character in joined):
                    found.add(joined)
                    if iso11649.is_valid(joined):
                        found.add(joined[4:])  # our creditor reference is RF, a check, the number
    return found


def match(
    remittance: Remittance,
    *,
    by_reference: Mapping[str, Sequence[OpenInvoice]],
    of_payer: Sequence[OpenInvoice],
) -> Match:
    """Find what ``remittance`` pays, and take it off the invoices' ``outstanding``.

    ``by_reference`` are the open invoices that the texts may name, ``of_payer`` those of the known
    payer, oldest first.
    """
    named = [
        invoice
        for reference in references(remittance.texts)
        for invoice in by_reference.get(reference, ())
        if invoice.currency == remittance.currency and invoice.outstanding
    ]
    owners = {invoice.buyer_id for invoice in named}
    if len(owners) == 1:
        unique = {invoice.id: invoice for invoice in named}
        return Match(owners.pop(), _spread(remittance.amount, unique.values(), BY_REFERENCE))

    candidates = [i for i in of_payer if i.currency == remittance.currency and i.outstanding]
    exact = [i for i in candidates if i.outstanding == remittance.amount]
    if len(exact) == 1:
        return Match(remittance.payer_id, _spread(remittance.amount, exact, BY_AMOUNT))
    if candidates and not exact and sum(i.outstanding for i in candidates) == remittance.amount:
        return Match(remittance.payer_id, _spread(remittance.amount, candidates, BY_BALANCE))
    return Match(remittance.payer_id, ())


def _spread(amount: int, invoices: Iterable[OpenInvoice], rule: str) -> tuple[Share, ...]:
    """Pay the invoices, the one due first before the others, until the money is used."""
    shares = []
    for invoice in sorted(invoices, key=lambda i: (str(i.due_on), i.reference)):
        share = min(amount, invoice.outstanding)
        if share:
            invoice.outstanding -= share
            amount -= share
            shares.append(Share(invoice, share, rule))
    return tuple(shares)
