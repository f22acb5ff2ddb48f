"""From what the validator says to faults with a place that the sender understands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from usance.web.api.problems import Fault

_MOST: Final = 100
"""Faults named in one answer."""

_UNION_MEMBERS: Final = ("constrained-", "function-", "literal[")
"""How the validator names the alternatives of a field; no place in the body."""


def faults_of(errors: Iterable[Mapping[str, Any]], *, drop: int = 0) -> list[Fault]:
    """The faults of a body. The first ``drop`` parts of each location are not the sender's."""
    faults: dict[str, Fault] = {}
    for error in errors:
        place = pointer(error["loc"][drop:])
        faults.setdefault(place, Fault(place, error["type"], error["msg"]))
    return list(faults.values())[:_MOST]


def pointer(location: Iterable[str | int]) -> str:
    """A location as a JSON pointer in a URI fragment (RFC 6901, section 6)."""
    parts = []
    for part in location:
        text = str(part)
        if isinstance(part, str) and text.startswith(_UNION_MEMBERS):
            continue
        parts.append(text.replace("~", "~0").replace("/", "~1"))
    return "#" + "".join(f"/{part}" for part in parts)


def parameter_faults(errors: Iterable[Mapping[str, Any]], *, source: str) -> list[Fault]:
    """The faults of parameters of the query or the header."""
    return [
        Fault(str(error["loc"][0]) if error["loc"] else "", error["type"], error["msg"], source)
        for error in errors
    ]
