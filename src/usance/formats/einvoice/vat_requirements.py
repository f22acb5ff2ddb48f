"""What each VAT category demands: numbers of the traders, rates and reasons (EN 16931-1, 6.4.3).

The rules of a category are numbered alike: 02 to 04 on numbers, 05 to 07 on rates, 10 on the reason why no
tax is charged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from usance.formats.einvoice.missing_term import MissingTerm
from usance.rules.invoicing.document import InvoiceDocument


@dataclass(frozen=True, slots=True)
class _Category:
    """How the rules of a category are called, and what they want."""

    name: str
    explained: bool = False
    """Whether the reason why no tax is charged has to be given; else it must not be (S, Z, L, M)."""
    vat_id_only: bool = False
    """Whether a tax number that is no VAT identifier is not enough of the seller."""


_CATEGORIES: Final = {
    "S": _Category("S"),
    "Z": _Category("Z"),
    "E": _Category("E", explained=True),
    "AE": _Category("AE", explained=True),
    "K": _Category("IC", explained=True, vat_id_only=True),
    "G": _Category("G", explained=True, vat_id_only=True),
    "O": _Category("O", explained=True),
    "L": _Category("AF"),
    "M": _Category("AG"),
}
_LINES, _ALLOWANCES, _CHARGES = 2, 3, 4


def vat_terms(document: InvoiceDocument) -> Iterator[MissingTerm]:
    """Terms that the VAT categories of lines, allowances and charges demand."""
    for category, number in dict.fromkeys(_used(document)):
        rule = f"BR-{_CATEGORIES[category].name}-{number:02}"
        if category == "O":
            yield from _without_vat_ids(document, rule=rule)
        else:
            yield from _seller_number(document, category, rule=rule)
            yield from _buyer_number(document, category, rule=rule)
    yield from _rates(document)
    yield from _reasons(document)
    yield from _intra_community(document)


def _used(document: InvoiceDocument) -> Iterator[tuple[str, int]]:
    """Each category that is in use, with the number of the rule on traders for where it is."""
    for line in document.lines:
        if line.vat_category in _CATEGORIES:
            yield line.vat_category, _LINES
    for entry in document.allowances_charges:
        if entry.vat_category in _CATEGORIES:
            yield entry.vat_category, _CHARGES if entry.is_charge else _ALLOWANCES


def _seller_number(document: InvoiceDocument, category: str, *, rule: str) -> Iterator[MissingTerm]:
    seller, representative = document.seller, document.tax_representative
    if seller.vat_id or (representative is not None and representative.vat_id):
        return
    vat_id_only = _CATEGORIES[category].vat_id_only
    if seller.tax_registration and not vat_id_only:
        return
    or_else = "" if vat_id_only else " or tax number"
    remedy = f"Give the seller's VAT identifier{or_else}."
    yield MissingTerm("seller.vat_id", "BT-31", rule, remedy)


def _buyer_number(document: InvoiceDocument, category: str, *, rule: str) -> Iterator[MissingTerm]:
    buyer = document.buyer
    if category == "AE" and not (buyer.vat_id or buyer.registration):
        remedy = "Give the buyer's VAT identifier or registration: the buyer owes the tax."
        yield MissingTerm("buyer.vat_id", "BT-48", rule, remedy)
    if category == "K" and not buyer.vat_id:
        remedy = "Give the buyer's VAT identifier, without which the supply is not free of tax."
        yield MissingTerm("buyer.vat_id", "BT-48", rule, remedy)


def _without_vat_ids(document: InvoiceDocument, *, rule: str) -> Iterator[MissingTerm]:
    representative = document.tax_representative
    for owner, term, vat_id in (
        ("seller", "BT-31", document.seller.vat_id),
        ("buyer", "BT-48", document.buyer.vat_id),
        ("tax_representative", "BT-63", representative.vat_id if representative else ""),
    ):
        if vat_id:
            remedy = "Leave VAT identifiers out of what is outside the scope of VAT."
            yield MissingTerm(f"{owner}.vat_id", term, rule, remedy)


def _rates(document: InvoiceDocument) -> Iterator[MissingTerm]:
    rated = [
        (f"lines[{position}].vat_rate", "BT-152", line.vat_category, line.vat_rate, 5)
        for position, line in enumerate(document.lines)
    ]
    for position, entry in enumerate(document.allowances_charges):
        term, number = ("BT-103", 7) if entry.is_charge else ("BT-96", 6)
        path = f"allowances_charges[{position}].vat_rate"
        rated.append((path, term, entry.vat_category, entry.vat_rate, number))
    for path, term, category, rate, number in rated:
        wanted = _wanted_rate(category, rate) if category in _CATEGORIES else ""
        if wanted:
            rule = f"BR-{_CATEGORIES[category].name}-{number:02}"
            yield MissingTerm(path, term, rule, wanted)


def _wanted_rate(category: str, rate: Decimal | None) -> str:
    """What to do about a rate that is not as its category wants it; empty if nothing."""
    if category == "O":
        return "" if rate is None else "Leave the rate out: this is outside the scope of VAT."
    if category in ("L", "M"):
        return "" if rate is not None and rate >= 0 else "Give the rate."
    if category == "S":
        return "" if rate is not None and rate > 0 else "Give a rate above 0, or another category."
    return "" if rate == 0 else "Give the rate as 0: this category bears no tax."


def _reasons(document: InvoiceDocument) -> Iterator[MissingTerm]:
    for position, breakdown in enumerate(document.vat):
        category = _CATEGORIES.get(breakdown.category)
        if category is None:
            continue
        explained = breakdown.exemption_reason or breakdown.exemption_code
        path, rule = f"vat[{position}].exemption_reason", f"BR-{category.name}-10"
        if category.explained and not explained:
            yield MissingTerm(path, "BT-120", rule, "Say why no tax is charged.")
        elif explained and not category.explained:
            remedy = "Leave the reason out: it is for what no tax is charged on."
            yield MissingTerm(path, "BT-120", rule, remedy)
        if breakdown.rate is None and breakdown.category != "O":
            yield MissingTerm(
                f"vat[{position}].rate", "BT-119", "BR-48", "Give the rate, 0 for no tax."
            )


def _intra_community(document: InvoiceDocument) -> Iterator[MissingTerm]:
    if all(breakdown.category != "K" for breakdown in document.vat):
        return
    delivery = document.delivery
    says_when = document.period is not None or document.tax_point_code
    if not says_when and (delivery is None or delivery.delivered_on is None):
        remedy = "Give the day of delivery or the period invoiced."
        yield MissingTerm("delivery.delivered_on", "BT-72", "BR-IC-11", remedy)
    if delivery is None or delivery.address is None or not delivery.address.country:
        remedy = "Give the country that the goods were delivered to."
        yield MissingTerm("delivery.address.country", "BT-80", "BR-IC-12", remedy)
