"""Which invoices are funded, by which programme, and which programmes cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows import books
from tests.flows.funding_desk import FundingDesk
from tests.flows.trading import Trade
from usance.flows.funding import programs, requesting
from usance.flows.funding.programs import InvalidProgram, ProgramTerms
from usance.flows.funding.requesting import NotEligible
from usance.records.funding.models import Advance


@pytest.fixture
def desk(trade: Trade) -> FundingDesk:
    return FundingDesk.with_room(trade)


def test_the_first_programme_whose_condition_holds_takes_the_invoice(desk: FundingDesk) -> None:
    desk.program("own_book", place=1, condition="invoice.amount < 500")
    large = desk.program(
        "without_recourse", place=2, condition="invoice.amount >= 5000 && buyer.country == 'DE'"
    )
    usual = desk.program(place=3)
    small, middle, big = desk.invoice(40_000), desk.invoice(400_000), desk.invoice(600_000)
    assert not Advance.objects.filter(invoice_id=small.id, seller_id=small.seller_id).exists()
    assert desk.advance(middle).program_id == usual.id
    assert desk.advance(big).program_id == large.id


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"currency": "CHF"}, "wrong_currency"),
        ({"smallest": 1_000_001}, "too_small"),
        ({"longest_days": 5}, "due_too_late"),
        ({"total_limit": 799_999}, "program_limit"),
        ({"buyer_limit": 799_999}, "buyer_limit"),
        ({"total_limit": 3_199_999, "concentration": 2_500}, "concentration"),
        ({"minimum_fee": 900_000}, "fee_too_high"),
    ],
)
def test_an_invoice_that_does_not_fit_is_not_funded(
    desk: FundingDesk, terms: dict[str, Any], reason: str
) -> None:
    desk.program(**terms)
    invoice = desk.invoice()
    assert desk.partner.calls == []
    with pytest.raises(NotEligible) as refused:
        requesting.request_advance(desk.trade.seller, invoice_id=invoice.id, at=desk.at, by="test")
    assert refused.value.reasons == {"with_recourse": (reason,)}


def test_an_invoice_is_funded_once(desk: FundingDesk) -> None:
    desk.program()
    invoice = desk.invoice()
    with pytest.raises(NotEligible, match="already_funded"):
        requesting.request_advance(desk.trade.seller, invoice_id=invoice.id, at=desk.at, by="test")


def test_limits_are_used_by_what_is_asked_for(desk: FundingDesk) -> None:
    desk.program(total_limit=1_000_000)
    first, second = desk.invoice(), desk.invoice()
    assert desk.advance(first).state == "requested"
    assert not Advance.objects.filter(invoice_id=second.id, seller_id=second.seller_id).exists()


def test_invoices_from_before_the_programme_wait_for_a_person(desk: FundingDesk) -> None:
    invoice = desk.trade.invoice(1_000_000)
    desk.program()
    desk.work()
    assert desk.partner.calls == []
    requesting.request_advance(desk.trade.seller, invoice_id=invoice.id, at=desk.at, by="test")
    desk.work()
    assert desk.advance(invoice).state == "requested"


@pytest.mark.parametrize(
    "terms",
    [
        {"condition": "buyer.shoe_size > 3"},
        {"rate": 0},
        {"rate": 10_001},
        {"concentration": 100},
        {"kind": "insured"},
        {"kind": "lottery"},
        {"kind": "own_book", "rate": 5},
        {"insured_share": 5},
    ],
)
def test_a_programme_that_cannot_be_is_refused(desk: FundingDesk, terms: dict[str, Any]) -> None:
    given = {
        "name": "x", "kind": "with_recourse", "currency": "EUR", "rate": 8000,
        "connection_id": desk.connection.id,
    } | terms  # fmt: skip
    with books.refused(desk.trade.seller, InvalidProgram):
        programs.create_program(
            desk.trade.seller, terms=ProgramTerms(**given), at=desk.at, by="test"
        )
