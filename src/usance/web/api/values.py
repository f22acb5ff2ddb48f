"""What single fields of requests and answers may hold, each with its description in the document.

Nothing passes here that a column could not hold: amounts fit a BIGINT, texts contain no NUL and keep
to a length, days lie within the years of trade.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    JsonValue,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.functional_validators import AfterValidator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema, to_json
from typing_extensions import TypeAliasType

from usance.records.identity import PREFIXES, NotAnId, parse_public_id
from usance.rules.money import EXPONENTS, LARGEST_AMOUNT, UnknownCurrency, exponent
from usance.rules.terms import PATTERN, Terms, UnknownTerms, parse_terms
from usance.rules.terms.reading import LONGEST_TEXT

NO_NUL: Final = r"^[^\x00]*$"
"""PostgreSQL keeps every character but this one."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]
FileName = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]
ShortText = Annotated[str, StringConstraints(max_length=140, pattern=NO_NUL)]
Code = Annotated[str, StringConstraints(max_length=40, pattern=NO_NUL)]
LongText = Annotated[str, StringConstraints(max_length=2000, pattern=NO_NUL)]
ExternalId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255, pattern=NO_NUL),
    Field(description="Your own id of the object; unique among objects of its kind."),
]
Email = Annotated[
    str,
    StringConstraints(max_length=254, pattern=r"^[^\s@\x00]+@[^\s@\x00]+\.[^\s@\x00]+$"),
]
Country = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{2}$"),
    Field(description="ISO 3166-1, two letters.", examples=["DE"]),
]
Language = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$"), Field(examples=["de"])
]


class PublicId:
    """The type of a prefixed public id of one kind of object; its value is the UUID."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._parse)

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": f"^{PREFIXES[self._kind]}_[0-9a-f]{{32}}$"}

    def _parse(self, value: Any) -> UUID:
        try:
            return parse_public_id(self._kind, value if isinstance(value, str) else "")
        except NotAnId:
            raise PydanticCustomError(
                "not_an_id",
                "must be the id of a {kind}, such as {prefix}_...",
                {"kind": self._kind.replace("_", " "), "prefix": PREFIXES[self._kind]},
            ) from None


BuyerId = Annotated[UUID, PublicId("buyer")]
MemberId = Annotated[UUID, PublicId("member")]
CostCentreId = Annotated[UUID, PublicId("cost_centre")]
CreditLineId = Annotated[UUID, PublicId("credit_line")]
PolicyId = Annotated[UUID, PublicId("policy")]
BacktestId = Annotated[UUID, PublicId("backtest")]
GroupLimitId = Annotated[UUID, PublicId("group_limit")]
DecisionId = Annotated[UUID, PublicId("decision")]
ReviewId = Annotated[UUID, PublicId("review")]
WatchId = Annotated[UUID, PublicId("watch")]
AlarmId = Annotated[UUID, PublicId("alarm")]
OrderId = Annotated[UUID, PublicId("order")]
ShipmentId = Annotated[UUID, PublicId("shipment")]
AttachmentId = Annotated[UUID, PublicId("attachment")]
BillingRunId = Annotated[UUID, PublicId("billing_run")]
InvoiceId = Annotated[UUID, PublicId("invoice")]
DeliveryId = Annotated[UUID, PublicId("delivery")]
CreditNoteId = Annotated[UUID, PublicId("credit_note")]
QuestionId = Annotated[UUID, PublicId("question")]
PaymentId = Annotated[UUID, PublicId("payment")]
AllocationId = Annotated[UUID, PublicId("allocation")]
BankStatementId = Annotated[UUID, PublicId("bank_statement")]
BankTransactionId = Annotated[UUID, PublicId("bank_transaction")]
EventId = Annotated[UUID, PublicId("event")]
WebhookEndpointId = Annotated[UUID, PublicId("webhook_endpoint")]


def _currency(code: str) -> str:
    try:
        exponent(code)
    except UnknownCurrency as error:
        raise PydanticCustomError("unknown_currency", "{text}", {"text": str(error)}) from None
    return code


Currency = TypeAliasType(
    "Currency",
    Annotated[
        str,
        AfterValidator(_currency),
        WithJsonSchema(
            {
                "type": "string",
                "enum": sorted(EXPONENTS),
                "title": "Currency",
                "description": "ISO 4217, three capital letters.",
            }
        ),
    ],
)


MemberName = Annotated[
    MemberId | Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=NO_NUL)],
    Field(
        union_mode="left_to_right",
        description="A member of the buyer: its id, its e-mail address, or your own external_id.",
    ),
]


class _TermsCode:
    """The type of a terms code; its value is the Terms."""

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._parse)

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {
            "type": "string",
            "pattern": PATTERN,
            "examples": ["net_30"],
        }

    @staticmethod
    def _parse(value: Any) -> Terms:
        try:
            return parse_terms(value if isinstance(value, str) else "")
        except UnknownTerms as error:
            raise PydanticCustomError("unknown_terms", "{text}", {"text": str(error)}) from None


TermsCode = Annotated[Terms, _TermsCode()]


class _WrittenTerms:
    """The type of payment terms as a seller's systems name them: the Terms of a code, or the text of
    what may be a key of the seller's or words, for the view to read. A code, the usual case, asks
    nothing of the database."""

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._parse)

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {
            "type": "string",
            "minLength": 1,
            "maxLength": LONGEST_TEXT,
            "description": "A terms code, a key of your own (`PUT /v1/terms-keys`), or words that can"
            " be read as terms, such as `2/10 net 30`.",
            "examples": ["net_30"],
        }

    @staticmethod
    def _parse(value: Any) -> Terms | str:
        text = value if isinstance(value, str) else ""
        try:
            return parse_terms(text)
        except UnknownTerms as error:
            if 0 < len(text) <= LONGEST_TEXT and "\0" not in text:
                return text
            raise PydanticCustomError("unknown_terms", "{text}", {"text": str(error)}) from None


WrittenTerms = Annotated[Terms | str, _WrittenTerms()]


def _day(value: Any) -> date:
    if isinstance(value, str) and len(value) == 10:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            pass
        else:
            if 1970 <= day.year < 2200:
                return day
    raise PydanticCustomError("not_a_day", "must be a day such as 2026-03-31, from 1970 to 2199")


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]


def _moment(value: Any) -> datetime:
    if isinstance(value, str) and len(value) <= 40:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            if moment.tzinfo is not None and 1970 < moment.year < 2200:
                return moment
    raise PydanticCustomError(
        "not_a_moment", "must be an instant with its offset, such as 2026-03-31T09:30:00Z"
    )


Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]

OrderState = Literal[
    "pending_review",
    "pending_approval",
    "authorized",
    "partially_invoiced",
    "invoiced",
    "declined",
    "canceled",
    "expired",
]
InvoiceState = Literal["draft", "open", "paid", "void", "written_off"]
PaymentState = Literal[
    "received",
    "unapplied",
    "partially_allocated",
    "allocated",
    "returned",
    "refunded",
]


def _metadata(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    require_storable(value, depth=0)
    if len(to_json(value)) > 16_384:
        raise PydanticCustomError("too_long", "must have at most 16384 bytes as JSON")
    return value


def require_storable(value: Any, *, depth: int) -> None:
    """Refuse what JSON can say and a jsonb column cannot keep."""
    if depth > 8:
        raise PydanticCustomError("too_deep", "must not nest deeper than 8 levels")
    if isinstance(value, dict):
        for key, item in value.items():
            require_storable(key, depth=depth)
            require_storable(item, depth=depth + 1)
    elif isinstance(value, list):
        for item in value:
            require_storable(item, depth=depth + 1)
    elif isinstance(value, str):
        if "\0" in value:
            raise PydanticCustomError("nul_character", "must not contain the character U+0000")
    elif isinstance(value, (int, float)) and not (math.isfinite(value) and abs(value) < 2**63):
        raise PydanticCustomError("number_too_large", "must not contain numbers beyond 64 bits")


Metadata = Annotated[
    dict[Annotated[str, StringConstraints(max_length=64)], JsonValue],
    Field(max_length=50, description="Whatever you want to keep with the object, 16 KiB at most."),
    AfterValidator(_metadata),
]


class Value(BaseModel):
    """A part of a request: what is not described is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_MONEY: Final = ConfigDict(json_schema_extra={"examples": [{"amount": 123456, "currency": "EUR"}]})
