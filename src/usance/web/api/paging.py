"""Lists a page at a time, by a cursor that stays right while rows are added."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, TypeVar

from django.db.models import Model, QuerySet
from pydantic import Field, StringConstraints

from usance.records.events.queries import BEGINNING, Position
from usance.records.identity import NotAnId, parse_public_id, public_id
from usance.web.api.problems import Fault, InvalidRequest

USUAL: Final = 50
MOST: Final = 200

PageLimit = Annotated[int, Field(ge=1, le=MOST, description="How many to answer with.")]
Cursor = Annotated[
    str,
    StringConstraints(max_length=100),
    Field(description="``next`` of the page before; without it, the list from its beginning."),
]
Record = TypeVar("Record", bound=Model)


def page(
    found: QuerySet[Record],
    *,
    kind: str,
    limit: int,
    after: str | None,
    show: Callable[[Record], dict[str, Any]],
    read: Callable[[list[Record]], object] | None = None,
) -> dict[str, Any]:
    """The ``limit`` newest of ``found``, or those that come after the cursor. ``read`` may fetch what is
    shown beside them, for all rows of the page at once.

    Ids are UUIDv7, so their order is that of creation. Raises InvalidRequest for a cursor that this
    list did not give.
    """
    if after is not None:
        try:
            found = found.filter(id__lt=parse_public_id(kind, after))
        except NotAnId:
            raise not_a_cursor() from None
    rows = list(found.order_by("-id")[: limit + 1])
    shown = rows[:limit]
    more = len(rows) > limit
    if read is not None:
        read(shown)
    return _page(
        [show(row) for row in shown],
        more=more,
        cursor=public_id(kind, shown[-1].pk) if more else None,
    )


def read_position(after: str | None) -> Position:
    """The place in the events that a cursor names. Raises InvalidRequest if it is none."""
    if after is None:
        return BEGINNING
    transaction, dash, sequence = after.partition("-")
    if dash and transaction.isdecimal() and sequence.isdecimal() and after.isascii():
        position = Position(int(transaction), int(sequence))
        if max(position) < 2**63:
            return position
    raise not_a_cursor()


def events_page(
    rows: Sequence[Any], *, limit: int, after: str | None, show: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """A page of events, oldest first. ``next`` is there even at the end: it is where to go on
    once more has happened."""
    shown = rows[:limit]
    cursor = f"{shown[-1].transaction}-{shown[-1].sequence}" if shown else after
    return _page([show(row) for row in shown], more=len(rows) > limit, cursor=cursor)


def whole(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A list short enough to be answered whole."""
    return _page(rows, more=False, cursor=None)


def _page(rows: Sequence[dict[str, Any]], *, more: bool, cursor: str | None) -> dict[str, Any]:
    return {"data": list(rows), "has_more": more, "next": cursor}


def not_a_cursor() -> InvalidRequest:
    return InvalidRequest(
        [Fault("after", "invalid_cursor", "must be the next of a page of this list", "query")]
    )
