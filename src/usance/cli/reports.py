"""``usance report``: aging, days sales outstanding, exposure."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from usance.cli import session
from usance.cli.session import AsJson, SellerName
from usance.cli.tables import major, print_rows

if TYPE_CHECKING:
    from usance.records.parties.models import Seller

app = typer.Typer(help="Reports on what is owed.", no_args_is_help=True)

On = Annotated[
    datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="The end of this day; today if not given."),
]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV for a spreadsheet.")]

_AGING = (
    "currency",
    "not_due",
    "days_1_30",
    "days_31_60",
    "days_61_90",
    "days_over_90",
    "total",
    "invoices",
)


@app.command("aging")
def aging(
    seller: SellerName = None,
    on: On = None,
    by_buyer: Annotated[bool, typer.Option("--by-buyer", help="A line for each buyer.")] = False,
    as_csv: AsCsv = False,
    as_json: AsJson = False,
) -> None:
    """What is outstanding, by days past the due date.

    JSON gives minor units, tables and CSV decimal amounts.

    Example: [bold]usance report aging --seller acme --on 2026-06-30 --by-buyer --csv[/bold]
    """
    with session.database():
        from usance.records.identity import public_id
        from usance.records.invoices import queries

        chosen = session.find_seller(seller)
        day = _day(chosen, on)
        by: Literal["seller", "buyer"] = "buyer" if by_buyer else "seller"
        rows = []
        for one in queries.aging(seller_id=chosen.id, on=day, by=by):
            row: dict[str, Any] = asdict(one) | {"total": one.total, "overdue": one.overdue}
            row["buyer_id"] = public_id("buyer", one.buyer_id) if one.buyer_id else None
            row["buyer"] = row.pop("buyer_name")
            if not as_json:
                for name in ("overdue", *_AGING[1:7]):
                    row[name] = major(row[name], one.currency)
            rows.append(row)
        columns = ("buyer", *_AGING) if by_buyer else _AGING
        print_rows(
            columns,
            rows,
            title=f"{chosen.name}: aging on {day}",
            as_csv=as_csv,
            as_json=as_json,
        )


@app.command("dso")
def dso(
    seller: SellerName = None,
    on: On = None,
    days: Annotated[int, typer.Option(min=1, max=730, help="The period of sales.")] = 90,
    as_csv: AsCsv = False,
    as_json: AsJson = False,
) -> None:
    """Days sales outstanding, simple and by countback.

    Example: [bold]usance report dso --seller acme --days 90[/bold]
    """
    with session.database():
        from usance.records.invoices import queries

        chosen = session.find_seller(seller)
        day = _day(chosen, on)
        rows = []
        for one in queries.dso(seller_id=chosen.id, on=day, days=days):
            row: dict[str, Any] = asdict(one)
            if not as_json:
                row["receivable"] = major(one.receivable, one.currency)
                row["sales"] = major(one.sales, one.currency)
            rows.append(row)
        print_rows(
            ("currency", "receivable", "sales", "days", "simple", "countback"),
            rows,
            title=f"{chosen.name}: days sales outstanding on {day}",
            as_csv=as_csv,
            as_json=as_json,
        )


@app.command("exposure")
def exposure(seller: SellerName = None, as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """What is at risk now: limits, what uses them, what is available.

    Example: [bold]usance report exposure --seller acme --json[/bold]
    """
    with session.database():
        from usance.records.invoices import queries

        chosen = session.find_seller(seller)
        rows: list[dict[str, Any]] = [asdict(one) for one in queries.exposure(seller_id=chosen.id)]
        counts = {"currency", "lines", "overdrawn", "held"}
        columns = tuple(rows[0]) if rows else ("currency",)
        if not as_json:
            for row in rows:
                for name in set(columns) - counts:
                    row[name] = major(row[name], row["currency"])
        print_rows(columns, rows, title=f"{chosen.name}: exposure", as_csv=as_csv, as_json=as_json)


def _day(seller: Seller, on: datetime | None) -> date:
    """The day asked for, or today where the seller is."""
    from usance.flows.journal import business_day

    return on.date() if on is not None else business_day(seller, at=session.now())
