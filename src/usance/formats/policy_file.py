"""A credit policy written in a file: JSON or TOML of the shape that the API takes.

TOML has no null: there ``overdue_days = "never"`` says that no invoice is too old.
"""

from __future__ import annotations

import json
import re
import tomllib
from decimal import Decimal
from typing import Any, Final, Literal

from usance.formats.errors import FormatError
from usance.rules.credit.policy import InvalidPolicy, Policy, policy_from_document

Shape = Literal["json", "toml"]

LARGEST_FILE: Final = 1_000_000
"""Bytes. The texts of a policy are far shorter."""

_TOML_PLACE: Final = re.compile(r"\(at line (\d+), column (\d+)\)$")


def shape_of(name: str) -> Shape:
    """Which of the two a file is, by its name. Raises FormatError ``unknown_policy_file``."""
    shapes: tuple[Shape, ...] = ("json", "toml")
    for shape in shapes:
        if name.lower().endswith(f".{shape}"):
            return shape
    raise FormatError(
        "A policy file is .json or .toml; give it that ending.", code="unknown_policy_file"
    )


def read(data: bytes, *, shape: Shape, currency: str) -> Policy:
    """Read and check a policy; its amounts are in ``currency`` unless it names one itself.

    Raises FormatError with line and column in the file, as far as they can be told:
    ``too_large``, ``wrong_encoding``, ``malformed_policy`` or ``invalid_policy``, which names the
    rule.
    """
    if len(data) > LARGEST_FILE:
        raise FormatError(
            f"The file has {len(data)} bytes, a policy at most {LARGEST_FILE}.", code="too_large"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FormatError(
            "The file is not UTF-8; save it as UTF-8.", code="wrong_encoding"
        ) from None
    document = _document(text, shape=shape)
    try:
        return policy_from_document({"currency": currency} | document)
    except InvalidPolicy as error:
        line, column = _place(text, error, shape=shape)
        # The place in the file says more than that in the expression.
        said = f"rule {error.rule!r}: {error.problem}" if column is not None else str(error)
        raise FormatError(said, code="invalid_policy", line=line, column=column) from None


def _document(text: str, *, shape: Shape) -> dict[str, Any]:
    if shape == "toml":
        document = _toml(text)
        if document.get("overdue_days") == "never":
            document["overdue_days"] = None
        return document
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise FormatError(
            f"The file is not JSON ({error.msg}).",
            code="malformed_policy",
            line=error.lineno,
            column=error.colno,
        ) from None
    except (ValueError, RecursionError) as error:
        raise FormatError(f"The file is not JSON ({error}).", code="malformed_policy") from None
    if not isinstance(found, dict):
        raise FormatError(
            "A policy is one object with its settings, values and rules.", code="malformed_policy"
        )
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        match = _TOML_PLACE.search(str(error))
        raise FormatError(
            f"The file is not TOML ({_TOML_PLACE.sub('', str(error)).strip()}).",
            code="malformed_policy",
            line=int(match[1]) if match else None,
            column=int(match[2]) if match else None,
        ) from None
    except (ValueError, RecursionError) as error:
        raise FormatError(f"The file is not TOML ({error}).", code="malformed_policy") from None


def _place(text: str, error: InvalidPolicy, *, shape: Shape) -> tuple[int | None, int | None]:
    """Where in the file the fault is: in the expression, at its rule, or nowhere in particular."""
    if not error.rule:
        return None, None
    start, end = _block(text, error, shape=shape)
    if start is None:
        return None, None
    key = error.rule if error.field == "values" else error.field
    field = _key(text, key, start, end, shape=shape) if key else None
    if field is None:
        return _line(text, start), None
    if error.line is None or error.column is None:
        return _line(text, field), None
    return _within(text, field, line=error.line, column=error.column)


def _block(text: str, error: InvalidPolicy, *, shape: Shape) -> tuple[int | None, int]:
    """Where the rule, or the section of values, begins and ends."""
    if error.field == "values":
        heading = r"^\s*\[values\]" if shape == "toml" else r'"values"\s*:'
        found = re.search(heading, text, re.MULTILINE)
        return (found.start() if found else None), len(text)
    name = re.escape(error.rule)
    named = rf"^\s*name\s*=\s*[\"']{name}[\"']" if shape == "toml" else rf'"name"\s*:\s*"{name}"'
    found = re.search(named, text, re.MULTILINE)
    if found is None:
        return None, 0
    if shape == "toml":
        start = text.rfind("[[rules]]", 0, found.start())
        end = text.find("[[", found.end())
    else:
        start, end = text.rfind("{", 0, found.start()), text.find("}", found.end())
    return max(start, 0), len(text) if end < 0 else end


def _key(text: str, key: str, start: int, end: int, *, shape: Shape) -> int | None:
    """Where the text that ``key`` stands for begins."""
    name = re.escape(key)
    pattern = (
        rf"^[ \t]*{name}\s*=\s*(?:\"\"\"\n?|'''\n?|[\"'])"
        if shape == "toml"
        else rf'"{name}"\s*:\s*"'
    )
    found = re.compile(pattern, re.MULTILINE).search(text, start, end)
    return found.end() if found else None


def _within(text: str, start: int, *, line: int, column: int) -> tuple[int, int]:
    """The place in the file of a place in the expression that begins at ``start``."""
    first = _line(text, start)
    before = start - (text.rfind("\n", 0, start) + 1) if line == 1 else 0
    return first + line - 1, before + column


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
