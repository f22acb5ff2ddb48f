"""What giving terms costs a seller, and what it brings.

Simple interest on the actual days over 365 (act/365), as sellers reckon the cost of their capital.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_YEAR = 365


def capital_cost(amount_days: int, *, rate: Decimal) -> int:
    """What it cost to have money out: ``amount_days`` (minor units x days) at ``rate`` per cent a year."""
    exact = Decimal(amount_days) * rate / (100 * _YEAR)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsResult:
    """What terms cost and earned in a period, in minor units of one currency.

    ``capital`` is the cost of the money that was out, None while the seller has not said its rate.
    ``fees`` are those of cards, providers and advances, ``discounts`` what early payers took,
    ``bad_debt`` what was given up less what came back. ``interest`` is what late payers were charged.
    """

    currency: str
    sales: int
    amount_days: int
    capital: int | None
    discounts: int
    fees: int
    differences: int
    bad_debt: int
    interest: int

    @property
    def cost(self) -> int:
        """All that it cost; without the capital where its rate is not known."""
        return (self.capital or 0) + self.discounts + self.fees + self.differences + self.bad_debt

    @property
    def net(self) -> int:
        """What it earned less what it cost; negative where terms are a price the seller pays."""
        return self.interest - self.cost

    @property
    def of_sales(self) -> Decimal | None:
        """The net cost as a share of the period's sales, four places; None where nothing was sold."""
        if self.sales <= 0:
            return None
        return (Decimal(-self.net) / self.sales).quantize(Decimal("0.0001"), ROUND_HALF_UP)
