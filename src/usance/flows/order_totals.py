"""What an order comes to grows or shrinks: adjusted, or by freight, packaging and rebates.

Allowances and charges of an order are borne, all of them, by the first shipment or invoice of it after
they were agreed, whatever part of the goods that is; those that come with a shipment by that shipment
alone, and the order grows by them. So each stands on one invoice, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.deciding_again import decide_again
from usance.flows.journal import Journal
from usance.flows.order_books import HELD, hold, locked
from usance.flows.refusals import AmountTooLarge, LimitExceeded, NotApproved, WrongState
from usance.records.credit import actions as credit
from usance.records.credit.models import CreditLine
from usance.records.orders import actions as orders
from usance.records.orders.models import Order
from usance.records.parties.models import Seller
from usance.rules.allowances import MOST_CHARGES, still_open, with_taken
from usance.rules.billing import tax_share
from usance.rules.orders import (
    AllowanceOrCharge,
    InvalidOrder,
    Line,
    charges_of,
    check_order,
    goods_of,
)

GROWTH_APPROVED: Final = 10
"""Percent by which an order that a person let pass may grow before a person is asked again."""


@dataclass(frozen=True, slots=True)
class Part:
    """What of an order ships; ``amount`` includes ``tax_amount``, minor units.

    ``lines`` are its goods, if anybody has said them, and after them its allowances and charges.
    """

    amount: int
    tax_amount: int
    lines: tuple[Line, ...]


def lines_of(order: Order) -> tuple[Line, ...]:
    """The order's lines, its allowances and charges after the goods."""
    return tuple(Line.from_document(line) for line in order.lines)


def part_of(
    order: Order, *, amount: int | None, tax_amount: int | None, lines: Sequence[Line]
) -> Part:
    """The part of the locked ``order`` that ships now. None: all that remains; its share of the tax.

    What no shipment bears yet of the order's allowances and charges is in it. Raises WrongState (all
    has shipped), AmountTooLarge or InvalidOrder.
    """
    if not order.remaining:
        raise WrongState("All of the order has shipped; it waits to be billed.")
    if amount is None:
        amount = order.remaining
    if amount > order.remaining:
        raise AmountTooLarge(
            f"{amount} is more than the {order.remaining} minor units that remain to be shipped and"
            " invoiced; adjust the order first or ship less."
        )
    kept = lines_of(order)
    borne = still_open(kept)
    if tax_amount is None:
        tax_amount = _tax_of(order, amount, lines=lines, borne=borne)
    part = (*lines, *borne)
    check_order(amount=amount, tax_amount=tax_amount, currency=order.currency, lines=part)
    tax_left = order.remaining_tax - tax_amount
    if not 0 <= tax_left <= order.remaining - amount:
        raise InvalidOrder(
            f"With {tax_amount} minor units of tax on this part, {tax_left} of the order's tax"
            f" would be left for {order.remaining - amount}; adjust the order's tax first."
        )
    whole = amount == order.amount and not lines
    return Part(amount, tax_amount, (*goods_of(kept), *borne) if whole else part)


def _tax_of(
    order: Order, amount: int, *, lines: Sequence[Line], borne: Sequence[AllowanceOrCharge]
) -> int:
    """The tax of the part: of its lines, or the goods' share of the order's, with that of its charges."""
    charged, charged_tax = _sums(borne)
    if lines:
        return sum(line.tax_amount for line in lines) + charged_tax
    goods = max(amount - charged, 0)
    left = order.remaining_tax - charged_tax
    return charged_tax + tax_share(
        tax_left=left, amount_left=order.remaining - charged, amount_now=goods
    )


def bear(
    journal: Journal, order: Order, *, part: Part, added: Sequence[AllowanceOrCharge] = ()
) -> Part:
    """``part`` with what is ``added`` at its shipment: the locked order grows by that, and all its
    allowances and charges are borne now.

    Raises LimitExceeded or NotApproved where the order may not grow so, or InvalidOrder where an
    allowance leaves nothing.
    """
    own = tuple(replace(one, added=True) for one in added)
    if not own:
        if charges_of(part.lines):
            kept = [line.to_document() for line in with_taken(lines_of(order))]
            orders.change(order, lines=kept)
        return part
    lines = with_taken(lines_of(order), added=own)
    amount, tax = _sums(own)
    made = Part(part.amount + amount, part.tax_amount + tax, (*part.lines, *own))
    check_order(
        amount=made.amount, tax_amount=made.tax_amount, currency=order.currency, lines=made.lines
    )
    grow(
        journal, order, amount=order.amount + amount, tax_amount=order.tax_amount + tax, lines=lines
    )
    return made


