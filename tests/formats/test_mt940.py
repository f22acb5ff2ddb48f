"""MT940 and MT942 as banks of several countries write them."""

from __future__ import annotations

from datetime import date

import pytest

from usance.formats import mt940
from usance.formats.errors import FormatError
from usance.formats.statement import Statement, Transaction, check_balances
from usance.rules.money import Money


def statement(*fields: str, account: str = "DE89370400440532013000") -> Statement:
    """The one statement of a file with ``fields`` between its balances."""
    lines = (":20:S1", f":25:{account}", ":28C:7/1", ":60F:C260401EUR0,00", *fields)
    [found] = mt940.parse("\r\n".join((*lines, ":62F:C260430EUR0,00", "-", "")).encode())
    return found


def booking(*lines: str, of: str = ":61:2604300430C1234,50NTRFNONREF//B1") -> Transaction:
    """The one transaction of ``of`` and its ``:86:``."""
    details = (":86:" + lines[0], *lines[1:]) if lines else ()
    [found] = statement(of, *details).transactions
    return found


def test_a_german_credit_with_its_subfields() -> None:
    found = booking(
        "166?00GUTSCHRIFT?100599?20EREF+BESTELLUNG 4711?21SVWZ+RE 2026-",
        "000123 RE 2026-000124?30COBADEFFXXX?31DE12500105170648489890?32MUELLER UND SOEHNE GMBH",
        "?33 + CO KG?34000",
    )
    assert found == Transaction(
        ordinal=1,
        amount=123_450,
        currency="EUR",
        booked_on=date(2026, 4, 30),
        value_on=date(2026, 4, 30),
        bank_reference="B1",
        end_to_end_id="BESTELLUNG 4711",
        remittance_text="RE 2026-000123 RE 2026-000124",
        counterparty_name="MUELLER UND SOEHNE GMBH + CO KG",
        counterparty_account="DE12500105170648489890",
        bank_transaction_code="NTRF/166",
        additional_info="GUTSCHRIFT",
    )


def test_a_full_subfield_goes_on_in_the_next_and_a_short_one_ends_a_word() -> None:
    found = booking("166?20SVWZ+Rechnung 2026-00001234?2156 und?22Rest")
    assert found.remittance_text == "Rechnung 2026-0000123456 und Rest"


@pytest.mark.parametrize("code", ["108", "109", "159"])
def test_an_unpaid_debit_comes_back_with_its_reason(code: str) -> None:
    found = booking(
        f"{code}?00RUECKLASTSCHRIFT?20EREF+E1?21MREF+M1?22SVWZ+AC04 RETURN?32KUNDE?34902",
        of=":61:2604300430D99,00NRTINONREF",
    )
    assert (found.amount, found.returned, found.end_to_end_id) == (-9_900, True, "E1")
    assert found.return_reason in ("902", "AC04")


def test_a_reversed_credit_takes_money_out() -> None:
    found = booking("166?20SVWZ+X", of=":61:2604300430RC10,00NTRFNONREF")
    assert (found.amount, found.returned) == (-1_000, True)


def test_a_reversed_debit_brings_money_in() -> None:
    found = booking("166?20SVWZ+X", of=":61:2604300430RDR10,00NTRFNONREF")
    assert (found.amount, found.returned) == (1_000, True)


def test_dutch_code_words() -> None:
    found = booking(
        "/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/J. DE VR",
        "IES B.V./REMI/Factuur 2026-000123/EREF/NOTPROVIDED",
    )
    assert found.counterparty_account == "NL91ABNA0417164300"
    assert found.counterparty_name == "J. DE VRIES B.V."
    assert found.remittance_text == "Factuur 2026-000123"
    assert found.end_to_end_id is None
    assert found.additional_info == "SEPA OVERBOEKING"


def test_ing_names_the_counterparty_in_one_word() -> None:
    found = booking(
        "/EREF/E2E-1//CNTP/NL91ABNA0417164300/ABNANL2A/J. DE VRIES///REMI/USTD//FACT 12/"
    )
    assert found.counterparty_account == "NL91ABNA0417164300"
    assert found.counterparty_name == "J. DE VRIES"
    assert (found.end_to_end_id, found.remittance_text) == ("E2E-1", "FACT 12")


