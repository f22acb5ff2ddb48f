"""Payment providers: the one in memory, and Stripe's against its contract and against localstripe."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.gateways.contracts import localstripe
from tests.gateways.contracts.server import Answered, cut_off, hang_up, serving, silence
from tests.gateways.contracts.stripe import KEY, StripeMock
from usance.gateways.errors import (
    CounterpartError,
    CredentialsRefused,
    Malformed,
    MaybeTaken,
    NotCovered,
    RateLimited,
    Refused,
    Unavailable,
)
from usance.gateways.exchange import Patience
from usance.gateways.psp import (
    Authorization,
    CannotIncrease,
    CardToken,
    Forged,
    PageWanted,
    PaymentProvider,
)
from usance.gateways.psp.memory import MemoryProvider
from usance.gateways.psp.stripe import Stripe
from usance.gateways.psp.stripe_amounts import from_stripe, to_stripe
from usance.gateways.psp.stripe_declines import reason_of
from usance.rules.cards import DECLINE_REASONS
from usance.rules.money import EXPONENTS

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SECRET = "whsec_not_to_be_seen"


@dataclass
class Side:
    """A provider, how a card comes to it, and what this counterpart cannot do."""

    name: str
    provider: PaymentProvider
    card: Callable[[str, str], CardToken]
    lacks: frozenset[str] = frozenset()

    def payer(self) -> str:
        return self.provider.register_payer(
            name="Nordwind Handels GmbH", email="einkauf@nordwind.example",
            own_reference="buy_1", key=str(uuid4()),
        )  # fmt: skip

    def held(self, amount: int = 10_000, kind: str = "good") -> Authorization:
        card = self.card(self.payer(), kind)
        return self.provider.authorize(
            card, amount=amount, currency="EUR", own_reference="cau_1", key=str(uuid4())
        )

    def needs(self, what: str) -> None:
        if what in self.lacks:
            pytest.skip(f"{self.name} has no {what}")


@pytest.fixture
def mock(shared: Path) -> Iterator[StripeMock]:
    folder = shared / "contracts" / "stripe"
    if not folder.is_dir():
        pytest.skip("the contract of Stripe is not among the shared documents")
    with serving(StripeMock(folder / "spec3.cut.json", folder / "fixtures3.json")) as found:
        yield found


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with localstripe.running(tmp_path_factory.mktemp("localstripe")) as address:
        yield address


def adapter(url: str, key: str = KEY, patience: Patience | None = None) -> Stripe:
    return Stripe(
        secret_key=key,
        webhook_secret=SECRET,
        base_url=url,
        private_network=True,
        patience=patience,
    )


@pytest.fixture(params=["memory", "contract", "localstripe"])
def side(request: pytest.FixtureRequest) -> Side:
    if request.param == "memory":
        memory = MemoryProvider(at=AT)

        def made(payer: str, kind: str) -> CardToken:
            page = memory.open_page(
                PageWanted(kind="store", payer=payer, own_reference="x"), key=str(uuid4())
            )
            card = memory.type_card(page.reference).card
            assert card is not None
            if kind == "poor":
                memory.declines[card.reference] = "insufficient_funds"
            return card

        return Side("memory", memory, made)
    if request.param == "contract":
        stripe: StripeMock = request.getfixturevalue("mock")

        def method(payer: str, kind: str) -> CardToken:
            reference = stripe.card(payer)["id"]
            if kind == "poor":
                stripe.declines[reference] = ("card_declined", "insufficient_funds")
            return CardToken(reference=reference, payer=payer)

        return Side("contract", adapter(stripe.url), method)
    address: str = request.getfixturevalue("beside")
    numbers = {"good": "4242424242424242", "poor": "4000000000000341"}
    return Side(
        "localstripe",
        adapter(address, localstripe.KEY),
        lambda payer, kind: CardToken(
            reference=localstripe.card(address, payer, numbers[kind]), payer=payer
        ),
        frozenset({"increase", "idempotency", "find", "page", "reasons"}),
    )


def test_an_amount_is_held_and_taken(side: Side) -> None:
    held = side.held()
    assert (held.state, held.authorized, held.capturable, held.captured) == (
        "authorized", 10_000, 10_000, 0,
    )  # fmt: skip
    assert held.own_reference == "cau_1"
    taken = side.provider.capture(held.reference, amount=10_000, currency="EUR", key=str(uuid4()))
    assert (taken.state, taken.captured - taken.refunded, taken.capturable) == (
        "captured", 10_000, 0,
    )  # fmt: skip
    assert side.provider.fetch(held.reference).state == "captured"


def test_a_part_is_taken_and_the_rest_released(side: Side) -> None:
    held = side.held()
    side.provider.capture(held.reference, amount=6_000, currency="EUR", key=str(uuid4()))
    now = side.provider.fetch(held.reference)
    assert (now.state, now.captured - now.refunded, now.capturable) == ("captured", 6_000, 0)
    with pytest.raises(Refused):
        side.provider.capture(held.reference, amount=4_000, currency="EUR", key=str(uuid4()))


def test_an_authorization_is_let_go(side: Side) -> None:
    held = side.held()
    assert side.provider.void(held.reference, key=str(uuid4())).state == "voided"
    assert side.provider.fetch(held.reference).state == "voided"
    with pytest.raises(Refused):
        side.provider.void(held.reference, key=str(uuid4()))


def test_an_authorization_is_raised(side: Side) -> None:
    side.needs("increase")
    held = side.held()
    assert held.can_increase
    raised = side.provider.increase(held.reference, amount=12_500, currency="EUR", key=str(uuid4()))
    assert (raised.authorized, raised.capturable) == (12_500, 12_500)


def test_where_the_network_raises_nothing_that_is_said(side: Side, request: Any) -> None:
    if side.name == "contract":
        request.getfixturevalue("mock").increments = False
    held = side.held()
    if isinstance(side.provider, MemoryProvider):
        assert held.card
        side.provider.void(held.reference, key=str(uuid4()))
    with pytest.raises(CannotIncrease):
        side.provider.increase(held.reference, amount=12_500, currency="EUR", key=str(uuid4()))


def test_money_goes_back_in_parts_and_no_more_than_was_taken(side: Side) -> None:
    card = side.card(side.payer(), "good")
    taken = side.provider.authorize(
        card, amount=9_000, currency="EUR", own_reference="c", key=str(uuid4()), capture=True
    )
    assert (taken.state, taken.captured) == ("captured", 9_000)
    for amount in (2_000, 3_000):
        back = side.provider.refund(
            taken.reference, amount=amount, currency="EUR", key=str(uuid4())
        )
        assert (back.state, back.amount) == ("succeeded", amount)
    assert side.provider.fetch(taken.reference).refunded == 5_000
    if side.name != "localstripe":  # it gives back whatever it is asked to
        with pytest.raises(Refused):
            side.provider.refund(taken.reference, amount=4_001, currency="EUR", key=str(uuid4()))


def test_a_declined_card_is_an_answer_with_a_reason(side: Side) -> None:
    declined = side.held(kind="poor")
    assert declined.state == "declined"
    assert declined.decline is not None
    if "reasons" not in side.lacks:
        assert declined.decline.reason == "insufficient_funds"


def test_the_same_key_does_it_once(side: Side) -> None:
    side.needs("idempotency")
    card, key = side.card(side.payer(), "good"), str(uuid4())
    twice = [
        side.provider.authorize(card, amount=5_000, currency="EUR", own_reference="c", key=key)
        for _ in range(2)
    ]
    assert twice[0].reference == twice[1].reference


def test_what_was_done_is_found_by_our_own_reference(side: Side) -> None:
    side.needs("find")
    payer = side.payer()
    card = side.card(payer, "good")
    held = side.provider.authorize(
        card, amount=5_000, currency="EUR", own_reference="cau_77", key=str(uuid4())
    )
    found = side.provider.find(payer=payer, own_reference="cau_77")
    assert found is not None
    assert found.reference == held.reference
    assert side.provider.find(payer=payer, own_reference="cau_78") is None


def test_a_card_is_forgotten_once_and_again(side: Side) -> None:
    card = side.card(side.payer(), "good")
    for _ in range(2):
        side.provider.forget_card(card, key=str(uuid4()))


@pytest.mark.parametrize("kind", ["store", "authorize", "pay"])
def test_a_page_is_opened_at_the_provider(side: Side, kind: Any) -> None:
    side.needs("page")
    page = side.provider.open_page(
        PageWanted(
            kind=kind, payer=side.payer(), own_reference="cse_1", amount=12_000, currency="EUR",
            return_url="https://shop.example/back", words="INV-2026-000001", keep_card=True,
        ),
        key=str(uuid4()),
    )  # fmt: skip
    assert page.state == "open"
    assert page.url.startswith("https://")
    assert side.provider.page(page.reference).state == "open"


def test_a_page_is_closed_and_one_that_is_done_stays_as_it_is(side: Side, request: Any) -> None:
    side.needs("page")

    def opened() -> str:
        wanted = PageWanted(
            kind="pay", payer=side.payer(), own_reference="cse_1", amount=12_000, currency="EUR",
            return_url="https://shop.example/back",
        )  # fmt: skip
        return side.provider.open_page(wanted, key=str(uuid4())).reference

    closed = opened()
    for _ in range(2):
        assert side.provider.close_page(closed, key=str(uuid4())).state == "expired"
    assert side.provider.page(closed).state == "expired"
    paid = opened()
    if isinstance(side.provider, MemoryProvider):
        side.provider.type_card(paid)
    else:
        request.getfixturevalue("mock").sessions[paid] |= {"status": "complete", "url": None}
    assert side.provider.close_page(paid, key=str(uuid4())).state == "completed"
    fields = side.provider.open_page(
        PageWanted(kind="store", payer=side.payer(), own_reference="cse_2"), key=str(uuid4())
    )
    assert side.provider.close_page(fields.reference, key=str(uuid4())).state == "expired"


def test_a_card_is_stored_through_fields_of_the_provider(side: Side, request: Any) -> None:
    payer = side.payer()
    page = side.provider.open_page(
        PageWanted(kind="store", payer=payer, own_reference="cse_1"), key=str(uuid4())
    )
    assert page.secret
    assert not page.url
    if side.name == "localstripe":
        address = request.getfixturevalue("beside")
        method = localstripe.card(address, payer, "4242424242424242")
        localstripe.confirm(address, page.reference, method)
        done = side.provider.page(page.reference)
        assert done.state == "completed"
        assert done.card
        assert (done.card.reference, done.card.last4) == (method, "4242")
        assert done.card.brand == "visa"


def test_it_is_tried_out_with_something_harmless(side: Side) -> None:
    side.provider.try_out()


# ---- Stripe alone


def test_a_finished_page_brings_its_card_and_its_money(mock: StripeMock) -> None:
    stripe = adapter(mock.url)
    page = stripe.open_page(
        PageWanted(
            kind="pay", payer="cus_1", own_reference="c", return_url="https://x.example",
            amount=700, currency="EUR",
        ),
        key="k",
    )  # fmt: skip
    paid = stripe.authorize(
        CardToken(reference=mock.card("cus_1")["id"], payer="cus_1"),
        amount=700, currency="EUR", own_reference="c", key="k2", capture=True,
    )  # fmt: skip
    intent = mock.intents[paid.reference] | {"payment_method": mock.card("cus_1")}
    mock.sessions[page.reference] |= {"status": "complete", "url": None, "payment_intent": intent}
    done = stripe.page(page.reference)
    assert done.state == "completed"
    assert done.authorization
    assert done.authorization.captured == 700
    assert done.card
    assert done.card.last4
    mock.sessions[page.reference] |= {"status": "expired", "payment_intent": None}
    assert stripe.page(page.reference).state == "expired"


def test_a_refund_that_failed_is_told_whatever_the_charge_says(mock: StripeMock) -> None:
    stripe = adapter(mock.url)
    paid = stripe.authorize(
        CardToken(reference=mock.card("cus_1")["id"], payer="cus_1"),
        amount=9_000, currency="EUR", own_reference="c", key="k", capture=True,
    )  # fmt: skip
    for key, amount in (("a", 2_000), ("b", 3_000)):
        stripe.refund(paid.reference, amount=amount, currency="EUR", key=key)
    mock.refunds[0]["status"] = "failed"
    for said in (5_000, 3_000):
        mock.intents[paid.reference]["latest_charge"]["amount_refunded"] = said
        now = stripe.fetch(paid.reference)
        assert (now.refunded, now.refund_failed) == (5_000, 2_000)


def test_a_payout_is_read_with_all_that_is_in_it(mock: StripeMock) -> None:
    intent = {"object": "charge", "id": "ch_1", "payment_intent": "pi_1", "currency": "usd"}
    dispute = {"object": "dispute", "id": "dp_1", "payment_intent": "pi_1", "currency": "usd"}
    before = mock.payout(("charge", 500, 0, "ch_0"), status="failed")
    name = mock.payout(
        ("charge", 10_000, 320, mock.a("charge") | intent | {"amount_captured": 10_000}),
        ("charge", 900, 0, mock.a("charge") | intent | {"currency": "eur", "amount_captured": 850}),
        ("refund", -2_000, 0, mock.a("refund") | {"id": "re_1", "payment_intent": "pi_1"}),
        ("adjustment", -3_000, 1_500, mock.a("dispute") | dispute),
        ("stripe_fee", -25, 0, None),
        ("payout_failure", 500, 0, mock.payouts[before]),
        statement_descriptor="NORDWIND",
    )
    stripe = adapter(mock.url)
    payout = stripe.payout(name)
    assert (payout.amount, payout.currency, payout.state) == (4_555, "USD", "announced")
    assert payout.arrives_on == date(2009, 2, 13)
    assert (payout.names, payout.marks) == ((name,), ("NORDWIND", "STRIPE"))
    assert [(p.kind, p.amount, p.fee, p.authorization, p.own_amount) for p in payout.parts] == [
        ("charge", 10_000, 320, "pi_1", None),
        ("charge", 900, 0, "pi_1", 850),
        ("refund", -2_000, 0, "pi_1", None),
        ("dispute", -3_000, 1_500, "pi_1", None),
        ("fee", -25, 0, "", None),
        ("payout", 500, 0, "", None),
    ]
    assert (payout.parts[3].dispute, payout.parts[5].payout) == ("dp_1", before)
    assert stripe.payout(before).state == "failed"
    assert list(stripe.payouts(since=date(2009, 2, 1))) == [before, name]


def test_every_state_of_the_contract_is_understood(mock: StripeMock) -> None:
    schemas = mock.contract.document["components"]["schemas"]
    states = schemas["payment_intent"]["properties"]["status"]["enum"]
    stripe = adapter(mock.url)
    held = stripe.authorize(
        CardToken(reference=mock.card("cus_1")["id"], payer="cus_1"),
        amount=700, currency="EUR", own_reference="c", key="k",
    )  # fmt: skip
    assert len(states) >= 7
    for state in states:
        mock.intents[held.reference]["status"] = state
        assert stripe.fetch(held.reference).state
    page = stripe.open_page(PageWanted(kind="store", payer="cus_1", own_reference="c"), key="s")
    setups = schemas["setup_intent"]["properties"]["status"]["enum"]
    for state in setups:
        mock.sessions[page.reference]["status"] = state
        assert stripe.page(page.reference).state


def test_a_later_version_says_how_long_it_holds(mock: StripeMock) -> None:
    held = adapter(mock.url).authorize(
        CardToken(reference=mock.card("cus_1")["id"], payer="cus_1"),
        amount=700, currency="EUR", own_reference="c", key="k",
    )  # fmt: skip
    assert held.expires_at == datetime(2030, 1, 1, tzinfo=UTC)
    assert held.can_increase is True


@pytest.mark.parametrize(
    ("instead", "expected"),
    [
        (Answered(500), MaybeTaken),
        (Answered(409, b'{"error": {"code": "idempotency_key_in_use"}}'), MaybeTaken),
        (hang_up, MaybeTaken),
        (cut_off, MaybeTaken),
        (silence, MaybeTaken),
        (Answered(429, headers={"retry-after": "7"}), RateLimited),
        (Answered(401), CredentialsRefused),
        (Answered(400, b'{"error": {"message": "No such customer"}}'), Refused),
        (Answered(200, b"[1]"), Malformed),
        (Answered(200, b'{"id": "pi_1", "status": "dancing", "currency": "eur"}'), Malformed),
        (
            Answered(200, b'{"id": "pi_1", "status": "succeeded", "currency": "eur", "amount": "x"}'),
            Malformed,
        ),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_told_apart(
    mock: StripeMock, instead: Any, expected: type[CounterpartError]
) -> None:
    stripe = adapter(mock.url, patience=Patience(connect=1, read=0.5, total=1))
    mock.instead = [instead]
    card = CardToken(reference=mock.card("cus_1")["id"], payer="cus_1")
    with pytest.raises(expected) as caught:
        stripe.authorize(card, amount=700, currency="EUR", own_reference="c", key="k")
    assert type(caught.value) is expected
    assert KEY not in str(caught.value)


def test_what_never_was_sent_may_be_sent_again() -> None:
    stripe = adapter("http://127.0.0.1:9", patience=Patience(connect=1, read=1, total=2))
    with pytest.raises(Unavailable) as caught:
        stripe.void("pi_1", key="k")
    assert not isinstance(caught.value, MaybeTaken)


def test_every_code_of_a_declined_card_comes_to_a_reason(mock: StripeMock) -> None:
    assert reason_of("insufficient_funds", "card_declined") == "insufficient_funds"
    assert reason_of(None, "expired_card") == "expired_card"
    assert reason_of("a_code_of_next_year", "card_declined") == "do_not_honor"
    stripe = adapter(mock.url)
    for decline, expected in (("lost_card", "lost_or_stolen"), ("", "do_not_honor")):
        card = CardToken(reference=mock.card("cus_1")["id"], payer="cus_1")
        mock.declines[card.reference] = ("card_declined", decline)
        made = stripe.authorize(
            card, amount=1, currency="EUR", own_reference="c", key=f"k{decline}"
        )
        assert made.decline
        assert made.decline.reason == expected
        assert made.decline.reason in DECLINE_REASONS
        assert made.reference


def test_amounts_are_told_as_stripe_counts_them() -> None:
    assert to_stripe(1_050, currency="EUR") == 1_050
    assert to_stripe(500, currency="JPY") == 500
    assert to_stripe(500, currency="ISK") == 50_000
    assert to_stripe(1_230, currency="KWD") == 1_230
    assert to_stripe(12_300, currency="MGA") == 123
    for currency, amount in (("KWD", 1_234), ("MGA", 150)):
        with pytest.raises(NotCovered):
            to_stripe(amount, currency=currency)
    for currency in EXPONENTS:
        assert from_stripe(to_stripe(1_000, currency=currency), currency=currency) == 1_000


# ---- notices


def notice(body: dict[str, Any] | bytes, *, at: datetime = AT, secret: str = SECRET) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    moment = str(int(at.timestamp()))
    signature = hmac.new(secret.encode(), f"{moment}.".encode() + data, hashlib.sha256).hexdigest()
    return data, {"Stripe-Signature": f"t={moment},v1={'0' * 64},v1={signature}"}


def event(type_: str, about: dict[str, Any]) -> dict[str, Any]:
    created = int(AT.timestamp())
    return {"id": "evt_1", "type": type_, "created": created, "data": {"object": about}}


@pytest.mark.parametrize(
    ("type_", "about", "kind", "reference"),
    [
        ("checkout.session.completed", {"id": "cs_1"}, "session", "cs_1"),
        ("setup_intent.succeeded", {"id": "seti_1"}, "session", "seti_1"),
        ("payment_intent.canceled", {"id": "pi_1"}, "authorization", "pi_1"),
        ("charge.refunded", {"id": "ch_1", "payment_intent": "pi_1"}, "authorization", "pi_1"),
        ("charge.refunded", {"id": "ch_1", "payment_intent": None}, "other", ""),
        ("customer.created", {"id": "cus_1"}, "other", ""),
        (
            "charge.dispute.created",
            {"id": "dp_1", "status": "warning_needs_response", "amount": 1, "currency": "eur"},
            "other", "",
        ),
    ],
)  # fmt: skip
def test_what_a_notice_is_about(
    type_: str, about: dict[str, Any], kind: str, reference: str
) -> None:
    body, headers = notice(event(type_, about))
    found = adapter("http://x").read_notice(body, headers, at=AT)
    assert (found.id, found.kind, found.reference) == ("evt_1", kind, reference)


def test_a_dispute_says_what_was_taken_and_what_it_costs(shared: Path) -> None:
    samples = json.loads((shared / "contracts/stripe/fixtures3.json").read_text())["resources"]
    about = samples["dispute"] | {
        "status": "needs_response",
        "payment_intent": "pi_1",
        "balance_transactions": [{"amount": -1000, "fee": 1500, "currency": "usd"}],
    }
    body, headers = notice(event("charge.dispute.created", about))
    dispute = adapter("http://x").read_notice(body, headers, at=AT).dispute
    assert dispute
    assert (dispute.authorization, dispute.state, dispute.amount, dispute.currency) == (
        "pi_1", "open", 1_000, "USD",
    )  # fmt: skip
    assert dispute.fee == 1_500


@pytest.mark.parametrize("late", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_a_recorded_notice_is_not_taken_again(late: timedelta) -> None:
    body, headers = notice(event("payment_intent.canceled", {"id": "pi_1"}), at=AT + late)
    with pytest.raises(Forged):
        adapter("http://x").read_notice(body, headers, at=AT)


@pytest.mark.parametrize(
    "header",
    ["", "t=1,v1=ab", "v1=ab", "t=x,v1=ab", "t=1,t=2,v1=ab", "t=99999999999999999999,v1=é"],
)
def test_a_notice_of_somebody_else_is_not_taken(header: str) -> None:
    body, _ = notice(event("payment_intent.canceled", {"id": "pi_1"}))
    with pytest.raises(Forged):
        adapter("http://x").read_notice(body, {"stripe-signature": header}, at=AT)
    body, headers = notice(b"{}", secret="another")
    with pytest.raises(Forged):
        adapter("http://x").read_notice(body, headers, at=AT)


def test_without_a_secret_nothing_is_believed() -> None:
    body, headers = notice(b"{}", secret="")
    with pytest.raises(Forged):
        Stripe(secret_key="k").read_notice(body, headers, at=AT)


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"id": 1}', b"[" * 200_000])
def test_a_signed_notice_that_is_none(body: bytes) -> None:
    data, headers = notice(body)
    with pytest.raises(Malformed):
        adapter("http://x").read_notice(data, headers, at=AT)
