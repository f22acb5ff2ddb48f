"""The trade in words: every reason, event and refusal has its sentence."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from usance.records.events.models import Event
from usance.rules import states
from usance.rules.credit.decide import BUYER_SAFE
from usance.rules.credit.facts import FACTS
from usance.rules.dunning.policy import ACCOUNT_FACTS
from usance.rules.funding.choice import FACTS as FUNDING_FACTS
from usance.rules.monitoring import OWN_FACTS
from usance.web.words.amounts import file_size
from usance.web.words.decisions import (
    BUYER_REASONS,
    REASONS,
    buyer_reasons,
    compared_in,
    rule_of,
)
from usance.web.words.events import TELLINGS, sentence_of, telling_of
from usance.web.words.terms import terms_text

OF_REVIEWS = ("second_person", "review_due", "alarm")
"""Reasons of what waits for a person that no order has."""
FLOWS = Path(__file__).parents[2] / "src" / "usance" / "flows"


def event(type_: str, currency: str | None = "EUR", **data: Any) -> Event:
    return Event(type=type_, currency=currency, data=data, created_at=datetime.now(UTC))


def test_every_event_that_a_flow_tells_has_a_sentence() -> None:
    told = {
        name
        for path in FLOWS.rglob("*.py")
        for name in re.findall(r'"([a-z_]+\.[a-z_]+)"', path.read_text())
        if name.partition(".")[0] in {it.partition(".")[0] for it in TELLINGS}
    }
    told |= {f"order.{state}" for state in states.ORDER_STATES}
    told |= {f"credit_line.{state}" for state in states.CREDIT_LINE_STATES}
    told |= {
        f"webhook_endpoint.{what}"
        for path in FLOWS.glob("webhooks.py")
        for what in re.findall(r'_tell\(\s*seller, endpoint, "(\w+)"', path.read_text())
    }
    assert len(told) > 30
    assert told - {*TELLINGS, *FACTS, *OWN_FACTS, *FUNDING_FACTS, *ACCOUNT_FACTS} == set()


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (event("order.authorized", amount=123_450), "The order of €1,234.50 was authorized"),
        (
            event("invoice.opened", number="INV-1", amount=1000, due_on="2026-12-01"),
            "Invoice INV-1 of €10.00 was issued, due on Dec 1, 2026",
        ),
        (
            event("payment.released", invoice="INV-1", amount=-500),
            "€5.00 was taken back from invoice INV-1",
        ),
        (event("order.invoiced", amount=1000, voided=0), "The order is invoiced"),
        (
            event("order.invoiced", amount=1000, voided=400),
            "The rest of the order, €4.00, was let go",
        ),
        (
            event("order.renewed", currency=None, expires_on="2026-12-24"),
            "The authorization was extended to Dec 24, 2026",
        ),
        (event("something.new"), "something.new"),
    ],
)
def test_an_event_is_told_with_its_amounts_and_days(told: Event, sentence: str) -> None:
    assert sentence_of(told) == sentence


def test_the_size_of_a_file_is_grouped_as_the_reader_groups() -> None:
    assert [file_size(size) for size in (1, 3_001_978)] == ["1 kB", "3,001 kB"]
    with translation.override("it"):
        assert file_size(3_001_978) == "3.001 kB"


def test_a_sentence_in_hindi_groups_as_indians_do() -> None:
    with translation.override("hi"):
        assert "₹12,34,567.00" in sentence_of(
            event("payment.received", currency="INR", amount=123_456_700)
        )


def test_every_telling_formats_without_data() -> None:
    for type_ in TELLINGS:
        assert sentence_of(event(type_)), type_
        assert telling_of(event(type_)).icon


def test_every_reason_has_words_and_the_buyer_hears_only_what_is_safe() -> None:
    assert set(REASONS) == {*BUYER_SAFE, *OF_REVIEWS}
    assert set(BUYER_REASONS) == {code for code, safe in BUYER_SAFE.items() if safe}
    assert buyer_reasons(["line_on_hold", "overdue", "above_review_amount"]) == [
        "An invoice of yours is overdue."
    ]


@pytest.mark.parametrize(
    ("step", "rule", "compared"),
    [
        (
            ["limit_exceeded", False, {"amount": 5000, "available": -200}],
            "The order fits into the limit",
            "€50.00 of at most -€2.00",
        ),
        (
            ["overdue", True, {"days_overdue": 1, "allowed": None}],
            "Nothing is overdue for too long",
            "1 day overdue; any number is allowed",
        ),
        (
            ["over_order_ceiling", True, {"amount": 5000, "ceiling": None}],
            "The order is not too large to be taken on account",
            "€50.00; no bound is set",
        ),
        (
            ["no_credit_line", False, {"state": None}],
            "The credit line is active",
            "There is no credit line",
        ),
        (
            ["terms_not_offered", False, {"asked": "net_60_eom", "offered": ["net_30"]}],
            "The payment terms are offered",
            "Asked for: 60 days, end of month. Offered: 30 days net",
        ),
    ],
)
def test_a_step_of_a_decision_says_what_was_compared(
    step: list[Any], rule: str, compared: str
) -> None:
    assert rule_of(step) == rule
    assert compared_in(step, currency="EUR") == compared


def test_terms_in_words() -> None:
    assert terms_text("due_on_receipt") == "Due on receipt"
    assert terms_text("net_1") == "1 day net"
    assert terms_text("whatever") == "whatever"
