"""The lines of a FatturaPA from those of the model."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from lxml import etree

from usance.formats.errors import FormatError
from usance.formats.fatturapa.codes import unit_text
from usance.formats.fatturapa.elements import group, required, value
from usance.formats.fatturapa.fattura import (
    Adjustment,
    ExtraData,
    FatturaDetails,
    LineDetails,
)
from usance.formats.fatturapa.reading_lines import GROUP, fund_charge, unit_amounts
from usance.formats.fatturapa.texts import basic, latin, price, quantity, rate
from usance.formats.fatturapa.writing_groups import (
    WrittenGroup,
    merged,
    natura_for,
    write_summary,
)
from usance.rules.invoicing.document import (
    AllowanceCharge,
    InvoiceDocument,
    InvoiceLine,
)

_EIGHT: Final = Decimal("1e-8")
_CENT: Final = Decimal("0.01")


def line_numbers(document: InvoiceDocument) -> dict[str, int]:
    """The number of each line: its own id if all are numbers, else its place.

    Raises FormatError ``too_many_lines``.
    """
    ids = [line.id for line in document.lines]
    if len(ids) + len(document.allowances_charges) > 9999:
        raise FormatError(
            f"The invoice has {len(ids)} lines and FatturaPA numbers them up to 9999, with its "
            "allowances and charges; split it.",
            code="too_many_lines",
        )
    if all(re.fullmatch("[1-9][0-9]{0,3}", each) for each in ids) and len(set(ids)) == len(ids):
        return {each: int(each) for each in ids}
    if len(set(ids)) < len(ids):
        raise FormatError(
            "Two lines of the invoice have the same number (BT-126); give each its own.",
            code="duplicate_line",
        )
    return {each: place for place, each in enumerate(ids, start=1)}


def write_goods(
    body: etree._Element,
    document: InvoiceDocument,
    details: FatturaDetails,
    *,
    groups: tuple[WrittenGroup, ...],
) -> None:
    """DatiBeniServizi. Raises FormatError."""
    goods = group(body, "DatiBeniServizi")
    numbers = line_numbers(document)
    said = {each.line: each for each in details.lines}
    for line in document.lines:
        detail = said.get(line.id, LineDetails(line=line.id))
        _write_line(goods, line, detail, number=numbers[line.id], groups=groups)
    charges = list(_own_charges(document, details))
    used = set(numbers.values())
    first = max(used, default=0) + 1
    if first + len(charges) > 9999:
        first = 1
    free = (number for number in range(first, 10_000) if number not in used)
    for number, each in zip(free, charges, strict=False):
        _write_charge(goods, each, number=number, groups=groups)
    for summary in merged(groups):
        write_summary(goods, summary)


def _own_charges(document: InvoiceDocument, details: FatturaDetails) -> Iterable[AllowanceCharge]:
    """The allowances and charges of the document but those that pension funds say already."""
    funds = [fund_charge(fund) for fund in details.pension_funds]
    for each in document.allowances_charges:
        plain = replace(each, vat_category="", vat_rate=None)
        match = next((fund for fund in funds if replace(fund, vat_rate=None) == plain), None)
        if match is not None:
            funds.remove(match)
        elif each.amount:
            yield each


def _write_line(
    goods: etree._Element,
    line: InvoiceLine,
    detail: LineDetails,
    *,
    number: int,
    groups: tuple[WrittenGroup, ...],
) -> None:
    element = group(goods, "DettaglioLinee")
    value(element, "NumeroLinea", number)
    value(element, "TipoCessionePrestazione", detail.supply)
    _write_codes(element, line, detail)
    unit_price, adjustments, by_quantity = _prices(line, detail)
    value(element, "Descrizione", _description(line, quantity_said=by_quantity))
    if by_quantity and not detail.without_quantity:
        value(element, "Quantita", quantity(abs(line.quantity), name="a quantity"))
    unit = unit_text(line.unit) if detail.unit is None else detail.unit
    if by_quantity:
        value(element, "UnitaMisura", basic(unit, name="a unit", limit=10))
    if line.period is not None:
        value(element, "DataInizioPeriodo", line.period.start)
        value(element, "DataFinePeriodo", line.period.end)
    value(element, "PrezzoUnitario", price(unit_price, name="a price"))
    write_adjustments(element, adjustments)
    value(element, "PrezzoTotale", price(line.net, name="the amount of a line"))
    per_cent = line.vat_rate or Decimal(0)
    value(element, "AliquotaIVA", rate(per_cent, name="a VAT rate"))
    value(element, "Ritenuta", "SI" if detail.withheld else "")
    value(
        element,
        "Natura",
        detail.natura
        or natura_for(
            groups,
            category=line.vat_category,
            per_cent=line.vat_rate,
            reason=line.exemption_reason,
        ),
    )
    value(element, "RiferimentoAmministrazione", basic(line.accounting, name="BT-133", limit=20))
    heading = (ExtraData(kind=GROUP, text=line.group),) if line.group else ()
    for each in (*heading, *detail.extra):
        _write_extra(element, each)


def _prices(line: InvoiceLine, detail: LineDetails) -> tuple[Decimal, tuple[Adjustment, ...], bool]:
    """Unit price, discounts and surcharges of one unit, and whether a quantity is written.

    SdI multiplies (control 00423), so the line's own allowances become those of one unit. Where eight
    decimals cannot give the amount back, or the quantity is zero, the line is written as one.
    """
    sign = -1 if line.quantity < 0 else 1
    if detail.adjustments or detail.without_quantity:
        return line.price.net * sign, detail.adjustments, True
    base = line.price.base_quantity or Decimal(1)
    many = abs(line.quantity)
    gross, discount = line.price.gross, line.price.discount
    adjustments: list[Adjustment] = []
    unit_price = line.price.net / base * sign
    if gross is not None and discount and gross - discount == line.price.net and sign > 0:
        unit_price = gross / base
        adjustments.append(Adjustment(is_charge=False, amount=_eight(discount / base)))
    if many:
        adjustments.extend(
            Adjustment(
                is_charge=each.is_charge,
                percent=_two_decimals(each.percent),
                amount=_eight(each.amount / many),
            )
            for each in line.allowances_charges
            if each.amount
        )
        unit_price = _eight(unit_price)
        if _comes_to(unit_price, adjustments, many=many, net=line.net):
            return unit_price, tuple(adjustments), True
        if not _is_exact(line):
            return unit_price, tuple(adjustments), True
    return line.net, (), False


def _comes_to(
    unit_price: Decimal, adjustments: list[Adjustment], *, many: Decimal, net: Decimal
) -> bool:
    changes = zip(adjustments, unit_amounts(adjustments, price=unit_price), strict=True)
    one = unit_price + sum((a if each.is_charge else -a for each, a in changes), Decimal(0))
    return abs(one * many - net) <= _CENT


def _is_exact(line: InvoiceLine) -> bool:
    """Whether the line's own figures give its amount, as EN 16931 means them."""
    base = line.price.base_quantity or Decimal(1)
    total = line.quantity * line.price.net / base
    for each in line.allowances_charges:
        total += each.amount if each.is_charge else -each.amount
    return abs(total - line.net) <= _CENT


