"""Where the fields of a bank's lockbox files stand."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from usance.flows import advice_tables
from usance.formats.lockbox import Layout
from usance.web.api import answers
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import Value

section = Section("Bank files")

Column = Annotated[int, Field(ge=0, le=2_000)]


class LockboxLayout(Value):
    """Fields that do not stand where BAI has them."""

    fields: dict[str, Annotated[list[Column], Field(min_length=2, max_length=2)]] = Field(
        max_length=50,
        description="Each with its first column, from 1, and its width; width 0 goes to the end of the"
        ' line: `{"overflow.document": [12, 20], "overflow.amount": [32, 10]}`.',
    )


class LockboxLayoutShown(answers.Shown):
    """Fields that do not stand where BAI has them."""

    object: Literal["lockbox_layout"]
    fields: dict[str, list[int]]


@section.write(
    "PUT",
    "/lockbox-layout",
    scope="payments:write",
    answer=LockboxLayoutShown,
    summary="Say how lockbox files are read",
)
def set_lockbox_layout(request: ApiRequest, *, payload: LockboxLayout) -> Any:
    """All fields at once; what is not sent stands where BAI has it. It holds for files that are sent from
    now on."""
    layout = advice_tables.set_lockbox_layout(
        request.auth.seller, fields=payload.fields, at=request.at, by=request.auth.by
    )
    return _shown(layout)


@section.read(
    "/lockbox-layout",
    scope="payments:read",
    answer=LockboxLayoutShown,
    summary="Get how lockbox files are read",
)
def get_lockbox_layout(request: ApiRequest) -> Any:
    """Empty if every field stands where BAI has it."""
    return _shown(advice_tables.lockbox_layout(request.auth.seller))


def _shown(layout: Layout) -> dict[str, Any]:
    return {"object": "lockbox_layout", "fields": layout.as_json()}
