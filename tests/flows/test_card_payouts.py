"""A provider pays out, the bank books it, and nothing stands twice. Amounts are cents."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.flows import books
from tests.flows.collecting import Desk
from tests.flows.paying import Till, dispute, invoice_of, secured
from tests.flows.trading import Trade
from usance.flows import bank_claims, match_answers, set_aside
from usance.flows.cards import authorizing, payout_choices, payouts
from usance.flows.cards.payout_choices import LineSettled, PayoutDiffers
from usance.flows.cards.payout_reckoning import Finding, Total, reckon
from usance.flows.refusals import Mismatch, WrongState
from usance.gateways.psp import Payout, PayoutPart
from usance.records.cards.models import CardPayout
from usance.records.payments.models import BankClaim, BankTransaction, Payment, SetAsideLine

FEE = 330


@pytest.fixture
def desk(till: Till) -> Desk:
    return Desk.of(till.trade)


def taken(till: Till, amount: int) -> str:
    """An order that a card has paid: the provider's reference of it."""
    order, held = secured(till, amount)
    invoice_of(till, order)
    return str(till.now(held).reference)


def charge(reference: str, amount: int, fee: int = FEE, **more: Any) -> PayoutPart:
    return PayoutPart(
        reference=f"txn_{reference}_{amount}", kind="charge", amount=amount, fee=fee,
        authorization=reference, **more,
    )  # fmt: skip


def sent(till: Till, *parts: PayoutPart, name: str = "po_0000001", **more: Any) -> Payout:
    """What the provider has sent, and tells of."""
    amount = sum(part.amount - part.fee for part in parts)
    given = {"currency": "EUR", "state": "announced", "amount": amount} | more
    made = Payout(
        reference=name, arrives_on=till.at.date(), names=(name,), marks=("STRIPE",), parts=parts,
        **given,
    )  # fmt: skip
    till.provider.sent[name] = made
    return made


def told(till: Till, payout: Payout) -> CardPayout:
    till.notice(f"evt_{payout.reference}_{payout.state}", "payout", payout.reference)
    till.work()
    return CardPayout.objects.get(seller_id=till.trade.seller.id, reference=payout.reference)


def line(desk: Desk, amount: int, text: str = "STRIPE PAYOUT", **more: Any) -> Any:
    return desk.line(amount, remittance_text=text, **more)


def balances(till: Till, *, nobody: bool = False) -> dict[str, int]:
    buyer = None if nobody else till.trade.buyer.id
    found = books.balances(till.trade.seller, buyer)
    return {name: found[name] for name in ("bank", "clearing", "fees") if found.get(name)}


def payments_of_nobody(till: Till) -> list[Payment]:
    mine = Payment.objects.filter(seller_id=till.trade.seller.id, buyer_id__isnull=True)
    return [one for one in mine if one.state != "returned"]


@pytest.mark.parametrize("text", ["STRIPE PAYMENTS UK", "Ref. po_0000001 /x"])
def test_the_line_that_brings_a_payout_books_it_and_is_no_payment(
    till: Till, desk: Desk, text: str
) -> None:
    payout = sent(till, charge(taken(till, 20_000), 20_000), charge(taken(till, 5_000), 5_000))
    kept = told(till, payout)
    assert balances(till) == {"clearing": 25_000}
    desk.bank(line(desk, 25_000 - 2 * FEE, text))
    assert balances(till) == {"bank": 25_000 - 2 * FEE, "fees": 2 * FEE}
    assert payments_of_nobody(till) == []
    [claim] = BankClaim.objects.filter(seller_id=till.trade.seller.id)
    assert (claim.kind, claim.subject_id, claim.reference) == ("card_payout", kept.id, "po_0000001")
    assert bank_claims.claim_lines(till.trade.seller, **till.trade.act) == 0


