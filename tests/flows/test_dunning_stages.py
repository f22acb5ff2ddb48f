"""A message about items at several stages says of each which it has reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.rules.invoicing_supplies import SELLER
from usance.flows.dunning.composing import Composed, compose, letter_of
from usance.records.dunning.account_queries import KnownAccount
from usance.rules.dunning.account import Account, Item
from usance.rules.dunning.decide import decide
from usance.rules.dunning.documents import policy_from_document
from usance.rules.dunning.policy import LEVELS
from usance.rules.dunning.standard import standard_policy
from usance.rules.dunning.words import SPOKEN

DUE = date(2026, 3, 2)
ON = DUE + timedelta(days=14)
USUAL = Item(UUID(int=1), "INV-1", DUE - timedelta(days=30), DUE, 10_000, 10_000)
POLICY = policy_from_document(standard_policy("Usual"), currency="EUR")


def item(number: int, **changes: Any) -> Item:
    return replace(USUAL, invoice_id=UUID(int=number), number=f"INV-{number}", **changes)


def written(*items: Item, language: str = "en") -> Composed:
    account = Account(UUID(int=9), "EUR", items)
    decision = decide(account, policy=POLICY, on=ON)
    known = KnownAccount(account, "Nordwind", "DE", language, "", "", {}, None, {})
    return compose(known, decision, policy=POLICY, details=SELLER, on=ON)


def rows_of(composed: Composed) -> list[str]:
    letter = letter_of(composed, currency="EUR", details=SELLER, pay_address="")
    return [row[0] for row in letter.tables[0].rows]


def test_each_item_is_named_at_the_stage_that_it_has_reached() -> None:
    """The first was reminded of and is reminded of again; the second is late for the first time, so that
    nothing was written about it; the third had a formal notice before."""
    mixed = written(
        item(1, level="notice_1"),
        item(2, due_on=DUE + timedelta(days=5)),
        item(3, level="formal", due_on=DUE - timedelta(days=20)),
    )
    assert mixed.text.subject.startswith("Second reminder")
    assert [row["level"] for row in mixed.items] == ["formal", "notice_2", "notice_1"]
    assert rows_of(mixed)[:3] == [
        "INV-3 (Formal notice of default)",
        "INV-1 (Second reminder)",
        "INV-2 (Reminder)",
    ]
    assert mixed.text.paragraphs[-1] == (
        "What is said above goes for the items marked “Second reminder”. Each other item is at the"
        " stage that stands beside it: Reminder (1), Formal notice of default (1)."
    )


def test_where_all_are_at_one_stage_the_message_itself_says_it() -> None:
    alike = written(item(1, level="notice_1"), item(2, level="notice_1"))
    assert rows_of(alike)[:2] == ["INV-1", "INV-2"]
    assert "stage" not in alike.text.body


def test_every_language_names_every_stage_after_the_due_day() -> None:
    for language, words in SPOKEN.items():
        assert set(words.stages) == set(LEVELS) - {"friendly", "due_today"}
        assert len(set(words.stages.values())) == len(words.stages)
        newer = item(2, due_on=DUE + timedelta(days=5))
        mixed = written(item(1, level="notice_1"), newer, language=language)
        last = mixed.text.paragraphs[-1]
        assert words.stages["notice_2"] in last and words.stages["notice_1"] in last
