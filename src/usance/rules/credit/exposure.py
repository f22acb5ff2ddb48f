"""How much of a credit line is used, and how much is left."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exposure:
    """One credit line, in minor units of ``currency``.

    ``commitments`` is authorized and not yet invoiced, ``receivable`` invoiced and not yet paid,
    ``external`` what only the ERP knows of, ``unapplied_cash`` money received and not yet allocated.
    ``secured`` is what cards hold: of this order all, of each other as much as it uses of the line; so
    none of it is credit, and none of it is another order's. ``group_available`` is what a limit shared
    with other lines leaves, converted to ``currency``; None: the line shares none.
    """

    currency: str
    limit: int
    tolerance: int
    commitments: int
    receivable: int
    external: int
    unapplied_cash: int
    group_available: int | None = None
    secured: int = 0

    @property
    def exposure(self) -> int:
        """What the seller would lose if the buyer paid nothing from now on."""
        return self.commitments + self.receivable + self.external - self.unapplied_cash

    @property
    def available(self) -> int:
        """What the buyer may still order on account; negative if the line is overdrawn."""
        own = self.limit + self.tolerance + self.secured - self.exposure
        return own if self.group_available is None else min(own, self.group_available)
