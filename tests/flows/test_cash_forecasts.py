"""A forecast is made of what is open, kept as it was, and held against what came; a period's figures."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.flows import books
from tests.flows.trading import Trade
from usance.flows import (
    billing,
    cash_forecasts,
    disputes,
    late_charge_claims,
    late_interest_terms,
    promises,
    report_rules,
)
from usance.flows.report_rules import InvalidReportRules
from usance.records.credit import standing_queries
from usance.records.invoices import forecast_queries, insight_queries, receivables
from usance.records.invoices.models import CashForecast, Invoice, NumberSeries
from usance.rules.promises import Part


def test_a_forecast_is_kept_and_held_against_what_came(trade: Trade) -> None:
    # Twelve invoices paid five days late each teach when this buyer pays.
    for n in range(12):
        past = trade.days_later(7 * n)
        invoice = past.invoice(10_000)
        past.days_later((invoice.due_on - past.at.date()).days + 5).pay(invoice)
    now = trade.days_later(130)
    first, second, third, fourth = (now.invoice(amount) for amount in (100_000, 20_000, 3_000, 700))
    disputes.open_dispute(now.seller, invoice_id=third.id, reason_code="price", **now.act)
    day = now.at.date() + timedelta(days=24)
    promises.propose(
        now.seller,
        buyer_id=now.buyer.id,
        invoice_ids=[second.id],
        parts=[Part(day, 20_000)],
        by_seller=True,
        **now.act,
    )
    later = now.days_later(1)
    [kept] = cash_forecasts.keep(later.seller, at=later.at)
    assert (kept.on, kept.currency, kept.items) == (now.at.date(), "EUR", 4)
    assert (kept.outstanding, kept.disputed) == (123_700, 3_000)
    weeks = {week["begins_on"]: week for week in kept.weeks}
    assert sum(week["expected"] for week in kept.weeks) + kept.beyond == 120_700
    # The buyer is expected five days after its invoice is due; the promise in the fourth week.
    paid_on = first.due_on + timedelta(days=5)
    likeliest = max(kept.weeks, key=lambda week: week["expected"])
    begins = [week["begins_on"] for week in kept.weeks]
    assert abs(begins.index(likeliest["begins_on"]) - (paid_on - later.at.date()).days // 7) <= 1
    assert weeks[begins[3]]["expected"] >= 16_000
    # Made again on the same morning, it stays what it was.
    with books.nothing_written(later.seller):
        cash_forecasts.keep(later.seller, at=later.at + timedelta(hours=1))
    # What comes of these invoices is counted in its week; what is of later invoices is not.
    newer = now.days_later(2).invoice(5_000)
    now.days_later(3).pay(first, 60_000)
    now.days_later(8).pay(first, 40_000)
    now.days_later(8).pay(newer)
    billing.credit_invoice(now.seller, invoice_id=fourth.id, at=now.days_later(3).at, by="test")
    stored = CashForecast.objects.filter(seller_id=now.seller.id)
    until = now.at.date() + timedelta(days=14)
    [(_, hits)] = forecast_queries.hits(stored, until=until)
    assert [hit.came for hit in hits] == [60_000, 40_000]
    assert hits[0].week.begins_on == later.at.date()
    assert forecast_queries.kept_forecasts(seller_id=now.seller.id, on=until) == []
    assert forecast_queries.kept_forecasts(seller_id=now.seller.id, on=kept.on) == list(stored)


def test_a_periods_figures_by_hand(trade: Trade) -> None:
    before = trade.invoice(30_000)
    paid = trade.days_later(40).invoice(50_000)
    lost = trade.days_later(40).invoice(8_000)
    trade.days_later(50).pay(before)
    trade.days_later(60).pay(paid, 20_000)
    act = trade.days_later(70).act
    disputes.open_dispute(
        trade.seller, invoice_id=paid.id, reason_code="price", amount=5_000, **act
    )
    billing.write_off_invoice(trade.seller, invoice_id=lost.id, **act)
    on = trade.at.date() + timedelta(days=90)
    [row] = insight_queries.collection(seller_id=trade.seller.id, on=on, days=60)
    assert (row.beginning, row.sales, row.receivable) == (30_000, 58_000, 30_000)
    terms = (paid.due_on - paid.issued_on).days
    assert terms < 50, "the rest is overdue by now"
    assert (row.not_due, row.best) == (0, Decimal("0.0"))
    assert row.simple == row.delinquent == Decimal("31.0")  # 30,000 / 58,000 x 60
    assert row.effectiveness == Decimal("0.6591")  # (30 + 58 - 30) / (30 + 58 - 0)
    assert row.days_late == Decimal(50 - terms)
    assert (row.dispute_rate, row.bad_debt) == (Decimal("0.0862"), 8_000)
    # What was out each evening: 30,000 for twenty days of the period, 58,000 for 20, less 20,000 ...
    [cost] = insight_queries.terms_results(seller_id=trade.seller.id, on=on, days=60)
    evenings = [
        sum(
            row.total
            for row in insight_queries.aging(
                seller_id=trade.seller.id, on=on - timedelta(days=back)
            )
        )
        for back in range(60)
    ]
    assert cost.amount_days == sum(evenings)
    assert (cost.capital, cost.cost, cost.bad_debt) == (None, 8_000, 8_000)
    with books.refused(trade.seller, InvalidReportRules):
        report_rules.set_rules(
            trade.seller, capital_rate=Decimal(101), segment_key="s", person_key="p", at=trade.at
        )
    for rate in (Decimal(5), Decimal(8)):
        report_rules.set_rules(
            trade.seller, capital_rate=rate, segment_key="s", person_key="p", at=trade.at
        )
    [cost] = insight_queries.terms_results(seller_id=trade.seller.id, on=on, days=60)
    assert cost.capital == round(Decimal(sum(evenings)) * 8 / 36_500)
    [spread] = insight_queries.concentration(seller_id=trade.seller.id, on=on)
    assert (spread.total, spread.index, spread.top_share) == (30_000, 10_000, Decimal(1))
    months = {
        one.month: one
        for one in insight_queries.payment_cohorts(seller_id=trade.seller.id, on=on, currency="EUR")
    }
    assert sum(one.invoiced for one in months.values()) == 88_000
    first = months[f"{before.issued_on:%Y-%m}"]
    assert first.paid[0] == 0
    assert pytest.approx(50_000) == sum(max(x or 0 for x in one.paid) for one in months.values())


def test_late_charges_are_owed_but_neither_sold_nor_scored(trade: Trade) -> None:
    """A claim that is disputed, paid late and left over due moves what is owed, and no figure that is
    about sales and how they are paid."""
    late_interest_terms.set_terms(
        trade.seller,
        fields=late_interest_terms.TermsFields(law="IT", rate=Decimal(12)),
        **trade.act,
    )
    invoice = trade.invoice(100_000)
    due = (invoice.due_on - trade.at.date()).days
    trade.days_later(due + 5).pay(invoice)
    read = trade.days_later(due + 60)
    histories = forecast_queries.histories(seller_id=trade.seller.id, on=read.at.date())

    def scored() -> Any:
        found, _ = standing_queries.count_anew(
            seller_id=trade.seller.id,
            buyer_ids=[trade.buyer.id],
            base="EUR",
            zone="Europe/Rome",
            at=read.at,
            on=read.at.date(),
            year_began=read.at - timedelta(days=365),
        )
        one = found[trade.buyer.id]
        of = one.trading["EUR"]
        return one.history, one.terms_days, of.turnover, of.paid, of.paid_late, of.days_late

    before = scored()
    [row] = insight_queries.collection(seller_id=trade.seller.id, on=read.at.date(), days=90)
    assert (row.days_late, row.receivable) == (Decimal(5), 0)
    claimed = trade.days_later(due + 6)
    made = late_charge_claims.claim(trade.seller, invoice_id=invoice.id, **claimed.act)
    assert made.claim_id is not None
    note = trade.stored(Invoice, made.claim_id)
    disputes.open_dispute(
        trade.seller, invoice_id=note.id, reason_code="price", amount=100, **claimed.act
    )
    assert scored() == before
    claimed.days_later(40).pay(note)
    [after] = insight_queries.collection(seller_id=trade.seller.id, on=read.at.date(), days=90)
    assert after == row
    assert scored() == before
    assert forecast_queries.histories(seller_id=trade.seller.id, on=read.at.date()) == histories


def test_documents_numbered_around_midnight_agree_with_the_ledger(trade: Trade) -> None:
    """Who gets a number after somebody whose day has begun already dates the document with that day."""
    first, second = trade.invoice(30_000), trade.invoice(20_000)
    billing.credit_invoice(trade.seller, invoice_id=first.id, amount=1_000, **trade.act)
    next_day = trade.at.date() + timedelta(days=1)
    NumberSeries.objects.filter(seller_id=trade.seller.id).update(last_issued_on=next_day)
    late = trade.invoice(7_000)
    assert late.issued_on == next_day
    for invoice, amount in ((first, None), (second, 5_000)):
        note = billing.credit_invoice(
            trade.seller, invoice_id=invoice.id, amount=amount, **trade.act
        )
        assert note.issued_on == next_day
    for on, owed in ((trade.at.date(), 15_000), (next_day, 22_000)):
        rows = receivables.aging(seller_id=trade.seller.id, on=on)
        assert sum(row.total for row in rows) == owed
        assert all(
            one.agrees for one in receivables.reconciled(rows, seller_id=trade.seller.id, on=on)
        )
    assert books.broken(trade.seller) == []
