"""A remittance advice finds its payment, whichever comes first, and never books what it contradicts.

Amounts are cents.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.flows import books
from tests.flows.bank_files import ACCOUNT, NORDWIND, Booking, table
from tests.flows.trading import Trade
from usance.flows import (
    bank_statements,
    cash_application,
    remittance_rounds,
    remittances,
    settlement,
)
from usance.flows.refusals import WrongState
from usance.flows.remittance_rounds import Round
from usance.formats.errors import FormatError
from usance.records.collections.models import Dispute
from usance.records.invoices.models import Invoice
from usance.records.payments.models import Payment, Proposal, Remittance, RemittanceFile

PAYER = "Nordwind Handels GmbH"


def bring(trade: Trade, *bookings: Booking) -> cash_application.Settled:
    """Take a bank file of these bookings and settle its lines."""
    bank_statements.take_statement(trade.seller, table(*bookings), account=ACCOUNT, **trade.act)
    return cash_application.settle_all(trade.seller, **trade.act)


def advice(
    *lines: tuple[str, int] | tuple[str, int, int, str],
    total: int | None = None,
    reference: str = "",
    payer: str = "",
    day: str = "2026-03-09",
) -> bytes:
    """A table: number, cents paid, and what was kept back of it and why."""
    rows = [f"Payment reference;{reference}"] if reference else []
    rows += [f"Payer;{payer}"] if payer else []
    rows += [f"Payment date;{day}"]
    rows += [f"Total;{total / 100:.2f}"] if total is not None else []
    rows.append("Invoice number;Deduction;Reason;Amount paid EUR")
    for number, paid, *rest in lines:
        kept, why = rest if rest else (0, "")
        rows.append(f"{number};{int(kept) / 100:.2f};{why};{paid / 100:.2f}")
    return "\n".join(rows).encode()


def take(trade: Trade, data: bytes) -> Remittance:
    """Take a file of one advice."""
    [made] = remittances.take_advice(trade.seller, data, file_name="a.csv", **trade.act).remittances
    return made


def states(trade: Trade, *invoices: Invoice) -> list[tuple[str, int]]:
    """The state and what is outstanding of each."""
    now = [trade.stored(Invoice, invoice.id) for invoice in invoices]
    return [(invoice.state, invoice.outstanding) for invoice in now]


def test_the_advice_comes_first(trade: Trade) -> None:
    # By amount alone the three invoices could not be told from two others of the same sum.
    made = [trade.invoice(amount) for amount in (10_000, 20_000, 30_000, 25_000, 35_000)]
    waiting = take(
        trade,
        advice(*((i.number, i.amount) for i in made[:3]), reference="PAY-4711", payer=PAYER),
    )
    assert waiting.state == "waiting"
    done = bring(trade, Booking(60_000, "PAY-4711", PAYER, NORDWIND))
    assert dict(done.matched) == {"remittance_advice": 1}
    assert states(trade, *made) == [("paid", 0)] * 3 + [("open", 25_000), ("open", 35_000)]
    joined = trade.stored(Remittance, waiting.id)
    assert (joined.state, joined.found_by) == ("joined", "name")
    assert joined.payment_id is not None


def test_the_money_comes_first(trade: Trade) -> None:
    made = [trade.invoice(10_000), trade.invoice(10_000)]
    assert bring(trade, Booking(10_000, "danke", PAYER, NORDWIND)).proposed == 1
    proposal = Proposal.objects.get(seller_id=trade.seller.id, state="open")
    taken = take(trade, advice((made[1].number, 10_000), payer=PAYER))
    assert (taken.state, taken.found_by) == ("joined", "amount")
    assert states(trade, *made) == [("open", 10_000), ("paid", 0)]
    assert trade.stored(Proposal, proposal.id).state == "superseded"
    booked = Proposal.objects.get(seller_id=trade.seller.id, state="booked")
    assert booked.rule == "remittance_advice"
    assert trade.stored(Payment, booked.payment_id).buyer_id == trade.buyer.id


def test_a_deduction_with_a_reason_is_a_dispute(trade: Trade) -> None:
    made = trade.invoice(10_000)
    take(
        trade,
        advice((made.number, 9_000, 1_000, "one pallet missing"), reference="PAY-9", payer=PAYER),
    )
    bring(trade, Booking(9_000, "PAY-9", PAYER, NORDWIND))
    assert states(trade, made) == [("open", 1_000)]
    dispute = Dispute.objects.get(seller_id=trade.seller.id)
    assert (dispute.amount, dispute.their_reason) == (1_000, "one pallet missing")


@pytest.mark.parametrize("first", ["advice", "money"])
def test_an_advice_that_contradicts_the_money_waits_for_a_person(trade: Trade, first: str) -> None:
    made = [trade.invoice(10_000), trade.invoice(20_000)]
    data = advice(*((i.number, i.amount) for i in made), reference="PAY-4712", payer=PAYER)
    line = Booking(29_000, "PAY-4712", PAYER, NORDWIND)
    if first == "advice":
        taken = take(trade, data)
        bring(trade, line)
    else:
        bring(trade, line)
        taken = take(trade, data)
    assert trade.stored(Remittance, taken.id).state == "joined"
    assert [state for state, _ in states(trade, *made)] == ["open", "open"]
    proposal = Proposal.objects.filter(seller_id=trade.seller.id, state="open").first()
    assert proposal is None or proposal.held_back


def test_equal_amounts_on_the_same_day_tell_nothing(trade: Trade) -> None:
    made = [trade.invoice(10_000), trade.invoice(10_000)]
    taken = [
        take(trade, advice((invoice.number, 10_000), day=f"2026-03-0{n}"))
        for n, invoice in enumerate(made, 8)
    ]
    bring(trade, Booking(10_000, "danke", PAYER, NORDWIND))
    assert {trade.stored(Remittance, each.id).state for each in taken} == {"waiting"}
    assert states(trade, *made) == [("open", 10_000)] * 2


def test_money_of_another_is_not_taken_by_its_amount(trade: Trade) -> None:
    made = trade.invoice(10_000)
    taken = take(trade, advice((made.number, 10_000), payer=PAYER))
    bring(trade, Booking(10_000, "Miete Maerz", "Hausverwaltung Kraus", "AT611904300234573201"))
    assert trade.stored(Remittance, taken.id).state == "waiting"
    assert states(trade, made) == [("open", 10_000)]


def test_an_amount_alone_with_an_unknown_payer_waits_for_a_person(trade: Trade) -> None:
    made = trade.invoice(10_000)
    taken = take(trade, advice((made.number, 10_000)))
    bring(trade, Booking(10_000, "Ueberweisung", "Zahlstelle 7", "AT611904300234573201"))
    assert trade.stored(Remittance, taken.id).found_by == "amount"
    assert states(trade, made) == [("open", 10_000)]
    proposal = Proposal.objects.get(seller_id=trade.seller.id, state="open")
    assert "amount_alone" in proposal.held_back


def test_the_same_bytes_are_taken_once(trade: Trade) -> None:
    made = trade.invoice(10_000)
    data = advice((made.number, 10_000))
    first = remittances.take_advice(trade.seller, data, **trade.act)
    again = remittances.take_advice(trade.seller, data, **trade.act)
    assert (first.new, again.new) == (True, False)
    assert again.remittances == first.remittances
    kept = RemittanceFile.objects.get(seller_id=trade.seller.id)
    assert bytes(kept.content) == data


def test_a_refused_file_leaves_nothing(trade: Trade) -> None:
    with pytest.raises(FormatError):
        remittances.take_advice(trade.seller, b"Invoice;Amount\nRE-1;12,x4\n", **trade.act)
    assert not RemittanceFile.objects.filter(seller_id=trade.seller.id).exists()


def test_a_person_joins_and_parts(trade: Trade) -> None:
    made = trade.invoice(10_000)
    bring(trade, Booking(10_000, "Sammler", "Zahlstelle 7", "AT611904300234573201"))
    payment = Payment.objects.get(seller_id=trade.seller.id)
    taken = take(trade, advice((made.number, 10_000), day="2025-01-09"))
    assert taken.state == "waiting"
    for _ in range(2):  # the second changes nothing
        remittances.join_by_hand(
            trade.seller, remittance_id=taken.id, payment_id=payment.id, **trade.act
        )
    assert states(trade, made) == [("paid", 0)]
    other = take(trade, advice((made.number, 9_900), day="2025-01-09"))
    with books.refused(trade.seller, WrongState):
        remittances.join_by_hand(
            trade.seller, remittance_id=other.id, payment_id=payment.id, **trade.act
        )
    assert remittances.part(trade.seller, remittance_id=taken.id, **trade.act).state == "waiting"
    gone = remittances.dismiss(trade.seller, remittance_id=taken.id, **trade.act)
    assert gone.state == "dismissed"
    assert remittances.take_up(trade.seller, remittance_id=taken.id, **trade.act).state == "waiting"


def test_money_that_no_bank_brought_is_found_at_the_second_look(trade: Trade) -> None:
    made = trade.invoice(10_000)
    taken = take(trade, advice((made.number, 10_000), reference="PAY-4719", payer=PAYER))
    settlement.record_payment(
        trade.seller, amount=10_000, currency="EUR", received_on=date(2026, 3, 9), payer=PAYER,
        reference="PAY-4719", **trade.act,
    )  # fmt: skip
    assert look_again(trade, after=timedelta(minutes=5)) == Round(), "not so soon after it came"
    assert look_again(trade) == Round(looked=1, joined=1)
    assert trade.stored(Remittance, taken.id).state == "joined"
    assert look_again(trade, after=timedelta(days=1)) == Round()


def test_an_invoice_that_comes_after_its_money_is_paid_at_the_second_look(trade: Trade) -> None:
    first = trade.invoice(5_000)
    series, _, last = first.number.rpartition("-")
    number = f"{series}-{int(last) + 1:0{len(last)}d}"
    bring(trade, Booking(10_000, "PAY-4720", PAYER, NORDWIND))
    taken = take(trade, advice((number, 10_000), reference="PAY-4720", payer=PAYER))
    assert (taken.state, taken.found_by) == ("joined", "name")
    assert look_again(trade) == Round(), "nothing that it names is new"
    made = replace(trade, at=trade.at + timedelta(hours=1)).invoice(10_000)
    assert made.number == number
    assert look_again(trade) == Round(looked=1, matched=1)
    assert states(trade, first, made) == [("open", 5_000), ("paid", 0)]
    assert look_again(trade, after=timedelta(days=1)) == Round()


def test_of_many_that_wait_each_has_its_turn(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remittance_rounds, "MOST", 2)
    ids = {take(trade, advice((f"X-{n}", 100 + n))).id for n in range(5)}
    for hour in (2, 3, 4):
        look_again(trade, after=timedelta(hours=hour))
    seen = Remittance.objects.filter(seller_id=trade.seller.id, looked_at__isnull=False)
    assert {row.id for row in seen} == ids
    assert look_again(trade, after=timedelta(days=91)) == Round(), "a person's by now"


def look_again(trade: Trade, *, after: timedelta = timedelta(hours=2)) -> Round:
    return remittance_rounds.look_again(
        seller_id=trade.seller.id, at=trade.at + after, by="calendar"
    )
