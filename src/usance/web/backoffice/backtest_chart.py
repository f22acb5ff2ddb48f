"""The drawing of exposure over time under two policies: lines, a grid, and what stands at its edges.

The drawing is computed here, in whole units of its box, and placed by attributes of SVG alone; the
figures behind it stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from usance.rules.money import Money
from usance.web.words.amounts import day_text, short_money

WIDTH: Final = 720
HEIGHT: Final = 260
_TOP, _BOTTOM, _LEFT, _RIGHT = 12, 28, 84, 4
_LINES: Final = 4
_STEPS: Final = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_MOST_ROWS: Final = 24


@dataclass(frozen=True, slots=True)
class GridLine:
    """A line across the drawing with the amount it stands for."""

    y: int
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A day at the foot of the drawing. ``anchor`` is start, middle or end."""

    x: int
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class ExposureChart:
    """Everything the template needs; it computes nothing. ``rows`` are some of the evenings."""

    live: str
    draft: str
    grid: tuple[GridLine, ...]
    ticks: tuple[Tick, ...]
    rows: tuple[tuple[date, Money, Money], ...]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def left(self) -> int:
        """Where the lines begin; the amounts stand before it."""
        return _LEFT

    @property
    def foot(self) -> int:
        """Where the words below the lines stand."""
        return self.height - 8


def exposure_chart(series: Sequence[Mapping[str, Any]], *, currency: str) -> ExposureChart | None:
    """The drawing of ``series``; None where there is nothing to draw a line through."""
    if len(series) < 2:
        return None
    days = [date.fromisoformat(moment["on"]) for moment in series]
    highest: int = max(1, *(max(moment["live"], moment["draft"]) for moment in series))
    step = grid_step(highest)
    top = -(-highest // step) * step
    span = (days[-1] - days[0]).days or 1
    xs = [_LEFT + (day - days[0]).days * (WIDTH - _LEFT - _RIGHT) // span for day in days]

    def y(amount: int) -> int:
        return HEIGHT - _BOTTOM - amount * (HEIGHT - _TOP - _BOTTOM) // top

    def line(side: str) -> str:
        return " ".join(f"{x},{y(m[side])}" for x, m in zip(xs, series, strict=True))

    return ExposureChart(
        live=line("live"),
        draft=line("draft"),
        grid=tuple(
            GridLine(y(amount), short_money(amount, currency)) for amount in range(0, top + 1, step)
        ),
        ticks=_ticks(days, xs),
        rows=tuple(
            (days[n], Money(series[n]["live"], currency), Money(series[n]["draft"], currency))
            for n in _some(len(series))
        ),
    )


def grid_step(highest: int) -> int:
    """A round amount of which at most as many as there are lines reach ``highest``."""
    least = Decimal(highest) / _LINES
    scale = Decimal(1).scaleb(least.adjusted())
    return max(1, int(next(step for step in _STEPS if step * scale >= least) * scale))


def _ticks(days: Sequence[date], xs: Sequence[int]) -> tuple[Tick, ...]:
    """The first day, the middle one and the last."""
    middle = len(days) // 2
    return (
        Tick(xs[0], day_text(days[0]), "start"),
        Tick(xs[middle], day_text(days[middle]), "middle"),
        Tick(xs[-1], day_text(days[-1]), "end"),
    )


def _some(count: int) -> list[int]:
    """Places evenly spread, the last one among them."""
    step = -(-count // _MOST_ROWS)
    return sorted(range(count - 1, -1, -step))
