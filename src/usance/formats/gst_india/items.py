"""The lines of an invoice as items that the portal adds up itself.

Each item has its own tax, while EN 16931 taxes a whole group: the tax of a group, and of each of its
parts (CGST, SGST, IGST), is shared out to its lines so that they sum up to it to the paisa. Allowances of
the document lower the items of their rate (CGST Act 2017, s. 15(3)(a)); charges are items of their own
under the HSN of the goods that they came with (composite supply, s. 8(a)).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from usance.formats.errors import FormatError
from usance.formats.gst_india.details import GstDetails, GstLine
from usance.formats.gst_india.states import unit_quantity_code
from usance.formats.gst_india.texts import amount, plain, three_decimals, written_day
from usance.rules.invoicing.document import (
    AllowanceCharge,
    InvoiceDocument,
    InvoiceLine,
    TaxComponent,
    VatBreakdown,
)
from usance.rules.money import round_half_up

ZERO: Final = Decimal(0)
_RUPEE: Final = Decimal(1)
"""What the portal lets pass between a price by its quantity and the amount."""

CGST, SGST, IGST, CESS = "CGST", "SGST", "IGST", "CESS"
_NAMES: Final = {"UTGST": SGST, "COMPENSATION CESS": CESS}


def paise(value: Decimal) -> Decimal:
    """``value`` rounded half up to two decimals."""
    return Decimal(round_half_up(value * 100)).scaleb(-2)


@dataclass(slots=True)
class Item:
    """One entry of ItemList on its way: amounts in rupees."""

    line: InvoiceLine
    said: GstLine
    hsn: str
    gross: Decimal
    discount: Decimal
    rate: Decimal
    taxes: dict[str, Decimal] = field(default_factory=dict)
    rates: dict[str, Decimal] = field(default_factory=dict)

    @property
    def taxable(self) -> Decimal:
        """AssAmt."""
        return self.gross - self.discount

    @property
    def key(self) -> tuple[str, Decimal]:
        """Its VAT group."""
        return self.line.vat_category, self.rate


def items_of(document: InvoiceDocument, details: GstDetails, *, within_state: bool) -> list[Item]:
    """The items with their taxes. Amounts of ``document`` are rupees. Raises FormatError."""
    said = {each.line: each for each in details.lines}
    items = [_item(line, said.get(line.id, GstLine(line.id))) for line in document.lines]
    for entry in document.allowances_charges:
        if entry.is_charge:
            items.append(_charge(entry, items))
        else:
            _spread_allowance(entry, items)
    for group in document.vat:
        _share_tax(group, items, within_state=within_state)
    return items


def _item(line: InvoiceLine, said: GstLine) -> Item:
    hsn = said.hsn or next((c.code for c in line.item.classifications if c.scheme == "HS"), "")
    if len(hsn) not in (4, 6, 8) or not hsn.isascii() or not hsn.isdigit() or not hsn.strip("0"):
        raise FormatError(
            f"Line {line.id} ({line.item.name[:40]!r}) has {hsn or 'no'} HSN or SAC code; give the "
            "4, 6 or 8 digits of the goods or service as its classification (BT-158, list HS).",
            code="missing_hsn",
        )
    taken_off = [each.amount for each in line.allowances_charges if not each.is_charge]
    discount = sum(taken_off, ZERO)
    return Item(
        line=line,
        said=said,
        hsn=hsn,
        gross=line.net + discount,
        discount=discount,
        rate=line.vat_rate or ZERO,
    )


def _charge(entry: AllowanceCharge, items: list[Item]) -> Item:
    key = (entry.vat_category, entry.vat_rate or ZERO)
    principal = next((item for item in items if item.key == key), None)
    if principal is None:
        raise FormatError(
            f"The charge {entry.reason or entry.amount} has GST of {key[1]} %, at which nothing is "
            "sold; charge it at the rate of the goods it came with.",
            code="charge_without_goods",
        )
    name = entry.reason or "Other charges"
    line = replace(
        principal.line,
        id="",
        item=replace(principal.line.item, name=name, description="", seller_id="", attributes=()),
        quantity=Decimal(1),
        unit="C62",
        net=entry.amount,
        price=replace(principal.line.price, net=entry.amount, base_quantity=None),
        order_line="",
        allowances_charges=(),
    )
    return Item(
        line=line,
        said=GstLine("", is_service=principal.said.is_service, unit="OTH"),
        hsn=principal.hsn,
        gross=entry.amount,
        discount=ZERO,
        rate=principal.rate,
    )


def _spread_allowance(entry: AllowanceCharge, items: list[Item]) -> None:
    """Take ``entry`` off the items of its rate, in proportion to what they are."""
    own = [item for item in items if item.key == (entry.vat_category, entry.vat_rate or ZERO)]
    for item, part in zip(own, shares(entry.amount, [i.taxable for i in own]), strict=True):
        item.discount += part


def shares(whole: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """``whole`` in parts by weight, each of full paise, that sum up to it; the rest on the largest.

    Raises FormatError ``nothing_to_share`` where there is a whole and no weight.
    """
    total = sum(weights, ZERO)
    if not whole:
        return [ZERO for _ in weights]
    if not total:
        raise FormatError(
            f"{whole} is to be shared out to lines at its rate, and there are none with an amount; "
            "correct the lines or the VAT breakdown.",
            code="nothing_to_share",
        )
    parts = [paise(whole * weight / total) for weight in weights]
    largest = max(range(len(weights)), key=lambda at: weights[at])
    parts[largest] += whole - sum(parts, ZERO)
    return parts


def parts_of(group: VatBreakdown, *, within_state: bool) -> tuple[TaxComponent, ...]:
    """The parts of a group's tax: as the document says, else IGST, or half CGST and half SGST."""
    if group.components or not group.tax:
        return tuple(
            replace(each, name=_NAMES.get(each.name.upper(), each.name.upper()))
            for each in group.components
        )
    rate = group.rate or ZERO
    if not within_state:
        return (TaxComponent(IGST, rate, group.tax),)
    half = paise(group.tax / 2)
    return (
        TaxComponent(CGST, rate / 2, half),
        TaxComponent(SGST, rate / 2, group.tax - half),
    )


