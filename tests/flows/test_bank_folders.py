"""Bank files left in a folder: taken, moved, and what cannot be taken named beside."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import AT
from tests.flows.bank_files import ACCOUNT, Booking, camt_053, table
from tests.flows.trading import Trade
from usance.flows import bank_folders, cash_application, connections
from usance.flows.bank_folders import Looked
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.records.payments.models import BankStatement, WaitingBankFile


@pytest.fixture
def folder(trade: Trade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a connection of the seller's."""
    monkeypatch.setenv("USANCE_EXCHANGE_FOLDER", str(tmp_path))
    connections.create_connection(
        trade.seller, kind="bank_folder", settings={"folder": "in", "account": ACCOUNT}, **trade.act
    )
    place = tmp_path / trade.seller.handle / "in"
    place.mkdir(parents=True)
    return place


def leave(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)
    past = (AT - timedelta(minutes=1)).timestamp()
    os.utime(folder / name, (past, past))


def look(trade: Trade) -> Looked:
    return bank_folders.take_waiting(seller_id=trade.seller.id, at=AT, by="folder")


def names(folder: Path) -> set[str]:
    return {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}


def test_a_file_is_taken_and_moved(trade: Trade, folder: Path) -> None:
    leave(folder, "march.xml", camt_053(Booking(100, "x")))
    assert trade.seller.id in bank_folders.sellers_with_folders()
    assert look(trade) == Looked(taken=1)
    assert names(folder) == {"done/march.xml"}
    kept = BankStatement.objects.get(seller_id=trade.seller.id)
    assert (kept.file_name, kept.transactions) == ("march.xml", 1)


def test_the_same_name_again_loses_neither_file(trade: Trade, folder: Path) -> None:
    for amount in (100, 200):
        leave(folder, "daily.xml", camt_053(Booking(amount, "x"), number=f"S{amount}"))
        look(trade)
    assert names(folder) == {"done/daily.xml", "done/daily.2.xml"}
    assert BankStatement.objects.filter(seller_id=trade.seller.id).count() == 2


def test_what_cannot_be_read_is_moved_with_its_reason(trade: Trade, folder: Path) -> None:
    leave(folder, "broken.xml", camt_053(Booking(100, "x"))[:-40])
    leave(folder, "good.xml", camt_053(Booking(100, "x")))
    assert look(trade) == Looked(taken=1, failed=1)
    assert names(folder) == {"done/good.xml", "failed/broken.xml", "failed/broken.xml.txt"}
    assert (folder / "failed/broken.xml.txt").read_text().startswith("malformed_xml: line ")
    assert look(trade) == Looked()


def test_a_table_that_nobody_explained_waits_in_the_back_office(trade: Trade, folder: Path) -> None:
    leave(folder, "table.csv", b"Tag;Wieviel\n17.03.2026;5,00\n")
    assert look(trade) == Looked(failed=1)
    assert not BankStatement.objects.filter(seller_id=trade.seller.id).exists()
    waiting = WaitingBankFile.objects.get(seller_id=trade.seller.id)
    reason = (folder / "failed/table.csv.txt").read_text()
    assert reason.startswith("unknown_table: ")
    assert f"/office/bank/tables/{waiting.id}" in reason


def test_what_is_still_being_written_waits(trade: Trade, folder: Path) -> None:
    leave(folder, "a.xml.part", camt_053(Booking(100, "x")))
    (folder / "b.xml").write_bytes(camt_053(Booking(100, "x")))
    os.utime(folder / "b.xml", (AT.timestamp(), AT.timestamp()))
    (folder / "c.xml").symlink_to("/etc/hostname")
    assert look(trade) == Looked()
    assert names(folder) >= {"a.xml.part", "b.xml"}


def test_a_name_that_is_no_text_keeps_no_file_from_being_taken(trade: Trade, folder: Path) -> None:
    name = os.fsdecode("märz.xml".encode("latin-1"))
    leave(folder, name, camt_053(Booking(100, "x")))
    leave(folder, os.fsdecode(b"\xe4.csv"), b"Tag;Wieviel\n17.03.2026;5,00\n")
    assert look(trade) == Looked(taken=1, failed=1)
    assert BankStatement.objects.get(seller_id=trade.seller.id).file_name == "m?rz.xml"
    assert WaitingBankFile.objects.get(seller_id=trade.seller.id).file_name == "?.csv"


def test_a_column_taken_for_another_stops_neither_file_nor_booking(
    trade: Trade, folder: Path
) -> None:
    """What is longer than an index takes would be refused by the database again and again."""
    long = "".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(90))
    invoice = trade.invoice(10_000)
    data = table(Booking(10_000, f"Zahlung {invoice.number}", payer=long, account=long))
    leave(
        folder,
        "mistaken.csv",
        data.replace(b"Date;", b"Account;Date;").replace(b"\n09.", b"\n" + long.encode() + b";09."),
    )
    assert look(trade) == Looked(taken=1)
    cash_application.settle_all(trade.seller, **trade.act)
    assert trade.stored(Invoice, invoice.id).state == "paid"


def test_a_file_that_nobody_foresaw_keeps_no_other_waiting(
    trade: Trade, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = bank_folders.take_file

    def fails(seller: Seller, data: bytes, **said: Any) -> Any:
        if b"<Ustrd>boom" in data:
            raise ZeroDivisionError
        return take(seller, data, **said)

    monkeypatch.setattr(bank_folders, "take_file", fails)
    leave(folder, "a.xml", camt_053(Booking(100, "boom")))
    leave(folder, "b.xml", camt_053(Booking(200, "x"), number="S2"))
    assert look(trade) == Looked(taken=1, failed=1)
    assert names(folder) == {"done/b.xml", "failed/a.xml", "failed/a.xml.txt"}
    assert (folder / "failed/a.xml.txt").read_text().startswith("unexpected_error: ZeroDivision")
