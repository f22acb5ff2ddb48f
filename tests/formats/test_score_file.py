"""Bureaus' tables of scores, in the languages they come in."""

from __future__ import annotations

import pickle
from datetime import date
from decimal import Decimal

import pytest

from usance.formats import score_file
from usance.formats.errors import FormatError
from usance.formats.rows import BadRows
from usance.formats.score_file import Score

ENGLISH = (
    "D-U-N-S Number,Company Name,Country,Failure Score,Delinquency Score,Rating,Credit Limit,"
    "Currency,As of,Bankruptcy Indicator\r\n"
    '12-345-6789,"Brera Trading, Ltd",GB,71,66,3A 2,"12,500.50",GBP,2026-02-28,N\r\n'
    "1234567,Nordwind,de,,,,,,2026-02-28,\r\n"
)
ITALIAN = (
    "Codice fiscale;Ragione sociale;Paese;Punteggio;Classe di rischio;Fido;Divisa;Data;"
    "Procedura concorsuale\n"
    "00743110157;Società Più S.r.l.;IT;71,5;B;12.500,50;EUR;28/02/2026;no\n"
    "01234567890;Acciaierie S.p.A.;IT;3;E;0;EUR;28/02/2026;SI\n"
)


def refusal(data: str | bytes, **more: str) -> FormatError:
    with pytest.raises(FormatError) as caught:
        score_file.parse(data if isinstance(data, bytes) else data.encode(), **more)
    return caught.value


def test_as_dun_and_bradstreet_would_send_it() -> None:
    first, second = score_file.parse(ENGLISH.encode())
    assert first == Score(
        line=2,
        duns="123456789",
        number=None,
        name="Brera Trading, Ltd",
        country="GB",
        score=None,
        failure_score=Decimal(71),
        delinquency_score=Decimal(66),
        rating="3A 2",
        limit=1_250_050,
        currency="GBP",
        as_of=date(2026, 2, 28),
        insolvent=False,
    )
    assert (first.id, second.id) == ("123456789", "001234567")
    assert (second.failure_score, second.limit, second.insolvent) == (None, None, None)
    assert second.country == "DE"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_as_crif_would_send_it(encoding: str) -> None:
    first, second = score_file.parse(ITALIAN.encode(encoding))
    assert (first.name, first.number) == ("Società Più S.r.l.", "00743110157")
    assert (first.score, first.rating) == (Decimal("71.5"), "B")
    assert (first.limit, first.currency) == (1_250_050, "EUR")
    assert (second.limit, second.insolvent) == (0, True)


@pytest.mark.parametrize("delimiter", ["\t", "|", ",", ";"])
def test_separators_and_lines_above_the_headings(delimiter: str) -> None:
    table = f"CRIF export{delimiter * 2}\n\nName|Score|Stand\nNordwind|71|28.02.2026\n".replace(
        "|", delimiter
    )
    (score,) = score_file.parse(table.encode())
    assert (score.name, score.score, score.line) == ("Nordwind", Decimal(71), 4)


def test_leading_zeros_kept_the_way_spreadsheets_do() -> None:
    table = 'Number;Name;Score;Date\n="00743110157";Brera;71;2026-02-28\n'
    assert score_file.parse(table.encode())[0].number == "00743110157"


def test_the_currency_of_a_file_that_states_none() -> None:
    table = "Name;Limit;Date\nNordwind;5000;2026-02-28\n"
    assert refusal(table).code == "unknown_currency"
    (score,) = score_file.parse(table.encode(), currency="JPY")
    assert (score.limit, score.currency) == (5000, "JPY")


def test_every_bad_row_is_named_and_none_is_taken() -> None:
    table = (
        "Name;Country;Score;Credit limit;Currency;Insolvency;Date\n"
        "Good;IT;71;1.000,00;EUR;no;28.02.2026\n"
        "A;Italy;71;1.000,00;EUR;no;28.02.2026\n"
        "B;IT;high;1.000,00;EUR;no;28.02.2026\n"
        "C;IT;71;lots;EUR;no;28.02.2026\n"
        "D;IT;71;1.000,00;XXX;no;28.02.2026\n"
        "E;IT;71;1.000,00;EUR;perhaps;28.02.2026\n"
        "F;IT;71;1.000,00;EUR;no;31.02.2026\n"
        ";IT;71;1.000,00;EUR;no;28.02.2026\n"
        "H;IT;71;-1.000,00;EUR;no;28.02.2026\n"
        "I;IT;71;1.000,00;EUR;no;\n"
        "J;IT;=1+1;1.000,00;EUR;no;28.02.2026\n"
    )
    error = refusal(table)
    assert isinstance(error, BadRows)
    assert [(fault.line, fault.column, fault.code) for fault in error.faults] == [
        (3, 2, "invalid_value"),
        (4, 3, "invalid_value"),
        (5, 4, "invalid_amount"),
        (6, 5, "unknown_currency"),
        (7, 6, "invalid_value"),
        (8, 7, "invalid_date"),
        (9, 1, "missing_value"),
        (10, 4, "invalid_amount"),
        (11, 7, "missing_value"),
        (12, 3, "formula"),
    ]
    assert (error.line, error.column) == (3, 2)
    assert "9 more rows" in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert [str(fault) for fault in again.faults] == [str(fault) for fault in error.faults]


@pytest.mark.parametrize(
    ("table", "code", "line", "column"),
    [
        ("", "unknown_table", None, None),
        ("Name;Score\nNordwind;71\n", "unknown_table", None, None),
        ("Name;Date\nNordwind;2026-02-28\n", "unknown_table", None, None),
        ("Name;Score;Date\nNordwind;71\n", "too_few_columns", 2, 3),
        ("Name;Score;Date\nNord;wind;71;2026-02-28\n", "too_many_columns", 2, 4),
        ('Name;Score;Date\n"Nordwind;71;2026-02-28\n', "malformed_csv", 2, None),
        ("Name;Score;Date\nN;71;01/02/2026\n", "ambiguous_dates", 2, 3),
        ("Name;Limit;Currency;Date\nN;1,234;EUR;2026-02-28\n", "ambiguous_amounts", 2, 2),
        ("DUNS;Name;Score;Date\n1234567890;N;71;2026-02-28\n", "invalid_value", 2, 1),
        ("DUNS;Name;Score;Date\nabc;N;71;2026-02-28\n", "invalid_value", 2, 1),
        (
            "Number;Name;Score;Date\n7;N;71;2026-02-28\n7;M;72;2026-02-28\n",
            "duplicate",
            3,
            1,
        ),
    ],
)
def test_what_is_refused(table: str, code: str, line: int | None, column: int | None) -> None:
    error = refusal(table)
    assert (error.code, error.line, error.column) == (code, line, column)


def test_a_table_without_rows_has_no_scores() -> None:
    assert score_file.parse(b"Name;Score;Date\n") == ()
