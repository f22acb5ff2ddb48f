"""The picture at the head of a document: a PNG as it is, or an SVG with everything taken out that acts.

An SVG is a program as much as a picture. What is kept of it is shapes, text and paint from a list of
names; scripts, styles from elsewhere, embedded pages and anything that leads out of the file are left
out (SVG 1.1, second edition).
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import Any, Final

from lxml import etree

from usance.formats.errors import FormatError
from usance.rules.invoicing.profiles import Logo

LARGEST_LOGO: Final = 256 * 1024
"""Bytes. A logo is in every document: ten thousand invoices carry it ten thousand times."""
MOST_PIXELS: Final = 4_000
"""The longest side of a PNG. At 300 dots to the inch this is wider than any page."""
MOST_ELEMENTS: Final = 5_000
DEEPEST: Final = 32

PNG: Final = "image/png"
SVG: Final = "image/svg+xml"

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_SVG: Final = "{http://www.w3.org/2000/svg}"
# lxml's own name for a default namespace is None, which its annotations leave out.
_NAMESPACE: Final[Any] = {None: _SVG[1:-1]}
_XLINK: Final = "{http://www.w3.org/1999/xlink}href"

_ELEMENTS: Final = frozenset(
    (
        "svg", "g", "defs", "symbol", "use", "title", "desc", "path", "rect", "circle", "ellipse",
        "line", "polyline", "polygon", "text", "tspan", "linearGradient", "radialGradient", "stop",
        "clipPath", "mask", "pattern",
    )
)  # fmt: skip
_ATTRIBUTES: Final = frozenset(
    (
        "id", "class", "version", "viewBox", "preserveAspectRatio", "width", "height", "x", "y", "x1",
        "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "dx", "dy", "d", "points",
        "pathLength", "transform", "offset", "gradientUnits", "gradientTransform", "spreadMethod",
        "patternUnits", "patternContentUnits", "patternTransform", "clipPathUnits", "maskUnits",
        "maskContentUnits", "rotate", "textLength", "lengthAdjust", "fill", "fill-opacity",
        "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin",
        "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "opacity", "color", "display",
        "visibility", "clip-path", "clip-rule", "mask", "stop-color", "stop-opacity", "font-family",
        "font-size", "font-style", "font-weight", "text-anchor", "letter-spacing", "word-spacing",
        "dominant-baseline", "paint-order",
    )
)  # fmt: skip
_STYLED: Final = _ATTRIBUTES - {"id", "class", "d", "points", "transform"}
_LEADS_OUT: Final = re.compile(
    r"url\(\s*(?!['\"]?#)|javascript:|expression|@import|\\", re.IGNORECASE
)


_REFERS: Final = re.compile(r"url\(\s*['\"]?#([^'\")\s]+)")
_GRADIENTS: Final = frozenset((f"{_SVG}linearGradient", f"{_SVG}radialGradient"))
"""They are painted with, not drawn again for each shape."""


def read_logo(content: bytes) -> Logo:
    """The picture in ``content``. Raises FormatError where it is neither PNG nor SVG, or too large."""
    if len(content) > LARGEST_LOGO:
        raise FormatError(
            f"The picture has {len(content)} bytes; a logo may have {LARGEST_LOGO}. Save it smaller,"
            " or as SVG.",
            code="too_large",
        )
    if content.startswith(_SIGNATURE):
        _require_png(content)
        return Logo(content, PNG)
    if b"<svg" in content[:4096] or content.lstrip().startswith((b"<", b"\xef\xbb\xbf<")):
        return Logo(_cleaned(content), SVG)
    raise FormatError(
        "The picture is neither PNG nor SVG. Save it as one of them.", code="not_a_logo"
    )


def _require_png(content: bytes) -> None:
    """Walk the chunks (PNG, third edition, section 5.3): whole, unharmed, and of a possible size."""
    place, kinds = len(_SIGNATURE), []
    while place + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        end = place + 12 + length
        if end > len(content):
            break
        body = content[place + 4 : end - 4]
        (checksum,) = struct.unpack_from(">I", content, end - 4)
        if zlib.crc32(body) != checksum:
            break
        kinds.append(body[:4])
        if len(kinds) == 1:
            _require_size(body)
        place = end
        if kinds[-1] == b"IEND":
            break
    if kinds[:1] != [b"IHDR"] or b"IDAT" not in kinds or kinds[-1] != b"IEND":
        raise FormatError("The PNG is damaged. Save it again.", code="damaged_logo")


def _require_size(header: bytes) -> None:
    if header[:4] != b"IHDR" or len(header) != 17:
        raise FormatError(
            "The PNG does not begin with its size. Save it again.", code="damaged_logo"
        )
    width, height = struct.unpack_from(">II", header, 4)
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise FormatError(
            f"The picture is {width} by {height} pixels; at most {MOST_PIXELS} by {MOST_PIXELS} are"
            " taken. Make it smaller.",
            code="too_large",
        )


def _cleaned(content: bytes) -> bytes:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise FormatError(
            "The SVG is not well-formed. Save it again as plain SVG.",
            code="damaged_logo",
            line=error.lineno,
        ) from None
    if root.tag != f"{_SVG}svg":
        raise FormatError("The file is XML, but not an SVG picture.", code="not_a_logo")
    if root.getroottree().docinfo.internalDTD is not None and b"<!ENTITY" in content:
        raise FormatError(
            "The SVG declares entities. Save it again as plain SVG.", code="damaged_logo"
        )
    elements = list(root.iter())
    if len(elements) > MOST_ELEMENTS or any(map(_is_too_deep, elements)):
        raise FormatError("The SVG is too intricate for a logo. Simplify it.", code="too_large")
    if any(element.tag == f"{_SVG}style" for element in elements):
        raise FormatError(
            "The SVG has a style sheet inside. Save it with presentation attributes instead: a program"
            " that draws calls this styling or CSS properties.",
            code="style_sheet",
        )
    made = _copy(root)
    if _drawn(made) > MOST_ELEMENTS:
        raise FormatError(
            "The SVG draws its parts too many times, by use elements. Simplify it.",
            code="too_large",
        )
    if made.get("viewBox") is None and (made.get("width") is None or made.get("height") is None):
        raise FormatError(
            "The SVG does not say its size. Give it a viewBox, or width and height.",
            code="damaged_logo",
        )
    return etree.tostring(made, encoding="utf-8")


def _drawn(root: etree._Element) -> int:
    """The elements that are drawn when each ``use`` is what it refers to, as a renderer multiplies them
    (SVG 1.1, section 5.6); more than any logo may have where they refer to themselves."""
    by_id: dict[str, etree._Element] = {}
    for element in root.iter():
        by_id.setdefault(element.get("id", ""), element)
    counts: dict[etree._Element, int] = {}
    under_way: set[etree._Element] = set()

    def count(element: etree._Element) -> int:
        if element in counts:
            return counts[element]
        if element in under_way or len(under_way) > 4 * DEEPEST:
            return MOST_ELEMENTS + 1
        under_way.add(element)
        found = 1 + sum(count(child) for child in element)
        for name, value in element.attrib.items():
            if name == "href":
                referred = str(value).removeprefix("#")
            elif refers := _REFERS.search(str(value)):
                referred = refers.group(1)
            else:
                continue
            to = by_id.get(referred)
            if to is not None and to.tag not in _GRADIENTS:
                found += count(to)
        under_way.discard(element)
        counts[element] = min(found, MOST_ELEMENTS + 1)
        return counts[element]

    return count(root)


def _is_too_deep(element: etree._Element) -> bool:
    return sum(1 for _ in element.iterancestors()) > DEEPEST


def _copy(element: etree._Element) -> etree._Element:
    """``element`` with what is on the lists, and nothing else."""
    outermost = element.getparent() is None
    made = etree.Element(element.tag, nsmap=_NAMESPACE if outermost else None)
    for name, value in element.attrib.items():
        text = str(value)
        if str(name) == "style":
            for kept, words in _styles(text):
                made.set(kept, words)
        elif str(name) in (_XLINK, "href"):
            if re.fullmatch(r"#[\w.-]+", text):
                made.set("href", text)
        elif str(name) in _ATTRIBUTES and not _LEADS_OUT.search(text):
            made.set(str(name), text)
    made.text = element.text
    for child in element:
        if isinstance(child.tag, str) and child.tag.removeprefix(_SVG) in _ELEMENTS:
            copied = _copy(child)
            copied.tail = child.tail
            made.append(copied)
    return made


def _styles(text: str) -> list[tuple[str, str]]:
    """The declarations of a style attribute that can be attributes of their own."""
    found = []
    for declaration in text.split(";"):
        name, _, words = declaration.partition(":")
        if name.strip() in _STYLED and words.strip() and not _LEADS_OUT.search(words):
            found.append((name.strip(), words.strip()))
    return found
