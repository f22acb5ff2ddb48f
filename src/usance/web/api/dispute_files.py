"""What either side hands in about a dispute: taken, listed, given back."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from django.http import HttpResponse
from pydantic import Field, StringConstraints

from usance.flows import dispute_talk
from usance.flows.dispute_evidence import MOST_AT_ONCE, Handed
from usance.flows.refusals import NotFound
from usance.records.collections import dispute_queries
from usance.rules.attachments import MEDIA_TYPES
from usance.web.api import answers, idempotency
from usance.web.api.dispute_shapes import (
    DisputeFileId,
    DisputeFileShown,
    DisputeId,
    DisputeShown,
    file_shown,
)
from usance.web.api.disputes import dispute_shown
from usance.web.api.paging import whole
from usance.web.api.problems import Fault, InvalidRequest
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.uploads import Upload, Uploaded
from usance.web.api.values import NO_NUL, Name
from usance.web.files import file_response

section = Section("Disputes and write-offs")


class NewDisputeFile(Uploaded):
    """A file about a dispute: a photo, a delivery note. What it is, is told by its content."""

    name: Name = Field(description="Who hands it in, as the other side is told.")
    author: Literal["buyer", "seller"] = Field(
        default="seller", description="`buyer` where you pass on what the buyer hands in."
    )
    text: Annotated[
        str, StringConstraints(max_length=dispute_talk.LONGEST_TEXT, pattern=NO_NUL)
    ] = Field(default="", description="What is said with it; empty: nothing.")


_UPLOAD: Final = Upload(
    NewDisputeFile, parts=("file_name", "name", "author", "text"), most_files=MOST_AT_ONCE
)


@section.write(
    "POST",
    "/disputes/{dispute_id}/files",
    scope="invoices:write",
    answer=DisputeShown,
    status=201,
    summary="Hand in files about a dispute",
    once=False,
    json=False,
    extra=_UPLOAD.declared,
)
def create_dispute_file(request: ApiRequest, *, dispute_id: DisputeId) -> HttpResponse:
    """One file as JSON, or up to five as parts `file` of a form, with a message or without. They stand
    in the conversation and cannot be removed; the other side gets one e-mail. The same file again is
    the one that is there already. A dispute that has ended takes no more."""
    new, files, known = _UPLOAD.read(request)
    if not files:
        raise InvalidRequest([Fault("#/content", "missing", "must be the file, or a part file")])

    def hand_in() -> Any:
        dispute_talk.say(
            request.auth.seller,
            dispute_id=dispute_id,
            author=new.author,
            name=new.name,
            text=new.text,
            files=[Handed(content, file_name) for file_name, content in files],
            at=request.at,
            by=request.auth.by,
        )
        return dispute_shown(request, dispute_id)

    return idempotency.answer(request, hand_in, status=201, body=known)


@section.read(
    "/disputes/{dispute_id}/files",
    scope="invoices:read",
    answer=answers.Page[DisputeFileShown],
    summary="List the files of a dispute",
)
def list_dispute_files(request: ApiRequest, *, dispute_id: DisputeId) -> Any:
    """What either side handed in, the first first."""
    found = dispute_queries.dispute(seller_id=request.auth.seller.id, dispute_id=dispute_id)
    if found is None:
        raise NotFound("There is no such dispute.")
    return whole([file_shown(one) for one in dispute_queries.files_of([found])[found.id]])


@section.file(
    "/dispute-files/{file_id}/file",
    scope="invoices:read",
    media_types=tuple(MEDIA_TYPES),
    summary="Fetch a file of a dispute",
)
def get_dispute_file(request: ApiRequest, *, file_id: DisputeFileId) -> HttpResponse:
    """The file as it was handed in."""
    found = dispute_queries.dispute_file(seller_id=request.auth.seller.id, file_id=file_id)
    if found is None:
        raise NotFound("There is no such file.")
    return file_response(
        bytes(found.content), media_type=found.media_type, file_name=found.file_name
    )
