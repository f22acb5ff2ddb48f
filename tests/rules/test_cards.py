"""Cards: what follows a decline, and how what is held follows an order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.cards import (
    DECLINE_REASONS,
    RENEW_BEFORE,
    Held,
    Step,
    charge_again_on,
    follow,
    shares_of_capture,
)

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ON = date(2026, 3, 2)


def held(amount: int, *, can: bool | None = True, days: float = 6) -> Held:
    return Held(amount, can, AT + timedelta(days=days))


@pytest.mark.parametrize(
    ("needed", "live", "expected"),
    [
        (100, [held(100)], ()),
        (100, [], (Step("beside", 100),)),
        (120, [held(100)], (Step("increase", 20, 0),)),
        (120, [held(100, can=None)], (Step("increase", 20, 0),)),  # it is tried
        (120, [held(100, can=False)], (Step("beside", 20),)),
        (120, [held(100, can=False), held(10, days=5)], (Step("increase", 10, 1),)),
        (0, [held(100), held(20)], (Step("void", 100, 0), Step("void", 20, 1))),
        (60, [held(100)], ()),  # a part is captured of it
        (100, [held(20, days=5), held(100)], (Step("void", 20, 0),)),
        (100, [held(100, days=0.5)], (Step("renew", 100, 0),)),
        (100, [held(100, days=0.5), held(100)], (Step("void", 100, 0),)),  # renewed
        (130, [held(100, days=0.5)], (Step("renew", 100, 0), Step("beside", 30))),
    ],
)
def test_what_is_held_follows_what_is_needed(
    needed: int, live: list[Held], expected: tuple[Step, ...]
) -> None:
    assert follow(needed, held=tuple(live), at=AT) == expected


amounts = st.lists(
    st.builds(
        held,
        st.integers(1, 1_000),
        can=st.sampled_from([True, False, None]),
        days=st.floats(0, 9, allow_nan=False),
    ),
    max_size=5,
)


@given(needed=st.integers(0, 3_000), live=amounts)
def test_done_as_said_it_is_covered_and_nothing_more_is_said(needed: int, live: list[Held]) -> None:
    after = dict(enumerate(live))
    fresh = AT + timedelta(days=10)
    for place, step in enumerate(follow(needed, held=tuple(live), at=AT)):
        match step.kind:
            case "void":
                del after[step.place]
            case "increase":
                one = after[step.place]
                after[step.place] = Held(one.capturable + step.amount, True, one.expires_at)
            case "beside":
                after[100 + place] = Held(step.amount, False, fresh)
            case "renew":
                after[200 + place] = Held(step.amount, True, fresh)
    covered = sum(one.capturable for one in after.values())
    assert covered >= needed
    if not needed:
        assert not after
    again = follow(needed, held=tuple(after.values()), at=AT)
    assert {step.kind for step in again} <= {"void"}  # the old ones of those that were renewed
    lasting = [o.capturable for o in after.values() if o.expires_at - RENEW_BEFORE > AT]
    assert sum(lasting) >= needed


@given(amount=st.integers(0, 6_000), live=amounts)
def test_a_capture_takes_no_more_than_each_holds(amount: int, live: list[Held]) -> None:
    shares = shares_of_capture(amount, held=tuple(live))
    assert all(0 <= share <= one.capturable for share, one in zip(shares, live, strict=True))
    assert sum(shares) == min(amount, sum(one.capturable for one in live))


def test_what_runs_out_first_is_captured_first() -> None:
    live = (held(100, days=6), held(100, days=2))
    assert shares_of_capture(120, held=live) == (20, 100)


@pytest.mark.parametrize(
    ("reason", "days"),
    [
        ("insufficient_funds", [3, 5, 7]),
        ("limit_reached", [1, 3, 5]),
        ("try_later", [1, 1, 2]),
        ("do_not_honor", [3, 7]),
        ("authentication_required", []),
        ("expired_card", []),
        ("wrong_details", []),
        ("not_supported", []),
        ("lost_or_stolen", []),
        ("consent_revoked", []),
        ("suspected_fraud", []),
    ],
)
def test_when_a_refused_card_is_charged_again(reason: str, days: list[int]) -> None:
    assert reason in DECLINE_REASONS
    found = []
    attempts = 1
    while (on := charge_again_on(reason, attempts=attempts, on=ON)) is not None:  # type: ignore[arg-type]
        found.append((on - ON).days)
        attempts += 1
    assert found == days


def test_every_reason_is_in_the_table_above() -> None:
    assert len(DECLINE_REASONS) == 11
