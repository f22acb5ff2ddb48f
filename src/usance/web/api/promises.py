"""Links to the pay page, and promises of instalments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from usance.flows import pay_links, promises
from usance.flows.refusals import NotFound, Refused
from usance.records.collections import queries
from usance.records.collections.models import PayLink, Promise, PromisePart
from usance.records.identity import public_id
from usance.rules.promises import InvalidPromise, Part
from usance.web.api import answers, objects
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import (
    NO_NUL,
    BuyerId,
    Day,
    ExternalId,
    InvoiceId,
    Metadata,
    Money,
    OrderId,
    PositiveMoney,
    PublicId,
    Value,
)

section = Section("Pay links and promises")

PayLinkId = Annotated[UUID, PublicId("pay_link")]
PromiseId = Annotated[UUID, PublicId("promise")]
Words = Annotated[str, StringConstraints(max_length=1000, pattern=NO_NUL)]
PromiseState = Literal["proposed", "accepted", "declined", "kept", "broken", "withdrawn"]


class NewPayLink(Value):
    """A link for one invoice, for an order that a card has to cover, or for all that a buyer owes."""

    buyer: BuyerId | None = None
    invoice: InvoiceId | None = None
    order: OrderId | None = None
    days: Annotated[int, Field(strict=True, ge=1, le=pay_links.LONGEST_DAYS)] = pay_links.USUAL_DAYS
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class PayLinkShown(answers.Described):
    """A link. ``url`` opens the pay page for whoever has it."""

    id: PayLinkId
    object: Literal["pay_link"]
    buyer: BuyerId
    invoice: InvoiceId | None
    order: OrderId | None
    url: str
    expires_at: datetime
    revoked_at: datetime | None


class NewPart(Value):
    """One instalment."""

    due_on: Day
    amount: PositiveMoney


class NewPromise(Value):
    """What a buyer promises to pay of open invoices, all that is outstanding on them, and when.

    ``agreed`` is for what your people have agreed on already: it need not keep to your rules.
    """

    buyer: BuyerId
    invoices: Annotated[list[InvoiceId], Field(min_length=1, max_length=200)]
    parts: Annotated[list[NewPart], Field(min_length=1, max_length=24)]
    words: Words = ""
    agreed: bool = False
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class Answer(Value):
    """What the buyer is told."""

    words: Words = ""


class PartShown(answers.Shown):
    """One instalment as it stands."""

    due_on: date
    amount: Money
    state: Literal["open", "kept", "broken"]


class PromiseShown(answers.Described):
    """A promise, and whether it is kept so far."""

    id: PromiseId
    object: Literal["promise"]
    buyer: BuyerId
    state: PromiseState
    amount: Money
    invoices: list[InvoiceId]
    parts: list[PartShown]
    words: str
    answer: str


class PromiseRules(Value):
    """What buyers may promise. ``accept_at_once``: what keeps to this is agreed without a person; with
    ``ask_after_broken`` not while the buyer has a broken promise."""

    is_open: bool = True
    most_parts: Annotated[int, Field(strict=True, ge=1, le=24)] = 3
    most_days: Annotated[int, Field(strict=True, ge=1, le=730)] = 60
    first_percent: Annotated[int, Field(strict=True, ge=0, le=100)] = 25
    accept_at_once: bool = False
    ask_after_broken: bool = True


class PromiseRulesShown(answers.Shown):
    """What buyers may promise."""

    object: Literal["promise_rules"]
    is_open: bool
    most_parts: int
    most_days: int
    first_percent: int
    accept_at_once: bool
    ask_after_broken: bool


class InvalidPromiseProblem(Refused):
    """The instalments are not what the seller allows."""

    code = "invalid_promise"


@section.write(
    "POST",
    "/pay-links",
    scope="payments:write",
    answer=PayLinkShown,
    status=201,
    summary="Make a link to the pay page",
)
def create_pay_link(request: ApiRequest, *, payload: NewPayLink) -> Any:
    """Whoever has the link sees what is open and pays it by card, by transfer, or promises instalments."""
    fields = payload.model_dump(exclude={"buyer", "invoice", "order"})
    link = pay_links.create_link(
        request.auth.seller,
        buyer_id=payload.buyer,
        invoice_id=payload.invoice,
        order_id=payload.order,
        at=request.at,
        by=request.auth.by,
        **fields,
    )
    return _link(request, link)


@section.read(
    "/pay-links",
    scope="payments:read",
    answer=answers.Page[PayLinkShown],
    summary="List pay links",
)
def list_pay_links(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    buyer: BuyerId | None = None,
) -> Any:
    """The newest first."""
    found = queries.pay_links(seller_id=request.auth.seller.id, buyer_id=buyer)
    return page(
        found, kind="pay_link", limit=limit, after=after, show=lambda it: _link(request, it)
    )


@section.write(
    "DELETE",
    "/pay-links/{link_id}",
    scope="payments:write",
    answer=PayLinkShown,
    summary="Take a pay link back",
)
def revoke_pay_link(request: ApiRequest, *, link_id: PayLinkId) -> Any:
    """It opens nothing any more."""
    link = pay_links.revoke_link(
        request.auth.seller, link_id=link_id, at=request.at, by=request.auth.by
    )
    return _link(request, link)


@section.write(
    "POST",
    "/promises",
    scope="payments:write",
    answer=PromiseShown,
    status=201,
    summary="Promise instalments",
)
def create_promise(request: ApiRequest, *, payload: NewPromise) -> Any:
    """The invoices stay due as they are; the promise is kept beside them, and judged by what they
    are paid."""
    seller = request.auth.seller
    currencies = {part.amount.currency for part in payload.parts}
    if len(currencies) > 1:
        raise InvalidPromiseProblem("The instalments are in several currencies.")
    try:
        made = promises.propose(
            seller,
            buyer_id=payload.buyer,
            invoice_ids=payload.invoices,
            parts=[Part(part.due_on, part.amount.amount) for part in payload.parts],
            words=payload.words,
            by_seller=payload.agreed,
            currency=currencies.pop(),
            external_id=payload.external_id,
            metadata=payload.metadata,
            at=request.at,
            by=request.auth.by,
        )
    except InvalidPromise as error:
        raise InvalidPromiseProblem(str(error)) from None
    return _promise(request, made)


@section.read(
    "/promises",
    scope="payments:read",
    answer=answers.Page[PromiseShown],
    summary="List promises",
)
def list_promises(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    buyer: BuyerId | None = None,
    state: PromiseState | None = None,
) -> Any:
    """The newest first."""
    found = queries.promises(seller_id=request.auth.seller.id, buyer_id=buyer, state=state)
    return page(
        found, kind="promise", limit=limit, after=after, show=lambda it: _promise(request, it)
    )


@section.read(
    "/promises/{promise_id}",
    scope="payments:read",
    answer=PromiseShown,
    summary="Show a promise",
)
def get_promise(request: ApiRequest, *, promise_id: PromiseId) -> Any:
    """One promise with its instalments."""
    found = queries.promise(seller_id=request.auth.seller.id, promise_id=promise_id)
    if found is None:
        raise NotFound("There is no such promise.")
    return _promise(request, found)


@section.write(
    "POST",
    "/promises/{promise_id}/accept",
    scope="payments:write",
    answer=PromiseShown,
    summary="Accept a promise",
)
def accept_promise(
    request: ApiRequest, *, promise_id: PromiseId, payload: Answer | None = None
) -> Any:
    """The instalments are agreed."""
    return _answered(request, promise_id, payload, accept=True)


@section.write(
    "POST",
    "/promises/{promise_id}/decline",
    scope="payments:write",
    answer=PromiseShown,
    summary="Decline a promise",
)
def decline_promise(
    request: ApiRequest, *, promise_id: PromiseId, payload: Answer | None = None
) -> Any:
    """The invoices are due as they were."""
    return _answered(request, promise_id, payload, accept=False)


@section.write(
    "POST",
    "/promises/{promise_id}/withdraw",
    scope="payments:write",
    answer=PromiseShown,
    summary="Withdraw a promise",
)
def withdraw_promise(request: ApiRequest, *, promise_id: PromiseId) -> Any:
    """It counts no more."""
    made = promises.withdraw(
        request.auth.seller, promise_id=promise_id, at=request.at, by=request.auth.by
    )
    return _promise(request, made)


@section.read(
    "/promise-rules",
    scope="payments:read",
    answer=PromiseRulesShown,
    summary="Show what may be promised",
)
def get_promise_rules(request: ApiRequest) -> Any:
    """The usual rules where you have set none."""
    return _rules(queries.promise_rules(seller_id=request.auth.seller.id))


@section.write(
    "PUT",
    "/promise-rules",
    scope="payments:write",
    answer=PromiseRulesShown,
    summary="Set what may be promised",
)
def set_promise_rules(request: ApiRequest, *, payload: PromiseRules) -> Any:
    """For promises from now on."""
    kept = promises.set_rules(
        request.auth.seller, at=request.at, by=request.auth.by, **payload.model_dump()
    )
    return _rules(kept)


def _answered(
    request: ApiRequest, promise_id: UUID, payload: Answer | None, *, accept: bool
) -> Any:
    made = promises.answer(
        request.auth.seller,
        promise_id=promise_id,
        accept=accept,
        words=payload.words if payload else "",
        at=request.at,
        by=request.auth.by,
    )
    return _promise(request, made)


def _rules(it: Any) -> dict[str, Any]:
    names = (
        "is_open",
        "most_parts",
        "most_days",
        "first_percent",
        "accept_at_once",
        "ask_after_broken",
    )
    return {"object": "promise_rules"} | {name: getattr(it, name) for name in names}


def _link(request: ApiRequest, it: PayLink) -> dict[str, Any]:
    return objects.described("pay_link", it) | {
        "buyer": public_id("buyer", it.buyer_id),
        "invoice": public_id("invoice", it.invoice_id) if it.invoice_id else None,
        "order": public_id("order", it.order_id) if it.order_id else None,
        "url": pay_links.address_of(it, site=request.build_absolute_uri("/")),
        "expires_at": it.expires_at,
        "revoked_at": it.revoked_at,
    }


def _promise(request: ApiRequest, it: Promise) -> dict[str, Any]:
    seller_id = request.auth.seller.id
    parts: list[PromisePart] = queries.parts_of(seller_id=seller_id, promise_ids=[it.id])[it.id]
    return objects.described("promise", it) | {
        "buyer": public_id("buyer", it.buyer_id),
        "state": it.state,
        "amount": objects.money(it.amount, it.currency),
        "invoices": [public_id("invoice", UUID(one["invoice"])) for one in it.invoices],
        "parts": [
            {
                "due_on": part.due_on,
                "amount": objects.money(part.amount, it.currency),
                "state": part.state,
            }
            for part in parts
        ],
        "words": it.words,
        "answer": it.answer,
    }
