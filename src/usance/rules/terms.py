"""Payment terms: when an invoice falls due.

A terms code is short and stable: ``due_on_receipt``, ``net_30``, ``net_30_eom`` (30 days, then to
the end of that month).
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

LONGEST_TERM: Final = 365
"""No term runs longer than this many days."""

_CODE = re.compile(r"net_(\d{1,3})(_eom)?")


class UnknownTerms(ValueError):
    """The terms code cannot be read."""

    code = "unknown_terms"


@dataclass(frozen=True, slots=True)
class Terms:
    """Due ``days`` after the invoice date, then moved to the end of that month if asked."""

    days: int
    end_of_month: bool = False

    @property
    def code(self) -> str:
        """The stable code of these terms."""
        return _code(self.days, self.end_of_month)

    def due_on(self, issued_on: date) -> date:
        """The day on which an invoice issued on ``issued_on`` falls due."""
        due = issued_on + timedelta(days=self.days)
        if self.end_of_month:
            return due.replace(day=calendar.monthrange(due.year, due.month)[1])
        return due


@lru_cache(maxsize=2 * (LONGEST_TERM + 1))
def _code(days: int, end_of_month: bool) -> str:
    if not days and not end_of_month:
        return "due_on_receipt"
    return f"net_{days}" + ("_eom" if end_of_month else "")


@lru_cache(maxsize=2 * (LONGEST_TERM + 1))
def parse_terms(code: str) -> Terms:
    """Read a terms code. Raises UnknownTerms if it is none."""
    if code == "due_on_receipt":
        return Terms(0)
    match = _CODE.fullmatch(code)
    if match and int(match[1]) <= LONGEST_TERM:
        return Terms(int(match[1]), end_of_month=bool(match[2]))
    raise UnknownTerms(
        f"{code!r} is not a payment term; write due_on_receipt, net_30 or net_30_eom,"
        f" with at most {LONGEST_TERM} days."
    )
