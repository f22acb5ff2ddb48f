"""How each buyer wants its invoices."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from usance.flows import billing_profiles
from usance.flows.refusals import NotFound, WrongFields
from usance.records.identity import public_id
from usance.records.parties import invoicing_queries as queries
from usance.records.parties.models import Buyer
from usance.rules.invoicing.profiles import ProfileFields
from usance.web.api.party_schemas import (
    BillingProfile,
    BillingProfileShown,
    fields_problem,
    flat,
    nested,
)
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import BuyerId

section = Section("Buyers")


@section.read(
    "/buyers/{buyer_id}/billing-profile",
    scope="buyers:read",
    answer=BillingProfileShown,
    summary="Show how a buyer is invoiced",
)
def get_billing_profile(request: ApiRequest, *, buyer_id: BuyerId) -> Any:
    """What was said of its invoices, and under ``in_effect`` what follows where nothing was."""
    return _shown(request, buyer_id)


@section.write(
    "PUT",
    "/buyers/{buyer_id}/billing-profile",
    scope="buyers:write",
    answer=BillingProfileShown,
    summary="Set how a buyer is invoiced",
)
def set_billing_profile(request: ApiRequest, *, buyer_id: BuyerId, payload: BillingProfile) -> Any:
    """All of it at once: what is not sent is as it is usual in the buyer's country. It holds for
    invoices issued from now on."""
    try:
        billing_profiles.set_billing_profile(
            request.auth.seller,
            buyer_id=buyer_id,
            fields=ProfileFields(**flat(payload.model_dump())),
            at=request.at,
            by=request.auth.by,
        )
    except WrongFields as error:
        raise fields_problem(error.faults) from None
    return _shown(request, buyer_id)


def _shown(request: ApiRequest, buyer_id: UUID) -> dict[str, Any]:
    seller_id = request.auth.seller.id
    try:
        view = queries.billing_profile(seller_id=seller_id, buyer_id=buyer_id)
    except Buyer.DoesNotExist:
        raise NotFound("There is no such buyer.") from None
    row = queries.profile_row(seller_id=seller_id, buyer_id=buyer_id)
    names = (
        "language",
        "legal_name",
        "vat_id",
        "channels",
        "formats",
        "email_to",
        "calendar",
        "move",
    )
    return nested(asdict(queries.profile_fields(row))) | {
        "object": "billing_profile",
        "buyer": public_id("buyer", buyer_id),
        "updated_at": row.updated_at if row else None,
        "in_effect": {name: getattr(view, name) for name in names},
    }
