"""Files that bring advices beside or instead of money: a lockbox, a mail left in the folder of the bank."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import AT
from tests.flows.bank_files import ACCOUNT
from tests.flows.trading import Trade
from usance.flows import (
    bank_folders,
    bank_statements,
    cash_application,
    connections,
    credit_lines,
    fulfilment,
    remittances,
)
from usance.records.invoices.models import Invoice
from usance.records.payments.models import BankTransaction, Payment, Remittance


def lockbox(*cheques: tuple[int, str, str, tuple[str, ...]]) -> bytes:
    """A lockbox file of cheques: cents, number, remitter, documents."""
    day = f"{AT:%y%m%d}"
    rows = [
        f"100ABCDEFGHIJ0099999991{day}1800",
        "2ABCDEFGHIJ0099999991000000000040008000801",
        f"50000000022222{day}ABCDEFGHIJ0099999991",
    ]
    for item, (cents, number, remitter, documents) in enumerate(cheques, 1):
        rows.append(
            f"6001{item:03d}{cents:010d}0550027070012345555{int(number):010d}{day}{remitter:<30}MINE"
        )
        last = len(documents)
        rows += [
            f"4001{item:03d}6{n:02d}{9 if n == last else 0}{document}"
            for n, document in enumerate(documents, 1)
        ]
    total = sum(cheque[0] for cheque in cheques)
    rows.append(f"70010000022222{day}{len(cheques):03d}{total:010d}")
    rows.append(f"80000000022222{day}{len(cheques):04d}{total:010d}")
    rows.append(f"9{len(rows) + 1:06d}")
    return "\n".join(rows).encode()


def dollar_invoice(trade: Trade, amount: int) -> Invoice:
    """An invoice in US dollars."""
    order = trade.order(amount, currency="USD")
    return fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)


def test_a_lockbox_brings_cheques_and_what_they_pay(trade: Trade) -> None:
    credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="USD", limit=1_000_000, **trade.act
    )
    first, second, third = (dollar_invoice(trade, amount) for amount in (30_000, 20_000, 7_000))
    data = lockbox(
        (30_000, "180", trade.buyer.name, (first.number,)),
        (27_000, "181", trade.buyer.name, (second.number, third.number)),
    )
    kept, new = bank_statements.take_statement(
        trade.seller, data, account="US-1", file_name="box.bai", **trade.act
    )
    assert (new, kept.format, kept.transactions, kept.findings) == (True, "lockbox", 2, [])
    waiting = Remittance.objects.filter(seller_id=trade.seller.id)
    assert sorted(waiting.values_list("cheque_number", "state")) == [
        ("180", "waiting"),
        ("181", "waiting"),
    ]
    done = cash_application.settle_all(trade.seller, **trade.act)
    assert sum(done.matched.values()) == 2, done
    paid = [trade.stored(Invoice, i.id).state for i in (first, second, third)]
    assert paid == ["paid"] * 3
    assert set(waiting.values_list("state", "found_by")) == {("joined", "name")}
    for remittance in waiting:
        payment = trade.stored(Payment, remittance.payment_id)
        line = trade.stored(BankTransaction, payment.bank_transaction_id)
        assert line.text.startswith(f"CHEQUE {remittance.cheque_number}")
    again, new = bank_statements.take_statement(trade.seller, data, account="US-1", **trade.act)
    assert (again.id, new) == (kept.id, False)
    assert not remittances.take_advice(trade.seller, data, **trade.act).new


def test_a_mail_left_in_the_folder_is_an_advice(
    trade: Trade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USANCE_EXCHANGE_FOLDER", str(tmp_path))
    connections.create_connection(
        trade.seller, kind="bank_folder", settings={"folder": "in", "account": ACCOUNT}, **trade.act
    )
    place = tmp_path / trade.seller.handle / "in"
    place.mkdir(parents=True)
    made = trade.invoice(10_000)
    mail = (
        f"From: Nordwind <ap@nordwind.example>\nTo: ar@usance.example\nSubject: Payment\n"
        "Content-Type: text/plain; charset=utf-8\n\n"
        f"Payment reference: PAY-77123\n\nInvoice   Amount paid EUR\n{made.number}   100.00\n"
        "Total   100.00\n"
    )
    (place / "advice.eml").write_bytes(mail.encode())
    past = (AT - timedelta(minutes=1)).timestamp()
    os.utime(place / "advice.eml", (past, past))
    looked = bank_folders.take_waiting(seller_id=trade.seller.id, at=AT, by="folder")
    assert (looked.taken, looked.failed) == (1, 0)
    kept = Remittance.objects.select_related("file").get(seller_id=trade.seller.id)
    assert (kept.reference, kept.amount, kept.state) == ("PAY-77123", 10_000, "waiting")
    assert (kept.file.source, kept.file.file_name) == ("folder", "advice.eml")
