"""Everything that the matching can say is a sentence with its figures in it."""

from __future__ import annotations

from typing import Any

import pytest

from usance.rules.ledger import DEDUCTIONS
from usance.rules.matching.model import HELD_BACK, REASON_CODES, RULES
from usance.web.words import matching as words

PARAMETERS: dict[str, dict[str, Any]] = {
    "reference_exact": {"written": "881", "number": "INV-881"},
    "creditor_reference": {"written": "RF18", "number": "INV-881"},
    "order_number": {"written": "PO7", "number": "INV-881"},
    "advice_names": {"written": "881", "number": "INV-881"},
    "already_settled": {"written": "881", "number": "INV-881"},
    "names_another_buyer": {"written": "881", "number": "INV-881"},
    "amount_exact": {"amount": 12_345},
    "several_add_up": {"count": 3, "amount": 12_345},
    "oldest_add_up": {"count": 1, "amount": 12_345},
    "balance_adds_up": {"count": 2, "amount": 12_345},
    "discount_in_time": {"number": "INV-881", "discount": 12_345, "until": "2026-03-31"},
    "discount_late": {"number": "INV-881", "discount": 12_345, "days": 1},
    "charges_stated": {"charges": 12_345},
    "charges_deducted": {"charges": 12_345},
    "within_tolerance": {"difference": 12_345},
    "part_payment": {"number": "INV-881", "open": 12_345},
    "deduction": {"number": "INV-881", "amount": 12_345, "reason": "broken"},
    "overpaid": {"amount": 12_345},
    "credit_netted": {"number": "CN-1", "amount": 12_345},
    "amount_differs": {"number": "INV-881", "open": 12_345},
    "other_currency": {"number": "INV-881", "currency": "USD"},
    "account_known": {},
    "account_of_several": {"buyers": 4},
    "name_known": {"name": "Nordwind"},
    "name_alike": {"name": "Nordwind"},
    "customer_number": {"written": "K-77"},
    "text_known": {},
    "payer_unknown": {},
    "payer_is_another": {"name": "Nordwind"},
    "ambiguous": {"count": 2},
}
"""What stands in each sentence but the repaired reference, which has three."""


def test_every_reason_is_known() -> None:
    assert set(PARAMETERS) | {"reference_repaired"} == set(REASON_CODES)
    assert set(words.REASONS) | {"reference_repaired"} == set(REASON_CODES)


@pytest.mark.parametrize("code", sorted(PARAMETERS))
def test_a_reason_says_all_it_knows(code: str) -> None:
    said = words.reason_text(code, PARAMETERS[code], currency="EUR")
    assert said.endswith(".") and "%" not in said
    for name, value in PARAMETERS[code].items():
        if isinstance(value, int) and value == 12_345:
            assert "123.45" in said, name
        elif name == "until":
            assert "2026" in said
        elif name != "count" or value > 1:
            assert str(value) in said, name


@pytest.mark.parametrize("how", ["typing_error", "digits_missing", "cut_off"])
def test_each_way_of_repairing_has_its_sentence(how: str) -> None:
    given = {"written": "88l", "number": "INV-881", "how": how}
    said = words.reason_text("reference_repaired", given, currency="EUR")
    assert "88l" in said and "INV-881" in said


def test_a_deduction_without_a_reason_says_none() -> None:
    given = {"number": "INV-881", "amount": 100, "reason": ""}
    assert words.reason_text("deduction", given, currency="EUR").endswith("INV-881.")


def test_what_an_earlier_release_kept_is_shown_as_it_is() -> None:
    assert words.reason_text("amount_exact", {}, currency="EUR") == "amount_exact"
    assert words.reason_text("gone", {"a": 1}, currency="EUR") == "gone"


def test_rules_and_what_holds_back_have_words() -> None:
    assert {*RULES, "manual"} <= set(words.RULES)
    assert set(words.HELD_BACK) == set(HELD_BACK)
    assert set(words.DEDUCTIONS) == set(DEDUCTIONS)
    assert words.held_back_text("ambiguous") != "ambiguous"


@pytest.mark.parametrize(
    ("confidence", "said"), [(9_999, "over 99.9%"), (9_994, "99.9%"), (9_900, "99%"), (50, "0.5%")]
)
def test_nothing_is_a_hundred_percent_sure(confidence: int, said: str) -> None:
    assert words.confidence_text(confidence) == said
