"""The life of a debit: told, written, sent, settled, booked by the bank, good; and what else befalls it."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from pathlib import Path

import pytest
from lxml import etree

from tests.corpus.locations import schema
from tests.flows import books
from tests.flows.collecting import Desk, return_file
from tests.flows.trading import Trade
from usance.flows import billing, disputes, fulfilment, repayments
from usance.flows.debits import (
    calendar,
    collection_rules,
    files,
    mandates,
    scheduling,
    shipments,
)
from usance.flows.refusals import WrongState
from usance.formats.nacha import file_totals, parse
from usance.formats.sepa import parse_direct_debits
from usance.records.debits import queries
from usance.records.debits.models import Debit, Notice, Reversal
from usance.records.events.models import OutgoingMail
from usance.records.payments.models import BankClaim, Payment


@pytest.fixture
def desk(trade: Trade) -> Desk:
    return Desk.of(trade)


def test_a_core_debit_from_the_notice_to_good_funds(desk: Desk) -> None:
    invoice, debit = desk.owed("sepa_core", 119_00)
    # 14 days of notice from Monday 2 March; the 16th is a Monday and a day of TARGET.
    assert debit.collect_on == date(2026, 3, 16)
    assert Notice.objects.get(debit_id=debit.id).amount == 119_00
    # Three days before, nothing is due yet; two banking days before, it is.
    assert desk.on(date(2026, 3, 11)).write() == []
    [file] = desk.on(date(2026, 3, 12)).write()
    message = parse_direct_debits(files.content_of(file))
    [group] = message.groups
    assert (group.scheme, group.sequence, group.amount) == ("CORE", "FRST", 119_00)
    assert group.collections[0].remittance_text == invoice.number
    assert (file.count, file.amount, desk.now(debit).state) == (1, 119_00, "scheduled")
    later = desk.on(date(2026, 3, 12))
    later.send(file)
    assert desk.now(debit).state == "submitted"
    assert desk.now(invoice).state == "open"

    day = desk.on(date(2026, 3, 16))
    assert day.tend().settled == 1
    kept = desk.now(debit)
    assert (kept.state, kept.settled_on) == ("settled", date(2026, 3, 16))
    # Eight weeks after 16 March is 11 May; two banking days to carry it back; the day after.
    assert kept.funds_good_on == date(2026, 5, 14)
    assert desk.now(invoice).state == "paid"
    assert books.balances(desk.trade.seller, desk.trade.buyer.id)["clearing"] == 119_00

    # The bank books the batch as one sum: no payment of anybody's.
    settled = day.bank(day.line(119_00, bank_transaction_code="PMNT/IDDT/ESDD"))
    assert (settled.lines, Payment.objects.filter(seller_id=desk.trade.seller.id).count()) == (0, 1)
    [claim] = BankClaim.objects.filter(seller_id=desk.trade.seller.id)
    assert (claim.kind, claim.subject_id) == ("debit_batch", file.id)
    balances = books.balances(desk.trade.seller, desk.trade.buyer.id)
    assert (balances.get("clearing", 0), balances["bank"]) == (0, 119_00)

    assert desk.on(date(2026, 5, 13)).tend().good == 0
    assert desk.on(date(2026, 5, 14)).tend().good == 1
    told = [type_ for type_, _, _ in desk.trade.events(debit)]
    assert told == ["debit.scheduled", "debit.submitted", "debit.settled", "debit.funds_good"]


def test_what_is_disputed_is_neither_scheduled_by_itself_nor_drawn(desk: Desk) -> None:
    trade, contest = desk.trade, {"reason_code": "damaged"} | desk.trade.act
    invoice, debit = desk.owed("sepa_core", 100_00)
    whole = desk.debit(debit.mandate, other := desk.invoice(50_00), wanted_on=desk.today)
    free = desk.invoice(20_00)
    disputes.open_dispute(trade.seller, invoice_id=invoice.id, amount=30_00, **contest)
    disputes.open_dispute(trade.seller, invoice_id=other.id, **contest)
    held = disputes.open_dispute(trade.seller, invoice_id=free.id, amount=1_00, **contest)
    later = desk.sent(debit)
    assert (desk.now(debit).amount, desk.now(whole).state) == (70_00, "canceled")

    def to_collect() -> list[object]:
        found = queries.to_collect(seller_id=trade.seller.id, until=date(2030, 1, 1), limit=9)
        return [one.invoice_id for one in found]

    assert to_collect() == []
    disputes.reject(trade.seller, dispute_id=held.id, at=later.trade.at, by="test")
    assert to_collect() == [free.id]


def test_the_second_collection_is_recurrent_and_a_second_file_has_another_name(desk: Desk) -> None:
    mandate = desk.mandate("sepa_b2b")
    first = desk.debit(mandate, desk.invoice(10_00))
    desk = desk.settled(first)
    second = desk.debit(mandate, desk.invoice(20_00))
    desk.settled(second)
    assert [desk.now(one).sequence for one in (first, second)] == ["FRST", "RCUR"]
    names = {file.message_id for file in queries.files(seller_id=desk.trade.seller.id)}
    assert len(names) == 2
    # B2B money is good after the three banking days of returns.
    kept = desk.now(first)
    # Good Friday and Easter Monday are between: 2, 7 and 8 April are the three.
    assert (kept.settled_on, kept.funds_good_on) == (date(2026, 4, 1), date(2026, 4, 9))


def test_ach_classes_carry_what_they_pay(desk: Desk) -> None:
    for scheme, count in (("ach_ccd", 1), ("ach_ppd", 1), ("ach_ctx", 3)):
        mandate = desk.mandate(scheme)
        invoices = [desk.invoice(1_00 + n, "USD") for n in range(count)]
        desk.debit(mandate, *invoices, wanted_on=desk.today)
    debits = list(Debit.objects.filter(seller_id=desk.trade.seller.id).order_by("id"))
    day = desk.sent(debits[0])
    [file] = queries.files(seller_id=desk.trade.seller.id)
    written = parse(files.content_of(file))
    assert written.faults == ()
    assert [batch.entry_class for batch in written.batches] == ["CCD", "CTX", "PPD"]
    ctx = written.batches[1].entries[0]
    assert ctx.amount == 1_00 + 1_01 + 1_02 and ctx.remittance.count("RMR*IV*") == 3
    assert sum(e.amount for b in written.batches for e in b.entries) == file.amount
    assert file.count == 3
    assert {desk.now(debit).state for debit in debits} == {"submitted"}
    day.on(desk.now(debits[0]).collect_on).tend()
    assert {desk.now(debit).state for debit in debits} == {"settled"}
    # Firms have two banking days, consumers sixty days.
    good = {desk.now(d).mandate.scheme: desk.now(d).funds_good_on for d in debits}
    assert good["ach_ccd"] == good["ach_ctx"] < good["ach_ppd"]


def test_what_is_paid_before_the_file_is_not_collected(desk: Desk) -> None:
    mandate = desk.mandate()
    paid, part = desk.invoice(50_00), desk.invoice(80_00)
    one, other = desk.debit(mandate, paid), desk.debit(mandate, part)
    desk.trade.pay(paid)
    desk.trade.pay(desk.now(part), 30_00)
    day = desk.on(other.collect_on - timedelta(days=2))
    written = files.build_files(day.trade.seller, **day.trade.act)
    assert (written.dropped, [file.amount for file in written.files]) == (1, [50_00])
    assert (desk.now(one).state, desk.now(one).reason) == ("canceled", "paid")
    assert desk.now(other).amount == 50_00


def test_an_invoice_is_collected_once_at_a_time(desk: Desk) -> None:
    invoice, debit = desk.owed()
    with books.refused(desk.trade.seller, WrongState, "being collected"):
        desk.debit(desk.now(debit).mandate, invoice)
    scheduling.cancel_debit(desk.trade.seller, debit_id=debit.id, **desk.trade.act)
    assert desk.debit(desk.now(debit).mandate, invoice).state == "scheduled"


def test_a_file_is_sent_once_withdrawn_or_refused_after_a_mandate_ended(desk: Desk) -> None:
    _, debit = desk.owed()
    day = desk.on(debit.collect_on - timedelta(days=4))
    [file] = day.write()
    assert day.write() == []
    with pytest.raises(WrongState, match="withdraw"):
        scheduling.cancel_debit(desk.trade.seller, debit_id=debit.id, **day.trade.act)
    mandates.cancel_mandate(desk.trade.seller, mandate_id=debit.mandate_id, **day.trade.act)
    with books.refused(desk.trade.seller, WrongState, "canceled since"):
        day.send(file)
    files.withdraw_file(desk.trade.seller, file_id=file.id, **day.trade.act)
    assert desk.now(debit).state == "canceled"


def test_a_prenote_goes_ahead_and_a_refused_account_is_not_debited(trade: Trade) -> None:
    desk = Desk.of(trade, prenote=True)
    invoice, debit = desk.owed("ach_ccd")
    [file] = desk.write()
    [entry] = parse(files.content_of(file)).batches[0].entries
    assert (entry.is_prenote, entry.amount, file.prenotes, file.count) == (True, 0, 1, 0)
    desk.send(file)
    mandate = desk.now(debit).mandate
    assert mandate.verification == "sent"
    # Prenote settles Tuesday 3 March; the first live entry on Friday 6 March.
    assert mandate.live_from == date(2026, 3, 6)
    debit.trace_number = mandate.prenote_trace
    desk.on(date(2026, 3, 4)).answer(return_file(debit, "R04", on=date(2026, 3, 4)))
    mandate = desk.now(mandate)
    assert (mandate.verification, mandate.state, mandate.reason_code) == (
        "failed", "suspended", "R04",
    )  # fmt: skip
    held = files.build_files(trade.seller, at=desk.on(debit.collect_on).trade.at, by="test")
    assert (held.files, held.held) == ([], {"mandate_suspended": 1})
    assert desk.now(invoice).state == "open"


def test_the_calendar_schedules_what_falls_due_once(desk: Desk) -> None:
    desk.mandate()
    invoice = desk.invoice(70_00)
    assert desk.tend().scheduled == 0  # due in thirty days: too early
    day = desk.on(invoice.due_on - timedelta(days=16))
    assert day.tend().scheduled == 1
    assert day.tend().scheduled == 0
    [debit] = queries.debits_of_invoice(seller_id=desk.trade.seller.id, invoice_id=invoice.id)
    assert debit.collect_on >= invoice.due_on
    assert OutgoingMail.objects.filter(object_id=debit.id).count() == bool(desk.trade.buyer.email)


def test_a_bank_line_that_only_has_the_amount_is_left_to_the_matching(desk: Desk) -> None:
    _, debit = desk.owed("sepa_b2b", 77_00)
    day = desk.settled(debit)
    assert day.bank(day.line(77_00, counterparty_name="Südwind GmbH")).lines == 1
    assert not BankClaim.objects.filter(seller_id=desk.trade.seller.id).exists()


def test_a_return_that_comes_as_a_bank_line_and_its_charges(desk: Desk) -> None:
    invoice, debit = desk.owed("sepa_core", 200_00)
    day = desk.settled(debit)
    day.bank(day.line(200_00, debit=debit))
    late = day.on(day.today + timedelta(days=30))
    late.bank(late.line(-203_00, debit=debit, reason="MD06"))
    kept = desk.now(debit)
    assert (kept.state, kept.reason_code, kept.next_step) == ("returned", "MD06", "look_at_it")
    assert desk.now(invoice).outstanding == 200_00
    assert desk.payment(debit).state == "returned"
    balances = books.balances(desk.trade.seller, desk.trade.buyer.id)
    assert (balances.get("clearing", 0), balances["bank"], balances["fees"]) == (0, -3_00, 3_00)
    # The same return in a later notification of the bank changes nothing.
    again = late.on(late.today + timedelta(days=1))
    again.report(debit, "MD06")
    assert Reversal.objects.filter(debit_id=debit.id).count() == 2
    assert desk.now(invoice).outstanding == 200_00


def test_a_refund_after_the_money_went_back_is_a_loss_that_is_told(desk: Desk) -> None:
    invoice, debit = desk.owed("sepa_core", 90_00)
    day = desk.settled(debit)
    act = day.trade.act
    billing.credit_invoice(desk.trade.seller, invoice_id=invoice.id, reason="damaged", **act)
    repayments.refund_payment(desk.trade.seller, payment_id=desk.payment(debit).id, **act)
    day.returned(debit, "MD06")
    assert desk.now(debit).state == "returned"
    balances = books.balances(desk.trade.seller, desk.trade.buyer.id)
    assert balances["bad_debt"] == 90_00
    assert ("debit.paid_twice", None, 0) in desk.trade.events(debit)


@pytest.mark.parametrize("version", ["pain.008.001.02", "pain.008.001.08"])
def test_a_pain_008_is_valid_and_adds_up(desk: Desk, version: str) -> None:
    collection_rules.set_rules(desk.trade.seller, sepa_format=version, **desk.trade.act)
    debits = [
        desk.debit(desk.mandate(scheme, one_off=one_off), desk.invoice(amount))
        for scheme, one_off, amount in (
            ("sepa_core", False, 10_01), ("sepa_core", True, 20_02), ("sepa_b2b", False, 30_03),
        )
    ]  # fmt: skip
    desk.sent(debits[0])
    [file] = queries.files(seller_id=desk.trade.seller.id)
    data = files.content_of(file)
    assert file.format == version
    folder = "iso20022/pain.008/" if version.endswith("02") else "iso20022/"
    known = etree.XMLSchema(etree.parse(schema("pain", f"{folder}{version}.xsd")))
    known.assertValid(etree.fromstring(data))
    groups = parse_direct_debits(data).groups
    assert sorted(group.sequence for group in groups) == ["FRST", "FRST", "OOFF"]
    assert sum(group.amount for group in groups) == file.amount == 60_06
    assert sum(group["amount"] for group in file.groups) == file.amount
    assert hashlib.sha256(data).hexdigest() == file.digest


def test_a_nacha_file_states_what_it_holds(desk: Desk) -> None:
    debits = [desk.owed(scheme, amount)[1] for scheme, amount in (("ach_ccd", 11), ("ach_ppd", 22))]
    desk.sent(debits[0])
    [file] = queries.files(seller_id=desk.trade.seller.id)
    written = parse(files.content_of(file))
    totals = file_totals(written)
    assert (written.faults, totals.debits, totals.credits) == ((), file.amount, 0)
    traces = [entry.trace_number for batch in written.batches for entry in batch.entries]
    assert len(set(traces)) == 2 == file.count
    assert sorted(traces) == sorted(desk.now(debit).trace_number for debit in debits)


def test_a_file_laid_into_the_outbox_counts_as_sent(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USANCE_EXCHANGE_FOLDER", str(tmp_path))
    collection_rules.set_rules(desk.trade.seller, outbox="to-bank", **desk.trade.act)
    _, debit = desk.owed()
    day = desk.on(debit.collect_on - timedelta(days=4))
    assert calendar.write_files(seller_id=desk.trade.seller.id, at=day.trade.at) == 1
    [file] = queries.files(seller_id=desk.trade.seller.id)
    [laid] = (tmp_path / desk.trade.seller.handle / "to-bank").iterdir()
    assert (laid.name, laid.read_bytes()) == (file.file_name, files.content_of(file))
    assert (file.state, desk.now(debit).state) == ("sent", "submitted")
    assert calendar.write_files(seller_id=desk.trade.seller.id, at=day.trade.at) == 0


def test_goods_of_an_order_that_is_collected_first_are_paid_when_they_ship(desk: Desk) -> None:
    trade = desk.trade
    collection_rules.set_rules(trade.seller, ship_after="settled", **trade.act)
    order = trade.order(45_00)
    # Nobody who gave no mandate waits.
    assert shipments.release_of(trade.seller, order=order, at=trade.at).may_ship
    mandate = desk.mandate("sepa_b2b")
    with books.refused(trade.seller, shipments.FundsNotGood, "wait for a debit"):
        fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)
    debit = desk.debit(mandate, order_id=order.id)
    day = desk.settled(debit)
    assert desk.payment(debit).state == "unapplied"
    invoice = fulfilment.invoice_order(trade.seller, order_id=order.id, **day.trade.act)
    day.tend()
    assert (desk.now(invoice).state, desk.payment(debit).state) == ("paid", "allocated")
    day.returned(debit, "AM04")
    assert desk.now(invoice).outstanding == 45_00


def test_a_batch_and_a_debit_by_itself_are_booked_once(desk: Desk) -> None:
    mandate = desk.mandate("sepa_b2b")
    debits = [desk.debit(mandate, desk.invoice(amount)) for amount in (10_00, 25_00)]
    desk = desk.settled(debits[0])
    # The first and the recurrent one stand in groups of their own.
    assert len({desk.now(debit).group for debit in debits}) == 2
    desk.bank(desk.line(10_00, bank_transaction_code="PMNT/IDDT/BBDD"))
    assert desk.bank(desk.line(25_00, debit=debits[1])).lines == 0
    assert [desk.now(debit).booked for debit in debits] == [10_00, 25_00]
    assert books.balances(desk.trade.seller, desk.trade.buyer.id).get("clearing", 0) == 0
    assert Payment.objects.filter(seller_id=desk.trade.seller.id).count() == 2


def test_the_payments_of_a_booked_batch_do_not_take_its_place(desk: Desk) -> None:
    _, first = desk.owed("sepa_core", 10_00)
    _, second = desk.owed("sepa_core", 25_00)
    desk = desk.settled(first)
    assert desk.now(first).group == desk.now(second).group
    desk.bank(
        desk.line(35_00, bank_transaction_code="PMNT/IDDT/ESDD", entry_reference="E1", payments=2)
    )
    details = [
        desk.line(debit.amount, debit=debit, entry=1, entry_reference="E1")
        for debit in (first, second)
    ]
    desk.bank(*details)
    assert Payment.objects.filter(seller_id=desk.trade.seller.id).count() == 2
    assert [desk.now(debit).booked for debit in (first, second)] == [10_00, 25_00]
