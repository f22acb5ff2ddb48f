"""What a collecting year came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from usance.records.invoices.insight_queries import Collection


@dataclass(frozen=True, slots=True, kw_only=True)
class YearResult:
    """What a year came to. ``months`` are the collection figures of the 90 days to each month's end;
    amounts are minor units. ``faults`` and ``violations`` are empty when all is well."""

    days: int
    buyers: int
    dunning: bool
    seed: int
    invoices: int
    sold: int
    collected_late_days: float
    bad_debt: int
    refused: int
    messages: dict[str, int]
    stopped: int
    demands: int
    injected: dict[str, int]
    months: list[tuple[date, Collection]]
    faults: list[str]
    violations: list[str]

    @property
    def is_well(self) -> bool:
        """Whether nothing was sent that should not have been, and the books verify."""
        return not self.faults and not self.violations
