"""How an order's tax spreads over its invoices, and what settles an invoice."""

from __future__ import annotations

import re

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


def settled_state(*, amount: int, credited: int, allocated: int, written_off: int) -> str:
    """The state of an issued invoice, from what became of its amount."""
    if credited + allocated + written_off < amount:
        return "open"
    if credited == amount:
        return "void"
    return "written_off" if written_off else "paid"


def payment_state(*, amount: int, allocated: int, refunded: int) -> str:
    """The state of a payment, from what became of its amount."""
    if refunded == amount:
        return "refunded"
    if not allocated:
        return "unapplied"
    return "allocated" if allocated + refunded == amount else "partially_allocated"


def document_number(*, prefix: str, year: int, sequence: int) -> str:
    """A legal number: ``INV-2026-000123``."""
    return f"{prefix}-{year}-{sequence:06d}"


def reference_key(text: str) -> str:
    """A number as payers may write it, without punctuation, spaces or case."""
    return _PUNCTUATION.sub("", text.upper())
