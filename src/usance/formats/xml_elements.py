"""Elements of XML formats, looked up by local name.

Namespaces carry the version of a format, and the names that are read have kept their meaning through all
of them; a name in Clark notation ("{namespace}name") asks for its own namespace only.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import cast

from lxml import etree


def local_name(element: etree._Element) -> str:
    """The name of ``element`` without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace_of(element: etree._Element) -> str:
    """The namespace of ``element``; empty if it has none."""
    return str(element.tag).rpartition("}")[0][1:]


def line_of(element: etree._Element) -> int | None:
    """The line on which ``element`` begins."""
    # The stubs of lxml leave this attribute without a type.
    return cast("int | None", element.sourceline)


def path_of(element: etree._Element) -> str:
    """Where ``element`` is, such as ``Invoice/InvoiceLine[3]/Price/PriceAmount``.

    An index, from 1, is given where an element has siblings of its name.
    """
    steps = []
    at: etree._Element | None = element
    while at is not None:
        name = local_name(at)
        before = sum(1 for _ in at.itersiblings(at.tag, preceding=True))
        if before or next(at.itersiblings(at.tag), None) is not None:
            name += f"[{before + 1}]"
        steps.append(name)
        at = at.getparent()
    return "/".join(reversed(steps))


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first element down ``path``, or None."""
    for name in path:
        if element is None:
            return None
        element = next(element.iterchildren(_tag(name)), None)
    return element


def children(element: etree._Element | None, *path: str) -> Iterator[etree._Element]:
    """All elements called by the last name of ``path``, below the first ones of the names before."""
    parent = child(element, *path[:-1])
    return iter(()) if parent is None else parent.iterchildren(_tag(path[-1]))


@cache
def _tag(name: str) -> str:
    return name if name.startswith("{") else "{*}" + name
