"""What the guides say about policies is true: the table of facts, and every example."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest

from tests.rules.credit import fact_table
from usance.rules.credit.application import Application
from usance.rules.credit.counterfactual import alternatives
from usance.rules.credit.decide import decide
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.facts import FACTS
from usance.rules.credit.policy import policy_from_document
from usance.web.words.facts import NAMES

GUIDE = fact_table.PAGE.with_name("policies.md")
EXAMPLES = re.findall(r"```json\n(.*?)```", GUIDE.read_text(), re.DOTALL)


def test_the_table_of_facts_is_that_of_the_code() -> None:
    assert fact_table.PAGE.read_text() == fact_table.page(), (
        "run python -m tests.rules.credit.fact_table"
    )


def test_every_fact_is_in_the_table() -> None:
    table = fact_table.page()
    assert [name for name in FACTS if f"| `{name}` |" not in table] == []


def test_every_fact_has_a_name_in_words() -> None:
    assert set(NAMES) == set(FACTS)


def test_the_guide_has_examples() -> None:
    assert len(EXAMPLES) >= 5


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text[:40])
def test_every_example_of_the_guide_is_a_policy(text: str) -> None:
    document = json.loads(text)
    settings = document if isinstance(document, dict) and "rules" in document else {"rules": []}
    if not isinstance(document, dict) or "kind" in document:
        settings = {"rules": document if isinstance(document, list) else [document]}
    for name in ("mode", "effective_at", "note"):
        settings.pop(name, None)
    policy = policy_from_document({"currency": "EUR", "terms": ["net_30"]} | settings)
    assert policy.rules


MONDAY = date(2026, 3, 2)
LINE = Exposure("EUR", 2_000_000, 0, 0, 0, 0, 0)
WORKED = json.loads(next(text for text in EXAMPLES if "owes_too_much" in text))
NEW = {"history.orders": 0, "history.turnover_12m": 0, "history.overdue": 0,
       "history.paid_invoices": 0, "history.average_days_late": 0}  # fmt: skip
OLD = NEW | {"history.orders": 40, "history.turnover_12m": 4_800_000, "history.paid_invoices": 38}


@pytest.mark.parametrize(
    ("amount", "facts", "outcome", "reasons"),
    [
        (200_000, NEW, "review", ("limit_exceeded",)),
        (150_000, NEW, "approved", ()),
        (100_000, OLD | {"history.overdue": 30_000}, "approved", ()),
        (100_000, OLD | {"history.overdue": 210_000}, "declined", ("owes_too_much",)),
        (100_000, OLD | {"history.average_days_late": 21}, "review", ("pays_late",)),
    ],
)
def test_the_worked_example_decides_as_the_guide_says(
    amount: int, facts: dict[str, Any], outcome: str, reasons: tuple[str, ...]
) -> None:
    policy = policy_from_document({"currency": "EUR"} | WORKED)
    order = Application(amount, "EUR", "active", None, facts=facts)
    decision = decide(order, LINE, policy, MONDAY)
    assert (decision.outcome, decision.reasons) == (outcome, reasons)
    if amount == 200_000:
        ways = alternatives(decision, order, LINE, policy, MONDAY)
        assert [(way.kind, way.amount, way.percent) for way in ways] == [
            ("up_to", 150_000, None),
            ("prepaid", 50_000, 25),
        ]
