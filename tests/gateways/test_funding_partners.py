"""Funding partners: the one in memory and the one over HTTP, held to the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.gateways.contracts.funding import KEY, PartnerServer
from tests.gateways.contracts.server import Answered, cut_off, hang_up, serving, silence
from usance.gateways.errors import (
    CounterpartError,
    CredentialsRefused,
    Malformed,
    MaybeTaken,
    RateLimited,
    Refused,
    Unavailable,
)
from usance.gateways.exchange import Patience
from usance.gateways.funding import Forged, FundingPartner, InvoiceFacts, Offer, Remittance, notices
from usance.gateways.funding.http_partner import HttpPartner
from usance.gateways.funding.memory import SECRET, MemoryPartner

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
FACTS = InvoiceFacts(
    own_reference="adv_1", number="2026-0001", currency="EUR", amount=1_000_000, wanted=800_000,
    issued_on=date(2026, 3, 2), due_on=date(2026, 4, 1), buyer_name="Nordwind Handels GmbH",
    buyer_country="DE", with_recourse=True,
)  # fmt: skip


@dataclass
class Side:
    """A partner, and what stands behind it."""

    partner: FundingPartner
    memory: MemoryPartner
    server: PartnerServer | None = None

    def offer(self) -> Offer:
        made = self.partner.offer(FACTS)
        assert made is not None
        return made


def over_http(server: PartnerServer, *, key: str = KEY) -> HttpPartner:
    return HttpPartner(
        base_url=server.url, api_key=key, webhook_secret=SECRET, private_network=True,
        patience=Patience(connect=1.0, read=0.5, total=1.0),
    )  # fmt: skip


@pytest.fixture
def server() -> Iterator[PartnerServer]:
    with serving(PartnerServer()) as found:
        yield found


@pytest.fixture(params=["memory", "http"])
def side(request: pytest.FixtureRequest) -> Side:
    if request.param == "memory":
        memory = MemoryPartner()
        return Side(memory, memory)
    server: PartnerServer = request.getfixturevalue("server")
    return Side(over_http(server), server.memory, server)


def remittance(kind: Any = "repayment", amount: int = 300_000, interest: int = 12) -> Remittance:
    return Remittance(
        kind=kind, amount=amount, interest=interest, currency="EUR", on=date(2026, 4, 1)
    )


def test_an_offer_says_what_is_advanced_and_kept_back(side: Side) -> None:
    offer = side.offer()
    assert (offer.currency, offer.advanced, offer.fee) == ("EUR", 800_000, 16_000)
    side.memory.unwanted.add("2026-0001")
    assert side.partner.offer(FACTS) is None


def test_what_is_asked_for_twice_with_one_key_is_one_advance(side: Side) -> None:
    offer = side.offer()
    made = side.partner.request(FACTS, offer=offer, key="usance-1")
    assert side.partner.request(FACTS, offer=offer, key="usance-1") == made
    assert (made.state, made.own_reference) == ("requested", "adv_1")
    assert len(side.memory.advances) == 1


def test_an_advance_is_paid_out_and_paid_back(side: Side) -> None:
    made = side.partner.request(FACTS, offer=side.offer(), key="usance-1")
    side.memory.pay_out(made.reference)
    paid = side.partner.fetch(made.reference)
    assert (paid.state, paid.paid_out_on) == ("paid_out", date(2026, 3, 2))
    assert paid.payout_reference
    for _ in range(2):
        after = side.partner.remit(made.reference, remittance(), key="usance-2")
        assert after.remitted == 300_000
    after = side.partner.remit(made.reference, remittance("reclaim", 100_000), key="usance-3")
    assert after.remitted == 200_000
    with pytest.raises(Refused):
        side.partner.remit(made.reference, remittance(amount=700_000), key="usance-4")


def test_an_advance_is_withdrawn_until_it_is_paid_out(side: Side) -> None:
    made = side.partner.request(FACTS, offer=side.offer(), key="usance-1")
    assert side.partner.cancel(made.reference, key="usance-2").state == "canceled"
    paid = side.partner.request(FACTS, offer=side.offer(), key="usance-3")
    side.memory.pay_out(paid.reference)
    assert side.partner.cancel(paid.reference, key="usance-4").state == "paid_out"


def test_what_is_not_known_is_refused(side: Side) -> None:
    side.partner.try_out()
    with pytest.raises(Refused):
        side.partner.fetch("adv_none")


def test_a_notice_is_the_partners_or_forged(side: Side) -> None:
    made = side.partner.request(FACTS, offer=side.offer(), key="usance-1")
    body, headers = side.memory.notice(made.reference, "advance.paid_out", at=AT)
    told = side.partner.read_notice(body, headers, at=AT)
    assert (told.type, told.reference, told.own_reference) == (
        "advance.paid_out", made.reference, "adv_1",
    )  # fmt: skip
    other = notices.sign(body, id_="x", at=AT, secret="whsec_b3RoZXI=")
    for wrong_body, wrong, at in [
        (body + b" ", headers, AT),
        (body, other, AT),
        (body, headers | {"webhook-id": "evt_0"}, AT),
        (body, headers | {"webhook-timestamp": "soon"}, AT),
        (body, {}, AT),
        (body, headers, AT + timedelta(minutes=6)),
        (b" " * 70_000, headers, AT),
    ]:
        with pytest.raises(Forged):
            side.partner.read_notice(wrong_body, wrong, at=at)
    with pytest.raises(Malformed):
        body = b"[]"
        side.partner.read_notice(body, notices.sign(body, id_="x", at=AT, secret=SECRET), at=AT)


def test_notices_are_signed_as_the_standard_says() -> None:
    from standardwebhooks import Webhook

    body = json.dumps({"type": "advance.paid_out", "data": {"id": "adv_1"}})
    at = datetime.now(UTC)
    headers = notices.sign(body.encode(), id_="evt_1", at=at, secret=SECRET)
    assert Webhook(SECRET).verify(body, headers)
    theirs = Webhook(SECRET).sign("evt_2", at, body)
    given = {
        "webhook-id": "evt_2", "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": f"v1,AAAA {theirs}",
    }  # fmt: skip
    assert notices.read(body.encode(), given, secret=SECRET, at=at).reference == "adv_1"


@pytest.mark.parametrize("bad_day", [hang_up, silence, cut_off, Answered(503), Answered(409)])
def test_a_request_without_an_answer_may_have_been_taken(
    server: PartnerServer, bad_day: Any
) -> None:
    partner = over_http(server)
    offer = partner.offer(FACTS)
    assert offer is not None
    server.instead = [bad_day]
    with pytest.raises(MaybeTaken):
        partner.request(FACTS, offer=offer, key="usance-1")


@pytest.mark.parametrize(
    ("bad_day", "error"),
    [
        (hang_up, Unavailable),
        (Answered(500), Unavailable),
        (Answered(429), RateLimited),
        (Answered(403), CredentialsRefused),
        (Answered(404), Refused),
        (Answered(302), Malformed),
        (Answered(200, b"no json"), Malformed),
        (Answered.of({"id": "adv_1", "own_reference": "a", "state": "dreaming"}), Malformed),
        (
            Answered.of(
                {"id": "adv_1", "own_reference": "a", "state": "requested", "currency": "EUR",
                 "advanced": 1.5}
            ),
            Malformed,
        ),
    ],
)  # fmt: skip
def test_every_bad_day_has_its_error(
    server: PartnerServer, bad_day: Any, error: type[CounterpartError]
) -> None:
    server.instead = [bad_day]
    with pytest.raises(error) as raised:
        over_http(server).fetch("adv_1")
    assert KEY not in str(raised.value)


def test_wrong_credentials_are_said(server: PartnerServer) -> None:
    with pytest.raises(CredentialsRefused):
        over_http(server, key="another").try_out()
