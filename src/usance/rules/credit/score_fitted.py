"""The coefficients that Usance ships, written by ``python -m benchmarks.score_fit``."""

from __future__ import annotations

from typing import Final

from usance.rules.credit.score_model import ScoreModel

MODEL: Final = ScoreModel(
    prior=2.749,
    segments={"391": -1.714, "406": 1.591, "770": -0.092, "818": -0.706, "897": 0.93},
    shrinkage=0.404,
    recent_weight=0.245,
    dispute_days=4.254,
    dispute_share=0.22,
    amount_days=0.641,
    season_sine=0.989,
    season_cosine=-0.481,
    terms_days=0.0,
    offset=-2.687,
    scale=5.218,
    uncertainty=0.829,
    version="score-1-b221a7d0",
)
"""Fitted on the first two thirds of one seller's receivables: 1,072 invoices, 2012-01-03 to 2013-04-12."""
