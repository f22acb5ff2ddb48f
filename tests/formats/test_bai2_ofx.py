"""BAI2 and OFX beyond the corpus: what banks add, leave out and get wrong."""

from __future__ import annotations

from datetime import date

import pytest

from usance.formats import bai2, ofx
from usance.formats.errors import FormatError
from usance.formats.statement import Statement


def file(*records: str) -> Statement:
    """The one statement of a BAI2 file of 30 April 2026 with ``records`` in it."""
    text = "\n".join(
        (
            "01,121140399,CUST,260501,0700,1,,,2/",
            "02,CUST,121140399,1,260430,,USD,2/",
            "03,987654,,010,10000,,,015,12500,,/",
            *records,
            f"49,0,{len(records) + 2}/",
            "98,0,1,9/",
            "99,0,1,9/",
        )
    )
    [found] = bai2.parse(text.encode())
    return found


def test_text_goes_on_in_continuations_and_keeps_its_commas() -> None:
    [found] = file("16,195,2500,Z,REF1,,WIRE FROM NORDWIND, INC", "88,INVOICE 12/34/").transactions
    assert found.amount == 2_500
    assert found.remittance_text == "WIRE FROM NORDWIND, INC INVOICE 12/34"
    assert (found.bank_reference, found.booked_on) == ("REF1", date(2026, 4, 30))


def test_fields_that_go_on_in_a_continuation() -> None:
    [found] = file("16,475,2500,V/", "88,260502,,REF2/").transactions
    assert (found.amount, found.value_on, found.bank_reference) == (
        -2_500,
        date(2026, 5, 2),
        "REF2",
    )


def test_an_ach_return_comes_with_its_reason() -> None:
    [found] = file('16,557,900,,R1,E1,RETURN Reason: "R01"/').transactions
    assert (found.amount, found.returned, found.return_reason) == (-900, True, "R01")


def test_totals_that_differ_are_noticed_and_nothing_more() -> None:
    found = file("16,195,2500,Z,,,X/")
    assert [notice.code for notice in found.notices] == ["total_differs"]
    assert dict(found.notices[0].data) == {"stated": 0, "found": 25_000}


def test_what_moves_no_money_is_counted() -> None:
    assert file("16,890,,,,,NOTE/").not_booked == (("INFO", 1),)


def test_a_header_in_the_middle_ends_the_account_before_it() -> None:
    header = "01,A,B,260501,0700,1,,,2/\n"
    text = f"{header}02,B,A,1,260430,,USD,2/\n03,1,,010,1,,/\n{header}99,0,0,5/"
    [found] = bai2.parse(text.encode())
    assert (found.account, found.opening) == ("1", 1)
    assert [notice.code for notice in found.notices] == ["count_differs"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("01,A,B,260501,0700,1,,,2/\n", "cut_off"),
        ("01,A,B,260501,0700,1,,,2/\n16,195,1,,,,X/\n99,0,0,2/", "invalid_record"),
        ("01,A,B,260501,0700,1,,,2/\n02,B,A,2,260430,,USD,2/\n99,0,0,2/", "unsupported_message"),
        ("01,A,B,260501,0700,1,,,2/\n02,B,A,1,261330,,USD,2/\n99,0,0,2/", "invalid_date"),
        ("01,A,B,260501,0700,1,,,2/\n02,B,A,1,260430,,XXQ,2/\n99,0,0,2/", "unknown_currency"),
        (
            "01,A,B,260501,,1,,,2/\n02,B,A,1,260430,,USD,2/\n03,1,,010,1x,,/\n49,0,2/\n99,0,0,2/",
            "invalid_amount",
        ),
    ],
)
def test_what_cannot_be_relied_on_is_refused(text: str, code: str) -> None:
    with pytest.raises(FormatError) as caught:
        bai2.parse(text.encode())
    assert caught.value.code == code


OFX2 = """<?xml version="1.0" encoding="UTF-8"?>
<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>
<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR</CURDEF>
<BANKACCTFROM><BANKID>1</BANKID><ACCTID>DE89 3704 0044 0532 0130 00</ACCTID></BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260401</DTSTART><DTEND>20260430</DTEND>{bookings}</BANKTRANLIST>
<LEDGERBAL><BALAMT>{balance}</BALAMT><DTASOF>20260430</DTASOF></LEDGERBAL>
</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
BOOKING = (
    "<STMTTRN><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>20260430120000[+2:CEST]</DTPOSTED>"
    "<TRNAMT>{amount}</TRNAMT><FITID>F1</FITID><NAME>M&amp;M {name}</NAME>"
    "<MEMO>RE 12</MEMO></STMTTRN>"
)


def download(*, amount: str = "5.00", balance: str = "5.00", name: str = "Müller") -> Statement:
    text = OFX2.format(bookings=BOOKING.format(amount=amount, name=name), balance=balance)
    [found] = ofx.parse(text.encode())
    return found


def test_xml_is_read_like_sgml() -> None:
    found = download()
    assert (found.account, found.closing, found.kind) == ("DE89370400440532013000", 500, "export")
    [line] = found.transactions
    assert (line.amount, line.counterparty_name, line.remittance_text) == (
        500,
        "M&M Müller",
        "RE 12",
    )
    assert line.booked_on == date(2026, 4, 30)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1234.5", 123_450),
        ("-1.234,50", -123_450),
        ("+ 1 234,50", 123_450),
        ("1,234.50", 123_450),
        ("1.234.567", 123_456_700),
        ("7", 700),
        (".5", 50),
        ("5.0000", 500),
    ],
)
def test_amounts_as_banks_write_them(written: str, amount: int) -> None:
    assert download(amount=written).transactions[0].amount == amount


@pytest.mark.parametrize("written", ["", "x", "1.005", "--1", "1e3", "9" * 30, "."])
def test_what_is_no_amount_is_refused(written: str) -> None:
    with pytest.raises(FormatError) as caught:
        download(amount=written)
    assert caught.value.code in ("invalid_amount", "missing_element")


def test_a_balance_that_cannot_be_read_costs_no_booking() -> None:
    found = download(balance="n/a")
    assert (found.closing, len(found.transactions)) == (None, 1)
    assert [notice.code for notice in found.notices] == ["balance_unreadable"]


def test_a_section_of_character_data_is_text() -> None:
    assert download(name="<![CDATA[<NAME>x</NAME>]]>").transactions[0].counterparty_name == (
        "M&M <NAME>x</NAME>"
    )


def test_a_file_that_is_cut_off_is_refused() -> None:
    whole = OFX2.format(bookings=BOOKING.format(amount="5.00", name="x"), balance="5.00")
    for end in range(whole.index("<STMTTRN>"), len(whole) - 10, 7):
        with pytest.raises(FormatError):
            ofx.parse(whole[:end].encode())
