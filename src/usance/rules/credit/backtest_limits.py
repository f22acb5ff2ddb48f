"""Which limit a buyer has in one world of a backtest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from usance.rules.credit.application import Application
from usance.rules.credit.backtest_book import LineBook
from usance.rules.credit.backtest_history import PastOrder
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.known_facts import in_order_currency, known_facts
from usance.rules.credit.policy import Policy
from usance.rules.credit.starting_limit import LimitRule


class Limits:
    """Limits as the history has them; else as the policy's ``suggest`` rules propose them; else by a
    named rule. Proposals are taken as they are, once a month for each line."""

    def __init__(self, policy: Policy, *, rule: LimitRule) -> None:
        self._policy, self._rule = policy, rule
        self._suggests = bool(policy.rules and policy.compiled.suggestions)

    @property
    def reads(self) -> frozenset[str]:
        """The facts that the proposals rest on."""
        return self._policy.compiled.suggesting.reads if self._suggests else frozenset()

    def is_due(self, line: LineBook, order: PastOrder) -> bool:
        """Whether the line's limit is to be found before ``order`` is decided."""
        return order.limit is None and line.reviewed != (order.on.year, order.on.month)

    def review(self, line: LineBook, order: PastOrder, *, facts: Mapping[str, Any]) -> None:
        """Give ``line`` its first limit, or the limit of this month."""
        suggested = self._suggested(line, order, facts=facts)
        if suggested is not None:
            line.limit = suggested
        elif line.limit is None:
            line.limit = self._rule.starting_limit(order.amount)
        else:
            line.limit = self._rule.reviewed_limit(line.limit, line.payment_record(order.on))
        line.reviewed = (order.on.year, order.on.month)

    def _suggested(
        self, line: LineBook, order: PastOrder, *, facts: Mapping[str, Any]
    ) -> int | None:
        """What the first proposal that applies comes to, in the order's currency; None: none does, or
        one cannot be answered."""
        if not self._suggests:
            return None
        asked = application(order, line, facts=facts)
        known = known_facts(
            asked, exposure(order, line, limit=0), self._policy, on=order.on, reads=self.reads
        )
        suggesting = self._policy.compiled.suggesting
        results = suggesting.program.evaluate(known)
        for place in range(0, len(results), 2):
            applies, amount = results[place], results[place + 1]
            if applies is None or (applies and amount is None):
                return None
            if applies:
                return in_order_currency(max(amount, 0), asked=asked, policy=self._policy)
        return None


def application(order: PastOrder, line: LineBook, *, facts: Mapping[str, Any]) -> Application:
    """What a policy is asked about ``order``."""
    return Application(
        amount=order.amount,
        currency=order.currency,
        line_state=order.line_state,
        oldest_due_on=line.oldest_due_on(),
        requested_terms=order.terms,
        offered=order.offered,
        largest_line=order.largest_line,
        rate=order.rate,
        facts=facts,
    )


def exposure(order: PastOrder, line: LineBook, *, limit: int) -> Exposure:
    """How the line stands when ``order`` comes."""
    return Exposure(
        currency=order.currency,
        limit=limit,
        tolerance=order.tolerance,
        commitments=line.commitments,
        receivable=line.receivable,
        external=0,
        unapplied_cash=0,
    )
