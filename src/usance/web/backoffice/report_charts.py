"""The drawings of reports: bars, ranges and lines, computed here and placed by attributes of SVG alone.

Each has a name and a description for those who do not see it, and its figures stand in a table beside
it. Shapes that mean different things differ in more than their colour.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from usance.records.invoices.queries import Aging
from usance.rules.forecast.hits import Hit
from usance.rules.forecast.weeks import Week
from usance.rules.receivables_spread import COHORT_DAYS, Cohort
from usance.web.backoffice.backtest_chart import grid_step
from usance.web.words.amounts import short_money

WIDTH: Final = 720
HEIGHT: Final = 260
_TOP, _BOTTOM, _LEFT, _RIGHT = 20, 30, 84, 4
_MOST_LINES: Final = 4


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; ``look`` is the class that colours it."""

    x: int
    y: int
    width: int
    height: int
    look: str


@dataclass(frozen=True, slots=True)
class Words:
    """A short text; ``anchor`` is start, middle or end."""

    x: int
    y: int
    text: str
    anchor: str = "middle"
    look: str = "chart-label"


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through ``points``, as SVG writes them."""

    points: str
    look: str


@dataclass(frozen=True, slots=True)
class Key:
    """What a shape of the drawing means; ``shape`` is box, line or dot."""

    shape: str
    look: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing; the template computes nothing."""

    id: str
    title: str
    description: str
    boxes: tuple[Box, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    dots: tuple[tuple[int, int], ...] = ()
    words: tuple[Words, ...] = ()
    grid: tuple[int, ...] = ()
    keys: tuple[Key, ...] = ()
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT


@dataclass(frozen=True, slots=True)
class _Scale:
    """From amounts to places: zero stands at the foot, ``top`` at the head."""

    top: int
    step: int

    @classmethod
    def of(cls, highest: int) -> _Scale:
        step = grid_step(max(highest, 1))
        return cls(top=-(-max(highest, 1) // step) * step, step=step)

    def y(self, amount: int) -> int:
        return HEIGHT - _BOTTOM - max(amount, 0) * (HEIGHT - _TOP - _BOTTOM) // self.top

    def grid(self) -> tuple[int, ...]:
        return tuple(self.y(amount) for amount in range(0, self.top + 1, self.step))

    def labels(self, name: Callable[[int], str]) -> list[Words]:
        return [
            Words(_LEFT - 8, self.y(amount) + 4, name(amount), "end")
            for amount in range(0, self.top + 1, self.step)
        ]


def _slots(count: int) -> list[tuple[int, int]]:
    """(left edge, width) of ``count`` places side by side."""
    room = WIDTH - _LEFT - _RIGHT
    return [(_LEFT + n * room // count, room // count) for n in range(count)]


_AGES: Final = ("chart-age-0", "chart-age-1", "chart-age-2", "chart-age-3", "chart-age-4")


def aging_chart(row: Aging, *, labels: Sequence[str], title: str, description: str) -> Chart:
    """A bar for each span of days past due, with its amount above it."""
    figures = (row.not_due, row.days_1_30, row.days_31_60, row.days_61_90, row.days_over_90)
    scale = _Scale.of(max(figures))
    boxes, words = [], scale.labels(lambda amount: short_money(amount, row.currency))
    for (left, room), figure, look, label in zip(
        _slots(len(figures)), figures, _AGES, labels, strict=True
    ):
        y = scale.y(figure)
        boxes.append(Box(left + room // 6, y, room * 2 // 3, HEIGHT - _BOTTOM - y, look))
        words.append(Words(left + room // 2, HEIGHT - 8, label))
        words.append(Words(left + room // 2, y - 5, short_money(figure, row.currency)))
    return Chart(
        id="aging",
        title=title,
        description=description,
        boxes=tuple(boxes),
        words=tuple(words),
        grid=scale.grid(),
    )


def share_chart(
    rows: Sequence[tuple[str, int]], *, currency: str, id_: str, title: str, description: str
) -> Chart:
    """A bar across for each of ``rows``, the name above it and the amount at its end."""
    height, line = 12 + 48 * len(rows), 48
    highest = max((amount for _, amount in rows), default=1) or 1
    boxes, words = [], []
    for n, (name, amount) in enumerate(rows):
        y = 6 + n * line
        width = max(amount, 0) * (WIDTH - 100) // highest
        boxes.append(Box(0, y + 22, width, 14, "chart-bar"))
        words.append(Words(0, y + 15, name, "start"))
        words.append(Words(width + 6, y + 35, short_money(amount, currency), "start"))
    return Chart(
        id=id_,
        title=title,
        description=description,
        boxes=tuple(boxes),
        words=tuple(words),
        height=height,
        left=0,
    )


def forecast_chart(
    weeks: Sequence[Week],
    *,
    currency: str,
    hits: Sequence[Hit] = (),
    labels: Sequence[str],
    keys: tuple[Key, ...],
    id_: str,
    title: str,
    description: str,
) -> Chart:
    """A range for each week with a mark at the amount that is as likely exceeded as not, and a dot where
    what came is known."""
    came = {hit.week.begins_on: hit.came for hit in hits}
    scale = _Scale.of(max([week.high for week in weeks] + list(came.values()), default=1))
    boxes, words, dots = [], scale.labels(lambda amount: short_money(amount, currency)), []
    sparse = max(1, -(-len(weeks) // 7))
    for n, ((left, room), week) in enumerate(zip(_slots(max(len(weeks), 1)), weeks, strict=False)):
        x, width = left + room // 5, max(room * 3 // 5, 2)
        high, low, middle = scale.y(week.high), scale.y(week.low), scale.y(week.middle)
        boxes.append(Box(x, high, width, max(low - high, 1), "chart-range"))
        boxes.append(Box(x, middle - 1, width, 3, "chart-middle"))
        if week.begins_on in came:
            dots.append((left + room // 2, scale.y(came[week.begins_on])))
        if n % sparse == 0:
            words.append(Words(left + room // 2, HEIGHT - 8, labels[n]))
    return Chart(
        id=id_,
        title=title,
        description=description,
        boxes=tuple(boxes),
        dots=tuple(dots),
        words=tuple(words),
        grid=scale.grid(),
        keys=keys,
    )


def cohort_chart(
    rows: Sequence[Cohort],
    *,
    names: Sequence[str],
    days: Sequence[str],
    percent: Callable[[Decimal], str],
    title: str,
    description: str,
) -> Chart:
    """A line for each of the last months: the share paid by so many days after the due date."""
    scale = _Scale(top=10_000, step=2_500)
    words = scale.labels(lambda share: percent(Decimal(share) / 10_000))
    slots = _slots(len(COHORT_DAYS))
    centres = [left + room // 2 for left, room in slots]
    words += [
        Words(x, HEIGHT - 8, name)
        for n, (x, name) in enumerate(zip(centres, days, strict=True))
        if n % 2 == 0
    ]
    strokes, keys = [], []
    for n, (row, name) in enumerate(list(zip(rows, names, strict=True))[-_MOST_LINES:]):
        points = [
            f"{x},{scale.y(int(min(share, Decimal(1)) * 10_000))}"
            for x, share in zip(centres, row.shares, strict=True)
            if share is not None
        ]
        if len(points) > 1:
            strokes.append(Stroke(" ".join(points), f"chart-line-{n}"))
            keys.append(Key("line", f"chart-line-{n}", name))
    return Chart(
        id="cohorts",
        title=title,
        description=description,
        strokes=tuple(strokes),
        words=tuple(words),
        grid=scale.grid(),
        keys=tuple(keys),
    )
