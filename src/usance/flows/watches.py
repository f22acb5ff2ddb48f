"""How a watch is set, changed, switched off, and tried on what is known now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from usance.flows.journal import Journal, business_day
from usance.flows.refusals import Duplicate, NotFound
from usance.flows.watch_facts import facts_about
from usance.records.credit.standing_queries import buyers_after
from usance.records.identity import new_id
from usance.records.monitoring import fact_queries
from usance.records.monitoring.models import Watch
from usance.records.parties.models import Seller
from usance.rules.monitoring import WatchRule, watch_from_document

MOST_SHOWN: Final = 50
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Hit:
    """A buyer whom a watch would hit now, and the facts that its condition reads."""

    buyer_id: UUID
    name: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tried:
    """Whom a watch would hit: how many of how many buyers, and the first of them."""

    buyers: int
    count: int
    hits: tuple[Hit, ...]


def rule_of(watch: Watch, *, currency: str) -> WatchRule:
    """The rule that a stored watch is."""
    document = {
        "name": watch.name,
        "triggers": list(watch.triggers),
        "when": watch.when,
        "severity": watch.severity,
        "actions": watch.actions,
        "quiet_days": watch.quiet_days,
    }
    return watch_from_document(document, currency=currency)


@transaction.atomic
def set_watch(
    seller: Seller,
    rule: WatchRule,
    *,
    at: datetime,
    by: str,
    watch_id: UUID | None = None,
    is_active: bool = True,
) -> Watch:
    """Add a watch, or change the one with ``watch_id``. Raises NotFound, or Duplicate by name."""
    document = rule.to_document()
    if watch_id is None:
        watch = Watch(id=new_id(), seller=seller, created_at=at, author=by, is_active=is_active)
    else:
        watch = _locked(seller, watch_id)
        watch.version += 1
        watch.is_active, watch.author = is_active, by
    for name, value in document.items():
        setattr(watch, name, value)
    try:
        with transaction.atomic():
            watch.save(force_insert=watch_id is None, force_update=watch_id is not None)
    except IntegrityError as error:
        if "monitoring_watch_once" not in str(error):
            raise
        raise Duplicate(f"There is a watch called {rule.name!r} already.") from None
    _tell(seller, watch, "watch.created" if watch_id is None else "watch.changed", at=at, by=by)
    return watch


@transaction.atomic
def switch_watch(
    seller: Seller, *, watch_id: UUID, is_active: bool, at: datetime, by: str
) -> Watch:
    """Switch a watch on or off. Its alarms stay. Raises NotFound."""
    watch = _locked(seller, watch_id)
    if watch.is_active != is_active:
        watch.is_active = is_active
        Watch.objects.filter(seller_id=seller.id, id=watch.id).update(is_active=is_active)
        _tell(
            seller,
            watch,
            "watch.switched_on" if is_active else "watch.switched_off",
            at=at,
            by=by,
        )
    return watch


def try_watch(seller: Seller, rule: WatchRule, *, at: datetime) -> Tried:
    """Whom ``rule`` would hit if it looked at everybody now. Nothing is raised or written.

    What it reads of an order or a change is unknown, as nothing happens.
    """
    on = business_day(seller, at=at)
    reads = sorted(rule.program.reads)
    buyers = count = 0
    hits: list[Hit] = []
    last: UUID | None = None
    while page := buyers_after(last, seller_id=seller.id, limit=_PAGE):
        known = fact_queries.watched_buyers(page, seller_id=seller.id, base=seller.currency, on=on)
        for buyer in known.values():
            buyers += 1
            facts = facts_about(buyer, base=seller.currency, on=on)
            if rule.holds(facts):
                count += 1
                if len(hits) < MOST_SHOWN:
                    read = {name: facts[name] for name in reads if name in facts}
                    hits.append(Hit(buyer.id, buyer.name, read))
        last = page[-1]
    return Tried(buyers, count, tuple(hits))


def _locked(seller: Seller, watch_id: UUID) -> Watch:
    watch = (
        Watch.objects.select_for_update(no_key=True)
        .filter(seller_id=seller.id, id=watch_id)
        .first()
    )
    if watch is None:
        raise NotFound("There is no such watch.")
    return watch


def _tell(seller: Seller, watch: Watch, type_: str, *, at: datetime, by: str) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        type_,
        object_type="watch",
        object_id=watch.id,
        data={"name": watch.name, "version": watch.version},
    )
    journal.close()
