"""The table of lines: which columns a document needs, and what stands in each row."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from usance.formats.invoice_pdf.column_widths import widest
from usance.formats.invoice_pdf.wording import Wording, country_of
from usance.rules.invoicing.document import (
    AllowanceCharge,
    InvoiceDocument,
    InvoiceLine,
    Period,
    Price,
)

_HSN_SCHEMES: Final = frozenset({"HS", "HSN", "SAC", "GN"})

# Shorter details share a line.
_LINE: Final = 56

# A row whose description is longer than this may break over two pages; others stay whole.
_LONGEST_WHOLE_ROW: Final = 700

# Texts of one line however narrow their column: nothing in them lets a line end. Other texts are of one
# line if their column was measured by them.
_UNBROKEN: Final = re.compile("[0-9A-Za-z.,%₹\u2212\u00a0\u202f]*")


def line_table(document: InvoiceDocument, *, wording: Wording) -> dict[str, Any]:
    """Columns, groups of rows with their subtotals, and the words of the page breaks."""
    with_codes = country_of(document.seller) == "IN"
    with_tax = any(line.vat_category != "O" for line in document.lines)
    columns = [
        ["position", "end"],
        ["description", "start"],
        *([["hsn", "start"]] if with_codes else []),
        ["quantity", "end"],
        ["unit_price", "end"],
        *([["tax_rate", "end"]] if with_tax else []),
        ["net", "end"],
    ]
    keys = [key for key, _ in columns]
    running = Decimal(0)
    groups = []
    grouped = [
        (name, list(lines)) for name, lines in groupby(document.lines, lambda one: one.group)
    ]
    for name, lines in grouped:
        rows = []
        for line in lines:
            running += line.net
            row = _row(line, document=document, wording=wording, keys=keys)
            rows.append(row | {"running": wording.figures.amount(running)})
        # A single group, or a single line under a heading, needs no sum of its own.
        summed = bool(name) and len(lines) > 1 and len(grouped) > 1
        groups.append(
            {
                "heading": name,
                "rows": rows,
                "subtotal": [
                    wording.say("subtotal", group=name),
                    wording.figures.amount(sum((line.net for line in lines), Decimal(0))),
                ]
                if summed
                else None,
            }
        )
    heads = {key: wording.say(key) for key in keys}
    heads["net"] += f" {document.currency}"
    cells = [
        [row["cells"][at] for group in groups for row in group["rows"]] for at in range(len(keys))
    ]
    candidates = [widest(texts) for texts in cells]
    for group in groups:
        for row in group["rows"]:
            row["plain"] = row["whole"] and all(
                _UNBROKEN.fullmatch(text) or text in wide
                for text, wide, key in zip(row["cells"], candidates, keys, strict=True)
                if key != "description"
            )
    return {
        "columns": [
            {"key": key, "align": align, "label": heads[key], "widest": wide}
            for (key, align), wide in zip(columns, candidates, strict=True)
        ],
        "groups": groups,
        "brought": wording.say("brought_forward"),
        "carried": wording.say("carried_forward"),
    }


def _row(
    line: InvoiceLine, *, document: InvoiceDocument, wording: Wording, keys: list[str]
) -> dict[str, Any]:
    figures = wording.figures
    details = _details(line, document=document, wording=wording)
    cells = {
        "position": line.id,
        "description": line.item.name,
        "hsn": _hsn(line),
        "quantity": wording.quantity(line.quantity, line.unit),
        "unit_price": _price(line.price, wording=wording),
        "tax_rate": _tax(line, wording=wording),
        "net": figures.amount(line.net),
    }
    texts = [cells[key] for key in keys]
    return {
        "cells": texts,
        "place": texts[0],
        "name": line.item.name,
        "after": texts[2:-1],
        "net": texts[-1],
        "details": details,
        "whole": sum(map(len, details)) + len(line.item.name) <= _LONGEST_WHOLE_ROW,
    }


def _hsn(line: InvoiceLine) -> str:
    return next((c.code for c in line.item.classifications if c.scheme in _HSN_SCHEMES), "")


def _tax(line: InvoiceLine, *, wording: Wording) -> str:
    """The rate; the letters of the category stand in for the rate where there is no tax."""
    if line.vat_category in ("S", "L", "M", "B") or line.vat_rate:
        return wording.figures.percent(line.vat_rate or Decimal(0))
    return f"{wording.figures.percent(Decimal(0))}\u00a0{line.vat_category}"


def _price(price: Price, *, wording: Wording) -> str:
    text = wording.figures.amount(price.net)
    if price.base_quantity is None or price.base_quantity == 1:
        return text
    unit = wording.quantity(price.base_quantity, price.base_unit or "ZZ")
    return f"{text}\n{wording.say('per', quantity=unit)}"


def _details(line: InvoiceLine, *, document: InvoiceDocument, wording: Wording) -> list[str]:
    """What stands small below the name, a line each."""
    item, say, figures = line.item, wording.say, wording.figures
    numbers = [
        say("item_number", number=item.seller_id) if item.seller_id else "",
        say("your_item_number", number=item.buyer_id) if item.buyer_id else "",
        f"GTIN {item.standard_id.value}"
        if item.standard_id and item.standard_id.scheme == "0160"
        else "",
        say("origin", country=figures.country(item.origin)) if item.origin else "",
        say("order_line", number=line.order_line) if line.order_line else "",
        period_text(line.period, wording=wording),
    ]
    price = line.price
    listed = (
        say(
            "list_price", gross=figures.amount(price.gross), discount=figures.amount(price.discount)
        )
        if price.gross is not None and price.discount
        else ""
    )
    known = " · ".join(text for text in numbers if text)
    texts = item.description.splitlines()
    if known and len(texts) == 1 and len(texts[0]) + len(known) < _LINE:
        texts, known = [f"{known} · {texts[0]}"], ""
    found = [
        *texts,
        known,
        " · ".join(f"{a.name}: {a.value}" for a in item.attributes),
        listed,
        *(allowance_text(one, wording=wording) for one in line.allowances_charges),
        line.exemption_reason if line.exemption_reason not in _reasons(document) else "",
        *line.note.splitlines(),
    ]
    return [text.strip() for text in found if text.strip()]


def _reasons(document: InvoiceDocument) -> set[str]:
    """What the tax summary says of whole categories, and no line need repeat."""
    return {entry.exemption_reason for entry in document.vat}


def allowance_text(one: AllowanceCharge, *, wording: Wording, signed: bool = True) -> str:
    """An allowance or charge as a phrase: ``Discount (10% of 120.00): −12.00``."""
    figures = wording.figures
    text = one.reason or wording.say("charge" if one.is_charge else "discount")
    if one.percent is not None and one.base is not None:
        text += " ({})".format(
            wording.say(
                "percent_of_base",
                percent=figures.percent(one.percent),
                base=figures.amount(one.base),
            )
        )
    elif one.percent is not None:
        text += f" ({figures.percent(one.percent)})"
    if not signed:
        return text
    return f"{text}: {figures.amount(one.amount if one.is_charge else -one.amount)}"


def period_text(period: Period | None, *, wording: Wording) -> str:
    """``1 Mar 2026 – 31 Mar 2026``; one day alone if both ends are the same."""
    if period is None:
        return ""
    ends = dict.fromkeys(on for on in (period.start, period.end) if on)
    return " – ".join(wording.figures.day(on) for on in ends)
