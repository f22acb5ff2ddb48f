"""What an order must look like before anybody decides about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Final, Literal

from usance.rules.money import LARGEST_AMOUNT, exponent, round_half_up


class InvalidOrder(ValueError):
    """The order contradicts itself; nothing was written."""

    code = "invalid_order"


class LinesDoNotAddUp(InvalidOrder):
    """The lines sum to something else than the order."""

    code = "lines_do_not_add_up"


class TaxContradicted(InvalidOrder):
    """The tax of a line is not what its rate makes of it."""

    code = "tax_contradicted"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``amount`` and ``tax_amount`` in minor units, the amount including the tax.

    ``discount`` (minor units, without tax) is what was taken off already, to be shown beside the
    price. ``unit`` is a code of UN/ECE Recommendation 20; ``tax_rate`` is in percent;
    ``tax_category`` is a code of UNTDID 5305; ``classification`` a commodity code (HS, HSN);
    ``buyer_reference`` the buyer's own reference of the line.
    """

    description: str
    amount: int
    tax_amount: int = 0
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    sku: str = ""
    unit: str = ""
    tax_rate: Decimal | None = None
    tax_category: str = ""
    exemption_reason: str = ""
    classification: str = ""
    discount: int = 0
    cost_centre: str = ""
    buyer_reference: str = ""

    def to_document(self) -> dict[str, object]:
        """The line as it is stored and shown; what most lines do not have is left out."""
        found: dict[str, object] = {
            "description": self.description,
            "sku": self.sku,
            "quantity": None if self.quantity is None else str(self.quantity),
            "unit_price": None if self.unit_price is None else str(self.unit_price),
            "amount": self.amount,
            "tax_amount": self.tax_amount,
        }
        if self.tax_rate is not None:
            found["tax_rate"] = str(self.tax_rate)
        for name in _SELDOM:
            if value := getattr(self, name):
                found[name] = value
        return found

    @classmethod
    def from_document(cls, kept: Mapping[str, Any]) -> Line:
        """The line that :meth:`to_document` made ``kept`` of, an allowance or charge if it is one;
        members of later releases are ignored."""
        of_order = "kind" in kept
        found = {name: kept[name] for name in (_ALL_NAMES if of_order else _NAMES) if name in kept}
        for name in _DECIMALS:
            if found.get(name) is not None:
                found[name] = Decimal(found[name])
        return AllowanceOrCharge(**found) if of_order else cls(**found)


@dataclass(frozen=True, slots=True)
class AllowanceOrCharge(Line):
    """Freight, packaging, a rebate: what is put on or taken off an order or shipment as a whole
    (EN 16931-1, BG-20 and BG-21).

    It is kept with the lines, after the goods, and counts like them: an allowance's ``amount`` and
    ``tax_amount`` are below zero. ``reason_code`` is of UNTDID 5189 (allowances) or 7161 (charges).
    ``taken`` says of one of an order that a shipment or invoice bears it already, ``added`` that it
    came with a shipment and not with the order.
    """

    kind: Literal["allowance", "charge"] = "charge"
    reason_code: str = ""
    taken: bool = False
    added: bool = False

    def to_document(self) -> dict[str, object]:
        """As it is stored, told from goods by its ``kind``."""
        found = Line.to_document(self) | {"kind": self.kind}
        for name in ("reason_code", "taken", "added"):
            if value := getattr(self, name):
                found[name] = value
        return found


_DECIMALS: Final = ("quantity", "unit_price", "tax_rate")
_SELDOM: Final = (
    "unit",
    "tax_category",
    "exemption_reason",
    "classification",
    "discount",
    "cost_centre",
    "buyer_reference",
)
_NAMES: Final = tuple(field.name for field in fields(Line))
_ALL_NAMES: Final = tuple(field.name for field in fields(AllowanceOrCharge))

_TAXED: Final = frozenset({"S", "L", "M", "B"})


