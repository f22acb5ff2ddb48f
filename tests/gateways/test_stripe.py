"""What only Stripe does: its states, declines, payouts, amounts, and what goes wrong on the way."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.gateways.contracts.server import Answered, cut_off, hang_up, silence
from tests.gateways.contracts.stripe import KEY, StripeMock
from tests.gateways.stripe_adapter import adapter
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
from usance.gateways.psp import CardToken, PageWanted
from usance.gateways.psp.stripe_amounts import from_stripe, to_stripe
from usance.gateways.psp.stripe_declines import reason_of
from usance.rules.cards import DECLINE_REASONS
from usance.rules.money import EXPONENTS


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
