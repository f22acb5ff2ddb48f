"""SdI's controls of amounts and rates: lines, VAT groups, and how they fit each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from lxml import etree

from usance.formats.einvoice.parsing import child, children, optional_number, path_of, text
from usance.formats.fatturapa.natura import ABOLISHED
from usance.formats.fatturapa.reading_lines import read_adjustments, unit_amounts

_ONE_CENT: Final = Decimal("0.01")
_ONE_EURO: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class BrokenControl:
    """A control that the file does not pass: SdI's code, where, what is wrong and what to do."""

    code: str
    place: str
    message: str
    fix: str


def broken(code: str, element: etree._Element, message: str, fix: str) -> BrokenControl:
    """A control that ``element`` breaks."""
    return BrokenControl(code=code, place=path_of(element), message=message, fix=fix)


def empty_adjustment(element: etree._Element, code: str) -> Iterator[BrokenControl]:
    """A discount or surcharge that says neither how much nor what share (00437, 00438)."""
    if not text(element, "Percentuale") and not text(element, "Importo"):
        yield broken(
            code,
            element,
            "A discount or surcharge has neither a percentage nor an amount.",
            "Give one of them.",
        )


def line_controls(body: etree._Element, general: etree._Element) -> Iterator[BrokenControl]:
    """Controls of lines and contributions one by one (00400 to 00424, 00438, 00445)."""
    for line in children(body, "DatiBeniServizi", "DettaglioLinee"):
        yield from _natura(line, missing="00400", too_much="00401")
        for adjustment in children(line, "ScontoMaggiorazione"):
            yield from empty_adjustment(adjustment, "00438")
        yield from _line_amount(line)
    for fund in children(general, "DatiCassaPrevidenziale"):
        yield from _natura(fund, missing="00413", too_much="00414")


def _natura(element: etree._Element, *, missing: str, too_much: str) -> Iterator[BrokenControl]:
    rate, natura = optional_number(element, "AliquotaIVA"), text(element, "Natura")
    if rate is None:
        return
    if not rate and not natura:
        yield broken(
            missing,
            element,
            "AliquotaIVA is zero and Natura does not say why.",
            "Give the Natura, such as N3.2 for goods to another EU country.",
        )
    if rate and natura:
        yield broken(
            too_much,
            element,
            f"Natura {natura} is given beside VAT of {rate} %.",
            "Take the Natura off, or set the rate to zero.",
        )
    if 0 < rate < 1:
        yield broken(
            "00424",
            element,
            f"AliquotaIVA {rate} is not in percent.",
            "Write 22.00 for 22 percent.",
        )
    if natura in ABOLISHED:
        yield broken(
            "00445",
            element,
            f"Natura {natura} is not valid any more for invoices since 2021.",
            f"Give the detailed code, such as {natura}.1.",
        )


def _line_amount(line: etree._Element) -> Iterator[BrokenControl]:
    price = optional_number(line, "PrezzoUnitario")
    total = optional_number(line, "PrezzoTotale")
    if price is None or total is None:
        return
    many = optional_number(line, "Quantita")
    adjustments = read_adjustments(line)
    changes = unit_amounts(adjustments, price=price)
    one = price + sum(
        (a if each.is_charge else -a for each, a in zip(adjustments, changes, strict=True)),
        Decimal(0),
    )
    expected = one * (Decimal(1) if many is None else many)
    if abs(expected - total) > _ONE_CENT:
        yield broken(
            "00423",
            line,
            f"PrezzoTotale is {total}, and price with discounts by quantity gives {expected:f}.",
            "Correct the line's amount, price, discount or quantity.",
        )


Key = tuple[Decimal, str]


def _key(element: etree._Element) -> Key:
    rate = optional_number(element, "AliquotaIVA") or Decimal(0)
    return rate, text(element, "Natura")


def _shown(key: Key) -> str:
    return f"{key[0]} %" + (f" {key[1]}" if key[1] else "")


def group_controls(body: etree._Element, general: etree._Element) -> Iterator[BrokenControl]:
    """Controls of the VAT groups against their lines (00419 to 00422, 00429, 00430, 00443, 00444)."""
    goods = child(body, "DatiBeniServizi")
    sums: dict[Key, Decimal] = {}
    for element, name in (
        *((line, "PrezzoTotale") for line in children(goods, "DettaglioLinee")),
        *((fund, "ImportoContributoCassa") for fund in children(general, "DatiCassaPrevidenziale")),
    ):
        key = _key(element)
        figure = optional_number(element, name) or Decimal(0)
        sums[key] = sums.get(key, Decimal(0)) + figure
    groups: dict[Key, list[etree._Element]] = {}
    for element in children(goods, "DatiRiepilogo"):
        groups.setdefault(_key(element), []).append(element)
        yield from _natura(element, missing="00429", too_much="00430")
        yield from _tax(element)
    if goods is None or not groups:
        return
    yield from _matching(goods, sums, groups)
    for key, elements in groups.items():
        if key in sums:
            yield from _taxable(elements, key, sums[key])


def _tax(element: etree._Element) -> Iterator[BrokenControl]:
    taxable, tax = (optional_number(element, name) for name in ("ImponibileImporto", "Imposta"))
    rate, natura = _key(element)
    if taxable is not None and tax is not None:
        expected = taxable * rate / 100
        if abs(expected - tax) > _ONE_CENT:
            yield broken(
                "00421",
                element,
                f"Imposta is {tax}, and {rate} % of {taxable} is {expected:.2f}.",
                "Correct the tax; one cent of difference is let pass.",
            )
    if text(element, "EsigibilitaIVA") == "S" and natura.startswith("N6"):
        yield broken(
            "00420",
            element,
            f"Natura {natura} (reverse charge) stands beside split payment.",
            "A supply is under one of them only.",
        )


def _matching(
    goods: etree._Element, sums: dict[Key, Decimal], groups: dict[Key, list[etree._Element]]
) -> Iterator[BrokenControl]:
    rates = {rate for rate, _ in groups}
    for key in sums:
        if key[0] not in rates:
            yield broken(
                "00419",
                goods,
                f"Lines at {_shown(key)} have no DatiRiepilogo.",
                "Give a VAT group for every rate.",
            )
        elif key not in groups:
            yield broken(
                "00444",
                goods,
                f"Lines at {_shown(key)} have no DatiRiepilogo of the same Natura.",
                "Give a VAT group for every Natura.",
            )
    for key, elements in groups.items():
        if key not in sums:
            same_rate = key[0] in {rate for rate, _ in sums}
            yield broken(
                "00444" if same_rate else "00443",
                elements[0],
                f"The VAT group at {_shown(key)} has no line.",
                "Leave the group out, or correct the rates of the lines.",
            )


def _taxable(elements: list[etree._Element], key: Key, lines: Decimal) -> Iterator[BrokenControl]:
    stated = rounding = Decimal(0)
    for element in elements:
        stated += optional_number(element, "ImponibileImporto") or Decimal(0)
        rounding += optional_number(element, "Arrotondamento") or Decimal(0)
    if abs(lines + rounding - stated) > _ONE_EURO:
        yield broken(
            "00422",
            elements[0],
            f"ImponibileImporto at {_shown(key)} is {stated}, and lines, contributions and rounding "
            f"add up to {lines + rounding:f}.",
            "Correct the taxable amount; one euro of difference is let pass.",
        )
