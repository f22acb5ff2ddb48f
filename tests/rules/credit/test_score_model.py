"""The coefficients: stored and read, refused when they would make nonsense."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from usance.rules.credit.score_fitted import MODEL
from usance.rules.credit.score_model import InvalidScoreModel, ScoreModel, model_from_document


def test_the_shipped_coefficients_survive_being_stored() -> None:
    assert model_from_document(json.loads(json.dumps(MODEL.to_document()))) == MODEL


def test_the_version_follows_from_the_coefficients() -> None:
    assert replace(MODEL, version="").version == MODEL.version
    changes: list[dict[str, Any]] = [{"prior": 3.0}, {"segments": {"retail": 1.0}}, {"scale": 6.0}]
    versions = {replace(MODEL, version="", **change).version for change in changes}
    assert len(versions | {MODEL.version}) == 4


def test_what_is_left_out_keeps_its_usual_value() -> None:
    assert model_from_document({"prior": 4}) == ScoreModel(prior=4.0)


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ({}, "prior"),
        ({"prior": "4"}, "prior"),
        ({"prior": True}, "prior"),
        ({"prior": float("nan")}, "prior"),
        ({"prior": 4, "colour": 1}, "colour"),
        ({"prior": 4, "scale": 0}, "scale"),
        ({"prior": 4, "shrinkage": 0}, "shrinkage"),
        ({"prior": 4, "recent_weight": 1.1}, "recent_weight"),
        ({"prior": 4, "recent_weight": -0.1}, "recent_weight"),
        ({"prior": 4, "dispute_days": -1}, "dispute_days"),
        ({"prior": 4, "segments": ["retail"]}, "segments"),
        ({"prior": 4, "segments": {"retail": None}}, r"segments\.retail"),
        ({"prior": 4, "segments": {"retail": 1000}}, r"segments\.retail"),
        ({"prior": 4, "version": 7}, "version"),
    ],
)
def test_nonsense_is_refused_by_name(document: dict[str, Any], name: str) -> None:
    with pytest.raises(InvalidScoreModel, match=f"^{name}:") as caught:
        model_from_document(document)
    assert caught.value.code == "invalid_score_model"
