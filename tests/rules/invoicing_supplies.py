"""Sellers, buyers and supplies for tests of the composing of invoices, and hypothesis strategies of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from usance.rules.allowances import allowance_or_charge
from usance.rules.invoicing.composing import Heading, compose
from usance.rules.invoicing.document import Address, Contact, Identifier, InvoiceDocument
from usance.rules.invoicing.profiles import BankAccount, BillingProfileView, SellerDetailsView
from usance.rules.invoicing.supplies import Supply
from usance.rules.money import EXPONENTS, round_half_up
from usance.rules.orders import AllowanceOrCharge, Line

ON = date(2026, 4, 1)
SHIPPED = date(2026, 3, 20)
ID = UUID("0195a1f2-9d3c-7b1e-a5f0-4c2d8e6b7a90")
SELLER = SellerDetailsView(
    seller_id=ID,
    legal_name="Officine Brera S.r.l.",
    address=Address(country="IT", line_1="Via Brera 1", city="Milano", post_code="20121"),
    currency="EUR",
    language="it",
    vat_id="IT07643520567",
    contact=Contact("Ada Neri", "+39 02 1234567", "conti@brera.example"),
    endpoint=Identifier("07643520567", "0211"),
    accounts=(BankAccount(ID, "EUR", iban="IT60X0542811101000000123456", holder="Officine Brera"),),
)
PROFILE = BillingProfileView(
    buyer_id=ID,
    stored=True,
    schedule="monthly:last",
    group_by="none",
    language="en",
    legal_name="Nordwind Handels GmbH",
    address=Address(country="DE", line_1="Am Kai 1", city="Hamburg", post_code="20457"),
    vat_id="DE136695976",
    registration_number="",
    buyer_reference="",
    endpoint=Identifier("DE136695976", "9930"),
    accounting_reference="",
    contract_reference="",
    purchase_order="",
    tax_treatment="auto",
    exemption_reason="",
    exemption_code="",
    channels=(),
    email_to=(),
    email_cc=(),
    formats=(),
    attach_xml=True,
    terms_base="invoice",
    calendar="",
    move="none",
    national=None,
)
HEADING = Heading(number="INV-2026-000001", issued_on=ON, currency="EUR", due_on=date(2026, 5, 1))


def supply(amount: int, tax: int = 0, **fields: Any) -> Supply:
    """What shipped of order S-1; the lines' sum where lines are given."""
    given = {"order": "S-1", "shipped_on": SHIPPED} | fields
    given["lines"] = tuple(given.get("lines", ()))
    given["like"] = tuple(given.get("like", ()))
    return Supply(amount=amount, tax_amount=tax, **given)


def of_lines(*lines: Line, **fields: Any) -> Supply:
    amount = sum(line.amount for line in lines)
    return supply(amount, sum(line.tax_amount for line in lines), lines=lines, **fields)


def made(
    *supplies: Supply,
    seller: SellerDetailsView = SELLER,
    currency: str = "EUR",
    heading: Heading = HEADING,
    **profile: Any,
) -> InvoiceDocument:
    """The invoice about ``supplies``."""
    return compose(
        supplies,
        seller=seller,
        profile=replace(PROFILE, **profile),
        heading=replace(heading, currency=currency),
    )


RATES = st.sampled_from(["22", "10", "5", "4", "0", None])


@st.composite
def lines(draw: Any, *, currency: str = "EUR") -> Line:
    """A line as shops send them: net or gross prices, tax rounded by line or given, discounts."""
    rate = draw(RATES)
    quantity = draw(
        st.none() | st.decimals(Decimal("0.001"), 5_000, places=3) | st.integers(1, 99).map(Decimal)
    )
    net = draw(st.integers(1, 5_000_000))
    if quantity is not None and draw(st.booleans()):
        price = draw(st.decimals(Decimal("0.01"), 900, places=draw(st.sampled_from([2, 4]))))
        net = max(round_half_up(quantity * price * 10 ** EXPONENTS[currency]), 1)
    else:
        price = draw(st.none() | st.decimals(0, 900, places=2))
    tax = round_half_up(net * Decimal(rate or draw(st.sampled_from(["0", "22", "7.7"]))) / 100)
    taken_off = draw(st.integers(0, 1_000)) if draw(st.booleans()) else 0
    back = rate is not None and draw(st.integers(0, 9)) == 0
    sign = -1 if back and net < 1_000 else 1
    return Line(
        description=draw(st.sampled_from(["Bolts", "Nuts & washers", "Öl", "ताला", ""])),
        amount=sign * (net + tax),
        tax_amount=sign * tax,
        quantity=quantity,
        unit_price=price,
        sku=draw(st.sampled_from(["", "B-8"])),
        unit=draw(st.sampled_from(["", "KGM", "H87"])),
        tax_rate=None if rate is None else Decimal(rate),
        classification=draw(st.sampled_from(["", "7318"])),
        discount=taken_off if sign > 0 else 0,
        cost_centre=draw(st.sampled_from(["", "4711", "4712"])),
        buyer_reference=draw(st.sampled_from(["", "10"])),
    )


@st.composite
def charges(draw: Any) -> AllowanceOrCharge:
    """Freight, packaging or a rebate of a whole order."""
    kind = draw(st.sampled_from(["charge", "charge", "allowance"]))
    return allowance_or_charge(
        kind=kind,
        net=draw(st.integers(1, 500 if kind == "allowance" else 50_000)),
        reason=draw(st.sampled_from(["Freight", "Verpackung", "भाड़ा"])),
        reason_code=draw(st.sampled_from(["", "95" if kind == "allowance" else "FC"])),
        tax_rate=Decimal(draw(st.sampled_from(["22", "10", "4", "0"]))),
    )


def charged(found: Supply, more: tuple[AllowanceOrCharge, ...]) -> Supply:
    """``found`` with ``more`` on the whole, where that leaves something to pay and its tax."""
    amount = found.amount + sum(one.amount for one in more)
    tax = found.tax_amount + sum(one.tax_amount for one in more)
    if not 0 <= tax <= amount or not amount:
        return found
    return replace(found, amount=amount, tax_amount=tax, charges=more)


@st.composite
def supplies(draw: Any, *, currency: str = "EUR") -> Supply:
    """A shipment: with lines, with the lines of its order alone, or with nothing but amounts."""
    of = tuple(draw(st.lists(lines(currency=currency), min_size=1, max_size=6)))
    amount, tax = sum(line.amount for line in of), sum(line.tax_amount for line in of)
    if amount <= 0 or not 0 <= tax <= amount:
        of = (Line("Bolts", 12_200, 2_200),)
        amount, tax = 12_200, 2_200
    fields: dict[str, Any] = {
        "order": f"S-{draw(st.integers(1, 4))}",
        "purchase_order": draw(st.sampled_from(["", "PO-1", "PO-2"])),
        "ship_to": draw(
            st.sampled_from([None, {"name": "Lager", "city": "Hamburg", "country": "DE"}])
        ),
        "delivered_on": draw(st.sampled_from([None, date(2026, 3, 23)])),
    }
    how = draw(st.sampled_from(["lines", "like", "amounts"]))
    more = tuple(draw(st.lists(charges(), max_size=3)))
    if how == "lines":
        return charged(supply(amount, tax, lines=of, **fields), more)
    part = draw(st.integers(1, amount))
    part_tax = round_half_up(Decimal(tax) * part / amount)
    return charged(supply(part, part_tax, like=of if how == "like" else (), **fields), more)