def test_a_line_that_came_before_its_payout_was_told_is_taken_back_and_booked(
    till: Till, desk: Desk
) -> None:
    payout = sent(till, charge(taken(till, 20_000), 20_000))
    desk.bank(line(desk, payout.amount))
    assert [one.amount for one in payments_of_nobody(till)] == [payout.amount]
    told(till, payout)
    assert payments_of_nobody(till) == []
    assert balances(till) == {"bank": payout.amount, "fees": FEE}
    assert balances(till, nobody=True) == {}


def test_a_lost_notice_is_made_good_by_asking(till: Till, desk: Desk) -> None:
    payout = sent(till, charge(taken(till, 20_000), 20_000))
    ask: dict[str, Any] = {"seller_id": till.trade.seller.id, "provider": till.provider}
    assert payouts.ask_for_payouts(at=till.at, **ask) == 1
    assert payouts.ask_for_payouts(at=till.at, **ask) == 0
    desk.bank(line(desk, payout.amount))
    assert balances(till) == {"bank": payout.amount, "fees": FEE}


def test_where_two_payouts_could_be_it_none_is_until_both_have_come(till: Till, desk: Desk) -> None:
    for name in ("po_0000001", "po_0000002"):
        told(till, sent(till, charge(taken(till, 9_000), 9_000), name=name))
    desk.bank(line(desk, 9_000 - FEE))
    assert balances(till) == {"clearing": 18_000}
    assert len(payments_of_nobody(till)) == 1
    desk.on(desk.today + timedelta(days=1)).bank(line(desk, 9_000 - FEE, "STRIPE", value_on=None))
    assert balances(till) == {"bank": 18_000 - 2 * FEE, "fees": 2 * FEE}
    assert payments_of_nobody(till) == []


@pytest.mark.parametrize(
    ("amount", "text", "days"),
    [(19_670, "Nordwind Handels GmbH", 0), (19_671, "STRIPE", 0), (19_670, "STRIPE", 12),
     (19_670, "PINSTRIPES GMBH", 0), (19_670, "po_00000012", 0)],
)  # fmt: skip
def test_what_only_looks_like_a_payout_is_none(
    till: Till, desk: Desk, amount: int, text: str, days: int
) -> None:
    told(till, sent(till, charge(taken(till, 20_000), 20_000)))
    later = desk.on(desk.today + timedelta(days=days))
    later.bank(line(later, amount, text))
    assert not BankClaim.objects.filter(seller_id=till.trade.seller.id).exists()


def test_refunds_disputes_and_fees_of_its_own_leave_nothing_in_clearing(
    till: Till, desk: Desk
) -> None:
    order, held = secured(till, 20_000)
    invoice_of(till, order)
    other = taken(till, 8_000)
    authorizing.request_refund(
        till.trade.seller, authorization_id=held.id, amount=3_000, **till.trade.act
    )
    till.work()
    told_of = dispute("open", 8_000, other, fee=1_500)
    till.notice("evt_d", "dispute", "dp_1", dispute=told_of)
    till.work()
    reference = till.now(held).reference
    parts = [
        charge(reference, 20_000), charge(other, 8_000),
        PayoutPart(reference="t3", kind="refund", amount=-3_000, authorization=reference),
        PayoutPart(
            reference="t4", kind="dispute", amount=-8_000, fee=2_000, authorization=other,
            dispute="dp_1",
        ),
        PayoutPart(reference="t5", kind="fee", amount=-250),
        PayoutPart(reference="t6", kind="charge", amount=7_777, fee=77, authorization="pi_other"),
    ]  # fmt: skip
    payout = sent(till, *parts)
    kept = told(till, payout)
    desk.bank(line(desk, payout.amount))
    own = balances(till)
    assert own == {"bank": 17_000 - 2 * FEE - 2_000, "fees": 2 * FEE + 2_000}
    # What other software took through the same account was never in these books.
    rest = balances(till, nobody=True)
    assert rest == {"bank": 7_777 - 77 - 250, "fees": 77 + 250, "clearing": -7_777}
    assert own["bank"] + rest["bank"] == payout.amount
    kept.refresh_from_db()
    seen = reckon(kept, on=desk.today)
    assert seen.totals == (
        Total("charge", 3, 20_000 + 8_000 + 7_777, 2 * FEE + 77),
        Total("refund", 1, -3_000, 0),
        Total("dispute", 1, -8_000, 2_000),
        Total("fee", 1, -250, 0),
    )
    assert (seen.fees, kept.state) == (2 * FEE + 77 + 2_000 + 250, "booked")
    assert [part.authorization and part.authorization.id for part in seen.parts].count(held.id) == 2
    assert [claim.bank_transaction.amount for claim in seen.lines] == [payout.amount]
    assert seen.findings == (Finding("strangers", 7_777 - 77),)


