"""Bytes of an XML invoice from anyone to its elements, and elements to exact values.

Texts that are not there are empty, as in ``usance.rules.invoicing.document``. How elements are looked up
is said in ``usance.formats.xml_elements``, whose functions are found here too.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

from lxml import etree

from usance.formats.errors import FormatError, refuse_too_large
from usance.formats.xml_elements import child, children, line_of, local_name, namespace_of, path_of

__all__ = [
    "ANY",
    "DEEPEST",
    "MOST_ATTRIBUTES",
    "MOST_TAGS",
    "amount",
    "attribute",
    "binary",
    "child",
    "children",
    "day",
    "invalid",
    "is_true",
    "line_of",
    "local_name",
    "namespace_of",
    "number",
    "optional_amount",
    "optional_day",
    "optional_number",
    "parse_xml",
    "path_of",
    "required",
    "required_text",
    "text",
    "texts",
]

DEEPEST: Final = 100
"""Levels of elements. Real invoices, with their signatures, stay below 30."""

MOST_TAGS: Final = 2_000_000
"""Tags of one document: some 25,000 lines with all their terms."""

MOST_ATTRIBUTES: Final = 2_000_000

ANY: Final = "*"
"""Stands for whatever currency an amount is said to be in."""

_STEP: Final = 256
_TOO_DEEP: Final = etree.XPath("boolean(" + "/*" * (DEEPEST + 1) + ")")
_PLAIN: Final = re.compile(
    rb"(?i)utf-?8|us-ascii|ascii|iso-8859-[0-9]{1,2}|latin-?1|windows-125[0-8]"
)
_DECLARED: Final = re.compile(
    rb"""<\?xml[^>]{0,100}?encoding\s{0,20}=\s{0,20}["']([^"']{0,40})["']"""
)
_EBCDIC: Final = b"\x4c\x6f\xa7\x94"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]{1,24}(?:\.[0-9]{0,24})?|\.[0-9]{1,24})")
_DATE: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-9:.]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?")


def parse_xml(data: bytes) -> etree._Element:
    """The root element of ``data``, without comments and processing instructions.

    Document type declarations, entities and the network are never touched; size and the numbers of tags
    and attributes are looked at before anything is built of them.

    Raises FormatError: ``too_large``, ``malformed_xml``, ``unsupported_encoding``,
    ``doctype_refused``, ``too_deep``, ``too_many_elements``.
    """
    refuse_too_large(data)
    _refuse_encoding(data)
    _refuse_flood(data)
    try:
        _refuse_doctype(data)
        # Attachments may be longer than the 10 MB that the parser otherwise gives one text. What its
        # limits stand against cannot come: there are no entities, and there is no flood.
        root = etree.fromstring(data, etree.XMLParser(**_options(huge=True)))
    except etree.XMLSyntaxError as error:
        if "Excessive depth" in str(error.msg):
            raise _too_deep() from None
        line, column = error.position
        reason = str(error.msg).partition(", line ")[0]
        raise FormatError(
            f"This is not well-formed XML ({reason}); the file may have been cut off or edited. "
            "Ask its sender for it again.",
            code="malformed_xml",
            line=line or None,
            column=column or None,
        ) from None
    if _TOO_DEEP(root):
        raise _too_deep()
    return root


def _refuse_encoding(data: bytes) -> None:
    """Only encodings in which "<" is the byte 3C, so that tags can be counted before parsing."""
    if data.startswith(_UTF_16):
        return
    declared = _DECLARED.search(data, 0, 300)
    if data.startswith(_EBCDIC) or (declared and not _PLAIN.fullmatch(declared[1])):
        raise FormatError(
            "The file is in an encoding that is not read; ask its sender for one in UTF-8.",
            code="unsupported_encoding",
        )


def _refuse_flood(data: bytes) -> None:
    for mark, most, what in ((b"<", MOST_TAGS, "tags"), (b"=", MOST_ATTRIBUTES, "attributes")):
        if data.count(mark) > most:
            raise FormatError(
                f"The file has more than {most} {what}; ask its sender to split it.",
                code="too_many_elements",
            )


def _refuse_doctype(data: bytes) -> None:
    """Read up to the first element only, under the parser's own limits on entities."""
    parser = etree.XMLPullParser(events=("start",), **_options(huge=False))
    for start in range(0, len(data), _STEP):
        parser.feed(data[start : start + _STEP])
        for _, element in cast("Iterator[tuple[str, etree._Element]]", parser.read_events()):
            if element.getroottree().docinfo.internalDTD is not None:
                raise FormatError(
                    "The file declares a document type, which invoices never do; ask its sender "
                    "for a plain XML invoice.",
                    code="doctype_refused",
                )
            return


def _too_deep() -> FormatError:
    return FormatError(
        f"Elements stand more than {DEEPEST} deep in each other, which no invoice needs; ask its "
        "sender for a valid file.",
        code="too_deep",
    )


