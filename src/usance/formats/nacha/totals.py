"""What the control records of a batch and of a file must state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from usance.formats.nacha.model import Batch, Entry, NachaFile, Totals

_HASH_DIGITS: Final = 10**10
_ADDENDA_OF_INTERNATIONAL: Final = 7


def batch_totals(batch: Batch) -> Totals:
    """Entries and addenda, entry hash and amounts of ``batch``, in cents."""
    return totals_of(
        batch,
        records=sum(1 + addenda_count(entry) for entry in batch.entries)
        + sum(1 + (advice.returned is not None) for advice in batch.advices),
    )


def totals_of(batch: Batch, *, records: int) -> Totals:
    """The totals of ``batch`` whose entries and addenda are so many records."""
    lines = [(entry.routing_number, entry.amount, entry.is_credit) for entry in batch.entries]
    lines += [(each.routing_number, each.amount, each.is_credit) for each in batch.advices]
    return Totals(
        entries=records,
        entry_hash=entry_hash(number for number, _, _ in lines),
        debits=sum(amount for _, amount, credit in lines if not credit),
        credits=sum(amount for _, amount, credit in lines if credit),
    )


def file_totals(file: NachaFile) -> Totals:
    """Entries and addenda, entry hash and amounts of all batches of ``file``, in cents."""
    return summed(batch_totals(batch) for batch in file.batches)


def summed(totals: Iterable[Totals]) -> Totals:
    """The totals of a file whose batches have these."""
    every = tuple(totals)
    return Totals(
        entries=sum(each.entries for each in every),
        entry_hash=sum(each.entry_hash for each in every) % _HASH_DIGITS,
        debits=sum(each.debits for each in every),
        credits=sum(each.credits for each in every),
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


def addenda_count(entry: Entry) -> int:
    """How many addenda records ``entry`` has; of an international one, if none is missing."""
    abroad = entry.international
    return (
        len(entry.addenda)
        + len(entry.other_addenda)
        + (entry.returned is not None)
        + (entry.correction is not None)
        + (
            _ADDENDA_OF_INTERNATIONAL + len(abroad.remittance) + len(abroad.correspondents)
            if abroad is not None
            else 0
        )
    )
