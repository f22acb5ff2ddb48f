"""The ledger's accounts and the entries that move them.

Debits are positive and credits negative, in minor units; an entry sums to zero per currency. Every
posting carries the buyer it concerns, the seller's own accounts too, so that each buyer's books
balance by themselves and no row is shared by all checkouts of a seller.

    exposure  = commitments + receivable + external - unapplied cash
    available = limit + tolerance - exposure
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

COMMITMENTS: Final = "commitments"
COMMITMENTS_CONTRA: Final = "commitments_contra"
RECEIVABLE: Final = "receivable"
UNAPPLIED_CASH: Final = "unapplied_cash"
REVENUE: Final = "revenue"
TAX: Final = "tax"
BANK: Final = "bank"
BAD_DEBT: Final = "bad_debt"
CLEARING: Final = "clearing"
FEES: Final = "fees"
INTEREST: Final = "interest"
DISCOUNTS: Final = "discounts"
DIFFERENCES: Final = "differences"
EXCHANGE: Final = "exchange"
CURRENCY_DIFFERENCES: Final = "currency_differences"
FUNDING: Final = "funding"

ACCOUNTS: Final = (
    COMMITMENTS,
    COMMITMENTS_CONTRA,
    RECEIVABLE,
    UNAPPLIED_CASH,
    "disputed",
    REVENUE,
    TAX,
    BANK,
    CLEARING,
    FEES,
    INTEREST,
    DISCOUNTS,
    DIFFERENCES,
    EXCHANGE,
    CURRENCY_DIFFERENCES,
    BAD_DEBT,
    FUNDING,
)
"""Every account of the chart. Commitments are a memo pair: held, not yet owed.

``clearing`` is money that a payment provider or a debit scheme owes us and the bank has not booked
yet; ``differences`` are small amounts that were given up; ``exchange`` is what was converted from
one currency into another, with its opposite in the other currency, and ``currency_differences`` what
the rate brought or cost.
"""

_HELD_BY_OTHERS: Final = frozenset({"card", "direct_debit", "ach"})
"""Ways to pay in which a provider or a scheme has the money before the bank books it."""

DEDUCTIONS: Final = {
    "discount": DISCOUNTS,
    "bank_charges": FEES,
    "tolerance": DIFFERENCES,
}
"""What may be taken off an invoice when a payment settles it, and the account that bears it."""


class Unbalanced(ValueError):
    """The postings of an entry do not sum to zero."""

    code = "unbalanced_entry"


@dataclass(frozen=True, slots=True)
class Posting:
    """``amount`` minor units of the entry's currency on ``account``; a debit is positive."""

    account: str
    amount: int
    buyer_id: UUID | None


