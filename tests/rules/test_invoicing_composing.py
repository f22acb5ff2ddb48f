"""What was sold as the lines, the taxes and the terms of an invoice. Amounts of supplies are cents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rules.invoicing_supplies import HEADING, SELLER, made, of_lines, supplies, supply
from usance.rules.invoicing.document import (
    Address,
    DocumentReference,
    InvoiceDocument,
    TaxComponent,
)
from usance.rules.invoicing.national import IndianBuyer, IndianSeller
from usance.rules.invoicing.serial import from_json, to_json
from usance.rules.invoicing.totals import is_lawful_tax
from usance.rules.orders import Line

WIEN = {"name": "Lager Wien", "street": "Ring 2", "city": "Wien", "country": "AT"}


def lines_of(document: InvoiceDocument) -> list[tuple[str, str, str]]:
    """Category, rate and net of each line."""
    return [(line.vat_category, f"{line.vat_rate}", f"{line.net}") for line in document.lines]


def taxes_of(document: InvoiceDocument) -> list[tuple[str, str, str, str]]:
    """Category, rate, taxable amount and tax."""
    return [(e.category, f"{e.rate}", f"{e.taxable}", f"{e.tax}") for e in document.vat]


@pytest.mark.parametrize(
    ("line", "quantity", "price"),
    [
        (Line("x", 12_200, 2_200), "1", "100"),
        (Line("x", 12_200, 2_200, quantity=Decimal(4), unit_price=Decimal("25.00")), "4", "25.00"),
        # A price with tax in it is not the price of the invoice.
        (Line("x", 12_200, 2_200, quantity=Decimal(4), unit_price=Decimal("30.50")), "4", "25"),
        (Line("x", 1_000, quantity=Decimal(3)), "3", "3.33333333"),
        (Line("x", 1_000, quantity=Decimal("0.4"), unit_price=Decimal("25")), "0.4", "25"),
        # Taken back: the quantity is negative, never the price (BR-27).
        (Line("x", -1_220, -220, quantity=Decimal(2)), "-2", "5"),
        (Line("x", -1_220, -220), "-1", "10"),
        (Line("x", 0, quantity=Decimal(5), unit_price=Decimal(0)), "5", "0"),
    ],
)
def test_the_price_of_a_line(line: Line, quantity: str, price: str) -> None:
    [found, _] = made(of_lines(line, Line("y", 50_000, 9_000))).lines
    assert (f"{found.quantity}", f"{found.price.net}") == (quantity, price)


def test_a_price_that_no_decimals_can_say_is_that_of_the_whole_quantity() -> None:
    [line] = made(of_lines(Line("x", 10**12 + 1, quantity=Decimal(7_000_003)))).lines
    assert (line.price.net, line.price.base_quantity) == (line.net, Decimal(7_000_003))


def test_a_discount_stands_beside_the_price() -> None:
    line = Line("x", 11_000, 2_000, quantity=Decimal(10), unit_price=Decimal(10), discount=1_000)
    [found] = made(of_lines(line)).lines
    [taken_off] = found.allowances_charges
    assert (f"{found.net}", f"{found.price.net}") == ("90.00", "10")
    assert (f"{taken_off.amount}", taken_off.reason, taken_off.reason_code) == (
        "10.00",
        "Discount",
        "95",
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        # Rates that nobody named are the usual ones of the seller's country that fit all lines.
        ({"amount": 12_200, "tax": 2_200}, [("S", "22", "100.00")]),
        ({"amount": 11_000, "tax": 1_000}, [("S", "10", "100.00")]),
        ({"amount": 107_70, "tax": 7_70}, [("S", "7.7", "100.00")]),
        # Without tax: to a German business from an Italian one.
        ({"amount": 10_000}, [("K", "0", "100.00")]),
        ({"amount": 10_000, "ship_to": WIEN}, [("K", "0", "100.00")]),
        ({"amount": 10_000, "ship_to": {"country": "CH"}}, [("G", "0", "100.00")]),
    ],
)
def test_tax_that_an_order_does_not_explain(
    fields: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    tax = fields.pop("tax", 0)
    document = made(supply(fields.pop("amount"), tax, **fields))
    assert lines_of(document) == expected
    assert document.totals.vat == Decimal(tax).scaleb(-2)


def test_part_of_an_order_of_several_rates_has_a_line_for_each() -> None:
    like = (
        Line("Machine", 122_000, 22_000, tax_rate=Decimal(22)),
        Line("Book", 10_400, 400, tax_rate=Decimal(4)),
        Line("Training", 5_000, tax_category="E", exemption_reason="Art. 10 DPR 633/72"),
    )
    document = made(supply(68_700, 11_200, like=like))
    assert taxes_of(document) == [
        ("E", "0", "25.00", "0.00"),
        ("S", "4", "50.00", "2.00"),
        ("S", "22", "500.00", "110.00"),
    ]
    assert document.vat[0].exemption_reason == "Art. 10 DPR 633/72"
    assert document.lines[0].item.name == "Order S-1, as delivered on 2026-03-20"


def test_a_tax_that_is_not_the_orders_share_is_said_as_it_was_charged() -> None:
    like = (Line("Machine", 122_000, 22_000, tax_rate=Decimal(22)),)
    document = made(supply(61_000, 5_000, like=like))
    assert [(e.category, f"{e.tax}") for e in document.vat] == [("S", "50.00")]
    assert document.totals.rounding is None


def test_tax_rounded_by_line_stands_within_the_tolerance_of_the_rules() -> None:
    lines = [Line(f"{n}", 106, 19, tax_rate=Decimal(22)) for n in range(90)]
    # 22 % of 78.30 are 17.23; by line 17.10 were charged.
    of_seller = replace(SELLER, address=replace(SELLER.address, country="DE"))
    document = made(of_lines(*lines), seller=of_seller)
    assert taxes_of(document) == [("S", "22", "78.30", "17.10")]
    assert document.totals.rounding is None
    # Italy lets one cent pass: what was asked for stands, and the difference is shown.
    italian = made(of_lines(*lines))
    assert taxes_of(italian) == [("S", "22", "78.30", "17.23")]
    assert (italian.totals.payable, italian.totals.rounding) == (
        document.totals.payable,
        Decimal("-0.13"),
    )


def test_tax_beyond_the_tolerance_is_computed_and_the_rest_is_rounding() -> None:
    lines = [Line(f"{n}", 1_219, 219, tax_rate=Decimal(22)) for n in range(200)]
    document = made(of_lines(*lines))
    assert taxes_of(document) == [("S", "22", "2000.00", "440.00")]
    assert (f"{document.totals.payable}", f"{document.totals.rounding}") == ("2438.00", "-2.00")


def test_nothing_stands_beside_what_is_outside_the_scope_of_tax() -> None:
    """A seller without a tax number sells outside the scope; taxed lines show that it is inside."""
    unregistered = replace(SELLER, vat_id="")
    assert lines_of(made(supply(1_000), seller=unregistered)) == [("O", "None", "10.00")]
    both = made(of_lines(Line("x", 1_220, 220), Line("y", 500)), seller=unregistered)
    assert [line.vat_category for line in both.lines] == ["S", "Z"]


@pytest.mark.parametrize(
    ("treatment", "expected"),
    [
        ("reverse_charge", "AE"),
        ("export", "G"),
        ("exempt", "E"),
        ("domestic", "Z"),
        ("zero_rated", "Z"),
    ],
)
def test_what_the_seller_says_of_the_buyer(treatment: str, expected: str) -> None:
    document = made(supply(1_000), tax_treatment=treatment)
    assert [line.vat_category for line in document.lines] == [expected]
    assert bool(document.vat[0].exemption_reason) == (expected not in ("Z", "S"))


def test_split_payment_keeps_its_tax_in_a_category_of_its_own() -> None:
    document = made(supply(12_200, 2_200), tax_treatment="split_payment")
    assert taxes_of(document) == [("B", "22", "100.00", "22.00")]
    # The buyer pays it to the treasury: nothing of it is asked for (BR-CO-16).
    totals = document.totals
    assert (f"{totals.with_vat}", f"{totals.prepaid}", f"{totals.payable}", totals.rounding) == (
        "122.00",
        "22.00",
        "100.00",
        None,
    )


HALVES = [
    TaxComponent("CGST", Decimal(9), Decimal("90.00")),
    TaxComponent("SGST", Decimal(9), Decimal("90.00")),
]
WHOLE = [TaxComponent("IGST", Decimal(18), Decimal("180.00"))]


@pytest.mark.parametrize(
    ("state", "treatment", "ship_to", "expected"),
    [
        ("27", "auto", None, HALVES),
        ("29", "auto", None, WHOLE),
        ("27", "gst_sez", None, WHOLE),
        # Goods are supplied where their movement ends (IGST Act, section 10(1)(a)).
        ("29", "auto", {"country": "IN", "state": "Maharashtra"}, HALVES),
        ("27", "auto", {"country": "IN", "state": "IN-KA"}, WHOLE),
        ("27", "auto", {"country": "IN", "city": "Pune"}, HALVES),
    ],
)
def test_a_gst_divides_by_where_the_goods_go(
    state: str, treatment: str, ship_to: dict[str, str] | None, expected: list[TaxComponent]
) -> None:
    seller = replace(
        SELLER,
        address=Address(country="IN"),
        currency="INR",
        vat_id="27AAPFU0939F1ZV",
        national=IndianSeller("27AAPFU0939F1ZV", "27"),
    )
    document = made(
        supply(118_000, 18_000, ship_to=ship_to),
        seller=seller,
        currency="INR",
        address=Address(country="IN"),
        tax_treatment=treatment,
        national=IndianBuyer("27AAPFU0939F1ZV", state),
    )
    [entry] = document.vat
    assert list(entry.components) == expected
    assert f"{entry.tax}" == "180.00"


def test_the_tax_is_said_in_the_sellers_own_currency_too() -> None:
    heading = replace(HEADING, tax_rate_of_exchange=Decimal("0.913"))
    document = made(supply(12_200, 2_200), currency="USD", heading=heading)
    assert (document.tax_currency, f"{document.totals.vat_in_tax_currency}") == ("EUR", "20.09")


def test_without_another_place_goods_go_to_the_buyers_whole_address_or_none_is_said() -> None:
    """XRechnung wants city and post code of a place of delivery (BR-DE-10, 11); only goods across a
    border of the Union must name the country (BR-IC-12)."""
    whole = Address(country="DE", line_1="Hafenstr. 1", city="Hamburg", post_code="20457")

    def place(address: Address, **fields: Any) -> Address | None:
        document = made(supply(11_900, 1_900), address=address, **fields)
        assert document.delivery is not None
        return document.delivery.address

    assert place(whole) == whole
    assert place(Address(country="DE")) is None
    bare = made(supply(1_000), address=Address(country="DE"), tax_treatment="intra_community")
    assert bare.delivery is not None
    assert bare.delivery.address == Address(country="DE")


@pytest.mark.parametrize(
    ("group_by", "expected"),
    [
        ("none", ["", "", ""]),
        ("purchase_order", ["Purchase order PO-1", "Purchase order PO-1", "Purchase order PO-2"]),
        ("cost_centre", ["Cost centre 4711", "Cost centre 4711", ""]),
        ("ship_to", ["", "", "Delivered to Lager Wien, Ring 2, Wien, AT"]),
    ],
)
def test_lines_of_one_heading_stand_together(group_by: str, expected: list[str]) -> None:
    document = made(
        supply(100, purchase_order="PO-1", cost_centre="4711"),
        supply(200, purchase_order="PO-2", ship_to=WIEN),
        supply(400, purchase_order="PO-1", cost_centre="4711"),
        group_by=group_by,
    )
    assert [line.group for line in document.lines] == expected
    assert [line.id for line in document.lines] == ["1", "2", "3"]


def test_what_all_deliveries_have_in_common_is_said_of_the_whole() -> None:
    one = made(supply(100, purchase_order="PO-1", shipment="W-1", ship_to=WIEN))
    assert (one.purchase_order, one.sales_order, one.despatch_advice) == ("PO-1", "S-1", "W-1")
    assert one.delivery is not None
    assert (one.delivery.name, f"{one.delivery.delivered_on}") == ("Lager Wien", "2026-03-20")
    assert one.buyer_reference == ""
    assert one.lines[0].note == ""
    two = made(
        supply(100, purchase_order="PO-1", ship_to=WIEN),
        supply(200, purchase_order="PO-2", order="S-2", delivered_on=date(2026, 3, 23)),
    )
    assert (two.purchase_order, two.sales_order, two.buyer_reference) == ("", "", "PO-1, PO-2")
    assert two.delivery is not None
    assert (two.delivery.name, two.delivery.delivered_on) == ("", None)
    assert two.delivery.address == Address(country="AT")
    assert two.period is not None
    assert (two.period.start, two.period.end) == (date(2026, 3, 20), date(2026, 3, 23))
    assert two.lines[1].note == "Purchase order PO-2"


def test_a_reference_put_together_of_many_stays_short() -> None:
    document = made(*(supply(100, purchase_order=f"PO-{n:05d}") for n in range(40)))
    assert len(document.buyer_reference) <= 100
    assert document.buyer_reference.endswith("(+31)")


def test_an_invoice_that_replaces_another_names_it() -> None:
    heading = replace(
        HEADING, replaces=DocumentReference("INV-2026-000007"), reason="Wrong address"
    )
    document = made(supply(100), heading=heading)
    assert [entry.number for entry in document.preceding] == ["INV-2026-000007"]
    assert [note.text for note in document.notes] == [
        "Replaces invoice INV-2026-000007, which has been credited",
        "Wrong address",
    ]


def test_words_are_in_the_buyers_language() -> None:
    assert made(supply(100), language="it").lines[0].item.name == (
        "Ordine S-1, come consegnato il 2026-03-20"
    )
    assert made(supply(100), language="pt-BR").lines[0].item.name.startswith("Order S-1")


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(supplies(), min_size=1, max_size=5), st.sampled_from(["none", "purchase_order"]))
def test_what_is_asked_for_is_what_was_sold_to_the_cent(found: list[Any], group_by: str) -> None:
    document = made(*found, group_by=group_by)
    totals = document.totals
    assert totals.payable == Decimal(sum(one.amount for one in found)).scaleb(-2)
    assert totals.lines == sum(line.net for line in document.lines)
    assert totals.with_vat == totals.without_vat + sum(entry.tax for entry in document.vat)
    assert totals.payable == totals.with_vat + (totals.rounding or 0)
    assert all(line.price.net >= 0 for line in document.lines)
    for entry in document.vat:
        assert is_lawful_tax(entry.tax, taxable=entry.taxable, rate=entry.rate, currency="EUR")
    assert from_json(to_json(document)) == document


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(supplies(currency="JPY") | supplies(currency="EUR"), min_size=1, max_size=3),
    st.sampled_from(["JPY", "KWD"]),
)
def test_currencies_of_other_decimals(found: list[Any], currency: str) -> None:
    """A document has two decimals at most; what three of them say is rounded (BR-DEC)."""
    document = made(*found, currency=currency)
    asked = Decimal(sum(one.amount for one in found)).scaleb({"JPY": 0, "KWD": -3}[currency])
    assert abs(document.totals.payable - asked) <= Decimal("0.005")
