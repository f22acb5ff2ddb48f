"""From an order over HTTP to the buyer's mailbox, by a worker of its own and a real mail server."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.flows.delivered import GERMAN, only, set_up
from tests.gateways.mailbox import mail_taken
from tests.horizon import wait_for_events
from tests.jobs.test_applications import working
from tests.web.api.conftest import shop_of
from usance.flows import billing_profiles
from usance.formats import facturx, ubl
from usance.formats.validation import RuleBook, validate
from usance.jobs import deliveries as jobs
from usance.records.deliveries import queries
from usance.records.deliveries.models import Delivery
from usance.records.identity import parse_public_id
from usance.records.parties.models import Seller

pytestmark = pytest.mark.usefixtures("own_database")

PLACE = {"street": "Hafenstraße 1", "city": "Hamburg", "postal_code": "20457", "country": "DE"}


def eventually(holds: Callable[[], bool], *, seconds: float = 200) -> None:
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds
        time.sleep(0.1)


def an_invoice(seller: Seller, *, at: datetime, **profile: Any) -> dict[str, Any]:
    """An invoice that was ordered, shipped and opened over HTTP; its buyer has a profile."""
    from dataclasses import replace

    set_up(seller, at=at)
    shop = shop_of(seller, at=at)
    buyer = shop.ask("POST", "/buyers", {"name": "Nordwind", "country": "DE"}, status=201)["id"]
    billing_profiles.set_billing_profile(
        seller,
        buyer_id=parse_public_id("buyer", buyer),
        fields=replace(GERMAN, **profile),
        at=at,
        by="test",
    )
    limit = {"amount": 10**7, "currency": "EUR"}
    shop.ask("PUT", f"/buyers/{buyer}/credit-line", {"limit": limit})
    order = {
        "buyer": buyer,
        "amount": {"amount": 119_000, "currency": "EUR"},
        "ship_to": PLACE,
    }
    placed = shop.ask("POST", "/orders", order, status=201)["id"]
    made: dict[str, Any] = shop.ask("POST", f"/orders/{placed}/invoices", {}, status=201)
    return made


def test_what_is_due_becomes_one_job_however_often_it_is_looked_for(
    seller: Seller, at: datetime
) -> None:
    an_invoice(seller, at=at, channels=("portal",))
    wait_for_events(seller.id)
    for _ in range(3):
        jobs.queueing.follow_events(seller_id=seller.id, at=at)
        jobs.enqueue_due()
    row = only(seller)
    found = ProcrastinateJob.objects.filter(args__object_id=str(row.id))
    assert list(found.values_list("task_name", flat=True)) == ["attend_delivery"]
    jobs.attend(seller_id=str(seller.id), object_id=str(row.id))
    assert only(seller).state == "delivered"


@pytest.mark.slow
def test_an_invoice_opened_over_http_is_in_the_mailbox_valid(seller: Seller) -> None:
    now = datetime.now(UTC)
    address = f"pay-{secrets.token_hex(4)}@nordwind.example"
    gone = f"gone-{secrets.token_hex(4)}@nordwind.example"
    with mail_taken() as (box, port):
        box.refused[gone] = "550 5.1.1 no such user"
        mail = {
            "USANCE_EMAIL_HOST": "127.0.0.1",
            "USANCE_EMAIL_PORT": str(port),
            "USANCE_EMAIL_TLS": "0",
            "USANCE_EMAIL_FROM": "usance@trade.example",
        }
        invoice = an_invoice(seller, at=now, email_to=(address, gone), formats=("ubl", "facturx"))

        def arrived() -> list[EmailMessage]:
            return [message for _, to, message in list(box.taken) if to == [address]]

        with working(**mail):
            eventually(lambda: bool(arrived()))
            eventually(lambda: not Delivery.objects.filter(
                seller_id=seller.id, state="queued").exists())  # fmt: skip
    [message] = arrived()
    files = {one.get_filename(): one.get_payload(decode=True) for one in message.iter_attachments()}
    pdf = files[f"{invoice['number']}.pdf"]
    xml = files[f"{invoice['number']}-ubl.xml"]
    assert isinstance(pdf, bytes)
    assert isinstance(xml, bytes)
    rules = RuleBook.carried()
    assert validate(xml, rules=rules).verdict == "valid"
    assert validate(facturx.extract(pdf)[1], rules=rules).fatals == ()
    assert int(ubl.read(xml).totals.payable * 100) == 119_000

    states = {row.recipient: row for row in Delivery.objects.filter(seller_id=seller.id)}
    assert states[address].state == "sent"
    assert states[gone].state == "bounced"
    assert "no such user" in states[gone].reason
    assert states[""].state == "delivered"  # the portal
    kept = queries.kept_documents(
        seller_id=seller.id, subject_id=parse_public_id("invoice", invoice["id"])
    )
    assert {one.format for one in kept} == {"ubl", "facturx"}
