"""What a played world came to, as a person reads it: orders, invoices, money, exposure, aging, DSO."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from usance.cli.tables import major

if TYPE_CHECKING:
    from usance.records.invoices.queries import Aging, DaysSalesOutstanding, ExposureTotal
    from usance.records.invoices.trading import Tally, Trading
    from usance.worlds.collecting_result import YearResult
    from usance.worlds.demo import DemoSummary, SellerSummary
    from usance.worlds.replay_summary import ReplaySummary

_NAME, _COUNT, _AMOUNT = 30, 8, 18


def replay_text(summary: ReplaySummary) -> str:
    """The summary of ``usance replay``."""
    return "\n".join(
        [
            f"{summary.documents:,} documents played"
            + (f" up to {summary.on}" if summary.on else "")
            + f", {summary.statements:,} bank statements read"
            + (f", {summary.skipped:,} without a value left out" if summary.skipped else ""),
            "",
            *_head(summary.currency),
            _row("Orders in the file", summary.orders, summary.currency),
            _row("Returns in the file", summary.returned, summary.currency),
            _row("Returns beyond what was bought", summary.credit_refused, summary.currency),
            *_trading(summary.trading),
            *_standing(summary.exposure, summary.aging, summary.dso),
        ]
    )


def demo_text(summary: DemoSummary) -> str:
    """The summary of ``usance demo``, with what is needed to sign in."""
    lines = [] if summary.created else ["The demo was made before; nothing was added.", ""]
    for one in summary.sellers:
        lines += [
            f"{one.seller.name}, up to {one.on}",
            "",
            *_head(one.currency),
            *_trading(one.trading),
            *_standing(one.exposure, one.aging, one.dso),
            "",
            *_sign_in(one),
            "",
        ]
    return "\n".join(lines).rstrip("\n")


def _head(currency: str) -> list[str]:
    return [f"  {'':<{_NAME}}{'count':>{_COUNT}}{currency:>{_AMOUNT}}"]


def _row(name: str, tally: Tally, currency: str) -> str:
    amount = f"{major(tally.amount, currency):,}"
    return f"  {name:<{_NAME}}{tally.count:>{_COUNT},}{amount:>{_AMOUNT}}"


def _amount(name: str, amount: int, currency: str) -> str:
    return f"  {name:<{_NAME}}{'':>{_COUNT}}{f'{major(amount, currency):,}':>{_AMOUNT}}"


def _trading(trading: Trading) -> Iterable[str]:
    currency = trading.currency
    for outcome, tally in sorted(trading.decided.items()):
        yield _row(f"Orders {outcome}", tally, currency)
    for reason, tally in sorted(trading.declined_for.items()):
        yield _row(f"  for {reason.replace('_', ' ')}", tally, currency)
    yield _row("Invoiced", trading.invoiced, currency)
    yield _row("Credited", trading.credited, currency)
    yield _row("Received", trading.received, currency)
    for rule, tally in sorted(trading.matched_by.items()):
        yield _row(f"  matched by {rule.replace('_', ' ')}", tally, currency)
    yield _amount("Unapplied", trading.unapplied, currency)
    yield _row("Written off", trading.written_off, currency)
    yield _row("Paid late, or late and open", trading.late, currency)
    yield _row("Outstanding", trading.outstanding, currency)


def _standing(
    exposure: Sequence[ExposureTotal],
    aging: Sequence[Aging],
    dso: Sequence[DaysSalesOutstanding],
) -> Iterable[str]:
    for total in exposure:
        yield ""
        yield _amount(f"Exposure on {total.lines:,} lines", total.exposure, total.currency)
        yield _amount("  authorized, not invoiced", total.commitments, total.currency)
        yield _amount("  receivable", total.receivable, total.currency)
        yield _amount("Available", total.available, total.currency)
    for aged in aging:
        yield ""
        yield _amount("Aging: not due", aged.not_due, aged.currency)
        for name, amount in (
            ("1 to 30 days", aged.days_1_30),
            ("31 to 60 days", aged.days_31_60),
            ("61 to 90 days", aged.days_61_90),
            ("over 90 days", aged.days_over_90),
        ):
            yield _amount(f"  {name}", amount, aged.currency)
    for days in dso:
        if days.simple is not None:
            countback = "" if days.countback is None else f", {days.countback:.0f} by countback"
            yield ""
            yield f"  Days sales outstanding: {days.simple:.0f}{countback}"


def _sign_in(one: SellerSummary) -> Iterable[str]:
    yield "  Sign in with"
    for login in one.logins:
        yield f"    {login.email:<44}{login.password:<20}{login.role} at {login.works_for}"
    if one.api_key:
        yield f"  API key, shown this once: {one.api_key}"


def simulation_text(year: YearResult) -> str:
    """The result of ``usance simulate``."""
    wrong = [*year.faults, *year.violations]
    sent = ", ".join(f"{level} {count:,}" for level, count in year.messages.items())
    injected = ", ".join(f"{name} {count:,}" for name, count in sorted(year.injected.items()))
    return "\n".join(
        [
            f"Seed {year.seed}: {year.days:,} days, {year.buyers:,} buyers, {year.invoices:,} invoices",
            f"Messages: {sent or 'none'}; stopped before they went: {year.stopped:,}",
            f"Went wrong on purpose: {injected or 'nothing'}",
            *(wrong or ["Everything holds."]),
        ]
    )
