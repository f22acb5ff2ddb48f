"""Mandates, how a seller collects, and when goods may leave."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from usance.flows import order_releases
from usance.flows.debits import collection_rules, mandates
from usance.flows.debits.mandates import Signature
from usance.flows.refusals import NotFound
from usance.records.debits import queries
from usance.records.identity import public_id
from usance.records.orders import queries as orders
from usance.records.parties.models import Buyer
from usance.web.api import answers
from usance.web.api.debit_schemas import (
    CollectionRulesSent,
    CollectionRulesShown,
    MandateId,
    MandateReason,
    MandateShown,
    MandateState,
    NewAccount,
    NewMandate,
    ReleaseShown,
    ShipAfterSent,
    ShipAfterShown,
    SignMandate,
    mandate_shown,
    rules_shown,
)
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import BuyerId, OrderId

section = Section("Mandates")
READ, WRITE = "payments:read", "payments:write"


@section.write(
    "POST",
    "/mandates",
    scope=WRITE,
    answer=MandateShown,
    status=201,
    summary="Record a mandate",
)
def create_mandate(request: ApiRequest, *, payload: NewMandate) -> Any:
    """Active at once with a signature, else pending. The number of the account is kept encrypted and is
    never shown again."""
    fields = payload.model_dump(exclude={"buyer", "signature"})
    made = mandates.create_mandate(
        request.auth.seller,
        buyer_id=payload.buyer,
        signature=Signature(**payload.signature.model_dump()) if payload.signature else None,
        at=request.at,
        by=request.auth.by,
        **fields,
    )
    return mandate_shown(made)


@section.read("/mandates", scope=READ, answer=answers.Page[MandateShown], summary="List mandates")
def list_mandates(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    buyer: BuyerId | None = None,
    state: MandateState | None = None,
) -> Any:
    """The newest first."""
    found = queries.mandates(seller_id=request.auth.seller.id, buyer_id=buyer, state=state)
    return page(found, kind="mandate", limit=limit, after=after, show=mandate_shown)


@section.read("/mandates/{mandate_id}", scope=READ, answer=MandateShown, summary="Show a mandate")
def get_mandate(request: ApiRequest, *, mandate_id: MandateId) -> Any:
    """With the trail of its signature."""
    found = queries.mandate(seller_id=request.auth.seller.id, mandate_id=mandate_id)
    if found is None:
        raise NotFound("There is no such mandate.")
    return mandate_shown(found)


@section.write(
    "POST",
    "/mandates/{mandate_id}/sign",
    scope=WRITE,
    answer=MandateShown,
    summary="Sign a mandate",
)
def sign_mandate(request: ApiRequest, *, mandate_id: MandateId, payload: SignMandate) -> Any:
    """The buyer has agreed to a mandate that waited for it."""
    made = mandates.sign_mandate(
        request.auth.seller,
        mandate_id=mandate_id,
        signature=Signature(**payload.signature.model_dump()),
        signed_on=payload.signed_on,
        at=request.at,
        by=request.auth.by,
    )
    return mandate_shown(made)


@section.write(
    "POST",
    "/mandates/{mandate_id}/cancel",
    scope=WRITE,
    answer=MandateShown,
    summary="Cancel a mandate",
)
def cancel_mandate(
    request: ApiRequest, *, mandate_id: MandateId, payload: MandateReason | None = None
) -> Any:
    """Nothing is collected under it any more; what was scheduled is canceled, what the bank has runs."""
    made = mandates.cancel_mandate(
        request.auth.seller,
        mandate_id=mandate_id,
        reason=payload.reason if payload else "",
        at=request.at,
        by=request.auth.by,
    )
    return mandate_shown(made)


@section.write(
    "POST",
    "/mandates/{mandate_id}/suspend",
    scope=WRITE,
    answer=MandateShown,
    summary="Suspend a mandate",
)
def suspend_mandate(
    request: ApiRequest, *, mandate_id: MandateId, payload: MandateReason | None = None
) -> Any:
    """Nothing is collected until it is resumed."""
    made = mandates.suspend_mandate(
        request.auth.seller,
        mandate_id=mandate_id,
        reason=payload.reason if payload else "",
        at=request.at,
        by=request.auth.by,
    )
    return mandate_shown(made)


@section.write(
    "POST",
    "/mandates/{mandate_id}/resume",
    scope=WRITE,
    answer=MandateShown,
    summary="Resume a mandate",
)
def resume_mandate(request: ApiRequest, *, mandate_id: MandateId) -> Any:
    """What it was suspended for is settled."""
    made = mandates.resume_mandate(
        request.auth.seller, mandate_id=mandate_id, at=request.at, by=request.auth.by
    )
    return mandate_shown(made)


@section.write(
    "PUT",
    "/mandates/{mandate_id}/account",
    scope=WRITE,
    answer=MandateShown,
    summary="Change the account of a mandate",
)
def change_mandate_account(
    request: ApiRequest, *, mandate_id: MandateId, payload: NewAccount
) -> Any:
    """The buyer has named another account: SEPA banks are told with the next collection, in ACH the
    account is asked for first. A mandate suspended for its account is active again."""
    made = mandates.change_account(
        request.auth.seller,
        mandate_id=mandate_id,
        at=request.at,
        by=request.auth.by,
        **payload.model_dump(),
    )
    return mandate_shown(made)


@section.read(
    "/collection-rules", scope=READ, answer=CollectionRulesShown, summary="Show how you collect"
)
def get_collection_rules(request: ApiRequest) -> Any:
    """The usual rules where you have set none."""
    return rules_shown(queries.collection_rules(seller_id=request.auth.seller.id, at=request.at))


@section.write(
    "PUT",
    "/collection-rules",
    scope=WRITE,
    answer=CollectionRulesShown,
    summary="Set how you collect",
)
def set_collection_rules(request: ApiRequest, *, payload: CollectionRulesSent) -> Any:
    """For what is scheduled from now on."""
    fields = {name: it for name, it in payload.model_dump().items() if it is not None}
    return rules_shown(
        collection_rules.set_rules(request.auth.seller, at=request.at, by=request.auth.by, **fields)
    )


@section.read(
    "/buyers/{buyer_id}/ship-after",
    scope=READ,
    answer=ShipAfterShown,
    summary="Show when goods may leave for a buyer",
)
def get_ship_after(request: ApiRequest, *, buyer_id: BuyerId) -> Any:
    """What was said of this buyer, else what holds for all."""
    if not Buyer.objects.filter(seller_id=request.auth.seller.id, id=buyer_id).exists():
        raise NotFound("There is no such buyer.")
    held = collection_rules.ship_after_of(request.auth.seller, buyer_id=buyer_id, at=request.at)
    return _ship_after(buyer_id, held)


@section.write(
    "PUT",
    "/buyers/{buyer_id}/ship-after",
    scope=WRITE,
    answer=ShipAfterShown,
    summary="Set when goods may leave for a buyer",
)
def set_ship_after(request: ApiRequest, *, buyer_id: BuyerId, payload: ShipAfterSent) -> Any:
    """At once, or once the debit of an order is submitted, settled, or its funds are good."""
    held = collection_rules.set_ship_after(
        request.auth.seller,
        buyer_id=buyer_id,
        ship_after=payload.ship_after,
        at=request.at,
        by=request.auth.by,
    )
    return _ship_after(buyer_id, held)


@section.read(
    "/orders/{order_id}/release",
    scope="orders:read",
    answer=ReleaseShown,
    summary="Show whether an order may ship",
)
def get_release(request: ApiRequest, *, order_id: OrderId) -> Any:
    """By what you said of its buyer, what has become of its debits, and what its cards hold. A shipment
    before is a conflict with the code `funds_not_good` or `card_short`."""
    order = orders.order(seller_id=request.auth.seller.id, order_id=order_id)
    if order is None:
        raise NotFound("There is no such order.")
    release = order_releases.releases_of(request.auth.seller, [order], at=request.at)[order.id]
    return {
        "object": "release",
        "order": public_id("order", order.id),
        "ship_after": release.ship_after,
        "may_ship": release.may_ship,
        "release_on": release.release_on,
        "waits_for": release.waits_for,
    }


def _ship_after(buyer_id: UUID, held: str) -> dict[str, Any]:
    return {"object": "ship_after", "buyer": public_id("buyer", buyer_id), "ship_after": held}
