"""Building the elements of a FatturaPA: its root has a namespace, everything below has none."""

from __future__ import annotations

import base64
from datetime import date, datetime
from typing import Final

from lxml import etree

from usance.formats.errors import FormatError
from usance.formats.fatturapa.fattura import NAMESPACE

LARGEST_FILE: Final = 5 * 1024 * 1024
"""Bytes that SdI takes in one file (control 00003)."""


def root(versione: str) -> etree._Element:
    """FatturaElettronica of the format ``versione``."""
    element = etree.Element(f"{{{NAMESPACE}}}FatturaElettronica", nsmap={"p": NAMESPACE})
    element.set("versione", versione)
    return element


def group(parent: etree._Element, name: str) -> etree._Element:
    """A new last child that holds others."""
    return etree.SubElement(parent, name)


def value(parent: etree._Element, name: str, content: str | int | date | datetime | None) -> None:
    """A new last child with a text; none for None or an empty text."""
    if content is None or content == "":
        return
    match content:
        case date():
            content = content.isoformat()
        case int():
            content = str(content)
    etree.SubElement(parent, name).text = content


def binary(parent: etree._Element, name: str, content: bytes) -> None:
    """A new last child with bytes in base64, also with none."""
    etree.SubElement(parent, name).text = base64.b64encode(content).decode()


def required(content: str, *, name: str) -> str:
    """``content``, which may not be empty. Raises FormatError ``missing_value``."""
    if not content:
        raise FormatError(
            f"FatturaPA needs {name}; complete the seller's, the buyer's or the invoice's data.",
            code="missing_value",
        )
    return content


def to_bytes(element: etree._Element) -> bytes:
    """The file. Raises FormatError ``too_large`` beyond what SdI takes."""
    etree.indent(element)
    data = etree.tostring(element, xml_declaration=True, encoding="UTF-8") + b"\n"
    if len(data) > LARGEST_FILE:
        raise FormatError(
            f"The file has {len(data)} bytes and SdI takes {LARGEST_FILE}; leave out or shrink its "
            "attachments.",
            code="too_large",
        )
    return data
