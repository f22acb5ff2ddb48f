"""What a batch must be before it is written."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from usance.formats.errors import FormatError
from usance.formats.nacha.model import (
    CREDITS_ONLY,
    DEBITS_ONLY,
    MIXED,
    MOST_ADDENDA,
    Batch,
    Entry,
    Totals,
)
from usance.formats.nacha.routing import is_routing_number
from usance.formats.nacha.totals import is_number

WRITTEN: Final = frozenset({"CCD", "PPD", "CTX", "WEB", "TEL", "COR"})
_LIVE: Final = frozenset({22, 27, 32, 37})
_OTHER: Final = frozenset({23, 28, 33, 38, 24, 29, 34, 39})  # prenotes, notices of no money
_BACK: Final = frozenset({21, 26, 31, 36})
_LARGEST_AMOUNT: Final = 10**10 - 1
_MOST_ADDENDA: Final = {"CCD": 1, "PPD": 1, "WEB": 1, "TEL": 0, "CTX": MOST_ADDENDA, "COR": 0}


def refuse(code: str, path: str, message: str) -> FormatError:
    """The error that says why a file cannot be written."""
    return FormatError(message, code=code, path=path)


def check_batch(batch: Batch, totals: Totals) -> None:
    """Raise FormatError where ``batch`` may not be sent as it is."""
    if batch.entry_class not in WRITTEN or batch.exchange is not None or batch.advices:
        raise refuse(
            "unsupported_entry_class",
            "batch_header.entry_class",
            f"{batch.entry_class!r} is not written; these are: {', '.join(sorted(WRITTEN))}.",
        )
    for field, value in (
        ("company_name", batch.company_name),
        ("company_id", batch.company_id),
        ("description", batch.description),
    ):
        if not value.strip():
            raise refuse("missing_value", f"batch_header.{field}", "It may not be blank.")
    if not batch.entries:
        raise refuse("missing_value", "batch_header", "A batch has at least one entry.")
    if len(batch.odfi) != 8 or not is_number(batch.odfi):
        raise refuse(
            "invalid_routing_number",
            "batch_header.odfi",
            f"{batch.odfi!r} is not the first 8 digits of the bank's routing number.",
        )
    _check_service_class(batch, totals)
    back = [entry.returned is not None or entry.correction is not None for entry in batch.entries]
    if batch.effective_on is None and not all(back):
        raise refuse(
            "missing_value",
            "batch_header.effective_on",
            "Give the banking day on which it shall settle.",
        )
    for before, after in pairwise(batch.entries):
        if before.trace_number >= after.trace_number:
            raise refuse(
                "invalid_trace_number",
                "entry.trace_number",
                f"Trace numbers ascend, and {after.trace_number!r} comes after"
                f" {before.trace_number!r}.",
            )
    for entry in batch.entries:
        check_entry(entry, batch)


def _check_service_class(batch: Batch, totals: Totals) -> None:
    directions = {entry.is_credit for entry in batch.entries}
    allowed = {
        MIXED: {True, False},
        CREDITS_ONLY: {True},
        DEBITS_ONLY: {False},
    }.get(batch.service_class, set())
    # Returns and corrections of debits travel in batches that settle nothing.
    if not directions <= allowed and (totals.debits or totals.credits or not allowed):
        raise refuse(
            "wrong_service_class",
            "batch_header.service_class",
            f"{batch.service_class} does not fit the batch: 220 is for credits only, 225 for debits"
            " only, 200 for both.",
        )


def check_entry(entry: Entry, batch: Batch) -> None:
    """Raise FormatError where ``entry`` may not be sent in ``batch``."""
    returned, correction = entry.returned is not None, entry.correction is not None
    codes = _BACK if returned or correction else _LIVE | _OTHER
    if entry.transaction_code not in codes:
        raise refuse(
            "invalid_transaction_code",
            "entry.transaction_code",
            f"{entry.transaction_code} is none of {', '.join(map(str, sorted(codes)))}, which an"
            f" entry{' that comes back' if returned or correction else ''} may have.",
        )
    if (batch.entry_class == "COR") != correction:
        raise refuse(
            "unsupported_entry_class",
            "batch_header.entry_class",
            "Corrections, and nothing else, stand in batches of class COR.",
        )
    if not is_routing_number(entry.routing_number):
        raise refuse(
            "invalid_routing_number",
            "entry.routing_number",
            f"{entry.routing_number!r} is no routing number: 9 digits, of which the last checks the"
            " others.",
        )
    for field, value in (("account", entry.account), ("name", entry.name)):
        if not value.strip():
            raise refuse("missing_value", f"entry.{field}", "It may not be blank.")
    _check_amount(entry)
    _check_trace(entry, batch, back=returned or correction)
    most = _MOST_ADDENDA[batch.entry_class]
    if len(entry.addenda) > most:
        raise refuse(
            "too_many_addenda",
            "entry.addenda",
            f"A {batch.entry_class} entry carries at most {most} addenda, and this one has"
            f" {len(entry.addenda)}.",
        )
    if entry.other_addenda or entry.international or (returned and correction):
        raise refuse(
            "unsupported_entry_class",
            "entry.addenda",
            "Only payment information, a return or a correction is written.",
        )


def _check_amount(entry: Entry) -> None:
    live = entry.transaction_code in _LIVE
    if not 0 <= entry.amount <= _LARGEST_AMOUNT or (live and not entry.amount):
        raise refuse(
            "invalid_amount",
            "entry.amount",
            f"{entry.amount} cents is not an amount from 1 to {_LARGEST_AMOUNT}.",
        )
    if entry.amount and (entry.transaction_code in _OTHER or entry.correction is not None):
        raise refuse(
            "invalid_amount",
            "entry.amount",
            "Prenotes, corrections and notices that no money comes have no amount.",
        )


def _check_trace(entry: Entry, batch: Batch, *, back: bool) -> None:
    number = entry.trace_number
    if len(number) != 15 or not is_number(number) or not (back or number.startswith(batch.odfi)):
        raise refuse(
            "invalid_trace_number",
            "entry.trace_number",
            f"{number!r} is not 15 digits that begin with {batch.odfi}; number the batch first.",
        )
