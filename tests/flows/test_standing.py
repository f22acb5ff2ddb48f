"""What is kept ready about buyers: counted right, renewed when something happens, told to watches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.flows.ledger_story import give_lines, trade_for_a_year
from tests.flows.trading import Trade
from tests.horizon import wait_for_events
from usance.flows import policies, standing
from usance.flows.checkout_facts import ship_to_digest
from usance.records.credit import standing_queries
from usance.records.credit.models import CreditLine, Report, Standing
from usance.records.events.models import Event
from usance.records.invoices.models import CreditNote, Invoice
from usance.records.orders.models import Order
from usance.rules.credit.policy import Policy
from usance.rules.credit.score import score
from usance.rules.credit.score_history import PaidInvoice, payment_history

ROME = ZoneInfo("Europe/Rome")
RATES = {"EUR": Decimal(1), "USD": Decimal("0.913"), "JPY": Decimal("0.61")}
"""What a minor unit is worth in cents: 100 yen are 61 cents."""


def kept(trade: Trade) -> Standing:
    found = standing_queries.standing(seller_id=trade.seller.id, buyer_id=trade.buyer.id)
    assert found is not None
    return found


def values(trade: Trade) -> Mapping[str, Any]:
    return kept(trade).facts["values"]


def recount(trade: Trade, at: datetime) -> dict[str, Any]:
    """The facts, counted from the rows one by one. All currencies have rates."""
    on = at.astimezone(ROME).date()
    rows = {"seller_id": trade.seller.id, "buyer_id": trade.buyer.id}
    placed = sorted(Order.objects.filter(**rows), key=lambda o: (o.created_at, o.id))
    orders = [o for o in placed if o.state in ("authorized", "partially_invoiced", "invoiced")]
    invoices = list(Invoice.objects.filter(**rows))
    notes = CreditNote.objects.filter(invoice_id__in=[i.id for i in invoices])
    lines = CreditLine.objects.filter(**rows)

    def worth(amount: int, currency: str) -> Decimal:
        return amount * RATES[currency]

    def whole(amount: Decimal) -> int:
        return int(amount.quantize(Decimal(1), ROUND_HALF_UP))

    def total(found: Any, amount: str) -> int:
        return whole(sum((worth(getattr(r, amount), r.currency) for r in found), Decimal(0)))

    def day(order: Order) -> date:
        return order.created_at.astimezone(ROME).date()

    def turnover(days: int) -> Decimal:
        since = on - timedelta(days=days)
        invoiced = sum(
            (worth(i.amount, i.currency) for i in invoices if i.issued_on > since), Decimal(0)
        )
        return invoiced - sum(
            (worth(n.amount, n.currency) for n in notes if n.issued_on > since), Decimal(0)
        )

    paid = [i for i in invoices if i.state == "paid"]
    overdue = [i for i in invoices if i.state == "open" and i.due_on < on]
    year = [o for o in orders if (on - day(o)).days < 365]
    late = [max((i.closed_on - i.due_on).days, 0) for i in paid]
    worst = [(on - i.due_on).days for i in invoices if i.state == "open"]
    worst += [
        (i.closed_on - i.due_on).days
        for i in invoices
        if i.state in ("paid", "written_off") and (on - i.closed_on).days < 365
    ]
    facts: dict[str, Any] = {
        "buyer.exposure": total(lines, "exposure"),
        "history.orders": len(orders),
        "history.orders_1d": sum(at - o.created_at < timedelta(days=1) for o in orders),
        "history.orders_30d": sum(at - o.created_at < timedelta(days=30) for o in orders),
        "history.turnover_30d": whole(turnover(30)),
        "history.turnover_90d": whole(turnover(90)),
        "history.turnover_12m": whole(turnover(365)),
        "history.paid_invoices": len(paid),
        "history.worst_days_late_12m": max([0, *worst]),
        "history.overdue": total(overdue, "outstanding"),
        "history.overdue_invoices": len(overdue),
        "history.written_off": total(invoices, "written_off"),
        "history.monthly_turnover": 0,
    }
    if orders:
        first = day(orders[0])
        months = sum(
            (first.year, first.month, first.day) <= (y, m, first.day)
            and (y, m, first.day) <= (on.year, on.month, on.day)
            for y in (first.year, first.year + 1, first.year + 2)
            for m in range(1, 13)
        )
        facts["history.monthly_turnover"] = whole(turnover(365) / min(months, 12))
        facts["history.first_order"] = whole(worth(orders[0].amount, orders[0].currency))
        facts["history.days_since_last_order"] = (on - max(map(day, orders))).days
    if year:
        amounts = [worth(o.amount, o.currency) for o in year]
        facts["history.largest_order"] = whole(max(amounts))
        facts["history.average_order"] = whole(sum(amounts, Decimal(0)) / len(amounts))
    if paid:
        four = Decimal("0.0001")
        share = Decimal(sum(d > 0 for d in late)) / len(paid)
        facts["history.late_share"] = share.quantize(four, ROUND_HALF_UP)
        facts["history.average_days_late"] = (Decimal(sum(late)) / len(paid)).quantize(
            four, ROUND_HALF_UP
        )
    return facts | _score(invoices, on=on)


def _score(invoices: list[Invoice], *, on: date) -> dict[str, Any]:
    counted = [
        PaidInvoice(
            amount=int((i.amount * RATES[i.currency]).quantize(Decimal(1), ROUND_HALF_UP)),
            issued_on=i.issued_on,
            due_on=i.due_on,
            settled_on=i.closed_on if i.state == "paid" else None,
            disputed=False,
        )
        for i in invoices
        if i.state != "void"
    ]
    history = payment_history(counted, on)
    recent = [i for i in invoices if (on - i.issued_on).days < 365]
    days = [(i.due_on - i.issued_on).days for i in recent]
    scored = score(
        history,
        amount=history.amounts // history.invoices if history.invoices else 0,
        terms_days=round(sum(days) / len(days)) if days else 30,
        on=on,
    )
    return {
        "score.late_probability": scored.late_probability,
        "score.days_late": scored.expected_days_late,
        "score.band": scored.band,
    }


@pytest.mark.parametrize("seed", range(8))
def test_what_is_kept_equals_a_recount(trade: Trade, seed: int) -> None:
    give_lines(trade, rated=("USD", "JPY"))
    at = trade_for_a_year(trade, seed=seed, currencies=("EUR", "USD", "JPY"))
    # Some look back on the year from its end, some long after.
    at += timedelta(days=(seed % 4) * 61)
    standing.renew_standings(trade.seller, buyer_ids=[trade.buyer.id], at=at)
    expected = recount(trade, at)
    found = standing.current_values(kept(trade))
    assert found == expected
    addresses = Order.objects.filter(
        seller_id=trade.seller.id,
        ship_to__isnull=False,
        state__in=("authorized", "partially_invoiced", "invoiced"),
    )
    assert set(kept(trade).ship_tos) == {ship_to_digest(o.ship_to) for o in addresses}
    assert len(kept(trade).ship_tos) <= 2


def test_the_stories_are_worth_a_recount(trade: Trade) -> None:
    """A recount of nothing would pass too."""
    give_lines(trade, rated=("USD", "JPY"))
    at = trade_for_a_year(trade, seed=3, currencies=("EUR", "USD", "JPY"))
    standing.renew_standings(trade.seller, buyer_ids=[trade.buyer.id], at=at)
    found = values(trade)
    for name in ("orders", "turnover_12m", "paid_invoices", "overdue", "average_order"):
        assert found[f"history.{name}"] > 0, name


def test_amounts_without_a_rate_are_unknown_and_the_rest_is_kept(trade: Trade) -> None:
    give_lines(trade, rated=())
    at = trade_for_a_year(trade, seed=3, currencies=("EUR", "USD"))
    standing.renew_standings(trade.seller, buyer_ids=[trade.buyer.id], at=at)
    found = values(trade)
    for name in ("history.turnover_12m", "history.largest_order", "buyer.exposure"):
        assert name not in found, name
    assert found["history.orders"] > 0
    assert found["score.band"] in "ABCDE"


def test_a_new_buyer_is_known_not_to_have_traded(trade: Trade) -> None:
    found = values(trade)
    assert found["history.orders"] == found["history.turnover_12m"] == found["buyer.exposure"] == 0
    assert "history.late_share" not in found
    assert "history.first_order" not in found
    before = kept(trade).facts
    standing.renew_standings(trade.seller, buyer_ids=[trade.buyer.id], at=trade.at)
    assert kept(trade).facts == before, "what is begun with is what would be counted"


def test_numbers_are_stored_as_no_float(trade: Trade) -> None:
    invoice = trade.invoice(30_000)
    trade.days_later(33).pay(invoice)
    standing.renew_standings(trade.seller, buyer_ids=[trade.buyer.id], at=trade.days_later(40).at)
    found = values(trade)
    assert found["history.late_share"] == 1
    assert found["history.average_days_late"] == 3
    assert isinstance(found["score.late_probability"], str)
    assert not [name for name, value in found.items() if isinstance(value, float)]


def report(trade: Trade, kind: str, outcome: str, *, days: int = 0, **fields: Any) -> None:
    Report.objects.create(
        seller=trade.seller,
        buyer=trade.buyer,
        kind=kind,
        source=fields.pop("source", "register"),
        outcome=outcome,
        asked_about=fields.pop("asked_about", ""),
        facts=fields,
        asked_at=trade.at + timedelta(days=days),
        created_at=trade.at,
    )


def test_reports_are_told_with_their_own_age(trade: Trade) -> None:
    report(trade, "tax_number", "valid")
    report(trade, "tax_number", "unavailable", days=3)
    report(trade, "company", "found", days=1, insolvent=False)
    report(
        trade, "credit", "found", days=2, score_of_100="71.5", rating="B", limit=2_000_000,
        currency="EUR", as_of="2026-02-20", insolvent=False,
    )  # fmt: skip
    standing.renew_standings(trade.seller, buyer_ids=[trade.buyer.id], at=trade.days_later(10).at)
    found, since = values(trade), kept(trade).facts["since"]
    assert found["buyer.vat_verified"] is True
    assert found["buyer.vat_checked_days_ago"] == 10
    assert found["buyer.registered"] is True
    assert found["buyer.insolvent"] is False
    assert found["bureau.score"] == "71.5"
    assert found["bureau.rating"] == "B"
    assert found["bureau.limit"] == 2_000_000
    assert found["bureau.days_old"] == 20
    assert "buyer.sanctioned" not in found, "nobody looked"
    assert since["buyer.vat_verified"] == trade.at.isoformat()
    assert since["bureau.rating"] == trade.days_later(2).at.isoformat()
    assert "history.orders" not in since


def test_a_hit_on_one_list_is_not_cleared_by_another_but_by_a_person(trade: Trade) -> None:
    report(trade, "sanctions", "hit", source="eu", asked_about="Nordwind")
    report(trade, "sanctions", "clear", source="un", asked_about="Nordwind", days=1)
    report(trade, "sanctions", "clear", source="eu", asked_about="A. Director", days=1)
    standing.renew_standings(trade.seller, buyer_ids=[trade.buyer.id], at=trade.days_later(2).at)
    assert values(trade)["buyer.sanctioned"] is True
    report(trade, "sanctions", "clear", source="person", days=3)
    standing.renew_standings(trade.seller, buyer_ids=[trade.buyer.id], at=trade.days_later(4).at)
    assert values(trade)["buyer.sanctioned"] is False


def reading(when: str) -> Policy:
    from usance.rules.credit.policy import policy_from_document

    rule = {"kind": "hold", "name": "fast", "when": when, "then": "decline"}
    return policy_from_document({"currency": "EUR", "rules": [rule]})


def follow(trade: Trade) -> None:
    wait_for_events(trade.seller.id)
    while standing.follow_events(seller_id=trade.seller.id, at=trade.at):
        pass


def test_what_happens_to_a_buyer_is_followed_and_decides(trade: Trade) -> None:
    follow(trade)
    trade.order(100)
    follow(trade)
    assert values(trade)["history.orders"] == 0, "nobody reads it, nothing is followed"
    policies.set_policy(trade.seller, reading("history.orders_1d >= 3"), **trade.act)
    follow(trade)
    assert values(trade)["history.orders"] == 1, "released: everybody is counted at once"
    trade.order(100)
    trade.order(100)
    follow(trade)
    assert values(trade)["history.orders_1d"] == 3
    [made] = trade.authorize(trade.request(100))
    assert made.decision.reasons == ("fast",)  # type: ignore[union-attr]


def test_a_policy_never_meets_a_new_buyer_as_unknown(trade: Trade) -> None:
    policies.set_policy(trade.seller, reading("history.written_off > 0"), **trade.act)
    assert trade.other_buyer().order(100).state == "authorized"


def test_every_night_begun_again_goes_on_where_it_was(trade: Trade) -> None:
    others = [trade.other_buyer() for _ in range(3)]
    at = trade.days_later(1).at
    standing.renew_standings(trade.seller, buyer_ids=[others[0].buyer.id], at=at)
    pages: list[int] = []
    assert standing.renew_overnight(seller_id=trade.seller.id, at=at, tell=pages.append) == 3
    assert sum(pages) == 4, "progress is of all"
    assert standing.renew_overnight(seller_id=trade.seller.id, at=at) == 0
    assert {s.computed_at for s in Standing.objects.filter(seller_id=trade.seller.id)} == {at}


def test_nothing_is_told_where_nobody_watches(trade: Trade) -> None:
    trade.order(100)
    standing.renew_standings(trade.seller, at=trade.days_later(1).at)
    assert not Event.objects.filter(seller_id=trade.seller.id, type="standing.changed").exists()


def test_the_night_is_counted_in_the_sellers_days(trade: Trade) -> None:
    """23:30 UTC on the 2nd is the 3rd in Rome."""
    late = Trade(trade.seller, trade.buyer, trade.line, datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    late.order(100)
    standing.renew_standings(
        trade.seller, buyer_ids=[trade.buyer.id], at=datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
    )
    assert values(trade)["history.days_since_last_order"] == 0
