"""An X12 interchange taken apart into groups, transaction sets and segments.

The separators are what the ISA segment has at their places. Files wrapped at a column, indented, with
a byte order mark or with blanks around elements are read as what they mean.
Source: ANSI ASC X12.5 (interchange control structures) and X12.6 (application control structure).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from usance.formats.bank_text import decode
from usance.formats.errors import FormatError, refuse_too_large

MOST_SEGMENTS: Final = 1_000_000
_MOST_ELEMENTS: Final = 200
_TAG: Final = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_FIRST: Final = re.compile(r"\s*([A-Z][A-Z0-9]{1,2})([^A-Za-z0-9\s])")

SETS: Final = {
    "180": "return merchandise",
    "417": "rail waybill",
    "810": "invoice",
    "812": "credit or debit adjustment",
    "820": "payment order or remittance advice",
    "824": "application advice",
    "846": "inventory",
    "850": "purchase order",
    "855": "purchase order acknowledgement",
    "856": "ship notice",
    "860": "purchase order change",
    "865": "purchase order change acknowledgement",
    "997": "functional acknowledgement",
    "999": "implementation acknowledgement",
}
"""What transaction sets are for; those that people send by mistake."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its tag, its elements from 01, and its number in the interchange from 1."""

    tag: str
    elements: tuple[str, ...]
    number: int

    def get(self, element: int) -> str:
        """Element ``element``, from 1; empty if it is not there."""
        return self.elements[element - 1] if element <= len(self.elements) else ""

    def place(self, element: int) -> str:
        """Where an element is, such as ``segment 4/BPR02``."""
        return f"segment {self.number}/{self.tag}{element:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionSet:
    """ST to SE: what it is, its control number and the segments between."""

    kind: str
    control_number: str
    segments: tuple[Segment, ...]
    stated_count: str = ""
    closing_number: str = ""
    first: int = 1
    """Number of the ST segment."""

    @property
    def count(self) -> int:
        """Segments with ST and SE, as SE01 should state them."""
        return len(self.segments) + 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """GS to GE."""

    header: Segment
    sets: tuple[TransactionSet, ...]
    stated_count: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interchange:
    """ISA to IEA."""

    header: Segment
    groups: tuple[Group, ...]
    separators: tuple[str, str, str] = ("*", ">", "~")
    """Between elements, within an element, after a segment."""
    encoding: str = ""
    """What had to be assumed to read it; empty if nothing."""

    @property
    def sets(self) -> tuple[TransactionSet, ...]:
        """The transaction sets of all groups."""
        return tuple(one for group in self.groups for one in group.sets)


def read(data: bytes) -> Interchange:
    """The first interchange of ``data``, of whichever transaction sets.

    Raises FormatError: ``not_x12``, ``invalid_envelope``, ``truncated``, ``too_many_segments``,
    ``invalid_segment``, and what decoding raises.
    """
    refuse_too_large(data)
    decoded = decode(data)
    text = decoded.text.lstrip("\ufeff \t\r\n")
    element, component, terminator, start = _separators(text)
    segments = _segments(text[start:], element=element, terminator=terminator, after=1)
    header = Segment("ISA", tuple(e.strip() for e in text[:start].split(element)[1:17]), 1)
    encoding = str(decoded.notices[0].data.get("encoding", "")) if decoded.notices else ""
    return Interchange(
        header=header,
        groups=_Envelopes(segments).groups(),
        separators=(element, component, terminator),
        encoding=encoding,
    )


def fragment(text: str) -> list[Segment]:
    """The segments of a text that may lack its envelope, as addenda of a payment carry it.

    Envelope segments are left out. Raises FormatError ``not_x12``, ``too_many_segments`` or
    ``invalid_segment``.
    """
    text = text.lstrip("\ufeff \t\r\n")
    match = _FIRST.match(text)
    if match is None:
        raise _not_x12()
    element, start = match[2], 0
    if match[1] == "ISA" and text.count(element) >= 16:
        element, _, terminator, start = _separators(text)
    else:
        terminator = next((c for c in "\\~^\n" if c != element and c in text), "~")
    segments = _segments(text[start:], element=element, terminator=terminator, after=0)
    return [each for each in segments if each.tag not in ("GS", "ST", "SE", "GE", "IEA")]


