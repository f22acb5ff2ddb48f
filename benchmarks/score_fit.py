"""``python -m benchmarks.score_fit``: fit the score and write ``score_fitted.py`` anew.

The objective is the mean log-loss of "more than t days late" over t = 0, 5 ... 30, so that the rare
late end is learnt together with the frequent near one, plus a small pull towards nothing. All
coefficients are fitted at once, through the same ``expectation`` that the product uses.

``--inner`` instead compares forms by two splits inside the first two thirds; nothing of the last
third is read for it. ``--receivables FILE`` fits on another file of the same columns and prints the
coefficients.
"""

from __future__ import annotations

import argparse
import json
import math
import pprint
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import NamedTuple

from benchmarks import score_data
from benchmarks.score_data import Example
from usance.rules.credit.score import expectation
from usance.rules.credit.score_fitted import MODEL
from usance.rules.credit.score_model import ScoreModel

HORIZONS = (0, 5, 10, 15, 20, 25, 30)
DISPUTE_SHARE = 0.22
FITTED = Path(__file__).resolve().parents[1] / "src/usance/rules/credit/score_fitted.py"


class Coefficient(NamedTuple):
    """One that is fitted: where it starts, how far it may go, how strongly it is pulled to ``rest``."""

    name: str
    start: float
    least: float
    most: float
    pull: float
    rest: float = 0.0


COEFFICIENTS = (
    Coefficient("prior", -2.0, -30.0, 30.0, 0.0),
    Coefficient("shrinkage", 1.0, 0.05, 20.0, 1e-4, 1.0),
    Coefficient("recent_weight", 0.5, 0.0, 1.0, 1e-4, 0.5),
    Coefficient("dispute_days", 2.0, 0.0, 40.0, 1e-6),
    Coefficient("amount_days", 0.0, -8.0, 8.0, 1e-4),
    Coefficient("season_sine", 0.0, -8.0, 8.0, 1e-4),
    Coefficient("season_cosine", 0.0, -8.0, 8.0, 1e-4),
    Coefficient("terms_days", 0.0, -8.0, 8.0, 1e-4),
    Coefficient("offset", 0.0, -15.0, 15.0, 0.0),
    Coefficient("scale", 5.0, 1.0, 50.0, 0.0),
    Coefficient("uncertainty", 0.5, 0.0, 20.0, 1e-4, 0.5),
)
SEGMENT_PULL = 5e-5


def objective(model: ScoreModel, examples: Sequence[Example]) -> float:
    """What the fit makes as small as it can."""
    total = 0.0
    for example in examples:
        expected = expectation(
            example.history,
            amount=example.invoice.amount,
            terms_days=(example.invoice.due_on - example.invoice.issued_on).days,
            on=example.invoice.issued_on,
            segment=example.segment,
            model=model,
        )
        for horizon in HORIZONS:
            z = (expected.median - horizon) / expected.scale
            wrong = -z if example.days_late > horizon else z
            total += wrong if wrong > 30 else math.log1p(math.exp(wrong))
    pulls: float = sum(c.pull * (getattr(model, c.name) - c.rest) ** 2 for c in COEFFICIENTS)
    segments = SEGMENT_PULL * sum(days**2 for days in model.segments.values())
    return total / (len(examples) * len(HORIZONS)) + pulls + segments


def fit(examples: Sequence[Example], *, without: Sequence[str] = ()) -> ScoreModel:
    """The coefficients of least objective, those in ``without`` left at nothing."""
    from scipy.optimize import minimize

    free = [c for c in COEFFICIENTS if c.name not in without]
    segments = sorted({example.segment for example in examples})

    def model(values: Sequence[float]) -> ScoreModel:
        numbers = {c.name: float(v) for c, v in zip(free, values, strict=False)}
        days = {s: float(v) for s, v in zip(segments, values[len(free) :], strict=True)}
        fixed = dict.fromkeys(without, 0.0)
        return ScoreModel(
            segments=days, dispute_share=DISPUTE_SHARE, version="fit", **numbers, **fixed
        )

    found = minimize(
        lambda values: objective(model(values), examples),
        [c.start for c in free] + [0.0] * len(segments),
        method="L-BFGS-B",
        bounds=[(c.least, c.most) for c in free] + [(-30.0, 30.0)] * len(segments),
        jac="3-point",
        options={"ftol": 1e-14, "gtol": 1e-8, "maxiter": 1000, "maxfun": 100_000},
    )
    return model(found.x)


