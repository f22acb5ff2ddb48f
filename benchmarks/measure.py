"""Running a measure and its yardstick in turn, and printing what came out."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Rates:
    """Things a second, one figure a round, for a measure and its yardstick."""

    name: str
    unit: str
    ours: list[float]
    yardstick: list[float]
    yardstick_name: str
    note: str = ""

    def lines(self) -> list[str]:
        """The result as text: the ratio first, since seconds alone say nothing."""
        ratios = [ours / theirs for ours, theirs in zip(self.ours, self.yardstick, strict=True)]
        return [
            f"{self.name}",
            f"  ratio to {self.yardstick_name}: {_spread(ratios, '.2f')}",
            f"  ours {_spread(self.ours, ',.0f')} {self.unit},"
            f" yardstick {_spread(self.yardstick, ',.0f')}",
            *([f"  {self.note}"] if self.note else []),
        ]


def _spread(figures: list[float], form: str) -> str:
    return (
        f"{statistics.median(figures):{form}}"
        f" (min {min(figures):{form}}, max {max(figures):{form}}, {len(figures)} rounds)"
    )


def rate(work: Callable[[], int]) -> float:
    """How many things a second ``work`` does; it returns how many it did."""
    begun = time.perf_counter()
    done = work()
    return done / (time.perf_counter() - begun)


def alternate(
    ours: Callable[[], float], yardstick: Callable[[], float], *, rounds: int
) -> tuple[list[float], list[float]]:
    """Run both in turn, so that a change of the machine's mood meets both."""
    pairs = [(yardstick(), ours()) for _ in range(rounds)]
    return [pair[1] for pair in pairs], [pair[0] for pair in pairs]


def server_time() -> float:
    """Seconds of processor time that the server's process of this connection has used."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
