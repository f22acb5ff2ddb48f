"""Who the seller is on its documents, and the accounts it is paid to."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from usance.flows import seller_details
from usance.flows.refusals import WrongFields
from usance.records.identity import public_id
from usance.records.parties import invoicing_queries as queries
from usance.records.parties.models import SellerBankAccount
from usance.rules.invoicing.profiles import SellerFields
from usance.web.api import answers, objects
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.party_schemas import (
    BankAccountId,
    BankAccountShown,
    NewBankAccount,
    SellerDetails,
    SellerShown,
    fields_problem,
    flat,
    nested,
)
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section

section = Section("Seller")


@section.read("/seller", scope="seller:read", answer=SellerShown, summary="Show the seller")
def get_seller(request: ApiRequest) -> Any:
    """Who you are on your documents."""
    return _shown(request)


@section.write(
    "PUT", "/seller", scope="seller:write", answer=SellerShown, summary="Set the seller's details"
)
def set_seller(request: ApiRequest, *, payload: SellerDetails) -> Any:
    """All details at once: what is not sent is not said any more. Documents issued from now on have
    them; those that were issued stay as they are. Logo and bank accounts stay too."""
    try:
        seller_details.set_seller_details(
            request.auth.seller,
            fields=SellerFields(**flat(payload.model_dump())),
            at=request.at,
            by=request.auth.by,
        )
    except WrongFields as error:
        raise fields_problem(error.faults) from None
    return _shown(request)


@section.read(
    "/seller/bank-accounts",
    scope="seller:read",
    answer=answers.Page[BankAccountShown],
    summary="List the seller's bank accounts",
)
def list_bank_accounts(
    request: ApiRequest, *, limit: PageLimit = USUAL, after: Cursor | None = None
) -> Any:
    """The newest first. An invoice names first the oldest account of its currency."""
    found = queries.bank_accounts(seller_id=request.auth.seller.id)
    return page(found, kind="bank_account", limit=limit, after=after, show=_account)


@section.write(
    "POST",
    "/seller/bank-accounts",
    scope="seller:write",
    answer=BankAccountShown,
    status=201,
    summary="Add a bank account",
)
def create_bank_account(request: ApiRequest, *, payload: NewBankAccount) -> Any:
    """Invoices in its currency ask to be paid to it from now on."""
    try:
        account = seller_details.add_bank_account(
            request.auth.seller, at=request.at, by=request.auth.by, **payload.model_dump()
        )
    except WrongFields as error:
        raise fields_problem(error.faults) from None
    return _account(account)


@section.write(
    "DELETE",
    "/seller/bank-accounts/{account_id}",
    scope="seller:write",
    answer=BankAccountShown,
    summary="Remove a bank account",
)
def delete_bank_account(request: ApiRequest, *, account_id: BankAccountId) -> Any:
    """No invoice from now on names it."""
    account = seller_details.remove_bank_account(
        request.auth.seller, account_id=account_id, at=request.at, by=request.auth.by
    )
    return _account(account)


def _shown(request: ApiRequest) -> dict[str, Any]:
    seller = request.auth.seller
    row = queries.details_row(seller_id=seller.id)
    return {
        "object": "seller",
        "id": public_id("seller", seller.id),
        "name": seller.name,
        "country": seller.country,
        "currency": seller.currency,
        "details": nested(asdict(queries.seller_fields(row))),
        "logo_digest": row.logo_digest if row else "",
    }


def _account(account: SellerBankAccount) -> dict[str, Any]:
    names = ("currency", "iban", "account_number", "bic", "holder", "bank_name", "qr_iban")
    return objects.head(
        "bank_account",
        account.id,
        account.created_at,
        external_id=account.external_id,
        metadata=account.metadata,
    ) | {name: getattr(account, name) for name in names}
