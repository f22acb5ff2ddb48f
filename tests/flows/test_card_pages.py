"""The provider's page, and what is paid there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.flows import books
from tests.flows.paying import Till, payments
from usance.flows.cards import notices, pages
from usance.flows.cards.pages import About
from usance.flows.refusals import AmountTooLarge, NotFound, WrongState
from usance.records.cards.models import CardPage, StoredCard
from usance.records.invoices.models import Invoice


def test_a_page_pays_the_invoices_that_were_chosen(till: Till) -> None:
    first, second = till.trade.invoice(10_000), till.trade.invoice(20_000)
    page = pages.want_page(
        till.trade.seller, buyer_id=till.trade.buyer.id, kind="pay",
        about=About(pays=[(first.id, 10_000), (second.id, 5_000)]),
        return_url="https://x.example", **till.trade.act,
    )  # fmt: skip
    till.visit(page.id)
    for invoice in (first, second):
        invoice.refresh_from_db()
    assert (first.state, second.outstanding) == ("paid", 15_000)
    [payment] = payments(till)
    assert (payment.amount, payment.state) == (15_000, "allocated")
    assert not StoredCard.objects.filter(seller_id=till.trade.seller.id).exists()


def test_what_the_network_takes_its_time_for_is_asked_about(till: Till) -> None:
    invoice = till.trade.invoice(10_000)
    page = pages.want_page(
        till.trade.seller, buyer_id=till.trade.buyer.id, kind="pay",
        about=About(pays=[(invoice.id, 10_000)]), return_url="https://shop.example/back",
        **till.trade.act,
    )  # fmt: skip
    page, _ = pages.open_page(
        till.trade.seller, page_id=page.id, at=till.at, provider=till.provider
    )
    made = till.provider.type_card(page.reference).authorization
    assert made is not None
    till.provider.held[made.reference] = replace(made, state="pending", captured=0)
    told: dict[str, Any] = {"at": till.at, "provider": till.provider}
    pages.look_at_page(seller_id=page.seller_id, page_id=page.id, **told)
    assert [row.state for row in till.all()] == ["pending"]
    till.provider.held[made.reference] = made
    notices.refresh_run_out(at=till.later(minutes=20).at, limit=10_000, provider=till.provider)
    invoice.refresh_from_db()
    assert invoice.state == "paid"


def test_a_page_asks_for_no_more_than_is_open(till: Till) -> None:
    invoice = till.trade.invoice(10_000)
    for pays, error in (
        ([(invoice.id, 10_001)], AmountTooLarge),
        ([(till.trade.buyer.id, 1)], NotFound),
        ([], NotFound),
    ):
        with pytest.raises(error), books.nothing_written(till.trade.seller):
            pages.want_page(
                till.trade.seller, buyer_id=till.trade.buyer.id, kind="pay",
                about=About(pays=pays), **till.trade.act,
            )  # fmt: skip


def page_for(till: Till, *pays: tuple[Invoice, int], url: str) -> CardPage:
    page = pages.want_page(
        till.trade.seller, buyer_id=till.trade.buyer.id, kind="pay",
        about=About(pays=[(invoice.id, amount) for invoice, amount in pays]), return_url=url,
        **till.trade.act,
    )  # fmt: skip
    return page


def test_an_invoice_can_be_paid_at_one_page_only(till: Till) -> None:
    invoice, other = till.trade.invoice(10_000), till.trade.invoice(3_000)
    first = page_for(till, (invoice, 10_000), url="https://a.example")
    apart = page_for(till, (other, 3_000), url="https://c.example")
    second = page_for(till, (invoice, 10_000), url="https://b.example")
    asked: dict[str, Any] = {"at": till.at, "provider": till.provider}
    for page in (first, apart, second):
        pages.open_page(till.trade.seller, page_id=page.id, **asked)
    states = {
        row.id: (row.state, till.provider.page(row.reference).state)
        for row in CardPage.objects.filter(seller_id=till.trade.seller.id)
    }
    assert states == {
        first.id: ("expired", "expired"),
        apart.id: ("open", "open"),
        second.id: ("open", "open"),
    }
    # It was paid there, and nobody has told us yet.
    second.refresh_from_db()
    till.provider.type_card(second.reference)
    third = page_for(till, (invoice, 10_000), url="https://d.example")
    with pytest.raises(WrongState):
        pages.open_page(till.trade.seller, page_id=third.id, **asked)
    invoice.refresh_from_db()
    third.refresh_from_db()
    assert (invoice.state, len(payments(till)), third.state) == ("paid", 1, "expired")


def test_whoever_comes_back_again_and_again_does_not_make_us_ask_as_often(till: Till) -> None:
    page = page_for(till, (till.trade.invoice(10_000), 10_000), url="https://a.example")
    asked: dict[str, Any] = {"page_id": page.id, "provider": till.provider}
    pages.open_page(till.trade.seller, at=till.at, **asked)
    page.refresh_from_db()
    seen = []
    ask = till.provider.page
    till.provider.page = lambda it: seen.append(it) or ask(it)  # type: ignore[method-assign,func-returns-value]
    for seconds in (0, 1, 4, 6):
        pages.look_at_page(
            seller_id=page.seller_id, at=till.later(seconds=seconds).at, is_asked_by_anybody=True,
            **asked,
        )  # fmt: skip
    assert len(seen) == 2
