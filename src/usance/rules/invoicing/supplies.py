"""From what was sold to the lines of an invoice (BG-25).

An order knows amounts that include their tax, in minor units; an invoice line knows a net amount, a
price, and a category and rate of tax. What the order does not say is worked out here, so that the
lines sum to the order to the cent and every rule about them holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from usance.rules.billing import shares
from usance.rules.invoicing.document import (
    AllowanceCharge,
    Classification,
    DocumentReference,
    InvoiceLine,
    Item,
    Price,
)
from usance.rules.invoicing.split_payment import SPLIT_PAYMENT
from usance.rules.invoicing.tax_rates import exactness_of
from usance.rules.invoicing.taxation import TaxTreatment, Trader, category_of, derived_rate
from usance.rules.invoicing.totals import (
    ZERO,
    TaxKey,
    is_lawful_tax,
    rounded,
    tax_key,
)
from usance.rules.invoicing.words import written
from usance.rules.money import exponent, round_half_up
from usance.rules.orders import AllowanceOrCharge, Line

PIECE: Final = "C62"
"""One (UN/ECE Recommendation 20), where nobody named a unit."""
COMMODITY_CODES: Final = "HS"
"""The list that commodity codes are of (UNTDID 7143: Harmonised system)."""
DISCOUNT_CODE: Final = "95"
"""UNTDID 5189: discount."""
_PRICE: Final = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class Supply:
    """What of one order an invoice is about: one shipment, or what was invoiced without one.

    ``amount`` includes ``tax_amount``, minor units. ``lines`` and ``charges`` sum to both; without
    lines, goods are what the charges leave of them, and ``like`` are the lines of the whole order,
    which then tell what they consist of.
    """

    order: str  # the name that the buyer knows the order by
    amount: int
    tax_amount: int
    shipped_on: date
    lines: tuple[Line, ...] = ()
    like: tuple[Line, ...] = ()
    shipment: str = ""  # the seller's own name of the shipment
    delivered_on: date | None = None
    purchase_order: str = ""
    cost_centre: str = ""
    ship_to: Mapping[str, str] | None = None
    tender: str = ""  # BT-17: in Italy the CIG
    project: str = ""  # BT-11: in Italy the CUP
    charges: tuple[AllowanceOrCharge, ...] = ()

    @property
    def arrived_on(self) -> date:
        """When the goods came; when they left, as long as nobody has said that they came."""
        return self.delivered_on or self.shipped_on

    @property
    def goods_amount(self) -> int:
        """What the goods come to with their tax, minor units."""
        return self.amount - sum(one.amount for one in self.charges)

    @property
    def goods_tax(self) -> int:
        """The tax of the goods, minor units."""
        return self.tax_amount - sum(one.tax_amount for one in self.charges)


@dataclass(frozen=True, slots=True)
class TaxView:
    """Who sells to whom, as the tax law looks at it. ``wanted`` is what the seller says of the buyer."""

    seller: Trader
    buyer: Trader
    currency: str
    language: str = "en"
    wanted: TaxTreatment = "auto"
    split_payment: bool = False
    exemption_reason: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """Lines of a document, the tax charged on them by category and rate, why some bear none, and what
    is put on or taken off the whole (counted in the taxes)."""

    lines: tuple[InvoiceLine, ...]
    taxes: dict[TaxKey, Decimal]
    reasons: dict[str, list[str]]
    allowances_charges: tuple[AllowanceCharge, ...] = ()

    @property
    def categories(self) -> set[str]:
        """The VAT categories that occur."""
        of_lines = {line.vat_category for line in self.lines}
        return of_lines | {one.vat_category for one in self.allowances_charges}


def write_lines(supplies: Sequence[Supply], *, view: TaxView, group_by: str = "none") -> Written:
    """The lines of an invoice about ``supplies``, those of one heading together.

    ``group_by`` is ``none``, ``cost_centre``, ``purchase_order`` or ``ship_to``.
    """
    found: list[tuple[InvoiceLine, int]] = []
    charges: list[tuple[AllowanceCharge, AllowanceOrCharge]] = []
    for supply in supplies:
        for line, rate in _of_supply(supply, view=view):
            if isinstance(line, AllowanceOrCharge):
                several = len(supplies) > 1
                charges.append((_of_document(line, rate, supply, view, several=several), line))
                continue
            heading = _heading(group_by, supply, line, language=view.language)
            note = _note(supply, line, language=view.language) if len(supplies) > 1 else ""
            made = _invoice_line(line, rate, supply=supply, view=view)
            found.append((replace(made, group=heading, note=note), line.tax_amount))
    if group_by != "none":
        places = {line.group: n for n, (line, _) in reversed(list(enumerate(found)))}
        found.sort(key=lambda one: places[one[0].group])
    return _numbered(found, charges, view=view)


def _numbered(
    found: Sequence[tuple[InvoiceLine, int]],
    charges: Sequence[tuple[AllowanceCharge, AllowanceOrCharge]],
    *,
    view: TaxView,
) -> Written:
    # Nothing may stand beside what is outside the scope of VAT (BR-O-11 to BR-O-14).
    categories = {line.vat_category for line, _ in found} | {one.vat_category for one, _ in charges}
    alone = categories == {"O"}
    lines, entries = [], []
    taxes: defaultdict[TaxKey, Decimal] = defaultdict(lambda: ZERO)
    reasons: defaultdict[str, list[str]] = defaultdict(list)

    def settled(category: str, rate: Decimal | None, tax: int, reason: str) -> TaxKey:
        if category == "O":
            category, rate = ("O", None) if alone else ("Z", rate)
        taxes[tax_key(category, rate)] += major(tax, view.currency)
        if reason and category not in _TAXED and reason not in reasons[category]:
            reasons[category].append(reason)
        return category, rate

    for n, (line, tax) in enumerate(found, 1):
        key = settled(line.vat_category, line.vat_rate, tax, line.exemption_reason)
        lines.append(replace(line, id=str(n), vat_category=key[0], vat_rate=key[1]))
    for entry, one in charges:
        key = settled(entry.vat_category, entry.vat_rate, one.tax_amount, one.exemption_reason)
        if entry.amount:
            entries.append(replace(entry, vat_category=key[0], vat_rate=key[1]))
    return Written(tuple(lines), dict(taxes), dict(reasons), tuple(entries))


def major(amount: int, currency: str) -> Decimal:
    """``amount`` minor units in major units, with the decimals that a document can carry."""
    return rounded(Decimal(amount).scaleb(-exponent(currency)), currency=currency)


def stated_tax(vat: Decimal | None, *, charged: int, currency: str) -> int:
    """The tax that a document states as its total (BT-110), in minor units of ``currency``.

    Who writes VAT on an invoice owes it (Directive 2006/112/EC, Article 203), whatever was ``charged``.
    That stands where the document says the same with the decimals that it can carry.
    """
    stated = vat or ZERO
    if major(charged, currency) == stated:
        return charged
    return round_half_up(stated.scaleb(exponent(currency)))


def _of_supply(supply: Supply, *, view: TaxView) -> list[tuple[Line, Decimal]]:
    """The lines of ``supply``, or one for each rate that its order has, and after them its allowances
    and charges, each with its rate."""
    lines = [*(supply.lines or _by_rate(supply, view=view)), *supply.charges]
    return list(zip(lines, _rates(lines, view=view), strict=True))


def _by_rate(supply: Supply, *, view: TaxView) -> list[Line]:
    """A line for each category and rate of the order, or one for all where the tax is another."""
    words = written(
        "order_delivered", language=view.language, order=supply.order, day=supply.arrived_on
    )
    whole = Line(
        description=words,
        amount=supply.goods_amount,
        tax_amount=supply.goods_tax,
        cost_centre=supply.cost_centre,
    )
    groups: defaultdict[tuple[str, Decimal, str], list[Line]] = defaultdict(list)
    for line, rate in zip(supply.like, _rates(supply.like, view=view), strict=True):
        groups[line.tax_category, rate, line.exemption_reason].append(line)
    sums = [
        (sum(line.amount for line in group), sum(line.tax_amount for line in group))
        for group in groups.values()
    ]
    if not sums or any(amount <= 0 or tax < 0 for amount, tax in sums):
        return [whole]
    parts = shares(amount=supply.goods_amount, tax_amount=supply.goods_tax, like=sums)
    found = [
        replace(
            whole,
            amount=amount,
            tax_amount=tax,
            tax_category=category,
            tax_rate=rate,
            exemption_reason=reason,
        )
        for (category, rate, reason), (amount, tax) in zip(groups, parts, strict=True)
        if amount
    ]
    fits = all(
        line.tax_amount <= line.amount
        and is_lawful_tax(
            major(line.tax_amount, view.currency),
            taxable=major(line.amount - line.tax_amount, view.currency),
            rate=line.tax_rate,
            currency=view.currency,
        )
        for line in found
    )
    return found if fits and sum(line.tax_amount for line in found) == supply.goods_tax else [whole]


def _rates(lines: Sequence[Line], *, view: TaxView) -> list[Decimal]:
    """The rate of each line. Lines that do not say theirs have one together if that fits them all.

    A rate that the country's documents cannot name is of no law: it is worked out like one unsaid.
    """
    exactness = exactness_of(view.seller.country)
    said = [
        line.tax_rate if line.tax_rate is not None and exactness.can_name(line.tax_rate) else None
        for line in lines
    ]
    silent = [
        line for line, rate in zip(lines, said, strict=True) if rate is None and line.tax_amount
    ]
    common = _derived(silent, view=view) if silent else ZERO
    near = 2 * Decimal(1).scaleb(-exponent(view.currency))
    together = all(
        abs(_net(line, view) * common / Decimal(100) - major(line.tax_amount, view.currency))
        <= near
        for line in silent
    )
    return [
        rate
        if rate is not None
        else ZERO
        if not line.tax_amount
        else common
        if together
        else _derived([line], view=view)
        for line, rate in zip(lines, said, strict=True)
    ]


def _derived(lines: Sequence[Line], *, view: TaxView) -> Decimal:
    return derived_rate(
        net=sum((_net(line, view) for line in lines), ZERO),
        tax=sum((major(line.tax_amount, view.currency) for line in lines), ZERO),
        country=view.seller.country,
        currency=view.currency,
    )


def _net(line: Line, view: TaxView) -> Decimal:
    return major(line.amount - line.tax_amount, view.currency)


def _invoice_line(line: Line, rate: Decimal, *, supply: Supply, view: TaxView) -> InvoiceLine:
    net = _net(line, view)
    category = _category(line, rate, supply=supply, view=view)
    discount = major(line.discount, view.currency)
    quantity, price = _priced(line, net + discount, currency=view.currency)
    taken_off = AllowanceCharge(
        is_charge=False,
        amount=discount,
        reason=written("discount", language=view.language),
        reason_code=DISCOUNT_CODE,
    )
    codes = (Classification(line.classification, COMMODITY_CODES),) if line.classification else ()
    name = line.description or line.sku or supply.order
    return InvoiceLine(
        id="",
        item=Item(name=name, seller_id=line.sku, classifications=codes),
        quantity=quantity,
        unit=line.unit or PIECE,
        net=net,
        price=price,
        vat_category=category,
        vat_rate=rate,
        order_line=line.buyer_reference,
        accounting=line.cost_centre or supply.cost_centre,
        allowances_charges=(taken_off,) if discount else (),
        despatch=DocumentReference(supply.shipment, supply.shipped_on) if supply.shipment else None,
        exemption_reason=line.exemption_reason if category not in _TAXED else "",
    )


_TAXED: Final = ("S", "Z", "B")
"""Categories that need no reason for bearing no tax."""


def _of_document(
    charge: AllowanceOrCharge, rate: Decimal, supply: Supply, view: TaxView, *, several: bool
) -> AllowanceCharge:
    """``charge`` of ``supply`` as the document says it (BG-20, BG-21), with its order where the
    invoice is about ``several`` supplies."""
    return AllowanceCharge(
        is_charge=charge.kind == "charge",
        amount=abs(_net(charge, view)),
        reason=f"{charge.description} ({supply.order})" if several else charge.description,
        reason_code=charge.reason_code,
        vat_category=_category(charge, rate, supply=supply, view=view),
        vat_rate=rate,
    )


def _category(line: Line, rate: Decimal, *, supply: Supply, view: TaxView) -> str:
    category = line.tax_category or category_of(
        rate=rate,
        seller=view.seller,
        buyer=view.buyer,
        ship_to=(supply.ship_to or {}).get("country", ""),
        wanted=view.wanted,
        exempt_because=line.exemption_reason or view.exemption_reason,
    )
    # Nothing that the seller collects may stand beside it (BR-B-02).
    return SPLIT_PAYMENT if category == "S" and view.split_payment else category


def _priced(line: Line, total: Decimal, *, currency: str) -> tuple[Decimal, Price]:
    """Quantity and price whose product is ``total``, the line before its discount.

    A price is never negative (BR-27); what is taken back has a negative quantity. The order's own
    price stands where it makes the total; a price with tax in it, or a rounded one, does not.
    """
    quantity = abs(line.quantity or Decimal(1))
    signed = -quantity if total < 0 else quantity
    return signed, unit_price(abs(total), quantity, own=line.unit_price, currency=currency)


def unit_price(total: Decimal, quantity: Decimal, *, own: Decimal | None, currency: str) -> Price:
    """The price that makes ``total`` of ``quantity``, both positive: ``own`` where it does.

    Else the exact one with up to eight decimals, or the price of the whole quantity (BT-149).
    """
    if own is not None and own >= 0 and rounded(quantity * own, currency=currency) == total:
        return Price(own)
    plain = (Decimal(total) / quantity).quantize(_PRICE, rounding=ROUND_HALF_UP).normalize() + ZERO
    if rounded(quantity * plain, currency=currency) == total:
        return Price(plain)
    return Price(total, base_quantity=quantity)


def _heading(group_by: str, supply: Supply, line: Line, *, language: str) -> str:
    if group_by == "cost_centre" and (centre := line.cost_centre or supply.cost_centre):
        return written("cost_centre", language=language, name=centre)
    if group_by == "purchase_order" and supply.purchase_order:
        return written("purchase_order", language=language, order=supply.purchase_order)
    if group_by == "ship_to" and (place := place_of(supply.ship_to)):
        return written("ship_to", language=language, name=place)
    return ""


def place_of(ship_to: Mapping[str, str] | None) -> str:
    """Where goods go, in a line."""
    names = ("name", "street", "postal_code", "city", "country")
    return ", ".join(text for name in names if (text := (ship_to or {}).get(name, "").strip()))


def _note(supply: Supply, line: Line, *, language: str) -> str:
    """Which order and delivery a line is of, where its invoice has several (BT-127)."""
    words = written("order_delivered", language=language, order=supply.order, day=supply.arrived_on)
    found = [] if line.description == words else [words]
    if supply.purchase_order:
        found.append(written("purchase_order", language=language, order=supply.purchase_order))
    return "; ".join(found)