def balanced(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """The postings that move something, in a fixed order; Unbalanced if they do not sum to zero."""
    sums: defaultdict[tuple[UUID | None, str], int] = defaultdict(int)
    for posting in postings:
        sums[posting.buyer_id, posting.account] += posting.amount
    if sum(sums.values()) != 0:
        raise Unbalanced(f"The postings sum to {sum(sums.values())} instead of zero.")
    return tuple(
        Posting(account, amount, buyer_id)
        for (buyer_id, account), amount in sorted(
            sums.items(), key=lambda item: (str(item[0][0]), item[0][1])
        )
        if amount
    )


def commitment(buyer_id: UUID, *, amount: int) -> tuple[Posting, ...]:
    """Hold ``amount`` of credit for an authorized order; a negative amount lets it go."""
    return balanced(
        (
            Posting(COMMITMENTS, amount, buyer_id),
            Posting(COMMITMENTS_CONTRA, -amount, buyer_id),
        )
    )


def invoice(buyer_id: UUID, *, net: int, tax: int, released: int) -> tuple[Posting, ...]:
    """What was held (``released``) becomes owed: ``net`` of revenue and ``tax`` for the state."""
    return balanced(
        (
            *commitment(buyer_id, amount=-released),
            Posting(RECEIVABLE, net + tax, buyer_id),
            Posting(REVENUE, -net, buyer_id),
            Posting(TAX, -tax, buyer_id),
        )
    )


def credit_note(buyer_id: UUID, *, net: int, tax: int) -> tuple[Posting, ...]:
    """Take back ``net`` of revenue and ``tax`` from what is owed."""
    return balanced(
        (
            Posting(RECEIVABLE, -(net + tax), buyer_id),
            Posting(REVENUE, net, buyer_id),
            Posting(TAX, tax, buyer_id),
        )
    )


def late_charge(buyer_id: UUID, *, amount: int) -> tuple[Posting, ...]:
    """Late interest and compensation are claimed; a negative amount, what of it is given up again.

    Neither is consideration for a supply, so no tax is in it (CJEU, C-222/81, BAZ Bausystem).
    """
    return balanced((Posting(RECEIVABLE, amount, buyer_id), Posting(INTEREST, -amount, buyer_id)))


def place_of(method: str) -> str:
    """The account on which money that came by ``method`` is first: CLEARING or BANK."""
    return CLEARING if method in _HELD_BY_OTHERS else BANK


def refunded_from(method: str) -> str:
    """The account that a refund of money which came by ``method`` leaves.

    A provider of card payments gives back out of what it owes; a debit scheme collects only, so that what
    it brought is given back by a transfer from the bank.
    """
    return CLEARING if method == "card" else BANK


def receipt(buyer_id: UUID | None, *, amount: int, into: str = BANK) -> tuple[Posting, ...]:
    """Money has come in; until it is allocated the seller owes it to the payer.

    Without a buyer it waits on the seller's own unapplied cash until the payer is known. ``into`` is
    CLEARING where a provider or a scheme has it and the bank will book it later.
    """
    return balanced((Posting(into, amount, buyer_id), Posting(UNAPPLIED_CASH, -amount, buyer_id)))


def identification(buyer_id: UUID, *, amount: int, into: str = BANK) -> tuple[Posting, ...]:
    """Money of an unknown payer, none of it used yet, turns out to be ``buyer_id``'s; not to be, if
    ``amount`` is negative. ``into`` is where it lies."""
    return balanced(
        (
            Posting(UNAPPLIED_CASH, amount, None),
            Posting(into, -amount, None),
            Posting(UNAPPLIED_CASH, -amount, buyer_id),
            Posting(into, amount, buyer_id),
        )
    )


def allocation(
    buyer_id: UUID, *, amount: int, deduction: int = 0, deduction_kind: str = ""
) -> tuple[Posting, ...]:
    """Unapplied cash pays what is owed; a negative amount takes the allocation back.

    ``deduction`` is the part of ``amount`` (same sign) that is given up instead of paid, on the
    account of its kind.
    """
    given_up = [Posting(DEDUCTIONS[deduction_kind], deduction, buyer_id)] if deduction else []
    return balanced(
        (
            Posting(UNAPPLIED_CASH, amount - deduction, buyer_id),
            *given_up,
            Posting(RECEIVABLE, -amount, buyer_id),
        )
    )


def conversion(buyer_id: UUID, *, used: int, rate_difference: int) -> tuple[Posting, ...]:
    """Unapplied cash of one currency is converted to pay what is owed in another: its own side.

    ``used`` is what is taken of it, ``rate_difference`` how much more that is than on the day of the
    invoice: a gain, a loss if negative. The other side is :func:`converted_allocation`.
    """
    return balanced(
        (
            Posting(UNAPPLIED_CASH, used, buyer_id),
            Posting(EXCHANGE, rate_difference - used, buyer_id),
            Posting(CURRENCY_DIFFERENCES, -rate_difference, buyer_id),
        )
    )


def converted_allocation(
    buyer_id: UUID, *, amount: int, deduction: int = 0, deduction_kind: str = ""
) -> tuple[Posting, ...]:
    """What was converted from another currency pays what is owed, as :func:`allocation` says."""
    given_up = [Posting(DEDUCTIONS[deduction_kind], deduction, buyer_id)] if deduction else []
    return balanced(
        (
            Posting(EXCHANGE, amount - deduction, buyer_id),
            *given_up,
            Posting(RECEIVABLE, -amount, buyer_id),
        )
    )


def write_off(buyer_id: UUID, *, amount: int) -> tuple[Posting, ...]:
    """What will not be paid becomes a loss."""
    return balanced((Posting(BAD_DEBT, amount, buyer_id), Posting(RECEIVABLE, -amount, buyer_id)))


def refund(buyer_id: UUID | None, *, amount: int, out_of: str = BANK) -> tuple[Posting, ...]:
    """Unapplied cash goes back to the payer: refunded, returned by the bank or charged back.

    ``out_of`` is CLEARING where a provider or a scheme gives it back.
    """
    return balanced((Posting(UNAPPLIED_CASH, amount, buyer_id), Posting(out_of, -amount, buyer_id)))


def fee(buyer_id: UUID | None, *, amount: int, out_of: str = BANK) -> tuple[Posting, ...]:
    """A bank or a provider keeps ``amount`` for its work."""
    return balanced((Posting(FEES, amount, buyer_id), Posting(out_of, -amount, buyer_id)))


def payout(
    *, amount: int, buyer_id: UUID | None = None, kept_back: int = 0, out_of: str = CLEARING
) -> tuple[Posting, ...]:
    """The bank has booked what a provider or a scheme owed us; a negative amount, what it took back.

    ``buyer_id`` where it is known whose money it was, so that nothing of it is left in CLEARING.
    ``kept_back`` of the amount is the provider's fee. ``out_of`` is EXCHANGE where the provider owed
    another currency and converted it; the side of that currency is :func:`converted_payout`.
    """
    return balanced(
        (
            Posting(BANK, amount - kept_back, buyer_id),
            Posting(FEES, kept_back, buyer_id),
            Posting(out_of, -amount, buyer_id),
        )
    )


def converted_payout(*, amount: int, buyer_id: UUID | None = None) -> tuple[Posting, ...]:
    """What a provider owed in one currency it pays out in another: the side of the one that it owed."""
    return balanced((Posting(EXCHANGE, amount, buyer_id), Posting(CLEARING, -amount, buyer_id)))


def paid_twice(buyer_id: UUID, *, amount: int) -> tuple[Posting, ...]:
    """A scheme took back money that had gone back to the buyer before: a loss, until it is claimed."""
    return balanced((Posting(BAD_DEBT, amount, buyer_id), Posting(CLEARING, -amount, buyer_id)))


def advance(buyer_id: UUID, *, amount: int, kept_back: int) -> tuple[Posting, ...]:
    """A partner pays out ``amount`` on an invoice and keeps its fee. The receivable stays: the seller
    collects it and owes the partner what it was advanced, with recourse or without."""
    return balanced(
        (
            Posting(BANK, amount - kept_back, buyer_id),
            Posting(FEES, kept_back, buyer_id),
            Posting(FUNDING, -amount, buyer_id),
        )
    )


def remittance(buyer_id: UUID, *, amount: int, interest: int = 0) -> tuple[Posting, ...]:
    """``amount`` of an advance goes back to the partner, with the interest on it; a negative amount,
    what the partner gives back."""
    return balanced(
        (
            Posting(FUNDING, amount, buyer_id),
            Posting(FEES, interest, buyer_id),
            Posting(BANK, -(amount + interest), buyer_id),
        )
    )


def absorbed(buyer_id: UUID, *, amount: int) -> tuple[Posting, ...]:
    """The partner bears ``amount`` of a loss; a negative amount takes that back."""
    return balanced((Posting(FUNDING, amount, buyer_id), Posting(BAD_DEBT, -amount, buyer_id)))


def compensation(buyer_id: UUID, *, amount: int) -> tuple[Posting, ...]:
    """An insurer pays ``amount`` of a loss."""
    return balanced((Posting(BANK, amount, buyer_id), Posting(BAD_DEBT, -amount, buyer_id)))