def _eight(number: Decimal) -> Decimal:
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -8:
        return number.quantize(_EIGHT, ROUND_HALF_UP)
    return number


def _two_decimals(percent: Decimal | None) -> Decimal | None:
    """A percentage that the schema can say; the amount beside it is what counts."""
    if percent is None or not 0 < percent <= 100 or percent != round(percent, 2):
        return None
    return percent


def write_adjustments(element: etree._Element, adjustments: Iterable[Adjustment]) -> None:
    """ScontoMaggiorazione of a line or of the document."""
    for each in adjustments:
        entry = group(element, "ScontoMaggiorazione")
        value(entry, "Tipo", "MG" if each.is_charge else "SC")
        if each.percent is not None:
            value(entry, "Percentuale", rate(each.percent, name="a discount's percentage"))
        if each.amount is not None:
            value(entry, "Importo", price(each.amount, name="a discount's amount"))


def _description(line: InvoiceLine, *, quantity_said: bool) -> str:
    """What was sold, in at most 1,000 characters: its name first, so that a cut takes the rest."""
    parts = [line.item.name]
    if not quantity_said:
        parts.append(f"{line.quantity:f} {unit_text(line.unit)}")
    parts.extend((line.item.description, line.note))
    parts.extend(f"{each.name}: {each.value}" for each in line.item.attributes)
    written = " - ".join(part for part in parts if part)
    return latin(
        required(written, name="a description of each line"), name="line", limit=1000, cut=True
    )


def _write_codes(element: etree._Element, line: InvoiceLine, detail: LineDetails) -> None:
    item = line.item
    codes = detail.codes or (
        *((("EAN", item.standard_id.value),) if item.standard_id else ()),
        *((("Codice Art. fornitore", item.seller_id),) if item.seller_id else ()),
        *((("Codice Art. cliente", item.buyer_id),) if item.buyer_id else ()),
        *((_LISTS.get(c.scheme, c.scheme or "ZZZ"), c.code) for c in item.classifications),
    )
    for kind, code in codes:
        entry = group(element, "CodiceArticolo")
        value(entry, "CodiceTipo", basic(kind, name="a code's list", limit=35))
        value(entry, "CodiceValore", latin(code, name="an article's code", limit=35))


_LISTS: Final = {"STI": "CPV", "HS": "TARIC", "TSR": "TARIC"}


def _write_extra(element: etree._Element, each: ExtraData) -> None:
    entry = group(element, "AltriDatiGestionali")
    value(entry, "TipoDato", basic(each.kind, name="TipoDato", limit=10))
    value(entry, "RiferimentoTesto", latin(each.text, name="a line's data", limit=60, cut=True))
    if each.number is not None:
        value(entry, "RiferimentoNumero", price(each.number, name="RiferimentoNumero"))
    value(entry, "RiferimentoData", each.on)


def _write_charge(
    goods: etree._Element,
    each: AllowanceCharge,
    *,
    number: int,
    groups: tuple[WrittenGroup, ...],
) -> None:
    """An allowance or charge of the document as a line, since it changes the taxable amount."""
    signed = each.amount if each.is_charge else -each.amount
    element = group(goods, "DettaglioLinee")
    value(element, "NumeroLinea", number)
    value(element, "TipoCessionePrestazione", "AC" if each.is_charge else "SC")
    reason = each.reason or ("Spese accessorie" if each.is_charge else "Sconto")
    value(element, "Descrizione", latin(reason, name="a reason", limit=1000, cut=True))
    value(element, "PrezzoUnitario", price(signed, name="an allowance"))
    value(element, "PrezzoTotale", price(signed, name="an allowance"))
    value(element, "AliquotaIVA", rate(each.vat_rate or Decimal(0), name="a VAT rate"))
    value(
        element,
        "Natura",
        natura_for(groups, category=each.vat_category, per_cent=each.vat_rate, reason=""),
    )
