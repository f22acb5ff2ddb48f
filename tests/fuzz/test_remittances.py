"""Remittance advices spoilt in every way: read or refused, in time and within bounds."""

from __future__ import annotations

from typing import Final

import pytest

from tests.corpus.locations import documents
from tests.formats import remittances
from tests.fuzz.mutations import files_to_try, survey
from usance.formats import remittance_files
from usance.formats.remittance import DOCUMENT_KINDS, LONGEST_TEXT, RemittanceAdvice
from usance.rules.money import EXPONENTS

WRITTEN: Final = {
    "x12": {"advice.edi": remittances.X12},
    "edifact": {"advice.edi": remittances.REMADV},
    "cxml": {"advice.xml": remittances.CXML},
    "table": {"advice.csv": remittances.TABLE},
    "text": {"advice.txt": remittances.PAPER.encode()},
    "pdf": {"advice.pdf": remittances.pdf(remittances.PAPER)},
    "mail": {"advice.eml": remittances.MAIL},
    "lockbox": {},
}
CORPORA: Final = {"x12": ("x12", "*820*"), "lockbox": ("lockbox", "*.bai")}


def holds_together(advices: tuple[RemittanceAdvice, ...]) -> None:
    """What is read can be kept: amounts within bounds, currencies known, texts of one line."""
    assert advices
    for advice in advices:
        assert not advice.currency or advice.currency in EXPONENTS
        for amount in (advice.amount, advice.lines_amount, *(line.paid for line in advice.lines)):
            assert amount is None or abs(amount) < 2**62
        for line in advice.lines:
            assert line.kind in DOCUMENT_KINDS
            assert "\n" not in line.number and "\0" not in line.number
            assert len(line.number) <= LONGEST_TEXT


@pytest.mark.timeout(0)
@pytest.mark.parametrize("topic", WRITTEN)
def test_spoilt_advices_are_read_or_refused(topic: str) -> None:
    samples = dict(WRITTEN[topic])
    if topic in CORPORA:
        samples |= documents(*CORPORA[topic])
    found = survey(
        lambda data: remittance_files.detect_and_parse(data, currency="EUR"),
        samples,
        count=files_to_try(quick=400),
        seed=20261129,
        check=holds_together,
    )
    print(topic, found.report())
    assert not found.faults, found.report()
    assert found.read > found.files / 50
    assert found.refused.total() > found.files / 50
