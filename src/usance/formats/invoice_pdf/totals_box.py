"""The sums of a document and the summary of its tax."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from usance.formats.invoice_pdf.figures import decimals_of
from usance.formats.invoice_pdf.line_table import allowance_text
from usance.formats.invoice_pdf.wording import Wording
from usance.rules.invoicing.document import InvoiceDocument, VatBreakdown
from usance.rules.invoicing.split_payment import split_tax

_WITHOUT_RATE: Final = frozenset({"AE", "K", "G", "E", "O", "Z"})
_LAW: Final = frozenset({"AE", "K", "G", "B"})


def totals_box(document: InvoiceDocument, *, wording: Wording) -> list[dict[str, str]]:
    """Label, value and weight (``plain``, ``strong``, ``payable``) of each sum, in order."""
    totals, figures, say = document.totals, wording.figures, wording.say
    rows: list[dict[str, str]] = []

    def add(label: str, value: str, weight: str = "plain") -> None:
        rows.append({"label": label, "value": value, "weight": weight})

    if document.allowances_charges:
        add(say("sum_of_lines"), figures.amount(totals.lines))
        for one in document.allowances_charges:
            signed = one.amount if one.is_charge else -one.amount
            add(allowance_text(one, wording=wording, signed=False), figures.amount(signed))
    add(say("without_tax"), figures.amount(totals.without_vat))
    components = _component_sums(document)
    if components:
        for name, amount in components.items():
            add(name, figures.amount(amount))
    else:
        tax = totals.vat if totals.vat is not None else totals.with_vat - totals.without_vat
        add(say("tax_total"), figures.amount(tax))
    settled = totals.prepaid or totals.rounding
    if settled:
        add(say("with_tax"), figures.amount(totals.with_vat), "strong")
        split = split_tax(document.vat)
        prepaid = (totals.prepaid or Decimal(0)) - split
        if prepaid > 0:
            add(say("prepaid"), figures.amount(-prepaid))
        if split and prepaid >= 0:
            add(say("split_tax"), figures.amount(-split))
        if totals.rounding:
            add(say("rounding"), figures.amount(totals.rounding))
    label = "credited" if document.is_credit else "payable"
    add(say(label), figures.money(totals.payable), "payable")
    return rows


def tax_summary(document: InvoiceDocument, *, wording: Wording) -> dict[str, Any]:
    """The breakdown of the tax as a table, with the reasons and the tax in the other currency."""
    figures, say = wording.figures, wording.say
    components = list(_component_sums(document))
    columns = [["rate", say("rate")], ["taxable", say("taxable")]]
    for name in components:
        columns += [["part_rate", f"{name} %"], ["part", name]]
    columns.append(["tax", say("tax_amount")])
    rows = []
    for entry in document.vat:
        row = [_rate(entry, wording=wording), figures.amount(entry.taxable)]
        parts = {part.name: part for part in entry.components}
        for name in components:
            part = parts.get(name)
            row += [figures.percent(part.rate), figures.amount(part.amount)] if part else ["–", "–"]
        rows.append([*row, figures.amount(entry.tax)])
    return {
        "heading": say("breakdown"),
        "columns": [{"key": key, "label": label} for key, label in columns],
        "rows": rows,
        "wide": bool(components),
        "notes": [
            *_other_currency(document, wording=wording),
            *_reasons(document, wording=wording),
        ],
    }


def _component_sums(document: InvoiceDocument) -> dict[str, Decimal]:
    """The parts of the tax by name, in order of appearance."""
    sums: dict[str, Decimal] = {}
    for entry in document.vat:
        for part in entry.components:
            sums[part.name] = sums.get(part.name, Decimal(0)) + part.amount
    return sums


def _rate(entry: VatBreakdown, *, wording: Wording) -> str:
    name = wording.phrases.get(f"category_{entry.category}", entry.category)
    if entry.category in _WITHOUT_RATE and not entry.rate:
        return f"{name} ({entry.category})"
    rate = wording.figures.percent(entry.rate or Decimal(0))
    return rate if entry.category == "S" else f"{rate} {name}"


def _reasons(document: InvoiceDocument, *, wording: Wording) -> list[str]:
    """Why tax is missing: the document's own reason, else the sentence the law asks for."""
    found = []
    for entry in document.vat:
        law = wording.say(f"law_{entry.category}") if entry.category in _LAW else ""
        own = entry.exemption_reason.strip()
        # The document's own reason may be in another language than the reader's: both are printed,
        # unless the sentence of the law says it already.
        if own.casefold().rstrip(".") in law.casefold():
            own = ""
        text = f"{law} {own}".strip()
        if text:
            found.append(f"{entry.category}: {text}")
    return list(dict.fromkeys(found))


def _other_currency(document: InvoiceDocument, *, wording: Wording) -> list[str]:
    """The tax in the accounting currency (Directive 2006/112/EC, article 230) and the rate used."""
    tax = document.totals.vat_in_tax_currency
    if not document.tax_currency or document.tax_currency == document.currency or tax is None:
        return []
    text = wording.say(
        "tax_in_currency",
        currency=document.tax_currency,
        amount=wording.figures.number(tax, decimals=decimals_of(document.tax_currency)),
    )
    if document.tax_exchange_rate is None:
        return [text]
    rate = wording.say(
        "exchange_rate",
        source=document.currency,
        target=document.tax_currency,
        rate=wording.figures.number(document.tax_exchange_rate),
    )
    return [f"{text} ({rate})"]
