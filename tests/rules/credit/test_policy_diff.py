"""What differs between two versions of a policy, as a credit manager reads it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.credit.policy import Policy, policy_from_document
from usance.rules.credit.policy_diff import Change, difference

OWES = {"kind": "hold", "name": "owes", "when": "history.overdue > 500"}
VAT = {"kind": "eligibility", "name": "vat", "when": "buyer.vat_verified"}
GOLD = {"kind": "terms", "name": "gold", "when": "line.tier == 'gold'", "offer": ["net_60"]}
SILVER = {"kind": "terms", "name": "silver", "when": "line.tier == 'silver'", "offer": ["net_45"]}
REST = {"kind": "terms", "name": "rest", "offer": ["net_30"]}
CAP = {"kind": "limit", "name": "cap", "amount": "5000"}


def policy(*rules: dict[str, Any], **settings: Any) -> Policy:
    return policy_from_document({"currency": "EUR", "rules": list(rules), **settings})


def told(before: Policy, after: Policy) -> list[tuple[str, str, bool]]:
    return [(rule.name, rule.what, rule.moved) for rule in difference(before, after).rules]


CASES = [
    # before                 after                    what is said
    ([OWES], [OWES], []),
    ([], [OWES], [("owes", "added", False)]),
    ([OWES, VAT], [VAT], [("owes", "removed", False)]),
    ([OWES], [OWES | {"when": "history.overdue > 900"}], [("owes", "changed", False)]),
    # the place of tests and caps is no matter, that of terms is
    ([OWES, VAT, CAP], [CAP, VAT, OWES], []),
    ([GOLD, REST], [REST, GOLD], [("rest", "moved", True)]),
    ([GOLD, SILVER, REST], [REST, GOLD, SILVER], [("rest", "moved", True)]),
    ([GOLD, SILVER, REST], [SILVER, REST], [("gold", "removed", False)]),
    (
        [GOLD, SILVER, REST],
        [SILVER, REST, GOLD | {"offer": ["net_90"]}],
        [("gold", "changed", True)],
    ),
]


@pytest.mark.parametrize(("before", "after", "said"), CASES)
def test_rule_by_rule(before: list[Any], after: list[Any], said: list[Any]) -> None:
    assert told(policy(*before), policy(*after)) == said


def test_the_members_that_changed_are_named() -> None:
    found = difference(
        policy(OWES), policy(OWES | {"when": "history.overdue > 900", "then": "review"})
    )
    assert found.rules[0].changes == (
        Change("when", "history.overdue > 500", "history.overdue > 900"),
        Change("then", "decline", "review"),
    )


def test_settings_and_values() -> None:
    found = difference(
        policy(CAP, overdue_days=30, values={"month": "history.turnover_12m / 12"}),
        policy(CAP, overdue_days=14, review_above={"EUR": 100}, values={"year": "1"}),
    )
    assert [(one.name, one.before, one.after) for one in found.settings] == [
        ("overdue_days", 30, 14),
        ("review_above", {}, {"EUR": 100}),
    ]
    assert [(one.name, one.before, one.after) for one in found.values] == [
        ("year", None, "1"),
        ("month", "history.turnover_12m / 12", None),
    ]
    assert not found.rules


RULES = st.lists(
    st.sampled_from([OWES, VAT, GOLD, SILVER, REST, CAP]), unique_by=lambda rule: str(rule["name"])
)


@given(RULES, RULES)
def test_what_is_added_one_way_is_removed_the_other(before: Any, after: Any) -> None:
    there, back = (
        difference(policy(*before), policy(*after)),
        difference(policy(*after), policy(*before)),
    )
    turned = {"added": "removed", "removed": "added", "changed": "changed", "moved": "moved"}
    assert there.is_empty == back.is_empty
    fixed = [r for r in there.rules if r.what in ("added", "removed")]
    assert {(r.name, turned[r.what]) for r in fixed} == {
        (r.name, r.what) for r in back.rules if r.what in ("added", "removed")
    }


@given(RULES)
def test_nothing_differs_from_itself(rules: Any) -> None:
    assert difference(policy(*rules), policy(*rules)).is_empty
