"""How an order's tax spreads over its invoices, and what settles an invoice."""

from __future__ import annotations

import re
from collections.abc import Sequence

from usance.rules.money import proportion

_PUNCTUATION = re.compile(r"[^0-9A-Z]+")


class BillingError(ValueError):
    """An amount that cannot be invoiced, credited or written off; nothing was written."""

    code = "invalid_amount"


def tax_share(*, tax_left: int, amount_left: int, amount_now: int) -> int:
    """The tax inside ``amount_now``, out of ``amount_left`` that contains ``tax_left`` (minor units).

    Taken from what is left each time, so that the parts of a document sum to its tax exactly,
    whatever their number: the last part takes the rest.
    """
    if amount_now >= amount_left:
        return tax_left
    return proportion(tax_left, part=amount_now, whole=amount_left)


def shares(
    *, amount: int, tax_amount: int, like: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """``amount`` and the tax in it, spread in proportion to the amounts and taxes of ``like``.

    Minor units, each of ``like`` an amount with the tax in it. The parts sum exactly; what has no tax
    in ``like`` gets none, as long as something else has.
    """
    found = []
    amount_left, tax_left = amount, tax_amount
    whole, whole_tax = sum(a for a, _ in like), sum(t for _, t in like)
    for of_amount, of_tax in like:
        part = tax_share(tax_left=amount_left, amount_left=whole, amount_now=of_amount)
        tax = tax_share(tax_left=tax_left, amount_left=whole_tax, amount_now=of_tax)
        found.append((part, tax))
        amount_left, whole = amount_left - part, whole - of_amount
        tax_left, whole_tax = tax_left - tax, whole_tax - of_tax
    return found


def settled_state(*, amount: int, credited: int, allocated: int, written_off: int) -> str:
    """The state of an issued invoice, from what became of its amount."""
    if credited + allocated + written_off < amount:
        return "open"
    if credited == amount:
        return "void"
    return "written_off" if written_off else "paid"


def payment_state(*, amount: int, allocated: int, refunded: int, returned: int = 0) -> str:
    """The state of a payment, from what became of its amount.

    ``refunded`` is what the seller gave back, ``returned`` what the payer or its bank took back.
    """
    gone = refunded + returned
    if gone == amount:
        return "returned" if returned else "refunded"
    if not allocated:
        return "unapplied"
    return "allocated" if allocated + gone == amount else "partially_allocated"


def document_number(*, prefix: str, year: int, sequence: int) -> str:
    """A legal number: ``INV-2026-000123``."""
    return f"{prefix}-{year}-{sequence:06d}"


def reference_key(text: str) -> str:
    """A number as payers may write it, without punctuation, spaces or case."""
    return _PUNCTUATION.sub("", text.upper())
