"""Who is admitted: the first rule that is true, and a person where nobody can tell."""

from __future__ import annotations

from typing import Any

import pytest

from usance.rules.credit.admit import admit
from usance.rules.credit.policy import DEFAULT, InvalidPolicy, Policy, policy_from_document


def policy(*rules: dict[str, Any], currency: str = "EUR") -> Policy:
    return policy_from_document({"currency": currency, "rules": list(rules)})


def application(name: str, when: str, then: str) -> dict[str, Any]:
    return {"kind": "application", "name": name, "when": when, "then": then}


def suggest(name: str, amount: str, when: str = "true") -> dict[str, Any]:
    return {"kind": "limit", "name": name, "use": "suggest", "amount": amount, "when": when}


LISTED = application("listed", "application.sanctions_hit", "decline")
CLEAR = application("clear", "application.registry_confirmed", "approve")
START = suggest("start", "8000")
GOOD: dict[str, Any] = {
    "application.requested": 500_000,
    "application.sanctions_hit": False,
    "application.registry_confirmed": True,
}


@pytest.mark.parametrize(
    ("rules", "facts", "outcome", "rule", "reasons"),
    [
        ((LISTED, CLEAR, START), GOOD, "approved", "clear", ("clear",)),
        (
            (LISTED, CLEAR, START),
            GOOD | {"application.sanctions_hit": True},
            "declined",
            "listed",
            ("listed",),
        ),
        # Nobody was searched for: a later yes does not count.
        (
            (LISTED, CLEAR, START),
            {"application.requested": 1, "application.registry_confirmed": True},
            "review",
            "",
            ("unknown_facts",),
        ),
        # The yes stands before, so what comes after is not asked.
        (
            (CLEAR, LISTED, START),
            {"application.requested": 1, "application.registry_confirmed": True},
            "approved",
            "clear",
            ("clear",),
        ),
        (
            (CLEAR, START),
            GOOD | {"application.registry_confirmed": False},
            "review",
            "",
            ("no_rule",),
        ),
        ((CLEAR,), GOOD, "review", "clear", ("no_limit_suggested",)),
        ((CLEAR, suggest("none", "0")), GOOD, "review", "clear", ("no_limit_suggested",)),
        ((START,), GOOD, "review", "", ("no_rule",)),
    ],
)
def test_the_first_rule_that_is_true_decides(
    rules: tuple[dict[str, Any], ...],
    facts: dict[str, Any],
    outcome: str,
    rule: str,
    reasons: tuple[str, ...],
) -> None:
    found = admit(policy(*rules), facts)
    assert (found.outcome, found.rule, found.reasons) == (outcome, rule, reasons)


def test_without_rules_a_person_decides() -> None:
    found = admit(DEFAULT, GOOD)
    assert (found.outcome, found.reasons, found.suggested_limit) == ("review", ("no_rule",), None)
    assert found.terms == DEFAULT.terms


@pytest.mark.parametrize(
    ("rules", "limit", "by"),
    [
        ((suggest("start", "8000"),), 500_000, "start"),  # never more than was asked for
        ((suggest("start", "3000"),), 300_000, "start"),
        ((suggest("large", "9000", "application.requested > 100000"), START), 500_000, "start"),
        # A rule that cannot be answered is passed over.
        (
            (suggest("scored", "9000", "bureau.score > 50"), suggest("start", "2000")),
            200_000,
            "start",
        ),
        ((suggest("half", "application.requested * 0.5"),), 250_000, "half"),
        ((suggest("bureau", "bureau.limit"),), None, ""),
    ],
)
def test_the_first_limit_that_applies_is_suggested(
    rules: tuple[dict[str, Any], ...], limit: int | None, by: str
) -> None:
    found = admit(policy(*rules), GOOD)
    assert (found.suggested_limit, found.limit_rule) == (limit, by)


def test_the_trace_says_what_was_missing_and_the_facts_what_was_known() -> None:
    found = admit(policy(LISTED, CLEAR, START), {"application.requested": 1, "buyer.country": "IT"})
    assert [step._asdict() for step in found.trace] == [
        {"rule": "listed", "result": None, "missing": ("application.sanctions_hit",)}
    ]
    assert found.facts == {}


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (application("x", "true", "perhaps"), "approve, decline, review"),
        ({"kind": "application", "name": "x", "when": "true"}, "needs then"),
        (application("x", "review.kind == 'order'", "approve"), "review.kind"),
        ({"kind": "hold", "name": "x", "when": "application.duplicate"}, "application.duplicate"),
        ({"kind": "hold", "name": "x", "when": "true", "then": "approve"}, "decline, review"),
    ],
)
def test_what_is_no_rule_of_an_application(rule: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidPolicy, match=message):
        policy(rule)


def test_a_rule_of_an_application_is_read_as_it_is_written() -> None:
    written = policy(
        LISTED | {"tell_buyer": True, "note": "We do not trade with you."}, CLEAR, START
    )
    assert policy_from_document(written.to_document()) == written
    assert written.told["listed"] is True
