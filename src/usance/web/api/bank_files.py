"""Reading an uploaded bank file, whole and within its limit, from a body or a form."""

from __future__ import annotations

from typing import Annotated, Any, Final

from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from pydantic import StringConstraints

from usance.web.api.problems import Fault, InvalidRequest, Problem, TooLarge
from usance.web.api.values import NO_NUL

_ROOM_FOR_A_FORM: Final = 64 * 1024
"""Bytes that the parts of a form may take beside its file."""

DECLARED: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        "application/xml": {"schema": {"type": "string"}},
        "text/csv": {"schema": {"type": "string"}},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
                "required": ["file"],
            }
        },
    },
}
"""The request body as the document has it."""

AccountNamed = Annotated[str, StringConstraints(max_length=64, pattern=NO_NUL)]
CurrencyNamed = Annotated[str, StringConstraints(max_length=3, pattern="^([A-Z]{3})?$")]
MappingSaid = Annotated[str, StringConstraints(max_length=4000, pattern=NO_NUL)]
"""What may be said beside a file: its account and its currency, and what its columns mean."""


def read_file(request: HttpRequest, *, most: int) -> tuple[str, bytes]:
    """Name (empty for a bare body) and content of the file in ``request``.

    Raises TooLarge above ``most`` bytes, InvalidRequest without a file.
    """
    form = request.content_type == "multipart/form-data"
    allowed = most + (_ROOM_FOR_A_FORM if form else 0)
    if _declared_length(request) > allowed:
        raise TooLarge(most)
    if form:
        return _from_form(request, most=most)
    # Not request.body: its limit is that of JSON.
    data = request.read(most + 1)
    if len(data) > most:
        raise TooLarge(most)
    if not data:
        raise InvalidRequest([Fault("#", "missing", "must be the file")])
    return "", data


def _declared_length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0


def _from_form(request: HttpRequest, *, most: int) -> tuple[str, bytes]:
    try:
        file = request.FILES.get("file")
    except MultiPartParserError:
        raise Problem("The form cannot be read; send its parts as multipart/form-data.") from None
    if file is None:
        raise InvalidRequest([Fault("#/file", "missing", "must be the bank file")])
    data = file.read(most + 1)
    if len(data) > most:
        raise TooLarge(most)
    return (file.name or "").replace("\0", "")[:200], data
