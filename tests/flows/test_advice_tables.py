"""Tables and lockbox files that nobody understands by themselves: said once, read like that afterwards."""

from __future__ import annotations

import pytest

from tests.conftest import AT
from tests.flows.trading import Trade
from tests.formats import remittances as samples
from usance.flows import advice_tables, bank_intake, bank_statements, remittances, table_mappings
from usance.formats.errors import FormatError
from usance.formats.remittance_table import AdviceMapping
from usance.records.payments.models import (
    BankStatement,
    Remittance,
    RemittanceLine,
    WaitingBankFile,
)

ODD = b"Zettel;Wieviel;Wofuer\nRE-1001;980,00;Ware\nRE-1002;450,00;Ware\n"
SAID = AdviceMapping(columns={"document": "Zettel", "paid": "Wieviel"}, decimal_mark=",")


def paid(trade: Trade) -> list[tuple[str, int | None]]:
    found = RemittanceLine.objects.filter(seller_id=trade.seller.id).order_by("id")
    return [(line.number, line.paid) for line in found]


def test_a_table_is_explained_once_and_read_by_itself_afterwards(trade: Trade) -> None:
    with pytest.raises(FormatError) as caught:
        remittances.take_advice(trade.seller, ODD, **trade.act)
    assert advice_tables.may_be_explained(caught.value, ODD)
    table_mappings.keep_waiting(trade.seller, ODD, at=AT)
    remittances.take_advice(trade.seller, ODD, mapping=SAID, currency="CHF", **trade.act)
    assert not WaitingBankFile.objects.filter(seller_id=trade.seller.id).exists()
    # The next one comes among the bank's files, and is no table of bookings there either.
    later = ODD.replace(b"RE-1001", b"RE-2001")
    [taken] = bank_intake.take_file(trade.seller, later, at=AT, by="tester")
    assert taken.advice is not None
    assert not BankStatement.objects.filter(seller_id=trade.seller.id).exists()
    assert paid(trade) == [
        ("RE-1001", 98_000), ("RE-1002", 45_000), ("RE-2001", 98_000), ("RE-1002", 45_000),
    ]  # fmt: skip
    kept = Remittance.objects.filter(seller_id=trade.seller.id)
    assert {row.currency for row in kept} == {"CHF"}, "the currency is remembered too"
    # Whoever has said nothing reads it as before.
    assert not advice_tables.is_known(trade.seller, ODD.replace(b"Zettel", b"Blatt"))


def test_without_headings_nothing_is_asked(trade: Trade) -> None:
    bare = b"RE-1001;980,00\nRE-1002;450,00\n"
    with pytest.raises(FormatError) as caught:
        remittances.take_advice(trade.seller, bare, mapping=SAID, **trade.act)
    assert not advice_tables.may_be_explained(caught.value, bare)


def test_lockbox_files_are_read_as_the_seller_says(trade: Trade) -> None:
    fields = {"overflow.document": [12, 20], "overflow.amount": [32, 10]}
    advice_tables.set_lockbox_layout(trade.seller, fields=fields, **trade.act)
    assert advice_tables.lockbox_layout(trade.seller).as_json() == fields
    bank_statements.take_statement(trade.seller, samples.LOCKBOX.encode(), **trade.act)
    assert paid(trade) == [("INV-1", 40_000), ("INV-2", 30_000)]
    with pytest.raises(FormatError) as caught:
        advice_tables.set_lockbox_layout(trade.seller, fields={"nothing": [1, 1]}, **trade.act)
    assert caught.value.code == "invalid_layout"
