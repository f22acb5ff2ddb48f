"""Cards of buyers: stored on the provider's page, held for orders, taken, let go of, given back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from pydantic_core import from_json, to_json

from usance.flows.cards import authorizing, charging, pages
from usance.flows.found import invoice_of
from usance.flows.refusals import Conflict, Mismatch, NotFound
from usance.gateways.errors import CounterpartError
from usance.records.cards import queries
from usance.records.cards.models import CardAuthorization
from usance.records.events.secrets import SecretUnreadable
from usance.records.identity import parse_public_id
from usance.web.api import answers, card_schemas, idempotency
from usance.web.api.card_schemas import (
    Capture,
    CardAuthorizationId,
    CardAuthorizationShown,
    CardId,
    CardPageId,
    CardPageShown,
    CardShown,
    Consent,
    Increase,
    NewCard,
    NewCardAuthorization,
    Nothing,
    Refund,
)
from usance.web.api.line_schemas import optional_units
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.problems import Problem
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import BuyerId, InvoiceId, OrderId

section = Section("Cards")


@section.write(
    "POST",
    "/cards",
    scope="payments:write",
    answer=CardPageShown,
    status=201,
    summary="Have a buyer type a card",
    once=False,
)
def create_card(request: ApiRequest, *, payload: NewCard) -> HttpResponse:
    """Opens a page of your payment provider. Send the buyer to its ``url``, or embed the provider's
    own fields with ``client_secret``. The card appears when the buyer is done: `card_page.completed`.
    No card number ever comes here."""
    seller = request.auth.seller
    hold = payload.authorize

    def want() -> Any:
        about = hold and pages.About(
            order_id=hold.order,
            order_reference=hold.order_reference,
            amount=hold.amount.amount,
            currency=hold.amount.currency,
        )
        return card_schemas.card_page(
            pages.want_page(
                seller,
                buyer_id=payload.buyer,
                kind="authorize" if hold else "store",
                about=about or None,
                return_url=payload.return_url or "",
                consent_words=payload.consent_words,
                charge_at_due=payload.charge_at_due,
                language=payload.language,
                connection_id=payload.connection,
                external_id=payload.external_id,
                metadata=payload.metadata,
                at=request.at,
                by=request.auth.by,
            )
        )

    wanted = idempotency.answer(request, want, status=201, body=request.body)
    # The provider is asked after the transaction that keeps what is wanted, and by its id once only.
    id_ = parse_public_id("card_page", from_json(wanted.content)["id"])
    with _provider():
        opened, secret = pages.open_page(seller, page_id=id_, at=request.at)
    return idempotency.json_response(
        to_json(card_schemas.card_page(opened, secret=secret)),
        status=201,
        replayed="Idempotency-Replayed" in wanted,
    )


@section.read(
    "/card-pages/{page_id}",
    scope="payments:read",
    answer=CardPageShown,
    summary="Show a page of the provider",
)
def get_card_page(request: ApiRequest, *, page_id: CardPageId) -> Any:
    """What became of a page on which a buyer was to type a card. Its secret is shown once."""
    found = queries.page(seller_id=request.auth.seller.id, page_id=page_id)
    if found is None:
        raise NotFound("There is no such page.")
    return card_schemas.card_page(found)


@section.read(
    "/cards", scope="payments:read", answer=answers.Page[CardShown], summary="List stored cards"
)
def list_cards(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    buyer: BuyerId | None = None,
) -> Any:
    """The newest first; forgotten ones are left out."""
    found = queries.cards(seller_id=request.auth.seller.id, buyer_id=buyer)
    return page(found, kind="card", limit=limit, after=after, show=card_schemas.card)


@section.read(
    "/cards/{card_id}", scope="payments:read", answer=CardShown, summary="Show a stored card"
)
def get_card(request: ApiRequest, *, card_id: CardId) -> Any:
    """One card."""
    return card_schemas.card(_card(request, card_id))


@section.write(
    "PUT",
    "/cards/{card_id}/consent",
    scope="payments:write",
    answer=CardShown,
    summary="Keep a buyer's consent",
)
def set_card_consent(request: ApiRequest, *, card_id: CardId, payload: Consent) -> Any:
    """With words the card is charged when invoices are due; without them no more."""
    kept = charging.set_consent(
        request.auth.seller,
        card_id=card_id,
        words=payload.words,
        at=request.at,
        by=request.auth.by,
    )
    return card_schemas.card(kept)


@section.write(
    "DELETE",
    "/cards/{card_id}",
    scope="payments:write",
    answer=CardShown,
    summary="Forget a card",
    once=False,
    keyed=False,
)
def delete_card(request: ApiRequest, *, card_id: CardId) -> HttpResponse:
    """It is charged no more, here and at the provider. Refused while something is held on it."""
    with _provider():
        gone = charging.forget_card(
            request.auth.seller, card_id=card_id, at=request.at, by=request.auth.by
        )
    return idempotency.json_response(to_json(card_schemas.card(gone)), status=200)


@section.write(
    "POST",
    "/card-authorizations",
    scope="payments:write",
    answer=CardAuthorizationShown,
    status=201,
    summary="Hold an amount on a stored card",
)
def create_card_authorization(request: ApiRequest, *, payload: NewCardAuthorization) -> Any:
    """The answer is `pending`; the provider is asked within a second, and `card_authorization.authorized`
    or `.declined` tells the outcome. What is held widens the buyer's credit line until it is captured,
    so that orders pass which no credit covers; it is captured when the order is invoiced."""
    amount = payload.amount
    made = authorizing.request_authorization(
        request.auth.seller,
        card_id=payload.card,
        amount=amount.amount if amount else None,
        currency=amount.currency if amount else None,
        order_id=payload.order,
        order_reference=payload.order_reference,
        external_id=payload.external_id,
        metadata=payload.metadata,
        at=request.at,
        by=request.auth.by,
    )
    return card_schemas.card_authorization(made)


@section.read(
    "/card-authorizations",
    scope="payments:read",
    answer=answers.Page[CardAuthorizationShown],
    summary="List card authorizations",
)
def list_card_authorizations(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    buyer: BuyerId | None = None,
    order: OrderId | None = None,
    invoice: InvoiceId | None = None,
) -> Any:
    """The newest first."""
    found = queries.authorizations(
        seller_id=request.auth.seller.id, buyer_id=buyer, order_id=order, invoice_id=invoice
    )
    return page(
        found,
        kind="card_authorization",
        limit=limit,
        after=after,
        show=lambda it: _shown(request, it),
    )


@section.read(
    "/card-authorizations/{authorization_id}",
    scope="payments:read",
    answer=CardAuthorizationShown,
    summary="Show a card authorization",
)
def get_card_authorization(request: ApiRequest, *, authorization_id: CardAuthorizationId) -> Any:
    """One authorization, with what its order lacks."""
    return _shown(request, _authorization(request, authorization_id))


@section.write(
    "POST",
    "/card-authorizations/{authorization_id}/capture",
    scope="payments:write",
    answer=CardAuthorizationShown,
    summary="Capture what is held",
)
def capture_card_authorization(
    request: ApiRequest, *, authorization_id: CardAuthorizationId, payload: Capture
) -> Any:
    """Orders need not be captured by hand: that happens when they are invoiced. Most providers let go
    of what is not captured; for the rest of an order it is then held anew."""
    before = _authorization(request, authorization_id)
    row = authorizing.request_capture(
        request.auth.seller,
        authorization_id=authorization_id,
        amount=optional_units(payload.amount, currency=before.currency, pointer="#/amount"),
        invoice_id=_invoice(request, before, payload.invoice),
        at=request.at,
        by=request.auth.by,
    )
    return _shown(request, row)


@section.write(
    "POST",
    "/card-authorizations/{authorization_id}/increase",
    scope="payments:write",
    answer=CardAuthorizationShown,
    summary="Raise what is held",
)
def increase_card_authorization(
    request: ApiRequest, *, authorization_id: CardAuthorizationId, payload: Increase
) -> Any:
    """To the amount in all. Where the network refuses, authorize the difference beside it; for an
    order that happens by itself."""
    before = _authorization(request, authorization_id)
    amount = optional_units(payload.amount, currency=before.currency, pointer="#/amount")
    assert amount is not None
    row = authorizing.request_increase(
        request.auth.seller,
        authorization_id=authorization_id,
        amount=amount,
        at=request.at,
        by=request.auth.by,
    )
    return _shown(request, row)


@section.write(
    "POST",
    "/card-authorizations/{authorization_id}/void",
    scope="payments:write",
    answer=CardAuthorizationShown,
    summary="Let go of what is held",
)
def void_card_authorization(
    request: ApiRequest, *, authorization_id: CardAuthorizationId, payload: Nothing | None = None
) -> Any:
    """Nothing is taken from the card."""
    del payload
    row = authorizing.request_void(
        request.auth.seller, authorization_id=authorization_id, at=request.at, by=request.auth.by
    )
    return _shown(request, row)


@section.write(
    "POST",
    "/card-authorizations/{authorization_id}/refund",
    scope="payments:write",
    answer=CardAuthorizationShown,
    summary="Give captured money back",
)
def refund_card_authorization(
    request: ApiRequest, *, authorization_id: CardAuthorizationId, payload: Refund
) -> Any:
    """Unapplied cash is used first; what paid invoices leaves them open again, so credit them before
    where they are not to be paid any more."""
    before = _authorization(request, authorization_id)
    row = authorizing.request_refund(
        request.auth.seller,
        authorization_id=authorization_id,
        amount=optional_units(payload.amount, currency=before.currency, pointer="#/amount"),
        reason=payload.reason,
        at=request.at,
        by=request.auth.by,
    )
    return _shown(request, row)


class ProviderRefused(Conflict):
    """The payment provider does not take what was asked; the text has its words."""

    code = "provider_refused"


@contextmanager
def _provider() -> Iterator[None]:
    """Tell what the provider does to us as a problem; the request may be repeated."""
    try:
        yield
    except CounterpartError as error:
        if error.retryable:
            raise Problem(error.message, status=503, code=error.code) from None
        raise ProviderRefused(f"{error.message} {error.detail or ''}".strip()) from None
    except SecretUnreadable as error:
        raise ProviderRefused(str(error)) from None


def _shown(request: ApiRequest, it: CardAuthorization) -> dict[str, Any]:
    short = 0
    if it.order_id is not None:
        known = queries.secured(seller_id=request.auth.seller.id, order_id=it.order_id)
        short = known.short if known else 0
    return card_schemas.card_authorization(it, short=short)


def _authorization(request: ApiRequest, authorization_id: UUID) -> CardAuthorization:
    found = queries.authorization(
        seller_id=request.auth.seller.id, authorization_id=authorization_id
    )
    if found is None:
        raise NotFound("There is no such card authorization.")
    return found


def _card(request: ApiRequest, card_id: UUID) -> Any:
    found = queries.card(seller_id=request.auth.seller.id, card_id=card_id)
    if found is None:
        raise NotFound("There is no such card.")
    return found


def _invoice(
    request: ApiRequest, authorization: CardAuthorization, invoice_id: UUID | None
) -> UUID | None:
    """The invoice that a capture is for, which has to be of the same buyer and currency."""
    if invoice_id is None:
        return None
    found = invoice_of(request.auth.seller, invoice_id=invoice_id)
    account = authorization.buyer_id, authorization.currency
    if (found.buyer_id, found.currency) != account:
        raise Mismatch("The invoice is of another buyer, or in another currency.")
    return invoice_id
