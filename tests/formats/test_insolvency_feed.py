"""Feeds of insolvency notices, as tables and as JSON lines."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from usance.formats import insolvency_feed
from usance.formats.errors import FormatError
from usance.formats.insolvency_feed import Notice
from usance.formats.rows import BadRows

TABLE = (
    "Aktenzeichen;Firma;Registernummer;Land;Gericht;Gegenstand;Datum\n"
    "3601 IN 12/26;Südwind GmbH;HRB 2;DE;Charlottenburg;Eröffnung;02.03.2026\n"
    "3602 IN 13/26;Ostwind KG;;;;Abweisung mangels Masse;27.02.2026\n"
)
SOUTH = Notice(
    line=2,
    source_id="3601 IN 12/26",
    name="Südwind GmbH",
    number="HRB 2",
    country="DE",
    court="Charlottenburg",
    kind="Eröffnung",
    on=date(2026, 3, 2),
)
OBJECT = {
    "id": "3601 IN 12/26",
    "name": "Südwind GmbH",
    "company_number": "HRB 2",
    "country": "de",
    "court": "Charlottenburg",
    "kind": "Eröffnung",
    "published_on": "2026-03-02T08:00:00Z",
    "anything": {"else": 1.5},
}


def lines(*documents: Any) -> bytes:
    return "\n".join(json.dumps(document, ensure_ascii=False) for document in documents).encode()


def refusal(data: bytes) -> FormatError:
    with pytest.raises(FormatError) as caught:
        insolvency_feed.parse(data)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_table(encoding: str) -> None:
    south, east = insolvency_feed.parse(TABLE.encode(encoding))
    assert south == SOUTH
    assert (east.number, east.country, east.court) == (None, None, None)
    assert east.on == date(2026, 2, 27)


def test_json_lines_say_the_same() -> None:
    (notice,) = insolvency_feed.parse(b"\xef\xbb\xbf\n" + lines(OBJECT) + b"\n\n")
    assert notice == SOUTH


def test_a_quiet_day() -> None:
    assert insolvency_feed.parse(b"") == ()
    assert insolvency_feed.parse(b"\r\n \n") == ()
    assert insolvency_feed.parse(b"id;name;kind;date\n") == ()


def test_one_case_may_have_several_notices_of_different_kinds() -> None:
    later = OBJECT | {"kind": "Aufhebung"}
    assert len(insolvency_feed.parse(lines(OBJECT, later))) == 2
    error = refusal(lines(OBJECT, OBJECT))
    assert (error.code, error.line) == ("duplicate", 2)


def test_every_bad_line_is_named_and_none_is_taken() -> None:
    data = b"\n".join(
        (
            lines(OBJECT),
            lines(OBJECT | {"published_on": "02.03.2026"}),
            lines(OBJECT | {"name": ""}),
            lines(OBJECT | {"name": ["X"]}),
            lines(OBJECT | {"country": "Germany"}),
            b'{"id": "1", "na',
            b"[]",
            b'{"id": NaN}',
            lines(OBJECT | {"id": True}),
            lines(OBJECT | {"court": "x" * 30_000}),
        )
    )
    error = refusal(data)
    assert isinstance(error, BadRows)
    assert [(fault.line, fault.code) for fault in error.faults] == [
        (2, "invalid_date"),
        (3, "missing_value"),
        (4, "invalid_value"),
        (5, "invalid_value"),
        (6, "malformed_json"),
        (7, "malformed_json"),
        (8, "malformed_json"),
        (9, "invalid_value"),
        (10, "invalid_value"),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"id;name\n1;X\n", "unknown_table"),
        (b"id;name;kind;date\n1;X;opened\n", "too_few_columns"),
        (b"id;name;kind;date\n1;;opened;2026-03-02\n", "missing_value"),
        (b"id;name;kind;date\n1;X;opened;soon\n", "invalid_date"),
        (b"id;name;kind;date\n1;X;opened;01/02/2026\n", "ambiguous_dates"),
        (b"id;name;kind;date\n1;=1+1;opened;2026-03-02\n", "formula"),
        (b'{"a":' * 100_000, "malformed_json"),
        (b"{" * 100, "malformed_json"),
        (b"\x00" * 10, "not_text"),
    ],
    ids=lambda value: repr(value[:30]),
)
def test_what_is_refused(data: bytes, code: str) -> None:
    assert refusal(data).code == code
