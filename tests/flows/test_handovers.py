"""Hand-over to a collection agency: a frozen file, no more dunning, money that is told, and the way back."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.flows.test_dunning import Desk, late
from tests.flows.trading import Trade
from usance.flows import (
    credit_lines,
    disputes,
    fulfilment,
    late_charge_claims,
    late_interest_terms,
    onboarding,
    repayments,
)
from usance.flows.dunning import cases, handovers, outlooks
from usance.flows.late_interest_terms import TermsFields
from usance.flows.refusals import NotFound, WrongState
from usance.records.collections.models import LateCharge
from usance.records.dunning import actions, handover_queries
from usance.records.dunning.models import DunningCase, DunningClaimFile, DunningTask
from usance.records.events.models import Event
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice
from usance.rules.dunning.claims import left_of
from usance.rules.terms import parse_terms


@pytest.fixture
def desk(trade: Trade, settings: Any) -> Desk:
    settings.EMAIL_HOST = "localhost"
    onboarding.update_buyer(
        trade.seller, buyer_id=trade.buyer.id, email="ap@nordwind.example", at=trade.at, by="test"
    )
    return Desk(trade)


def case_of(desk: Desk) -> DunningCase:
    return cases.case_for(
        desk.seller, buyer_id=desk.trade.buyer.id, currency="EUR", at=desk.trade.at
    )


def files(desk: Desk, handover_id: Any) -> dict[str, bytes]:
    kept = handover_queries.file_of(seller_id=desk.seller.id, handover_id=handover_id)
    assert kept is not None
    with zipfile.ZipFile(io.BytesIO(bytes(kept.content))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_claims_are_in_a_file_for_good_and_are_not_dunned_any_more(desk: Desk) -> None:
    first, second = desk.trade.invoice(10_000), desk.trade.invoice(25_050)
    case = case_of(desk)
    late(desk, first, 7)
    assert desk.day() == ["notice_1"]
    desk.later(20)
    desk.trade = replace(desk.trade, at=desk.at)
    fresh = desk.trade.invoice(7_700)
    cases.add_task(desk.seller, case_id=case.id, due_on=desk.on, kind="hand_over", **desk.act)
    desk.run()  # a message waits; it must not go out
    assert desk.queued()

    row = handovers.hand_over(desk.seller, case_id=case.id, agency=" Inkasso  GmbH", **desk.act)
    assert (row.agency, row.amount) == ("Inkasso GmbH", 35_050)
    found = files(desk, row.id)
    assert list(found) == [
        "claims.csv",
        "claims.json",
        *(f"documents/{place:03}-{one.number}.pdf" for place, one in enumerate((first, second), 1)),
    ]
    assert all(found[name].startswith(b"%PDF") for name in list(found)[2:])
    table = list(csv.DictReader(io.StringIO(found["claims.csv"].decode())))
    said = json.loads(found["claims.json"])
    assert [(one["invoice"], one["outstanding"], one["days_overdue"]) for one in table] == [
        (first.number, "100.00", "27"),
        (second.number, "250.50", "27"),
    ]
    assert table[0]["debtor"] == desk.trade.buyer.name
    assert table[0]["reminders"].startswith("notice_1 ")
    assert [one["overdue"] for one in said["claims"]] == ["100.00", "250.50"]
    [reminder] = said["claims"][0]["reminders"]
    assert reminder["sent_to"] == "ap@nordwind.example"
    interest = said["claims"][0]["interest"]
    assert interest is None or float(interest) > 0

    # Nothing is written about them; what is new is dunned as ever.
    assert desk.send() and len(desk.sent()) == 1 and desk.stopped() == ["held"]
    desk.later(3)
    assert desk.day() == []
    seen = outlooks.outlooks_of(desk.seller, [case], at=desk.at)[case.id]
    assert {item.held for item in seen.items} == {"handed_over", None}
    assert seen.state == "running"
    late(desk, fresh, 7)
    assert desk.day() == ["notice_1"]
    assert [one["number"] for one in desk.sent()[-1].items if one["level"]] == [fresh.number]
    tasks = DunningTask.objects.filter(seller_id=desk.seller.id, kind="hand_over")
    assert set(tasks.values_list("state", flat=True)) == {"done"}
    # Once handed over is enough.
    again: dict[str, Any] = {
        "case_id": case.id,
        "agency": "Other",
        "invoice_ids": [first.id],
    }
    with pytest.raises(handovers.NothingToHandOver):
        handovers.hand_over(desk.seller, **again, **desk.act)


def test_money_that_comes_later_is_matched_and_told_once(desk: Desk) -> None:
    invoice = desk.trade.invoice(10_000)
    case = case_of(desk)
    late(desk, invoice, 40)
    row = handovers.hand_over(desk.seller, case_id=case.id, agency="Inkasso", **desk.act)
    before = files(desk, row.id)
    assert handovers.tell_money(seller_id=desk.seller.id, at=desk.at) == 0
    desk.later(1)
    desk.trade = replace(desk.trade, at=desk.at)
    desk.trade.pay(invoice, 4_000)
    for count in (1, 0):
        assert handovers.tell_money(seller_id=desk.seller.id, at=desk.at) == count
    event = Event.objects.get(seller_id=desk.seller.id, type="dunning_handover.settled")
    assert event.data["amount"] == 4_000
    assert event.data["invoices"][0]["outstanding"] == 6_000
    [task] = DunningTask.objects.filter(seller_id=desk.seller.id, kind="tell", state="open")
    assert task.words == f"Tell Inkasso what is paid or credited: {invoice.number}"
    assert files(desk, row.id) == before


def in_thirds(desk: Desk, amount: int) -> Invoice:
    """An invoice that falls due in thirds after 30, 60 and 90 days."""
    terms, trade = parse_terms("3x30"), desk.trade
    credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="EUR", limit=1_000_000, terms=[terms],
        **trade.act,
    )  # fmt: skip
    order = trade.order(amount, terms=terms)
    return fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)


def told(desk: Desk, what: str) -> list[int]:
    found = Event.objects.filter(seller_id=desk.seller.id, type=f"dunning_handover.{what}")
    return [event.data["amount"] for event in found.order_by("id")]


def test_of_instalments_the_overdue_are_claimed_and_the_others_dunned(desk: Desk) -> None:
    fields = TermsFields(charging="at_notice", rate=Decimal(10))
    late_interest_terms.set_terms(desk.seller, fields=fields, **desk.act)
    invoice = in_thirds(desk, 90_000)
    days = [part.due_on for part in invoice.instalments]
    case = case_of(desk)
    desk.later(45)
    hand_over: dict[str, Any] = {"case_id": case.id, "agency": "Inkasso"}
    row = handovers.hand_over(desk.seller, **hand_over, **desk.act)
    assert row.amount == 30_000
    [claim] = csv.DictReader(io.StringIO(files(desk, row.id)["claims.csv"].decode()))
    assert (claim["due_on"], claim["days_overdue"]) == (days[0].isoformat(), "15")
    assert (claim["outstanding"], claim["overdue"]) == ("900.00", "300.00")
    assert float(claim["interest"]) > 0
    assert desk.day() == []

    # The second falls due later: nobody else reminds of it.
    desk.later(30)
    for _ in range(5):  # the first day on which anybody is written to
        if desk.day():
            break
        desk.later(1)
    demanded = [one["due_on"] for one in desk.sent()[-1].items if one["level"]]
    assert demanded == [days[1].isoformat()]
    # The agency has the interest of the whole invoice in its file: no notice claims it as well.
    assert not any(one["interest"] for one in desk.sent()[-1].items)
    assert not LateCharge.objects.filter(seller_id=desk.seller.id).exists()
    seen = outlooks.outlooks_of(desk.seller, [case], at=desk.at)[case.id]
    assert [item.held for item in seen.items] == ["handed_over", None, None]

    # What is paid beyond the claim is nothing that the agency has.
    desk.trade = replace(desk.trade, at=desk.at)
    paid = desk.trade.pay(invoice, 45_000)
    assert handovers.tell_money(seller_id=desk.seller.id, at=desk.at) == 1
    assert told(desk, "settled") == [30_000]
    invoice.refresh_from_db()
    of: dict[str, Any] = {"on": row.on, "schedule": invoice.schedule}
    assert left_of(30_000, **of, outstanding=invoice.outstanding) == 0
    second = handovers.hand_over(desk.seller, **hand_over, **desk.act)
    assert second.amount == 15_000
    [claim] = json.loads(files(desk, second.id)["claims.json"])["claims"]
    assert (claim["due_on"], claim["interest"]) == (days[1].isoformat(), None)

    # A payment that comes back is told, too.
    repayments.return_payment(desk.seller, payment_id=paid.id, **desk.act)
    for count in (1, 0):
        assert handovers.tell_money(seller_id=desk.seller.id, at=desk.at) == count
    assert told(desk, "owed_again") == [30_000]
    task = DunningTask.objects.filter(seller_id=desk.seller.id, kind="tell").latest("id")
    assert task.words == f"Tell Inkasso what is owed again: {invoice.number}"


def test_one_hand_over_that_breaks_down_keeps_none_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = desk.trade.invoice(10_000), desk.trade.invoice(20_000)
    case = case_of(desk)
    late(desk, first, 40)
    for invoice in (first, second):
        handovers.hand_over(
            desk.seller,
            case_id=case.id,
            agency=invoice.number,
            invoice_ids=[invoice.id],
            **desk.act,
        )
    desk.trade = replace(desk.trade, at=desk.at + timedelta(hours=1))
    for invoice in (first, second):
        desk.trade.pay(invoice)
    whole = handovers._tell_of

    def broken(seller: Any, row: Any, *about: Any, **said: Any) -> None:
        if row.agency == first.number:
            raise RuntimeError("no ink")
        whole(seller, row, *about, **said)

    with monkeypatch.context() as patched:
        patched.setattr(handovers, "_tell_of", broken)
        assert handovers.tell_money(seller_id=desk.seller.id, at=desk.at) == 1
    assert told(desk, "settled") == [20_000]
    assert handovers.tell_money(seller_id=desk.seller.id, at=desk.at) == 1
    assert told(desk, "settled") == [20_000, 10_000]


def test_a_notice_claims_nothing_of_what_is_handed_over_before_it_has_the_lock(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file has the interest up to its day; claimed here too it would be claimed twice."""
    fields = TermsFields(charging="at_notice", rate=Decimal(10))
    late_interest_terms.set_terms(desk.seller, fields=fields, **desk.act)
    invoice = desk.trade.invoice(100_000)
    case = case_of(desk)
    late(desk, invoice, 40)
    locked = late_charge_claims.locked_invoice

    def faster(seller: Any, *, invoice_id: Any) -> Invoice:
        if not handover_queries.with_an_agency([invoice_id], seller_id=seller.id):
            handovers.hand_over(seller, case_id=case.id, agency="Inkasso", **desk.act)
        return locked(seller, invoice_id=invoice_id)

    monkeypatch.setattr(late_charge_claims, "locked_invoice", faster)
    claimed = late_charge_claims.claim_at_notice(desk.seller, invoice_ids=[invoice.id], **desk.act)
    assert claimed == [] and handover_queries.with_an_agency([invoice.id], seller_id=desk.seller.id)