def _separators(text: str) -> tuple[str, str, str, int]:
    """Between elements, within one, after a segment; and where the second segment begins.

    By counting to the sixteenth element, not to column 105: some senders do not pad ISA.
    """
    if not text.startswith("ISA") or len(text) < 4 or text[3].isalnum() or text[3].isspace():
        raise _not_x12()
    element = text[3]
    at = -1
    for _ in range(16):
        at = text.find(element, at + 1)
        if at < 0 or at > 400:
            raise FormatError(
                "The ISA segment has fewer than 16 elements; the file may have been cut off.",
                code="invalid_envelope",
                line=1,
            )
    component, terminator = text[at + 1 : at + 2], text[at + 2 : at + 3]
    if terminator == "\r":
        terminator = "\n"
    if not terminator or terminator.isalnum() or terminator in (" ", element, component):
        raise FormatError(
            "The ISA segment does not end with a separator of its own; ask the sender for the file as"
            " it left its system.",
            code="invalid_envelope",
            line=1,
        )
    return element, component, terminator, at + 3


def _segments(text: str, *, element: str, terminator: str, after: int) -> list[Segment]:
    if text.count(terminator) > MOST_SEGMENTS:
        raise FormatError(
            f"The file has more than {MOST_SEGMENTS} segments; ask the sender to split it.",
            code="too_many_segments",
        )
    if terminator != "\n":
        # Line ends mean nothing where segments end with a sign, wherever a file is wrapped.
        text = text.replace("\r", "").replace("\n", "")
    found: list[Segment] = []
    for raw in text.split(terminator):
        cells = raw.split(element)
        tag = cells[0].strip()
        if not tag and len(cells) == 1:
            continue
        number = after + len(found) + 1
        if not _TAG.fullmatch(tag) or len(cells) > _MOST_ELEMENTS:
            raise FormatError(
                f"{tag[:10]!r} begins no segment; the file may have been cut off or its separators"
                " changed. Ask the sender for it again.",
                code="invalid_segment",
                path=f"segment {number}",
            )
        found.append(Segment(tag, tuple(cell.strip() for cell in cells[1:]), number))
    return found


class _Envelopes:
    """The segments of an interchange put into their groups and sets."""

    def __init__(self, segments: list[Segment]) -> None:
        self._segments = segments
        self._at = 0

    def groups(self) -> tuple[Group, ...]:
        found: list[Group] = []
        while True:
            segment = self._next("IEA")
            if segment.tag == "IEA":
                return tuple(found)
            if segment.tag == "TA1":
                continue
            if segment.tag != "GS":
                raise self._misplaced(segment, "GS")
            found.append(self._group(segment))

    def _group(self, header: Segment) -> Group:
        sets: list[TransactionSet] = []
        while True:
            segment = self._next("GE")
            if segment.tag == "GE":
                return Group(header=header, sets=tuple(sets), stated_count=segment.get(1))
            if segment.tag != "ST":
                raise self._misplaced(segment, "ST")
            sets.append(self._set(segment))

    def _set(self, header: Segment) -> TransactionSet:
        start = self._at
        while True:
            segment = self._next("SE")
            if segment.tag == "SE":
                return TransactionSet(
                    kind=header.get(1),
                    control_number=header.get(2),
                    segments=tuple(self._segments[start : self._at - 1]),
                    stated_count=segment.get(1),
                    closing_number=segment.get(2),
                    first=header.number,
                )
            if segment.tag in ("ISA", "GS", "ST", "GE", "IEA"):
                raise self._misplaced(segment, "SE")

    def _next(self, awaited: str) -> Segment:
        if self._at >= len(self._segments):
            raise FormatError(
                f"The file ends before {awaited}; it has been cut off. Ask the sender for it again.",
                code="truncated",
                path=f"segment {len(self._segments) + 1}",
            )
        self._at += 1
        return self._segments[self._at - 1]

    def _misplaced(self, segment: Segment, awaited: str) -> FormatError:
        return FormatError(
            f"{segment.tag} stands where {awaited} is due; the file may have been cut off or edited.",
            code="invalid_envelope",
            path=f"segment {segment.number}",
        )


def _not_x12() -> FormatError:
    return FormatError(
        "This is no X12 interchange, which begins with ISA; ask the sender for the file as it left"
        " its system.",
        code="not_x12",
        line=1,
    )
