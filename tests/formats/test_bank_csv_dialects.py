"""Tables as banks of different countries write them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from usance.formats import bank_csv
from usance.formats.bank_csv import ColumnMapping
from usance.formats.statement import Statement, check_balances, fingerprints

# amount, booked on, text, name of the other side, its account
Line = tuple[int, date, str, str | None, str | None]


@dataclass(frozen=True)
class Dialect:
    name: str
    data: bytes
    account: str | None
    currency: str
    lines: list[Line]
    balances: tuple[int | None, int | None] = (None, None)
    arguments: dict[str, Any] = field(default_factory=dict)


APRIL_29, APRIL_30 = date(2026, 4, 29), date(2026, 4, 30)
OTHER = "DE02120300000000202051"

DIALECTS = [
    Dialect(
        name="German savings bank: semicolons, comma, Windows-1252, years of two digits",
        data=(
            '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";'
            '"Kundenreferenz (End-to-End)";"Beguenstigter/Zahlungspflichtiger";'
            '"Kontonummer/IBAN";"Betrag";"Waehrung";"Info"\r\n'
            '"DE89370400440532013000";"30.04.26";"30.04.26";"GUTSCHRIFT";"RE 1; danke";"E1";'
            f'"Müller AG";"{OTHER}";"1.234,56";"EUR";"gebucht"\r\n'
            '"DE89370400440532013000";"29.04.26";"29.04.26";"LASTSCHRIFT";"Strom";"";'
            '"Werke";"";"-12,3";"EUR";"gebucht"\r\n'
        ).encode("cp1252"),
        account="DE89370400440532013000",
        currency="EUR",
        lines=[
            (123456, APRIL_30, "RE 1; danke", "Müller AG", OTHER),
            (-1230, APRIL_29, "Strom", "Werke", None),
        ],
    ),
    Dialect(
        name="German direct bank: lines above the headings, payer and payee, state",
        data=(
            '"Girokonto";"DE89 3704 0044 0532 0130 00"\n"Kontostand:";"1.234,56 €"\n""\n'
            '"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";'
            '"Zahlungsempfänger*in";"Verwendungszweck";"IBAN";"Betrag (€)"\n'
            f'"30.04.26";"30.04.26";"Gebucht";"Käufer";"Wir";"RE 1";"{OTHER}";"1.190,00"\n'
            '"29.04.26";"";"Gebucht";"Wir";"Vermieter";"Miete";"";"-900"\n'
            '"30.04.26";"";"Vorgemerkt";"X";"Wir";"RE 2";"";"5,00"\n'
        ).encode(),
        account="DE89370400440532013000",
        currency="EUR",
        lines=[
            (119000, APRIL_30, "RE 1", "Käufer", OTHER),
            (-90000, APRIL_29, "Miete", "Vermieter", None),
        ],
    ),
    Dialect(
        name="French: debit and credit with and without minus, narrow spaces in thousands",
        data=(
            "Date opération;Date valeur;Libellé;Débit;Crédit\n"
            "30/04/2026;30/04/2026;VIR ACME;;1\u202f234,56\n"
            "29/04/2026;29/04/2026;PRLV;-12,30;\n"
        ).encode(),
        account="FR1420041010050500013M02606",
        currency="EUR",
        lines=[
            (123456, APRIL_30, "VIR ACME", None, None),
            (-1230, APRIL_29, "PRLV", None, None),
        ],
        arguments={"currency": "EUR", "account": "FR1420041010050500013M02606"},
    ),
    Dialect(
        name="Italian: dare and avere, the currency in a column called valuta",
        data=(
            b"Data contabile;Data valuta;Descrizione;Dare;Avere;Valuta\n"
            b"30/04/2026;30/04/2026;Bonifico;;1.234,56;EUR\n"
            b"29/04/2026;29/04/2026;Utenze;12,30;0,00;EUR\n"
        ),
        account=None,
        currency="EUR",
        lines=[
            (123456, APRIL_30, "Bonifico", None, None),
            (-1230, APRIL_29, "Utenze", None, None),
        ],
    ),
    Dialect(
        name="Spanish: balance after each booking, newest first",
        data=(
            "Fecha operación;Fecha valor;Concepto;Importe;Saldo;Divisa\n"
            "30/04/2026;30/04/2026;Transferencia;1.234,56;2.222,26;EUR\n"
            "29/04/2026;29/04/2026;Recibo;-12,30;987,70;EUR\n"
        ).encode(),
        account=None,
        currency="EUR",
        lines=[
            (123456, APRIL_30, "Transferencia", None, None),
            (-1230, APRIL_29, "Recibo", None, None),
        ],
        balances=(100000, 222226),
    ),
    Dialect(
        name="Dutch: unsigned amounts with af and bij, dates without marks",
        data=(
            b'"Datum","Naam / Omschrijving","Rekening","Tegenrekening","Code","Af Bij",'
            b'"Bedrag (EUR)","Mutatiesoort","Mededelingen"\n'
            b'"20260430","Klant BV","NL91ABNA0417164300","NL26VAYB8060476890","OV","Bij",'
            b'"1234,56","Overschrijving","Factuur 1"\n'
            b'"20260429","Verhuur","NL91ABNA0417164300","","IC","Af","12,30","Incasso","Huur"\n'
        ),
        account="NL91ABNA0417164300",
        currency="EUR",
        lines=[
            (123456, APRIL_30, "Factuur 1", "Klant BV", "NL26VAYB8060476890"),
            (-1230, APRIL_29, "Huur", "Verhuur", None),
        ],
    ),
    Dialect(
        name="Dutch: own IBAN and the other side's in columns of their own",
        data=(
            b'"IBAN/BBAN","Munt","Datum","Bedrag","Saldo na trn","Tegenrekening IBAN/BBAN",'
            b'"Naam tegenpartij","Omschrijving-1","Omschrijving-2"\n'
            b'"NL91ABNA0417164300","EUR","2026-04-30","+1234,56","+2234,56","NL26VAYB8060476890",'
            b'"Klant BV","Factuur","117"\n'
        ),
        account="NL91ABNA0417164300",
        currency="EUR",
        lines=[(123456, APRIL_30, "Factuur 117", "Klant BV", "NL26VAYB8060476890")],
        balances=(100000, 223456),
    ),
    Dialect(
        name="Romanian: tabs, points in dates",
        data=(
            "Data tranzacției\tDescriere\tPlătitor\tSuma debit\tSuma credit\tMoneda\n"
            "30.04.2026\tFactura 1\tClient SRL\t\t1.234,56\tRON\n"
            "29.04.2026\tChirie\t\t12,30\t\tRON\n"
        ).encode("utf-8-sig"),
        account=None,
        currency="RON",
        lines=[
            (123456, APRIL_30, "Factura 1", "Client SRL", None),
            (-1230, APRIL_29, "Chirie", None, None),
        ],
    ),
    Dialect(
        name="Swiss: apostrophes, UTF-16, thousands in a debit column with minus",
        data=(
            "Datum;Buchungstext;Gutschrift in CHF;Lastschrift in CHF;Valuta;Saldo in CHF\r\n"
            "30.04.2026;Zahlung;1'234.56;;30.04.2026;2222.26\r\n"
            "29.04.2026;Gebühr;;-12.30;29.04.2026;987.70\r\n"
        ).encode("utf-16"),
        account=None,
        currency="CHF",
        lines=[(123456, APRIL_30, "", None, None), (-1230, APRIL_29, "", None, None)],
        balances=(100000, 222226),
    ),
    Dialect(
        name="British: paid in and paid out, quoted thousands, months by name",
        data=(
            b"Date,Type,Description,Paid out,Paid in,Balance\n"
            b"29 Apr 2026,DD,RENT,12.30,,987.70\n"
            b'30-Apr-26,BGC,ACME LTD,,"1,234.56","2,222.26"\n'
        ),
        account="12345678",
        currency="GBP",
        lines=[
            (-1230, APRIL_29, "RENT", None, None),
            (123456, APRIL_30, "ACME LTD", None, None),
        ],
        balances=(100000, 222226),
        arguments={"currency": "GBP", "account": "12345678"},
    ),
    Dialect(
        name="American: month first, brackets for negative, dollar signs",
        data=(
            b"Posting Date,Description,Amount\n"
            b'04/30/2026,ACME INC,"$1,234.56"\n04/29/2026,RENT,($12.30)\n'
        ),
        account=None,
        currency="USD",
        lines=[
            (123456, APRIL_30, "ACME INC", None, None),
            (-1230, APRIL_29, "RENT", None, None),
        ],
        arguments={"currency": "USD"},
    ),
    Dialect(
        name="American: unsigned amounts, the side in the column of types",
        data=(
            b"Date,Description,Amount,Transaction Type\n"
            b"04/30/2026,ACME INC,1234.56,credit\n04/29/2026,RENT,12.30,debit\n"
        ),
        account=None,
        currency="USD",
        lines=[
            (123456, APRIL_30, "ACME INC", None, None),
            (-1230, APRIL_29, "RENT", None, None),
        ],
        arguments={"currency": "USD"},
    ),
    Dialect(
        name="Excel's separator line, bars, trailing separator",
        data=(
            b"sep=|\r\nDate|Description|Amount|Currency|\r\n"
            b"2026-04-30|ACME|1234.56|EUR|\r\n\r\n2026-04-29|RENT|-12.30|EUR|\r\n"
        ),
        account=None,
        currency="EUR",
        lines=[(123456, APRIL_30, "ACME", None, None), (-1230, APRIL_29, "RENT", None, None)],
    ),
    Dialect(
        name="No headings, read by numbers, totals below",
        data=b"2026-04-30;x;ACME;1.234,56\n2026-04-29;y;RENT;-12,30\nTotal;;;1.222,26\n",
        account=None,
        currency="EUR",
        lines=[(123456, APRIL_30, "ACME", None, None), (-1230, APRIL_29, "RENT", None, None)],
        arguments={
            "currency": "EUR",
            "mapping": ColumnMapping(
                columns={"booked_on": 1, "remittance_text": 3, "amount": 4}, footer_rows=1
            ),
        },
    ),
    Dialect(
        name="Headings that only the mapping knows",
        data=b"Tag,Grund,Wieviel\n30/04/2026,ACME,1234.56\n29/04/2026,RENT,-12.30\n",
        account=None,
        currency="EUR",
        lines=[(123456, APRIL_30, "ACME", None, None), (-1230, APRIL_29, "RENT", None, None)],
        arguments={
            "currency": "EUR",
            "mapping": ColumnMapping(
                columns={"booked_on": "Tag", "remittance_text": "grund", "amount": "Wieviel"}
            ),
        },
    ),
]


def lines_of(statement: Statement) -> list[Line]:
    return [
        (
            t.amount,
            t.booked_on,
            t.remittance_text,
            t.counterparty_name,
            t.counterparty_account,
        )
        for t in statement.transactions
    ]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_dialect(dialect: Dialect) -> None:
    [statement] = bank_csv.parse(dialect.data, **dialect.arguments)
    assert lines_of(statement) == dialect.lines
    assert (statement.account, statement.currency) == (dialect.account, dialect.currency)
    assert (statement.opening, statement.closing) == dialect.balances
    assert check_balances(statement) == []
    assert statement.kind == "export"


def test_pending_rows_are_counted_and_not_booked() -> None:
    german = next(d for d in DIALECTS if "direct bank" in d.name)
    [statement] = bank_csv.parse(german.data)
    assert statement.not_booked == (("Vorgemerkt", 1),)


def test_one_statement_for_each_account_and_currency() -> None:
    data = (
        b"Date,Description,Amount,Currency,Account\n"
        b"2026-04-30,A,1.00,EUR,1\n2026-04-30,B,2.00,USD,1\n2026-04-30,C,3.00,EUR,2\n"
        b"2026-04-29,D,4.00,EUR,1\n"
    )
    statements = bank_csv.parse(data)
    assert [
        (s.account, s.currency, [(t.ordinal, t.amount) for t in s.transactions]) for s in statements
    ] == [
        ("1", "EUR", [(1, 100), (2, 400)]),
        ("1", "USD", [(1, 200)]),
        ("2", "EUR", [(1, 300)]),
    ]


def test_a_table_without_rows_has_no_statement() -> None:
    assert bank_csv.parse(b"Date,Amount,Currency\n") == ()


def test_the_file_comes_before_the_arguments() -> None:
    data = b"Date,Amount (CHF),Account\n2026-04-30,1.00,4711\n"
    [statement] = bank_csv.parse(data, currency="EUR", account="other")
    assert (statement.currency, statement.account) == ("CHF", "4711")


def test_texts_of_several_columns_are_joined_once() -> None:
    data = b"Date,Amount,Description,Details\n2026-04-30,1,ACME,INV 1\n2026-04-30,1,SAME,SAME\n"
    [statement] = bank_csv.parse(data, currency="EUR")
    assert [t.remittance_text for t in statement.transactions] == ["ACME INV 1", "SAME"]


def test_columns_of_references_and_codes() -> None:
    data = (
        b"Date,Value date,Amount,Transaction ID,Reference,End-to-end ID,Structured reference,"
        b"Transaction code\n"
        b"2026-04-30,2026-05-01,1,BANK-1,INV 7,E-1,RF18539007547034,544\n"
        b"2026-04-30,2026-05-01,1,NONREF,,NOTPROVIDED,,\n"
    )
    [statement] = bank_csv.parse(data, currency="EUR")
    first, second = statement.transactions
    assert first.value_on == date(2026, 5, 1)
    assert (first.bank_reference, first.further_references) == ("BANK-1", ("INV 7",))
    assert first.end_to_end_id == "E-1"
    assert first.structured_reference == "RF18539007547034"
    assert first.bank_transaction_code == "544"
    assert (second.bank_reference, second.end_to_end_id) == (None, None)


def test_a_reference_is_the_payers_unless_its_heading_says_the_banks() -> None:
    table = b"Date,Amount,%s\n2026-04-30,1,INV 7\n2026-04-30,1,INV 7\n"
    [payers] = bank_csv.parse(table % b"Reference", currency="EUR")
    [banks] = bank_csv.parse(table % b"Bank reference", currency="EUR")
    assert [t.bank_reference for t in payers.transactions] == [None, None]
    assert [t.further_references for t in payers.transactions] == [("INV 7",)] * 2
    assert [t.bank_reference for t in banks.transactions] == ["INV 7"] * 2
    # A table that was taken while it was read as the bank's is known when it comes again.
    assert fingerprints(payers, account="A") == fingerprints(banks, account="A")
    said = ColumnMapping(columns={"bank_reference": "Reference"})
    [mapped] = bank_csv.parse(table % b"Reference", currency="EUR", mapping=said)
    assert mapped.transactions == banks.transactions


@pytest.mark.parametrize(
    ("headings", "first", "known_by"),
    [
        ("Reference,Payment reference", "A,B", ("Bank reference", "A")),
        ("Payment reference,Reference", "B,A", ("Bank reference", "A")),
        ("TRN,Reference", "B,A", ("Bank reference", "A")),
        ("Transaction ID,Reference", ",A", None),
        ("Customer reference", "A", None),
        ("Bankreferenz", "A", None),
    ],
)
def test_a_table_is_known_again_by_what_told_its_bookings_apart_ever_since(
    headings: str, first: str, known_by: tuple[str, str] | None
) -> None:
    """An overlapping table that a release of before read otherwise brings no money twice."""
    heading, value = known_by or ("Nothing", "")
    start = "Date,Amount,Description,{}\n2026-04-30,1,Text,{}\n"
    [now] = bank_csv.parse(start.format(headings, first).encode(), currency="EUR")
    [then] = bank_csv.parse(start.format(heading, value).encode(), currency="EUR")
    assert fingerprints(now, account="A") == fingerprints(then, account="A")


@pytest.mark.parametrize(
    ("rows", "opening", "closing", "adds_up"),
    [
        ("2026-04-29,1,101\n2026-04-30,2,103\n", 100, 103, True),
        ("2026-04-30,2,103\n2026-04-29,1,101\n", 100, 103, True),
        ("2026-04-30,2,103\n", 101, 103, True),
        # Same day: only the balances tell the order.
        ("2026-04-30,2,103\n2026-04-30,1,101\n", 100, 103, True),
        # A row is missing: the dates tell the order, and the gap shows.
        ("2026-04-29,1,101\n2026-04-30,2,110\n", 100, 110, False),
        ("2026-04-30,2,110\n2026-04-29,1,101\n", 100, 110, False),
        ("2026-04-30,2,110\n2026-04-30,1,101\n", None, None, True),
        ("2026-04-29,1,\n2026-04-30,2,103\n", None, None, True),
    ],
)
def test_balances_follow_from_the_column(
    rows: str, opening: int | None, closing: int | None, adds_up: bool
) -> None:
    data = f"Date,Amount,Balance\n{rows}".encode()
    [statement] = bank_csv.parse(data, currency="JPY")
    assert (statement.opening, statement.closing) == (opening, closing)
    assert (check_balances(statement) == []) is adds_up
