"""What an order must look like before anybody decides about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from usance.rules.money import LARGEST_AMOUNT, exponent


class InvalidOrder(ValueError):
    """The order contradicts itself; nothing was written."""

    code = "invalid_order"


class LinesDoNotAddUp(InvalidOrder):
    """The lines sum to something else than the order."""

    code = "lines_do_not_add_up"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``amount`` and ``tax_amount`` in minor units, the amount including the tax."""

    description: str
    amount: int
    tax_amount: int = 0
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    sku: str = ""

    def to_document(self) -> dict[str, object]:
        """The line as it is stored and shown."""
        return {
            "description": self.description,
            "sku": self.sku,
            "quantity": None if self.quantity is None else str(self.quantity),
            "unit_price": None if self.unit_price is None else str(self.unit_price),
            "amount": self.amount,
            "tax_amount": self.tax_amount,
        }


def check_order(*, amount: int, tax_amount: int, currency: str, lines: Sequence[Line]) -> None:
    """Raise unless the amounts are possible and the lines, if any, sum to the order's totals.

    UnknownCurrency, InvalidOrder or LinesDoNotAddUp.
    """
    exponent(currency)
    if not 0 < amount <= LARGEST_AMOUNT:
        raise InvalidOrder(f"amount must be from 1 to {LARGEST_AMOUNT} minor units, not {amount}.")
    if not 0 <= tax_amount <= amount:
        raise InvalidOrder(f"tax_amount must be from 0 to the amount {amount}, not {tax_amount}.")
    if not lines:
        return
    total, tax = sum(line.amount for line in lines), sum(line.tax_amount for line in lines)
    if (total, tax) != (amount, tax_amount):
        raise LinesDoNotAddUp(
            f"The lines sum to {total} with {tax} tax, the order to {amount} with {tax_amount} tax;"
            " send lines whose amounts include their tax and sum to the order."
        )
