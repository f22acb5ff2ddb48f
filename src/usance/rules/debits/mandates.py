"""The mandate a buyer gives to be debited: how long it lives, and what each collection is called.

Source: EPC016-06 (Core) sections 4.1, 4.7, 5.8 and 5.11.1 and EPC222-07 (B2B), the same sections.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from usance.rules.terms.days import day_of_month

FIRST: Final = "FRST"
RECURRENT: Final = "RCUR"
ONE_OFF: Final = "OOFF"
FINAL_ONE: Final = "FNAL"
SEQUENCES: Final = (FIRST, RECURRENT, ONE_OFF, FINAL_ONE)

UNUSED_MONTHS: Final = 36
"""A mandate ends when the creditor has collected nothing under it for so long."""


def expires_on(signed_on: date, *, last_collected_on: date | None = None) -> date:
    """The last day on which the mandate may be used, if nothing is collected until then.

    ``last_collected_on``: the due date of the latest collection that was sent, even if it came back;
    each begins the 36 months anew.
    """
    since = last_collected_on or signed_on
    return day_of_month(since.day, month_of=since, later=UNUSED_MONTHS)


def has_expired(signed_on: date, *, on: date, last_collected_on: date | None = None) -> bool:
    """Whether the mandate is past its last day on ``on``."""
    return on > expires_on(signed_on, last_collected_on=last_collected_on)


def sequence_type(
    *, one_off: bool = False, used: bool = False, last: bool = False, with_first: bool = True
) -> str:
    """What the next collection under a mandate is called.

    ``one_off``: the mandate is for a single collection. ``used``: one under it was settled, or was
    returned or refunded after settlement; one that was rejected before does not count. ``last``:
    the creditor means to collect no more. ``with_first``: the bank wants the first one marked; since
    November 2016 it may be sent as a recurrent one.
    """
    if one_off:
        return ONE_OFF
    if last:
        return FINAL_ONE
    return FIRST if with_first and not used else RECURRENT


def ends_with(sequence: str) -> bool:
    """Whether a mandate is spent once a collection of this kind has settled."""
    return sequence in (ONE_OFF, FINAL_ONE)


def sequence_after_new_account(*, used: bool, same_bank: bool, with_first: bool = True) -> str:
    """What the first collection from a debtor's new account is called (recurrent mandates).

    At another bank the mandate is new to that bank, so it begins again.
    """
    return sequence_type(used=used and same_bank, with_first=with_first)
