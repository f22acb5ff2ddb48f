"""Documents over Peppol, SdI and ANAF: what each takes, answers, and is never told."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from lxml import etree

from tests.flows.delivered import (
    BUYER,
    ITALIAN,
    ROMANIAN,
    attend,
    invoiced,
    only,
    told,
    until_nothing_is_due,
)
from tests.flows.trading import Trade
from usance.flows.deliveries import queueing
from usance.flows.deliveries.carriers import Carriers
from usance.formats import ubl
from usance.gateways.anaf.memory import MemoryAnaf
from usance.gateways.errors import CredentialsRefused, Unavailable
from usance.gateways.mail.memory import MemoryMail
from usance.gateways.peppol.memory import MemoryAccessPoint
from usance.gateways.sdi.memory import MemorySdi
from usance.records.deliveries import queries
from usance.records.events.models import Event


def test_what_a_network_wants_and_nobody_said_fails_and_names_the_field(
    trade: Trade, at: datetime
) -> None:
    invoice = invoiced(trade, channels=("portal",), endpoint="", endpoint_scheme="")
    point = MemoryAccessPoint(BUYER)
    [row] = queueing.send(
        trade.seller, kind="invoice", subject_id=invoice.id, channel="peppol", at=at, by="Anna"
    )
    row = attend(row, Carriers(access_point=point), at=at)
    assert (row.state, row.reason_code) == ("failed", "format_unavailable")
    assert "Set endpoint in the billing profile" in row.reason
    event = Event.objects.get(object_id=row.id, type="document.failed")
    [missing] = [one for one in event.data["missing"] if one["field"] == "endpoint"]
    assert (missing["where"], missing["code"]) == ("billing profile", "term")
    assert (missing["values"]["term"], missing["values"]["path"]) == ("BT-49", "buyer.endpoint")
    assert point.taken == {}


def test_peppol_takes_it_and_tells_later_that_it_arrived(trade: Trade, at: datetime) -> None:
    invoice = invoiced(trade, channels=("peppol",), formats=("peppol", "pdf"))
    point = MemoryAccessPoint(BUYER)
    carriers = Carriers(access_point=point)
    row = attend(only(trade.seller), carriers, at=at)
    assert (row.state, row.recipient) == ("sent", str(BUYER))
    dispatch = point.taken[row.reference]
    root = etree.fromstring(dispatch.document)
    assert root.findtext("{*}CustomizationID", "").endswith("poacc:billing:3.0")
    assert ubl.read(dispatch.document).number == invoice.number
    assert dispatch.picture.startswith(b"%PDF")

    later = attend(row, carriers, at=row.due_at or at)
    assert (later.state, later.attempts) == ("sent", 1)
    from usance.gateways.outcome import Outcome

    point.outcomes[row.reference] = Outcome(
        state="delivered", code="accepted", receipt=b'{"guid": "1"}'
    )
    done = attend(later, carriers, at=later.due_at or at)
    assert (done.state, done.due_at) == ("delivered", None)
    [receipt] = queries.receipts_of(seller_id=trade.seller.id, delivery_id=row.id)
    assert bytes(receipt.content) == b'{"guid": "1"}'
    assert told(trade.seller, row) == ["document.queued", "document.sent", "document.delivered"]


def test_a_buyer_that_is_not_in_the_network(trade: Trade, at: datetime) -> None:
    invoiced(trade, channels=("peppol",))
    row = attend(only(trade.seller), Carriers(access_point=MemoryAccessPoint()), at=at)
    assert (row.state, row.reason_code) == ("failed", "not_in_network")
    assert str(BUYER) in row.reason


def test_an_access_point_that_never_tells_is_asked_for_its_time_only(
    trade: Trade, at: datetime
) -> None:
    invoiced(trade, channels=("peppol",))
    point = MemoryAccessPoint(BUYER)
    row, times = until_nothing_is_due(only(trade.seller), Carriers(access_point=point), at=at)
    assert (row.state, row.reason_code) == ("sent", "no_answer")
    assert 50 < times < 80


def test_an_access_point_that_took_it_and_whose_answer_was_lost(
    trade: Trade, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoiced(trade, channels=("peppol",))
    row, point = only(trade.seller), MemoryAccessPoint(BUYER)
    taking = point.send

    def lost(dispatch: Any) -> str:
        taking(dispatch)
        raise Unavailable("timeout", counterpart="memory")

    with monkeypatch.context() as patched:
        patched.setattr(point, "send", lost)
        row = attend(row, Carriers(access_point=point), at=at)
    assert row.state == "queued"
    row = attend(row, Carriers(access_point=point), at=row.due_at or at)
    assert (row.state, len(point.taken)) == ("sent", 1)
    assert "its answer was lost" in row.reason


def test_credentials_that_are_refused_are_not_the_documents_fault(
    trade: Trade, at: datetime
) -> None:
    invoiced(trade, channels=("peppol",))
    point = MemoryAccessPoint(BUYER)
    point.failing = CredentialsRefused("Storecove does not accept them.", counterpart="Storecove")
    row = attend(only(trade.seller), Carriers(access_point=point), at=at)
    assert (row.state, row.reason_code, row.attempts) == ("queued", "counterpart_refused", 1)
    assert "does not accept" in row.reason
    point.failing = None  # somebody has set the key right
    assert attend(row, Carriers(access_point=point), at=row.due_at or at).state == "sent"


def test_sdi_gets_a_file_under_a_name_of_its_own(trade: Trade, at: datetime) -> None:
    invoice = invoiced(trade, ITALIAN, tax=22_000)
    sdi = MemorySdi()
    row = attend(only(trade.seller, channel="sdi"), Carriers(sdi=sdi), at=at)
    assert row.state == "sent", row.reason
    assert re.fullmatch(r"IT00743110157_[0-9A-Z]{5}\.xml", row.reference)
    root = etree.fromstring(sdi.files[row.reference])
    assert root.findtext(".//Numero") == invoice.number
    assert root.findtext(".//CodiceDestinatario") == "ABC1234"
    # The courtesy copy by mail brings no second original.
    mail = MemoryMail()
    attend(only(trade.seller, channel="email"), Carriers(mail=mail), at=at)
    assert [one.file_name for one in mail.sent[0].enclosures] == [f"{invoice.number}.pdf"]


def test_anaf_is_not_given_what_it_would_refuse(trade: Trade, at: datetime) -> None:
    """The seller is Italian and the invoice in euro: Romania wants the tax in its own currency."""
    invoiced(trade, ROMANIAN, tax=0)
    anaf = MemoryAnaf()
    row = attend(only(trade.seller), Carriers(anaf=anaf), at=at)
    assert (row.state, row.reason_code) == ("failed", "format_unavailable")
    assert "RON" in row.reason
    assert anaf.uploads == {}
