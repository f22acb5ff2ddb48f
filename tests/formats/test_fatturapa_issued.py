"""Invoices of Italian sellers as this house composes them, against SdI's controls.

Shops round the tax of each line, and SdI lets one cent pass for a rate: the tax is the lawful one, what is
asked for is the order's amount to the cent, and the difference is shown.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rules.invoicing_supplies import PROFILE, made, of_lines, supplies, supply
from usance.formats import fatturapa
from usance.rules.invoicing.crediting import credit_document
from usance.rules.invoicing.document import Address, InvoiceDocument
from usance.rules.invoicing.national import ItalianBuyer, ItalianSeller
from usance.rules.invoicing.supplies import Supply
from usance.rules.orders import AllowanceOrCharge, Line

TORINO = Address("IT", line_1="Via Garibaldi 5", city="Torino", post_code="10121", subdivision="TO")
BUYER = ItalianBuyer(codice_destinatario="ABC1234")
TAKEN = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def issued(*found: Supply, **profile: Any) -> InvoiceDocument:
    """The invoice to a buyer in Torino."""
    said = {"address": TORINO, "vat_id": "IT12345670017", "language": "it"} | profile
    return made(*found, **said)


def file_of(document: InvoiceDocument) -> bytes:
    """As the flow writes it."""
    details = fatturapa.details_from_profiles(seller=ItalianSeller(), buyer=BUYER)
    stamp = fatturapa.stamp_due(document, regime=details.regime)
    return fatturapa.render(
        document,
        transmission=fatturapa.addressed(
            document,
            sender=fatturapa.TaxId("IT", "07643520567"),
            progressive="00001",
            buyer=BUYER,
        ),
        details=replace(details, stamp=stamp),
    )


def asks(data: bytes) -> str:
    """ImportoTotaleDocumento, after no control was found broken."""
    assert fatturapa.broken_controls(data) == ()
    return said(data, "ImportoTotaleDocumento")[0]


def said(data: bytes, name: str) -> list[str]:
    """The texts of the elements ``name``."""
    parts = data.decode().split(f"<{name}>")[1:]
    return [part.partition("<")[0] for part in parts]


def latin(found: list[Supply]) -> list[Supply]:
    """SdI takes Latin letters only."""

    def named(line: Line) -> Line:
        return replace(line, description=line.description if line.description.isascii() else "Olio")

    def told(one: AllowanceOrCharge) -> AllowanceOrCharge:
        return replace(one, description=one.description if one.description.isascii() else "Olio")

    return [
        replace(
            one,
            lines=tuple(map(named, one.lines)),
            like=tuple(map(named, one.like)),
            charges=tuple(map(told, one.charges)),
        )
        for one in found
    ]


@TAKEN
@given(
    found=st.lists(supplies(), min_size=1, max_size=4).map(latin),
    group_by=st.sampled_from(["none", "cost_centre", "purchase_order", "ship_to"]),
)
def test_what_a_shop_rounded_passes_sdi_and_asks_for_its_amount(
    found: list[Supply], group_by: str
) -> None:
    document = issued(*found, group_by=group_by)
    amount = Decimal(sum(one.amount for one in found)).scaleb(-2)
    assert Decimal(asks(file_of(document))) == amount == document.totals.payable


@TAKEN
@given(
    found=st.lists(supplies(), min_size=1, max_size=3).map(latin),
    part=st.integers(1, 100),
    whole=st.booleans(),
)
def test_a_credit_note_passes_sdi(found: list[Supply], part: int, whole: bool) -> None:
    document = issued(*found)
    amount, tax = sum(one.amount for one in found), sum(one.tax_amount for one in found)
    if not whole:
        amount, tax = max(amount * part // 100, 1), tax * part // 100
        tax = min(tax, amount)
    note = credit_document(
        document,
        amount=amount,
        tax_amount=tax,
        number="CN-2026-000001",
        issued_on=date(2026, 4, 9),
        language="it",
        whole=whole,
    )
    assert Decimal(asks(file_of(note))) == Decimal(amount).scaleb(-2)


def test_the_cents_that_a_shop_rounded_up_are_shown_as_rounding() -> None:
    """Fifty lines of 0.07: the shop's tax is 50 x 0.02, and 22 % of 3.50 is 0.77."""
    lines = [Line("Viti", 9, 2, tax_rate=Decimal(22)) for _ in range(50)]
    document = issued(of_lines(*lines))
    assert (document.vat[0].taxable, document.vat[0].tax) == (Decimal("3.50"), Decimal("0.77"))
    assert (document.totals.with_vat, document.totals.rounding) == (
        Decimal("4.27"),
        Decimal("0.23"),
    )
    data = file_of(document)
    assert (asks(data), said(data, "Arrotondamento")) == ("4.50", ["0.23"])


