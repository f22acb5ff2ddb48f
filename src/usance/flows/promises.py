"""A buyer promises to pay in instalments; the seller accepts, and what comes in says whether it is kept.

A promise changes nothing of an invoice: it stays due. It is a word given, kept with its dates, and
judged by what its invoices have been paid since.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal, business_day
from usance.flows.refusals import Conflict, Mismatch, NotFound, WrongState, external_id_once
from usance.records.collections import actions, queries
from usance.records.collections.models import Promise, PromisePart, PromiseRules
from usance.records.credit import actions as credit
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.rules.promises import (
    Bounds,
    InvalidPromise,
    Part,
    agreed_at_once,
    check_parts,
    judge,
    paid_of,
)

_LIVE: Final = ("proposed", "accepted")
_log: Final = logging.getLogger(__name__)


class PromiseStands(Conflict):
    """A promise about one of these invoices stands already; withdraw it first."""

    code = "promise_stands"


class PromisesClosed(Conflict):
    """The seller takes no promises of instalments; pay, or ask the seller."""

    code = "promises_closed"


@transaction.atomic
def set_rules(
    seller: Seller,
    *,
    is_open: bool,
    most_parts: int,
    most_days: int,
    first_percent: int,
    accept_at_once: bool,
    at: datetime,
    by: str,
    ask_after_broken: bool = True,
) -> PromiseRules:
    """Say what buyers may promise. With ``ask_after_broken`` a person answers, whatever else is said,
    while the buyer has a broken promise. Raises InvalidPromise for what makes no sense."""
    if not (1 <= most_parts <= 24 and 1 <= most_days <= 730 and 0 <= first_percent <= 100):
        raise InvalidPromise(
            "From 1 to 24 instalments, within 1 to 730 days, the first of 0 to 100 percent."
        )
    fields = {
        "is_open": is_open,
        "most_parts": most_parts,
        "most_days": most_days,
        "first_percent": first_percent,
        "accept_at_once": accept_at_once,
        "ask_after_broken": ask_after_broken,
    }
    PromiseRules.objects.update_or_create(
        seller_id=seller.id, defaults=fields, create_defaults={**fields, "created_at": at}
    )
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "promise_rules.changed", object_type="seller", object_id=seller.id, data=dict(fields)
    )
    journal.close()
    return queries.promise_rules(seller_id=seller.id)


def bounds_of(rules: PromiseRules) -> Bounds:
    """What the seller allows."""
    return Bounds(rules.most_parts, rules.most_days, rules.first_percent)


@transaction.atomic
def propose(
    seller: Seller,
    *,
    buyer_id: UUID,
    invoice_ids: Sequence[UUID],
    parts: Sequence[Part],
    at: datetime,
    by: str,
    words: str = "",
    by_seller: bool = False,
    currency: str | None = None,
    external_id: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Promise:
    """Promise to pay all that is open on ``invoice_ids`` in ``parts``.

    What keeps the seller's bounds may be accepted at once; ``by_seller`` agrees on any instalments.
    Raises NotFound, Mismatch (invoices of several buyers or currencies, or none that is open),
    PromisesClosed, PromiseStands, InvalidPromise or Duplicate.
    """
    rules = queries.promise_rules(seller_id=seller.id)
    if not rules.is_open and not by_seller:
        raise PromisesClosed(" ".join((PromisesClosed.__doc__ or "").split()))
    invoices = _invoices(seller, buyer_id=buyer_id, invoice_ids=invoice_ids)
    if currency not in (None, invoices[0].currency):
        raise Mismatch(f"The invoices are in {invoices[0].currency}; promise in that.")
    currency = invoices[0].currency
    credit.lock_line(seller_id=seller.id, buyer_id=buyer_id, currency=currency)
    invoices = _invoices(seller, buyer_id=buyer_id, invoice_ids=invoice_ids)
    _require_none_stands(seller, buyer_id=buyer_id, invoices=invoices)
    amount = sum(invoice.outstanding for invoice in invoices)
    on = business_day(seller, at=at)
    bounds = Bounds(24, 730, 0) if by_seller else bounds_of(rules)
    check_parts(parts, amount=amount, bounds=bounds, on=on)
    accepted = by_seller or agreed_at_once(
        at_once=rules.accept_at_once,
        ask_after_broken=rules.ask_after_broken,
        broken=queries.promises(seller_id=seller.id, buyer_id=buyer_id, state="broken").count(),
    )
    promise = Promise(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        buyer_id=buyer_id,
        state="accepted" if accepted else "proposed",
        currency=currency,
        amount=amount,
        invoices=[
            {"invoice": str(one.id), "amount": one.outstanding, "written_off": one.written_off}
            for one in invoices
        ],
        words=words,
        author=by,
        answered_by=(by if by_seller else "rules") if accepted else "",
        answered_at=at if accepted else None,
        external_id=external_id,
        metadata=dict(metadata or {}),
    )
    with external_id_once("promise", external_id):
        promise.save(force_insert=True)
    PromisePart.objects.bulk_create(
        PromisePart(
            id=new_id(),
            seller_id=seller.id,
            created_at=at,
            promise_id=promise.id,
            position=place,
            due_on=part.due_on,
            amount=part.amount,
        )
        for place, part in enumerate(parts, 1)
    )
    _tell(seller, promise, promise.state, at=at, by=by)
    return promise


@transaction.atomic
def answer(
    seller: Seller, *, promise_id: UUID, accept: bool, at: datetime, by: str, words: str = ""
) -> Promise:
    """Accept a proposal, or decline it. Raises NotFound or WrongState."""
    promise = _locked(seller, promise_id, states=("proposed",))
    actions.set_fields(
        promise,
        state="accepted" if accept else "declined",
        answered_by=by,
        answered_at=at,
        answer=words,
        ended_at=None if accept else at,
    )
    _tell(seller, promise, promise.state, at=at, by=by)
    return promise


@transaction.atomic
def withdraw(seller: Seller, *, promise_id: UUID, at: datetime, by: str) -> Promise:
    """Take a promise back that has not come to its end. Raises NotFound or WrongState."""
    promise = _locked(seller, promise_id, states=_LIVE)
    actions.set_fields(promise, state="withdrawn", ended_at=at)
    _tell(seller, promise, "withdrawn", at=at, by=by)
    return promise


@transaction.atomic
def judge_promise(*, seller_id: UUID, promise_id: UUID, at: datetime) -> None:
    """See whether an accepted promise is kept, from what its invoices have been paid since."""
    seller = Seller.objects.get(id=seller_id)
    promise = actions.lock_promise(seller_id=seller_id, promise_id=promise_id)
    if promise is None or promise.state not in ("accepted", "broken"):
        return
    found = _Found.of([promise])
    state, changed = found.judged(promise, on=business_day(seller, at=at))
    for part, now in changed:
        actions.set_fields(part, state=now)
    if state != promise.state:
        actions.set_fields(promise, state=state, ended_at=at if state == "kept" else None)
        _tell(seller, promise, state, at=at, by="calendar")


def judge_due(*, at: datetime, limit: int = 1000) -> int:
    """Judge every promise that is to be kept yet, ``limit`` at a time; how many there are.

    A broken one is looked at for as long as it is not paid, and may keep no other from its turn. All of
    them are looked at in a few statements; one by one, and locked, only those of which something changes.
    One that breaks down is said in the log and tried again at the next call.
    """
    judged, after = 0, None
    while promises := queries.promises_to_judge(limit=limit, after=after):
        found = _Found.of(promises)
        for promise in promises:
            try:
                state, changed = found.judged(promise, on=business_day(promise.seller, at=at))
                if changed or state != promise.state:
                    judge_promise(seller_id=promise.seller_id, promise_id=promise.id, at=at)
            except Exception:  # noqa: BLE001 - it is said; those of all sellers wait behind it
                _log.exception("promise %s", promise.id)
        judged, after = judged + len(promises), promises[-1].id
    return judged


@dataclass(frozen=True, slots=True)
class _Found:
    """What promises are judged by: their parts, and what is left of their invoices."""

    parts: Mapping[UUID, Sequence[PromisePart]]
    left: Mapping[tuple[UUID, UUID], tuple[int, int]]

    @classmethod
    def of(cls, promises: Sequence[Promise]) -> _Found:
        """Read for ``promises``, which may be of several sellers."""
        by_seller: defaultdict[UUID, list[Promise]] = defaultdict(list)
        for promise in promises:
            by_seller[promise.seller_id].append(promise)
        parts: dict[UUID, Sequence[PromisePart]] = {}
        left: dict[tuple[UUID, UUID], tuple[int, int]] = {}
        for seller_id, of_seller in by_seller.items():
            ids = [promise.id for promise in of_seller]
            parts |= queries.parts_of(seller_id=seller_id, promise_ids=ids)
            wanted = {UUID(one["invoice"]) for promise in of_seller for one in promise.invoices}
            rows = Invoice.objects.filter(seller_id=seller_id, id__in=wanted)
            for id_, outstanding, written_off in rows.values_list(
                "id", "outstanding", "written_off"
            ):
                left[seller_id, id_] = outstanding, written_off
        return cls(parts, left)

    def judged(self, promise: Promise, *, on: date) -> tuple[str, list[tuple[PromisePart, str]]]:
        """The state that the promise comes to on the day ``on``, and those of its parts that change."""
        kept = self.parts[promise.id]
        state, of_parts = judge(
            [Part(part.due_on, part.amount) for part in kept], paid=self._paid(promise), on=on
        )
        changed = [
            (part, now)
            for part, now in zip(kept, of_parts, strict=True)
            # Money that went back does not unmake what was kept in time.
            if now != part.state and part.state != "kept" and now != "open"
        ]
        return promise.state if state == "accepted" else state, changed

    def _paid(self, promise: Promise) -> int:
        """What of the promised was paid or credited since, minor units."""
        paid = 0
        for one in promise.invoices:
            outstanding, written_off = self.left[promise.seller_id, UUID(one["invoice"])]
            paid += paid_of(
                one["amount"],
                outstanding=outstanding,
                given_up=written_off - one.get("written_off", 0),
            )
        return paid


def _invoices(seller: Seller, *, buyer_id: UUID, invoice_ids: Sequence[UUID]) -> list[Invoice]:
    found = list(
        Invoice.objects.filter(
            seller_id=seller.id, id__in=set(invoice_ids), buyer_id=buyer_id
        ).order_by("due_on", "id")
    )
    if not found or len(found) != len(set(invoice_ids)):
        raise NotFound("There is no such invoice of the buyer.")
    if len({invoice.currency for invoice in found}) > 1:
        raise Mismatch("The invoices are in several currencies; promise each by itself.")
    if any(invoice.state != "open" or not invoice.outstanding for invoice in found):
        raise WrongState("One of the invoices is not open any more.")
    return found


def _require_none_stands(seller: Seller, *, buyer_id: UUID, invoices: Sequence[Invoice]) -> None:
    asked = {str(invoice.id) for invoice in invoices}
    standing = queries.promises(seller_id=seller.id, buyer_id=buyer_id).filter(state__in=_LIVE)
    for promise in standing:
        if asked & {one["invoice"] for one in promise.invoices}:
            raise PromiseStands(" ".join((PromiseStands.__doc__ or "").split()))


def _locked(seller: Seller, promise_id: UUID, *, states: Sequence[str]) -> Promise:
    promise = actions.lock_promise(seller_id=seller.id, promise_id=promise_id)
    if promise is None:
        raise NotFound("There is no such promise.")
    if promise.state not in states:
        raise WrongState(
            f"The promise is {promise.state}; this can be done while it is {' or '.join(states)}."
        )
    return promise


def _tell(seller: Seller, promise: Promise, state: str, *, at: datetime, by: str) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        f"promise.{state}",
        object_type="promise",
        object_id=promise.id,
        buyer_id=promise.buyer_id,
        state=state,
        data={"amount": promise.amount, "promise_currency": promise.currency},
    )
    journal.close()