def test_a_structured_dutch_reference() -> None:
    found = booking("/EREF/E1/REMI/STRD/CUR/9001122334455667/")
    assert found.structured_reference == "9001122334455667"


def test_a_return_by_code_words() -> None:
    found = booking("/RTRN/MD06/EREF/E9/REMI/x", of=":61:2604300430D5,00NDDTNONREF")
    assert (found.returned, found.return_reason) == (True, "MD06")


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("Zahlung RF18 5390 0754 7034 danke", "RF18539007547034"),
        ("RF18539007547034", "RF18539007547034"),
        ("RF19539007547034", None),
        ("+++090/9337/55493+++", "+++090/9337/55493+++"),
        ("+++090/9337/55494+++", None),
        ("210000000003139471430009017", "210000000003139471430009017"),
        ("21 00000 00003 13947 14300 09017", "210000000003139471430009017"),
        ("210000000003139471430009018", None),
    ],
)
def test_references_that_prove_themselves_are_found_in_text(
    text: str, reference: str | None
) -> None:
    assert booking(text).structured_reference == reference


def test_what_was_ordered_in_another_currency() -> None:
    [found] = statement(
        ":61:2604300430C90,00NTRFNONREF//B1", "/OCMT/USD100,00/EXCH/1,11/", ":86:WIRE"
    ).transactions
    assert found.instructed == Money(10_000, "USD")


def test_the_entry_date_is_in_the_year_nearest_to_the_value_date() -> None:
    assert booking(of=":61:2601021231C1,00NTRFNONREF").booked_on == date(2025, 12, 31)
    assert booking(of=":61:2512310102C1,00NTRFNONREF").booked_on == date(2026, 1, 2)


def test_value_dates_of_months_of_thirty_days() -> None:
    assert booking(of=":61:260230C1,00NMSCNONREF").value_on == date(2026, 2, 28)
    with pytest.raises(FormatError) as caught:
        booking(of=":61:260431C1,00NMSCNONREF")
    assert caught.value.code == "invalid_date"


def test_a_day_so_far() -> None:
    data = (
        ":20:R\n:25:DE89370400440532013000\n:28C:1/1\n:34F:EUR0,\n:13D:2604301200+0200\n"
        ":61:2604300430C1,00NTRFNONREF\n:86:x\n:90C:1EUR1,00\n:90D:0EUR0,00\n-\n"
    )
    [found] = mt940.parse(data.encode())
    assert (found.kind, found.currency, found.opening, found.closing) == (
        "report",
        "EUR",
        None,
        None,
    )
    assert found.notices == ()


def test_a_file_that_ends_within_a_booking_is_refused() -> None:
    whole = (
        ":20:S1\r\n:25:X1\r\n:28C:1\r\n:60F:C260401EUR0,00\r\n"
        ":61:2604300430C1,00NTRFNONREF\r\n:86:Rechnung 2026-0001\r\n"
    )
    with pytest.raises(FormatError) as caught:
        mt940.parse(whole.encode())
    assert (caught.value.code, caught.value.line) == ("cut_off", 6)
    [found] = mt940.parse((whole + ":62F:C260430EUR1,00").encode())
    assert check_balances(found) == []


@pytest.mark.parametrize(
    ("encoding", "assumed"), [("utf-8", None), ("cp1252", "windows-1252"), ("cp850", "cp850")]
)
def test_umlauts_in_whatever_encoding(encoding: str, assumed: str | None) -> None:
    data = (
        ":20:S\r\n:25:X1\r\n:60F:C260401EUR0,00\r\n:61:260430C1,00NTRFNONREF\r\n"
        ":86:166?20Grüße aus Köln?32Müller\r\n:62F:C260430EUR1,00\r\n-\r\n"
    ).encode(encoding)
    [found] = mt940.parse(data)
    assert found.transactions[0].counterparty_name == "Müller"
    assert [dict(n.data) for n in found.notices] == ([{"encoding": assumed}] if assumed else [])
