"""What the control records of a batch and of a file must state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from usance.formats.nacha.model import Batch, Entry, NachaFile, Totals

_HASH_DIGITS: Final = 10**10


def batch_totals(batch: Batch) -> Totals:
    """Entries and addenda, entry hash and amounts of ``batch``, in cents."""
    advices = batch.advices
    hashed = [entry.routing_number for entry in (*batch.entries, *advices)]
    return Totals(
        entries=sum(1 + len(addenda_of(entry)) for entry in batch.entries)
        + sum(1 + (advice.returned is not None) for advice in advices),
        entry_hash=entry_hash(hashed),
        debits=sum(e.amount for e in (*batch.entries, *advices) if not e.is_credit),
        credits=sum(e.amount for e in (*batch.entries, *advices) if e.is_credit),
    )


def file_totals(file: NachaFile) -> Totals:
    """Entries and addenda, entry hash and amounts of all batches of ``file``, in cents."""
    totals = [batch_totals(batch) for batch in file.batches]
    return Totals(
        entries=sum(each.entries for each in totals),
        entry_hash=sum(each.entry_hash for each in totals) % _HASH_DIGITS,
        debits=sum(each.debits for each in totals),
        credits=sum(each.credits for each in totals),
    )


def entry_hash(routing_numbers: Iterable[str]) -> int:
    """The last ten digits of the sum of the first eight digits of each routing number.

    What is no number counts as nought, so that a file with a wrong field still has a sum to compare.
    """
    return (
        sum(int(number[:8]) for number in routing_numbers if is_number(number[:8])) % _HASH_DIGITS
    )


def is_number(text: str) -> bool:
    """Whether ``text`` is digits 0 to 9 only, at least one."""
    return text.isascii() and text.isdigit()


def addenda_of(entry: Entry) -> tuple[None, ...]:
    """As many items as ``entry`` has addenda records."""
    raise NotImplementedError
