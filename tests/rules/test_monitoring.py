"""What a watch is, what it refuses to be, and what its condition makes of the facts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.monitoring import (
    EVENTS,
    WATCHABLE,
    Action,
    InvalidWatch,
    WatchRule,
    lowered_limit,
    watch_from_document,
)
from usance.rules.watch_templates import TEMPLATES


def watch(**fields: Any) -> WatchRule:
    document = {"name": "w", "triggers": ["nightly"]} | fields
    return watch_from_document(document, currency="EUR")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"triggers": []}, "triggers"),
        ({"triggers": "nightly"}, "triggers"),
        ({"triggers": ["order.eaten"]}, "triggers"),
        ({"triggers": ["change:order.amount"]}, "triggers"),
        ({"triggers": ["change:score.bond"]}, "triggers"),
        ({"triggers": ["alarm.raised"]}, "triggers"),
        ({"severity": "loud"}, "severity"),
        ({"quiet_days": -1}, "quiet_days"),
        ({"quiet_days": True}, "quiet_days"),
        ({"when": 5}, "when"),
        ({"when": "buyer.days_overdue"}, "when"),
        ({"when": "change.after == 'E'"}, "when"),
        ({"actions": [{"do": "sing"}]}, "actions"),
        ({"actions": [{"do": "hold", "percent": 5}]}, "actions"),
        ({"actions": [{"do": "lower_limit"}]}, "actions"),
        ({"actions": [{"do": "lower_limit", "percent": 100}]}, "actions"),
        ({"actions": [{"do": "lower_limit", "percent": 10, "to": "bureau"}]}, "actions"),
        ({"actions": [{"do": "notify", "people": "all"}]}, "actions"),
        ({"cow": 1}, "cow"),
    ],
)
def test_what_is_no_watch_is_refused_by_its_part(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidWatch) as refused:
        watch(**fields)
    assert refused.value.field == field


def test_a_mistake_in_the_condition_has_its_place() -> None:
    with pytest.raises(InvalidWatch) as refused:
        watch(when="buyer.days_overdue > 30 &&\n  history.overdu > 5")
    assert (refused.value.line, refused.value.column) == (2, 3)
    assert "did you mean 'history.overdue'" in str(refused.value)


def test_before_and_after_have_the_kind_of_what_changes() -> None:
    band = watch(triggers=["change:score.band"], when="change.after in ['D', 'E']")
    assert band.holds({"change.after": "E"})
    assert not band.holds({"change.after": "A"})
    amount = watch(triggers=["change:history.overdue"], when="change.after > change.before + 100")
    assert amount.holds({"change.before": 0, "change.after": 10_001})
    assert not amount.holds({"change.before": 0, "change.after": 10_000}), "EUR 100.00"
    with pytest.raises(InvalidWatch):
        watch(triggers=["change:score.band", "change:bureau.score"], when="change.after == 'E'")
    with pytest.raises(InvalidWatch):
        watch(triggers=["change:score.band", "nightly"], when="change.after == 'E'")


def test_what_is_unknown_raises_no_alarm() -> None:
    rule = watch(when="bureau.score < 30")
    assert rule.holds({"bureau.score": Decimal("29.5")})
    assert not rule.holds({})


def test_a_trigger_is_pulled_by_its_event_or_its_fact() -> None:
    rule = watch(triggers=["order.authorized", "change:score.band", "change:history.overdue"])
    assert rule.triggers_on("order.authorized") == ["order.authorized"]
    assert rule.triggers_on("order.declined") == []
    assert rule.triggers_on("standing.changed", changed=["score.band", "bureau.score"]) == [
        "change:score.band"
    ]


@given(
    limit=st.integers(0, 10**15),
    percent=st.none() | st.integers(0, 99),
    insured=st.none() | st.integers(0, 10**15),
    bureau=st.none() | st.integers(-5, 10**15),
    to=st.sampled_from(["insured", "bureau"]),
)
def test_a_limit_is_never_raised(
    limit: int, percent: int | None, insured: int | None, bureau: int | None, to: Any
) -> None:
    action = Action("lower_limit", (), percent, None if percent is not None else to)
    lowered = lowered_limit(limit, action=action, insured=insured, bureau=bureau)
    assert 0 <= lowered <= limit


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (Action("lower_limit", percent=80), 800_00),
        (Action("lower_limit", percent=0), 0),
        (Action("lower_limit", to="insured"), 600_00),
        (Action("lower_limit", to="bureau"), 1000_00),
    ],
)
def test_limits_are_lowered_to_a_share_or_to_what_others_bear(
    action: Action, expected: int
) -> None:
    assert lowered_limit(1000_00, action=action, insured=600_00, bureau=2000_00) == expected


@pytest.mark.parametrize("key", TEMPLATES)
def test_every_template_is_a_watch_and_survives_its_document(key: str) -> None:
    rule = watch_from_document(TEMPLATES[key], currency="EUR")
    assert watch_from_document(rule.to_document(), currency="EUR") == rule


def test_templates_have_names_of_their_own() -> None:
    names = [template["name"] for template in TEMPLATES.values()]
    assert len(set(names)) == len(names)


def test_nothing_that_the_watch_tells_itself_is_a_trigger() -> None:
    assert not [name for name in EVENTS if name.startswith(("alarm.", "standing.", "watch."))]
    assert "score.band" in WATCHABLE
    assert "order.amount" not in WATCHABLE
