"""Where the simulation trades: a seller, three buyers, and how an act is tried."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.flows import books
from tests.flows.bank_files import Booking
from tests.simulation import model
from usance.flows import credit_lines, matching_rules, onboarding
from usance.flows.checkout import Authorization, OrderRequest
from usance.flows.refusals import Refused
from usance.records.invoices.models import Invoice
from usance.rules.credit.policy import Policy
from usance.rules.invoicing.serial import from_json
from usance.rules.orders import InvalidOrder
from usance.rules.states import CREDIT_LINE, CREDIT_LINE_STATES

LIMIT, TOLERANCE, REVIEWED = 100_000, 5_000, 60_000
POLICY = Policy(overdue_days=30, review_above={"EUR": REVIEWED}, authorization_days=30)
AMOUNTS = st.integers(1, 12_000) | st.sampled_from([9_000, 60_000, 60_001, 105_000, 105_001])
PICK = st.integers(0, 2) | st.integers(0, 10**6)
"""Which row, the latest first: what was just done is most often done again, or undone."""
PERCENT = st.sampled_from([0, 1, 33, 50, 50, 99, 100, 100, 101])


class Market(RuleBasedStateMachine):
    """One seller and three buyers; the model beside it knows what every figure must be."""

    def __init__(self) -> None:
        super().__init__()
        self.books = model.Books()
        self.at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
        self.requests: list[tuple[OrderRequest, Authorization]] = []
        self.files: list[tuple[list[Booking], bytes]] = []
        self.steps = 0
        self.returns = 0

    @initialize()
    def open_for_business(self) -> None:
        self.seller = onboarding.create_seller(
            name="Officine Brera",
            handle=f"sim-{secrets.token_hex(8)}",
            country="IT",
            currency="EUR",
            time_zone="Europe/Rome",
            at=self.at,
            policy=POLICY,
        )
        matching_rules.set_rules(
            self.seller,
            self_book_from=9_900,
            tolerance_amount=0,  # what is short stays owed: the model gives nothing up
            tolerance_basis_points=0,
            charges_limit=0,
            discount_grace_days=0,
            large_from=1_000_000,
            book_part_payments=True,
            second_person_from=None,
            **self.act,
        )
        for n in range(3):
            buyer = onboarding.create_buyer(self.seller, name=f"B{n}", country="DE", **self.act)
            credit_lines.set_credit_line(
                self.seller,
                buyer_id=buyer.id,
                currency="EUR",
                limit=LIMIT,
                tolerance=TOLERANCE,
                **self.act,
            )
            self.books.lines[buyer.id] = model.Line(LIMIT, TOLERANCE)

    @property
    def act(self) -> dict[str, Any]:
        return {"at": self.at, "by": "simulation"}

    def pick(self, rows: dict[Any, Any], n: int) -> Any:
        """One of ``rows``, those touched last with the smallest numbers."""
        values = list(rows.values())
        return values[-1 - n % len(values)]

    def pick_live(self, rows: dict[Any, Any], n: int, live: Callable[[Any], bool]) -> Any:
        """As pick, but three times of four one with which something can still be done."""
        able = {key: row for key, row in rows.items() if live(row)}
        return self.pick(able if able and n % 4 else rows, n // 4)

    def expect(self, allowed: bool, act: Callable[[], Any]) -> Any:
        """Do it; where the model says it cannot be done, it must be refused without a trace."""
        if allowed:
            return act()
        with books.refused(self.seller, (Refused, InvalidOrder)):
            act()
        return None

    @staticmethod
    def states(made: Invoice, *, charged: int) -> None:
        """The invoice owes the tax that its document states; what was ``charged`` differs from it by
        what the document rounds."""
        assert made.document is not None
        totals = from_json(made.document).totals
        assert made.tax_amount == (totals.vat or 0) * 100
        assert charged - made.tax_amount == (totals.rounding or 0) * 100

    @rule(n=PICK, state=st.sampled_from(("active",) * 5 + CREDIT_LINE_STATES[:3]))
    def change_line(self, n: int, state: str) -> None:
        buyer = list(self.books.lines)[n % 3]
        line = self.books.lines[buyer]
        act = partial(
            credit_lines.change_line_state,
            self.seller,
            buyer_id=buyer,
            currency="EUR",
            state=state,
            **self.act,
        )
        if self.expect((line.state, state) in CREDIT_LINE, act):
            line.state = state

    @rule(n=PICK, limit=st.sampled_from([0, 50_000, LIMIT, 2 * LIMIT, 4 * LIMIT]))
    def change_limit(self, n: int, limit: int) -> None:
        buyer = list(self.books.lines)[n % 3]
        credit_lines.set_credit_line(
            self.seller,
            buyer_id=buyer,
            currency="EUR",
            limit=limit,
            tolerance=TOLERANCE,
            **self.act,
        )
        self.books.lines[buyer].limit = limit

    @rule(days=st.sampled_from([1, 1, 2, 3, 5, 31]))
    def days_pass(self, days: int) -> None:
        self.at += timedelta(days=days)
