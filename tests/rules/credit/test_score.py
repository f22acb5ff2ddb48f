"""The score: who is riskier than whom, and what may never happen."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.credit.score import (
    BANDS,
    REASONS,
    HistoryFromTheFuture,
    Score,
    expectation,
    score,
)
from usance.rules.credit.score_history import PaidInvoice, PaymentHistory, payment_history
from usance.rules.credit.score_model import ScoreModel

ON = date(2026, 3, 2)
MODEL = ScoreModel(
    prior=2.0,
    segments={"retail": 3.0, "public": -1.0},
    shrinkage=2.0,
    recent_weight=0.5,
    dispute_days=4.0,
    amount_days=1.0,
    season_sine=1.0,
    season_cosine=-0.5,
    terms_days=0.7,
    offset=-1.0,
    scale=5.0,
    uncertainty=0.8,
)
"""Every coefficient has an effect, so that no property holds because nothing happens."""


def paid(days_late: int, *, weeks_ago: int = 20, disputed: bool = False) -> PaidInvoice:
    """An invoice of 30 days, paid so many days late."""
    issued_on = ON - timedelta(weeks=weeks_ago)
    due_on = issued_on + timedelta(days=30)
    return PaidInvoice(50_000, issued_on, due_on, due_on + timedelta(days=days_late), disputed)


def unpaid(days_overdue: int) -> PaidInvoice:
    """An invoice of 30 days, still open so many days after its due date."""
    due_on = ON - timedelta(days=days_overdue)
    return PaidInvoice(50_000, due_on - timedelta(days=30), due_on, None, False)


def scored(
    *invoices: PaidInvoice, amount: int = 50_000, terms_days: int = 30, segment: str = ""
) -> Score:
    return score(
        payment_history(invoices, ON),
        amount=amount,
        terms_days=terms_days,
        on=ON,
        segment=segment,
        model=MODEL,
    )


def late(*invoices: PaidInvoice, segment: str = "") -> Decimal:
    return scored(*invoices, segment=segment).late_probability


def reasons(given_score: Score) -> dict[str, Decimal]:
    return dict(given_score.contributions)


@pytest.mark.parametrize(
    ("safer", "riskier"),
    [
        ([paid(-5)] * 3, [paid(20)] * 3),
        ([paid(-5)] * 3, []),
        ([], [paid(20)] * 3),
        ([paid(0)] * 9, [paid(0)] * 8 + [paid(60)]),
        ([paid(0)] * 2, [paid(0)] * 2 + [unpaid(40)]),
        ([paid(0)] * 2 + [unpaid(20)], [paid(0)] * 2 + [unpaid(40)]),
        ([paid(0)] * 2 + [unpaid(40)], [paid(0)] * 2 + [unpaid(40)] * 2),
        ([paid(5)] * 4, [paid(5)] * 3 + [paid(5, disputed=True)]),
        ([paid(40, weeks_ago=90), paid(0)], [paid(0, weeks_ago=90), paid(40)]),
    ],
    ids=[
        "punctual, late",
        "punctual, unknown",
        "unknown, late",
        "always on time, once two months late",
        "nothing open, something overdue",
        "overdue, longer overdue",
        "one overdue, two overdue",
        "nothing disputed, something disputed",
        "was late once, is late now",
    ],
)
def test_who_is_riskier(safer: list[PaidInvoice], riskier: list[PaidInvoice]) -> None:
    assert late(*safer) < late(*riskier)


def test_the_same_late_invoice_weighs_more_among_few_than_among_many() -> None:
    def moved(others: int) -> Decimal:
        punctual = [paid(0)] * others
        return scored(*punctual, paid(45)).log_odds - scored(*punctual, paid(0)).log_odds

    assert moved(1) > moved(3) > moved(10) > moved(40) > 0


def test_few_invoices_are_drawn_to_the_segment_and_many_are_not() -> None:
    def apart(invoices: int) -> Decimal:
        history = [paid(10)] * invoices
        return (
            scored(*history, segment="retail").log_odds
            - scored(*history, segment="public").log_odds
        )

    assert apart(0) > apart(3) > apart(30) > 0
    assert apart(300) < Decimal("0.01")


def test_a_buyer_nobody_knows_is_scored_as_its_segment_and_the_score_says_so() -> None:
    nobody = scored(segment="retail")
    assert nobody.observations == 0
    # At the start of March the sine of the season is 1, and its cosine 0.
    assert reasons(nobody) == {
        "no_history": Decimal(round((2 + 3 - 1 - 30) / (5 * math.sqrt(1.8)) * 1000)) / 1000,
        "season": Decimal(round(1 / (5 * math.sqrt(1.8)) * 1000)) / 1000,
    }
    assert nobody.expected_days_late == Decimal("5.0")
    known = scored(paid(0), segment="retail")
    assert "no_history" not in reasons(known)
    assert {"segment_prior", "history_length", "past_lateness"} <= set(reasons(known))


def test_a_segment_that_nobody_fitted_is_scored_like_none() -> None:
    assert scored(paid(3), segment="unheard of") == scored(paid(3))


def test_an_open_invoice_that_is_not_later_than_usual_says_nothing_about_the_average() -> None:
    always_late = [paid(40)] * 5
    assert "open_overdue" not in reasons(scored(*always_late, unpaid(5)))
    assert reasons(scored(*always_late, unpaid(80)))["open_overdue"] > 0
    assert scored(*always_late, unpaid(5)).observations == 6


def test_a_larger_order_than_usual_and_longer_terms_are_told_apart() -> None:
    history = [paid(0)] * 3
    usual = scored(*history)
    assert {"amount", "terms"}.isdisjoint(reasons(usual))
    assert reasons(scored(*history, amount=500_000))["amount"] > 0
    assert reasons(scored(*history, amount=5_000))["amount"] < 0
    assert reasons(scored(*history, terms_days=90))["terms"] > 0
    # A thousand times the usual is an order by mistake as likely as a risk.
    assert scored(*history, amount=10**12) == scored(*history, amount=500_000)


def test_what_is_expected_of_a_buyer_that_always_pays_seven_days_late() -> None:
    given_score = scored(*[paid(7)] * 500, segment="public")
    # The offset takes a day off, March puts one on, and no dispute in 500 takes 0.8 off.
    assert given_score.expected_days_late == Decimal("6.2")
    assert given_score.late_probability == Decimal("0.0085")
    assert given_score.band == "B"


def test_expected_days_late_is_never_negative() -> None:
    assert scored(*[paid(-25)] * 20).expected_days_late == Decimal("0.0")


def test_the_bands_meet_their_edges() -> None:
    edges = [edge for edge, _ in BANDS]
    assert edges == sorted(edges)
    found = {scored(*[paid(days)] * 30).band for days in range(-10, 40)}
    assert found == {"A", "B", "C", "D", "E"}
    for days in range(-10, 40):
        given_score = scored(*[paid(days)] * 30)
        above = [band for edge, band in BANDS if given_score.late_probability < edge]
        assert given_score.band == (above[0] if above else "E")


def test_a_trend_has_the_sign_of_what_changed_and_is_forgotten_in_time() -> None:
    def trend(*invoices: PaidInvoice, on: date = ON) -> float:
        history = payment_history(invoices, ON)
        found = expectation(history, amount=50_000, terms_days=30, on=on, model=MODEL)
        return dict(found.parts)["recent_trend"]

    worse = [paid(-5, weeks_ago=120), paid(40, weeks_ago=12)]
    better = [paid(40, weeks_ago=120), paid(-5, weeks_ago=12)]
    assert trend(*worse) > 1
    assert trend(*better) < -1
    assert 0 < trend(*worse, on=ON + timedelta(days=7 * 365)) < 0.05


def test_a_history_kept_for_a_year_scores_like_one_summed_up_anew_when_nothing_has_happened() -> (
    None
):
    invoices = [paid(-5, weeks_ago=90), paid(40, weeks_ago=12)]
    later = ON + timedelta(days=365)
    kept, anew = (
        expectation(history, amount=50_000, terms_days=30, on=later, model=MODEL)
        for history in (payment_history(invoices, ON), payment_history(invoices, later))
    )
    assert dict(kept.parts) == pytest.approx(dict(anew.parts))


def test_an_overdue_invoice_makes_a_buyer_as_well_known_as_a_settled_one() -> None:
    def width(*invoices: PaidInvoice) -> float:
        history = payment_history(invoices, ON)
        return expectation(history, amount=50_000, terms_days=30, on=ON, model=MODEL).scale

    assert width() > width(paid(3)) == width(unpaid(3)) > width(paid(3), unpaid(3))


def test_a_history_of_a_later_day_is_refused() -> None:
    history = payment_history([], ON + timedelta(days=1))
    with pytest.raises(HistoryFromTheFuture, match="as of 2026-03-02") as caught:
        score(history, amount=1, terms_days=30, on=ON)
    assert caught.value.code == "history_from_the_future"


def test_the_document_of_a_score_keeps_every_digit() -> None:
    given_score = scored(paid(7))
    document = given_score.to_document()
    assert document["late_probability"] == str(given_score.late_probability)
    assert sum(Decimal(value) for _, value in document["contributions"]) == Decimal(
        document["log_odds"]
    )
    assert document["model"] == MODEL.version


days = st.integers(-60, 120)
ages = st.integers(0, 150)


@st.composite
def invoices(draw: st.DrawFn) -> PaidInvoice:
    """Any invoice of the last three years, paid, or open, or paid after the day of the score."""
    issued_on = ON - timedelta(weeks=draw(ages))
    due_on = issued_on + timedelta(days=draw(st.sampled_from([0, 14, 30, 60, 90])))
    settled_on = draw(st.none() | days.map(lambda n: max(issued_on, due_on + timedelta(days=n))))
    return PaidInvoice(
        draw(st.integers(1, 10**9)), issued_on, due_on, settled_on, draw(st.booleans())
    )


histories = st.lists(invoices(), max_size=12)
amounts = st.integers(1, 10**12)
terms = st.sampled_from([0, 7, 30, 60, 90, 365])
segments = st.sampled_from(["", "retail", "public", "other"])


@given(histories, amounts, terms, segments)
def test_the_reasons_sum_to_the_log_odds_and_the_log_odds_give_the_probability(
    past: list[PaidInvoice], amount: int, terms_days: int, segment: str
) -> None:
    given_score = scored(*past, amount=amount, terms_days=terms_days, segment=segment)
    assert sum(reasons(given_score).values()) == given_score.log_odds
    assert set(reasons(given_score)) <= set(REASONS)
    assert len(reasons(given_score)) == len(given_score.contributions)
    sizes = [abs(value) for _, value in given_score.contributions]
    assert sizes == sorted(sizes, reverse=True)
    probability = 1 / (1 + math.exp(-float(given_score.log_odds)))
    assert abs(float(given_score.late_probability) - probability) < 0.00011
    assert 0 < given_score.late_probability < 1
    assert given_score.late_probability.as_tuple().exponent == -4
    assert given_score.expected_days_late.as_tuple().exponent == -1
    assert given_score.expected_days_late >= 0


@given(histories, st.integers(12, 150), st.integers(-30, 50), st.integers(1, 90))
def test_more_lateness_never_lowers_the_probability(
    past: list[PaidInvoice], weeks_ago: int, days_late: int, more: int
) -> None:
    """An invoice is paid later, or so much later that it is still open and overdue."""
    was = scored(*past, paid(days_late, weeks_ago=weeks_ago))
    became = scored(*past, paid(days_late + more, weeks_ago=weeks_ago))
    assert became.log_odds >= was.log_odds
    assert became.late_probability >= was.late_probability
    assert became.expected_days_late >= was.expected_days_late


@given(histories, st.integers(1, 60), st.integers(1, 29))
def test_another_day_overdue_never_lowers_the_probability(
    past: list[PaidInvoice], overdue: int, more: int
) -> None:
    was, became = scored(*past, unpaid(overdue)), scored(*past, unpaid(overdue + more))
    assert became.log_odds >= was.log_odds


@given(histories)
def test_a_later_buyer_has_a_higher_probability_at_every_horizon(past: list[PaidInvoice]) -> None:
    found = expectation(payment_history(past, ON), amount=50_000, terms_days=30, on=ON, model=MODEL)
    odds = [found.log_odds(beyond=horizon) for horizon in range(0, 91, 15)]
    assert odds == sorted(odds, reverse=True)


@given(histories.flatmap(lambda past: st.tuples(st.just(past), st.permutations(past))))
def test_the_order_of_the_invoices_does_not_matter(
    both: tuple[list[PaidInvoice], list[PaidInvoice]],
) -> None:
    past, shuffled = both
    assert payment_history(past, ON) == payment_history(shuffled, ON)


def test_the_same_history_gives_the_same_score_for_ever() -> None:
    """A change of the shipped coefficients is a change of version; this is what it changes."""
    given_score = score(PaymentHistory(ON), amount=50_000, terms_days=30, on=ON)
    assert given_score.model == "score-1-04b4556b"
    assert (given_score.late_probability, given_score.band) == (Decimal("0.0160"), "C")
