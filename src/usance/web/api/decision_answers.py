"""What decisions, their replays and reviews look like in answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from usance.web.api.answers import Alternative, DecisionOutcome, Described, Reason, Shown
from usance.web.api.values import BuyerId, DecisionId, Money, PolicyId, ReviewId, TermsCode


class FactRead(Shown):
    """A fact as it was when a rule read it."""

    name: str
    known: bool
    value: Any = Field(
        description="true or false, a number, a text, a list of texts, or money; null: not known."
    )
    since: datetime | None = Field(description="As of when it was true.")


class AppliedRule(Shown):
    """A written rule as it was applied."""

    name: str
    kind: str
    when: str
    amount: str | None = Field(description="The expression of a limit.")
    result: Literal["true", "false", "unknown"] = Field(description="Of ``when``.")
    cap: Money | None = Field(description="What the amount of a limit came to.")
    held: bool
    facts: list[FactRead]


class Step(Shown):
    """One rule as it was applied."""

    rule: str
    held: bool
    compared: dict[str, Any]
    rules: list[AppliedRule] = Field(
        description="For policy_rules: every written rule of the policy."
    )


class Shadow(Shown):
    """What the version on trial would have decided."""

    policy: PolicyId
    decision: DecisionOutcome
    reasons: list[Reason]


class Decision(Described):
    """One credit decision, with the facts it rested on."""

    id: DecisionId
    object: Literal["decision"]
    buyer: BuyerId
    policy: PolicyId
    policy_version: int
    decision: DecisionOutcome
    reasons: list[Reason]
    amount: Money
    terms: TermsCode
    up_to: Money | None
    alternatives: list[Alternative] | None = Field(
        description="What would have been approved instead; null: it was not looked for."
    )
    facts: dict[str, Any]
    trace: list[Step]
    shadow: Shadow | None


class Answered(Shown):
    """What a decision answers."""

    decision: DecisionOutcome
    reasons: list[str]
    terms: TermsCode
    up_to: Money | None


class DecisionReplay(Shown):
    """A decision taken again by the same version of the policy on the same facts."""

    object: Literal["decision_replay"]
    decision: DecisionId
    policy_version: int
    result: Literal["same", "different"]
    recorded: Answered
    replayed: Answered


class ApprovalGiven(Shown):
    """What one person said in a review."""

    person: str
    on_behalf_of: str
    verdict: Literal["approved", "declined"]
    note: str
    created_at: datetime


class Review(Shown):
    """Something a person must decide, or has decided."""

    id: ReviewId
    object: Literal["review"]
    created_at: datetime
    kind: Literal["order", "application", "limit", "policy"]
    subject: str = Field(description="The id of what it is about.")
    buyer: BuyerId | None
    state: Literal["open", "approved", "declined", "withdrawn"]
    reasons: list[str]
    amount: Money | None
    route: str = Field(description="The rule of the policy that chose who decides.")
    roles: list[str]
    people: int = Field(description="How many different persons must approve.")
    approved: int = Field(description="How many have.")
    asked_by: str
    due_at: datetime | None
    escalate_to: str
    escalated_at: datetime | None
    closed_at: datetime | None
    approvals: list[ApprovalGiven]
