"""What programs send and get about cards."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from usance.records.cards.models import CardAuthorization, CardPage, StoredCard
from usance.records.identity import public_id
from usance.web.api import answers, objects
from usance.web.api.connections import ConnectionId
from usance.web.api.values import (
    NO_NUL,
    BuyerId,
    Currency,
    ExternalId,
    InvoiceId,
    Metadata,
    Money,
    OrderId,
    PositiveMoney,
    PublicId,
    ShortText,
    Value,
)

CardId = Annotated[UUID, PublicId("card")]
CardPageId = Annotated[UUID, PublicId("card_page")]
CardAuthorizationId = Annotated[UUID, PublicId("card_authorization")]
Address = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[^\s\x00]+$")]
Words = Annotated[str, StringConstraints(max_length=2000, pattern=NO_NUL)]
Language = Annotated[str, StringConstraints(pattern="^[a-z]{2}$")]


class Hold(Value):
    """What is to be held on the card, for an order that has come or one that is to come under
    ``order_reference``, which is the external_id that it will have."""

    amount: PositiveMoney
    order: OrderId | None = None
    order_reference: ShortText = ""


class NewCard(Value):
    """A page of the payment provider on which the buyer types its card.

    With ``return_url`` the answer has the ``url`` of the provider's page; without it a
    ``client_secret`` for the provider's own fields in your page. ``charge_at_due`` needs the words
    that the buyer agrees to.
    """

    buyer: BuyerId
    return_url: Address | None = None
    authorize: Hold | None = Field(
        default=None, description="Hold an amount at once; needs `return_url`."
    )
    charge_at_due: bool = False
    consent_words: Words = ""
    language: Language = "en"
    connection: ConnectionId | None = None
    external_id: ExternalId | None = None
    metadata: Metadata = {}

    @model_validator(mode="after")
    def _has_page(self) -> NewCard:
        if self.authorize is not None and self.return_url is None:
            raise ValueError("authorize needs a return_url")
        return self


class Consent(Value):
    """What the buyer agreed to; empty where it agrees no more."""

    words: Words = ""


class NewCardAuthorization(Value):
    """Hold an amount on a stored card, its holder not being there. Without ``amount``: what no card of
    the order covers yet."""

    card: CardId
    amount: PositiveMoney | None = None
    order: OrderId | None = None
    order_reference: ShortText = ""
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class Capture(Value):
    """Take part of what is held (null: all), for an invoice where one is named."""

    amount: PositiveMoney | None = None
    invoice: InvoiceId | None = None


class Increase(Value):
    """Hold so much in all."""

    amount: PositiveMoney


class Refund(Value):
    """Give back part of what was taken (null: all that is left of it)."""

    amount: PositiveMoney | None = None
    reason: ShortText = ""


class Nothing(Value):
    """No members."""


class CardShown(answers.Described):
    """A card, by what may be shown of it."""

    id: CardId
    object: Literal["card"]
    buyer: BuyerId
    connection: ConnectionId
    state: Literal["active", "forgotten"]
    brand: str
    last4: str
    expires_year: int | None
    expires_month: int | None
    charge_at_due: bool
    consent_words: str
    consent_at: datetime | None


class CardPageShown(answers.Described):
    """A page of the provider. ``card`` is what it brought."""

    id: CardPageId
    object: Literal["card_page"]
    buyer: BuyerId
    order: OrderId | None
    kind: Literal["store", "authorize", "pay"]
    state: Literal["open", "completed", "expired"]
    amount: Money | None
    url: str
    client_secret: str
    expires_at: datetime | None
    card: CardId | None


class CardAuthorizationShown(answers.Described):
    """What is held on a card, or was taken from it. Figures are the provider's.

    ``short`` is what no card of the order covers, as it was last found.
    """

    id: CardAuthorizationId
    object: Literal["card_authorization"]
    buyer: BuyerId
    card: CardId | None
    order: OrderId | None
    order_reference: str
    invoice: InvoiceId | None
    renews: CardAuthorizationId | None
    purpose: Literal["order", "charge", "page"]
    state: Literal[
        "pending", "action_required", "authorized", "captured", "voided", "expired", "declined"
    ]
    currency: Currency
    amount: Money
    authorized: Money
    captured: Money
    refunded: Money
    capturable: Money
    short: Money
    can_increase: bool | None
    expires_at: datetime | None
    decline_reason: str
    decline_words: str
    again_on: date | None


def card(it: StoredCard) -> dict[str, Any]:
    """A card as it is shown."""
    return objects.described("card", it) | {
        "buyer": public_id("buyer", it.buyer_id),
        "connection": public_id("connection", it.connection_id),
        "state": it.state,
        "brand": it.brand,
        "last4": it.last4,
        "expires_year": it.expires_year,
        "expires_month": it.expires_month,
        "charge_at_due": it.charge_at_due,
        "consent_words": it.consent_words,
        "consent_at": it.consent_at,
    }


def card_page(it: CardPage, *, secret: str = "") -> dict[str, Any]:
    """A page as it is shown."""
    return objects.described("card_page", it) | {
        "buyer": public_id("buyer", it.buyer_id),
        "order": _named("order", it.order_id),
        "kind": it.kind,
        "state": it.state,
        "amount": objects.money(it.amount, it.currency) if it.currency else None,
        "url": it.url,
        "client_secret": secret,
        "expires_at": it.expires_at,
        "card": _named("card", it.card_id),
    }


def card_authorization(it: CardAuthorization, *, short: int = 0) -> dict[str, Any]:
    """An authorization as it is shown."""
    figures = ("amount", "authorized", "captured", "refunded", "capturable")
    return (
        objects.described("card_authorization", it)
        | {
            "buyer": public_id("buyer", it.buyer_id),
            "card": _named("card", it.card_id),
            "order": _named("order", it.order_id),
            "order_reference": it.order_reference,
            "invoice": _named("invoice", it.invoice_id),
            "renews": _named("card_authorization", it.renews_id),
            "purpose": it.purpose,
            "state": it.state,
            "currency": it.currency,
            "short": objects.money(short, it.currency),
            "can_increase": it.can_increase,
            "expires_at": it.expires_at,
            "decline_reason": it.decline_reason,
            "decline_words": it.decline_words,
            "again_on": it.again_on,
        }
        | {name: objects.money(getattr(it, name), it.currency) for name in figures}
    )


def _named(kind: str, id_: UUID | None) -> str | None:
    return None if id_ is None else public_id(kind, id_)