def test_a_payout_that_the_bank_gave_back_is_sent_once_more_with_another(
    till: Till, desk: Desk
) -> None:
    first = sent(till, charge(taken(till, 20_000), 20_000))
    told(till, first)
    desk.bank(line(desk, first.amount))
    till.provider.sent[first.reference] = replace(first, state="failed")
    told(till, till.provider.sent[first.reference])
    tomorrow = desk.on(desk.today + timedelta(days=1))
    tomorrow.bank(line(tomorrow, -first.amount, "RETURNED po_0000001"))
    assert balances(till) == {"clearing": 20_000}
    again = PayoutPart(
        reference="txn_f", kind="payout", amount=first.amount, payout=first.reference
    )
    second = sent(till, charge(taken(till, 1_000), 1_000), again, name="po_0000002")
    told(till, second)
    tomorrow.bank(line(tomorrow, second.amount, "STRIPE po_0000002"))
    assert balances(till) == {"bank": second.amount, "fees": 2 * FEE}


def test_what_the_provider_converted_clears_the_currency_that_was_charged(
    till: Till, desk: Desk, trade: Trade
) -> None:
    reference = taken(till, 20_000)
    payout = sent(
        till, charge(reference, 18_500, own_amount=20_000, own_currency="EUR"), currency="CHF"
    )
    told(till, payout)
    desk.bank(replace(line(desk, payout.amount), currency="CHF"))
    assert "clearing" not in books.balances(trade.seller, trade.buyer.id)
    francs = books.balances(trade.seller, trade.buyer.id, "CHF")
    assert (francs["bank"], francs["fees"], francs["exchange"]) == (18_500 - FEE, FEE, -18_500)


def test_a_debt_to_the_provider_is_taken_from_the_bank(till: Till, desk: Desk) -> None:
    order, held = secured(till, 20_000)
    invoice_of(till, order)
    told(till, sent(till, charge(till.now(held).reference, 20_000)))
    desk.bank(line(desk, 20_000 - FEE))
    authorizing.request_refund(till.trade.seller, authorization_id=held.id, **till.trade.act)
    till.work()
    back = PayoutPart(
        reference="t2", kind="refund", amount=-20_000, authorization=till.now(held).reference
    )
    told(till, sent(till, back, name="po_0000002"))
    desk.bank(line(desk, -20_000, "STRIPE DEBIT"))
    assert balances(till) == {"bank": -FEE, "fees": FEE}


def test_a_payout_is_no_bank_file_of_a_stranger(till: Till, desk: Desk) -> None:
    """Another line of the same amount, from a buyer, is its payment all the same."""
    payout = sent(till, charge(taken(till, 20_000), 20_000))
    told(till, payout)
    invoice = till.trade.invoice(payout.amount)
    desk.bank(line(desk, payout.amount, invoice.number), line(desk, payout.amount))
    invoice.refresh_from_db()
    assert invoice.state == "paid"
    assert balances(till)["bank"] == 2 * payout.amount


def bank_line(till: Till, amount: int) -> BankTransaction:
    return BankTransaction.objects.get(seller_id=till.trade.seller.id, amount=amount)


def by_hand(till: Till, row: CardPayout, line: BankTransaction, **more: Any) -> CardPayout:
    return payout_choices.book_payout(
        till.trade.seller, payout_id=row.id, line_id=line.id, **more, **till.trade.act
    )


