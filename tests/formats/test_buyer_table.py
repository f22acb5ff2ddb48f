"""Tables of trade accounts, open items and exchange rates, as they are exported."""

from __future__ import annotations

import pickle
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from usance.formats import buyer_table, open_items_table, rate_table
from usance.formats.buyer_table import BuyerRow
from usance.formats.errors import FormatError
from usance.formats.open_items_table import OpenItemRow
from usance.formats.rows import BadRows

ENGLISH = (
    "external_id,name,country,email,tax_id,registration_number,language,group,credit_limit,currency,"
    "tolerance,terms\r\n"
    'C-1,"Brera Trading, Ltd",gb,ap@brera.example,GB123456789,01234567,en,retail,"12,500.50",GBP,'
    "500,net_30; net 60 EOM\r\n"
    "C-2,Nordwind,DE,,,,,,,,,\r\n"
)
ITALIAN = (
    "Codice cliente;Ragione sociale;Paese;Partita IVA;Fido;Valuta;Termini di pagamento\n"
    "001;Società Più S.r.l.;IT;IT00743110157;12.500,50;EUR;60 gg DFFM\n"
    "002;Acciaierie S.p.A.;IT;;0;;\n"
)


def faults(error: FormatError) -> list[tuple[int | None, int | None, str]]:
    assert isinstance(error, BadRows)
    return [(one.line, one.column, one.code) for one in error.faults]


def refused(text: str, **more: object) -> FormatError:
    with pytest.raises(FormatError) as caught:
        buyer_table.parse(text.encode(), currency="EUR", **more)  # type: ignore[arg-type]
    return caught.value


def test_every_column_is_read() -> None:
    first, second = buyer_table.parse(ENGLISH.encode(), currency="EUR")
    assert first.terms is not None
    assert [one.code for one in first.terms] == ["net_30", "net_60_eom"]
    assert first == BuyerRow(
        line=2,
        external_id="C-1",
        name="Brera Trading, Ltd",
        country="GB",
        email="ap@brera.example",
        tax_id="GB123456789",
        registration_number="01234567",
        language="en",
        group="retail",
        credit_limit=1_250_050,
        currency="GBP",
        tolerance=50_000,
        terms=first.terms,
    )
    assert second == BuyerRow(line=3, external_id="C-2", name="Nordwind", country="DE")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_as_an_italian_bookkeeper_exports_it(encoding: str) -> None:
    first, second = buyer_table.parse(ITALIAN.encode(encoding), currency="EUR")
    assert (first.external_id, first.name) == ("001", "Società Più S.r.l.")
    assert (first.credit_limit, first.currency) == (1_250_050, "EUR")
    assert first.terms is not None
    assert [one.code for one in first.terms] == ["net_60_eom"]
    assert (second.credit_limit, second.currency, second.terms) == (0, "EUR", None)


def test_a_limit_is_read_by_the_decimals_of_its_currency() -> None:
    table = "number;limit;currency\nA;1500;JPY\nB;1500;KWD\nC;1500;\n"
    limits = [row.credit_limit for row in buyer_table.parse(table.encode(), currency="EUR")]
    assert limits == [1500, 1_500_000, 150_000]


def test_every_bad_row_is_named_by_line_and_column() -> None:
    error = refused(
        "external_id;name;country;email;credit_limit;currency;tolerance;terms\n"
        ";Nobody;IT;;;;;\n"
        "C-1;One;Italy;;;;;\n"
        "C-2;Two;IT;not an address;;;;\n"
        "C-3;Three;IT;;-5;EUR;;\n"
        "C-4;Four;IT;;100;XXX;;\n"
        "C-5;Five;IT;;;;10;\n"
        "C-6;Six;IT;;100;;;whenever\n"
        "C-7;=1+1;IT;;;;;\n"
        "C-8;Fine;IT;;100;;;\n"
    )
    assert faults(error) == [
        (2, 1, "missing_value"),
        (3, 3, "invalid_value"),
        (4, 4, "invalid_value"),
        (5, 5, "invalid_amount"),
        (6, 6, "unknown_currency"),
        (7, 7, "missing_value"),
        (8, 8, "unknown_terms"),
        (9, 2, "formula"),
    ]
    assert str(error).startswith("line 2, column 1: external_id: the cell is empty; fill it.")
    assert pickle.loads(pickle.dumps(error)).faults[1].line == 3


def test_a_buyer_that_is_not_known_needs_a_name_and_a_country() -> None:
    table = "external_id;name;country\nC-1;;\nC-2;Two;\nC-3;;\n"
    error = refused(table, known=lambda ids: ids & {"C-1", "C-9"})
    assert faults(error) == [
        (3, 3, "missing_value"),
        (4, 2, "missing_value"),
        (4, 3, "missing_value"),
    ]
    assert "not known yet" in str(error)


def test_one_account_twice_is_refused() -> None:
    error = refused("external_id;name\nC-1;One\nC-2;Two\nC-1;Again\n")
    assert faults(error) == [(4, 1, "duplicate")]
    assert "line 2" in str(error)


def test_a_table_without_numbers_is_no_table_of_buyers() -> None:
    assert refused("name,country\nBrera,IT\n").code == "unknown_table"


SAP = (
    "business_code,cust_number,name_customer,doc_id,posting_date,due_in_date,invoice_currency,"
    "document type,total_open_amount,cust_payment_terms,invoice_id\n"
    "U001,0200777735,NASH  foundation,1930581131.0,2020-02-27,2020-03-13,USD,RV,44194.05,NAA8,"
    "1930581131.0\n"
    "CA02,140104429,SYSC corp,2960616779.0,2020-02-27,2020-03-13,CAD,RV,9.5,CA10,2960616779.0\n"
)


