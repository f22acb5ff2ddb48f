"""What a policy looks like in requests and answers: its settings, and a schema for each kind of rule.

The schemas describe; :mod:`usance.rules.credit.policy` reads and checks, so that a policy means the
same however it was written.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    JsonValue,
    StringConstraints,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from usance.rules.credit.policy_program import MOST_RULES
from usance.rules.money import LARGEST_AMOUNT
from usance.web.api.values import (
    NO_NUL,
    Currency,
    LongText,
    Moment,
    PolicyId,
    TermsCode,
    Value,
    require_storable,
)

RuleName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"),
    Field(description="Stands as the reason of what the rule decides."),
]
Expression = Annotated[
    str,
    StringConstraints(max_length=4000, pattern=NO_NUL),
    Field(
        description="In the policy language; see docs/policy-language.md.",
        examples=["history.overdue > 500"],
    ),
]
Note = Annotated[str, StringConstraints(max_length=4000, pattern=NO_NUL)]


class _Rule(BaseModel):
    """What every kind of rule has."""

    model_config = ConfigDict(extra="forbid")
    name: RuleName
    note: Note = ""


class EligibilityRule(_Rule):
    """``when`` must be true, or the order is declined or reviewed."""

    kind: Literal["eligibility"]
    when: Expression
    otherwise: Literal["decline", "review"] = "decline"
    tell_buyer: bool = False


class HoldRule(_Rule):
    """While ``when`` is true, orders are declined or reviewed."""

    kind: Literal["hold"]
    when: Expression
    then: Literal["decline", "review"] = "decline"
    tell_buyer: bool = False


class LimitRule(_Rule):
    """A limit of ``amount``: a cap at each checkout, or what applications and reviews suggest."""

    kind: Literal["limit"]
    amount: Expression
    when: Expression = "true"
    use: Literal["cap", "suggest"] = "cap"
    tell_buyer: bool = False


class TermsRule(_Rule):
    """The terms of buyers without terms of their own; the first rule that fits."""

    kind: Literal["terms"]
    offer: list[TermsCode] = Field(min_length=1, max_length=20)
    when: Expression = "true"
    prepay_percent: Annotated[int, Field(ge=0, le=100)] = 0


class PriceRule(_Rule):
    """What terms cost, in percent of the order; negative for a discount."""

    kind: Literal["price"]
    terms: TermsCode
    percent: Annotated[str, Field(pattern=r"^-?[0-9]{1,3}(\.[0-9]{1,8})?$", examples=["1.5"])]
    when: Expression = "true"


class RouteRule(_Rule):
    """Who decides what came to a person; the first rule that fits."""

    kind: Literal["route"]
    roles: list[str] = Field(min_length=1)
    when: Expression = "true"
    people: Annotated[int, Field(ge=1, le=5)] = 1
    hours: Annotated[int, Field(ge=1, le=2160)] | None = None
    escalate_to: str = ""


class ApplicationRule(_Rule):
    """What becomes of an application for a trade account; the first rule that fits."""

    kind: Literal["application"]
    when: Expression
    then: Literal["approve", "decline", "review"]
    tell_buyer: bool = False


AnyRule = Annotated[
    EligibilityRule | HoldRule | LimitRule | TermsRule | PriceRule | RouteRule | ApplicationRule,
    Field(discriminator="kind"),
]


class _RuleDocument:
    """The type of a rule in a request: described as AnyRule, read by the rules of credit."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        del source
        return core_schema.no_info_wrap_validator_function(
            self._parse, handler.generate_schema(AnyRule)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(schema)

    @staticmethod
    def _parse(value: Any, _as_described: Any) -> dict[str, JsonValue]:
        if not isinstance(value, dict):
            raise PydanticCustomError("dict_type", "must be an object")
        require_storable(value, depth=0)
        return value


RuleDocument = Annotated[dict[str, JsonValue], _RuleDocument()]
Amounts = dict[Currency, Annotated[int, Field(strict=True, ge=0, le=LARGEST_AMOUNT)]]


def _storable(values: dict[str, str]) -> dict[str, str]:
    require_storable(values, depth=0)
    return values


class NewPolicy(Value):
    """A version of the policy. Amounts of settings are minor units by currency; those in rules are
    written in whole units of the seller's own currency."""

    overdue_days: Annotated[int, Field(strict=True, ge=0, le=3650)] | None = Field(
        default=30,
        description="Decline while an invoice is overdue by more days than this; null: never.",
    )
    order_ceiling: Amounts = Field(default={}, description="Decline a single order above this.")
    review_above: Amounts = Field(
        default={}, description="A person decides about an order above this."
    )
    terms: list[TermsCode] = Field(
        ..., min_length=1, max_length=20, description="Terms on offer; the first is the usual one."
    )
    authorization_days: Annotated[int, Field(strict=True, ge=0, le=365)] = Field(
        default=30, description="How long credit is held for an order that does not ship."
    )
    over_limit: Literal["decline", "review"] = Field(
        default="decline", description="What becomes of an order beyond the limit."
    )
    second_person: Annotated[bool, Field(strict=True)] = Field(
        default=False,
        description="While this version decides, the next waits for a second person's approval.",
    )
    offer_prepayment: Annotated[bool, Field(strict=True)] = Field(
        default=False,
        description="A buyer who gets no credit is told that it may pay in full before.",
    )
    values: Annotated[dict[str, Expression], AfterValidator(_storable)] = Field(
        default={}, max_length=200, description="Expressions with names, for use in the rules."
    )
    rules: list[RuleDocument] = Field(default=[], max_length=MOST_RULES)
    mode: Literal["live", "draft", "shadow"] = Field(
        default="live",
        description="live: it decides; draft: it is kept; shadow: it says beside the deciding one"
        " what it would decide.",
    )
    effective_at: Moment | None = Field(
        default=None, description="From when it decides, in mode live; null: now."
    )
    note: LongText = Field(default="", description="What was changed and why.")

    def settings(self) -> dict[str, Any]:
        """The document of the policy itself."""
        names = NewPolicy.model_fields.keys() - {"mode", "effective_at", "note", "terms"}
        # Not model_dump, which would take the rules for what they are only described as.
        return {name: getattr(self, name) for name in names} | {
            "terms": [terms.code for terms in self.terms]
        }


class PolicyRelease(Value):
    """From when a version decides."""

    effective_at: Moment | None = Field(default=None, description="null: now.")


PolicyState = Literal[
    "deciding", "scheduled", "draft", "former", "shadow", "waiting_for_second_person"
]


class Policy(BaseModel):
    """One version of the credit policy. ``state`` says whether it decides."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)
    id: PolicyId
    object: Literal["policy"]
    created_at: datetime
    external_id: str | None = None
    metadata: dict[str, Any] = {}
    version: int
    state: PolicyState
    effective_at: datetime | None = Field(
        description="Since when it decides or is tried, or from when it will."
    )
    until: datetime | None = Field(description="When another version took over, or will.")
    author: str
    approved_by: str
    note: str
    overdue_days: int | None
    order_ceiling: dict[str, int]
    review_above: dict[str, int]
    terms: list[TermsCode]
    authorization_days: int
    over_limit: Literal["decline", "review"]
    second_person: bool
    offer_prepayment: bool
    currency: str = Field(description="The one that amounts in rules are in.")
    values: dict[str, str]
    rules: list[AnyRule]
