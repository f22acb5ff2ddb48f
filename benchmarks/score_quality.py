"""(s) The score on invoices that it has not learnt from, beside its rivals, and what one costs.

``make bench ARGS=score``, or ``python -m benchmarks.score_quality`` without a database.
``--rehearse`` does the same within the first two thirds, and leaves the last third unread.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from benchmarks import score_data, score_fit, score_rivals
from benchmarks.measure import Rates, alternate, rate
from benchmarks.score_data import Example
from benchmarks.score_rivals import HORIZONS, Forecast
from usance.rules.credit.score import score
from usance.rules.credit.score_fitted import MODEL

GROUPS = 10
SAMPLES = 1000


@dataclass(frozen=True)
class Quality:
    """How good a forecast of one horizon is. ``calibration`` has, for each tenth of the invoices by
    forecast, the mean forecast and the share that came true; ``calibration_error`` is the mean
    distance between them."""

    auc: float
    brier: float
    calibration_error: float
    calibration: tuple[tuple[float, float], ...]


def quality(forecast: Any, true: Any) -> Quality:
    """Of forecasts against what came true; equal forecasts keep the order of issue."""
    order = np.argsort(forecast, kind="stable")
    tenths = [
        (float(forecast[part].mean()), float(true[part].mean()), len(part))
        for part in np.array_split(order, GROUPS)
    ]
    return Quality(
        auc=float(roc_auc_score(true, forecast)),
        brier=float(np.mean((forecast - true) ** 2)),
        calibration_error=sum(abs(f - t) * n for f, t, n in tenths) / len(order),
        calibration=tuple((f, t) for f, t, _ in tenths),
    )


def mean_error(days: Any, examples: Sequence[Example]) -> float:
    """The mean absolute error of the expected days late; an early payment is 0 days late."""
    return float(np.mean(np.abs(days - np.maximum(_days_late(examples), 0))))


def _days_late(examples: Sequence[Example]) -> Any:
    return np.array([example.days_late for example in examples])


def table(forecasts: dict[str, Forecast], examples: Sequence[Example]) -> list[str]:
    """A line a horizon and forecast."""
    lines = []
    for column, horizon in enumerate(HORIZONS):
        true = _days_late(examples) > horizon
        lines.append(
            f"  more than {horizon} days late: {true.sum()} of {len(true)} invoices"
            f" ({len({e.customer for e, late in zip(examples, true, strict=True) if late})} customers)"
        )
        for name, forecast in forecasts.items():
            found = quality(forecast.late[:, column], true)
            lines.append(
                f"    {name:14} AUC {found.auc:.3f}  Brier {found.brier:.5f}"
                f"  calibration error {found.calibration_error:.5f}"
            )
    lines.append("  expected days late, mean absolute error")
    lines += [f"    {name:14} {mean_error(f.days, examples):.2f}" for name, f in forecasts.items()]
    return lines


def calibration(forecast: Forecast, examples: Sequence[Example]) -> list[str]:
    """Forecast against outcome, a line for each tenth of the invoices."""
    found = [
        quality(forecast.late[:, column], _days_late(examples) > horizon).calibration
        for column, horizon in enumerate(HORIZONS)
    ]
    heads = "  ".join(f"beyond {horizon:2}: said  came" for horizon in HORIZONS)
    lines = [f"  tenth  {heads}"]
    for tenth, rows in enumerate(zip(*found, strict=True), 1):
        cells = "  ".join(f"      {said:8.4f} {came:8.4f}" for said, came in rows)
        lines.append(f"  {tenth:5}  {cells}")
    return lines


def certainty(forecasts: dict[str, Forecast], examples: Sequence[Example]) -> list[str]:
    """How often the score is ahead when the customers are drawn anew, with replacement."""
    customers = sorted({example.customer for example in examples})
    places = [
        np.array([i for i, example in enumerate(examples) if example.customer == customer])
        for customer in customers
    ]
    draws = np.random.default_rng(0)
    true = {t: _days_late(examples) > t for t in HORIZONS}
    ours, mean, boosted = forecasts.values()
    ahead: dict[str, list[bool]] = {}
    for _ in range(SAMPLES):
        drawn = np.concatenate([places[i] for i in draws.integers(len(places), size=len(places))])
        for column, t in enumerate(HORIZONS):
            late = true[t][drawn]
            if t == HORIZONS[0] or late.all() or not late.any():
                continue
            aucs = [roc_auc_score(late, f.late[drawn, column]) for f in (ours, mean, boosted)]
            ahead.setdefault(f"AUC beyond {t} above the mean's", []).append(aucs[0] > aucs[1])
            ahead.setdefault(f"AUC beyond {t} within 0.03 of boosting", []).append(
                aucs[0] > aucs[2] - 0.03
            )
        errors = [
            np.abs(f.days[drawn] - np.maximum(_days_late(examples)[drawn], 0)).mean()
            for f in (ours, mean)
        ]
        ahead.setdefault("mean absolute error below the mean's", []).append(errors[0] < errors[1])
    return [f"  {100 * np.mean(won):5.1f} %  {what}" for what, won in ahead.items()]


def unseen_customers(
    learn: Sequence[Example], examples: Sequence[Example], *, folds: int = 5
) -> dict[str, Forecast]:
    """Forecasts for each customer by models that learnt from other customers only."""
    customers = sorted({example.customer for example in (*learn, *examples)})
    fold = {customer: place % folds for place, customer in enumerate(customers)}
    made: dict[str, Forecast] = {}
    for number in range(folds):
        others = [example for example in learn if fold[example.customer] != number]
        chosen = [i for i, example in enumerate(examples) if fold[example.customer] == number]
        asked = [examples[i] for i in chosen]
        for name, forecast in {
            "the score": score_rivals.by_score(score_fit.fit(others), asked),
            "customer mean": score_rivals.by_customer_mean(others, asked),
            "boosting": score_rivals.by_boosting(others, asked),
        }.items():
            whole = made.setdefault(
                name, Forecast(np.zeros((len(examples), len(HORIZONS))), np.zeros(len(examples)))
            )
            whole.late[chosen], whole.days[chosen] = forecast.late, forecast.days
    return made


def bands(learn: Sequence[Example], held: Sequence[Example]) -> list[str]:
    """How many invoices are in each band, and how late they were."""
    lines = []
    for name, examples in {"learnt from": learn, "held back": held}.items():
        found: dict[str, list[int]] = {}
        for e in examples:
            terms = (e.invoice.due_on - e.invoice.issued_on).days
            given = score(
                e.history,
                amount=e.invoice.amount,
                terms_days=terms,
                on=e.invoice.issued_on,
                segment=e.segment,
            )
            found.setdefault(given.band, []).append(e.days_late)
        for band, days in sorted(found.items()):
            late = "  ".join(f">{t}: {sum(d > t for d in days):3}" for t in HORIZONS)
            lines.append(f"  {name:12} {band}  {len(days):4} invoices  {late}")
    return lines


def cost(learn: Sequence[Example], held: Sequence[Example], *, rounds: int) -> Rates:
    """Scores a second from summed-up histories, one at a time, as at a checkout."""
    one_by_boosting = score_rivals.one_by_boosting(learn)

    def scores() -> int:
        for example in itertools.islice(itertools.cycle(held), 20_000):
            score(
                example.history,
                amount=example.invoice.amount,
                terms_days=30,
                on=example.invoice.issued_on,
                segment=example.segment,
            )
        return 20_000

    def boosted() -> int:
        for example in held[:100]:
            one_by_boosting(example)
        return 100

    # For one row a second thread only waits for the first.
    with threadpool_limits(1):
        figures, yardstick = alternate(lambda: rate(scores), lambda: rate(boosted), rounds=rounds)
    middle = sorted(figures)[len(figures) // 2]
    return Rates(
        "(s) one score from a summed-up payment history",
        "scores/s",
        figures,
        yardstick,
        "one probability from boosting, one invoice at a time",
        f"{1_000_000 / middle:.1f} µs a score",
    )


@dataclass(frozen=True)
class Report:
    """What the measure prints."""

    text: list[str]

    def lines(self) -> list[str]:
        """The result as text."""
        return self.text


def run(*, rounds: int, brief: bool = False, rehearse: bool = False) -> Report:
    """Judge the shipped coefficients on the last third; unless ``brief``, also fits that have not
    learnt from the customer they judge."""
    path = score_data.folder() / score_data.FILE
    if not path.is_file():
        return Report([f"(s) the score: no receivables at {path}; set USANCE_SHARED"])
    examples = score_data.read(path)
    learn, held = score_data.split(examples)
    model = MODEL
    if rehearse:
        examples = learn
        learn, held = score_data.split(learn)
        model = score_fit.fit(learn)
    forecasts = {
        "the score": score_rivals.by_score(model, held),
        "customer mean": score_rivals.by_customer_mean(learn, held),
        "boosting": score_rivals.by_boosting(learn, held),
    }
    text = [
        *cost(learn, held, rounds=rounds).lines(),
        f"(s) held back, from {held[0].invoice.issued_on}; learnt from {len(learn)} before",
        *table(forecasts, held),
        "(s) the score's calibration",
        *calibration(forecasts["the score"], held),
        f"(s) of {SAMPLES} draws of the held-back customers",
        *certainty(forecasts, held),
        "(s) bands",
        *bands(learn, held),
    ]
    if not brief:
        text += [
            "(s) held back, customers that the model has not learnt from",
            *table(unseen_customers(learn, held), held),
            "(s) all days, customers that the model has not learnt from",
            *table(unseen_customers(learn, examples), examples),
        ]
    return Report(text)


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(prog="benchmarks.score_quality")
    parser.add_argument("--rehearse", action="store_true", help="leave the last third unread")
    options = parser.parse_args()
    print("\n".join(run(rounds=3, rehearse=options.rehearse).lines()))


if __name__ == "__main__":
    main()
