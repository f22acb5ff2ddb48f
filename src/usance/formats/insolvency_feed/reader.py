"""A feed of insolvency notices to one record each. There is no standard for such feeds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NoReturn

from usance.formats.bank_csv import dates
from usance.formats.bank_csv.table import decode
from usance.formats.bank_csv.vocabulary import plain
from usance.formats.errors import FormatError, refuse_too_large
from usance.formats.rows import LONGEST_CELL, MOST_FAULTS, Row, bad_rows, read_table, whole

_NAMES: Final = {
    "source_id": ("source id", "notice id", "id", "aktenzeichen", "case number", "reference"),
    "name": ("name", "company name", "company", "debtor", "firma", "denominazione", "ragione sociale"),
    "number": (
        "number", "company number", "registration number", "registernummer", "codice fiscale", "siren",
    ),
    "country": ("country", "country code", "land", "paese", "pays"),
    "court": ("court", "gericht", "tribunale", "tribunal"),
    "kind": ("kind", "notice type", "type", "procedure", "procedura", "art", "gegenstand"),
    "on": ("date", "on", "published on", "publication date", "datum", "data"),
}  # fmt: skip
_REQUIRED: Final = frozenset({"source_id", "name", "kind", "on"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice: who, where, what happened, and when it was published.

    ``kind`` is in the words of the source. ``source_id`` tells one notice from another within it.
    """

    line: int
    source_id: str
    name: str
    number: str | None
    country: str | None
    court: str | None
    kind: str
    on: date


def parse(data: bytes) -> tuple[Notice, ...]:
    """Read a feed, JSON lines if it begins with a brace, else a table. An empty feed has no notices.

    Raises FormatError ``too_large``, ``wrong_encoding``, ``not_text``, ``unknown_table``,
    ``malformed_csv``, ``too_few_columns``, ``too_many_columns``, ``too_long``, or BadRows with
    ``malformed_json``, ``missing_value``, ``invalid_value``, ``invalid_date``, ``formula`` or
    ``duplicate``.
    """
    refuse_too_large(data)
    text = decode(data)
    if text.lstrip().startswith("{"):
        notices = _from_json(text)
    elif text.strip():
        notices = _from_table(data)
    else:
        notices = ()
    _refuse_duplicates(notices)
    return notices


def _from_table(data: bytes) -> tuple[Notice, ...]:
    rows = read_table(data, names=_NAMES, required=_REQUIRED)
    order = dates.decide_order(
        (text, row.place("on")) for row in rows if (text := row.text("on", longest=60))
    )

    def make(row: Row) -> Notice:
        return Notice(
            line=row.line,
            source_id=row.required("source_id"),
            name=row.required("name"),
            number=row.text("number", longest=60),
            country=_country(row.text("country", longest=60), line=row.line),
            court=row.text("court"),
            kind=row.required("kind"),
            on=dates.to_date((row.required("on"), row.place("on")), order=order),
        )

    return whole(rows, make=make)


def _from_json(text: str) -> tuple[Notice, ...]:
    notices, faults = [], []
    for line, written in _lines(text):
        try:
            notices.append(_notice(written, line=line))
        except FormatError as fault:
            faults.append(fault)
            if len(faults) >= MOST_FAULTS:
                break
    if faults:
        raise bad_rows(faults)
    return tuple(notices)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for line, written in enumerate(text.split("\n"), 1):
        if written.strip():
            yield line, written


def _notice(written: str, *, line: int) -> Notice:
    try:
        members = json.loads(written, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        column = getattr(error, "colno", None)
        raise FormatError(
            "The line is not JSON; the file may have been cut off.",
            code="malformed_json",
            line=line,
            column=column,
        ) from None
    if not isinstance(members, dict):
        raise FormatError("The line is not a JSON object.", code="malformed_json", line=line)
    found = {plain(name[:200].replace("_", " ")): value for name, value in members.items()}

    def text(name: str, *, required: bool = False) -> str:
        value = next((found[known] for known in _NAMES[name] if found.get(known) is not None), "")
        if isinstance(value, bool | dict | list | float) or len(str(value)) > LONGEST_CELL:
            raise FormatError(
                f"{_NAMES[name][0]}: the value is not a text.",
                code="invalid_value",
                line=line,
                path=name,
            )
        shown = " ".join(str(value).split())
        if required and not shown:
            raise FormatError(
                f"{_NAMES[name][0]}: the value is missing; fill it.",
                code="missing_value",
                line=line,
                path=name,
            )
        return shown

    return Notice(
        line=line,
        source_id=text("source_id", required=True),
        name=text("name", required=True),
        number=text("number") or None,
        country=_country(text("country") or None, line=line),
        court=text("court") or None,
        kind=text("kind", required=True),
        on=_iso_day(text("on", required=True), line=line),
    )


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _iso_day(text: str, *, line: int) -> date:
    # JSON is written by programs, which write dates by ISO 8601.
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T.*)?", text, re.ASCII):
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            pass
    raise FormatError(
        f"{text[:40]!r} is not a date such as 2026-04-30.",
        code="invalid_date",
        line=line,
        path="on",
    )


def _country(text: str | None, *, line: int) -> str | None:
    if text is None:
        return None
    if not re.fullmatch(r"[A-Za-z]{2}", text):
        raise FormatError(
            f"country: {text[:40]!r} is not a country code of two letters, such as IT.",
            code="invalid_value",
            line=line,
            path="country",
        )
    return text.upper()


def _refuse_duplicates(notices: tuple[Notice, ...]) -> None:
    first: dict[tuple[str, Any], int] = {}
    faults = []
    for notice in notices:
        line = first.setdefault((notice.source_id, notice.kind), notice.line)
        if line != notice.line:
            faults.append(
                FormatError(
                    f"Notice {notice.source_id[:40]!r} was already on line {line}; keep one.",
                    code="duplicate",
                    line=notice.line,
                )
            )
    if faults:
        raise bad_rows(faults[:MOST_FAULTS])