def _options(*, huge: bool) -> dict[str, Any]:
    return {
        "resolve_entities": False,
        "no_network": True,
        "load_dtd": False,
        "dtd_validation": False,
        "huge_tree": huge,
        "remove_comments": True,
        "remove_pis": True,
    }


def text(element: etree._Element | None, *path: str) -> str:
    """The text of the element down ``path`` without white space around it; empty if there is none."""
    found = child(element, *path)
    return "" if found is None else (found.text or "").strip()


def texts(element: etree._Element | None, *path: str) -> tuple[str, ...]:
    """The texts of all elements of the last name of ``path`` that are not empty."""
    found = (text(each) for each in children(element, *path))
    return tuple(each for each in found if each)


def attribute(element: etree._Element | None, name: str) -> str:
    """An attribute without namespace; empty if it or the element is not there."""
    return "" if element is None else element.get(name, "").strip()


def required(element: etree._Element, *path: str, term: str) -> etree._Element:
    """The first element down ``path``; ``term`` names it for people, such as "BT-1, its number".

    Raises FormatError ``missing_element``, also for an element without content.
    """
    found = child(element, *path)
    if found is None or (len(found) == 0 and not (found.text or "").strip()):
        raise FormatError(
            f"{term} is missing ({'/'.join(path)}); ask the sender for a complete invoice.",
            code="missing_element",
            line=line_of(element),
            path=path_of(element),
        )
    return found


def required_text(element: etree._Element, *path: str, term: str) -> str:
    """The text down ``path``. Raises FormatError ``missing_element``."""
    return text(required(element, *path, term=term))


def number(element: etree._Element) -> Decimal:
    """The decimal that ``element`` holds, with every digit as written.

    Source: XML Schema, decimal. Raises FormatError ``invalid_number``.
    """
    figures = (element.text or "").strip()
    if not _DECIMAL.fullmatch(figures):
        raise invalid(element, "a decimal number such as 1234.50", code="invalid_number")
    return Decimal(figures)


def optional_number(element: etree._Element | None, *path: str) -> Decimal | None:
    """The decimal down ``path``; None if it is not there or empty. Raises FormatError."""
    found = child(element, *path)
    return None if found is None or not text(found) else number(found)


def amount(element: etree._Element, *, currency: str) -> Decimal:
    """The amount that ``element`` holds; an attribute ``currencyID`` has to say ``currency``.

    With ``ANY`` as ``currency`` the attribute may say what it likes.

    Raises FormatError ``invalid_number`` or ``currency_mismatch``.
    """
    stated = attribute(element, "currencyID")
    if currency != ANY and stated and stated != currency:
        raise FormatError(
            f"This amount is in {stated} and the invoice in {currency}; ask the sender for an "
            "invoice in one currency.",
            code="currency_mismatch",
            line=line_of(element),
            path=path_of(element),
        )
    return number(element)


def optional_amount(element: etree._Element | None, *path: str, currency: str) -> Decimal | None:
    """The amount down ``path``; None if it is not there or empty. Raises FormatError."""
    found = child(element, *path)
    return None if found is None or not text(found) else amount(found, currency=currency)


def day(element: etree._Element) -> date:
    """The day of a date, or of a date and time, as its writer saw it; its offset is left out.

    Source: XML Schema, date and dateTime. Raises FormatError ``invalid_date``.
    """
    match = _DATE.fullmatch((element.text or "").strip())
    if match is not None:
        try:
            return date.fromisoformat(match[1])
        except ValueError:
            pass
    raise invalid(element, "a date such as 2026-04-30", code="invalid_date")


def optional_day(element: etree._Element | None, *path: str) -> date | None:
    """The day down ``path``; None if it is not there or empty. Raises FormatError."""
    found = child(element, *path)
    return None if found is None or not text(found) else day(found)


def is_true(element: etree._Element) -> bool:
    """Whether ``element`` says true (XML Schema, boolean). Raises FormatError ``invalid_indicator``."""
    match (element.text or "").strip():
        case "true" | "1":
            return True
        case "false" | "0":
            return False
    raise invalid(element, "true or false", code="invalid_indicator")


def binary(element: etree._Element) -> bytes:
    """The bytes that ``element`` holds in base64. Raises FormatError ``invalid_base64``."""
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise invalid(element, "base64", code="invalid_base64") from None


def invalid(element: etree._Element, expected: str, *, code: str) -> FormatError:
    """An error saying that the text of ``element`` is not what was ``expected``."""
    shown = " ".join((element.text or "")[:200].split())
    shown = f"{shown[:40]}..." if len(shown) > 40 else shown
    return FormatError(
        f"{shown!r} is not {expected}; ask the sender for a corrected invoice.",
        code=code,
        line=line_of(element),
        path=path_of(element),
    )
