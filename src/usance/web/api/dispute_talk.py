"""What is said about disputes, and the seller's rules of answering them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from usance.flows import dispute_talk
from usance.records.collections import dispute_queries
from usance.records.collections.models import DisputeRules
from usance.web.api import answers
from usance.web.api.dispute_shapes import DisputeId, DisputeShown
from usance.web.api.disputes import dispute_shown
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import NO_NUL, Name, Value

section = Section("Disputes and write-offs")
_Days = Annotated[int, Field(strict=True, ge=0, le=365)]
_Address = Annotated[
    str, StringConstraints(max_length=254, pattern=r"^([^@\s\x00]+@[^@\s\x00]+)?$")
]


class NewDisputeMessage(Value):
    """What one side says about a dispute."""

    model_config = {
        "json_schema_extra": {
            "examples": [{"text": "Please send us a photo of the box.", "name": "Carla"}]
        }
    }
    text: Annotated[str, StringConstraints(max_length=dispute_talk.LONGEST_TEXT, pattern=NO_NUL)]
    name: Name = Field(description="Who says it, as the other side is told.")
    author: Literal["buyer", "seller"] = Field(
        default="seller", description="`buyer` where you pass on what the buyer says."
    )


class NewDisputeRules(Value):
    """How you answer disputes from now on."""

    answer_days: Annotated[int, Field(strict=True, ge=1, le=365)] = Field(
        default=14, description="Days to decide in."
    )
    warn_days: _Days = Field(default=2, description="Days before at which you are reminded.")
    email: _Address = Field(
        default="", description="Who is written to; empty: the contact in your company's details."
    )


class DisputeRulesShown(answers.Shown):
    """How you answer disputes."""

    object: Literal["dispute_rules"]
    answer_days: int
    warn_days: int
    email: str


@section.write(
    "POST",
    "/disputes/{dispute_id}/messages",
    scope="invoices:write",
    answer=DisputeShown,
    status=201,
    summary="Say something about a dispute",
)
def create_dispute_message(
    request: ApiRequest, *, dispute_id: DisputeId, payload: NewDisputeMessage
) -> Any:
    """The other side is written to. A dispute that has ended takes no more messages."""
    dispute_talk.say(
        request.auth.seller,
        dispute_id=dispute_id,
        author=payload.author,
        name=payload.name,
        text=payload.text,
        at=request.at,
        by=request.auth.by,
    )
    return dispute_shown(request, dispute_id)


@section.read(
    "/dispute-rules",
    scope="invoices:read",
    answer=DisputeRulesShown,
    summary="Show how disputes are answered",
)
def get_dispute_rules(request: ApiRequest) -> Any:
    """The usual rules where you have set none."""
    return _rules(dispute_queries.rules(seller_id=request.auth.seller.id))


@section.write(
    "PUT",
    "/dispute-rules",
    scope="invoices:write",
    answer=DisputeRulesShown,
    summary="Set how disputes are answered",
)
def set_dispute_rules(request: ApiRequest, *, payload: NewDisputeRules) -> Any:
    """For disputes from now on."""
    return _rules(
        dispute_talk.set_rules(
            request.auth.seller, at=request.at, by=request.auth.by, **payload.model_dump()
        )
    )


def _rules(it: DisputeRules) -> dict[str, Any]:
    return {
        "object": "dispute_rules",
        "answer_days": it.answer_days,
        "warn_days": it.warn_days,
        "email": it.email,
    }
