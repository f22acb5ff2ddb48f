"""What a credit note takes back of an invoice: an amount over all of it, or named lines.

The document of a credit note is made of the invoice's own (EN 16931-1, type 381): the same parties, the
same categories and rates of tax, so that tax is taken back where it was charged (Directive
2006/112/EC, Article 90). Amounts are minor units and include their tax, as far as the buyer owes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from usance.rules.billing import BillingError, shares
from usance.rules.invoicing.credited_lines import commodity_of, lines_to_credit
from usance.rules.invoicing.document import (
    CREDIT_NOTE,
    DocumentReference,
    InvoiceDocument,
    InvoiceLine,
    Item,
    Note,
    Price,
    TaxComponent,
    VatBreakdown,
)
from usance.rules.invoicing.split_payment import SPLIT_PAYMENT, owed_tax, split_taxes
from usance.rules.invoicing.supplies import PIECE, major, unit_price
from usance.rules.invoicing.tax_rates import exactness_of
from usance.rules.invoicing.totals import (
    HUNDRED,
    ZERO,
    Exemption,
    TaxKey,
    is_lawful_tax,
    rounded,
    tax_key,
    total,
)
from usance.rules.invoicing.words import written
from usance.rules.money import exponent, proportion, round_half_up

Amounts = tuple[int, int]
"""An amount and the tax in it, minor units."""


class CannotCredit(BillingError):
    """What was named cannot be taken back; nothing was written."""

    code = "cannot_credit"


@dataclass(frozen=True, slots=True)
class CreditedLine:
    """A line of the invoice (by its number on it) to take back: all of it, a quantity, or an amount."""

    line: str
    quantity: Decimal | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What of one line is taken back. ``rounding`` (BT-114) is in its amount, and neither net nor tax."""

    line: str
    quantity: Decimal
    amount: int
    tax_amount: int
    rounding: int = 0

    @property
    def net(self) -> int:
        """What the note's line says, minor units."""
        return self.amount - self.tax_amount - self.rounding

    def to_document(self) -> dict[str, object]:
        """As it is stored and shown."""
        return {
            "line": self.line,
            "quantity": str(self.quantity),
            "amount": self.amount,
            "tax_amount": self.tax_amount,
        }


def line_amounts(document: InvoiceDocument, *, amount: int, tax_amount: int) -> dict[str, Amounts]:
    """What each line of an invoice comes to, its allowances and charges among them (see
    :func:`lines_to_credit`); the sum is the invoice.

    A category's tax is its lines' in proportion to their net amounts. What the document rounded
    (BT-114) is its largest line's.
    """
    found: dict[str, Amounts] = {}
    for entry in document.vat:
        lines = [line for line in lines_to_credit(document) if _key(line) == _key_of(entry)]
        nets = [minor(line.net, document.currency) for line in lines]
        taxes = _spread(minor(owed_tax(entry), document.currency), nets)
        for line, net, tax in zip(lines, nets, taxes, strict=True):
            found[line.id] = (net + tax, tax)
    largest = max(found, key=lambda line: found[line][0])
    off = amount - sum(one for one, _ in found.values())
    tax_off = tax_amount - sum(tax for _, tax in found.values())
    found[largest] = (found[largest][0] + off, found[largest][1] + tax_off)
    return found


def take_back(
    document: InvoiceDocument,
    wanted: Sequence[CreditedLine],
    *,
    amounts: Mapping[str, Amounts],
    before: Mapping[str, Amounts],
) -> list[TakenBack]:
    """What ``wanted`` takes back, when ``before`` was taken back of the lines already.

    Raises CannotCredit for a line that the invoice has not or that is named twice, or for more of it
    than is left.
    """
    lines = {line.id: line for line in lines_to_credit(document)}
    found = []
    for one in wanted:
        line = lines.pop(one.line, None)
        if line is None:
            raise CannotCredit(
                f"The invoice has no line {one.line!r}, or it was named twice; its lines are"
                f" {', '.join(each.id for each in lines_to_credit(document))}."
            )
        whole, whole_tax = amounts[line.id]
        gone, gone_tax = before.get(line.id, (0, 0))
        left, left_tax = whole - gone, whole_tax - gone_tax
        part = _wanted(one, line, whole=whole, left=left)
        tax = left_tax if part == left else proportion(whole_tax, part=part, whole=whole)
        quantity = one.quantity
        if quantity is None:
            quantity = (Decimal(part) * abs(line.quantity) / whole).quantize(Decimal("0.000001"))
        off = whole - whole_tax - minor(line.net, document.currency)
        found.append(
            TakenBack(
                line=line.id,
                quantity=quantity.normalize() + ZERO,
                amount=part,
                tax_amount=min(tax, left_tax, part),
                rounding=round_half_up(Decimal(off) * (gone + part) / whole)
                - round_half_up(Decimal(off) * gone / whole),
            )
        )
    return found


