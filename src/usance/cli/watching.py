"""Progress on stderr: a bar with the rate for a person at a terminal, nothing for a program."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

SECONDS_BETWEEN_LINES = 5.0

Advance = Callable[[int, int, str], None]
"""Told how many are done, of how many (0: unknown), and a word about where it is."""


class _Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "", style="progress.data.speed")


@contextlib.contextmanager
def bar(title: str) -> Iterator[Advance]:
    """A progress bar; a line every few seconds where stderr is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(title)
        return
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[where]}"),
        console=console,
    ) as progress:
        task = progress.add_task(title, total=None, where="")

        def advance(done: int, total: int, where: str) -> None:
            progress.update(task, completed=done, total=total or None, where=where)

        yield advance


def _lines(title: str) -> Advance:
    begun = told = time.monotonic()

    def advance(done: int, total: int, where: str) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= SECONDS_BETWEEN_LINES or (total and done >= total > 0 and now > begun):
            told = now
            rate = done / (now - begun)
            of = f" of {total:,}" if total else ""
            sys.stderr.write(f"{title}: {done:,}{of}, {rate:,.0f}/s  {where}\n")
            sys.stderr.flush()

    return advance


@contextlib.contextmanager
def pulse(title: str) -> Iterator[None]:
    """A spinner while something of unknown length runs."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(title):
        yield
