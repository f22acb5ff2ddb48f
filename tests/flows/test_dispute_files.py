"""What both sides hand in about a dispute: kept once, told of in one letter, within bounds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.flows import books
from tests.flows.test_line_disputes import billed, opened
from tests.flows.trading import Trade
from usance.flows import dispute_evidence, dispute_talk, disputes
from usance.flows.dispute_evidence import Handed, TooManyFiles, UnsuitableFile
from usance.flows.refusals import NotFound, WrongState
from usance.records.collections import dispute_queries
from usance.records.collections.models import Dispute, DisputeFile
from usance.records.events.models import Event, OutgoingMail
from usance.records.events.secrets import decrypt
from usance.records.identity import new_id
from usance.rules.attachments import LARGEST_ATTACHMENT

JPEG = b"\xff\xd8\xff\xe0 bent bolts"
PDF = b"%PDF-1.7\n%%EOF\n"


def letters(dispute: Dispute) -> list[tuple[str, str]]:
    """Recipient and text of each letter about a dispute."""
    found = OutgoingMail.objects.filter(seller_id=dispute.seller_id, object_id=dispute.id)
    return [
        (row.recipient, json.loads(decrypt(row.content))["text"])
        for row in found.order_by("created_at", "id")
    ]


def files_of(dispute: Dispute) -> list[DisputeFile]:
    return dispute_queries.files_of([dispute])[dispute.id]


def test_files_come_with_words_or_alone_and_are_told_of_in_one_letter(
    trade: Trade, settings: Any
) -> None:
    settings.EMAIL_HOST = "localhost"
    rules = {"answer_days": 10, "warn_days": 3, "email": "carla@seller.example", **trade.act}
    dispute_talk.set_rules(trade.seller, **rules)
    photo = Handed(JPEG, "../photo of the box.exe")
    made = opened(trade, billed(trade), words="Bent.", files=[photo], name="Eva")
    [first] = files_of(made)
    assert (first.file_name, first.media_type, first.author, first.name) == (
        "photo of the box.jpg",
        "image/jpeg",
        "buyer",
        "Eva",
    )
    [(_, text)] = letters(made)
    assert "Bent." in text and "photo of the box.jpg" in text

    act = {"dispute_id": made.id, "author": "buyer", "name": "Eva", **trade.act}
    csv = Handed("Stück;verbogen\n10;3\n".encode(), "counted.csv")
    remark = dispute_talk.say(
        trade.seller, text="Counted.", files=[csv, csv, photo, Handed(PDF, "note")], **act
    )
    assert remark is not None
    assert [(it.file_name, it.remark_id) for it in files_of(made)[1:]] == [
        ("counted.csv", remark.id),
        ("note.pdf", remark.id),
    ]
    [_, (to, text)] = letters(made)
    assert to == "carla@seller.example"
    assert "Counted." in text and "counted.csv" in text and "note.pdf" in text
    assert "photo" not in text  # that one was there
    # Alone, what is there is no news, whoever hands it in; what is new has a letter of its own.
    with books.nothing_written(trade.seller):
        again = act | {"author": "seller", "name": "Carla"}
        assert dispute_talk.say(trade.seller, text=" ", files=[photo, csv], **again) is None
    dispute_talk.say(trade.seller, text="", files=[Handed(PDF + b"%", "signed.pdf")], **act)
    assert "signed.pdf" in letters(made)[2][1]
    # The same file about another dispute is another file.
    second = opened(trade, billed(trade), files=[photo], name="Eva")
    assert len(files_of(second)) == 1
    kept = dispute_queries.dispute_file
    of = {"seller_id": trade.seller.id, "file_id": first.id}
    found = kept(**of, dispute_id=made.id)
    assert found is not None and bytes(found.content) == JPEG
    assert kept(**of, dispute_id=second.id) is None
    assert kept(seller_id=new_id(), file_id=first.id) is None
    told = Event.objects.filter(
        seller_id=trade.seller.id, type="invoice.dispute_file_added", data__dispute=str(made.id)
    )
    assert [it.data["file_name"] for it in told.order_by("id")] == [
        it.file_name for it in files_of(made)
    ]


def test_a_file_that_cannot_be_kept_leaves_nothing_behind(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = opened(trade, billed(trade))
    buyer = {"author": "buyer", "name": "Eva", "text": "", **trade.act}
    for files in (
        [Handed(PDF, "good.pdf"), Handed(b"MZ\x00\x01", "bad.pdf")],
        [Handed(b"", "empty.pdf")],
        [Handed(PDF + bytes(LARGEST_ATTACHMENT), "large.pdf")],
    ):
        with books.refused(trade.seller, UnsuitableFile):
            dispute_talk.say(trade.seller, dispute_id=made.id, files=files, **buyer)
    with books.refused(trade.seller, NotFound):
        dispute_talk.say(trade.seller, dispute_id=new_id(), files=[Handed(PDF)], **buyer)
    other = billed(trade)
    with books.refused(trade.seller, UnsuitableFile):
        opened(trade, other, files=[Handed(b"<html>", "a.html")])

    # Each side has room of its own, by number and by bytes.
    monkeypatch.setattr(dispute_evidence, "MOST_FILES", 2)
    pages = [Handed(PDF + b"%" * n, f"{n}.pdf") for n in range(4)]
    dispute_talk.say(trade.seller, dispute_id=made.id, files=pages[:2], **buyer)
    with books.refused(trade.seller, TooManyFiles):
        dispute_talk.say(trade.seller, dispute_id=made.id, files=pages[1:3], **buyer)
    seller = buyer | {"author": "seller", "name": "Carla"}
    dispute_talk.say(trade.seller, dispute_id=made.id, files=pages[2:3], **seller)
    monkeypatch.setattr(dispute_evidence, "MOST_BYTES", 2 * len(PDF))
    with books.refused(trade.seller, TooManyFiles):
        dispute_talk.say(trade.seller, dispute_id=made.id, files=pages[3:], **seller)

    disputes.withdraw(trade.seller, dispute_id=made.id, **trade.act)
    with books.refused(trade.seller, WrongState):
        dispute_talk.say(trade.seller, dispute_id=made.id, files=pages[:1], **buyer)