def require_left(
    document: InvoiceDocument, taken: Sequence[TakenBack], *, before: Sequence[InvoiceDocument]
) -> None:
    """Raise CannotCredit where ``taken`` is more of a category and rate of tax than the notes
    ``before`` have left: what they took over all lines is gone of each of them."""
    lines = {line.id: line for line in lines_to_credit(document)}
    net_of, tax_of = defaultdict[TaxKey, int](int), defaultdict[TaxKey, int](int)
    for one in taken:
        key = _key(lines[one.line])
        net_of[key] += one.net
        tax_of[key] += one.tax_amount
    for entry, (amount, tax) in zip(document.vat, _left(document, before), strict=True):
        key = _key_of(entry)
        if net_of[key] > amount - tax or tax_of[key] > tax:
            rate = f" at {entry.rate.normalize():f} %" if entry.rate else ""
            raise CannotCredit(
                f"These lines come to {net_of[key]} minor units and {tax_of[key]} of tax in category"
                f" {entry.category}{rate}, of which {amount - tax} and {tax} are left, since an amount"
                " was credited over all lines before; credit an amount again, or less of the lines."
            )


def _wanted(one: CreditedLine, line: InvoiceLine, *, whole: int, left: int) -> int:
    if whole <= 0:
        raise CannotCredit(f"Line {one.line} is itself taken off; credit an amount instead.")
    if one.quantity is not None and one.amount is not None:
        raise CannotCredit(f"Of line {one.line} name a quantity or an amount, not both.")
    if one.quantity is not None:
        if not 0 < one.quantity <= abs(line.quantity):
            raise CannotCredit(f"Line {one.line} is of {abs(line.quantity):f}, not {one.quantity}.")
        part = round_half_up(Decimal(whole) * one.quantity / abs(line.quantity))
        # Quantities that were taken back before were rounded too; the last takes the rest.
        part = left if abs(part - left) <= 1 else part
    else:
        part = left if one.amount is None else one.amount
    if not 0 < part <= left:
        raise CannotCredit(f"Of line {one.line} {left} minor units are left to credit, not {part}.")
    return part


def credit_document(
    document: InvoiceDocument,
    *,
    amount: int,
    tax_amount: int,
    number: str,
    issued_on: date,
    language: str,
    reason: str = "",
    taken: Sequence[TakenBack] = (),
    before: Sequence[InvoiceDocument] = (),
    whole: bool = False,
) -> InvoiceDocument:
    """The credit note of ``amount`` on an invoice.

    With ``taken`` it has those lines; ``whole``: all of the invoice's as they are. Else it has a line
    for each category and rate, in proportion to what the notes ``before`` have left of them.
    """
    words = written("credited", language=language, number=document.number)
    address = document.seller.address
    tolerance = exactness_of(address.country if address else "").tolerance
    if taken:
        lines, taxes = _lines_taken(document, taken)
    elif whole:
        lines, taxes = document.lines, {_key_of(entry): entry.tax for entry in document.vat}
    else:
        lines, taxes = _lines_by_rate(
            document, before, amount, tax_amount, words=words, tolerance=tolerance
        )
    sums = total(
        lines,
        currency=document.currency,
        allowances_charges=document.allowances_charges if whole else (),
        given=taxes if whole else taxes | split_taxes(document, lines, before=before),
        components=_components(document, taxes),
        exemptions={
            entry.category: Exemption(entry.exemption_reason, entry.exemption_code)
            for entry in document.vat
        },
        payable=major(amount, document.currency),
        tax_rate_of_exchange=document.tax_exchange_rate,
        tax_currency=document.tax_currency,
        tolerance=tolerance,
    )
    return replace(
        document,
        number=number,
        issued_on=issued_on,
        type_code=CREDIT_NOTE,
        lines=lines,
        totals=sums.totals,
        vat=sums.vat,
        allowances_charges=document.allowances_charges if whole else (),
        due_on=None,
        tax_point_on=None,
        payment_terms=words,
        notes=(Note(reason),) if reason else (),
        preceding=(DocumentReference(document.number, document.issued_on),),
        instalments=(),
        early_discounts=(),
        attachments=(),
    )


def minor(value: Decimal, currency: str) -> int:
    """``value`` in minor units of ``currency``."""
    return round_half_up(value.scaleb(exponent(currency)))


def _key(line: InvoiceLine) -> TaxKey:
    return tax_key(line.vat_category, line.vat_rate)


def _key_of(entry: VatBreakdown) -> TaxKey:
    return tax_key(entry.category, entry.rate)


def _spread(amount: int, weights: Sequence[int]) -> list[int]:
    """``amount`` in proportion to ``weights``, which may be negative; the parts sum to it."""
    whole = sum(weights)
    if not whole:
        return [amount if n == 0 else 0 for n in range(len(weights))]
    found, so_far, given = [], 0, 0
    for weight in weights:
        so_far += weight
        upto = round_half_up(Decimal(amount) * so_far / whole)
        found.append(upto - given)
        given = upto
    return found


