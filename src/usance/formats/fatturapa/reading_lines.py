"""The lines and VAT groups of a FatturaPA."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from lxml import etree

from usance.formats.einvoice.parsing import (
    child,
    children,
    number,
    optional_day,
    optional_number,
    required,
    required_text,
)
from usance.formats.fatturapa.codes import unit_code
from usance.formats.fatturapa.fattura import (
    Adjustment,
    ExtraData,
    LineDetails,
    PensionFund,
    RelatedDocument,
    SummaryDetails,
)
from usance.formats.fatturapa.natura import read_category
from usance.formats.fatturapa.values import text
from usance.rules.invoicing.document import (
    AllowanceCharge,
    Classification,
    Identifier,
    InvoiceLine,
    Item,
    Period,
    Price,
    VatBreakdown,
)
from usance.rules.money import round_half_up

GROUP: Final = "GRUPPO"
"""TipoDato under which the heading of a line is written (InvoiceLine.group)."""

_GTIN: Final = frozenset({"EAN", "EAN13", "EAN8", "GTIN", "BARCODE", "UPC"})
_BUYERS: Final = frozenset({"CODICE ART. CLIENTE", "CLIENTE", "CODICE CLIENTE", "ASWARTCLI"})
_LISTS: Final = {"CPV": "STI", "TARIC": "HS", "NC": "HS", "HS": "HS"}


@dataclass(frozen=True, slots=True)
class VatGroups:
    """The VAT groups of a document, and the category of each rate and Natura."""

    breakdown: tuple[VatBreakdown, ...]
    details: tuple[SummaryDetails, ...]
    categories: dict[tuple[Decimal, str], str]

    def category(self, rate: Decimal, natura: str) -> str:
        """The VAT category of a line; a line without its group is judged by itself."""
        return self.categories.get((rate, natura)) or ("S" if rate else "E" if natura else "Z")

    def is_one(self, category: str) -> bool:
        """Whether one group only has this category and no tax, so that it tells the Natura."""
        return sum(1 for group in self.breakdown if group.category == category) == 1


def read_groups(goods: etree._Element, *, buyer_country: str, regime: str) -> VatGroups:
    """The VAT groups [DatiRiepilogo] of DatiBeniServizi."""
    elements = list(children(goods, "DatiRiepilogo"))
    keys = [(_rate(element), text(element, "Natura")) for element in elements]

    def categories(*, alone: bool) -> list[tuple[str, str]]:
        return [
            _category(
                rate,
                natura,
                collectability=text(element, "EsigibilitaIVA"),
                buyer_country=buyer_country,
                regime=regime,
                alone=alone,
            )
            for element, (rate, natura) in zip(elements, keys, strict=True)
        ]

    found = categories(alone=True)
    if len({category for category, _ in found}) > 1:
        found = categories(alone=False)
    return VatGroups(
        breakdown=tuple(
            VatBreakdown(
                category=category,
                taxable=number(required(element, "ImponibileImporto", term="A taxable amount")),
                tax=number(required(element, "Imposta", term="A tax amount")),
                rate=None if category == "O" else rate,
                exemption_reason=text(element, "RiferimentoNormativo") if not rate else "",
                exemption_code=code,
            )
            for element, (rate, _), (category, code) in zip(elements, keys, found, strict=True)
        ),
        details=tuple(
            SummaryDetails(
                natura=natura,
                collectability=text(element, "EsigibilitaIVA"),
                rounding=optional_number(element, "Arrotondamento"),
                accessory=optional_number(element, "SpeseAccessorie"),
                legal_reference=text(element, "RiferimentoNormativo"),
            )
            for element, (_, natura) in zip(elements, keys, strict=True)
        ),
        categories={key: category for key, (category, _) in zip(keys, found, strict=True)},
    )


def _category(
    rate: Decimal, natura: str, *, collectability: str, buyer_country: str, regime: str, alone: bool
) -> tuple[str, str]:
    if rate:
        return ("B" if collectability == "S" else "S"), ""
    if not natura:
        return "Z", ""
    return read_category(natura, buyer_country=buyer_country, regime=regime, alone=alone)


def _rate(element: etree._Element) -> Decimal:
    return optional_number(element, "AliquotaIVA") or Decimal(0)


def read_lines(
    goods: etree._Element, *, groups: VatGroups, related: Iterable[RelatedDocument]
) -> tuple[tuple[InvoiceLine, ...], tuple[AllowanceCharge, ...], tuple[LineDetails, ...]]:
    """The lines, and those that are a discount or accessory expense of the whole document.

    TipoCessionePrestazione SC or AB with a negative amount is an allowance of the document (BG-20), AC
    with a positive one a charge (BG-21), if nothing but its amount and VAT is said of it.
    """
    orders = [each for each in related if each.kind == "order" and each.item]
    lines: list[InvoiceLine] = []
    adjustments: list[AllowanceCharge] = []
    details: list[LineDetails] = []
    elements = list(children(goods, "DettaglioLinee"))
    may_leave = any(not text(element, "TipoCessionePrestazione") for element in elements)
    for element in elements:
        line, detail = _line(element, groups=groups, orders=orders)
        whole = _of_the_whole(line, detail, groups) if may_leave else None
        if whole is not None:
            adjustments.append(whole)
            continue
        lines.append(line)
        if detail != LineDetails(line=line.id):
            details.append(detail)
    return tuple(lines), tuple(adjustments), tuple(details)


def _of_the_whole(
    line: InvoiceLine, detail: LineDetails, groups: VatGroups
) -> AllowanceCharge | None:
    is_charge = detail.supply == "AC" and line.net > 0
    if not is_charge and not (detail.supply in ("SC", "AB") and line.net < 0):
        return None
    plain = LineDetails(
        line=line.id,
        natura=detail.natura,
        unit=detail.unit,
        supply=detail.supply,
        without_quantity=detail.without_quantity,
    )
    if detail != plain or abs(line.quantity) != 1 or line.period or line.accounting or line.group:
        return None
    if not line.vat_rate and not groups.is_one(line.vat_category):
        return None
    return AllowanceCharge(
        is_charge=is_charge,
        amount=abs(line.net),
        reason=line.item.name,
        vat_category=line.vat_category,
        vat_rate=line.vat_rate,
    )


def _line(
    element: etree._Element, *, groups: VatGroups, orders: list[RelatedDocument]
) -> tuple[InvoiceLine, LineDetails]:
    rate, natura = _rate(element), text(element, "Natura")
    category = groups.category(rate, natura)
    written_quantity = optional_number(element, "Quantita")
    quantity = Decimal(1) if written_quantity is None else written_quantity
    unit = text(element, "UnitaMisura")
    price = number(required(element, "PrezzoUnitario", term="The price of a line"))
    # FatturaPA has no negative quantities and gives back at a negative price; EN 16931 has it the
    # other way round (BR-27).
    sign = -1 if price < 0 < quantity else 1
    adjustments = read_adjustments(element)
    codes = tuple(
        (text(code, "CodiceTipo"), text(code, "CodiceValore"))
        for code in children(element, "CodiceArticolo")
    )
    extra = tuple(_extra(each) for each in children(element, "AltriDatiGestionali"))
    heading = next((each.text for each in extra if each.kind == GROUP), "")
    line_id = required_text(element, "NumeroLinea", term="The number of a line")
    start = optional_day(element, "DataInizioPeriodo")
    end = optional_day(element, "DataFinePeriodo")
    line = InvoiceLine(
        id=line_id,
        item=_item(text(element, "Descrizione"), codes),
        quantity=sign * quantity,
        unit=unit_code(unit),
        net=number(required(element, "PrezzoTotale", term="The amount of a line")),
        price=Price(net=sign * price),
        vat_category=category,
        vat_rate=None if category == "O" else rate,
        order_line=next(
            (each.item for each in orders if line_id in {str(n) for n in each.lines}), ""
        ),
        accounting=text(element, "RiferimentoAmministrazione"),
        period=Period(start=start, end=end) if start or end else None,
        allowances_charges=tuple(_of_line(adjustments, price=price, quantity=quantity)),
        group=heading,
    )
    return line, LineDetails(
        line=line_id,
        natura="" if rate else natura,
        unit=unit,
        supply=text(element, "TipoCessionePrestazione"),
        withheld=text(element, "Ritenuta") == "SI",
        without_quantity=written_quantity is None,
        adjustments=adjustments,
        codes=codes,
        extra=tuple(each for each in extra if each.kind != GROUP),
    )


def read_adjustments(element: etree._Element) -> tuple[Adjustment, ...]:
    """The discounts and surcharges [ScontoMaggiorazione] of a line or a document."""
    return tuple(
        Adjustment(
            is_charge=text(each, "Tipo") == "MG",
            percent=optional_number(each, "Percentuale"),
            amount=optional_number(each, "Importo"),
        )
        for each in children(element, "ScontoMaggiorazione")
    )


def unit_amounts(adjustments: Iterable[Adjustment], *, price: Decimal) -> list[Decimal]:
    """What each discount or surcharge is for one unit: its amount, or its share of what the ones
    before it have left of the price (specifications, 2.2.1.10)."""
    amounts = []
    for each in adjustments:
        amount = each.amount or price * (each.percent or Decimal(0)) / Decimal(100)
        price += amount if each.is_charge else -amount
        amounts.append(amount)
    return amounts


def _of_line(
    adjustments: tuple[Adjustment, ...], *, price: Decimal, quantity: Decimal
) -> Iterable[AllowanceCharge]:
    for each, amount in zip(adjustments, unit_amounts(adjustments, price=price), strict=True):
        yield AllowanceCharge(
            is_charge=each.is_charge,
            amount=to_cents(amount * quantity),
            percent=each.percent,
            reason="Maggiorazione" if each.is_charge else "Sconto",
        )


def to_cents(value: Decimal) -> Decimal:
    """``value`` rounded half up to two decimals."""
    return Decimal(round_half_up(value * 100)).scaleb(-2)


def _extra(element: etree._Element) -> ExtraData:
    return ExtraData(
        kind=text(element, "TipoDato"),
        text=text(element, "RiferimentoTesto"),
        number=optional_number(element, "RiferimentoNumero"),
        on=optional_day(element, "RiferimentoData"),
    )


def _item(name: str, codes: tuple[tuple[str, str], ...]) -> Item:
    seller_id = buyer_id = ""
    standard_id = None
    classifications = []
    for kind, value in codes:
        upper = kind.upper()
        if upper in _GTIN and standard_id is None:
            standard_id = Identifier(value, "0160")
        elif upper in _LISTS:
            classifications.append(Classification(code=value, scheme=_LISTS[upper]))
        elif upper in _BUYERS:
            buyer_id = buyer_id or value
        else:
            seller_id = seller_id or value
    return Item(
        name=name,
        seller_id=seller_id,
        buyer_id=buyer_id,
        standard_id=standard_id,
        classifications=tuple(classifications),
    )


def fund_charge(fund: PensionFund, *, groups: VatGroups | None = None) -> AllowanceCharge:
    """A pension fund's contribution as the charge of the document that it is to its buyer (BG-21)."""
    category = groups.category(fund.vat_rate, fund.natura) if groups else ""
    return AllowanceCharge(
        is_charge=True,
        amount=fund.amount,
        base=fund.base,
        percent=fund.rate,
        reason=f"Contributo cassa previdenziale {fund.kind}",
        vat_category=category,
        vat_rate=None if category == "O" else fund.vat_rate,
    )


def read_funds(general: etree._Element) -> tuple[PensionFund, ...]:
    """The contributions to pension funds [DatiCassaPrevidenziale]."""
    return tuple(
        PensionFund(
            kind=text(each, "TipoCassa"),
            rate=optional_number(each, "AlCassa") or Decimal(0),
            amount=number(required(each, "ImportoContributoCassa", term="A contribution")),
            base=optional_number(each, "ImponibileCassa"),
            vat_rate=_rate(each),
            withheld=text(each, "Ritenuta") == "SI",
            natura=text(each, "Natura"),
            accounting=text(each, "RiferimentoAmministrazione"),
        )
        for each in children(general, "DatiCassaPrevidenziale")
    )


def goods_of(body: etree._Element) -> etree._Element:
    """DatiBeniServizi with at least one line. Raises FormatError ``missing_element``."""
    goods = required(body, "DatiBeniServizi", term="What was sold")
    required(goods, "DettaglioLinee", term="The first line")
    return (
        goods
        if child(goods, "DatiRiepilogo") is not None
        else required(goods, "DatiRiepilogo", term="The VAT")
    )
