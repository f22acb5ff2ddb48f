"""Backtests as the world sees them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from usance.records.credit.backtests import Backtest, BacktestChange
from usance.records.identity import public_id
from usance.records.parties.models import Seller
from usance.web.api.objects import Document, head, money

_TALLIES: Final = ("approved", "review", "declined", "passed", "late", "unpaid")
_AMOUNTS: Final = ("most_exposure", "average_exposure", "last_exposure", "most_late", "last_late")
_RULE_AMOUNTS: Final = ("amount", "losses_avoided", "losses_added", "sales_lost", "sales_gained")
_HUNDREDTH: Final = Decimal("0.01")


def backtest(record: Backtest, *, whole: bool = True) -> Document:
    """A backtest; with ``whole`` its result as well."""
    result = record.result if whole else None
    return head("backtest", record.id, record.created_at) | {
        "state": record.state,
        "progress": str(progress(record)),
        "policy": public_id("policy", record.policy_id) if record.policy_id else None,
        "against": public_id("policy", record.against_id),
        "from_on": record.from_on,
        "until_on": record.until_on,
        "reviews": record.reviews,
        "late_days": record.late_days,
        "author": record.author,
        "started_at": record.started_at,
        "finished_at": record.finished_at,
        "error": record.error or None,
        "changed": record.changed,
        "result": _result(result) if result else None,
    }


def progress(record: Backtest) -> Decimal:
    """How much has been decided, from 0 to 1."""
    if record.state == "done":
        return Decimal(1)
    if not record.total:
        return Decimal(0)
    return (Decimal(record.done) / record.total).quantize(_HUNDREDTH, rounding=ROUND_DOWN)


def _result(result: Mapping[str, Any]) -> Document:
    code = result["currency"]
    return {
        **{name: result[name] for name in ("orders", "drawn", "unconverted", "series")},
        "assumptions": result["assumptions"],
        "first_order_on": result["from_on"],
        "last_order_on": result["until_on"],
        "live": _figures(result["live"], code),
        "draft": _figures(result["draft"], code),
        "difference": {name: _counted(one, code) for name, one in result["difference"].items()},
        "rules": [
            {**rule, **{name: money(rule[name], code) for name in _RULE_AMOUNTS}}
            for rule in result["rules"]
        ],
    }


def _figures(side: Mapping[str, Any], currency: str) -> Document:
    return {
        **side,
        **{name: _counted(side[name], currency) for name in _TALLIES},
        **{name: money(side[name], currency) for name in _AMOUNTS},
    }


def _counted(tally: Mapping[str, int], currency: str) -> Document:
    return {"count": tally["count"], "amount": money(tally["amount"], currency)}


def backtest_change(record: BacktestChange, *, seller: Seller) -> Document:
    """An order that would change."""
    return head("backtest_change", record.id, record.created_at) | {
        "order": public_id("order", record.order_id),
        "order_number": record.order_number,
        "buyer": public_id("buyer", record.buyer_id),
        "buyer_name": record.buyer.name,
        "on": record.on,
        "amount": money(record.amount, record.currency),
        "live": record.live,
        "draft": record.draft,
        "live_reasons": record.live_reasons,
        "draft_reasons": record.draft_reasons,
        "rules": record.rules,
        "effect": record.effect,
        "paid_late_or_never": money(record.bad, seller.currency),
        "paid_well": money(record.good, seller.currency),
    }
