"""Requests to Stripe are forms: nested members become names in brackets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode


def form(fields: Mapping[str, Any]) -> bytes:
    """``fields`` as application/x-www-form-urlencoded; what is None or empty is left out."""
    return urlencode(list(_flat(fields))).encode("ascii")


def _flat(fields: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(fields, Mapping):
        for key, value in fields.items():
            yield from _flat(value, f"{name}[{key}]" if name else key)
    elif isinstance(fields, list | tuple):
        for place, value in enumerate(fields):
            yield from _flat(value, f"{name}[{place}]")
    elif isinstance(fields, bool):
        yield name, "true" if fields else "false"
    elif fields not in (None, ""):
        yield name, str(fields)
