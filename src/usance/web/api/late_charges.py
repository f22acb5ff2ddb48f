"""Late interest and compensation: what has accrued, what is claimed and waived, and by which law."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from usance.flows import (
    late_charge_claims,
    late_charge_waivers,
    late_charges,
    late_interest_terms,
)
from usance.flows.late_interest_terms import NewRate, TermsFields
from usance.flows.refusals import NotFound
from usance.records.collections import late_charge_queries as queries
from usance.records.collections.models import LateCharge
from usance.records.identity import public_id
from usance.records.invoices import queries as invoices
from usance.records.parties import queries as parties
from usance.rules.money import LARGEST_AMOUNT
from usance.web.api import answers, objects
from usance.web.api import late_charge_schemas as schemas
from usance.web.api.late_charge_schemas import (
    AccruedShown,
    BuyerLateCharges,
    LateChargeId,
    LateChargeShown,
    LoadedShown,
    NewClaim,
    NewReferenceRates,
    NewWaiver,
    RateTables,
    TermsShown,
    TermsValue,
    WaiverShown,
)
from usance.web.api.line_schemas import optional_units
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest, today
from usance.web.api.section import Section
from usance.web.api.values import BuyerId, Day, InvoiceId

section = Section("Late interest")


@section.read(
    "/invoices/{invoice_id}/late-charges",
    scope="invoices:read",
    answer=AccruedShown,
    summary="Show what paying an invoice late has cost",
)
def get_invoice_late_charges(
    request: ApiRequest,
    *,
    invoice_id: InvoiceId,
    on: Day | None = None,
    costs: Annotated[int, Field(ge=0, le=LARGEST_AMOUNT)] = 0,
) -> Any:
    """Interest in steps that can be checked by hand, at the end of a day (today's if none is given). `costs`
    is what recovering it has cost so far, in minor units: the answer says what of it is owed."""
    invoice = invoices.invoice_with_parties(seller_id=request.auth.seller.id, invoice_id=invoice_id)
    if invoice is None:
        raise NotFound("There is no such invoice.")
    found = late_charges.late_charges_of(
        request.auth.seller, invoice, on=on or today(request), costs=costs
    )
    return schemas.accrued(found)


@section.read(
    "/buyers/{buyer_id}/late-charges",
    scope="invoices:read",
    answer=BuyerLateCharges,
    summary="Show what a buyer's late payments have cost",
)
def get_buyer_late_charges(request: ApiRequest, *, buyer_id: BuyerId, on: Day | None = None) -> Any:
    """Invoice by invoice, the oldest first."""
    seller, day = request.auth.seller, on or today(request)
    if parties.buyer(seller_id=seller.id, buyer_id=buyer_id) is None:
        raise NotFound("There is no such buyer.")
    found = late_charges.late_charges_of_buyer(seller, buyer_id=buyer_id, on=day)
    totals: dict[str, int] = {}
    for one in found:
        currency = one.invoice.currency
        totals[currency] = totals.get(currency, 0) + one.open_amount
    return {
        "object": "buyer_late_charges",
        "buyer": public_id("buyer", buyer_id),
        "on": day,
        "totals": [objects.money(amount, code) for code, amount in sorted(totals.items())],
        "invoices": [schemas.accrued(one) for one in found],
    }


@section.write(
    "POST",
    "/invoices/{invoice_id}/late-charges",
    scope="invoices:write",
    answer=LateChargeShown,
    status=201,
    summary="Claim late interest and compensation",
)
def claim_late_charges(
    request: ApiRequest,
    *,
    invoice_id: InvoiceId,
    payload: NewClaim = NewClaim(),  # noqa: B008 - frozen
) -> Any:
    """A debit note outside the scope of VAT claims what has accrued and is not claimed yet. The days of
    an invoice are claimed once. Costs that are not owed are left out: `compensation_clause` says so."""
    seller = request.auth.seller
    invoice = invoices.invoice(seller_id=seller.id, invoice_id=invoice_id)
    if invoice is None:
        raise NotFound("There is no such invoice.")
    made = late_charge_claims.claim(
        seller,
        invoice_id=invoice_id,
        until=payload.until,
        costs=optional_units(payload.costs, currency=invoice.currency, pointer="#/costs") or 0,
        reason=payload.reason,
        external_id=payload.external_id,
        metadata=payload.metadata,
        at=request.at,
        by=request.auth.by,
    )
    return schemas.shown(_charge(request, made.id))


@section.write(
    "POST",
    "/invoices/{invoice_id}/late-charges/waive",
    scope="invoices:write",
    answer=WaiverShown,
    status=201,
    summary="Waive late charges that are not claimed yet",
)
def waive_late_charges(request: ApiRequest, *, invoice_id: InvoiceId, payload: NewWaiver) -> Any:
    """The next claim is less by it."""
    seller = request.auth.seller
    invoice = invoices.invoice(seller_id=seller.id, invoice_id=invoice_id)
    if invoice is None:
        raise NotFound("There is no such invoice.")
    made = late_charge_waivers.waive(
        seller,
        invoice_id=invoice_id,
        amount=optional_units(payload.amount, currency=invoice.currency, pointer="#/amount"),
        reason=payload.reason,
        at=request.at,
        by=request.auth.by,
    )
    return schemas.waiver(made)


@section.read(
    "/late-charges",
    scope="invoices:read",
    answer=answers.Page[LateChargeShown],
    summary="List late charges",
)
def list_late_charges(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    buyer: BuyerId | None = None,
) -> Any:
    """What was claimed, the newest first."""
    found = queries.late_charges(seller_id=request.auth.seller.id, buyer_id=buyer)
    return page(found, kind="late_charge", limit=limit, after=after, show=schemas.shown)


@section.write(
    "POST",
    "/late-charges/{charge_id}/waive",
    scope="invoices:write",
    answer=WaiverShown,
    status=201,
    summary="Waive what was claimed",
)
def waive_late_charge(request: ApiRequest, *, charge_id: LateChargeId, payload: NewWaiver) -> Any:
    """A credit note takes it back; what had been paid of it becomes the buyer's unapplied cash."""
    currency = _charge(request, charge_id).currency
    made = late_charge_waivers.waive_claim(
        request.auth.seller,
        charge_id=charge_id,
        amount=optional_units(payload.amount, currency=currency, pointer="#/amount"),
        reason=payload.reason,
        at=request.at,
        by=request.auth.by,
    )
    return schemas.waiver(made)


@section.read(
    "/late-interest-terms",
    scope="invoices:read",
    answer=TermsShown,
    summary="Show the terms of late interest",
)
def get_late_interest_terms(request: ApiRequest, *, buyer: BuyerId | None = None) -> Any:
    """Your own, or those that count for a buyer."""
    return _terms(request, buyer)


@section.write(
    "PUT",
    "/late-interest-terms",
    scope="invoices:write",
    answer=TermsShown,
    summary="Set the terms of late interest",
)
def set_late_interest_terms(
    request: ApiRequest, *, payload: TermsValue, buyer: BuyerId | None = None
) -> Any:
    """For all buyers, or for one in their place. What is left out becomes what is usual."""
    values = payload.model_dump() | {"law": payload.law or ""}
    late_interest_terms.set_terms(
        request.auth.seller,
        fields=TermsFields(**values),
        buyer_id=buyer,
        at=request.at,
        by=request.auth.by,
    )
    return _terms(request, buyer)


@section.read(
    "/reference-rates",
    scope="invoices:read",
    answer=RateTables,
    summary="Show the reference rates of late interest",
)
def get_reference_rates(request: ApiRequest) -> Any:
    """Those that come with the program, and those that you have loaded."""
    tables = late_charges.tables_of(request.auth.seller)
    return {"object": "list", "data": [schemas.rate_table(table) for table in tables.values()]}


@section.write(
    "POST",
    "/reference-rates",
    scope="invoices:write",
    answer=LoadedShown,
    status=201,
    summary="Store reference rates",
)
def store_reference_rates(request: ApiRequest, *, payload: NewReferenceRates) -> Any:
    """All of them or none. A rate of a day that is known takes its place; what was claimed stays. Days after
    `known_until` (null: `valid_from`) are not known until another rate of them is stored."""
    done = late_interest_terms.set_reference_rates(
        request.auth.seller,
        [NewRate(**one.model_dump()) for one in payload.rates],
        at=request.at,
        by=request.auth.by,
    )
    return {
        "object": "reference_rates_loaded",
        "created": done.created,
        "changed": done.changed,
        "known": done.known,
    }


def _charge(request: ApiRequest, charge_id: UUID) -> LateCharge:
    found = queries.late_charge(seller_id=request.auth.seller.id, charge_id=charge_id)
    if found is None:
        raise NotFound("There is no such late charge.")
    return found


def _terms(request: ApiRequest, buyer_id: UUID | None) -> dict[str, Any]:
    seller = request.auth.seller
    if buyer_id is not None and parties.buyer(seller_id=seller.id, buyer_id=buyer_id) is None:
        raise NotFound("There is no such buyer.")
    own = queries.terms_of(seller_id=seller.id, buyer_id=buyer_id) is not None
    fields = late_interest_terms.terms_fields(seller, buyer_id=buyer_id)
    return schemas.terms(fields, own=own)
