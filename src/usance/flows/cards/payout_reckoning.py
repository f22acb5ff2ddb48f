"""What a payout of a provider is made of, which bank lines booked it, and what of it does not add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from usance.flows.cards.payout_booking import KIND
from usance.records.cards import payout_queries
from usance.records.cards.models import CardAuthorization, CardPayout
from usance.records.payments.models import BankClaim
from usance.rules.cards import PAYOUT_AFTER

KINDS: Final = ("charge", "refund", "dispute", "fee", "payout", "other")
"""What a part of a payout is, in the order in which they are shown."""
FINDINGS: Final = ("not_told", "parts_differ", "strangers", "bank_differs", "late", "comes_back")
"""``not_told``: the provider does not say what is in it. ``parts_differ``: its parts come to another
amount. ``strangers``: payments in it are not in these books. ``bank_differs``: the bank booked another
amount. ``late``: the bank should have booked it by now. ``comes_back``: it failed after the bank had
booked it, and no line has taken it back."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not add up: one of FINDINGS, and by how much, minor units of the payout."""

    code: str
    amount: int


@dataclass(frozen=True, slots=True)
class Total:
    """The parts of one of KINDS: minor units before the ``fee`` that the provider kept of them."""

    kind: str
    count: int
    amount: int
    fee: int


@dataclass(frozen=True, slots=True)
class Part:
    """One movement, as the provider told it, minor units of the payout. ``authorization`` is ours, where
    it is about one that we know. ``own_amount`` is what it was in the currency of the card."""

    kind: str
    amount: int
    fee: int
    reference: str
    dispute: str
    payout: str
    own_amount: int | None
    own_currency: str
    authorization_reference: str
    authorization: CardAuthorization | None


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A payout told apart. ``fees`` is all that the provider kept, minor units."""

    totals: tuple[Total, ...]
    fees: int
    parts: tuple[Part, ...]
    lines: tuple[BankClaim, ...]
    findings: tuple[Finding, ...]


def fees_of(row: CardPayout) -> int:
    """What the provider kept of a payout: of each part of it, and by itself; minor units."""
    return sum(
        int(it["fee"]) - (int(it["amount"]) if it["kind"] == "fee" else 0) for it in row.parts
    )


def is_late(row: CardPayout, *, on: date) -> bool:
    """Whether the bank should have booked a payout by the day ``on``, and has not."""
    return row.state == "announced" and bool(row.amount) and row.arrives_on + PAYOUT_AFTER < on


def reckon(row: CardPayout, *, on: date) -> Reckoning:
    """Tell a payout apart as it stands on the day ``on``."""
    known = payout_queries.authorizations_named(
        seller_id=row.seller_id,
        connection_id=row.connection_id,
        references={it["authorization"] for it in row.parts},
    )
    parts = tuple(_part(it, known) for it in row.parts)
    claims = BankClaim.objects.filter(seller_id=row.seller_id, kind=KIND, subject_id=row.id)
    return Reckoning(
        totals=_totals(parts),
        fees=fees_of(row),
        parts=parts,
        lines=tuple(claims.select_related("bank_transaction__statement").order_by("id")),
        findings=_findings(row, parts, on=on),
    )


def _part(it: Mapping[str, Any], known: Mapping[str, CardAuthorization]) -> Part:
    return Part(
        kind=it["kind"],
        amount=int(it["amount"]),
        fee=int(it["fee"]),
        reference=it["reference"],
        dispute=it["dispute"],
        payout=it["payout"],
        own_amount=it["own_amount"],
        own_currency=it["own_currency"],
        authorization_reference=it["authorization"],
        authorization=known.get(it["authorization"]),
    )


def _totals(parts: Sequence[Part]) -> tuple[Total, ...]:
    found: defaultdict[str, list[Part]] = defaultdict(list)
    for part in parts:
        found[part.kind].append(part)
    return tuple(
        Total(kind, len(of_kind), sum(it.amount for it in of_kind), sum(it.fee for it in of_kind))
        for kind in KINDS
        if (of_kind := found.get(kind))
    )


def _findings(row: CardPayout, parts: Sequence[Part], *, on: date) -> tuple[Finding, ...]:
    net = sum(part.amount - part.fee for part in parts)
    unknown = [
        part
        for part in parts
        if part.authorization is None and part.kind in ("charge", "refund", "dispute")
    ]
    failed = row.state == "failed"
    # By its code, whether it holds, and by how much.
    checks = (
        ("not_told", not parts and bool(row.amount), row.amount),
        ("parts_differ", bool(parts) and net != row.amount, row.amount - net),
        ("strangers", bool(unknown), sum(part.amount - part.fee for part in unknown)),
        ("bank_differs", bool(row.booked) and row.booked != row.amount, row.booked - row.amount),
        ("late", is_late(row, on=on), row.amount),
        ("comes_back", failed and bool(row.booked), row.booked),
    )
    return tuple(Finding(code, amount) for code, holds, amount in checks if holds)