def test_open_items_as_sap_exports_them() -> None:
    first, second = open_items_table.parse(SAP.encode())
    assert first == OpenItemRow(
        line=2,
        buyer="0200777735",
        name="NASH foundation",
        country=None,
        number="1930581131",
        amount=4_419_405,
        currency="USD",
        due_on=date(2020, 3, 13),
    )
    assert (second.amount, second.currency) == (950, "CAD")


def test_open_items_are_due_by_their_terms_where_no_day_is_given() -> None:
    table = (
        "KUNNR;BELNR;WRBTR;WAERS;ZFBDT;ZTERM;NETDT\n"
        "1;10;5,00;EUR;27.02.2026;ZB30;\n"
        "1;11;5,00;EUR;27.02.2026;ZB30;01.03.2026\n"  # the day that is written counts
        "1;12;5,00;EUR;27.02.2026;60 Tage netto;\n"
        "1;13;5,00;EUR;27.02.2026;ZX99;\n"  # nobody knows this key
        "1;14;5,00;EUR;;ZB30;\n"
    )
    items = open_items_table.parse(table.encode(), terms_keys={"zb30": "d2_10_net_30"})
    assert [item.due_on for item in items] == [
        date(2026, 3, 29),
        date(2026, 3, 1),
        date(2026, 4, 28),
        None,
        None,
    ]


def test_buyers_may_have_terms_by_the_sellers_own_keys() -> None:
    table = "Customer number;Name;Country;Credit limit;Terms\nK1;Nord;DE;10;ZB30, net 60\n"
    [row] = buyer_table.parse(table.encode(), currency="EUR", terms_keys={"ZB30": "d2_10_net_30"})
    assert [terms.code for terms in row.terms or ()] == ["d2_10_net_30", "net_60"]
    with pytest.raises(FormatError, match="cannot be read as payment terms"):
        buyer_table.parse(table.encode(), currency="EUR")


def test_a_plain_table_of_open_items() -> None:
    table = (
        "Kundennummer;Rechnungsnummer;Offener Betrag;Fälligkeit\n"
        "K1;R-1;1.234,50;31.03.2026\n"
        "K1;R-2;-34,50;\n"
    )
    first, second = open_items_table.parse(table.encode(), currency="EUR")
    assert (first.buyer, first.number, first.amount, first.due_on) == (
        "K1",
        "R-1",
        123_450,
        date(2026, 3, 31),
    )
    assert (second.amount, second.due_on) == (-3_450, None)


def test_bad_open_items_are_named() -> None:
    table = (
        "buyer,number,amount,currency,due date\n"
        "K1,,5,EUR,\n"
        "K1,R-1,much,EUR,\n"
        "K1,R-2,5,ABC,\n"
        "K1,R-3,5,EUR,2026-02-30\n"
    )
    with pytest.raises(BadRows) as caught:
        open_items_table.parse(table.encode())
    assert faults(caught.value) == [
        (2, 2, "missing_value"),
        (3, 3, "invalid_amount"),
        (4, 4, "unknown_currency"),
        (5, 5, "invalid_date"),
    ]
    with pytest.raises(BadRows) as caught:
        open_items_table.parse(
            b"buyer,number,amount\n1,R-1,5\n2,R-1,5\n001,R-1,6\n", currency="EUR"
        )
    assert faults(caught.value) == [(4, 2, "duplicate")]
    with pytest.raises(BadRows) as caught:
        open_items_table.parse(b"buyer,number,amount\nK1,R-1,5\n")
    assert faults(caught.value) == [(2, 1, "unknown_currency")]


def test_the_whole_export_of_an_erp(shared: Path) -> None:
    items = open_items_table.parse((shared / "data" / "sap_open_items.csv").read_bytes())
    assert len(items) == 4547
    assert len({item.buyer for item in items}) == 402
    total = {
        code: sum(item.amount for item in items if item.currency == code) for code in ("USD", "CAD")
    }
    assert total == {"USD": 14_199_488_954, "CAD": 3_444_978_594}


def test_exchange_rates_come_in_order_of_their_days() -> None:
    table = "date,source,target,rate\n2026-03-02,USD,EUR,0.9130\n2026-02-27,gbp,EUR,1.2\n"
    first, second = rate_table.parse(table.encode())
    assert (first.on, first.source, first.target, first.rate) == (
        date(2026, 2, 27),
        "GBP",
        "EUR",
        Decimal("1.2"),
    )
    assert second.rate == Decimal("0.9130")
    comma = "Data;Da;A;Cambio\n28/02/2026;USD;EUR;0,913\n"
    assert rate_table.parse(comma.encode())[0].rate == Decimal("0.913")


def test_bad_rates_are_named() -> None:
    table = (
        "date,source,target,rate\n"
        "2026-03-02,USD,USD,1\n"
        "2026-03-02,USD,EUR,0\n"
        "2026-03-02,USD,EUR,-1\n"
        "2026-03-02,USD,XXX,1\n"
        "yesterday,USD,EUR,1\n"
        "2026-03-02,USD,EUR,1.1234567890123\n"
    )
    with pytest.raises(BadRows) as caught:
        rate_table.parse(table.encode())
    assert faults(caught.value) == [
        (2, 3, "invalid_value"),
        (3, 4, "invalid_value"),
        (4, 4, "invalid_value"),
        (5, 3, "unknown_currency"),
        (6, 1, "invalid_date"),
        (7, 4, "invalid_value"),
    ]
    with pytest.raises(BadRows) as caught:
        rate_table.parse(b"date,source,target,rate\n2026-03-02,USD,EUR,1\n2026-03-02,USD,EUR,2\n")
    assert faults(caught.value) == [(3, 4, "duplicate")]
