"""A backtest as a person reads it at a terminal: both policies beside each other, then what changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from usance.cli.tables import major

if TYPE_CHECKING:
    from rich.table import Table

    from usance.rules.credit.backtest import Backtest, Change
    from usance.rules.credit.backtest_result import PolicyFigures, Tally

_MOST_CHANGES = 10
_MOST_RULES = 15


def print_backtest(result: Backtest, changes: Sequence[Change], *, title: str) -> None:
    """Print the figures, the rules that changed most, the largest orders that change, and what was
    taken for granted."""
    from rich.console import Console

    from usance.rules.credit.backtest_result import assumption_text

    console = Console()
    span = f", {result.from_on} to {result.until_on}" if result.from_on else ""
    console.print(f"{title}: {result.orders:,} orders, {result.returns:,} returns{span}")
    console.print(_figures(result))
    console.print(_difference(result))
    if result.rules:
        console.print(_rules(result))
    if changes:
        console.print(_largest(changes))
    console.print("What this rests on:")
    for code, value in result.assumptions:
        console.print(f"- {assumption_text(code, value=value)}", highlight=False)


def _table(title: str, *columns: str, words: int = 1) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        if number < words:
            table.add_column(column, overflow="fold")
        else:
            table.add_column(column, justify="right", no_wrap=True)
    return table


def _figures(result: Backtest) -> Table:
    """A row a figure; counts and values under both policies."""
    code = result.currency
    table = _table("Decisions", "", "live", "", "draft", "")

    def tally(label: str, pick: Callable[[PolicyFigures], Tally]) -> None:
        cells = []
        for side in (result.live, result.draft):
            one = pick(side)
            cells += [f"{one.count:,}", _amount(one.amount, code)]
        table.add_row(label, *cells)

    def amount(label: str, pick: Callable[[PolicyFigures], int]) -> None:
        live, draft = pick(result.live), pick(result.draft)
        table.add_row(label, "", _amount(live, code), "", _amount(draft, code))

    tally("approved", lambda side: side.approved)
    tally("to a person", lambda side: side.review)
    tally("declined", lambda side: side.declined)
    table.add_row(
        "approved, share of orders and of value",
        _share(result.live.approval_rate),
        _share(result.live.approval_rate_by_value),
        _share(result.draft.approval_rate),
        _share(result.draft.approval_rate_by_value),
    )
    table.add_section()
    tally(f"paid over {result.late_days} days late", lambda side: side.late)
    tally("never paid", lambda side: side.unpaid)
    table.add_section()
    amount("highest exposure", lambda side: side.most_exposure)
    amount("average exposure", lambda side: side.average_exposure)
    amount("exposure at the end", lambda side: side.last_exposure)
    amount(f"most over {result.late_days} days late", lambda side: side.most_late)
    return table


def _difference(result: Backtest) -> Table:
    table = _table("What the draft changes", "", "", result.currency)
    found = result.difference
    for label, one in (
        ("orders decided otherwise", found.changed),
        ("  stricter", found.stricter),
        ("  looser", found.looser),
        ("losses avoided (orders paid too late or never)", found.losses_avoided),
        ("losses added", found.losses_added),
        ("sales lost (orders paid well)", found.sales_lost),
        ("sales gained", found.sales_gained),
        ("not known how they would have been paid", found.not_known),
    ):
        table.add_row(label, f"{one.count:,}", _amount(one.amount, result.currency))
    return table


def _rules(result: Backtest) -> Table:
    table = _table("By rule", "rule", "orders", "losses avoided", "sales lost", "sales gained")
    code = result.currency
    for one in result.rules[:_MOST_RULES]:
        table.add_row(
            one.rule,
            f"{one.orders:,}",
            _amount(one.losses_avoided, code),
            _amount(one.sales_lost, code),
            _amount(one.sales_gained, code),
        )
    rest = len(result.rules) - _MOST_RULES
    if rest > 0:
        table.caption = f"and {rest} more"
    return table


def _largest(changes: Sequence[Change]) -> Table:
    table = _table(
        "The largest orders that change", "order", "buyer", "change", "because", "amount", words=4
    )
    largest = sorted(changes, key=lambda change: (-(change.value or 0), change.order))
    for change in largest[:_MOST_CHANGES]:
        table.add_row(
            change.order,
            change.buyer_name or change.buyer,
            f"{change.live} > {change.draft}",
            "\n".join(change.rules),
            f"{major(change.amount, change.currency):,} {change.currency}",
        )
    rest = len(changes) - _MOST_CHANGES
    if rest > 0:
        table.caption = f"and {rest:,} more; --csv FILE writes all"
    return table


def _amount(amount: int, currency: str) -> str:
    return f"{major(amount, currency):,}"


def _share(ratio: Decimal | None) -> str:
    return "–" if ratio is None else f"{ratio * 100:.1f} %"
