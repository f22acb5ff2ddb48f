"""``usance import`` and ``usance export``: files in, tables out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from usance.cli import session
from usance.cli.session import AsJson, SellerName
from usance.cli.tables import major, write_csv
from usance.cli.watching import bar

if TYPE_CHECKING:
    from usance.records.parties.models import Seller

imports = typer.Typer(help="Take files in.", no_args_is_help=True)
exports = typer.Typer(help="Write tables out, as CSV on stdout.", no_args_is_help=True)

PAGE = 2000
"""Rows that are read at a time."""


@imports.callback()
def _imports() -> None:
    """Take files in."""  # a callback keeps the one command's name in the command line


@imports.command("statement")
def statement(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The bank's file.")
    ],
    seller: SellerName = None,
    account: Annotated[
        str | None, typer.Option(help="The account, where the file does not name it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take a bank statement and settle its lines. The same file again changes nothing.

    Interrupted, it goes on where it stopped when it is run again.

    Example: [bold]usance import statement june.xml --seller acme[/bold]
    """
    with session.database():
        from usance.flows import bank_statements
        from usance.records.identity import public_id

        chosen = session.find_seller(seller)
        kept, new = bank_statements.take_statement(
            chosen,
            file.read_bytes(),
            at=session.now(),
            by="command line",
            file_name=file.name,
            account=account,
        )
        with bar("Settling") as advance:
            settled = bank_statements.settle_all(
                chosen,
                at=session.now(),
                by="command line",
                progress=lambda done: advance(done, kept.transactions, ""),
            )
        document = {
            "id": public_id("bank_statement", kept.id),
            "new": new,
            "transactions": kept.transactions,
            "duplicates": kept.duplicates,
            "findings": kept.findings,
            "settled": {
                "lines": settled.lines,
                "matched": dict(settled.matched),
                "unapplied": settled.unapplied,
                "unidentified": settled.unidentified,
            },
        }
        matched = sum(settled.matched.values())
        lines = [
            f"{kept.transactions} transactions, {kept.duplicates} known before."
            if new
            else "This file was taken before; nothing was added.",
            f"{settled.lines} lines settled: {matched} matched, {settled.unapplied} unapplied,"
            f" {settled.unidentified} of unknown payers.",
            *(f"Finding: {finding['text']}" for finding in kept.findings),
        ]
        session.answer(document, as_json=as_json, text="\n".join(lines))


@exports.command("buyers")
def buyers(seller: SellerName = None, as_json: AsJson = False) -> None:
    """Every trade account.

    Example: [bold]usance export buyers --seller acme > buyers.csv[/bold]
    """
    with session.database():
        chosen = session.find_seller(seller)
        columns = ("id", "external_id", "name", "country", "email", "tax_id", "language")
        _write(columns, _buyers(chosen), as_json=as_json)


@exports.command("invoices")
def invoices(seller: SellerName = None, as_json: AsJson = False) -> None:
    """Every invoice with what became of it. JSON lines give minor units, CSV decimal amounts.

    Example: [bold]usance export invoices --seller acme > invoices.csv[/bold]
    """
    with session.database():
        chosen = session.find_seller(seller)
        columns = (
            "id",
            "number",
            "external_id",
            "buyer_id",
            "state",
            "issued_on",
            "due_on",
            "closed_on",
            "currency",
            *_AMOUNTS,
        )
        _write(columns, _invoices(chosen, minor=as_json), as_json=as_json)


@exports.command("open-items")
def open_items(seller: SellerName = None, as_json: AsJson = False) -> None:
    """Every invoice that is not paid in full today, what is due first before others.

    Of one in instalments, each that is open: its own day and amount.

    Example: [bold]usance export open-items --seller acme --json[/bold]
    """
    with session.database():
        chosen = session.find_seller(seller)
        columns = (
            "invoice_id",
            "number",
            "instalment",
            "external_id",
            "buyer_id",
            "currency",
            "issued_on",
            "due_on",
            "days_overdue",
            "amount",
            "outstanding",
        )
        _write(columns, _open_items(chosen, minor=as_json), as_json=as_json)


_AMOUNTS = ("amount", "tax_amount", "credited", "allocated", "written_off", "outstanding")


def _write(columns: Sequence[str], rows: Iterator[dict[str, Any]], *, as_json: bool) -> None:
    """CSV, or a JSON object a line, as the rows are read."""
    if not as_json:
        write_csv(columns, rows)
        return
    for row in rows:
        sys.stdout.write(json.dumps(row, default=str, ensure_ascii=False) + "\n")


def _buyers(seller: Seller) -> Iterator[dict[str, Any]]:
    from usance.records.identity import public_id
    from usance.records.parties import queries

    pages = queries.buyers(seller_id=seller.id).order_by("id")
    page = list(pages[:PAGE])
    while page:
        for one in page:
            yield {
                "id": public_id("buyer", one.id),
                "external_id": one.external_id,
                "name": one.name,
                "country": one.country,
                "email": one.email,
                "tax_id": one.tax_id,
                "language": one.language,
            }
        page = list(pages.filter(id__gt=page[-1].id)[:PAGE])


def _invoices(seller: Seller, *, minor: bool) -> Iterator[dict[str, Any]]:
    from usance.records.identity import public_id
    from usance.records.invoices import queries

    pages = queries.invoices(seller_id=seller.id).order_by("id")
    page = list(pages[:PAGE])
    while page:
        for one in page:
            yield {
                "id": public_id("invoice", one.id),
                "number": one.number,
                "external_id": one.external_id,
                "buyer_id": public_id("buyer", one.buyer_id),
                "state": one.state,
                "issued_on": one.issued_on,
                "due_on": one.due_on,
                "closed_on": one.closed_on,
                "currency": one.currency,
                **{
                    name: getattr(one, name) if minor else major(getattr(one, name), one.currency)
                    for name in _AMOUNTS
                },
            }
        page = list(pages.filter(id__gt=page[-1].id)[:PAGE])


def _open_items(seller: Seller, *, minor: bool) -> Iterator[dict[str, Any]]:
    from usance.flows.journal import business_day
    from usance.records.identity import public_id
    from usance.records.invoices import queries

    for one in queries.open_items(seller_id=seller.id, on=business_day(seller, at=session.now())):
        yield {
            "invoice_id": public_id("invoice", one.invoice_id),
            "number": one.number,
            "instalment": one.instalment,
            "external_id": one.external_id,
            "buyer_id": public_id("buyer", one.buyer_id),
            "currency": one.currency,
            "issued_on": one.issued_on,
            "due_on": one.due_on,
            "days_overdue": one.days_overdue,
            "amount": one.amount if minor else major(one.amount, one.currency),
            "outstanding": one.outstanding if minor else major(one.outstanding, one.currency),
        }
