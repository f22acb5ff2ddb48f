"""The watch over the portfolio: its alarms, and the watches that raise them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from usance.flows import monitoring, watches
from usance.flows.refusals import NotFound
from usance.records.identity import public_id
from usance.records.monitoring import queries
from usance.records.monitoring.models import Alarm, Watch
from usance.records.parties.models import Seller
from usance.rules.monitoring import (
    CHANGE,
    EVENTS,
    LONGEST_NAME,
    MOST_QUIET_DAYS,
    MOST_TRIGGERS,
    NIGHTLY,
    InvalidWatch,
    WatchRule,
    watch_from_document,
)
from usance.web.api import answers
from usance.web.api.faults import pointer
from usance.web.api.objects import Document, head
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.problems import Fault, Problem
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import AlarmId, BuyerId, ShortText, Value, WatchId

section = Section("Credit")

Severity = Literal["notice", "warning", "critical"]
State = Literal["open", "acknowledged"]
MOST_ACTIONS: Final = 10


class WatchAction(Value):
    """Something an alarm does by itself. Which members go with which ``do``, see the guide."""

    do: Literal["notify", "hold", "lower_limit", "review"]
    people: list[Annotated[str, Field(max_length=254)]] | None = Field(
        default=None,
        max_length=50,
        description="For ``notify``: roles of the staff, and e-mail addresses.",
    )
    percent: Annotated[int, Field(strict=True, ge=0, le=99)] | None = Field(
        default=None, description="For ``lower_limit``: to this share of itself."
    )
    to: Literal["insured", "bureau"] | None = Field(
        default=None,
        description="For ``lower_limit``: to what is insured, or what the bureau recommends.",
    )


class NewWatch(Value):
    """Which event or change raises an alarm about a buyer, and what then happens."""

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    triggers: list[Annotated[str, Field(max_length=60)]] = Field(
        min_length=1,
        max_length=MOST_TRIGGERS,
        description=f"``{NIGHTLY}``, ``{CHANGE}`` and a fact such as ``{CHANGE}score.band``, or an"
        f" event: {', '.join(EVENTS)}.",
    )
    when: Annotated[str, Field(max_length=4000)] = Field(
        default="true",
        description="A condition in the language of policies; amounts are of the seller's currency."
        " What is unknown raises no alarm.",
    )
    severity: Severity = "warning"
    actions: list[WatchAction] = Field(default=[], max_length=MOST_ACTIONS)
    quiet_days: Annotated[int, Field(strict=True, ge=0, le=MOST_QUIET_DAYS)] = Field(
        default=1, description="No second alarm about a buyer within as many days."
    )
    is_active: bool = True


class Note(Value):
    """What a person says to an alarm."""

    note: ShortText = ""


class ShownWatch(answers.Described):
    """A watch."""

    id: WatchId
    object: Literal["watch"]
    name: str
    version: int
    triggers: list[str]
    when: str
    severity: Severity
    actions: list[dict[str, Any]]
    quiet_days: int
    is_active: bool


class ShownAlarm(answers.Described):
    """An alarm about a buyer."""

    id: AlarmId
    object: Literal["alarm"]
    buyer: BuyerId
    watch: WatchId
    name: str = Field(description="The name of the watch.")
    severity: Severity
    state: State
    trigger: str
    facts: dict[str, Any] = Field(
        description="What the condition read. Amounts are minor units of the seller's currency;"
        " numbers that are not whole are texts."
    )
    actions: list[dict[str, Any]] = Field(description="What was done by itself.")
    acknowledged_by: str
    acknowledged_at: datetime | None
    note: str


class WatchProblem(Problem):
    """422 with ``line`` and ``column`` beside the fault where it lies in the condition."""

    status = 422
    code = InvalidWatch.code

    def __init__(self, error: InvalidWatch) -> None:
        self._error = error
        super().__init__(str(error), errors=[Fault(pointer([error.field]), self.code, str(error))])

    def to_document(self) -> dict[str, Any]:
        """The members of a problem, and the place in the condition."""
        document = super().to_document()
        for name in ("line", "column"):
            if value := getattr(self._error, name):
                document["errors"][0][name] = value
        return document


def _watch(record: Watch) -> Document:
    return head("watch", record.id, record.created_at) | {
        "name": record.name,
        "version": record.version,
        "triggers": record.triggers,
        "when": record.when,
        "severity": record.severity,
        "actions": record.actions,
        "quiet_days": record.quiet_days,
        "is_active": record.is_active,
    }


def _alarm(record: Alarm) -> Document:
    return head("alarm", record.id, record.created_at) | {
        "buyer": public_id("buyer", record.buyer_id),
        "watch": public_id("watch", record.watch_id),
        "name": record.watch.name,
        "severity": record.watch.severity,
        "state": record.state,
        "trigger": record.trigger,
        "facts": record.facts,
        "actions": record.actions,
        "acknowledged_by": record.acknowledged_by,
        "acknowledged_at": record.acknowledged_at,
        "note": record.note,
    }


def _rule(seller: Seller, payload: NewWatch) -> WatchRule:
    document: Mapping[str, Any] = payload.model_dump(exclude={"is_active", "actions"}) | {
        "actions": [one.model_dump(exclude_none=True) for one in payload.actions]
    }
    try:
        return watch_from_document(document, currency=seller.currency)
    except InvalidWatch as error:
        raise WatchProblem(error) from None


@section.read(
    "/alarms", scope="credit:read", answer=answers.Page[ShownAlarm], summary="List alarms"
)
def list_alarms(
    request: ApiRequest,
    *,
    state: State | None = None,
    severity: Severity | None = None,
    buyer: BuyerId | None = None,
    watch: WatchId | None = None,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
) -> Any:
    """The newest first."""
    found = queries.alarms(
        seller_id=request.auth.seller.id,
        state=state,
        severity=severity,
        buyer_id=buyer,
        watch_id=watch,
    )
    return page(found, kind="alarm", limit=limit, after=after, show=_alarm)


@section.read("/alarms/{alarm_id}", scope="credit:read", answer=ShownAlarm, summary="Show an alarm")
def get_alarm(request: ApiRequest, *, alarm_id: AlarmId) -> Any:
    """What raised it, on which facts, and what was done."""
    found = queries.alarm(seller_id=request.auth.seller.id, alarm_id=alarm_id)
    if found is None:
        raise NotFound("There is no such alarm.")
    return _alarm(found)


@section.write(
    "POST",
    "/alarms/{alarm_id}/acknowledge",
    scope="credit:write",
    answer=ShownAlarm,
    summary="Acknowledge an alarm",
)
def acknowledge_alarm(request: ApiRequest, *, alarm_id: AlarmId, payload: Note) -> Any:
    """Somebody has seen to it. What it did stays: release a line that it held where that is right."""
    seller = request.auth.seller
    monitoring.acknowledge_alarm(
        seller, alarm_id=alarm_id, note=payload.note, at=request.at, by=request.auth.by
    )
    found = queries.alarm(seller_id=seller.id, alarm_id=alarm_id)
    assert found is not None
    return _alarm(found)


@section.read(
    "/watches", scope="credit:read", answer=answers.Page[ShownWatch], summary="List watches"
)
def list_watches(
    request: ApiRequest, *, limit: PageLimit = USUAL, after: Cursor | None = None
) -> Any:
    """The newest first, those that are switched off included."""
    found = queries.watches(seller_id=request.auth.seller.id)
    return page(found, kind="watch", limit=limit, after=after, show=_watch)


@section.write(
    "POST",
    "/watches",
    scope="credit:write",
    answer=ShownWatch,
    status=201,
    summary="Set a watch",
)
def create_watch(request: ApiRequest, *, payload: NewWatch) -> Any:
    """It looks at what happens from now on."""
    seller = request.auth.seller
    made = watches.set_watch(
        seller,
        _rule(seller, payload),
        is_active=payload.is_active,
        at=request.at,
        by=request.auth.by,
    )
    return _watch(made)


@section.write(
    "PUT",
    "/watches/{watch_id}",
    scope="credit:write",
    answer=ShownWatch,
    summary="Change a watch",
)
def change_watch(request: ApiRequest, *, watch_id: WatchId, payload: NewWatch) -> Any:
    """The whole watch as it is to be; ``is_active`` false switches it off. Its alarms stay."""
    seller = request.auth.seller
    changed = watches.set_watch(
        seller,
        _rule(seller, payload),
        watch_id=watch_id,
        is_active=payload.is_active,
        at=request.at,
        by=request.auth.by,
    )
    return _watch(changed)
