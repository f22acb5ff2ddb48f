"""What each role of the seller's staff may do. Every role may see everything of its seller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Duty = Literal["credit", "billing", "money"]
"""``credit``: limits, holds, orders. ``billing``: invoices, credit notes, write-offs. ``money``:
payments, allocations, bank files."""

_ALL: Final[frozenset[Duty]] = frozenset({"credit", "billing", "money"})

DUTIES: Final[Mapping[str, frozenset[Duty]]] = {
    "admin": _ALL,
    "credit_manager": _ALL,
    "accountant": frozenset({"billing", "money"}),
    "viewer": frozenset(),
}


def may(role: str, duty: Duty) -> bool:
    """Whether ``role`` may do what is of ``duty``; an unknown role may do nothing."""
    return duty in DUTIES.get(role, frozenset())
