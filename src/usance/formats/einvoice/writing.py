"""Elements of an XML invoice from values, and elements to bytes.

A value that is not there (None or an empty text) writes no element: EN 16931's syntaxes forbid empty
ones and white space alone (Peppol R008).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final, cast

from lxml import etree

from usance.formats.errors import FormatError

# What XML 1.0 cannot carry at all (clause 2.2, production Char).
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'


class Writer:
    """Builds elements whose names carry a prefix, such as ``cbc:ID``, in declared namespaces.

    The namespace of names without a prefix is given under the empty prefix.
    """

    def __init__(self, namespaces: Mapping[str, str]) -> None:
        self._namespaces = dict(namespaces)
        self._tags: dict[str, str] = {}

    def root(self, name: str) -> etree._Element:
        """The root element ``name`` with every namespace declared."""
        declared = {prefix or None: uri for prefix, uri in self._namespaces.items()}
        # The stubs of lxml do not know that None declares the default namespace.
        return etree.Element(self._tag(name), nsmap=cast("dict[str, str]", declared))

    def group(self, parent: etree._Element, name: str) -> etree._Element:
        """A new last child ``name`` of ``parent``, to be filled; see :func:`prune`."""
        return etree.SubElement(parent, self._tag(name))

    def value(
        self,
        parent: etree._Element,
        name: str,
        value: str | Decimal | date | bytes | None,
        /,
        **attributes: str,
    ) -> None:
        """A new last child ``name`` of ``parent`` holding ``value``; none for None or "".

        Decimals are written with the digits they have, dates as ISO 8601, bytes in base64. Empty
        attributes are left out. Raises FormatError ``invalid_text`` or ``invalid_number``.
        """
        if value is None or (isinstance(value, str) and not value.strip()):
            return
        element = etree.SubElement(parent, self._tag(name))
        element.text = _written(value, name=name)
        for key, content in attributes.items():
            if content:
                element.set(key, _written(content, name=f"{name}@{key}"))

    def within(
        self,
        parent: etree._Element,
        group: str,
        name: str,
        value: str | Decimal | date | bytes | None,
        /,
        **attributes: str,
    ) -> None:
        """As :meth:`value`, in a new last child ``group`` of ``parent``; neither for None or ""."""
        if value is not None and value != "":
            self.value(self.group(parent, group), name, value, **attributes)

    def _tag(self, name: str) -> str:
        tag = self._tags.get(name)
        if tag is None:
            prefix, _, local = name.rpartition(":")
            tag = f"{{{self._namespaces[prefix]}}}{local}"
            self._tags[name] = tag
        return tag


def decimal_text(value: Decimal) -> str:
    """``value`` as XML Schema's decimal, with exactly the digits it has: never an exponent."""
    if not value.is_finite():
        raise FormatError(f"{value} is no number that a document can carry.", code="invalid_number")
    return format(value, "f")


def prune(element: etree._Element) -> None:
    """Remove every group below ``element`` that ended up with neither text nor children."""
    # From the last to the first, so that a group comes after all that it might hold.
    for each in reversed(list(element.iterdescendants())):
        if len(each) == 0 and not each.text:
            parent = each.getparent()
            assert parent is not None
            parent.remove(each)


def to_bytes(root: etree._Element) -> bytes:
    """The document as UTF-8 with a declaration, indented by two spaces, ending in a line break."""
    etree.indent(root)
    return _DECLARATION + etree.tostring(root, encoding="UTF-8") + b"\n"


def _written(value: str | Decimal | date | bytes, *, name: str) -> str:
    match value:
        case Decimal():
            return decimal_text(value)
        case date():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode()
    if _FORBIDDEN.search(value):
        raise FormatError(
            f"{name} {value[:40]!r} has control characters, which XML cannot carry; remove them.",
            code="invalid_text",
        )
    return value
