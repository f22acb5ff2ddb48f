"""What the score is held against: the customer's own past mean, and gradient boosting.

A forecast is the probability of more than each of HORIZONS days late, and the expected days late (0
if early), for each invoice. All three read the same: what was known on the day of issue.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss

from benchmarks.score_data import Example
from benchmarks.score_fit import inner_splits
from usance.rules.credit.score import expectation, score
from usance.rules.credit.score_model import ScoreModel

HORIZONS = (30, 15, 0)
"""The definition of late is the first; the others have enough cases to measure by."""


class Forecast(NamedTuple):
    """``late`` has a row an invoice and a column a horizon; ``days`` one figure an invoice."""

    late: Any
    days: Any


def by_score(model: ScoreModel, examples: Sequence[Example]) -> Forecast:
    """The product's own, through the same call that a checkout makes; rounded as it rounds."""
    late, days = [], []
    for example in examples:
        asked: dict[str, Any] = {
            "amount": example.invoice.amount,
            "terms_days": (example.invoice.due_on - example.invoice.issued_on).days,
            "on": example.invoice.issued_on,
            "segment": example.segment,
            "model": model,
        }
        given = score(example.history, **asked)
        expected = expectation(example.history, **asked)
        others = [1 / (1 + math.exp(-expected.log_odds(beyond=t))) for t in HORIZONS[1:]]
        late.append([float(given.late_probability), *others])
        days.append(float(given.expected_days_late))
    return Forecast(np.array(late), np.array(days))


def by_customer_mean(learn: Sequence[Example], examples: Sequence[Example]) -> Forecast:
    """The share of the customer's settled invoices that were so late, and their mean days late; of
    all that were learnt from, where the customer has none."""
    everyone = [max(example.days_late, 0) for example in learn]
    known = [example.known_days_late or everyone for example in examples]
    return Forecast(
        np.array([[np.mean(np.array(days) > t) for t in HORIZONS] for days in known]),
        np.array([np.mean(days) for days in known]),
    )


def by_boosting(learn: Sequence[Example], examples: Sequence[Example]) -> Forecast:
    """Histogram gradient boosting, one classifier a horizon and one of the absolute error, with the
    settings that did best on splits inside ``learn``."""
    settings = _best_settings(learn)
    return Forecast(
        np.column_stack([_late(learn, examples, t, settings) for t in HORIZONS]),
        HistGradientBoostingRegressor(loss="absolute_error", **settings)
        .fit(_features(learn), np.maximum(_outcomes(learn), 0))
        .predict(_features(examples)),
    )


def one_by_boosting(learn: Sequence[Example]) -> Callable[[Example], float]:
    """A classifier of the first horizon, that is asked for one invoice at a time."""
    classifier = HistGradientBoostingClassifier(**_best_settings(learn))
    classifier.fit(_features(learn), _outcomes(learn) > HORIZONS[0])

    def one(example: Example) -> float:
        return float(classifier.predict_proba(_features([example]))[0, 1])

    return one


def _best_settings(learn: Sequence[Example]) -> dict[str, Any]:
    tried: list[tuple[float, int, dict[str, Any]]] = []
    for rate, leaves, rounds in itertools.product((0.03, 0.1), (4, 8, 16), (50, 100)):
        settings = {
            "learning_rate": rate,
            "max_leaf_nodes": leaves,
            "max_iter": rounds,
            "min_samples_leaf": 20,
            "l2_regularization": 1.0,
            "categorical_features": [0],
            "early_stopping": False,
            "random_state": 0,
        }
        loss = sum(
            log_loss(_outcomes(unseen) > t, _late(known, unseen, t, settings), labels=[False, True])
            for known, unseen in inner_splits(learn)
            for t in HORIZONS[1:]
        )
        tried.append((loss, len(tried), settings))
    return min(tried)[2]


def _late(
    learn: Sequence[Example], examples: Sequence[Example], horizon: int, settings: dict[str, Any]
) -> Any:
    classifier = HistGradientBoostingClassifier(**settings)
    classifier.fit(_features(learn), _outcomes(learn) > horizon)
    return classifier.predict_proba(_features(examples))[:, 1]


def _outcomes(examples: Sequence[Example]) -> Any:
    return np.array([example.days_late for example in examples])


def _features(examples: Sequence[Example]) -> Any:
    return np.array([_row(example) for example in examples], dtype=float)


def _row(example: Example) -> list[float]:
    history, invoice = example.history, example.invoice
    on = invoice.issued_on
    settled = [p for p in example.past if p.settled_on is not None and p.settled_on <= on]
    days = [float((p.settled_on - p.due_on).days) for p in settled if p.settled_on is not None]
    late = np.array(days) if days else np.array([np.nan])
    return [
        float(example.segment),
        len(days),
        late.mean(),
        late.max(),
        late.min(),
        late[-1],
        late[-3:].mean(),
        np.maximum(late, 0).mean(),
        *((late > t).mean() if days else np.nan for t in HORIZONS),
        history.recent_days_late / history.recent_settled if days else np.nan,
        np.mean([p.disputed for p in settled]) if days else np.nan,
        sum(count for _, count in history.open_overdue),
        history.open_overdue[0][0] if history.open_overdue else 0,
        invoice.amount,
        invoice.amount * history.invoices / history.amounts if history.amounts else np.nan,
        on.month,
        (invoice.due_on - on).days,
    ]
