"""Every open X12, lockbox and cXML document as a remittance advice: read to the cent, or refused by name."""

from __future__ import annotations

from datetime import date
from typing import Final

import pytest

from tests.corpus.locations import documents
from usance.formats import bank_files, lockbox, remittance_files
from usance.formats.errors import FormatError

ADVICES: Final = {
    "oopfactory___820__Example2_ScanaEnergy.txt": (
        "CUSTOMER NAME",
        "SCANA",
        "0001",
        date(2003, 1, 1),
        1_000_000,
        [("5189800007544", "account", 500_000)],
        ["lines_differ"],
    ),
    "oopfactory___820__Example6.txt": (
        "VIJSHTA Business Incor",
        "MURSADR",
        "5600516513",
        date(2005, 4, 13),
        6_655,
        [("3151551151025500", "account", 3_625), ("3151535551301500", "account", 5_235)],
        ["lines_differ"],
    ),
}
"""Payer, payee, trace, day, cents, lines, findings. Their samples do not add up, and that is said."""
REFUSED: Final = {
    "oopfactory___820__Example3_HomeDepot.txt": ("invalid_amount", "segment 4/BPR02"),
}
"""A specification with words where values go."""


def kind_of(name: str) -> str:
    """The transaction set that a file's name tells."""
    return name.split("___")[1][:3] if "___" in name else "997"


def test_every_820_is_read_to_the_cent() -> None:
    for name, data in documents("x12", "*820*").items():
        if name in REFUSED:
            continue
        [advice] = remittance_files.detect_and_parse(data)
        payer, payee, trace, day, cents, lines, findings = ADVICES[name]
        assert (advice.payer_name, advice.payee_name) == (payer, payee)
        assert (advice.reference, advice.paid_on) == (trace, day)
        assert (advice.amount, advice.currency, advice.method) == (cents, "USD", "ach")
        assert [(line.number, line.kind, line.paid) for line in advice.lines] == lines
        assert [finding.code for finding in advice.findings] == findings


@pytest.mark.parametrize("name", REFUSED)
def test_a_specification_is_no_advice(name: str) -> None:
    with pytest.raises(FormatError) as raised:
        remittance_files.detect_and_parse(documents("x12", name)[name])
    assert (raised.value.code, raised.value.path) == REFUSED[name]


def test_every_other_set_is_refused_by_its_name() -> None:
    others = {n: d for n, d in documents("x12", "*").items() if kind_of(n) != "820"}
    assert len(others) == 26
    for name, data in others.items():
        with pytest.raises(FormatError) as raised:
            remittance_files.detect_and_parse(data, name)
        assert raised.value.code == "unsupported_message", name
        assert f"X12 {kind_of(name)} (" in raised.value.message, name


def test_the_lockbox_gives_a_cheque_and_what_it_pays() -> None:
    [data] = documents("lockbox", "*").values()
    read = bank_files.read(data, account="US-1")
    assert read.format == "lockbox"
    [statement] = read.statements
    assert (statement.id, statement.currency, statement.notices) == ("0022222/20160523", "USD", ())
    [line] = statement.transactions
    assert (line.amount, line.booked_on) == (700_000, date(2016, 5, 23))
    assert (line.counterparty_name, line.counterparty_account) == (
        "BOB E SMITH",
        "055002707/0012345555",
    )
    assert (line.remittance_text, line.further_references) == ("CHEQUE 180", ("CE554",))
    [advice] = read.advices
    assert advice == lockbox.parse(data).advices[0]
    assert (advice.cheque_number, advice.payee_name) == ("180", "MY BUSINESS COMPANY")
    assert [(d.number, d.paid) for d in advice.lines] == [("CE554", 700_000)]
    assert advice.findings == ()


def test_no_open_cxml_document_is_an_advice() -> None:
    for name, data in documents("cxml", "*.xml").items():
        with pytest.raises(FormatError) as raised:
            remittance_files.detect_and_parse(data, name)
        assert raised.value.code in ("not_an_advice", "unknown_format", "doctype_refused"), name
