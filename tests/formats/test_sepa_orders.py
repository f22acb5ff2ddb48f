"""What is ordered of a bank is valid by its schema and reads back as what it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from lxml import etree

from tests.corpus.locations import schema
from tests.formats.sepa_orders import (
    CREDITOR,
    DAY,
    IBANS,
    collection,
    credit_transfer_files,
    debits,
    direct_debit_files,
    group,
    refunds,
    transfer,
)
from usance.formats import sepa
from usance.formats.errors import FormatError
from usance.formats.sepa.characters import transliterated

Debits = Literal["pain.008.001.02", "pain.008.001.08"]
Transfers = Literal["pain.001.001.03", "pain.001.001.09"]
DEBITS: tuple[Debits, ...] = ("pain.008.001.02", "pain.008.001.08")
TRANSFERS: tuple[Transfers, ...] = ("pain.001.001.03", "pain.001.001.09")

FOLDERS = {
    "pain.008.001.02": "iso20022/pain.008/",
    "pain.008.001.08": "iso20022/",
    "pain.001.001.03": "iso20022/pain.001/",
    "pain.001.001.09": "iso20022/pain.001/",
}


@cache
def schema_of(version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(schema("pain", f"{FOLDERS[version]}{version}.xsd")))


def faults(data: bytes, version: str) -> list[str]:
    known = schema_of(version)
    known.validate(etree.fromstring(data))
    return [str(error.message) for error in known.error_log]


def found(data: bytes, path: str) -> list[str]:
    """The texts of all elements down ``path``, anywhere."""
    steps = "/".join(f"*[local-name()='{name}']" for name in path.split("/"))
    return [each.text or "" for each in etree.fromstring(data).xpath(f"//{steps}")]


@settings(max_examples=25, deadline=None)
@given(file=direct_debit_files())
@pytest.mark.parametrize("version", DEBITS)
def test_direct_debits_read_back_and_are_valid(version: Debits, file: sepa.DirectDebitFile) -> None:
    written = sepa.render_direct_debits(file, version=version)
    assert faults(written, version) == []
    assert sepa.parse_direct_debits(written) == file


@settings(max_examples=25, deadline=None)
@given(file=credit_transfer_files())
@pytest.mark.parametrize("version", TRANSFERS)
def test_transfers_read_back_and_are_valid(
    version: Transfers, file: sepa.CreditTransferFile
) -> None:
    written = sepa.render_credit_transfers(file, version=version)
    assert faults(written, version) == []
    assert sepa.parse_credit_transfers(written) == file


def test_counts_and_sums_are_those_of_the_payments() -> None:
    file = debits(
        group(collection(amount=10_00), collection(amount=5)),
        group(collection(amount=99_999_999_99), id="G-2", scheme="B2B", sequence="FRST"),
    )
    written = sepa.render_direct_debits(file)
    assert found(written, "GrpHdr/NbOfTxs") == ["3"]
    assert found(written, "GrpHdr/CtrlSum") == ["100000010.04"]
    assert found(written, "PmtInf/NbOfTxs") == ["2", "1"]
    assert found(written, "PmtInf/CtrlSum") == ["10.05", "99999999.99"]
    assert found(written, "LclInstrm/Cd") == ["CORE", "B2B"]
    assert found(written, "PmtTpInf/SeqTp") == ["RCUR", "FRST"]
    assert [each.amount for each in file.groups] == [1005, 99_999_999_99]


def test_a_new_account_is_told_by_its_word() -> None:
    moved = sepa.Amendment(new_debtor_account=True)
    written = sepa.render_direct_debits(debits(group(collection(amendment=moved))))
    assert found(written, "OrgnlDbtrAcct/Id/Othr/Id") == ["SMNDA"]
    assert found(written, "MndtRltdInf/AmdmntInd") == ["true"]
    older = written.replace(b"<OrgnlDbtrAcct><Id><Othr><Id>SMNDA</Id></Othr></Id></OrgnlDbtrAcct>",
        b"<OrgnlDbtrAgt><FinInstnId><Othr><Id>SMNDA</Id></Othr></FinInstnId></OrgnlDbtrAgt>")  # fmt: skip
    assert older != written
    assert sepa.parse_direct_debits(older).groups[0].collections[0].amendment == moved


def test_names_are_written_in_the_characters_of_every_bank() -> None:
    debtor = collection(debtor_name="Žižka & Łódź GmbH_“Süd”", remittance_text="№ 5 – Größe 10 €")
    written = sepa.render_direct_debits(debits(group(debtor)))
    assert found(written, "Dbtr/Nm") == ["Zizka + Lodz GmbH-.Sud."]
    assert found(written, "RmtInf/Ustrd") == ["No 5 - Grosse 10 E"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Müller & Söhne", "Muller + Sohne"),
        ("Αθήνα ΑΕ", "Athina AE"),
        ("Щастие ООД", "Shtastie OOD"),
        ("Crème brûlée œuvre", "Creme brulee oeuvre"),
        ("a\u00a0b\tc\nd", "a b c d"),
        ("日本", ".."),
        ("[x]{y}|z\\~", "(x)(y)/z/-"),
        ("½ ﬁ ①", "1.2 fi 1"),
        ("a\x00b\u200b", "ab"),
        ("", ""),
    ],
)
def test_transliteration(text: str, plain: str) -> None:
    assert transliterated(text) == plain


BAD_DEBITS: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    ({"amount": 0}, {}, "invalid_amount", "InstdAmt"),
    ({"amount": -5}, {}, "invalid_amount", "InstdAmt"),
    ({"amount": 1_000_000_000_00}, {}, "invalid_amount", "InstdAmt"),
    ({"currency": "USD"}, {}, "unsupported_currency", "InstdAmt"),
    ({"end_to_end_id": ""}, {}, "missing_value", "EndToEndId"),
    ({"end_to_end_id": "x" * 36}, {}, "value_too_long", "EndToEndId"),
    ({"end_to_end_id": "/A"}, {}, "invalid_character", "EndToEndId"),
    ({"end_to_end_id": "A//B"}, {}, "invalid_character", "EndToEndId"),
    ({"end_to_end_id": "Ä"}, {}, "invalid_character", "EndToEndId"),
    ({"mandate_id": "M_1"}, {}, "invalid_character", "MndtId"),
    ({"signed_on": None}, {}, "missing_value", "DtOfSgntr"),
    ({"debtor_iban": "NL91ABNA0417164301"}, {}, "invalid_iban", "DbtrAcct"),
    ({"debtor_bic": "NOBIC"}, {}, "invalid_bic", "DbtrAgt"),
    ({"debtor_name": ""}, {}, "missing_value", "Dbtr"),
    ({"debtor_name": "日本"}, {}, "missing_value", "Dbtr"),
    ({"debtor_town": "Zug"}, {}, "missing_value", "Dbtr/PstlAdr"),
    ({"debtor_country": "Schweiz", "debtor_town": "Zug"}, {}, "invalid_country", "Dbtr/PstlAdr"),
    ({"remittance_text": "x" * 141}, {}, "value_too_long", "RmtInf"),
    ({"creditor_reference": "RF18539007547034"}, {}, "value_too_long", "RmtInf"),
    ({"purpose": "supplies"}, {}, "invalid_purpose", "Purp"),
    ({"amendment": sepa.Amendment()}, {}, "missing_value", "AmdmntInfDtls"),
    (
        {"amendment": sepa.Amendment(new_debtor_account=True, original_debtor_iban=IBANS[0])},
        {},
        "invalid_amendment",
        "AmdmntInfDtls",
    ),
    ({}, {"scheme": "COR1"}, "invalid_scheme", "PmtTpInf"),
    ({}, {"sequence": "LAST"}, "invalid_scheme", "PmtTpInf"),
    ({}, {"collect_on": date(2026, 12, 25)}, "invalid_date", "ReqdColltnDt"),
    ({}, {"collect_on": date(2026, 12, 5)}, "invalid_date", "ReqdColltnDt"),
    (
        {},
        {"creditor": replace(CREDITOR, identifier="DE97ZZZ09999999999")},
        "invalid_creditor_identifier",
        "CdtrSchmeId",
    ),
    ({}, {"id": "G 1 "}, "invalid_character", "PmtInfId"),
]


@pytest.mark.parametrize(("of_payment", "of_group", "code", "path"), BAD_DEBITS)
def test_what_a_bank_would_refuse_is_refused(
    of_payment: dict[str, Any], of_group: dict[str, Any], code: str, path: str
) -> None:
    with pytest.raises(FormatError) as refused:
        sepa.render_direct_debits(debits(group(collection(**of_payment), **of_group)))
    assert (refused.value.code, refused.value.path) == (code, path)


def test_an_id_stands_for_one_group() -> None:
    with pytest.raises(FormatError) as refused:
        sepa.render_direct_debits(debits(group(), group(scheme="B2B")))
    assert refused.value.code == "duplicate_id"


def test_an_empty_file_is_none() -> None:
    with pytest.raises(FormatError) as refused:
        sepa.render_direct_debits(replace(debits(), groups=()))
    assert refused.value.code == "missing_value"
    with pytest.raises(FormatError) as refused:
        sepa.render_direct_debits(debits(replace(group(), collections=())))
    assert refused.value.code == "missing_value"


@pytest.mark.parametrize(
    ("of_payment", "of_group", "code"),
    [
        ({"amount": 0}, {}, "invalid_amount"),
        ({"creditor_account": "12345"}, {}, "invalid_iban"),
        ({}, {"debtor_account": "12345"}, "invalid_iban"),
        ({}, {"instrument": "FAST"}, "invalid_scheme"),
    ],
)
def test_transfers_that_a_bank_would_refuse(
    of_payment: dict[str, Any], of_group: dict[str, Any], code: str
) -> None:
    with pytest.raises(FormatError) as refused:
        sepa.render_credit_transfers(refunds(transfer(**of_payment), **of_group))
    assert refused.value.code == code


def test_collections_are_grouped_by_day_scheme_and_sequence() -> None:
    def due(number: int, scheme: str, sequence: str, on: date) -> sepa.Due:
        one = collection(end_to_end_id=f"E{number}")
        return sepa.Due(collection=one, scheme=scheme, sequence=sequence, collect_on=on)

    later = date(2026, 12, 8)
    made = sepa.grouped(
        [
            due(1, "CORE", "RCUR", later),
            due(2, "CORE", "RCUR", DAY),
            due(3, "B2B", "RCUR", DAY),
            due(4, "CORE", "FRST", DAY),
            due(5, "CORE", "RCUR", DAY),
        ],
        creditor=CREDITOR,
        prefix="M7",
    )
    assert [
        (g.id, g.collect_on, g.scheme, g.sequence, [c.end_to_end_id for c in g.collections])
        for g in made
    ] == [
        ("M7-1", DAY, "B2B", "RCUR", ["E3"]),
        ("M7-2", DAY, "CORE", "FRST", ["E4"]),
        ("M7-3", DAY, "CORE", "RCUR", ["E2", "E5"]),
        ("M7-4", later, "CORE", "RCUR", ["E1"]),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "malformed_xml"),
        (b"<Document/>", "unsupported_message"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><Document/>', "doctype_refused"),
        (
            b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.008.001.02"><C/></Document>',
            "missing_element",
        ),
        (
            b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><C/></Document>',
            "unsupported_message",
        ),
    ],
)
def test_what_is_no_direct_debit_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(FormatError) as refused:
        sepa.parse_direct_debits(data)
    assert refused.value.code == code
