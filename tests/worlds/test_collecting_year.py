"""A year of collecting in small: what dunning does under the stated assumptions, and what it never does."""

from __future__ import annotations

import secrets
from datetime import timedelta
from decimal import Decimal

import pytest

from usance.records.dunning.models import DunningMessage, DunningStep
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.rules.dunning.standard import standard_policy
from usance.worlds.collecting_checks import Witness
from usance.worlds.collecting_payers import BEHAVIOURS, Payers
from usance.worlds.collecting_result import YearResult
from usance.worlds.collecting_year import FIRST, play
from usance.worlds.simulation import simulate

BUYERS, DAYS, SEED = 30, 90, 3


def world(handle: str, *, dunning: bool) -> YearResult:
    return play(handle=handle, buyers=BUYERS, days=DAYS, seed=SEED, dunning=dunning, orders=8)


def countback(year: YearResult) -> list[Decimal]:
    """Days sales outstanding by count-back at the last two months' ends."""
    return [figures.countback or Decimal(0) for _, figures in year.months[-2:]]


def delinquent(year: YearResult) -> Decimal:
    """Average days delinquent at the last month's end."""
    return year.months[-1][1].delinquent or Decimal(0)


@pytest.mark.django_db
def test_dunning_brings_money_sooner_and_asks_nobody_who_has_paid() -> None:
    handle = f"year-{secrets.token_hex(6)}"
    without, reminded = world(f"{handle}-w", dunning=False), world(handle, dunning=True)
    for year in (without, reminded):
        assert year.is_well, [*year.faults, *year.violations]
        assert year.invoices > 20
    assert without.demands == 0
    assert reminded.demands > 30
    assert all(
        sooner < later
        for sooner, later in zip(countback(reminded), countback(without), strict=True)
    )
    assert delinquent(reminded) < delinquent(without)
    seller = Seller.objects.get(handle=handle)
    # A step counted by the witness is a step on record, and one of them cannot come twice.
    assert DunningStep.objects.filter(seller_id=seller.id).count() == reminded.demands
    assert_the_witness_can_tell(seller)


def assert_the_witness_can_tell(seller: Seller) -> None:
    """Shown the same messages as if everybody had paid before, it speaks up about each."""
    steps = {step["level"]: step["days"] for step in standard_policy("x")["steps"]}
    witness = Witness(seller_id=seller.id, steps=steps)
    paid = dict.fromkeys(Invoice.objects.values_list("id", flat=True), 10**12)
    for n in range(DAYS):
        witness.look(on=FIRST + timedelta(days=n), paid=paid)
    messages = DunningMessage.objects.filter(seller_id=seller.id, state="sent").count()
    assert sum("has sent all of it" in fault for fault in witness.faults) >= messages > 0


@pytest.mark.django_db
def test_nothing_is_sent_wrongly_whatever_goes_wrong_and_nothing_stays() -> None:
    year = simulate(days=60, seed=11, buyers=25, chance=0.6)
    assert year.is_well, [*year.faults, *year.violations]
    assert len(year.injected) > 5 and year.demands > 15
    assert not Seller.objects.filter(handle__startswith="simulated-").exists()


def test_the_same_seed_draws_the_same_buyers() -> None:
    assert sum(behaviour.share for behaviour in BEHAVIOURS) == 100
    once, again = (Payers(count=50, seed=5, first=FIRST, days=365) for _ in range(2))
    assert once.all == again.all
    assert once.all != Payers(count=50, seed=6, first=FIRST, days=365).all
