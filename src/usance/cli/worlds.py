"""``usance replay`` and ``usance demo``: trading that is played, through the real flows."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from usance.cli import session
from usance.cli.session import AsJson
from usance.cli.watching import bar

if TYPE_CHECKING:
    from usance.worlds.demo import DemoSummary
    from usance.worlds.replay_summary import ReplaySummary


def replay(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, readable=True, help="Orders, CSV or CSV.gz."),
    ],
    *,
    seller: Annotated[
        str, typer.Option(metavar="HANDLE", help="The seller to play for; made if there is none.")
    ] = "replay",
    seed: Annotated[
        int | None, typer.Option(help="How buyers behave; the same seed, the same.")
    ] = None,
    limit_rule: Annotated[
        str, typer.Option(help="How first limits are set.")
    ] = "first_order_multiple",
    documents: Annotated[
        int | None, typer.Option(min=1, help="Stop after the day that completes so many.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Play a file of historic orders through the real flows, with a simulated clock.

    Interrupted, it goes on where it stopped when it is run again.

    Example: [bold]usance replay orders.csv.gz --seller wholesale[/bold]
    """
    with session.database():
        from usance.rules.credit.starting_limit import RULES
        from usance.worlds import replay as world
        from usance.worlds.replay import Progress

        if limit_rule not in RULES:
            raise typer.BadParameter(f"--limit-rule is one of {', '.join(sorted(RULES))}.")
        chosen = world.seller_for_replay(at=session.now(), handle=seller)
        with bar("Replaying") as advance:

            def progress(reached: Progress) -> None:
                advance(reached.documents, reached.total, f"{reached.day}")

            summary = world.run(
                chosen,
                file,
                seed=world.SEED if seed is None else seed,
                limit_rule=limit_rule,
                documents=documents,
                progress=progress,
            )
        session.answer(asdict(summary), as_json=as_json, text=_told(summary))


def _told(summary: ReplaySummary) -> str:
    from usance.cli.tables import major

    def money(amount: int) -> str:
        return f"{summary.currency} {major(amount, summary.currency):,}"

    trading = summary.trading
    lines = [
        f"{summary.documents:,} documents played"
        + (f" up to {summary.on}." if summary.on else "."),
        f"  orders    {summary.orders.count:>9,}  {money(summary.orders.amount)}",
        f"  returns   {summary.returned.count:>9,}  {money(summary.returned.amount)}",
        f"  invoiced  {trading.invoiced.count:>9,}  {money(trading.invoiced.amount)}",
    ]
    for outcome, tally in sorted(trading.decided.items()):
        lines.append(f"  {outcome:<9} {tally.count:>9,}  {money(tally.amount)}")
    for aged in summary.aging:
        lines.append(f"  owed      {aged.invoices:>9,}  {money(aged.total)}")
    return "\n".join(lines)


def demo(
    *,
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="Stop when the trading is done.")
    ] = False,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    as_json: AsJson = False,
) -> None:
    """Sellers, buyers and a quarter of trading up to today; then serve, as usance up does.

    Interrupted, it goes on where it stopped; made already, nothing is added.

    Example: [bold]usance demo --no-serve[/bold]
    """
    from usance.cli import serving
    from usance.cli.operators import run_migrations

    # A laptop has no certificate, and cookies marked secure would never come back.
    os.environ.setdefault("USANCE_INSECURE_COOKIES", "1")
    if not no_serve:
        serving.require_free(host, port)
    with session.database():
        run_migrations()
        from usance.worlds import demo as world
        from usance.worlds.demo import Progress

        with bar("Trading") as advance:

            def progress(reached: Progress) -> None:
                advance(reached.done, reached.total, reached.text)

            summary = world.run(now=session.now(), progress=progress)
        session.answer(_demo_document(summary), as_json=as_json, text=_demo_text(summary))
        if not no_serve:
            sys.stdout.flush()
            serving.serve(host=host, port=port, processes=1, web=True, worker=True, as_json=as_json)


def _demo_document(summary: DemoSummary) -> dict[str, Any]:
    from usance.records.identity import public_id

    return {
        "created": summary.created,
        "sellers": [
            {
                "id": public_id("seller", one.seller.id),
                "handle": one.seller.handle,
                "name": one.seller.name,
                "currency": one.currency,
                "on": one.on,
                "trading": asdict(one.trading),
                "exposure": [asdict(row) for row in one.exposure],
                "aging": [asdict(row) for row in one.aging],
                "dso": [asdict(row) for row in one.dso],
                "logins": [asdict(login) for login in one.logins],
                "api_key": one.api_key,
            }
            for one in summary.sellers
        ],
    }


def _demo_text(summary: DemoSummary) -> str:
    from usance.cli.tables import major

    lines = [] if summary.created else ["The demo was made before; nothing was added."]
    for one in summary.sellers:
        invoiced = one.trading.invoiced
        lines += [
            "",
            f"{one.seller.name} ({one.seller.handle}), up to {one.on}: {invoiced.count:,} invoices"
            f" over {one.currency} {major(invoiced.amount, one.currency):,}",
        ]
        for aged in one.aging:
            owed, late = major(aged.total, aged.currency), major(aged.overdue, aged.currency)
            lines.append(f"  {aged.currency} {owed:,} is owed, {late:,} of it overdue")
        lines += [
            f"  {login.email}  password {login.password}  ({login.role}, {login.works_for})"
            for login in one.logins
        ]
        if one.api_key:
            lines.append(f"  API key, shown this once: {one.api_key}")
    return "\n".join(lines).lstrip("\n")
