"""What dunning takes and shows over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from usance.rules.dunning.policy import (
    EARLIEST_DAY,
    LATEST_DAY,
    LONGEST_NAME,
    MOST_QUIET,
    Channel,
    Level,
)
from usance.rules.money import LARGEST_AMOUNT
from usance.web.api import answers
from usance.web.api.values import (
    NO_NUL,
    BuyerId,
    Currency,
    Day,
    InvoiceId,
    LongText,
    Money,
    PublicId,
    ShortText,
    Value,
)

DunningPolicyId = Annotated[UUID, PublicId("dunning_policy")]
DunningCaseId = Annotated[UUID, PublicId("dunning_case")]
DunningMessageId = Annotated[UUID, PublicId("dunning_message")]
DunningRunId = Annotated[UUID, PublicId("dunning_run")]
DunningTaskId = Annotated[UUID, PublicId("dunning_task")]
DunningNoteId = Annotated[UUID, PublicId("dunning_note")]

PolicyState = Literal["draft", "active", "retired"]
CaseState = Literal["running", "paused", "handed_over", "settled"]
MessageState = Literal["queued", "sent", "stopped"]
TaskKind = Literal["call", "post_letter", "no_address", "hand_over", "tell"]
Outcome = Literal["reached", "not_reached", "will_pay", "promised", "disputes", "other"]
Language = Literal["en", "it", "ro", "hi"]
ContactReason = Literal[
    "task_due",
    "promise_broken",
    "debit_failed",
    "no_address",
    "long_overdue",
    "unanswered",
    "often_late",
    "overdue",
    "falls_due",
]

Name = Annotated[str, StringConstraints(max_length=200, min_length=1, pattern=NO_NUL)]
Minimum = Annotated[
    dict[Currency, Annotated[int, Field(strict=True, ge=0, le=LARGEST_AMOUNT)]],
    Field(description="Minor units by currency: a message is about as much at least."),
]
Hour = Annotated[int, Field(strict=True, ge=0, le=24)]


class DunningStepValue(Value):
    """One step: what is done about an item so many days after it fell due; negative: before."""

    level: Level
    days: Annotated[int, Field(strict=True, ge=EARLIEST_DAY, le=LATEST_DAY)]
    channels: Annotated[list[Channel], Field(min_length=1, max_length=5)] = ["email"]
    minimum: Minimum = {}
    needs_notice: bool = Field(
        default=False, description="Only for an item that was sent a notice before."
    )
    hold: bool = Field(default=False, description="Hold the account's credit line.")
    tell: Annotated[list[Name], Field(max_length=50)] = Field(
        default=[], description="Roles of the staff, and e-mail addresses, that are told."
    )


class DunningSegment(Value):
    """The accounts that a policy is for: those that match all that is given."""

    countries: Annotated[list[Name], Field(max_length=50)] = []
    currencies: Annotated[list[Currency], Field(max_length=50)] = []
    groups: Annotated[list[Name], Field(max_length=50)] = []
    metadata: dict[str, Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]] = {}


class QuietDays(Value):
    """Days, the last one included, on which nothing is sent."""

    since: Day = Field(alias="from")
    until: Day

    model_config = Value.model_config | {"populate_by_name": True}


class SendingHours(Value):
    """The hours in which messages go out where the buyer is."""

    since: Annotated[int, Field(strict=True, ge=0, le=23, alias="from")] = 9
    until: Annotated[int, Field(strict=True, ge=1, le=24)] = 17

    model_config = Value.model_config | {"populate_by_name": True}


class DunningText(Value):
    """Your own words for a level in a language; what can be filled in stands in the guide."""

    subject: Annotated[str, StringConstraints(max_length=150, pattern=NO_NUL)]
    body: LongText


class NewDunningPolicy(Value):
    """A version of a policy; the same name makes the next version of the same policy."""

    model_config = Value.model_config | {
        "json_schema_extra": {
            "examples": [
                {
                    "name": "Usual",
                    "steps": [{"level": "notice_1", "days": 5, "channels": ["email"]}],
                }
            ]
        }
    }
    name: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME, pattern=NO_NUL)]
    position: Annotated[int, Field(strict=True, ge=0, le=10_000)] = 100
    segment: DunningSegment = DunningSegment()
    when: Annotated[str, StringConstraints(max_length=4000, pattern=NO_NUL)] = Field(
        default="true", description="A condition in the language of policies beside the segment."
    )
    steps: Annotated[list[DunningStepValue], Field(min_length=1, max_length=8)]
    min_days: Annotated[int, Field(strict=True, ge=1, le=90)] = 3
    minimum: Minimum = {}
    money_days: Annotated[int, Field(strict=True, ge=0, le=90)] = Field(
        default=10, description="Days for which money that is not assigned yet stops everything."
    )
    calendar: Annotated[str, StringConstraints(max_length=16, pattern=NO_NUL)] = Field(
        default="", description="Holidays of IT, DE-BY, TARGET; empty: the buyer's country."
    )
    quiet: Annotated[list[QuietDays], Field(max_length=MOST_QUIET)] = []
    hours: SendingHours = SendingHours()
    texts: dict[Level, dict[Language, DunningText]] = {}


class DunningPolicyShown(answers.Described):
    """A version of a policy. ``policy`` is its content, as it is written."""

    id: DunningPolicyId
    object: Literal["dunning_policy"]
    name: str
    version: int
    state: PolicyState
    policy: dict[str, Any]
    previewed_at: datetime | None
    active_since: datetime | None
    retired_at: datetime | None


class PreviewAsked(Value):
    """How many days to look ahead."""

    days: Annotated[int, Field(strict=True, ge=0, le=120)] = 30


class DayForeseen(answers.Shown):
    """What would go out on a day."""

    on: date
    messages: dict[str, int] = Field(description="How many, by level.")
    amounts: list[Money] = Field(description="What they are about.")


class MessageForeseen(answers.Shown):
    """A message that would go to a buyer."""

    on: date
    buyer: BuyerId
    name: str
    level: Level
    channels: list[Channel]
    amount: Money
    items: int


class DunningPreview(answers.Shown):
    """What would be sent if nobody paid; nothing is."""

    object: Literal["dunning_preview"]
    on: date
    days: int
    accounts: int
    today: int
    total: int
    by_day: list[DayForeseen]
    waits: dict[str, int] = Field(description="Accounts not written to today, by the reason.")
    messages: list[MessageForeseen] = Field(description="The first 200 of them.")


class NewDunningCase(Value):
    """The account to open a case of, so that it can be paused before anything is sent."""

    buyer: BuyerId
    currency: Currency


class CaseItem(answers.Shown):
    """An open item. ``level`` is the highest that it was written about, ``held`` why it is left out."""

    invoice: InvoiceId
    number: str
    due_on: date
    days_late: int
    open: Money
    level: Level | None
    held: Literal["handed_over", "dispute", "promise", "on_its_way", "may_be_paid"] | None


class DunningCaseShown(answers.Described):
    """What is done about an account."""

    id: DunningCaseId
    object: Literal["dunning_case"]
    buyer: BuyerId
    currency: str
    state: CaseState
    level: Level | None
    last_sent_on: date | None
    paused_until: date | None
    pause_reason: str
    paused_by: str
    open: Money
    overdue: Money
    next_level: Level | None = Field(description="What a run today would send.")
    waits: str | None = Field(description="Why it would send nothing.")
    items: list[CaseItem]


class NewPause(Value):
    """Up to which day, that day included, nothing is sent, and why."""

    until: Day
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=NO_NUL)]


class NewDunningNote(Value):
    """How a contact with the buyer ended, with whom, and what was said."""

    outcome: Outcome
    contact: ShortText = ""
    words: LongText = ""


class DunningNoteShown(answers.Shown):
    """What a person noted."""

    id: DunningNoteId
    object: Literal["dunning_note"]
    created_at: datetime
    case: DunningCaseId
    outcome: Outcome
    contact: str
    words: str
    author: str


class DunningMessageShown(answers.Described):
    """A message. ``items`` are what it is about (with a level) and what it shows beside."""

    id: DunningMessageId
    object: Literal["dunning_message"]
    case: DunningCaseId
    buyer: BuyerId
    policy: DunningPolicyId
    state: MessageState
    level: Level
    channels: list[Channel]
    amount: Money
    on: date
    send_at: datetime
    sent_at: datetime | None
    sent_to: str
    subject: str
    items: list[dict[str, Any]]
    stop_reason: str


class DunningRunShown(answers.Described):
    """A run, and how far it is."""

    id: DunningRunId
    object: Literal["dunning_run"]
    on: date
    started_by: str
    buyers_total: int
    buyers_done: int
    messages: int
    waits: dict[str, int]
    finished_at: datetime | None


class DunningTaskShown(answers.Described):
    """Something that a person is to do."""

    id: DunningTaskId
    object: Literal["dunning_task"]
    case: DunningCaseId
    buyer: BuyerId
    kind: TaskKind
    state: Literal["open", "done", "dropped"]
    words: str
    due_on: date
    done_by: str
    done_at: datetime | None


class ContactShown(answers.Shown):
    """An account to speak to. ``best_hour`` is of the day in ``time_zone``."""

    buyer: BuyerId
    name: str
    case: DunningCaseId | None
    worth: Money = Field(description="What is expected to be paid more than 30 days late.")
    overdue: Money
    oldest_days: int
    reasons: list[ContactReason]
    best_hour: int | None
    time_zone: str


class WorklistShown(answers.Shown):
    """Whom to speak to today, the dearest first."""

    object: Literal["dunning_worklist"]
    on: date
    total: int
    worth: Money = Field(description="Of all of them, in your own currency.")
    data: list[ContactShown]
