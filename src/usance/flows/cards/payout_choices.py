"""A person says which payout of a provider a bank line is, where that was not recognised.

It is booked as one that was: buyer by buyer, fees and refunds apart. Of a payout that somebody made by
hand at the provider nobody says what is in it; that one is booked as a whole.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from usance.flows.cards.payout_booking import KIND, Found, book_all, is_next, is_nobodys, lock
from usance.flows.refusals import Conflict, Mismatch, NotFound, WrongState
from usance.records.cards import payout_queries
from usance.records.cards.models import CardPayout
from usance.records.parties.models import Seller
from usance.records.payments.models import BankClaim, BankTransaction, Payment

BEFORE: Final = timedelta(days=10)
AFTER: Final = timedelta(days=60)
"""Lines of so many days around the one on which a payout was expected are offered for it."""
MOST_OFFERED: Final = 50


class LineSettled(Conflict):
    """The bank line is something else in the books already; the text says what, and what to do."""

    code = "line_settled"


class PayoutDiffers(Conflict):
    """The bank line is not of the payout's amount; repeat it with ``accept_difference`` if it is it."""

    code = "payout_differs"


@transaction.atomic
def book_payout(
    seller: Seller,
    *,
    payout_id: UUID,
    line_id: UUID,
    at: datetime,
    by: str,
    accept_difference: bool = False,
) -> CardPayout:
    """The bank line books the payout, or takes it back where it was booked and has come back since.

    A payment of nobody's that was made of the line is taken back. What the line is over or short of the
    payout, where ``accept_difference`` says that it may be, is the seller's own. Said again, it changes
    nothing. Raises NotFound, Mismatch (another currency, or money that goes the other way), WrongState
    (another line has booked it), LineSettled or PayoutDiffers.
    """
    lock(seller)
    row = payout_queries.payout_with_id(seller_id=seller.id, payout_id=payout_id)
    line = BankTransaction.objects.filter(seller_id=seller.id, id=line_id).first()
    if row is None or line is None:
        raise NotFound(f"There is no such {'card payout' if row is None else 'bank line'}.")
    claim = BankClaim.objects.filter(seller_id=seller.id, bank_transaction_id=line.id).first()
    if claim is not None:
        if (claim.kind, claim.subject_id) == (KIND, row.id):
            return row
        raise LineSettled(
            f"The line books {claim.reference or claim.kind} already; choose another line."
        )
    _require_fit(row, line, accept_difference=accept_difference)
    payment = _payment_of(line)
    found = Found(line, row, payment.id if payment else None)
    if not book_all(seller, [found], at=at, by=by):
        raise _used()
    return row


def _require_fit(row: CardPayout, line: BankTransaction, *, accept_difference: bool) -> None:
    """The line can be the payout: of its currency, its way, and its amount unless a person says so."""
    if line.currency != row.currency:
        raise Mismatch(f"The line is in {line.currency}, the payout in {row.currency}.")
    if not is_next(row, line.amount):
        if row.booked:
            raise WrongState(
                f"The bank has booked {row.booked} minor units of the payout already; only a line of"
                f" {-row.booked}, by which it comes back, can be of it."
            )
        raise Mismatch(
            f"The payout is of {row.amount} minor units, the line of {line.amount}: one comes in, the"
            " other goes out."
        )
    if not row.booked and line.amount != row.amount and not accept_difference:
        raise PayoutDiffers(
            f"The payout is of {row.amount} minor units, the line of {line.amount}. Say"
            f" accept_difference if it is it all the same; {line.amount - row.amount} is then yours."
        )


def _payment_of(line: BankTransaction) -> Payment | None:
    """The payment of nobody's that was made of the line. Raises LineSettled where it is somebody's."""
    of_line = {"seller_id": line.seller_id}
    if BankTransaction.objects.filter(batch_id=line.id, **of_line).exists():
        raise LineSettled("The line was split into its payments; one of these may be the payout.")
    payment = Payment.objects.filter(bank_transaction_id=line.id, **of_line).first()
    if payment is not None and not is_nobodys(payment):
        raise _used()
    return payment


def _used() -> LineSettled:
    return LineSettled(
        "A payment was made of the line, and has a payer or was used. Take that back first: release"
        " what it pays, and say that it is not its buyer's."
    )


def lines_to_choose(row: CardPayout) -> list[BankTransaction]:
    """Bank lines that may be the payout, or by which it may have come back: those nearest to its amount
    first."""
    wanted = -row.booked if row.booked else row.amount
    found = payout_queries.nearest_lines(
        seller_id=row.seller_id,
        currency=row.currency,
        amount=wanted,
        since=row.arrives_on - BEFORE,
        until=row.arrives_on + AFTER,
        limit=MOST_OFFERED,
    )
    rows = BankTransaction.objects.filter(seller_id=row.seller_id).in_bulk(found)
    lines = [rows[one] for one in found]
    return [line for line in lines if line.amount == wanted] if row.booked else lines


def payouts_to_choose(line: BankTransaction) -> list[CardPayout]:
    """Payouts that the bank line may be, those nearest to its amount first."""
    return payout_queries.nearest_payouts(
        seller_id=line.seller_id,
        currency=line.currency,
        amount=line.amount,
        limit=MOST_OFFERED,
    )
