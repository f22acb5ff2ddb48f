"""When a SEPA direct debit may be collected, until when it may come back, and when it is good.

Counted in days of TARGET where the schemes say inter-bank business days. Source: EPC016-06 (SEPA
Direct Debit Core Rulebook, section 4.3) and EPC222-07 (B2B Rulebook, section 4.3).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from usance.rules.banking_days import (
    TARGET,
    add_banking_days,
    banking_day_on_or_after,
)
from usance.rules.terms.days import day_of_month

CORE: Final = "CORE"
B2B: Final = "B2B"

NOTICE_DAYS: Final = 14
"""Calendar days between pre-notification and due date, unless creditor and debtor agreed on fewer."""
SUBMISSION_DAYS: Final = 1
"""The debtor's bank must have a collection one TARGET day before its due date, first or not, in Core
and in B2B alike (since 21 November 2016). The creditor's bank wants it earlier: its cut-off adds."""
FARTHEST_DAYS: Final = 14
"""Calendar days. The debtor's bank takes no collection longer before its due date."""

REFUND_DAYS: Final = 56
"""Eight weeks from the debit in which a Core debtor has the money back without giving a reason."""
UNAUTHORISED_MONTHS: Final = 13
"""After the debit: so long a Core debtor may claim that it never gave the mandate."""
_REFUND_SETTLES: Final = 2
"""TARGET days that the banks have to carry a refund back."""
_INQUIRY_DAYS: Final = 30
_INQUIRY_SETTLES: Final = 4
"""Calendar and TARGET days in which banks look into a claim that there was no mandate."""
RETURN_DAYS: Final = {CORE: 5, B2B: 3}
"""TARGET days after settlement in which the debtor's bank may return what it could not debit."""


def latest_submission(collect_on: date, *, lead_days: int = SUBMISSION_DAYS) -> date:
    """The last TARGET day on which the bank may be given a collection that is due on ``collect_on``.

    ``lead_days``: TARGET days, the bank's own cut-off included.
    """
    return add_banking_days(collect_on, count=-lead_days, calendar=TARGET)


def earliest_collection(
    sent_on: date,
    *,
    notified_on: date | None = None,
    notice_days: int = NOTICE_DAYS,
    lead_days: int = SUBMISSION_DAYS,
) -> date:
    """The first day on which money may be collected with a file sent on ``sent_on``.

    Not before ``notice_days`` calendar days after the debtor was told (``notified_on``; None where it
    was told together with the invoice long ago), nor sooner than ``lead_days`` TARGET days after
    sending, and always a TARGET day.
    """
    by_bank = add_banking_days(
        banking_day_on_or_after(sent_on, calendar=TARGET), count=lead_days, calendar=TARGET
    )
    by_notice = by_bank if notified_on is None else notified_on + timedelta(days=notice_days)
    return banking_day_on_or_after(max(by_bank, by_notice), calendar=TARGET)


def notify_by(collect_on: date, *, notice_days: int = NOTICE_DAYS) -> date:
    """The last day on which the debtor may be told of a collection due on ``collect_on``."""
    return collect_on - timedelta(days=notice_days)


def farthest_collection(sent_on: date) -> date:
    """The last due date that a file sent on ``sent_on`` may name for the debtor's bank to take it
    at once; the creditor's own bank may keep it longer."""
    return sent_on + timedelta(days=FARTHEST_DAYS)


def return_until(settled_on: date, *, scheme: str) -> date:
    """The last day on which the debtor's bank may send a debit back that it cannot honour."""
    return add_banking_days(settled_on, count=RETURN_DAYS[scheme], calendar=TARGET)


def refund_until(debited_on: date, *, scheme: str) -> date | None:
    """The last day on which the debtor may ask for its money without a reason; None in B2B."""
    return None if scheme == B2B else debited_on + timedelta(days=REFUND_DAYS)


def unauthorised_until(debited_on: date, *, scheme: str) -> date | None:
    """The last day on which the debtor may say that there was no mandate.

    None in B2B: there the bank has compared the mandate before it debited.
    """
    if scheme == B2B:
        return None
    return day_of_month(debited_on.day, month_of=debited_on, later=UNAUTHORISED_MONTHS)


def good_after(settled_on: date, *, scheme: str, without_mandate: bool = False) -> date:
    """The last day on which the money of a debit may still be taken back by the scheme's rules.

    B2B: the returns of the bank. Core: the refund without a reason, and what banks need to carry it
    back. ``without_mandate`` looks further, to where even a claim that there was no mandate comes
    too late: for a creditor that cannot prove its mandates.
    """
    returned = return_until(settled_on, scheme=scheme)
    refunded = refund_until(settled_on, scheme=scheme)
    claimed = unauthorised_until(settled_on, scheme=scheme)
    if refunded is None or claimed is None:
        return returned
    if without_mandate:
        inquired = claimed + timedelta(days=_INQUIRY_DAYS)
        return add_banking_days(inquired, count=_INQUIRY_SETTLES, calendar=TARGET)
    carried = add_banking_days(refunded, count=_REFUND_SETTLES, calendar=TARGET)
    return max(returned, carried)
