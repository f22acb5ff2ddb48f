"""A statement of account as a table for spreadsheets and programs (CSV, RFC 4180).

One row a fact: the opening balance, what moved, the closing balance, and what is open with its age.
Heads and codes are English whatever the reader's language; amounts are plain decimals, days ISO 8601.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from usance.formats.invoice_pdf import Statement
from usance.rules.money import EXPONENTS

COLUMNS: Final = (
    "record",
    "kind",
    "number",
    "date",
    "due_on",
    "days_overdue",
    "debit",
    "credit",
    "amount",
    "balance",
    "currency",
)
"""``balance`` is what is owed after the row, of an open item what of its ``amount`` is open."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def render(statement: Statement) -> bytes:
    """Write the statement. ``record`` is ``opening``, ``movement``, ``closing`` or ``open_item``; the open
    items less what is paid but not put to an invoice are the closing balance."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_rows(statement))
    return text.getvalue().encode()


def _rows(it: Statement) -> Iterator[dict[str, str]]:
    places = Decimal(1).scaleb(-EXPONENTS[it.currency])

    def plain(amount: Decimal) -> str:
        return f"{amount.quantize(places):f}"

    since, until = it.period.start, it.period.end
    shared = {"currency": it.currency}
    balance = it.opening
    day = "" if since is None else since.isoformat()
    yield shared | {"record": "opening", "date": day, "balance": plain(balance)}
    for one in it.movements:
        balance += one.debit - one.credit
        yield shared | {
            "record": "movement",
            "kind": one.kind,
            "number": plain_text(one.number),
            "date": one.on.isoformat(),
            "due_on": one.due_on.isoformat() if one.due_on else "",
            "debit": plain(one.debit) if one.debit else "",
            "credit": plain(one.credit) if one.credit else "",
            "balance": plain(balance),
        }
    day = (until or it.issued_on).isoformat()
    yield shared | {"record": "closing", "date": day, "balance": plain(balance)}
    for item in it.open_items:
        yield shared | {
            "record": "open_item",
            "kind": item.kind,
            "number": plain_text(item.number),
            "date": item.issued_on.isoformat(),
            "due_on": item.due_on.isoformat(),
            "days_overdue": str(max((it.issued_on - item.due_on).days, 0)),
            "amount": plain(item.amount),
            "balance": plain(item.open),
        }


def plain_text(said: str) -> str:
    """``said`` so that no spreadsheet takes it for a formula: with an apostrophe before it where one would
    (OWASP: CSV injection)."""
    return f"'{said}" if said.startswith(_FORMULA) else said
