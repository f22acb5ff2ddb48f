"""Hypothesis strategies for statements, and one statement that tests build upon."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from usance.formats.statement import NO_REFERENCE, Statement, Transaction, is_iban
from usance.rules.money import Money

IBANS = (
    "DE89370400440532013000",
    "FR1420041010050500013M02606",
    "NL91ABNA0417164300",
    "RO49AAAA1B31007593840000",
    "NO9386011117947",
)

DAYS = st.dates(min_value=date(2001, 1, 1), max_value=date(2099, 12, 31))
CURRENCIES = st.sampled_from(("EUR", "USD", "JPY", "KWD", "RON", "CHF"))
MINOR_UNITS = st.integers(min_value=-(10**12), max_value=10**12)
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zs", "Zl", "Zp"))
WORDS = st.text(LETTERS, min_size=1, max_size=35)
IDENTIFIERS = WORDS.filter(lambda word: word.upper() not in NO_REFERENCE)
LINES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
NUMBERS = st.text(LETTERS, min_size=1, max_size=34).filter(lambda text: not is_iban(text))
ACCOUNTS = st.sampled_from(IBANS) | NUMBERS
TEXTS = st.lists(WORDS, max_size=12).map(" ".join)


@st.composite
def transactions(draw: st.DrawFn, *, ordinal: int) -> Transaction:
    """A transaction as a reader leaves it: texts on one line, references without blanks."""
    amount = draw(MINOR_UNITS)
    currency = draw(CURRENCIES)
    instructed = draw(st.none() | st.builds(Money, st.integers(1, 10**9), CURRENCIES))
    if instructed is not None:
        instructed = -instructed if amount < 0 else instructed
        if instructed == Money(amount, currency):
            instructed = None
    returned = draw(st.booleans())
    return Transaction(
        ordinal=ordinal,
        amount=amount,
        currency=currency,
        booked_on=draw(DAYS),
        value_on=draw(st.none() | DAYS),
        bank_reference=draw(st.none() | IDENTIFIERS),
        end_to_end_id=draw(st.none() | IDENTIFIERS),
        structured_reference=draw(st.none() | IDENTIFIERS),
        further_references=tuple(draw(st.lists(IDENTIFIERS, max_size=3, unique=True))),
        remittance_text=draw(TEXTS),
        counterparty_name=draw(st.none() | LINES),
        counterparty_account=draw(st.none() | ACCOUNTS),
        ultimate_counterparty_name=draw(st.none() | LINES),
        instructed=instructed,
        returned=returned,
        return_reason=draw(st.none() | st.sampled_from(("AC04", "AM04", "bank's own")))
        if returned
        else None,
        bank_transaction_code=draw(st.sampled_from((None, "PMNT/RCDT/ESCT", "544", "NTRF+166"))),
        additional_info=draw(TEXTS),
    )


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    """A statement that every writer can carry."""
    days = sorted((draw(DAYS), draw(DAYS)))
    with_period = draw(st.booleans())
    opening = draw(st.none() | MINOR_UNITS)
    return Statement(
        id=draw(IDENTIFIERS),
        sequence=draw(st.none() | st.integers(0, 10**9)),
        account=draw(ACCOUNTS),
        currency=draw(CURRENCIES),
        opening=opening,
        closing=draw(MINOR_UNITS if opening is None else st.none() | MINOR_UNITS),
        period_from=days[0] if with_period else None,
        period_to=days[1] if with_period else None,
        transactions=tuple(
            draw(transactions(ordinal=n)) for n in range(1, 1 + draw(st.integers(0, 3)))
        ),
        copy_duplicate=draw(st.sampled_from((None, "COPY", "DUPL", "CODU"))),
        partial=draw(st.booleans()),
    )


def transaction(**changes: Any) -> Transaction:
    """A transfer of EUR 10.00 received on 30 April 2026, with ``changes``."""
    return Transaction(
        **{
            "ordinal": 1,
            "amount": 1000,
            "currency": "EUR",
            "booked_on": date(2026, 4, 30),
            "remittance_text": "Invoice 117",
            **changes,
        }
    )