def _lines_taken(
    document: InvoiceDocument, taken: Sequence[TakenBack]
) -> tuple[tuple[InvoiceLine, ...], dict[TaxKey, Decimal]]:
    by_id = {line.id: line for line in lines_to_credit(document)}
    lines, taxes = [], defaultdict[TaxKey, Decimal](lambda: ZERO)
    for n, one in enumerate(taken, 1):
        line = by_id[one.line]
        net = major(one.net, document.currency)
        if net == line.net and one.quantity == line.quantity:
            lines.append(replace(line, id=str(n)))
        else:
            quantity = one.quantity or Decimal(1)
            price = unit_price(net, quantity, own=line.price.net, currency=document.currency)
            lines.append(
                replace(
                    line, id=str(n), quantity=quantity, net=net, price=price, allowances_charges=()
                )
            )
        taxes[_key(line)] += major(one.tax_amount, document.currency)
    return tuple(lines), dict(taxes)


def _lines_by_rate(
    document: InvoiceDocument,
    before: Sequence[InvoiceDocument],
    amount: int,
    tax_amount: int,
    *,
    words: str,
    tolerance: Decimal,
) -> tuple[tuple[InvoiceLine, ...], dict[TaxKey, Decimal]]:
    currency = document.currency
    left = _left(document, before)
    of_lines, of_tax = sum(part for part, _ in left), sum(tax for _, tax in left)
    payable = minor(document.totals.payable, currency)
    to_credit = payable - sum(minor(note.totals.payable, currency) for note in before)
    # What the invoice rounded (BT-114) goes back with everything in proportion, the last with the rest.
    whole = amount >= to_credit
    part_now = (
        of_lines if whole else min(proportion(of_lines, part=amount, whole=to_credit), of_lines)
    )
    tax_now = of_tax if whole else min(tax_amount, of_tax, part_now)
    parts = shares(amount=part_now, tax_amount=tax_now, like=left)
    found = [
        (entry, _net_of(entry, part=part, tax=tax, currency=currency, tolerance=tolerance), tax)
        for entry, (part, tax) in zip(document.vat, parts, strict=True)
        if part
    ] or [(document.vat[0], ZERO, 0)]
    lines = []
    for n, (entry, net, _) in enumerate(found, 1):
        sign = Decimal(-1) if net < 0 else Decimal(1)
        lines.append(
            InvoiceLine(
                id=str(n),
                item=Item(name=words, classifications=commodity_of(document, _key_of(entry))),
                quantity=sign,
                unit=PIECE,
                net=net,
                price=Price(abs(net)),
                vat_category=entry.category,
                vat_rate=entry.rate,
            )
        )
    return tuple(lines), {_key_of(entry): major(tax, currency) for entry, _, tax in found}


def _net_of(
    entry: VatBreakdown, *, part: int, tax: int, currency: str, tolerance: Decimal
) -> Decimal:
    """The net of ``part`` with ``tax`` in it; of a tax that would not be lawful on that, after many
    roundings, the net that it is the tax of: taxes must sum to the invoice's, the rest is rounding."""
    net, stated = major(part - tax, currency), major(tax, currency)
    rate = entry.rate if entry.category != SPLIT_PAYMENT else None
    if not rate or is_lawful_tax(
        stated, taxable=net, rate=rate, currency=currency, tolerance=tolerance
    ):
        return net
    return rounded(Decimal(stated) * HUNDRED / Decimal(rate), currency=currency)


def _left(document: InvoiceDocument, before: Sequence[InvoiceDocument]) -> list[Amounts]:
    """What of each category and rate no credit note has taken back yet."""
    gone, gone_tax = defaultdict[TaxKey, Decimal](Decimal), defaultdict[TaxKey, Decimal](Decimal)
    for note in before:
        for entry in note.vat:
            gone[_key_of(entry)] += entry.taxable + owed_tax(entry)
            gone_tax[_key_of(entry)] += owed_tax(entry)
    found = []
    for entry in document.vat:
        key, currency = _key_of(entry), document.currency
        tax = owed_tax(entry)
        amount = max(minor(entry.taxable + tax - gone[key], currency), 0)
        found.append((amount, min(max(minor(tax - gone_tax[key], currency), 0), amount)))
    return found


def _components(
    document: InvoiceDocument, taxes: Mapping[TaxKey, Decimal]
) -> dict[TaxKey, tuple[TaxComponent, ...]]:
    """The parts of each tax as the invoice has them, in proportion."""
    found = {}
    for entry in document.vat:
        key = _key_of(entry)
        if not entry.components or key not in taxes:
            continue
        parts = _spread(
            minor(taxes[key], document.currency),
            [minor(part.amount, document.currency) for part in entry.components],
        )
        found[key] = tuple(
            replace(component, amount=major(part, document.currency))
            for component, part in zip(entry.components, parts, strict=True)
        )
    return found
