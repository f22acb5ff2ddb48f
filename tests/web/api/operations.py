"""What the document says of each operation: which kinds of objects it is about, and which it names."""

from __future__ import annotations

import re
from typing import Any, Final

from usance.records.identity import PREFIXES
from usance.web.api import openapi

OPERATIONS: Final = [
    (method.upper(), path, operation)
    for path, operations in openapi.document()["paths"].items()
    for method, operation in operations.items()
]
_KINDS: Final = {prefix: kind for kind, prefix in PREFIXES.items()}


def kind_named(pattern: str) -> str | None:
    """The kind of object whose ids the document describes with ``pattern``, or that an id is of."""
    found = re.fullmatch(r"\^?([a-z]+)_(\[0-9a-f\]\{32\}\$|[0-9a-f]{32})", pattern)
    return _KINDS.get(found[1]) if found else None


def parameters_of(operation: Any, place: str) -> dict[str, str]:
    """The kind of object that each parameter in ``place`` names, of those that name one."""
    found = {}
    for parameter in operation["parameters"]:
        schema = parameter["schema"]
        patterns = [one.get("pattern", "") for one in (schema, *schema.get("anyOf", ()))]
        kinds = list(filter(None, map(kind_named, patterns)))
        if parameter["in"] == place and kinds:
            found[parameter["name"]] = kinds[0]
    return found


def kinds_in(schema: Any, seen: tuple[str, ...] = ()) -> set[str]:
    """The kinds of objects that a body of this schema can name."""
    if isinstance(schema, list):
        return {kind for one in schema for kind in kinds_in(one, seen)}
    if not isinstance(schema, dict):
        return set()
    found = {kind_named(schema["pattern"])} if isinstance(schema.get("pattern"), str) else set()
    reference = schema.get("$ref")
    if reference and reference not in seen:
        named = openapi.document()["components"]["schemas"][reference.rsplit("/", 1)[-1]]
        found |= kinds_in(named, (*seen, reference))
    found |= kinds_in(list(schema.values()), seen)
    return {kind for kind in found if kind}
