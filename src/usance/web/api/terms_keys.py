"""The seller's own names for payment terms."""

from __future__ import annotations

from typing import Any

from usance.flows import terms_keys
from usance.flows.refusals import WrongFields
from usance.records.parties import invoicing_queries as queries
from usance.web.api.party_schemas import TermsKeys, TermsKeysShown, fields_problem
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section

section = Section("Seller")


@section.read(
    "/terms-keys", scope="seller:read", answer=TermsKeysShown, summary="Show keys of payment terms"
)
def get_terms_keys(request: ApiRequest) -> Any:
    """Your own names for payment terms, such as the keys of your ERP, and the code of each."""
    return {
        "object": "terms_keys",
        "keys": queries.terms_keys(seller_id=request.auth.seller.id),
    }


@section.write(
    "PUT",
    "/terms-keys",
    scope="seller:write",
    answer=TermsKeysShown,
    summary="Set keys of payment terms",
)
def set_terms_keys(request: ApiRequest, *, payload: TermsKeys) -> Any:
    """All keys at once. Each leads to a terms code, or to words that are read as one, such as
    ``2/10 net 30`` or ``60 gg DFFM``. Orders, imports of buyers and of open items may use them;
    upper and lower case do not matter."""
    try:
        kept = terms_keys.set_terms_keys(
            request.auth.seller, keys=payload.keys, at=request.at, by=request.auth.by
        )
    except WrongFields as error:
        raise fields_problem(error.faults) from None
    return {"object": "terms_keys", "keys": kept}
