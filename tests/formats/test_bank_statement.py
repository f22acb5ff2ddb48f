"""Fingerprints, balances and account numbers of statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.statements import IBANS, statements, transaction
from usance.formats.statement import (
    BalanceDoesNotAddUp,
    Statement,
    TransactionInAnotherCurrency,
    check_balances,
    fingerprint,
    fingerprints,
    is_iban,
    one_line,
    reference_or_none,
)

ACCOUNT = IBANS[0]


def of(*, account: str = ACCOUNT, **changes: Any) -> str:
    return fingerprint(transaction(**changes), account=account)


class TestFingerprint:
    def test_is_stable_over_time(self) -> None:
        """A changed recipe would book every transaction of the past a second time."""
        assert of() == "9f6762f505fca98c70225fd8e9556b917fabd99c3f906e58f08ff8573a52e08d"
        assert (
            of(bank_reference="BANK-1")
            == "4df75b2cb995b1553239fc8762960a1eb2935ed61934108bd30ab68c82738033"
        )

    @pytest.mark.parametrize(
        "changes",
        [
            {"amount": 1001},
            {"amount": -1000},
            {"currency": "USD"},
            {"booked_on": date(2026, 5, 1)},
            {"remittance_text": "Invoice 118"},
            {"end_to_end_id": "E"},
            {"structured_reference": "RF18539007547034"},
            {"counterparty_name": "ACME"},
            {"counterparty_account": IBANS[1]},
            {"additional_info": "fee"},
            {"bank_reference": "BANK-1"},
            {"account": IBANS[1]},
        ],
    )
    def test_tells_different_bookings_apart(self, changes: dict[str, Any]) -> None:
        assert of(**changes) != of()

    @pytest.mark.parametrize(
        "changes",
        [
            {"ordinal": 7},
            {"remittance_text": "INVOICE  117"},
            {"value_on": date(2026, 5, 1)},
            {"account": "de89 3704 0044 0532 0130 00"},
        ],
    )
    def test_is_the_same_for_the_same_booking_written_differently(
        self, changes: dict[str, Any]
    ) -> None:
        assert of(**changes) == of()

    def test_with_a_bank_reference_later_texts_do_not_matter(self) -> None:
        early = of(bank_reference="BANK-1")
        assert of(bank_reference="BANK-1", remittance_text="now with the invoice") == early
        assert of(bank_reference="BANK-1", counterparty_name="ACME") == early
        assert of(bank_reference="BANK-2") != early
        assert of(bank_reference="BANK-1", amount=999) != early

    def test_two_coffees_on_one_day_stay_two(self) -> None:
        statement = Statement(
            account=ACCOUNT, transactions=(transaction(ordinal=1), transaction(ordinal=2))
        )
        first, second = fingerprints(statement)
        assert first != second

    def test_overlapping_files_agree_on_what_they_share(self) -> None:
        coffee, rent = transaction(amount=-450), transaction(amount=-90000)
        early = Statement(account=ACCOUNT, transactions=(coffee, rent))
        late = Statement(account=ACCOUNT, transactions=(rent, coffee, coffee))
        assert set(fingerprints(early)) < set(fingerprints(late))
        assert len(set(fingerprints(late)) - set(fingerprints(early))) == 1

    def test_account_of_the_caller_stands_in_for_a_missing_one(self) -> None:
        nameless = Statement(transactions=(transaction(),))
        assert fingerprints(nameless, account=ACCOUNT) == (of(),)
        assert fingerprints(replace(nameless, account=ACCOUNT), account="other") == (of(),)

    @given(statement=statements())
    def test_never_collides_within_a_statement(self, statement: Statement) -> None:
        assert len(set(fingerprints(statement))) == len(statement.transactions)

    def test_fields_cannot_be_shifted_into_each_other(self) -> None:
        assert of(remittance_text="AB", counterparty_name="C") != of(
            remittance_text="A", counterparty_name="BC"
        )


class TestBalances:
    statement = Statement(
        account=ACCOUNT,
        currency="EUR",
        opening=500,
        closing=1700,
        transactions=(transaction(amount=1500), transaction(ordinal=2, amount=-300)),
    )

    def test_adding_up_is_no_finding(self) -> None:
        assert check_balances(self.statement) == []

    def test_a_cent_is_a_finding_with_its_figures(self) -> None:
        [finding] = check_balances(replace(self.statement, closing=1701))
        assert finding == BalanceDoesNotAddUp(
            opening=500, movements=1200, closing=1701, currency="EUR"
        )
        assert isinstance(finding, BalanceDoesNotAddUp)
        assert finding.difference == 1
        assert finding.code == "balance_does_not_add_up"

    @pytest.mark.parametrize(
        "unknown", [{"opening": None}, {"closing": None}, {"partial": True}, {"currency": None}]
    )
    def test_what_is_unknown_is_not_checked(self, unknown: dict[str, Any]) -> None:
        assert check_balances(replace(self.statement, closing=1701)) != []
        changes = {"closing": 1701, **unknown}
        assert check_balances(replace(self.statement, **changes)) == []

    def test_a_transaction_in_another_currency_is_the_finding(self) -> None:
        foreign = replace(
            self.statement,
            transactions=(*self.statement.transactions, transaction(ordinal=3, currency="USD")),
        )
        assert check_balances(foreign) == [
            TransactionInAnotherCurrency(ordinal=3, currency="USD", expected="EUR")
        ]


class TestIban:
    @pytest.mark.parametrize("iban", IBANS)
    def test_examples_of_the_registry_are_good(self, iban: str) -> None:
        assert is_iban(iban)

    @given(iban=st.sampled_from(IBANS), data=st.data())
    def test_any_one_wrong_digit_is_found(self, iban: str, data: st.DataObject) -> None:
        at = data.draw(st.integers(2, len(iban) - 1))
        other = data.draw(st.sampled_from("0123456789").filter(lambda c: c != iban[at]))
        assert not is_iban(iban[:at] + other + iban[at + 1 :])

    @pytest.mark.parametrize("text", ["", "DE89", "DE123456789", "de89370400440532013000", "ÄÖ89"])
    def test_other_numbers_are_none(self, text: str) -> None:
        assert not is_iban(text)


@pytest.mark.parametrize(
    "word", ["NOTPROVIDED", "notprovided", " NONREF ", "", None, "NOT PROVIDED"]
)
def test_words_for_nothing_are_nothing(word: str | None) -> None:
    assert reference_or_none(word) is None


def test_references_are_put_on_one_line() -> None:
    assert reference_or_none(" A \n B ") == "A B" == one_line("A\tB")
