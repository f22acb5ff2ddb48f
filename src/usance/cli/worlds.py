"""``usance replay`` and ``usance demo``: trading that is played, through the real flows."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from usance.cli import session
from usance.cli.session import AsJson
from usance.cli.watching import bar

if TYPE_CHECKING:
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


def demo() -> None:
    """A placeholder."""
