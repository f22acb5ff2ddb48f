"""(f) The cash forecast on receivables that it has not learnt from, beside "paid on the due date".

``python -m benchmarks.forecast``; ``--rehearse`` does the same within the first two thirds, with a
score fitted on the first two thirds of these, and leaves the last third unread. On it ``TOGETHER``
of ``rules/forecast/weeks.py`` was chosen: ``--choose`` prints how its candidates do there.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, median

from benchmarks import score_data, score_fit
from benchmarks.score_data import Example
from usance.rules.credit.score import expectation
from usance.rules.credit.score_fitted import MODEL
from usance.rules.credit.score_history import payment_history
from usance.rules.credit.score_model import ScoreModel
from usance.rules.forecast.arrival import Arrival, arrival
from usance.rules.forecast.hits import Hit, Quality, quality
from usance.rules.forecast.weeks import TOGETHER, Week, forecast

AHEAD = 4
"""Weeks ahead that are judged: with terms of 30 days little that is open comes later."""


@dataclass(frozen=True)
class DayErrors:
    """Of the forecast pay dates of single invoices, made on the day of issue: mean and median absolute
    error in days, ours and naive, and the share paid between the 10 and the 90 % day."""

    ours: float
    naive: float
    ours_middle: float
    naive_middle: float
    within: float


def open_arrival(
    example: Example, *, on: date, past: Iterable[Example], model: ScoreModel
) -> Arrival:
    """The distribution of one invoice as the product has it at the end of the day ``on``."""
    invoice = example.invoice
    expected = expectation(
        payment_history((one.invoice for one in past), on),
        amount=invoice.amount,
        terms_days=(invoice.due_on - invoice.issued_on).days,
        on=on,
        segment=example.segment,
        model=model,
    )
    return arrival(
        invoice.amount,
        due_on=invoice.due_on,
        on=on,
        median=expected.median,
        scale=expected.scale,
        buyer=example.customer,
    )


def day_errors(examples: Sequence[Example], *, model: ScoreModel) -> DayErrors:
    """Each invoice on its own, as on its day of issue. Early payment counts as what it is."""
    ours, naive, within = [], [], []
    for example in examples:
        invoice = example.invoice
        expected = expectation(
            example.history,
            amount=invoice.amount,
            terms_days=(invoice.due_on - invoice.issued_on).days,
            on=invoice.issued_on,
            segment=example.segment,
            model=model,
        )
        one = arrival(
            invoice.amount,
            due_on=invoice.due_on,
            on=invoice.issued_on,
            median=expected.median,
            scale=expected.scale,
        )
        assert invoice.settled_on is not None
        took = (invoice.settled_on - invoice.issued_on).days
        ours.append(abs(one.quantile(0.5) - took))
        naive.append(abs(example.days_late))
        within.append(one.quantile(0.1) <= took <= one.quantile(0.9))
    return DayErrors(fmean(ours), fmean(naive), median(ours), median(naive), fmean(within))


@dataclass(frozen=True)
class WeekErrors:
    """Of the forecasts of every Monday, by how many weeks ahead, ours and naive."""

    ours: list[Quality]
    naive: list[Quality]


Mondays = list[tuple[date, list[Arrival], list[int], list[int]]]
"""A Monday, the open items on the evening before, what came in each week after, and the naive."""


def mondays(
    examples: Sequence[Example], judged: Sequence[Example], *, model: ScoreModel
) -> Mondays:
    """Every Monday from four weeks after the first judged invoice, until what comes is fully known.

    Only judged invoices are open items; the history is all that was known that evening.
    """
    by_customer: defaultdict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_customer[example.customer].append(example)
    first = judged[0].invoice.issued_on + timedelta(days=28)
    last = judged[-1].invoice.issued_on - timedelta(days=7 * AHEAD)
    monday = first + timedelta(days=-first.weekday() % 7)
    found: Mondays = []
    while monday <= last:
        on = monday - timedelta(days=1)
        came, naive, items = [0] * AHEAD, [0] * AHEAD, []
        for example in judged:
            invoice = example.invoice
            assert invoice.settled_on is not None
            if invoice.issued_on > on or invoice.settled_on <= on:
                continue
            past = (one for one in by_customer[example.customer] if one is not example)
            items.append(open_arrival(example, on=on, past=past, model=model))
            week = (invoice.settled_on - monday).days // 7
            if week < AHEAD:
                came[week] += invoice.amount
            # What is overdue is "paid on the due date" no more: the naive expects it at once.
            week = max((invoice.due_on - monday).days // 7, 0)
            if week < AHEAD:
                naive[week] += invoice.amount
        found.append((on, items, came, naive))
        monday += timedelta(days=7)
    return found


def week_errors(found: Mondays, *, together: float = TOGETHER) -> WeekErrors:
    """What the forecasts of all Mondays come to."""
    ours: list[list[Hit]] = [[] for _ in range(AHEAD)]
    rival: list[list[Hit]] = [[] for _ in range(AHEAD)]
    for on, items, came, naive in found:
        made = forecast(items, on=on, weeks=AHEAD, together=together)
        for ahead, week in enumerate(made.weeks):
            ours[ahead].append(Hit(week, came[ahead]))
            plain = Week(week.begins_on, naive[ahead], naive[ahead], naive[ahead], naive[ahead])
            rival[ahead].append(Hit(plain, came[ahead]))
    return WeekErrors([quality(hits) for hits in ours], [quality(hits) for hits in rival])


@dataclass(frozen=True)
class Report:
    """What the measure prints."""

    text: list[str]

    def lines(self) -> list[str]:
        """The result as text."""
        return self.text


def run(*, rehearse: bool = False, choose: bool = False) -> Report:
    """Judge on the last third; ``rehearse`` within the first two."""
    path = score_data.folder() / score_data.FILE
    if not path.is_file():
        return Report([f"(f) the cash forecast: no receivables at {path}; set USANCE_SHARED"])
    examples = score_data.read(path)
    learn, held = score_data.split(examples)
    model = MODEL
    if rehearse or choose:
        examples = learn
        learn, held = score_data.split(learn)
        model = score_fit.fit(learn)
    found = mondays(examples, held, model=model)
    if choose:
        return Report(_choices(found))
    days, weeks = day_errors(held, model=model), week_errors(found)
    text = [
        f"(f) cash forecast, {len(held)} invoices held back from {held[0].invoice.issued_on};"
        f" learnt from {len(learn)} before",
        "  pay date of one invoice, said on its day of issue",
        f"    mean absolute error, days    ours {days.ours:.2f}   paid on the due date {days.naive:.2f}"
        f"   ratio {days.ours / days.naive:.2f}",
        f"    median absolute error, days  ours {days.ours_middle:.1f}   paid on the due date"
        f" {days.naive_middle:.1f}",
        f"    paid within the 10 to 90 % days  {100 * days.within:.1f} % (80 % would be exact)",
        f"  cash by week of the open items, said on {len(found)} Sundays",
    ]
    for ahead, (ours, naive) in enumerate(zip(weeks.ours, weeks.naive, strict=True), 1):
        text.append(
            f"    week {ahead}: WAPE ours {ours.wape}  naive {naive.wape}   bias ours {ours.bias}"
            f"  naive {naive.bias}   within 10 to 90 %: {ours.within}"
        )
    return Report(text)


def _choices(found: Mondays) -> list[str]:
    """The share of weeks within their range, which should be 0.8, for candidates of TOGETHER."""
    lines = ["(f) together: share of weeks within 10 to 90 %, by weeks ahead"]
    for together in (0.0, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0):
        errors = week_errors(found, together=together)
        shares = [float(one.within or 0) for one in errors.ours]
        lines.append(
            f"  {together:.2f}: {fmean(shares):.3f}  " + " ".join(f"{one:.2f}" for one in shares)
        )
    return lines


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(prog="benchmarks.forecast")
    parser.add_argument("--rehearse", action="store_true", help="leave the last third unread")
    parser.add_argument("--choose", action="store_true", help="candidates of TOGETHER")
    options = parser.parse_args()
    print("\n".join(run(rehearse=options.rehearse, choose=options.choose).lines()))


if __name__ == "__main__":
    main()
