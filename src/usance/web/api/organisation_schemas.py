"""What requests and answers about a buyer's own people, cost centres and approvals look like."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from usance.rules.ordering import MOST_STEPS
from usance.web.api.answers import Described, Order, Shown
from usance.web.api.values import (
    NO_NUL,
    BuyerId,
    Code,
    CostCentreId,
    Email,
    ExternalId,
    Limit,
    LongText,
    MemberId,
    MemberName,
    Metadata,
    Money,
    Name,
    ShortText,
    Value,
    unset_default,
)

Role = Literal["purchaser", "approver", "payer", "admin"]
Period = Literal["day", "week", "month"]
ApprovingRole = Literal["approver", "admin"]

_MEMBER: Final[dict[str, Any]] = {
    "name": "Eva Lindqvist",
    "email": "eva@nordwind.example",
    "role": "purchaser",
    "order_limit": {"amount": 100000, "currency": "EUR"},
    "period_limit": {"amount": 500000, "currency": "EUR"},
    "period": "month",
}
_CHAIN: Final[dict[str, Any]] = {
    "steps": [
        {"above": {"amount": 100000, "currency": "EUR"}, "role": "approver"},
        {"above": {"amount": 1000000, "currency": "EUR"}, "approver": "cfo@nordwind.example"},
    ]
}
_APPROVAL: Final[dict[str, Any]] = {
    "member": "boss@nordwind.example",
    "verdict": "approved",
    "note": "Budget 2026",
}


class NewMember(Value):
    """A person who buys, approves or pays for a buyer. Both limits are in one currency."""

    model_config = {"json_schema_extra": {"examples": [_MEMBER]}}
    name: Name
    email: Email
    role: Role = "purchaser"
    order_limit: Limit | None = Field(default=None, description="The most one order may be.")
    period_limit: Limit | None = Field(
        default=None, description="The most all orders of a period may be together."
    )
    period: Period = "month"
    external_id: ExternalId | None = None
    metadata: Metadata = {}

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        _require_one_currency(self.order_limit, self.period_limit)
        return self


class MemberChange(Value):
    """What to change of a member; what is not sent stays as it is. A limit of null ends it."""

    name: Name = Field(default="", json_schema_extra=unset_default)
    role: Role = Field(default="purchaser", json_schema_extra=unset_default)
    order_limit: Limit | None = None
    period_limit: Limit | None = None
    period: Period = Field(default="month", json_schema_extra=unset_default)
    external_id: ExternalId | None = None
    metadata: Metadata = Field(default={}, json_schema_extra=unset_default)

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        _require_one_currency(self.order_limit, self.period_limit)
        return self


def _require_one_currency(one: Limit | None, other: Limit | None) -> None:
    if one is not None and other is not None and one.currency != other.currency:
        raise PydanticCustomError(
            "currency_mismatch", "both limits of a member must be in one currency"
        )


class NewCostCentre(Value):
    """A cost centre of a buyer's."""

    model_config = {"json_schema_extra": {"examples": [{"code": "4711", "name": "Workshop"}]}}
    code: Annotated[
        str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True, pattern=NO_NUL)
    ]
    name: ShortText = ""


class NewStep(Value):
    """A step of the chain: who must approve orders above an amount."""

    above: Limit
    role: ApprovingRole = "approver"
    approver: MemberName | None = Field(
        default=None,
        description="The one who approves: its id, e-mail address, or your own external_id; null:"
        " whoever has the role.",
    )
    cost_centre: Code = Field(default="", description="Only orders of this one; empty: of any.")


class NewChain(Value):
    """The whole chain, in the order in which its steps are taken; without steps it ends."""

    model_config = {"json_schema_extra": {"examples": [_CHAIN]}}
    steps: list[NewStep] = Field(..., max_length=MOST_STEPS)


class NewApproval(Value):
    """What somebody of the buyer's says about an order."""

    model_config = {"json_schema_extra": {"examples": [_APPROVAL]}}
    member: MemberName
    verdict: Literal["approved", "declined"]
    note: LongText = ""


class CostCentre(Described):
    """A cost centre of a buyer's."""

    id: CostCentreId
    object: Literal["cost_centre"]
    buyer: BuyerId
    code: str
    name: str
    closed_at: datetime | None = Field(description="Since when no order may name it.")


class ApprovalStep(Shown):
    """A step of an approval chain."""

    position: int
    above: Money
    role: ApprovingRole
    approver: MemberId | None
    cost_centre: str


class ApprovalChain(Shown):
    """A buyer's own approval chain."""

    object: Literal["approval_chain"]
    buyer: BuyerId
    steps: list[ApprovalStep]


class Decider(Shown):
    """A member who may approve."""

    id: MemberId
    name: str
    email: str


class OrderStep(ApprovalStep):
    """A step that an order goes through, and what was said."""

    state: Literal["approved", "declined", "waiting", "later"] = Field(
        description="waiting: it is this step's turn."
    )
    member: MemberId | None = Field(description="Who approved or declined.")
    note: str
    answered_at: datetime | None
    deciders: list[Decider] = Field(description="Who may answer, of the step that waits.")


class OrderApprovals(Shown):
    """Where an order stands in its buyer's own chain."""

    object: Literal["order_approvals"]
    order: Order
    steps: list[OrderStep]
