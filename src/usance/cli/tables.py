"""Rows as a table for a person, CSV for a spreadsheet, or JSON for a program."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TextIO

import typer

Row = Mapping[str, Any]


def major(amount: int, currency: str) -> Decimal:
    """Minor units as a person writes them; sums may be larger than any one amount."""
    from usance.rules.money import exponent

    return Decimal(amount).scaleb(-exponent(currency))


def print_rows(
    columns: Sequence[str], rows: Sequence[Row], *, title: str, as_csv: bool, as_json: bool
) -> None:
    """Print ``rows`` the way that was asked for."""
    if as_csv and as_json:
        raise typer.BadParameter("Choose --csv or --json, not both.")
    if as_json:
        sys.stdout.write(json.dumps(list(rows), default=str, ensure_ascii=False) + "\n")
    elif as_csv:
        write_csv(columns, rows)
    else:
        _print_table(columns, rows, title=title)


def write_csv(columns: Sequence[str], rows: Iterable[Row], *, file: TextIO | None = None) -> None:
    """Write ``rows`` to ``file`` or stdout as they come (RFC 4180, with line feeds)."""
    writer = csv.writer(file or sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless(row[column]) for column in columns])


def _harmless(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe (OWASP: CSV injection)."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return "" if value is None else value


def _print_table(columns: Sequence[str], rows: Sequence[Row], *, title: str) -> None:
    from rich.console import Console
    from rich.table import Table

    if not rows:
        sys.stdout.write("Nothing to report.\n")
        return
    table = Table(title=title, title_justify="left")
    for column in columns:
        numeric = all(isinstance(row[column], int | Decimal) for row in rows)
        table.add_column(column.replace("_", " "), justify="right" if numeric else "left")
    for row in rows:
        table.add_row(*(_written(row[column]) for column in columns))
    Console().print(table)


def _written(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int | Decimal) else str(value)
