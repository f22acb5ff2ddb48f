"""What could go out twice, to the wrong place, or never, because one of many is broken."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.flows.delivered import (
    GERMAN,
    ITALIAN,
    ROMANIAN,
    attend,
    deliveries,
    invoiced,
    only,
    set_up,
    told,
    until_nothing_is_due,
)
from tests.flows.racing import at_once
from tests.flows.test_delivery_receipts import notification, scarto
from tests.flows.test_documents import invoice_of, trade_of
from tests.flows.trading import Trade
from tests.horizon import wait_for_events
from usance.flows import billing, billing_profiles, connections
from usance.flows.deliveries import channels, fetching, queueing, sending
from usance.flows.deliveries.carriers import Carriers, carrier_of
from usance.flows.deliveries.receipts import take_receipt
from usance.flows.deliveries.tokens import KeptTokens
from usance.flows.documents import Unreadable, document_of
from usance.gateways.anaf.memory import MemoryAnaf
from usance.gateways.errors import MaybeTaken, Unavailable
from usance.gateways.mail.memory import MemoryMail
from usance.gateways.peppol import Participant
from usance.gateways.peppol.memory import MemoryAccessPoint
from usance.gateways.sdi.folders import SdiFolders
from usance.gateways.sdi.memory import MemorySdi
from usance.jobs import deliveries as jobs
from usance.jobs import tasks
from usance.jobs.retry import TryAgain
from usance.records.connections.models import Connection
from usance.records.deliveries import queries
from usance.records.deliveries.migrations import __name__ as migrations
from usance.records.deliveries.models import Delivery
from usance.records.events import queries as events
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice
from usance.records.monitoring import actions as places
from usance.records.parties.models import Seller
from usance.records.statements import execute
from usance.rules.delivery import ASK_FOR
from usance.rules.invoicing.profiles import ProfileFields, SellerFields

BUYER = Participant("9930", "DE136695976")


def set_profile(trade: Trade, fields: ProfileFields) -> None:
    billing_profiles.set_billing_profile(
        trade.seller, buyer_id=trade.buyer.id, fields=fields, at=trade.at, by="test"
    )


def send(trade: Trade, subject_id: UUID, **more: Any) -> list[Delivery]:
    return queueing.send(
        trade.seller, kind="invoice", subject_id=subject_id, at=trade.at, by="Anna", **more
    )


def follow(trade: Trade) -> None:
    wait_for_events(trade.seller.id)
    while queueing.follow_events(seller_id=trade.seller.id, at=trade.at):
        pass


def test_sdi_gets_the_address_that_was_corrected(trade: Trade, at: datetime) -> None:
    invoice = invoiced(trade, ITALIAN, channels=("sdi",), tax=22_000)
    # Somebody looks at the file before there is a channel: it is not what will be transmitted.
    looked_at = document_of(
        trade.seller, kind="invoice", subject_id=invoice.id, format_="fatturapa", at=at
    )
    row = attend(only(trade.seller), Carriers(), at=at)
    assert (row.state, row.reason_code) == ("failed", "no_sdi_channel")
    corrected = replace(ITALIAN, channels=("sdi",), national={"codice_destinatario": "XYZ9876"})
    set_profile(trade, corrected)
    sdi = MemorySdi()
    again = queueing.resend(trade.seller, delivery_id=row.id, at=at, by="Anna")
    again = attend(again, Carriers(sdi=sdi), at=at)
    assert (again.state, again.recipient) == ("sent", "XYZ9876")
    [(name, content)] = sdi.files.items()
    assert b"<CodiceDestinatario>XYZ9876<" in content
    assert name != looked_at.file_name
    # What can be fetched from now on is what was transmitted.
    now = document_of(
        trade.seller, kind="invoice", subject_id=invoice.id, format_="fatturapa", at=at
    )
    assert queries.content_of(now) == content


def test_a_file_for_sdi_is_the_same_at_each_try_unless_the_buyer_has_moved(
    trade: Trade, at: datetime
) -> None:
    invoiced(trade, ITALIAN, channels=("sdi",), tax=22_000)
    sdi = MemorySdi()
    sdi.failing = Unavailable("down", counterpart="SdI")
    row = attend(only(trade.seller), Carriers(sdi=sdi), at=at)
    first = row.revision
    row = attend(row, Carriers(sdi=sdi), at=row.due_at or at)
    assert (row.state, row.revision, row.attempts) == ("queued", first, 2)
    set_profile(trade, replace(ITALIAN, channels=("sdi",), national={"pec": "lodi@pec.example"}))
    sdi.failing = None
    row = attend(row, Carriers(sdi=sdi), at=row.due_at or at)
    assert (row.state, row.revision, row.recipient) == ("sent", first + 1, "lodi@pec.example")
    [content] = sdi.files.values()
    assert b"<PECDestinatario>lodi@pec.example<" in content


@pytest.mark.parametrize("fields", [GERMAN, ITALIAN])
def test_a_network_that_has_it_is_not_given_it_again(
    trade: Trade, at: datetime, fields: ProfileFields
) -> None:
    channel = "sdi" if fields is ITALIAN else "peppol"
    invoice = invoiced(trade, fields, channels=(channel, "portal"), tax=22_000)
    point, sdi = MemoryAccessPoint(BUYER), MemorySdi()
    carriers = Carriers(access_point=point, sdi=sdi)
    with pytest.raises(queueing.CannotResend, match="queued"):
        send(trade, invoice.id, channel=channel)
    with pytest.raises(queueing.CannotResend, match="queued"):
        send(trade, invoice.id)
    for row in deliveries(trade.seller):
        attend(row, carriers, at=at)
    with pytest.raises(queueing.CannotResend, match="network has it"):
        send(trade, invoice.id, channel=channel)
    # Without a name of one, the others are sent over.
    assert [row.channel for row in send(trade, invoice.id)] == ["portal"]
    assert len(point.taken) + len(sdi.files) == 1
    assert len(deliveries(trade.seller, channel=channel)) == 1


def test_what_a_network_was_given_by_hand_is_not_queued_again(trade: Trade, at: datetime) -> None:
    set_up(trade.seller, at=at)
    set_profile(trade, replace(GERMAN, channels=("peppol",)))
    invoice = trade.invoice(100_000)
    send(trade, invoice.id)
    follow(trade)
    assert [row.cause for row in deliveries(trade.seller)] == ["by_hand"]


def test_people_that_race_send_once_over_a_network(trade: Trade, at: datetime) -> None:
    invoice = invoiced(trade, channels=("peppol",))
    row = attend(only(trade.seller), Carriers(access_point=MemoryAccessPoint()), at=at)
    assert row.state == "failed"
    refused: list[str] = []

    def ask() -> None:
        try:
            send(trade, invoice.id, channel="peppol")
        except queueing.CannotResend as error:
            refused.append(error.code)

    def repeat() -> None:
        try:
            queueing.resend(trade.seller, delivery_id=row.id, at=at, by="Anna")
        except queueing.CannotResend as error:
            refused.append(error.code)

    at_once([ask, repeat, ask, repeat])
    assert refused == ["delivery_under_way"] * 3
    assert len(deliveries(trade.seller)) == 2


def test_a_delivery_that_was_repeated_with_success_is_not_repeated_again(
    trade: Trade, at: datetime
) -> None:
    invoiced(trade, channels=("peppol",))
    first = attend(only(trade.seller), Carriers(access_point=MemoryAccessPoint()), at=at)
    second = queueing.resend(trade.seller, delivery_id=first.id, at=at, by="Anna")
    attend(second, Carriers(access_point=MemoryAccessPoint(BUYER)), at=at)
    with pytest.raises(queueing.CannotResend, match="network has it"):
        queueing.resend(trade.seller, delivery_id=first.id, at=at, by="Anna")


def test_of_two_under_one_name_the_network_means_the_first(trade: Trade, at: datetime) -> None:
    invoiced(trade, ITALIAN, channels=("sdi",), tax=22_000)
    row = attend(only(trade.seller), Carriers(sdi=MemorySdi()), at=at)
    twice = Delivery.objects.get(id=row.id)
    twice.id, twice.cause = new_id(), "by_hand"
    twice.save(force_insert=True)
    content = notification("RicevutaConsegna", row.reference)
    assert take_receipt(trade.seller, source="sdi", content=content, at=at).delivery_id == row.id


@pytest.mark.parametrize(
    "root", ["RicevutaImpossibilitaRecapito", "AttestazioneTrasmissioneFattura"]
)
def test_what_counts_as_issued_to_sdi_is_not_sent_again(
    trade: Trade, at: datetime, root: str
) -> None:
    invoice = invoiced(trade, ITALIAN, channels=("sdi",), tax=22_000)
    row = attend(only(trade.seller), Carriers(sdi=MemorySdi()), at=at)
    take_receipt(trade.seller, source="sdi", content=notification(root, row.reference), at=at)
    row.refresh_from_db()
    assert row.state == "bounced"
    with pytest.raises(queueing.CannotResend, match="tax drawer"):
        queueing.resend(trade.seller, delivery_id=row.id, at=at, by="Anna")
    with pytest.raises(queueing.CannotResend, match="tax drawer"):
        send(trade, invoice.id, channel="sdi")


def test_a_rejected_file_may_be_sent_by_hand(trade: Trade, at: datetime) -> None:
    invoice = invoiced(trade, ITALIAN, channels=("sdi",), tax=22_000)
    row = attend(only(trade.seller), Carriers(sdi=MemorySdi()), at=at)
    content = scarto(row.reference, "00311", "CodiceDestinatario non valido")
    take_receipt(trade.seller, source="sdi", content=content, at=at)
    [again] = send(trade, invoice.id, channel="sdi")
    assert attend(again, Carriers(sdi=MemorySdi()), at=at).reference != row.reference


def test_only_the_new_credit_note_is_queued(trade: Trade, at: datetime) -> None:
    invoice = invoiced(trade, channels=("email",), formats=("pdf",))
    first = billing.credit_invoice(trade.seller, invoice_id=invoice.id, amount=1000, **trade.act)
    follow(trade)
    before = deliveries(trade.seller, subject_id=first.id)
    assert [row.channel for row in before] == ["email"]
    set_profile(trade, replace(GERMAN, channels=("peppol",), formats=("peppol",)))
    second = billing.credit_invoice(trade.seller, invoice_id=invoice.id, amount=2000, **trade.act)
    follow(trade)
    assert deliveries(trade.seller, subject_id=first.id) == before
    assert only(trade.seller, subject_id=second.id).channel == "peppol"


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


def romanian(seller: Seller, at: datetime) -> Delivery:
    trade = trade_of(seller, at, country="RO", currency="RON")
    fields = SellerFields(
        legal_name="Brera Romania SRL",
        line_1="Strada Lunga 2",
        city="Brasov",
        post_code="500035",
        subdivision="RO-BV",
        vat_id="RO18547290",
        registration_number="J08/1/2006",
    )
    invoice = invoice_of(trade, fields, replace(ROMANIAN, vat_id="RO13267221"))
    queueing.queue_issued(trade.seller, kind="invoice", subject_id=invoice.id, at=at)
    return only(trade.seller)


def test_an_upload_that_anaf_may_have_taken_is_not_repeated(
    seller: Seller, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, anaf = romanian(seller, at), MemoryAnaf()
    taking = anaf.upload

    def lost(document: bytes, *, is_credit: bool = False) -> str:
        taking(document, is_credit=is_credit)
        raise MaybeTaken("no answer", counterpart="ANAF", detail="timeout")

    monkeypatch.setattr(anaf, "upload", lost)
    row, times = until_nothing_is_due(row, Carriers(anaf=anaf), at=at)
    # ANAF never says that it has it.
    assert (row.state, row.reason_code, times) == ("failed", "may_have_been_taken", 10)
    assert "SPV" in row.reason
    assert len(anaf.uploads) == 1
    # A person sends it again: it has been accepted meanwhile.
    [index] = anaf.uploads
    anaf.settle(index)
    later = at + timedelta(days=4)
    again = queueing.resend(row.seller, delivery_id=row.id, at=later, by="Anna")
    again = attend(again, Carriers(anaf=anaf), at=later)
    assert (again.state, again.reference) == ("sent", index)
    assert len(anaf.uploads) == 1


def test_an_upload_without_an_answer_is_found_among_the_messages(
    seller: Seller, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, anaf = romanian(seller, at), MemoryAnaf()
    anaf.settle(anaf.upload(b"<Invoice>another</Invoice>"))
    taking = anaf.upload

    def lost(document: bytes, *, is_credit: bool = False) -> str:
        taking(document, is_credit=is_credit)
        raise MaybeTaken("no answer", counterpart="ANAF", detail="timeout")

    monkeypatch.setattr(anaf, "upload", lost)
    row = attend(row, Carriers(anaf=anaf), at=at)
    assert (row.state, row.reason_code) == ("queued", "may_have_been_taken")
    # It is being worked at there, then the list cannot be had: neither says that it may go again.
    row = attend(row, Carriers(anaf=anaf), at=row.due_at or at)
    anaf.failing = Unavailable("down", counterpart="ANAF", detail="HTTP 503")
    row = attend(row, Carriers(anaf=anaf), at=row.due_at or at)
    assert (row.state, row.reason_code, row.attempts) == ("queued", "may_have_been_taken", 3)
    anaf.failing = None
    _, index = anaf.uploads
    anaf.settle(index)
    row = attend(row, Carriers(anaf=anaf), at=row.due_at or at)
    assert (row.state, row.reference) == ("sent", index)
    row = attend(row, Carriers(anaf=anaf), at=row.due_at or at)
    assert row.state == "delivered"
    assert len(anaf.uploads) == 2


def test_a_worker_killed_while_it_uploaded_does_not_upload_twice(
    seller: Seller, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, anaf = romanian(seller, at), MemoryAnaf()

    def killed(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(sending, "record", killed)
        attend(row, Carriers(anaf=anaf), at=at)
    row = attend(row, Carriers(anaf=anaf), at=at + sending.LEASE)
    assert (row.state, row.reason_code) == ("queued", "may_have_been_taken")
    [index] = anaf.uploads
    anaf.settle(index)
    row = attend(row, Carriers(anaf=anaf), at=row.due_at or at)
    assert (row.state, row.reference) == ("sent", index)
    assert len(anaf.uploads) == 1


def test_anaf_that_is_down_is_tried_again(seller: Seller, at: datetime) -> None:
    row, anaf = romanian(seller, at), MemoryAnaf()
    anaf.failing = Unavailable("down", counterpart="ANAF", detail="HTTP 503")
    row = attend(row, Carriers(anaf=anaf), at=at)
    assert (row.state, row.attempts) == ("queued", 1)
    anaf.failing = None
    assert attend(row, Carriers(anaf=anaf), at=row.due_at or at).state == "sent"


def test_tokens_are_renewed_by_one_at_a_time(trade: Trade, at: datetime) -> None:
    made = connections.create_connection(
        trade.seller,
        kind="anaf",
        settings={"tax_id": "RO18547290"},
        secrets={
            "access_token": "1",
            "refresh_token": "1",
            "client_id": "c",
            "client_secret": "s",
        },
        at=at,
        by="test",
    )

    def renew() -> None:
        keeper = KeptTokens(seller_id=trade.seller.id, connection_id=made.id)
        with keeper.alone() as there:
            keeper.keep({"refresh_token": str(int(there["refresh_token"]) + 1)})

    at_once([renew] * 4)
    with KeptTokens(seller_id=trade.seller.id, connection_id=made.id).alone() as there:
        assert there["refresh_token"] == "5"
        assert there["client_id"] == "c"
    assert carrier_of(Connection.objects.get(id=made.id)).source == "anaf"


def test_sdi_that_never_answers_is_said_to(trade: Trade, at: datetime) -> None:
    invoiced(trade, ITALIAN, channels=("sdi",), tax=22_000)
    carriers = Carriers(sdi=MemorySdi())
    row = attend(only(trade.seller), carriers, at=at)
    assert (row.state, row.due_at) == ("sent", at + ASK_FOR)
    row, times = until_nothing_is_due(row, carriers, at=at)
    assert (row.state, row.reason_code, times) == ("sent", "no_answer", 1)


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


def test_who_comes_with_a_history_is_followed_from_now_on(trade: Trade, at: datetime) -> None:
    from importlib import import_module

    migration = import_module(f"{migrations}.0002_follow_from_now")
    set_up(trade.seller, at=at)
    trade.invoice(10_000)
    wait_for_events(trade.seller.id)
    before = events.end_of_events()
    assert places.place(seller_id=trade.seller.id, reader=queueing.READER) is None
    for _ in range(2):
        execute(migration.BEGIN_NOW, [])
    place = places.place(seller_id=trade.seller.id, reader=queueing.READER)
    assert place is not None
    assert place >= before
    follow(trade)
    assert deliveries(trade.seller) == []
    new = trade.invoice(20_000)
    follow(trade)
    assert only(trade.seller).subject_id == new.id


def test_without_a_mail_server_it_is_said_once(trade: Trade, at: datetime) -> None:
    invoiced(trade, channels=("email",))
    row, times = until_nothing_is_due(only(trade.seller), Carriers(), at=at)
    assert (row.state, row.reason_code, times) == ("failed", "mail_not_configured", 1)
    assert "USANCE_EMAIL_HOST" in row.reason
    assert told(trade.seller, row) == ["document.queued", "document.failed"]


def test_every_channel_has_its_way() -> None:
    from usance.rules.invoicing.profiles import CHANNELS

    assert set(channels.CHANNELS) == set(CHANNELS)
