"""A file of MT940 messages to the fields of each message.

Source: SWIFT Standards, Category 9, MT940 and MT942; the envelope of blocks 1 to 5 as in SWIFT's
FIN format, which most banks leave out or cut down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_TAG: Final = re.compile(
    r":(20|21|25P?|28C?|13D?|34F|60[FM]?|61|62[FM]?|64|65[FM]?|86|90[CD]|NS|94[02]):(.*)"
)
_CONTROLS: Final = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f]")
_MESSAGE_TYPE: Final = re.compile(r"\{2:[IO](94[02])")
_LINES: Final = re.compile(r"\r\n|\n|\r")


@dataclass(slots=True)
class Field:
    """One field: its tag, and its lines as they stand in the file."""

    tag: str
    line: int
    """The line of the file on which it begins, from 1."""
    lines: list[str]

    @property
    def first(self) -> str:
        """The first line without white space at its ends."""
        return self.lines[0].strip()


@dataclass(slots=True)
class Message:
    """The fields of one message, in order."""

    line: int
    type: str | None = None
    """940 or 942, if the envelope tells."""
    fields: list[Field] = field(default_factory=list)
    has_bookings: bool = False
    closed: bool = False
    """Whether the end of the message stands in the file, so that nothing can be cut off."""


def messages_of(text: str) -> Iterator[Message]:
    """The messages of ``text``. What stands outside of any message is passed over.

    A message begins with its envelope, or with ``:20:`` where there is none.
    """
    current: Message | None = None
    announced: str | None = None
    for number, line in enumerate(_LINES.split(_CONTROLS.sub("", text)), 1):
        if line.startswith("{") or (line.startswith("-}") and "{" in line):
            if current is not None:
                current.closed = True
            if match := _MESSAGE_TYPE.search(line):
                announced = match[1]
            # The first field may stand behind the envelope on its line.
            line = line.rpartition("{4:")[2] if "{4:" in line else ""  # noqa: PLW2901
        match = _TAG.match(line)
        if match is None or (current is not None and _is_text(match[1], current)):
            if current is not None:
                _add_line(current, line)
        elif match[1] in ("940", "942"):
            announced = match[1]
        else:
            if current is None or match[1] == "20" or current.closed:
                if current is not None:
                    # What follows shows that nothing of this message was cut off.
                    current.closed = True
                    yield current
                current = Message(line=number, type=announced)
            current.fields.append(Field(match[1], number, [match[2]]))
            current.has_bookings = current.has_bookings or match[1] == "61"
    if current is not None:
        yield current


def _add_line(message: Message, line: str) -> None:
    if message.closed:
        return
    if line.strip() in ("-", "-}"):
        message.closed = True
    elif message.fields:
        message.fields[-1].lines.append(line)


_BEFORE_BOOKINGS: Final = frozenset({"13", "21", "25", "25P", "28", "28C"})


def _is_text(tag: str, message: Message) -> bool:
    """Whether ``tag`` is part of a text: a time of day at a line's beginning, a slip for another tag.

    These fields stand before any booking, so after one they cannot be what they look like.
    """
    return tag in _BEFORE_BOOKINGS and message.has_bookings and not message.closed


def is_mt942(message: Message) -> bool:
    """Whether the message reports on the day so far; its own fields tell where the envelope does not."""
    if message.type is not None:
        return message.type == "942"
    return any(one.tag in ("34F", "13D", "90C", "90D") for one in message.fields)


def joined(lines: list[str], *, width: int = 65) -> str:
    """Lines of text as one: a full line goes on without a space in the next one.

    SWIFT allows 65 characters on a line, and banks break words and numbers there.
    """
    parts: list[str] = []
    for line in lines:
        parts.append(line if len(line) >= width else line + " ")
    return "".join(parts).strip()