def _share_tax(group: VatBreakdown, items: list[Item], *, within_state: bool) -> None:
    own = [item for item in items if item.key == (group.category, group.rate or ZERO)]
    for part in parts_of(group, within_state=within_state):
        if part.name not in (CGST, SGST, IGST, CESS):
            raise FormatError(
                f"{part.name} is no part of an Indian GST; parts are CGST, SGST, UTGST, IGST and CESS.",
                code="unknown_tax",
            )
        weights = [item.taxable for item in own]
        for item, share in zip(own, shares(part.amount, weights), strict=True):
            item.taxes[part.name] = item.taxes.get(part.name, ZERO) + share
            item.rates[part.name] = part.rate


def written_items(items: Iterable[Item]) -> list[dict[str, Any]]:
    """ItemList. Raises FormatError ``invalid_amount``."""
    return [_written(item, place) for place, item in enumerate(items, start=1)]


def _written(item: Item, place: int) -> dict[str, Any]:
    line, said = item.line, item.said
    service = item.hsn.startswith("99") if said.is_service is None else said.is_service
    quantity, unit_price, description = _priced(item)
    unit = said.unit or ("" if service else unit_quantity_code(line.unit))
    cess = item.taxes.get(CESS, ZERO) + (said.cess or ZERO)
    cess_rate = said.cess_rate if said.cess_rate is not None else item.rates.get(CESS)
    entry: dict[str, Any] = {
        "SlNo": str(place),
        "PrdDesc": description if len(description) >= 3 else "",
        "IsServc": "Y" if service else "N",
        "HsnCd": item.hsn,
        "Barcde": said.barcode or (line.item.standard_id.value if line.item.standard_id else ""),
        "Qty": quantity,
        "FreeQty": said.free_quantity,
        "Unit": unit,
        "UnitPrice": unit_price,
        "TotAmt": amount(item.gross, name=f"the gross amount of line {line.id}"),
        "Discount": amount(item.discount, name=f"the discount of line {line.id}"),
        "AssAmt": amount(item.taxable, name=f"the taxable amount of line {line.id}"),
        "GstRt": item.rate,
        "IgstAmt": item.taxes.get(IGST, ZERO),
        "CgstAmt": item.taxes.get(CGST, ZERO),
        "SgstAmt": item.taxes.get(SGST, ZERO),
        "CesRt": cess_rate,
        "CesAmt": cess or said.cess,
        "CesNonAdvlAmt": said.cess_fixed,
        "StateCesRt": said.state_cess_rate,
        "StateCesAmt": said.state_cess,
        "StateCesNonAdvlAmt": said.state_cess_fixed,
        "OthChrg": said.other_charges,
        "TotItemVal": item_total(item),
        "OrdLineRef": plain(line.order_line, limit=50),
        "OrgCntry": line.item.origin,
        "PrdSlNo": plain(said.serial_number, limit=20),
        "BchDtls": _batch(said),
        "AttribDtls": [
            {"Nm": plain(each.name, limit=100), "Val": plain(each.value, limit=100)}
            for each in line.item.attributes
        ],
    }
    return {key: value for key, value in entry.items() if value not in (None, "", [], {})}


def item_total(item: Item) -> Decimal:
    """TotItemVal: taxable amount, every tax and cess, and charges after tax."""
    said = item.said
    extra = (said.cess, said.cess_fixed, said.state_cess, said.state_cess_fixed)
    own = sum((each for each in (*extra, said.other_charges) if each is not None), ZERO)
    return item.taxable + sum(item.taxes.values(), ZERO) + own


def _priced(item: Item) -> tuple[Decimal, Decimal, str]:
    """Quantity, unit price and description. The portal multiplies and lets a rupee pass; where three
    decimals of a price cannot come that near, the item is written as one, with its quantity in words."""
    line = item.line
    description = plain(
        " - ".join(part for part in (line.item.name, line.item.description) if part), limit=300
    )
    if line.quantity > 0:
        quantity = three_decimals(line.quantity)
        unit_price = three_decimals(item.gross / line.quantity)
        if quantity == line.quantity and abs(quantity * unit_price - item.gross) <= _RUPEE:
            return quantity, unit_price, description
    counted = f"{line.quantity.normalize():f} {unit_quantity_code(line.unit)} "
    return Decimal(1), item.gross, plain(counted + description, limit=300)


def _batch(said: GstLine) -> dict[str, Any]:
    if not said.batch:
        return {}
    batch = {"Nm": plain(said.batch, limit=20)}
    if said.batch_expires_on is not None:
        batch["ExpDt"] = written_day(said.batch_expires_on)
    if said.batch_warranty_on is not None:
        batch["WrDt"] = written_day(said.batch_warranty_on)
    return batch
