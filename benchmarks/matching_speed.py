"""How fast bank lines find their items, and what the index needs, as the ledger grows.

Each size runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import resource
import subprocess
import sys
import time
from dataclasses import dataclass

from benchmarks.matching_quality import draw, prepare
from usance.rules.matching.engine import match
from usance.rules.matching.model import BankLine, MatchingSettings

_NUMBER = re.compile(r"[0-9]{10}|INV-[0-9]{4}-[0-9]{6}")


@dataclass(frozen=True)
class Speed:
    """What one size took: processor seconds, and the largest memory of the process in MiB."""

    invoices: int
    lines: int
    build: float
    match: float
    lookup: float
    """The yardstick: a pattern and a dictionary, which find numbers as printed and nothing else."""
    memory: int

    def text(self) -> str:
        """One line of the report."""
        return (
            f"  {self.invoices:9,} open invoices: {self.lines / self.match:7,.0f} lines/s"
            f" ({self.match:.1f} s for {self.lines:,}), index built in {self.build:.1f} s,"
            f" {self.memory:,} MiB in all, yardstick {self.lines / self.lookup:,.0f} lines/s"
        )


def in_process(*, invoices: int, lines: int, seed: int) -> Speed:
    """Measure one size in a child process."""
    command = [sys.executable, "-m", "benchmarks.matching_speed", "--child"]
    command += [str(invoices), str(lines), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Speed(**json.loads(done.stdout))


def measure(*, invoices: int, lines: int, seed: int) -> Speed:
    """Build the index and match every line against it, as it stood before any of them."""
    world = draw(seed, invoices=invoices, lines=lines)
    gc.collect()
    gc.freeze()
    begun = time.process_time()
    items, buyers, knowledge = prepare(world)
    built = time.process_time()
    settings = MatchingSettings()
    for line, _ in world.lines:
        match(line, items=items, buyers=buyers, knowledge=knowledge, settings=settings)
    matched = time.process_time()
    numbers = {item.number: item for item in world.ledger.items}
    started = time.process_time()
    found = sum(_look_up(line, numbers) for line, _ in world.lines)
    looked = time.process_time()
    assert found
    return Speed(
        invoices=invoices,
        lines=len(world.lines),
        build=built - begun,
        match=matched - built,
        lookup=looked - started,
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def _look_up(line: BankLine, numbers: dict[str, object]) -> int:
    for text in (*line.structured_references, *line.texts):
        for number in _NUMBER.findall(text):
            if number in numbers:
                return 1
    return 0


def main() -> None:
    """One size, as JSON for the parent or as text."""
    parser = argparse.ArgumentParser(prog="benchmarks.matching_speed")
    parser.add_argument("size", nargs=3, type=int, metavar=("INVOICES", "LINES", "SEED"))
    parser.add_argument("--child", action="store_true")
    options = parser.parse_args()
    invoices, lines, seed = options.size
    speed = measure(invoices=invoices, lines=lines, seed=seed)
    print(json.dumps(speed.__dict__) if options.child else speed.text())


if __name__ == "__main__":
    main()
