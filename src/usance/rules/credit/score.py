"""How likely a buyer is to pay the next invoice more than 30 days late, and why.

The days late of an invoice (negative when paid early) follow a logistic distribution. Its median is
the buyer's own average, drawn towards the segment's while there are few invoices, moved by what else
is known; so the log-odds of more than t days late are (median - t) / scale, a plain sum of reasons.
``docs/score.md`` has the formula, how it was fitted and how well it does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple

from usance.rules.credit.score_fitted import MODEL
from usance.rules.credit.score_history import HALF_LIFE, PaymentHistory
from usance.rules.credit.score_model import ScoreModel

LATE_BEYOND: Final = 30
"""The score is the probability of more days late than this."""

Band = Literal["A", "B", "C", "D", "E"]

BANDS: Final[tuple[tuple[Decimal, Band], ...]] = (
    (Decimal("0.0020"), "A"),
    (Decimal("0.0100"), "B"),
    (Decimal("0.0300"), "C"),
    (Decimal("0.1000"), "D"),
)
"""Below each probability the band is this one; E from the last on."""

Reason = Literal[
    "no_history",
    "segment_prior",
    "history_length",
    "past_lateness",
    "recent_trend",
    "open_overdue",
    "past_disputes",
    "amount",
    "season",
    "terms",
]

REASONS: Final[tuple[Reason, ...]] = (
    "no_history",  # nothing is known of the buyer: what is usual in its segment
    "segment_prior",  # what is usual in the segment, before the buyer's own history
    "history_length",  # how much surer we are of a buyer with that many invoices
    "past_lateness",  # the average days late of settled invoices, against the segment
    "recent_trend",  # the recent average against the plain one
    "open_overdue",  # open invoices later already than this buyer usually pays
    "past_disputes",  # the share of settled invoices that were disputed
    "amount",  # this amount against the buyer's usual one
    "season",  # the time of the year
    "terms",  # the length of the terms
)
"""Every code that a score may give; stable, for programs and translations."""

_DISPUTE_SHRINKAGE: Final = 3.0
_LARGEST_LOG: Final = 2.0
_LONGEST_TERMS: Final = 120
_YEAR: Final = tuple(
    (math.sin(math.pi * month / 6), math.cos(math.pi * month / 6)) for month in range(13)
)


class HistoryFromTheFuture(ValueError):
    """The history was summed up after the day of the score, and may know what happened since."""

    code = "history_from_the_future"


class Expectation(NamedTuple):
    """The distribution of the days late, in days: logistic, with this ``median`` and ``scale``.

    The median is ``prior``, which holds for a buyer of the segment whom nobody knows, with a scale
    of ``unknown_scale``, and ``parts`` by reason.
    """

    median: float
    scale: float
    prior: float
    unknown_scale: float
    parts: tuple[tuple[Reason, float], ...]

    def log_odds(self, *, beyond: int) -> float:
        """The log-odds of more than ``beyond`` days late."""
        return (self.median - beyond) / self.scale


@dataclass(frozen=True, slots=True)
class Score:
    """The risk of one invoice or order.

    ``late_probability``: of being paid more than 30 days after the due date, four places, never 0
    or 1. ``expected_days_late``: the median, at least zero, one place: as many invoices are paid
    later as sooner. ``contributions`` are reasons with their share of ``log_odds``, which is their
    exact sum; positive is riskier; largest first. ``observations``: invoices of the buyer's own that
    were read. ``model``: the version of the coefficients.
    """

    late_probability: Decimal
    expected_days_late: Decimal
    band: Band
    log_odds: Decimal
    contributions: tuple[tuple[Reason, Decimal], ...]
    observations: int
    model: str

    def to_document(self) -> dict[str, Any]:
        """The score as it is stored and shown; numbers as text, so that none is rounded."""
        return {
            "late_probability": str(self.late_probability),
            "expected_days_late": str(self.expected_days_late),
            "band": self.band,
            "log_odds": str(self.log_odds),
            "contributions": [[code, str(value)] for code, value in self.contributions],
            "observations": self.observations,
            "model": self.model,
        }


def score(
    history: PaymentHistory,
    *,
    amount: int,
    terms_days: int,
    on: date,
    segment: str = "",
    model: ScoreModel = MODEL,
) -> Score:
    """Score an invoice of ``amount`` minor units, issued on ``on``, due ``terms_days`` later.

    A ``segment`` that ``model`` does not know is scored like one of no segment. Raises
    HistoryFromTheFuture if ``history`` is of a day after ``on``.
    """
    expected = expectation(
        history, amount=amount, terms_days=terms_days, on=on, segment=segment, model=model
    )
    thousandths = round(1000 * expected.log_odds(beyond=LATE_BEYOND))
    shares: list[tuple[Reason, int]] = []
    unknown = (expected.prior - LATE_BEYOND) / expected.unknown_scale
    observations = history.observations
    if observations:
        surer = (expected.prior - LATE_BEYOND) / expected.scale - unknown
        shares.append(("history_length", round(1000 * surer)))
    for reason, days in expected.parts:
        share = round(1000 * days / expected.scale)
        if share:
            shares.append((reason, share))
    # The first reason takes up what rounding left, so that the sum is exact and never falls while
    # the lateness rises.
    first: Reason = "segment_prior" if observations else "no_history"
    shares.append((first, thousandths - sum(share for _, share in shares)))
    shares.sort(key=_size, reverse=True)
    probability = _probability(thousandths / 1000)
    return Score(
        late_probability=probability,
        expected_days_late=Decimal(max(round(10 * expected.median), 0)).scaleb(-1),
        band=_band(probability),
        log_odds=Decimal(thousandths).scaleb(-3),
        contributions=tuple((reason, Decimal(share).scaleb(-3)) for reason, share in shares),
        observations=observations,
        model=model.version,
    )


def expectation(
    history: PaymentHistory,
    *,
    amount: int,
    terms_days: int,
    on: date,
    segment: str = "",
    model: ScoreModel = MODEL,
) -> Expectation:
    """The distribution of the days late behind ``score``, for every other number of days.

    Raises HistoryFromTheFuture.
    """
    age = (on - history.on).days
    if age < 0:
        raise HistoryFromTheFuture(
            f"The history is of {history.on}, after {on}; sum it up as of {on}."
        )
    usual = model.prior + model.segments.get(segment, 0.0)
    weight = model.shrinkage
    settled = history.settled
    plain_sum, plain_count = history.days_late + weight * usual, settled + weight
    faded = 0.5 ** (age / HALF_LIFE) if age else 1.0
    recent_sum, recent_count = faded * history.recent_days_late, faded * history.recent_settled
    plain = plain_sum / plain_count
    # Drawn to the plain average, so that a trend is told only by what is recent.
    recent = (recent_sum + weight * plain) / (recent_count + weight)
    trend = model.recent_weight * (recent - plain)
    parts: list[tuple[Reason, float]] = [("past_lateness", plain - usual), ("recent_trend", trend)]
    if history.open_overdue:
        late = _with_open(plain_sum, plain_count, history.open_overdue)
        late_recent = _with_open(
            recent_sum + weight * late, recent_count + weight, history.open_overdue
        )
        moved = late + model.recent_weight * (late_recent - late)
        parts.append(("open_overdue", moved - plain - trend))
    if settled:
        share = model.dispute_share
        disputed = history.disputed + _DISPUTE_SHRINKAGE * share
        disputes = disputed / (settled + _DISPUTE_SHRINKAGE) - share
        parts.append(("past_disputes", model.dispute_days * disputes))
    if history.amounts > 0:
        size = math.log(max(amount, 1) * history.invoices / history.amounts)
        size = max(-_LARGEST_LOG, min(_LARGEST_LOG, size))
        parts.append(("amount", model.amount_days * size))
    sine, cosine = _YEAR[on.month]
    parts.append(("season", model.season_sine * sine + model.season_cosine * cosine))
    parts.append(("terms", model.terms_days * (min(terms_days, _LONGEST_TERMS) - 30) / 30))
    prior = usual + model.offset
    return Expectation(
        median=prior + sum(days for _, days in parts),
        scale=_scale(model, observations=history.observations),
        prior=prior,
        unknown_scale=_scale(model, observations=0),
        parts=tuple(parts),
    )


def _with_open(total: float, count: float, overdue: tuple[tuple[int, int], ...]) -> float:
    """The average when each open invoice counts as late as it is by now, if that is above the average.

    One that is not says nothing yet: it may still be paid as late as this buyer usually pays. The
    longest come first; once one is below, all that follow are.
    """
    for days, invoices in overdue:
        if days * count <= total:
            break
        total += days * invoices
        count += invoices
    return total / count


def _scale(model: ScoreModel, *, observations: int) -> float:
    """Wider while the buyer's own average is uncertain: the predictive variance of a shrunk mean."""
    unsure = model.uncertainty * model.shrinkage / (observations + model.shrinkage)
    return model.scale * math.sqrt(1 + unsure)


def _probability(log_odds: float) -> Decimal:
    bounded = max(-30.0, min(30.0, log_odds))
    share = round(10_000 / (1 + math.exp(-bounded)))
    return Decimal(max(1, min(9_999, share))).scaleb(-4)


def _band(probability: Decimal) -> Band:
    for edge, band in BANDS:
        if probability < edge:
            return band
    return "E"


def _size(share: tuple[Reason, int]) -> tuple[int, str]:
    return abs(share[1]), share[0]
