"""Whose money a payout is: its parts summed by buyer and by the currency that cards were charged in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from usance.records.cards import payout_queries
from usance.records.cards.models import CardAuthorization, CardPayout

_DEEPEST: Final = 5
"""How often a payout may have failed and been sent once more with another."""


@dataclass(frozen=True, slots=True)
class Share:
    """A buyer's part of a payout; None where the money is of nobody that is known.

    ``amount`` and ``fee`` are minor units of the payout's currency, ``owed`` of ``owed_in``, in which the
    provider owed it.
    """

    buyer_id: UUID | None
    amount: int
    fee: int
    owed_in: str
    owed: int


def shares_of(row: CardPayout) -> list[Share]:
    """The shares of a payout, the buyers' in the order of their ids."""
    parts = list(_parts(row, deep=0))
    known = payout_queries.authorizations_named(
        seller_id=row.seller_id,
        connection_id=row.connection_id,
        references={part["authorization"] for part in parts},
    )
    told = payout_queries.dispute_fees(
        seller_id=row.seller_id,
        connection_id=row.connection_id,
        references={part["dispute"] for part in parts if part["dispute"]},
    )
    sums: defaultdict[tuple[UUID | None, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for part in parts:
        key, figures = _figures(part, row, known, told)
        for place, figure in enumerate(figures):
            sums[key][place] += figure
    return [
        Share(buyer_id, amount, fee, owed_in, owed)
        for (buyer_id, owed_in), (amount, fee, owed) in sorted(
            sums.items(), key=lambda item: (str(item[0][0]), item[0][1])
        )
        if amount or fee or owed
    ]


def _parts(row: CardPayout, *, deep: int) -> Iterator[Mapping[str, Any]]:
    """The parts, those of a payout that failed in its place."""
    for part in row.parts:
        failed = None
        if part["payout"] and deep < _DEEPEST:
            failed = payout_queries.payout(
                seller_id=row.seller_id,
                connection_id=row.connection_id,
                reference=part["payout"],
            )
        is_whole = failed is not None and (failed.amount, failed.booked) == (part["amount"], 0)
        if failed is not None and is_whole and failed.parts and failed.currency == row.currency:
            yield from _parts(failed, deep=deep + 1)
        else:
            yield part


def _figures(
    part: Mapping[str, Any],
    row: CardPayout,
    known: Mapping[str, CardAuthorization],
    told: dict[str, int],
) -> tuple[tuple[UUID | None, str], tuple[int, int, int]]:
    """Whose a part is, and (amount, fee, owed) of it."""
    amount, fee = int(part["amount"]), int(part["fee"])
    if part["kind"] == "fee":
        return (None, row.currency), (0, fee - amount, 0)
    authorization = known.get(part["authorization"])
    owed_in, owed = row.currency, amount
    if authorization is not None and part["own_amount"] is not None:
        owed_in, owed = part["own_currency"], int(part["own_amount"])
    if part["dispute"] and amount < 0 and owed_in == row.currency:
        # The fee that the notice of the dispute told is booked, and was owed by the provider since.
        booked = told.pop(part["dispute"], 0)
        amount, fee, owed = amount - booked, fee - booked, owed - booked
    buyer_id = authorization.buyer_id if authorization is not None else None
    return (buyer_id, owed_in), (amount, fee, owed)