def rounded(model: ScoreModel) -> ScoreModel:
    """``model`` with three decimals, under the version that belongs to them."""
    numbers = {c.name: round(getattr(model, c.name), 3) + 0.0 for c in COEFFICIENTS}
    segments = {segment: round(days, 3) + 0.0 for segment, days in model.segments.items()}
    return replace(model, segments=segments, version="", **numbers)


_SOURCE = '''"""The coefficients that Usance ships, written by ``python -m benchmarks.score_fit``."""

from __future__ import annotations

from typing import Final

from usance.rules.credit.score_model import ScoreModel

MODEL: Final = ScoreModel(
{arguments})
"""Fitted on the first two thirds of one seller's receivables: {count:,} invoices, {first} to {last}."""
'''


def source(model: ScoreModel, examples: Sequence[Example]) -> str:
    """The text of ``score_fitted.py``."""
    arguments = ""
    for item in fields(model):
        value = getattr(model, item.name)
        text = pprint.pformat(dict(value) if item.name == "segments" else value).replace("'", '"')
        arguments += f"    {item.name}={text},\n"
    return _SOURCE.format(
        arguments=arguments,
        count=len(examples),
        first=examples[0].invoice.issued_on,
        last=examples[-1].invoice.issued_on,
    )


def inner_splits(examples: Sequence[Example]) -> list[tuple[list[Example], list[Example]]]:
    """Learn from the first half, try on the third quarter; from three quarters, on the last."""
    half, quarter = len(examples) // 2, len(examples) * 3 // 4
    return [
        (list(examples[:half]), list(examples[half:quarter])),
        (list(examples[:quarter]), list(examples[quarter:])),
    ]


def compare_forms(examples: Sequence[Example], say: Callable[[str], None]) -> None:
    """Print how each form does on the inner splits."""
    forms: dict[str, tuple[str, ...]] = {
        "everything": (),
        "without recent_weight": ("recent_weight",),
        "without disputes": ("dispute_days",),
        "without amount": ("amount_days",),
        "without season": ("season_sine", "season_cosine"),
        "without uncertainty": ("uncertainty",),
        "without the offset": ("offset",),
    }
    for name, without in forms.items():
        losses = [
            objective(fit(learn, without=without), unseen)
            for learn, unseen in inner_splits(examples)
        ]
        say(f"{name:24} {' '.join(f'{loss:.5f}' for loss in losses)}")


def fit_own(path: Path, say: Callable[[str], None]) -> None:
    """Fit on the first two thirds of another file, and print the document of the coefficients with
    what they and the shipped ones lose on the last third."""
    learn, held = score_data.split(score_data.read(path))
    model = rounded(fit(learn))
    say(json.dumps(model.to_document(), indent=2))
    say(f"loss on the last {len(held)} invoices: {objective(model, held):.5f}")
    say(f"with the shipped coefficients:       {objective(MODEL, held):.5f}")


def main() -> None:
    """Fit on the first two thirds and write the constant, or do what was asked for instead."""
    parser = argparse.ArgumentParser(prog="benchmarks.score_fit")
    parser.add_argument("--inner", action="store_true", help="compare forms, write nothing")
    parser.add_argument(
        "--receivables", type=Path, help="fit on this file instead and print the coefficients"
    )
    options = parser.parse_args()
    if options.receivables:
        fit_own(options.receivables, print)
        return
    learn, _ = score_data.split(score_data.read(score_data.folder() / score_data.FILE))
    if options.inner:
        compare_forms(learn, print)
        return
    model = rounded(fit(learn))
    FITTED.write_text(source(model, learn))
    print(json.dumps(model.to_document(), indent=2))
    print(f"objective {objective(model, learn):.6f}")


if __name__ == "__main__":
    main()
