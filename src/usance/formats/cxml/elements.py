"""Building elements of cXML, which has no namespaces, and what its extrinsics are called here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from lxml import etree

from usance.formats.einvoice.writing import decimal_text
from usance.formats.errors import FormatError

LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"

BUYER_REFERENCE: Final = "buyerReference"
DUE_DATE: Final = "dueDate"
PAYMENT_REFERENCE: Final = "paymentReference"
PAYMENT_TERMS: Final = "paymentTerms"
PRECEDING: Final = "precedingInvoice"
PROJECT: Final = "projectReference"
TYPE_CODE: Final = "documentTypeCode"
VAT_CATEGORY: Final = "vatCategory"
EXEMPTION_CODE: Final = "exemptionReasonCode"
LINE_ID: Final = "lineID"
LINE_NOTE: Final = "lineNote"
"""Extrinsics that a document of ours has for terms that cXML has no element for."""


def add(parent: etree._Element, name: str, text: str = "", /, **attributes: str) -> etree._Element:
    """A new last child of ``parent``; empty attributes are left out.

    Raises FormatError ``invalid_text`` for characters that XML cannot carry.
    """
    element = etree.SubElement(parent, name)
    try:
        element.text = text or None
        for key, value in attributes.items():
            if value:
                element.set(key, value)
    except ValueError:
        raise FormatError(
            f"{name} {text[:40]!r} has control characters, which XML cannot carry; remove them.",
            code="invalid_text",
        ) from None
    return element


def add_money(
    parent: etree._Element, name: str, amount: Decimal | None, *, currency: str
) -> etree._Element | None:
    """A new last child of ``parent`` with a Money in it; none for None."""
    if amount is None:
        return None
    element = add(parent, name)
    add(element, "Money", decimal_text(amount), currency=currency)
    return element


def add_text(parent: etree._Element, name: str, text: str, *, language: str) -> etree._Element:
    """A new last child of ``parent`` whose text is in a language."""
    element = add(parent, name, text)
    element.set(LANG, language)
    return element


def add_extrinsic(parent: etree._Element, name: str, text: str) -> None:
    """A term that cXML has no element for; none for an empty text."""
    if text:
        add(parent, "Extrinsic", text, name=name)


def instant(day: date | None) -> str:
    """A day as cXML's datetime.tz: at noon of it, so that it is the same day all over Europe."""
    return f"{day.isoformat()}T12:00:00+00:00" if day is not None else ""
