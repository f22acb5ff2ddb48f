"""Billing at a cut-off: everything that shipped by then, exactly once, whatever happens to the run.

The fixture ``trade`` checks the books after each test. Amounts are cents.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.flows import books
from tests.flows.billing import document, invoices, on, parts, run, scheduled, sell, ship, work
from tests.flows.trading import Trade
from usance.flows import billing, billing_runs
from usance.flows.refusals import NotFound
from usance.records.events.models import Event
from usance.records.identity import new_id, public_id
from usance.records.invoices import queries
from usance.records.invoices.models import BillingRun
from usance.records.orders.models import Order
from usance.rules.orders import InvalidOrder, Line


def test_a_month_of_shipments_is_one_invoice(trade: Trade, april: Trade) -> None:
    scheduled(trade, "monthly:last")
    first = sell(trade, 12_200, 2_200, po_number="PO-1", external_id="S-1")
    second = sell(on(trade, date(2026, 3, 20)), 6_100, 1_100, po_number="PO-2", external_id="S-2")
    half = trade.order(1_000, 0)
    third = ship(on(trade, date(2026, 3, 31)), half, 400)
    made = run(april, date(2026, 3, 31))
    [invoice] = invoices(trade)
    assert (invoice.amount, invoice.tax_amount, invoice.order_id) == (18_700, 3_300, None)
    assert (invoice.period_start, invoice.period_end) == (date(2026, 3, 1), date(2026, 3, 31))
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 4, 1), date(2026, 5, 1))
    assert invoice.tax_point_on == date(2026, 3, 31)
    assert [part.shipment_id for part in parts(invoice)] == [
        one.shipment.id for one in (first, second, third)
    ]
    assert invoice.run_id == made.id
    assert (made.buyers_done, made.buyers_total, made.failures) == (1, 1, [])
    assert made.finished_at == april.at
    figures = queries.run_figures(seller_id=trade.seller.id, run_ids=[made.id])[made.id]
    assert (figures.invoices, figures.amounts) == (1, {"EUR": 18_700})
    of_orders = queries.orders_of(seller_id=trade.seller.id, invoice_ids=[invoice.id])[invoice.id]
    assert [(one.external_id, one.amount) for one in of_orders] == [
        ("S-1", 12_200),
        ("S-2", 6_100),
        (None, 400),
    ]
    assert trade.events(invoice) == [("invoice.opened", "open", 18_700)]
    assert trade.counters() == {"commitments": 600, "receivable": 18_700}
    assert trade.stored(Order, half.id).state == "partially_invoiced"
    shown = document(invoice)
    assert (str(shown.totals.payable), str(shown.totals.vat)) == ("187.00", "33.00")
    assert shown.period is not None
    assert (shown.period.start, shown.period.end) == (date(2026, 3, 1), date(2026, 3, 31))
    assert len(shown.lines) == 3
    assert "S-2" in shown.lines[1].item.name


def test_what_ships_after_the_cut_off_is_on_the_next(trade: Trade, april: Trade) -> None:
    scheduled(trade, "monthly:25")
    on_the_day = sell(on(trade, date(2026, 3, 25)), 1_000)
    sell(on(trade, date(2026, 3, 26)), 2_000)
    run(april)
    [invoice] = invoices(trade)
    assert [part.shipment_id for part in parts(invoice)] == [on_the_day.shipment.id]
    run(on(trade, date(2026, 4, 26)))
    assert [one.amount for one in invoices(trade)] == [1_000, 2_000]


def test_a_run_that_is_repeated_bills_nothing_again(trade: Trade, april: Trade) -> None:
    sell(scheduled(trade, "weekly:fri"), 1_000)
    run(april)
    assert run(april).buyers_total == 0
    again = BillingRun.objects.filter(seller_id=trade.seller.id).order_by("created_at", "id")[0]
    with books.nothing_written(trade.seller):
        work(april, again)
    assert len(invoices(trade)) == 1


def test_periods_that_were_missed_are_invoices_of_their_own(trade: Trade, april: Trade) -> None:
    scheduled(trade, "weekly:fri")
    for day in (2, 6, 7, 20, 31):
        sell(on(trade, date(2026, 3, day)), 1_000 + day)
    run(april)
    assert [(one.period_start, one.period_end, one.amount) for one in invoices(trade)] == [
        (date(2026, 2, 28), date(2026, 3, 6), 2_008),
        (date(2026, 3, 7), date(2026, 3, 13), 1_007),
        (date(2026, 3, 14), date(2026, 3, 20), 1_020),
    ]


def test_what_is_reported_late_comes_with_the_next_run(trade: Trade, april: Trade) -> None:
    scheduled(trade, "monthly:last")
    sell(trade, 1_000)
    run(april, date(2026, 3, 31))
    sell(april, 500, shipped_on=date(2026, 3, 30))
    run(on(trade, date(2026, 4, 2)), date(2026, 4, 1))
    late = invoices(trade)[-1]
    assert (late.amount, late.period_end) == (500, date(2026, 3, 31))


def test_different_terms_currencies_and_destinations_are_invoices_apart(
    trade: Trade, april: Trade
) -> None:
    from usance.flows import credit_lines
    from usance.rules.terms import Terms

    scheduled(trade, "monthly:last")
    credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="USD", limit=10**6, **trade.act
    )
    sell(trade, 1_000)
    sell(trade, 4_000, currency="USD")
    sell(trade, 8_000, ship_to={"name": "Lager Wien", "city": "Wien", "country": "AT"})
    sell(trade, 16_000)
    credit_lines.set_credit_line(
        trade.seller,
        buyer_id=trade.buyer.id,
        currency="EUR",
        limit=10**6,
        terms=[Terms(days=14)],
        **trade.act,
    )
    sell(trade, 2_000)
    run(april)
    assert sorted((one.amount, one.currency, one.terms) for one in invoices(trade)) == [
        (2_000, "EUR", "net_14"),
        (4_000, "USD", "net_30"),
        (8_000, "EUR", "net_30"),
        (17_000, "EUR", "net_30"),
    ]


def test_lines_stand_under_the_headings_that_the_buyer_wants(trade: Trade, april: Trade) -> None:
    from usance.flows import organisation

    for code in ("4711", "4712"):
        organisation.add_cost_centre(
            trade.seller, buyer_id=trade.buyer.id, code=code, name=code, **trade.act
        )
    scheduled(trade, "monthly:last", group_by="cost_centre")
    sell(trade, 1_000, cost_centre="4711")
    sell(trade, 2_000, cost_centre="4712")
    sell(trade, 4_000, cost_centre="4711")
    run(april)
    [invoice] = invoices(trade)
    assert [(line.group, str(line.net)) for line in document(invoice).lines] == [
        ("Cost centre 4711", "10.00"),
        ("Cost centre 4711", "40.00"),
        ("Cost centre 4712", "20.00"),
    ]


def test_one_buyer_that_cannot_be_billed_does_not_stop_the_others(
    trade: Trade, april: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [trade.other_buyer() for _ in range(2)]
    for one in (trade, *others):
        sell(scheduled(one, "monthly:last"), 1_000)
    issue = billing_runs.issue

    def refuse(journal: Any, pieces: Any, **rest: Any) -> Any:
        invoice = issue(journal, pieces, **rest)
        if invoice.buyer_id == trade.buyer.id:
            raise InvalidOrder("no such thing")
        return invoice

    monkeypatch.setattr(billing_runs, "issue", refuse)
    made = run(april)
    assert made.failures == [
        {
            "buyer": public_id("buyer", trade.buyer.id),
            "code": "invalid_order",
            "detail": "no such thing",
        }
    ]
    assert made.buyers_done == 3
    assert [one.sequence for one in invoices(trade)] == [1, 2], "the failure took no number"
    monkeypatch.undo()
    run(april)
    assert [one.sequence for one in invoices(trade)] == [1, 2, 3]
    [told, _] = Event.objects.filter(
        seller_id=trade.seller.id, type="billing_run.finished"
    ).order_by("sequence")
    assert (told.data["invoices"], told.data["failures"]) == (2, 1)


def test_a_preview_shows_what_would_be_issued_and_writes_nothing(
    trade: Trade, april: Trade
) -> None:
    scheduled(trade, "monthly:last")
    sell(trade, 12_200, 2_200)
    sell(trade, 6_100, 1_100)
    with books.nothing_written(trade.seller):
        seen = billing_runs.preview(trade.seller, cut_off_on=date(2026, 3, 31), at=trade.at)
    [draft] = seen.drafts
    assert (draft.document.number, str(draft.document.totals.payable)) == ("draft", "183.00")
    run(april)
    issued = document(invoices(trade)[0])
    assert issued.lines == draft.document.lines
    assert issued.totals == draft.document.totals


def test_a_run_of_one_buyer_leaves_the_others(trade: Trade, april: Trade) -> None:
    other = trade.other_buyer()
    for one in (trade, other):
        sell(scheduled(one, "daily"), 1_000)
    run(april, buyer_id=other.buyer.id)
    assert [one.buyer_id for one in invoices(trade)] == [other.buyer.id]


def test_what_cannot_be_run(trade: Trade) -> None:
    with books.refused(trade.seller, InvalidOrder):
        run(trade, date(2026, 3, 3))
    with books.refused(trade.seller, NotFound):
        run(trade, buyer_id=new_id())
    with books.refused(trade.seller, NotFound):
        billing_runs.work(trade.seller, run_id=new_id(), clock=lambda: trade.at, by="test")


def test_a_buyer_that_is_billed_at_once_now_has_what_waited_billed_too(
    trade: Trade, april: Trade
) -> None:
    scheduled(trade, "monthly:last")
    first, second = sell(trade, 1_000), sell(trade, 2_000)
    scheduled(trade, "per_shipment")
    run(on(trade, date(2026, 3, 3)), date(2026, 3, 2))
    assert [[p.shipment_id for p in parts(one)] for one in invoices(trade)] == [
        [first.shipment.id],
        [second.shipment.id],
    ]


def test_the_number_of_statements_does_not_grow_with_the_shipments(
    trade: Trade, april: Trade
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    few, many = trade, trade.other_buyer()
    for one, times in ((few, 2), (many, 12)):
        scheduled(one, "monthly:last")
        for n in range(times):
            sell(one, 1_000, lines=[Line(f"Bolts {n}", 1_000)])
    counts = []
    for one in (few, many):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            run(april, buyer_id=one.buyer.id)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_hour_of_the_seller_counts(trade: Trade) -> None:
    """At 22:30 UTC of the last of March it is April in Rome."""
    night = Trade(trade.seller, trade.buyer, trade.line, datetime(2026, 3, 31, 22, 30, tzinfo=UTC))
    sell(scheduled(night, "monthly:last"), 1_000)
    run(night, date(2026, 3, 31))
    assert invoices(trade) == []


def test_the_invoices_of_a_run_are_issued_by_who_started_it(trade: Trade, april: Trade) -> None:
    sell(scheduled(trade, "monthly:last"), 1_000)
    opened = billing_runs.open_run(
        trade.seller, cut_off_on=date(2026, 3, 31), at=april.at, by="user:dora"
    )
    work(april, opened)
    told = Event.objects.filter(
        seller_id=trade.seller.id, type__in=["invoice.opened", "billing_run.finished"]
    )
    assert {event.actor for event in told} == {"user:dora"}


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5, 100])
def test_a_preview_of_very_many_invoices_is_paged(
    trade: Trade, april: Trade, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Its pages have every draft once, wherever they are cut, and each failure once."""
    other = trade.other_buyer()
    for account, days in ((trade, (2, 3)), (other, (2, 3, 4))):
        scheduled(account, "daily")
        for day in days:
            sell(on(account, date(2026, 3, day)), 1_000)
    asked: dict[str, Any] = {"cut_off_on": date(2026, 3, 31), "at": april.at}
    whole = billing_runs.preview(trade.seller, **asked)
    assert (len(whole.drafts), whole.next) == (5, None)
    monkeypatch.setattr(billing_runs, "MOST_DRAFTS", most)
    drafts, start = [], None
    for _ in range(6):
        seen = billing_runs.preview(trade.seller, start=start, **asked)
        assert 0 < len(seen.drafts) <= most
        drafts += seen.drafts
        start = seen.next
        if start is None:
            break
    assert start is None
    assert drafts == list(whole.drafts)
    own = billing_runs.preview(trade.seller, buyer_id=other.buyer.id, **asked)
    assert len(own.drafts) == min(most, 3)
    assert (own.next is None) == (most >= 3)


def test_the_days_of_a_series_never_go_back(trade: Trade) -> None:
    """A clock is read before a number is taken, and midnight may be between the two."""
    later, earlier = on(trade, date(2026, 3, 3)), trade
    first = later.invoice(1_000)
    second = earlier.invoice(1_000)
    assert (first.sequence, second.sequence) == (1, 2)
    assert [first.issued_on, second.issued_on] == [date(2026, 3, 3), date(2026, 3, 3)]
    assert document(second).issued_on == date(2026, 3, 3)
    assert second.due_on == first.due_on
    notes = [
        billing.credit_invoice(account.seller, invoice_id=one.id, **account.act)
        for account, one in ((later, first), (earlier, second))
    ]
    assert [note.issued_on for note in notes] == [date(2026, 3, 3), date(2026, 3, 3)]
    assert document(notes[1]).issued_on == date(2026, 3, 3)
