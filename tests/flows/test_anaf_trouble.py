"""An upload to ANAF that may have been taken, a service that is down, and tokens that run out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.flows.delivered import ROMANIAN, attend, only, until_nothing_is_due
from tests.flows.racing import at_once
from tests.flows.test_documents import invoice_of, trade_of
from tests.flows.trading import Trade
from usance.flows import connections
from usance.flows.deliveries import queueing, sending
from usance.flows.deliveries.carriers import Carriers, carrier_of
from usance.flows.deliveries.tokens import KeptTokens
from usance.gateways.anaf.memory import MemoryAnaf
from usance.gateways.errors import MaybeTaken, Unavailable
from usance.records.connections.models import Connection
from usance.records.deliveries.models import Delivery
from usance.records.parties.models import Seller
from usance.rules.invoicing.profiles import SellerFields


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