MinorUnits = Annotated[int, Field(strict=True, ge=-LARGEST_AMOUNT, le=LARGEST_AMOUNT)]


class Money(Value):
    """An amount in minor units (cents) and its ISO 4217 currency."""

    model_config = _MONEY
    amount: Annotated[int, Field(strict=True)]
    currency: Currency


class PositiveMoney(Value):
    """An amount above zero, in minor units (cents), and its ISO 4217 currency."""

    model_config = _MONEY
    amount: Annotated[int, Field(strict=True, ge=1, le=LARGEST_AMOUNT)]
    currency: Currency


class Limit(Value):
    """An amount of zero or more, in minor units (cents), and its ISO 4217 currency."""

    model_config = _MONEY
    amount: Annotated[int, Field(strict=True, ge=0, le=LARGEST_AMOUNT)]
    currency: Currency


class SignedMoney(Value):
    """An amount, which may be negative, in minor units (cents), and its ISO 4217 currency."""

    model_config = _MONEY
    amount: MinorUnits
    currency: Currency


class _PartOfAmount:
    """The type of a part of an amount: minor units, or money that must be of the same currency.

    Plain numbers, the usual case, do not enter the general machinery: a checkout has many.
    """

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        del source
        return core_schema.no_info_wrap_validator_function(
            self._parse, handler.generate_schema(SignedMoney)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        number = {"type": "integer", "minimum": -LARGEST_AMOUNT, "maximum": LARGEST_AMOUNT}
        return {
            "description": "Minor units of the currency of the whole, or money in it.",
            "anyOf": [number, handler(schema)],
        }

    @staticmethod
    def _parse(value: Any, as_money: Callable[[Any], SignedMoney]) -> int | SignedMoney:
        if type(value) is int:
            if abs(value) > LARGEST_AMOUNT:
                raise PydanticCustomError(
                    "amount_out_of_range",
                    "must be at most {most} minor units",
                    {"most": LARGEST_AMOUNT},
                )
            return value
        if not isinstance(value, dict):
            raise PydanticCustomError("int_type", "must be a whole number of minor units")
        return as_money(value)


Part = Annotated[int | SignedMoney, _PartOfAmount()]


def unset_default(schema: dict[str, Any]) -> None:
    """For a field whose default only marks that it was not sent: leave the default unsaid."""
    schema.pop("default", None)
