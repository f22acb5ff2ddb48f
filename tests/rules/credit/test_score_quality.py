"""What docs/score.md says of the shipped coefficients, on receivables that they have not learnt from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from benchmarks import score_data, score_fit, score_quality, score_rivals
from benchmarks.score_data import Example
from benchmarks.score_rivals import HORIZONS, Forecast
from usance.rules.credit.score_fitted import MODEL

Thirds = tuple[list[Example], list[Example]]


@pytest.fixture(scope="module")
def thirds(shared: Path) -> Thirds:
    """What was learnt from, and what was held back."""
    path = shared / score_data.FILE
    if not path.is_file():
        pytest.skip(f"the receivables are not at {path}")
    return score_data.split(score_data.read(path))


def quality(forecast: Forecast, examples: list[Example], horizon: int) -> score_quality.Quality:
    late = np.array([example.days_late > horizon for example in examples])
    return score_quality.quality(forecast.late[:, HORIZONS.index(horizon)], late)


def test_the_data_is_what_the_documents_say(thirds: Thirds) -> None:
    learn, held = thirds
    counts = [
        [sum(example.days_late > horizon for example in part) for horizon in HORIZONS]
        for part in thirds
    ]
    assert (len(learn), len(held)) == (1072, 536)
    assert counts == [[7, 89, 411], [1, 26, 167]]
    assert {(e.invoice.due_on - e.invoice.issued_on).days for e in (*learn, *held)} == {30}


@pytest.mark.parametrize("horizon", HORIZONS)
def test_it_is_better_than_the_customers_own_mean(thirds: Thirds, horizon: int) -> None:
    learn, held = thirds
    ours = quality(score_rivals.by_score(MODEL, held), held, horizon)
    mean = quality(score_rivals.by_customer_mean(learn, held), held, horizon)
    assert ours.auc > mean.auc
    assert ours.brier < mean.brier
    assert ours.calibration_error < mean.calibration_error


def test_its_expected_days_late_are_nearer_than_the_customers_own_mean(thirds: Thirds) -> None:
    learn, held = thirds
    ours = score_quality.mean_error(score_rivals.by_score(MODEL, held).days, held)
    mean = score_quality.mean_error(score_rivals.by_customer_mean(learn, held).days, held)
    assert ours < 2.4 < 3.0 < mean


@pytest.mark.slow
def test_it_comes_within_three_hundredths_of_boosting(thirds: Thirds) -> None:
    learn, held = thirds
    forecast = score_rivals.by_score(MODEL, held)
    with threadpool_limits(
        limits=1
    ):  # threads that wait for each other beside other tests take minutes
        boosted = score_rivals.by_boosting(learn, held)
    for horizon in HORIZONS:
        ours, theirs = (quality(f, held, horizon) for f in (forecast, boosted))
        assert ours.auc > theirs.auc - 0.03


def test_the_shipped_coefficients_are_the_ones_that_fit_best(thirds: Thirds) -> None:
    """A step away from any of them does worse, so the file is what the fit program would write."""
    learn, _ = thirds
    best = score_fit.objective(MODEL, learn)
    steps: list[Callable[[float], dict[str, object]]] = [
        *(_number(coefficient.name) for coefficient in score_fit.COEFFICIENTS),
        *(_segment(segment) for segment in MODEL.segments),
    ]
    assert len(steps) == 16
    for step in steps:
        for size in (-0.05, 0.05):
            try:
                moved = replace(MODEL, **step(size))  # type: ignore[arg-type]
            except ValueError:
                continue  # beyond what a coefficient may be
            assert score_fit.objective(moved, learn) > best - 1e-7, step(size)


def _number(name: str) -> Callable[[float], dict[str, object]]:
    return lambda size: {name: getattr(MODEL, name) + size}


def _segment(segment: str) -> Callable[[float], dict[str, object]]:
    return lambda size: {
        "segments": dict(MODEL.segments) | {segment: MODEL.segments[segment] + size}
    }


def test_the_file_of_coefficients_is_as_the_fit_program_writes_it(thirds: Thirds) -> None:
    learn, _ = thirds
    assert score_fit.FITTED.read_text() == score_fit.source(score_fit.rounded(MODEL), learn)