def test_a_cent_of_the_shop_stands() -> None:
    document = issued(of_lines(Line("Viti", 12_201, 2_201, tax_rate=Decimal(22))))
    assert (document.vat[0].tax, document.totals.rounding) == (Decimal("22.01"), None)
    assert asks(file_of(document)) == "122.01"


@pytest.mark.parametrize(
    ("tax", "rate"), [(770, Decimal("7.7")), (777, Decimal("7.77")), (3, Decimal(1))]
)
def test_a_rate_has_two_decimals_and_is_one_percent_at_least(tax: int, rate: Decimal) -> None:
    document = issued(supply(10_000 + tax, tax))
    assert document.vat[0].rate == rate
    assert asks(file_of(document)) == f"{100 + Decimal(tax) / 100:.2f}"


def test_a_rate_that_no_file_can_name_is_worked_out() -> None:
    """A shop that computes the rate of its amounts sends 21.9967 for 22."""
    line = Line("Viti", 3_660, 660, tax_rate=Decimal("21.9967"))
    assert issued(of_lines(line)).vat[0].rate == 22
    # Where rates may have more decimals, the shop's stands.
    abroad = made(of_lines(line), seller=replace_country("DE"))
    assert abroad.vat[0].rate == Decimal("21.9967")


def replace_country(country: str) -> Any:
    from tests.rules.invoicing_supplies import SELLER

    return replace(SELLER, address=replace(SELLER.address, country=country))


@pytest.mark.parametrize(
    ("net", "profile", "stamped"),
    [
        (7_748, {"tax_treatment": "exempt", "exemption_reason": "Art. 10"}, True),
        (7_747, {"tax_treatment": "exempt", "exemption_reason": "Art. 10"}, False),
        (7_748, {"tax_treatment": "outside_scope", "exemption_reason": "Art. 2"}, True),
        (7_748, {"tax_treatment": "reverse_charge"}, False),
        (7_748, {"address": PROFILE.address, "vat_id": PROFILE.vat_id}, False),
        (7_748, {"address": Address("US", city="Boston", line_1="1 Main St"), "vat_id": ""}, False),
    ],
    ids=["exempt", "small", "outside", "reverse charge", "to the Union", "exported"],
)
def test_what_bears_no_vat_bears_stamp_duty(
    net: int, profile: dict[str, Any], stamped: bool
) -> None:
    document = issued(supply(net), **profile)
    due = fatturapa.stamp_due(document, regime="RF01")
    assert (due is not None) == stamped
    assert due is None or due.amount == Decimal(2)


def test_the_stamp_changes_no_amount() -> None:
    document = issued(supply(20_000), tax_treatment="exempt", exemption_reason="Art. 10")
    data = file_of(document)
    assert (asks(data), said(data, "BolloVirtuale"), said(data, "ImportoBollo")) == (
        "200.00",
        ["SI"],
        ["2.00"],
    )


def test_each_delivery_is_named_with_its_lines() -> None:
    first = of_lines(
        Line("Viti", 1_220, 220), Line("Dadi", 2_440, 440), shipment="DDT 87",
        shipped_on=date(2026, 3, 3),
    )  # fmt: skip
    second = of_lines(Line("Rondelle", 610, 110), shipment="DDT 91", shipped_on=date(2026, 3, 20))
    data = file_of(issued(first, second))
    assert asks(data) == "42.70"
    assert said(data, "TipoDocumento") == ["TD24"]
    assert said(data, "NumeroDDT") == ["DDT 87", "DDT 91"]
    assert said(data, "DataDDT") == ["2026-03-03", "2026-03-20"]
    assert said(data, "RiferimentoNumeroLinea") == ["1", "2", "3"]
    alone = file_of(issued(first))
    assert (said(alone, "NumeroDDT"), said(alone, "RiferimentoNumeroLinea")) == (["DDT 87"], [])


def test_codes_of_public_procurement_are_told_where_all_have_one() -> None:
    codes = {"tender": "Z1A2B3C4D5", "project": "B81H21000010001"}
    data = file_of(issued(supply(1_220, 220, **codes), contract_reference="C-7"))
    assert said(data, "CodiceCIG") == ["Z1A2B3C4D5"]
    assert said(data, "CodiceCUP") == ["B81H21000010001"]
    assert "C-7" in said(data, "IdDocumento")
    two = issued(supply(1_220, 220, **codes), supply(1_220, 220, **codes | {"tender": ""}))
    assert (two.tender, two.project) == ("", "B81H21000010001")
