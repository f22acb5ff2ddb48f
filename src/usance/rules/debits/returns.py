"""What it means when pulled money comes back: whether to try again, and what is no longer good.

The codes themselves are in :mod:`sepa_reasons` and :mod:`ach_reasons`, what they mean in our words.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Literal

from usance.rules.debits.ach_days import RETRY_DAYS
from usance.rules.debits.ach_reasons import ACH_REASONS
from usance.rules.debits.reasons import ReturnReason, Scheme, unknown
from usance.rules.debits.sepa_reasons import SEPA_REASONS

CODES: Final = {"sepa": SEPA_REASONS, "ach": ACH_REASONS}


def return_reason(code: str, *, scheme: Scheme) -> ReturnReason:
    """What ``code`` means in ``scheme``. A code that nobody knows is for a person to look at: it
    neither ends anything nor lets anything be tried again."""
    written = code.strip().upper()
    return CODES[scheme].get(written) or unknown(written, scheme=scheme)


def may_try_again(reason: ReturnReason, *, tries: int, first_settled_on: date, on: date) -> bool:
    """Whether the same debit may be sent again on ``on`` without anything having changed.

    ``tries``: how often it was sent so far, the first time included. ``first_settled_on``: when the
    first one settled. ACH allows it within 180 days (Nacha Operating Rules, subsection 2.13.4); SEPA
    sets no such day, and the same one is kept.
    """
    if reason.retry != "again" or tries > reason.most_retries:
        return False
    return on <= first_settled_on + timedelta(days=RETRY_DAYS)


NextStep = Literal[
    "try_again",
    "correct_and_try_again",
    "ask_for_mandate",
    "ask_for_account",
    "look_at_it",
    "nothing",
]
"""What to do about the invoice: send it once more, put right what was wrong first, ask the buyer to
sign anew, ask it for another account, have a person look, or nothing, since the money stays."""


def next_step(reason: ReturnReason, *, tries: int, first_settled_on: date, on: date) -> NextStep:
    """What follows from a return with this reason; the arguments are those of :func:`may_try_again`."""
    if reason.stage == "dishonored":
        return "nothing"
    if may_try_again(reason, tries=tries, first_settled_on=first_settled_on, on=on):
        return "try_again"
    if reason.ends_mandate:
        return "ask_for_mandate"
    if reason.ends_account:
        return "ask_for_account"
    return "correct_and_try_again" if reason.retry == "corrected" else "look_at_it"
