"""What a backtest came to, as it is shown and stored. Amounts are minor units of its currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Literal, NamedTuple

from usance.rules.credit.decide import Outcome

Effect = Literal[
    "loss_avoided", "loss_added", "sale_lost", "sale_gained", "not_known", "no_difference"
]
"""What a changed order means: the goods stay and would not have been paid for in time, or go out and
are not; a good sale is lost, or gained; how it was paid is not known; or the goods go out (or stay)
under both."""

_RATIO: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many, and what they come to together."""

    count: int = 0
    amount: int = 0

    def plus(self, amount: int, *, count: int = 1) -> Tally:
        """With ``count`` more, that come to ``amount``."""
        return Tally(self.count + count, self.amount + amount)


@dataclass(frozen=True, slots=True)
class PolicyFigures:
    """What one policy would have decided and what would have been owed.

    ``late`` and ``unpaid`` are invoices paid too late or never. ``most_exposure`` and
    ``average_exposure`` are of the evenings of the days played; ``most_late`` is the most that was
    late at one time.
    """

    approved: Tally
    review: Tally
    declined: Tally
    passed: Tally
    late: Tally
    unpaid: Tally
    most_exposure: int
    most_exposure_on: date | None
    average_exposure: int
    last_exposure: int
    most_late: int
    last_late: int

    @property
    def orders(self) -> int:
        """All that were decided."""
        return self.approved.count + self.review.count + self.declined.count

    @property
    def approval_rate(self) -> Decimal | None:
        """The share of orders approved without a person; None if there were none."""
        return _share(self.approved.count, self.orders)

    @property
    def approval_rate_by_value(self) -> Decimal | None:
        """The share of their value."""
        return _share(
            self.approved.amount, self.approved.amount + self.review.amount + self.declined.amount
        )


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / whole).quantize(_RATIO, rounding=ROUND_HALF_UP) if whole else None


@dataclass(frozen=True, slots=True)
class Difference:
    """What the draft changes: orders with another outcome, and what that does."""

    changed: Tally
    stricter: Tally
    looser: Tally
    losses_avoided: Tally
    losses_added: Tally
    sales_lost: Tally
    sales_gained: Tally
    not_known: Tally


@dataclass(frozen=True, slots=True)
class RuleTotal:
    """What one rule or setting changed. An order that several changed counts in each of them."""

    rule: str
    orders: int
    amount: int
    stricter: int
    looser: int
    losses_avoided: int
    losses_added: int
    sales_lost: int
    sales_gained: int


@dataclass(frozen=True, slots=True)
class Change:
    """An order that the draft decides otherwise.

    ``amount`` is in minor units of ``currency``, ``value`` in those of the backtest's, None without a
    rate. ``rules`` are those that made the difference. ``bad`` is what of it was paid too late or
    never, ``good`` what was paid well; both in the backtest's currency.
    """

    order: str
    buyer: str
    buyer_name: str
    at: datetime
    on: date
    amount: int
    currency: str
    value: int | None
    live: Outcome
    draft: Outcome
    live_reasons: tuple[str, ...]
    draft_reasons: tuple[str, ...]
    rules: tuple[str, ...]
    effect: Effect
    bad: int
    good: int


class Moment(NamedTuple):
    """The evening of a day in both worlds: exposure, and what of it was late."""

    on: date
    live: int
    draft: int
    live_late: int
    draft_late: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """The whole result.

    ``unconverted`` orders count, but have no rate, so no amount here includes them. ``drawn`` orders
    had no known payment. ``assumptions`` are codes (:data:`ASSUMPTIONS`) with what each names.
    """

    currency: str
    from_on: date | None
    until_on: date | None
    known_until: date
    late_days: int
    orders: int
    returns: int
    unconverted: int
    drawn: int
    live: PolicyFigures
    draft: PolicyFigures
    difference: Difference
    rules: tuple[RuleTotal, ...]
    series: tuple[Moment, ...]
    assumptions: tuple[tuple[str, str], ...]

    def of_file(self, *, nameless: int, open_items_only: bool) -> Backtest:
        """The same, saying what the file it was played from leaves out."""
        more: list[tuple[str, str]] = []
        if nameless:
            more.append(("no_buyer", str(nameless)))
        if open_items_only:
            more.append(("open_items_only", ""))
        return replace(self, assumptions=(*self.assumptions, *more))

    def to_document(self) -> dict[str, Any]:
        """The result as it is stored and answered: days as text, rates as text."""
        document: dict[str, Any] = _plain(asdict(self))
        for side in ("live", "draft"):
            figures: PolicyFigures = getattr(self, side)
            document[side] |= {
                "orders": figures.orders,
                "approval_rate": _text(figures.approval_rate),
                "approval_rate_by_value": _text(figures.approval_rate_by_value),
            }
        document["series"] = [_plain(moment._asdict()) for moment in self.series]
        document["assumptions"] = [
            {"code": code, "value": value, "text": assumption_text(code, value=value)}
            for code, value in self.assumptions
        ]
        return document


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def _text(ratio: Decimal | None) -> str | None:
    return None if ratio is None else str(ratio)


def change_to_document(change: Change) -> dict[str, Any]:
    """A changed order as it is stored and answered."""
    document: dict[str, Any] = _plain(asdict(change))
    return document


def assumption_text(code: str, *, value: str) -> str:
    """What an assumption says, in English."""
    return ASSUMPTIONS[code].replace("{}", value)


ASSUMPTIONS: Final[Mapping[str, str]] = {
    "reviews_approve": "Orders that went to a person count as approved by that person.",
    "reviews_decline": "Orders that went to a person count as declined by that person.",
    "own_world": "Each policy is played in a world of its own: only what it lets through is owed,"
    " and facts about the buyer come from what happened there.",
    "late_days": "An invoice counts as late when it is paid more than {} days after it was due, and"
    " as never paid when it was still open that long after when the history ends.",
    "paid_as_history": "Orders whose payment is known are paid on the day on which they were,"
    " whatever terms the policy would have given.",
    "paid_as_drawn": "{} orders have no known payment; their buyers pay as invented payers do, the"
    " same on every run.",
    "remembered": "{} earlier orders were taken as they were, so that buyers are not all new on the"
    " first day.",
    "history_limits": "Credit limits are those that the history has.",
    "rule_limits": "Where the history has no limit it comes from the policy's own proposals, else"
    " from the rule first_order_multiple, and is reviewed each month.",
    "unknown_facts": "What the history does not tell is not known: rules that need it send the order"
    " to a person.",
    "no_prepayment": "Nobody pays before the order: terms that ask for it are not met.",
    "no_groups": "Limits that several lines share, and open items that only an ERP knows, are not"
    " played.",
    "unconverted": "{} orders have no exchange rate; they are counted, but their amounts are not.",
    "open_items_only": "The file lists only what was still open: what had been paid before is"
    " missing, so sales and payment records are larger than shown.",
    "no_buyer": "{} documents of the file name no buyer, or come to nothing, and were passed over.",
}
"""What a result may rest on, by a stable code; ``{}`` stands for a figure."""
