"""(f) POST /v1/orders decided by a written policy of forty rules, beside the same without any."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from benchmarks import load, trade
from benchmarks.checkout import web
from benchmarks.measure import Rates, alternate
from usance.flows import policies
from usance.records.credit.models import Standing
from usance.records.orders.models import Order
from usance.rules.credit.facts import FACTS

_ELIGIBLE: Final = (
    "buyer.vat_verified || buyer.country in ['CH', 'NO', 'GB']",
    "buyer.registered || history.orders > 20",
    "!buyer.sanctioned",
    "!buyer.insolvent",
    "buyer.days_known >= 0 && history.orders >= 0",
    "order.currency in ['EUR', 'USD', 'GBP']",
    "size(order.skus) <= 500",
    "order.lines <= 500",
)
_HOLDS: Final = (
    "buyer.days_overdue > 45 && history.overdue > 250",
    "buyer.days_overdue > 20 && score.band in ['D', 'E']",
    "history.overdue_invoices > 6",
    "history.written_off > 0",
    "history.worst_days_late_12m > 90",
    "history.late_share > 0.6 && history.paid_invoices > 5",
    "history.average_days_late > 25",
    "score.late_probability > 0.35",
    "score.days_late > 40 && order.amount > 1000",
    "bureau.score < 15",
    "bureau.days_old > 400 && line.limit > 100000",
    "bureau.rating == 'D'",
    "order.amount > history.largest_order * 4 && order.amount > 5000",
    "order.amount > history.average_order * 20",
    "history.orders_1d > 40",
    "history.orders_30d > 600",
    "history.orders < 3 && order.amount > 20000",
    "history.days_since_last_order > 400 && order.amount > 10000",
    "order.amount > 250000",
    "line.used > 0.98 && score.band == 'C'",
    "buyer.exposure > 5000000",
    "order.terms_days > 60 && score.band != 'A'",
)
_TERMS: Final = (
    ("line.tier == 'gold' && score.band == 'A'", ["net_90", "net_60", "net_30"]),
    ("line.tier == 'gold'", ["net_60", "net_30"]),
    ("history.turnover_12m > 500000", ["net_60", "net_30"]),
    ("history.orders < 2", ["net_14"]),
    ("true", ["net_30", "net_14"]),
)


def document() -> dict[str, Any]:
    """Forty rules of every kind that a checkout evaluates, with routes and prices besides."""
    rules: list[dict[str, Any]] = [
        {"kind": "eligibility", "name": f"eligible_{n}", "when": when}
        for n, when in enumerate(_ELIGIBLE, 1)
    ]
    rules += [
        {"kind": "hold", "name": f"hold_{n}", "when": when, "then": "review"}
        for n, when in enumerate(_HOLDS, 1)
    ]
    rules += [
        {"kind": "limit", "name": "by_turnover", "amount": "usual_month * 400 + 1000000"},
        {"kind": "limit", "name": "by_bureau", "amount": "bureau.limit * 200"},
    ]
    rules += [
        {"kind": "terms", "name": f"terms_{n}", "when": when, "offer": offer}
        for n, (when, offer) in enumerate(_TERMS, 1)
    ]
    rules += [
        {"kind": "price", "name": "long", "terms": "net_60", "percent": "1.5"},
        {
            "kind": "route",
            "name": "large",
            "when": "review.amount > 50000",
            "roles": ["admin"],
            "people": 2,
        },
        {"kind": "route", "name": "rest", "roles": ["credit_manager", "admin"]},
    ]
    values = {"usual_month": "history.turnover_12m / 12"}
    return {"terms": ["net_30"], "values": values, "rules": rules}


def _standing() -> dict[str, Any]:
    """A buyer with whom nothing is wrong, every fact known."""
    good: dict[str, Any] = {
        "history.orders": 60,
        "history.orders_1d": 1,
        "history.orders_30d": 9,
        "history.largest_order": 2_000_000,
        "history.average_order": 300_000,
        "history.turnover_12m": 24_000_000,
        "history.late_share": "0.12",
        "history.average_days_late": "2.5",
        "score.late_probability": "0.03",
        "score.days_late": "1.4",
        "score.band": "B",
        "bureau.score": 78,
        "bureau.rating": "B",
        "bureau.limit": 5_000_000,
        "buyer.vat_verified": True,
        "buyer.registered": True,
        "buyer.sanctioned": False,
        "buyer.insolvent": False,
    }
    zero = {"number": 0, "amount": 0, "boolean": False, "text": "", "texts": []}
    values = {
        name: good.get(name, zero[fact.kind])
        for name, fact in FACTS.items()
        if fact.origin == "standing"
    }
    # The web process reads the real clock; what was kept ready long ago is not known any more.
    at = datetime.now(UTC).isoformat()
    return {"at": at, "values": values, "since": {"buyer.vat_verified": at}}


def forty_rules(*, lines: int, rounds: int, seconds: int) -> Rates:
    """Orders a second by forty rules, beside orders a second by the settings alone."""
    plain, ruled = trade.lay_out(buyers=lines), trade.lay_out(buyers=lines)
    Standing.objects.bulk_create(
        [
            Standing(
                seller=ruled.seller,
                buyer_id=buyer,
                facts=_standing(),
                computed_at=trade.AT,
                created_at=trade.AT,
            )
            for buyer in ruled.buyers
        ],
        batch_size=5000,
    )
    written = policies.read_policy(ruled.seller, document())
    assert len([rule for rule in written.rules if rule.name != "long"]) >= 39
    policies.set_policy(ruled.seller, written, at=trade.AT, by="bench")
    with web(processes=2) as port:

        def rate(made: trade.Trade) -> float:
            done = load.run(
                load.orders(made.key, made.buyers), port=port, connections=8, seconds=seconds
            )
            assert set(done.statuses) == {201}, done.statuses
            return done.rate

        for made in (plain, ruled):
            rate(made)
        figures, yardstick = alternate(
            lambda: rate(ruled), lambda: rate(plain), rounds=max(rounds, 2)
        )
    declined = Order.objects.filter(seller_id=ruled.seller.id).exclude(state="authorized")
    assert not declined.exists(), declined.first()
    return Rates(
        "(f) POST /v1/orders by a policy of 40 rules over 25 facts, 8 connections, 2 web processes",
        "orders/s",
        figures,
        yardstick,
        "the same by the settings alone",
    )
