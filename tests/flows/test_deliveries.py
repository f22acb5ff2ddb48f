"""Documents on their way: queued once, sent over every channel, repeated, sent again by a person."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.flows.delivered import (
    BUYER,
    GERMAN,
    attend,
    deliveries,
    invoiced,
    only,
    set_up,
    told,
    until_nothing_is_due,
)
from tests.flows.paying import Till
from tests.flows.racing import at_once
from tests.flows.trading import Trade
from tests.horizon import wait_for_events
from usance.flows import billing, pay_links
from usance.flows.deliveries import channels, queueing, sending
from usance.flows.deliveries.carriers import Carriers
from usance.flows.document_writers import About
from usance.flows.documents import NotIssued, issued
from usance.flows.refusals import NotFound
from usance.formats import facturx, ubl
from usance.gateways.errors import Unavailable
from usance.gateways.mail import RecipientRefused
from usance.gateways.mail.memory import MemoryMail
from usance.gateways.peppol.memory import MemoryAccessPoint
from usance.records.deliveries import queries
from usance.records.deliveries.models import Delivery, KeptDocument
from usance.records.events.models import Event
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice


def test_what_is_issued_is_queued_for_every_way_of_the_profile_once(
    trade: Trade, at: datetime
) -> None:
    set_up(trade.seller, at=at)
    invoice = trade.invoice(100_000)
    note = billing.credit_invoice(trade.seller, invoice_id=invoice.id, amount=10_000, **trade.act)
    wait_for_events(trade.seller.id)
    assert queueing.follow_events(seller_id=trade.seller.id, at=at) >= 2
    first = deliveries(trade.seller)
    # Nobody has said anything of this buyer, and it has no address: it finds both in the portal.
    assert {(row.kind, row.subject_id, row.channel) for row in first} == {
        ("invoice", invoice.id, "portal"),
        ("credit_note", note.id, "portal"),
    }
    assert {row.state for row in first} == {"queued"}
    assert [told(trade.seller, row) for row in first] == [["document.queued"]] * 2
    assert queueing.follow_events(seller_id=trade.seller.id, at=at) == 0
    for _ in range(2):
        queueing.queue_issued(trade.seller, kind="invoice", subject_id=invoice.id, at=at)
    assert deliveries(trade.seller) == first


def test_workers_that_race_queue_once(trade: Trade, at: datetime) -> None:
    set_up(trade.seller, at=at)
    invoice = trade.invoice(100_000)

    def queue() -> None:
        queueing.queue_issued(trade.seller, kind="invoice", subject_id=invoice.id, at=at)

    at_once([queue] * 4)
    row = only(trade.seller)
    assert told(trade.seller, row) == ["document.queued"]


def test_a_mail_brings_pdf_and_xml_that_say_the_same(trade: Trade, at: datetime) -> None:
    invoice = invoiced(trade)
    mail = MemoryMail()
    row = only(trade.seller, channel="email")
    done = attend(row, Carriers(mail=mail), at=at)
    assert (done.state, done.sent_at, done.due_at) == ("sent", at, None)
    [message] = mail.sent
    assert message.to == "accounts@nordwind.example"
    assert message.reply_to == "invoices@brera.example"
    assert message.message_id.startswith(row.id.hex)
    assert invoice.number in message.subject
    assert invoice.number in message.text
    assert "€1,000.00" in message.text
    names = {one.file_name: one for one in message.enclosures}
    assert set(names) == {f"{invoice.number}.pdf", f"{invoice.number}-xrechnung.xml"}
    assert names[f"{invoice.number}.pdf"].content.startswith(b"%PDF")
    read = ubl.read(names[f"{invoice.number}-xrechnung.xml"].content)
    assert (read.number, read.buyer_reference) == (invoice.number, GERMAN.buyer_reference)
    assert int(read.totals.payable * 100) == invoice.amount
    assert told(trade.seller, row) == ["document.queued", "document.sent"]
    event = Event.objects.get(object_id=row.id, type="document.sent")
    assert [one["format"] for one in event.data["documents"]] == ["pdf", "xrechnung"]
    assert all(re.fullmatch("[0-9a-f]{64}", one["sha256"]) for one in event.data["documents"])


def test_what_was_sent_is_what_is_kept(trade: Trade, at: datetime) -> None:
    invoice = invoiced(trade)
    mail = MemoryMail()
    attend(only(trade.seller, channel="email"), Carriers(mail=mail), at=at)
    for one in mail.sent[0].enclosures:
        kept = KeptDocument.objects.get(seller_id=trade.seller.id, file_name=one.file_name)
        assert queries.content_of(kept) == one.content
    # The seller moves; what it sent stays, and is what is sent again.
    set_up_again = {"city": "Torino", "post_code": "10121"}
    from dataclasses import replace

    from tests.flows.delivered import SELLER
    from usance.flows import seller_details

    seller_details.set_seller_details(
        trade.seller, fields=replace(SELLER, **set_up_again), at=at, by="test"
    )
    [again] = queueing.send(
        trade.seller, kind="invoice", subject_id=invoice.id, channel="email", at=at, by="Anna"
    )
    attend(again, Carriers(mail=mail), at=at)
    assert mail.sent[1].enclosures == mail.sent[0].enclosures
    assert mail.sent[1].message_id != mail.sent[0].message_id


def test_the_letter_is_in_the_buyers_language(trade: Trade, at: datetime) -> None:
    invoiced(trade, language="hi")
    mail = MemoryMail()
    attend(only(trade.seller, channel="email"), Carriers(mail=mail), at=at)
    assert mail.sent[0].language == "hi"
    assert "€1,000.00" in mail.sent[0].text


def test_each_address_has_a_delivery_of_its_own(trade: Trade, at: datetime) -> None:
    invoiced(trade, channels=("email",), email_cc=("boss@nordwind.example",))
    rows = deliveries(trade.seller)
    assert [row.recipient for row in rows] == [
        "accounts@nordwind.example",
        "boss@nordwind.example",
    ]
    mail = MemoryMail()
    mail.failing = RecipientRefused("no", counterpart="mail server", detail="SMTP 550 gone")
    assert attend(rows[0], Carriers(mail=mail), at=at).state == "bounced"
    mail.failing = None
    assert attend(rows[1], Carriers(mail=mail), at=at).state == "sent"


def test_a_refused_address_bounces_with_the_servers_words(trade: Trade, at: datetime) -> None:
    invoiced(trade, channels=("email",))
    mail = MemoryMail()
    mail.failing = RecipientRefused(
        "The mail server does not take mail for the address.",
        counterpart="mail server",
        detail="SMTP 550 5.1.1 no such user",
    )
    row = attend(only(trade.seller), Carriers(mail=mail), at=at)
    assert (row.state, row.reason_code, row.ended_at) == ("bounced", "recipient_refused", at)
    assert "550 5.1.1 no such user" in row.reason
    assert told(trade.seller, row) == ["document.queued", "document.bounced"]


def test_a_server_that_is_down_is_tried_for_three_days_with_the_same_message(
    trade: Trade, at: datetime
) -> None:
    invoiced(trade, channels=("email",))
    mail = MemoryMail()
    mail.failing = Unavailable("down", counterpart="mail server", detail="SMTP 451")
    row, times = until_nothing_is_due(only(trade.seller), Carriers(mail=mail), at=at)
    assert (row.state, times, row.attempts) == ("failed", 10, 10)
    assert row.ended_at is not None
    assert timedelta(days=3) < row.ended_at - at < timedelta(days=4)
    assert told(trade.seller, row) == ["document.queued", "document.failed"]

    mail.failing = None
    again = queueing.resend(trade.seller, delivery_id=row.id, at=at, by="Anna")
    assert (again.previous_id, again.cause, again.author) == (row.id, "resent", "Anna")
    assert attend(again, Carriers(mail=mail), at=at).state == "sent"


def test_workers_that_race_send_once(trade: Trade, at: datetime) -> None:
    invoiced(trade, channels=("email",))
    row, mail = only(trade.seller), MemoryMail()
    at_once([lambda: attend(row, Carriers(mail=mail), at=at)] * 4)
    assert len(mail.sent) == 1
    assert told(trade.seller, row) == ["document.queued", "document.sent"]


def test_a_worker_killed_while_it_sent_leaves_it_to_the_next_with_the_same_id(
    trade: Trade, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoiced(trade, channels=("email",))
    row, mail = only(trade.seller), MemoryMail()

    def killed(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(sending, "record", killed)
        attend(row, Carriers(mail=mail), at=at)
    assert attend(row, Carriers(mail=mail), at=at).state == "queued"  # it is another's for a while
    done = attend(row, Carriers(mail=mail), at=at + sending.LEASE)
    assert done.state == "sent"
    assert len({message.message_id for message in mail.sent}) == 1
    assert told(trade.seller, row) == ["document.queued", "document.sent"]


def test_without_a_server_or_an_address_it_fails_and_says_what_to_set(
    trade: Trade, at: datetime
) -> None:
    invoiced(trade, channels=("email",))
    row = attend(only(trade.seller), Carriers(), at=at)
    assert (row.state, row.reason_code) == ("failed", "mail_not_configured")
    assert "USANCE_EMAIL_HOST" in row.reason


def test_portal_and_download_are_there_at_once_and_opened_when_somebody_looks(
    trade: Trade, at: datetime
) -> None:
    invoice = invoiced(trade, channels=("portal", "email", "download"))
    carriers = Carriers(mail=MemoryMail())
    rows = {row.channel: attend(row, carriers, at=at) for row in deliveries(trade.seller)}
    assert {name: row.state for name, row in rows.items()} == {
        "portal": "delivered",
        "email": "sent",
        "download": "delivered",
    }
    seen = {"kind": "invoice", "subject_id": invoice.id, "at": at, "by": "paola@lodi.example"}
    assert queueing.opened(trade.seller, **seen) == 1
    assert queueing.opened(trade.seller, **seen) == 0
    assert queueing.opened(trade.seller, **seen, delivery_id=rows["email"].id) == 1
    assert {row.channel: row.state for row in deliveries(trade.seller)} == {
        "portal": "opened",
        "email": "opened",
        "download": "delivered",
    }


def test_a_webhook_is_told_with_where_to_fetch_the_files(trade: Trade, at: datetime) -> None:
    from usance.flows import webhooks

    invoiced(trade, channels=("webhook",))
    row = attend(only(trade.seller), Carriers(), at=at)
    assert (row.state, row.reason_code) == ("failed", "no_webhook_endpoint")
    webhooks.create_endpoint(trade.seller, url="https://shop.example/hook", at=at, by="test")
    again = queueing.resend(trade.seller, delivery_id=row.id, at=at, by="Anna")
    again = attend(again, Carriers(), at=at)
    assert again.state == "sent"
    event = Event.objects.get(object_id=again.id, type="document.sent")
    assert event.data["documents"][0]["path"].startswith("/v1/invoices/inv_")


def test_a_person_sends_it_to_another_address(trade: Trade, at: datetime) -> None:
    invoice = invoiced(trade, channels=("portal",))
    [row] = queueing.send(
        trade.seller,
        kind="invoice",
        subject_id=invoice.id,
        channel="email",
        recipient="auditor@example.com",
        at=at,
        by="Anna",
    )
    assert (row.cause, row.author, row.recipient) == ("by_hand", "Anna", "auditor@example.com")
    attend(only(trade.seller, channel="portal"), Carriers(), at=at)
    # Twice is twice: a person asked for it twice.
    queueing.send(trade.seller, kind="invoice", subject_id=invoice.id, at=at, by="Anna")
    assert len(deliveries(trade.seller)) == 3


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"channel": "pigeon"}, "invalid_recipient"),
        ({"channel": "email", "recipient": "nobody"}, "invalid_recipient"),
        ({"channel": "peppol", "recipient": "a@b.example"}, "invalid_recipient"),
    ],
)
def test_what_cannot_be_sent_leaves_nothing_behind(
    trade: Trade, at: datetime, given: dict[str, str], code: str
) -> None:
    invoice = invoiced(trade)
    before = deliveries(trade.seller)
    with pytest.raises(queueing.InvalidRecipient) as refused:
        queueing.send(
            trade.seller, kind="invoice", subject_id=invoice.id, at=at, by="Anna", **given
        )
    assert refused.value.code == code
    assert deliveries(trade.seller) == before


def test_what_is_under_way_is_not_sent_again(trade: Trade, at: datetime) -> None:
    invoiced(trade, channels=("peppol",))
    row = only(trade.seller)
    with pytest.raises(queueing.CannotResend):
        queueing.resend(trade.seller, delivery_id=row.id, at=at, by="Anna")
    attend(row, Carriers(access_point=MemoryAccessPoint(BUYER)), at=at)
    with pytest.raises(queueing.CannotResend, match="refuse the same"):
        queueing.resend(trade.seller, delivery_id=row.id, at=at, by="Anna")
    with pytest.raises(NotFound):
        queueing.resend(trade.seller, delivery_id=new_id(), at=at, by="Anna")


def test_an_invoice_from_before_documents_were_kept(trade: Trade, at: datetime) -> None:
    invoice = trade.invoice(100_000)
    type(invoice).objects.filter(id=invoice.id).update(document=None)
    assert queueing.queue_issued(trade.seller, kind="invoice", subject_id=invoice.id, at=at) == []
    with pytest.raises(NotIssued):
        queueing.send(trade.seller, kind="invoice", subject_id=invoice.id, at=at, by="Anna")
    assert deliveries(trade.seller) == []


def test_a_hybrid_goes_as_one_file(trade: Trade, at: datetime) -> None:
    invoice = invoiced(trade, formats=("facturx",), channels=("email",))
    mail = MemoryMail()
    attend(only(trade.seller), Carriers(mail=mail), at=at)
    [one] = mail.sent[0].enclosures
    assert one.file_name == f"{invoice.number}.pdf"
    assert invoice.number.encode() in facturx.extract(one.content)[1]


def test_the_story_of_a_document_is_two_queries(
    trade: Trade, at: datetime, django_assert_num_queries: Any
) -> None:
    invoice = invoiced(trade)
    for row in deliveries(trade.seller):
        attend(row, Carriers(mail=MemoryMail()), at=at)
    with django_assert_num_queries(2):
        stories = queries.stories(seller_id=trade.seller.id, subject_id=invoice.id)
    assert [
        (story.delivery.channel, [event.type for event in story.events]) for story in stories
    ] == [
        ("portal", ["document.queued", "document.delivered"]),
        ("email", ["document.queued", "document.sent"]),
    ]
    latest = queries.latest_states(seller_id=trade.seller.id, subject_ids=[invoice.id])
    assert sorted(latest[invoice.id]) == [("email", "sent"), ("portal", "delivered")]
    assert Delivery.objects.filter(seller_id=trade.seller.id).count() == 2


def test_a_mail_leads_to_the_pay_page_where_cards_are_taken(
    trade: Trade, at: datetime, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://trade.example"
    invoice = invoiced(trade)
    row = only(trade.seller, channel="email")
    job = channels.Job(
        row, issued(trade.seller, kind="invoice", subject_id=invoice.id),
        About(trade.seller, trade.buyer.id, at=at), Carriers(mail=(mail := MemoryMail())), at,
    )  # fmt: skip
    channels.CHANNELS["email"](job)
    Till.of(trade)
    for _ in range(2):  # the same delivery, tried once more
        channels.CHANNELS["email"](job)
    found = [re.findall(r"https://trade\.example/pay/(\S+)", message.text) for message in mail.sent]
    assert found[0] == []
    assert found[1] == found[2]
    [token] = found[1]
    assert pay_links.link_at(token, at=at).invoice_id == invoice.id
    trade.pay(trade.stored(Invoice, invoice.id))
    channels.CHANNELS["email"](job)
    assert "/pay/" not in mail.sent[3].text
