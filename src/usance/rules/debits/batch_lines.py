"""Which bank line is the booking of a batch of debits.

Banks name the batch where their format has a place for it; elsewhere it is told by its amount to the
cent, its day, and a mark of its kind. A line without any mark is left to the matching: a buyer may
pay the same amount by transfer.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

BEFORE: Final = timedelta(days=1)
AFTER: Final = timedelta(days=7)
"""Around the day asked for within which a bank books it."""
_CODES: Final = re.compile(r"IDDT|\bNDDT\b|\bNCOL\b|\bACH\b|^(142|143|145|155|165|171|192|195)$")
"""Bank transaction codes of collections: ISO 20022 family IDDT, SWIFT types, BAI2 credits of ACH, and
the German business transaction codes."""
_WORDS: Final = re.compile(
    r"SEPA.?DIRECT.?DEBIT|DIRECT.?DEBIT|LASTSCHRIFT|SAMMEL|PRELEVEMENT|ADDEBITI|RECIBOS"
    r"|\bACH\b|SETTLEMENT|ACH CREDIT|\bSDD\b",
    re.IGNORECASE,
)


def is_batch_line(
    *,
    amount: int,
    booked_on: date,
    text: str,
    bank_code: str,
    counterparty: str,
    group_id: str,
    group_amount: int,
    group_day: date,
    own_names: tuple[str, ...],
) -> bool:
    """Whether the line books the batch ``group_id`` of ``group_amount`` minor units."""
    if amount <= 0 or not group_day - BEFORE <= booked_on <= group_day + AFTER:
        return False
    if group_id in text:
        return True
    if amount != group_amount:
        return False
    if _CODES.search(bank_code) or _WORDS.search(f"{text} {counterparty}"):
        return True
    # A batch comes from ourselves as far as the bank can tell.
    names = {name.casefold() for name in own_names if name}
    return counterparty.casefold() in names
