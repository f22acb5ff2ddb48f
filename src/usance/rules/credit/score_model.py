"""The coefficients of the score: what they mean, and how they are stored.

Those that Usance ships are in ``score_fitted.py``, which the fit program writes; a seller with an
own history of receivables fits its own and stores them as a document.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final


class InvalidScoreModel(ValueError):
    """The stored coefficients cannot be read; the message names the one that is wrong."""

    code = "invalid_score_model"


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """Days late of the next invoice follow a logistic distribution, whose median adds these up.

    ``prior``: days late of a buyer nobody knows; ``segments``: what to add for a segment.
    ``shrinkage``: how many invoices' worth the prior weighs against a buyer's own.
    ``recent_weight``: from 0 to 1, how much the recent average counts beside the plain one.
    ``dispute_days``: days added by a share of disputed invoices of one instead of
    ``dispute_share``, which is the usual one.
    ``amount_days``: days added by an invoice e times as large as this buyer's usual.
    ``season_sine`` and ``season_cosine``: days added through the year, by month of issue.
    ``terms_days``: days added by each 30 days of terms beyond 30.
    ``offset``: days added to all.
    ``scale``: days by which the log-odds change by one, once a buyer is well known;
    ``uncertainty``: how much wider for a buyer nobody knows (the square grows by this share).
    """

    prior: float
    segments: Mapping[str, float] = field(default_factory=dict)
    shrinkage: float = 1.0
    recent_weight: float = 0.5
    dispute_days: float = 0.0
    dispute_share: float = 0.2
    amount_days: float = 0.0
    season_sine: float = 0.0
    season_cosine: float = 0.0
    terms_days: float = 0.0
    offset: float = 0.0
    scale: float = 5.0
    uncertainty: float = 0.0
    version: str = ""

    def __post_init__(self) -> None:
        """Raises InvalidScoreModel where more lateness could lower the risk, or no number results."""
        for name, least, most in _RANGES:
            value = getattr(self, name)
            if not least <= value <= most:
                raise InvalidScoreModel(f"{name}: must lie from {least} to {most}, not {value}.")
        for segment, days in self.segments.items():
            if not abs(days) <= _LARGEST_SEGMENT:
                raise InvalidScoreModel(
                    f"segments.{segment}: must lie within {_LARGEST_SEGMENT} days, not {days}."
                )
        if not self.version:
            object.__setattr__(self, "version", self._digest())

    def _digest(self) -> str:
        """A name that changes with the coefficients."""
        document = {name: getattr(self, name) for name in _NUMBERS}
        text = json.dumps(document | {"segments": dict(self.segments)}, sort_keys=True)
        return f"score-1-{hashlib.sha256(text.encode()).hexdigest()[:8]}"

    def to_document(self) -> dict[str, Any]:
        """The coefficients as they are stored."""
        document = {item.name: getattr(self, item.name) for item in fields(self)}
        return document | {"segments": dict(self.segments)}


_RANGES: Final = (
    ("prior", -60.0, 90.0),
    ("shrinkage", 0.01, 1000.0),
    ("recent_weight", 0.0, 1.0),
    ("dispute_days", 0.0, 90.0),
    ("dispute_share", 0.0, 1.0),
    ("amount_days", -30.0, 30.0),
    ("season_sine", -30.0, 30.0),
    ("season_cosine", -30.0, 30.0),
    ("terms_days", -30.0, 30.0),
    ("offset", -60.0, 60.0),
    ("scale", 0.5, 100.0),
    ("uncertainty", 0.0, 100.0),
)
_LARGEST_SEGMENT: Final = 90.0
_NUMBERS: Final = tuple(name for name, _, _ in _RANGES)


def model_from_document(document: Mapping[str, Any]) -> ScoreModel:
    """Read stored coefficients; what is left out keeps its usual value, except ``prior``.

    Raises InvalidScoreModel naming the one that is wrong.
    """
    unknown = set(document) - {item.name for item in fields(ScoreModel)}
    if unknown:
        raise InvalidScoreModel(f"{min(unknown)}: there is no such coefficient; remove it.")
    if "prior" not in document:
        raise InvalidScoreModel("prior: is missing; give the days late of an unknown buyer.")
    segments = document.get("segments", {})
    if not isinstance(segments, Mapping):
        raise InvalidScoreModel("segments: must map a segment to days.")
    version = document.get("version", "")
    if not isinstance(version, str):
        raise InvalidScoreModel("version: must be text.")
    return ScoreModel(
        segments={str(key): _number(f"segments.{key}", days) for key, days in segments.items()},
        version=version,
        **{name: _number(name, document[name]) for name in _NUMBERS if name in document},
    )


def _number(name: str, value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise InvalidScoreModel(f"{name}: must be a number.")
    return float(value)
