"""The outbox of letters: written with what it tells of, sent once that is certain."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from tests.flows.applying import mail_server
from tests.flows.racing import at_once
from usance.flows import outgoing_mails
from usance.gateways.errors import Refused, Unavailable
from usance.gateways.mail import Letter
from usance.gateways.mail.memory import MemoryMail
from usance.records.events.models import OutgoingMail
from usance.records.identity import new_id
from usance.records.parties.models import Seller


def queue(seller: Seller, at: datetime, *, expires: timedelta | None = None) -> OutgoingMail:
    letter = Letter(
        language="en", sender=seller.name, subject="Hi", greeting="Hello,", paragraphs=("secret",)
    )
    with mail_server():
        return outgoing_mails.queue_mail(
            seller,
            letter,
            kind="test",
            to="a@b.example",
            object_type="application",
            object_id=new_id(),
            at=at,
            expires_at=at + expires if expires else None,
        )


def send(row: OutgoingMail, sender: MemoryMail, at: datetime) -> datetime | None:
    return outgoing_mails.send_mail(
        seller_id=row.seller_id, mail_id=row.id, sender=sender, at=at, chance=0
    )


def test_sent_once_and_forgotten(seller: Seller, at: datetime) -> None:
    row, sender = queue(seller, at), MemoryMail()
    assert "secret" not in row.content
    assert (seller.id, row.id) in outgoing_mails.due(at=at, limit=10_000)
    assert send(row, sender, at) is None
    assert send(row, sender, at) is None
    [mail] = sender.sent
    assert (mail.to, mail.message_id) == ("a@b.example", row.message_id)
    kept = OutgoingMail.objects.get(id=row.id)
    assert (kept.content, kept.due_at, kept.sent_at, kept.attempts) == ("", None, at, 1)


def test_workers_that_race_send_it_once(seller: Seller, at: datetime) -> None:
    row, sender = queue(seller, at), MemoryMail()
    at_once([lambda: send(row, sender, at)] * 4)
    assert len(sender.sent) == 1


def test_what_is_rolled_back_is_not_sent(seller: Seller, at: datetime) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        row = queue(seller, at)
        raise RuntimeError
    assert not OutgoingMail.objects.filter(id=row.id).exists()


def test_a_server_that_is_down_is_tried_again_for_three_days(seller: Seller, at: datetime) -> None:
    row, sender = queue(seller, at), MemoryMail()
    sender.failing = Unavailable("down", counterpart="mail server", detail="SMTP 451")
    moment: datetime | None = at
    tries = 0
    while moment is not None:
        again = send(row, sender, moment)
        assert again is None or again > moment
        moment, tries = again, tries + 1
        assert tries < 20
    kept = OutgoingMail.objects.get(id=row.id)
    assert (tries, kept.content, kept.due_at) == (10, "", None)
    assert "SMTP 451" in kept.last_error


def test_a_worker_that_dies_leaves_the_letter_to_others(seller: Seller, at: datetime) -> None:
    class Dies(MemoryMail):
        def send(self, mail: object) -> None:
            raise KeyboardInterrupt

    row, sender = queue(seller, at), MemoryMail()
    with pytest.raises(KeyboardInterrupt):
        send(row, Dies(), at)
    assert send(row, sender, at) is None
    assert sender.sent == []
    send(row, sender, at + outgoing_mails.LEASE)
    assert len(sender.sent) == 1


def test_what_is_refused_is_not_tried_again(seller: Seller, at: datetime) -> None:
    row, sender = queue(seller, at), MemoryMail()
    sender.failing = Refused("no", counterpart="mail server", detail="SMTP 550")
    assert send(row, sender, at) is None
    assert OutgoingMail.objects.get(id=row.id).due_at is None


def test_a_code_that_has_run_out_is_not_sent(seller: Seller, at: datetime) -> None:
    row, sender = queue(seller, at, expires=timedelta(minutes=10)), MemoryMail()
    assert send(row, sender, at + timedelta(minutes=10)) is None
    assert sender.sent == []
    assert OutgoingMail.objects.get(id=row.id).last_error == "expired"
