"""What a buyer asks for, and what is known of it at that moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from usance.rules.terms import Terms


@dataclass(frozen=True, slots=True)
class Application:
    """What the buyer asks for, and what is known of the buyer at that moment.

    ``amount`` is the order's total in minor units of ``currency``. ``oldest_due_on`` is the due date
    of the oldest invoice still open, if any. ``line_state`` is None when the buyer has no line in
    the currency. ``offered`` are the terms of the buyer's own line; empty means the policy's.
    ``largest_line`` is the order's largest line in minor units. ``rate`` is what one unit of
    ``currency`` is worth in the policy's currency; None where it is not known. ``facts`` are further
    facts by name (:mod:`usance.rules.credit.facts`), amounts in the policy's currency.
    """

    amount: int
    currency: str
    line_state: str | None
    oldest_due_on: date | None
    requested_terms: Terms | None = None
    offered: tuple[Terms, ...] = ()
    largest_line: int | None = None
    rate: Decimal | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
