"""Payment providers: the one in memory, and Stripe's against its contract and against localstripe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from tests.gateways.contracts import localstripe
from tests.gateways.contracts.stripe import StripeMock
from tests.gateways.stripe_adapter import AT, adapter
from usance.gateways.errors import Refused
from usance.gateways.psp import (
    Authorization,
    CannotIncrease,
    CardToken,
    PageWanted,
    PaymentProvider,
)
from usance.gateways.psp.memory import MemoryProvider


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


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with localstripe.running(tmp_path_factory.mktemp("localstripe")) as address:
        yield address


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
