"""Texts of a FatturaPA as its reader sees them: white space within them is single spaces.

Source: the schema's texts are xs:normalizedString, and files are met with line breaks in descriptions.
"""

from __future__ import annotations

from lxml import etree

from usance.formats.einvoice import parsing


def text(element: etree._Element | None, *path: str) -> str:
    """The text of the element down ``path`` on one line; empty if there is none."""
    return " ".join(parsing.text(element, *path).split())


def texts(element: etree._Element | None, *path: str) -> tuple[str, ...]:
    """The texts of all elements of the last name of ``path`` that are not empty."""
    return tuple(" ".join(each.split()) for each in parsing.texts(element, *path))
