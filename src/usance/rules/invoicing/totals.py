"""The arithmetic of an invoice: from lines to a total that every reader computes alike.

EN 16931-1:2017, section 6.4 (calculation rules BR-CO-10 to BR-CO-17) and its national likes. All
amounts are decimals in major units; each is rounded half up to what the document's currency can carry,
at most the two decimals that the standard allows, at the place where the standard rounds and nowhere
else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from usance.rules.invoicing.document import (
    AllowanceCharge,
    InvoiceLine,
    TaxComponent,
    Totals,
    VatBreakdown,
)
from usance.rules.invoicing.split_payment import split_tax
from usance.rules.money import exponent

ZERO: Final = Decimal(0)
HUNDRED: Final = Decimal(100)
TOLERANCE: Final = Decimal(1)
"""A given tax may differ from taxable amount x rate by less than this, in major units: shops round the tax
of each line. The official rules allow it (EN 16931 validation artefacts, BR-CO-17 and BR-S-09)."""

NO_RATE: Final = "O"
"""The category that must not have a rate (BR-O-05); the other categories without tax have the rate 0."""

TaxKey = tuple[str, Decimal | None]
"""A VAT category and its rate in percent."""


class ArithmeticRefused(ValueError):
    """The parts of an invoice contradict each other; nothing was written."""

    code = "invoice_does_not_add_up"


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why no tax is charged: a text for the reader (BT-120) and a code of the VATEX list (BT-121)."""

    reason: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Sums:
    """What :func:`total` found."""

    vat: tuple[VatBreakdown, ...]
    totals: Totals


def places(currency: str) -> int:
    """Decimals that an amount of an invoice in ``currency`` has: its own, at most two (BR-DEC-*).

    Raises UnknownCurrency.
    """
    return min(exponent(currency), 2)


def rounded(value: Decimal, *, currency: str) -> Decimal:
    """``value`` with the decimals of an invoice in ``currency``, halves away from zero.

    Nothing is 0, never -0: programs that compare texts take a tax of -0.00 for one (BR-Z-09 and its
    likes in the rules of Factur-X).
    """
    return value.quantize(Decimal(1).scaleb(-places(currency)), rounding=ROUND_HALF_UP) + ZERO


def line_net(
    *,
    quantity: Decimal,
    price: Decimal,
    currency: str,
    base_quantity: Decimal | None = None,
    allowances_charges: Sequence[AllowanceCharge] = (),
) -> Decimal:
    """The net amount of a line (BT-131): quantity x price per unit, with what is put on and taken off.

    The source of the formula is Peppol BIS Billing 3.0, rule PEPPOL-EN16931-R120. Raises
    ArithmeticRefused for a base quantity that is not positive.
    """
    if base_quantity is not None and base_quantity <= 0:
        raise ArithmeticRefused(f"A price is per a positive number of units, not {base_quantity}.")
    gross = rounded(quantity * price / Decimal(base_quantity or 1), currency=currency)
    return gross + sum((signed(entry) for entry in allowances_charges), ZERO)


def signed(entry: AllowanceCharge) -> Decimal:
    """What ``entry`` adds to a sum: a charge its amount, an allowance less its amount."""
    return entry.amount if entry.is_charge else -entry.amount


def tax_key(category: str, rate: Decimal | None) -> TaxKey:
    """How amounts of ``category`` and ``rate`` are gathered: 19 and 19.00 are one rate."""
    if category == NO_RATE:
        return category, None
    return category, (rate or ZERO).normalize() + ZERO


def taxable_amounts(
    lines: Sequence[InvoiceLine], allowances_charges: Sequence[AllowanceCharge] = ()
) -> dict[TaxKey, Decimal]:
    """The taxable amount of each category and rate (BT-116; BR-S-08 and its likes)."""
    sums: dict[TaxKey, Decimal] = {}
    for line in lines:
        key = tax_key(line.vat_category, line.vat_rate)
        sums[key] = sums.get(key, ZERO) + line.net
    for entry in allowances_charges:
        key = tax_key(entry.vat_category, entry.vat_rate)
        sums[key] = sums.get(key, ZERO) + signed(entry)
    return sums


def tax_on(taxable: Decimal, *, rate: Decimal | None, currency: str) -> Decimal:
    """The tax of a category (BT-117, BR-CO-17): taxable amount x rate, rounded."""
    return rounded(taxable * (rate or ZERO) / Decimal(100), currency=currency)


def is_lawful_tax(
    tax: Decimal,
    *,
    taxable: Decimal,
    rate: Decimal | None,
    currency: str,
    tolerance: Decimal = TOLERANCE,
) -> bool:
    """Whether ``tax`` is as near to taxable amount x rate as the official rules ask, and not more than
    ``tolerance`` away from the exact product, for countries that ask more."""
    if not rate:
        return not tax
    near = abs(tax - tax_on(taxable, rate=rate, currency=currency)) < TOLERANCE
    return near and abs(tax - taxable * rate / Decimal(100)) <= tolerance


