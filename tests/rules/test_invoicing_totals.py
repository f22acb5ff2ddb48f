"""Totals of invoices, as an accountant would check them by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.invoicing.document import (
    AllowanceCharge,
    Attachment,
    DueAmount,
    InvoiceDocument,
    InvoiceLine,
    Item,
    Party,
    Price,
    TaxComponent,
)
from usance.rules.invoicing.serial import UnreadableDocument, from_json, to_json
from usance.rules.invoicing.totals import (
    ArithmeticRefused,
    Exemption,
    is_lawful_tax,
    line_net,
    tax_key,
    total,
)


def line(net: str, *, category: str = "S", rate: str | None = "19", number: int = 1) -> InvoiceLine:
    amount = Decimal(net)
    return InvoiceLine(
        id=str(number),
        item=Item("Goods"),
        quantity=Decimal(1),
        unit="C62",
        net=amount,
        price=Price(amount),
        vat_category=category,
        vat_rate=None if rate is None else Decimal(rate),
    )


def test_an_invoice_of_two_rates_with_freight_and_a_discount() -> None:
    # 100.00 + 49.99 at 19 %, 200.00 at 7 %; 5.00 freight at 19 %, 10.00 off at 7 %.
    found = total(
        [line("100.00"), line("49.99"), line("200.00", rate="7.0")],
        currency="EUR",
        allowances_charges=[
            AllowanceCharge(
                True, Decimal("5.00"), reason="Freight", vat_category="S", vat_rate=Decimal("19.00")
            ),
            AllowanceCharge(
                False, Decimal("10.00"), reason="Rebate", vat_category="S", vat_rate=Decimal(7)
            ),
        ],
        prepaid=Decimal("50.00"),
    )
    assert [(v.category, v.rate, str(v.taxable), str(v.tax)) for v in found.vat] == [
        ("S", Decimal(7), "190.00", "13.30"),
        ("S", Decimal(19), "154.99", "29.45"),  # 29.4481
    ]
    totals = found.totals
    assert [
        str(amount)
        for amount in (
            totals.lines,
            totals.allowances,
            totals.charges,
            totals.without_vat,
            totals.vat,
            totals.with_vat,
            totals.prepaid,
            totals.payable,
        )
    ] == ["349.99", "10.00", "5.00", "344.99", "42.75", "387.74", "50.00", "337.74"]
    assert totals.rounding is None


@pytest.mark.parametrize(
    ("given_tax", "expected", "rounding"),
    [
        ("18.99", "18.99", None),  # the shop rounded each line: it stands
        ("19.99", "19.99", None),  # less than one away
        ("20.00", "19.00", "1.00"),  # one away: computed, and the difference shown
    ],
)
def test_the_tax_that_the_shop_charged_stands_while_it_is_near(
    given_tax: str, expected: str, rounding: str | None
) -> None:
    found = total(
        [line("100.00")],
        currency="EUR",
        given={tax_key("S", Decimal("19.0")): Decimal(given_tax)},
        payable=Decimal("100.00") + Decimal(given_tax),
    )
    assert str(found.vat[0].tax) == expected
    assert found.totals.rounding == (None if rounding is None else Decimal(rounding))
    assert found.totals.payable == Decimal("100.00") + Decimal(given_tax)


def test_no_tax_is_said_why() -> None:
    found = total(
        [line("80.00", category="AE", rate="0"), line("20.00", category="O", rate=None)],
        currency="EUR",
        exemptions={"AE": Exemption("Reverse charge", "VATEX-EU-AE")},
    )
    assert [(v.category, v.rate, v.tax, v.exemption_code) for v in found.vat] == [
        ("AE", Decimal(0), Decimal("0.00"), "VATEX-EU-AE"),
        ("O", None, Decimal("0.00"), ""),
    ]


def test_a_gst_is_the_sum_of_its_two_halves() -> None:
    parts = (
        TaxComponent("CGST", Decimal(9), Decimal("9.05")),
        TaxComponent("SGST", Decimal(9), Decimal("9.05")),
    )
    found = total(
        [line("100.51", rate="18")], currency="INR", components={tax_key("S", Decimal(18)): parts}
    )
    assert found.vat[0].tax == Decimal("18.10")  # 18.0918 in one piece would be 18.09
    assert found.totals.with_vat == Decimal("118.61")


def test_yen_have_no_decimals_and_dinars_two_on_an_invoice() -> None:
    assert total([line("1001", rate="10")], currency="JPY").totals.vat == Decimal(100)
    assert str(total([line("10.05", rate="5")], currency="BHD").totals.vat) == "0.50"
    with pytest.raises(ArithmeticRefused, match="2 decimals"):
        total([line("10.055", rate="5")], currency="BHD")


def test_tax_in_the_sellers_own_currency() -> None:
    found = total(
        [line("100.00", rate="19")],
        currency="EUR",
        tax_currency="RON",
        tax_rate_of_exchange=Decimal("4.9755"),
    )
    assert found.totals.vat_in_tax_currency == Decimal("94.53")  # 19.00 x 4.9755 = 94.5345


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ArithmeticRefused, match="at least one line"):
        total([], currency="EUR")
    with pytest.raises(ArithmeticRefused, match="parts of the tax"):
        total(
            [line("100.00", rate="18")],
            currency="INR",
            components={
                tax_key("S", Decimal(18)): (TaxComponent("IGST", Decimal(18), Decimal(28)),)
            },
        )
    with pytest.raises(ArithmeticRefused, match="positive"):
        line_net(quantity=Decimal(1), price=Decimal(1), currency="EUR", base_quantity=Decimal(0))


@pytest.mark.parametrize(
    ("quantity", "price", "base", "net"),
    [
        ("3", "9.99", None, "29.97"),
        ("100", "10.000", "100", "10.00"),
        ("1.5", "0.333", None, "0.50"),
        ("7", "0.125", None, "0.88"),  # 0.875, half up
        ("-2", "9.99", None, "-19.98"),
    ],
)
def test_a_line_is_quantity_by_price(quantity: str, price: str, base: str | None, net: str) -> None:
    assert line_net(
        quantity=Decimal(quantity),
        price=Decimal(price),
        base_quantity=None if base is None else Decimal(base),
        currency="EUR",
    ) == Decimal(net)


RATES = st.sampled_from([Decimal(7), Decimal("7.00"), Decimal(19), Decimal("5.5")])
LINES = st.builds(
    lambda cents, rate: line(str(Decimal(cents).scaleb(-2)), rate=str(rate)),
    st.integers(-(10**9), 10**9),
    RATES,
)


@given(st.lists(LINES, min_size=1, max_size=30))
def test_every_sum_is_the_sum_of_its_parts(lines: list[InvoiceLine]) -> None:
    found = total(lines, currency="EUR")
    totals = found.totals
    assert totals.lines == sum(entry.net for entry in lines) == sum(v.taxable for v in found.vat)
    assert totals.vat == sum(v.tax for v in found.vat)
    assert totals.payable == totals.with_vat == totals.without_vat + totals.vat
    for entry in found.vat:
        assert is_lawful_tax(entry.tax, taxable=entry.taxable, rate=entry.rate, currency="EUR")
        assert abs(entry.tax - entry.taxable * entry.rate / 100) <= Decimal("0.005")


def document() -> InvoiceDocument:
    lines = (line("100.10"), line("7", category="O", rate=None))
    sums = total(lines, currency="EUR")
    return InvoiceDocument(
        number="INV-2026-000001",
        issued_on=date(2026, 3, 1),
        type_code="380",
        currency="EUR",
        seller=Party("Officine Brera"),
        buyer=Party("Nordwind GmbH"),
        lines=lines,
        totals=sums.totals,
        vat=sums.vat,
        due_on=date(2026, 3, 31),
        attachments=(Attachment("plan", content=b"\x00\xff", media_type="image/png"),),
        instalments=(DueAmount(date(2026, 3, 31), Decimal("100.00")),),
    )


def test_a_document_is_kept_to_the_digit() -> None:
    made = document()
    kept = to_json(made)
    assert kept["lines"][0]["net"] == "100.10"
    assert "purchase_order" not in kept
    assert from_json(kept) == made
    assert str(from_json(kept).lines[0].net) == "100.10"
    assert from_json(to_json(replace(made, due_on=None))).due_on is None


def test_what_a_newer_version_has_added_is_passed_over() -> None:
    made = document()
    kept = to_json(made) | {"colour": "red", "shades": [{"of": "red"}]}
    kept["seller"] = kept["seller"] | {"motto": "x"}
    assert from_json(kept) == made


@pytest.mark.parametrize("broken", [{}, {"number": "1"}, {"colour": "red"}, {"lines": 7}])
def test_what_is_no_document_is_refused(broken: dict[str, str]) -> None:
    with pytest.raises(UnreadableDocument):
        from_json(broken)
