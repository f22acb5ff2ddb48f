"""Applications in words: every number, reason and event has its own."""

from __future__ import annotations

import re
from pathlib import Path

from usance.flows.applications.declining import TEXTS
from usance.flows.connections import KINDS
from usance.rules.applications.completeness import STEPS
from usance.rules.applications.declining import DECLINE_REASONS
from usance.rules.applications.numbers import ANYWHERE, FIELDS
from usance.rules.credit.facts import FACTS
from usance.web.words import applications as words
from usance.web.words import connections as connection_words
from usance.web.words.events import TELLINGS

FLOWS = Path(__file__).parents[2] / "src" / "usance" / "flows"


def test_every_number_of_every_country_has_a_name() -> None:
    asked = {field.name for fields in (*FIELDS.values(), ANYWHERE) for field in fields}
    assert asked == set(words.NUMBERS)


def test_every_reason_has_words_and_the_applicant_hears_only_what_is_safe() -> None:
    assert set(words.DECLINE_REASONS) == set(DECLINE_REASONS)
    assert set(TEXTS) == {code for code, safe in DECLINE_REASONS.items() if safe}


def test_every_step_and_kind_of_connection_has_a_name() -> None:
    assert tuple(words.STEPS) == STEPS
    assert set(connection_words.KINDS) == set(KINDS)


def test_every_event_of_an_application_has_a_sentence() -> None:
    told = {
        name
        for path in (*(FLOWS / "applications").glob("*.py"), FLOWS / "connections.py")
        for name in re.findall(
            r'"((?:application|application_form|connection)\.[a-z_]+)"', path.read_text()
        )
    }
    assert len(told) >= 15
    assert told - set(TELLINGS) - set(FACTS) == set()