def test_a_person_says_which_of_two_payouts_a_line_is(till: Till, desk: Desk) -> None:
    first, second = (
        told(till, sent(till, charge(taken(till, 9_000), 9_000), name=name))
        for name in ("po_0000001", "po_0000002")
    )
    desk.bank(line(desk, 9_000 - FEE))
    it = bank_line(till, 9_000 - FEE)
    assert payout_choices.lines_to_choose(second) == [it]
    assert set(payout_choices.payouts_to_choose(it)) == {first, second}
    assert by_hand(till, second, it).booked == 9_000 - FEE
    assert balances(till) == {"bank": 9_000 - FEE, "fees": FEE, "clearing": 9_000}
    assert (payments_of_nobody(till), balances(till, nobody=True)) == ([], {})
    with books.nothing_written(till.trade.seller):
        by_hand(till, second, it)
        with pytest.raises(LineSettled):
            by_hand(till, first, it)
    assert payout_choices.lines_to_choose(first) == []
    desk.on(desk.today + timedelta(days=1)).bank(line(desk, 9_000 - FEE, "STRIPE", value_on=None))
    assert "clearing" not in balances(till)


def test_a_line_of_another_amount_is_the_payout_where_a_person_says_so(
    till: Till, desk: Desk
) -> None:
    kept = told(till, sent(till, charge(taken(till, 20_000), 20_000)))
    assert [one.code for one in reckon(kept, on=desk.today + timedelta(days=8)).findings] == [
        "late"
    ]
    desk.bank(line(desk, kept.amount - 500, "Cartes"), line(desk, -1, "Charges"))
    it = bank_line(till, kept.amount - 500)
    set_aside.set_aside(till.trade.seller, it, error=ValueError("Once it failed."), at=till.at)
    with books.nothing_written(till.trade.seller):
        with pytest.raises(PayoutDiffers, match="-500"):
            by_hand(till, kept, it)
        with pytest.raises(Mismatch):
            by_hand(till, kept, bank_line(till, -1), accept_difference=True)
    booked = by_hand(till, kept, it, accept_difference=True)
    assert not SetAsideLine.objects.filter(seller_id=till.trade.seller.id).exists()
    assert balances(till) == {"bank": kept.amount, "fees": FEE}
    assert balances(till, nobody=True) == {"bank": -500, "clearing": 500}
    assert reckon(booked, on=desk.today).findings == (Finding("bank_differs", -500),)
    desk.bank(line(desk, kept.amount, "Another"))
    with pytest.raises(WrongState):
        by_hand(till, booked, bank_line(till, kept.amount))


def test_what_somebody_has_used_is_no_payout_until_that_is_taken_back(
    till: Till, desk: Desk
) -> None:
    kept = told(till, sent(till, charge(taken(till, 20_000), 20_000)))
    desk.bank(line(desk, kept.amount, "Cartes"))
    [payment] = payments_of_nobody(till)
    invoice = till.trade.invoice(kept.amount)
    till.trade.allocate(payment, invoice)
    it = bank_line(till, kept.amount)
    assert payout_choices.lines_to_choose(kept) == []
    with pytest.raises(LineSettled), books.nothing_written(till.trade.seller):
        by_hand(till, kept, it)
    match_answers.unidentify_payment(till.trade.seller, payment_id=payment.id, **till.trade.act)
    by_hand(till, kept, it)
    assert balances(till) == {"bank": kept.amount, "fees": FEE}


def test_of_a_payout_made_by_hand_nobody_says_what_is_in_it(till: Till, desk: Desk) -> None:
    taken(till, 20_000)
    kept = told(till, sent(till, amount=15_000))
    desk.bank(line(desk, 15_000, "Cartes"))
    assert by_hand(till, kept, bank_line(till, 15_000)).state == "booked"
    assert balances(till, nobody=True) == {"bank": 15_000, "clearing": -15_000}
    assert reckon(kept, on=desk.today).findings[0].code == "not_told"
