"""Payment terms: when an invoice falls due.

A terms code is short and stable: ``due_on_receipt``, ``net_30``, ``net_30_eom`` (30 days, then to
the end of that month). ``spelling`` has the whole grammar, ``model`` what terms do, ``codes`` reads
codes and ``reading`` what bookkeepers write.
"""

from usance.rules.terms.codes import parse_terms
from usance.rules.terms.days import Move, NoWorkingDay, WorkingDays
from usance.rules.terms.marks import (
    LONGEST_TERM,
    Cash,
    DayOfMonth,
    Discount,
    EndOfWeek,
    FixedDate,
    Instalment,
    Mark,
    Part,
    Tier,
    UnknownTerms,
)
from usance.rules.terms.model import Terms
from usance.rules.terms.reading import read_terms
from usance.rules.terms.spelling import LONGEST_CODE, PATTERN

__all__ = [
    "LONGEST_CODE",
    "LONGEST_TERM",
    "PATTERN",
    "Cash",
    "DayOfMonth",
    "Discount",
    "EndOfWeek",
    "FixedDate",
    "Instalment",
    "Mark",
    "Move",
    "NoWorkingDay",
    "Part",
    "Terms",
    "Tier",
    "UnknownTerms",
    "WorkingDays",
    "parse_terms",
    "read_terms",
]
