"""The calendar passes on what nobody has answered in time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from config.clock import Clock
from tests.conftest import Account
from tests.flows.deciding import decide_by, in_review
from tests.flows.trading import Trade
from usance.jobs import reviews
from usance.records.credit.models import Review

ANY = {"kind": "hold", "name": "any", "when": "true", "then": "review"}
SOON = {"kind": "route", "name": "soon", "roles": ["admin"], "hours": 2}


def test_a_review_whose_time_has_run_out_is_passed_on(
    account: Account, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade = Trade(account.seller, account.buyer, account.line, at)
    decide_by(trade, ANY, SOON)
    _, review = in_review(trade)
    for hours, passed in ((1, False), (3, True)):
        monkeypatch.setattr(Clock, "now", lambda _self, h=hours: at + timedelta(hours=h))
        reviews.escalate_reviews(0)
        assert (trade.stored(Review, review.id).escalated_at is not None) == passed
