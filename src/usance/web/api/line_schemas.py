"""What lines of orders, and their allowances and charges, look like in requests."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from usance.rules.allowances import MOST_CHARGES, InvalidCharge, allowance_or_charge
from usance.rules.money import LARGEST_AMOUNT
from usance.rules.orders import AllowanceOrCharge, Line
from usance.web.api.problems import Fault, InvalidRequest
from usance.web.api.values import (
    NO_NUL,
    Code,
    Limit,
    Part,
    PositiveMoney,
    ShortText,
    SignedMoney,
    Value,
)

MOST_LINES: Final = 1000

TaxRate = Annotated[Decimal, Field(ge=0, le=100, max_digits=7, decimal_places=4)]
TaxCategory = Annotated[
    Literal["", "S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B"],
    Field(description="UNTDID 5305; empty: by who buys and where it goes."),
]


class NewLine(Value):
    """One line of an order or invoice; amounts include their tax."""

    description: ShortText
    amount: Part
    tax_amount: Part = 0
    quantity: Annotated[Decimal, Field(max_digits=18, decimal_places=6)] | None = None
    unit_price: Annotated[Decimal, Field(max_digits=24, decimal_places=8)] | None = None
    sku: ShortText = ""
    unit: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{0,3}$")] = Field(
        default="", description="Unit of the quantity (UN/ECE Recommendation 20); empty: pieces."
    )
    tax_rate: TaxRate | None = Field(
        default=None, description="Percent; null: worked out of the amounts."
    )
    tax_category: TaxCategory = ""
    exemption_reason: ShortText = ""
    classification: Code = Field(default="", description="Commodity code (HS, HSN).")
    discount: Annotated[int, Field(strict=True, ge=0, le=LARGEST_AMOUNT)] = Field(
        default=0, description="Minor units without tax, taken off the amount already."
    )
    cost_centre: Code = ""
    buyer_reference: ShortText = Field(default="", description="The buyer's own name of the line.")


class NewAllowanceOrCharge(Value):
    """Something put on or taken off the whole: freight, packaging, a rebate. It is named on the invoice
    and counts in the amount and the tax of the order."""

    kind: Literal["allowance", "charge"]
    amount: Annotated[int, Field(strict=True, ge=1, le=LARGEST_AMOUNT)] = Field(
        description="Minor units without tax; an allowance too is above zero."
    )
    reason: Annotated[str, StringConstraints(min_length=1, max_length=140, pattern=NO_NUL)]
    reason_code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{0,3}$")] = Field(
        default="",
        description="UNTDID 5189 for an allowance (95 discount), 7161 for a charge (FC freight, PC"
        " packing).",
    )
    tax_rate: TaxRate | None = Field(
        default=None, description="Percent. Send it, or a tax_amount, or a category without tax."
    )
    tax_category: TaxCategory = ""
    tax_amount: Annotated[int, Field(strict=True, ge=0, le=LARGEST_AMOUNT)] | None = Field(
        default=None, description="Minor units; null: what the rate makes of the amount."
    )
    exemption_reason: ShortText = ""


AllowancesCharges = Annotated[list[NewAllowanceOrCharge], Field(max_length=MOST_CHARGES)]


def lines_of(lines: list[NewLine], *, currency: str, pointer: str = "#") -> list[Line]:
    """``lines`` as the rules take them, in minor units of ``currency``."""
    return [
        Line(
            description=line.description,
            amount=units(line.amount, currency=currency, pointer=f"{pointer}/lines/{n}/amount"),
            tax_amount=units(
                line.tax_amount, currency=currency, pointer=f"{pointer}/lines/{n}/tax_amount"
            ),
            quantity=line.quantity,
            unit_price=line.unit_price,
            sku=line.sku,
            unit=line.unit,
            tax_rate=line.tax_rate,
            tax_category=line.tax_category,
            exemption_reason=line.exemption_reason,
            classification=line.classification,
            discount=line.discount,
            cost_centre=line.cost_centre,
            buyer_reference=line.buyer_reference,
        )
        for n, line in enumerate(lines)
    ]


def charges_of(
    entries: list[NewAllowanceOrCharge], *, pointer: str = "#"
) -> list[AllowanceOrCharge]:
    """``entries`` as the rules take them. Raises InvalidRequest for one that cannot be invoiced."""
    found: list[AllowanceOrCharge] = []
    for n, one in enumerate(entries):
        said = one.model_dump()
        try:
            found.append(allowance_or_charge(net=said.pop("amount"), **said))
        except InvalidCharge as error:
            place = f"{pointer}/allowances_charges/{n}"
            raise InvalidRequest([Fault(place, error.code, str(error))]) from None
    return found


def units(part: int | SignedMoney | PositiveMoney | Limit, *, currency: str, pointer: str) -> int:
    """The minor units of ``part``. Raises InvalidRequest if it names another currency."""
    if isinstance(part, int):
        return part
    if part.currency != currency:
        raise InvalidRequest(
            [Fault(pointer, "currency_mismatch", f"must be in {currency}, not {part.currency}")]
        )
    return part.amount


def optional_units(part: Any, *, currency: str, pointer: str) -> int | None:
    """The minor units of ``part``, if it was sent."""
    return None if part is None else units(part, currency=currency, pointer=pointer)
