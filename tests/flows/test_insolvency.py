"""Notices of insolvency: kept once, about whom they are for certain, and acted on by the watch."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows import books
from tests.flows.trading import Trade
from tests.flows.watching import alarms, follow, set_watch
from usance.flows import insolvency, onboarding, standing
from usance.flows.refusals import NotFound
from usance.formats.errors import FormatError
from usance.records.credit import standing_queries
from usance.records.credit.models import CreditLine, Report
from usance.records.identity import new_id
from usance.rules.watch_templates import TEMPLATES

HEAD = "notice id,name,number,country,court,kind,date\n"


def feed(*rows: str) -> bytes:
    return (HEAD + "\n".join(rows)).encode()


BY_NUMBER = "IN 1/26,Nordwind Handelsges.,DE811907980,DE,AG Kiel,Eröffnung,2026-02-27"
BY_NAME = "IN 2/26,Nordwind Handels GmbH,,DE,AG Kiel,Eröffnung,2026-02-27"
NOBODY = "IN 3/26,Bäckerei Krume e.K.,HRB 55555,DE,AG Ulm,Eröffnung,2026-02-27"


@pytest.fixture
def known(trade: Trade) -> Trade:
    """A buyer whose tax number is known."""
    onboarding.update_buyer(
        trade.seller, buyer_id=trade.buyer.id, tax_id="DE 811 907 980", **trade.act
    )
    return trade


def take(trade: Trade, *rows: str) -> insolvency.Taken:
    return insolvency.take_notices(trade.seller, feed(*rows), **trade.act)


def value(trade: Trade, name: str = "buyer.insolvent") -> Any:
    kept = standing_queries.standing(seller_id=trade.seller.id, buyer_id=trade.buyer.id)
    return standing.current_values(kept).get(name)


def test_a_number_holds_the_line_before_the_next_order(known: Trade) -> None:
    set_watch(known, **TEMPLATES["insolvency"])
    taken = take(known, BY_NUMBER, NOBODY)
    assert (taken.notices, len(taken.reported), taken.about_nobody) == (2, 1, 1)
    follow(known)
    assert value(known) is True
    [made] = known.authorize(known.request(100))
    assert made.decision.reasons == ("line_on_hold",)  # type: ignore[union-attr]
    [alarm] = alarms(known)
    assert alarm.watch.severity == "critical"


def test_the_same_notice_again_changes_nothing(known: Trade) -> None:
    take(known, BY_NUMBER)
    with books.nothing_written(known.seller):
        taken = take(known, BY_NUMBER)
    assert (len(taken.reported), taken.known_before) == (0, 1)
    take(known, BY_NUMBER.replace("Eröffnung", "Schlusstermin"))
    assert Report.objects.filter(seller_id=known.seller.id, kind="insolvency").count() == 2


def test_a_name_raises_an_alarm_and_nothing_else(known: Trade) -> None:
    set_watch(known, **TEMPLATES["insolvency"])
    set_watch(known, **TEMPLATES["insolvency_suspected"])
    taken = take(known, BY_NAME)
    assert (len(taken.reported), len(taken.suspected)) == (0, 1)
    follow(known)
    assert [alarm.trigger for alarm in alarms(known)] == ["insolvency.suspected"]
    assert value(known) is None, "nobody knows yet"
    known.order(100)


def test_a_person_settles_it_until_the_next_notice(known: Trade) -> None:
    set_watch(known, **TEMPLATES["insolvency"])
    take(known, BY_NAME)
    settle = {"buyer_id": known.buyer.id, "reason": "called them"} | known.act
    insolvency.settle_insolvency(known.seller, insolvent=False, **settle)
    follow(known)
    assert value(known) is False
    assert alarms(known) == []
    later = known.days_later(1)
    take(later, BY_NUMBER)
    follow(later)
    assert value(known) is True
    insolvency.settle_insolvency(
        known.seller, insolvent=False, **settle | {"at": later.days_later(1).at}
    )
    follow(later)
    assert value(known) is False
    kept = known.stored(CreditLine, known.line.id)
    assert kept.state == "on_hold", "a person releases what was held"


def test_a_person_may_find_that_it_is_so(known: Trade) -> None:
    set_watch(known, **TEMPLATES["insolvency"])
    insolvency.settle_insolvency(
        known.seller, buyer_id=known.buyer.id, insolvent=True, reason="letter", **known.act
    )
    follow(known)
    assert known.stored(CreditLine, known.line.id).state == "on_hold"
    with books.refused(known.seller, NotFound):
        insolvency.settle_insolvency(
            known.seller, buyer_id=new_id(), insolvent=True, reason="", **known.act
        )


def test_a_broken_file_is_refused_whole(known: Trade) -> None:
    with books.refused(known.seller, FormatError):
        take(known, BY_NUMBER, "IN 9/26,,,DE,AG,Eröffnung,2026-02-27")


def test_another_sellers_buyers_are_not_looked_at(known: Trade, at: Any) -> None:
    other = onboarding.create_seller(
        name="Other", handle=f"o-{new_id().hex}", country="IT", currency="EUR",
        time_zone="Europe/Rome", at=at,
    )  # fmt: skip
    taken = insolvency.take_notices(other, feed(BY_NUMBER, BY_NAME), at=at, by="t")
    assert (taken.reported, taken.suspected, taken.about_nobody) == ((), (), 2)
