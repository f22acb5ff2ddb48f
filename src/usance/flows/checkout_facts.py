"""What a decision rests on: the answers of the database put into the words of the rules."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from pydantic_core import from_json

from usance.flows.checkout_requests import OrderRequest
from usance.records.credit.queries import CheckoutFacts, CheckoutQuestion
from usance.rules.credit.application import Application
from usance.rules.credit.facts import FACTS, STANDING
from usance.rules.credit.policy import Policy
from usance.rules.money import convert
from usance.rules.terms import parse_terms


def question(
    request: OrderRequest, *, at: datetime, on: date, order_id: UUID | None = None
) -> CheckoutQuestion:
    """What to ask the database about ``request``, which ``order_id`` names where it is an order already."""
    return CheckoutQuestion(
        seller_id=request.seller.id,
        buyer_id=request.buyer_id,
        buyer_external_id=request.buyer_external_id,
        currency=request.currency,
        base=request.seller.currency,
        at=at,
        on=on,
        idempotency_key=request.idempotency_key,
        reference=request.external_id,
        order_id=order_id,
    )


OLDEST_STANDING: Final = 7
"""Days after which what was kept ready about a buyer is not known any more: the nightly renewal has
stopped, and a buyer that was sound then may not be sound now."""


def standing_of(facts: CheckoutFacts, *, on: date) -> Mapping[str, Any] | None:
    """What is kept ready about the buyer: ``values`` by fact, when ``at``, and ``since`` for those
    that come from a report of another time. None where there is nothing, or nothing of late."""
    if facts.standing is None:
        return None
    standing: Mapping[str, Any] = from_json(facts.standing)
    renewed = date.fromisoformat(standing["at"][:10])
    return standing if (on - renewed).days <= OLDEST_STANDING else None


def application(
    request: OrderRequest,
    *,
    facts: CheckoutFacts,
    policy: Policy,
    on: date,
    standing: Mapping[str, Any] | None = None,
) -> Application:
    """What the buyer asks for and what is known, as far as ``policy`` reads it."""
    reads = policy.reads
    return Application(
        amount=request.amount,
        currency=request.currency,
        line_state=facts.line_state,
        oldest_due_on=facts.oldest_due_on,
        requested_terms=request.terms,
        offered=tuple(parse_terms(code) for code in facts.terms),
        largest_line=_largest_line(request) if "order.largest_line" in reads else None,
        rate=facts.rate,
        facts=_read(request, facts, reads, standing, on=on) if reads else {},
    )


def with_held(facts: CheckoutFacts, held: Mapping[UUID, int]) -> CheckoutFacts:
    """The facts of an order once those before it in the same call are held, by line.

    For rules that read how much of the line is used; whether it bears them all, the database counts.
    """
    amount = held.get(facts.line_id, 0) if facts.line_id else 0
    if not amount:
        return facts
    line = facts.exposure
    shared = line.group_available
    return replace(
        facts,
        exposure=replace(
            line,
            commitments=line.commitments + amount,
            group_available=None if shared is None else shared - amount,
        ),
    )


def _largest_line(request: OrderRequest) -> int | None:
    return max((line.amount for line in request.lines), default=None)


def _read(
    request: OrderRequest,
    facts: CheckoutFacts,
    reads: frozenset[str],
    standing: Mapping[str, Any] | None,
    *,
    on: date,
) -> dict[str, Any]:
    live_reads, kept_reads = _plan(reads)
    live = _Live(request, facts, on, is_ready=standing is not None)
    known = {name: read(live) for name, read in live_reads}
    if standing is not None:
        values = standing["values"]
        for name, is_number in kept_reads:
            value = values.get(name)
            # A number that is no whole number is stored as text, lest it become a float.
            known[name] = Decimal(value) if is_number and type(value) is str else value
    return known


@lru_cache(maxsize=256)
def _plan(
    reads: frozenset[str],
) -> tuple[tuple[tuple[str, Callable[[_Live], Any]], ...], tuple[tuple[str, bool], ...]]:
    """What is read at the order and what was kept ready: the same for every order of a policy."""
    live = tuple((name, _LIVE[name]) for name in sorted(reads) if name in _LIVE)
    return live, tuple((name, name in _NUMBERS) for name in sorted(reads & STANDING))


_NUMBERS: Final = frozenset(name for name, fact in FACTS.items() if fact.kind == "number")


def ship_to_digest(ship_to: Mapping[str, str]) -> str:
    """One address, however it is capitalised or spaced."""
    text = "\n".join(
        " ".join(str(ship_to.get(part, "")).casefold().split())
        for part in ("street", "postal_code", "city", "country")
    )
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class _Live(NamedTuple):
    request: OrderRequest
    facts: CheckoutFacts
    on: date
    is_ready: bool

    def lines(self) -> int | None:
        """Not known of an order that came without its lines: it has some all the same."""
        return len(self.request.lines) or None

    def skus(self) -> list[str] | None:
        """Article numbers of the lines that have one; not known without lines."""
        return [line.sku for line in self.request.lines if line.sku] if self.request.lines else None

    def new_ship_to(self) -> bool | None:
        """Not known without an address, or before anything is kept ready about the buyer."""
        if self.request.ship_to is None or not self.is_ready:
            return None
        return ship_to_digest(self.request.ship_to) not in self.facts.ship_tos

    def days_known(self) -> int | None:
        """Days since the trade account was opened."""
        since = self.facts.known_since
        return (self.on - since.date()).days if since else None

    def insured(self) -> int | None:
        """In the seller's own currency."""
        insured, rate = self.facts.insured_limit, self.facts.rate
        own = self.request.seller.currency
        if insured is None or self.request.currency == own:
            return insured
        return (
            None
            if rate is None
            else convert(insured, rate=rate, source=self.request.currency, target=own)
        )


_LIVE: Final[Mapping[str, Callable[[_Live], Any]]] = {
    "order.lines": _Live.lines,
    "order.skus": _Live.skus,
    "order.has_po_number": lambda live: bool(live.request.po_number),
    "order.ship_to_country": lambda live: (live.request.ship_to or {}).get("country"),
    "order.new_ship_to": _Live.new_ship_to,
    "buyer.country": lambda live: live.facts.country,
    "buyer.group": lambda live: live.facts.buyer_group,
    "buyer.days_known": _Live.days_known,
    "line.tier": lambda live: live.facts.tier,
    "line.insured_limit": _Live.insured,
}
