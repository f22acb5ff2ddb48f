"""The tags of an OFX file as a tree, whether it is SGML without closing tags or XML.

Source: Open Financial Exchange Specification 1.6, chapter 2 (structure), and 2.2. An element of SGML
ends where the next tag begins; an aggregate ends with its closing tag.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from usance.formats.errors import FormatError
from usance.formats.statement import one_line

_TAG: Final = re.compile(
    r"<(/?)([A-Za-z][A-Za-z0-9._]{0,39})([ \t\r\n]{0,20}/)?[ \t\r\n]{0,20}>([^<]*)"
)
_DEEPEST: Final = 50
_OPENING_OF_DATA: Final = "<![CDATA["


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Elements that may be empty; without their names an empty one would look like an aggregate.
_ELEMENTS: Final = _words(
    """
    ACCTID ACCTKEY ACCTTYPE BALAMT BANKID BRANCHID CHECKNUM CODE CORRECTACTION CORRECTFITID CURDEF
    CURRATE CURSYM DTACCTUP DTASOF DTAVAIL DTEND DTPOSTED DTPROFUP DTSERVER DTSTART DTUSER
    EXTDNAME FID FITID LANGUAGE MEMO MESSAGE NAME ORG PAYEEID REFNUM SEVERITY SIC SRVRTID TRNAMT
    TRNTYPE TRNUID INTU.BID INTU.ORG INTU.USERID CLTCOOKIE MKTGINFO
    """
)


@dataclass(slots=True)
class Node:
    """An element with its text, or an aggregate with what it holds."""

    name: str
    line: int
    """The line of the file on which it begins, from 1."""
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def child(self, *path: str) -> Node | None:
        """The first node down ``path``."""
        node: Node | None = self
        for name in path:
            if node is None:
                return None
            node = next((one for one in node.children if one.name == name), None)
        return node

    def value(self, *path: str) -> str | None:
        """The text of the first node down ``path``, on one line; None if there is none."""
        node = self.child(*path)
        return (one_line(html.unescape(node.text)) or None) if node is not None else None

    def all(self, *names: str) -> Iterator[Node]:
        """Every node called by one of ``names``, however deep, in order; not within another such."""
        waiting = [iter(self.children)]
        while waiting:
            node = next(waiting[-1], None)
            if node is None:
                waiting.pop()
            elif node.name in names:
                yield node
            else:
                waiting.append(iter(node.children))


def tree_of(text: str, *, first_line: int) -> Node:
    """The aggregate OFX of ``text``, which begins on ``first_line`` of its file.

    Raises FormatError ``cut_off`` if it does not end, ``malformed_ofx`` if aggregates are not closed
    in order, ``too_deep``.
    """
    root = Node("", first_line)
    stack, closed = [root], False
    for match, line in _tags(_without_data_marks(text), first_line=first_line):
        name = match[2].upper()
        if match[1]:
            closed = _close(stack, name, line=line)
            if closed:
                break
            continue
        node = Node(name, line, match[4])
        stack[-1].children.append(node)
        is_element = bool(match[3]) or bool(match[4].strip()) or name in _ELEMENTS
        if not is_element:
            stack.append(node)
            if len(stack) > _DEEPEST:
                raise FormatError(
                    "The tags are nested too deeply for OFX; download the file again.",
                    code="too_deep",
                    line=line,
                )
    if not closed:
        raise FormatError(
            "</OFX> is missing, so the file has been cut off; download it again.",
            code="cut_off",
            line=stack[-1].line,
        )
    return root


def _tags(text: str, *, first_line: int) -> Iterator[tuple[re.Match[str], int]]:
    line, at = first_line, 0
    for match in _TAG.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        yield match, line


def _close(stack: list[Node], name: str, *, line: int) -> bool:
    """Close ``name``; whether it was the whole. The closing tag of an element closes nothing."""
    names = [node.name for node in stack]
    if name not in names:
        return False
    index = len(names) - 1 - names[::-1].index(name)
    # An empty element that is not known by name may still be open within; an aggregate may not.
    for node in stack[index + 1 :]:
        if node.name.endswith(("RS", "TRN", "TRANLIST", "FROM", "BAL")) and node.children:
            raise FormatError(
                f"<{node.name}> is not closed before </{name}>; download the file again.",
                code="malformed_ofx",
                line=line,
            )
    for position in range(len(stack) - 1, index, -1):
        # Its siblings seemed to be within it.
        open_node = stack[position]
        stack[position - 1].children += open_node.children
        open_node.children = []
    del stack[index:]
    return name == "OFX"


def _without_data_marks(text: str) -> str:
    """``text`` with what stands in sections of character data escaped instead."""
    if _OPENING_OF_DATA not in text:
        return text
    parts, at = [], 0
    while (start := text.find(_OPENING_OF_DATA, at)) >= 0:
        end = text.find("]]>", start)
        if end < 0:
            break
        parts += [text[at:start], html.escape(text[start + len(_OPENING_OF_DATA) : end])]
        at = end + 3
    return "".join([*parts, text[at:]])
