"""What requests look like."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from usance.flows.checkout import OrderRequest
from usance.flows.terms_keys import terms_of
from usance.rules.terms import Terms, UnknownTerms
from usance.web.api.faults import faults_of
from usance.web.api.keys import Principal
from usance.web.api.line_schemas import (
    MOST_LINES,
    AllowancesCharges,
    NewLine,
    charges_of,
    lines_of,
    units,
)
from usance.web.api.problems import Fault, InvalidRequest, MalformedJson
from usance.web.api.values import (
    BuyerId,
    Code,
    Country,
    Currency,
    Day,
    Email,
    ExternalId,
    InvoiceId,
    Language,
    Limit,
    LongText,
    MemberName,
    Metadata,
    Name,
    Part,
    PaymentId,
    PositiveMoney,
    ShortText,
    TermsCode,
    Value,
    WrittenTerms,
    unset_default,
)

ORDERS_PATH: Final = "/v1/orders"
MOST_IN_A_BATCH: Final = 1000


class NewBuyer(Value):
    """A company that will buy on account."""

    name: Name
    country: Country
    email: Email | Literal[""] = ""
    tax_id: ShortText = ""
    registration_number: ShortText = ""
    language: Language = "en"
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class BuyerChange(Value):
    """What to change of a buyer; what is not sent stays as it is."""

    name: Name = Field(default="", json_schema_extra=unset_default)
    country: Country = Field(default="", json_schema_extra=unset_default)
    email: Email | Literal[""] = Field(default="", json_schema_extra=unset_default)
    tax_id: ShortText = Field(default="", json_schema_extra=unset_default)
    registration_number: ShortText = Field(default="", json_schema_extra=unset_default)
    language: Language = Field(default="", json_schema_extra=unset_default)
    external_id: ExternalId | None = None
    metadata: Metadata = Field(default={}, json_schema_extra=unset_default)
    group: Code = Field(default="", description="Customer group.", json_schema_extra=unset_default)
    parent: BuyerId | None = Field(
        default=None, description="The company above it, a buyer of yours too; null: none."
    )
    domain: ShortText = Field(
        default="",
        description="Internet domain of the buyer.",
        examples=["nordwind.example"],
        json_schema_extra=unset_default,
    )
    po_required: bool = Field(
        default=False,
        description="An order must carry a purchase-order number.",
        json_schema_extra=unset_default,
    )
    po_unique: bool = Field(
        default=False,
        description="A purchase-order number is used once.",
        json_schema_extra=unset_default,
    )
    members_only: bool = Field(
        default=False,
        description="An order must name the member who places it.",
        json_schema_extra=unset_default,
    )


class CreditLineTerms(Value):
    """The limit of a buyer in one currency."""

    limit: Limit
    tolerance: Part = Field(default=0, description="How far above the limit orders still pass.")
    terms: list[TermsCode] = Field(
        default=[],
        max_length=20,
        description="Terms this buyer is offered; none: those of the policy.",
    )


class LineChange(Value):
    """Which line of the buyer's, and why."""

    currency: Currency
    reason: LongText = ""


_EXAMPLE: Final[dict[str, Any]] = {
    "buyer": "buy_0195a1f29d3c7b1ea5f04c2d8e6b7a90",
    "amount": {"amount": 122000, "currency": "EUR"},
    "tax_amount": 22000,
    "terms": "net_30",
    "po_number": "PO-4711",
    "lines": [
        {
            "description": "Hex bolts M8, zinc plated",
            "quantity": "1000",
            "unit_price": "1.00",
            "amount": 122000,
            "tax_amount": 22000,
        }
    ],
    "external_id": "shop-100045",
}


class ShipTo(Value):
    """Where the goods go."""

    name: ShortText = ""
    street: ShortText = ""
    postal_code: ShortText = ""
    city: ShortText = ""
    country: Country
    state: Code = Field(default="", description="State or province, where tax asks for it.")


class NewOrder(Value):
    """An order on account. Name the buyer by ``buyer`` or by ``buyer_external_id``.

    ``amount`` includes ``tax_amount``; lines, if any, and allowances and charges must sum to both.
    """

    model_config = {"json_schema_extra": {"examples": [_EXAMPLE]}}
    buyer: BuyerId | None = None
    buyer_external_id: ExternalId | None = None
    amount: PositiveMoney
    tax_amount: Part = 0
    terms: WrittenTerms | None = Field(
        default=None,
        description="Terms wished for: a code, a key of your own, or words that can be read; null: the"
        " usual ones.",
    )
    lines: list[NewLine] = Field(default=[], max_length=MOST_LINES)
    # None and no empty list: a checkout without them copies no default.
    allowances_charges: AllowancesCharges | None = Field(
        default=None, description="Those of the whole order; its first invoice bears them all."
    )
    po_number: ShortText = ""
    member: MemberName | None = Field(
        default=None,
        description="The person who orders, if the buyer has limits or approvals: the member's id,"
        " e-mail address, or your own external_id.",
    )
    cost_centre: Code = Field(default="", description="Code of a cost centre of the buyer's.")
    ship_to: ShipTo | None = None
    external_id: ExternalId | None = None
    metadata: Metadata = {}

    @model_validator(mode="after")
    def _one_buyer(self) -> Self:
        if (self.buyer is None) == (self.buyer_external_id is None):
            raise PydanticCustomError(
                "buyer_not_named", "must name the buyer by either buyer or buyer_external_id"
            )
        return self


