"""Every camt document of the open corpus, with what it must come to."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree

from tests.corpus.locations import documents, schema
from usance.formats import camt
from usance.formats.errors import FormatError
from usance.formats.statement import BalanceDoesNotAddUp, Statement, check_balances

GENKGO = "genkgo__data__"
MOOV = "moov__testdata__"

# account, currency, opening, closing, transactions, sum of credits, sum of debits, not booked
Expected = tuple[str, str, int | None, int | None, int, int, int, dict[str, int]]

CH28 = "CH2801234000123456789"
NL26 = "NL26VAYB8060476890"
CH29 = "CH2909000000250094239"
CH51 = "CH5109000000250092291"
GIRO_DE = "DE89370400440532013000"

STATEMENTS: dict[str, tuple[str, str, list[Expected]]] = {
    "bsp__golden__camt053_duplicate_same_day.xml": (
        "camt.053",
        "02",
        [(GIRO_DE, "EUR", None, None, 2, 0, -900, {})],
    ),
    "bsp__golden__camt053_multicurrency.xml": (
        "camt.053",
        "02",
        [
            (GIRO_DE, "EUR", 1000000, 1075025, 2, 125050, -50025, {}),
            ("US-ACCT-0099", "USD", 250000, 240001, 1, 0, -9999, {}),
        ],
    ),
    GENKGO + "camt052.v1.xml": (
        "camt.052",
        "01",
        [(CH28, "SEK", None, None, 1, 0, -20000000, {})],
    ),
    GENKGO + "camt052.v2.other-account.xml": (
        "camt.052",
        "02",
        [(CH28, "SEK", None, None, 1, 0, -20000000, {})],
    ),
    GENKGO + "camt052.v2.with-account-name.xml": (
        "camt.052",
        "02",
        [(CH28, "SEK", None, None, 1, 0, -20000000, {})],
    ),
    GENKGO + "camt052.v4.xml": (
        "camt.052",
        "04",
        [(CH28, "CHF", None, None, 0, 0, 0, {"PDNG": 1})],
    ),
    GENKGO + "camt052.v6.Amt-zero.xml": (
        "camt.052",
        "06",
        [(CH28, "CHF", None, None, 0, 0, 0, {"PDNG": 1})],
    ),
    GENKGO + "camt052.v6.xml": (
        "camt.052",
        "06",
        [(CH28, "CHF", None, None, 0, 0, 0, {"PDNG": 1})],
    ),
    # The closing balance of these is in another currency than the account's: not known.
    GENKGO + "camt053.v2.minimal.ultimate.xml": (
        "camt.053",
        "02",
        [(NL26, "EUR", 1815, None, 1, 885, 0, {})],
    ),
    GENKGO + "camt053.v2.minimal.xml": (
        "camt.053",
        "02",
        [(NL26, "EUR", 1815, None, 1, 885, 0, {})],
    ),
    GENKGO + "camt053.v2.multi.statement.xml": (
        "camt.053",
        "02",
        [
            (NL26, "EUR", 1815, 2700, 1, 885, 0, {}),
            (NL26, "EUR", 2700, 2000, 1, 0, -700, {}),
        ],
    ),
    GENKGO + "camt053.v2.with-account-name.xml": (
        "camt.053",
        "02",
        [(CH28, "EUR", None, None, 1, 885, 0, {})],
    ),
    GENKGO + "camt053.v2.with-party-ids.xml": (
        "camt.053",
        "02",
        [(NL26, "EUR", 1815, None, 1, 885, 0, {})],
    ),
    GENKGO + "camt053.v3.xml": ("camt.053", "03", [(NL26, "EUR", 1815, None, 1, 885, 0, {})]),
    GENKGO + "camt053.v4.xml": ("camt.053", "04", [(NL26, "EUR", 1815, None, 1, 885, 0, {})]),
    GENKGO + "camt053.v8.xml": ("camt.053", "08", [(NL26, "EUR", 1815, None, 1, 885, 0, {})]),
    GENKGO + "camt054.v2.with-account-name.xml": (
        "camt.054",
        "02",
        [(CH28, "SEK", None, None, 1, 0, -20000000, {})],
    ),
    GENKGO + "camt054.v2.xml": (
        "camt.054",
        "02",
        [(CH28, "SEK", None, None, 1, 0, -20000000, {})],
    ),
    # Three payments in CHF that do not add up to the entry in SEK: one transaction.
    GENKGO + "camt054.v4.xml": (
        "camt.054",
        "04",
        [(CH28, "SEK", None, None, 1, 0, -20000000, {})],
    ),
    MOOV + "200519_camt.052_P_CH2909000000250094239_1110092686_0_2019042416072347.xml": (
        "camt.052",
        "04",
        [(CH29, "CHF", 20850919, None, 2, 0, -101600, {})],
    ),
    MOOV + "200519_camt.054-Debit_P_CH2909000000250094239_1110092692_0_2019042401501580.xml": (
        "camt.054",
        "04",
        [(CH29, "CHF", None, None, 1, 0, -91300, {})],
    ),
    # A batch of 778.29 and 913.93.
    MOOV + "200519_camt.054_P_CH2909000000250094239_1111091335_0_2020061900081727.xml": (
        "camt.054",
        "04",
        [(CH29, "CHF", None, None, 2, 169222, 0, {})],
    ),
    MOOV + "200519_camt054-chdd_p_ch2909000000250094239_1110097484_0_20190520700381159.xml": (
        "camt.054",
        "04",
        [(CH29, "CHF", None, None, 2, 450, 0, {})],
    ),
    MOOV + "200519_camt054-epo_p_ch5109000000250092291_1110097605_0_2019052003522556.xml": (
        "camt.054",
        "04",
        [(CH51, "CHF", None, None, 3, 0, -75000, {})],
    ),
    MOOV + "200519_camt054-epo_p_ch5109000000250092291_1110097605_0_2019052103322231.xml": (
        "camt.054",
        "04",
        [(CH51, "CHF", None, None, 3, 0, -75000, {})],
    ),
    MOOV + "200519_camt054-returns_p_ch2909000000250094239_1109800798_0_2019052023472022.xml": (
        "camt.054",
        "04",
        [(CH29, "CHF", None, None, 1, 40000, 0, {})],
    ),
    MOOV + "FI_camt_054_sample.xml.xml": (
        "camt.054",
        "02",
        [("FI7433010001222090", "EUR", None, None, 11, 550000, -523005, {"INFO": 1})],
    ),
    MOOV + "camt.053_P_CH2909000000250094239_1110092698_0_2020112503071366.xml": (
        "camt.053",
        "04",
        [(CH29, "CHF", 21199319, 21511221, 5, 473372, -7770, {})],
    ),
}

# Entry and count of the payments of each batch, by document.
BATCHES: dict[str, list[tuple[int | None, int | None]]] = {
    "genkgo__data__camt052.v2.other-account.xml": [(None, 20)],
    "genkgo__data__camt054.v2.xml": [(None, 3)],
    "genkgo__data__camt054.v4.xml": [(None, 3)],
    "moov__testdata__200519_camt.054_P_CH2909000000250094239_1111091335_0_2020061900081727.xml": [
        (1, None),
        (1, None),
    ],
    "moov__testdata__200519_camt054-chdd_p_ch2909000000250094239_1110097484_0_20190520700381159.xml": [
        (1, None),
        (1, None),
    ],
    "moov__testdata__200519_camt054-epo_p_ch5109000000250092291_1110097605_0_2019052003522556.xml": [
        (1, None),
        (1, None),
        (1, None),
    ],
    "moov__testdata__200519_camt054-epo_p_ch5109000000250092291_1110097605_0_2019052103322231.xml": [
        (1, None),
        (1, None),
        (1, None),
    ],
    "moov__testdata__FI_camt_054_sample.xml.xml": [
        (1, None),
        (1, None),
        (3, None),
        (3, None),
        (5, None),
        (5, None),
        (7, None),
        (7, None),
        (7, None),
        (10, None),
        (10, None),
    ],
}

# name: code, line, what the message must say
BROKEN: dict[str, tuple[str, int | None, str]] = {
    "bsp__golden__camt053_garbled_amount.xml": ("invalid_amount", 17, "12..34"),
    GENKGO + "camt053.v2.wrong.xml": ("missing_element", 3, "Stmt"),
    MOOV + "valid_camt_v09.xml": ("unsupported_message", None, "camt.053"),
}


def signed(statement: Statement) -> Expected:
    amounts = [t.amount for t in statement.transactions]
    return (
        statement.account or "",
        statement.currency or "",
        statement.opening,
        statement.closing,
        len(amounts),
        sum(a for a in amounts if a > 0),
        sum(a for a in amounts if a < 0),
        dict(statement.not_booked),
    )


def test_the_corpus_is_whole() -> None:
    found = documents("camt", "*.xml")
    assert len(found) == 31
    assert set(found) == set(STATEMENTS) | set(BROKEN)


@pytest.mark.parametrize("name", STATEMENTS)
def test_document_is_read_to_the_cent(name: str) -> None:
    kind, version, expected = STATEMENTS[name]
    document = camt.parse(documents("camt", name)[name])
    assert (document.kind, document.version) == (kind, version)
    assert [signed(statement) for statement in document.statements] == expected
    for statement in document.statements:
        ordinals = [t.ordinal for t in statement.transactions]
        assert ordinals == list(range(1, len(ordinals) + 1))


@pytest.mark.parametrize("name", BROKEN)
def test_broken_document_says_what_is_wrong(name: str) -> None:
    code, line, said = BROKEN[name]
    with pytest.raises(FormatError) as caught:
        camt.parse(documents("camt", name)[name])
    assert (caught.value.code, caught.value.line) == (code, line)
    assert said in str(caught.value)


def test_balances_that_do_not_add_up_are_reported() -> None:
    findings = {}
    for name in STATEMENTS:
        for statement in camt.parse(documents("camt", name)[name]).statements:
            if found := check_balances(statement):
                findings[name] = found
    swiss = MOOV + "camt.053_P_CH2909000000250094239_1110092698_0_2020112503071366.xml"
    assert findings == {
        swiss: [
            BalanceDoesNotAddUp(
                opening=21199319, movements=465602, closing=21511221, currency="CHF"
            )
        ]
    }


def test_the_payments_of_a_batch_know_their_entry() -> None:
    batches: dict[str, list[tuple[int | None, int | None]]] = {}
    for name in STATEMENTS:
        for statement in camt.parse(documents("camt", name)[name]).statements:
            found = [(t.entry, t.payments) for t in statement.transactions if t.entry or t.payments]
            if found:
                batches[name] = found
    assert batches == BATCHES


def test_the_last_entry_is_as_another_reader_sees_it() -> None:
    """The JSON beside each document is what an independent reader makes of its entries."""
    expectations = documents("camt", GENKGO + "*.json")
    assert len(expectations) == 17
    compared = 0
    for name, data in expectations.items():
        entries: list[dict[str, Any]] = json.loads(data)["getEntries"]
        document = name.removesuffix(".json") + ".xml"
        statement = camt.parse(documents("camt", document)[document]).statements[-1]
        assert len(entries) == len(statement.transactions) + sum(n for _, n in statement.not_booked)
        for entry in entries:
            if entry["getStatus"] != "BOOK":
                assert dict(statement.not_booked) == {entry["getStatus"]: 1}
                continue
            transaction = statement.transactions[-1]
            amount = entry["getAmount"]
            assert transaction.amount == int(amount["getAmount"]), name
            assert transaction.currency == amount["getCurrency"]["getCode"]
            assert transaction.bank_reference == entry["getAccountServicerReference"]
            if entry["getBookingDate"] is not None:
                assert transaction.booked_on.isoformat() == entry["getBookingDate"]["0"][:10]
            compared += 1
    assert compared == 14


def test_swiss_batch_is_taken_apart() -> None:
    name = MOOV + "200519_camt.054_P_CH2909000000250094239_1111091335_0_2020061900081727.xml"
    [statement] = camt.parse(documents("camt", name)[name]).statements
    first, second = statement.transactions
    assert (first.amount, second.amount) == (77829, 91393)
    assert first.structured_reference == "539115429773825311971477453"
    assert first.bank_reference == "2000000000000000"
    assert first.counterparty_name == "Bernasconi Maria"
    assert first.end_to_end_id == "1006265-aic5dL-75dzf3jk9-cf2d5e9"
    assert second.structured_reference == "662437765447746478179744715"


def test_finnish_sample_keeps_references_and_foreign_orders() -> None:
    name = MOOV + "FI_camt_054_sample.xml.xml"
    [statement] = camt.parse(documents("camt", name)[name]).statements
    with_two_references = statement.transactions[4]
    assert with_two_references.structured_reference == "RF7812345"
    assert with_two_references.further_references == ("RF0812344",)
    assert statement.transactions[5].ultimate_counterparty_name == "AT-08 ULTIMATE DEBTOR NAME"
    assert str(statement.transactions[9].instructed) == "USD -750.00"
    assert str(statement.transactions[10].instructed) == "JPY -79255"


def test_swiss_return_is_known_as_one() -> None:
    name = MOOV + "200519_camt054-returns_p_ch2909000000250094239_1109800798_0_2019052023472022.xml"
    [statement] = camt.parse(documents("camt", name)[name]).statements
    [transaction] = statement.transactions
    assert transaction.returned
    assert transaction.return_reason == "AC01"


def test_every_document_is_rendered_valid_and_read_back_the_same() -> None:
    xsd = etree.XMLSchema(etree.parse(schema("camt", "iso20022/camt.053/camt.053.001.08.xsd")))
    rendered = 0
    for name in STATEMENTS:
        document = camt.parse(documents("camt", name)[name])
        # What camt.053.001.08 has no place for, or demands where other kinds do not.
        statements = [
            replace(
                s,
                kind="statement",
                not_booked=(),
                opening=s.opening or 0,
                # Each payment of a batch is written as an entry of its own.
                transactions=tuple(
                    replace(t, entry=None, entry_reference=None, payments=None)
                    for t in s.transactions
                ),
            )
            for s in document.statements
        ]
        data = camt.render(
            statements, message_id=document.message_id, created_at=datetime(2026, 4, 30, tzinfo=UTC)
        )
        xsd.assertValid(etree.fromstring(data))
        again = camt.parse(data)
        assert [replace(s, kind="statement") for s in again.statements] == statements, name
        rendered += 1
    assert rendered == 28
