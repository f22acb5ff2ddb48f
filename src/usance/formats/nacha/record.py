"""Records of a file as they come, and the values in them; what cannot be read is a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Final

from usance.formats.errors import FormatError
from usance.formats.nacha.layout import BLOCKING, RECORD_LENGTH, Layout
from usance.formats.nacha.model import Fault

MOST_FAULTS: Final = 1_000
"""Faults that are told; who has so many has sent something else."""
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_HEADER: Final = re.compile(r"1[0-9]{2}.{29,33}094")
_BATCH: Final = re.compile(r"5(?:200|220|225|280)")
_LINES_BEFORE: Final = 10
"""Lines of a carrier that may come before the first record."""


class Faults:
    """What has been found wrong so far."""

    def __init__(self) -> None:
        self._found: list[Fault] = []
        self._more = 0

    def add(
        self,
        code: str,
        *,
        line: int,
        message: str,
        field: str | None = None,
        serious: bool = True,
    ) -> None:
        """Keep one more fault, up to MOST_FAULTS."""
        if len(self._found) >= MOST_FAULTS:
            self._more += 1
            return
        self._found.append(
            Fault(code=code, line=line, field=field, message=message, serious=serious)
        )

    def all(self) -> tuple[Fault, ...]:
        """The faults in the order of the file's lines; the last says how many are not told."""
        found = sorted(self._found, key=lambda fault: fault.line)
        if self._more:
            last = found[-1].line
            said = f"There are {self._more} more faults; this may be no ACH file at all."
            found.append(Fault(code="more_faults", line=last, message=said))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Line:
    """One record, of 94 characters, and its number in the file."""

    number: int
    text: str


class Record:
    """A line read by a layout."""

    __slots__ = ("_faults", "layout", "line", "text")

    def __init__(self, line: Line, layout: Layout, faults: Faults) -> None:
        self.line = line.number
        self.text = line.text
        self.layout = layout
        self._faults = faults

    def value(self, field: str) -> str:
        """The text of ``field`` without blanks around it; of a part of a text, before it they stay."""
        raw = self.layout.raw(self.text, field)
        return raw.rstrip() if self.layout.places[field].kind == "p" else raw.strip()

    def number(self, field: str, *, serious: bool = True) -> int:
        """The number in ``field``; 0, and a fault, where there is none."""
        text = self.value(field)
        if text.isascii() and text.isdigit():
            return int(text)
        self.wrong(field, f"{text!r} is not a number of digits.", serious=serious)
        return 0

    def digits(self, field: str, *, serious: bool = True) -> str:
        """The text of ``field``, with a fault where any of it is no digit."""
        raw = self.layout.raw(self.text, field)
        if not (raw.isascii() and raw.isdigit()):
            self.wrong(field, f"{raw!r} has other characters than digits.", serious=serious)
        return raw.strip()

    def day(self, field: str, *, serious: bool = False) -> date | None:
        """The date YYMMDD in ``field``; None where it is blank or nought."""
        text = self.value(field)
        if not text.strip("0 "):
            return None
        found = day_of(text)
        if found is None:
            self.wrong(field, f"{text!r} is not a date YYMMDD.", serious=serious)
        return found

    def day_of_year(self, field: str) -> int | None:
        """The day 1 to 366 in ``field``; None where it is blank or nought."""
        text = self.value(field)
        if not text.strip("0"):
            return None
        if text.isascii() and text.isdigit() and 1 <= int(text) <= 366:
            return int(text)
        self.wrong(field, f"{text!r} is not a day of a year, 001 to 366.", serious=False)
        return None

    def hour(self, field: str) -> time | None:
        """The time HHMM in ``field``; None where it is blank."""
        text = self.value(field)
        if not text:
            return None
        if re.fullmatch(r"(?:[01][0-9]|2[0-3])[0-5][0-9]", text):
            return time(int(text[:2]), int(text[2:]))
        self.wrong(field, f"{text!r} is not a time HHMM.", serious=False)
        return None

    def wrong(
        self, field: str, message: str, *, code: str = "invalid_field", serious: bool = True
    ) -> None:
        """Note a fault of ``field``."""
        self._faults.add(
            code,
            line=self.line,
            field=f"{self.layout.name}.{field}",
            message=message,
            serious=serious,
        )


def day_of(text: str) -> date | None:
    """The date that six digits YYMMDD name, of this century; None if they name none."""
    if not re.fullmatch(r"[0-9]{6}", text):
        return None
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        return None


def lines_of(data: bytes, faults: Faults) -> Iterator[Line]:
    """The records of ``data``, from the first that is one; faults of lines are noted.

    Raises FormatError ``empty_file`` or ``not_nacha``.
    """
    text = _decoded(data)
    pieces = _LINE_END.split(text)
    if len(pieces) == 1 or not any(each.strip() for each in pieces[1:]):
        whole = pieces[0]
        pieces = [whole[at : at + RECORD_LENGTH] for at in range(0, len(whole), RECORD_LENGTH)]
    numbered = ((number, piece) for number, piece in enumerate(pieces, 1) if piece.strip())
    count = 0
    begun = False
    for number, piece in numbered:
        if not begun and not _begins(piece):
            count += 1
            if count > _LINES_BEFORE:
                break
            continue
        if not begun and count:
            faults.add(
                "text_before_file",
                line=number,
                message=f"{count} lines before the first record were passed over.",
                serious=False,
            )
        begun = True
        for part in _records(piece, number, faults):
            if not (part.isascii() and part.isprintable()):
                _note_characters(part, number, faults)
            yield Line(number, part)
    if not begun:
        raise FormatError(
            "This is no NACHA file: no line begins like a file header (101, and 094 in columns 35"
            " to 37) or a batch header (5200, 5220, 5225 or 5280). Ask for the file as the bank has it.",
            code="not_nacha" if text.strip() else "empty_file",
            line=1,
        )


def _begins(piece: str) -> bool:
    return _HEADER.match(piece) is not None or _BATCH.match(piece) is not None


def _records(piece: str, number: int, faults: Faults) -> Iterator[str]:
    """The records of one line: one, or several where line ends are missing."""
    kept = piece.rstrip()
    if len(kept) > RECORD_LENGTH and len(piece) % RECORD_LENGTH == 0:
        for at in range(0, len(piece), RECORD_LENGTH):
            yield piece[at : at + RECORD_LENGTH]
        return
    if len(kept) > RECORD_LENGTH:
        faults.add(
            "line_too_long",
            line=number,
            message=f"The line has {len(kept)} characters; a record has {RECORD_LENGTH}. The rest"
            " was passed over.",
        )
    elif len(piece) != RECORD_LENGTH:
        faults.add(
            "line_too_short" if len(piece) < RECORD_LENGTH else "line_too_long",
            line=number,
            message=f"The line has {len(piece)} characters; a record has {RECORD_LENGTH}.",
            serious=False,
        )
    yield kept[:RECORD_LENGTH].ljust(RECORD_LENGTH)


def _note_characters(record: str, number: int, faults: Faults) -> None:
    columns = [at for at, c in enumerate(record, 1) if not (c.isascii() and c.isprintable())]
    faults.add(
        "invalid_character",
        line=number,
        message=f"Column {columns[0]} has a character that ACH does not carry"
        + (f", as have {len(columns) - 1} more." if len(columns) > 1 else "."),
        serious=False,
    )


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    return data.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def blocks_of(records: int) -> int:
    """How many blocks of ten hold ``records``."""
    return -(-records // BLOCKING)
