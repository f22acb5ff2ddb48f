"""A BAI2 file to its records: continued lines put together, fields taken apart.

Source: Cash Management Balance Reporting Specifications, version 2 (Bank Administration Institute).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from usance.formats.errors import FormatError

_RECORD: Final = re.compile(r"(01|02|03|16|49|88|98|99)(?:,|(?<=88):|/\s*$|$)")
# Some banks write several records on a line, with spaces between.
_BETWEEN: Final = re.compile(r"/[ \t]+(?=(?:01|02|03|16|49|88|98|99),)")
_LINES: Final = re.compile(r"\r\n|\n|\r")


@dataclass(slots=True)
class Record:
    """One record with its continuations (88)."""

    code: str
    line: int
    """The line of the file on which it begins, from 1."""
    fields: list[str]
    """What stands between the commas, without the code."""
    texts: list[str] = field(default_factory=list)
    """The lines of text of a transaction (16)."""
    physical: int = 1
    """How many records of the file it takes, as the trailers count them."""


def records_of(text: str) -> Iterator[Record]:
    """The records of ``text``. Raises FormatError ``invalid_record``."""
    current: Record | None = None
    for number, line in enumerate(_LINES.split(text), 1):
        if not line.strip() or line.strip() == "\x1a":
            continue
        for piece in _BETWEEN.split(line):
            record = piece.strip()
            match = _RECORD.match(record)
            if match is None:
                # A text that a bank broke in the middle without saying that it goes on.
                if current is None or current.code != "16" or not current.texts:
                    raise FormatError(
                        f"{record[:20]!r} is no BAI2 record; ask the bank for a corrected file.",
                        code="invalid_record",
                        line=number,
                    )
                current.texts[-1] = f"{current.texts[-1]} {_ended(record)}"
            elif match[1] == "88":
                if current is None:
                    raise FormatError(
                        "The file begins with the continuation of a record; ask for the whole file.",
                        code="invalid_record",
                        line=number,
                    )
                current.physical += 1
                _continue(current, record[3:])
            else:
                if current is not None:
                    yield current
                current = _record(match[1], record[3:], line=number)
    if current is not None:
        yield current


def _ended(content: str) -> str:
    return content.removesuffix("/").rstrip()


def _record(code: str, content: str, *, line: int) -> Record:
    if code != "16":
        return Record(code, line, [part.strip() for part in _ended(content).split(",")])
    record = Record(code, line, [])
    _take(record, content)
    return record


def _continue(record: Record, content: str) -> None:
    if record.code != "16":
        record.fields += [part.strip() for part in _ended(content).split(",")]
    elif record.texts:
        record.texts.append(_ended(content))
    else:
        _take(record, content)


def _take(record: Record, content: str) -> None:
    """Add to the fields of a transaction; what comes behind the last field is text."""
    rest = _ended(content)
    while True:
        if len(record.fields) >= fields_before_text(record.fields, line=record.line):
            record.texts.append(rest)
            return
        value, comma, rest = rest.partition(",")
        record.fields.append(value.strip())
        if not comma:
            return


def fields_before_text(fields: list[str], *, line: int) -> int:
    """How many fields a transaction has before its text: type, amount, funds, two references.

    Raises FormatError ``invalid_record``.
    """
    funds = fields[2].upper() if len(fields) > 2 else ""
    return 5 + funds_fields(funds, fields[3:4], line=line)


def funds_fields(funds: str, following: list[str], *, line: int) -> int:
    """How many fields a type of funds brings: V a date and a time, S three amounts, D pairs of days
    and amounts, as many as ``following`` says first. Raises FormatError ``invalid_record``."""
    match funds:
        case "V":
            return 2
        case "S":
            return 3
        case "D":
            count = following[0] if following else "0"
            if not re.fullmatch(r"[0-9]{0,3}", count):
                raise FormatError(
                    f"{count[:20]!r} is not a number of distributions; ask the bank for a"
                    " corrected file.",
                    code="invalid_record",
                    line=line,
                )
            return 1 + 2 * int(count or 0)
    return 0
