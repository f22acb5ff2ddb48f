"""``usance backtest``: what a policy would have decided of a file of past orders, and at what cost."""

from __future__ import annotations

import io
from datetime import tzinfo
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from usance.cli import session
from usance.cli.faults import CommandRefused
from usance.cli.session import AsJson
from usance.cli.tables import major, write_csv
from usance.cli.watching import bar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usance.cli.watching import Advance
    from usance.formats.credit_history import CreditHistory
    from usance.rules.credit.backtest import Change
    from usance.rules.credit.backtest_history import PastEvent
    from usance.rules.credit.policy import Policy

_EVERY = 200
"""Orders between two movements of the progress bar."""


def backtest(
    policy: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, readable=True, help="The policy, JSON or TOML."
        ),
    ],
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, readable=True, help="Past orders, CSV or CSV.gz."
        ),
    ],
    *,
    against: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, readable=True, help="The policy to compare with, a file."
        ),
    ] = None,
    seller: Annotated[
        str | None,
        typer.Option(
            metavar="HANDLE", help="Compare with the policy that decides for this seller."
        ),
    ] = None,
    reviews: Annotated[
        Literal["approve", "decline"],
        typer.Option(help="What a person says to orders that come to one."),
    ] = "approve",
    late_days: Annotated[
        int, typer.Option(min=0, max=365, help="Days after the due date from which money is late.")
    ] = 30,
    currency: Annotated[
        str | None,
        typer.Option(help="The currency of the figures, and of a file that names none."),
    ] = None,
    rate: Annotated[
        list[str] | None,
        typer.Option(metavar="CUR=RATE", help="What one unit of another currency is worth in it."),
    ] = None,
    zone: Annotated[str, typer.Option(help="Where the file's times are local.")] = "UTC",
    limit_rule: Annotated[
        str, typer.Option(help="How limits are set that neither file nor policy has.")
    ] = "first_order_multiple",
    seed: Annotated[
        int | None, typer.Option(help="How invented payers pay; the same seed, the same.")
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", dir_okay=False, help="Write every order that changes to this file."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What a policy would have decided of past orders, and what it would have cost.

    Compared with a file (--against), with a seller's policy (--seller), else with the policy that a
    new seller begins with. docs/backtest.md describes the files.

    Example: [bold]usance backtest cautious.toml orders.csv --against generous.toml --csv changes.csv[/bold]
    """
    from usance.cli.backtest_tables import print_backtest
    from usance.formats.credit_history import Question
    from usance.rules.credit import backtest as rules
    from usance.rules.credit.backtest_history import SEED
    from usance.rules.credit.backtest_result import change_to_document
    from usance.rules.credit.starting_limit import RULES

    if against is not None and seller is not None:
        raise typer.BadParameter("Choose --against or --seller, not both.")
    if limit_rule not in RULES:
        raise typer.BadParameter(f"--limit-rule is one of {', '.join(sorted(RULES))}.")
    question = Question(_zone(zone), currency=_currency(currency), rates=_rates(rate or []))
    for path in (policy, against):
        if path is not None:
            # Before a long file is read; the currency changes nothing but the decimals of amounts.
            _policy(path, currency=question.currency or "EUR")
    history = _history(file, question)
    draft = _policy(policy, currency=history.currency)
    live = _live(against, seller, currency=history.currency)
    changes: list[Change] = []
    with bar("Deciding") as advance:
        result = rules.backtest(
            _counted(history, advance),
            live=live,
            draft=draft,
            assumed=rules.Assumed(
                currency=history.currency,
                known_until=history.known_until,
                late_days=late_days,
                reviews=reviews,
                limit_rule=RULES[limit_rule],
                seed=SEED if seed is None else seed,
            ),
            on_change=changes.append,
        ).of_file(nameless=history.nameless, open_items_only=history.open_items_only)
    if csv is not None:
        with csv.open("w", encoding="utf-8", newline="") as out:
            write_csv(
                _COLUMNS, (_row(change, base=history.currency) for change in changes), file=out
            )
    if as_json:
        document = result.to_document() | {"kind": history.kind}
        if csv is None:
            document["changes"] = [change_to_document(change) for change in changes]
        session.answer(document, as_json=True, text="")
    else:
        print_backtest(result, changes, title=f"{policy.name} on {file.name}")


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise typer.BadParameter(f"--zone {name!r} is no zone such as Europe/Rome.") from None


def _currency(code: str | None) -> str | None:
    from usance.rules.money import UnknownCurrency, exponent

    if code is not None:
        try:
            exponent(code)
        except UnknownCurrency as error:
            raise typer.BadParameter(f"--currency: {error}") from None
    return code


def _rates(texts: list[str]) -> dict[str, Decimal]:
    """``CAD=0.74`` and the like."""
    rates = {}
    for text in texts:
        code, _, number = text.partition("=")
        try:
            rate = Decimal(number)
        except InvalidOperation:
            rate = Decimal(0)
        if not rate.is_finite() or rate <= 0:
            raise typer.BadParameter(f"--rate {text!r} is not like CAD=0.74.")
        rates[_currency(code) or code] = rate
    return rates


class _Watched(io.RawIOBase):
    """A file that tells how far it has been read."""

    def __init__(self, path: Path, advance: Advance) -> None:
        self._file = path.open("rb")
        self._size, self._advance = path.stat().st_size, advance

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read on."""
        count = self._file.readinto(buffer)
        if count:
            self._advance(self._file.tell(), self._size, "bytes")
        return count

    def close(self) -> None:
        """Close the file beneath."""
        self._file.close()
        super().close()


def _history(path: Path, question: Any) -> CreditHistory:
    from usance.formats import credit_history
    from usance.formats.errors import FormatError

    try:
        with bar("Reading") as advance, _Watched(path, advance) as file:
            history = credit_history.read(io.BufferedReader(file, 1 << 18), question)
    except FormatError as error:
        raise CommandRefused(f"{path}: {error}") from None
    if history.missing:
        session.note(
            f"No rate for {', '.join(history.missing)}: these orders are counted without amounts."
            f" Give --rate {history.missing[0]}=..., in {history.currency}."
        )
    return history


def _policy(path: Path, *, currency: str) -> Policy:
    from usance.formats import policy_file
    from usance.formats.errors import FormatError

    try:
        return policy_file.read(
            path.read_bytes(), shape=policy_file.shape_of(path.name), currency=currency
        )
    except FormatError as error:
        raise CommandRefused(f"{path}: {error}") from None


def _live(against: Path | None, seller: str | None, *, currency: str) -> Policy:
    """What the draft is compared with."""
    from usance.rules.credit.policy import DEFAULT

    if against is not None:
        return _policy(against, currency=currency)
    if seller is None:
        return DEFAULT
    with session.database():
        from usance.records.credit import queries

        chosen = session.find_seller(seller)
        deciding = queries.deciding_policy(seller_id=chosen.id, at=session.now())
    if deciding is None:
        raise CommandRefused(f"No policy decides for {chosen.handle}; compare with --against.")
    return deciding


def _counted(history: CreditHistory, advance: Advance) -> Iterator[PastEvent]:
    total = len(history.events)
    for number, event in enumerate(history.events):
        if number % _EVERY == 0:
            advance(number, total, f"{event.on}")
        yield event
    advance(total, total, "")


_COLUMNS = (
    "order",
    "buyer",
    "buyer_name",
    "at",
    "amount",
    "currency",
    "live",
    "draft",
    "rules",
    "live_reasons",
    "draft_reasons",
    "effect",
    "paid_late_or_never",
    "paid_well",
)


def _row(change: Change, *, base: str) -> dict[str, Any]:
    return {
        "order": change.order,
        "buyer": change.buyer,
        "buyer_name": change.buyer_name,
        "at": change.at.isoformat(),
        "amount": major(change.amount, change.currency),
        "currency": change.currency,
        "live": change.live,
        "draft": change.draft,
        "rules": " ".join(change.rules),
        "live_reasons": " ".join(change.live_reasons),
        "draft_reasons": " ".join(change.draft_reasons),
        "effect": change.effect,
        "paid_late_or_never": major(change.bad, base),
        "paid_well": major(change.good, base),
    }
