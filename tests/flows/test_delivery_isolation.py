"""One document, seller or file that breaks, of many: the others go out all the same."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.flows.delivered import (
    BUYER,
    ITALIAN,
    attend,
    deliveries,
    invoiced,
    only,
    send,
    set_up,
    told,
    until_nothing_is_due,
)
from tests.flows.test_delivery_receipts import notification
from tests.flows.test_documents import trade_of
from tests.flows.trading import Trade
from tests.horizon import wait_for_events
from usance.flows.deliveries import fetching, queueing, sending
from usance.flows.deliveries.carriers import Carriers
from usance.flows.deliveries.receipts import take_receipt
from usance.flows.documents import Unreadable
from usance.gateways.mail.memory import MemoryMail
from usance.gateways.peppol.memory import MemoryAccessPoint
from usance.gateways.sdi.folders import SdiFolders
from usance.gateways.sdi.memory import MemorySdi
from usance.jobs import deliveries as jobs
from usance.jobs import tasks
from usance.jobs.retry import TryAgain
from usance.records.deliveries import queries
from usance.records.deliveries.models import Delivery
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller

# What is due is asked for over all sellers there are.
pytestmark = pytest.mark.usefixtures("own_database")


def test_one_unreadable_document_stops_nobody(
    trade: Trade, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(trade.seller, at=at)
    broken, whole = trade.invoice(20_000), trade.invoice(30_000)
    kept = broken.document
    Invoice.objects.filter(id=broken.id).update(document={"number": broken.number, "strange": 1})
    wait_for_events(trade.seller.id)
    queueing.follow_all(at=at)
    row = only(trade.seller, subject_id=broken.id)
    assert (row.state, row.reason_code, row.due_at) == ("failed", "document_unreadable", None)
    assert told(trade.seller, row) == ["document.queued", "document.failed"]
    assert only(trade.seller, subject_id=whole.id).state == "queued"
    with pytest.raises(Unreadable):
        send(trade, broken.id)
    Invoice.objects.filter(id=broken.id).update(document=kept)
    again = queueing.resend(trade.seller, delivery_id=row.id, at=at, by="Anna")
    assert attend(again, Carriers(), at=at).state == "delivered"


def test_one_event_or_seller_that_breaks_stops_no_other(
    trade: Trade, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(trade.seller, at=at)
    broken, whole = trade.invoice(20_000), trade.invoice(30_000)
    wait_for_events(trade.seller.id)
    queueing_one = queueing.queue_issued

    def breaks(seller: Seller, *, subject_id: UUID, **more: Any) -> list[Delivery]:
        made = queueing_one(seller, subject_id=subject_id, **more)
        if subject_id == broken.id:
            raise KeyError("x")
        return made

    with monkeypatch.context() as patched:
        patched.setattr(queueing, "queue_issued", breaks)
        queueing.follow_events(seller_id=trade.seller.id, at=at)
    assert [row.subject_id for row in deliveries(trade.seller)] == [whole.id]

    def one_breaks(*, seller_id: UUID, at: datetime) -> int:
        if seller_id == trade.seller.id:
            raise KeyError("x")
        return 1

    stranger = new_id()
    monkeypatch.setattr(queueing, "follow_events", one_breaks)
    monkeypatch.setattr(queries, "sellers_behind", lambda reader: [trade.seller.id, stranger])
    assert queueing.follow_all(at=at) == 1


def test_what_is_queued_goes_out_though_nothing_can_be_queued(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(*, at: datetime) -> int:
        raise KeyError("x")

    enqueued: list[int] = []

    def enqueue() -> int:
        enqueued.append(1)
        tasks.stopping.set()
        return 0

    monkeypatch.setattr(queueing, "follow_all", breaks)
    monkeypatch.setattr(jobs, "enqueue_due", enqueue)
    try:
        with pytest.raises(TryAgain):
            jobs.watch_deliveries(0)
    finally:
        tasks.stopping.clear()
    assert enqueued == [1]


def test_what_nobody_foresaw_is_counted_and_comes_to_an_end(
    trade: Trade, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoiced(trade, channels=("email",), formats=("pdf",))

    def breaks(job: Any) -> Any:
        raise KeyError("x")

    monkeypatch.setattr(sending, "CHANNELS", {"email": breaks})
    row, times = until_nothing_is_due(only(trade.seller), Carriers(mail=MemoryMail()), at=at)
    assert (row.state, row.reason_code, times) == ("failed", "internal_error", 10)
    assert "log of the worker" in row.reason
    assert told(trade.seller, row) == ["document.queued", "document.failed"]


def test_what_nobody_foresaw_about_something_sent_leaves_it_sent(
    trade: Trade, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoiced(trade, channels=("peppol",))
    point = MemoryAccessPoint(BUYER)
    row = attend(only(trade.seller), Carriers(access_point=point), at=at)

    def breaks(reference: str) -> Any:
        raise KeyError("x")

    monkeypatch.setattr(point, "outcome", breaks)
    row = attend(row, Carriers(access_point=point), at=row.due_at or at)
    assert (row.state, row.reason_code, row.attempts) == ("sent", "internal_error", 1)
    row, times = until_nothing_is_due(row, Carriers(access_point=point), at=at)
    assert (row.state, row.reason_code) == ("sent", "no_answer")
    assert times < 80


def test_one_file_from_sdi_that_breaks_blocks_no_other(
    trade: Trade, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoiced(trade, ITALIAN, channels=("sdi",), tax=22_000)
    row = attend(only(trade.seller), Carriers(sdi=MemorySdi()), at=at)
    (tmp_path / "in").mkdir()
    good = notification("RicevutaConsegna", row.reference)
    for name, content in {"A": b"", "B": b"<x/>", "C": good}.items():
        file = tmp_path / "in" / f"{name}.xml"
        file.write_bytes(content)
        os.utime(file, (0, 0))
    taking = take_receipt

    def breaks(seller: Seller, *, file_name: str, **more: Any) -> Any:
        if file_name == "B.xml":
            raise KeyError("x")
        return taking(seller, file_name=file_name, **more)

    monkeypatch.setattr(fetching, "take_receipt", breaks)
    assert fetching.fetch_from_sdi(trade.seller, SdiFolders(tmp_path), at=at) == 1
    assert Delivery.objects.get(id=row.id).state == "delivered"
    assert sorted(one.name for one in (tmp_path / "in").glob("*.xml")) == ["A.xml", "B.xml"]


def test_thousands_of_one_seller_hold_up_no_other(
    trade: Trade, seller: Seller, at: datetime
) -> None:
    long_ago = at - timedelta(days=400)
    invoiced(trade, channels=("email", "portal"))
    mail = only(trade.seller, channel="email")
    Delivery.objects.filter(seller_id=trade.seller.id).update(due_at=at)
    other = trade_of(seller, at, country="IT", currency="EUR")
    busy = other.seller.id
    rows = [
        Delivery(
            id=new_id(),
            seller_id=busy,
            created_at=at,
            buyer_id=other.buyer.id,
            kind="invoice",
            subject_id=new_id(),
            number=str(n),
            channel="email",
            cause="by_hand",
            due_at=long_ago + timedelta(seconds=n),
        )
        for n in range(300)
    ]
    Delivery.objects.bulk_create(rows)
    try:
        found = queries.due_deliveries(at=at, limit=200)
        assert (trade.seller.id, mail.id) in found
        mine = [one for one in found if one[0] == busy]
        assert mine == [(busy, row.id) for row in rows[: len(mine)]]
    finally:
        Delivery.objects.filter(seller_id=busy).delete()
