"""What a table leaves open is decided over the whole file, or asked; never guessed by the row."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usance.formats import bank_csv
from usance.formats.bank_csv import ColumnMapping
from usance.formats.errors import FormatError
from usance.rules.money import EXPONENTS, Money


def amounts(*cells: str, currency: str = "EUR", mapping: ColumnMapping | None = None) -> list[int]:
    rows = "".join(f"2026-04-30;{cell}\n" for cell in cells)
    [statement] = bank_csv.parse(
        f"Date;Amount\n{rows}".encode(), currency=currency, mapping=mapping
    )
    return [t.amount for t in statement.transactions]


def days(*cells: str, mapping: ColumnMapping | None = None) -> list[date]:
    rows = "".join(f"{cell};1\n" for cell in cells)
    [statement] = bank_csv.parse(f"Date;Amount\n{rows}".encode(), currency="EUR", mapping=mapping)
    return [t.booked_on for t in statement.transactions]


def refusal(data: str | bytes, **arguments: Any) -> FormatError:
    data = data.encode() if isinstance(data, str) else data
    with pytest.raises(FormatError) as caught:
        bank_csv.parse(data, **{"currency": "EUR", **arguments})
    return caught.value


class TestDecimalMark:
    @pytest.mark.parametrize(
        ("cells", "minor_units"),
        [
            (("1.234,56",), [123456]),
            (("1,234.56",), [123456]),
            (("12,5",), [1250]),
            (("12.50", "1,234"), [1250, 123400]),
            (("12,50", "1,234"), None),  # 1.234 has one decimal too many for EUR
            (("12,50", "1.234"), [1250, 123400]),
            (("1.234.567",), [123456700]),
            (("1,234,567", "0.5"), [123456700, 50]),
            (("12,34,567.89",), [123456789]),
            (("1 234,56", "2 000 000"), [123456, 200000000]),
            (("1'234.56",), [123456]),
            (("0,500",), [50]),
            (("1234", "5"), [123400, 500]),
            (("1234,500",), [123450]),
            (("7.", ".5"), [700, 50]),
        ],
    )
    def test_one_amount_decides_for_all(
        self, cells: tuple[str, ...], minor_units: list[int] | None
    ) -> None:
        if minor_units is None:
            with pytest.raises(FormatError) as caught:
                amounts(*cells)
            assert (caught.value.code, caught.value.line) == ("invalid_amount", 3)
        else:
            assert amounts(*cells) == minor_units

    def test_nothing_decides(self) -> None:
        error = refusal("Date;Amount\n2026-04-30;5\n2026-04-30;1,234\n")
        assert (error.code, error.line, error.column) == ("ambiguous_amounts", 3, 2)
        assert "decimal_mark" in error.message
        assert amounts("5", "1,234", mapping=ColumnMapping(decimal_mark=".")) == [500, 123400]

    def test_the_currency_may_decide(self) -> None:
        assert amounts("1,234", currency="JPY") == [1234]
        assert amounts("1,234", currency="KWD") == [1234]
        assert amounts("1.234", currency="JPY") == [1234]

    def test_the_rarer_mark_is_the_mistake(self) -> None:
        error = refusal("Date;Amount\n2026-04-30;1.50\n2026-04-30;2,50\n2026-04-30;3.50\n")
        assert (error.code, error.line, error.column) == ("mixed_decimal_marks", 3, 2)

    def test_the_balance_decides_too(self) -> None:
        data = b"Date;Amount;Balance\n2026-04-30;1,234;1,234.00\n"
        [statement] = bank_csv.parse(data, currency="EUR")
        assert statement.transactions[0].amount == 123400


class TestSigns:
    @pytest.mark.parametrize(
        ("cell", "minor_units"),
        [
            ("-1.50", -150),
            ("\u22121.50", -150),
            ("\u20131.50", -150),
            ("1.50-", -150),
            ("1.50+", 150),
            ("+1.50", 150),
            ("- 1.50", -150),
            ("(1.50)", -150),
            ("1.50 CR", 150),
            ("1.50 DR", -150),
            ("1.50 Dr", -150),
            ("EUR 1.50", 150),
            ("-1.50 EUR", -150),
            ("€-1.50", -150),
            ("-€1.50", -150),
            ("1.50\u00a0€", 150),
            ("0.00", 0),
        ],
    )
    def test_read(self, cell: str, minor_units: int) -> None:
        assert amounts(cell) == [minor_units]

    @pytest.mark.parametrize(
        "cell",
        [
            "12..34",
            "--1",
            "(1",
            "1)",
            "(-1)",
            "-1-",
            "1,2,3",
            "1.2.3",
            "a",
            "1e5",
            "1_0",
            "USD 1.50",
            "1,23,4",
            "1 2 3",
            "-",
            "€",
            ".",
            "٣",
            "1.50 XX",
            "0x10",
            "1/2",
            "nan",
        ],
    )
    def test_refused(self, cell: str) -> None:
        error = refusal(f"Date;Amount\n2026-04-30;1\n2026-04-30;{cell}\n")
        assert (error.code, error.line, error.column) == ("invalid_amount", 3, 2)
        assert "Amount" in str(error)

    def test_debits_with_a_minus_all_through_are_read_as_they_are(self) -> None:
        data = b"Date;Debit;Credit\n2026-04-30;-1.50;\n2026-04-30;-2.50;\n2026-04-30;;3\n"
        [statement] = bank_csv.parse(data, currency="EUR")
        assert [t.amount for t in statement.transactions] == [-150, -250, 300]

    def test_one_debit_with_a_minus_among_others_is_taken_back(self) -> None:
        data = b"Date;Debit;Credit\n2026-04-30;1.50;\n2026-04-30;-2.50;\n"
        [statement] = bank_csv.parse(data, currency="EUR")
        assert [t.amount for t in statement.transactions] == [-150, 250]

    def test_debit_and_credit_in_one_row_is_refused(self) -> None:
        error = refusal("Date;Debit;Credit\n2026-04-30;1;2\n")
        assert (error.code, error.line, error.column) == ("invalid_amount", 2, 2)

    @pytest.mark.parametrize(
        ("word", "cell", "minor_units"),
        [
            ("C", "1", 100),
            ("CRDT", "1", 100),
            ("Haben", "1", 100),
            ("+", "1", 100),
            ("D", "1", -100),
            ("D", "-1", -100),
            ("DBIT", "1", -100),
            ("S", "1", -100),
            ("-", "1", -100),
        ],
    )
    def test_direction(self, word: str, cell: str, minor_units: int) -> None:
        data = f"Date;Amount;Direction\n2026-04-30;{cell};{word}\n".encode()
        [statement] = bank_csv.parse(data, currency="EUR")
        assert statement.transactions[0].amount == minor_units

    @pytest.mark.parametrize(("word", "cell"), [("C", "-1"), ("", "1"), ("X", "1")])
    def test_direction_that_does_not_tell_is_refused(self, word: str, cell: str) -> None:
        error = refusal(f"Date;Amount;Direction\n2026-04-30;{cell};{word}\n")
        assert (error.code, error.line, error.column) == ("invalid_direction", 2, 3)


class TestDateOrder:
    @pytest.mark.parametrize(
        ("cells", "expected"),
        [
            (("03/04/2026", "13/04/2026"), [date(2026, 4, 3), date(2026, 4, 13)]),
            (("03/04/2026", "04/13/2026"), [date(2026, 3, 4), date(2026, 4, 13)]),
            (("03.04.2026",), [date(2026, 4, 3)]),
            (("03.04.26",), [date(2026, 4, 3)]),
            (("4/4/2026",), [date(2026, 4, 4)]),
            (("2026-04-03",), [date(2026, 4, 3)]),
            (("2026/4/3", "20260404"), [date(2026, 4, 3), date(2026, 4, 4)]),
            (("2026-04-03T23:59:59+02:00",), [date(2026, 4, 3)]),
            (("30/04/2026 10:15",), [date(2026, 4, 30)]),
            (("3 avr. 2026", "3-Dez-26"), [date(2026, 4, 3), date(2026, 12, 3)]),
            (("Apr 3, 2026",), [date(2026, 4, 3)]),
            (("3 juin 2026", "3 juillet 2026"), [date(2026, 6, 3), date(2026, 7, 3)]),
            (("3 März 2026", "3 août 2026"), [date(2026, 3, 3), date(2026, 8, 3)]),
            (("3 noiembrie 2026", "3 gennaio 2026"), [date(2026, 11, 3), date(2026, 1, 3)]),
            (("29.02.2024",), [date(2024, 2, 29)]),
        ],
    )
    def test_one_date_decides_for_all(self, cells: tuple[str, ...], expected: list[date]) -> None:
        assert days(*cells) == expected

    def test_nothing_decides(self) -> None:
        data = "Date;Amount\n04/04/2026;1\n03/04/2026;1\n"
        error = refusal(data)
        assert (error.code, error.line, error.column) == ("ambiguous_dates", 3, 1)
        assert "date_order" in error.message
        for order, day in (("dmy", date(2026, 4, 3)), ("mdy", date(2026, 3, 4))):
            mapping = ColumnMapping(date_order=order)  # type: ignore[arg-type]
            assert days("03/04/2026", mapping=mapping) == [day]

    def test_the_value_date_decides_too(self) -> None:
        data = b"Date;Value date;Amount\n03/04/2026;13/04/2026;1\n"
        [statement] = bank_csv.parse(data, currency="EUR")
        assert statement.transactions[0].booked_on == date(2026, 4, 3)

    def test_the_rarer_order_is_the_mistake(self) -> None:
        error = refusal("Date;Amount\n13/04/2026;1\n04/14/2026;1\n15/04/2026;1\n")
        assert (error.code, error.line, error.column) == ("mixed_date_orders", 3, 1)

    @pytest.mark.parametrize(
        "cell", ["31.04.2026", "2026-02-30", "2026-13-01", "soon", "1.4.", "29.02.2023", "0/0/2026"]
    )
    def test_refused(self, cell: str) -> None:
        error = refusal(f"Date;Amount\n2026-04-30;1\n{cell};1\n")
        assert (error.code, error.line, error.column) == ("invalid_date", 3, 1)

    def test_years_of_two_digits_first_need_the_mapping(self) -> None:
        assert days("26/04/03", mapping=ColumnMapping(date_order="ymd")) == [date(2026, 4, 3)]


@settings(max_examples=300, deadline=None)
@given(
    currency=st.sampled_from(("EUR", "JPY", "KWD")),
    entries=st.lists(
        st.tuples(st.integers(-(10**9), 10**9), st.dates(date(2020, 1, 1), date(2029, 12, 31))),
        min_size=1,
        max_size=6,
    ),
    mark=st.sampled_from(".,"),
    grouped=st.booleans(),
    pattern=st.sampled_from(("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y", "%Y-%m-%d", "%d-%m-%Y")),
    delimiter=st.sampled_from(";,\t|"),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "cp1252")),
)
def test_a_table_is_read_right_or_asked_about_never_read_wrong(
    currency: str,
    entries: list[tuple[int, date]],
    mark: str,
    grouped: bool,
    pattern: str,
    delimiter: str,
    encoding: str,
) -> None:
    def written(minor_units: int) -> str:
        plain = f"{Money(minor_units, currency).decimal():,}"
        group = ("," if mark == "." else ".") if grouped else ""
        return "".join({",": group, ".": mark}.get(c, c) for c in plain)

    rows = "".join(
        f'{on.strftime(pattern)}{delimiter}Käufer{delimiter}"{written(amount)}"\n'
        for amount, on in entries
    )
    data = f"Date{delimiter}Description{delimiter}Amount\n{rows}".encode(encoding)
    try:
        [statement] = bank_csv.parse(data, currency=currency)
    except FormatError as error:
        assert error.code in ("ambiguous_dates", "ambiguous_amounts")
        if error.code == "ambiguous_dates":
            assert all(on.day <= 12 for _, on in entries)
        else:
            # Two decimals always decide; only whole amounts are ever asked about.
            assert EXPONENTS[currency] != 2
        return
    assert [(t.amount, t.booked_on) for t in statement.transactions] == entries
    assert {t.remittance_text for t in statement.transactions} == {"Käufer"}


@given(shift=st.integers(0, 3650))
def test_every_day_of_ten_years_in_german(shift: int) -> None:
    day = date(2020, 1, 1) + timedelta(days=shift)
    assert days(f"{day:%d.%m.%Y}") == [day]


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "code", "line", "column"),
        [
            ("Date;Amount\n2026-04-30;1;surplus\n", "too_many_columns", 2, 3),
            ("Date;Amount;Text\n2026-04-30;1;a\n2026-04-30;1\n", "too_few_columns", 3, 3),
            ("Date;Amount\n;1\n", "missing_date", 2, 1),
            ("Date;Amount\n2026-04-30;\n", "missing_amount", 2, 2),
            ("Date;Debit;Credit\n2026-04-30;;\n", "missing_amount", 2, 3),
            ('Date;Amount;Description\n2026-04-30;1;"a"b\n', "malformed_csv", 2, None),
            ('Date;Amount;Description\n2026-04-30;1;"a\nb\n', "malformed_csv", 2, None),
            ("Date;Amount;Status\n2026-04-30;1;perhaps\n", "unknown_status", 2, 3),
            ("Date;Amount;Currency\n2026-04-30;1;ABC\n", "unknown_currency", 2, 3),
            # A cell of two lines counts as two lines.
            (
                'Date;Description;Amount\n2026-04-30;"a\nb";1\n2026-04-30;c;x\n',
                "invalid_amount",
                4,
                3,
            ),
            ("Name;Amount\nx;1\n", "unknown_table", None, None),
            ("Date;Name\n2026-04-30;x\n", "unknown_table", None, None),
            ("hello\n", "no_table", None, None),
            ("", "no_table", None, None),
        ],
    )
    def test_names_the_place(
        self, data: str, code: str, line: int | None, column: int | None
    ) -> None:
        error = refusal(data)
        assert (error.code, error.line, error.column) == (code, line, column)

    def test_a_currency_is_needed(self) -> None:
        assert refusal("Date;Amount\n2026-04-30;1\n", currency=None).code == "missing_currency"
        assert refusal("Date;Amount\n2026-04-30;1\n", currency="ABC").code == "unknown_currency"

    def test_text_that_no_encoding_fits_is_refused(self) -> None:
        error = refusal(b"Date;Amount\n2026-04-30;\x81\n")
        assert (error.code, error.line) == ("wrong_encoding", 2)
        assert refusal(b"\xff\xfeD").code == "wrong_encoding"
        assert refusal(b"\xef\xbb\xbfDate;\xff").code == "wrong_encoding"

    def test_a_status_column_can_be_left_out(self) -> None:
        data = b"Date;Amount;Status\n2026-04-30;1;perhaps\n"
        mapping = ColumnMapping(columns={"status": None})
        [statement] = bank_csv.parse(data, currency="EUR", mapping=mapping)
        assert len(statement.transactions) == 1

    def test_a_mapped_heading_must_be_there(self) -> None:
        mapping = ColumnMapping(columns={"amount": "Umsatz"})
        assert refusal("Date;Amount\n2026-04-30;1\n", mapping=mapping).code == "unknown_table"

    def test_headings_that_differ_in_brackets_only(self) -> None:
        data = b"Date;Betrag (EUR);Betrag (USD)\n2026-04-30;1;2\n"
        for heading, amount, currency in (("EUR", 100, "EUR"), ("USD", 200, "USD")):
            mapping = ColumnMapping(columns={"amount": f"Betrag ({heading})"})
            [statement] = bank_csv.parse(data, mapping=mapping)
            assert statement.transactions[0].amount == amount
            assert statement.currency == currency

    def test_a_column_called_valuta_may_be_the_only_currency(self) -> None:
        data = b"Data;Descriere;Suma;Valuta\n30.04.2026;Factura;1,50;RON\n"
        [statement] = bank_csv.parse(data, currency="EUR")
        assert statement.currency == "RON"
        assert statement.transactions[0].value_on is None

    def test_zeros_among_the_text_are_no_text(self) -> None:
        assert refusal("Date;Amount\n2026-04-30;1\n" + "x" * 400 + "\0").code == "not_text"

    def test_a_row_of_very_many_cells_is_no_row_of_headings(self) -> None:
        assert refusal("Date;Amount" + ";" * 600 + "\n").code == "unknown_table"

    def test_a_mapped_encoding_is_used(self) -> None:
        data = "Date;Amount;Description\n2026-04-30;1;Plată\n".encode("iso8859-16")
        mapping = ColumnMapping(encoding="iso8859-16")
        [statement] = bank_csv.parse(data, currency="RON", mapping=mapping)
        assert statement.transactions[0].remittance_text == "Plată"


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": {"colour": "A"}},
        {"columns": {"amount": 0}},
        {"columns": {"amount": True}},
        {"columns": {"amount": 1, "booked_on": "Date"}},
        {"date_order": "dym"},
        {"decimal_mark": ";"},
        {"delimiter": "x"},
        {"encoding": "klingon"},
        {"footer_rows": -1},
    ],
)
def test_a_wrong_mapping_is_refused_when_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(FormatError) as caught:
        ColumnMapping(**wrong)
    assert caught.value.code == "invalid_mapping"
