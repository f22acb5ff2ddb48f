"""``python -m benchmarks.expressions``: a credit policy of 40 rules over 25 facts, without a database.

Beside it, in turn: the same rules as a person would write them in Python, and as CEL's own engine (the
Rust one of ``common-expression-language``, one program a rule) evaluates those that both can read.
"""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import cel

from usance.rules.credit.expressions import Kind, Source, compile_program

FACTS: dict[str, Kind] = {
    "order.amount": "amount",
    "order.currency": "text",
    "order.lines": "number",
    "order.terms_days": "number",
    "order.skus": "texts",
    "order.new_ship_to": "boolean",
    "buyer.country": "text",
    "buyer.group": "text",
    "buyer.days_known": "number",
    "buyer.days_overdue": "number",
    "buyer.vat_verified": "boolean",
    "buyer.insolvent": "boolean",
    "line.limit": "amount",
    "line.exposure": "amount",
    "line.available": "amount",
    "history.orders": "number",
    "history.orders_1d": "number",
    "history.turnover_12m": "amount",
    "history.turnover_30d": "amount",
    "history.average_order": "amount",
    "history.late_share": "number",
    "history.average_days_late": "number",
    "history.overdue": "amount",
    "score.late_probability": "number",
    "score.band": "text",
}

KNOWN: dict[str, Any] = {
    "order.amount": 125_050,
    "order.currency": "EUR",
    "order.lines": 4,
    "order.terms_days": 30,
    "order.skus": ("PUMP-200", "VALVE-7", "HOSE-3"),
    "order.new_ship_to": False,
    "buyer.country": "IT",
    "buyer.group": "retail",
    "buyer.days_known": 420,
    "buyer.days_overdue": 3,
    "buyer.vat_verified": True,
    "buyer.insolvent": False,
    "line.limit": 1_000_000,
    "line.exposure": 420_000,
    "line.available": 580_000,
    "history.orders": 31,
    "history.orders_1d": 1,
    "history.turnover_12m": 3_600_000,
    "history.turnover_30d": 290_000,
    "history.average_order": 116_000,
    "history.late_share": Decimal("0.12"),
    "history.average_days_late": Decimal("4.5"),
    "history.overdue": 20_000,
    "score.late_probability": Decimal("0.031"),
    "score.band": "B",
}

VALUES = {"usual_month": "history.turnover_12m / 12", "core": "['DE', 'FR', 'IT', 'AT']"}

TEN_RULES = [
    ("buyer.vat_verified && !buyer.insolvent", "{buyer.vat_verified} and not {buyer.insolvent}"),
    ("buyer.country in core", "{buyer.country} in ('DE', 'FR', 'IT', 'AT')"),
    (
        "order.amount > 2500.50 && order.new_ship_to",
        "{order.amount} > 250050 and {order.new_ship_to}",
    ),
    ("order.amount > 3 * usual_month", "{order.amount} > 3 * ({history.turnover_12m} / D(12))"),
    (
        "buyer.days_overdue > 15 || history.overdue > line.limit * 0.1",
        "{buyer.days_overdue} > 15 or {history.overdue} > {line.limit} * D('0.1')",
    ),
    (
        "history.orders < 3 && buyer.days_known < 90 && order.amount > 500",
        "{history.orders} < 3 and {buyer.days_known} < 90 and {order.amount} > 50000",
    ),
    (
        "score.band in ['D', 'E'] || score.late_probability > 0.2",
        "{score.band} in ('D', 'E') or {score.late_probability} > D('0.2')",
    ),
    (
        "'PUMP-200' in order.skus && buyer.group != 'wholesale' && order.lines <= 20",
        "'PUMP-200' in {order.skus} and {buyer.group} != 'wholesale' and {order.lines} <= 20",
    ),
    (
        "line.exposure + order.amount <= line.limit && history.orders_1d < 10",
        "{line.exposure} + {order.amount} <= {line.limit} and {history.orders_1d} < 10",
    ),
    (
        "(order.terms_days > 30 ? history.late_share : history.average_days_late) < 10"
        " && history.turnover_30d >= history.average_order && order.currency == 'EUR'"
        " && line.available > 0",
        "({history.late_share} if {order.terms_days} > 30 else {history.average_days_late}) < 10"
        " and {history.turnover_30d} >= {history.average_order} and {order.currency} == 'EUR'"
        " and {line.available} > 0",
    ),
]


