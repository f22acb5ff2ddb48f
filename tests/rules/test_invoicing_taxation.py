"""Which tax an invoice names: tables that a tax adviser can read."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.invoicing.tax_rates import USUAL_RATES
from usance.rules.invoicing.taxation import (
    Trader,
    category_of,
    derived_rate,
    exemption_reason,
    gst_components,
    shared_gst,
    vat_country,
)

DE, IT, FR, GB, US = (
    Trader("DE", "DE136695976"),
    Trader("IT", "IT00743110157"),
    Trader("FR", "FR83404833048"),
    Trader("GB", "GB980780684"),
    Trader("US"),
)


@pytest.mark.parametrize(
    ("seller", "buyer", "ship_to", "category"),
    [
        (DE, DE, "", "Z"),  # at home, taxed at nothing
        (IT, DE, "", "K"),  # goods to a business of another member state
        (IT, DE, "FR", "K"),  # wherever in the Union they go
        # Goods that stay are taxed where they are (Article 31): Article 196 is about services, so
        # whoever charges nothing must say why.
        (IT, DE, "IT", "E"),
        (IT, Trader("DE"), "", "E"),  # no number: somebody must say why no tax was charged
        (DE, GB, "", "G"),
        (DE, Trader("GB", "XI110305878"), "DE", "E"),
        # Goods to Northern Ireland are intra-Community supplies, told by the number.
        (DE, Trader("GB", "XI110305878"), "GB", "K"),
        (DE, Trader("GB", "XI110305878"), "", "K"),
        (DE, Trader("GB", "XI110305878"), "US", "G"),
        (DE, US, "", "G"),
        (DE, DE, "US", "G"),  # sold at home, shipped abroad
        (GB, DE, "", "G"),
        (US, GB, "", "O"),  # a seller without a number is outside the tax
    ],
)
def test_no_tax_was_charged(seller: Trader, buyer: Trader, ship_to: str, category: str) -> None:
    found = category_of(rate=Decimal(0), seller=seller, buyer=buyer, ship_to=ship_to)
    assert found == category


def test_a_service_is_told_by_the_seller() -> None:
    """To a business of another member state it is taxed there (Articles 44 and 196)."""
    assert category_of(rate=None, seller=IT, buyer=DE, wanted="reverse_charge") == "AE"


def test_tax_that_was_charged_is_said() -> None:
    assert category_of(rate=Decimal(19), seller=IT, buyer=DE, wanted="intra_community") == "S"


def test_what_the_seller_says_of_a_buyer_comes_first() -> None:
    said = {
        "domestic": "Z", "reverse_charge": "AE", "intra_community": "K",
        "export": "G", "exempt": "E", "outside_scope": "O",
    }  # fmt: skip
    for wanted, category in said.items():
        assert category_of(rate=None, seller=DE, buyer=DE, wanted=wanted) == category  # type: ignore[arg-type]
    assert category_of(rate=None, seller=DE, buyer=DE, exempt_because="§ 4 Nr. 8 UStG") == "E"


def test_greece_writes_el() -> None:
    assert [vat_country(number) for number in ("EL094259216", "de136695976", "094259216")] == [
        "GR", "DE", "",
    ]  # fmt: skip


def test_reasons_are_said_in_the_readers_language() -> None:
    for category in ("AE", "K", "G", "O", "E"):
        found = {
            exemption_reason(category, seller_country="IT", language=language)
            for language in ("en", "it", "ro", "hi")
        }
        assert len(found) == 4
    assert "2006/112" not in exemption_reason("G", seller_country="GB")
    assert exemption_reason("S", seller_country="IT") == ""
    assert exemption_reason("K", seller_country="IT", language="de").startswith("VAT-exempt")


@pytest.mark.parametrize(
    ("net", "tax", "country", "rate"),
    [
        ("100.00", "19.00", "DE", "19"),
        ("8.39", "1.60", "DE", "19"),  # 1.5941
        ("8.39", "0.59", "DE", "7"),
        ("100.00", "10.00", "IT", "10"),
        ("100.00", "8.88", "US", "8.88"),
        ("33.33", "2.94", "US", "8.8209"),
        ("100.00", "0.00", "DE", "0"),
        ("0.00", "0.00", "DE", "0"),
    ],
)
def test_the_rate_is_found_from_the_amounts(net: str, tax: str, country: str, rate: str) -> None:
    found = derived_rate(net=Decimal(net), tax=Decimal(tax), country=country, currency="EUR")
    assert found == Decimal(rate)


@given(
    st.sampled_from(sorted(USUAL_RATES)).flatmap(
        lambda country: st.tuples(st.just(country), st.sampled_from(USUAL_RATES[country]))
    ),
    st.integers(10_000, 10**8),
)
def test_a_usual_rate_is_recognised(where: tuple[str, Decimal], cents: int) -> None:
    country, rate = where
    net = Decimal(cents).scaleb(-2)
    tax = (net * rate / 100).quantize(Decimal("0.01"))
    assert derived_rate(net=net, tax=tax, country=country, currency="EUR") == rate


def test_gst_within_and_between_states() -> None:
    def parts(seller: str, place: str) -> list[tuple[str, str, str]]:
        found = gst_components(
            Decimal("1000.55"), rate=Decimal(18), seller_state=seller, place_of_supply=place
        )
        return [(part.name, str(part.rate), str(part.amount)) for part in found]

    assert parts("27", "27") == [("CGST", "9", "90.05"), ("SGST", "9", "90.05")]
    assert parts("27", "29") == [("IGST", "18", "180.10")]
    assert parts("04", "04") == [("CGST", "9", "90.05"), ("UTGST", "9", "90.05")]
    odd = shared_gst(Decimal("180.11"), rate=Decimal(18), within_state=True, state="27")
    assert [str(part.amount) for part in odd] == ["90.06", "90.05"]
