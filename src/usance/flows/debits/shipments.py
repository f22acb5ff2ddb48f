"""Goods wait for the money of a debit where the seller says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

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
    return releases_of(seller, [order], at=at)[order.id]


def releases_of(seller: Seller, orders: Sequence[Order], *, at: datetime) -> dict[UUID, Release]:
    """Whether each of the orders may ship now, as :func:`release_of` says, by id. As many queries for a
    page of them as for one."""
    buyers = {order.buyer_id for order in orders}
    own = queries.ship_after_of(seller_id=seller.id, buyer_ids=buyers)
    usual = queries.collection_rules(seller_id=seller.id, at=at).ship_after
    rules = {order.id: own.get(order.buyer_id) or usual for order in orders}
    waiting = [order for order in orders if rules[order.id] != "at_once"]
    debits: defaultdict[UUID, list[Debit]] = defaultdict(list)
    with_mandate: set[UUID] = set()
    if waiting:
        found = queries.debits(seller_id=seller.id).filter(
            order_id__in=[order.id for order in waiting], state__in=LIVE
        )
        for debit in found.order_by("id"):
            if debit.order_id is not None:
                debits[debit.order_id].append(debit)
        given = queries.mandates(seller_id=seller.id, state="active")
        asked = given.filter(buyer_id__in={order.buyer_id for order in waiting})
        with_mandate = set(asked.values_list("buyer_id", flat=True))
    today = business_day(seller, at=at)
    return {
        order.id: _release(
            order,
            rules[order.id],
            debits[order.id],
            pays_otherwise=order.buyer_id not in own and order.buyer_id not in with_mandate,
            today=today,
        )
        for order in orders
    }


def _release(
    order: Order, rule: str, debits: Sequence[Debit], *, pays_otherwise: bool, today: date
) -> Release:
    if rule == "at_once":
        return Release(may_ship=True)
    if not debits and pays_otherwise:
        return Release(may_ship=True, ship_after=rule)
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