def main() -> None:
    """Print microseconds an evaluation of the whole policy, and the ratios."""
    rules = {f"rule {n}": Source(TEN_RULES[n % 10][0], "boolean") for n in range(40)}
    begun = time.perf_counter()
    program = compile_program(values=VALUES, rules=rules, facts=FACTS, exponent=2)
    first = time.perf_counter()
    program = compile_program(values=VALUES, rules=rules, facts=FACTS, exponent=2)
    again = time.perf_counter()
    lacking = KNOWN | {"score.band": None, "score.late_probability": None}
    new_buyer = {name: None if name[:5] in ("histo", "score") else KNOWN[name] for name in KNOWN}
    by_hand, by_cel = _by_hand(), _by_cel()
    assert program.evaluate(KNOWN) == by_hand(KNOWN) == by_cel(KNOWN)
    measured = _in_turn(
        {
            "everything known": lambda: program.evaluate(KNOWN),
            "two facts unknown": lambda: program.evaluate(lacking),
            "ten facts unknown": lambda: program.evaluate(new_buyer),
            "by hand in Python": lambda: by_hand(KNOWN),
            "CEL's own engine": lambda: by_cel(KNOWN),
        }
    )
    print(
        f"{platform.machine()}, Python {platform.python_version()}; {len(program.reads)} facts read"
    )
    print(
        f"compiled in {(first - begun) * 1e3:.0f} ms the first time, {(again - first) * 1e3:.0f} ms after"
    )
    yardstick = statistics.median(measured["by hand in Python"])
    for name, times in measured.items():
        median = statistics.median(times)
        print(
            f"{name:20} {median:8.2f} µs ({min(times):.2f} to {max(times):.2f}),"
            f" {median / yardstick:6.2f} of by hand"
        )


def _by_hand() -> Callable[[dict[str, Any]], list[Any]]:
    texts = [TEN_RULES[n % 10][1] for n in range(40)]
    for fact in FACTS:
        texts = [text.replace("{" + fact + "}", f'd["{fact}"]') for text in texts]
    by_hand: Callable[[dict[str, Any]], list[Any]] = eval(
        f"lambda d: [{', '.join(texts)}]", {"D": Decimal}
    )
    return by_hand


def _by_cel() -> Callable[[dict[str, Any]], list[Any]]:
    """One compiled program a rule; amounts in cents, decimals as CEL's doubles."""
    texts = [TEN_RULES[n % 10][0] for n in range(40)]
    for name, meaning in (
        ("in core", f"in {VALUES['core']}"),
        ("usual_month", "(double(history.turnover_12m) / 12.0)"),
        ("order.amount > 3 * ", "double(order.amount) > 3.0 * "),
        ("line.limit * 0.1", "double(line.limit) * 0.1"),
        ("history.overdue > double", "double(history.overdue) > double"),
        ("2500.50", "250050"),
        ("> 500", "> 50000"),
        ("history.average_days_late) < 10", "history.average_days_late) < 10.0"),
    ):
        texts = [text.replace(name, meaning) for text in texts]
    programs = [cel.compile(text) for text in texts]

    def evaluate(facts: dict[str, Any]) -> list[Any]:
        nested: dict[str, dict[str, Any]] = {}
        for name, value in facts.items():
            group, _, each = name.partition(".")
            plain = float(value) if isinstance(value, Decimal) else value
            nested.setdefault(group, {})[each] = list(plain) if isinstance(plain, tuple) else plain
        return [program.execute(nested) for program in programs]

    return evaluate


def _in_turn(
    work: dict[str, Callable[[], Any]], *, rounds: int = 9, seconds: float = 0.1
) -> dict[str, list[float]]:
    """Microseconds a call, for each round of each; the rounds alternate."""
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, call in work.items():
            calls, begun = 0, time.perf_counter()
            while (spent := time.perf_counter() - begun) < seconds:
                for _ in range(50):
                    call()
                calls += 50
            times[name].append(spent / calls * 1e6)
    return times


if __name__ == "__main__":
    main()
