"""X12 997 (functional acknowledgement): what is answered to the sender of an interchange.

It says that the groups came and could be read, not that anything is agreed to. Source: ANSI ASC X12 997,
version 004010.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from usance.formats.errors import FormatError
from usance.formats.x12.interchange import Group, Interchange, Segment

_ACCEPTED: Final = "A"
_WITH_ERRORS: Final = "E"
_LARGEST_NUMBER: Final = 999_999_999


def acknowledge(interchange: Interchange, *, number: int, at: datetime) -> bytes:
    """The 997 that answers ``interchange``, with its parties the other way round.

    ``number`` is the control number of the answer (1 to 999,999,999), ``at`` when it is written. A
    set whose stated number of segments or control number is wrong was taken, with errors noted.
    Raises FormatError ``invalid_control_number``.
    """
    if not 1 <= number <= _LARGEST_NUMBER:
        raise FormatError(
            f"{number} is no control number; use 1 to {_LARGEST_NUMBER}.",
            code="invalid_control_number",
        )
    element, component, terminator = interchange.separators
    came = interchange.header
    usage = came.get(15) if came.get(15) in ("P", "T") else "P"
    isa: tuple[str, ...] = (
        *("ISA", "00", " " * 10, "00", " " * 10),
        *(came.get(7)[:2].rjust(2), _fixed(came.get(8)), came.get(5)[:2].rjust(2)),
        *(_fixed(came.get(6)), f"{at:%y%m%d}", f"{at:%H%M}", "U", "00401", f"{number:09d}", "0"),
        *(usage, component),
    )
    rows: list[tuple[str, ...]] = [isa]
    for ordinal, group in enumerate(interchange.groups, 1):
        rows += _group(group, number=number, ordinal=ordinal, at=at)
    rows.append(("IEA", str(len(interchange.groups)), f"{number:09d}"))
    text = "".join(element.join(row) + terminator for row in rows)
    return text.encode("ascii", "replace")


def _group(group: Group, *, number: int, ordinal: int, at: datetime) -> list[tuple[str, ...]]:
    header = group.header
    answers = _answers(group)
    bad = sum(1 for _, code in answers if code != _ACCEPTED)
    overall = _WITH_ERRORS if bad else _ACCEPTED
    count = str(len(group.sets))
    body: list[tuple[str, ...]] = [("AK1", header.get(1), header.get(6))]
    for segment, code in answers:
        body.append(("AK2", segment.get(1), segment.get(2)))
        body.append(("AK5", code))
    stated = group.stated_count if group.stated_count.isdigit() else count
    body.append(("AK9", overall, stated, count, count))
    control, own = f"{ordinal:04d}", f"{number}{ordinal}"[-9:]
    opening: list[tuple[str, ...]] = [
        (
            "GS",
            "FA",
            header.get(3),
            header.get(2),
            f"{at:%Y%m%d}",
            f"{at:%H%M}",
            own,
            "X",
            "004010",
        ),
        ("ST", "997", control),
    ]
    closing: list[tuple[str, ...]] = [
        ("SE", str(len(body) + 2), control),
        ("GE", "1", own),
    ]
    return opening + body + closing


def _answers(group: Group) -> list[tuple[Segment, str]]:
    found = []
    for one in group.sets:
        right = one.stated_count.lstrip("0") == str(one.count) and (
            one.control_number == one.closing_number
        )
        header = Segment("ST", (one.kind, one.control_number), one.first)
        found.append((header, _ACCEPTED if right else _WITH_ERRORS))
    return found


def _fixed(text: str) -> str:
    return text[:15].ljust(15)