class OrderBatch(Value):
    """Orders that are decided together, each standing or falling by itself."""

    orders: list[NewOrder] = Field(..., min_length=1, max_length=MOST_IN_A_BATCH)


class Adjustment(Value):
    """The new total of an order."""

    amount: PositiveMoney
    tax_amount: Part | None = Field(default=None, description="null: in proportion to the amount.")
    lines: list[NewLine] = Field(default=[], max_length=MOST_LINES)
    allowances_charges: AllowancesCharges | None = Field(
        default=None,
        description="In place of those that nothing bears yet; null: they stay. What a shipment or"
        " invoice bears already always stays; all are in the amount.",
    )


class Renewal(Value):
    """For how long credit is held on."""

    days: Annotated[int, Field(strict=True, ge=1, le=365)] = 30


class NewPayment(Value):
    """Money received outside a bank file."""

    amount: PositiveMoney
    received_on: Day
    buyer: BuyerId | None = Field(default=None, description="null: the payer is not known yet.")
    method: Literal["bank_transfer", "card", "direct_debit", "cash", "cheque", "other"] = (
        "bank_transfer"
    )
    payer: ShortText = ""
    reference: ShortText = ""
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class NewAllocation(Value):
    """Let a payment pay an invoice."""

    payment: PaymentId
    invoice: InvoiceId
    amount: PositiveMoney | None = Field(default=None, description="null: as much as both allow.")


_ORDER: Final = TypeAdapter(NewOrder)


def parse_order(body: bytes, *, principal: Principal, idempotency_key: str | None) -> OrderRequest:
    """The order that the body of a ``POST /v1/orders`` asks for.

    Raises MalformedJson or InvalidRequest.
    """
    try:
        order = _ORDER.validate_json(body)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False)
        if errors[0]["type"] == "json_invalid":
            raise MalformedJson(f"The body is not JSON: {errors[0]['msg']}.") from None
        raise InvalidRequest(faults_of(errors)) from None
    return order_request(
        order,
        principal=principal,
        idempotency_key=checked_key(idempotency_key),
        request_hash=request_hash("POST", ORDERS_PATH, body),
    )


def request_hash(method: str, path: str, body: bytes) -> bytes:
    """What tells whether two requests are the same: SHA-256 of method, path and body."""
    return hashlib.sha256(b"%s %s\n%s" % (method.encode(), path.encode(), body)).digest()


def checked_key(key: str | None) -> str | None:
    """The Idempotency-Key, if one was sent. Raises InvalidRequest for one that cannot be kept."""
    if key is not None and not (0 < len(key) <= 255 and key.isascii() and key.isprintable()):
        fault = Fault(
            "Idempotency-Key",
            "invalid_idempotency_key",
            "must have from 1 to 255 printable ASCII characters",
            "header",
        )
        raise InvalidRequest([fault])
    return key


def _terms_of(order: NewOrder, *, principal: Principal, pointer: str) -> Terms | None:
    """The terms that an order names by a code, which costs nothing, or in another way."""
    if not isinstance(order.terms, str):
        return order.terms
    try:
        return terms_of(principal.seller, text=order.terms)
    except UnknownTerms as error:
        raise InvalidRequest([Fault(f"{pointer}/terms", error.code, str(error))]) from None


def order_request(
    order: NewOrder,
    *,
    principal: Principal,
    idempotency_key: str | None = None,
    request_hash: bytes = b"",
    pointer: str = "#",
) -> OrderRequest:
    """``order`` as the flow takes it; ``pointer`` is its place in the body."""
    currency = order.amount.currency
    return OrderRequest(
        seller=principal.seller,
        amount=order.amount.amount,
        currency=currency,
        buyer_id=order.buyer,
        buyer_external_id=order.buyer_external_id,
        tax_amount=units(order.tax_amount, currency=currency, pointer=f"{pointer}/tax_amount"),
        terms=_terms_of(order, principal=principal, pointer=pointer),
        lines=lines_of(order.lines, currency=currency, pointer=pointer)
        if not order.allowances_charges
        else [
            *lines_of(order.lines, currency=currency, pointer=pointer),
            *charges_of(order.allowances_charges, pointer=pointer),
        ],
        po_number=order.po_number,
        member=order.member,
        cost_centre=order.cost_centre,
        ship_to=place_of(order.ship_to),
        external_id=order.external_id,
        metadata=order.metadata,
        by=principal.by,
        idempotency_key=idempotency_key,
        request_hash=request_hash,
    )


def place_of(ship_to: ShipTo | None) -> dict[str, str] | None:
    """Where the goods go, as it is stored; a state only where one was said."""
    if ship_to is None:
        return None
    return ship_to.model_dump(exclude=None if ship_to.state else {"state"})
