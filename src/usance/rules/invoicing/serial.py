"""A document as plain JSON values and back, so that what was issued can be kept as it was.

Decimals are texts, so that no digit is lost; dates are ISO 8601; bytes are base64. A field that has
its usual value is left out: documents kept today can be read when the model has grown, and by a
version before it, which passes over the fields that it does not know.
"""

from __future__ import annotations

import base64
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from usance.rules.invoicing.document import InvoiceDocument

T = TypeVar("T")


class UnreadableDocument(ValueError):
    """What was kept is not a document of this model."""

    code = "unreadable_document"


def to_json(document: InvoiceDocument) -> dict[str, Any]:
    """``document`` as values that JSON knows."""
    found = _plain(document)
    assert isinstance(found, dict)
    return found


def from_json(kept: dict[str, Any]) -> InvoiceDocument:
    """The document that :func:`to_json` made ``kept`` of. Raises UnreadableDocument."""
    try:
        return _made(InvoiceDocument, kept)
    except (TypeError, ValueError, KeyError, ArithmeticError, AttributeError) as error:
        raise UnreadableDocument(f"This is no document of this model: {error}") from error


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in fields(value)
            if field.default is MISSING or getattr(value, field.name) != field.default
        }
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value


_READERS: Final[dict[Any, Callable[[Any], Any]]] = {
    Decimal: Decimal,
    date: date.fromisoformat,
    bytes: base64.b64decode,
}


@cache
def _readers(kind: Any) -> dict[str, Callable[[Any], Any]]:
    """How the value of each field of ``kind`` is read."""
    return {name: _reader(hint) for name, hint in get_type_hints(kind).items()}


def _made(kind: type[T], kept: dict[str, Any]) -> T:
    readers = _readers(cast("Any", kind))
    return kind(**{name: read(kept[name]) for name, read in readers.items() if name in kept})


def _reader(hint: Any) -> Callable[[Any], Any]:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        [hint] = [part for part in get_args(hint) if part is not type(None)]
        read = _reader(hint)
        return lambda value: None if value is None else read(value)
    if origin is tuple:
        read = _reader(get_args(hint)[0])
        return lambda value: tuple(read(entry) for entry in value)
    if is_dataclass(hint):
        return partial(_made, cast("Any", hint))
    return _READERS.get(hint, lambda value: value)
