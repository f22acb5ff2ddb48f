"""From the place that a validator names to the element, and to what a person finds it by."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from usance.formats.einvoice.parsing import line_of, local_name, namespace_of, path_of

_STEP: Final = re.compile(
    r"/(?P<attribute>@)?(?:\*:|Q\{(?P<braced>[^}]*)\}|[\w.-]+:)?(?P<name>[\w.*-]+)"
    r"(?:\[(?:namespace-uri\(\)|\(?namespace-uri\(\)\)?) ?= ?['\"](?P<stated>[^'\"]*)['\"]\])?"
    r"(?:\[(?P<index>\d+)\])?"
)
"""One step of the location that compiled Schematron reports, in the spellings of its compilers:
``/*:Invoice[namespace-uri()='...'][1]``, ``/Q{...}Invoice[1]`` and ``/ubl:Invoice[1]``."""


def place_of(location: str, *, root: etree._Element) -> tuple[str, int | None]:
    """The readable path of an XPath ``location`` in the document of ``root``, and its line.

    A location that does not lead anywhere is given back as it is, without a line.
    """
    at: etree._Element | None = None
    attribute = ""
    end = 0
    for step in _STEP.finditer(location):
        if step.start() != end or attribute:
            return location, None
        end = step.end()
        if step["attribute"]:
            attribute = step["name"]
            continue
        found = _step(step, at, root)
        if found is None:
            return location, None
        at = found
    if at is None or end != len(location):
        return (location, None) if location.strip("/") else ("", None)
    return path_of(at) + (f"/@{attribute}" if attribute else ""), line_of(at)


def _step(
    step: re.Match[str], at: etree._Element | None, root: etree._Element
) -> etree._Element | None:
    namespace = step["stated"] if step["stated"] is not None else step["braced"]
    candidates = [root] if at is None else list(at.iterchildren("*"))
    named = [
        each
        for each in candidates
        if local_name(each) == step["name"]
        and (namespace is None or namespace_of(each) == namespace)
    ]
    index = int(step["index"] or 1)
    return named[index - 1] if index <= len(named) else None
