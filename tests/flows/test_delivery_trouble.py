"""What could go out twice, to the wrong place, or never."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.flows.delivered import (
    BUYER,
    GERMAN,
    ITALIAN,
    attend,
    deliveries,
    follow,
    invoiced,
    only,
    send,
    set_profile,
    set_up,
    told,
    until_nothing_is_due,
)
from tests.flows.racing import at_once
from tests.flows.test_delivery_receipts import notification, scarto
from tests.flows.trading import Trade
from tests.horizon import wait_for_events
from usance.flows import billing
from usance.flows.deliveries import channels, queueing
from usance.flows.deliveries.carriers import Carriers
from usance.flows.deliveries.receipts import take_receipt
from usance.flows.documents import document_of
from usance.gateways.errors import Unavailable
from usance.gateways.peppol.memory import MemoryAccessPoint
from usance.gateways.sdi.memory import MemorySdi
from usance.records.deliveries import queries
from usance.records.deliveries.migrations import __name__ as migrations
from usance.records.deliveries.models import Delivery
from usance.records.events import queries as events
from usance.records.identity import new_id
from usance.records.monitoring import actions as places
from usance.records.statements import execute
from usance.rules.delivery import ASK_FOR
from usance.rules.invoicing.profiles import ProfileFields


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


def test_sdi_that_never_answers_is_said_to(trade: Trade, at: datetime) -> None:
    invoiced(trade, ITALIAN, channels=("sdi",), tax=22_000)
    carriers = Carriers(sdi=MemorySdi())
    row = attend(only(trade.seller), carriers, at=at)
    assert (row.state, row.due_at) == ("sent", at + ASK_FOR)
    row, times = until_nothing_is_due(row, carriers, at=at)
    assert (row.state, row.reason_code, times) == ("sent", "no_answer", 1)


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
