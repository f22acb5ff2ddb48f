"""The VAT groups of a FatturaPA from those of the model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from lxml import etree

from usance.formats.errors import FormatError
from usance.formats.fatturapa.elements import group, value
from usance.formats.fatturapa.fattura import FatturaDetails, SummaryDetails
from usance.formats.fatturapa.natura import legal_reference, natura_of
from usance.formats.fatturapa.texts import amount, latin, price, rate
from usance.rules.invoicing.document import InvoiceDocument, VatBreakdown

_CASH_REGIMES: Final = frozenset({"RF16", "RF17"})
_PAID_ON: Final = "432"
"""UNTDID 2005: the tax falls due on payment (BT-8)."""


@dataclass(frozen=True, slots=True)
class WrittenGroup:
    """A VAT group of the model with its Italian data."""

    group: VatBreakdown
    details: SummaryDetails


def written_groups(document: InvoiceDocument, details: FatturaDetails) -> tuple[WrittenGroup, ...]:
    """The VAT groups with Natura, EsigibilitaIVA and legal reference. Raises FormatError."""
    if len(details.summaries) == len(document.vat):
        return tuple(
            WrittenGroup(each, said)
            for each, said in zip(document.vat, details.summaries, strict=True)
        )
    return tuple(WrittenGroup(each, _summary(each, document, details)) for each in document.vat)


def _summary(
    each: VatBreakdown, document: InvoiceDocument, details: FatturaDetails
) -> SummaryDetails:
    natura = _line_natura(each, document, details) or natura_of(
        each, document=document, regime=details.regime
    )
    if natura:
        law = legal_reference(natura, regime=details.regime, reason=each.exemption_reason)
        return SummaryDetails(natura=natura, legal_reference=law)
    if each.category == "B":
        return SummaryDetails(
            collectability="S", legal_reference="Scissione dei pagamenti art. 17-ter DPR 633/1972"
        )
    on_payment = document.tax_point_code == _PAID_ON or details.regime in _CASH_REGIMES
    return SummaryDetails(collectability=details.collectability or ("D" if on_payment else "I"))


def _line_natura(each: VatBreakdown, document: InvoiceDocument, details: FatturaDetails) -> str:
    """The Natura that the details give to the lines of this group."""
    if each.rate and each.category in ("S", "B"):
        return ""
    ids = {
        line.id
        for line in document.lines
        if line.vat_category == each.category
        and (not line.exemption_reason or line.exemption_reason == each.exemption_reason)
    }
    return next((d.natura for d in details.lines if d.line in ids and d.natura), "")


def natura_for(
    groups: tuple[WrittenGroup, ...], *, category: str, per_cent: Decimal | None, reason: str
) -> str:
    """The Natura of a line or allowance, by its VAT group. Raises FormatError ``no_vat_group``."""
    fitting = [
        each
        for each in groups
        if each.group.category == category and (each.group.rate or 0) == (per_cent or 0)
    ]
    if not fitting:
        raise FormatError(
            f"No VAT group of the invoice has category {category} at {per_cent or 0} %; the VAT "
            "breakdown must have one for every line.",
            code="no_vat_group",
        )
    same = [each for each in fitting if reason and each.group.exemption_reason == reason]
    return (same or fitting)[0].details.natura


def merged(groups: tuple[WrittenGroup, ...]) -> list[WrittenGroup]:
    """Groups that Italy does not tell apart (same rate, Natura and due date of the tax) as one."""
    so_far: dict[tuple[Decimal, str, str], WrittenGroup] = {}
    for each in groups:
        key = (
            each.group.rate or Decimal(0),
            each.details.natura,
            each.details.collectability,
        )
        before = so_far.get(key)
        so_far[key] = each if before is None else _sum(before, each)
    return list(so_far.values())


def _sum(one: WrittenGroup, other: WrittenGroup) -> WrittenGroup:
    laws = (one.details.legal_reference, other.details.legal_reference)
    return WrittenGroup(
        group=replace(
            one.group,
            taxable=one.group.taxable + other.group.taxable,
            tax=one.group.tax + other.group.tax,
        ),
        details=replace(
            one.details,
            legal_reference="; ".join(dict.fromkeys(law for law in laws if law)),
            rounding=_added(one.details.rounding, other.details.rounding),
            accessory=_added(one.details.accessory, other.details.accessory),
        ),
    )


def _added(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return one if other is None else other if one is None else one + other


def write_summary(goods: etree._Element, each: WrittenGroup) -> None:
    """DatiRiepilogo."""
    element = group(goods, "DatiRiepilogo")
    said = each.details
    value(element, "AliquotaIVA", rate(each.group.rate or Decimal(0), name="a VAT rate"))
    value(element, "Natura", said.natura)
    if said.accessory is not None:
        value(element, "SpeseAccessorie", amount(said.accessory, name="SpeseAccessorie"))
    if said.rounding is not None:
        value(element, "Arrotondamento", price(said.rounding, name="Arrotondamento"))
    value(element, "ImponibileImporto", amount(each.group.taxable, name="a taxable amount"))
    value(element, "Imposta", amount(each.group.tax, name="a tax amount"))
    value(element, "EsigibilitaIVA", said.collectability)
    value(
        element,
        "RiferimentoNormativo",
        latin(said.legal_reference, name="RiferimentoNormativo", limit=100, cut=True),
    )
