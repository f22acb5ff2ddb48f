"""``usance bill``: invoice what has shipped by a cut-off day, or see what would be invoiced."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from usance.cli import session
from usance.cli.faults import CommandRefused
from usance.cli.session import AsJson, SellerName
from usance.cli.tables import major, print_rows
from usance.cli.watching import bar

if TYPE_CHECKING:
    from usance.flows.billing_runs import Previewed
    from usance.records.parties.models import Seller

_DRAFT = ("buyer", "name", "amount", "tax", "currency", "due_on", "shipments")


def bill(
    seller: SellerName = None,
    cut_off: Annotated[
        datetime | None,
        typer.Option(
            "--cut-off",
            formats=["%Y-%m-%d"],
            callback=session.day_of_trade,
            help="The cut-off day; yesterday if not given.",
        ),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what would be issued, and write nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Invoice everything that has shipped and is due by a cut-off day.

    Interrupt it when you like and run it again: nothing is billed twice. Exits with 1 if a buyer could
    not be billed.

    Example: [bold]usance bill --seller acme --cut-off 2026-03-31 --preview[/bold]
    """
    with session.database():
        from usance.flows.journal import business_day

        chosen = session.find_seller(seller)
        today = business_day(chosen, at=session.now())
        day = cut_off.date() if cut_off else today - timedelta(days=1)
        if preview:
            _show(chosen, day, as_json=as_json)
        else:
            _run(chosen, day, as_json=as_json)


def _run(seller: Seller, day: date, *, as_json: bool) -> None:
    from usance.flows import billing_runs
    from usance.flows.refusals import Refused
    from usance.records.identity import public_id
    from usance.records.invoices import queries
    from usance.rules.orders import InvalidOrder

    try:
        run = billing_runs.open_run(seller, cut_off_on=day, at=session.now(), by="command line")
    except (Refused, InvalidOrder) as error:
        raise CommandRefused(str(error)) from None
    with bar(f"Billing {day}") as advance:
        run = billing_runs.work(
            seller,
            run_id=run.id,
            clock=session.now,
            by="command line",
            tell=lambda at: advance(at.buyers_done, at.buyers_total, ""),
        )
    figures = queries.run_figures(seller_id=seller.id, run_ids=[run.id])[run.id]
    if as_json:
        document = {
            "run": public_id("billing_run", run.id),
            "cut_off_on": str(day),
            "buyers": run.buyers_done,
            "invoices": figures.invoices,
            "amounts": dict(figures.amounts),
            "failures": run.failures,
        }
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    else:
        sums = ", ".join(f"{major(a, c)} {c}" for c, a in figures.amounts.items()) or "nothing"
        sys.stdout.write(
            f"{seller.name}: {figures.invoices} invoices of {sums} to {run.buyers_done} buyers for"
            f" {day}.\n"
        )
        _tell(run.failures)
    if run.failures:
        raise typer.Exit(1)


def _show(seller: Seller, day: date, *, as_json: bool) -> None:
    from usance.flows import billing_runs
    from usance.flows.billing_runs import Previewed

    at = session.now()
    seen = billing_runs.preview(seller, cut_off_on=day, at=at)
    while seen.next is not None:
        more = billing_runs.preview(seller, cut_off_on=day, at=at, start=seen.next)
        seen = Previewed(seen.drafts + more.drafts, seen.failures + more.failures, more.next)
    print_rows(
        _DRAFT,
        _rows(seen, as_json=as_json),
        title=f"{seller.name}: what would be billed for {day}",
        as_csv=False,
        as_json=as_json,
    )
    if not as_json:
        _tell(seen.failures)
    if seen.failures:
        raise typer.Exit(1)


def _rows(seen: Previewed, *, as_json: bool) -> list[dict[str, Any]]:
    from usance.records.identity import public_id
    from usance.rules.invoicing.serial import to_json

    rows = []
    for draft in seen.drafts:
        document = draft.document
        row: dict[str, Any] = {
            "buyer": public_id("buyer", draft.buyer_id),
            "name": document.buyer.name,
            "amount": document.totals.payable,
            "tax": document.totals.vat,
            "currency": document.currency,
            "due_on": document.due_on,
            "shipments": len(draft.shipment_ids),
        }
        if as_json:
            row["document"] = to_json(document)
        rows.append(row)
    return rows


def _tell(failures: Any) -> None:
    for one in failures:
        sys.stderr.write(f"{one['buyer'] or 'The run'}: {one['detail']} [{one['code']}]\n")
