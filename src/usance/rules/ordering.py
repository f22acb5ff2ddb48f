"""A buyer's own rules for its orders: who may order how much, with which papers, and who approves.

They come before the seller's decision. A member beyond its own limit is refused, unless the buyer has
an approval chain that can answer for the order: then the chain is asked instead.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

MEMBER_ROLES: Final = ("purchaser", "approver", "payer", "admin")
ORDERING: Final = frozenset({"purchaser", "approver", "admin"})
"""Roles of those who may order. A payer sees to invoices."""
APPROVING: Final = ("approver", "admin")
"""Roles that a step of an approval chain may ask for."""
PERIODS: Final = ("day", "week", "month")


def period_start(period: str, on: date) -> date:
    """The first day of the day, week (from Monday, ISO 8601) or month in which ``on`` lies."""
    if period == "week":
        return on - timedelta(days=on.weekday())
    return on.replace(day=1) if period == "month" else on


@dataclass(frozen=True, slots=True)
class Spender:
    """The member who orders. Amounts are minor units of the limits' currency.

    ``spent`` is what its standing orders of the period come to, ``amount`` this order; either is
    None where something cannot be converted. A limit that is None does not bind.
    """

    role: str
    order_limit: int | None = None
    period_limit: int | None = None
    spent: int | None = 0
    amount: int | None = 0

    @property
    def may_order(self) -> bool:
        """Whether the role is one that orders."""
        return self.role in ORDERING

    @property
    def over(self) -> tuple[str, ...]:
        """Which of its limits the order goes beyond; what cannot be converted goes beyond all."""
        over = []
        if self.order_limit is not None and (self.amount is None or self.amount > self.order_limit):
            over.append("over_member_order_limit")
        if self.period_limit is not None and (
            self.amount is None
            or self.spent is None
            or self.spent + self.amount > self.period_limit
        ):
            over.append("over_member_period_limit")
        return tuple(over)


@dataclass(frozen=True, slots=True)
class ChainStep:
    """A step of an approval chain: orders above ``above`` (minor units of ``currency``) of its cost
    centre (empty: of any) need the named ``approver``, or a member with ``role``."""

    position: int
    above: int
    currency: str
    role: str = "approver"
    approver: UUID | None = None
    cost_centre: str = ""

    def to_document(self) -> dict[str, Any]:
        """The step as it is kept with an order."""
        return {
            "position": self.position,
            "above": self.above,
            "currency": self.currency,
            "role": self.role,
            "approver": None if self.approver is None else str(self.approver),
            "cost_centre": self.cost_centre,
        }


def step_from_document(document: Mapping[str, Any]) -> ChainStep:
    """The reverse of ``to_document``."""
    approver = document["approver"]
    return ChainStep(
        position=document["position"],
        above=document["above"],
        currency=document["currency"],
        role=document["role"],
        approver=None if approver is None else UUID(approver),
        cost_centre=document["cost_centre"],
    )


class Asked(NamedTuple):
    """A step, and what the order comes to in its currency; None where it cannot be converted."""

    step: ChainStep
    amount: int | None

    @property
    def applies(self) -> bool:
        """Whether the order is large enough. One that cannot be compared is."""
        return self.amount is None or self.amount > self.step.above


@dataclass(frozen=True, slots=True)
class Ordering:
    """An order as its buyer's own rules see it.

    ``spender`` is None where the order names nobody, or with ``names_member`` somebody who is not a
    member. ``cost_centre_known`` is None where there is nothing to check it against. ``chain`` are the
    steps of the order's cost centre and of any, by position.
    """

    names_member: bool = False
    spender: Spender | None = None
    members_only: bool = False
    po_required: bool = False
    has_po: bool = False
    po_used: bool = False
    cost_centre_known: bool | None = None
    chain: Sequence[Asked] = field(default=())

    def after(self, spent: int | None) -> Ordering:
        """The same order of a member who has ``spent`` so much in its period."""
        assert self.spender is not None
        return replace(self, spender=replace(self.spender, spent=spent))


class Ruling(NamedTuple):
    """Why the order is refused, and the steps that it must go through first."""

    refusals: tuple[str, ...]
    steps: tuple[ChainStep, ...]


def rule(order: Ordering) -> Ruling:
    """What the buyer's own rules say to ``order``. Refused for good where papers or the member are
    wrong; beyond a member's limit only where no step of the chain can answer for it."""
    refusals = []
    if order.po_required and not order.has_po:
        refusals.append("po_number_required")
    if order.po_used:
        refusals.append("po_number_used")
    spender = order.spender
    if order.names_member:
        if spender is None or not spender.may_order:
            refusals.append("unknown_member")
    elif order.members_only:
        refusals.append("member_required")
    if order.cost_centre_known is False:
        refusals.append("unknown_cost_centre")
    over = spender.over if spender is not None else ()
    steps = tuple(asked.step for asked in order.chain if asked.applies)
    if over and not steps:
        # An exception that is too small for the chain is still one: its first step answers for it.
        steps = tuple(asked.step for asked in order.chain[:1])
        if not steps:
            refusals += over
    return Ruling(tuple(refusals), () if refusals else steps)


class Person(NamedTuple):
    """A member who has not left."""

    id: UUID
    role: str


def who_may_approve(
    step: ChainStep,
    people: Sequence[Person],
    *,
    ordered_by: UUID | None,
    spoken: Collection[UUID],
) -> list[Person]:
    """Those of ``people`` who may take ``step``.

    Nobody approves an order of its own, and nobody approves twice. A step that names somebody is
    that person's; where it cannot be (it has left, ordered itself, lost the role or has spoken), it
    is anybody's with the step's role. An administrator may always.
    """
    free = [
        person
        for person in people
        if person.role in APPROVING and person.id != ordered_by and person.id not in spoken
    ]
    named = any(person.id == step.approver for person in free)
    return [
        person
        for person in free
        if person.role == "admin"
        or (person.id == step.approver if named else person.role == step.role)
    ]


class InvalidChain(ValueError):
    """The steps contradict themselves, or name nobody who could take them."""

    code = "invalid_approval_chain"


MOST_STEPS: Final = 10


def check_chain(steps: Sequence[ChainStep], *, approvers: Collection[UUID]) -> None:
    """Raise InvalidChain unless every step can be taken by somebody else than the step before.

    ``approvers`` are the members whose role lets them approve.
    """
    if len(steps) > MOST_STEPS:
        raise InvalidChain(f"A chain has at most {MOST_STEPS} steps.")
    for step in steps:
        if step.role not in APPROVING:
            raise InvalidChain(f"{step.role!r} cannot approve; choose from {', '.join(APPROVING)}.")
        if step.approver is not None and step.approver not in approvers:
            raise InvalidChain(
                f"Step {step.position} names somebody who is no approver or administrator of this"
                " buyer; change the role first, or name another."
            )
    for n, step in enumerate(steps):
        for other in steps[:n]:
            if step.approver is not None and step.approver == other.approver:
                both = {step.cost_centre, other.cost_centre}
                if len(both) == 1 or "" in both:
                    raise InvalidChain(
                        f"Steps {other.position} and {step.position} name the same person, and"
                        " nobody approves an order twice."
                    )
