"""The coefficients that Usance ships, written by ``python -m benchmarks.score_fit``."""

from __future__ import annotations

from typing import Final

from usance.rules.credit.score_model import ScoreModel

MODEL: Final = ScoreModel(
    prior=2.807,
    segments={"391": -1.686, "406": 1.576, "770": -0.087, "818": -0.739, "897": 0.937},
    shrinkage=0.518,
    recent_weight=0.244,
    dispute_days=4.232,
    dispute_share=0.22,
    amount_days=0.632,
    season_sine=0.984,
    season_cosine=-0.466,
    terms_days=0.0,
    offset=-2.717,
    scale=5.201,
    uncertainty=0.822,
    version="score-1-04b4556b",
)
"""Fitted on the first two thirds of one seller's receivables: 1,072 invoices, 2012-01-03 to 2013-04-12."""
