"""Building the elements of a pain message."""

from __future__ import annotations

from typing import Any

from lxml import etree

Part = etree._Element | None


class Elements:
    """Makes elements of one namespace."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        # The stubs of lxml do not know that None names the default namespace.
        self._nsmap: Any = {None: namespace}

    def node(self, name: str, *parts: Part) -> etree._Element:
        """An element with these elements in it; None is left out."""
        made = etree.Element(f"{{{self.namespace}}}{name}", nsmap=self._nsmap)
        made.extend(part for part in parts if part is not None)
        return made

    def leaf(self, name: str, text: str, **attributes: str) -> etree._Element:
        """An element with a text."""
        made = etree.Element(f"{{{self.namespace}}}{name}", attributes, self._nsmap)
        made.text = text
        return made

    def maybe(self, name: str, text: str | None) -> Part:
        """An element with a text, or None where there is no text."""
        return self.leaf(name, text) if text else None

    def inside(self, path: str, part: Part) -> Part:
        """``part`` within elements of these names, outermost first; None where it is None."""
        for name in reversed(path.split("/")):
            part = None if part is None else self.node(name, part)
        return part

    def within(self, path: str, text: str) -> etree._Element:
        """A text within elements of these names, outermost first."""
        *outer, last = path.split("/")
        made = self.leaf(last, text)
        for name in reversed(outer):
            made = self.node(name, made)
        return made


def document(elements: Elements, body: etree._Element) -> bytes:
    """The bytes of the whole message."""
    root = elements.node("Document", body)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
