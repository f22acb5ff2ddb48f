"""What a buyer's own orders, invoices and payments say of it: the facts kept ready for policies.

Amounts are summed up by currency first and put into the seller's own here; where one of them has no
exchange rate, what rests on it is left out. Twelve months are 365 days, the day itself included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any, Final

from usance.rules.credit.score import score
from usance.rules.credit.score_history import PaymentHistory
from usance.rules.money import round_half_up

USUAL_TERMS: Final = 30
"""Days of the terms with which a buyer is scored that has no invoice of the last twelve months."""
_PLACES: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trading:
    """What one buyer did in one currency; amounts in its minor units.

    ``factor`` is what one minor unit is worth in the seller's own, None without a rate. Orders are
    those authorized and not let go of. ``turnover`` is invoiced less credited by days back.
    ``days_late`` sums up the lateness of paid invoices, early payment as 0; ``worst`` is the largest
    of twelve months, open and written-off invoices included.
    """

    factor: Decimal | None
    exposure: int = 0
    orders: int = 0
    orders_1d: int = 0
    orders_30d: int = 0
    orders_12m: int = 0
    ordered_12m: int = 0
    largest_12m: int = 0
    last_order_on: date | None = None
    turnover: Mapping[int, int] | None = None
    paid: int = 0
    paid_late: int = 0
    days_late: int = 0
    worst: int = 0
    overdue: int = 0
    overdue_invoices: int = 0
    written_off: int = 0
    invoiced: int = 0


@dataclass(frozen=True, slots=True)
class FirstOrder:
    """The buyer's first order: when, and its amount, None where it cannot be converted."""

    on: date
    amount: int | None


WINDOWS: Final = {
    30: "history.turnover_30d",
    90: "history.turnover_90d",
    365: "history.turnover_12m",
}
"""The facts about turnover by the days that they look back."""


def trading_facts(
    trading: Iterable[Trading], *, first: FirstOrder | None, on: date
) -> dict[str, Any]:
    """The facts ``history.*`` and ``buyer.exposure`` on the day ``on``; those not known left out."""
    by_currency = list(trading)
    paid = sum(one.paid for one in by_currency)
    orders_12m = sum(one.orders_12m for one in by_currency)
    turnover = {
        days: _converted((one, (one.turnover or {}).get(days, 0)) for one in by_currency)
        for days in WINDOWS
    }
    facts: dict[str, Any] = {
        "buyer.exposure": _whole(_converted((one, one.exposure) for one in by_currency)),
        "history.orders": sum(one.orders for one in by_currency),
        "history.orders_1d": sum(one.orders_1d for one in by_currency),
        "history.orders_30d": sum(one.orders_30d for one in by_currency),
        "history.paid_invoices": paid,
        "history.worst_days_late_12m": max((one.worst for one in by_currency), default=0),
        "history.overdue": _whole(_converted((one, one.overdue) for one in by_currency)),
        "history.overdue_invoices": sum(one.overdue_invoices for one in by_currency),
        "history.written_off": _whole(_converted((one, one.written_off) for one in by_currency)),
        "history.monthly_turnover": _monthly(turnover[365], first=first, on=on),
    }
    facts |= {WINDOWS[days]: _whole(amount) for days, amount in turnover.items()}
    last = max((one.last_order_on for one in by_currency if one.last_order_on), default=None)
    if last is not None:
        facts["history.days_since_last_order"] = max((on - last).days, 0)
    if first is not None:
        facts["history.first_order"] = first.amount
    if orders_12m:
        ordered = _converted((one, one.ordered_12m) for one in by_currency)
        largest = [_converted([(one, one.largest_12m)]) for one in by_currency]
        if ordered is not None:
            facts["history.average_order"] = _whole(ordered / orders_12m)
            facts["history.largest_order"] = _whole(
                max(each for each in largest if each is not None)
            )
    if paid:
        late = sum(one.paid_late for one in by_currency)
        days = sum(one.days_late for one in by_currency)
        facts["history.late_share"] = _share(late, paid)
        facts["history.average_days_late"] = _share(days, paid)
    return {name: value for name, value in facts.items() if value is not None}


def score_facts(history: PaymentHistory, *, terms_days: int | None, on: date) -> dict[str, Any]:
    """The facts ``score.*`` of the buyer's next invoice: of its usual amount, on its usual terms."""
    usual = history.amounts // history.invoices if history.invoices else 0
    scored = score(
        history,
        amount=usual,
        terms_days=USUAL_TERMS if terms_days is None else terms_days,
        on=on,
    )
    return {
        "score.late_probability": scored.late_probability,
        "score.days_late": scored.expected_days_late,
        "score.band": scored.band,
    }


def in_own_currency(amount: int, *, factor: Decimal | None) -> int | None:
    """``amount`` minor units, each worth ``factor`` of the seller's own; None without a rate."""
    return None if factor is None else _whole(_converted([(Trading(factor=factor), amount)]))


def stored_value(value: Any) -> Any:
    """``value`` as it is stored: a number that is no whole number as text, lest it become a float."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else format(value.normalize(), "f")
    return value


def _converted(amounts: Iterable[tuple[Trading, int]]) -> Decimal | None:
    """The sum in the seller's own currency, not rounded; None where a part of it has no rate."""
    total = Decimal(0)
    with localcontext(prec=40):
        for one, amount in amounts:
            if amount and one.factor is None:
                return None
            total += amount * (one.factor or 0)
    return total


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(part) / whole).quantize(_PLACES, rounding=ROUND_HALF_UP)


def _whole(amount: Decimal | None) -> int | None:
    return None if amount is None else round_half_up(amount)


def _monthly(turnover: Decimal | None, *, first: FirstOrder | None, on: date) -> int | None:
    """Over the months begun since the first order, at most twelve."""
    if turnover is None:
        return None
    if first is None:
        return 0
    begun = 12 * (on.year - first.on.year) + on.month - first.on.month + (on.day >= first.on.day)
    return _whole(turnover / max(1, min(begun, 12)))
