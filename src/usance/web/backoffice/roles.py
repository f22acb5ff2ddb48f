"""What each role of the seller's staff may do. Every role may see everything of its seller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Duty = Literal["credit", "billing", "money", "organisation", "deputies", "answers"]
"""``credit``: limits, holds, orders. ``organisation``: a buyer's people and its own rules. ``billing``:
invoices, credit notes, write-offs. ``money``: payments, allocations, bank files. ``deputies``: naming
who stands in. ``answers``: answering what waits for a person; which review is whose the policy's routes
say, and a deputy of any role may."""

_ALL: Final[frozenset[Duty]] = frozenset(
    {"credit", "billing", "money", "organisation", "deputies", "answers"}
)

DUTIES: Final[Mapping[str, frozenset[Duty]]] = {
    "admin": _ALL,
    "credit_manager": _ALL,
    "accountant": frozenset({"billing", "money", "deputies", "answers"}),
    "viewer": frozenset({"answers"}),
}


def may(role: str, duty: Duty) -> bool:
    """Whether ``role`` may do what is of ``duty``; an unknown role may do nothing."""
    return duty in DUTIES.get(role, frozenset())
