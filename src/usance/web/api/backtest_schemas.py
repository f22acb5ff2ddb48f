"""What requests for backtests look like, and their answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from usance.web.api.answers import DecisionOutcome, Shown
from usance.web.api.policy_schemas import NewPolicy
from usance.web.api.values import BacktestId, BuyerId, Day, Money, OrderId, PolicyId, Value


class NewBacktest(Value):
    """What to try: a policy written here, or a stored version of it."""

    policy: NewPolicy | None = Field(
        default=None, description="A policy, as it would be published. Nothing is published."
    )
    policy_id: PolicyId | None = Field(default=None, description="Or a version that is stored.")
    against: PolicyId | None = Field(
        default=None, description="The version to compare with; null: the one that decides."
    )
    from_on: Day | None = Field(
        default=None, description="The first day of the window; null: a year before the last."
    )
    until_on: Day | None = Field(
        default=None, description="The last day of the window; null: today."
    )
    reviews: Literal["approve", "decline"] = Field(
        default="approve", description="What a person would have said to what came to one."
    )
    late_days: Annotated[int, Field(strict=True, ge=0, le=365)] = Field(
        default=30, description="Days after the due date from which money counts as late."
    )


class Counted(Shown):
    """How many, and what they come to together."""

    count: int
    amount: Money


class BacktestFigures(Shown):
    """What one policy would have decided, and what would have been owed."""

    orders: int
    approved: Counted
    review: Counted
    declined: Counted
    passed: Counted = Field(description="Approved, by the policy or the person who was asked.")
    approval_rate: str | None = Field(description="Share of orders approved without a person.")
    approval_rate_by_value: str | None
    late: Counted = Field(description="Invoices paid more than ``late_days`` late.")
    unpaid: Counted = Field(description="Invoices never paid.")
    most_exposure: Money
    most_exposure_on: date | None
    average_exposure: Money
    last_exposure: Money
    most_late: Money = Field(description="The most that was late at one time.")
    last_late: Money


class BacktestDifference(Shown):
    """What the tried policy changes."""

    changed: Counted
    stricter: Counted
    looser: Counted
    losses_avoided: Counted = Field(
        description="Approved before, not now, and paid too late or never."
    )
    losses_added: Counted
    sales_lost: Counted = Field(description="Approved before, not now, and paid well.")
    sales_gained: Counted
    not_known: Counted = Field(description="Nobody knows yet how these would have been paid.")


class BacktestRule(Shown):
    """What one rule or setting changed. An order that several changed counts in each."""

    rule: str
    orders: int
    amount: Money
    stricter: int
    looser: int
    losses_avoided: Money
    losses_added: Money
    sales_lost: Money
    sales_gained: Money


class BacktestMoment(Shown):
    """The evening of a day, in minor units: exposure under both policies, and what was late."""

    on: date
    live: int
    draft: int
    live_late: int
    draft_late: int


class BacktestAssumption(Shown):
    """What the result rests on."""

    code: str
    value: str
    text: str


class BacktestResult(Shown):
    """What came out. ``live`` is the policy compared with, ``draft`` the one that was tried."""

    orders: int
    drawn: int = Field(description="Orders of which nobody knows how they would have been paid.")
    unconverted: int = Field(description="Orders without an exchange rate, in no amount here.")
    first_order_on: date | None
    last_order_on: date | None
    live: BacktestFigures
    draft: BacktestFigures
    difference: BacktestDifference
    rules: list[BacktestRule]
    series: list[BacktestMoment]
    assumptions: list[BacktestAssumption]


class Backtest(Shown):
    """A policy tried on what was traded. It is played in the background: ask again until ``state``
    is done or failed."""

    id: BacktestId
    object: Literal["backtest"]
    created_at: datetime
    external_id: str | None = None
    metadata: dict[str, Any] = {}
    state: Literal["queued", "running", "done", "failed"]
    progress: str = Field(description="From 0 to 1.", examples=["0.45"])
    policy: PolicyId | None = Field(description="The stored version that was tried, if it is one.")
    against: PolicyId
    from_on: date
    until_on: date
    reviews: Literal["approve", "decline"]
    late_days: int
    author: str
    started_at: datetime | None
    finished_at: datetime | None
    error: str | None
    changed: int = Field(description="Orders that the tried policy decides otherwise.")
    result: BacktestResult | None


class BacktestChange(Shown):
    """An order that the tried policy decides otherwise."""

    id: str
    object: Literal["backtest_change"]
    created_at: datetime
    external_id: str | None = None
    metadata: dict[str, Any] = {}
    order: OrderId
    order_number: str
    buyer: BuyerId
    buyer_name: str
    on: date
    amount: Money
    live: DecisionOutcome
    draft: DecisionOutcome
    live_reasons: list[str]
    draft_reasons: list[str]
    rules: list[str] = Field(description="The rules that made the difference.")
    effect: Literal[
        "loss_avoided", "loss_added", "sale_lost", "sale_gained", "not_known", "no_difference"
    ]
    paid_late_or_never: Money
    paid_well: Money
