"""What comes back: bounces, notifications of SdI, hints of an access point, ANAF's archives."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.flows.delivered import (
    ITALIAN,
    attend,
    deliveries,
    invoiced,
    only,
    told,
)
from tests.flows.racing import at_once
from tests.flows.trading import Trade
from usance.flows import connections
from usance.flows.deliveries import fetching, queueing
from usance.flows.deliveries.carriers import Carriers
from usance.flows.deliveries.receipts import UnsuitableReceipt, process_receipt, take_receipt
from usance.flows.refusals import NotFound
from usance.gateways.mail.memory import MemoryMail
from usance.gateways.peppol import Participant
from usance.gateways.peppol.memory import MemoryAccessPoint
from usance.gateways.sdi.memory import MemorySdi
from usance.records.deliveries.models import Delivery, Receipt
from usance.records.identity import new_id

DATES = "<DataOraRicezione>2026-03-02T11:00:00.000+01:00</DataOraRicezione>"


def notification(root: str, file: str, inner: str = "") -> bytes:
    """A message of SdI about a file, without its signature."""
    return (
        f'<ns:{root} xmlns:ns="http://www.fatturapa.gov.it/sdi/messaggi/v1.0" versione="1.0">'
        f"<IdentificativoSdI>111</IdentificativoSdI><NomeFile>{file}</NomeFile>{DATES}{inner}"
        f"<MessageId>4711</MessageId></ns:{root}>"
    ).encode()


def scarto(file: str, code: str, words: str) -> bytes:
    errors = (
        f"<ListaErrori><Errore><Codice>{code}</Codice><Descrizione>{words}</Descrizione></Errore>"
        "</ListaErrori>"
    )
    return notification("RicevutaScarto", file, errors)


def bounce(message_id: str, recipient: str, action: str = "failed") -> bytes:
    """What a mail server returns (RFC 3464)."""
    return (
        "From: MAILER-DAEMON@mx.example\nTo: usance@trade.example\nSubject: Undelivered\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=x"\n\n'
        "--=x\nContent-Type: text/plain\n\nI'm sorry.\n"
        "--=x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: 5.2.2\n"
        "Diagnostic-Code: smtp; 552 5.2.2 mailbox\n full\n\n"
        f"--=x\nContent-Type: message/rfc822\n\nMessage-ID: <{message_id}>\nSubject: Invoice\n\nHi\n"
        "--=x--\n"
    ).encode()


def sent_by_mail(trade: Trade) -> Delivery:
    invoiced(trade, channels=("email",))
    return attend(only(trade.seller), Carriers(mail=MemoryMail()), at=trade.at)


def sent_to_sdi(trade: Trade) -> Delivery:
    invoiced(trade, ITALIAN, tax=22_000, channels=("sdi",))
    row = attend(only(trade.seller), Carriers(sdi=MemorySdi()), at=trade.at)
    assert row.state == "sent", row.reason
    return row


def again(row: Delivery) -> Delivery:
    return Delivery.objects.get(id=row.id)


def test_a_mailbox_that_is_full(trade: Trade, at: datetime) -> None:
    row = sent_by_mail(trade)
    message = bounce(row.reference, row.recipient)
    for _ in range(2):
        receipt = take_receipt(trade.seller, source="email", content=message, at=at)
    assert (receipt.delivery_id, receipt.code, receipt.problem) == (row.id, "5.2.2", "")
    now = again(row)
    assert (now.state, now.reason_code) == ("bounced", "5.2.2")
    assert now.reason == "552 5.2.2 mailbox full"
    assert told(trade.seller, row) == ["document.queued", "document.sent", "document.bounced"]
    assert Receipt.objects.filter(seller_id=trade.seller.id).count() == 1


def test_a_delay_is_not_the_end(trade: Trade, at: datetime) -> None:
    row = sent_by_mail(trade)
    message = bounce(row.reference, row.recipient, action="delayed")
    take_receipt(trade.seller, source="email", content=message, at=at)
    assert again(row).state == "sent"


def test_a_bounce_of_somebody_elses_message_is_kept_and_changes_nothing(
    trade: Trade, at: datetime
) -> None:
    row = sent_by_mail(trade)
    for message_id in ("nobody@x.example", f"{new_id().hex}@trade.example", ""):
        message = bounce(message_id, row.recipient)
        receipt = take_receipt(trade.seller, source="email", content=message, at=at)
        assert receipt.problem == "unknown_delivery"
    assert again(row).state == "sent"


@pytest.mark.parametrize("content", [b"Hello,\n\nout of office.\n", b"\0\xff", b"From: a\n\n"])
def test_what_is_no_bounce_stays_with_its_problem(
    trade: Trade, at: datetime, content: bytes
) -> None:
    receipt = take_receipt(trade.seller, source="email", content=content, at=at)
    assert receipt.problem.startswith("not_a_bounce")
    assert bytes(receipt.content) == content


@pytest.mark.parametrize(
    ("root", "state", "code"),
    [
        ("RicevutaConsegna", "delivered", "RC"),
        ("RicevutaImpossibilitaRecapito", "bounced", "MC"),
        ("NotificaDecorrenzaTermini", "delivered", "DT"),
        ("AttestazioneTrasmissioneFattura", "bounced", "AT"),
    ],
)
def test_what_sdi_says(trade: Trade, at: datetime, root: str, state: str, code: str) -> None:
    row = sent_to_sdi(trade)
    receipt = take_receipt(
        trade.seller, source="sdi", content=notification(root, row.reference), at=at
    )
    assert (receipt.delivery_id, receipt.code) == (row.id, code)
    assert again(row).state == state


def test_a_file_that_sdi_rejects_goes_again_under_a_new_name_with_the_same_number(
    trade: Trade, at: datetime
) -> None:
    row = sent_to_sdi(trade)
    take_receipt(
        trade.seller,
        source="sdi",
        content=scarto(row.reference, "00311", "1.1.4 CodiceDestinatario non valido"),
        at=at,
    )
    now = again(row)
    assert (now.state, now.reason_code) == ("rejected", "NS 00311")
    assert now.reason == "00311 1.1.4 CodiceDestinatario non valido"
    assert told(trade.seller, row)[-1] == "document.rejected"

    sdi = MemorySdi()
    later = at + timedelta(days=2)
    second = queueing.resend(trade.seller, delivery_id=row.id, at=later, by="Anna")
    second = attend(second, Carriers(sdi=sdi), at=later)
    assert second.state == "sent"
    assert second.reference != row.reference
    assert row.number.encode() in sdi.files[second.reference]
    # What SdI says of the first file is not said of the second.
    take_receipt(
        trade.seller,
        source="sdi",
        content=notification("RicevutaConsegna", second.reference),
        at=later,
    )
    assert (again(row).state, again(second).state) == ("rejected", "delivered")


def test_a_name_that_sdi_has_seen_says_nothing_of_the_first_file(
    trade: Trade, at: datetime
) -> None:
    row = sent_to_sdi(trade)
    content = scarto(row.reference, "00002", "Nome file duplicato")
    take_receipt(trade.seller, source="sdi", content=content, at=at)
    assert again(row).state == "sent"


def test_sdi_delivers_after_it_could_not(trade: Trade, at: datetime) -> None:
    row = sent_to_sdi(trade)
    for root in ("RicevutaImpossibilitaRecapito", "RicevutaConsegna"):
        take_receipt(trade.seller, source="sdi", content=notification(root, row.reference), at=at)
    assert again(row).state == "delivered"
    # And what comes late or twice takes nothing back.
    take_receipt(
        trade.seller,
        source="sdi",
        content=notification("RicevutaConsegna", row.reference, "<Note>again</Note>"),
        at=at,
    )
    assert told(trade.seller, row).count("document.delivered") == 1


def test_a_public_body_refuses(trade: Trade, at: datetime) -> None:
    row = sent_to_sdi(trade)
    take_receipt(
        trade.seller,
        source="sdi",
        content=notification("RicevutaConsegna", row.reference),
        at=at,
    )
    outcome = (
        "<EsitoCommittente><IdentificativoSdI>111</IdentificativoSdI><Esito>EC02</Esito>"
        "<Descrizione>Ordine errato</Descrizione></EsitoCommittente>"
    )
    take_receipt(
        trade.seller,
        source="sdi",
        content=notification("NotificaEsito", row.reference, outcome),
        at=at,
    )
    now = again(row)
    assert (now.state, now.reason_code, now.reason) == ("rejected", "NE EC02", "Ordine errato")


def test_receipts_that_race_are_told_once(trade: Trade, at: datetime) -> None:
    row = sent_to_sdi(trade)
    content = notification("RicevutaConsegna", row.reference)
    at_once(
        [lambda: take_receipt(trade.seller, source="sdi", content=content, at=at) for _ in range(4)]
    )
    assert told(trade.seller, row).count("document.delivered") == 1
    assert Receipt.objects.filter(seller_id=trade.seller.id).count() == 1


def test_files_are_fetched_from_the_folder_that_the_operator_gave(
    trade: Trade, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoiced(trade, ITALIAN, tax=22_000, channels=("sdi",))
    connections.create_connection(trade.seller, kind="sdi_folders", at=at, by="test")
    row = only(trade.seller)
    # Without a folder nothing is written anywhere, and it says who has to do what.
    from usance.flows.deliveries import sending

    sending.attend(seller_id=row.seller_id, delivery_id=row.id, at=at, chance=0)
    assert again(row).state == "failed"
    assert "USANCE_EXCHANGE_FOLDER" in again(row).reason

    monkeypatch.setenv("USANCE_EXCHANGE_FOLDER", str(tmp_path))
    second = queueing.resend(trade.seller, delivery_id=row.id, at=at, by="Anna")
    sending.attend(seller_id=row.seller_id, delivery_id=second.id, at=at, chance=0)
    second = again(second)
    home = tmp_path / trade.seller.handle / "sdi"
    assert [one.name for one in (home / "out").iterdir()] == [second.reference]

    (home / "in").mkdir()
    name = second.reference.replace(".xml", "_RC_001.xml")
    (home / "in" / name).write_bytes(notification("RicevutaConsegna", second.reference))
    # What was written just now may not be whole.
    os.utime(home / "in" / name, (at.timestamp(), at.timestamp()))
    assert fetching.fetch(seller_id=trade.seller.id, at=at) == 0
    os.utime(home / "in" / name, (0, 0))
    assert trade.seller.id in fetching.to_fetch()
    assert fetching.fetch(seller_id=trade.seller.id, at=at) == 1
    assert fetching.fetch(seller_id=trade.seller.id, at=at) == 0
    assert again(second).state == "delivered"


def test_fetching_that_breaks_off_takes_nothing_twice(
    trade: Trade, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = sent_to_sdi(trade)
    sdi = MemorySdi()
    sdi.inbox["a_RC_001.xml"] = notification("RicevutaConsegna", row.reference)

    def killed(name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(sdi, "taken", killed)
        fetching.fetch_from_sdi(trade.seller, sdi, at=at)
    assert fetching.fetch_from_sdi(trade.seller, sdi, at=at) == 1
    assert told(trade.seller, row).count("document.delivered") == 1
    assert sdi.inbox == {}


def test_a_hint_only_has_the_access_point_asked(trade: Trade, at: datetime) -> None:
    invoiced(trade, channels=("peppol",))
    point = MemoryAccessPoint(Participant("9930", "DE136695976"))
    row = attend(only(trade.seller), Carriers(access_point=point), at=at)
    later = at + timedelta(seconds=5)
    claim = f'{{"event": "rejected", "document_guid": "{row.reference}"}}'.encode()
    receipt = take_receipt(trade.seller, source="storecove", content=claim, at=later)
    now = again(row)
    # Whoever sends it cannot make the document rejected: what is true is asked.
    assert (receipt.delivery_id, now.state, now.due_at) == (row.id, "sent", later)


def test_another_sellers_receipt_finds_nothing(trade: Trade, at: datetime) -> None:
    from tests.flows.trading import onboarding

    row = sent_by_mail(trade)
    stranger = onboarding.create_seller(
        name="Altra",
        handle=f"altra-{row.id.hex[-12:]}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    message = bounce(row.reference, row.recipient)
    receipt = take_receipt(stranger, source="email", content=message, at=at)
    assert receipt.problem == "unknown_delivery"
    assert again(row).state == "sent"
    with pytest.raises(NotFound):
        process_receipt(trade.seller, receipt_id=receipt.id, at=at)


@pytest.mark.parametrize(
    ("source", "content"), [("pigeon", b"x"), ("email", b""), ("sdi", b" " * (25 * 2**20 + 1))]
)
def test_what_is_not_taken_leaves_nothing_behind(
    trade: Trade, at: datetime, source: str, content: bytes
) -> None:
    with pytest.raises(UnsuitableReceipt):
        take_receipt(trade.seller, source=source, content=content, at=at)
    assert Receipt.objects.filter(seller_id=trade.seller.id).count() == 0
    assert deliveries(trade.seller) == []