def test_a_task_is_locked_after_its_case_as_by_a_hand_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_of(desk)
    task = cases.add_task(desk.seller, case_id=case.id, due_on=desk.on, **desk.act)
    locked = []
    for name in ("lock_task", "lock_case"):
        whole = getattr(actions, name)

        def lock(whole: Any = whole, name: str = name, **asked: Any) -> Any:
            locked.append(name)
            return whole(**asked)

        monkeypatch.setattr(actions, name, lock)
    assert cases.finish_task(desk.seller, task_id=task.id, **desk.act).state == "done"
    assert locked == ["lock_case", "lock_task"]


def test_it_is_taken_back_with_a_reason_and_dunning_goes_on(desk: Desk) -> None:
    invoice, disputed = desk.trade.invoice(10_000), desk.trade.invoice(5_000)
    case = case_of(desk)
    with pytest.raises(handovers.NothingToHandOver):  # nothing is overdue
        handovers.hand_over(desk.seller, case_id=case.id, agency="Inkasso", **desk.act)
    late(desk, invoice, 40)
    disputes.open_dispute(desk.seller, invoice_id=disputed.id, reason_code="damaged", **desk.act)
    row = handovers.hand_over(desk.seller, case_id=case.id, agency="Inkasso", **desk.act)
    assert row.amount == 10_000
    assert desk.day() == []
    for wrong in ("", "x" * 501):
        with pytest.raises(handovers.InvalidHandover):
            handovers.take_back(desk.seller, handover_id=row.id, reason=wrong, **desk.act)
    handovers.take_back(desk.seller, handover_id=row.id, reason="Came to terms", **desk.act)
    with pytest.raises(WrongState):
        handovers.take_back(desk.seller, handover_id=row.id, reason="Again", **desk.act)
    with pytest.raises(NotFound):
        handovers.take_back(desk.seller, handover_id=new_id(), reason="x", **desk.act)
    desk.later(1)
    assert len(desk.day()) == 1
    assert [one["number"] for one in desk.sent()[-1].items if one["level"]] == [invoice.number]
    assert DunningClaimFile.objects.filter(seller_id=desk.seller.id).count() == 1
    types = Event.objects.filter(seller_id=desk.seller.id, type__startswith="dunning_handover")
    assert list(types.order_by("id").values_list("type", flat=True)) == [
        "dunning_handover.made",
        "dunning_handover.taken_back",
    ]
