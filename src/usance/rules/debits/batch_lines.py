"""Which bank line is the booking of a batch of debits, or of the sum of those that came back.

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
_RETURN_CODES: Final = re.compile(
    r"IDDT|UPDD|PRDD|RCDD|RRTN|\bNRTI\b|\bNDDT\b|\bACH\b"
    r"|^(466|468|469|555|556|557|558)$|^(108|109|184|193|197)$"
)
"""Of what came back: ISO 20022 families and sub-families, SWIFT types, BAI2 debits of ACH settlement
and of returned items, and the German business transaction codes."""
_RETURN_WORDS: Final = re.compile(
    r"\bRETURN|\bRTN\b|R(?:Ü|UE|U)CK(?:LAST|BUCH|GABE|RECH)|UNPAID|IMPAY|INSOLUT|DEVOL|REJET|REJECT"
    r"|STORNI|REVERSAL|\bACH\b",
    re.IGNORECASE,
)


def names_one(text: str, *, names: tuple[str, ...]) -> bool:
    """Whether one of ``names`` stands in ``text``, and not as the beginning of a longer one."""
    return any(
        name in text
        and re.search(rf"(?<![0-9A-Za-z]){re.escape(name)}(?![0-9A-Za-z]|-[0-9])", text)
        for name in names
    )


def is_batch_line(
    *,
    amount: int,
    booked_on: date,
    text: str,
    bank_code: str,
    counterparty: str,
    names: tuple[str, ...],
    group_amount: int,
    group_day: date,
    own_names: tuple[str, ...],
) -> bool:
    """Whether the line books the batch called one of ``names``, of ``group_amount`` minor units."""
    if amount <= 0 or not group_day - BEFORE <= booked_on <= group_day + AFTER:
        return False
    if names_one(text, names=names):
        return True
    if amount != group_amount:
        return False
    if _CODES.search(bank_code) or _WORDS.search(f"{text} {counterparty}"):
        return True
    # A batch comes from ourselves as far as the bank can tell.
    own = {name.casefold() for name in own_names if name}
    return counterparty.casefold() in own


def is_return_line(
    *,
    amount: int,
    booked_on: date,
    text: str,
    bank_code: str,
    counterparty: str,
    returned: bool,
    sum_amount: int,
    sum_day: date,
    names: tuple[str, ...] = (),
) -> bool:
    """Whether the line takes back ``sum_amount`` minor units of debits that came back on ``sum_day``.

    ``amount`` is negative, ``returned`` says that the bank marked it as a payment coming back, and
    ``names`` are what the batch of the debits is called. The amount has to agree to the cent.
    """
    if -amount != sum_amount or not sum_day - BEFORE <= booked_on <= sum_day + AFTER:
        return False
    marked = _RETURN_CODES.search(bank_code) or _RETURN_WORDS.search(f"{text} {counterparty}")
    return returned or bool(marked) or names_one(text, names=names)
