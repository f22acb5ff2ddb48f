"""Spoilt ACH files and messages of pain are read or refused, and what is read holds together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.corpus.locations import documents
from tests.formats.nacha_files import batch, entry, file_of
from tests.formats.sepa_orders import collection, debits, group, refunds
from tests.formats.test_sepa_status import PART, V03, report
from tests.fuzz.mutations import files_to_try, survey
from usance.formats import nacha, sepa
from usance.formats.errors import FormatError
from usance.formats.nacha import NachaFile

ADDENDA = nacha.fragments("ISA*" + "RMR*IV*7**1.00\\" * 20)
OURS = {
    "ctx": nacha.render(file_of(batch(entry(addenda=ADDENDA), entry_class="CTX"))),
    "many": nacha.render(file_of(batch(*(entry() for _ in range(50))))),
}


def totals_are_those_of_its_entries(read: Any) -> None:
    """No amount is negative, and a file whose controls agree adds up as they say."""
    assert isinstance(read, NachaFile)
    amounts = [each.amount for one in read.batches for each in (*one.entries, *one.advices)]
    assert all(amount >= 0 for amount in amounts)
    totals = nacha.file_totals(read)
    assert totals.debits + totals.credits == sum(amounts)
    if not read.faults and all(one.exchange is None for one in read.batches):
        try:
            again = nacha.parse(nacha.render(read))
        except FormatError:
            return  # read, but more than we would send
        assert again == read


@pytest.mark.timeout(0)
def test_spoilt_ach_files() -> None:
    found = survey(
        nacha.parse,
        documents("nacha", "*.ach") | OURS,
        count=files_to_try(quick=1000),
        seed=20261129,
        check=totals_are_those_of_its_entries,
    )
    assert not found.faults, found.report()
    assert found.read > 50
    assert found.refused


STATUS = {"report": report(message="<GrpSts>PART</GrpSts>", groups=PART.replace("%s", V03))}
PAIN: dict[str, tuple[Callable[[bytes], object], str, dict[str, bytes]]] = {
    "pain.001": (
        sepa.parse_credit_transfers,
        "*pain*001*.xml",
        {"ours": sepa.render_credit_transfers(refunds())},
    ),
    "pain.002": (sepa.parse_status_report, "*pain002*.xml", STATUS),
    "pain.008": (
        sepa.parse_direct_debits,
        "*pain.008*.xml",
        {"ours": sepa.render_direct_debits(debits(group(collection(), collection())))},
    ),
}


@pytest.mark.timeout(0)
@pytest.mark.parametrize("kind", PAIN)
def test_spoilt_messages(kind: str) -> None:
    reader, pattern, ours = PAIN[kind]
    found = survey(
        reader,
        documents("pain", pattern) | ours,
        count=files_to_try(quick=500),
        seed=20261129,
    )
    assert not found.faults, found.report()
    assert found.read > 25
    assert found.refused
