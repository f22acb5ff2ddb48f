"""The summary that a score reads: what was known on the day, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given

from tests.rules.credit.test_score import ON, histories, paid, unpaid
from usance.rules.credit.score_history import (
    EARLIEST,
    HALF_LIFE,
    LATEST,
    InvalidPaymentHistory,
    PaidInvoice,
    PaymentHistory,
    history_from_document,
    payment_history,
)

LATER = timedelta(days=1)


def test_a_history_that_an_accountant_can_add_up() -> None:
    history = payment_history(
        [
            PaidInvoice(10_000, date(2025, 3, 2), date(2025, 4, 1), date(2025, 4, 11), False),
            PaidInvoice(20_000, date(2026, 1, 1), date(2026, 1, 31), date(2026, 1, 28), True),
            PaidInvoice(30_000, date(2026, 1, 10), date(2026, 2, 9), None, True),
            PaidInvoice(40_000, date(2026, 3, 1), date(2026, 3, 31), None, False),
        ],
        ON,
    )
    older, newer = 0.5, 0.5 ** (60 / HALF_LIFE)
    assert history == PaymentHistory(
        on=ON,
        settled=2,
        days_late=10 - 3,
        recent_settled=older + newer,
        recent_days_late=10 * older - 3 * newer,
        open_overdue=((21, 1),),
        disputed=1,
        invoices=4,
        amounts=100_000,
    )
    assert history.observations == 3


def test_an_invoice_due_today_is_not_overdue() -> None:
    assert payment_history([unpaid(0)], ON).open_overdue == ()
    assert payment_history([unpaid(1), unpaid(1), unpaid(7)], ON).open_overdue == ((7, 1), (1, 2))


def test_lateness_beyond_all_measure_counts_as_the_longest() -> None:
    assert payment_history([paid(125, weeks_ago=60)], ON).days_late == LATEST
    assert payment_history([unpaid(1000)], ON).open_overdue == ((LATEST, 1),)
    long_terms = replace(paid(0), due_on=ON, settled_on=ON - timedelta(days=80))
    assert payment_history([long_terms], ON).days_late == EARLIEST


@given(histories)
def test_nothing_that_happens_later_matters(past: list[PaidInvoice]) -> None:
    """Payments after the day, and disputes of invoices open on it, are as if they never came."""
    known = [
        invoice
        if invoice.settled_on is not None and invoice.settled_on <= ON
        else replace(invoice, settled_on=None, disputed=False)
        for invoice in past
    ]
    future = PaidInvoice(10**9, ON + LATER, ON + 30 * LATER, ON + 90 * LATER, True)
    assert payment_history([*past, future], ON) == payment_history(known, ON)


@given(histories)
def test_a_stored_history_is_the_same_when_read_back(past: list[PaidInvoice]) -> None:
    history = payment_history(past, ON)
    assert history_from_document(json.loads(json.dumps(history.to_document()))) == history


GOOD = payment_history([paid(7), unpaid(3)], ON).to_document()


@pytest.mark.parametrize(
    ("change", "figure"),
    [
        ({"on": "yesterday"}, "on"),
        ({"settled": -1}, "settled"),
        ({"settled": 1.5}, "settled"),
        ({"days_late": "7"}, "days_late"),
        ({"recent_settled": float("nan")}, "recent_settled"),
        ({"recent_days_late": None}, "recent_days_late"),
        ({"open_overdue": [[3]]}, "open_overdue"),
        ({"open_overdue": [[0, 1]]}, "open_overdue"),
        ({"open_overdue": 3}, "open_overdue"),
        ({"disputed": True}, "disputed"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_damaged_history_is_refused_by_name(change: dict[str, Any], figure: str) -> None:
    with pytest.raises(InvalidPaymentHistory, match=rf"^{figure}:") as caught:
        history_from_document(GOOD | change)
    assert caught.value.code == "invalid_payment_history"


def test_a_history_with_a_figure_missing_is_refused_by_name() -> None:
    with pytest.raises(InvalidPaymentHistory, match=r"^amounts: missing"):
        history_from_document({name: v for name, v in GOOD.items() if name != "amounts"})
