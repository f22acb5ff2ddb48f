"""The ways in which money is pulled that are spoken here, and what follows from each.

Five schemes of two families: SEPA direct debit (Core for everybody, B2B for firms) in euro, and ACH
in dollars, by its standard entry class (CCD firms, PPD consumers, CTX firms with much to tell).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from usance.rules.banking_days import FEDERAL_RESERVE, TARGET, BankCalendar
from usance.rules.debits import ach_days, sepa_days
from usance.rules.debits.reasons import ReturnReason
from usance.rules.debits.reasons import Scheme as Family

SHIP_AFTER: Final = ("at_once", "submitted", "settled", "funds_good")
"""When goods may leave: without waiting, once the bank has the debit, once it settled, once its money
can come back by right no more."""


@dataclass(frozen=True, slots=True)
class PullScheme:
    """One way to pull money."""

    code: str
    family: Family
    currency: str
    method: str
    """Of the payment that a debit becomes (``ledger.place_of``)."""
    entry_class: str
    """The local instrument in SEPA, the standard entry class in ACH."""
    consumer: bool
    """Whether the debtor may claim money back as consumers do."""
    calendar: BankCalendar


SCHEMES: Final[Mapping[str, PullScheme]] = {
    scheme.code: scheme
    for scheme in (
        PullScheme("sepa_core", "sepa", "EUR", "direct_debit", sepa_days.CORE, True, TARGET),
        PullScheme("sepa_b2b", "sepa", "EUR", "direct_debit", sepa_days.B2B, False, TARGET),
        PullScheme("ach_ccd", "ach", "USD", "ach", "CCD", False, FEDERAL_RESERVE),
        PullScheme("ach_ppd", "ach", "USD", "ach", "PPD", True, FEDERAL_RESERVE),
        PullScheme("ach_ctx", "ach", "USD", "ach", "CTX", False, FEDERAL_RESERVE),
    )
}
"""By the code that a mandate carries."""


def earliest_day(scheme: PullScheme, *, sent_on: date, lead_days: int) -> date:
    """The first day on which a file that the bank has on ``sent_on`` can settle."""
    if scheme.family == "sepa":
        return sepa_days.earliest_collection(sent_on, lead_days=lead_days)
    return ach_days.effective_date(sent_on, sent_on=sent_on)


def collection_day(
    scheme: PullScheme,
    *,
    wanted_on: date,
    sent_on: date,
    notified_on: date | None,
    notice_days: int,
    lead_days: int,
) -> date:
    """The day to collect what is wanted on ``wanted_on``: a banking day, not sooner than the file can
    be there nor than the buyer's notice (``notified_on``; None needs none) has run."""
    by_notice = wanted_on if notified_on is None else notified_on + timedelta(days=notice_days)
    first = max(wanted_on, by_notice, earliest_day(scheme, sent_on=sent_on, lead_days=lead_days))
    while not scheme.calendar.is_working_day(first):
        first += timedelta(days=1)
    return first


def funds_good_on(scheme: PullScheme, *, settled_on: date) -> date:
    """The first day on which the money of a debit can come back by right no more."""
    if scheme.family == "sepa":
        last = sepa_days.good_after(settled_on, scheme=scheme.entry_class)
    else:
        last = ach_days.good_after(settled_on, consumer=scheme.consumer)
    return last + timedelta(days=1)


def mandate_after(reason: ReturnReason) -> str | None:
    """The state in which a return leaves the mandate; None where it stays as it is.

    What ends the buyer's word cancels it. What ends the account suspends it until the buyer has named
    another, and so does a death or incapacity, or a law, that a person must look into.
    """
    if reason.ends_mandate and reason.cause != "person":
        return "canceled"
    if reason.ends_mandate or reason.ends_account:
        return "suspended"
    return None
