"""Payment codes: payloads as the standards print them, and symbols that any reader takes."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

import pytest
import segno
import segno.helpers
from hypothesis import given
from hypothesis import strategies as st

from usance.formats.errors import FormatError
from usance.formats.payment_codes import (
    EpcTransfer,
    SwissAddress,
    SwissBill,
    creditor_reference,
    grouped,
    is_creditor_reference,
    is_qr_reference,
    qr_modules,
    qr_reference,
    svg,
)
from usance.formats.payment_codes.masking import best_masked, encoded

RED_CROSS = EpcTransfer(
    name="Red Cross of Belgium",
    iban="BE72 0000 0000 1616",
    bic="BPOTBEB1",
    amount=Decimal("1.00"),
    purpose="CHAR",
    text="Urgency fund",
    information="Sample EPC QR code",
)
MUSTER = SwissAddress(
    name="Max Muster & Söhne",
    street="Musterstrasse",
    building="123",
    post_code="8000",
    town="Seldwyla",
    country="CH",
)
PAYER = SwissAddress(
    name="Simon Muster",
    street="Musterstrasse",
    building="1",
    post_code="8000",
    town="Seldwyla",
    country="CH",
)
QR_BILL = SwissBill(
    account="CH44 3199 9123 0008 8901 2",
    creditor=MUSTER,
    currency="CHF",
    amount=Decimal("1949.75"),
    debtor=PAYER,
    reference="21 00000 00003 13947 14300 09017",
    message="Order from 15.10.2020",
    bill_information="//S1/10/1234/11/201021/30/102673386/32/7.7/40/0:30",
    alternatives=("Name AV1: UV;UltraPay005;12345", "Name AV2: XY;XYService;54321"),
)


def test_the_example_of_epc069_12() -> None:
    """The sample of the guidelines, section 6, as version 002 with two decimals."""
    assert RED_CROSS.payload().decode().split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "BPOTBEB1",
        "Red Cross of Belgium",
        "BE72000000001616",
        "EUR1.00",
        "CHAR",
        "",
        "Urgency fund",
        "Sample EPC QR code",
    ]


def test_an_epc_payload_ends_with_its_last_element() -> None:
    transfer = EpcTransfer(
        name="Nordwind Werkzeug GmbH",
        iban="DE89370400440532013000",
        amount=Decimal("980"),
        reference="RF18 5390 0754 7034",
    )
    assert transfer.payload() == (
        b"BCD\n002\n1\nSCT\n\nNordwind Werkzeug GmbH\nDE89370400440532013000\nEUR980.00\n\n"
        b"RF18539007547034"
    )


def test_our_epc_payload_is_that_of_another_library() -> None:
    ours = replace(RED_CROSS, information="", amount=Decimal("123.45")).payload()
    theirs = segno.helpers.make_epc_qr(
        name="Red Cross of Belgium",
        iban="BE72000000001616",
        bic="BPOTBEB1",
        amount=Decimal("123.45"),
        purpose="CHAR",
        text="Urgency fund",
        encoding="utf-8",
    )
    assert theirs == segno.make_qr(ours, error="m", boost_error=False, mask=theirs.mask)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"iban": "BE73000000001616"}, "invalid_iban"),
        ({"iban": ""}, "invalid_iban"),
        ({"bic": "BPOT"}, "invalid_bic"),
        ({"bic": "", "iban": "CH9300762011623852957"}, "missing_bic"),
        ({"amount": Decimal(0)}, "invalid_amount"),
        ({"amount": Decimal("-5")}, "invalid_amount"),
        ({"amount": Decimal("1.005")}, "invalid_amount"),
        ({"amount": Decimal("1000000000.00")}, "invalid_amount"),
        ({"reference": "RF19539007547034", "text": ""}, "invalid_reference"),
        ({"reference": "RF18539007547034"}, "invalid_reference"),  # beside a text
        ({"name": "x" * 71}, "value_too_long"),
        ({"name": " "}, "missing_value"),
        ({"text": "x" * 141}, "value_too_long"),
        ({"text": "ü" * 140, "name": "ü" * 70, "information": "ü" * 70}, "value_too_long"),
    ],
)
def test_what_a_bank_would_refuse_has_no_epc_code(change: dict[str, object], code: str) -> None:
    with pytest.raises(FormatError) as refused:
        replace(RED_CROSS, **change).payload()  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_line_break_in_a_name_adds_no_element() -> None:
    """Nobody can smuggle another account into a code through a name."""
    payload = replace(RED_CROSS, name="Red Cross\nDE89370400440532013000\nEUR999").payload()
    assert payload.decode().split("\n")[5:8] == [
        "Red Cross DE89370400440532013000 EUR999",
        "BE72000000001616",
        "EUR1.00",
    ]


def test_the_example_of_the_swiss_guidelines_with_a_qr_reference() -> None:
    """Implementation Guidelines QR-bill 2.3, annex A, example 1."""
    assert QR_BILL.payload().split("\n") == [
        "SPC", "0200", "1",
        "CH4431999123000889012",
        "S", "Max Muster & Söhne", "Musterstrasse", "123", "8000", "Seldwyla", "CH",
        "", "", "", "", "", "", "",
        "1949.75", "CHF",
        "S", "Simon Muster", "Musterstrasse", "1", "8000", "Seldwyla", "CH",
        "QRR", "210000000003139471430009017",
        "Order from 15.10.2020",
        "EPD",
        "//S1/10/1234/11/201021/30/102673386/32/7.7/40/0:30",
        "Name AV1: UV;UltraPay005;12345",
        "Name AV2: XY;XYService;54321",
    ]  # fmt: skip


def test_a_qr_bill_with_a_creditor_reference_and_one_without_any() -> None:
    scor = SwissBill(
        account="CH5800791123000889012",
        creditor=MUSTER,
        currency="CHF",
        amount=Decimal("199.95"),
        debtor=PAYER,
        reference="RF18 5390 0754 7034",
    )
    assert scor.payload().split("\n")[27:] == ["SCOR", "RF18539007547034", "", "EPD"]
    gift = replace(scor, amount=None, debtor=None, reference="", message="Donation")
    lines = gift.payload().split("\n")
    assert len(lines) == 31
    assert lines[18:] == ["", "CHF", "", "", "", "", "", "", "", "NON", "", "Donation", "EPD"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"account": "DE89370400440532013000"}, "invalid_iban"),
        ({"account": "CH4431999123000889013"}, "invalid_iban"),
        ({"account": "CH5800791123000889012"}, "invalid_reference"),  # a QR reference, no QR-IBAN
        ({"reference": ""}, "invalid_reference"),
        ({"reference": "RF18539007547034"}, "invalid_reference"),
        ({"reference": "210000000003139471430009016"}, "invalid_reference"),
        ({"currency": "USD"}, "invalid_currency"),
        ({"currency": "EUR"}, "invalid_iban"),  # SEPA knows no QR-IBAN
        ({"amount": Decimal("0.001")}, "invalid_amount"),
        ({"amount": Decimal(0)}, "invalid_amount"),
        ({"message": "x" * 100}, "value_too_long"),  # with the bill information
        ({"alternatives": ("a", "b", "c")}, "value_too_long"),
        ({"creditor": replace(MUSTER, name="x" * 71)}, "value_too_long"),
        ({"creditor": replace(MUSTER, town="")}, "missing_value"),
        ({"debtor": replace(PAYER, name="काशी काष्ठ उद्योग")}, "invalid_text"),
    ],
)
def test_what_a_bank_would_refuse_is_no_qr_bill(change: dict[str, object], code: str) -> None:
    with pytest.raises(FormatError) as refused:
        replace(QR_BILL, **change).payload()  # type: ignore[arg-type]
    assert refused.value.code == code


def test_romanian_and_polish_letters_are_allowed_on_a_qr_bill() -> None:
    bill = replace(QR_BILL, debtor=replace(PAYER, name="Șuruburi și Țevi Łódź"))
    assert "Șuruburi și Țevi Łódź" in bill.payload()


@pytest.mark.parametrize(
    ("number", "reference"),
    [
        ("539007547034", "RF18539007547034"),  # the example of the Swiss guidelines
        ("2026-0042", "RF8820260042"),
        ("INV/26 a", "RF19INV26A"),
        ("0", "RF040"),
    ],
)
def test_creditor_references(number: str, reference: str) -> None:
    """By ISO 7064: the digits of reference, "RF" and check digits, taken modulo 97, leave 1."""
    assert creditor_reference(number) == reference
    turned = reference[4:] + reference[:4]
    assert int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


@given(st.from_regex(r"[0-9A-Z]{1,21}", fullmatch=True))
def test_every_creditor_reference_is_right(own: str) -> None:
    reference = creditor_reference(own)
    assert is_creditor_reference(reference)
    assert is_creditor_reference(grouped(reference))


@given(st.from_regex(r"[0-9]{1,21}", fullmatch=True), st.data())
def test_a_mistyped_digit_is_seen(own: str, data: st.DataObject) -> None:
    reference = creditor_reference(own)
    place = data.draw(st.integers(2, len(reference) - 1))
    other = data.draw(
        st.sampled_from([digit for digit in "0123456789" if digit != reference[place]])
    )
    assert not is_creditor_reference(reference[:place] + other + reference[place + 1 :])


def test_a_number_that_no_reference_holds_is_refused() -> None:
    for number in ("", "---", "A" * 22):
        with pytest.raises(FormatError):
            creditor_reference(number)
    for number in ("", "abc", "000", "1" * 27):
        with pytest.raises(FormatError):
            qr_reference(number)


def test_qr_references() -> None:
    assert qr_reference("21000000000313947143000901") == "210000000003139471430009017"
    assert qr_reference("2600313") == "000000000000000000026003132"
    assert is_qr_reference("21 00000 00003 13947 14300 09017")
    assert not is_qr_reference("000000000000000000000000000")
    assert grouped("210000000003139471430009017") == "21 00000 00003 13947 14300 09017"


def penalty_by_the_book(matrix: list[list[int]]) -> int:
    """The four rules of ISO/IEC 18004:2015, table 11, module by module."""
    size = len(matrix)
    found = 0
    finders = ([0, 0, 0, 0, 1, 0, 1, 1, 1, 0, 1], [1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0])
    for lines in (matrix, [list(column) for column in zip(*matrix, strict=True)]):
        for line in lines:
            runs = [len(list(run)) for _, run in groupby(line)]
            found += sum(run - 2 for run in runs if run >= 5)
            found += 40 * sum(line[at : at + 11] in finders for at in range(size - 10))
    for y in range(size - 1):
        for x in range(size - 1):
            square = {matrix[y + b][x + a] for a in (0, 1) for b in (0, 1)}
            found += 3 * (len(square) == 1)
    dark = sum(map(sum, matrix))
    return found + 10 * (abs(20 * dark - 10 * size * size) // (size * size))


@pytest.mark.parametrize("length", [3, 77, 203])
def test_the_mask_is_the_one_of_the_lowest_penalty(length: int) -> None:
    data = random.Random(length).randbytes(length)
    scores = [
        penalty_by_the_book([list(row) for row in encoded(data, mask=mask).matrix])
        for mask in range(8)
    ]
    assert best_masked(data).mask == scores.index(min(scores))


def test_the_symbol_is_of_level_m_and_of_a_version_the_standard_allows() -> None:
    longest = replace(RED_CROSS, name="x" * 70, text="y" * 140, information="")
    code = best_masked(longest.payload())
    by_the_library = encoded(longest.payload(), mask=code.mask)
    assert by_the_library.error == "M"
    assert [[int(module) for module in row] for row in code.rows] == [
        list(row) for row in by_the_library.matrix
    ]
    assert code.version <= 13
    assert len(qr_modules(longest.payload(), largest_version=13)) == 17 + 4 * code.version
    with pytest.raises(FormatError) as refused:
        qr_modules(b"z" * 400, largest_version=13)
    assert refused.value.code == "value_too_long"
    with pytest.raises(FormatError):
        qr_modules(b"z" * 4000)


def test_the_drawing_has_each_dark_module_and_no_other() -> None:
    modules = qr_modules(RED_CROSS.payload())
    drawn = svg(modules, quiet_zone=4)
    found = set()
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawn):
        found |= {(int(x) + at - 4, int(y) - 4) for at in range(int(width))}
    dark = {(x, y) for y, row in enumerate(modules) for x, module in enumerate(row) if module}
    assert found == dark
    assert f'viewBox="0 0 {len(modules) + 8} {len(modules) + 8}"' in drawn
    assert "<g" not in drawn
    assert "<g" in svg(modules, swiss_cross=True)
