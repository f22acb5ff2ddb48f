"""Files that come with what is said of them: in base64 in a JSON body, or as parts of a form."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Final, Generic, TypeVar

from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from pydantic import BaseModel, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from usance.rules.attachments import LARGEST_ATTACHMENT
from usance.web.api.faults import faults_of
from usance.web.api.problems import (
    Fault,
    InvalidRequest,
    MalformedJson,
    Problem,
    TooLarge,
    WrongMediaType,
)
from usance.web.api.values import FileName, Value

_BESIDE: Final = 64 * 1024
"""Bytes that may be said of the files."""
_IN_BASE64: Final = LARGEST_ATTACHMENT * 4 // 3


def largest_body(*, files: int = 1) -> int:
    """Bytes of a body that brings up to so many files: one in base64 or all as parts of a form."""
    return max(_IN_BASE64, files * LARGEST_ATTACHMENT) + _BESIDE


class Uploaded(Value):
    """A file with its name, as JSON. What it is, is told by its content."""

    content: Annotated[str, StringConstraints(max_length=_IN_BASE64 + 4)] = Field(
        default="",
        description="The file in base64: PDF, PNG, JPEG, CSV, XLSX or ODS, 5 MiB at most.",
    )
    file_name: FileName = ""


Said = TypeVar("Said", bound=Uploaded)


class Upload(Generic[Said]):
    """How files are sent to one address: a JSON body of ``kind`` with one, or a form with up to
    ``most_files`` parts ``file`` beside ``parts``, the fields of ``kind`` that it may have."""

    def __init__(self, kind: type[Said], *, parts: Sequence[str], most_files: int = 1) -> None:
        self._adapter: TypeAdapter[Said] = TypeAdapter(kind)
        self._parts = tuple(parts)
        self._most_files = most_files
        self.declared: Final = _declared(kind, parts=self._parts, several=most_files > 1)

    def read(self, request: HttpRequest) -> tuple[Said, list[tuple[str, bytes]], bytes]:
        """What is said, name and content of each file, and what tells the request from another under
        the same key.

        Raises TooLarge, WrongMediaType, MalformedJson or InvalidRequest.
        """
        if request.content_type == "multipart/form-data":
            _require_length(request, most=largest_body(files=self._most_files))
            said, files = self._from_form(request)
            new = self._checked(said)
        elif request.content_type == "application/json":
            new = self._checked(_from_json(request, most=largest_body()))
            files = [(new.file_name, _decoded(new.content))] if new.content else []
        else:
            raise WrongMediaType
        digests = b"".join(hashlib.sha256(content).digest() for _, content in files)
        return new, files, to_json(new.model_dump(exclude={"content"})) + digests

    def _checked(self, said: Any) -> Said:
        try:
            return self._adapter.validate_python(said)
        except ValidationError as error:
            raise InvalidRequest(
                faults_of(error.errors(include_url=False, include_context=False))
            ) from None

    def _from_form(self, request: HttpRequest) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
        try:
            sent = request.FILES.getlist("file")
            said: dict[str, Any] = {
                name: request.POST[name] for name in self._parts if name in request.POST
            }
        except MultiPartParserError:
            raise Problem(
                "The form cannot be read; send its parts as multipart/form-data."
            ) from None
        if len(sent) > self._most_files:
            most = f"must be {self._most_files} files at most"
            raise InvalidRequest([Fault("#/file", "too_long", most)])
        files = []
        for one in sent:
            content = one.read(LARGEST_ATTACHMENT + 1)
            if len(content) > LARGEST_ATTACHMENT:
                raise TooLarge(LARGEST_ATTACHMENT)
            files.append(((one.name or "").replace("\0", "")[:200], content))
        if len(files) == 1:
            said["file_name"] = said.get("file_name") or files[0][0]
            files = [(said["file_name"], files[0][1])]
        return said, files


def _declared(kind: type[BaseModel], *, parts: Sequence[str], several: bool) -> dict[str, Any]:
    """The body as the document has it, without references that lead out of it."""
    schema = kind.model_json_schema()
    schema.pop("$defs", None)
    if "metadata" in schema["properties"]:
        schema["properties"]["metadata"]["additionalProperties"] = True
    binary: dict[str, Any] = {"type": "string", "format": "binary"}
    form = {
        "type": "object",
        "properties": {
            "file": {"type": "array", "items": binary} if several else binary,
            **{name: {"type": "string"} for name in parts},
        },
    }
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": schema},
                "multipart/form-data": {"schema": form},
            },
        }
    }


def _require_length(request: HttpRequest, *, most: int) -> None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if int(length if length.isascii() and length.isdigit() else "0") > most:
        raise TooLarge(most)


def _from_json(request: HttpRequest, *, most: int) -> Any:
    _require_length(request, most=most)
    body = request.read(most + 1)  # not request.body: its limit is that of other JSON
    if len(body) > most:
        raise TooLarge(most)
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise MalformedJson(f"The body is not JSON: {error}.") from None


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        fault = Fault("#/content", "not_base64", "must be the file in base64 (RFC 4648, section 4)")
        raise InvalidRequest([fault]) from None
