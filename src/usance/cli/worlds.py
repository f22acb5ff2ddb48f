"""``usance replay``, ``demo`` and ``simulate``: trading that is played, through the real flows."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from usance.cli import session
from usance.cli.session import AsJson
from usance.cli.summaries import demo_text, replay_text, simulation_text
from usance.cli.watching import bar

if TYPE_CHECKING:
    from usance.worlds.demo import DemoSummary


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
    from usance.cli.operators import run_migrations

    with session.database():
        run_migrations()
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
        session.answer(asdict(summary), as_json=as_json, text=replay_text(summary))


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
        session.answer(_demo_document(summary), as_json=as_json, text=demo_text(summary))
        if not no_serve:
            sys.stdout.flush()
            serving.serve(host=host, port=port, processes=1, web=True, worker=True, as_json=as_json)


def simulate(
    *,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How many days to play.")] = 60,
    seed: Annotated[
        int | None, typer.Option(help="What happens; the same seed, the same. Drawn if not given.")
    ] = None,
    buyers: Annotated[int, typer.Option(min=1, max=5000, help="How many buyers there are.")] = 40,
    faults: Annotated[
        float, typer.Option(min=0, max=1, help="On which share of days something goes wrong.")
    ] = 0.3,
    as_json: AsJson = False,
) -> None:
    """Play a world of buyers in which things go wrong, and verify; exit code 1 if something does not hold.

    Runs come twice or not at all, and processes die in the middle. Nothing is kept, and nothing is sent:
    all of it happens in one transaction that is taken back.

    Example: [bold]usance simulate --days 120 --seed 7[/bold]
    """
    import secrets

    from usance.cli.operators import run_migrations

    with session.database():
        run_migrations()
        from usance.worlds import simulation

        chosen = secrets.randbelow(2**31) if seed is None else seed
        again = (
            f"Play it again: usance simulate --days {days} --seed {chosen}"
            f" --buyers {buyers} --faults {faults}"
        )
        done = 0
        with bar("Simulating") as advance:

            def progress(day: object) -> None:
                nonlocal done
                done += 1
                advance(done, days, f"{day}")

            try:
                year = simulation.simulate(
                    days=days, seed=chosen, buyers=buyers, chance=faults, progress=progress
                )
            except Exception:
                session.note(again)
                raise
        session.answer(
            {"ok": year.is_well, **asdict(year)}, as_json=as_json, text=simulation_text(year)
        )
    if not year.is_well:
        session.note(again)
        raise typer.Exit(1)


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
