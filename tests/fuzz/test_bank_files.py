"""Bank files spoilt in every way: read or refused, in time, within bounds, and never half."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pytest

from tests.corpus.locations import documents
from tests.fuzz.mutations import files_to_try, survey
from usance.formats import bank_files
from usance.formats.statement import Statement, check_balances, fingerprints, notices_of
from usance.rules.money import EXPONENTS

PATTERNS: Final = {
    "camt": ("*.xml",),
    "mt940": ("*.sta", "*.txt"),
    "bai2": ("*.bai2", "*.txt"),
    "ofx": ("*.ofx", "*.qfx"),
    "bank-csv": ("*.csv",),
}
"""What is spoilt, by topic of the corpus."""

# For the two open tables are few: headings of other banks, separators, encodings, balances.
TABLES: Final = {
    "german.csv": (
        "Auftragskonto;Buchungstag;Valutadatum;Verwendungszweck;Beguenstigter/Zahlungspflichtiger;"
        "Kontonummer/IBAN;Betrag;Waehrung\n"
        '"DE89370400440532013000";"30.04.26";"30.04.26";"RE 4711";"Müller & Söhne";'
        '"DE12500105170648489890";"1.234,50";"EUR"\n'
        '"DE89370400440532013000";"29.04.26";"29.04.26";"Miete";"Haus AG";"";"-900,00";"EUR"\n'
    ).encode("cp1252"),
    "american.csv": (
        b"Details,Posting Date,Description,Amount,Type,Balance\r\n"
        b'CREDIT,04/30/2026,"ACH, INV 12",1200.00,ACH_CREDIT,1300.00\r\n'
        b"DEBIT,04/29/2026,FEE,-5.00,FEE,100.00\r\n"
    ),
    "italian.csv": (
        "Data contabile\tData valuta\tDescrizione\tDare\tAvere\n"
        "30/04/2026\t30/04/2026\tBonifico\t\t1.500,00\n28/04/2026\t28/04/2026\tCommissioni\t2,50\t\n"
    ).encode("utf-16"),
}


def spoilable(topic: str) -> dict[str, bytes]:
    found = {
        name: data
        for pattern in PATTERNS[topic]
        for name, data in documents(topic, pattern).items()
    }
    return found | TABLES if topic == "bank-csv" else found


def read(data: bytes) -> Sequence[Statement]:
    return bank_files.read(data, currency="EUR", account="1").statements


def holds_together(statements: Sequence[Statement]) -> None:
    """What is read of a file can be kept: amounts within bounds, currencies known, places told."""
    for statement in statements:
        assert statement.currency is None or statement.currency in EXPONENTS
        assert len(fingerprints(statement, account="1")) == len(statement.transactions)
        check_balances(statement)
        notices_of(statement)
        for ordinal, one in enumerate(statement.transactions, 1):
            assert one.ordinal == ordinal
            assert abs(one.amount) < 2**63
            assert one.currency in EXPONENTS
            for text in (one.remittance_text, one.additional_info, one.counterparty_name or ""):
                assert "\n" not in text


@pytest.mark.timeout(0)
@pytest.mark.parametrize("topic", PATTERNS)
def test_spoilt_files_are_read_or_refused(topic: str) -> None:
    found = survey(
        read,
        spoilable(topic),
        count=files_to_try(quick=800),
        seed=20261129,
        check=holds_together,
    )
    print(topic, found.report())
    assert not found.faults, found.report()
    assert found.read > found.files / 50
    assert found.refused.total() > found.files / 5
