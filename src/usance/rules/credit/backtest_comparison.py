"""Two policies' answers to the same orders, added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Final

from usance.rules.credit.backtest_history import PastOrder, in_base
from usance.rules.credit.backtest_reasons import stricter, what_changed
from usance.rules.credit.backtest_result import (
    Backtest,
    Change,
    Difference,
    Effect,
    Moment,
    PolicyFigures,
    RuleTotal,
    Tally,
)
from usance.rules.credit.backtest_world import Assumed, Judged, Point

MOST_MOMENTS: Final = 400
"""Points of the series that are kept; a longer one keeps each seventh day, or fewer."""


class _Side:
    """The figures of one policy."""

    def __init__(self) -> None:
        self.outcomes = {"approved": Tally(), "review": Tally(), "declined": Tally()}
        self.passed = self.late = self.unpaid = Tally()

    def add(self, judged: Judged, *, value: int, bad: Sequence[tuple[str, int]]) -> None:
        outcome = judged.decision.outcome
        self.outcomes[outcome] = self.outcomes[outcome].plus(value)
        if judged.passed:
            self.passed = self.passed.plus(value)
        for fate, amount in bad:
            if fate == "late":
                self.late = self.late.plus(amount)
            elif fate == "unpaid":
                self.unpaid = self.unpaid.plus(amount)

    def figures(self, points: Sequence[Point]) -> PolicyFigures:
        most = max(points, key=lambda point: point.exposure, default=None)
        return PolicyFigures(
            approved=self.outcomes["approved"],
            review=self.outcomes["review"],
            declined=self.outcomes["declined"],
            passed=self.passed,
            late=self.late,
            unpaid=self.unpaid,
            most_exposure=most.exposure if most else 0,
            most_exposure_on=most.on if most else None,
            average_exposure=sum(p.exposure for p in points) // len(points) if points else 0,
            last_exposure=points[-1].exposure if points else 0,
            most_late=max((point.late for point in points), default=0),
            last_late=points[-1].late if points else 0,
        )


class Comparison:
    """What has been compared so far. ``returns`` counts what came back, ``remembered`` the earlier
    orders that were taken as they were."""

    def __init__(self, assumed: Assumed) -> None:
        self._assumed = assumed
        self.returns = self.remembered = 0
        self._orders = self._unconverted = self._drawn = self._with_limit = 0
        self._from_on: date | None = None
        self._until_on: date | None = None
        self._live, self._draft = _Side(), _Side()
        self._difference = {part.name: Tally() for part in fields(Difference)}
        self._rules: dict[str, dict[str, int]] = {}

    def compare(self, order: PastOrder, live: Judged, draft: Judged) -> Change | None:
        """Count what both said to ``order``; what changed, if the outcomes differ."""
        self._orders += 1
        self._from_on = self._from_on or order.on
        self._until_on = order.on
        self._drawn += order.invoices is None
        self._with_limit += order.limit is not None
        value = in_base(order.amount, order, base=self._assumed.currency)
        self._unconverted += value is None
        for side, judged in ((self._live, live), (self._draft, draft)):
            side.add(judged, value=value or 0, bad=self._fates(order, judged))
        if live.decision.outcome == draft.decision.outcome:
            return None
        change = self._change(order, live, draft, value=value)
        self._count(change)
        return change

    def _fates(self, order: PastOrder, judged: Judged) -> list[tuple[str, int]]:
        base = self._assumed.currency
        return [
            (fate, in_base(invoice.amount, order, base=base) or 0)
            for invoice, fate in judged.invoices
        ]

    def _change(
        self, order: PastOrder, live: Judged, draft: Judged, *, value: int | None
    ) -> Change:
        fates = self._fates(order, live if live.passed else draft)
        bad = sum(amount for fate, amount in fates if fate in ("late", "unpaid"))
        good = sum(amount for fate, amount in fates if fate == "paid")
        return Change(
            order=order.id,
            buyer=order.buyer,
            buyer_name=order.buyer_name,
            at=order.at,
            on=order.on,
            amount=order.amount,
            currency=order.currency,
            value=value,
            live=live.decision.outcome,
            draft=draft.decision.outcome,
            live_reasons=live.reasons,
            draft_reasons=draft.reasons,
            rules=what_changed(
                live=live.decision.outcome,
                live_reasons=live.reasons,
                draft=draft.decision.outcome,
                draft_reasons=draft.reasons,
            ),
            effect=_effect(live, draft, bad=bad, good=good),
            bad=bad if live.passed != draft.passed else 0,
            good=good if live.passed != draft.passed else 0,
        )

    def _count(self, change: Change) -> None:
        value = change.value or 0
        direction = "stricter" if stricter(change.live, change.draft) > 0 else "looser"
        self._add("changed", value)
        self._add(direction, value)
        bad_name, good_name = _NAMES[direction]
        if change.bad:
            self._add(bad_name, change.bad)
        if change.good:
            self._add(good_name, change.good)
        if change.effect == "not_known":
            self._add("not_known", value)
        for rule in change.rules:
            total = self._rules.setdefault(
                rule, {part.name: 0 for part in fields(RuleTotal) if part.name != "rule"}
            )
            total["orders"] += 1
            total["amount"] += value
            total[direction] += 1
            total[bad_name] += change.bad
            total[good_name] += change.good

    def _add(self, name: str, amount: int) -> None:
        self._difference[name] = self._difference[name].plus(amount)

    def result(self, *, live: Sequence[Point], draft: Sequence[Point]) -> Backtest:
        """Everything, once the last order has been compared."""
        live, draft = self._decided_days(live), self._decided_days(draft)
        rules = [RuleTotal(rule=name, **total) for name, total in self._rules.items()]
        assumed = self._assumed
        return Backtest(
            currency=assumed.currency,
            from_on=self._from_on,
            until_on=self._until_on,
            known_until=assumed.known_until,
            late_days=assumed.late_days,
            orders=self._orders,
            returns=self.returns,
            unconverted=self._unconverted,
            drawn=self._drawn,
            live=self._live.figures(live),
            draft=self._draft.figures(draft),
            difference=Difference(**self._difference),
            rules=tuple(sorted(rules, key=lambda one: (-one.orders, one.rule))),
            series=_thinned(live, draft),
            assumptions=self._assumptions(),
        )

    def _decided_days(self, points: Sequence[Point]) -> Sequence[Point]:
        """The days from the first order that was decided."""
        first = self._from_on
        return [point for point in points if first is not None and point.on >= first]

    def _assumptions(self) -> tuple[tuple[str, str], ...]:
        found = [
            ("own_world", ""),
            (f"reviews_{self._assumed.reviews}", ""),
            ("late_days", str(self._assumed.late_days)),
        ]
        if self._drawn < self._orders:
            found.append(("paid_as_history", ""))
        if self._drawn:
            found.append(("paid_as_drawn", str(self._drawn)))
        if self._with_limit:
            found.append(("history_limits", ""))
        if self._with_limit < self._orders:
            found.append(("rule_limits", ""))
        if self.remembered:
            found.append(("remembered", str(self.remembered)))
        if self._unconverted:
            found.append(("unconverted", str(self._unconverted)))
        return (*found, ("unknown_facts", ""), ("no_prepayment", ""), ("no_groups", ""))


_NAMES: Final = {
    "stricter": ("losses_avoided", "sales_lost"),
    "looser": ("losses_added", "sales_gained"),
}
"""What bad and good invoices are called when the draft is stricter, or looser."""


def _effect(live: Judged, draft: Judged, *, bad: int, good: int) -> Effect:
    if live.passed == draft.passed:
        return "no_difference"
    if bad:
        return "loss_avoided" if live.passed else "loss_added"
    if good:
        return "sale_lost" if live.passed else "sale_gained"
    return "not_known"


def _thinned(live: Sequence[Point], draft: Sequence[Point]) -> tuple[Moment, ...]:
    """Both worlds evening by evening; every seventh, fourteenth... of a long history, and the last."""
    moments = [
        Moment(one.on, one.exposure, other.exposure, one.late, other.late)
        for one, other in zip(live, draft, strict=True)
    ]
    step = 1
    while len(moments) > MOST_MOMENTS * step:
        step = 7 if step == 1 else step * 2
    return tuple(reversed(moments[::-1][::step]))
