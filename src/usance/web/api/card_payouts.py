"""What a payment provider pays out, and orders that are released from their cards."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints

from usance.flows.cards import payout_choices, releasing
from usance.flows.cards.payout_reckoning import reckon
from usance.flows.journal import business_day
from usance.flows.refusals import NotFound
from usance.records.cards import payout_queries
from usance.records.cards.models import CardPayout
from usance.records.orders import queries as orders
from usance.web.api import answers, objects
from usance.web.api.card_payout_schemas import (
    BookedLine,
    CardPayoutDetails,
    CardPayoutId,
    CardPayoutShown,
    PayoutState,
    card_payout,
    card_payout_details,
)
from usance.web.api.connections import ConnectionId
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import NO_NUL, OrderId, Value

section = Section("Cards")


class CardRelease(Value):
    """Why the order needs its card no more."""

    reason: Annotated[
        str,
        StringConstraints(
            min_length=1, max_length=releasing.LONGEST_REASON, pattern=NO_NUL, strip_whitespace=True
        ),
    ]


@section.read(
    "/card-payouts",
    scope="payments:read",
    answer=answers.Page[CardPayoutShown],
    summary="List what the provider pays out",
)
def list_card_payouts(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    connection: ConnectionId | None = None,
    state: PayoutState | None = None,
) -> Any:
    """The newest first."""
    found = payout_queries.payouts(
        seller_id=request.auth.seller.id, connection_id=connection, state=state
    )
    return page(found, kind="card_payout", limit=limit, after=after, show=card_payout)


@section.read(
    "/card-payouts/{payout_id}",
    scope="payments:read",
    answer=CardPayoutDetails,
    summary="Show a payout with all that is in it",
)
def get_card_payout(request: ApiRequest, *, payout_id: CardPayoutId) -> Any:
    """Every payment, refund, dispute and fee in it, the bank lines that are it, and what does not add
    up."""
    found = payout_queries.payout_with_id(seller_id=request.auth.seller.id, payout_id=payout_id)
    if found is None:
        raise NotFound("There is no such card payout.")
    return _details(request, found)


@section.write(
    "POST",
    "/card-payouts/{payout_id}/book",
    scope="payments:write",
    answer=CardPayoutDetails,
    summary="Say which bank line a payout is",
)
def book_card_payout(request: ApiRequest, *, payout_id: CardPayoutId, payload: BookedLine) -> Any:
    """For a line that was not recognised by itself. It is booked as one that was, buyer by buyer and its
    fees apart; a payment of an unknown payer that was made of it is taken back. A line of another amount
    is a conflict with the code `payout_differs`, one that is something else already `line_settled`."""
    booked = payout_choices.book_payout(
        request.auth.seller,
        payout_id=payout_id,
        line_id=payload.bank_transaction,
        accept_difference=payload.accept_difference,
        at=request.at,
        by=request.auth.by,
    )
    return _details(request, booked)


@section.write(
    "POST",
    "/orders/{order_id}/release-from-card",
    scope="credit:write",
    answer=answers.Order,
    summary="Release an order from its card",
)
def release_order_from_card(request: ApiRequest, *, order_id: OrderId, payload: CardRelease) -> Any:
    """You trust the buyer, or are paid in another way: the order stands on the buyer's credit from now
    on, and what its cards hold is let go of. A line that does not bear it is a conflict with the code
    `limit_exceeded`; an order that no card secures `not_secured`; while the provider is being told
    something about its card `card_busy`."""
    releasing.release_from_card(
        request.auth.seller,
        order_id=order_id,
        reason=payload.reason,
        at=request.at,
        by=request.auth.by,
    )
    return objects.order(_order(request, order_id))


def _order(request: ApiRequest, order_id: UUID) -> Any:
    found = orders.order(seller_id=request.auth.seller.id, order_id=order_id)
    assert found is not None, "it has just been released"
    return found


def _details(request: ApiRequest, it: CardPayout) -> dict[str, Any]:
    on = business_day(request.auth.seller, at=request.at)
    return card_payout_details(it, reckon(it, on=on))
