"""What a seller decides by, and how it is stored."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.credit.policy import DEFAULT, InvalidPolicy, Policy, policy_from_document
from usance.rules.money import LARGEST_AMOUNT
from usance.rules.terms import LONGEST_TERM, Terms

CEILINGS = st.dictionaries(st.sampled_from(["EUR", "USD", "JPY"]), st.integers(0, LARGEST_AMOUNT))
POLICIES = st.builds(
    Policy,
    overdue_days=st.none() | st.integers(0, 3650),
    order_ceiling=CEILINGS,
    review_above=CEILINGS,
    terms=st.lists(
        st.builds(Terms, st.integers(0, LONGEST_TERM), st.booleans()), min_size=1, max_size=4
    ).map(tuple),
    authorization_days=st.integers(0, 365),
)


def test_the_policy_of_a_new_seller() -> None:
    assert DEFAULT.to_document() == {
        "overdue_days": 30,
        "order_ceiling": {},
        "review_above": {},
        "terms": ["net_30"],
        "authorization_days": 30,
        "over_limit": "decline",
        "second_person": False,
        "offer_prepayment": False,
        "currency": "",
        "values": {},
        "rules": [],
    }
    assert policy_from_document({}) == DEFAULT


@pytest.mark.parametrize(
    ("document", "setting"),
    [
        ({"overdue": 30}, "overdue"),
        ({"overdue_days": -1}, "overdue_days"),
        ({"overdue_days": "30"}, "overdue_days"),
        ({"overdue_days": True}, "overdue_days"),
        ({"authorization_days": 366}, "authorization_days"),
        ({"authorization_days": None}, "authorization_days"),
        ({"terms": []}, "terms"),
        ({"terms": "net_30"}, "terms"),
        ({"terms": ["net_9999"]}, "net_9999"),
        ({"order_ceiling": 100}, "order_ceiling"),
        ({"order_ceiling": {"EUR": 1.5}}, "order_ceiling.EUR"),
        ({"order_ceiling": {"EUR": -1}}, "order_ceiling.EUR"),
        ({"review_above": {"EUR": LARGEST_AMOUNT + 1}}, "review_above.EUR"),
        ({"review_above": {"euro": 1}}, "euro"),
    ],
)
def test_a_wrong_setting_is_named(document: dict[str, Any], setting: str) -> None:
    with pytest.raises(InvalidPolicy, match=setting):
        policy_from_document(document)


@given(POLICIES)
def test_a_policy_reads_back_as_it_was_stored(policy: Policy) -> None:
    assert policy_from_document(policy.to_document()) == policy