def total(
    lines: Sequence[InvoiceLine],
    *,
    currency: str,
    allowances_charges: Sequence[AllowanceCharge] = (),
    given: Mapping[TaxKey, Decimal] | None = None,
    components: Mapping[TaxKey, tuple[TaxComponent, ...]] | None = None,
    exemptions: Mapping[str, Exemption] | None = None,
    prepaid: Decimal | None = None,
    payable: Decimal | None = None,
    tax_rate_of_exchange: Decimal | None = None,
    tax_currency: str = "",
    tolerance: Decimal = TOLERANCE,
) -> Sums:
    """The VAT breakdown and the totals of an invoice (BG-22, BG-23).

    ``given`` is the tax that was charged already, by category and rate (see :func:`tax_key`): it stands
    where the rules and ``tolerance`` allow it (see :func:`is_lawful_tax`), else the computed tax does.
    ``components`` are the parts of a tax, such as CGST and SGST; they sum to it. ``exemptions`` say by
    category why no tax is charged. ``payable`` is the amount asked for where it is not the computed one:
    the difference is shown as rounding (BT-114). Tax under split payment joins what is ``prepaid``. With
    ``tax_currency``, ``tax_rate_of_exchange`` units of it are one of ``currency`` (BT-111). The breakdown
    is in order of category and rate.

    Raises ArithmeticRefused if an amount has more decimals than the document can carry, if components
    do not sum to their tax, or if a document has no line.
    """
    if not lines:
        raise ArithmeticRefused("An invoice has at least one line (BR-16).")
    for amount in (*(line.net for line in lines), *(e.amount for e in allowances_charges)):
        if amount != rounded(amount, currency=currency):
            raise ArithmeticRefused(
                f"{amount} has more than the {places(currency)} decimals of an amount in {currency};"
                " round it before."
            )
    vat = tuple(
        _breakdown(
            key,
            taxable,
            currency=currency,
            given=(given or {}).get(key),
            components=(components or {}).get(key, ()),
            exemption=(exemptions or {}).get(key[0], Exemption()),
            tolerance=tolerance,
        )
        for key, taxable in sorted(
            taxable_amounts(lines, allowances_charges).items(),
            key=lambda found: (found[0][0], found[0][1] or ZERO),
        )
    )
    return Sums(
        vat,
        _totals(
            lines,
            vat,
            allowances_charges=allowances_charges,
            currency=currency,
            prepaid=prepaid,
            payable=payable,
            vat_in_tax_currency=None
            if tax_rate_of_exchange is None
            else rounded(
                sum((entry.tax for entry in vat), ZERO) * tax_rate_of_exchange,
                currency=tax_currency,
            ),
        ),
    )


def _breakdown(
    key: TaxKey,
    taxable: Decimal,
    *,
    currency: str,
    given: Decimal | None,
    components: tuple[TaxComponent, ...],
    exemption: Exemption,
    tolerance: Decimal,
) -> VatBreakdown:
    category, rate = key
    tax = tax_on(taxable, rate=rate, currency=currency)
    if given is not None and is_lawful_tax(
        given, taxable=taxable, rate=rate, currency=currency, tolerance=tolerance
    ):
        tax = rounded(given, currency=currency)
    if components:
        tax_of_parts = sum((part.amount for part in components), ZERO)
        if not is_lawful_tax(tax_of_parts, taxable=taxable, rate=rate, currency=currency):
            raise ArithmeticRefused(
                f"The parts of the tax sum to {tax_of_parts}, {rate} % of {taxable} is {tax}."
            )
        tax = rounded(tax_of_parts, currency=currency)
    return VatBreakdown(
        category=category,
        taxable=rounded(taxable, currency=currency),
        tax=tax,
        rate=rate,
        exemption_reason=exemption.reason,
        exemption_code=exemption.code,
        components=components,
    )


def _totals(
    lines: Sequence[InvoiceLine],
    vat: Sequence[VatBreakdown],
    *,
    allowances_charges: Sequence[AllowanceCharge],
    currency: str,
    prepaid: Decimal | None,
    payable: Decimal | None,
    vat_in_tax_currency: Decimal | None,
) -> Totals:
    def both(amount: Decimal) -> Decimal:
        return rounded(amount, currency=currency)

    of_lines = sum((line.net for line in lines), ZERO)
    taken_off = sum((e.amount for e in allowances_charges if not e.is_charge), ZERO)
    put_on = sum((e.amount for e in allowances_charges if e.is_charge), ZERO)
    without_vat = of_lines - taken_off + put_on
    tax = sum((entry.tax for entry in vat), ZERO)
    with_vat = without_vat + tax
    split = split_tax(vat)
    if split:
        prepaid = (prepaid or ZERO) + split
    computed = with_vat - (prepaid or ZERO)
    asked = computed if payable is None else payable
    return Totals(
        lines=both(of_lines),
        without_vat=both(without_vat),
        with_vat=both(with_vat),
        payable=both(asked),
        allowances=both(taken_off) if any(not e.is_charge for e in allowances_charges) else None,
        charges=both(put_on) if any(e.is_charge for e in allowances_charges) else None,
        vat=both(tax),
        vat_in_tax_currency=vat_in_tax_currency,
        prepaid=None if prepaid is None else both(prepaid),
        rounding=both(asked - computed) if asked != computed else None,
    )
