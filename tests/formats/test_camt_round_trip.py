"""What is rendered as camt.053 reads back as what it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.statements import IBANS, statements, transaction
from usance.formats import camt
from usance.formats.errors import FormatError
from usance.formats.statement import Statement
from usance.rules.money import LARGEST_AMOUNT

AT = datetime(2026, 4, 30, 17, 0, tzinfo=UTC)
STATEMENT = Statement(
    id="S1",
    account=IBANS[0],
    currency="EUR",
    opening=0,
    closing=1000,
    transactions=(transaction(),),
)


@settings(max_examples=150, deadline=None)
@given(several=st.lists(statements(), min_size=1, max_size=2))
def test_statements_read_back_identically(several: list[Statement]) -> None:
    document = camt.parse(camt.render(several, message_id="M1", created_at=AT))
    assert list(document.statements) == several
    assert (document.message_id, document.created_at) == ("M1", AT)
    assert (document.kind, document.version) == ("camt.053", "08")


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"id": None}, "missing_value", "id"),
        ({"account": None}, "missing_value", "account"),
        ({"opening": None, "closing": None}, "missing_value", "balance"),
        ({"currency": None}, "missing_value", "balance"),
        ({"period_from": date(2026, 4, 1)}, "missing_value", "period"),
        ({"id": "x" * 36}, "value_too_long", "Id takes at most 35 characters"),
        ({"account": "x" * 35}, "value_too_long", "34"),
        ({"id": "a\0b"}, "invalid_text", "control characters"),
        ({"id": "a\uffffb"}, "invalid_text", "control characters"),
        ({"opening": LARGEST_AMOUNT + 1}, "invalid_amount", "largest"),
        ({"transactions": (transaction(currency="ABC"),)}, "invalid_amount", "ABC"),
        ({"transactions": (transaction(additional_info="x" * 501),)}, "value_too_long", "500"),
        ({"transactions": (transaction(remittance_text="x" * 141),)}, "value_too_long", "140"),
        ({"transactions": (transaction(counterparty_name="x" * 141),)}, "value_too_long", "140"),
    ],
)
def test_what_the_schema_cannot_carry_is_refused(
    changes: dict[str, Any], code: str, said: str
) -> None:
    with pytest.raises(FormatError) as caught:
        camt.render([replace(STATEMENT, **changes)], message_id="M1", created_at=AT)
    assert caught.value.code == code
    assert said in caught.value.message


def test_no_statement_is_no_message() -> None:
    with pytest.raises(FormatError) as caught:
        camt.render([], message_id="M1", created_at=AT)
    assert caught.value.code == "missing_value"


def test_long_texts_are_broken_at_spaces_and_joined_again() -> None:
    text = " ".join(f"INV-2026-{n:05}" for n in range(60))
    data = camt.render(
        [replace(STATEMENT, transactions=(transaction(remittance_text=text),))],
        message_id="M1",
        created_at=AT,
    )
    assert data.count(b"<Ustrd>") == 7
    assert camt.parse(data).statements[0].transactions[0].remittance_text == text


def test_markup_in_texts_stays_text() -> None:
    text = "</Ustrd><Amt>1</Amt> & ]]> <!-- -->"
    data = camt.render(
        [replace(STATEMENT, transactions=(transaction(remittance_text=text),))],
        message_id="M1",
        created_at=AT,
    )
    assert camt.parse(data).statements[0].transactions[0].remittance_text == text
