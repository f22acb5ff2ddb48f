"""Every OFX document of the open corpus, with what it must come to."""

from __future__ import annotations

import pytest

from tests.corpus.locations import documents
from usance.formats import ofx
from usance.formats.errors import FormatError
from usance.formats.statement import Statement, check_balances

# kind, account, currency, opening, closing, transactions, sum of credits, sum of debits (minor units),
# and the codes of what is noticed in it
Expected = tuple[str, str, str, int | None, int | None, int, int, int, tuple[str, ...]]

PATTERNS = ("*.ofx", "*.qfx")
COUNTS = (17, 4)

READ: dict[str, list[Expected]] = {
    "bankfile__etrade_charset-none-with-encoding-usascii.ofx": [
        ("export", "0000123456", "USD", None, 9000, 1, 0, -1000, ()),
    ],
    "bankfile__hsbc-brasil_dtstart-ddmmyy.ofx": [
        ("export", "0000123456", "USD", None, 9000, 1, 0, -1000, ("date_unreadable",)),
    ],
    "bankfile__onpoint-community-credit-union_self-closing-memo-tag.ofx": [
        ("export", "0000123456", "USD", None, 9000, 1, 0, -1000, ()),
    ],
    "bankfile__unnamed-bank_amount-plus-sign-and-space.ofx": [
        ("export", "0000123456", "USD", None, 9000, 1, 100660, 0, ()),
    ],
    "bankfile__unnamed-bank_blank-line-before-header.ofx": [
        ("export", "0000123456", "USD", None, 9000, 1, 0, -1000, ()),
    ],
    "bankfile__unnamed-bank_character-outside-latin1.ofx": [
        ("export", "0000123456", "USD", None, 9000, 1, 0, -1000, ()),
    ],
    "bankfile__unnamed-bank_mixed-case-trntype.ofx": [
        ("export", "0000123456", "USD", None, 9000, 1, 0, -1000, ()),
    ],
    "bankfile__unnamed-bank_zero-date.ofx": [
        ("export", "0000123456", "USD", None, 9000, 1, 0, -1000, ()),
    ],
    "ofxparse__fail_nice__empty_balance.ofx": [
        ("export", "192639749", "CAD", None, None, 1, 12000, 0, ()),
    ],
    "ofxparse__fixtures__bank_medium.ofx": [
        ("export", "12300 000012345678", "CAD", None, 38234, 3, 0, -34527, ()),
    ],
    "ofxparse__fixtures__fidelity.ofx": [
        ("export", "01234567890", "USD", None, None, 3, 40, -97, ()),
    ],
    "ofxparse__fixtures__multiple_accounts.ofx": [
        ("export", "9100", "USD", None, 11100, 0, 0, 0, ()),
        ("export", "9200", "USD", None, 22200, 0, 0, 0, ()),
    ],
    "ofxparse__fixtures__td_ameritrade.ofx": [
        ("export", "121212121", "USD", None, None, 0, 0, 0, ()),
    ],
    "ofxparse__fixtures__vanguard.ofx": [
        ("export", "01234567890", "USD", None, None, 0, 0, 0, ()),
    ],
    "bankfile__chase_blank-line-before-header-none-after.qfx": [
        ("export", "0000123456", "USD", None, 9000, 1, 0, -1000, ()),
    ],
    "bankfile__chase_non-ascii-byte-declared-usascii.qfx": [
        ("export", "0000123456", "USD", None, 9000, 1, 0, -1000, ()),
    ],
    "bankfile__unnamed-bank_charset-8859-1-without-iso-prefix.qfx": [
        ("export", "0000123456", "USD", None, 9000, 1, 0, -1000, ()),
    ],
}
# The code of the refusal, and the line that it names.
REFUSED: dict[str, tuple[str, int | None]] = {
    "ofxparse__fixtures__account_listing_aggregation.ofx": ("no_statement", None),
    "ofxparse__fixtures__bank_small.ofx": ("no_statement", None),
    "ofxparse__fixtures__fidelity-savings.ofx": ("invalid_amount", 63),
    "ofxparse__fixtures__signon_fail.ofx": ("no_statement", None),
}


def found() -> dict[str, bytes]:
    return {name: data for pattern in PATTERNS for name, data in documents("ofx", pattern).items()}


def seen(statement: Statement) -> Expected:
    amounts = [t.amount for t in statement.transactions]
    assert [t.ordinal for t in statement.transactions] == list(range(1, len(amounts) + 1))
    return (
        statement.kind,
        statement.account or "",
        statement.currency or "",
        statement.opening,
        statement.closing,
        len(amounts),
        sum(a for a in amounts if a > 0),
        sum(a for a in amounts if a < 0),
        (
            *(notice.code for notice in statement.notices),
            *(finding.code for finding in check_balances(statement)),
        ),
    )


def test_the_corpus_is_whole() -> None:
    assert set(found()) == set(READ) | set(REFUSED)
    assert (len(READ), len(REFUSED)) == COUNTS


@pytest.mark.parametrize("name", READ)
def test_document_is_read_to_the_cent(name: str) -> None:
    assert [seen(statement) for statement in ofx.parse(found()[name])] == READ[name]


@pytest.mark.parametrize("name", REFUSED)
def test_document_is_refused_with_its_reason(name: str) -> None:
    with pytest.raises(FormatError) as caught:
        ofx.parse(found()[name])
    assert (caught.value.code, caught.value.line) == REFUSED[name]
