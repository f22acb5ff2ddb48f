"""Whatever a bank sends at once: each file is taken for what it is, an archive whole or not at all."""

from __future__ import annotations

from datetime import date

import pytest

from tests.conftest import AT
from tests.flows.bank_files import Booking, camt_053, table
from tests.flows.trading import Trade
from tests.formats import nacha_files
from tests.formats.zip_archives import zipped
from usance.flows import bank_intake, cash_application
from usance.flows.bank_intake import Incoming, MemberRefused
from usance.formats import nacha
from usance.records.payments.models import (
    BankStatement,
    Payment,
    Remittance,
    RemittanceFile,
)

ADVICE = b"Invoice number;Amount paid;Currency\nINV-7;60,00;EUR\nINV-8;40,00;EUR\n"


def take(trade: Trade, data: bytes, name: str = "march.zip") -> tuple[Incoming, ...]:
    return bank_intake.take_file(trade.seller, data, at=AT, by="tester", file_name=name)


def test_every_file_of_an_archive_is_taken_as_one_of_its_own(trade: Trade) -> None:
    data = zipped(
        ("advice.csv", ADVICE),
        ("a.xml", camt_053(Booking(100_00, "x"))),
        ("b.csv", table(Booking(5_00, "y", on=date(2026, 3, 11)))),
    )
    advice, first, second = take(trade, data)
    assert advice.advice is not None
    assert [one.name for one in (advice, first, second)] == [
        f"march.zip/{name}" for name in ("advice.csv", "a.xml", "b.csv")
    ]
    kept = BankStatement.objects.filter(seller_id=trade.seller.id).order_by("id")
    assert [(row.format, row.transactions) for row in kept] == [("camt.053", 1), ("csv", 1)]
    assert Remittance.objects.get(seller_id=trade.seller.id).amount == 100_00
    assert [one.new for one in take(trade, data, "again.zip")] == [False, False, False]
    cash_application.settle_all(trade.seller, at=AT, by="tester")
    assert Payment.objects.filter(seller_id=trade.seller.id).count() == 2


@pytest.mark.parametrize("order", ["first", "last"])
def test_of_an_archive_with_one_bad_file_nothing_is_taken(trade: Trade, order: str) -> None:
    good = [("m.xml", camt_053(Booking(100_00, "x"))), ("n.csv", ADVICE)]
    bad = [("bad.xml", camt_053(Booking(1_00, "y"))[:-40])]
    with pytest.raises(MemberRefused) as caught:
        take(trade, zipped(*(bad + good if order == "first" else good + bad)))
    assert caught.value.code == "malformed_xml"
    assert caught.value.member.path == "bad.xml"
    assert caught.value.message.startswith("bad.xml: ")
    assert not BankStatement.objects.filter(seller_id=trade.seller.id).exists()
    assert not RemittanceFile.objects.filter(seller_id=trade.seller.id).exists()


def test_a_nacha_file_advises_and_brings_no_money(trade: Trade) -> None:
    credit = nacha_files.entry(transaction_code=22, addenda=("INV-42",))
    data = nacha.render(nacha_files.file_of(nacha_files.batch(credit, service_class=220)))
    [one] = take(trade, data, "credits.ach")
    assert one.advice is not None and one.statement is None
    cash_application.settle_all(trade.seller, at=AT, by="tester")
    assert not Payment.objects.filter(seller_id=trade.seller.id).exists()
    [answer] = take(
        trade, nacha.render(nacha_files.file_of(nacha_files.batch(nacha_files.returned())))
    )
    assert answer.answer is not None
    assert [found["code"] for found in answer.answer.findings] == ["unknown_debit"]
