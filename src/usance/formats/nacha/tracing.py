"""Numbers that follow an entry through the banks and back."""

from __future__ import annotations

from dataclasses import replace

from usance.formats.errors import FormatError
from usance.formats.nacha.model import Batch, Entry
from usance.formats.nacha.totals import is_number


def trace_number(odfi: str, *, sequence: int) -> str:
    """The 15 digits of an entry: the sending bank's first 8 and a number from 1 to 9,999,999.

    Raises FormatError ``invalid_trace_number``.
    """
    bank = odfi[:8]
    if len(bank) != 8 or not is_number(bank) or not 1 <= sequence <= 9_999_999:
        raise FormatError(
            f"A trace number is 8 digits of the bank and a number from 1 to 9999999; {odfi!r} and"
            f" {sequence} do not make one.",
            code="invalid_trace_number",
        )
    return f"{bank}{sequence:07}"


def numbered(batch: Batch, *, first: int) -> Batch:
    """``batch`` with trace numbers that ascend from ``first``, in the order of its entries."""
    return replace(
        batch,
        entries=tuple(
            replace(entry, trace_number=trace_number(batch.odfi, sequence=first + place))
            for place, entry in enumerate(batch.entries)
        ),
    )


def prenote(entry: Entry) -> Entry:
    """The prenote that asks for the account of a live ``entry``: no amount, no addenda, and the
    transaction code that says so (Nacha Operating Rules, subsection 2.6.1)."""
    code = entry.transaction_code
    return replace(
        entry,
        transaction_code=code if entry.is_prenote else code + 1,
        amount=0,
        addenda=(),
        trace_number="",
    )