def check_line(line: Line, *, currency: str) -> None:
    """Raise TaxContradicted where the tax of ``line`` cannot stand on an invoice.

    Split payment is said of the buyer and not of a line: nothing else may stand beside it.

    The tax of a line with a rate differs from net x rate by less than one major unit: shops round a
    price or a line (EN 16931-1, BR-CO-17 as the official artefacts check it). Said when the order
    comes, not when it ships.
    """
    if line.tax_category == "B":
        raise TaxContradicted(
            f"{line.description!r} is under split payment (category B), which is said of the buyer: set"
            " tax_treatment split_payment in its billing profile, and send category S."
        )
    untaxed = line.tax_category not in ("", *_TAXED) or line.tax_rate == 0
    if untaxed and (line.tax_amount or line.tax_rate):
        raise TaxContradicted(
            f"{line.description!r} has {line.tax_amount} minor units of tax, but a category or rate"
            " without tax; send its category S with its rate, or no tax."
        )
    if line.tax_category == "S" and not line.tax_rate and not line.tax_amount and line.amount:
        raise TaxContradicted(
            f"{line.description!r} is taxed (category S) without tax; send category Z where the"
            " rate is zero."
        )
    if line.tax_rate is None or untaxed:
        return
    net = line.amount - line.tax_amount
    expected = round_half_up(net * line.tax_rate / Decimal(100))
    if abs(line.tax_amount - expected) >= max(10 ** exponent(currency), 2):
        raise TaxContradicted(
            f"{line.description!r} has {line.tax_amount} minor units of tax on {net};"
            f" {line.tax_rate.normalize():f} % would be {expected}. Send the tax of the line and its"
            " rate as one."
        )


def check_order(*, amount: int, tax_amount: int, currency: str, lines: Sequence[Line]) -> None:
    """Raise unless the amounts are possible and the lines, if any, sum to the order's totals.

    UnknownCurrency, InvalidOrder, TaxContradicted or LinesDoNotAddUp.
    """
    exponent(currency)
    if not 0 < amount <= LARGEST_AMOUNT:
        raise InvalidOrder(f"amount must be from 1 to {LARGEST_AMOUNT} minor units, not {amount}.")
    if not 0 <= tax_amount <= amount:
        raise InvalidOrder(f"tax_amount must be from 0 to the amount {amount}, not {tax_amount}.")
    if not lines:
        return
    total, tax = sum(line.amount for line in lines), sum(line.tax_amount for line in lines)
    if isinstance(lines[-1], AllowanceOrCharge):  # they stand after the goods
        total, tax = _with_goods(amount, tax_amount, total, tax, lines)
    if (total, tax) != (amount, tax_amount):
        raise LinesDoNotAddUp(
            f"The lines sum to {total} with {tax} tax, the order to {amount} with {tax_amount} tax;"
            " send lines whose amounts include their tax and sum, with the allowances and charges, to"
            " the order."
        )
    for line in lines:
        if line.tax_rate is not None or line.tax_category:
            check_line(line, currency=currency)
    _check_rates(lines, currency=currency)


def goods_of(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines that are goods."""
    return tuple(line for line in lines if not isinstance(line, AllowanceOrCharge))


def charges_of(lines: Sequence[Line]) -> tuple[AllowanceOrCharge, ...]:
    """The allowances and charges among ``lines``."""
    return tuple(line for line in lines if isinstance(line, AllowanceOrCharge))


def _with_goods(
    amount: int, tax_amount: int, total: int, tax: int, lines: Sequence[Line]
) -> tuple[int, int]:
    """What the lines sum to, when goods without lines are what the allowances and charges leave of the
    order. Raises InvalidOrder where they leave nothing: an invoice is about goods (BR-16)."""
    goods = goods_of(lines)
    if goods:
        left, left_tax = sum(one.amount for one in goods), sum(one.tax_amount for one in goods)
    else:
        left, left_tax = amount - total, tax_amount - tax
    if not 0 <= left_tax <= left or not left:
        raise InvalidOrder(
            f"The allowances and charges leave {left} minor units with {left_tax} of tax for the goods"
            f" of {amount} with {tax_amount}; send an amount and a tax_amount that include both."
        )
    return (total, tax) if goods else (amount, tax_amount)


def _check_rates(lines: Sequence[Line], *, currency: str) -> None:
    """Raise TaxContradicted where the tax of all lines of one category and rate is not what the rate
    makes of them: an invoice states it as one (EN 16931-1, BR-CO-17).

    It may differ by less than one major unit, or by a minor unit of each of very many lines.
    """
    by_rate: dict[tuple[str, Decimal], list[Line]] = {}
    for line in lines:
        if line.tax_rate:
            key = (line.tax_category or "S", line.tax_rate.normalize())
            by_rate.setdefault(key, []).append(line)
    for (_, rate), found in by_rate.items():
        tax = sum(line.tax_amount for line in found)
        net = sum(line.amount for line in found) - tax
        expected = round_half_up(net * rate / Decimal(100))
        if abs(tax - expected) >= max(10 ** exponent(currency), 2, len(found)):
            raise TaxContradicted(
                f"The {len(found)} lines at {rate:f} % have {tax} minor units of tax on {net}, which"
                f" would be {expected}. Send the tax of the lines and their rate as one."
            )
