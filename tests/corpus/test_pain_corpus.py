"""Every pain document of the open corpus, with what it must come to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.corpus.locations import documents
from usance.formats import sepa
from usance.formats.errors import FormatError

CREDIT_TRANSFERS = {
    # message id, then for each group: id, day, payer's account, and each payment
    "gs__gs_pain__pain001_001_08.xml": (
        "test-160620",
        [
            (
                "test-160620",
                "2020-06-16",
                "50000970",
                [("test-160620", 1000, "GBP", "12345678", "USD Payment from USD account")],
            )
        ],
    ),
    "nl__abn__pain.001.001.03 voorbeeldbestand.xml": (
        "000001",
        [
            (
                "12345",
                "2013-04-19",
                "NL02ABNA0123456789",
                [
                    (
                        "Onze referentie: 123456",
                        38600,
                        "EUR",
                        "NL44RABO0123456789",
                        "Ref. 2012.0386",
                    )
                ],
            )
        ],
    ),
    "nl__ing__pain.001.001.03 voorbeeldbestand.xml": (
        "MSGID005",
        [
            (
                "PAYID001",
                "2013-04-19",
                "NL28INGB0000000001",
                [("E2EID001", 101, "EUR", "NL98INGB0000000002", "Ref. 2012.0386")],
            )
        ],
    ),
}
KING = (
    "Message-ID-4711",
    [
        (
            "Payment-Information-ID-4711",
            "2010-11-25",
            "DE87200500001234567890",
            [
                (
                    "OriginatorID1234",
                    654314,
                    "EUR",
                    "DE21500500009876543210",
                    "Unstructured Remittance Information",
                ),
                (
                    "OriginatorID1235",
                    11272,
                    "EUR",
                    "DE21500500001234567897",
                    "Unstructured Remittance Information",
                ),
            ],
        )
    ],
)
CREDIT_TRANSFERS |= {f"sepaking__examples__pain.001.00{n}.03.xml": KING for n in (1, 2, 3)}

DIRECT_DEBITS = {"sepaking__examples__pain.008.002.02.xml"}
MOOV = "moov__testdata__pain002-"
STATUS_REPORTS = {
    f"{MOOV}chdd-cor1_p_ch2909000000250094239_1110097483_0_2018031317221082.xml": (
        "MsgId-CHDD-Musterfile",
        "pain.008.001.02.ch.03",
        None,
        [("PmtInfId-CHDD-1", "ACCP", [])],
    ),
    f"{MOOV}epo_p_0_0_0_2018031510491259.xml": (
        "MsgId-001",
        "pain.001.001.03.ch.02",
        "ACTC",
        [],
    ),
    f"{MOOV}epo_p_ch5109000000250092291_1110097605_0_2018031511252307.xml": (
        "MsgId-001",
        "pain.001.001.03.ch.02",
        None,
        [
            (
                "PmtInfId-001-03",
                "PART",
                [
                    (
                        "EndToEndId-001-03-04",
                        "InstrId-001-03-04",
                        "RJCT",
                        ["AC01"],
                        "1301813;Konto ungültig",
                        "2018-03-16",
                    )
                ],
            )
        ],
    ),
}


@pytest.fixture(scope="module")
def corpus() -> dict[str, bytes]:
    return documents("pain", "*.xml")


def test_every_document_has_an_expected_outcome(corpus: dict[str, bytes]) -> None:
    assert len(corpus) == 10
    assert set(corpus) == {*CREDIT_TRANSFERS, *DIRECT_DEBITS, *STATUS_REPORTS}


@pytest.mark.parametrize("name", sorted(CREDIT_TRANSFERS))
def test_credit_transfers(name: str, corpus: dict[str, bytes]) -> None:
    message_id, groups = CREDIT_TRANSFERS[name]
    read = sepa.parse_credit_transfers(corpus[name])
    assert read.message_id == message_id
    assert [
        (
            group.id,
            group.execute_on.isoformat(),
            group.debtor_account,
            [
                (t.end_to_end_id, t.amount, t.currency, t.creditor_account, t.remittance_text)
                for t in group.transfers
            ],
        )
        for group in read.groups
    ] == groups


def test_direct_debits(corpus: dict[str, bytes]) -> None:
    read = sepa.parse_direct_debits(corpus["sepaking__examples__pain.008.002.02.xml"])
    (group,) = read.groups
    assert (read.message_id, group.id, group.scheme, group.sequence) == (
        "Message-ID",
        "Payment-ID",
        "CORE",
        "FRST",
    )
    assert (group.collect_on.isoformat(), group.amount, group.batch_booking) == (
        "2010-12-03",
        665586,
        None,
    )
    assert (group.creditor.identifier, group.creditor.iban, group.creditor.bic) == (
        "DE00ZZZ00099999999",
        "DE87200500001234567890",
        "BANKDEFFXXX",
    )
    first, second = group.collections
    assert (first.mandate_id, str(first.signed_on), first.debtor_iban, first.ultimate_debtor) == (
        "Mandate-Id",
        "2010-11-20",
        "DE21500500009876543210",
        "Ultimate Debtor Name",
    )
    assert first.amendment == sepa.Amendment(
        original_creditor_name="Original Creditor Name",
        original_creditor_identifier="AA00ZZZOriginalCreditorID",
    )
    assert (second.mandate_id, second.amount, second.amendment) == ("Other-Mandate-Id", 11272, None)


@pytest.mark.parametrize("name", sorted(STATUS_REPORTS))
def test_status_reports(name: str, corpus: dict[str, bytes]) -> None:
    original, kind, status, groups = STATUS_REPORTS[name]
    read = sepa.parse_status_report(corpus[name])
    assert (read.original_message_id, read.original_message_name, read.status) == (
        original,
        kind,
        status,
    )
    assert read.version == "pain.002.001.03"
    assert [
        (
            group.id,
            group.status,
            [
                (
                    t.end_to_end_id,
                    t.instruction_id,
                    t.status,
                    [reason.code for reason in t.reasons],
                    " ".join(reason.text for reason in t.reasons),
                    str(t.collect_on),
                )
                for t in group.transactions
            ],
        )
        for group in read.groups
    ] == groups


READERS: dict[str, Callable[[bytes], object]] = {
    "pain.001": sepa.parse_credit_transfers,
    "pain.002": sepa.parse_status_report,
    "pain.008": sepa.parse_direct_debits,
}


def test_no_document_is_taken_for_another(corpus: dict[str, bytes]) -> None:
    kinds = {
        **dict.fromkeys(CREDIT_TRANSFERS, "pain.001"),
        **dict.fromkeys(DIRECT_DEBITS, "pain.008"),
        **dict.fromkeys(STATUS_REPORTS, "pain.002"),
    }
    for name, kind in kinds.items():
        for other in READERS.keys() - {kind}:
            with pytest.raises(FormatError) as refused:
                READERS[other](corpus[name])
            assert refused.value.code == "unsupported_message"
