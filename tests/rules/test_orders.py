"""What an order must look like before anybody decides about it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from usance.rules.money import LARGEST_AMOUNT, UnknownCurrency
from usance.rules.orders import InvalidOrder, Line, LinesDoNotAddUp, TaxContradicted, check_order


@pytest.mark.parametrize(
    ("amount", "tax", "lines"),
    [
        (1, 0, []),
        (1, 1, []),
        (LARGEST_AMOUNT, 0, []),
        (122, 22, [Line("Bolts", 122, 22)]),
        (122, 22, [Line("Bolts", 61, 11), Line("Nuts", 61, 11)]),
        (100, 0, [Line("Bolts", 150), Line("Discount", -50)]),
    ],
)
def test_orders_that_are_possible(amount: int, tax: int, lines: list[Line]) -> None:
    check_order(amount=amount, tax_amount=tax, currency="EUR", lines=lines)


@pytest.mark.parametrize(
    ("amount", "tax", "lines", "error"),
    [
        (0, 0, [], InvalidOrder),
        (-1, 0, [], InvalidOrder),
        (LARGEST_AMOUNT + 1, 0, [], InvalidOrder),
        (100, -1, [], InvalidOrder),
        (100, 101, [], InvalidOrder),
        (122, 22, [Line("Bolts", 121, 22)], LinesDoNotAddUp),
        (122, 22, [Line("Bolts", 122, 21)], LinesDoNotAddUp),
    ],
)
def test_orders_that_contradict_themselves(
    amount: int, tax: int, lines: list[Line], error: type[Exception]
) -> None:
    with pytest.raises(error):
        check_order(amount=amount, tax_amount=tax, currency="EUR", lines=lines)


def test_the_tax_of_a_rate_is_checked_over_all_its_lines() -> None:
    """An invoice states it as one; each line may be off by less than a unit, all of them too."""
    line = Line("Screws", 1_280, 280, tax_rate=Decimal(22))
    check_order(amount=1_280, tax_amount=280, currency="EUR", lines=[line])
    with pytest.raises(TaxContradicted, match=r"2 lines at 22 % have 560 .* would be 440"):
        check_order(amount=2_560, tax_amount=560, currency="EUR", lines=[line, line])
    cents = [Line("Screw", 9, 2, tax_rate=Decimal(22)) for _ in range(300)]  # 1.54 rounded up
    check_order(amount=2_700, tax_amount=600, currency="EUR", lines=cents)


def test_a_currency_that_does_not_exist() -> None:
    with pytest.raises(UnknownCurrency):
        check_order(amount=1, tax_amount=0, currency="EUX", lines=[])


def test_a_line_keeps_its_decimals_as_text() -> None:
    line = Line("Bolts M8", 122, 22, quantity=Decimal("0.10"), unit_price=Decimal("10.000"))
    assert line.to_document() == {
        "description": "Bolts M8",
        "sku": "",
        "quantity": "0.10",
        "unit_price": "10.000",
        "amount": 122,
        "tax_amount": 22,
    }
