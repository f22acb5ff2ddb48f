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
    from usance.flows.bank_intake import Incoming
    from usance.formats.bank_csv import ColumnMapping
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
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True, dir_okay=False, readable=True, metavar="FILE...", help="The bank's files."
        ),
    ],
    *,
    seller: SellerName = None,
    account: Annotated[
        str | None, typer.Option(help="The account, where a table does not name it.")
    ] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="EUR", help="That of a table that does not name it.")
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="FIELD=HEADING",
            help="What a table's column means, such as booked_on=Tag; remembered for such tables.",
        ),
    ] = None,
    date_order: Annotated[
        str | None, typer.Option(metavar="dmy|mdy|ymd", help="The order of a table's dates.")
    ] = None,
    decimal_mark: Annotated[
        str | None, typer.Option(metavar=",|.", help="The decimal mark of a table's amounts.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take bank files and settle their lines: camt, MT940, MT942, BAI2, OFX, lockbox, tables as CSV, and
    ZIP archives of them.

    Each file and each archive is taken whole or not at all; one that cannot be read keeps the others from
    nothing. Remittance advices and answers to debits are taken as such. The same file again changes
    nothing. Interrupted, it goes on where it stopped when it is run again.

    Example: [bold]usance import statement june.xml july.sta --seller acme[/bold]
    """
    with session.database():
        from usance.flows import bank_intake, cash_application
        from usance.formats.errors import FormatError

        mapping = _mapping(columns or [], date_order=date_order, decimal_mark=decimal_mark)
        chosen = session.find_seller(seller)
        taken: list[dict[str, Any]] = []
        refused: list[FormatError] = []
        with bar("Files") as advance:
            for number, file in enumerate(files, 1):
                try:
                    found = bank_intake.take_file(
                        chosen,
                        file.read_bytes(),
                        at=session.now(),
                        by="command line",
                        file_name=file.name,
                        account=account,
                        currency=currency.upper() if currency else None,
                        mapping=mapping,
                        source="command",
                    )
                except FormatError as error:
                    refused.append(error)
                    taken.append({"file": file.name, "code": error.code, "error": str(error)})
                else:
                    taken += [_taken(one) for one in found]
                advance(number, len(files), file.name)
        with bar("Settling") as advance:
            settled = cash_application.settle_all(
                chosen,
                at=session.now(),
                by="command line",
                progress=lambda done: advance(done, 0, ""),
            )
        if refused and len(files) == 1:
            raise refused[0]
        outcome = {
            "lines": settled.lines,
            "matched": dict(settled.matched),
            "unapplied": settled.unapplied,
            "unidentified": settled.unidentified,
        }
        document: dict[str, Any] = taken[0] if len(taken) == 1 else {"files": taken}
        matched = sum(settled.matched.values())
        lines = [
            *(line for one in taken for line in _told(one, several=len(taken) > 1)),
            f"{settled.lines} lines settled: {matched} matched, {settled.unapplied} unapplied,"
            f" {settled.unidentified} of unknown payers.",
        ]
        session.answer(document | {"settled": outcome}, as_json=as_json, text="\n".join(lines))
        if refused:
            raise typer.Exit(1)


def _mapping(
    columns: Sequence[str], *, date_order: str | None, decimal_mark: str | None
) -> ColumnMapping | None:
    from usance.formats.bank_csv import ColumnMapping

    said: dict[str, str | int | None] = {}
    for one in columns:
        field, _, heading = one.partition("=")
        said[field.strip()] = int(heading) if heading.strip().isdigit() else heading.strip() or None
    given: dict[str, Any] = {
        "columns": said,
        "date_order": date_order,
        "decimal_mark": decimal_mark,
    }
    known = {name: value for name, value in given.items() if value}
    return ColumnMapping.from_json(known) if known else None


def _taken(one: Incoming) -> dict[str, Any]:
    from usance.flows import bank_findings
    from usance.records.identity import public_id

    told: dict[str, Any] = {"file": one.name, "new": one.new}
    if one.advice is not None:
        rows = one.advice.remittances
        return told | {"remittances": [public_id("remittance", row.id) for row in rows]}
    if one.answer is not None:
        return told | {"debit_return": public_id("debit_answer", one.answer.id)}
    kept = one.statement
    assert kept is not None
    series = bank_findings.in_series(seller_id=kept.seller_id, statement_id=kept.id)
    return told | {
        "id": public_id("bank_statement", kept.id),
        "transactions": kept.transactions,
        "duplicates": kept.duplicates,
        "findings": [*kept.findings, *bank_findings.as_json(series)],
    }


def _told(one: dict[str, Any], *, several: bool) -> list[str]:
    name = f"{one['file']}: " if several else ""
    if "error" in one:
        return [f"{name}not taken: {one['error']}"]
    if one["new"] and "remittances" in one:
        count = len(one["remittances"])
        return [f"{name}taken as {count} remittance advices; they bring no money by themselves."]
    if one["new"] and "debit_return" in one:
        return [f"{name}taken as the bank's answer to debits; it brings no money."]
    said = (
        f"{one['transactions']} transactions, {one['duplicates']} known before."
        if one["new"]
        else "This file was taken before; nothing was added."
    )
    return [
        f"{name}{said}",
        *(f"  Finding: {finding['text']}" for finding in one.get("findings", ())),
    ]


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
