"""One payment told in every format is one advice, to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

import pytest

from tests.formats import remittances
from usance.formats import edifact, lockbox, nacha, remittance_files, remittance_table, x12
from usance.formats.errors import FormatError
from usance.formats.nacha.model import Batch, Entry, NachaFile
from usance.formats.remittance import Deduction, RemittanceAdvice

FORMATS: Final = {
    "x12.820": remittances.X12,
    "edifact.remadv": remittances.REMADV,
    "cxml": remittances.CXML,
    "csv": remittances.TABLE,
    "text": remittances.MAIL,
    "pdf": remittances.pdf(remittances.PAPER),
}


def only(data: bytes, **more: str) -> RemittanceAdvice:
    [advice] = remittance_files.detect_and_parse(data, **more)
    return advice


def refusal(data: bytes, **more: str) -> FormatError:
    with pytest.raises(FormatError) as raised:
        remittance_files.detect_and_parse(data, **more)
    return raised.value


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_tells_the_same(name: str) -> None:
    advice = only(FORMATS[name])
    assert advice.format == name
    assert (advice.amount, advice.lines_amount, advice.currency) == (133_000, 133_000, "EUR")
    assert "ZA4711" in advice.names
    told = [(line.number, line.kind, line.paid) for line in advice.lines]
    assert told == [
        ("RE-1001", "invoice", 98_000),
        ("RE-1002", "invoice", 45_000),
        ("GS-7", "credit_note", -10_000),
    ]
    assert not {f.code for f in advice.findings} - {"guessed"}


@pytest.mark.parametrize("name", ["x12.820", "edifact.remadv", "cxml", "csv", "text"])
def test_discounts_and_deductions_are_told_apart(name: str) -> None:
    first, second, _ = only(FORMATS[name]).lines
    assert (first.discount, first.deducted) == (2_000, 0)
    assert (second.discount, second.deducted) == (0, 5_000)
    assert "one pallet missing" in second.deductions[0].why


@pytest.mark.parametrize("name", ["x12.820", "edifact.remadv", "cxml", "csv"])
def test_what_machines_write_tells_who_and_when(name: str) -> None:
    advice = only(FORMATS[name])
    assert advice.payer_name.startswith("HUBER")
    assert advice.paid_on == date(2026, 3, 14)
    assert advice.lines[1].order_number == "PO-88"
    assert advice.lines[0].dated == date(2026, 2, 1)


def test_the_addenda_of_a_payment_are_read_by_the_reader_of_820() -> None:
    text = remittances.X12.decode().split("ENT*1~")[1].split("SE*")[0].replace("~", "\\")
    entry = Entry(
        transaction_code=22,
        routing_number="021000089",
        account="22222",
        amount=133_000,
        name="USANCE",
        identification="E2E-77",
        trace_number="021000020000001",
        addenda=nacha.fragments(text),
    )
    batch = Batch(
        entry_class="CTX",
        company_name="HUBER",
        company_id="1234567890",
        description="PAYMENT",
        odfi="02100002",
        effective_on=date(2026, 3, 14),
        entries=(entry, replace(entry, transaction_code=27), replace(entry, addenda=())),
    )
    [advice] = nacha.advices(NachaFile(header=None, batches=(batch,)))
    assert [line.paid for line in advice.lines] == [98_000, 45_000, -10_000]
    assert advice.lines[1].deductions == (
        Deduction(amount=5_000, code="06", reason="quantity contested one pallet missing"),
    )
    assert (advice.amount, advice.currency, advice.method) == (133_000, "USD", "ach")
    assert advice.names[:2] == ("E2E-77", "021000020000001")
    assert (advice.payer_name, advice.findings) == ("HUBER", ())


def test_addenda_that_are_no_segments_are_one_number() -> None:
    entry = Entry(
        transaction_code=22,
        routing_number="021000089",
        account="22222",
        amount=500,
        name="USANCE",
        addenda=("INVOICE 4711",),
    )
    batch = Batch(
        entry_class="CCD",
        company_name="HUBER",
        company_id="1",
        description="PAY",
        odfi="02100002",
        entries=(entry,),
    )
    [advice] = nacha.advices(NachaFile(header=None, batches=(batch,)))
    assert [(line.number, line.paid) for line in advice.lines] == [("INVOICE 4711", 500)]
    assert [f.code for f in advice.findings] == ["guessed"]


def test_sums_that_differ_are_said_and_never_mended() -> None:
    advice = only(remittances.X12.replace(b"BPR*C*1330", b"BPR*C*1400"))
    [found] = [f for f in advice.findings if f.code == "lines_differ"]
    assert dict(found.data) == {"stated": 140_000, "found": 133_000}


def test_a_credit_note_above_zero_is_taken_off_only_if_that_fits() -> None:
    spoilt = remittances.X12.replace(b"GS-7**-100*-100", b"GS-7**100*100")
    assert only(spoilt).lines[2].paid == -10_000
    assert only(spoilt.replace(b"BPR*C*1330", b"BPR*C*1530")).lines[2].paid == 10_000


@pytest.mark.parametrize("width", [40, 80, 128])
def test_wrapped_x12_is_read_as_it_was(width: int) -> None:
    data = remittances.X12
    wrapped = b"\r\n".join(data[at : at + width] for at in range(0, len(data), width))
    assert only(b"\xef\xbb\xbf" + wrapped) == only(data)


def test_an_x12_file_that_is_cut_off_is_refused() -> None:
    error = refusal(remittances.X12[:400])
    assert error.code in ("truncated", "invalid_segment")
    assert error.path is not None


def test_an_answer_to_an_interchange_is_an_interchange() -> None:
    came = x12.read(remittances.X12)
    answer = x12.acknowledge(came, number=7, at=datetime(2026, 3, 14, 9, 30, tzinfo=UTC))
    [said] = x12.read(answer).sets
    assert said.kind == "997"
    assert [(s.tag, *s.elements) for s in said.segments] == [
        ("AK1", "RA", "42"),
        ("AK2", "820", "0001"),
        ("AK5", "A"),
        ("AK9", "A", "1", "1", "1"),
    ]
    assert said.stated_count == str(said.count)
    assert answer.startswith(
        b"ISA*00*          *00*          *01*987654321      *01*123456789      *"
    )
    assert len(answer.split(b"~")[0]) == 105


def test_an_answer_notes_a_wrong_count() -> None:
    came = x12.read(remittances.X12.replace(b"SE*15*", b"SE*99*"))
    answer = x12.acknowledge(came, number=8, at=datetime(2026, 3, 14, 9, 30, tzinfo=UTC))
    assert b"AK5*E~" in answer
    assert b"AK9*E*1*1*1~" in answer


def test_other_edifact_messages_are_refused_by_name() -> None:
    error = refusal(remittances.REMADV.replace(b"+REMADV:", b"+INVOIC:"))
    assert error.code == "unsupported_message"
    assert "INVOIC" in error.message


def test_release_characters_of_edifact() -> None:
    data = remittances.REMADV.replace(b"HUBER ?+ CO", b"H?'B ?? ?: ?+")
    assert edifact.advices(data)[0].payer_name == "H'B ? : +"


def test_other_cxml_documents_are_refused_by_name() -> None:
    data = remittances.CXML.replace(b"PaymentRemittanceRequest>", b"OrderRequest>")
    error = refusal(data)
    assert (error.code, "OrderRequest" in error.message) == ("not_an_advice", True)


def test_one_table_of_several_payments() -> None:
    data = (
        b"payment number,invoice number,net amount,currency,payment amount\n"
        b"A100,77,10.00,USD,30.00\nA100,78,20.00,USD,30.00\nA200,80,5.00,USD,6.00\n"
    )
    first, second = remittance_files.detect_and_parse(data)
    assert (first.reference, first.amount, len(first.lines)) == ("A100", 3_000, 2)
    assert [f.code for f in first.findings] == []
    assert [f.code for f in second.findings] == ["lines_differ"]


def test_columns_can_be_said() -> None:
    data = b"Vorgang;Wieviel\n4711;100,50\n4712;50,00\n"
    assert refusal(data).code == "unknown_table", "asked about, not guessed"
    [advice] = remittance_table.parse(
        data, currency="EUR", columns={"document": "Vorgang", "paid": "Wieviel"}
    )
    assert [(line.number, line.paid) for line in advice.lines] == [
        ("4711", 10_050),
        ("4712", 5_000),
    ]


def test_a_bad_amount_has_its_place() -> None:
    error = refusal(b"Invoice number;Amount paid EUR\nRE-1;100.00\nRE-2;10x\n")
    assert (error.code, error.line, error.column) == ("invalid_amount", 3, 2)


def test_a_text_whose_lines_do_not_give_its_sum_says_so() -> None:
    text = remittances.PAPER.replace("1.330,00 EUR", "1.430,00 EUR")
    advice = only(text.encode())
    assert {f.code for f in advice.findings} >= {"guessed", "lines_differ"}


def test_sentences_of_a_mail() -> None:
    mail = (
        b"From: pay@huber.example\nTo: ar@usance.example\nSubject: Payment\n"
        b"Content-Type: text/plain; charset=utf-8\n\n"
        b"Hello,\n\ntoday we sent you USD 1,234.50 for\n"
        b"  invoice INV-100   $1,000.00\n  invoice INV-101   $234.50\n\nThanks\n"
    )
    advice = only(mail)
    assert [(line.number, line.paid) for line in advice.lines] == [
        ("INV-100", 100_000),
        ("INV-101", 23_450),
    ]
    assert advice.money == 123_450


def test_what_is_attached_goes_before_what_is_printed() -> None:
    boundary = b"BOUND"
    parts = (
        b"Content-Type: text/plain\n\nsee attached",
        b'Content-Type: application/pdf\nContent-Disposition: attachment; filename="a.pdf"\n'
        b"Content-Transfer-Encoding: binary\n\n" + remittances.pdf(remittances.PAPER),
        b'Content-Type: text/csv; charset=cp1252\nContent-Disposition: attachment; filename="a.csv"\n'
        b"Content-Transfer-Encoding: 8bit\n\n" + remittances.TABLE,
        b'Content-Type: application/vnd.ms-excel\nContent-Disposition: attachment; filename="a.xls"\n'
        b"\n\xd0\xcf\x11\xe0rest",
    )
    mail = (
        b"From: pay@huber.example\nTo: ar@usance.example\nSubject: Payment\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/mixed; boundary="BOUND"\n\n'
        + b"".join(b"--" + boundary + b"\n" + part + b"\n" for part in parts)
        + b"--BOUND--\n"
    )
    advice = only(mail)
    assert (advice.format, advice.amount) == ("csv", 133_000)
    assert [dict(f.data) for f in advice.findings if f.code == "not_read"] == [{"what": "a.xls"}]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "unknown_format"),
        (b"PK\x03\x04rest", "unknown_format"),
        (b"<Invoice/>", "unknown_format"),
        (b"Dear all, thanks!", "no_lines"),
        (b"%PDF-1.4 nothing", "pdf_unreadable"),
        (b"Invoice;Amount\nRE-1;1,234\n", "ambiguous_amounts"),
        (b"UNB+UNOC:3+A+B+1:2+3'UNH+1+REMADV:D:96A:UN'BGM+481+1'", "truncated"),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, code: str) -> None:
    assert refusal(data, currency="EUR").code == code


def test_a_lockbox_whose_layout_has_amounts() -> None:
    layout = lockbox.Layout.from_json({"overflow.document": [12, 20], "overflow.amount": [32, 10]})
    read = lockbox.parse(remittances.LOCKBOX.encode(), layout=layout, account="US-1")
    [statement] = read.statements
    assert statement.account == "US-1"
    assert [line.amount for line in statement.transactions] == [700_000, 10_000]
    assert statement.notices == ()
    [advice] = read.advices
    assert [(line.number, line.paid) for line in advice.lines] == [
        ("INV-1", 40_000),
        ("INV-2", 30_000),
    ]
    assert {f.code for f in advice.findings} == {"lines_differ"}  # 700.00 is not 7,000.00


def test_a_layout_that_cannot_be_is_refused() -> None:
    for document in ([], {"overflow.nothing": [1, 2]}, {"overflow.amount": [0, 2]}, {"a": "b"}):
        with pytest.raises(FormatError, match="layout cannot be used"):
            lockbox.Layout.from_json(document)


def test_a_lockbox_that_is_cut_off_is_refused() -> None:
    with pytest.raises(FormatError) as raised:
        lockbox.parse(remittances.LOCKBOX.rsplit("9000010", 1)[0].encode())
    assert raised.value.code == "cut_off"
