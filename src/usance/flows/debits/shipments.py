"""Goods wait for the money of a debit where the seller says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from usance.flows.debits.collection_rules import ship_after_of
from usance.flows.journal import business_day
from usance.flows.refusals import Conflict
from usance.records.debits import queries
from usance.records.debits.models import Debit
from usance.records.orders.models import Order
from usance.records.parties.models import Seller
from usance.rules.debits.schemes import SCHEMES, funds_good_on

LIVE: Final = ("scheduled", "submitted", "settled")


class FundsNotGood(Conflict):
    """The goods wait for the money of the order's debit; the text says until when."""

    code = "funds_not_good"


@dataclass(frozen=True, slots=True)
class Release:
    """Whether goods of an order may leave; if not, what they wait for and until when, if that is known."""

    may_ship: bool
    ship_after: str = "at_once"
    release_on: date | None = None
    waits_for: str = ""


def release_of(seller: Seller, *, order: Order, at: datetime) -> Release:
    """Whether ``order`` may ship now, by what the seller said of its buyer or of all.

    What was said of all holds for buyers who have given a mandate; of one buyer, always.
    """
    rule = ship_after_of(seller, buyer_id=order.buyer_id, at=at)
    if rule == "at_once":
        return Release(may_ship=True)
    found = queries.debits(seller_id=seller.id, order_id=order.id)
    debits = list(found.filter(state__in=LIVE).order_by("id"))
    if not debits and _pays_otherwise(seller, order):
        return Release(may_ship=True, ship_after=rule)
    today = business_day(seller, at=at)
    needed = order.amount - order.voided_amount
    if sum(debit.amount for debit in debits if _reached(debit, rule, today)) >= needed:
        return Release(may_ship=True, ship_after=rule)
    if sum(debit.amount for debit in debits) < needed:
        return Release(may_ship=False, ship_after=rule, waits_for="debit")
    return Release(
        may_ship=False, ship_after=rule, release_on=_expected(debits, rule), waits_for=rule
    )


def require_shippable(seller: Seller, *, order: Order, at: datetime) -> None:
    """Raise FundsNotGood if goods of ``order`` may not leave yet."""
    release = release_of(seller, order=order, at=at)
    if release.may_ship:
        return
    if release.waits_for == "debit":
        raise FundsNotGood(
            "The goods wait for a debit of the order; schedule one for its whole amount, or let this"
            " buyer's goods leave at once."
        )
    raise FundsNotGood(
        f"The goods wait until the order's debit is {release.waits_for.replace('_', ' ')},"
        f" which is expected on {release.release_on}."
    )


def _pays_otherwise(seller: Seller, order: Order) -> bool:
    if queries.ship_after(seller_id=seller.id, buyer_id=order.buyer_id) is not None:
        return False
    given = queries.mandates(seller_id=seller.id, buyer_id=order.buyer_id, state="active")
    return not given.exists()


def _reached(debit: Debit, rule: str, today: date) -> bool:
    if rule == "submitted":
        return debit.state in ("submitted", "settled")
    if debit.state != "settled":
        return False
    return rule == "settled" or (debit.funds_good_on is not None and debit.funds_good_on <= today)


def _expected(debits: Iterable[Debit], rule: str) -> date:
    """The day on which the last of the debits will be so far, if nothing comes back."""
    if rule != "funds_good":
        return max(debit.collect_on for debit in debits)
    return max(
        debit.funds_good_on
        or funds_good_on(SCHEMES[debit.mandate.scheme], settled_on=debit.collect_on)
        for debit in debits
    )
