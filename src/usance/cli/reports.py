"""``usance report``: aging, days sales outstanding, exposure, cash forecast."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from usance.cli import session
from usance.cli.faults import CommandRefused
from usance.cli.session import AsJson, SellerName
from usance.cli.tables import major, print_rows

if TYPE_CHECKING:
    from usance.records.parties.models import Seller

app = typer.Typer(help="Reports on what is owed.", no_args_is_help=True)

On = Annotated[
    datetime | None,
    typer.Option(
        "--on",
        formats=["%Y-%m-%d"],
        callback=session.day_of_trade,
        help="The end of this day; today if not given.",
    ),
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

_DSO = (
    *("currency", "receivable", "sales", "days", "simple", "countback", "best", "delinquent"),
    *("effectiveness", "days_late", "disputed", "kept_rate", "bad_debt"),
)


@app.command("aging")
def aging(
    seller: SellerName = None,
    on: On = None,
    by_buyer: Annotated[bool, typer.Option("--by-buyer", help="A line for each buyer.")] = False,
    *,
    by: Annotated[
        str,
        typer.Option(help="A line for each: buyer, country, group, tier, segment or person."),
    ] = "",
    as_csv: AsCsv = False,
    as_json: AsJson = False,
) -> None:
    """What is outstanding, by days past the due date.

    JSON gives minor units, tables and CSV decimal amounts.

    Example: [bold]usance report aging --seller acme --on 2026-06-30 --by-buyer --csv[/bold]
    """
    with session.database():
        from usance.records.identity import public_id
        from usance.records.invoices import queries, receivables

        chosen = session.find_seller(seller)
        day = _day(chosen, on)
        way: Any = by or ("buyer" if by_buyer else "seller")
        if way not in get_args(receivables.By):
            raise typer.BadParameter(f"--by: choose from {', '.join(get_args(receivables.By))}.")
        rows = []
        found = queries.aging(seller_id=chosen.id, on=day, by=way)
        for one in found:
            row: dict[str, Any] = asdict(one) | {"total": one.total, "overdue": one.overdue}
            row["buyer_id"] = public_id("buyer", one.buyer_id) if one.buyer_id else None
            row["buyer"] = row.pop("buyer_name")
            if not as_json:
                for name in ("overdue", *_AGING[1:7]):
                    row[name] = major(row[name], one.currency)
            rows.append(row)
        first = {"seller": (), "buyer": ("buyer",)}.get(way, ("label",))
        columns = (*first, *_AGING)
        print_rows(
            columns,
            rows,
            title=f"{chosen.name}: aging on {day}",
            as_csv=as_csv,
            as_json=as_json,
        )
        for held in receivables.reconciled(found, seller_id=chosen.id, on=day):
            if not held.agrees:
                raise CommandRefused(
                    f"The aging of {held.currency} sums to {major(held.total, held.currency)}, the"
                    f" ledger says {major(held.ledger, held.currency)}; run: usance verify"
                )


@app.command("dso")
def dso(
    seller: SellerName = None,
    on: On = None,
    days: Annotated[int, typer.Option(min=1, max=730, help="The period of sales.")] = 90,
    as_csv: AsCsv = False,
    as_json: AsJson = False,
) -> None:
    """Days sales outstanding, simple, by countback and best possible; collection effectiveness.

    Example: [bold]usance report dso --seller acme --days 90[/bold]
    """
    with session.database():
        from usance.records.invoices import insight_queries

        chosen = session.find_seller(seller)
        day = _day(chosen, on)
        rows = []
        for one in insight_queries.collection(seller_id=chosen.id, on=day, days=days):
            row = {name: getattr(one, name) for name in _DSO}
            if not as_json:
                for name in ("receivable", "sales", "disputed", "bad_debt"):
                    row[name] = major(row[name], one.currency)
            rows.append(row)
        print_rows(
            _DSO,
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


@app.command("cash-forecast")
def cash_forecast(
    seller: SellerName = None,
    on: On = None,
    as_csv: AsCsv = False,
    as_json: AsJson = False,
) -> None:
    """What is expected of the open invoices in each of the next 13 weeks, with its range.

    Nine weeks of ten bring more than "low", five more than "middle", and one more than "high", so that four
    of five lie from low to high; "expected" is their average. The forecast that was kept by the day
    is shown; today, where none was made last night, it is made. "came" is what came since.

    Example: [bold]usance report cash-forecast --seller acme --csv[/bold]
    """
    with session.database():
        from usance.flows import cash_forecasts
        from usance.records.invoices import forecast_queries
        from usance.rules.forecast.weeks import week_from_document

        chosen = session.find_seller(seller)
        day, today = _day(chosen, on), _day(chosen, None)
        found = forecast_queries.kept_forecasts(seller_id=chosen.id, on=day)
        if day == today and not any(one.on >= day - timedelta(days=1) for one in found):
            found = cash_forecasts.unkept(chosen, at=session.now())
        rows: list[dict[str, Any]] = []
        for one, hits in forecast_queries.hits(found, until=today - timedelta(days=1)):
            came = {hit.week.begins_on: hit.came for hit in hits}
            for week in map(week_from_document, one.weeks):
                row: dict[str, Any] = {
                    "currency": one.currency,
                    "made_of": one.on,
                    "week_from": week.begins_on,
                    "expected": week.expected,
                    "low": week.low,
                    "middle": week.middle,
                    "high": week.high,
                    "came": came.get(week.begins_on),
                }
                if not as_json:
                    for name in _FORECAST[3:]:
                        if row[name] is not None:
                            row[name] = major(row[name], one.currency)
                rows.append(row)
        print_rows(
            _FORECAST,
            rows,
            title=f"{chosen.name}: cash forecast on {day}",
            as_csv=as_csv,
            as_json=as_json,
        )


_FORECAST = ("currency", "made_of", "week_from", "expected", "low", "middle", "high", "came")


def _day(seller: Seller, on: datetime | None) -> date:
    """The day asked for, or today where the seller is."""
    from usance.flows.journal import business_day

    return on.date() if on is not None else business_day(seller, at=session.now())
