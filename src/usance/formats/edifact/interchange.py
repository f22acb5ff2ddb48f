"""An EDIFACT interchange taken apart into messages, segments, elements and components.

Source: ISO 9735 (UN/EDIFACT application level syntax rules), versions 1 to 4: service string advice UNA, and
levels A and B of characters. Repetitions of version 4 are read as one text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from usance.formats.bank_text import decode
from usance.formats.errors import FormatError, refuse_too_large

MOST_SEGMENTS: Final = 1_000_000
_TAG: Final = re.compile(r"[A-Z]{3}")
_USUAL: Final = ":+.? '"


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its tag, its elements as components, and its number from 1 (UNA not counted)."""

    tag: str
    elements: tuple[tuple[str, ...], ...]
    number: int

    def get(self, element: int, component: int = 1) -> str:
        """A component, both counted from 1; empty if it is not there."""
        if element > len(self.elements) or component > len(self.elements[element - 1]):
            return ""
        return self.elements[element - 1][component - 1]

    def place(self, element: int, component: int = 1) -> str:
        """Where a component is, such as ``segment 4/MOA01.2``."""
        return f"segment {self.number}/{self.tag}{element:02d}.{component}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """UNH to UNT. ``stated_count`` is what UNT says of its segments."""

    kind: str
    release: str
    """Such as ``D.96A``."""
    number: str
    segments: tuple[Segment, ...]
    stated_count: str
    closing_number: str
    first: int
    decimal_mark: str

    @property
    def count(self) -> int:
        """Segments with UNH and UNT."""
        return len(self.segments) + 2


def looks_like(data: bytes) -> bool:
    """Whether ``data`` begins as an EDIFACT interchange."""
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return re.match(rb"UNA.{6}\s{0,8}UN[BH]|UNB[^A-Za-z0-9\s]|UNH[^A-Za-z0-9\s]", start) is not None


def read(data: bytes) -> tuple[Message, ...]:
    """The messages of an interchange.

    Raises FormatError: ``not_edifact``, ``truncated``, ``invalid_segment``, ``invalid_envelope``,
    ``too_many_segments``, and what decoding raises.
    """
    refuse_too_large(data)
    text = decode(data).text.lstrip("\ufeff \t\r\n")
    signs = _USUAL
    if text.startswith("UNA") and len(text) >= 9:
        signs, text = text[3:9], text[9:]
    if not text.lstrip().startswith(("UNB", "UNH")) or len(set(signs) - {" "}) < 4:
        raise FormatError(
            "This is no EDIFACT interchange, which begins with UNA or UNB; ask the sender for the file"
            " as it left its system.",
            code="not_edifact",
            line=1,
        )
    return _messages(_segments(text, signs), decimal_mark=signs[2])


def _segments(text: str, signs: str) -> list[Segment]:
    component, element, release, terminator = signs[0], signs[1], signs[3], signs[5]
    if text.count(terminator) > MOST_SEGMENTS:
        raise FormatError(
            f"The file has more than {MOST_SEGMENTS} segments; ask the sender to split it.",
            code="too_many_segments",
        )
    found: list[Segment] = []
    for piece in _split(text, terminator, release):
        raw = piece.replace("\r", "").replace("\n", "").strip()
        if not raw:
            continue
        number = len(found) + 1
        cells = _split(raw, element, release)
        tag = _split(cells[0], component, release)[0].strip()
        if not _TAG.fullmatch(tag):
            raise FormatError(
                f"{tag[:10]!r} begins no segment; the file may have been cut off or its separators"
                " changed. Ask the sender for it again.",
                code="invalid_segment",
                path=f"segment {number}",
            )
        elements = tuple(
            tuple(_plain(part, release) for part in _split(cell, component, release))
            for cell in cells[1:]
        )
        found.append(Segment(tag, elements, number))
    return found


def _split(text: str, separator: str, release: str) -> list[str]:
    """``text`` at every ``separator`` that no release character stands before."""
    pieces = text.split(separator)
    if release == " " or release not in text:
        return pieces
    found: list[str] = []
    open_: list[str] = []
    for piece in pieces:
        open_.append(piece)
        trailing = len(piece) - len(piece.rstrip(release))
        if trailing % 2 == 0:
            found.append(separator.join(open_))
            open_ = []
    if open_:
        found.append(separator.join(open_))
    return found


def _plain(text: str, release: str) -> str:
    if release == " " or release not in text:
        return text.strip()
    return re.sub(re.escape(release) + "(.)", r"\1", text).strip()


def _messages(segments: list[Segment], *, decimal_mark: str) -> tuple[Message, ...]:
    found: list[Message] = []
    opened: Segment | None = None
    start = 0
    for at, segment in enumerate(segments):
        if segment.tag == "UNH":
            if opened is not None:
                raise _misplaced(segment, "UNT")
            opened, start = segment, at + 1
        elif segment.tag == "UNT":
            if opened is None:
                raise _misplaced(segment, "UNH")
            found.append(
                Message(
                    kind=opened.get(2, 1),
                    release=f"{opened.get(2, 2)}.{opened.get(2, 3)}",
                    number=opened.get(1),
                    segments=tuple(segments[start:at]),
                    stated_count=segment.get(1),
                    closing_number=segment.get(2),
                    first=opened.number,
                    decimal_mark=decimal_mark,
                )
            )
            opened = None
        elif segment.tag in ("UNB", "UNZ", "UNG", "UNE"):
            if opened is not None:
                raise _misplaced(segment, "UNT")
        elif opened is None:
            raise _misplaced(segment, "UNH")
    if opened is not None or (segments[0].tag == "UNB" and segments[-1].tag != "UNZ"):
        raise FormatError(
            "The file ends before UNZ; it has been cut off. Ask the sender for it again.",
            code="truncated",
            path=f"segment {len(segments) + 1}",
        )
    return tuple(found)


def _misplaced(segment: Segment, awaited: str) -> FormatError:
    return FormatError(
        f"{segment.tag} stands where {awaited} is due; the file may have been cut off or edited.",
        code="invalid_envelope",
        path=f"segment {segment.number}",
    )
