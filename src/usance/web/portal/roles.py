"""What each role of a buyer's member sees and may do.

A purchaser sees the orders it placed itself, and what credit is left. An approver sees every order. A
payer sees every order too, since an invoice is checked against its order, and invoices and statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Right = Literal["all_orders", "invoices", "approve", "organisation"]

RIGHTS: Final[Mapping[str, frozenset[Right]]] = {
    "purchaser": frozenset(),
    "approver": frozenset({"all_orders", "approve"}),
    "payer": frozenset({"all_orders", "invoices"}),
    "admin": frozenset({"all_orders", "invoices", "approve", "organisation"}),
}


def may(role: str, right: Right) -> bool:
    """Whether ``role`` has ``right``; an unknown role has none."""
    return right in RIGHTS.get(role, frozenset())