@transaction.atomic
def charge_order(
    seller: Seller,
    *,
    order_id: UUID,
    charges: Sequence[AllowanceOrCharge],
    at: datetime,
    by: str,
    beside: bool = False,
) -> Order:
    """Let ``charges`` take the place of the order's allowances and charges that nothing bears yet, or
    stand ``beside`` them; the order's total moves with them.

    Raises NotFound, WrongState, AmountTooLarge, LimitExceeded, NotApproved or InvalidOrder.
    """
    order = locked(seller, order_id=order_id, states=HELD)
    kept = lines_of(order)
    open_ = still_open(kept)
    if beside:
        charges = (*open_, *charges)
    before, before_tax = _sums(open_)
    after, after_tax = _sums(charges)
    journal = Journal(seller, at=at, by=by)
    adjust(
        journal,
        order,
        amount=order.amount - before + after,
        tax_amount=order.tax_amount - before_tax + after_tax,
        goods=goods_of(kept),
        charges=charges,
    )
    journal.close()
    return order


def adjust(
    journal: Journal,
    order: Order,
    *,
    amount: int,
    tax_amount: int,
    goods: Sequence[Line],
    charges: Sequence[AllowanceOrCharge] | None,
) -> None:
    """Make ``amount`` the total of the locked order: its ``goods``, its allowances and charges that are
    billed or shipped, and ``charges`` (None: those that it has). The caller closes the journal.

    Raises AmountTooLarge (below what is shipped or invoiced already), LimitExceeded, NotApproved or
    InvalidOrder.
    """
    kept = lines_of(order)
    taken = tuple(one for one in charges_of(kept) if one.taken)
    lines = (*goods, *taken, *(still_open(kept) if charges is None else charges))
    if len(lines) - len(goods) > MOST_CHARGES:
        raise InvalidOrder(f"An order has at most {MOST_CHARGES} allowances and charges.")
    check_order(amount=amount, tax_amount=tax_amount, currency=order.currency, lines=lines)
    used = order.invoiced_amount + order.shipped_amount
    used_tax = order.invoiced_tax + order.shipped_tax
    if amount <= used or tax_amount < used_tax:
        raise AmountTooLarge(
            f"{used} minor units, {used_tax} of them tax, are shipped or invoiced already;"
            " adjust to more than that, or void what remains."
        )
    if tax_amount - used_tax > amount - used:
        raise InvalidOrder(
            f"{tax_amount - used_tax} minor units of tax would be left for the {amount - used} that"
            " are not shipped yet; send the tax_amount of the whole order."
        )
    grow(journal, order, amount=amount, tax_amount=tax_amount, lines=lines)


def grow(
    journal: Journal, order: Order, *, amount: int, tax_amount: int, lines: Sequence[Line]
) -> None:
    """Make ``amount`` the total of the locked order, and hold or let go of the difference; what grows
    is decided like a new order. Raises LimitExceeded or NotApproved."""
    change = amount - order.amount
    if change > 0:
        require_room(order, amount=change, on=journal.on)
        _require_approval(journal.seller, order, amount, at=journal.at, on=journal.on)
    hold(journal, order=order, kind="order_adjusted", amount=change)
    journal.tell(
        "order.adjusted",
        object_type="order",
        object_id=order.id,
        buyer_id=order.buyer_id,
        currency=order.currency,
        data={"amount": amount, "before": order.amount},
    )
    fields: dict[str, Any] = {"amount": amount, "tax_amount": tax_amount}
    fields["lines"] = [line.to_document() for line in lines]
    orders.change(order, **fields)


def _sums(charges: Sequence[Line]) -> tuple[int, int]:
    return sum(one.amount for one in charges), sum(one.tax_amount for one in charges)


def _require_approval(seller: Seller, order: Order, amount: int, *, at: datetime, on: date) -> None:
    """The policy must approve the order at its new ``amount``, or a person has approved nearly it."""
    decision = decide_again(seller, order, at=at, on=on, amount=amount).decision
    if decision.outcome == "approved":
        return
    known = set(order.decision.reasons)
    nearly = 100 * amount <= (100 + GROWTH_APPROVED) * order.decision.amount
    if decision.outcome == "review" and nearly and set(decision.reasons) <= known:
        return
    raise NotApproved(
        f"The policy does not approve the order at {amount} minor units:"
        f" {', '.join(decision.reasons)}. Order the difference anew, so that it can be decided."
    )


def require_room(order: Order, *, amount: int, on: date) -> None:
    """The order's line, locked before, must bear ``amount`` more and be active."""
    line = (
        CreditLine.objects.filter(seller_id=order.seller_id, id=order.line_id).first()
        if order.line_id
        else None
    )
    available = credit.room(line, on=on, order_id=order.id) if line else 0
    if line is None or line.state != "active" or amount > available:
        raise LimitExceeded(
            f"{amount} minor units more are needed, {max(available, 0)} are available"
            f" on a line that is {line.state if line else 'missing'}."
        )
