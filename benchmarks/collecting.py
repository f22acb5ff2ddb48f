"""A simulated year of collecting: the same world without dunning and with it, side by side.

``python -m benchmarks.collecting`` plays one world in this process and prints it as JSON; the measure
starts one such process for each world, as many at a time as the machine has cores to give.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

LEVELS: Final = (
    *("friendly", "notice_1", "notice_2", "notice_3"),
    *("formal", "final", "handover"),
)

FIGURES: Final = (
    *("days", "buyers", "dunning", "seed", "invoices", "sold", "collected_late_days", "bad_debt"),
    *("refused", "messages", "stopped", "demands", "faults", "violations"),
)


@dataclass(frozen=True)
class Years:
    """What the worlds came to, and the seconds that all of them took together."""

    worlds: list[dict[str, Any]]
    seconds: float

    def lines(self) -> list[str]:
        """The result as text; what must never happen comes last."""
        first = self.worlds[0]
        lines = [
            f"A year of collecting: {first['buyers']:,} buyers, {first['days']} days, seed"
            f" {first['seed']}; {len(self.worlds)} worlds in {self.seconds:,.0f} s",
            "  buyers: "
            + ", ".join(f"{count} {name}" for name, count in first["behaviours"].items()),
        ]
        for world in self.worlds:
            lines += ["", *_world(world)]
        return lines


def _world(world: dict[str, Any]) -> list[str]:
    name = f"dunning, heeded {world['heed']:g} times" if world["dunning"] else "no dunning"
    sent = ", ".join(f"{level} {world['messages'].get(level, 0):,}" for level in LEVELS)
    return [
        f"  {name}: {world['invoices']:,} invoices, {_major(world['sold'])} sold,"
        f" {world['refused']:,} orders refused, {world['seconds']:,.0f} s"
        f" ({world['cpu']:,.0f} s of a processor, and {world['server_cpu']:,.0f} s of PostgreSQL's)",
        "    month end    DSO  count-back   best  days delinquent",
        *(
            f"    {month['on']}  {month['simple']:>5}  {month['countback']:>10}  {month['best']:>5}"
            f"  {month['delinquent']:>15}"
            for month in world["months"]
        ),
        f"    what was paid came {world['collected_late_days']} days after it was due;"
        f" bad debt {_major(world['bad_debt'])}",
        f"    messages: {sent}; {world['demands']:,} steps of items; stopped before they went:"
        f" {world['stopped']:,}",
        f"    messages that should not have been sent: {len(world['faults'])};"
        f" invariants that do not hold: {len(world['violations'])}",
        *(f"    ! {one}" for one in (*world["faults"][:5], *world["violations"][:5])),
    ]


def _major(amount: int) -> str:
    return f"EUR {amount // 100:,}"


def run(*, buyers: int, days: int, seed: int, heeds: Sequence[float] = (1.0,)) -> Years:
    """The world without dunning and, for each of ``heeds``, with it."""
    begun = time.perf_counter()
    wanted = [["--without"], *(["--heed", str(heed)] for heed in heeds)]
    common = ["--buyers", str(buyers), "--days", str(days), "--seed", str(seed)]
    worlds: list[dict[str, Any]] = []
    for start in range(0, len(wanted), 2):
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "benchmarks.collecting", *common, *options],
                stdout=subprocess.PIPE,
                text=True,
            )
            for options in wanted[start : start + 2]
        ]
        for process in processes:
            output, _ = process.communicate()
            if process.returncode:
                raise SystemExit(process.returncode)
            worlds.append(json.loads(output))
    return Years(worlds, time.perf_counter() - begun)


def main() -> None:
    """Play one world in the database of the environment."""
    parser = argparse.ArgumentParser(prog="benchmarks.collecting")
    parser.add_argument("--buyers", type=int, default=1000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--heed", type=float, default=1.0)
    parser.add_argument("--without", action="store_true")
    options = parser.parse_args()

    import django

    django.setup()
    print(json.dumps(_played(options)))


def _played(options: argparse.Namespace) -> dict[str, Any]:
    from django.conf import settings

    from benchmarks.measure import server_time
    from usance.worlds import collecting_payers, collecting_year

    settings.EMAIL_HOST = "localhost"
    begun = time.perf_counter()
    year = collecting_year.play(
        handle=f"year-{'without' if options.without else f'heed-{options.heed:g}'}".replace(
            ".", "-"
        ),
        buyers=options.buyers,
        days=options.days,
        seed=options.seed,
        dunning=not options.without,
        heed=options.heed,
    )
    payers = collecting_payers.Payers(
        count=options.buyers, seed=options.seed, first=collecting_year.FIRST, days=options.days
    )
    return {
        "seconds": time.perf_counter() - begun,
        "cpu": _cpu(),
        "server_cpu": server_time(),
        "heed": options.heed,
        "behaviours": collecting_payers.of_behaviours(payers.all),
        "months": [
            {
                "on": f"{on}",
                "simple": f"{one.simple}",
                "countback": f"{one.countback}",
                "best": f"{one.best}",
                "delinquent": f"{one.delinquent}",
            }
            for on, one in year.months
        ],
    } | {name: getattr(year, name) for name in FIGURES}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
