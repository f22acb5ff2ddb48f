"""Money of one currency pays what is owed in another, at the seller's rates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from usance.flows.allocating import Applications
from usance.flows.match_booking import Booking
from usance.flows.refusals import Conflict, Mismatch
from usance.records.credit import group_queries
from usance.records.invoices.models import Invoice
from usance.records.payments.models import BankTransaction, Payment
from usance.rules.matching.model import Proposal, Share
from usance.rules.money import convert, proportion

SLACK_PERCENT: Final = 2
"""What a bank's rate may differ from the seller's: within it, money is taken to be meant for all of it."""
ORDERED_SLACK_PERCENT: Final = 5
"""What it may differ where the bank says that the payer ordered just what is owed: banks keep a margin
and charges. Beyond it somebody says whose rate is right, since the ordered amount is but text that the
payer's bank sent along."""

RATES: Final = ("", "own", "bank")
"""Whose rate converts: the bank's within the slack (empty), the seller's, or the bank's whatever it is."""


class NoExchangeRate(Conflict):
    """The seller has no rate between the two currencies for that day; set it and accept again."""

    code = "no_exchange_rate"


class RatesApart(Conflict):
    """By the seller's rate, what came is far from what its payer is said to have ordered."""

    code = "rates_apart"


def book(
    applied: Applications,
    *,
    booking: Booking,
    payment: Payment,
    wanted: Proposal,
    rate: str = "",
) -> None:
    """Let the locked ``payment`` pay the invoices of ``wanted``, which are in another currency.

    All of the payment is used where what came is within SLACK_PERCENT of what is owed by the seller's
    rate, ORDERED_SLACK_PERCENT where the payer ordered just that; else as much as it comes to by the
    seller's rate. ``rate`` is one of RATES. What it brought or cost beside the rate on the day of each
    invoice is the rate difference. Raises NoExchangeRate, RatesApart or Mismatch.
    """
    if rate not in RATES:
        raise Mismatch(f"rate is one of {', '.join(RATES[1:])}, or is left out.")
    if any(share.kind != "invoice" for share in wanted.shares):
        raise Mismatch("Credits cannot be netted in another currency; place the payment by hand.")
    parts = _parts(payment, wanted, whose=rate)
    issued = dict(
        Invoice.objects.filter(
            seller_id=payment.seller_id, id__in=[share.item_id for share, _, _ in parts]
        ).values_list("id", "issued_on")
    )
    for share, amount, used in parts:
        applied.add(
            payment,
            booking.invoices[share.item_id],
            amount=amount,
            rule=wanted.rule,
            reverses=None,
            converted=used,
            rate_difference=used
            - _worth_then(payment, wanted.currency, amount, on=issued[share.item_id]),
        )


def _parts(payment: Payment, wanted: Proposal, *, whose: str) -> list[tuple[Share, int, int]]:
    """Each share with what it gets in its own currency and what that uses of the payment."""
    rate = _rate(payment.seller_id, wanted.currency, payment.currency, on=payment.received_on)
    pair = {"source": wanted.currency, "target": payment.currency}
    due = sum(share.amount for share in wanted.shares)
    worth = convert(due, rate=rate, **pair)
    there = payment.unapplied
    apart = abs(there - worth) * 100
    ordered = _ordered(payment, wanted.currency) == due and whose != "own"
    if ordered and not whose and apart > ORDERED_SLACK_PERCENT * worth:
        raise RatesApart(
            f"The bank says that {due} minor units of {wanted.currency} were ordered, of which {there}"
            f" of {payment.currency} came; by your rate they are worth {worth}. Accept again and say"
            " whose rate is right."
        )
    if ordered or apart <= SLACK_PERCENT * worth:
        return _spread(wanted.shares, due=due, used=there)
    if there > worth:
        return _spread(wanted.shares, due=due, used=worth)
    # Part of it: the first shares get what there is.
    left = min(due, proportion(due, part=there, whole=worth))
    shares = []
    for share in wanted.shares:
        part = min(left, share.amount)
        if part:
            shares.append((share, part))
        left -= part
    return _used(shares, due=sum(part for _, part in shares), used=there)


def _spread(shares: Sequence[Share], *, due: int, used: int) -> list[tuple[Share, int, int]]:
    return _used([(share, share.amount) for share in shares if share.amount], due=due, used=used)


def _used(
    shares: Sequence[tuple[Share, int]], *, due: int, used: int
) -> list[tuple[Share, int, int]]:
    """``used`` of the payment spread over the shares, exactly."""
    found = []
    for share, amount in shares:
        part = proportion(used, part=amount, whole=due)
        found.append((share, amount, part))
        due, used = due - amount, used - part
    if not found or any(part <= 0 for _, _, part in found):
        raise Mismatch("The payment is too small for what it would pay; place it by hand.")
    return found


def _ordered(payment: Payment, currency: str) -> int | None:
    """What the payer told its bank to pay, if that was in ``currency``."""
    if payment.bank_transaction_id is None:
        return None
    line = BankTransaction.objects.get(seller_id=payment.seller_id, id=payment.bank_transaction_id)
    if line.instructed_currency != currency:
        return None
    return line.instructed_amount


def _worth_then(payment: Payment, currency: str, amount: int, *, on: date) -> int:
    """What ``amount`` of ``currency`` was worth on the day of the invoice; the rate of the day the money
    came where there was none yet."""
    seller_id, target = payment.seller_id, payment.currency
    known = group_queries.rate_on(seller_id=seller_id, source=currency, target=target, on=on)
    rate = known or _rate(seller_id, currency, target, on=payment.received_on)
    return convert(amount, rate=rate, source=currency, target=target)


def _rate(seller_id: UUID, source: str, target: str, *, on: date) -> Decimal:
    rate = group_queries.rate_on(seller_id=seller_id, source=source, target=target, on=on)
    if rate is None:
        raise NoExchangeRate(
            f"There is no rate from {source} to {target} for {on}; set one and accept again."
        )
    return rate
